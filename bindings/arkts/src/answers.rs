//! What calls answer, named as the published result classes.

use crate::convert::ToJs;
use crate::outbox::Outbox;
use serde_json::{Value, json};
use std::sync::Arc;
use zim_core::Error;

/// Answers one call of JavaScript.
#[derive(Clone)]
pub(crate) struct Done {
    pub(crate) outbox: Arc<Outbox>,
    /// JavaScript's number of the call.
    pub(crate) id: u32,
}

impl Done {
    /// The callback of an operation; `value` names its result.
    pub(crate) fn with<T>(
        self,
        value: impl FnOnce(T) -> Value + Send + 'static,
    ) -> impl FnOnce(Result<T, Error>) + Send + 'static {
        move |result| match result {
            Ok(result) => self.outbox.push(json!({ "id": self.id, "value": value(result) })),
            Err(error) => self.fail(&error),
        }
    }

    /// The callback of an operation whose published result is `value` whatever it answers.
    pub(crate) fn done(self, value: Value) -> impl FnOnce(Result<(), Error>) + Send + 'static {
        self.with(move |()| value)
    }

    pub(crate) fn fail(&self, error: &Error) {
        self.outbox.push(json!({ "id": self.id, "error": error.to_js() }));
    }

    /// `onMessageAttached`, before the answer.
    pub(crate) fn attached(&self, message: &impl ToJs) {
        self.outbox.push(json!({ "attached": self.id, "value": message.to_js() }));
    }
}

/// The members of a record beside others: `{ callID, …info }`.
pub(crate) fn beside(mut first: Value, info: &impl ToJs) -> Value {
    if let (Some(all), Value::Object(more)) = (first.as_object_mut(), info.to_js()) {
        all.extend(more);
    }
    first
}
