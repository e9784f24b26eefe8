//! Groups: life cycle, membership and who is told of what.
//!
//! Every member gets the event of a change, those who entered or left with `self_affected`. A member's conversation row
//! exists from entering on, so that sending into a large group looks up nothing per member.

use super::error::{Fallible, refused};
use super::inbox::Encoded;
use super::{Context, Reply, user};
use crate::store::{Conversation, GroupKey, GroupRow, MemberRow, StoreError, Tx, User, UserKey};
use std::sync::Arc;
use zim_proto::limits;
use zim_proto::v1::{self, GroupCause, event::Kind, response};
use zim_proto::{
    ErrorCode, GroupBeInviteMode, GroupEnterType, GroupInviteMode, GroupJoinMode, GroupMemberRole,
};

/// Creates a group; the caller becomes owner. Users who are not registered are reported one by one.
///
/// Ids are never reused: 6000524 while the group exists, 6000527 after its dismissal.
pub(super) fn create(tx: &mut dyn Tx, ctx: &mut Context<'_>, request: &v1::CreateGroup) -> Fallible<Reply> {
    let mut group = request.group.clone().unwrap_or_default();
    if group.group_id.is_empty() {
        group.group_id = new_group_id(tx, ctx)?;
    } else if let Some(former) = tx.group(ctx.app_id, &group.group_id)? {
        let (code, message) = if former.dismissed {
            (ErrorCode::GroupModuleCreateGroupWithDismissed, "the id belonged to a dismissed group")
        } else {
            (ErrorCode::GroupModuleGroupAlreadyExists, "the group exists")
        };
        return Err(refused(code, message));
    }
    let most = ctx.limits.group_members;
    group.max_member_count =
        if group.max_member_count == 0 { most } else { group.max_member_count.min(most) };
    let (users, errors) = user::registered(tx, ctx.app_id, &request.user_ids, ctx.user)?;
    if users.len() + 1 > group.max_member_count as usize {
        return Err(full());
    }
    group.create_time = ctx.now;

    let mut row = GroupRow { key: 0, app_id: ctx.app_id, group, dismissed: false };
    row.key = tx.put_group(&row)?;
    let owner = user::existing(tx, ctx.user)?;
    let mut members = Vec::with_capacity(users.len() + 1);
    members.push(enter(tx, ctx, &row, &owner, GroupMemberRole::Owner, GroupEnterType::Created)?);
    for user in &users {
        members.push(enter(tx, ctx, &row, user, GroupMemberRole::Member, GroupEnterType::Invited)?);
    }
    let everyone = tx.members(row.key)?;
    let event = Event { cause: GroupCause::Created, members: &members, operator: &members[0] };
    event.tell(tx, ctx.now, &row.group, &everyone, |_| true)?;
    let result = v1::GroupCreated { group: Some(row.group), members, errors };
    Ok(response::Result::GroupCreated(result).into())
}

/// Enters a group. Who is in it already succeeds without an event.
pub(super) fn join(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::JoinGroup) -> Fallible<Reply> {
    let row = existing(tx, ctx, &request.group_id)?;
    let members = tx.members(row.key)?;
    if find(&members, ctx.user).is_none() {
        match mode(row.group.join_mode, GroupJoinMode::from_value) {
            Some(GroupJoinMode::Auth) => {
                let code = ErrorCode::GroupModuleNeedApplyJoinGroupError;
                return Err(refused(code, "joining this group needs an application"));
            }
            Some(GroupJoinMode::Forbid) => {
                let code = ErrorCode::GroupModuleForbidJoinGroupError;
                return Err(refused(code, "this group can be entered by invitation only"));
            }
            Some(GroupJoinMode::Any) | None => {}
        }
        if members.len() >= row.group.max_member_count as usize {
            return Err(full());
        }
        let joiner = user::existing(tx, ctx.user)?;
        let member = enter(tx, ctx, &row, &joiner, GroupMemberRole::Member, GroupEnterType::Joined)?;
        let everyone = tx.members(row.key)?;
        let entered = std::slice::from_ref(&member);
        let event = Event { cause: GroupCause::Joined, members: entered, operator: &member };
        event.tell(tx, ctx.now, &row.group, &everyone, |user| user == ctx.user)?;
    }
    Ok(response::Result::GroupJoined(v1::GroupJoined { group: Some(row.group) }).into())
}

/// Invites users by the group's modes: at once, or 6000544 for each where the invitee's consent is needed. A member who
/// may not invite gets 6000541.
pub(super) fn invite(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::InviteIntoGroup) -> Fallible<Reply> {
    invite_with(tx, ctx, request, Consent::AsConfigured)
}

/// Whether the group's modes are asked before somebody is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// As the group says.
    AsConfigured,
    /// The server API pulls users in.
    NotNeeded,
}

/// The same, with or without the group's modes.
pub(super) fn invite_with(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &v1::InviteIntoGroup,
    consent: Consent,
) -> Fallible<Reply> {
    let row = existing(tx, ctx, &request.group_id)?;
    let members = tx.members(row.key)?;
    let caller = find(&members, ctx.user).ok_or_else(not_a_member)?;
    let by_server = consent == Consent::NotNeeded;
    let only_admins = !by_server
        && mode(row.group.invite_mode, GroupInviteMode::from_value) == Some(GroupInviteMode::Admin);
    if only_admins && caller.role == role(GroupMemberRole::Member) {
        let code = ErrorCode::GroupModuleGroupNoCorrespondingOperationAuthority;
        return Err(refused(code, "only the owner and admins may invite into this group"));
    }
    let needs_consent = !by_server
        && mode(row.group.be_invite_mode, GroupBeInviteMode::from_value) == Some(GroupBeInviteMode::Auth);
    let (users, mut errors) = user::registered(tx, ctx.app_id, &request.user_ids, ctx.user)?;
    let operator = present(tx, caller)?;
    let mut room = (row.group.max_member_count as usize).saturating_sub(members.len());
    let mut entered = Vec::new();
    let mut keys = Vec::new();
    for invitee in &users {
        let refusal = if find(&members, invitee.key).is_some() {
            Some(ErrorCode::GroupModuleMemberIsAlreadyInTheGroup)
        } else if needs_consent {
            Some(ErrorCode::GroupModuleNeedApplyInviteGroupError)
        } else if room == 0 {
            Some(ErrorCode::GroupModuleGroupMemberHasReachedLimit)
        } else {
            None
        };
        if let Some(reason) = refusal {
            errors.push(user::error(&invitee.user_id, reason));
            continue;
        }
        room -= 1;
        keys.push(invitee.key);
        entered.push(enter(tx, ctx, &row, invitee, GroupMemberRole::Member, GroupEnterType::Invited)?);
    }
    if !entered.is_empty() {
        let everyone = tx.members(row.key)?;
        let event = Event { cause: GroupCause::Invited, members: &entered, operator: &operator };
        event.tell(tx, ctx.now, &row.group, &everyone, |user| keys.contains(&user))?;
    }
    Ok(response::Result::GroupInvited(v1::GroupInvited { members: entered, errors }).into())
}

/// Leaves a group. The owner's place goes to the earliest member; the last member's leaving dismisses the group.
pub(super) fn leave(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::LeaveGroup) -> Fallible<Reply> {
    let mut row = existing(tx, ctx, &request.group_id)?;
    let before = tx.members(row.key)?;
    let leaver = find(&before, ctx.user).ok_or_else(not_a_member)?;
    let was_owner = leaver.role == role(GroupMemberRole::Owner);
    let leaver = present(tx, leaver)?;
    tx.remove_member(row.key, ctx.user)?;
    mark_all_read(tx, ctx.user, row.key)?;
    let left = std::slice::from_ref(&leaver);
    let event = Event { cause: GroupCause::Left, members: left, operator: &leaver };
    event.tell(tx, ctx.now, &row.group, &before, |user| user == ctx.user)?;

    let remaining = tx.members(row.key)?;
    match remaining.first() {
        None => {
            row.dismissed = true;
            tx.put_group(&row)?;
        }
        Some(heir) if was_owner => {
            let heir = MemberRow { role: role(GroupMemberRole::Owner), ..heir.clone() };
            tx.put_member(row.key, &heir)?;
            let heir = present(tx, &heir)?;
            let owner = std::slice::from_ref(&heir);
            let event = Event { cause: GroupCause::OwnerTransferred, members: owner, operator: &leaver };
            event.tell(tx, ctx.now, &row.group, &remaining, |_| false)?;
        }
        Some(_) => {}
    }
    Ok(Reply::done())
}

/// Removes members, who are told as well as those who stay. Only the owner and admins may (6000541), and an admin no owner
/// and no other admin. Ids that are no members come back with 6000521.
pub(super) fn kick(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    group_id: &str,
    user_ids: &[String],
) -> Fallible<Vec<v1::ErrorUser>> {
    let row = existing(tx, ctx, group_id)?;
    let before = tx.members(row.key)?;
    let caller = find(&before, ctx.user).ok_or_else(not_a_member)?.clone();
    if caller.role == role(GroupMemberRole::Member) {
        let code = ErrorCode::GroupModuleGroupNoCorrespondingOperationAuthority;
        return Err(refused(code, "only the owner and admins may remove members"));
    }
    let (users, mut errors) = user::registered(tx, ctx.app_id, user_ids, ctx.user)?;
    let mut removed = Vec::new();
    let mut keys = Vec::new();
    for target in &users {
        match find(&before, target.key) {
            None => {
                errors.push(user::error(&target.user_id, ErrorCode::GroupModuleUserIsNotInTheGroup));
            }
            Some(member) if member.role <= caller.role => {
                let code = ErrorCode::GroupModuleGroupNoCorrespondingOperationAuthority;
                errors.push(user::error(&target.user_id, code));
            }
            Some(member) => {
                removed.push(describe(member, target));
                keys.push(target.key);
            }
        }
    }
    for key in &keys {
        tx.remove_member(row.key, *key)?;
        mark_all_read(tx, *key, row.key)?;
    }
    if !removed.is_empty() {
        let operator = present(tx, &caller)?;
        let event = Event { cause: GroupCause::KickedOut, members: &removed, operator: &operator };
        event.tell(tx, ctx.now, &row.group, &before, |user| keys.contains(&user))?;
    }
    Ok(errors)
}

/// A page of members for the server API, which sees every group: how many there are, the page, the next position (0 at
/// the end).
pub(super) fn page(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    group_id: &str,
    from: usize,
    count: usize,
) -> Fallible<(usize, Vec<v1::GroupMember>, usize)> {
    let row = existing(tx, ctx, group_id)?;
    let rows = tx.members(row.key)?;
    let start = from.min(rows.len());
    let end = start.saturating_add(count).min(rows.len());
    let members = rows[start..end].iter().map(|row| present(tx, row)).collect::<Result<_, _>>()?;
    Ok((rows.len(), members, if end < rows.len() { end } else { 0 }))
}

/// Dismisses a group (owner only, 6000541). Its members keep what they have; nobody can send, join or invite any more.
pub(super) fn dismiss(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::DismissGroup) -> Fallible<Reply> {
    let mut row = existing(tx, ctx, &request.group_id)?;
    let members = tx.members(row.key)?;
    let caller = find(&members, ctx.user).ok_or_else(not_a_member)?;
    if caller.role != role(GroupMemberRole::Owner) {
        let code = ErrorCode::GroupModuleGroupNoCorrespondingOperationAuthority;
        return Err(refused(code, "only the owner may dismiss the group"));
    }
    let operator = present(tx, caller)?;
    row.dismissed = true;
    tx.put_group(&row)?;
    let event = Event { cause: GroupCause::Dismissed, members: &[], operator: &operator };
    event.tell(tx, ctx.now, &row.group, &members, |_| true)?;
    Ok(Reply::done())
}

/// A group's public data, for its members.
pub(super) fn query(tx: &mut dyn Tx, ctx: &Context<'_>, request: &v1::QueryGroup) -> Fallible<Reply> {
    let row = existing(tx, ctx, &request.group_id)?;
    find(&tx.members(row.key)?, ctx.user).ok_or_else(not_a_member)?;
    Ok(response::Result::GroupInfo(v1::GroupInfo { group: Some(row.group) }).into())
}

/// A page of members in order of entering. `next_flag` is the position of the next page, 0 at the end.
pub(super) fn query_members(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &v1::QueryGroupMembers,
) -> Fallible<Reply> {
    let row = existing(tx, ctx, &request.group_id)?;
    let rows = tx.members(row.key)?;
    find(&rows, ctx.user).ok_or_else(not_a_member)?;
    let start = (request.next_flag as usize).min(rows.len());
    let end = (start + request.count.min(limits::PAGE) as usize).min(rows.len());
    let members = rows[start..end].iter().map(|row| present(tx, row)).collect::<Result<_, _>>()?;
    let next_flag = if end < rows.len() { u32::try_from(end).unwrap_or_default() } else { 0 };
    Ok(response::Result::GroupMembers(v1::GroupMembers { members, next_flag }).into())
}

/// One change, before it is told to anybody.
struct Event<'a> {
    cause: GroupCause,
    members: &'a [v1::GroupMember],
    operator: &'a v1::GroupMember,
}

impl Event<'_> {
    /// Appends it to the inbox of each receiver; `affected` receivers entered or left themselves.
    fn tell(
        &self,
        tx: &mut dyn Tx,
        now: i64,
        group: &v1::Group,
        receivers: &[MemberRow],
        affected: impl Fn(UserKey) -> bool,
    ) -> Result<(), StoreError> {
        let encode = |self_affected| {
            let event = v1::GroupEvent {
                group: Some(group.clone()),
                cause: self.cause as i32,
                members: self.members.to_vec(),
                operator: Some(self.operator.clone()),
                self_affected,
            };
            Encoded::new(now, &v1::Event { time: now, kind: Some(Kind::Group(event)) })
        };
        let mut bodies: [Option<Encoded>; 2] = [None, None];
        for receiver in receivers {
            let self_affected = affected(receiver.user);
            let body = bodies[usize::from(self_affected)].get_or_insert_with(|| encode(self_affected));
            body.append(tx, receiver.user)?;
        }
        Ok(())
    }
}

/// Makes a user a member. What was said before stays invisible and counts as read.
fn enter(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    group: &GroupRow,
    user: &User,
    member_role: GroupMemberRole,
    enter_type: GroupEnterType,
) -> Result<v1::GroupMember, StoreError> {
    let row = MemberRow {
        user: user.key,
        role: role(member_role),
        nickname: String::new(),
        entered_at: ctx.now,
        enter_type: u32::try_from(enter_type.value()).unwrap_or_default(),
        joined_seq: mark_all_read(tx, user.key, group.key)?,
    };
    tx.put_member(group.key, &row)?;
    Ok(describe(&row, user))
}

/// Moves the user's read marker to the head of the group's conversation and returns it.
fn mark_all_read(tx: &mut dyn Tx, user: UserKey, group: GroupKey) -> Result<u64, StoreError> {
    let log = Conversation::Group(group);
    let head = tx.conversation_head(log)?;
    let mut state = tx.user_conversation(user, log)?.unwrap_or_default();
    state.read_seq = head;
    tx.put_user_conversation(user, log, &state)?;
    Ok(head)
}

/// A group that is not dismissed, or 6000523.
fn existing(tx: &mut dyn Tx, ctx: &Context<'_>, group_id: &str) -> Fallible<GroupRow> {
    match tx.group(ctx.app_id, group_id)? {
        Some(row) if !row.dismissed => Ok(row),
        _ => Err(refused(ErrorCode::GroupModuleGroupDoesNotExist, "the group does not exist")),
    }
}

fn find(members: &Arc<Vec<MemberRow>>, user: UserKey) -> Option<&MemberRow> {
    members.iter().find(|member| member.user == user)
}

fn present(tx: &mut dyn Tx, row: &MemberRow) -> Result<v1::GroupMember, StoreError> {
    Ok(describe(row, &user::existing(tx, row.user)?))
}

fn describe(row: &MemberRow, user: &User) -> v1::GroupMember {
    v1::GroupMember {
        user: Some(user::info(user)),
        nickname: row.nickname.clone(),
        role: row.role,
        enter_time: row.entered_at,
        enter_type: row.enter_type,
    }
}

fn new_group_id(tx: &mut dyn Tx, ctx: &mut Context<'_>) -> Result<String, StoreError> {
    loop {
        let id = format!("{}{}", limits::GENERATED_GROUP_ID_PREFIX, ctx.rng.next_u64() >> 11);
        if tx.group(ctx.app_id, &id)?.is_none() {
            return Ok(id);
        }
    }
}

fn role(role: GroupMemberRole) -> u32 {
    u32::try_from(role.value()).unwrap_or_default()
}

fn mode<T>(value: u32, from_value: fn(i32) -> Option<T>) -> Option<T> {
    i32::try_from(value).ok().and_then(from_value)
}

fn not_a_member() -> super::error::Fail {
    refused(ErrorCode::GroupModuleUserIsNotInTheGroup, "the user is not in the group")
}

fn full() -> super::error::Fail {
    refused(ErrorCode::GroupModuleGroupMemberHasReachedLimit, "the group is full")
}
