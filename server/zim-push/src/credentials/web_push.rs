//! Web Push: a key pair of the app's own.

use super::{Called, CredentialError, Loader, first_set};
use crate::providers::{Providers, Slot};
use crate::tls;
use crate::webpush::{Reach, VapidKey, WebPush, WebPushParts, check_subject};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;

/// A key pair for Web Push (VAPID). Subscriptions are bound to it: with another key, all browsers have to subscribe anew.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebPushConfig {
    /// App it is for.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    #[serde(default = "first_set")]
    pub app_type: u32,
    /// Bundle id or package of the apps it is for, empty = any.
    #[serde(default)]
    pub package: String,
    /// P-256 private key: PKCS#8 in PEM, or its number in base64url.
    pub key_file: PathBuf,
    /// How push services reach you: `mailto:you@example.com`, or an https address.
    pub subject: String,
    /// Push services that subscriptions may name, e.g. `["fcm.googleapis.com", "*.push.apple.com"]`; empty = any.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Also sends to addresses outside the public Internet: for a distributor in your own network. Whoever can register
    /// can then make the server connect there.
    #[serde(default)]
    pub private_addresses: bool,
    /// PEM file with roots to trust beside the platform's.
    pub root_certificates: Option<PathBuf>,
}

impl Loader<'_> {
    pub(super) fn web_push(
        &self,
        config: &WebPushConfig,
        providers: &mut Providers,
    ) -> Result<(), CredentialError> {
        let name = format!("web app {} set {} {}", config.app_id, config.app_type, config.package);
        let called = Called(&name);
        called.check_set(config.app_type)?;
        check_subject(&config.subject).map_err(|fault| called.wrong("subject", fault))?;
        let (named, bytes) = self.read("key_file", &config.key_file)?;
        let key = VapidKey::parse(&bytes).map_err(|fault| named.fault(fault))?;
        let roots = self.roots(config.root_certificates.as_deref())?;
        let tls = tls::client_config(roots, None, &[b"h2", b"http/1.1"])
            .map_err(|error| called.wrong("", error.to_string()))?;
        let provider = WebPush::new(WebPushParts {
            name: name.clone(),
            tls,
            key,
            subject: config.subject.clone(),
            reach: Reach { private_addresses: config.private_addresses, hosts: config.hosts.clone() },
            clock: Arc::clone(self.clock),
        })
        .map_err(|fault| called.wrong("", fault))?;
        let slot = Slot::of_app(config.app_id, config.app_type, &config.package);
        providers.add(slot, Arc::new(provider));
        Ok(())
    }
}
