//! What the tests need of the machine, and how it gets there.

use super::{Part, command, summary::Summary};
use std::error::Error;

struct Tool {
    program: &'static str,
    package: &'static str,
    used_for: &'static str,
}

const NATIVE: [Tool; 6] = [
    Tool { program: "gcc", package: "gcc", used_for: "the C programs" },
    Tool { program: "g++", package: "g++", used_for: "the C++ programs" },
    Tool { program: "clang", package: "clang", used_for: "the C and C++ programs, second compiler" },
    Tool { program: "valgrind", package: "valgrind", used_for: "the leak check" },
    Tool { program: "cmake", package: "cmake", used_for: "the CMake package" },
    Tool { program: "pkg-config", package: "pkg-config", used_for: "the pkg-config file" },
];

/// Whether this is a machine where a missing tool is a failure.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false")
}

/// Installs what `part` needs if this is root or CI; otherwise lists what is missing, and the tests that need it say so.
pub(super) fn run(part: Part, summary: &mut Summary) -> Result<(), Box<dyn Error>> {
    let tools: &[Tool] = if part == Part::Rust { &NATIVE[..1] } else { &NATIVE };
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !command::exists(tool.program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    if (in_ci() || is_root()) && command::exists("apt-get") {
        let mut install = vec!["install", "--yes", "--no-install-recommends"];
        install.extend(&packages);
        // A stale list of packages is the usual reason for a refusal: refresh it once.
        if command::run("apt-get", &["update"]) && command::run("apt-get", &install) {
            return Ok(());
        }
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

fn is_root() -> bool {
    std::process::Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}
