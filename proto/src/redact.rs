//! `Debug` of the messages that carry secrets: what identifies, never tokens or proofs.

use crate::v1::client_hello::Session;
use crate::v1::{BindPush, ClientHello, PushRegistration, RenewToken};
use std::fmt::{Debug, Formatter, Result};

impl Debug for ClientHello {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("ClientHello")
            .field("protocol", &self.protocol)
            .field("app_id", &self.app_id)
            .field("device_id", &self.device_id)
            .field("platform", &self.platform)
            .field("sdk_version", &self.sdk_version)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

impl Debug for RenewToken {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("RenewToken").finish_non_exhaustive()
    }
}

impl Debug for PushRegistration {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("PushRegistration")
            .field("push_id", &self.push_id)
            .field("vendor", &self.vendor)
            .field("environment", &self.environment)
            .field("bundle_id", &self.bundle_id)
            .field("app_type", &self.app_type)
            .field("badge", &self.badge)
            .finish_non_exhaustive()
    }
}

impl Debug for BindPush {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("BindPush")
            .field("push_id", &self.push_id)
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

impl Debug for Session {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::User(session) => f.debug_tuple("User").field(session).finish(),
            Self::Device(session) => f.debug_tuple("Device").field(session).finish(),
        }
    }
}
