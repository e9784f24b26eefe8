//! Group messages for some members only ("targeted" in the published names; the server API sends them).
//!
//! The log holds them with the names of the [`v1::Targets`]. Whoever is not among them never learns of the message, and
//! those who get it are not told who else does.

use super::error::{Fallible, refused};
use super::user;
use crate::store::{Conversation, MemberRow, StoreError, Tx};
use zim_proto::{ErrorCode, v1};

/// Whether the message is for this user. Its sender has every message.
pub(super) fn is_for(message: &v1::Message, user_id: &str) -> bool {
    let Some(targets) = &message.targets else { return true };
    message.sender_user_id == user_id
        || targets.inclusive == targets.user_ids.iter().any(|target| target == user_id)
}

/// The message as a client gets it.
pub(super) fn without_names(mut message: v1::Message) -> v1::Message {
    if let Some(targets) = &mut message.targets {
        *targets = v1::Targets::default();
    }
    message
}

/// 6000521 if a receiver is named who is no member; whom the message leaves out may be gone.
pub(super) fn check(
    tx: &mut dyn Tx,
    app_id: u32,
    members: &[MemberRow],
    targets: &v1::Targets,
) -> Fallible<()> {
    if !targets.inclusive {
        return Ok(());
    }
    for user_id in &targets.user_ids {
        let user = tx.user(app_id, user_id)?;
        if !user.is_some_and(|user| members.iter().any(|member| member.user == user.key)) {
            return Err(refused(ErrorCode::GroupModuleUserIsNotInTheGroup, "a receiver is not in the group"));
        }
    }
    Ok(())
}

/// Those of the members that the message is for.
pub(super) fn among(
    tx: &mut dyn Tx,
    members: &[MemberRow],
    message: &v1::Message,
) -> Result<Vec<MemberRow>, StoreError> {
    let mut receivers = Vec::new();
    for member in members {
        if is_for(message, &user::existing(tx, member.user)?.user_id) {
            receivers.push(member.clone());
        }
    }
    Ok(receivers)
}

/// [`Tx::history`] as this user sees it.
pub(super) fn history(
    tx: &mut dyn Tx,
    log: Conversation,
    user_id: &str,
    bounds: (u64, u64),
    count: usize,
    ascending: bool,
) -> Result<Vec<v1::Message>, StoreError> {
    let (mut after, mut before) = bounds;
    let mut found = Vec::new();
    let mut limit = count;
    loop {
        let page = tx.history(log, after, before, limit, ascending)?;
        let is_last = page.len() < limit;
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(found) };
        if ascending {
            after = last.message_seq;
        } else {
            before = first.message_seq;
        }
        let page = page.into_iter().filter(|message| is_for(message, user_id)).map(without_names);
        if ascending {
            found.extend(page);
            found.truncate(count);
        } else {
            found.splice(0..0, page);
            found.drain(..found.len().saturating_sub(count));
        }
        if is_last || found.len() == count {
            return Ok(found);
        }
        // Runs of others' messages are passed in growing steps.
        limit = limit.saturating_mul(2);
    }
}
