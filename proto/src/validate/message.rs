//! Sending messages.

use super::{Checked, Invalid, at_most_bytes, conversation, push_config, signed, target, too_long, user_ids};
use crate::v1::{Message, RevokeMessage, SendMessage};
use crate::{ErrorCode, MessagePriority, MessageType, limits};

/// A message to a peer or a group, with its push configuration. The sender is not known here: see
/// [`not_to_self`](super::not_to_self).
pub fn send_message(request: &SendMessage) -> Checked {
    let Some(message) = &request.message else {
        return Err(Invalid::new("message", "is missing"));
    };
    target(message.conversation_type, &message.conversation_id, "toConversationID")?;
    let kind = MessageType::from_value(signed(message.r#type));
    body(kind, message)?;
    at_most_bytes(&message.extended_data, limits::MESSAGE_EXTENDED_DATA_BYTES, "message.extendedData")?;
    if !(1..=limits::MAX_MESSAGE_ID).contains(&message.local_message_id) {
        return Err(Invalid::new("localMessageID", "must be 1 to 2^53 - 1"));
    }
    if MessagePriority::from_value(signed(message.priority)).is_none() {
        return Err(Invalid::new("priority", "must be Low (1), Medium (2) or High (3)"));
    }
    if message.has_receipt && kind == Some(MessageType::Command) {
        return Err(Invalid::new("hasReceipt", "is not possible for a command message"));
    }
    user_ids(
        &message.mentioned_user_ids,
        limits::MENTIONED_USERS,
        ErrorCode::CommonModuleParamsInvalid,
        "message.mentionedUserIDs",
    )?;
    request.push.as_ref().map_or(Ok(()), push_config)
}

/// The recall of a stored message. Who may recall it, and until when, the server knows.
pub(super) fn revoke(request: &RevokeMessage) -> Checked {
    conversation(request.conversation_type, &request.conversation_id)?;
    if request.message_seq == 0 {
        return Err(Invalid::new(
            "message",
            "has no place in the conversation: it was not sent successfully",
        ));
    }
    at_most_bytes(&request.extended_data, limits::REVOKE_EXTENDED_DATA_BYTES, "config.revokeExtendedData")?;
    request.push.as_ref().map_or(Ok(()), push_config)
}

fn body(kind: Option<MessageType>, message: &Message) -> Checked {
    if kind != Some(MessageType::Custom) && (message.sub_type != 0 || !message.searched_content.is_empty()) {
        return Err(Invalid::new("message.subType", "belongs to custom messages only"));
    }
    match kind {
        Some(MessageType::Text) => text(&message.body),
        Some(MessageType::Custom) => {
            text(&message.body)?;
            if message.sub_type > limits::CUSTOM_SUB_TYPE_MAX {
                let message = format!("must be 0 to {}", limits::CUSTOM_SUB_TYPE_MAX);
                return Err(Invalid::new("message.subType", message));
            }
            at_most_bytes(
                &message.searched_content,
                limits::SEARCHED_CONTENT_BYTES,
                "message.searchedContent",
            )
        }
        Some(MessageType::Command) => bytes(&message.body, limits::COMMAND_BYTES),
        _ => Err(Invalid::new("message.type", "must be Text (1), Command (2) or Custom (200)")),
    }
}

fn text(content: &[u8]) -> Checked {
    bytes(content, limits::TEXT_BYTES)?;
    match std::str::from_utf8(content) {
        Ok(text) if text.trim().is_empty() => Err(Invalid::new("message", "must not be blank")),
        Ok(_) => Ok(()),
        Err(_) => Err(Invalid::new("message", "is not UTF-8")),
    }
}

fn bytes(content: &[u8], limit: usize) -> Checked {
    if content.is_empty() {
        return Err(Invalid::new("message", "must not be empty"));
    }
    if content.len() > limit {
        return Err(too_long("message", content.len(), limit, "bytes"));
    }
    Ok(())
}
