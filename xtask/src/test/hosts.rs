//! What the suites of the host languages share: the native libraries, the test bed, and the peers of the cross-language test.
//! The benches of the hosts build their programs by the same means, against libraries of the release profile.

use super::command;
use crate::workspace;
use std::error::Error;
use std::path::{Path, PathBuf};

/// A file of cargo's debug profile.
pub(crate) fn built(name: &str) -> PathBuf {
    workspace::root().join("target/debug").join(name)
}

/// Builds the shared library of `package` and says where it is (`libzim.so`, on other systems by their name).
pub(crate) fn library(package: &str) -> Result<PathBuf, Box<dyn Error>> {
    build(&["--package", package, "--lib"])?;
    Ok(built(&library_name(package)))
}

/// The file name of the shared library that `package` becomes.
pub(crate) fn library_name(package: &str) -> String {
    let stem = match package {
        "zim-ffi" => "zim".to_owned(),
        other => other.replace('-', "_"),
    };
    format!("{}{stem}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// A folder with `libzim.so` under its installed names, for programs that link with `-lzim`.
pub(crate) fn libzim() -> Result<PathBuf, Box<dyn Error>> {
    let library = library("zim-ffi")?;
    let folder = workspace::root().join("target/hosts/lib");
    std::fs::create_dir_all(&folder)?;
    for name in ["libzim.so", "libzim.so.1"] {
        std::fs::copy(&library, folder.join(name))?;
    }
    Ok(folder)
}

/// Compiles a program in C or C++ against the `libzim.so` in `libraries`, without a warning.
pub(crate) fn native_program(
    compiler: &str,
    flags: &[&str],
    source: &str,
    program: &Path,
    libraries: &Path,
) -> Result<(), Box<dyn Error>> {
    let (program, libraries) = (program.display().to_string(), libraries.display().to_string());
    let run_path = format!("-Wl,-rpath,{libraries}");
    let warnings = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-D_POSIX_C_SOURCE=200809L"];
    let files = ["-I", "include", source, "-o", &program];
    let linked = ["-L", &libraries, "-lzim", "-pthread", &run_path];
    if command::run(compiler, &[flags, &warnings, &files, &linked].concat()) {
        Ok(())
    } else {
        Err(format!("{source} does not compile").into())
    }
}

/// Builds `zim-testbed` and the server it starts, and says where it is. Tests get the path as `ZIM_TESTBED`.
pub(crate) fn testbed() -> Result<PathBuf, Box<dyn Error>> {
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
pub(crate) fn peer(language: &str, command_line: &str) -> Result<(), Box<dyn Error>> {
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

pub(crate) fn build(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    if command::run("cargo", &[&["build", "--quiet"], arguments].concat()) {
        Ok(())
    } else {
        Err(format!("cargo build {} fails", arguments.join(" ")).into())
    }
}
