//! The bench programs in `benches/hosts`: what each needs, and how it is built and started.

use super::release::Release;
use crate::test::setup::Tool;
use crate::test::suites::{arkts, kotlin, objc, swift};
use crate::test::{command, hosts};
use crate::workspace;
use std::error::Error;
use std::path::PathBuf;
use std::sync::OnceLock;

/// What the others are compared with.
pub(super) const FLOOR: &str = "c";

/// How a program that was built is started: it and its first arguments.
type Built = Result<Vec<String>, Box<dyn Error>>;

/// A language with a bench program.
pub(super) struct Language {
    /// The word after `cargo xtask bench hosts`, and the folder of the program.
    pub(super) name: &'static str,
    /// In the tables.
    pub(super) title: &'static str,
    pub(super) tools: &'static [Tool],
    /// Builds the program against the release libraries and says how it is started.
    pub(super) build: fn(&Release) -> Built,
}

const JVM: [Tool; 2] = [
    Tool { program: "javac", package: "default-jdk-headless", used_for: "Java and Kotlin" },
    Tool { program: "mvn", package: "maven", used_for: "Java and Kotlin" },
];

/// All of them, the floor first.
pub(super) fn all() -> [Language; 7] {
    [
        Language {
            name: FLOOR,
            title: "C",
            tools: &[Tool { program: "gcc", package: "gcc", used_for: "C" }],
            build: c,
        },
        Language {
            name: "cpp",
            title: "C++",
            tools: &[Tool { program: "g++", package: "g++", used_for: "C++" }],
            build: cpp,
        },
        Language { name: "objc", title: "Objective-C", tools: &objc::TOOLS, build: objective_c },
        Language {
            name: "swift",
            title: "Swift",
            tools: &[Tool { program: "gcc", package: "gcc", used_for: "the native library" }],
            build: swift,
        },
        Language { name: "java", title: "Java", tools: &JVM, build: java },
        Language { name: "kotlin", title: "Kotlin", tools: &JVM, build: kotlin },
        Language { name: "node", title: "Node", tools: &arkts::TOOLS, build: node },
    ]
}

fn c(release: &Release) -> Built {
    native(release, "gcc", "-std=c11", "benches/hosts/c/bench.c", "c-bench")
}

fn cpp(release: &Release) -> Built {
    native(release, "g++", "-std=c++11", "benches/hosts/cpp/bench.cpp", "cpp-bench")
}

fn native(release: &Release, compiler: &str, standard: &str, source: &str, name: &str) -> Built {
    let program = release.file(name);
    hosts::native_program(compiler, &[standard, "-O2"], source, &program, release.folder())?;
    Ok(vec![program.display().to_string()])
}

fn objective_c(release: &Release) -> Built {
    objc::complete_tools();
    let sources = ["benches/hosts/objc/bench.m".to_owned(), objc::archive("-O2")?];
    let program = objc::program("bench", &sources, release.folder(), &["-O2"])?;
    std::fs::copy(&program, release.file("objc-bench"))?;
    Ok(vec![release.file("objc-bench").display().to_string()])
}

fn swift(release: &Release) -> Built {
    const FOLDER: &str = "benches/hosts/swift/bench";
    swift::toolchain::prepare()?;
    swift::plumbing(&release.shared("zim-uniffi"))?;
    if !swift::build(FOLDER, release.folder(), &["--configuration", "release"]) {
        return Err("the bench in Swift does not build".into());
    }
    let program = release.file("swift-bench");
    std::fs::copy(swift::built(FOLDER, "release/bench"), &program)?;
    let mut line = swift::toolchain::loader(release.folder());
    line.push(program.display().to_string());
    Ok(line)
}

fn java(release: &Release) -> Built {
    packages(release)?;
    jvm(release, "Bench")
}

fn kotlin(release: &Release) -> Built {
    packages(release)?;
    jvm(release, "BenchKt")
}

/// The jar, the AARs and both programs: one build for Java and Kotlin.
fn packages(release: &Release) -> Result<(), Box<dyn Error>> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build_packages(release).map_err(|error| error.to_string()));
    built.clone().map_err(Into::into)
}

fn build_packages(release: &Release) -> Result<(), Box<dyn Error>> {
    let sources = workspace::root().join("bindings/kotlin/zim/target/uniffi");
    kotlin::plumbing(&release.shared("zim-uniffi"), &sources)?;
    let projects = "zim,zpns,zpns-plugins/fcm,zpns-plugins/huawei,zpns-plugins/xiaomi,zpns-plugins/oppo,\
                    zpns-plugins/vivo,../../benches/hosts/java";
    let arguments = ["--quiet", "--batch-mode", "--file", "bindings/kotlin/pom.xml", "--also-make"];
    let arguments = [&arguments[..], &["-Dmaven.test.skip=true", "--projects", projects, "package"]].concat();
    if command::run("mvn", &arguments) { Ok(()) } else { Err("the packages for Java do not build".into()) }
}

fn jvm(release: &Release, main: &str) -> Built {
    let libraries = std::fs::read_to_string(jvm_folder().join("classpath"))?;
    let class_path = format!("{}:{}", jvm_folder().join("classes").display(), libraries.trim());
    let native = format!("ZIM_LIBRARY_DIR={}", release.folder().display());
    Ok(["env", &native, "java", "-cp", &class_path, main].map(str::to_owned).to_vec())
}

fn jvm_folder() -> PathBuf {
    workspace::root().join("target/hosts/jvm-bench")
}

fn node(release: &Release) -> Built {
    arkts::packages()?;
    let native = format!("ZIM_NATIVE={}", release.file("zim.node").display());
    let program = workspace::root().join("benches/hosts/node/bench.mjs").display().to_string();
    Ok(["env", &native, "node", &program].map(str::to_owned).to_vec())
}
