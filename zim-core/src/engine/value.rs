//! Named values of the user's store.

/// The user's own record, `v1::UserInfo`.
pub(super) const USER: &str = "user";
/// The offline push rule, `v1::PushRule`.
pub(super) const PUSH_RULE: &str = "push_rule";
/// Present after the first online login on this device.
pub(super) const LOGGED_IN: &str = "logged_in";
/// A push id whose binding a logout without a link left behind.
pub(super) const OWED_UNBIND: &str = "owed_unbind";
/// Last local message id: the next one is larger whatever the clock does meanwhile.
pub(super) const LAST_LOCAL_ID: &str = "last_local_id";
/// Number of failed messages so far: keeps their places apart.
pub(super) const FAILED_MESSAGES: &str = "failed_messages";
/// Messages recalled by this device last, by id.
pub(super) const RECALLED: &str = "recalled";
