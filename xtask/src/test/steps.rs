//! The steps of `cargo xtask test`, in order: cheap checks first.

use super::{Part, command, summary::Summary};
use crate::{codegen, coverage, lint, workspace};
use std::error::Error;

/// One step.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) run: fn(&mut Summary) -> bool,
}

const CHECKS: [Step; 5] = [
    Step {
        name: "format",
        run: |summary| summary.check(command::run("cargo", &["fmt", "--all", "--check"])),
    },
    Step {
        name: "generated files are fresh",
        run: |summary| summary.check(said(&codegen::run(codegen::Mode::Check))),
    },
    Step { name: "coverage table is fresh", run: |summary| summary.check(said(&coverage::run(true))) },
    Step { name: "lint", run: |summary| summary.check(said(&lint::run())) },
    Step {
        name: "clippy",
        run: |summary| {
            summary.check(command::run(
                "cargo",
                &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
            ))
        },
    },
];

const RUST: [Step; 1] = [Step {
    name: "Rust tests",
    run: |summary| cargo_test(summary, &["--workspace", "--exclude", "zim-benches", "--no-fail-fast"]),
}];

const NATIVE: [Step; 1] = [Step {
    name: "C and C++ programs",
    run: |summary| {
        cargo_test(
            summary,
            &["--package", "zim-tests", "--test", "native", "--features", "native", "--no-fail-fast"],
        )
    },
}];

const STORY: [Step; 1] = [Step {
    name: "the README's story",
    run: |summary| summary.check(command::run("cargo", &["run", "--release", "--example", "offline_push"])),
}];

/// The steps of a part.
pub(super) fn of(part: Part) -> Vec<Step> {
    match part {
        Part::All => CHECKS.into_iter().chain(RUST).chain(NATIVE).chain(STORY).collect(),
        Part::Rust => CHECKS.into_iter().chain(RUST).collect(),
        Part::Native => NATIVE.into_iter().collect(),
    }
}

fn cargo_test(summary: &mut Summary, arguments: &[&str]) -> bool {
    let mut all = vec!["test"];
    all.extend(arguments);
    command::read("cargo", &all, |line| summary.read(line))
}

fn said(result: &Result<(), Box<dyn Error>>) -> bool {
    if let Err(error) = result {
        eprintln!("{error}");
    }
    result.is_ok()
}

/// Runs the benches named, or all.
pub(crate) fn bench(names: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut arguments = vec!["bench", "--package", "zim-benches", "--"];
    arguments.extend(names);
    if command::run("cargo", &arguments) { Ok(()) } else { Err("a bench failed".into()) }
}

/// What an app ships is built without the parts of SQLite that the store does not use, and without unwind tables for C:
/// no panic passes through it.
const SHIPPED: [(&str, &str); 2] = [
    (
        "LIBSQLITE3_FLAGS",
        "-USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS -USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_RTREE \
         -USQLITE_ENABLE_STAT4 -USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_SOUNDEX -DSQLITE_OMIT_DEPRECATED \
         -DSQLITE_DEFAULT_MEMSTATUS=0",
    ),
    ("CFLAGS", "-fno-asynchronous-unwind-tables"),
];

/// Builds `libzim.so` as it ships and prints its size, with and without the store.
pub(crate) fn size() -> Result<(), Box<dyn Error>> {
    for (what, features) in
        [("with TLS and SQLite", "sqlite,tls"), ("with TLS, without the store", "tls"), ("without both", "")]
    {
        let built = command::run_with(
            "cargo",
            &[
                "build",
                "--quiet",
                "--profile",
                "dist",
                "--package",
                "zim-ffi",
                "--lib",
                "--no-default-features",
                "--features",
                features,
            ],
            &SHIPPED,
        );
        if !built {
            return Err("the library does not build".into());
        }
        let bytes = std::fs::metadata(workspace::root().join("target/dist/libzim.so"))?.len();
        println!("libzim.so {what}: {bytes} bytes");
    }
    Ok(())
}
