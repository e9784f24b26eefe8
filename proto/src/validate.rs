//! The parameter checks both sides share.
//!
//! A client calls these before anything is sent or stored, the server after decoding: what one refuses the other
//! refuses with the same code and the same parameter name. Names are the published ones (`toConversationID`,
//! `pushConfig.title`). Only what the request itself shows is checked here; rights and existence are the server's matter.

mod call;
mod group;
mod login;
mod message;
mod push;

pub use call::call_id;
pub use group::{group_id, new_group_id};
pub use login::{client_hello, user_id};
pub use message::send_message;
pub use push::{is_reference, push_config, push_registration};

use crate::v1::request::Op;
use crate::v1::{self, SendMessage};
use crate::{ConversationType, ErrorCode, limits};

/// A refused parameter. `message` names the rule and never repeats what the app passed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{parameter}: {message} ({})", code.code())]
pub struct Invalid {
    /// Published error code.
    pub code: ErrorCode,
    /// Published name of the parameter at fault.
    pub parameter: &'static str,
    /// The rule that was broken.
    pub message: String,
}

/// What every check answers.
pub type Checked = Result<(), Invalid>;

impl Invalid {
    /// 6000001: the parameter itself is wrong.
    fn new(parameter: &'static str, message: impl Into<String>) -> Self {
        Self::with_code(ErrorCode::CommonModuleParamsInvalid, parameter, message)
    }

    fn with_code(code: ErrorCode, parameter: &'static str, message: impl Into<String>) -> Self {
        Self { code, parameter, message: message.into() }
    }
}

/// Checks one request. 6000001 for a malformed parameter, 6000004 for a list over its batch limit, or the more specific
/// published code (6000272 too many invitees, 6000401 malformed push id, 6000531…6000533 group attributes).
pub fn request(op: &Op) -> Checked {
    match op {
        Op::SendMessage(request) => send_message(request),
        Op::RevokeMessage(request) => message::revoke(request),
        Op::QueryHistory(request) => query_history(request),
        Op::ClearUnread(request) => conversation(request.conversation_type, &request.conversation_id),
        Op::SetNotificationStatus(request) => set_notification_status(request),
        Op::QueryConversation(request) => conversation(request.conversation_type, &request.conversation_id),
        Op::CreateGroup(request) => group::create(request),
        Op::JoinGroup(request) => group_id(&request.group_id, "groupID"),
        Op::InviteIntoGroup(request) => group::invite(request),
        Op::LeaveGroup(request) => group_id(&request.group_id, "groupID"),
        Op::DismissGroup(request) => group_id(&request.group_id, "groupID"),
        Op::QueryGroup(request) => group_id(&request.group_id, "groupID"),
        Op::QueryGroupMembers(request) => {
            group_id(&request.group_id, "groupID")?;
            page(request.count)
        }
        Op::CallInvite(request) => call::invite(request),
        Op::CallCancel(request) => call::cancel(request),
        Op::CallAccept(request) => call::answer(&request.call_id, &request.extended_data),
        Op::CallReject(request) => call::answer(&request.call_id, &request.extended_data),
        Op::CallingInvite(request) => call::calling_invite(request),
        Op::CallQuit(request) => call::leave(&request.call_id, &request.extended_data, request.push.as_ref()),
        Op::CallEnd(request) => call::leave(&request.call_id, &request.extended_data, request.push.as_ref()),
        Op::CallJoin(request) => call::answer(&request.call_id, &request.extended_data),
        Op::QueryCalls(request) => call::query(request),
        Op::UpdateUserBadge(request) => push::badge(request.badge),
        Op::UpdatePushRule(request) => push::rule(request),
        Op::RenewToken(request) => login::token(&request.token),
        Op::RegisterPush(request) => push::register(request),
        Op::UnregisterPush(request) => push::push_id(&request.push_id),
        Op::ReportBadge(request) => {
            push::push_id(&request.push_id)?;
            push::badge(request.badge)
        }
        Op::BindPush(request) => push::bind(request),
        Op::UnbindPush(request) => {
            push::push_id(&request.push_id)?;
            user_id(&request.user_id, "userID")
        }
        Op::ClearAllUnread(_) | Op::Logout(_) => Ok(()),
    }
}

/// 6000001 if the request is directed at the user who makes it: a peer message, an invitation to a call.
pub fn not_to_self(self_user_id: &str, op: &Op) -> Checked {
    let (parameter, found) = match op {
        Op::SendMessage(SendMessage { message: Some(message), .. }) => (
            "toConversationID",
            message.conversation_type == v1_type(ConversationType::Peer)
                && message.conversation_id == self_user_id,
        ),
        Op::CallInvite(request) => ("invitees", request.invitees.iter().any(|user| user == self_user_id)),
        Op::CallingInvite(request) => ("invitees", request.invitees.iter().any(|user| user == self_user_id)),
        _ => return Ok(()),
    };
    if found { Err(Invalid::new(parameter, "must not be the logged-in user")) } else { Ok(()) }
}

fn query_history(request: &v1::QueryHistory) -> Checked {
    conversation(request.conversation_type, &request.conversation_id)?;
    page(request.count)
}

fn set_notification_status(request: &v1::SetNotificationStatus) -> Checked {
    if crate::ConversationNotificationStatus::from_value(signed(request.status)).is_none() {
        return Err(Invalid::new("status", "is not a ZIMConversationNotificationStatus"));
    }
    conversation(request.conversation_type, &request.conversation_id)
}

/// A conversation of a kind this protocol version carries: peer or group.
fn conversation(conversation_type: u32, conversation_id: &str) -> Checked {
    target(conversation_type, conversation_id, "conversationID")
}

fn target(conversation_type: u32, id: &str, parameter: &'static str) -> Checked {
    match ConversationType::from_value(signed(conversation_type)) {
        Some(ConversationType::Peer) => user_id(id, parameter),
        Some(ConversationType::Group) => group_id(id, parameter),
        _ => Err(Invalid::new("conversationType", "must be Peer (0) or Group (2)")),
    }
}

/// A page size: 0 is refused, more than [`limits::PAGE`] is clamped by whoever answers.
fn page(count: u32) -> Checked {
    if count == 0 { Err(Invalid::new("count", "must be at least 1")) } else { Ok(()) }
}

// ---- shared pieces -------------------------------------------------------------------------------------------

/// The wire carries published enum values as unsigned numbers; one that does not fit is none of them.
fn signed(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MIN)
}

fn v1_type(conversation_type: ConversationType) -> u32 {
    u32::try_from(conversation_type.value()).unwrap_or(u32::MAX)
}

fn at_most_bytes(text: &str, limit: usize, parameter: &'static str) -> Checked {
    if text.len() > limit { Err(too_long(parameter, text.len(), limit, "bytes")) } else { Ok(()) }
}

fn at_most_characters(text: &str, limit: usize, parameter: &'static str) -> Checked {
    // A text of at most `limit` bytes cannot hold more characters; counting is for the rest.
    if text.len() <= limit {
        return Ok(());
    }
    let length = text.chars().count();
    if length > limit { Err(too_long(parameter, length, limit, "characters")) } else { Ok(()) }
}

fn too_long(parameter: &'static str, length: usize, limit: usize, unit: &str) -> Invalid {
    Invalid::new(parameter, format!("has {length} {unit}, the limit is {limit}"))
}

fn no_controls(text: &str, parameter: &'static str) -> Checked {
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(parameter, "must not contain control characters"));
    }
    Ok(())
}

/// Letters, digits, published punctuation; not empty, not blank.
fn identifier(id: &str, limit: usize, parameter: &'static str) -> Checked {
    if id.trim().is_empty() {
        return Err(Invalid::new(parameter, "must not be empty"));
    }
    at_most_bytes(id, limit, parameter)?;
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || limits::ID_PUNCTUATION.as_bytes().contains(&byte);
    if id.bytes().all(allowed) {
        Ok(())
    } else {
        Err(Invalid::new(parameter, "has a character outside the published set"))
    }
}

/// A list of user ids: `code` if it is longer than `limit`.
fn user_ids(ids: &[String], limit: usize, code: ErrorCode, parameter: &'static str) -> Checked {
    if ids.len() > limit {
        let message = format!("has {} entries, the limit is {limit}", ids.len());
        return Err(Invalid::with_code(code, parameter, message));
    }
    ids.iter().try_for_each(|id| user_id(id, parameter))
}
