//! What a host decides about a client: whose app, which server, where data lives, and the numbers of time.

use crate::error::Error;
use crate::net::url::ServerUrl;
use crate::store::MemoryStores;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use zim_proto::{ErrorCode, PlatformType};

/// Environment variable with the server's address, used when [`ClientConfig::server_url`] is empty.
pub const SERVER_URL_VARIABLE: &str = "ZIM_SERVER_URL";
/// Where a server without configuration listens.
pub const DEFAULT_SERVER_URL: &str = "ws://127.0.0.1:8480/zim";

/// Who runs the callbacks of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dispatch {
    /// One thread of the client's own (`zim-cb`), in order.
    #[default]
    Thread,
    /// The host, by calling [`Client::next_event`](crate::Client::next_event) from a loop it already has.
    Pump,
}

/// The numbers of time a client works with. The defaults are the published ones; tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// A ping goes out this long after the last frame sent. The server's hello may ask for another value.
    pub heartbeat: Duration,
    /// Without any frame for this long the connection is dead.
    pub link_dead_after: Duration,
    /// Name, TCP, TLS and WebSocket handshake together.
    pub connect_timeout: Duration,
    /// From `login` to its answer.
    pub login_timeout: Duration,
    /// From a request on the wire to its answer.
    pub request_timeout: Duration,
    /// A message that waits for a link longer than this fails.
    pub resend_window: Duration,
    /// First reconnect waits up to this long (full jitter), each further one up to twice as long.
    pub backoff_min: Duration,
    /// Longest reconnect wait.
    pub backoff_max: Duration,
    /// A session this long resets the reconnect wait.
    pub backoff_reset_after: Duration,
    /// `tokenWillExpire` comes this long before the token's end.
    pub token_warning: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(10),
            link_dead_after: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            login_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(15),
            resend_window: Duration::from_secs(30),
            backoff_min: Duration::from_millis(500),
            backoff_max: Duration::from_secs(30),
            backoff_reset_after: Duration::from_secs(60),
            token_warning: Duration::from_secs(30),
        }
    }
}

/// Everything a [`Client`](crate::Client) is made from.
#[derive(Clone)]
pub struct ClientConfig {
    /// The app; never 0 (6000003).
    pub app_id: u32,
    /// 64 hexadecimal characters, or empty to authenticate by token. The key itself never travels.
    pub app_sign: String,
    /// `ws://` or `wss://`. Empty: the environment's `ZIM_SERVER_URL`, then `ws://127.0.0.1:8480/zim`.
    pub server_url: String,
    /// Accept `ws://` to hosts other than loopback. Tokens and messages are then readable on the way.
    pub allow_plaintext: bool,
    /// Folder of the local stores, one file per app and user. `None`: nothing outlives the process.
    pub cache_path: Option<PathBuf>,
    /// Memory stores shared with other clients of this process, so that a new client continues where one ended. Only
    /// looked at when there is no `cache_path`.
    pub memory: Option<Arc<MemoryStores>>,
    /// What the server counts this device as; decides the multi-device policy and push rules.
    pub platform: PlatformType,
    /// Who runs callbacks.
    pub dispatch: Dispatch,
    /// Certificates (DER, or PEM with one or more) trusted beside the platform's, for a self-hosted authority.
    pub extra_roots: Vec<Vec<u8>>,
    /// Numbers of time.
    pub timing: Timing,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            app_id: 0,
            app_sign: String::new(),
            server_url: String::new(),
            allow_plaintext: false,
            cache_path: None,
            memory: None,
            platform: this_platform(),
            dispatch: Dispatch::default(),
            extra_roots: Vec::new(),
            timing: Timing::default(),
        }
    }
}

impl std::fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientConfig")
            .field("app_id", &self.app_id)
            .field("has_app_sign", &!self.app_sign.is_empty())
            .field("server_url", &self.server_url)
            .field("cache_path", &self.cache_path)
            .field("platform", &self.platform)
            .field("dispatch", &self.dispatch)
            .finish_non_exhaustive()
    }
}

/// A configuration that passed every check.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) url: ServerUrl,
    pub(crate) app_sign_key: Option<[u8; 32]>,
}

impl ClientConfig {
    /// Checks what can be checked without a server. 6000003 for appID 0, 6000001 naming the parameter for the rest.
    pub(crate) fn check(&self) -> Result<Checked, Error> {
        if self.app_id == 0 {
            let error = Error::new(ErrorCode::CommonModuleInvalidAppID);
            return Err(Error { parameter: Some("appID".into()), ..error });
        }
        let app_sign_key = if self.app_sign.is_empty() {
            None
        } else {
            let key = zim_proto::auth::app_sign_key(&self.app_sign)
                .ok_or_else(|| invalid("appSign", "64 hexadecimal characters"))?;
            Some(key)
        };
        let address = self.address();
        let url = ServerUrl::parse(&address).map_err(|problem| invalid("serverURL", &problem))?;
        if !url.is_secure() && !url.is_loopback() && !self.allow_plaintext {
            return Err(invalid("serverURL", "ws:// is for loopback only; use wss:// or allow plaintext"));
        }
        if url.is_secure() && !cfg!(feature = "tls") {
            return Err(invalid("serverURL", "this build has no TLS"));
        }
        if self.timing.link_dead_after <= self.timing.heartbeat {
            return Err(invalid("timing", "link_dead_after must exceed heartbeat"));
        }
        Ok(Checked { url, app_sign_key })
    }

    fn address(&self) -> String {
        if !self.server_url.is_empty() {
            return self.server_url.clone();
        }
        std::env::var(SERVER_URL_VARIABLE)
            .ok()
            .filter(|value| !value.is_empty())
            .unwrap_or_else(|| DEFAULT_SERVER_URL.to_owned())
    }
}

fn invalid(parameter: &'static str, message: &str) -> Error {
    Error::invalid(parameter, message)
}

/// The platform this library was built for.
fn this_platform() -> PlatformType {
    if cfg!(target_os = "windows") {
        PlatformType::Win
    } else if cfg!(target_os = "ios") {
        PlatformType::IPhoneOS
    } else if cfg!(target_os = "android") {
        PlatformType::Android
    } else if cfg!(target_os = "macos") {
        PlatformType::MacOS
    } else if cfg!(target_env = "ohos") {
        PlatformType::OHOS
    } else {
        PlatformType::Linux
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> ClientConfig {
        ClientConfig { app_id: 1, server_url: "ws://127.0.0.1:1/zim".into(), ..ClientConfig::default() }
    }

    fn refused(config: &ClientConfig) -> (u32, String) {
        let error = config.check().unwrap_err();
        (error.code.code(), error.parameter.unwrap_or_default())
    }

    #[test]
    fn a_sound_configuration_passes() {
        assert!(config().check().unwrap().app_sign_key.is_none());
        let signed = ClientConfig { app_sign: "0a".repeat(32), ..config() };
        assert_eq!(signed.check().unwrap().app_sign_key, Some([10; 32]));
    }

    #[test]
    fn each_fault_names_its_parameter() {
        assert_eq!(refused(&ClientConfig { app_id: 0, ..config() }), (6_000_003, "appID".into()));
        let faults = [
            (ClientConfig { app_sign: "0a".into(), ..config() }, "appSign"),
            (ClientConfig { app_sign: "zz".repeat(32), ..config() }, "appSign"),
            (ClientConfig { server_url: "http://example.com".into(), ..config() }, "serverURL"),
            (ClientConfig { server_url: "ws://example.com/zim".into(), ..config() }, "serverURL"),
            (
                ClientConfig {
                    timing: Timing { heartbeat: Duration::from_secs(60), ..Timing::default() },
                    ..config()
                },
                "timing",
            ),
        ];
        for (config, parameter) in faults {
            assert_eq!(refused(&config), (6_000_001, parameter.to_owned()));
        }
    }

    #[test]
    fn plaintext_beyond_loopback_must_be_allowed() {
        let open =
            ClientConfig { server_url: "ws://example.com/zim".into(), allow_plaintext: true, ..config() };
        assert!(open.check().is_ok());
    }

    #[test]
    fn debug_output_has_no_app_sign() {
        let signed = ClientConfig { app_sign: "0a".repeat(32), ..config() };
        assert!(!format!("{signed:?}").contains(&signed.app_sign));
    }
}
