//! From file, environment and flags to a [`Config`], with every fault named by file, key and reason.

use super::{AppConfig, Config, credentials};
use std::path::Path;
use toml::{Table, Value};
use zim_push::strategy::StrategyError;

/// A fault in the configuration. Values are never shown: they may be secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}{fault}", self.key_text())]
pub struct ConfigError {
    /// File with line, `environment variable ZIM_…`, `flag --…` or `configuration`.
    pub place: String,
    /// Key in dotted form, empty if no single one is at fault.
    pub key: String,
    /// What is wrong and what is expected.
    pub fault: String,
}

impl ConfigError {
    pub(crate) fn new(place: impl Into<String>, key: impl Into<String>, fault: impl Into<String>) -> Self {
        Self { place: place.into(), key: key.into(), fault: fault.into() }
    }

    fn key_text(&self) -> String {
        if self.key.is_empty() { String::new() } else { format!("{}: ", self.key) }
    }
}

/// What overrides the file: variables first, then flags.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// (variable name, value), for instance from `std::env::vars()`. Names that do not start with `ZIM_` are skipped.
    pub variables: Vec<(String, String)>,
    /// (dotted key, value) as given by flags.
    pub flags: Vec<(String, String)>,
}

/// The published service lets an app choose up to a day.
const REVOKE_WINDOW_MAX_S: u32 = 24 * 3_600;
/// Variables with the prefix that belong to others: the file name, and what the client SDK reads.
const FOREIGN: [&str; 2] = ["ZIM_CONFIG", "ZIM_SERVER_URL"];
const PREFIX: &str = "ZIM_";

impl Config {
    /// Reads `file` (if any) and applies `overrides`.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        let mut ignored = Vec::new();
        let mut table = match file {
            Some(path) => read(path)?,
            None => Table::new(),
        };
        for (name, value) in &overrides.variables {
            let Some(key) = key_of_variable(name) else { continue };
            if !KEYS.contains(&key.as_str()) {
                // Not a fault: orchestrators add variables named after services.
                ignored.push(name.clone());
                continue;
            }
            apply(&mut table, &key, value, &format!("environment variable {name}"))?;
        }
        for (key, value) in &overrides.flags {
            apply(&mut table, key, value, &format!("flag for {key}"))?;
        }
        let mut config: Self = table.try_into().map_err(|error: toml::de::Error| {
            ConfigError::new("configuration", "", error.message().to_owned())
        })?;
        config.ignored_variables = ignored;
        config.base = file.and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let source = file.map_or_else(|| "configuration".to_owned(), |path| path.display().to_string());
        config.check(&source)?;
        Ok(config)
    }

    /// Checks what types cannot.
    pub(crate) fn check(&self, source: &str) -> Result<(), ConfigError> {
        let fault = |key: String, fault: &str| Err(ConfigError::new(source, key, fault));
        let limits = &self.limits;
        if !(1024..=16 << 20).contains(&limits.max_frame_bytes) {
            return fault("limits.max_frame_bytes".into(), "must be between 1024 and 16777216 bytes");
        }
        if limits.queue_bytes < 4096 {
            return fault("limits.queue_bytes".into(), "must be at least 4096 bytes");
        }
        for (key, seconds) in [
            ("hello_timeout_s", limits.hello_timeout_s),
            ("heartbeat_s", limits.heartbeat_s),
            ("ack_timeout_s", limits.ack_timeout_s),
        ] {
            if seconds == 0 {
                return fault(format!("limits.{key}"), "must be at least 1 second");
            }
        }
        if limits.idle_timeout_s <= limits.heartbeat_s {
            return fault("limits.idle_timeout_s".into(), "must be longer than limits.heartbeat_s");
        }
        if limits.max_token_s < crate::auth::token04::MIN_REMAINING_S {
            return fault("limits.max_token_s".into(), "must be at least 30 seconds");
        }
        if limits.revoke_window_s > REVOKE_WINDOW_MAX_S {
            return fault("limits.revoke_window_s".into(), "must be at most 86400 seconds");
        }
        if limits.requests_per_second > 0 && limits.request_burst == 0 {
            return fault("limits.request_burst".into(), "must be at least 1 when a rate is set");
        }
        if !self.secrets_key.is_empty() && !crate::settings::is_key(&self.secrets_key) {
            return fault("secrets_key".into(), "must be exactly 64 hexadecimal digits");
        }
        if self.log.parse::<tracing_subscriber::EnvFilter>().is_err() {
            return fault("log".into(), "is not a log filter such as `info` or `info,zim_server=debug`");
        }
        for (index, app) in self.apps.iter().enumerate() {
            let key = |name: &str| format!("app[{index}].{name}");
            if app.id == 0 {
                return fault(key("id"), "must be a number above 0");
            }
            if self.apps[..index].iter().any(|other| other.id == app.id) {
                return fault(key("id"), "is used by an earlier app");
            }
            if !app.server_secret.is_empty() && !credentials::is_secret(&app.server_secret) {
                return fault(key("server_secret"), "must be exactly 32 printable ASCII characters");
            }
            if let Err(error) = strategies(std::slice::from_ref(app)) {
                return fault(key("strategy"), &error.to_string());
            }
            if !app.app_sign.is_empty() && zim_proto::auth::app_sign_key(&app.app_sign).is_none() {
                return fault(key("app_sign"), "must be exactly 64 hexadecimal characters");
            }
        }
        Ok(())
    }
}

/// The push strategies of all apps, checked.
fn strategies(apps: &[AppConfig]) -> Result<zim_push::Strategies, StrategyError> {
    let mut strategies = zim_push::Strategies::default();
    for app in apps {
        for (name, strategy) in &app.strategies {
            strategies.insert(app.id, name, strategy.clone())?;
        }
    }
    Ok(strategies)
}

fn read(path: &Path) -> Result<Table, ConfigError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new(&name, "", format!("cannot be read: {error}")))?;
    // Parsed to the end here, where faults still have a place; overrides are merged into the table afterwards.
    match toml::from_str::<Config>(&text) {
        Ok(_) => text.parse().map_err(|error| located(&name, &text, &error)),
        Err(error) => Err(located(&name, &text, &error)),
    }
}

fn located(name: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let Some(span) = error.span() else { return ConfigError::new(name, "", error.message()) };
    let before = text.get(..span.start).unwrap_or(text);
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or("");
    // Only what stands before `=` is shown: what stands behind it may be a secret.
    let key = line.split('=').next().unwrap_or("").trim();
    let section = text
        .lines()
        .take(number)
        .map(str::trim)
        .filter(|line| line.starts_with('['))
        .last()
        .map(|line| line.trim_matches(['[', ']']).to_owned());
    let key = match section {
        Some(section) if !key.starts_with('[') => format!("{section}.{key}"),
        Some(section) => section,
        None => key.to_owned(),
    };
    ConfigError::new(format!("{name}:{number}"), key, error.message())
}

/// `ZIM_LIMITS__QUEUE_BYTES` → `limits.queue_bytes`.
fn key_of_variable(name: &str) -> Option<String> {
    if FOREIGN.contains(&name) {
        return None;
    }
    Some(name.strip_prefix(PREFIX)?.to_ascii_lowercase().replace("__", "."))
}

/// Keys that variables and flags may set. Lists (`app`) belong in the file.
const KEYS: [&str; 26] = [
    "listen",
    "data_dir",
    "log",
    "log_format",
    "admin_token",
    "secrets_key",
    "tls.certificate",
    "tls.key",
    "limits.max_connections",
    "limits.max_frame_bytes",
    "limits.queue_bytes",
    "limits.requests_per_second",
    "limits.request_burst",
    "limits.hello_timeout_s",
    "limits.heartbeat_s",
    "limits.idle_timeout_s",
    "limits.ack_timeout_s",
    "limits.max_token_s",
    "limits.message_bytes",
    "limits.revoke_window_s",
    "limits.group_members",
    "limits.call_invitees",
    "limits.drain_timeout_s",
    "retention.inbox_days",
    "retention.log_days",
    "retention.calls_days",
];

fn apply(table: &mut Table, key: &str, value: &str, source: &str) -> Result<(), ConfigError> {
    if !KEYS.contains(&key) {
        return Err(ConfigError::new(source, key, "is not a key that can be set here"));
    }
    // Checked one by one, so that a fault is told with the source it came from.
    let mut alone = Table::new();
    put(&mut alone, key, value);
    if let Some(Value::Table(tls)) = alone.get_mut("tls") {
        for part in ["certificate", "key"] {
            tls.entry(part).or_insert_with(|| Value::String(String::new()));
        }
    }
    if let Err(error) = alone.try_into::<Config>() {
        return Err(ConfigError::new(source, key, error.message().trim()));
    }
    if put(table, key, value) {
        Ok(())
    } else {
        Err(ConfigError::new(source, key, "its section is not a table in the file"))
    }
}

fn put(table: &mut Table, key: &str, value: &str) -> bool {
    let Some((section, key)) = key.split_once('.') else {
        table.insert(key.to_owned(), Value::String(value.to_owned()));
        return true;
    };
    let value = match value.parse() {
        Ok(number) if section != "tls" => Value::Integer(number),
        _ => Value::String(value.to_owned()),
    };
    match table.entry(section).or_insert_with(|| Value::Table(Table::new())) {
        Value::Table(inner) => {
            inner.insert(key.to_owned(), value);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn load(text: &str, overrides: &Overrides) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Some(&path), overrides)
    }

    fn variables(pairs: &[(&str, &str)]) -> Overrides {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Overrides { variables, flags: Vec::new() }
    }

    #[test]
    fn nothing_at_all_is_a_configuration() {
        let config = Config::load(None, &Overrides::default()).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8480");
        assert_eq!(config.data_dir, PathBuf::from("zim-data"));
        assert_eq!(config.limits.idle_timeout_s, 35);
    }

    #[test]
    fn flags_win_over_variables_over_the_file() {
        let file = "listen = '127.0.0.1:1'\n[limits]\nqueue_bytes = 5000\nheartbeat_s = 3";
        let mut overrides = variables(&[
            ("ZIM_LISTEN", "127.0.0.1:2"),
            ("ZIM_LIMITS__QUEUE_BYTES", "6000"),
            ("ZIM_SERVER_URL", "ws://elsewhere"),
            ("HOME", "/"),
        ]);
        overrides.flags.push(("listen".into(), "127.0.0.1:3".into()));
        let config = load(file, &overrides).unwrap();
        assert_eq!(config.listen.port(), 3);
        assert_eq!(config.limits.queue_bytes, 6000);
        assert_eq!(config.limits.heartbeat_s, 3);
    }

    #[test]
    fn every_settable_key_exists() {
        for key in KEYS {
            let value = match key {
                "listen" => "127.0.0.1:9",
                "log_format" => "json",
                key if key.starts_with("limits") || key.starts_with("retention") => "4096",
                _ => "text",
            };
            let mut table = Table::new();
            assert_eq!(apply(&mut table, key, value, "test"), Ok(()), "{key}");
        }
    }

    #[test]
    fn a_fault_in_the_file_names_file_line_and_key_but_no_value() {
        for (text, line, key) in [
            ("listen = 'hunter2'", ":1", "listen"),
            ("log = 'info'\n[limits]\nqueue_bytes = 'hunter2'", ":3", "limits.queue_bytes"),
            ("[[app]]\nid = 1\nserver_secret = hunter2", ":3", "app.server_secret"),
            ("[limits]\nhunger = 2", ":2", "limits.hunger"),
        ] {
            let error = load(text, &Overrides::default()).unwrap_err();
            assert!(error.place.ends_with(&format!("server.toml{line}")), "{error}");
            assert_eq!(error.key, key, "{error}");
        }
        let error = load("[[app]]\nid = 1\nserver_secret = hunter2", &Overrides::default()).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn a_fault_in_a_variable_names_the_variable() {
        let error = load("", &variables(&[("ZIM_LISTEN", "nowhere")])).unwrap_err();
        assert_eq!(error.place, "environment variable ZIM_LISTEN");
        let config = load("", &variables(&[("ZIM_LISTENN", "127.0.0.1:1")])).unwrap();
        assert_eq!(config.ignored_variables, ["ZIM_LISTENN"]);
        let error = load("", &variables(&[("ZIM_LIMITS__HEARTBEAT_S", "soon")])).unwrap_err();
        assert_eq!(error.key, "limits.heartbeat_s");
    }

    #[test]
    fn values_out_of_range_are_refused_by_key() {
        for (text, key) in [
            ("[limits]\nmax_frame_bytes = 1", "limits.max_frame_bytes"),
            ("[limits]\nidle_timeout_s = 10", "limits.idle_timeout_s"),
            ("[limits]\nhello_timeout_s = 0", "limits.hello_timeout_s"),
            ("[limits]\nrevoke_window_s = 86401", "limits.revoke_window_s"),
            ("secrets_key = 'short'", "secrets_key"),
            ("[[app]]\nid = 0", "app[0].id"),
            ("[[app]]\nid = 1\n[[app]]\nid = 1", "app[1].id"),
            ("[[app]]\nid = 1\nserver_secret = 'short'", "app[0].server_secret"),
            ("[[app]]\nid = 1\napp_sign = 'zz'", "app[0].app_sign"),
        ] {
            assert_eq!(load(text, &Overrides::default()).unwrap_err().key, key);
        }
    }

    #[test]
    fn the_example_file_is_valid() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("zim-server.example.toml");
        Config::load(Some(&path), &Overrides::default()).unwrap();
    }
}
