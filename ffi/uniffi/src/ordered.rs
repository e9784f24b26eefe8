//! The same client for hosts that run callbacks on one thread of their own: answers come by callback, in order with events.

use crate::client::{ClientConfig, ZimClient};
use crate::error::ZimError;
use crate::generated::{ConversationType, MessageSendConfig, ZimAnswer, ZimEvent};
use crate::message::Message;
use std::sync::Arc;
use std::time::Duration;
use zim_core::model::Event;
use zim_core::{Call, Client, Dispatch, EventHandler};

/// Who is told everything of one client. Thread: the one that is in [`OrderedClient::run_callbacks`], one call at a time, in
/// the order in which the causes happened. What a function throws is logged, and the next call comes all the same.
#[uniffi::export(with_foreign)]
pub trait OrderedCallbacks: Send + Sync {
    /// One event. It counts as delivered when this has returned.
    fn on_event(&self, event: ZimEvent) -> Result<(), ZimError>;
    /// The message of send number `request` has its local id and is stored; the network has not begun.
    fn on_message_attached(&self, request: u64, message: Message) -> Result<(), ZimError>;
    /// What operation number `request` came to. Once for each operation, unless the client is ended first.
    fn on_answer(&self, request: u64, answer: ZimAnswer) -> Result<(), ZimError>;
}

/// One user of one app on this device. Every operation takes a number of the host's choice, returns at once and answers by
/// [`OrderedCallbacks::on_answer`] with that number. All functions may be called from any thread, also in callbacks.
#[derive(uniffi::Object)]
pub struct OrderedClient {
    client: Arc<ZimClient>,
    callbacks: Arc<dyn OrderedCallbacks>,
}

#[uniffi::export]
impl OrderedClient {
    /// Makes a client that is logged out. 6000003 for appID 0, 6000001 naming another parameter at fault, 6000701 if the
    /// cache path cannot be used. It holds `callbacks` until it is ended and freed.
    #[uniffi::constructor]
    pub fn new(config: ClientConfig, callbacks: Arc<dyn OrderedCallbacks>) -> Result<Arc<Self>, ZimError> {
        let client = Arc::new(ZimClient::open(config, Dispatch::Pump)?);
        client.client().set_event_handler(Some(Arc::new(Events(callbacks.clone()))));
        Ok(Arc::new(Self { client, callbacks }))
    }

    /// The client itself, for what has no answer and for attaching push. Its event handler is taken.
    pub fn client(&self) -> Arc<ZimClient> {
        self.client.clone()
    }

    /// Runs callbacks on this thread until the client is ended; a second thread in here returns at once.
    pub fn run_callbacks(&self) {
        while self.client.client().next_event(Duration::MAX) {}
    }

    /// Answers 6000001 naming `parameter`: for what the host's types let in and those here do not.
    pub fn refuse(&self, request: u64, parameter: String, problem: String) {
        self.answer(request, self.inner().refuse(&parameter, &problem), |()| ZimAnswer::Done);
    }

    /// Logs the user out and releases the push binding of this device.
    pub fn logout(&self, request: u64) {
        self.answer(request, self.inner().logout(), |()| ZimAnswer::Done);
    }

    /// Sends a message to a user or a group. `on_message_attached` comes before the answer, unless the message is refused.
    pub fn send_message(
        &self,
        request: u64,
        message: Message,
        to_conversation_id: String,
        conversation_type: ConversationType,
        config: MessageSendConfig,
    ) {
        let attached = self.callbacks.clone();
        let answered = self.callbacks.clone();
        self.inner()
            .send_message(message.into(), &to_conversation_id, conversation_type, config.into())
            .on_attached(move |message| {
                said(attached.on_message_attached(request, Arc::unwrap_or_clone(message).into()));
            })
            .then(move |result| {
                let answer = result
                    .map(|message| ZimAnswer::MessageSent { message: Arc::unwrap_or_clone(message).into() });
                said(answered.on_answer(request, answer.unwrap_or_else(failed)));
            });
    }
}

impl OrderedClient {
    pub(crate) fn inner(&self) -> &Client {
        self.client.client()
    }

    /// Starts `call`; what it comes to is told as `request`.
    pub(crate) fn answer<T: Send + 'static>(&self, request: u64, call: Call<T>, form: fn(T) -> ZimAnswer) {
        let callbacks = self.callbacks.clone();
        call.then(move |result| {
            said(callbacks.on_answer(request, result.map_or_else(failed, form)));
        });
    }
}

fn failed(error: zim_core::Error) -> ZimAnswer {
    ZimAnswer::Failed { error: error.into() }
}

/// Logs what a callback of the host threw.
fn said(result: Result<(), ZimError>) {
    if let Err(error) = result {
        log::error!("a callback of the host failed: {error}");
    }
}

struct Events(Arc<dyn OrderedCallbacks>);

impl EventHandler for Events {
    fn on_event(&self, _: &Client, event: Event) {
        if let Some(event) = ZimEvent::new(event) {
            said(self.0.on_event(event));
        }
    }
}
