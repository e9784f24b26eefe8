//! Messages as the host sees them.

use super::{
    ConversationType, MessageDirection, MessageReceiptStatus, MessageRevokeStatus, MessageSentStatus,
    MessageType, RevokeType,
};
use bytes::Bytes;
use std::fmt;

/// A message in its newest form. The SDK never changes one it has handed out: a change comes as a new object with the
/// same ids, and the app replaces by id (`message_id` when both have one, else `local_message_id`).
#[derive(Clone, PartialEq, Default)]
pub struct Message {
    /// Class of the message; says how to read `body`.
    pub r#type: MessageType,
    /// Unique on the server, below 2^53. 0 while sending, after a failure and for local inserts.
    pub message_id: i64,
    /// Made by this client and kept through every retry. 0 on received messages of others.
    pub local_message_id: i64,
    /// Number inside the conversation, from 1 without gaps. 0 until the server accepted the message.
    pub message_seq: i64,
    /// Who sent it.
    pub sender_user_id: String,
    /// From the local user's view. Peer: the other user's id; group: the group id.
    pub conversation_id: String,
    /// Kind of conversation.
    pub conversation_type: ConversationType,
    /// Sent by this user (any of the user's devices) or received.
    pub direction: MessageDirection,
    /// Only meaningful for direction Send.
    pub sent_status: MessageSentStatus,
    /// When the server accepted it, UTC milliseconds; while sending, when the app sent it.
    pub timestamp: u64,
    /// The only valid sort key inside a conversation: larger is newer, pending messages sort last.
    pub order_key: i64,
    /// Put into the local store by the app itself.
    pub is_user_inserted: bool,
    /// State of the read receipt, None without one.
    pub receipt_status: MessageReceiptStatus,
    /// Travels with the message (at most 1 KiB).
    pub extended_data: String,
    /// Stays on this device (at most 128 KiB).
    pub local_extended_data: String,
    /// Sent to all online users by the server API.
    pub is_broadcast_message: bool,
    /// Users mentioned by the sender.
    pub mentioned_user_ids: Vec<String>,
    /// Everybody is mentioned.
    pub is_mention_all: bool,
    /// Sent by the server API.
    pub is_server_message: bool,
    /// The receiver's unread count does not grow.
    pub disable_unread_message_count: bool,
    /// The content.
    pub body: MessageBody,
}

/// Content of a message.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum MessageBody {
    /// Text (type 1).
    Text(String),
    /// Command (type 2): not stored, no order and no delivery guarantee.
    Command(Bytes),
    /// Custom (type 200).
    Custom {
        /// The app's own text.
        message: String,
        /// Text the local search looks at.
        searched_content: String,
        /// The app's own kind, 0 to 200.
        sub_type: u32,
    },
    /// Recalled (type 31): what is left of a message in its place.
    Revoked(Box<Revocation>),
    /// A class this version does not know, as it came.
    Other(Bytes),
}

/// What became of a recalled message. Its ids, its sender and its place are those of the message.
#[derive(Clone, PartialEq, Default)]
pub struct Revocation {
    /// For whom it was recalled.
    pub revoke_type: RevokeType,
    /// When, UTC milliseconds.
    pub revoke_timestamp: u64,
    /// Who recalled it.
    pub operated_user_id: String,
    /// Class of the message before.
    pub original_message_type: MessageType,
    /// Its text, if it was a text message.
    pub original_text_message_content: String,
    /// Text the recall brought along.
    pub revoke_extended_data: String,
    /// By what right it was recalled.
    pub revoke_status: MessageRevokeStatus,
}

impl Default for MessageBody {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Message {
    /// A text message to send.
    #[must_use]
    pub fn text(message: impl Into<String>) -> Self {
        Self { r#type: MessageType::Text, body: MessageBody::Text(message.into()), ..Self::default() }
    }

    /// A command message to send.
    #[must_use]
    pub fn command(message: impl Into<Bytes>) -> Self {
        Self { r#type: MessageType::Command, body: MessageBody::Command(message.into()), ..Self::default() }
    }

    /// A custom message to send; `sub_type` is the app's own kind, 0 to 200.
    #[must_use]
    pub fn custom(message: impl Into<String>, sub_type: u32, searched_content: impl Into<String>) -> Self {
        Self {
            r#type: MessageType::Custom,
            body: MessageBody::Custom {
                message: message.into(),
                searched_content: searched_content.into(),
                sub_type,
            },
            ..Self::default()
        }
    }

    /// Whether the message was recalled.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.r#type == MessageType::Revoke
    }
}

impl fmt::Debug for Message {
    /// Ids and state; what users wrote stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("type", &self.r#type)
            .field("message_id", &self.message_id)
            .field("local_message_id", &self.local_message_id)
            .field("message_seq", &self.message_seq)
            .field("direction", &self.direction)
            .field("sent_status", &self.sent_status)
            .field("order_key", &self.order_key)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Command(bytes) => write!(f, "Command({} bytes)", bytes.len()),
            Self::Custom { message, sub_type, .. } => {
                write!(f, "Custom({} bytes, sub_type {sub_type})", message.len())
            }
            Self::Revoked(revocation) => revocation.fmt(f),
            Self::Other(bytes) => write!(f, "Other({} bytes)", bytes.len()),
        }
    }
}

impl fmt::Debug for Revocation {
    /// Who, when and why; what users wrote stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocation")
            .field("revoke_type", &self.revoke_type)
            .field("revoke_timestamp", &self.revoke_timestamp)
            .field("operated_user_id", &self.operated_user_id)
            .field("original_message_type", &self.original_message_type)
            .field("revoke_status", &self.revoke_status)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_content() {
        for message in [
            Message::text("secret"),
            Message::command(&b"secret"[..]),
            Message::custom("secret", 3, "secret"),
            Message {
                r#type: MessageType::Revoke,
                body: MessageBody::Revoked(Box::new(Revocation {
                    original_text_message_content: "secret".into(),
                    revoke_extended_data: "secret".into(),
                    ..Revocation::default()
                })),
                ..Message::default()
            },
        ] {
            assert!(!format!("{message:?} {:?}", message.body).contains("secret"));
        }
    }
}
