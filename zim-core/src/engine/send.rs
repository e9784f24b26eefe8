//! Taking a message from the host: checks, identity, and the commands that are never stored.

use super::connection::Purpose;
use super::io::{OpId, Output, Reply, SendMessageOp};
use super::outbox::accepted;
use super::requests::Waiting;
use super::{Engine, not_logged_in};
use crate::error::Error;
use crate::model::{
    ConversationType, Event, Message, MessageDirection, MessageSentStatus, MessageSentStatusChangeInfo,
    MessageType, convert,
};
use std::sync::Arc;
use zim_proto::v1::request::Op as RequestOp;
use zim_proto::{ErrorCode, v1, validate};

impl Engine {
    pub(super) fn send_message(&mut self, op: OpId, send: SendMessageOp) {
        match self.prepare(send) {
            Ok(Prepared { message, request, moved_from }) if message.r#type != MessageType::Command => {
                self.enqueue(op, Arc::new(message), &request, moved_from);
            }
            Ok(Prepared { message, request, .. }) => self.send_command(op, message, request),
            Err(error) => self.complete(op, Err(error)),
        }
    }

    fn prepare(&mut self, send: SendMessageOp) -> Result<Prepared, Error> {
        if !self.session.is_usable() {
            return Err(not_logged_in());
        }
        let mut message = send.message;
        if !matches!(message.conversation_type, ConversationType::Peer | ConversationType::Group) {
            let text = "conversationType: must be Peer (0) or Group (2)";
            return Err(Error::invalid("conversationType", text));
        }
        let is_command = message.r#type == MessageType::Command;
        if is_command && !self.connection.is_open_for(Purpose::User) {
            return Err(ErrorCode::NetworkModuleNetworkError.into());
        }
        if !is_command && self.writes.is_failing() {
            return Err(ErrorCode::DatabaseModuleModifyDatabaseError.into());
        }
        let is_retry = send.is_retry_send && !is_command;
        if is_retry {
            self.check_retry(&message)?;
        } else {
            message.local_message_id = self.outbox.new_local_id(self.now.wall_ms, &mut self.rng);
        }
        let request = v1::SendMessage {
            message: Some(convert::wire_message(&message, send.priority)),
            push: send.push,
            notify_mentioned_users: send.is_notify_mentioned_users,
        };
        validate::send_message(&request)?;
        let is_peer = message.conversation_type == ConversationType::Peer;
        if is_peer && message.conversation_id == self.session.user_id() {
            let text = "toConversationID: must not be the logged-in user";
            return Err(Error::invalid("toConversationID", text));
        }
        let moved_from =
            is_retry.then(|| self.outbox.take_failed(message.local_message_id).unwrap_or(message.order_key));
        message.message_id = 0;
        message.message_seq = 0;
        message.sender_user_id = self.session.user_id().to_owned();
        message.direction = MessageDirection::Send;
        message.sent_status = MessageSentStatus::Sending;
        message.timestamp = u64::try_from(self.now.wall_ms).unwrap_or(0);
        message.order_key = self.outbox.new_order_key();
        message.is_user_inserted = false;
        Ok(Prepared { message, request, moved_from })
    }

    /// A manual resend keeps its identity, and only a message that failed can be one.
    fn check_retry(&self, message: &Message) -> Result<(), Error> {
        let refuse = |text| Err(Error::invalid("isRetrySend", text));
        if self.outbox.has(message.local_message_id) {
            return refuse("isRetrySend: the message is being sent already");
        }
        if message.local_message_id <= 0 || message.sent_status != MessageSentStatus::Failed {
            return refuse("isRetrySend: only a failed message can be sent again");
        }
        Ok(())
    }

    fn send_command(&mut self, op: OpId, message: Message, request: v1::SendMessage) {
        let shown = Arc::new(message.clone());
        self.outputs.push_back(Output::Attached(op, Arc::clone(&shown)));
        self.command_status(shown, "");
        self.request(RequestOp::SendMessage(request), Waiting::Command(op, Box::new(message)));
    }

    pub(super) fn command_sent(&mut self, op: OpId, message: &Message, sent: &v1::MessageSent) {
        let message = accepted(message, sent.message_id, sent.message_seq, sent.timestamp);
        self.command_status(Arc::clone(&message), "");
        self.complete(op, Ok(Reply::Message(message)));
    }

    pub(super) fn command_failed(&mut self, op: OpId, mut message: Message, error: Error) {
        message.sent_status = MessageSentStatus::Failed;
        self.command_status(Arc::new(message), &error.message);
        self.complete(op, Err(error));
    }

    fn command_status(&mut self, message: Arc<Message>, reason: &str) {
        let info =
            MessageSentStatusChangeInfo { status: message.sent_status, message, reason: reason.to_owned() };
        self.notify(Event::MessageSentStatusChanged { infos: vec![info] });
    }
}

/// A message ready to go: as the host sees it, as it goes out, and its old place if it failed before.
struct Prepared {
    message: Message,
    request: v1::SendMessage,
    moved_from: Option<i64>,
}
