//! What only the server API may do: act in a user's name without a device, register users, reach everybody.

use super::error::{self, Answer};
use super::message::Sender;
use super::push::{self, Reach};
use super::{Context, Reply, dispatch, group, message, revoke, user};
use crate::store::{StoreError, Tx, User, UserKey};
use zim_proto::v1::{self, request::Op, response};
use zim_proto::validate;

/// Registers a user, so that messages are stored for the first login. `false`: the user exists, nothing has changed.
pub(crate) fn register(
    tx: &mut dyn Tx,
    now: i64,
    app_id: u32,
    info: &v1::UserInfo,
) -> Result<bool, StoreError> {
    if tx.user(app_id, &info.user_id)?.is_some() {
        return Ok(false);
    }
    tx.create_user(User {
        key: 0,
        app_id,
        user_id: info.user_id.clone(),
        user_name: info.user_name.clone(),
        avatar_url: info.avatar_url.clone(),
        extended_data: String::new(),
        custom_status: String::new(),
        push_rule: v1::PushRule::default(),
        created_at: now,
        has_logged_in: false,
    })?;
    Ok(true)
}

/// A request of a user's own operations, with the same rules as from a device.
pub(crate) fn perform(tx: &mut dyn Tx, ctx: &mut Context<'_>, op: &Op) -> Answer<Reply> {
    error::settle(dispatch(tx, ctx, op))
}

/// Sends a message in the user's name. It is marked as a server message; every device of the user is told unless
/// `unaware`.
pub(crate) fn send(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    request: &v1::SendMessage,
    unaware: bool,
) -> Answer<Reply> {
    let checked = (|| {
        // The id of a client: there is none, and the rules ask for one.
        let mut checked = request.clone();
        if let Some(message) = &mut checked.message {
            message.local_message_id = 1;
        }
        let op = Op::SendMessage(checked);
        validate::request(&op)?;
        validate::not_to_self(ctx.user_id, &op)
    })();
    if let Err(invalid) = checked {
        return Ok(Err(invalid.into()));
    }
    error::settle(message::send_as(tx, ctx, request, Sender::ServerApi { unaware }))
}

/// Recalls a message that the user sent.
pub(crate) fn revoke(tx: &mut dyn Tx, ctx: &mut Context<'_>, request: &v1::RevokeMessage) -> Answer<Reply> {
    if let Err(invalid) = validate::request(&Op::RevokeMessage(request.clone())) {
        return Ok(Err(invalid.into()));
    }
    error::settle(revoke::revoke_as(tx, ctx, request, revoke::Requester::ServerApi))
}

/// Takes users into a group whatever its modes say, or, with `as_configured`, as a member of it would.
pub(crate) fn invite(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &v1::InviteIntoGroup,
    as_configured: bool,
) -> Answer<Vec<v1::ErrorUser>> {
    let consent = if as_configured { group::Consent::AsConfigured } else { group::Consent::NotNeeded };
    error::settle(group::invite_with(tx, ctx, request, consent).map(|reply| match reply.result {
        response::Result::GroupInvited(invited) => invited.errors,
        _ => Vec::new(),
    }))
}

/// Removes members of a group.
pub(crate) fn kick(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    group_id: &str,
    user_ids: &[String],
) -> Answer<Vec<v1::ErrorUser>> {
    error::settle(group::kick(tx, ctx, group_id, user_ids))
}

/// A page of a group's members: how many there are, the page, the next position (0 at the end).
pub(crate) fn members(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    group_id: &str,
    from: usize,
    count: usize,
) -> Answer<(usize, Vec<v1::GroupMember>, usize)> {
    error::settle(group::page(tx, ctx, group_id, from, count))
}

/// Number for a message that belongs to no conversation.
pub(crate) fn broadcast_id(tx: &mut dyn Tx, ctx: &Context<'_>) -> Result<u64, StoreError> {
    tx.next_message_id(ctx.app_id, ctx.now)
}

/// Those of `users` that belong to the app.
pub(crate) fn of_app(tx: &mut dyn Tx, app_id: u32, users: &[UserKey]) -> Result<Vec<UserKey>, StoreError> {
    let mut found = Vec::with_capacity(users.len());
    for key in users {
        if tx.user_by_key(*key)?.is_some_and(|user| user.app_id == app_id) {
            found.push(*key);
        }
    }
    Ok(found)
}

/// Queues the push of a broadcast for the next `count` bound devices after a PushID; answers where to go on, `None` at the
/// end.
pub(crate) fn push_broadcast(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    config: &v1::PushConfig,
    message_id: u64,
    reach: Reach,
    after: &str,
    count: usize,
) -> Result<Option<String>, StoreError> {
    push::broadcast(tx, ctx, config, message_id, reach, after, count)
}

/// Sets or lifts "do not disturb" of one conversation of the user.
pub(crate) fn silence(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    conversation_type: u32,
    conversation_id: &str,
    silent: bool,
) -> Answer<()> {
    let op = Op::SetNotificationStatus(v1::SetNotificationStatus {
        conversation_type,
        conversation_id: conversation_id.to_owned(),
        status: if silent { 2 } else { 1 },
    });
    Ok(perform(tx, ctx, &op)?.map(|_| ()))
}

/// A registered user, as the server API tells of one.
pub(crate) struct Known {
    pub(crate) key: UserKey,
    pub(crate) info: v1::UserInfo,
    pub(crate) has_logged_in: bool,
}

/// Users in the order asked for; `None` for those who are not registered.
pub(crate) fn known(
    tx: &mut dyn Tx,
    app_id: u32,
    user_ids: &[String],
) -> Result<Vec<Option<Known>>, StoreError> {
    let mut all = Vec::with_capacity(user_ids.len());
    for id in user_ids {
        all.push(tx.user(app_id, id)?.map(|found| Known {
            key: found.key,
            info: user::info(&found),
            has_logged_in: found.has_logged_in,
        }));
    }
    Ok(all)
}
