//! Call invitations: the state machine of a call and of each user in it.
//!
//! ```text
//! Inviting ── a device confirms ──▶ Received ── accept ──▶ Accepted ── quit (advanced) ──▶ Quit
//!    │  └─ 5 s ─▶ NotYetReceived ─▶ Received
//!    ├─ accept, reject ─▶ Accepted, Rejected      ├─ time is up ─▶ Timeout      └─ cancelled ─▶ BeCancelled
//! ```
//!
//! A general call ends when nobody rings any more or the caller cancels it; an advanced call when somebody ends it, when
//! nobody is left, or after [`Limits::call_max_ms`]. In an advanced call a user who is out can come back by a new
//! invitation or by joining; otherwise a final state stays. Ringing ends by rows of the timer table, so that a restart
//! of the server changes nothing.
//!
//! The first answer of any of a user's devices counts. Events carry the device that caused them in
//! [`v1::CallEvent::device_id`], in the acting user's own inbox only: that device is the user's main device, the others
//! close their call screen.

mod answer;
mod invite;
mod leave;
mod progress;
#[cfg(test)]
mod tests;

pub(super) use answer::{accept, join, reject};
pub(super) use invite::{calling_invite, invite};
pub use leave::{absent_callers, caller_lost};
pub(super) use leave::{cancel, end, quit};
pub(super) use progress::{not_yet_received, received, time_out};

use super::error::{Fail, Fallible, refused};
use super::inbox::Encoded;
use super::push::{self, Notice, outcome};
use super::{Context, Limits, Reply};
use crate::store::{CallRow, StoreError, Timer, TimerKind, Tx, UserKey};
use zim_proto::v1::{self, CallEventKind, event::Kind, response};
use zim_proto::{CallInvitationMode, CallState, CallUserState as State, ErrorCode, limits};
use zim_push::model::Subject;

/// A user's calls, newest first.
pub(super) fn query(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::QueryCalls) -> Fallible<Reply> {
    let limit = request.count.min(limits::PAGE) as usize;
    let rows = tx.calls(ctx.user, request.next_flag, limit)?;
    let next_flag = match rows.last() {
        Some(last) if rows.len() == limit => last.call.create_time,
        _ => 0,
    };
    let calls = rows.into_iter().map(|row| row.call).collect();
    Ok(response::Result::Calls(v1::Calls { calls, next_flag }).into())
}

/// Running calls in which the user rings or takes part.
pub(super) fn active(tx: &mut dyn Tx, user: UserKey) -> Result<Vec<v1::Call>, StoreError> {
    let mut calls = Vec::new();
    for row in tx.active_calls(user)? {
        if position(&row, user).is_some_and(|index| is_present(state(&row, index))) {
            calls.push(row.call);
        }
    }
    Ok(calls)
}

// ---- reading a call ------------------------------------------------------------------------------------------

/// The caller is the first user of every call.
const CALLER: usize = 0;

/// A running call, or 6000276.
fn running(tx: &mut dyn Tx, ctx: &Context<'_>, call_id: &str) -> Fallible<CallRow> {
    match tx.call(ctx.app_id, call_id)? {
        Some(row) if is_running(&row) => Ok(row),
        _ => Err(gone()),
    }
}

/// The same, for what only advanced calls can do: 6000286 for a general one.
fn running_advanced(tx: &mut dyn Tx, ctx: &Context<'_>, call_id: &str) -> Fallible<CallRow> {
    match tx.call(ctx.app_id, call_id)? {
        Some(row) if !is_advanced(&row) => {
            let code = ErrorCode::MessageModuleMessageExceedsEditTime;
            Err(refused(code, "a general call cannot do this: it needs the advanced mode"))
        }
        Some(row) if is_running(&row) => Ok(row),
        _ => Err(gone()),
    }
}

/// The acting user's place in an advanced call that the user takes part in, or 6000274.
fn participant(row: &CallRow, user: UserKey) -> Fallible<usize> {
    position(row, user)
        .filter(|index| state(row, *index) == State::Accepted)
        .ok_or_else(|| refused(ErrorCode::CallModuleIsNotInvitee, "the user does not take part in the call"))
}

fn gone() -> Fail {
    refused(ErrorCode::CallModuleDoesNotExist, "the call does not exist or is over")
}

fn position(row: &CallRow, user: UserKey) -> Option<usize> {
    row.users.iter().position(|entry| entry.user == user)
}

fn state(row: &CallRow, index: usize) -> State {
    State::from_value(row.call.users[index].state).unwrap_or_default()
}

fn is_ringing(state: State) -> bool {
    matches!(state, State::Inviting | State::Received | State::NotYetReceived)
}

/// Rings or takes part: gets the events of the call.
fn is_present(state: State) -> bool {
    is_ringing(state) || state == State::Accepted
}

fn is_running(row: &CallRow) -> bool {
    row.call.state == number(CallState::Started.value())
}

fn is_advanced(row: &CallRow) -> bool {
    row.call.mode == number(CallInvitationMode::Advanced.value())
}

/// Whether anybody but the caller ever accepted.
fn was_answered(row: &CallRow) -> bool {
    row.users.iter().skip(1).any(|entry| entry.accepted_at != 0)
}

fn those(row: &CallRow, wanted: impl Fn(State) -> bool) -> Vec<usize> {
    (0..row.users.len()).filter(|index| wanted(state(row, *index))).collect()
}

fn number(value: i32) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

// ---- changing a call -----------------------------------------------------------------------------------------

fn set(row: &mut CallRow, index: usize, state: State) {
    row.call.users[index].state = state.value();
}

fn finish(row: &mut CallRow, now: i64) {
    row.call.state = number(CallState::Ended.value());
    row.call.end_time = now;
}

/// Ends the call if its rules say that it is over.
fn finish_if_over(row: &mut CallRow, now: i64) {
    let goes_on: fn(State) -> bool = if is_advanced(row) { is_present } else { is_ringing };
    if those(row, goes_on).is_empty() {
        finish(row, now);
    }
}

/// Stores the call and when to look at it next.
fn save(tx: &mut dyn Tx, row: &CallRow, limits: &Limits) -> Result<(), StoreError> {
    tx.put_call(row)?;
    let id = &row.call.call_id;
    if !is_running(row) {
        tx.clear_timer(row.app_id, TimerKind::Call, id)?;
        return tx.clear_timer(row.app_id, TimerKind::CallNotReceived, id);
    }
    let last = row.call.create_time + limits.call_max_ms;
    let at = those(row, is_ringing).into_iter().map(|index| row.users[index].deadline).fold(last, i64::min);
    tx.set_timer(row.app_id, &Timer { at, kind: TimerKind::Call, key: id.clone() })
}

/// Sets the timer that asks for invitations nobody has confirmed.
fn watch_receipt(tx: &mut dyn Tx, row: &CallRow, limits: &Limits) -> Result<(), StoreError> {
    if !row.enable_not_received_check {
        return Ok(());
    }
    let unconfirmed = those(row, |state| state == State::Inviting);
    match unconfirmed.into_iter().map(|index| receipt_due(row, index, limits)).min() {
        Some(at) => {
            let key = row.call.call_id.clone();
            tx.set_timer(row.app_id, &Timer { at, kind: TimerKind::CallNotReceived, key })
        }
        None => Ok(()),
    }
}

/// When an invitation should have been confirmed.
fn receipt_due(row: &CallRow, index: usize, limits: &Limits) -> i64 {
    row.users[index].deadline - ring_ms(row) + limits.not_received_after_ms
}

fn ring_ms(row: &CallRow) -> i64 {
    i64::from(row.call.timeout_s) * 1_000
}

// ---- telling ------------------------------------------------------------------------------------------------

/// One event of a call, before it is told to anybody.
struct Change<'a> {
    kind: CallEventKind,
    /// Users whose state it reports.
    changed: &'a [usize],
    operator: &'a str,
    extended_data: &'a str,
    /// Who did it and on which device; a machine's doing has nobody.
    actor: Option<(usize, &'a str)>,
}

impl Change<'_> {
    /// Appends it to the inboxes of `receivers`; returns the sequences there, in the same order.
    fn tell(
        &self,
        tx: &mut dyn Tx,
        row: &CallRow,
        now: i64,
        receivers: &[usize],
    ) -> Result<Vec<u64>, StoreError> {
        let mut event = v1::CallEvent {
            kind: self.kind as i32,
            call: Some(row.call.clone()),
            users: self.changed.iter().map(|index| row.call.users[*index].clone()).collect(),
            operator: self.operator.to_owned(),
            extended_data: self.extended_data.to_owned(),
            device_id: String::new(),
        };
        let encode = |event: &v1::CallEvent| {
            Encoded::new(now, &v1::Event { time: now, kind: Some(Kind::Call(event.clone())) })
        };
        let shared = encode(&event);
        let mut sequences = Vec::with_capacity(receivers.len());
        for index in receivers {
            let user = row.users[*index].user;
            sequences.push(match self.actor {
                Some((actor, device_id)) if actor == *index => {
                    device_id.clone_into(&mut event.device_id);
                    encode(&event).append(tx, user)?
                }
                _ => shared.append(tx, user)?,
            });
        }
        Ok(sequences)
    }
}

/// Adds the acting user, who hears of the own step on other devices even if it was the last one.
fn with(mut receivers: Vec<usize>, actor: usize) -> Vec<usize> {
    if !receivers.contains(&actor) {
        receivers.push(actor);
    }
    receivers
}

/// Stops the ringing of a user's offline devices as far as it has not begun. A PushID whose push was never sent will not
/// need another one to take it back.
fn silence(tx: &mut dyn Tx, row: &mut CallRow, index: usize, now: i64) -> Result<(), StoreError> {
    let pushed = std::mem::take(&mut row.users[index].pushed);
    for push_id in pushed {
        let detail = "the invitation needs no answer any more";
        let never_sent = push::withdraw_invite(
            tx,
            row.app_id,
            &push_id,
            &row.call.call_id,
            now,
            outcome::CALL_OVER,
            detail,
        )?;
        if !never_sent {
            row.users[index].pushed.push(push_id);
        }
    }
    Ok(())
}

/// Pushes what became of the call to the devices that were sent the invitation. `receivers` with the sequence of the
/// event in their inboxes.
fn push_update(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    row: &CallRow,
    config: Option<&v1::PushConfig>,
    receivers: impl Iterator<Item = (usize, u64)>,
) -> Result<(), StoreError> {
    let Some(config) = config else { return Ok(()) };
    for (index, seq) in receivers {
        let entry = &row.users[index];
        if entry.user == ctx.user {
            continue;
        }
        let expires_at = entry.deadline.max(ctx.now + ctx.limits.call_update_ttl_ms);
        let mut notice = Notice::call(config, Subject::CallUpdate, &row.call.call_id, expires_at);
        push::notify_only(tx, ctx, &mut notice, entry.user, seq, &entry.pushed)?;
    }
    Ok(())
}
