//! `@zego/ZIM` and `@zego/ZPNs` under Node: the published samples against the declarations, then the tests.

use crate::test::setup::Tool;
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command, hosts};
use crate::workspace;
use std::error::Error;
use std::path::PathBuf;

pub(super) const SUITE: Suite = Suite {
    name: "arkts",
    about: "the packages for Node over N-API",
    tools: &[
        Tool { program: "node", package: "nodejs", used_for: "the packages for Node" },
        Tool { program: "npm", package: "npm", used_for: "the packages for Node" },
        Tool { program: "gcc", package: "gcc", used_for: "the native library" },
    ],
    prepare,
    steps: &[
        Step { name: "the published samples type-check", run: samples },
        Step { name: "the packages under Node", run: tests },
    ],
};

const FOLDER: &str = "bindings/arkts";

/// The native library under the name that Node wants.
fn library() -> PathBuf {
    workspace::root().join("target/zim.node")
}

/// The compiler, the native library under the name Node wants, and what the tests talk to.
fn prepare() -> Result<(), Box<dyn Error>> {
    if !command::run("npm", &["ci", "--prefix", FOLDER, "--no-audit", "--no-fund"]) {
        return Err("the TypeScript compiler cannot be installed by npm".into());
    }
    std::fs::copy(hosts::library("zim-napi")?, library())?;
    hosts::testbed()?;
    let program = workspace::root().join(FOLDER).join("peer.mjs");
    let variable = format!("ZIM_NATIVE={}", library().display());
    hosts::peer("node", &format!("env '{variable}' node '{}'", program.display()))?;
    Ok(())
}

fn samples(summary: &mut Summary) -> bool {
    let compiler = format!("{FOLDER}/node_modules/typescript/bin/tsc");
    summary.check(command::run("node", &[&compiler, "--project", FOLDER]))
}

fn tests(summary: &mut Summary) -> bool {
    let variables = [
        format!("ZIM_NATIVE={}", library().display()),
        format!("ZIM_TESTBED={}", hosts::built("zim-testbed").display()),
    ];
    let files = workspace::files(&workspace::root().join(FOLDER).join("test"), &["mjs"]).unwrap_or_default();
    let files =
        files.iter().map(|file| file.display().to_string()).filter(|file| file.ends_with(".test.mjs"));
    let files: Vec<String> = files.collect();
    let mut arguments = vec![
        &variables[0][..],
        &variables[1],
        "node",
        "--test",
        "--test-timeout=180000",
        "--test-reporter=tap",
    ];
    arguments.extend(files.iter().map(String::as_str));
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let ok = command::read("env", &arguments, |line| {
        for (count, name) in
            [(&mut passed, "# pass "), (&mut failed, "# fail "), (&mut skipped, "# skipped ")]
        {
            if let Some(number) = line.strip_prefix(name).and_then(|number| number.parse().ok()) {
                *count = number;
            }
        }
    });
    summary.count(passed, failed, skipped);
    ok && passed > 0
}
