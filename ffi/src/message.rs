//! Messages as C sees them: one struct for every class, told apart by `type`.

use crate::arena::{Arena, ToC};
use crate::status::Refused;
use crate::types::{CRecord, enum_value, str_list, zim_bytes, zim_str};
use std::ptr;
use zim_core::model::{
    ConversationType, Message, MessageBody, MessageDirection, MessageReceiptStatus, MessageRevokeStatus,
    MessageSentStatus, MessageType, Revocation, RevokeType,
};

/// A message of any class. `type` says which of the content fields are meant.
///
/// To send one, start from `ZIM_MESSAGE_INIT`, set `type` and the content of that class, and if wanted
/// `extended_data`, `local_extended_data`, `mentioned_user_ids` and `is_mention_all`; the rest is filled in by the
/// library. Published as `ZIMMessage` and its classes.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zim_message {
    /// `sizeof(zim_message)`; `ZIM_MESSAGE_INIT` sets it.
    pub struct_size: usize,
    /// Class of the message. A number of `zim_message_type`.
    pub r#type: i32,
    /// Unique on the service; 0 until the message was stored there.
    pub message_id: i64,
    /// Made by this client and kept through every retry; 0 on messages of others.
    pub local_message_id: i64,
    /// Position in the conversation, from 1; 0 until the message was stored.
    pub message_seq: i64,
    /// Who sent it.
    pub sender_user_id: zim_str,
    /// The other user, or the group.
    pub conversation_id: zim_str,
    /// A number of `zim_conversation_type`.
    pub conversation_type: i32,
    /// A number of `zim_message_direction`.
    pub direction: i32,
    /// A number of `zim_message_sent_status`; means something for sent messages only.
    pub sent_status: i32,
    /// When the service stored it, in milliseconds of Unix time; while sending, when it was sent.
    pub timestamp: u64,
    /// Sort key inside the conversation: larger is newer.
    pub order_key: i64,
    /// Put into the local data by the app.
    pub is_user_inserted: bool,
    /// A number of `zim_message_receipt_status`.
    pub receipt_status: i32,
    /// Text of the app that travels with the message.
    pub extended_data: zim_str,
    /// Text of the app that stays on this device.
    pub local_extended_data: zim_str,
    /// Sent to everyone who is online, by the server interface.
    pub is_broadcast_message: bool,
    /// Users the message mentions.
    pub mentioned_user_ids: *const zim_str,
    /// Elements of `mentioned_user_ids`.
    pub mentioned_user_ids_count: usize,
    /// The message mentions everyone.
    pub is_mention_all: bool,
    /// Sent by the server interface.
    pub is_server_message: bool,
    /// Does not count as unread.
    pub disable_unread_message_count: bool,
    /// Content of a text message, and the text of a custom message.
    pub message: zim_str,
    /// Content of a command message, and the raw content of a class this version does not know.
    pub bytes: zim_bytes,
    /// Custom message: text that the local search looks at.
    pub searched_content: zim_str,
    /// Custom message: the app's own kind, 0 to 200.
    pub sub_type: u32,
    /// Recalled message: for whom. A number of `zim_revoke_type`.
    pub revoke_type: i32,
    /// Recalled message: when, in milliseconds of Unix time.
    pub revoke_timestamp: u64,
    /// Recalled message: who recalled it.
    pub operated_user_id: zim_str,
    /// Recalled message: its class before. A number of `zim_message_type`.
    pub original_message_type: i32,
    /// Recalled message: its text before, if it was a text message.
    pub original_text_message_content: zim_str,
    /// Recalled message: text the recall brought along.
    pub revoke_extended_data: zim_str,
    /// Recalled message: by what right. A number of `zim_message_revoke_status`.
    pub revoke_status: i32,
}

// SAFETY: `repr(C)`, and `struct_size` comes first.
unsafe impl CRecord for zim_message {
    type Model = Message;
    const MIN_SIZE: usize = size_of::<zim_message>();
    const INIT: zim_message = zim_message {
        struct_size: size_of::<zim_message>(),
        r#type: 0,
        message_id: 0,
        local_message_id: 0,
        message_seq: 0,
        sender_user_id: zim_str::EMPTY,
        conversation_id: zim_str::EMPTY,
        conversation_type: -1,
        direction: 0,
        sent_status: 0,
        timestamp: 0,
        order_key: 0,
        is_user_inserted: false,
        receipt_status: 0,
        extended_data: zim_str::EMPTY,
        local_extended_data: zim_str::EMPTY,
        is_broadcast_message: false,
        mentioned_user_ids: ptr::null(),
        mentioned_user_ids_count: 0,
        is_mention_all: false,
        is_server_message: false,
        disable_unread_message_count: false,
        message: zim_str::EMPTY,
        bytes: zim_bytes::EMPTY,
        searched_content: zim_str::EMPTY,
        sub_type: 0,
        revoke_type: -1,
        revoke_timestamp: 0,
        operated_user_id: zim_str::EMPTY,
        original_message_type: 0,
        original_text_message_content: zim_str::EMPTY,
        revoke_extended_data: zim_str::EMPTY,
        revoke_status: -1,
    };

    unsafe fn read(&self) -> Result<Message, Refused> {
        let r#type = enum_value(self.r#type, MessageType::from_value, "type")?;
        // SAFETY: the pointers of the record are valid, by the contract of this function.
        unsafe {
            let body = match r#type {
                MessageType::Text => MessageBody::Text(self.message.read("message")?),
                MessageType::Custom => MessageBody::Custom {
                    message: self.message.read("message")?,
                    searched_content: self.searched_content.read("searched_content")?,
                    sub_type: self.sub_type,
                },
                MessageType::Command => MessageBody::Command(self.bytes.read("bytes")?.into()),
                MessageType::Revoke => MessageBody::Revoked(Box::new(self.read_revocation()?)),
                _ => MessageBody::Other(self.bytes.read("bytes")?.into()),
            };
            Ok(Message {
                r#type,
                message_id: self.message_id,
                local_message_id: self.local_message_id,
                message_seq: self.message_seq,
                sender_user_id: self.sender_user_id.read("sender_user_id")?,
                conversation_id: self.conversation_id.read("conversation_id")?,
                conversation_type: enum_value(
                    self.conversation_type,
                    ConversationType::from_value,
                    "conversation_type",
                )?,
                direction: enum_value(self.direction, MessageDirection::from_value, "direction")?,
                sent_status: enum_value(self.sent_status, MessageSentStatus::from_value, "sent_status")?,
                timestamp: self.timestamp,
                order_key: self.order_key,
                is_user_inserted: self.is_user_inserted,
                receipt_status: enum_value(
                    self.receipt_status,
                    MessageReceiptStatus::from_value,
                    "receipt_status",
                )?,
                extended_data: self.extended_data.read("extended_data")?,
                local_extended_data: self.local_extended_data.read("local_extended_data")?,
                is_broadcast_message: self.is_broadcast_message,
                mentioned_user_ids: str_list(
                    self.mentioned_user_ids,
                    self.mentioned_user_ids_count,
                    "mentioned_user_ids",
                )?,
                is_mention_all: self.is_mention_all,
                is_server_message: self.is_server_message,
                disable_unread_message_count: self.disable_unread_message_count,
                body,
            })
        }
    }
}

impl zim_message {
    /// # Safety
    /// The pointers of the record are valid.
    unsafe fn read_revocation(&self) -> Result<Revocation, Refused> {
        let original_message_type =
            enum_value(self.original_message_type, MessageType::from_value, "original_message_type")?;
        // SAFETY: the pointers of the record are valid, by the contract of this function.
        unsafe {
            Ok(Revocation {
                revoke_type: enum_value(self.revoke_type, RevokeType::from_value, "revoke_type")?,
                revoke_timestamp: self.revoke_timestamp,
                operated_user_id: self.operated_user_id.read("operated_user_id")?,
                original_message_type,
                original_text_message_content: self
                    .original_text_message_content
                    .read("original_text_message_content")?,
                revoke_extended_data: self.revoke_extended_data.read("revoke_extended_data")?,
                revoke_status: enum_value(
                    self.revoke_status,
                    MessageRevokeStatus::from_value,
                    "revoke_status",
                )?,
            })
        }
    }
}

impl ToC for Message {
    type C = zim_message;

    fn to_c(&self, arena: &mut Arena) -> *const zim_message {
        let (mentioned_user_ids, mentioned_user_ids_count) = arena.strings(&self.mentioned_user_ids);
        let mut view = zim_message {
            r#type: self.r#type.value(),
            message_id: self.message_id,
            local_message_id: self.local_message_id,
            message_seq: self.message_seq,
            sender_user_id: zim_str::of(&self.sender_user_id),
            conversation_id: zim_str::of(&self.conversation_id),
            conversation_type: self.conversation_type.value(),
            direction: self.direction.value(),
            sent_status: self.sent_status.value(),
            timestamp: self.timestamp,
            order_key: self.order_key,
            is_user_inserted: self.is_user_inserted,
            receipt_status: self.receipt_status.value(),
            extended_data: zim_str::of(&self.extended_data),
            local_extended_data: zim_str::of(&self.local_extended_data),
            is_broadcast_message: self.is_broadcast_message,
            mentioned_user_ids,
            mentioned_user_ids_count,
            is_mention_all: self.is_mention_all,
            is_server_message: self.is_server_message,
            disable_unread_message_count: self.disable_unread_message_count,
            ..zim_message::INIT
        };
        match &self.body {
            MessageBody::Text(text) => view.message = zim_str::of(text),
            MessageBody::Command(bytes) | MessageBody::Other(bytes) => view.bytes = zim_bytes::of(bytes),
            MessageBody::Custom { message, searched_content, sub_type } => {
                view.message = zim_str::of(message);
                view.searched_content = zim_str::of(searched_content);
                view.sub_type = *sub_type;
            }
            MessageBody::Revoked(revocation) => {
                view.revoke_type = revocation.revoke_type.value();
                view.revoke_timestamp = revocation.revoke_timestamp;
                view.operated_user_id = zim_str::of(&revocation.operated_user_id);
                view.original_message_type = revocation.original_message_type.value();
                view.original_text_message_content = zim_str::of(&revocation.original_text_message_content);
                view.revoke_extended_data = zim_str::of(&revocation.revoke_extended_data);
                view.revoke_status = revocation.revoke_status.value();
            }
            // The enum may grow; a class without content fields of its own shows its common ones.
            _ => {}
        }
        arena.put(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::record;

    #[test]
    fn every_class_survives_the_way_out_and_back() {
        for message in [
            Message { mentioned_user_ids: vec!["bob".into(), "eve".into()], ..Message::text("hello") },
            Message::command(&b"\x00\x01"[..]),
            Message::custom("card", 7, "card of Alice"),
            Message {
                r#type: MessageType::Revoke,
                body: MessageBody::Revoked(Box::new(Revocation {
                    revoke_type: RevokeType::TwoWay,
                    revoke_timestamp: 7,
                    operated_user_id: "carol".into(),
                    original_message_type: MessageType::Text,
                    original_text_message_content: "hello".into(),
                    revoke_extended_data: "typo".into(),
                    revoke_status: MessageRevokeStatus::GroupOwnerRevoke,
                })),
                ..Message::default()
            },
            Message {
                r#type: MessageType::Image,
                body: MessageBody::Other(b"raw"[..].into()),
                ..Message::default()
            },
        ] {
            let mut arena = Arena::new();
            let view = message.to_c(&mut arena);
            // SAFETY: the view and the message it shows live through the call.
            assert_eq!(unsafe { record(view, "message") }.expect("valid"), message);
        }
    }

    #[test]
    fn an_unknown_class_is_refused() {
        let raw = zim_message { r#type: 9999, ..zim_message::INIT };
        // SAFETY: the record has no pointers.
        let refused = unsafe { record(&raw, "message") }.expect_err("out of range");
        assert_eq!(refused.detail, "message.type: 9999 is no published value");
    }
}
