//! One operation of the host: started lazily, answered once, by callback or by future.

use super::queue::{Item, Queue};
use crate::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::oneshot;
use zim_proto::ErrorCode;

/// An operation that has not started yet.
///
/// It starts when a callback is given ([`then`](Self::then)) or when it is awaited. The work belongs to the client:
/// dropping the future stops the waiting, never the operation.
#[must_use = "an operation starts when it is awaited or given a callback"]
pub struct Call<T> {
    /// `None`: there is no dispatcher; a callback runs where the call starts.
    queue: Option<Arc<Queue>>,
    start: Box<dyn FnOnce(Completer<T>) + Send>,
}

impl<T: Send + 'static> Call<T> {
    pub(crate) fn new(queue: &Arc<Queue>, start: impl FnOnce(Completer<T>) + Send + 'static) -> Self {
        Self { queue: Some(queue.clone()), start: Box::new(start) }
    }

    /// A call that was refused where no dispatcher lives (in a forked child).
    pub(crate) fn refused(error: Error) -> Self {
        Self { queue: None, start: Box::new(move |done| done.complete(Err(error))) }
    }

    /// Starts; `callback` gets the result on the dispatcher, in order with events, exactly once. After
    /// [`destroy`](crate::Client::destroy) it is dropped without being called.
    pub fn then(self, callback: impl FnOnce(Result<T, Error>) + Send + 'static) {
        let queue = self.queue;
        (self.start)(Completer::new(move |result| match queue {
            Some(queue) => queue.push(Item::Run(Box::new(move || callback(result)))),
            None => callback(result),
        }));
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = CallFuture<T>;

    /// Starts. The future resolves as soon as the result is there, on whatever executor polls it, also in pump mode.
    fn into_future(self) -> CallFuture<T> {
        let (answer, answered) = oneshot::channel();
        (self.start)(Completer::new(move |result| {
            // The waiter may be gone; the work was done all the same.
            let _ = answer.send(result);
        }));
        CallFuture { answered }
    }
}

/// Waits for the result of a [`Call`].
#[must_use = "futures do nothing unless polled"]
pub struct CallFuture<T> {
    answered: oneshot::Receiver<Result<T, Error>>,
}

impl<T> Future for CallFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answered).poll(context).map(|answer| answer.unwrap_or_else(|_| Err(abandoned())))
    }
}

/// Answers a call exactly once; dropped unused it answers that the client is gone.
pub(crate) struct Completer<T> {
    answer: Option<Hand<Result<T, Error>>>,
}

/// Takes one value.
pub(crate) type Hand<T> = Box<dyn FnOnce(T) + Send>;

impl<T> Completer<T> {
    pub(crate) fn new(answer: impl FnOnce(Result<T, Error>) + Send + 'static) -> Self {
        Self { answer: Some(Box::new(answer)) }
    }

    pub(crate) fn complete(mut self, result: Result<T, Error>) {
        if let Some(answer) = self.answer.take() {
            answer(result);
        }
    }
}

impl<T: Send + 'static> Completer<T> {
    /// A completer of something else that becomes this one's result.
    pub(crate) fn map<S>(self, map: impl FnOnce(S) -> Result<T, Error> + Send + 'static) -> Completer<S> {
        Completer::new(move |result: Result<S, Error>| self.complete(result.and_then(map)))
    }
}

impl<T> Drop for Completer<T> {
    fn drop(&mut self) {
        if let Some(answer) = self.answer.take() {
            answer(Err(abandoned()));
        }
    }
}

fn abandoned() -> Error {
    Error::new(ErrorCode::CommonModuleNotInit).with_message("the client was destroyed before the answer came")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn a_call_starts_when_it_is_used() {
        let queue = Queue::new();
        let started = Arc::new(AtomicU32::new(0));
        let call = |value: u32| {
            let started = started.clone();
            Call::new(&queue, move |done| {
                started.fetch_add(1, Ordering::Relaxed);
                done.complete(Ok(value));
            })
        };
        drop(call(1));
        assert_eq!(started.load(Ordering::Relaxed), 0);
        assert_eq!(block_on(call(2).into_future()).unwrap(), 2);
        drop(call(3).into_future());
        assert_eq!(started.load(Ordering::Relaxed), 2, "dropping the waiter does not undo the work");
    }

    #[test]
    fn a_callback_runs_on_the_queue() {
        let queue = Queue::new();
        let (tell, told) = std::sync::mpsc::channel();
        Call::new(&queue, |done: Completer<u32>| done.complete(Ok(4)))
            .then(move |result| tell.send(result.unwrap()).unwrap());
        assert!(told.try_recv().is_err());
        assert!(queue.pump(Duration::ZERO, &|_| {}));
        assert_eq!(told.recv().unwrap(), 4);
    }

    #[test]
    fn a_refused_call_answers_where_it_starts() {
        let (tell, told) = std::sync::mpsc::channel();
        let refused = Call::<u32>::refused(Error::new(ErrorCode::CommonModuleNotInit));
        refused.then(move |result| tell.send(result.unwrap_err().code).unwrap());
        assert_eq!(told.try_recv().unwrap(), ErrorCode::CommonModuleNotInit);
    }

    #[test]
    fn an_abandoned_call_is_answered() {
        let queue = Queue::new();
        let error = block_on(Call::new(&queue, |done: Completer<u32>| drop(done)).into_future()).unwrap_err();
        assert_eq!(error.code.code(), 6_000_002);
    }
}
