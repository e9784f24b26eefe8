//! The quick part: checks that need no test run, then the Rust tests.

use crate::test::setup::Tool;
use crate::test::{Step, Suite, command, nothing, steps};
use crate::{codegen, coverage, lint};

pub(super) const SUITE: Suite = Suite {
    name: "rust",
    about: "format, generated files, coverage table, lints, and the Rust tests: the quick part",
    tools: &[Tool { program: "gcc", package: "gcc", used_for: "SQLite and the C parts of TLS" }],
    prepare: nothing,
    steps: &[
        Step {
            name: "format",
            run: |summary| summary.check(command::run("cargo", &["fmt", "--all", "--check"])),
        },
        Step {
            name: "generated files are fresh",
            run: |summary| summary.check(steps::said(&codegen::run(codegen::Mode::Check))),
        },
        Step {
            name: "coverage table is fresh",
            run: |summary| summary.check(steps::said(&coverage::run(true))),
        },
        Step { name: "lint", run: |summary| summary.check(steps::said(&lint::run())) },
        Step {
            name: "clippy",
            run: |summary| {
                let arguments = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
                summary.check(command::run("cargo", &arguments))
            },
        },
        Step {
            name: "Rust tests",
            run: |summary| {
                steps::cargo_test(summary, &["--workspace", "--exclude", "zim-benches", "--no-fail-fast"])
            },
        },
    ],
};
