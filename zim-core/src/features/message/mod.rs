//! Messages: sending, recalling and looking back.

mod history;

use super::{key, push_config};
use crate::client::{Client, Core, unexpected};
use crate::dispatch::{Call, CallFuture, Hand};
use crate::engine::io::{Op, Reply, SendMessageOp};
use crate::error::Error;
use crate::model::convert::unsigned;
use crate::model::{
    ConversationType, Message, MessageQueryConfig, MessageReceiptStatus, MessageRevokeConfig,
    MessageSendConfig, MessageType,
};
use std::sync::Arc;
use zim_proto::{ErrorCode, v1, v1::request::Op as RequestOp};

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

    /// Recalls a message for everybody. Answers what is left of it: a message of class Revoke with the same ids, which
    /// has taken its place in the local store and the conversation; the others get it by `MessageRevokeReceived`.
    ///
    /// Own messages, in a group the owner any member's and an admin those of ordinary members, within the server's time
    /// (2 minutes). 6000278 too late, 6000279 already recalled, 6000001 for a message that cannot be recalled: not sent
    /// successfully, local, a command or a broadcast; 6000121 without a login. What the app noted locally about the
    /// message (`local_extended_data`) goes with it.
    pub fn revoke_message(&self, message: Message, config: MessageRevokeConfig) -> Call<Arc<Message>> {
        if let Err(error) = check_revocable(&message) {
            return self.core().call(move |_, done| done.complete(Err(error)));
        }
        let request = v1::RevokeMessage {
            conversation_type: unsigned(message.conversation_type.value()),
            conversation_id: message.conversation_id,
            message_seq: u64::try_from(message.message_seq).unwrap_or(0),
            message_id: u64::try_from(message.message_id).unwrap_or(0),
            extended_data: config.revoke_extended_data,
            push: config.push_config.map(push_config),
        };
        self.op(Op::Request(RequestOp::RevokeMessage(request)), |reply| match reply {
            Reply::Message(message) => Ok(message),
            _ => Err(unexpected()),
        })
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

/// What the object itself shows; who may recall it, and until when, the server knows.
fn check_revocable(message: &Message) -> Result<(), Error> {
    let problem = if message.is_revoked() {
        return Err(ErrorCode::MessageModuleMessageHasBeenRevoked.into());
    } else if message.is_user_inserted {
        "message: is on this device only"
    } else if message.is_broadcast_message {
        "message: a broadcast cannot be recalled"
    } else if message.r#type == MessageType::Command {
        "message: a command cannot be recalled"
    } else if message.message_id <= 0 {
        "message: was not sent successfully"
    } else {
        return Ok(());
    };
    Err(Error::invalid("message", problem))
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
