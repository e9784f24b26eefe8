//! The session and the user's own settings.

use crate::client::Client;
use crate::dispatch::Call;
use crate::engine::io::{LoginOp, Op};
use crate::model::convert::{user, user_rule};
use crate::model::{
    LoginConfig, SelfUserInfo, UserFullInfo, UserOfflinePushRule, UserOnlineStatus, UserStatus,
};
use zim_proto::v1::{self, request};

impl Client {
    /// Logs `user_id` in (1 to 32 bytes). A user id that was never seen is registered by its first login.
    ///
    /// Emits (Connecting, ActiveLogin), (Connected, Success), then answers, then the backlog comes between sync Started
    /// and Finished. With `is_offline_login` it answers after local checks, and connects in the background.
    /// 6000101/103/106/107/108 token faults, 6000104 no network, 6000111 already logged in, 6000124 offline login of
    /// another user than last time, 6000701 the local store cannot be opened (a second process uses it).
    pub fn login(&self, user_id: &str, config: LoginConfig) -> Call<()> {
        self.op_done(Op::Login(LoginOp {
            user_id: user_id.to_owned(),
            user_name: config.user_name,
            token: config.token,
            is_offline_login: config.is_offline_login,
            custom_status: config.custom_status,
        }))
    }

    /// Logs out: this device gets no more pushes for the user. Answers when the local part is over; the server is told
    /// as soon as it can be reached.
    pub fn logout(&self) -> Call<()> {
        self.op_done(Op::Logout)
    }

    /// Replaces the token, usually on `TokenWillExpire`. Answers the token. The connection is not touched.
    pub fn renew_token(&self, token: &str) -> Call<String> {
        let renewed = token.to_owned();
        self.op(Op::RenewToken(token.to_owned()), move |_| Ok(renewed))
    }

    /// Sets the absolute badge of this user's offline mobile devices; below 0 answers 6000001.
    pub fn update_user_badge(&self, badge: i32) -> Call<()> {
        // Beyond every limit, so that the one rule for badges refuses it with the parameter's name.
        let badge = u32::try_from(badge).unwrap_or(u32::MAX);
        self.request_done(request::Op::UpdateUserBadge(v1::UpdateUserBadge { badge }))
    }

    /// Sets which of the user's platforms get no offline push while which others are online (`ZIMPlatformType`
    /// numbers). Emits `UserRuleUpdated` on all devices, this one included. Answers the rule.
    pub fn update_user_offline_push_rule(&self, rule: UserOfflinePushRule) -> Call<UserOfflinePushRule> {
        let wire = v1::PushRule {
            online_platforms: rule.online_platforms.clone(),
            not_to_receive_offline_push_platforms: rule.not_to_receive_offline_push_platforms.clone(),
        };
        let request = v1::UpdatePushRule { rule: Some(wire) };
        self.request(request::Op::UpdatePushRule(request), move |_| Ok(rule))
    }

    /// The logged-in user as this device knows it; works offline. The own online status is always Unknown.
    pub fn query_self_user_info(&self) -> Call<SelfUserInfo> {
        self.core().run(|core| async move {
            core.look(|engine| {
                let base_info = engine.user().map(user).unwrap_or_default();
                let user_status = UserStatus {
                    user_id: base_info.user_id.clone(),
                    online_status: UserOnlineStatus::Unknown,
                    ..UserStatus::default()
                };
                SelfUserInfo {
                    user_full_info: UserFullInfo { base_info },
                    user_rule: user_rule(engine.push_rule()),
                    user_status,
                }
            })
            .await
        })
    }
}
