//! What we send, judged by code that is not ours: the vendors' own senders and schemas, independent clients.
//!
//! Each check is a program in `tests/oracles/` that ends with a line `N passed, M failed`. Some read what a real server sent to
//! the doubles; some are servers themselves, to which the real dispatcher sends (`zim-foreign-push`).

use crate::test::setup::{self, Tool};
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command, hosts};
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
        Tool { program: "node", package: "nodejs", used_for: "Xiaomi's requests, Web Push, Apple" },
        Tool { program: "npm", package: "npm", used_for: "Xiaomi's requests and Web Push" },
        Tool { program: "javac", package: "default-jdk-headless", used_for: "Apple: pushy's mock server" },
        Tool { program: "mvn", package: "maven", used_for: "Apple: pushy's mock server" },
    ],
    prepare,
    steps: &[
        Step { name: "FCM against its discovery document and firebase-admin", run: fcm },
        Step { name: "Xiaomi against the npm package xiaomi-push", run: xiaomi },
        Step { name: "Web Push to the npm package web-push-testing", run: web_push },
        Step { name: "APNs to the mock server of pushy", run: pushy },
    ],
};

/// Sends by the real dispatcher.
const SENDER: &str = "zim-foreign-push";
/// Names pushy's classes.
const CLASS_PATH: &str = "pushy.classpath";

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
    for (vendor, at) in [("Xiaomi", "tests/oracles/xiaomi"), ("Web Push", "tests/oracles/web-push")] {
        if !command::run("npm", &["ci", "--prefix", at, "--no-audit", "--no-fund"]) {
            return Err(format!("what judges {vendor} cannot be installed by npm").into());
        }
    }
    let class_path = format!("-Dmdep.outputFile={}", path(CLASS_PATH));
    let classes =
        ["-q", "-B", "--file", "tests/oracles/pushy/pom.xml", "dependency:build-classpath", &class_path];
    if !command::run("mvn", &classes) {
        return Err("what judges Apple's pushes cannot be installed by Maven".into());
    }
    if !command::run("cargo", &["build", "--quiet", "--package", "zim-tests", "--bin", SENDER]) {
        return Err("the program that sends cannot be built".into());
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
    judge(summary, &path("python/bin/python"), &["tests/oracles/fcm/check.py", &path("recorded.json")])
}

fn xiaomi(summary: &mut Summary) -> bool {
    judge(summary, "node", &["tests/oracles/xiaomi/check.mjs", &path("recorded.json")])
}

fn web_push(summary: &mut Summary) -> bool {
    receive(summary, "web-push", &[])
}

fn pushy(summary: &mut Summary) -> bool {
    receive(summary, "pushy", &[&path(CLASS_PATH)])
}

/// Runs a server that judges what the real dispatcher sends to it; its keys are in a folder of its own.
fn receive(summary: &mut Summary, name: &str, more: &[&str]) -> bool {
    let (script, keys) = (format!("tests/oracles/{name}/check.mjs"), path(name));
    let sender = hosts::built(SENDER).display().to_string();
    if std::fs::create_dir_all(&keys).is_err() {
        return false;
    }
    judge(summary, "node", &[[script.as_str(), &sender, &keys].as_slice(), more].concat())
}

/// Runs a program and adds up its last line.
fn judge(summary: &mut Summary, program: &str, arguments: &[&str]) -> bool {
    let mut counts = None;
    let ok = command::read(program, arguments, |line| {
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
