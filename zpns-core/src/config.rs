//! What an app decides about push before it registers.

use std::fmt::{Debug, Formatter, Result};

/// Vendors an app uses on Android, their client credentials, and the certificate set (published `ZPNsConfig`).
///
/// Fields may be set directly or through the fluent methods of the same names. Set before registering; the last
/// configuration wins. On iOS, HarmonyOS and the Web only `app_type` matters.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PushConfig {
    /// Certificate set on the server, 1 or 2; 0 is unset and counts as 1.
    pub app_type: u32,
    /// Use FCM. If set, every other Android vendor is ignored.
    pub enable_fcm_push: bool,
    /// Use Huawei on Huawei phones.
    pub enable_hw_push: bool,
    /// Use Xiaomi on Xiaomi phones.
    pub enable_mi_push: bool,
    /// Use OPPO on OPPO phones.
    pub enable_oppo_push: bool,
    /// Use vivo on vivo phones.
    pub enable_vivo_push: bool,
    /// Huawei app id; empty if the app ships Huawei's own configuration file.
    pub hw_app_id: String,
    /// Xiaomi app id.
    pub mi_app_id: String,
    /// Xiaomi app key.
    pub mi_app_key: String,
    /// OPPO app id.
    pub oppo_app_id: String,
    /// OPPO app key.
    pub oppo_app_key: String,
    /// OPPO app secret.
    pub oppo_app_secret: String,
    /// vivo app id; empty if the app's manifest holds it.
    pub vivo_app_id: String,
    /// vivo app key; empty if the app's manifest holds it.
    pub vivo_app_key: String,
    /// Let the app's icon carry a number on Huawei phones.
    pub enable_hw_badge: bool,
}

impl PushConfig {
    /// Turns FCM on; every other Android vendor is then ignored.
    #[must_use]
    pub fn enable_fcm_push(mut self) -> Self {
        self.enable_fcm_push = true;
        self
    }

    /// Turns FCM off.
    #[must_use]
    pub fn disable_fcm_push(mut self) -> Self {
        self.enable_fcm_push = false;
        self
    }

    /// Turns Huawei on.
    #[must_use]
    pub fn enable_hw_push(mut self, app_id: impl Into<String>) -> Self {
        self.enable_hw_push = true;
        self.hw_app_id = app_id.into();
        self
    }

    /// Turns Huawei off.
    #[must_use]
    pub fn disable_hw_push(mut self) -> Self {
        self.enable_hw_push = false;
        self
    }

    /// Turns Xiaomi on.
    #[must_use]
    pub fn enable_mi_push(mut self, app_id: impl Into<String>, app_key: impl Into<String>) -> Self {
        self.enable_mi_push = true;
        self.mi_app_id = app_id.into();
        self.mi_app_key = app_key.into();
        self
    }

    /// Turns Xiaomi off.
    #[must_use]
    pub fn disable_mi_push(mut self) -> Self {
        self.enable_mi_push = false;
        self
    }

    /// Turns OPPO on.
    #[must_use]
    pub fn enable_oppo_push(
        mut self,
        app_id: impl Into<String>,
        app_key: impl Into<String>,
        app_secret: impl Into<String>,
    ) -> Self {
        self.enable_oppo_push = true;
        self.oppo_app_id = app_id.into();
        self.oppo_app_key = app_key.into();
        self.oppo_app_secret = app_secret.into();
        self
    }

    /// Turns OPPO off.
    #[must_use]
    pub fn disable_oppo_push(mut self) -> Self {
        self.enable_oppo_push = false;
        self
    }

    /// Turns vivo on.
    #[must_use]
    pub fn enable_vivo_push(mut self, app_id: impl Into<String>, app_key: impl Into<String>) -> Self {
        self.enable_vivo_push = true;
        self.vivo_app_id = app_id.into();
        self.vivo_app_key = app_key.into();
        self
    }

    /// Turns vivo off.
    #[must_use]
    pub fn disable_vivo_push(mut self) -> Self {
        self.enable_vivo_push = false;
        self
    }
}

/// Switches and the certificate set; never keys or secrets.
impl Debug for PushConfig {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("PushConfig")
            .field("app_type", &self.app_type)
            .field("enable_fcm_push", &self.enable_fcm_push)
            .field("enable_hw_push", &self.enable_hw_push)
            .field("enable_mi_push", &self.enable_mi_push)
            .field("enable_oppo_push", &self.enable_oppo_push)
            .field("enable_vivo_push", &self.enable_vivo_push)
            .field("enable_hw_badge", &self.enable_hw_badge)
            .finish_non_exhaustive()
    }
}
