//! Messages: sending and looking back.

mod history;

use super::{key, push_config};
use crate::client::{Client, Core, unexpected};
use crate::dispatch::{Call, CallFuture, Hand};
use crate::engine::io::{Op, Reply, SendMessageOp};
use crate::error::Error;
use crate::model::{ConversationType, Message, MessageQueryConfig, MessageReceiptStatus, MessageSendConfig};
use std::sync::Arc;

impl Client {
    /// Sends a text, command or custom message to a user or a group.
    ///
    /// The message is stored first (`onMessageAttached`, see [`SendCall::on_attached`]), then sent as soon as there is a
    /// link; without one for 30 s it fails. Answers the message in its final form once the server has stored it.
    /// 6000001 for a faulty parameter, 6000204 unknown user, 6000521 not a member, 6000121 without a login.
    pub fn send_message(
        &self,
        message: Message,
        to_conversation_id: &str,
        conversation_type: ConversationType,
        config: MessageSendConfig,
    ) -> SendCall {
        let mut message = message;
        to_conversation_id.clone_into(&mut message.conversation_id);
        message.conversation_type = conversation_type;
        message.receipt_status =
            if config.has_receipt { MessageReceiptStatus::Processing } else { MessageReceiptStatus::None };
        message.disable_unread_message_count = config.disable_unread_message_count;
        let send = SendMessageOp {
            message,
            push: config.push_config.map(push_config),
            priority: config.priority.value(),
            is_notify_mentioned_users: config.is_notify_mentioned_users,
            is_retry_send: config.is_retry_send,
        };
        SendCall { core: self.core().clone(), send: Box::new(send), attached: None }
    }

    /// Messages of a conversation, ascending within the answer, at most 100.
    ///
    /// With `reverse` the walk goes from `next_message` (`None`: from the newest) to older ones, without it to newer
    /// ones (`None`: from the oldest); the anchor itself is not repeated. The local store answers what it has without
    /// gaps; the server is asked for the rest, unless `mode` is OnlyLocal or there is no connection, when the local part
    /// is the answer. A count of 0, or an anchor of another conversation, is 6000001.
    pub fn query_history_message(
        &self,
        conversation_id: &str,
        conversation_type: ConversationType,
        config: MessageQueryConfig,
    ) -> Call<Vec<Arc<Message>>> {
        let key = key(conversation_type, conversation_id);
        self.core().run(move |core| async move { history::query(&core, key, config).await })
    }
}

/// A send that has not started yet: like [`Call`], with one more callback.
#[must_use = "a send starts when it is awaited or given a callback"]
pub struct SendCall {
    core: Arc<Core>,
    send: Box<SendMessageOp>,
    attached: Option<Hand<Arc<Message>>>,
}

impl SendCall {
    /// `onMessageAttached`: the message has its local id and order key and is stored, the network has not begun. Not
    /// called if the parameters are refused. Runs on the dispatcher, before the result.
    pub fn on_attached(mut self, callback: impl FnOnce(Arc<Message>) + Send + 'static) -> Self {
        self.attached = Some(Box::new(callback));
        self
    }

    /// As [`Call::then`].
    pub fn then(self, callback: impl FnOnce(Result<Arc<Message>, Error>) + Send + 'static) {
        self.into_call().then(callback);
    }

    fn into_call(self) -> Call<Arc<Message>> {
        let Self { core, send, attached } = self;
        core.call(move |core, done| {
            let done = done.map(|reply| match reply {
                Reply::Message(message) => Ok(message),
                _ => Err(unexpected()),
            });
            core.submit(Op::SendMessage(send), done, attached);
        })
    }
}

impl IntoFuture for SendCall {
    type Output = Result<Arc<Message>, Error>;
    type IntoFuture = CallFuture<Arc<Message>>;

    fn into_future(self) -> Self::IntoFuture {
        self.into_call().into_future()
    }
}
