//! Signed calls of the server API, as an app's backend makes them.

use crate::settings::{APP_ID, SECRET};
use crate::site::now_ms;
use crate::world::World;
use md5::{Digest as _, Md5};
use serde_json::Value;

/// The common parameters of one call.
#[derive(Debug, Clone)]
pub struct Signed {
    /// `Action`.
    pub action: String,
    /// `AppId`.
    pub app_id: String,
    /// `SignatureNonce`.
    pub nonce: String,
    /// `Timestamp`.
    pub timestamp: String,
    /// `SignatureVersion`.
    pub version: String,
    /// `Signature`.
    pub signature: String,
}

impl Signed {
    /// Parameters the server accepts.
    #[must_use]
    pub fn new(action: &str) -> Self {
        let nonce = format!("{:016x}", fastrand::u64(..));
        let timestamp = (now_ms() / 1_000).to_string();
        let digest = Md5::digest(format!("{APP_ID}{nonce}{SECRET}{timestamp}"));
        Self {
            action: action.into(),
            app_id: APP_ID.to_string(),
            nonce,
            timestamp,
            version: "2.0".into(),
            signature: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// Path and query, with the action's own parameters behind them.
    #[must_use]
    pub fn path(&self, more: &str) -> String {
        let Self { action, app_id, nonce, timestamp, version, signature } = self;
        format!(
            "/?Action={action}&AppId={app_id}&SignatureNonce={nonce}&Timestamp={timestamp}\
             &SignatureVersion={version}&Signature={signature}{more}"
        )
    }
}

impl World {
    /// Calls an action with a JSON body and returns the answer.
    ///
    /// # Panics
    /// When the status is not 200, which every handled call has.
    #[must_use]
    pub fn server_api(&self, action: &str, body: &Value) -> Value {
        self.server_api_signed("POST", &Signed::new(action), "", Some(body))
    }

    /// Calls an action with everything in the query.
    ///
    /// # Panics
    /// As [`World::server_api`].
    #[must_use]
    pub fn server_api_get(&self, action: &str, query: &str) -> Value {
        self.server_api_signed("GET", &Signed::new(action), query, None)
    }

    /// The same with common parameters of one's own.
    ///
    /// # Panics
    /// As [`World::server_api`].
    #[must_use]
    pub fn server_api_signed(
        &self,
        method: &str,
        signed: &Signed,
        query: &str,
        body: Option<&Value>,
    ) -> Value {
        let (status, answer) = self.admin(method, &signed.path(query), body);
        assert_eq!(status, 200, "{answer}");
        answer
    }
}
