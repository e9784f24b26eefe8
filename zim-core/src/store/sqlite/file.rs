//! The file itself: its name, who may use it, and what happens when it is damaged.

use crate::store::StoreError;
use crate::store::lease::{Ending, Lease, Leases};
use std::fmt::Write as _;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// Longest user id that gets a file; longer ones are refused at login.
const USER_ID_BYTES: usize = 100;

/// Owners inside this process, by file.
static LEASES: LazyLock<Arc<Leases>> = LazyLock::new(Arc::default);

/// A store's file, locked against other processes for as long as this value lives.
pub(super) struct StoreFile {
    path: PathBuf,
    _lock: Option<File>,
}

impl StoreFile {
    /// Names the file and makes its folder. User ids hold characters no file system takes and differ by case only, so
    /// the name is their hexadecimal form.
    pub(super) fn name(folder: &Path, app_id: u32, user_id: &str) -> Result<Self, StoreError> {
        if user_id.is_empty() || user_id.len() > USER_ID_BYTES {
            return Err(StoreError::Open("the user id has no usable length".into()));
        }
        fs::create_dir_all(folder).map_err(failed)?;
        let mut name = format!("zim-{app_id}-");
        for byte in user_id.bytes() {
            let _ = write!(name, "{byte:02x}");
        }
        name.push_str(".db");
        let folder = folder.canonicalize().map_err(failed)?;
        Ok(Self { path: folder.join(name), _lock: None })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes it for this process.
    pub(super) fn lease(&self, ending: &Ending) -> Result<Lease, StoreError> {
        LEASES.acquire(&self.path.to_string_lossy(), ending)
    }

    /// Locks it against other processes. The lock is a file of its own, since closing any handle of a database file
    /// drops the locks SQLite holds on it; the system frees it when a process dies.
    pub(super) fn lock(self) -> Result<Self, StoreError> {
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.beside("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Open("another process uses it".into()));
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                log::warn!("this file system has no locks; do not open the store from two processes");
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        Ok(Self { path: self.path, _lock: Some(lock) })
    }

    /// Remembers that the file is damaged, for the next start.
    pub(super) fn mark_broken(&self) {
        if let Err(error) = File::create(self.beside("damaged")) {
            log::warn!("the damaged store could not be marked: {error}");
        }
    }

    /// Whether [`mark_broken`](Self::mark_broken) was called since the file was put aside last.
    pub(super) fn is_marked_broken(&self) -> bool {
        self.beside("damaged").exists()
    }

    /// Moves a damaged file out of the way, over the one of last time, so that damage cannot fill the disk.
    pub(super) fn put_aside(&self) -> Result<(), StoreError> {
        for suffix in ["db-wal", "db-shm"] {
            remove(&self.beside(suffix))?;
        }
        match fs::rename(&self.path, self.beside("broken")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        remove(&self.beside("damaged"))
    }

    fn beside(&self, extension: &str) -> PathBuf {
        self.path.with_extension(extension)
    }
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
        _ => Ok(()),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "fits map_err")]
fn failed(error: io::Error) -> StoreError {
    StoreError::Open(error.to_string())
}
