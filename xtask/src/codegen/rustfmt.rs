//! Lays generated Rust out as `cargo fmt` would, so that the format check and the freshness check agree.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the pinned rustfmt over `source` with the workspace's `rustfmt.toml`.
pub(crate) fn format(root: &Path, source: &str) -> Result<String, Box<dyn Error>> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet", "--config-path"])
        .arg(root.join("rustfmt.toml"))
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("rustfmt: {error}"))?;
    child.stdin.take().expect("stdin is piped").write_all(source.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("rustfmt refused generated code:\n{source}").into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
