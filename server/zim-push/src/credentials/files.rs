//! Where the files come from that a credential names: a folder beside the configuration, or an upload.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Gives the content of files by name.
pub trait Files {
    /// The whole file.
    ///
    /// # Errors
    /// As the system says; [`io::ErrorKind::NotFound`] for a name that is not there.
    fn read(&self, name: &Path) -> io::Result<Zeroizing<Vec<u8>>>;

    /// How an error names the file.
    fn place(&self, name: &Path) -> PathBuf {
        name.to_path_buf()
    }
}

/// Files of a folder; absolute names stay as they are.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a>(pub &'a Path);

impl Files for Folder<'_> {
    fn read(&self, name: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
        std::fs::read(self.place(name)).map(Zeroizing::new)
    }

    fn place(&self, name: &Path) -> PathBuf {
        self.0.join(name)
    }
}

/// Files that came with the credential. Nothing else is read: an upload cannot name files of the server.
#[derive(Clone, Default)]
pub struct Uploaded(pub HashMap<String, Zeroizing<Vec<u8>>>);

impl Files for Uploaded {
    fn read(&self, name: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
        let found = name.to_str().and_then(|name| self.0.get(name));
        found.cloned().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "is not among the files"))
    }
}
