//! The Java package in `bindings/kotlin`: the published data classes and their JUnit tests.

use crate::test::setup::Tool;
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command, nothing};
use crate::workspace;
use std::fs;
use std::path::Path;

pub(super) const SUITE: Suite = Suite {
    name: "kotlin",
    about: "the Java package",
    tools: &[
        Tool { program: "javac", package: "default-jdk-headless", used_for: "the Java package" },
        Tool { program: "mvn", package: "maven", used_for: "the Java package" },
    ],
    prepare: nothing,
    steps: &[Step { name: "Java package", run: packages }],
};

/// Builds and tests every module; the counts come from Surefire's reports.
fn packages(summary: &mut Summary) -> bool {
    let root = workspace::root();
    let modules = root.join("bindings/kotlin");
    let reports = |module: &Path| module.join("target/surefire-reports");
    for module in folders(&modules) {
        let _ = fs::remove_dir_all(reports(&module));
    }
    let ok =
        command::run("mvn", &["-q", "-B", "--file", "bindings/kotlin/pom.xml", "--fail-at-end", "package"]);
    let mut passed = 0;
    for module in folders(&modules) {
        for report in files(&reports(&module)) {
            let text = fs::read_to_string(&report).unwrap_or_default();
            let number = |name: &str| attribute(&text, name).unwrap_or(0);
            let (failed, skipped) = (number("failures") + number("errors"), number("skipped"));
            let fine = number("tests").saturating_sub(failed + skipped);
            println!("{}: {fine} passed, {failed} failed, {skipped} skipped", title(&report));
            summary.count(fine, failed, skipped);
            passed += fine;
        }
    }
    ok && passed > 0
}

fn folders(of: &Path) -> Vec<std::path::PathBuf> {
    files(of).into_iter().filter(|path| path.is_dir()).collect()
}

fn files(of: &Path) -> Vec<std::path::PathBuf> {
    let mut found: Vec<_> =
        fs::read_dir(of).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.is_dir() || path.extension().is_some_and(|ending| ending == "xml"));
    found.sort();
    found
}

fn title(report: &Path) -> String {
    let name = report.file_stem().unwrap_or_default().to_string_lossy();
    name.trim_start_matches("TEST-").to_owned()
}

/// The number in `name="7"` of the first `<testsuite …>`.
fn attribute(text: &str, name: &str) -> Option<u64> {
    let suite = text.split_once("<testsuite ")?.1.split_once('>')?.0;
    let value = suite.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read() {
        let text = "<?xml?><testsuite xmlns:xsi=\"x\" name=\"T\" time=\"0.1\" tests=\"7\" errors=\"1\" skipped=\"2\" failures=\"0\">";
        assert_eq!(attribute(text, "tests"), Some(7));
        assert_eq!(attribute(text, "errors"), Some(1));
        assert_eq!(attribute(text, "failures"), Some(0));
        assert_eq!(attribute(text, "none"), None);
    }
}
