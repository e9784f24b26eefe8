//! Which backend a client uses, and the identity of the device it runs on.

use super::lease::Ending;
use super::memory::MemoryStores;
use super::{Store, StoreError};
use crate::config::ClientConfig;
use std::fmt::Write as _;
use std::sync::Arc;
use zim_proto::limits::DEVICE_ID_CHARACTERS;

/// Where a client's stores are.
#[derive(Clone)]
pub(crate) enum Backend {
    /// In memory.
    Memory(Arc<MemoryStores>),
    /// One SQLite file per app and user below a folder.
    #[cfg(feature = "sqlite")]
    Sqlite(std::path::PathBuf),
}

impl Backend {
    /// As the host configured it. Without the feature `sqlite` a cache path is an error, not silently memory.
    pub(crate) fn from_config(config: &ClientConfig) -> Result<Self, StoreError> {
        match &config.cache_path {
            None => Ok(Self::Memory(config.memory.clone().unwrap_or_default())),
            #[cfg(feature = "sqlite")]
            Some(path) => Ok(Self::Sqlite(path.clone())),
            #[cfg(not(feature = "sqlite"))]
            Some(_) => {
                Err(StoreError::Open("this build stores in memory only; leave the cache path empty".into()))
            }
        }
    }

    /// Opens the store of one user. May wait for an owner that is ending; never call it on a runtime thread.
    pub(crate) fn open(
        &self,
        app_id: u32,
        user_id: &str,
        ending: &Ending,
    ) -> Result<Arc<dyn Store>, StoreError> {
        match self {
            Self::Memory(stores) => Ok(Arc::new(stores.open(app_id, user_id, ending)?)),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(folder) => {
                Ok(Arc::new(super::sqlite::SqliteStore::open(folder, app_id, user_id, ending)?))
            }
        }
    }

    /// The id of this device: 128 random bits, made once per install (or per [`MemoryStores`]).
    pub(crate) fn device_id(&self) -> Result<String, StoreError> {
        match self {
            Self::Memory(stores) => stores.device_id(make_device_id),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(folder) => super::device::device_id(folder, make_device_id),
        }
    }
}

fn make_device_id() -> Result<String, StoreError> {
    let mut bytes = [0_u8; DEVICE_ID_CHARACTERS / 2];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Open(format!("no randomness: {error}")))?;
    let mut text = String::with_capacity(DEVICE_ID_CHARACTERS);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}
