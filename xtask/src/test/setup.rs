//! What the tests need of the machine, and how it gets there.

use super::{command, summary::Summary};
use std::error::Error;

/// A program the machine's packages have.
pub(crate) struct Tool {
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
    pub(crate) used_for: &'static str,
}

/// Whether this is a machine where a missing tool is a failure.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false")
}

/// Whether tests may install what they need: as root and in CI.
pub(crate) fn may_install() -> bool {
    in_ci() || is_root()
}

/// Installs those of `tools` that are missing if this is root or CI; otherwise lists them, and the tests that need them
/// say so.
pub(crate) fn run(tools: &[Tool], summary: &mut Summary) -> Result<(), Box<dyn Error>> {
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !command::exists(tool.program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    if install(&packages) {
        return Ok(());
    }
    for tool in missing {
        let line =
            format!("{} is missing: {}; install the package {}", tool.program, tool.used_for, tool.package);
        if in_ci() {
            return Err(line.into());
        }
        println!("MISSING: {line}");
        summary.not_run.push(line);
    }
    Ok(())
}

/// Installs Debian packages where that is allowed and possible; true if they are there now.
pub(crate) fn install(packages: &[&str]) -> bool {
    if !may_install() || !command::exists("apt-get") {
        return false;
    }
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages);
    // A stale list of packages is the usual reason for a refusal: refresh it once.
    command::run("apt-get", &["update"]) && command::run("apt-get", &install)
}

fn is_root() -> bool {
    std::process::Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}
