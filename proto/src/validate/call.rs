//! Call invitations.

use super::{Checked, Invalid, at_most_bytes, at_most_characters, page, push_config, signed, user_ids};
use crate::v1::{CallCancel, CallInvite, CallingInvite, PushConfig, QueryCalls};
use crate::{CallInvitationMode, ErrorCode, limits};

/// A call id: 1–20 characters, whoever made it.
pub fn call_id(id: &str) -> Checked {
    if id.is_empty() {
        return Err(Invalid::new("callID", "must not be empty"));
    }
    at_most_characters(id, limits::CALL_ID_CHARACTERS, "callID")
}

pub(super) fn invite(request: &CallInvite) -> Checked {
    some_invitees(&request.invitees)?;
    match CallInvitationMode::from_value(signed(request.mode)) {
        Some(CallInvitationMode::General | CallInvitationMode::Advanced) => {}
        _ => return Err(Invalid::new("mode", "must be General (0) or Advanced (1)")),
    }
    let range = limits::CALL_TIMEOUT_MIN_S..=limits::CALL_TIMEOUT_MAX_S;
    if !range.contains(&request.timeout_s) {
        let message = format!("must be {} to {} seconds", range.start(), range.end());
        return Err(Invalid::new("timeout", message));
    }
    extended_data(&request.extended_data)?;
    optional(request.push.as_ref())
}

pub(super) fn calling_invite(request: &CallingInvite) -> Checked {
    call_id(&request.call_id)?;
    some_invitees(&request.invitees)?;
    optional(request.push.as_ref())
}

/// An empty list is legal: it cancels the whole call.
pub(super) fn cancel(request: &CallCancel) -> Checked {
    invitees(&request.invitees)?;
    leave(&request.call_id, &request.extended_data, request.push.as_ref())
}

pub(super) fn leave(id: &str, data: &str, push: Option<&PushConfig>) -> Checked {
    answer(id, data)?;
    optional(push)
}

pub(super) fn answer(id: &str, data: &str) -> Checked {
    call_id(id)?;
    extended_data(data)
}

pub(super) fn query(request: &QueryCalls) -> Checked {
    if request.next_flag < 0 {
        return Err(Invalid::new("nextFlag", "must be 0 or what the previous page returned"));
    }
    page(request.count)
}

fn some_invitees(list: &[String]) -> Checked {
    if list.is_empty() {
        return Err(Invalid::new("invitees", "must not be empty"));
    }
    invitees(list)
}

fn invitees(list: &[String]) -> Checked {
    user_ids(list, limits::CALL_INVITEES, ErrorCode::CallModuleServerError, "invitees")
}

fn extended_data(data: &str) -> Checked {
    at_most_bytes(data, limits::CALL_EXTENDED_DATA_BYTES, "extendedData")
}

fn optional(push: Option<&PushConfig>) -> Checked {
    push.map_or(Ok(()), push_config)
}
