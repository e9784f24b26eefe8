//! Conversations as one user has them: unread counts, read markers, notification status, and the state a fresh device
//! starts with.

use super::error::{Fallible, invalid, refused};
use super::{Context, Reply, inbox, targets, user};
use crate::store::{Conversation, StoreError, Tx, UserConversation, UserKey};
use prost::Message as _;
use zim_proto::v1::{self, event::Kind, response};
use zim_proto::{ConversationNotificationStatus as Status, ConversationType, ErrorCode};

/// What a user may read of a conversation.
pub(super) struct View {
    pub(super) log: Conversation,
    /// Messages up to here are not visible: the user entered later.
    pub(super) floor: u64,
}

pub(super) fn kind(conversation_type: u32) -> ConversationType {
    i32::try_from(conversation_type).ok().and_then(ConversationType::from_value).unwrap_or_default()
}

/// The log behind a published id, whatever the user's rights. `None`: no such user or group.
fn find(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    conversation_type: u32,
    id: &str,
) -> Result<Option<Conversation>, StoreError> {
    Ok(match kind(conversation_type) {
        ConversationType::Peer => tx.user(ctx.app_id, id)?.map(|peer| Conversation::peer(ctx.user, peer.key)),
        ConversationType::Group => tx.group(ctx.app_id, id)?.map(|group| Conversation::Group(group.key)),
        _ => None,
    })
}

/// A conversation to read from. A dismissed group stays readable for those who were in it at the end. `None`: a peer
/// who is not registered; 6000523 unknown group, 6000521 not a member.
pub(super) fn view(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    conversation_type: u32,
    id: &str,
) -> Fallible<Option<View>> {
    match find(tx, ctx, conversation_type, id)? {
        Some(log @ Conversation::Peer(..)) => Ok(Some(View { log, floor: 0 })),
        Some(log @ Conversation::Group(group)) => {
            let members = tx.members(group)?;
            let Some(member) = members.iter().find(|member| member.user == ctx.user) else {
                let code = ErrorCode::GroupModuleUserIsNotInTheGroup;
                return Err(refused(code, "the user is not in the group"));
            };
            Ok(Some(View { log, floor: member.joined_seq }))
        }
        None if kind(conversation_type) == ConversationType::Group => {
            Err(refused(ErrorCode::GroupModuleGroupDoesNotExist, "the group does not exist"))
        }
        None => Ok(None),
    }
}

fn absent() -> super::error::Fail {
    refused(ErrorCode::ConversationModuleConversationDoesNotExist, "the user has no such conversation")
}

/// Marks messages up to `read_seq` (0 = all) as read. The marker never goes back; without a change nothing is announced.
pub(super) fn clear_unread(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::ClearUnread) -> Fallible<Reply> {
    let log = find(tx, ctx, request.conversation_type, &request.conversation_id)?.ok_or_else(absent)?;
    let mut state = tx.user_conversation(ctx.user, log)?.ok_or_else(absent)?;
    let head = tx.conversation_head(log)?;
    let read = if request.read_seq == 0 { head } else { request.read_seq.min(head) };
    if read > state.read_seq {
        state.read_seq = read;
        tx.put_user_conversation(ctx.user, log, &state)?;
        let event = v1::ConversationRead {
            conversation_type: request.conversation_type,
            conversation_id: request.conversation_id.clone(),
            read_seq: read,
        };
        inbox::append(tx, ctx.user, ctx.now, Kind::ConversationRead(event))?;
    }
    Ok(Reply::done())
}

/// Marks everything as read: one event with every conversation that changed.
pub(super) fn clear_all_unread(tx: &mut dyn Tx, ctx: &Context<'_>) -> Fallible<Reply> {
    let mut conversations = Vec::new();
    for (log, mut state) in tx.user_conversations(ctx.user)? {
        let head = tx.conversation_head(log)?;
        if head > state.read_seq {
            state.read_seq = head;
            tx.put_user_conversation(ctx.user, log, &state)?;
            let (conversation_type, conversation_id) = published(tx, ctx.user, log)?;
            conversations.push(v1::ConversationRead { conversation_type, conversation_id, read_seq: head });
        }
    }
    if !conversations.is_empty() {
        let event = Kind::AllConversationsRead(v1::AllConversationsRead { conversations });
        inbox::append(tx, ctx.user, ctx.now, event)?;
    }
    Ok(Reply::done())
}

/// Sets "notify" or "do not disturb" for a peer or a group the user is in, before the first message too.
pub(super) fn set_notification_status(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &v1::SetNotificationStatus,
) -> Fallible<Reply> {
    let Some(View { log, .. }) = view(tx, ctx, request.conversation_type, &request.conversation_id)? else {
        return Err(absent());
    };
    if log == Conversation::peer(ctx.user, ctx.user) {
        return Err(invalid("conversationID", "must not be the logged-in user"));
    }
    let mut state = tx.user_conversation(ctx.user, log)?.unwrap_or_default();
    if status_or_default(state.notification_status) == request.status {
        return Ok(Reply::done());
    }
    if request.status == mute() && matches!(log, Conversation::Peer(..)) {
        let muted = tx
            .user_conversations(ctx.user)?
            .iter()
            .filter(|(log, state)| {
                matches!(log, Conversation::Peer(..)) && state.notification_status == mute()
            })
            .count();
        if muted >= ctx.limits.muted_peers {
            let message = format!("{muted} peer conversations are muted already");
            return Err(refused(ErrorCode::ConversationModuleCommonError, message));
        }
    }
    state.notification_status = request.status;
    tx.put_user_conversation(ctx.user, log, &state)?;
    let event = v1::ConversationNotification {
        conversation_type: request.conversation_type,
        conversation_id: request.conversation_id.clone(),
        status: request.status,
    };
    inbox::append(tx, ctx.user, ctx.now, Kind::ConversationNotification(event))?;
    Ok(Reply::done())
}

/// One conversation's state. 6000603 if the user does not have it, or nothing was ever said in it.
pub(super) fn query(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::QueryConversation) -> Fallible<Reply> {
    let log = find(tx, ctx, request.conversation_type, &request.conversation_id)?.ok_or_else(absent)?;
    let own = tx.user_conversation(ctx.user, log)?.ok_or_else(absent)?;
    let me = user::existing(tx, ctx.user)?;
    let state = state(tx, me.key, &me.user_id, log, &own, ctx.limits.unread_scan)?.ok_or_else(absent)?;
    Ok(response::Result::Conversation(v1::Conversation { state: Some(state) }).into())
}

/// Whether the user muted the conversation.
pub(super) fn is_muted(tx: &mut dyn Tx, user: UserKey, log: Conversation) -> Result<bool, StoreError> {
    Ok(tx.user_conversation(user, log)?.is_some_and(|state| state.notification_status == mute()))
}

/// All conversations of a user, the most recent first, as of this moment of the transaction. Bounded in number and size:
/// beyond the size a conversation comes without its last message, which the device fetches when it needs it.
pub(super) fn snapshot(
    tx: &mut dyn Tx,
    user: UserKey,
    user_id: &str,
    limits: &super::Limits,
) -> Result<Vec<v1::ConversationState>, StoreError> {
    let mut states = Vec::new();
    for (log, own) in tx.user_conversations(user)? {
        states.extend(state(tx, user, user_id, log, &own, limits.unread_scan)?);
    }
    let recency =
        |state: &v1::ConversationState| state.last_message.as_ref().map_or(0, |message| message.message_id);
    states.sort_by_key(|state| std::cmp::Reverse(recency(state)));
    states.truncate(limits.snapshot_conversations);
    let mut used = 0;
    for state in &mut states {
        used += state.encoded_len();
        if used > limits.snapshot_bytes {
            state.last_message = None;
        }
    }
    Ok(states)
}

/// `None`: nothing visible was ever said in it (entering a group makes no conversation). A group that the user has left
/// is `disabled` and ends at what the user had when leaving.
fn state(
    tx: &mut dyn Tx,
    me: UserKey,
    my_id: &str,
    log: Conversation,
    own: &UserConversation,
    unread_scan: usize,
) -> Result<Option<v1::ConversationState>, StoreError> {
    let mut state = v1::ConversationState {
        read_seq: own.read_seq,
        notification_status: status_or_default(own.notification_status),
        ..v1::ConversationState::default()
    };
    let mut floor = 0;
    match log {
        Conversation::Peer(one, other) => {
            let peer = user::existing(tx, if one == me { other } else { one })?;
            state.conversation_type = number(ConversationType::Peer);
            state.conversation_id = peer.user_id;
            state.name = peer.user_name;
            state.avatar_url = peer.avatar_url;
        }
        Conversation::Group(key) => {
            let Some(group) = tx.group_by_key(key)? else { return Ok(None) };
            let members = tx.members(key)?;
            let member = members.iter().find(|member| member.user == me);
            state.conversation_type = number(ConversationType::Group);
            state.conversation_id = group.group.group_id;
            state.name = group.group.name;
            state.avatar_url = group.group.avatar_url;
            state.disabled = group.dismissed || member.is_none();
            match member {
                Some(member) => floor = member.joined_seq,
                None => {
                    state.head_seq = own.read_seq;
                    return Ok((own.read_seq > 0).then_some(state));
                }
            }
        }
    }
    state.head_seq = tx.conversation_head(log)?;
    if state.head_seq <= floor {
        return Ok(None);
    }
    state.last_message = targets::history(tx, log, my_id, (floor, 0), 1, false)?.pop();
    if state.last_message.is_none() {
        return Ok(None);
    }
    state.unread = unread(tx, log, my_id, own.read_seq.max(floor), state.head_seq, unread_scan)?;
    Ok(Some(state))
}

/// Messages of others after `read` that count. Beyond `scan` messages the rest is taken by its numbers.
fn unread(
    tx: &mut dyn Tx,
    log: Conversation,
    my_id: &str,
    read: u64,
    head: u64,
    scan: usize,
) -> Result<u32, StoreError> {
    if read >= head {
        return Ok(0);
    }
    let messages = tx.history(log, read, 0, scan, true)?;
    let counts = |message: &&v1::Message| {
        let counted = !message.disable_unread && message.revocation.is_none() && message.targets.is_none();
        counted && message.sender_user_id != my_id
    };
    let counted = messages.iter().filter(counts).count() as u64;
    let seen = messages.last().map_or(read, |message| message.message_seq);
    let beyond = if messages.len() < scan { 0 } else { head.saturating_sub(seen) };
    Ok(u32::try_from(counted + beyond).unwrap_or(u32::MAX))
}

/// The published name of a conversation as this user sees it.
fn published(tx: &mut dyn Tx, me: UserKey, log: Conversation) -> Result<(u32, String), StoreError> {
    match log {
        Conversation::Peer(one, other) => {
            let peer = user::existing(tx, if one == me { other } else { one })?;
            Ok((number(ConversationType::Peer), peer.user_id))
        }
        Conversation::Group(key) => {
            let group = tx.group_by_key(key)?;
            let id = group.map(|row| row.group.group_id).unwrap_or_default();
            Ok((number(ConversationType::Group), id))
        }
    }
}

fn number(conversation_type: ConversationType) -> u32 {
    u32::try_from(conversation_type.value()).unwrap_or_default()
}

fn mute() -> u32 {
    u32::try_from(Status::DoNotDisturb.value()).unwrap_or_default()
}

/// A state never set counts as "notify".
fn status_or_default(status: u32) -> u32 {
    if status == 0 { u32::try_from(Status::Notify.value()).unwrap_or_default() } else { status }
}
