//! `@zego/ZIM` and `@zego/ZPNs`: compiled with the published samples, then tested in Node with the native library of each
//! host.

use crate::test::setup::Tool;
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command, hosts};
use crate::workspace;
use std::error::Error;
use std::path::PathBuf;

pub(crate) const TOOLS: [Tool; 3] = [
    Tool { program: "node", package: "nodejs", used_for: "the packages for Node" },
    Tool { program: "npm", package: "npm", used_for: "the packages for Node" },
    Tool { program: "gcc", package: "gcc", used_for: "the native library" },
];

pub(super) const SUITE: Suite = Suite {
    name: "arkts",
    about: "the packages for HarmonyOS and Node over N-API",
    tools: &TOOLS,
    prepare,
    steps: &[
        Step { name: "the packages under Node", run: node },
        Step { name: "the packages of HarmonyOS, in Node", run: harmonyos },
    ],
};

const FOLDER: &str = "bindings/arkts";

/// Doubles of HarmonyOS's kits, which only a device has.
fn kits() -> String {
    workspace::root().join(FOLDER).join("test/kits/register.mjs").display().to_string()
}

/// The native library under the name that Node wants.
/// The hosts: the peer of each, its crate, its native library under the name Node wants, and the entry of the packages.
struct Host {
    language: &'static str,
    package: &'static str,
    library: &'static str,
    condition: &'static str,
}

const NODE: Host = Host { language: "node", package: "zim-napi", library: "zim.node", condition: "node" };
/// The library and packages for HarmonyOS, seen working in Node.
const HARMONYOS: Host =
    Host { language: "arkts", package: "zim-arkts", library: "zim-arkts.node", condition: "harmonyos" };

impl Host {
    fn library(&self) -> PathBuf {
        workspace::root().join("target").join(self.library)
    }
}

/// The packages compiled for Node.
pub(crate) fn packages() -> Result<(), Box<dyn Error>> {
    if !command::run("npm", &["ci", "--prefix", FOLDER, "--no-audit", "--no-fund"]) {
        return Err("the TypeScript compiler cannot be installed by npm".into());
    }
    if !command::run("npm", &["run", "build", "--prefix", FOLDER]) {
        return Err("the packages do not compile".into());
    }
    Ok(())
}

/// The packages, the native libraries under the name Node wants, and what the tests talk to.
fn prepare() -> Result<(), Box<dyn Error>> {
    packages()?;
    hosts::testbed()?;
    let program = workspace::root().join(FOLDER).join("peer.mjs");
    for host in [NODE, HARMONYOS] {
        std::fs::copy(hosts::library(host.package)?, host.library())?;
        let variable = format!("ZIM_NATIVE={}", host.library().display());
        hosts::peer(host.language, &format!("env '{variable}' node '{}'", program.display()))?;
    }
    Ok(())
}

fn node(summary: &mut Summary) -> bool {
    tests(summary, &NODE)
}

fn harmonyos(summary: &mut Summary) -> bool {
    tests(summary, &HARMONYOS)
}

fn tests(summary: &mut Summary, host: &Host) -> bool {
    let variables = [
        format!("ZIM_NATIVE={}", host.library().display()),
        format!("ZIM_TESTBED={}", hosts::built("zim-testbed").display()),
        format!("NODE_OPTIONS=--conditions={} --import={}", host.condition, kits()),
    ];
    let files = workspace::files(&workspace::root().join(FOLDER).join("test"), &["mjs"]).unwrap_or_default();
    let files =
        files.iter().map(|file| file.display().to_string()).filter(|file| file.ends_with(".test.mjs"));
    let files: Vec<String> = files.collect();
    let mut arguments = vec![
        &variables[0][..],
        &variables[1],
        &variables[2],
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
