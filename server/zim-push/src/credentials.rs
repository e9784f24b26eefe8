//! Vendor credentials: read from files, checked at start, with errors that name the file and the fault.

use crate::apns::{Apns, ApnsParts, Authentication, Endpoint, ProviderToken};
use crate::clock::Clock;
use crate::fcm::{Audience, Fcm, FcmParts, ServiceAccount};
use crate::model::Environment;
use crate::providers::{Providers, Slot};
use crate::secret::Secret;
use crate::strategy::FcmPriority;
use crate::tls::{self, ClientIdentity};
use jsonwebtoken::EncodingKey;
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod apns_certificate;
mod files;
mod phone_makers;
mod web_push;

pub use crate::apns::ProviderTokens;
pub use files::{Files, Folder, Uploaded};
pub use phone_makers::{HarmonyConfig, HuaweiConfig, OppoConfig, VivoConfig, XiaomiConfig};
pub use web_push::WebPushConfig;

const APNS_PRODUCTION: &str = "https://api.push.apple.com";
const APNS_SANDBOX: &str = "https://api.sandbox.push.apple.com";
const FCM: &str = "https://fcm.googleapis.com";

/// One credential of the configuration file.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "vendor", rename_all = "lowercase")]
#[non_exhaustive]
pub enum CredentialConfig {
    /// Apple.
    Apns(ApnsConfig),
    /// Google, for Android and, with `web_link`, for browsers.
    Fcm(FcmConfig),
    /// Huawei, on Android.
    Huawei(HuaweiConfig),
    /// HarmonyOS 5 and later.
    HarmonyOs(HarmonyConfig),
    /// Xiaomi.
    Xiaomi(XiaomiConfig),
    /// OPPO.
    Oppo(OppoConfig),
    /// vivo.
    Vivo(VivoConfig),
    /// Web Push: browsers and UnifiedPush.
    Web(WebPushConfig),
}

/// What kind of push an APNs credential serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApnsPushes {
    /// Alert, silent and badge pushes.
    Alert,
    /// VoIP pushes.
    Voip,
}

/// An APNs key (`key_file`, `key_id`, `team_id`) or certificate (`certificate_file`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApnsConfig {
    /// App it is for.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    #[serde(default = "first_set")]
    pub app_type: u32,
    /// Bundle id of the iOS app.
    pub bundle_id: String,
    /// Environments it serves. A key serves both unless told otherwise; for a certificate it must be said, except for
    /// one that only serves VoIP.
    pub environments: Option<Vec<Environment>>,
    /// Pushes it serves, both unless told otherwise.
    pub pushes: Option<Vec<ApnsPushes>>,
    /// `.p8` file.
    pub key_file: Option<PathBuf>,
    /// Key id, 10 characters.
    pub key_id: Option<String>,
    /// Team id, 10 characters.
    pub team_id: Option<String>,
    /// `.p12` file, or PEM with certificate and private key.
    pub certificate_file: Option<PathBuf>,
    /// Password of the `.p12` file.
    pub certificate_password: Option<Secret>,
    /// Instead of `https://api.push.apple.com`.
    pub endpoint: Option<String>,
    /// Instead of `https://api.sandbox.push.apple.com`; without it, `endpoint` if that is set.
    pub sandbox_endpoint: Option<String>,
    /// PEM file with roots to trust beside the platform's.
    pub root_certificates: Option<PathBuf>,
}

/// An FCM service account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FcmConfig {
    /// App it is for.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    #[serde(default = "first_set")]
    pub app_type: u32,
    /// Android package, empty = any.
    #[serde(default)]
    pub package: String,
    /// Service-account JSON.
    pub service_account_file: PathBuf,
    /// Its tokens are those of browsers registered through Firebase: a tap opens this https address, empty = nothing.
    pub web_link: Option<String>,
    /// Priority of pushes whose strategy names none. Without it: high for call invitations, normal for all else.
    pub priority: Option<FcmPriority>,
    /// Instead of `https://fcm.googleapis.com`.
    pub endpoint: Option<String>,
    /// PEM file with roots to trust beside the platform's.
    pub root_certificates: Option<PathBuf>,
}

/// Behind the bundle id where a certificate only serves VoIP.
const VOIP_TOPIC: &str = ".voip";

fn first_set() -> u32 {
    1
}

/// Why a credential cannot be used. Holds no secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// A file cannot be read.
    #[error("{}: {source}", file.display())]
    Unreadable {
        /// Which member names it.
        member: &'static str,
        /// Which file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file's content is not what it should be.
    #[error("{}: {fault}", file.display())]
    Content {
        /// Which member names it.
        member: &'static str,
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        fault: String,
    },
    /// The configuration itself is wrong.
    #[error("credential {name}: {fault}")]
    Configuration {
        /// Vendor, app and certificate set.
        name: String,
        /// Which member, empty = more than one.
        member: &'static str,
        /// What is wrong.
        fault: String,
    },
}

impl CredentialError {
    /// The member of the configuration at fault, empty if it is not one alone.
    #[must_use]
    pub fn member(&self) -> &'static str {
        match self {
            Self::Unreadable { member, .. }
            | Self::Content { member, .. }
            | Self::Configuration { member, .. } => member,
        }
    }
}

/// A file that a credential names.
struct Named {
    member: &'static str,
    file: PathBuf,
}

impl Named {
    fn fault(&self, fault: impl Into<String>) -> CredentialError {
        CredentialError::Content { member: self.member, file: self.file.clone(), fault: fault.into() }
    }
}

/// A credential, as errors call it.
#[derive(Clone, Copy)]
struct Called<'a>(&'a str);

impl Called<'_> {
    fn wrong(self, member: &'static str, fault: impl Into<String>) -> CredentialError {
        CredentialError::Configuration { name: self.0.to_owned(), member, fault: fault.into() }
    }

    fn check_set(self, app_type: u32) -> Result<(), CredentialError> {
        if matches!(app_type, 1 | 2) { Ok(()) } else { Err(self.wrong("app_type", "app_type is 1 or 2")) }
    }

    fn endpoint(self, member: &'static str, url: &str) -> Result<Endpoint, CredentialError> {
        Endpoint::parse(url).map_err(|fault| self.wrong(member, format!("{member}: {fault}")))
    }
}

/// Loads all credentials; the files they name come from `files`. The clock dates provider tokens.
///
/// # Errors
/// The first [`CredentialError`]; nothing is used half.
pub fn load(
    configs: &[CredentialConfig],
    files: &dyn Files,
    clock: &Arc<dyn Clock>,
) -> Result<Providers, CredentialError> {
    load_sharing(configs, files, clock, &ProviderTokens::default())
}

/// The same for credentials that come one after the other: those of Apple share the provider tokens of all before.
///
/// # Errors
/// As [`load`].
pub fn load_sharing(
    configs: &[CredentialConfig],
    files: &dyn Files,
    clock: &Arc<dyn Clock>,
    tokens: &ProviderTokens,
) -> Result<Providers, CredentialError> {
    let loader = Loader { files, clock, tokens };
    let mut providers = Providers::default();
    for config in configs {
        match config {
            CredentialConfig::Apns(config) => loader.apns(config, &mut providers)?,
            CredentialConfig::Fcm(config) => loader.fcm(config, &mut providers)?,
            CredentialConfig::Huawei(config) => loader.huawei(config, &mut providers)?,
            CredentialConfig::HarmonyOs(config) => loader.harmony(config, &mut providers)?,
            CredentialConfig::Xiaomi(config) => loader.xiaomi(config, &mut providers)?,
            CredentialConfig::Oppo(config) => loader.oppo(config, &mut providers)?,
            CredentialConfig::Vivo(config) => loader.vivo(config, &mut providers)?,
            CredentialConfig::Web(config) => loader.web_push(config, &mut providers)?,
        }
    }
    Ok(providers)
}

struct Loader<'a> {
    files: &'a dyn Files,
    clock: &'a Arc<dyn Clock>,
    tokens: &'a ProviderTokens,
}

impl Loader<'_> {
    fn apns(&self, config: &ApnsConfig, providers: &mut Providers) -> Result<(), CredentialError> {
        let name = format!("apns app {} set {} {}", config.app_id, config.app_type, config.bundle_id);
        let called = Called(&name);
        called.check_set(config.app_type)?;
        if config.bundle_id.is_empty() {
            return Err(called.wrong("bundle_id", "bundle_id is empty"));
        }
        let pushes = config.pushes.clone().unwrap_or_else(|| vec![ApnsPushes::Alert, ApnsPushes::Voip]);
        let both = || vec![Environment::Production, Environment::Sandbox];
        let (environments, authentication, identity) = match (&config.key_file, &config.certificate_file) {
            (Some(key), None) => {
                let token = self.provider_token(config, key, called)?;
                let environments = config.environments.clone().unwrap_or_else(both);
                (environments, Authentication::Token(token), None)
            }
            (None, Some(certificate)) => {
                let (identity, authentication) =
                    self.identity(certificate, config.certificate_password.as_ref(), &config.bundle_id)?;
                let environments = match &config.environments {
                    Some(environments) => environments.clone(),
                    None if pushes == [ApnsPushes::Voip] => both(),
                    None => {
                        return Err(called.wrong(
                            "environments",
                            "a certificate is made for one environment: set environments = [\"production\"] or [\"sandbox\"]",
                        ));
                    }
                };
                (environments, authentication, Some(identity))
            }
            _ => {
                let fault = "set either key_file (with key_id and team_id) or certificate_file";
                return Err(called.wrong("", fault));
            }
        };
        if environments.is_empty() || pushes.is_empty() {
            return Err(called.wrong("", "environments and pushes must not be empty lists"));
        }
        let production =
            called.endpoint("endpoint", config.endpoint.as_deref().unwrap_or(APNS_PRODUCTION))?;
        let sandbox =
            config.sandbox_endpoint.as_deref().or(config.endpoint.as_deref()).unwrap_or(APNS_SANDBOX);
        let sandbox = called.endpoint("sandbox_endpoint", sandbox)?;
        let roots = self.roots(config.root_certificates.as_deref())?;
        let tls = tls::client_config(roots, identity, &[b"h2"])
            .map_err(|error| called.wrong("", error.to_string()))?;
        let slot = Slot {
            app_id: config.app_id,
            app_type: config.app_type,
            environments,
            bundle_id: config.bundle_id.clone(),
            alert: pushes.contains(&ApnsPushes::Alert),
            voip: pushes.contains(&ApnsPushes::Voip),
            owner: String::new(),
        };
        let provider = Apns::new(ApnsParts {
            name,
            bundle_id: config.bundle_id.clone(),
            authentication,
            tls: Arc::new(tls),
            production,
            sandbox,
            clock: Arc::clone(self.clock),
        });
        providers.add(slot, Arc::new(provider));
        Ok(())
    }

    fn provider_token(
        &self,
        config: &ApnsConfig,
        file: &Path,
        called: Called<'_>,
    ) -> Result<Arc<ProviderToken>, CredentialError> {
        let id = |value: &Option<String>, what: &'static str| match value {
            Some(id) if id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Ok(id.clone())
            }
            Some(id) => Err(called.wrong(what, format!("{what} {id:?} is not 10 letters and digits"))),
            None => Err(called.wrong(what, format!("{what} is missing"))),
        };
        let key_id = id(&config.key_id, "key_id")?;
        let team_id = id(&config.team_id, "team_id")?;
        let (named, bytes) = self.read("key_file", file)?;
        let key = EncodingKey::from_ec_pem(&bytes).map_err(|error| {
            named.fault(format!("not an EC private key in PKCS#8 PEM (a .p8 file of Apple's): {error}"))
        })?;
        Ok(self.tokens.of(key, &bytes, (team_id, key_id), self.clock))
    }

    /// Client certificate and key from `.p12` or PEM, and what may be told of it.
    fn identity(
        &self,
        file: &Path,
        password: Option<&Secret>,
        bundle_id: &str,
    ) -> Result<(ClientIdentity, Authentication), CredentialError> {
        let (named, bytes) = self.read("certificate_file", file)?;
        let fault = |fault: String| named.fault(fault);
        let (chain, key) =
            if bytes.starts_with(b"-----") || bytes.windows(11).any(|part| part == b"-----BEGIN ") {
                let chain = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
                let chain = chain.map_err(|error| fault(format!("certificate: {error}")))?;
                let key = PrivateKeyDer::from_pem_slice(&bytes)
                    .map_err(|error| fault(format!("no private key beside the certificate: {error}")))?;
                (chain, key)
            } else {
                let password = password.map_or("", Secret::expose);
                let store = KeyStore::from_pkcs12(&bytes, password, Pkcs12ImportPolicy::Relaxed).map_err(
                    |error| fault(format!("not a .p12 file, or certificate_password is wrong: {error}")),
                )?;
                let (_, entry) = store
                    .private_key_chain()
                    .ok_or_else(|| fault("holds no private key; export it with its key".into()))?;
                let chain =
                    entry.certs().iter().map(|cert| CertificateDer::from(cert.as_der().to_vec())).collect();
                let key = PrivatePkcs8KeyDer::from(entry.key().as_der().to_vec());
                (chain, PrivateKeyDer::Pkcs8(key))
            };
        let leaf = chain.first().ok_or_else(|| fault("holds no certificate".into()))?;
        let (_, leaf) = x509_parser::parse_x509_certificate(leaf)
            .map_err(|error| fault(format!("the certificate cannot be read: {error}")))?;
        let expires_at = leaf.validity().not_after.timestamp().saturating_mul(1_000);
        if expires_at <= self.clock.now_ms() {
            return Err(fault(format!("the certificate ran out at {}", leaf.validity().not_after)));
        }
        if let Some(app) = apns_certificate::app(&leaf)
            && app.strip_suffix(VOIP_TOPIC).unwrap_or(&app) != bundle_id
        {
            return Err(fault(format!("the certificate is for the app {app}, not for {bundle_id}")));
        }
        let authentication =
            Authentication::Certificate { identity: apns_certificate::identity(&leaf), expires_at };
        Ok(((chain, key), authentication))
    }

    fn fcm(&self, config: &FcmConfig, providers: &mut Providers) -> Result<(), CredentialError> {
        let name = format!("fcm app {} set {}", config.app_id, config.app_type);
        let called = Called(&name);
        called.check_set(config.app_type)?;
        let (named, bytes) = self.read("service_account_file", &config.service_account_file)?;
        let text = std::str::from_utf8(&bytes).map_err(|error| named.fault(error.to_string()))?;
        let account = ServiceAccount::parse(text).map_err(|fault| named.fault(fault))?;
        let roots = self.roots(config.root_certificates.as_deref())?;
        let tls = tls::client_config(roots, None, &[b"h2", b"http/1.1"])
            .map_err(|error| called.wrong("", error.to_string()))?;
        let endpoint = called.endpoint("endpoint", config.endpoint.as_deref().unwrap_or(FCM))?;
        let audience = match &config.web_link {
            None => Audience::Android,
            // Google takes nothing else.
            Some(link) if link.is_empty() || link.starts_with("https://") => {
                Audience::Web { link: link.clone() }
            }
            Some(_) => return Err(called.wrong("web_link", "web_link is empty or an https address")),
        };
        let provider = Fcm::new(FcmParts {
            name: format!("{name} {}", account.project_id),
            endpoint: endpoint.url(),
            account,
            audience,
            priority: config.priority,
            tls,
            clock: Arc::clone(self.clock),
        })
        .map_err(|fault| called.wrong("", fault))?;
        let slot = Slot::of_app(config.app_id, config.app_type, &config.package);
        providers.add(slot, Arc::new(provider));
        Ok(())
    }

    fn roots(&self, file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, CredentialError> {
        let Some(file) = file else { return Ok(Vec::new()) };
        let (named, bytes) = self.read("root_certificates", file)?;
        let roots: Vec<_> = CertificateDer::pem_slice_iter(&bytes)
            .collect::<Result<_, _>>()
            .map_err(|error| named.fault(format!("not PEM certificates: {error}")))?;
        if roots.is_empty() {
            return Err(named.fault("holds no certificate in PEM"));
        }
        Ok(roots)
    }

    fn read(
        &self,
        member: &'static str,
        name: &Path,
    ) -> Result<(Named, zeroize::Zeroizing<Vec<u8>>), CredentialError> {
        let file = self.files.place(name);
        match self.files.read(name) {
            Ok(bytes) => Ok((Named { member, file }, bytes)),
            Err(source) => Err(CredentialError::Unreadable { member, file, source }),
        }
    }
}
