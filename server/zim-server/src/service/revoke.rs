//! Recall of stored messages ("revocation" in the published names): who may, until when, and what is left of the message.

use super::error::{Fallible, refused};
use super::inbox::Encoded;
use super::{Context, Reply, conversation, push, targets};
use crate::store::{Conversation, MemberRow, StoreError, Tx, UserKey};
use std::sync::Arc;
use zim_proto::v1::{self, event::Kind, response};
use zim_proto::{ErrorCode, GroupMemberRole, MessageRevokeStatus, MessageType, RevokeType};

/// Who asks for a recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Requester {
    /// A device of the user.
    Device,
    /// The server API in the user's name: what the user sent, whatever the user's role.
    ServerApi,
}

/// Recalls a message for everybody. It keeps its ids and its place; its content goes, from the history too, and waiting
/// pushes of it are withdrawn. Everyone who has the message in view is told, the user's other devices included.
///
/// Senders recall their own messages, in a group the owner anybody's and an admin those of ordinary members.
///
/// 6000204 unknown peer, 6000523 unknown group, 6000521 not a member, 6000201 no such message in view, 6000541 (group) and
/// 6000285 (peer) no right to it, 6000279 recalled before, 6000278 too late.
pub(super) fn revoke(tx: &mut dyn Tx, ctx: &mut Context<'_>, request: &v1::RevokeMessage) -> Fallible<Reply> {
    revoke_as(tx, ctx, request, Requester::Device)
}

/// The same for any [`Requester`].
pub(super) fn revoke_as(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    request: &v1::RevokeMessage,
    requester: Requester,
) -> Fallible<Reply> {
    let Some(view) = conversation::view(tx, ctx, request.conversation_type, &request.conversation_id)? else {
        let code = ErrorCode::MessageModuleTargetDoesNotExist;
        return Err(refused(code, "the peer is not registered"));
    };
    let members = members(tx, view.log)?;
    let message = find(tx, &view, ctx.user_id, request)?;
    let status = right(tx, ctx, members.as_deref(), &message, requester)?;
    if message.revocation.is_some() {
        let code = ErrorCode::MessageModuleMessageHasBeenRevoked;
        return Err(refused(code, "the message has been recalled"));
    }
    let window = ctx.limits.revoke_window_ms;
    if ctx.now - message.timestamp >= window {
        let message = format!("messages are recalled within {} s", window / 1_000);
        return Err(refused(ErrorCode::MessageModuleMessageExceedsRevokeTime, message));
    }

    push::withdraw_message(tx, ctx.app_id, message.message_id, ctx.now)?;
    let audience = match (view.log, members) {
        (Conversation::Peer(one, other), _) => vec![one, other],
        (Conversation::Group(_), members) => who_saw(tx, members.as_deref(), &message)?,
    };
    let revoked = rest_of(message, revocation_by(ctx, request, status));
    tx.conversation_replace(view.log, &revoked)?;
    let revoked = targets::without_names(revoked);
    tell(tx, ctx, request.push.as_ref(), view.log, &audience, &revoked)?;
    let answer = v1::MessageRevoked { message: Some(revoked), device_id: String::new() };
    Ok(response::Result::MessageRevoked(answer).into())
}

/// Members of a group, which must not be dismissed; `None` for a peer conversation.
fn members(tx: &mut dyn Tx, log: Conversation) -> Fallible<Option<Arc<Vec<MemberRow>>>> {
    let Conversation::Group(group) = log else { return Ok(None) };
    if tx.group_by_key(group)?.is_none_or(|row| row.dismissed) {
        return Err(refused(ErrorCode::GroupModuleGroupDoesNotExist, "the group does not exist"));
    }
    Ok(Some(tx.members(group)?))
}

/// The message that is meant, if the user has it in view.
fn find(
    tx: &mut dyn Tx,
    view: &conversation::View,
    user_id: &str,
    request: &v1::RevokeMessage,
) -> Fallible<v1::Message> {
    let seq = request.message_seq;
    let after = view.floor.max(seq - 1);
    tx.history(view.log, after, seq.saturating_add(1), 1, true)?
        .pop()
        .filter(|message| targets::is_for(message, user_id))
        .filter(|message| request.message_id == 0 || message.message_id == request.message_id)
        .ok_or_else(|| refused(ErrorCode::MessageModuleCommonError, "there is no such message"))
}

/// By what right the user recalls the message.
fn right(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    members: Option<&Vec<MemberRow>>,
    message: &v1::Message,
    requester: Requester,
) -> Fallible<MessageRevokeStatus> {
    let is_sender = message.sender_user_id == ctx.user_id;
    match (requester, members) {
        (Requester::ServerApi, _) if is_sender => return Ok(MessageRevokeStatus::ServerApiRevoke),
        (Requester::Device, _) if is_sender => return Ok(MessageRevokeStatus::SelfRevoke),
        (Requester::Device, Some(members)) => {
            let sender = tx.user(ctx.app_id, &message.sender_user_id)?.map(|sender| sender.key);
            let of_sender = sender.and_then(|sender| role_of(members, sender));
            match role_of(members, ctx.user) {
                Some(GroupMemberRole::Owner) => return Ok(MessageRevokeStatus::GroupOwnerRevoke),
                // Who left has no role any more.
                Some(GroupMemberRole::Admin) if matches!(of_sender, None | Some(GroupMemberRole::Member)) => {
                    return Ok(MessageRevokeStatus::GroupAdminRevoke);
                }
                _ => {}
            }
        }
        (_, None) | (Requester::ServerApi, Some(_)) => {}
    }
    let code = match members {
        Some(_) => ErrorCode::GroupModuleGroupNoCorrespondingOperationAuthority,
        None => ErrorCode::MessageModuleEditNoCorrespondingOperationAuthority,
    };
    Err(refused(code, "the message is not the user's to recall"))
}

fn role_of(members: &[MemberRow], user: UserKey) -> Option<GroupMemberRole> {
    let member = members.iter().find(|member| member.user == user)?;
    i32::try_from(member.role).ok().and_then(GroupMemberRole::from_value)
}

/// Members who had entered before the message was sent, and whom it is for.
fn who_saw(
    tx: &mut dyn Tx,
    members: Option<&Vec<MemberRow>>,
    message: &v1::Message,
) -> Result<Vec<UserKey>, StoreError> {
    let had_entered = |member: &&MemberRow| member.joined_seq < message.message_seq;
    let members: Vec<_> = members.into_iter().flatten().filter(had_entered).cloned().collect();
    let members = if message.targets.is_some() { targets::among(tx, &members, message)? } else { members };
    Ok(members.into_iter().map(|member| member.user).collect())
}

fn revocation_by(
    ctx: &Context<'_>,
    request: &v1::RevokeMessage,
    status: MessageRevokeStatus,
) -> v1::Revocation {
    v1::Revocation {
        revoke_type: RevokeType::TwoWay.value(),
        time: ctx.now,
        operator_user_id: ctx.user_id.to_owned(),
        extended_data: request.extended_data.clone(),
        status: u32::try_from(status.value()).unwrap_or_default(),
        ..v1::Revocation::default()
    }
}

/// What is left of the message: its ids, its place, who sent it to whom and when, and of its content the text.
fn rest_of(message: v1::Message, revocation: v1::Revocation) -> v1::Message {
    let is_text = message.r#type == number(MessageType::Text);
    let text = if is_text { String::from_utf8_lossy(&message.body).into_owned() } else { String::new() };
    v1::Message {
        r#type: number(MessageType::Revoke),
        message_id: message.message_id,
        local_message_id: message.local_message_id,
        message_seq: message.message_seq,
        sender_user_id: message.sender_user_id,
        conversation_type: message.conversation_type,
        conversation_id: message.conversation_id,
        timestamp: message.timestamp,
        disable_unread: message.disable_unread,
        priority: message.priority,
        is_server_message: message.is_server_message,
        targets: message.targets,
        revocation: Some(v1::Revocation { original_type: message.r#type, original_text: text, ..revocation }),
        ..v1::Message::default()
    }
}

fn number(kind: MessageType) -> u32 {
    u32::try_from(kind.value()).unwrap_or_default()
}

/// Tells everybody, and pushes to all but the user who asked.
fn tell(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    config: Option<&v1::PushConfig>,
    log: Conversation,
    audience: &[UserKey],
    revoked: &v1::Message,
) -> Result<(), StoreError> {
    let now = ctx.now;
    let encode = |device_id: &str| {
        let event = v1::MessageRevoked { message: Some(revoked.clone()), device_id: device_id.to_owned() };
        Encoded::new(now, &v1::Event { time: now, kind: Some(Kind::MessageRevoked(event)) })
    };
    encode(ctx.device_id).append_own(tx, ctx.user, ctx.device_id)?;
    let shared = encode("");
    let expires_at = now + ctx.limits.message_push_ttl_ms;
    let mut notice =
        config.map(|config| push::Notice::revocation(config, revoked.message_id, log, expires_at));
    let asker = ctx.user;
    for user in audience.iter().copied().filter(|user| *user != asker) {
        let seq = shared.append(tx, user)?;
        if let Some(notice) = &mut notice {
            push::notify(tx, ctx, notice, user, seq, false)?;
        }
    }
    Ok(())
}
