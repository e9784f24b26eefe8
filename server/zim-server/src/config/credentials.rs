//! Credentials the server makes for itself at the first start: an admin token, a key for what is stored encrypted, and secrets
//! for apps that have none.
//!
//! They are kept in `credentials.toml` in the data folder, readable by its owner only, and are never logged.

use super::{AppConfig, Config, ConfigError};
use crate::auth::token04::SECRET_CHARACTERS;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};

const FILE: &str = "credentials.toml";
/// The app of a server without configuration.
const FIRST_APP: u32 = 1;

/// Contents of the file.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    admin_token: String,
    #[serde(default)]
    secrets_key: String,
    #[serde(default, rename = "app")]
    apps: Vec<StoredApp>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredApp {
    id: u32,
    server_secret: String,
    app_sign: String,
}

/// A configuration whose secrets are all there.
pub(crate) struct Completed {
    pub(crate) config: Config,
    /// Set if something was made now: where it is.
    pub(crate) created: Option<PathBuf>,
}

/// Fills in what `config` leaves out, from the data folder, making it there if it is not.
pub(crate) fn complete(mut config: Config) -> Result<Completed, ConfigError> {
    let path = config.data_dir.join(FILE);
    let mut folder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder
        .recursive(true)
        .create(&config.data_dir)
        .map_err(|error| fault(&config.data_dir, format!("cannot be created: {error}")))?;
    let mut stored = read(&path)?.unwrap_or_default();
    let mut changed = false;
    if config.apps.is_empty() {
        config.apps.push(AppConfig { id: FIRST_APP, ..AppConfig::default() });
    }
    for app in config.apps.iter_mut().filter(|app| app.server_secret.is_empty()) {
        if !stored.apps.iter().any(|known| known.id == app.id) {
            stored.apps.push(StoredApp {
                id: app.id,
                server_secret: hexadecimal(SECRET_CHARACTERS / 2)?,
                app_sign: hexadecimal(zim_proto::auth::APP_SIGN_CHARACTERS / 2)?,
            });
            changed = true;
        }
        if let Some(known) = stored.apps.iter().find(|known| known.id == app.id) {
            app.server_secret.clone_from(&known.server_secret);
            if app.app_sign.is_empty() {
                app.app_sign.clone_from(&known.app_sign);
            }
        }
    }
    if config.admin_token.is_empty() {
        if stored.admin_token.is_empty() {
            stored.admin_token = hexadecimal(32)?;
            changed = true;
        }
        config.admin_token.clone_from(&stored.admin_token);
    }
    if config.secrets_key.is_empty() {
        if stored.secrets_key.is_empty() {
            stored.secrets_key = hexadecimal(crate::settings::KEY_DIGITS / 2)?;
            changed = true;
        }
        config.secrets_key.clone_from(&stored.secrets_key);
    }
    if changed {
        write(&path, &stored)?;
    }
    config.check(&path.display().to_string())?;
    Ok(Completed { config, created: changed.then_some(path) })
}

/// The admin token of a server with this configuration, which must have been started once.
pub(crate) fn admin_token(config: &Config) -> Result<String, ConfigError> {
    if !config.admin_token.is_empty() {
        return Ok(config.admin_token.clone());
    }
    let path = config.data_dir.join(FILE);
    match read(&path)? {
        Some(stored) if !stored.admin_token.is_empty() => Ok(stored.admin_token),
        _ => Err(fault(&path, "has no admin token: start the server once, or set admin_token".to_owned())),
    }
}

/// Whether a text can be a ServerSecret.
pub(crate) fn is_secret(text: &str) -> bool {
    text.len() == SECRET_CHARACTERS && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn fault(path: &Path, fault: String) -> ConfigError {
    ConfigError::new(path.display().to_string(), "", fault)
}

fn hexadecimal(bytes: usize) -> Result<String, ConfigError> {
    let mut random = vec![0_u8; bytes];
    getrandom::fill(&mut random)
        .map_err(|error| ConfigError::new("credentials", "", format!("no randomness: {error}")))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn read(path: &Path) -> Result<Option<Stored>, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map(Some)
            .map_err(|error| fault(path, format!("is damaged: {}", error.message()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(path, format!("cannot be read: {error}"))),
    }
}

/// Whole or not at all: written beside, synced, renamed.
fn write(path: &Path, stored: &Stored) -> Result<(), ConfigError> {
    let text = toml::to_string(stored).map_err(|error| fault(path, error.to_string()))?;
    let beside = path.with_extension("toml.new");
    let write = || -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|error| fault(path, format!("cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &Path) -> Config {
        Config { data_dir: folder.join("data"), ..Config::default() }
    }

    #[test]
    fn the_first_start_makes_them_and_the_second_finds_them() {
        let folder = tempfile::tempdir().unwrap();
        let first = complete(config(folder.path())).unwrap();
        let path = first.created.expect("made");
        let app = &first.config.apps[0];
        assert_eq!((app.id, app.server_secret.len(), app.app_sign.len()), (1, 32, 64));
        assert_eq!(first.config.admin_token.len(), 64);
        let second = complete(config(folder.path())).unwrap();
        assert_eq!(second.created, None);
        assert_eq!(second.config.apps[0].server_secret, app.server_secret);
        assert_eq!(second.config.admin_token, first.config.admin_token);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn given_secrets_stay_and_only_missing_ones_are_made() {
        let folder = tempfile::tempdir().unwrap();
        let given = AppConfig { id: 7, server_secret: "s".repeat(32), ..AppConfig::default() };
        let bare = AppConfig { id: 8, ..AppConfig::default() };
        let apps = vec![given, bare];
        let done = complete(Config { apps, ..config(folder.path()) }).unwrap().config;
        assert_eq!(
            (done.apps[0].server_secret.as_str(), done.apps[0].app_sign.as_str()),
            (&*"s".repeat(32), "")
        );
        assert_eq!((done.apps[1].server_secret.len(), done.apps[1].app_sign.len()), (32, 64));
    }

    #[test]
    fn a_damaged_file_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = complete(config(folder.path())).unwrap().created.unwrap();
        std::fs::write(&path, "admin_token = [").unwrap();
        let error = complete(config(folder.path())).err().expect("refused");
        assert!(error.place.ends_with("credentials.toml"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "admin_token = [");
    }
}
