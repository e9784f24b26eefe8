//! Starting a call and inviting into a running one.

use super::super::error::{Fallible, invalid, refused};
use super::super::fingerprint::Fingerprint;
use super::super::{Context, Reply, user};
use super::{
    CALLER, Change, is_present, number, participant, position, push, ring_ms, running_advanced, save, state,
    those, watch_receipt,
};
use crate::store::{CallRow, CallUserRow, CalledRecord, StoreError, Tx, User, origin_of};
use zim_proto::v1::{self, CallEventKind, response};
use zim_proto::{CallState, CallUserState as State, ErrorCode};
use zim_push::model::Subject;

/// Starts a call. Invitees who are not registered are reported one by one; 6000281 if there is no other. A retry with the
/// same `client_id` from the same device answers the first call and invites nobody again; with other invitees it is
/// refused (6000001 `invitees`).
pub(in super::super) fn invite(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    request: &v1::CallInvite,
) -> Fallible<Reply> {
    check_count(request.invitees.len(), ctx.limits.call_invitees)?;
    let device = origin_of(ctx.device_id);
    let print = fingerprint(&request.invitees);
    if request.client_id != 0
        && let Some(first) = tx.call_by_client_id(ctx.user, device, request.client_id)?
        && let Some(row) = tx.call(ctx.app_id, &first.call_id)?
    {
        if first.fingerprint != print {
            return Err(invalid("invitees", "are not those of the first call with this client id"));
        }
        return Ok(repeated(row, request));
    }
    let (invitees, errors) = user::registered(tx, ctx.app_id, &request.invitees, ctx.user)?;
    if invitees.is_empty() {
        return Err(nobody());
    }
    check_count(invitees.len() + 1, ctx.limits.call_users)?;

    let call_id = new_call_id(tx, ctx)?;
    let mut row = CallRow {
        app_id: ctx.app_id,
        call: v1::Call {
            call_id: call_id.clone(),
            mode: request.mode,
            caller: ctx.user_id.to_owned(),
            extended_data: request.extended_data.clone(),
            timeout_s: request.timeout_s,
            create_time: ctx.now,
            end_time: 0,
            state: number(CallState::Started.value()),
            users: vec![v1::CallUser {
                user_id: ctx.user_id.to_owned(),
                state: State::Accepted.value(),
                extended_data: request.extended_data.clone(),
                inviter: String::new(),
            }],
        },
        enable_not_received_check: request.enable_not_received_check,
        users: vec![CallUserRow {
            user: ctx.user,
            accepted_at: ctx.now,
            main_device: ctx.device_id.to_owned(),
            ..CallUserRow::default()
        }],
    };
    let invited: Vec<usize> = invitees.iter().map(|invitee| ring(&mut row, invitee, ctx)).collect();

    let created = Change {
        kind: CallEventKind::Created,
        changed: &invited,
        operator: ctx.user_id,
        extended_data: &request.extended_data,
        actor: Some((CALLER, ctx.device_id)),
    };
    created.tell(tx, &row, ctx.now, &[CALLER])?;
    announce(tx, ctx, &mut row, &invited, request.push.as_ref())?;
    if request.client_id != 0 {
        let record = CalledRecord { call_id: call_id.clone(), fingerprint: print };
        tx.put_call_client_id(ctx.user, device, request.client_id, &record)?;
    }
    let result = v1::CallInvited { call_id, timeout_s: request.timeout_s, errors, call: Some(row.call) };
    Ok(response::Result::CallInvited(result).into())
}

/// Invites more users into an advanced call, those who are out of it included. 6000274 unless the inviting user takes
/// part, 6000272 beyond the size of a call.
pub(in super::super) fn calling_invite(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    request: &v1::CallingInvite,
) -> Fallible<Reply> {
    check_count(request.invitees.len(), ctx.limits.call_invitees)?;
    let mut row = running_advanced(tx, ctx, &request.call_id)?;
    participant(&row, ctx.user)?;
    let (mut invitees, mut errors) = user::registered(tx, ctx.app_id, &request.invitees, ctx.user)?;
    if invitees.is_empty() {
        return Err(nobody());
    }
    invitees.retain(|invitee| {
        let inside = position(&row, invitee.key).is_some_and(|index| is_present(state(&row, index)));
        if inside {
            errors.push(user::error(&invitee.user_id, ErrorCode::CallModuleUserAlreadyInTheCall));
        }
        !inside
    });
    if !invitees.is_empty() {
        check_count(those(&row, is_present).len() + invitees.len(), ctx.limits.call_users)?;
        let invited: Vec<usize> = invitees.iter().map(|invitee| ring(&mut row, invitee, ctx)).collect();
        announce(tx, ctx, &mut row, &invited, request.push.as_ref())?;
    }
    Ok(response::Result::CallingInvited(v1::CallingInvited { errors }).into())
}

/// Lets a user ring, from now on for the call's whole ring time. Returns the place in the call.
fn ring(row: &mut CallRow, invitee: &User, ctx: &Context<'_>) -> usize {
    let published = v1::CallUser {
        user_id: invitee.user_id.clone(),
        state: State::Inviting.value(),
        extended_data: String::new(),
        inviter: ctx.user_id.to_owned(),
    };
    let entry = CallUserRow { user: invitee.key, deadline: ctx.now + ring_ms(row), ..CallUserRow::default() };
    if let Some(index) = position(row, invitee.key) {
        row.call.users[index] = published;
        row.users[index] = entry;
        return index;
    }
    row.call.users.push(published);
    row.users.push(entry);
    row.users.len() - 1
}

/// Tells the invitees and everybody in the call, pushes to who is offline, stores the call.
fn announce(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    row: &mut CallRow,
    invited: &[usize],
    config: Option<&v1::PushConfig>,
) -> Result<(), StoreError> {
    let extended_data = row.call.extended_data.clone();
    let invitation = Change {
        kind: CallEventKind::Received,
        changed: invited,
        operator: ctx.user_id,
        extended_data: &extended_data,
        actor: None,
    };
    let sequences = invitation.tell(tx, row, ctx.now, invited)?;
    let inviter = position(row, ctx.user).map(|index| (index, ctx.device_id));
    let change = Change { kind: CallEventKind::UserState, actor: inviter, ..invitation };
    change.tell(tx, row, ctx.now, &those(row, is_present))?;

    let expires_at = ctx.now + ring_ms(row);
    let mut notice =
        config.map(|config| push::Notice::call(config, Subject::CallInvite, &row.call.call_id, expires_at));
    for (index, seq) in invited.iter().zip(sequences) {
        let entry = &mut row.users[*index];
        entry.invite_seq = seq;
        ctx.presence.acknowledgement_matters(entry.user, seq);
        if let Some(notice) = &mut notice {
            entry.pushed = push::notify(tx, ctx, notice, entry.user, seq, false)?;
        }
    }
    save(tx, row, ctx.limits)?;
    watch_receipt(tx, row, ctx.limits)
}

fn repeated(row: CallRow, request: &v1::CallInvite) -> Reply {
    let missing = |id: &&String| !row.call.users.iter().any(|user| user.user_id == **id);
    let errors = request
        .invitees
        .iter()
        .filter(missing)
        .map(|id| user::error(id, ErrorCode::CommonModuleUserIsNotExist))
        .collect();
    let result = v1::CallInvited {
        call_id: row.call.call_id.clone(),
        timeout_s: row.call.timeout_s,
        errors,
        call: Some(row.call),
    };
    response::Result::CallInvited(result).into()
}

/// Hash of the invitees in any order.
fn fingerprint(invitees: &[String]) -> u64 {
    let mut invitees: Vec<&str> = invitees.iter().map(String::as_str).collect();
    invitees.sort_unstable();
    let mut hash = Fingerprint::default();
    for id in invitees {
        hash.bytes(id.as_bytes());
    }
    hash.finish()
}

fn check_count(count: usize, limit: usize) -> Fallible<()> {
    if count > limit {
        let message = format!("{count} users are too many, the limit is {limit}");
        return Err(refused(ErrorCode::CallModuleServerError, message));
    }
    Ok(())
}

fn nobody() -> super::super::error::Fail {
    refused(ErrorCode::CallModuleInviteUserDoesNotExist, "no invitee is registered")
}

/// Decimal text of 63 random bits: at most 19 characters, not to be guessed.
fn new_call_id(tx: &mut dyn Tx, ctx: &mut Context<'_>) -> Result<String, StoreError> {
    loop {
        let id = (ctx.rng.next_u64() >> 1).to_string();
        if tx.call(ctx.app_id, &id)?.is_none() {
            return Ok(id);
        }
    }
}
