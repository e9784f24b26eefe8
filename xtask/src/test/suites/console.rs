//! The console: its committed assets, its units, and all of it by clicks in a browser.

use crate::test::setup::Tool;
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command};
use crate::workspace;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

pub(super) const SUITE: Suite = Suite {
    name: "console",
    about: "the web console, also in headless Chromium",
    tools: &[
        Tool { program: "node", package: "nodejs", used_for: "the console's build" },
        Tool { program: "npm", package: "npm", used_for: "the console's build" },
        Tool { program: "chromium", package: "chromium", used_for: "the console by clicks" },
    ],
    prepare,
    steps: &[
        Step { name: "the committed console is what its sources build", run: fresh },
        Step { name: "console: types", run: types },
        Step { name: "console: units", run: units },
        Step { name: "console: by clicks", run: clicks },
    ],
};

const FOLDER: &str = "server/console";

/// Vite, the type checker and the runners, and what the browser tests talk to.
fn prepare() -> Result<(), Box<dyn Error>> {
    if !command::run("npm", &["ci", "--prefix", FOLDER, "--no-audit", "--no-fund"]) {
        return Err(
            "the console's build tools cannot be installed by npm (it needs Node 20.19 or later)".into()
        );
    }
    let packages = ["--package", "zim-server", "--package", "zim-tests"];
    let programs = ["--bin", "zim-server", "--bin", "zim-testbed"];
    if !command::run("cargo", &[&["build", "--quiet"], &packages[..], &programs[..]].concat()) {
        return Err("zim-server or the test bed does not build".into());
    }
    Ok(())
}

fn npm(script: &str, more: &[&str]) -> Vec<String> {
    let fixed = ["run", "--silent", "--prefix", FOLDER, script, "--"];
    fixed.iter().chain(more).map(ToString::to_string).collect()
}

fn run(script: &str, more: &[&str]) -> bool {
    let arguments = npm(script, more);
    command::run("npm", &arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Builds beside the committed folder and compares every byte.
fn fresh(summary: &mut Summary) -> bool {
    let built = workspace::root().join("target/console");
    let folder = built.display().to_string();
    if !run("build", &["--outDir", &folder, "--emptyOutDir", "--logLevel", "warn"]) {
        return summary.check(false);
    }
    let (built, committed) = (files(&built), files(&workspace::root().join(FOLDER).join("dist")));
    let stale: Vec<&String> = built
        .keys()
        .chain(committed.keys())
        .filter(|name| built.get(*name) != committed.get(*name))
        .collect();
    if !stale.is_empty() {
        println!("stale: {stale:?}; run `npm run build --prefix {FOLDER}` and commit {FOLDER}/dist");
    }
    summary.check(stale.is_empty() && !built.is_empty())
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            let below = files(&entry.path()).into_iter();
            found.extend(below.map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        } else {
            found.insert(name, fs::read(entry.path()).unwrap_or_default());
        }
    }
    found
}

fn types(summary: &mut Summary) -> bool {
    summary.check(run("check", &[]))
}

fn units(summary: &mut Summary) -> bool {
    vitest(summary, "units/")
}

/// With `ZIM_SCREENSHOTS=1` the pictures of `docs/images` are written anew on the way.
fn clicks(summary: &mut Summary) -> bool {
    vitest(summary, "e2e/")
}

/// Runs the tests of a folder; each is a line of TAP.
fn vitest(summary: &mut Summary, folder: &str) -> bool {
    let testbed = format!("ZIM_TESTBED={}", workspace::root().join("target/debug/zim-testbed").display());
    let arguments = [vec![testbed, "npm".to_owned()], npm("test", &["--reporter=tap-flat", folder])].concat();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let ok = command::read("env", &arguments, |line| match line {
        line if line.contains("# SKIP") => skipped += 1,
        line if line.starts_with("ok ") => passed += 1,
        line if line.starts_with("not ok ") => failed += 1,
        _ => {}
    });
    summary.count(passed, failed, skipped);
    ok && passed > 0
}
