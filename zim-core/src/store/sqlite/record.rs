//! How messages and conversations look inside a row: protobuf, so that fields are added without touching old rows.
//!
//! What is a column (conversation, order key) is not repeated in the record.

use crate::model::{
    ConversationType, Message, MessageBody, MessageDirection, MessageReceiptStatus, MessageRevokeStatus,
    MessageSentStatus, MessageType, Revocation, RevokeType,
};
use crate::store::{ConversationKey, ConversationRow};
use bytes::Bytes;
use prost::Message as _;
use std::sync::Arc;

#[derive(Clone, PartialEq, prost::Message)]
struct StoredMessage {
    #[prost(int32, tag = "1")]
    r#type: i32,
    #[prost(int64, tag = "2")]
    message_id: i64,
    #[prost(int64, tag = "3")]
    local_message_id: i64,
    #[prost(int64, tag = "4")]
    message_seq: i64,
    #[prost(string, tag = "5")]
    sender_user_id: String,
    #[prost(int32, tag = "6")]
    direction: i32,
    #[prost(int32, tag = "7")]
    sent_status: i32,
    #[prost(uint64, tag = "8")]
    timestamp: u64,
    #[prost(bool, tag = "9")]
    is_user_inserted: bool,
    #[prost(int32, tag = "10")]
    receipt_status: i32,
    #[prost(string, tag = "11")]
    extended_data: String,
    #[prost(string, tag = "12")]
    local_extended_data: String,
    #[prost(bool, tag = "13")]
    is_broadcast_message: bool,
    #[prost(string, repeated, tag = "14")]
    mentioned_user_ids: Vec<String>,
    #[prost(bool, tag = "15")]
    is_mention_all: bool,
    #[prost(bool, tag = "16")]
    is_server_message: bool,
    #[prost(bool, tag = "17")]
    disable_unread_message_count: bool,
    #[prost(oneof = "StoredBody", tags = "20, 21, 22, 23, 24")]
    body: Option<StoredBody>,
    /// Only in a conversation's last message, which has no row of its own to tell it.
    #[prost(int64, tag = "30")]
    order_key: i64,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum StoredBody {
    #[prost(string, tag = "20")]
    Text(String),
    #[prost(bytes = "bytes", tag = "21")]
    Command(Bytes),
    #[prost(message, tag = "22")]
    Custom(StoredCustom),
    #[prost(bytes = "bytes", tag = "23")]
    Other(Bytes),
    #[prost(message, tag = "24")]
    Revoked(StoredRevocation),
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredCustom {
    #[prost(string, tag = "1")]
    message: String,
    #[prost(string, tag = "2")]
    searched_content: String,
    #[prost(uint32, tag = "3")]
    sub_type: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredRevocation {
    #[prost(sint32, tag = "1")]
    revoke_type: i32,
    #[prost(uint64, tag = "2")]
    revoke_timestamp: u64,
    #[prost(string, tag = "3")]
    operated_user_id: String,
    #[prost(int32, tag = "4")]
    original_message_type: i32,
    #[prost(string, tag = "5")]
    original_text_message_content: String,
    #[prost(string, tag = "6")]
    revoke_extended_data: String,
    #[prost(sint32, tag = "7")]
    revoke_status: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredConversation {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    avatar_url: String,
    #[prost(uint32, tag = "3")]
    unread: u32,
    #[prost(int64, tag = "4")]
    order_key: i64,
    #[prost(message, optional, tag = "5")]
    last_message: Option<StoredMessage>,
    #[prost(uint64, tag = "6")]
    head_seq: u64,
    #[prost(uint64, tag = "7")]
    read_seq: u64,
    #[prost(uint64, tag = "8")]
    unsynced_read_seq: u64,
    #[prost(int32, tag = "9")]
    notification_status: i32,
    #[prost(bool, tag = "10")]
    is_disabled: bool,
}

/// Writes the record of `message` into `out`, replacing what is there.
pub(super) fn encode_message(message: &Message, out: &mut Vec<u8>) {
    out.clear();
    stored(message).encode(out).expect("a vector grows");
}

/// Reads a message back.
pub(super) fn decode_message(
    key: &ConversationKey,
    order_key: i64,
    record: &[u8],
) -> Result<Message, prost::DecodeError> {
    StoredMessage::decode(record).map(|stored| message(key, order_key, stored))
}

/// Writes the record of a conversation.
pub(super) fn encode_conversation(row: &ConversationRow) -> Vec<u8> {
    let ConversationRow {
        key: _,
        name,
        avatar_url,
        unread,
        order_key,
        last_message,
        head_seq,
        read_seq,
        unsynced_read_seq,
        notification_status,
        is_disabled,
    } = row;
    let last_message = last_message
        .as_deref()
        .map(|message| StoredMessage { order_key: message.order_key, ..stored(message) });
    StoredConversation {
        name: name.clone(),
        avatar_url: avatar_url.clone(),
        unread: *unread,
        order_key: *order_key,
        last_message,
        head_seq: *head_seq,
        read_seq: *read_seq,
        unsynced_read_seq: *unsynced_read_seq,
        notification_status: *notification_status,
        is_disabled: *is_disabled,
    }
    .encode_to_vec()
}

/// Reads a conversation back.
pub(super) fn decode_conversation(
    key: ConversationKey,
    record: &[u8],
) -> Result<ConversationRow, prost::DecodeError> {
    let stored = StoredConversation::decode(record)?;
    let last_message = stored.last_message.map(|last| Arc::new(message(&key, last.order_key, last)));
    Ok(ConversationRow {
        key,
        name: stored.name,
        avatar_url: stored.avatar_url,
        unread: stored.unread,
        order_key: stored.order_key,
        last_message,
        head_seq: stored.head_seq,
        read_seq: stored.read_seq,
        unsynced_read_seq: stored.unsynced_read_seq,
        notification_status: stored.notification_status,
        is_disabled: stored.is_disabled,
    })
}

/// Named field by field, so that a new field of [`Message`] cannot be forgotten here.
fn stored(message: &Message) -> StoredMessage {
    let Message {
        r#type,
        message_id,
        local_message_id,
        message_seq,
        sender_user_id,
        conversation_id: _,
        conversation_type: _,
        direction,
        sent_status,
        timestamp,
        order_key: _,
        is_user_inserted,
        receipt_status,
        extended_data,
        local_extended_data,
        is_broadcast_message,
        mentioned_user_ids,
        is_mention_all,
        is_server_message,
        disable_unread_message_count,
        body,
    } = message;
    StoredMessage {
        r#type: r#type.value(),
        message_id: *message_id,
        local_message_id: *local_message_id,
        message_seq: *message_seq,
        sender_user_id: sender_user_id.clone(),
        direction: direction.value(),
        sent_status: sent_status.value(),
        timestamp: *timestamp,
        is_user_inserted: *is_user_inserted,
        receipt_status: receipt_status.value(),
        extended_data: extended_data.clone(),
        local_extended_data: local_extended_data.clone(),
        is_broadcast_message: *is_broadcast_message,
        mentioned_user_ids: mentioned_user_ids.clone(),
        is_mention_all: *is_mention_all,
        is_server_message: *is_server_message,
        disable_unread_message_count: *disable_unread_message_count,
        body: Some(match body {
            MessageBody::Text(text) => StoredBody::Text(text.clone()),
            MessageBody::Command(bytes) => StoredBody::Command(bytes.clone()),
            MessageBody::Custom { message, searched_content, sub_type } => StoredBody::Custom(StoredCustom {
                message: message.clone(),
                searched_content: searched_content.clone(),
                sub_type: *sub_type,
            }),
            MessageBody::Revoked(revocation) => StoredBody::Revoked(stored_revocation(revocation)),
            MessageBody::Other(bytes) => StoredBody::Other(bytes.clone()),
        }),
        order_key: 0,
    }
}

fn stored_revocation(revocation: &Revocation) -> StoredRevocation {
    let Revocation {
        revoke_type,
        revoke_timestamp,
        operated_user_id,
        original_message_type,
        original_text_message_content,
        revoke_extended_data,
        revoke_status,
    } = revocation;
    StoredRevocation {
        revoke_type: revoke_type.value(),
        revoke_timestamp: *revoke_timestamp,
        operated_user_id: operated_user_id.clone(),
        original_message_type: original_message_type.value(),
        original_text_message_content: original_text_message_content.clone(),
        revoke_extended_data: revoke_extended_data.clone(),
        revoke_status: revoke_status.value(),
    }
}

fn revocation(stored: StoredRevocation) -> Revocation {
    Revocation {
        revoke_type: RevokeType::from_value(stored.revoke_type).unwrap_or_default(),
        revoke_timestamp: stored.revoke_timestamp,
        operated_user_id: stored.operated_user_id,
        original_message_type: MessageType::from_value(stored.original_message_type).unwrap_or_default(),
        original_text_message_content: stored.original_text_message_content,
        revoke_extended_data: stored.revoke_extended_data,
        revoke_status: MessageRevokeStatus::from_value(stored.revoke_status).unwrap_or_default(),
    }
}

fn message(key: &ConversationKey, order_key: i64, stored: StoredMessage) -> Message {
    Message {
        r#type: MessageType::from_value(stored.r#type).unwrap_or_default(),
        message_id: stored.message_id,
        local_message_id: stored.local_message_id,
        message_seq: stored.message_seq,
        sender_user_id: stored.sender_user_id,
        conversation_id: key.conversation_id.clone(),
        conversation_type: ConversationType::from_value(key.conversation_type).unwrap_or_default(),
        direction: MessageDirection::from_value(stored.direction).unwrap_or_default(),
        sent_status: MessageSentStatus::from_value(stored.sent_status).unwrap_or_default(),
        timestamp: stored.timestamp,
        order_key,
        is_user_inserted: stored.is_user_inserted,
        receipt_status: MessageReceiptStatus::from_value(stored.receipt_status).unwrap_or_default(),
        extended_data: stored.extended_data,
        local_extended_data: stored.local_extended_data,
        is_broadcast_message: stored.is_broadcast_message,
        mentioned_user_ids: stored.mentioned_user_ids,
        is_mention_all: stored.is_mention_all,
        is_server_message: stored.is_server_message,
        disable_unread_message_count: stored.disable_unread_message_count,
        body: match stored.body {
            Some(StoredBody::Text(text)) => MessageBody::Text(text),
            Some(StoredBody::Command(bytes)) => MessageBody::Command(bytes),
            Some(StoredBody::Custom(custom)) => MessageBody::Custom {
                message: custom.message,
                searched_content: custom.searched_content,
                sub_type: custom.sub_type,
            },
            Some(StoredBody::Revoked(stored)) => MessageBody::Revoked(Box::new(revocation(stored))),
            Some(StoredBody::Other(bytes)) => MessageBody::Other(bytes),
            None => MessageBody::default(),
        },
    }
}
