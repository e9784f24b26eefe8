//! Writes every generated file of the workspace, or checks that the committed ones are fresh.

mod wire;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What to do with the generated text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Replace the committed files.
    Write,
    /// Fail when a committed file differs.
    Check,
}

/// One generated file: its path below the workspace root and its text.
pub(crate) struct Generated {
    /// Path relative to the workspace root.
    pub(crate) path: PathBuf,
    /// Whole text of the file.
    pub(crate) text: String,
}

/// Root of the workspace, wherever the command was started.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}

/// Runs all generators.
pub(crate) fn run(mode: Mode) -> Result<(), Box<dyn Error>> {
    let root = root();
    let files = wire::generate(&root)?;
    let mut stale = Vec::new();
    for file in files {
        let path = root.join(&file.path);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        if committed == file.text {
            continue;
        }
        match mode {
            Mode::Write => {
                fs::create_dir_all(path.parent().expect("a file has a folder"))?;
                fs::write(&path, &file.text)?;
                println!("wrote {}", file.path.display());
            }
            Mode::Check => stale.push(file.path.display().to_string()),
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("stale generated files, run `cargo xtask codegen`: {}", stale.join(", ")).into())
    }
}
