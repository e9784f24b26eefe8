//! What happens to a ringing user without an answer: received, not yet received, out of time.

use super::super::{Context, Limits, push};
use super::{
    Change, finish, finish_if_over, is_present, is_ringing, is_running, position, receipt_due, save, set,
    silence, state, those, watch_receipt,
};
use crate::store::{CallRow, StoreError, Tx};
use zim_proto::CallUserState as State;
use zim_proto::v1::CallEventKind;

/// A device has everything in the user's inbox up to `seq`: invitations among it have arrived.
pub(in super::super) fn received(tx: &mut dyn Tx, ctx: &Context<'_>, seq: u64) -> Result<(), StoreError> {
    for mut row in tx.active_calls(ctx.user)? {
        let Some(index) = position(&row, ctx.user) else { continue };
        let current = state(&row, index);
        if !is_ringing(current) || row.users[index].invite_seq > seq {
            continue;
        }
        let mut changed = forget_unsent(tx, ctx, &mut row, index)?;
        if current != State::Received {
            set(&mut row, index, State::Received);
            let change = Change {
                kind: CallEventKind::UserState,
                changed: &[index],
                operator: ctx.user_id,
                extended_data: "",
                actor: Some((index, ctx.device_id)),
            };
            change.tell(tx, &row, ctx.now, &those(&row, is_present))?;
            changed = true;
        }
        if changed {
            tx.put_call(&row)?;
        }
    }
    Ok(())
}

/// The invitation push of the device that has the invitation itself is pointless; if it was never sent, the device needs
/// no push either when the call is cancelled.
fn forget_unsent(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    row: &mut CallRow,
    index: usize,
) -> Result<bool, StoreError> {
    let before = row.users[index].pushed.len();
    let mut kept = Vec::with_capacity(before);
    for push_id in std::mem::take(&mut row.users[index].pushed) {
        let here =
            tx.binding(row.app_id, &push_id)?.is_some_and(|binding| binding.device_id == ctx.device_id);
        let never_sent = here
            && push::withdraw_invite(
                tx,
                row.app_id,
                &push_id,
                &row.call.call_id,
                ctx.now,
                push::outcome::ACKNOWLEDGED,
                "the device acknowledged the event first",
            )?;
        if !never_sent {
            kept.push(push_id);
        }
    }
    row.users[index].pushed = kept;
    Ok(row.users[index].pushed.len() != before)
}

/// Marks invitations that no device has confirmed in time.
pub(in super::super) fn not_yet_received(
    tx: &mut dyn Tx,
    now: i64,
    app_id: u32,
    call_id: &str,
    limits: &Limits,
) -> Result<(), StoreError> {
    let Some(mut row) = tx.call(app_id, call_id)?.filter(is_running) else { return Ok(()) };
    let mut late = those(&row, |state| state == State::Inviting);
    late.retain(|index| receipt_due(&row, *index, limits) <= now);
    if !late.is_empty() {
        for index in &late {
            set(&mut row, *index, State::NotYetReceived);
        }
        let change = Change {
            kind: CallEventKind::UserState,
            changed: &late,
            operator: "",
            extended_data: "",
            actor: None,
        };
        change.tell(tx, &row, now, &those(&row, is_present))?;
        tx.put_call(&row)?;
    }
    watch_receipt(tx, &row, limits)
}

/// Looks at a call whose timer is due: who has rung long enough times out, a call that nobody ends is ended.
pub(in super::super) fn time_out(
    tx: &mut dyn Tx,
    now: i64,
    app_id: u32,
    call_id: &str,
    limits: &Limits,
) -> Result<(), StoreError> {
    let Some(mut row) = tx.call(app_id, call_id)?.filter(is_running) else { return Ok(()) };
    let mut late = those(&row, is_ringing);
    late.retain(|index| row.users[*index].deadline <= now);
    for index in &late {
        set(&mut row, *index, State::Timeout);
        silence(tx, &mut row, *index, now)?;
    }
    finish_if_over(&mut row, now);
    if !late.is_empty() {
        let timeout = Change {
            kind: CallEventKind::Timeout,
            changed: &late,
            operator: "",
            extended_data: "",
            actor: None,
        };
        timeout.tell(tx, &row, now, &late)?;
        let change = Change { kind: CallEventKind::UserState, ..timeout };
        change.tell(tx, &row, now, &those(&row, is_present))?;
    }
    if is_running(&row) && row.call.create_time + limits.call_max_ms <= now {
        let receivers = those(&row, is_present);
        for receiver in &receivers {
            silence(tx, &mut row, *receiver, now)?;
        }
        finish(&mut row, now);
        let ended =
            Change { kind: CallEventKind::Ended, changed: &[], operator: "", extended_data: "", actor: None };
        ended.tell(tx, &row, now, &receivers)?;
    }
    save(tx, &row, limits)
}
