//! `@zego/ZIM` and `@zego/ZPNs` under Node: the published samples against the declarations, then the tests.

use crate::test::setup::Tool;
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command};
use crate::workspace;
use std::error::Error;

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

fn target(name: &str) -> String {
    workspace::root().join("target").join(name).display().to_string()
}

/// The compiler, the native library under the name Node wants, and what the tests talk to.
fn prepare() -> Result<(), Box<dyn Error>> {
    if !command::run("npm", &["ci", "--prefix", FOLDER, "--no-audit", "--no-fund"]) {
        return Err("the TypeScript compiler cannot be installed by npm".into());
    }
    let programs = ["--bin", "zim-server", "--bin", "zim-testbed"];
    let built = command::run("cargo", &["build", "--quiet", "--package", "zim-napi"])
        && command::run(
            "cargo",
            &[&["build", "--quiet", "--package", "zim-server", "--package", "zim-tests"], &programs[..]]
                .concat(),
        );
    if !built {
        return Err("the native library or the test bed does not build".into());
    }
    std::fs::copy(target("debug/libzim_napi.so"), target("zim.node"))?;
    Ok(())
}

fn samples(summary: &mut Summary) -> bool {
    let compiler = format!("{FOLDER}/node_modules/typescript/bin/tsc");
    summary.check(command::run("node", &[&compiler, "--project", FOLDER]))
}

fn tests(summary: &mut Summary) -> bool {
    let variables = [
        format!("ZIM_NATIVE={}", target("zim.node")),
        format!("ZIM_TESTBED={}", target("debug/zim-testbed")),
    ];
    let story = format!("{FOLDER}/test/story.test.mjs");
    let client = format!("{FOLDER}/test/client.test.mjs");
    let arguments = [&variables[0], &variables[1], "node", "--test", "--test-reporter=tap", &story, &client];
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
