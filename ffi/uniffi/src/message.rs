//! Messages as hosts get and give them: plain values, whose published classes the host layers make of the body.

use crate::error::ZimError;
use crate::generated::{
    ConversationType, MessageDirection, MessageReceiptStatus, MessageRevokeStatus, MessageSentStatus,
    MessageType, RevokeType,
};
use zim_core::model;

/// One message. To send one, `type` and `body` count, and what the sender may set: mentions and extended data.
#[derive(Clone, uniffi::Record)]
pub struct Message {
    /// Kind of content.
    pub r#type: MessageType,
    /// Number the server gave; 0 before.
    pub message_id: i64,
    /// Number this device gave.
    pub local_message_id: i64,
    /// Place in the conversation.
    pub message_seq: i64,
    /// Who sent it.
    pub sender_user_id: String,
    /// Peer or group.
    pub conversation_id: String,
    /// Kind of conversation.
    pub conversation_type: ConversationType,
    /// Sent or received.
    pub direction: MessageDirection,
    /// Sending, sent or failed.
    pub sent_status: MessageSentStatus,
    /// When the server stored it, in milliseconds.
    pub timestamp: u64,
    /// Sort key within the conversation.
    pub order_key: i64,
    /// Whether the app inserted it locally.
    pub is_user_inserted: bool,
    /// State of the receipt.
    pub receipt_status: MessageReceiptStatus,
    /// Text the app attached, for everybody.
    pub extended_data: String,
    /// Text the app attached, for this device.
    pub local_extended_data: String,
    /// Whether it went to everybody.
    pub is_broadcast_message: bool,
    /// Users it mentions.
    pub mentioned_user_ids: Vec<String>,
    /// Whether it mentions everybody.
    pub is_mention_all: bool,
    /// Whether the app's server sent it.
    pub is_server_message: bool,
    /// Whether it is left out of unread counts.
    pub disable_unread_message_count: bool,
    /// The content.
    pub body: MessageBody,
}

/// Content of a message.
#[derive(Clone, PartialEq, uniffi::Enum)]
pub enum MessageBody {
    /// `ZIMTextMessage`.
    Text {
        /// The text.
        message: String,
    },
    /// `ZIMCommandMessage`.
    Command {
        /// The bytes.
        message: Vec<u8>,
    },
    /// `ZIMCustomMessage`.
    Custom {
        /// Content in the app's own form.
        message: String,
        /// What a search looks at.
        searched_content: String,
        /// The app's own kind.
        sub_type: u32,
    },
    /// `ZIMRevokeMessage`: what is left of a recalled message.
    Revoked {
        /// For whom, when, by whom and why.
        revocation: Revocation,
    },
    /// A kind this version does not know, as it came.
    Other {
        /// The bytes.
        content: Vec<u8>,
    },
}

/// What became of a recalled message.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct Revocation {
    /// For whom it was recalled.
    pub revoke_type: RevokeType,
    /// When, in milliseconds of Unix time.
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

/// Told before the network begins: `onMessageAttached`.
#[uniffi::export(with_foreign)]
pub trait MessageAttached: Send + Sync {
    /// The message has its local id and is stored. Thread: the client's callback thread, before the result.
    fn on_message_attached(&self, message: Message) -> Result<(), ZimError>;
}

impl From<model::MessageBody> for MessageBody {
    fn from(body: model::MessageBody) -> Self {
        match body {
            model::MessageBody::Text(message) => Self::Text { message },
            model::MessageBody::Command(message) => Self::Command { message: message.to_vec() },
            model::MessageBody::Custom { message, searched_content, sub_type } => {
                Self::Custom { message, searched_content, sub_type }
            }
            model::MessageBody::Revoked(revocation) => Self::Revoked { revocation: (*revocation).into() },
            model::MessageBody::Other(content) => Self::Other { content: content.to_vec() },
            // The core's enum may grow before this one does.
            _ => Self::Other { content: Vec::new() },
        }
    }
}

impl From<MessageBody> for model::MessageBody {
    fn from(body: MessageBody) -> Self {
        match body {
            MessageBody::Text { message } => Self::Text(message),
            MessageBody::Command { message } => Self::Command(message.into()),
            MessageBody::Custom { message, searched_content, sub_type } => {
                Self::Custom { message, searched_content, sub_type }
            }
            MessageBody::Revoked { revocation } => Self::Revoked(Box::new(revocation.into())),
            MessageBody::Other { content } => Self::Other(content.into()),
        }
    }
}

/// Both directions name every field, so that a new one does not compile until it crosses.
macro_rules! convert {
    ($from:ty => $to:ty) => {
        impl From<$from> for $to {
            fn from(message: $from) -> Self {
                Self {
                    r#type: message.r#type,
                    message_id: message.message_id,
                    local_message_id: message.local_message_id,
                    message_seq: message.message_seq,
                    sender_user_id: message.sender_user_id,
                    conversation_id: message.conversation_id,
                    conversation_type: message.conversation_type,
                    direction: message.direction,
                    sent_status: message.sent_status,
                    timestamp: message.timestamp,
                    order_key: message.order_key,
                    is_user_inserted: message.is_user_inserted,
                    receipt_status: message.receipt_status,
                    extended_data: message.extended_data,
                    local_extended_data: message.local_extended_data,
                    is_broadcast_message: message.is_broadcast_message,
                    mentioned_user_ids: message.mentioned_user_ids,
                    is_mention_all: message.is_mention_all,
                    is_server_message: message.is_server_message,
                    disable_unread_message_count: message.disable_unread_message_count,
                    body: message.body.into(),
                }
            }
        }
    };
}

convert!(model::Message => Message);
convert!(Message => model::Message);

/// As for messages.
macro_rules! convert_revocation {
    ($from:ty => $to:ty) => {
        impl From<$from> for $to {
            fn from(revocation: $from) -> Self {
                Self {
                    revoke_type: revocation.revoke_type,
                    revoke_timestamp: revocation.revoke_timestamp,
                    operated_user_id: revocation.operated_user_id,
                    original_message_type: revocation.original_message_type,
                    original_text_message_content: revocation.original_text_message_content,
                    revoke_extended_data: revocation.revoke_extended_data,
                    revoke_status: revocation.revoke_status,
                }
            }
        }
    };
}

convert_revocation!(model::Revocation => Revocation);
convert_revocation!(Revocation => model::Revocation);
