//! What is measured: the native libraries of all hosts and the server, as cargo's release profile makes them.

use crate::test::hosts;
use crate::workspace;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Crates of the native libraries.
const LIBRARIES: [&str; 4] = ["zim-ffi", "zim-uniffi", "zim-napi", "zim-arkts"];

/// The libraries in a folder of their own, under the names that linkers and hosts look for.
pub(super) struct Release {
    folder: PathBuf,
}

impl Release {
    /// Builds everything once.
    pub(super) fn build() -> Result<Self, Box<dyn Error>> {
        let mut arguments = vec!["--release", "--lib"];
        arguments.extend(LIBRARIES.iter().flat_map(|package| ["--package", package]));
        hosts::build(&arguments)?;
        // Apart from the libraries: one build of both would give these the features that only the server wants.
        hosts::build(&["--release", "--package", "zim-server", "--bin", "zim-server"])?;
        let folder = workspace::root().join("target/hosts/release");
        std::fs::create_dir_all(&folder)?;
        let release = Self { folder };
        for package in LIBRARIES {
            let name = hosts::library_name(package);
            std::fs::copy(built(&name), release.file(&name))?;
        }
        // The name in the library itself, and Node's.
        std::fs::copy(release.shared("zim-ffi"), release.file("libzim.so.1"))?;
        std::fs::copy(release.shared("zim-napi"), release.file("zim.node"))?;
        Ok(release)
    }

    /// Where the libraries are; the bench programs are written there, too.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file of that folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The shared library of a crate.
    pub(super) fn shared(&self, package: &str) -> PathBuf {
        self.file(&hosts::library_name(package))
    }

    /// The server.
    pub(super) fn server() -> PathBuf {
        built(&format!("zim-server{}", std::env::consts::EXE_SUFFIX))
    }
}

fn built(name: &str) -> PathBuf {
    workspace::root().join("target/release").join(name)
}
