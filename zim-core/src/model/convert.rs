//! Wire records to published records and back.

use super::{
    CallInvitationMode, CallUserInfo, CallUserState, Conversation, ConversationChangeInfo, ConversationEvent,
    ConversationListChangeAction, ConversationNotificationStatus, ConversationType, GroupBeInviteMode,
    GroupEnterInfo, GroupEnterType, GroupFullInfo, GroupInfo, GroupInviteMode, GroupJoinMode,
    GroupMemberInfo, GroupMemberRole, GroupOperatedInfo, GroupVerifyInfo, Message, MessageBody,
    MessageDirection, MessageReceiptStatus, MessageRevokeStatus, MessageSentStatus, MessageType, Revocation,
    RevokeType, UserInfo, UserInfoType, UserOfflinePushRule, UserRule,
};
use crate::store::ConversationRow;
use bytes::Bytes;
use std::sync::Arc;
use zim_proto::v1;

/// Order key of message `seq` of a conversation: leaves room for failed messages after it.
pub(crate) fn final_order_key(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX >> 16).min(i64::MAX >> 16) << 16
}

/// The highest sequence a final message below or at `order_key` can have.
pub(crate) fn seq_below(order_key: i64) -> u64 {
    u64::try_from(order_key >> 16).unwrap_or(0)
}

pub(crate) fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(-1)
}

pub(crate) fn id(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A stored message of the server from the view of `self_id`.
pub(crate) fn message(wire: v1::Message, self_id: &str) -> Message {
    let conversation_type =
        ConversationType::from_value(signed(wire.conversation_type)).unwrap_or(ConversationType::Unknown);
    let is_own = wire.sender_user_id == self_id;
    let conversation_id = if conversation_type == ConversationType::Peer && !is_own {
        wire.sender_user_id.clone()
    } else {
        wire.conversation_id
    };
    let r#type = message_type(wire.r#type);
    let body = match wire.revocation {
        Some(revocation) if r#type == MessageType::Revoke => {
            MessageBody::Revoked(Box::new(self::revocation(revocation)))
        }
        _ => body(r#type, wire.body, wire.searched_content, wire.sub_type),
    };
    Message {
        r#type,
        message_id: id(wire.message_id),
        // The id was made by the sender's device and may collide with one of this device.
        local_message_id: if is_own { id(wire.local_message_id) } else { 0 },
        message_seq: id(wire.message_seq),
        sender_user_id: wire.sender_user_id,
        conversation_id,
        conversation_type,
        direction: if is_own { MessageDirection::Send } else { MessageDirection::Receive },
        sent_status: MessageSentStatus::Success,
        timestamp: u64::try_from(wire.timestamp).unwrap_or(0),
        order_key: final_order_key(wire.message_seq),
        is_user_inserted: false,
        receipt_status: if wire.has_receipt {
            MessageReceiptStatus::Processing
        } else {
            MessageReceiptStatus::None
        },
        extended_data: wire.extended_data,
        local_extended_data: String::new(),
        is_broadcast_message: false,
        mentioned_user_ids: wire.mentioned_user_ids,
        is_mention_all: wire.is_mention_all,
        is_server_message: wire.is_server_message,
        // A message for some members of its group never counts.
        disable_unread_message_count: wire.disable_unread || wire.targets.is_some(),
        body,
    }
}

fn message_type(number: u32) -> MessageType {
    MessageType::from_value(signed(number)).unwrap_or(MessageType::Unknown)
}

fn revocation(wire: v1::Revocation) -> Revocation {
    Revocation {
        revoke_type: RevokeType::from_value(wire.revoke_type).unwrap_or_default(),
        revoke_timestamp: u64::try_from(wire.time).unwrap_or(0),
        operated_user_id: wire.operator_user_id,
        original_message_type: message_type(wire.original_type),
        original_text_message_content: wire.original_text,
        revoke_extended_data: wire.extended_data,
        revoke_status: MessageRevokeStatus::from_value(signed(wire.status)).unwrap_or_default(),
    }
}

/// A message of the server to everybody.
pub(crate) fn broadcast(wire: v1::Message, self_id: &str) -> Message {
    Message { is_broadcast_message: true, ..message(wire, self_id) }
}

/// Text that is not UTF-8 cannot come from a conforming sender; it is kept as it came rather than altered.
fn body(r#type: MessageType, bytes: Bytes, searched_content: String, sub_type: u32) -> MessageBody {
    match r#type {
        MessageType::Command => MessageBody::Command(bytes),
        MessageType::Text | MessageType::Custom => match std::str::from_utf8(&bytes) {
            Ok(text) if r#type == MessageType::Text => MessageBody::Text(text.to_owned()),
            Ok(text) => MessageBody::Custom { message: text.to_owned(), searched_content, sub_type },
            Err(_) => MessageBody::Other(bytes),
        },
        _ => MessageBody::Other(bytes),
    }
}

/// A message as the host filled it, as it goes out.
pub(crate) fn wire_message(message: &Message, priority: i32) -> v1::Message {
    let (body, searched_content, sub_type) = match &message.body {
        MessageBody::Text(text) => (Bytes::copy_from_slice(text.as_bytes()), String::new(), 0),
        MessageBody::Command(bytes) | MessageBody::Other(bytes) => (bytes.clone(), String::new(), 0),
        MessageBody::Custom { message, searched_content, sub_type } => {
            (Bytes::copy_from_slice(message.as_bytes()), searched_content.clone(), *sub_type)
        }
        // Cannot be sent; the class says so.
        MessageBody::Revoked(_) => (Bytes::new(), String::new(), 0),
    };
    v1::Message {
        r#type: unsigned(message.r#type.value()),
        local_message_id: u64::try_from(message.local_message_id).unwrap_or(0),
        conversation_type: unsigned(message.conversation_type.value()),
        conversation_id: message.conversation_id.clone(),
        body,
        sub_type,
        searched_content,
        extended_data: message.extended_data.clone(),
        has_receipt: message.receipt_status == MessageReceiptStatus::Processing,
        disable_unread: message.disable_unread_message_count,
        priority: unsigned(priority),
        mentioned_user_ids: message.mentioned_user_ids.clone(),
        is_mention_all: message.is_mention_all,
        ..v1::Message::default()
    }
}

pub(crate) fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(crate) fn conversation(row: &ConversationRow) -> Conversation {
    Conversation {
        conversation_id: row.key.conversation_id.clone(),
        r#type: ConversationType::from_value(row.key.conversation_type).unwrap_or(ConversationType::Unknown),
        conversation_name: row.name.clone(),
        conversation_avatar_url: row.avatar_url.clone(),
        notification_status: ConversationNotificationStatus::from_value(row.notification_status)
            .unwrap_or_default(),
        unread_message_count: row.unread,
        last_message: row.last_message.clone(),
        order_key: row.order_key,
        read_message_seq: id(row.read_seq),
        is_conversation_disabled: row.is_disabled,
        ..Conversation::default()
    }
}

pub(crate) fn conversation_change(row: &ConversationRow, event: ConversationEvent) -> ConversationChangeInfo {
    let action = match event {
        ConversationEvent::Added => ConversationListChangeAction::Added,
        ConversationEvent::Deleted => ConversationListChangeAction::Deleted,
        ConversationEvent::Updated | ConversationEvent::Disabled => ConversationListChangeAction::Updated,
    };
    ConversationChangeInfo { event, action, conversation: Arc::new(conversation(row)) }
}

pub(crate) fn user_rule(rule: &v1::PushRule) -> UserRule {
    UserRule {
        offline_push_rule: UserOfflinePushRule {
            online_platforms: rule.online_platforms.clone(),
            not_to_receive_offline_push_platforms: rule.not_to_receive_offline_push_platforms.clone(),
        },
    }
}

pub(crate) fn user(user: &v1::UserInfo) -> UserInfo {
    UserInfo {
        user_id: user.user_id.clone(),
        user_name: user.user_name.clone(),
        user_avatar_url: user.avatar_url.clone(),
        user_extended_data: user.extended_data.clone(),
        r#type: UserInfoType::BasicUser,
    }
}

pub(crate) fn group_info(group: &v1::Group) -> GroupInfo {
    GroupInfo {
        group_id: group.group_id.clone(),
        group_name: group.name.clone(),
        group_avatar_url: group.avatar_url.clone(),
    }
}

pub(crate) fn group(group: &v1::Group) -> GroupFullInfo {
    GroupFullInfo {
        base_info: group_info(group),
        group_notice: group.notice.clone(),
        group_attributes: group.attributes.clone(),
        create_time: group.create_time,
        max_member_count: signed(group.max_member_count),
        verify_info: GroupVerifyInfo {
            join_mode: GroupJoinMode::from_value(signed(group.join_mode)).unwrap_or_default(),
            invite_mode: GroupInviteMode::from_value(signed(group.invite_mode)).unwrap_or_default(),
            be_invite_mode: GroupBeInviteMode::from_value(signed(group.be_invite_mode)).unwrap_or_default(),
        },
        ..GroupFullInfo::default()
    }
}

pub(crate) fn group_role(role: u32) -> GroupMemberRole {
    GroupMemberRole::from_value(signed(role)).unwrap_or(GroupMemberRole::Member)
}

pub(crate) fn group_member(member: &v1::GroupMember) -> GroupMemberInfo {
    let user = member.user.as_ref();
    let text = |field: fn(&v1::UserInfo) -> &String| user.map(|user| field(user).clone()).unwrap_or_default();
    GroupMemberInfo {
        user_id: text(|user| &user.user_id),
        user_name: text(|user| &user.user_name),
        user_avatar_url: text(|user| &user.avatar_url),
        user_extended_data: text(|user| &user.extended_data),
        r#type: UserInfoType::GroupMember,
        member_nickname: member.nickname.clone(),
        member_role: group_role(member.role),
        group_enter_info: GroupEnterInfo {
            enter_time: member.enter_time,
            enter_type: GroupEnterType::from_value(signed(member.enter_type)).unwrap_or_default(),
            ..GroupEnterInfo::default()
        },
        ..GroupMemberInfo::default()
    }
}

pub(crate) fn group_operated(member: Option<&v1::GroupMember>) -> GroupOperatedInfo {
    let Some(member) = member else { return GroupOperatedInfo::default() };
    let user = member.user.clone().unwrap_or_default();
    GroupOperatedInfo {
        user_id: user.user_id,
        user_name: user.user_name,
        member_nickname: member.nickname.clone(),
        member_role: group_role(member.role),
    }
}

pub(crate) fn call_mode(mode: u32) -> CallInvitationMode {
    CallInvitationMode::from_value(signed(mode)).unwrap_or(CallInvitationMode::Unknown)
}

pub(crate) fn call_user(user: &v1::CallUser) -> CallUserInfo {
    CallUserInfo {
        user_id: user.user_id.clone(),
        state: CallUserState::from_value(user.state).unwrap_or(CallUserState::Unknown),
        extended_data: user.extended_data.clone(),
    }
}

pub(crate) fn call_users(users: &[v1::CallUser]) -> Vec<CallUserInfo> {
    users.iter().map(call_user).collect()
}
