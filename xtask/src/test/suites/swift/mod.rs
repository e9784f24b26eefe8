//! The Swift package in `bindings/swift`: built in Swift 6 mode with warnings as errors, and its tests.

pub(crate) mod toolchain;

use crate::test::setup::Tool;
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command, hosts, steps};
use crate::workspace;
use std::error::Error;
use std::path::Path;

pub(super) const SUITE: Suite = Suite {
    name: "swift",
    about: "the Swift package",
    tools: &[Tool { program: "gcc", package: "gcc", used_for: "the native library" }],
    prepare,
    steps: &[
        Step { name: "the Swift package", run: tests },
        Step { name: "the Swift example", run: example },
        Step { name: "the Swift package's make-up", run: packaging },
    ],
};

const PACKAGE: &str = "bindings/swift";
const EXAMPLE: &str = "examples/swift/peer";

fn target(name: &str) -> String {
    workspace::root().join("target").join(name).display().to_string()
}

/// The toolchain, the native library with what uniffi writes for Swift, and what the tests talk to.
fn prepare() -> Result<(), Box<dyn Error>> {
    let library = hosts::library("zim-uniffi")?;
    hosts::testbed()?;
    plumbing(&library)?;
    toolchain::prepare()
}

/// The sources that uniffi writes: not committed, because they follow from the library alone.
pub(crate) fn plumbing(library: &Path) -> Result<(), Box<dyn Error>> {
    let script = format!("{PACKAGE}/scripts/plumbing.sh");
    let generator = hosts::built("uniffi-bindgen").display().to_string();
    let written = command::run("cargo", &["build", "--quiet", "--package", "zim-uniffi-bindgen"])
        && command::run("sh", &[&script, &generator, &library.display().to_string()]);
    if written { Ok(()) } else { Err("uniffi does not write the Swift plumbing".into()) }
}

/// Builds what `more` says of a package, in Swift 6 mode with warnings as errors, against the library in a folder.
pub(crate) fn build(folder: &str, library: &Path, more: &[&str]) -> bool {
    let (scratch, library) = (target(&format!("swift/{folder}")), library.display().to_string());
    let folder = workspace::root().join(folder).display().to_string();
    let options = ["--package-path", &folder, "--scratch-path", &scratch, "-Xswiftc", "-warnings-as-errors"];
    let linker = ["-Xlinker", "-L", "-Xlinker", &library];
    toolchain::swift("swift-build", &[&options[..], &linker, more].concat(), |_| {})
}

/// The command line of a program of the tests that was built in a package.
fn program(folder: &str, name: &str) -> Vec<String> {
    let mut line = toolchain::loader(&hosts::built(""));
    line.push(built(folder, &format!("debug/{name}")));
    line
}

/// A file that a build of a package left.
pub(crate) fn built(folder: &str, name: &str) -> String {
    target(&format!("swift/{folder}/{name}"))
}

fn tests(summary: &mut Summary) -> bool {
    if !build(PACKAGE, &hosts::built(""), &["--build-tests"]) {
        return false;
    }
    // The library tells its results on standard error.
    let merged = ["-c", "exec env NO_COLOR=1 \"$@\" 2>&1", "sh"].map(str::to_owned);
    let mut line = Vec::from(merged);
    line.push(format!("ZIM_TESTBED={}", target("debug/zim-testbed")));
    line.extend(program(PACKAGE, "ZIMPackageTests.xctest"));
    line.extend(["--testing-library", "swift-testing"].map(str::to_owned));
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    let (mut passed, mut failed) = (0, 0);
    let ok = command::read("sh", &line, |line| match outcome(line) {
        Some(true) => passed += 1,
        Some(false) => failed += 1,
        None => {}
    });
    summary.count(passed, failed, 0);
    ok && passed > 0
}

/// The example is a package of its own, which takes ours as an app does; it is the peer of the cross-language test.
fn example(summary: &mut Summary) -> bool {
    let built = build(EXAMPLE, &hosts::built(""), &[]);
    let line = program(EXAMPLE, "peer").iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    summary.check(built && steps::said(&hosts::peer("swift", &line)))
}

// covers: D-02
/// What can be said of the Apple side on Linux: the package has the published products, and `import ZIM` brings the
/// Objective-C API along without hiding a Swift value.
fn packaging(summary: &mut Summary) -> bool {
    let folder = |name: &str| workspace::root().join(name).display().to_string();
    let (mut products, package) = (String::new(), folder(PACKAGE));
    let described = toolchain::swift("swift-package", &["--package-path", &package, "describe"], |line| {
        products += line.trim();
    });
    let products =
        ["ZIM", "ZPNs"].iter().all(|name| products.contains(&format!("Name: {name}Type:Library:")));
    let products = summary.check(described && products);
    let (bound, ours) = (target("swift/reexport"), target(&format!("swift/{PACKAGE}/debug/Modules")));
    let stand_in = folder("bindings/swift/Tests/Reexport");
    let native = folder("bindings/swift/Sources/zim_uniffiFFI");
    let options = ["-swift-version", "6", "-package-name", "swift", "-warnings-as-errors"];
    let places = ["-I", &bound, "-I", &ours, "-I", &native, "-I", &stand_in];
    let swiftc = |more: &[&str]| toolchain::swift("swiftc", &[&options[..], &places, more].concat(), |_| {});
    let module = format!("{bound}/ZIM.swiftmodule");
    let sources = workspace::files(&workspace::root().join("bindings/swift/Sources/ZIM"), &["swift"]);
    let sources: Vec<String> =
        sources.unwrap_or_default().iter().map(|path| path.display().to_string()).collect();
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    let emit = ["-emit-module", "-module-name", "ZIM", "-o", &module];
    let written_for_both = ["App", "Classes"].map(|name| format!("{stand_in}/{name}.swift"));
    let accepted = swiftc(&[&emit[..], &sources].concat())
        && written_for_both.iter().all(|file| swiftc(&["-typecheck", file]));
    summary.check(accepted) && products
}

/// Whether a line of swift-testing tells the end of one test, and a good one: `✔ Test name() passed after 0.1 seconds.`
fn outcome(line: &str) -> Option<bool> {
    let (sign, rest) = line.trim().split_once(" Test ")?;
    let ended = !rest.starts_with("run ") && rest.contains(" after ");
    match sign {
        "✔" if ended => Some(true),
        "✘" if ended => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_tests_are_read() {
        assert_eq!(outcome("✔ Test aMessageArrives() passed after 0.3 seconds."), Some(true));
        assert_eq!(outcome("✘ Test aMessageArrives() failed after 0.3 seconds with 1 issue."), Some(false));
        assert_eq!(outcome("✘ Test aMessageArrives() recorded an issue at Story.swift:8:5"), None);
        assert_eq!(outcome("✔ Test run with 1 test passed after 0.3 seconds."), None);
        assert_eq!(outcome("◇ Test aMessageArrives() started."), None);
    }
}
