//! Cancelling, quitting, ending, and a caller who is gone.

use super::super::error::{Fallible, refused};
use super::super::{Context, Limits, Presence, Reply};
use super::{
    CALLER, Change, finish, finish_if_over, is_advanced, is_present, is_ringing, participant, position,
    push_update, running, running_advanced, save, set, silence, state, those, was_answered, with,
};
use crate::store::{CallRow, StoreError, Tx, UserKey};
use zim_proto::v1::{self, CallEventKind, response};
use zim_proto::{CallUserState as State, ErrorCode};

/// Takes invitations back.
///
/// Without a list the whole call is cancelled, and so is it when the list leaves a caller alone whom nobody has ever
/// answered. A general call can be cancelled by its caller only, any call without a list only until somebody accepts
/// (6000271). In an advanced call who invited somebody may take that back at any time (6000273 for others). Listed users
/// who do not ring, or were invited by somebody else, are returned.
pub(in super::super) fn cancel(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    request: &v1::CallCancel,
) -> Fallible<Reply> {
    let mut row = running(tx, ctx, &request.call_id)?;
    let operator = position(&row, ctx.user).filter(|index| state(&row, *index) == State::Accepted);
    let may = operator.is_some_and(|index| index == CALLER || is_advanced(&row));
    let (Some(operator), true) = (operator, may) else {
        return Err(refused(ErrorCode::CallModuleIsNotInvitor, "only the inviter may cancel"));
    };
    if was_answered(&row) && (request.invitees.is_empty() || !is_advanced(&row)) {
        return Err(refused(ErrorCode::CallModuleCancelError, "somebody has accepted the call"));
    }
    let ours = |index: &usize| row.call.users[*index].inviter == ctx.user_id;
    let mut targets: Vec<usize> = those(&row, is_ringing).into_iter().filter(ours).collect();
    let mut error_invitees = Vec::new();
    if !request.invitees.is_empty() {
        let listed = |index: &usize| request.invitees.contains(&row.call.users[*index].user_id);
        targets.retain(listed);
        let mut unknown = request.invitees.clone();
        unknown.retain(|id| !targets.iter().any(|index| row.call.users[*index].user_id == *id));
        error_invitees = unknown;
    }
    if !targets.is_empty() || request.invitees.is_empty() {
        let actor = Some((operator, ctx.device_id));
        let sequences = take_back(tx, &mut row, &targets, ctx.now, operator, &request.extended_data, actor)?;
        push_update(tx, ctx, &row, request.push.as_ref(), targets.iter().copied().zip(sequences))?;
        save(tx, &row, ctx.limits)?;
    }
    Ok(response::Result::CallCancelled(v1::CallCancelled { error_invitees }).into())
}

/// Leaves an advanced call; it ends when nobody is left.
pub(in super::super) fn quit(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    request: &v1::CallQuit,
) -> Fallible<Reply> {
    let mut row = running_advanced(tx, ctx, &request.call_id)?;
    let index = participant(&row, ctx.user)?;
    set(&mut row, index, State::Quit);
    request.extended_data.clone_into(&mut row.call.users[index].extended_data);
    finish_if_over(&mut row, ctx.now);
    let change = Change {
        kind: CallEventKind::UserState,
        changed: &[index],
        operator: ctx.user_id,
        extended_data: &request.extended_data,
        actor: Some((index, ctx.device_id)),
    };
    let receivers = with(those(&row, is_present), index);
    let sequences = change.tell(tx, &row, ctx.now, &receivers)?;
    push_update(tx, ctx, &row, request.push.as_ref(), receivers.into_iter().zip(sequences))?;
    save(tx, &row, ctx.limits)?;
    Ok(times(&row, index, ctx.now))
}

/// Ends an advanced call for everybody. The users' states stay as they are.
pub(in super::super) fn end(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    request: &v1::CallEnd,
) -> Fallible<Reply> {
    let mut row = running_advanced(tx, ctx, &request.call_id)?;
    let index = participant(&row, ctx.user)?;
    finish(&mut row, ctx.now);
    let receivers = those(&row, is_present);
    for receiver in &receivers {
        silence(tx, &mut row, *receiver, ctx.now)?;
    }
    let change = Change {
        kind: CallEventKind::Ended,
        changed: &[],
        operator: ctx.user_id,
        extended_data: &request.extended_data,
        actor: Some((index, ctx.device_id)),
    };
    let sequences = change.tell(tx, &row, ctx.now, &receivers)?;
    push_update(tx, ctx, &row, request.push.as_ref(), receivers.into_iter().zip(sequences))?;
    save(tx, &row, ctx.limits)?;
    Ok(times(&row, index, ctx.now))
}

/// The main device of a user logged out or stayed offline for 35 s: what this user called and nobody has answered is
/// cancelled.
pub fn caller_lost(
    tx: &mut dyn Tx,
    now: i64,
    app_id: u32,
    user: UserKey,
    device_id: &str,
    limits: &Limits,
) -> Result<(), StoreError> {
    for mut row in tx.active_calls(user)? {
        let caller = &row.users[CALLER];
        let lost = row.app_id == app_id && caller.user == user && caller.main_device == device_id;
        if lost && state(&row, CALLER) == State::Accepted && !was_answered(&row) {
            let targets = those(&row, is_ringing);
            take_back(tx, &mut row, &targets, now, CALLER, "", None)?;
            save(tx, &row, limits)?;
        }
    }
    Ok(())
}

/// [`caller_lost`] for everybody whose main device had its last session before `since` and has none now: callers who did
/// not come back after a restart of the server, whose end nobody saw.
pub fn absent_callers(
    tx: &mut dyn Tx,
    now: i64,
    since: i64,
    presence: &dyn Presence,
    limits: &Limits,
) -> Result<(), StoreError> {
    for row in tx.running_calls()? {
        let caller = &row.users[CALLER];
        let seen = tx.device(caller.user, &caller.main_device)?.map(|device| device.last_seen);
        // Who was here since is watched from the end of that session on.
        let absent = seen.is_none_or(|seen| seen < since);
        if absent && !presence.is_live(caller.user, &caller.main_device) {
            caller_lost(tx, now, row.app_id, caller.user, &caller.main_device, limits)?;
        }
    }
    Ok(())
}

/// Cancels invitations and, if that leaves a caller whom nobody has answered, the call. Returns the sequences of the
/// cancelled users' events.
fn take_back(
    tx: &mut dyn Tx,
    row: &mut CallRow,
    targets: &[usize],
    now: i64,
    operator: usize,
    extended_data: &str,
    actor: Option<(usize, &str)>,
) -> Result<Vec<u64>, StoreError> {
    for target in targets {
        set(row, *target, State::BeCancelled);
        silence(tx, row, *target, now)?;
    }
    if operator == CALLER && !was_answered(row) && those(row, is_ringing).is_empty() {
        set(row, CALLER, State::Cancelled);
        finish(row, now);
    } else {
        finish_if_over(row, now);
    }
    let operator_id = row.call.users[operator].user_id.clone();
    let cancelled = Change {
        kind: CallEventKind::Cancelled,
        changed: targets,
        operator: &operator_id,
        extended_data,
        actor: None,
    };
    let sequences = cancelled.tell(tx, row, now, targets)?;
    let change = Change { kind: CallEventKind::UserState, actor, ..cancelled };
    change.tell(tx, row, now, &with(those(row, is_present), operator))?;
    Ok(sequences)
}

fn times(row: &CallRow, index: usize, now: i64) -> Reply {
    let times = v1::CallTimes {
        create_time: row.call.create_time,
        accept_time: row.users[index].accepted_at,
        leave_time: now,
    };
    response::Result::CallTimes(times).into()
}
