//! Messages: the class follows `type`, and the bytes of a command travel as a list of numbers.

use crate::convert::{FromJs, ToJs, member, members, wrong};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use zim_core::Error;
use zim_core::model::{Message, MessageBody, MessageType, Revocation};

impl FromJs for Message {
    fn from_js(value: &Value, name: &str) -> Result<Self, Error> {
        let from = members(value, name)?;
        let mut kind = MessageType::default();
        let number =
            from.get("type").filter(|number| !number.is_null()).ok_or_else(|| wrong("type", "given"))?;
        member(&Map::from_iter([("type".to_owned(), number.clone())]), "type", &mut kind)?;
        let mut message = Message { r#type: kind, body: body(kind, from)?, ..Message::default() };
        member(from, "messageID", &mut message.message_id)?;
        member(from, "localMessageID", &mut message.local_message_id)?;
        member(from, "messageSeq", &mut message.message_seq)?;
        member(from, "senderUserID", &mut message.sender_user_id)?;
        member(from, "conversationID", &mut message.conversation_id)?;
        member(from, "conversationType", &mut message.conversation_type)?;
        member(from, "direction", &mut message.direction)?;
        member(from, "sentStatus", &mut message.sent_status)?;
        member(from, "timestamp", &mut message.timestamp)?;
        member(from, "orderKey", &mut message.order_key)?;
        member(from, "isUserInserted", &mut message.is_user_inserted)?;
        member(from, "receiptStatus", &mut message.receipt_status)?;
        member(from, "extendedData", &mut message.extended_data)?;
        member(from, "localExtendedData", &mut message.local_extended_data)?;
        member(from, "isBroadcastMessage", &mut message.is_broadcast_message)?;
        member(from, "mentionedUserIDs", &mut message.mentioned_user_ids)?;
        member(from, "isMentionAll", &mut message.is_mention_all)?;
        member(from, "isServerMessage", &mut message.is_server_message)?;
        Ok(message)
    }
}

fn body(kind: MessageType, from: &Map<String, Value>) -> Result<MessageBody, Error> {
    let mut text = String::new();
    Ok(match kind {
        MessageType::Command => {
            let mut bytes = Vec::<u8>::new();
            member(from, "message", &mut bytes)?;
            MessageBody::Command(bytes.into())
        }
        MessageType::Custom => {
            let (mut searched_content, mut sub_type) = (String::new(), 0);
            member(from, "message", &mut text)?;
            member(from, "searchedContent", &mut searched_content)?;
            member(from, "subType", &mut sub_type)?;
            MessageBody::Custom { message: text, searched_content, sub_type }
        }
        MessageType::Text => {
            member(from, "message", &mut text)?;
            MessageBody::Text(text)
        }
        MessageType::Revoke => MessageBody::Revoked(Box::new(revocation(from)?)),
        // Refused by the one rule for classes that cannot be sent.
        _ => MessageBody::Other(Bytes::new()),
    })
}

fn revocation(from: &Map<String, Value>) -> Result<Revocation, Error> {
    let mut into = Revocation::default();
    member(from, "revokeType", &mut into.revoke_type)?;
    member(from, "revokeTimestamp", &mut into.revoke_timestamp)?;
    member(from, "operatedUserID", &mut into.operated_user_id)?;
    member(from, "originalMessageType", &mut into.original_message_type)?;
    member(from, "originalTextMessageContent", &mut into.original_text_message_content)?;
    member(from, "revokeExtendedData", &mut into.revoke_extended_data)?;
    member(from, "revokeStatus", &mut into.revoke_status)?;
    Ok(into)
}

impl ToJs for Message {
    fn to_js(&self) -> Value {
        let mut all = json!({
            "type": self.r#type.to_js(),
            "messageID": self.message_id.to_js(),
            "localMessageID": self.local_message_id.to_js(),
            "messageSeq": self.message_seq.to_js(),
            "senderUserID": self.sender_user_id,
            "conversationID": self.conversation_id,
            "conversationType": self.conversation_type.to_js(),
            "direction": self.direction.to_js(),
            "sentStatus": self.sent_status.to_js(),
            "timestamp": self.timestamp.to_js(),
            "orderKey": self.order_key.to_js(),
            "isUserInserted": self.is_user_inserted,
            "receiptStatus": self.receipt_status.to_js(),
            "extendedData": self.extended_data,
            "localExtendedData": self.local_extended_data,
            "isBroadcastMessage": self.is_broadcast_message,
            "mentionedUserIDs": self.mentioned_user_ids,
            "isMentionAll": self.is_mention_all,
            "isServerMessage": self.is_server_message,
        });
        match &self.body {
            MessageBody::Text(text) => all["message"] = json!(text),
            MessageBody::Command(bytes) => all["message"] = json!(bytes.as_ref()),
            MessageBody::Custom { message, searched_content, sub_type } => {
                all["message"] = json!(message);
                all["searchedContent"] = json!(searched_content);
                all["subType"] = json!(sub_type);
            }
            MessageBody::Revoked(revocation) => {
                all["revokeType"] = revocation.revoke_type.to_js();
                all["revokeTimestamp"] = revocation.revoke_timestamp.to_js();
                all["operatedUserID"] = json!(revocation.operated_user_id);
                all["originalMessageType"] = revocation.original_message_type.to_js();
                all["originalTextMessageContent"] = json!(revocation.original_text_message_content);
                all["revokeExtendedData"] = json!(revocation.revoke_extended_data);
                all["revokeStatus"] = revocation.revoke_status.to_js();
            }
            _ => {}
        }
        all
    }
}
