//! Configuration: one TOML file, environment variables and flags, every value with a default.
//!
//! Later sources win: defaults, then the file, then `ZIM_…` variables, then flags. See `zim-server.example.toml` for the
//! whole file with comments.

pub(crate) mod credentials;
mod load;

pub use load::{ConfigError, Overrides};

use crate::service;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Everything the server can be told. `Config::default()` runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Address of the one listener (WebSocket, health, metrics, administration). Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of the database and of generated credentials; created if missing.
    pub data_dir: PathBuf,
    /// What is logged: `error`, `warn`, `info`, `debug`, or a filter such as `info,zim_server::gateway=debug`.
    pub log: String,
    /// How a log line looks.
    pub log_format: LogFormat,
    /// Token of the administration interface. Empty: the generated one from the data folder.
    pub admin_token: String,
    /// Key that uploaded certificates are encrypted with, 64 hexadecimal digits. Empty: the generated one from the data folder.
    pub secrets_key: String,
    /// Certificate and key; absent: plain `ws://` and `http://`.
    pub tls: Option<TlsConfig>,
    /// Bounds.
    pub limits: Limits,
    /// How long things are kept.
    pub retention: RetentionConfig,
    /// The apps served. Empty: app 1 with generated credentials.
    #[serde(rename = "app")]
    pub apps: Vec<AppConfig>,
    /// Credentials of push vendors.
    #[serde(rename = "credential")]
    pub credentials: Vec<zim_push::CredentialConfig>,
    /// Folder of the configuration file: relative certificate and credential files are taken from there.
    #[serde(skip)]
    pub base: PathBuf,
    /// `ZIM_` variables that name no key: ignored, and worth a warning.
    #[serde(skip)]
    pub ignored_variables: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8480)),
            data_dir: PathBuf::from("zim-data"),
            log: "info".into(),
            log_format: LogFormat::Text,
            admin_token: String::new(),
            secrets_key: String::new(),
            tls: None,
            limits: Limits::default(),
            retention: RetentionConfig::default(),
            apps: Vec::new(),
            credentials: Vec::new(),
            base: PathBuf::new(),
            ignored_variables: Vec::new(),
        }
    }
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// TLS by certificate files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// PEM file: the server's certificate, then the intermediates.
    pub certificate: PathBuf,
    /// PEM file: its private key.
    pub key: PathBuf,
}

impl TlsConfig {
    pub(crate) fn relative_to(&self, base: &Path) -> Self {
        Self { certificate: base.join(&self.certificate), key: base.join(&self.key) }
    }
}

/// Bounds on what one client, or all of them, may take.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Connections at once; more are refused with HTTP 503.
    pub max_connections: usize,
    /// Largest frame accepted, in bytes.
    pub max_frame_bytes: usize,
    /// Live events waiting for one connection, in bytes; beyond it the client catches up from the store.
    pub queue_bytes: usize,
    /// Requests per second and connection, sustained. 0 = not limited.
    pub requests_per_second: u32,
    /// Requests a connection may send at once before the rate counts.
    pub request_burst: u32,
    /// Time for the first frame of a connection, in seconds.
    pub hello_timeout_s: u32,
    /// Heartbeat the client is asked for, in seconds.
    pub heartbeat_s: u32,
    /// Silence after which a client counts as offline, in seconds.
    pub idle_timeout_s: u32,
    /// Time for the acknowledgement of an event before it is pushed, in seconds.
    pub ack_timeout_s: u32,
    /// Longest validity of a token, in seconds.
    pub max_token_s: i64,
    /// Largest text or custom message, in bytes; 32768 is the largest clients send.
    pub message_bytes: usize,
    /// A message is recalled within this time, in seconds; 0 = never.
    pub revoke_window_s: u32,
    /// Members of a group, the owner included.
    pub group_members: u32,
    /// Users invited by one call invitation.
    pub call_invitees: usize,
    /// Time for a graceful stop, in seconds.
    pub drain_timeout_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 100_000,
            max_frame_bytes: zim_proto::frame::MAX_FRAME_BYTES,
            queue_bytes: 1 << 20,
            requests_per_second: 0,
            request_burst: 100,
            hello_timeout_s: 10,
            heartbeat_s: 10,
            idle_timeout_s: 35,
            ack_timeout_s: 5,
            max_token_s: crate::auth::token04::MAX_VALIDITY_S,
            message_bytes: zim_proto::limits::TEXT_BYTES,
            revoke_window_s: 120,
            group_members: zim_proto::limits::GROUP_MEMBERS_MAX,
            call_invitees: zim_proto::limits::CALL_INVITEES,
            drain_timeout_s: 10,
        }
    }
}

impl Limits {
    /// What the services enforce for an app.
    pub(crate) fn of_service(&self, app: &AppConfig) -> service::Limits {
        let ack_timeout_ms = i64::from(self.ack_timeout_s) * 1_000;
        service::Limits {
            message_bytes: self.message_bytes,
            revoke_window_ms: i64::from(self.revoke_window_s) * 1_000,
            group_members: self.group_members,
            call_invitees: self.call_invitees,
            ack_timeout_ms,
            devices: match app.multi_device {
                MultiDevice::Single => service::DevicePolicy::Single,
                MultiDevice::Dual => service::DevicePolicy::Dual,
                MultiDevice::Multi => service::DevicePolicy::Multi,
            },
            ..service::Limits::default()
        }
    }

    pub(crate) fn hello_timeout(&self) -> Duration {
        Duration::from_secs(self.hello_timeout_s.into())
    }

    pub(crate) fn idle_timeout(&self) -> Duration {
        Duration::from_secs(self.idle_timeout_s.into())
    }

    pub(crate) fn drain_timeout(&self) -> Duration {
        Duration::from_secs(self.drain_timeout_s.into())
    }
}

/// How long things are kept, in days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RetentionConfig {
    /// Inbox events; messages beyond stay readable as history.
    pub inbox_days: u32,
    /// Delivery log rows.
    pub log_days: u32,
    /// Ended calls.
    pub calls_days: u32,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self { inbox_days: 7, log_days: 30, calls_days: 90 }
    }
}

/// One app.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AppConfig {
    /// AppID.
    pub id: u32,
    /// 32 characters; key of the app's tokens. Empty: generated, kept in the data folder.
    pub server_secret: String,
    /// 64 hexadecimal characters. Empty: generated together with the secret; with a given secret, no AppSign login.
    pub app_sign: String,
    /// `false`: logins are refused with 6000014.
    pub enabled: bool,
    /// How many devices of a user may be logged in at once.
    pub multi_device: MultiDevice,
    /// Push strategies by the name senders use (`resourcesID`).
    #[serde(rename = "strategy")]
    pub strategies: BTreeMap<String, zim_push::Strategy>,
}

/// How many devices of a user may be logged in at once; beyond that the earliest login is kicked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MultiDevice {
    /// One.
    #[default]
    Single,
    /// One native device and one browser.
    Dual,
    /// Ten native devices and ten browsers.
    Multi,
}

impl Default for AppConfig {
    fn default() -> Self {
        Self {
            id: 0,
            server_secret: String::new(),
            app_sign: String::new(),
            enabled: true,
            multi_device: MultiDevice::Single,
            strategies: BTreeMap::new(),
        }
    }
}

impl std::fmt::Debug for AppConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppConfig")
            .field("id", &self.id)
            .field("enabled", &self.enabled)
            .field("multi_device", &self.multi_device)
            .finish_non_exhaustive()
    }
}
