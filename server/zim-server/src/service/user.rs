//! Users: what others see of them, and their own offline-push rule.

use super::error::{Fallible, refused};
use super::{Context, Reply, inbox};
use crate::store::{StoreError, Tx, User, UserKey};
use zim_proto::v1::{self, event::Kind};
use zim_proto::{ErrorCode, ErrorCode::CommonModuleUserIsNotExist};

pub(super) fn info(user: &User) -> v1::UserInfo {
    v1::UserInfo {
        user_id: user.user_id.clone(),
        user_name: user.user_name.clone(),
        avatar_url: user.avatar_url.clone(),
        extended_data: user.extended_data.clone(),
    }
}

/// Published id of a user that a stored row refers to. Keys are never reused and users never deleted, so that a key
/// without a user is a damaged store.
pub(super) fn existing(tx: &mut dyn Tx, key: UserKey) -> Result<User, StoreError> {
    tx.user_by_key(key)?.ok_or_else(|| StoreError::Database(format!("no user with key {key}")))
}

/// Registered users of a list in its order, without repetitions and without `except`; the others with their reason.
pub(super) fn registered(
    tx: &mut dyn Tx,
    app_id: u32,
    ids: &[String],
    except: UserKey,
) -> Result<(Vec<User>, Vec<v1::ErrorUser>), StoreError> {
    let mut users: Vec<User> = Vec::with_capacity(ids.len());
    let mut errors: Vec<v1::ErrorUser> = Vec::new();
    for id in ids {
        match tx.user(app_id, id)? {
            Some(user) if user.key == except || users.iter().any(|known| known.key == user.key) => {}
            Some(user) => users.push(user),
            None if errors.iter().any(|known| known.user_id == *id) => {}
            None => errors.push(error(id, CommonModuleUserIsNotExist)),
        }
    }
    Ok((users, errors))
}

pub(super) fn error(user_id: &str, reason: ErrorCode) -> v1::ErrorUser {
    v1::ErrorUser { user_id: user_id.to_owned(), reason: reason.code() }
}

/// Replaces the rule and tells all devices of the user, the acting one too.
pub(super) fn update_push_rule(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &v1::UpdatePushRule,
) -> Fallible<Reply> {
    let Some(mut user) = tx.user_by_key(ctx.user)? else {
        return Err(refused(CommonModuleUserIsNotExist, "the user does not exist"));
    };
    user.push_rule = request.rule.clone().unwrap_or_default();
    tx.update_user(&user)?;
    inbox::append(tx, ctx.user, ctx.now, Kind::PushRule(user.push_rule))?;
    Ok(Reply::done())
}
