//! What we send, judged by code that is not ours: the vendors' own senders and schemas, independent clients.
//!
//! Each check is a program in `tests/oracles/` that reads what a real server sent to the doubles and ends with a line
//! `N passed, M failed`.

use crate::test::setup::{self, Tool};
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command};
use crate::workspace;
use std::error::Error;
use std::path::PathBuf;

pub(super) const SUITE: Suite = Suite {
    name: "oracles",
    about: "the vendors' requests, judged by code that is not ours",
    tools: &[
        Tool {
            program: "python3",
            package: "python3",
            used_for: "FCM's discovery document and firebase-admin",
        },
        Tool { program: "node", package: "nodejs", used_for: "Xiaomi's requests" },
        Tool { program: "npm", package: "npm", used_for: "Xiaomi's requests" },
    ],
    prepare,
    steps: &[
        Step { name: "FCM against its discovery document and firebase-admin", run: fcm },
        Step { name: "Xiaomi against the npm package xiaomi-push", run: xiaomi },
    ],
};

/// Where the programs' packages and the recorded pushes are.
fn folder() -> PathBuf {
    workspace::root().join("target/oracles")
}

fn path(name: &str) -> String {
    folder().join(name).display().to_string()
}

/// Records what a server sends to each vendor, and installs what judges it.
fn prepare() -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder())?;
    // The distribution keeps this part of Python in a package of its own.
    let python = path("python/bin/python");
    let venv = || command::run("python3", &["-m", "venv", &path("python")]);
    let has_venv = std::path::Path::new(&python).exists() || venv();
    if !(has_venv || setup::install(&["python3-venv"]) && venv()) {
        return Err("python3 cannot make a virtual environment; install the package python3-venv".into());
    }
    let requirements = "tests/oracles/fcm/requirements.txt";
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", requirements];
    if !command::run(&python, &pip) {
        return Err("what judges FCM cannot be installed by pip".into());
    }
    if !command::run("npm", &["ci", "--prefix", "tests/oracles/xiaomi", "--no-audit", "--no-fund"]) {
        return Err("what judges Xiaomi cannot be installed by npm".into());
    }
    let mut recorded = String::new();
    let program = ["run", "--quiet", "--package", "zim-tests", "--bin", "zim-recorded-pushes"];
    if !command::read_quietly("cargo", &program, |line| recorded.push_str(line)) {
        return Err("the pushes could not be recorded".into());
    }
    std::fs::write(folder().join("recorded.json"), recorded)?;
    Ok(())
}

fn fcm(summary: &mut Summary) -> bool {
    judge(summary, &path("python/bin/python"), "tests/oracles/fcm/check.py")
}

fn xiaomi(summary: &mut Summary) -> bool {
    judge(summary, "node", "tests/oracles/xiaomi/check.mjs")
}

/// Runs a program on the recorded pushes and adds up its last line.
fn judge(summary: &mut Summary, program: &str, script: &str) -> bool {
    let mut counts = None;
    let ok = command::read(program, &[script, &path("recorded.json")], |line| {
        counts = line.split_once(" passed, ").and_then(|(passed, rest)| {
            Some((passed.parse().ok()?, rest.strip_suffix(" failed")?.parse().ok()?))
        });
    });
    match counts {
        Some((passed, failed)) => summary.count(passed, failed, 0),
        None => summary.count(0, 1, 0),
    }
    ok && counts.is_some()
}
