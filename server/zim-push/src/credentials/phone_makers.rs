//! Huawei, Xiaomi, OPPO and vivo: a secret or two in the configuration. HarmonyOS: the key file of a service account.

use super::{Called, CredentialError, Loader, first_set};
use crate::harmony::{Harmony, HarmonyParts, ServiceAccount};
use crate::huawei::{Huawei, HuaweiParts};
use crate::oppo::{Oppo, OppoParts};
use crate::provider::Provider;
use crate::providers::{Providers, Slot};
use crate::secret::Secret;
use crate::tls;
use crate::vivo::{Vivo, VivoParts};
use crate::xiaomi::{Xiaomi, XiaomiParts};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HUAWEI: &str = "https://push-api.cloud.huawei.com";
const HUAWEI_LOGIN: &str = "https://oauth-login.cloud.huawei.com";
const XIAOMI: &str = "https://api.xmpush.xiaomi.com";
const OPPO: &str = "https://api-push-cn.heytapmobi.com";
const VIVO: &str = "https://api-push.vivo.com.cn";

/// A Huawei app on Android.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HuaweiConfig {
    /// App it is for.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    #[serde(default = "first_set")]
    pub app_type: u32,
    /// Android package, empty = any.
    #[serde(default)]
    pub package: String,
    /// AppID at Huawei, digits.
    pub huawei_app_id: String,
    /// AppSecret.
    pub app_secret: Secret,
    /// Stands in for an empty title, which Huawei refuses; empty = the package.
    #[serde(default)]
    pub app_name: String,
    /// Full name of the activity the launcher starts: Huawei needs it for a badge. Empty = no badges.
    #[serde(default)]
    pub badge_class: String,
    /// Instead of `https://push-api.cloud.huawei.com`.
    pub endpoint: Option<String>,
    /// Instead of `https://oauth-login.cloud.huawei.com`.
    pub login_endpoint: Option<String>,
    /// PEM file with roots to trust beside the platform's.
    pub root_certificates: Option<PathBuf>,
}

/// A HarmonyOS app.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HarmonyConfig {
    /// App it is for.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    #[serde(default = "first_set")]
    pub app_type: u32,
    /// Bundle name, empty = any.
    #[serde(default)]
    pub package: String,
    /// Key of a service account of the app's project at Huawei, JSON.
    pub service_account_file: PathBuf,
    /// Stands in for an empty title, which Huawei refuses; empty = the package.
    #[serde(default)]
    pub app_name: String,
    /// Instead of `https://push-api.cloud.huawei.com`.
    pub endpoint: Option<String>,
    /// PEM file with roots to trust beside the platform's.
    pub root_certificates: Option<PathBuf>,
}

/// A Xiaomi app.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct XiaomiConfig {
    /// App it is for.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    #[serde(default = "first_set")]
    pub app_type: u32,
    /// Android package.
    pub package: String,
    /// AppSecret.
    pub app_secret: Secret,
    /// Stands in for an empty title, which Xiaomi refuses; empty = the package.
    #[serde(default)]
    pub app_name: String,
    /// Instead of `https://api.xmpush.xiaomi.com`.
    pub endpoint: Option<String>,
    /// PEM file with roots to trust beside the platform's.
    pub root_certificates: Option<PathBuf>,
}

/// An OPPO app.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OppoConfig {
    /// App it is for.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    #[serde(default = "first_set")]
    pub app_type: u32,
    /// Android package, empty = any.
    #[serde(default)]
    pub package: String,
    /// AppKey.
    pub app_key: String,
    /// MasterSecret; the AppSecret is the client's.
    pub master_secret: Secret,
    /// Stands in for an empty title, which OPPO refuses; empty = the package.
    #[serde(default)]
    pub app_name: String,
    /// OPPO lets the app show numbers on its icon: badges are sent.
    #[serde(default)]
    pub badge: bool,
    /// Sends the parameters of a private template as JSON text instead of as an object.
    #[serde(default)]
    pub template_parameters_as_text: bool,
    /// Instead of `https://api-push-cn.heytapmobi.com`, e.g. `https://api-intl.push.oppomobile.com` for devices
    /// outside mainland China.
    pub endpoint: Option<String>,
    /// PEM file with roots to trust beside the platform's.
    pub root_certificates: Option<PathBuf>,
}

/// A vivo app.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VivoConfig {
    /// App it is for.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    #[serde(default = "first_set")]
    pub app_type: u32,
    /// Android package, empty = any.
    #[serde(default)]
    pub package: String,
    /// AppID at vivo.
    pub vivo_app_id: u64,
    /// AppKey.
    pub app_key: String,
    /// AppSecret.
    pub app_secret: Secret,
    /// Stands in for an empty title, which vivo refuses; empty = the package.
    #[serde(default)]
    pub app_name: String,
    /// vivo lets pushes of the app add to the number on its icon.
    #[serde(default)]
    pub badge: bool,
    /// Instead of `https://api-push.vivo.com.cn`.
    pub endpoint: Option<String>,
    /// PEM file with roots to trust beside the platform's.
    pub root_certificates: Option<PathBuf>,
}

/// What they have in common.
struct Common<'a> {
    name: String,
    app_id: u32,
    app_type: u32,
    package: &'a str,
    app_name: &'a str,
    endpoint: &'a str,
    root_certificates: Option<&'a Path>,
}

/// [`Common`] of a configuration: the five have these members under the same names.
macro_rules! common {
    ($vendor:literal, $config:ident, $endpoint:expr) => {
        Common {
            name: format!(
                concat!($vendor, " app {} set {} {}"),
                $config.app_id, $config.app_type, $config.package
            ),
            app_id: $config.app_id,
            app_type: $config.app_type,
            package: &$config.package,
            app_name: &$config.app_name,
            endpoint: $config.endpoint.as_deref().unwrap_or($endpoint),
            root_certificates: $config.root_certificates.as_deref(),
        }
    };
}

impl Common<'_> {
    fn called(&self) -> Called<'_> {
        Called(&self.name)
    }

    fn needed(&self, what: &'static str, value: &str) -> Result<(), CredentialError> {
        if value.trim().is_empty() {
            Err(self.called().wrong(what, format!("{what} is empty")))
        } else {
            Ok(())
        }
    }

    /// Scheme and host, and the client for them.
    fn http(&self, loader: &Loader<'_>) -> Result<(String, reqwest::Client), CredentialError> {
        self.called().check_set(self.app_type)?;
        let endpoint = self.called().endpoint("endpoint", self.endpoint)?;
        let roots = loader.roots(self.root_certificates)?;
        let tls = tls::client_config(roots, None, &[b"h2", b"http/1.1"])
            .map_err(|error| self.called().wrong("", error.to_string()))?;
        let http = crate::fcm::client(tls).map_err(|fault| self.called().wrong("", fault))?;
        Ok((endpoint.url(), http))
    }

    /// What stands in for an empty title.
    fn title(&self) -> String {
        let named = [self.app_name, self.package].into_iter().find(|name| !name.trim().is_empty());
        named.unwrap_or("…").to_owned()
    }

    fn add(&self, provider: impl Provider + 'static, providers: &mut Providers) {
        let slot = Slot::of_app(self.app_id, self.app_type, self.package);
        providers.add(slot, Arc::new(provider));
    }
}

impl Loader<'_> {
    pub(super) fn huawei(
        &self,
        config: &HuaweiConfig,
        providers: &mut Providers,
    ) -> Result<(), CredentialError> {
        let common = common!("huawei", config, HUAWEI);
        let id = &config.huawei_app_id;
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            let fault = "huawei_app_id is the number of the app at Huawei";
            return Err(common.called().wrong("huawei_app_id", fault));
        }
        common.needed("app_secret", config.app_secret.expose())?;
        let (endpoint, http) = common.http(self)?;
        let login_endpoint = config.login_endpoint.as_deref().unwrap_or(HUAWEI_LOGIN);
        let login_endpoint = common.called().endpoint("login_endpoint", login_endpoint)?;
        let provider = Huawei::new(HuaweiParts {
            name: common.name.clone(),
            endpoint,
            login_endpoint: login_endpoint.url(),
            http,
            id: id.clone(),
            secret: config.app_secret.clone(),
            app_name: common.title(),
            badge_class: config.badge_class.clone(),
            clock: Arc::clone(self.clock),
        });
        common.add(provider, providers);
        Ok(())
    }

    pub(super) fn harmony(
        &self,
        config: &HarmonyConfig,
        providers: &mut Providers,
    ) -> Result<(), CredentialError> {
        let common = common!("harmonyos", config, HUAWEI);
        let (named, bytes) = self.read("service_account_file", &config.service_account_file)?;
        let account = ServiceAccount::parse(&bytes).map_err(|fault| named.fault(fault))?;
        let (endpoint, http) = common.http(self)?;
        let provider = Harmony::new(HarmonyParts {
            name: common.name.clone(),
            endpoint,
            http,
            account,
            app_name: common.title(),
            clock: Arc::clone(self.clock),
        });
        common.add(provider, providers);
        Ok(())
    }

    pub(super) fn xiaomi(
        &self,
        config: &XiaomiConfig,
        providers: &mut Providers,
    ) -> Result<(), CredentialError> {
        let common = common!("xiaomi", config, XIAOMI);
        common.needed("package", &config.package)?;
        common.needed("app_secret", config.app_secret.expose())?;
        let (endpoint, http) = common.http(self)?;
        let provider = Xiaomi::new(XiaomiParts {
            name: common.name.clone(),
            endpoint,
            http,
            secret: config.app_secret.clone(),
            package: config.package.clone(),
            app_name: common.title(),
            clock: Arc::clone(self.clock),
        });
        common.add(provider, providers);
        Ok(())
    }

    pub(super) fn oppo(&self, config: &OppoConfig, providers: &mut Providers) -> Result<(), CredentialError> {
        let common = common!("oppo", config, OPPO);
        common.needed("app_key", &config.app_key)?;
        common.needed("master_secret", config.master_secret.expose())?;
        let (endpoint, http) = common.http(self)?;
        let provider = Oppo::new(OppoParts {
            name: common.name.clone(),
            endpoint,
            http,
            key: config.app_key.clone(),
            master_secret: config.master_secret.clone(),
            app_name: common.title(),
            badge: config.badge,
            template_text: config.template_parameters_as_text,
            clock: Arc::clone(self.clock),
        });
        common.add(provider, providers);
        Ok(())
    }

    pub(super) fn vivo(&self, config: &VivoConfig, providers: &mut Providers) -> Result<(), CredentialError> {
        let common = common!("vivo", config, VIVO);
        common.needed("app_key", &config.app_key)?;
        common.needed("app_secret", config.app_secret.expose())?;
        let (endpoint, http) = common.http(self)?;
        let provider = Vivo::new(VivoParts {
            name: common.name.clone(),
            endpoint,
            http,
            app_id: config.vivo_app_id,
            key: config.app_key.clone(),
            secret: config.app_secret.clone(),
            app_name: common.title(),
            badge: config.badge,
            clock: Arc::clone(self.clock),
        });
        common.add(provider, providers);
        Ok(())
    }
}
