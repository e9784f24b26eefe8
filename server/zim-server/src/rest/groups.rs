//! Groups: what is needed to send to one.

use super::codes::{Code, Refusal, of_service};
use super::fields::Fields;
use super::users::answer;
use super::{Answer, Api};
use crate::service::server_api;
use serde_json::{Value, json};
use zim_proto::v1::{self, request::Op, response};
use zim_proto::{ErrorCode, limits};

/// Members removed in one call.
const KICKED: usize = 50;
/// Members in one page.
const MEMBERS: u32 = 1_000;
/// And without `Limit`.
const MEMBERS_DEFAULT: u32 = 100;

/// `CreateGroup`.
pub(super) async fn create(api: &Api<'_>, fields: &Fields) -> Answer {
    let owner = fields.needed("GroupOwner")?;
    if fields.is_present("CreateGroupTime") {
        return Err(Refusal::parameter("CreateGroupTime", "is not supported by this server"));
    }
    let mut attributes = std::collections::HashMap::new();
    if fields.is_present("Attributes") {
        for attribute in fields.objects("Attributes", limits::GROUP_ATTRIBUTES)? {
            attributes.insert(attribute.needed("Key")?, attribute.text("Value")?);
        }
    }
    let users = if fields.is_present("UserId") {
        fields.texts("UserId", limits::GROUP_USERS_PER_REQUEST)?
    } else {
        Vec::new()
    };
    let op = Op::CreateGroup(v1::CreateGroup {
        group: Some(v1::Group {
            group_id: fields.text("GroupId")?,
            name: fields.text("GroupName")?,
            notice: fields.text("GroupNotice")?,
            avatar_url: fields.text("GroupAvatar")?,
            attributes,
            ..v1::Group::default()
        }),
        user_ids: users,
    });
    let reply = api.run_as(&owner, move |tx, ctx| server_api::perform(tx, ctx, &op)).await;
    let reply = reply.map_err(|refusal| match refusal.code {
        Code::OPERATOR_UNREGISTERED => Refusal { code: Code::OWNER_MISSING, ..refusal },
        _ => refusal,
    })?;
    let response::Result::GroupCreated(created) = api.settle(reply) else { return Ok(answer(json!({}))) };
    let members: Vec<Value> = created
        .members
        .iter()
        .filter_map(|member| member.user.as_ref())
        .map(|user| json!({ "UserId": user.user_id, "UserName": user.user_name }))
        .collect();
    let group_id = created.group.map(|group| group.group_id).unwrap_or_default();
    Ok(answer(json!({ "GroupId": group_id, "Members": members, "ErrorUsers": failed(&created.errors) })))
}

/// `InviteUsersIntoGroup`: pulls users in, or asks the group's modes where `IsInvite` is 1 for every one.
pub(super) async fn invite(api: &Api<'_>, fields: &Fields) -> Answer {
    let from = fields.needed("FromUserId")?;
    let user_ids = fields.texts("UserIds", limits::GROUP_USERS_PER_REQUEST)?;
    let mut by_consent: Vec<String> = Vec::new();
    if fields.is_present("GroupMemberInfos") {
        for member in fields.objects("GroupMemberInfos", limits::GROUP_USERS_PER_REQUEST)? {
            if member.is_present("EnterGroupTime") {
                return Err(Refusal::parameter("EnterGroupTime", "is not supported by this server"));
            }
            if member.switch("IsInvite")? {
                by_consent.push(member.needed("UserId")?);
            }
        }
    }
    let group_id = fields.needed("GroupId")?;
    let (asked, pulled): (Vec<_>, Vec<_>) = user_ids.iter().cloned().partition(|id| by_consent.contains(id));
    let errors = api.run_as(&from, move |tx, ctx| {
        let mut errors = Vec::new();
        for (user_ids, as_configured) in [(&pulled, false), (&asked, true)] {
            if user_ids.is_empty() {
                continue;
            }
            let request = v1::InviteIntoGroup { group_id: group_id.clone(), user_ids: user_ids.clone() };
            match server_api::invite(tx, ctx, &request, as_configured)? {
                Ok(failed) => errors.extend(failed),
                Err(refusal) if as_configured && !pulled.is_empty() => {
                    // The others are in: this part's refusal is told user by user.
                    let reason = refusal.code.code();
                    errors.extend(user_ids.iter().map(|id| v1::ErrorUser { user_id: id.clone(), reason }));
                }
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(errors))
    });
    some_or_all(&user_ids, "ErrorUsers", &errors.await?)
}

/// `KickoutGroupUser`.
pub(super) async fn kick(api: &Api<'_>, fields: &Fields) -> Answer {
    let from = fields.needed("FromUserId")?;
    let group_id = fields.needed("GroupId")?;
    let user_ids = fields.texts("UserId", KICKED)?;
    let kicked = user_ids.clone();
    let errors = api.run_as(&from, move |tx, ctx| server_api::kick(tx, ctx, &group_id, &kicked)).await?;
    some_or_all(&user_ids, "ErrorList", &errors)
}

/// `QueryGroupMemberList`: a page in order of entering.
pub(super) async fn members(api: &Api<'_>, fields: &Fields) -> Answer {
    let group_id = fields.needed("GroupId")?;
    let count = match fields.number_in("Limit", 0..=MEMBERS, Some(MEMBERS_DEFAULT))? {
        0 => MEMBERS_DEFAULT,
        count => count,
    };
    let from = fields.number_in("Next", 0..=u32::MAX, Some(0))?;
    let page = api.run(move |tx, ctx| server_api::members(tx, ctx, &group_id, from as usize, count as usize));
    let (total, members, next) = page.await?;
    let list: Vec<Value> = members
        .iter()
        .map(|member| {
            let user = member.user.clone().unwrap_or_default();
            json!({
                "UserId": user.user_id, "UserName": user.user_name, "UserNickName": member.nickname,
                "Role": member.role,
            })
        })
        .collect();
    Ok(answer(json!({ "TotalCount": total, "Next": next, "MemberList": list })))
}

/// `DismissGroup`: the owner's.
pub(super) async fn dismiss(api: &Api<'_>, fields: &Fields) -> Answer {
    let from = fields.needed("FromUserId")?;
    let op = Op::DismissGroup(v1::DismissGroup { group_id: fields.needed("GroupId")? });
    let reply = api.run_as(&from, move |tx, ctx| server_api::perform(tx, ctx, &op)).await?;
    api.settle(reply);
    Ok(answer(json!({})))
}

fn failed(errors: &[v1::ErrorUser]) -> Vec<Value> {
    let code = |error: &v1::ErrorUser| {
        ErrorCode::from_code(error.reason).map_or(error.reason, |code| of_service(code).0)
    };
    errors.iter().map(|error| json!({ "UserId": error.user_id, "SubCode": code(error) })).collect()
}

/// The batch rule for a list of users.
fn some_or_all(user_ids: &[String], list: &str, errors: &[v1::ErrorUser]) -> Answer {
    let mut fields = serde_json::Map::new();
    fields.insert(list.into(), failed(errors).into());
    if !errors.is_empty() && errors.len() >= user_ids.len() {
        return Err(Refusal::new(Code::EVERY_USER_FAILED, "it failed for every user").with(fields));
    }
    Ok(fields)
}
