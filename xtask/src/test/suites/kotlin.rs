//! The Java and Kotlin packages: the published samples and the suites of `bindings/kotlin`, against the real library.

use crate::test::setup::Tool;
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command, hosts, steps};
use crate::workspace;
use std::error::Error;
use std::fs;
use std::path::Path;

pub(super) const SUITE: Suite = Suite {
    name: "kotlin",
    about: "the Java and Kotlin packages",
    tools: &[
        Tool { program: "javac", package: "default-jdk-headless", used_for: "the Java and Kotlin packages" },
        Tool { program: "aapt", package: "aapt", used_for: "the tests on Android" },
        Tool { program: "mvn", package: "maven", used_for: "the Java and Kotlin packages" },
        Tool { program: GRADLE, package: "gradle", used_for: "the packages in an app built by Gradle" },
    ],
    prepare,
    steps: &[
        Step { name: "Java and Kotlin packages", run: packages },
        Step { name: "Java packages in Gradle", run: |summary| !command::exists(GRADLE) || gradle(summary) },
        Step { name: "peers in Java and Kotlin", run: |_| steps::said(&peers()) },
    ],
};

const GRADLE: &str = "gradle";

/// The Maven repository of this build, where Gradle then looks: the modules' owner publishes to one of his own in the same way.
const REPOSITORY: &str = "bindings/kotlin/target/repository";

/// What the Maven build starts from: Kotlin's plumbing, the library where JNA looks for it inside the jar, and what the tests
/// talk to.
fn prepare() -> Result<(), Box<dyn Error>> {
    hosts::testbed()?;
    let library = hosts::library("zim-uniffi")?;
    let module = workspace::root().join("bindings/kotlin/zim/target");
    plumbing(&library, &module.join("uniffi"))?;
    let native = module.join("native").join(jna_platform());
    fs::create_dir_all(&native)?;
    let name = library.file_name().ok_or("the library has no name")?;
    fs::copy(&library, native.join(name))?;
    Ok(())
}

/// The sources that uniffi writes: not committed, because they follow from the library alone.
pub(crate) fn plumbing(library: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    // A function that is gone must not linger.
    let _ = fs::remove_dir_all(folder);
    let generator = hosts::built("uniffi-bindgen").display().to_string();
    let (library, folder) = (library.display().to_string(), folder.display().to_string());
    let config = "ffi/uniffi-bindgen/uniffi.toml";
    let written = command::run("cargo", &["build", "--quiet", "--package", "zim-uniffi-bindgen"])
        && command::run(
            &generator,
            &[
                "generate",
                "--no-format",
                "--config",
                config,
                "--library",
                &library,
                "--language",
                "kotlin",
                "--out-dir",
                &folder,
            ],
        );
    if written { Ok(()) } else { Err("uniffi does not write the Kotlin plumbing".into()) }
}

/// JNA's name of this machine: the folder in the jar.
fn jna_platform() -> String {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x86-64",
        other => other,
    };
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    format!("{system}-{machine}")
}

/// Builds, tests and deploys every module; the counts come from Surefire's reports.
fn packages(summary: &mut Summary) -> bool {
    let testbed = hosts::built("zim-testbed");
    let root = workspace::root();
    let modules = root.join("bindings/kotlin");
    let reports = |module: &Path| module.join("target/surefire-reports");
    for module in folders(&modules) {
        let _ = fs::remove_dir_all(reports(&module));
    }
    let repository = root.join(REPOSITORY);
    // An artifact that is no longer made must not linger.
    let _ = fs::remove_dir_all(&repository);
    let ok = command::run_with(
        "mvn",
        &[
            "--quiet",
            "--batch-mode",
            "--file",
            "bindings/kotlin/pom.xml",
            "--fail-at-end",
            &format!("-DaltDeploymentRepository=local::file://{}", repository.display()),
            "deploy",
        ],
        &[("ZIM_TESTBED", &testbed.display().to_string())],
    );
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

/// An app's Gradle build finds the artifacts in the repository and compiles against them.
// covers: C-03
fn gradle(summary: &mut Summary) -> bool {
    let project = workspace::root().join("bindings/kotlin/samples-gradle");
    let class = project.join("target/classes/java/main/com/example/push/MainActivity.class");
    let _ = fs::remove_file(&class);
    let (folder, cache) = (project.display().to_string(), project.join("target/cache").display().to_string());
    let built = command::run(
        GRADLE,
        &[
            "--offline",
            "--no-daemon",
            "--console=plain",
            "--project-dir",
            &folder,
            "--project-cache-dir",
            &cache,
            "classes",
        ],
    );
    summary.check(built && class.exists())
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

/// The two examples are the peers of the cross-language test.
fn peers() -> Result<(), Box<dyn Error>> {
    let classes = workspace::root().join("bindings/kotlin/samples/target");
    let libraries = fs::read_to_string(classes.join("classpath"))?;
    let class_path = format!("{}:{}", classes.join("classes").display(), libraries.trim());
    for (language, main) in [("java", "Peer"), ("kotlin", "PeerKt")] {
        hosts::peer(language, &format!("java -cp '{class_path}' {main}"))?;
    }
    Ok(())
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
