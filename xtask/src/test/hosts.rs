//! What the suites of the host languages share: the native libraries, the test bed, and the peers of the cross-language test.

use super::command;
use crate::workspace;
use std::error::Error;
use std::path::{Path, PathBuf};

/// A file of cargo's debug profile.
pub(super) fn built(name: &str) -> PathBuf {
    workspace::root().join("target/debug").join(name)
}

/// Builds the shared library of `package` and says where it is (`libzim.so`, on other systems by their name).
pub(super) fn library(package: &str) -> Result<PathBuf, Box<dyn Error>> {
    build(&["--package", package, "--lib"])?;
    let stem = match package {
        "zim-ffi" => "zim".to_owned(),
        other => other.replace('-', "_"),
    };
    let name = format!("{}{stem}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    Ok(built(&name))
}

/// A folder with `libzim.so` under its installed names, for programs that link with `-lzim`.
pub(super) fn libzim() -> Result<PathBuf, Box<dyn Error>> {
    let library = library("zim-ffi")?;
    let folder = workspace::root().join("target/hosts/lib");
    std::fs::create_dir_all(&folder)?;
    for name in ["libzim.so", "libzim.so.1"] {
        std::fs::copy(&library, folder.join(name))?;
    }
    Ok(folder)
}

/// Builds `zim-testbed` and the server it starts, and says where it is. Tests get the path as `ZIM_TESTBED`.
pub(super) fn testbed() -> Result<PathBuf, Box<dyn Error>> {
    build(&[
        "--package",
        "zim-server",
        "--package",
        "zim-tests",
        "--bin",
        "zim-server",
        "--bin",
        "zim-testbed",
    ])?;
    Ok(built("zim-testbed"))
}

/// Makes `target/hosts/<language>/peer`, the program that the cross-language test drives, as a script that starts it.
pub(super) fn peer(language: &str, command_line: &str) -> Result<(), Box<dyn Error>> {
    let folder = workspace::root().join("target/hosts").join(language);
    std::fs::create_dir_all(&folder)?;
    let launcher = folder.join("peer");
    std::fs::write(&launcher, format!("#!/bin/sh\nexec {command_line}\n"))?;
    executable(&launcher)?;
    println!("wrote {}", launcher.display());
    Ok(())
}

#[cfg(unix)]
fn executable(file: &Path) -> Result<(), Box<dyn Error>> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<(), Box<dyn Error>> {
    Ok(())
}

fn build(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    if command::run("cargo", &[&["build", "--quiet"], arguments].concat()) {
        Ok(())
    } else {
        Err(format!("cargo build {} fails", arguments.join(" ")).into())
    }
}
