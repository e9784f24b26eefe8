//! Messages: sending with deduplication, numbering and fan-out, and history.

use super::error::{Fallible, invalid, refused};
use super::fingerprint::Fingerprint;
use super::inbox::Encoded;
use super::{Context, Effects, Reply, SignalTo, conversation, push, targets};
use crate::store::{Conversation, MemberRow, SentRecord, Tx, UserConversation, UserKey, origin_of};
use std::sync::Arc;
use zim_proto::v1::{self, event::Kind, response, signal};
use zim_proto::{ConversationType, ErrorCode, MessageType, limits};

/// Whom a message goes to.
enum Target {
    Peer(UserKey),
    Group(Arc<Vec<MemberRow>>),
}

/// Who hands a message in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// A device of the user.
    Device,
    /// The server API in the user's name. There is no client id, so that nothing is recognised as a retry.
    ServerApi {
        /// The user's own devices are not told.
        unaware: bool,
    },
}

/// Sends a message or a command of a device.
///
/// A message is numbered in its conversation, stored once and announced in the inbox of every member, the sender's other
/// devices included. The same `localMessageID` of one device with the same content answers the first result and changes
/// nothing; with other content it is refused (6000001). A command reaches connected users only.
///
/// 6000204 unknown peer, 6000523 unknown group, 6000521 not a member.
pub(super) fn send(tx: &mut dyn Tx, ctx: &mut Context<'_>, request: &v1::SendMessage) -> Fallible<Reply> {
    send_as(tx, ctx, request, Sender::Device)
}

/// The same for any [`Sender`].
pub(super) fn send_as(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    request: &v1::SendMessage,
    sender: Sender,
) -> Fallible<Reply> {
    let Some(draft) = &request.message else {
        return Err(invalid("message", "is missing"));
    };
    let command = is_command(draft);
    let limit = if command { ctx.limits.command_bytes } else { ctx.limits.message_bytes };
    if draft.body.len() > limit {
        let message = format!("has {} bytes, this server allows {limit}", draft.body.len());
        return Err(invalid("message", message));
    }
    let print = fingerprint(draft);
    let device = origin_of(ctx.device_id);
    let is_device = sender == Sender::Device;
    if is_device
        && !command
        && let Some(first) = tx.sent(ctx.user, device, draft.local_message_id)?
    {
        return if first.fingerprint == print {
            Ok(response::Result::MessageSent(first.sent).into())
        } else {
            Err(invalid("localMessageID", "was used for another message"))
        };
    }
    let (log, mut target) = find_target(tx, ctx, draft)?;
    if let (Target::Group(members), Some(chosen), false) = (&mut target, &draft.targets, is_device) {
        targets::check(tx, ctx.app_id, members, chosen)?;
        *members = Arc::new(targets::among(tx, members, draft)?);
    }
    let message_id = tx.next_message_id(ctx.app_id, ctx.now)?;
    if command {
        return Ok(signal_command(ctx, draft, message_id, &target, sender));
    }

    let message_seq = tx.conversation_head(log)? + 1;
    let message = stamp(ctx, draft, message_id, message_seq, sender);
    tx.conversation_append(log, &message)?;
    let message = targets::without_names(message);
    let mut event = v1::Event { time: ctx.now, kind: Some(Kind::Message(message)) };
    let shared = Encoded::new(ctx.now, &event);
    match sender {
        Sender::Device => {
            if let Some(Kind::Message(message)) = &mut event.kind {
                ctx.device_id.clone_into(&mut message.sender_device_id);
            }
            Encoded::new(ctx.now, &event).append_own(tx, ctx.user, ctx.device_id)?;
        }
        Sender::ServerApi { unaware: false } => {
            shared.append(tx, ctx.user)?;
        }
        Sender::ServerApi { unaware: true } => {}
    }

    let mut notice = request.push.as_ref().map(|config| {
        push::Notice::message(config, message_id, log, ctx.now + ctx.limits.message_push_ttl_ms)
    });
    match &target {
        Target::Peer(peer) => {
            if message_seq == 1 {
                ensure_conversation(tx, ctx.user, log)?;
                ensure_conversation(tx, *peer, log)?;
            }
            let seq = shared.append(tx, *peer)?;
            if let Some(notice) = &mut notice {
                push::notify(tx, ctx, notice, *peer, seq, false)?;
            }
        }
        // Members have the conversation since they entered.
        Target::Group(members) => {
            let sender = ctx.user;
            for member in members.iter().filter(|member| member.user != sender) {
                let seq = shared.append(tx, member.user)?;
                if let Some(notice) = &mut notice {
                    let mentioned = request.notify_mentioned_users && is_mentioned(tx, draft, member.user)?;
                    push::notify(tx, ctx, notice, member.user, seq, mentioned)?;
                }
            }
        }
    }
    let sent = v1::MessageSent { message_id, message_seq, timestamp: ctx.now };
    if is_device {
        let record = SentRecord { sent, fingerprint: print };
        tx.put_sent(ctx.user, device, draft.local_message_id, &record)?;
    }
    Ok(response::Result::MessageSent(sent).into())
}

/// A page of a conversation's log, ascending. Members see a group from the moment they entered.
pub(super) fn history(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::QueryHistory) -> Fallible<Reply> {
    let Some(view) = conversation::view(tx, ctx, request.conversation_type, &request.conversation_id)? else {
        return Ok(response::Result::History(v1::History::default()).into());
    };
    let head_seq = tx.conversation_head(view.log)?;
    let after = request.after_seq.max(view.floor);
    let count = request.count.min(limits::PAGE) as usize;
    let bounds = (after, request.before_seq);
    let mut messages = targets::history(tx, view.log, ctx.user_id, bounds, count, request.ascending)?;
    keep_within(&mut messages, ctx.limits.page_bytes, request.ascending);
    Ok(response::Result::History(v1::History { messages, head_seq }).into())
}

/// Drops the end of a page that is farther from where the reader started, so that the rest is still a contiguous run.
/// One message always stays.
fn keep_within(messages: &mut Vec<v1::Message>, bytes: usize, ascending: bool) {
    use prost::Message as _;
    let mut used = 0;
    let mut fits = |message: &v1::Message| {
        used += message.encoded_len() + 8;
        used <= bytes
    };
    if ascending {
        let keep = messages.iter().take_while(|message| fits(message)).count();
        messages.truncate(keep.max(1));
    } else {
        let keep = messages.iter().rev().take_while(|message| fits(message)).count();
        messages.drain(..messages.len() - keep.max(1).min(messages.len()));
    }
}

fn is_command(draft: &v1::Message) -> bool {
    i32::try_from(draft.r#type).ok().and_then(MessageType::from_value) == Some(MessageType::Command)
}

fn find_target(tx: &mut dyn Tx, ctx: &Context<'_>, draft: &v1::Message) -> Fallible<(Conversation, Target)> {
    if conversation::kind(draft.conversation_type) == ConversationType::Peer {
        let Some(peer) = tx.user(ctx.app_id, &draft.conversation_id)? else {
            let code = ErrorCode::MessageModuleTargetDoesNotExist;
            return Err(refused(code, "the receiver is not registered"));
        };
        return Ok((Conversation::peer(ctx.user, peer.key), Target::Peer(peer.key)));
    }
    let group = match tx.group(ctx.app_id, &draft.conversation_id)? {
        Some(group) if !group.dismissed => group.key,
        _ => return Err(refused(ErrorCode::GroupModuleGroupDoesNotExist, "the group does not exist")),
    };
    let members = tx.members(group)?;
    if !members.iter().any(|member| member.user == ctx.user) {
        return Err(refused(ErrorCode::GroupModuleUserIsNotInTheGroup, "the sender is not in the group"));
    }
    Ok((Conversation::Group(group), Target::Group(members)))
}

/// The message as it is stored: what the server decides replaces whatever the client wrote there.
fn stamp(
    ctx: &Context<'_>,
    draft: &v1::Message,
    message_id: u64,
    message_seq: u64,
    sender: Sender,
) -> v1::Message {
    let is_device = sender == Sender::Device;
    v1::Message {
        r#type: draft.r#type,
        message_id,
        local_message_id: if is_device { draft.local_message_id } else { 0 },
        message_seq,
        sender_user_id: ctx.user_id.to_owned(),
        conversation_type: draft.conversation_type,
        conversation_id: draft.conversation_id.clone(),
        timestamp: ctx.now,
        body: draft.body.clone(),
        sub_type: draft.sub_type,
        searched_content: draft.searched_content.clone(),
        extended_data: draft.extended_data.clone(),
        has_receipt: draft.has_receipt,
        disable_unread: draft.disable_unread,
        priority: draft.priority,
        mentioned_user_ids: draft.mentioned_user_ids.clone(),
        is_mention_all: draft.is_mention_all,
        is_server_message: !is_device,
        sender_device_id: String::new(),
        revocation: None,
        targets: if is_device { None } else { draft.targets.clone() },
    }
}

fn signal_command(
    ctx: &Context<'_>,
    draft: &v1::Message,
    message_id: u64,
    target: &Target,
    sender: Sender,
) -> Reply {
    let users = match target {
        Target::Peer(peer) => vec![*peer],
        Target::Group(members) => {
            members.iter().map(|member| member.user).filter(|user| *user != ctx.user).collect()
        }
    };
    let message = targets::without_names(stamp(ctx, draft, message_id, 0, sender));
    let signal = v1::Signal { kind: Some(signal::Kind::CommandMessage(message)) };
    Reply {
        result: response::Result::MessageSent(v1::MessageSent {
            message_id,
            message_seq: 0,
            timestamp: ctx.now,
        }),
        effects: Effects { signals: vec![SignalTo { users, signal }] },
    }
}

fn ensure_conversation(
    tx: &mut dyn Tx,
    user: UserKey,
    log: Conversation,
) -> Result<(), crate::store::StoreError> {
    // "Do not disturb" may have been set before the first message.
    if tx.user_conversation(user, log)?.is_none() {
        tx.put_user_conversation(user, log, &UserConversation::default())?;
    }
    Ok(())
}

fn is_mentioned(
    tx: &mut dyn Tx,
    draft: &v1::Message,
    user: UserKey,
) -> Result<bool, crate::store::StoreError> {
    if draft.is_mention_all || draft.mentioned_user_ids.is_empty() {
        return Ok(draft.is_mention_all);
    }
    let user = super::user::existing(tx, user)?;
    Ok(draft.mentioned_user_ids.contains(&user.user_id))
}

/// Hash of target and content: tells a retry from another message under the same id.
fn fingerprint(draft: &v1::Message) -> u64 {
    let mut hash = Fingerprint::default();
    hash.word(u64::from(draft.r#type));
    hash.word(u64::from(draft.conversation_type));
    hash.word(u64::from(draft.sub_type));
    hash.bytes(draft.conversation_id.as_bytes());
    hash.bytes(&draft.body);
    hash.bytes(draft.searched_content.as_bytes());
    hash.bytes(draft.extended_data.as_bytes());
    hash.finish()
}
