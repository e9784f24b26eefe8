//! From an async caller to the writer thread and back.

use super::{Store, StoreError, Tx};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Runs `operation` on the writer and answers after the commit.
///
/// The operation's own error (`Ok(Err(_))`) means "declined": if it wrote before it declined, those writes are rolled
/// back. The outer error is the store's. `operation` may run again after a rollback, so it must not consume what it
/// captured. Dropping the future only stops the waiting; the operation still runs.
pub async fn execute<T, E, F>(store: &dyn Store, mut operation: F) -> Result<Result<T, E>, StoreError>
where
    T: Send + 'static,
    E: Send + 'static,
    F: FnMut(&mut dyn Tx) -> Result<Result<T, E>, StoreError> + Send + 'static,
{
    let slot = Arc::new(Mutex::new(None));
    let result = Arc::clone(&slot);
    let (answer, answered) = oneshot::channel();
    store.submit(
        Box::new(move |tx| {
            let outcome = operation(tx)?;
            let declined = outcome.is_err();
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            if declined { Err(StoreError::Declined) } else { Ok(()) }
        }),
        Box::new(move |done| {
            // Nobody waits any more: the operation is done all the same.
            let _ = answer.send(done);
        }),
    );
    match answered.await {
        Ok(Ok(()) | Err(StoreError::Declined)) => {
            result.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(StoreError::Closed)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(StoreError::Closed),
    }
}
