//! Accepting, rejecting, joining.

use super::super::error::{Fallible, refused};
use super::super::{Context, Reply};
use super::{
    Change, finish_if_over, gone, is_present, is_ringing, is_running, position, running_advanced, save, set,
    silence, state, those, with,
};
use crate::store::{CallRow, CallUserRow, Tx};
use zim_proto::v1::{self, CallEventKind, response};
use zim_proto::{CallUserState as State, ErrorCode};

/// Accepts an invitation on this device, which becomes the user's main device.
pub(in super::super) fn accept(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &v1::CallAccept,
) -> Fallible<Reply> {
    answer(tx, ctx, &request.call_id, &request.extended_data, State::Accepted)
}

/// Rejects an invitation for all devices of the user.
pub(in super::super) fn reject(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &v1::CallReject,
) -> Fallible<Reply> {
    answer(tx, ctx, &request.call_id, &request.extended_data, State::Rejected)
}

/// One answer per user: 6000276 if the call or the invitation is over, 6000274 if the user was not invited or another
/// device was faster. The same answer from the same device again succeeds and changes nothing.
fn answer(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    call_id: &str,
    extended_data: &str,
    answer: State,
) -> Fallible<Reply> {
    let mut row = tx.call(ctx.app_id, call_id)?.ok_or_else(gone)?;
    let index = position(&row, ctx.user)
        .filter(|index| *index != super::CALLER)
        .ok_or_else(|| refused(ErrorCode::CallModuleIsNotInvitee, "the user was not invited to this call"))?;
    let current = state(&row, index);
    if current == answer && row.users[index].main_device == ctx.device_id {
        return Ok(Reply::done());
    }
    if !is_running(&row) || matches!(current, State::Timeout | State::BeCancelled) {
        return Err(gone());
    }
    if !is_ringing(current) {
        let code = ErrorCode::CallModuleIsNotInvitee;
        return Err(refused(code, "another device of the user has answered already"));
    }
    enter(&mut row, index, ctx, extended_data, answer);
    finish_if_over(&mut row, ctx.now);
    silence(tx, &mut row, index, ctx.now)?;
    tell(tx, ctx, &row, index, extended_data)?;
    save(tx, &row, ctx.limits)?;
    Ok(Reply::done())
}

/// Enters an advanced call without an invitation, or moves the user's part in it to this device (nobody is told). 6000283
/// on the device that already holds it.
pub(in super::super) fn join(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::CallJoin) -> Fallible<Reply> {
    let mut row = running_advanced(tx, ctx, &request.call_id)?;
    let known = position(&row, ctx.user);
    match known.map(|index| (index, state(&row, index))) {
        Some((index, State::Accepted)) => {
            if row.users[index].main_device == ctx.device_id {
                let code = ErrorCode::CallModuleUserAlreadyInTheCall;
                return Err(refused(code, "this device takes part in the call already"));
            }
            ctx.device_id.clone_into(&mut row.users[index].main_device);
            tx.put_call(&row)?;
        }
        other => {
            let rings = other.is_some_and(|(_, state)| is_ringing(state));
            if !rings && those(&row, is_present).len() >= ctx.limits.call_users {
                return Err(refused(ErrorCode::CallModuleServerError, "the call is full"));
            }
            let index = known.unwrap_or_else(|| {
                row.call.users.push(v1::CallUser {
                    user_id: ctx.user_id.to_owned(),
                    state: State::Unknown.value(),
                    ..v1::CallUser::default()
                });
                row.users.push(CallUserRow { user: ctx.user, ..CallUserRow::default() });
                row.users.len() - 1
            });
            enter(&mut row, index, ctx, &request.extended_data, State::Accepted);
            silence(tx, &mut row, index, ctx.now)?;
            tell(tx, ctx, &row, index, &request.extended_data)?;
            save(tx, &row, ctx.limits)?;
        }
    }
    let result = v1::CallJoined {
        create_time: row.call.create_time,
        join_time: ctx.now,
        extended_data: row.call.extended_data,
        users: row.call.users,
    };
    Ok(response::Result::CallJoined(result).into())
}

fn enter(row: &mut CallRow, index: usize, ctx: &Context<'_>, extended_data: &str, state: State) {
    set(row, index, state);
    extended_data.clone_into(&mut row.call.users[index].extended_data);
    ctx.device_id.clone_into(&mut row.users[index].main_device);
    row.users[index].accepted_at = if state == State::Accepted { ctx.now } else { 0 };
}

fn tell(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    row: &CallRow,
    index: usize,
    extended_data: &str,
) -> Fallible<()> {
    let change = Change {
        kind: CallEventKind::UserState,
        changed: &[index],
        operator: ctx.user_id,
        extended_data,
        actor: Some((index, ctx.device_id)),
    };
    change.tell(tx, row, ctx.now, &with(those(row, is_present), index))?;
    Ok(())
}
