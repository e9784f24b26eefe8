//! Groups.

use super::{Checked, Invalid, at_most_bytes, at_most_characters, identifier, signed, user_ids};
use crate::v1::{CreateGroup, Group, InviteIntoGroup};
use crate::{ErrorCode, GroupBeInviteMode, GroupInviteMode, GroupJoinMode, limits};

/// The id of an existing group; ids made by the service begin with `#`.
pub fn group_id(id: &str, parameter: &'static str) -> Checked {
    identifier(id, limits::GROUP_ID_BYTES, parameter)
}

/// The id of a group about to be created: empty lets the service choose one.
pub fn new_group_id(id: &str, parameter: &'static str) -> Checked {
    if id.is_empty() {
        return Ok(());
    }
    if id.starts_with(limits::GENERATED_GROUP_ID_PREFIX) {
        return Err(Invalid::new(parameter, "must not start with #"));
    }
    if id.trim() != id {
        return Err(Invalid::new(parameter, "must not start or end with a space"));
    }
    group_id(id, parameter)
}

pub(super) fn create(request: &CreateGroup) -> Checked {
    let Some(group) = &request.group else {
        return Err(Invalid::new("groupInfo", "is missing"));
    };
    new_group_id(&group.group_id, "groupInfo.groupID")?;
    name(&group.name)?;
    at_most_bytes(&group.avatar_url, limits::AVATAR_URL_BYTES, "groupInfo.groupAvatarUrl")?;
    at_most_characters(&group.notice, limits::GROUP_NOTICE_CHARACTERS, "groupNotice")?;
    attributes(group)?;
    if group.max_member_count > limits::GROUP_MEMBERS_MAX {
        let message = format!("must be at most {}", limits::GROUP_MEMBERS_MAX);
        return Err(Invalid::new("maxMemberCount", message));
    }
    if GroupJoinMode::from_value(signed(group.join_mode)).is_none() {
        return Err(Invalid::new("joinMode", "is not a ZIMGroupJoinMode"));
    }
    if GroupInviteMode::from_value(signed(group.invite_mode)).is_none() {
        return Err(Invalid::new("inviteMode", "is not a ZIMGroupInviteMode"));
    }
    if GroupBeInviteMode::from_value(signed(group.be_invite_mode)).is_none() {
        return Err(Invalid::new("beInviteMode", "is not a ZIMGroupBeInviteMode"));
    }
    users(&request.user_ids)
}

pub(super) fn invite(request: &InviteIntoGroup) -> Checked {
    if request.user_ids.is_empty() {
        return Err(Invalid::new("userIDs", "must not be empty"));
    }
    users(&request.user_ids)?;
    group_id(&request.group_id, "groupID")
}

fn users(ids: &[String]) -> Checked {
    let code = ErrorCode::CommonModuleTriggerSDKFrequencyLimit;
    user_ids(ids, limits::GROUP_USERS_PER_REQUEST, code, "userIDs")
}

fn name(name: &str) -> Checked {
    if name.len() <= limits::GROUP_NAME_BYTES {
        return Ok(());
    }
    at_most_characters(name, limits::GROUP_NAME_CHARACTERS, "groupInfo.groupName")
}

fn attributes(group: &Group) -> Checked {
    const PARAMETER: &str = "groupAttributes";
    let refuse = |code, message: String| Err(Invalid::with_code(code, PARAMETER, message));
    if group.attributes.len() > limits::GROUP_ATTRIBUTES {
        let message =
            format!("has {} entries, the limit is {}", group.attributes.len(), limits::GROUP_ATTRIBUTES);
        return refuse(ErrorCode::GroupModuleTheNumberOfGroupAttributesExceedsLimit, message);
    }
    for (key, value) in &group.attributes {
        if key.is_empty() {
            return Err(Invalid::new(PARAMETER, "has an empty key"));
        }
        if key.len() > limits::GROUP_ATTRIBUTE_KEY_BYTES {
            let message = format!("a key is longer than {} bytes", limits::GROUP_ATTRIBUTE_KEY_BYTES);
            return refuse(ErrorCode::GroupModuleTheLengthOfGroupAttributeKeyExceedsLimit, message);
        }
        if value.len() > limits::GROUP_ATTRIBUTE_VALUE_BYTES {
            let message = format!("a value is longer than {} bytes", limits::GROUP_ATTRIBUTE_VALUE_BYTES);
            return refuse(ErrorCode::GroupModuleTheLengthOfGroupAttributeValueExceedsLimit, message);
        }
    }
    Ok(())
}
