//! Objective-C with GNUstep's Foundation: the library's sources, the tests against the test bed, and the peer.

use crate::test::setup::{self, Tool};
use crate::test::summary::Summary;
use crate::test::{Step, Suite, command, hosts};
use crate::workspace;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const TOOLS: [Tool; 3] = [
    Tool { program: "clang", package: "clang", used_for: "Objective-C" },
    Tool { program: "gnustep-config", package: "libgnustep-base-dev", used_for: "Foundation" },
    Tool { program: "gcc", package: "gcc", used_for: "the runtime of Objective-C" },
];

pub(super) const SUITE: Suite = Suite {
    name: "objc",
    about: "ZIM and ZPNs for Objective-C, with GNUstep",
    tools: &TOOLS,
    prepare,
    steps: &[
        Step { name: "the sources with automatic reference counting", run: counted },
        Step { name: "the modules of Apple's frameworks", run: modules },
        Step { name: "Objective-C against the test bed", run: tests },
        Step { name: "the same under AddressSanitizer", run: sanitized },
        Step { name: "what the documents of Apple's bindings say", run: notes },
    ],
};

/// Sources of ZIM and ZPNs for GNUstep, and those of the tests.
const LIBRARY: [&str; 2] = ["bindings/objc/src", "bindings/objc/gnustep"];
const TESTS: [&str; 2] = ["bindings/objc/test", "bindings/uniapp"];
const PEER: &str = "examples/objc/peer.m";

const WARNINGS: [&str; 3] = ["-Wall", "-Wextra", "-Werror"];

/// Folders of headers. Apple's frameworks that GNUstep lacks are doubles of the tests.
const HEADERS: [&str; 6] = [
    "-Ibindings/objc/gnustep/include",
    "-Ibindings/objc/test/doubles",
    "-Ibindings/objc/include",
    "-Ibindings/objc/include/ZIM",
    "-Ibindings/objc/src",
    "-Ibindings/uniapp/zego-ZPNsUniPlugin/ios",
];

/// What the names of programs do not show to be missing.
pub(crate) fn complete_tools() {
    // GNUstep says nothing of these: the blocks runtime, the headers of GCC's Objective-C, clang's sanitizers.
    if !Path::new("/usr/include/Block.h").exists() || !gcc_file("include").join("objc/objc.h").exists() {
        setup::install(&["libblocksruntime-dev", "libobjc-12-dev", "libclang-rt-14-dev"]);
    }
}

fn prepare() -> Result<(), Box<dyn Error>> {
    complete_tools();
    let libraries = hosts::libzim()?;
    hosts::testbed()?;
    // From an archive, which is what an app on Apple's systems links.
    let peer = program("peer", &[PEER.to_owned(), archive("-O1")?], &libraries, &["-O1"])?;
    hosts::peer("objc", &format!("'{}'", peer.display()))?;
    program("tests", &sources(&[LIBRARY, TESTS].concat(), &[]), &libraries, &["-O1"])?;
    Ok(())
}

/// ZIM without ZPNs, which needs doubles of Apple's frameworks here, as `target/hosts/objc/libZIM.a`.
pub(crate) fn archive(optimisation: &str) -> Result<String, Box<dyn Error>> {
    let objects = folder().join("objects");
    let archive = folder().join("libZIM.a").display().to_string();
    // One that is there would keep the objects of sources that are gone.
    let _ = std::fs::remove_dir_all(&objects);
    let _ = std::fs::remove_file(&archive);
    std::fs::create_dir_all(&objects)?;
    let mut members = Vec::new();
    for source in sources(&LIBRARY, &[]).into_iter().filter(|file| !file.contains("/ZPNs")) {
        let name = Path::new(&source).file_stem().unwrap_or_default().display().to_string();
        let object = objects.join(name + ".o").display().to_string();
        let mut arguments = compiler_flags()?;
        arguments.extend([optimisation, "-c", &source, "-o", &object].map(str::to_owned));
        if !succeeded("clang", &arguments) {
            return Err(format!("{source} does not compile").into());
        }
        members.push(object);
    }
    let arguments = [vec!["rcs".to_owned(), archive.clone()], members].concat();
    if succeeded("ar", &arguments) { Ok(archive) } else { Err("ar makes no archive".into()) }
}

fn succeeded(program: &str, arguments: &[String]) -> bool {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    command::run(program, &arguments)
}

/// The sources of folders, and further files.
fn sources(folders: &[&str], files: &[&str]) -> Vec<String> {
    let root = workspace::root();
    let mut found: Vec<String> = folders
        .iter()
        .flat_map(|folder| workspace::files(&root.join(folder), &["m"]).unwrap_or_default())
        .map(|file| file.display().to_string())
        .chain(files.iter().map(|file| (*file).to_owned()))
        .collect();
    found.sort();
    found
}

fn folder() -> PathBuf {
    workspace::root().join("target/hosts/objc")
}

/// Compiles and links one program into `target/hosts/objc`.
pub(crate) fn program(
    name: &str,
    sources: &[String],
    libraries: &Path,
    flags: &[&str],
) -> Result<PathBuf, Box<dyn Error>> {
    std::fs::create_dir_all(folder())?;
    let program = folder().join(format!("{name}.bin"));
    let mut arguments = compiler_flags()?;
    arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
    arguments.extend(sources.iter().cloned());
    arguments.extend(["-o".to_owned(), program.display().to_string()]);
    // Before GNUstep, which has half a blocks runtime of its own.
    arguments.push("-lBlocksRuntime".to_owned());
    arguments.extend(told_by_gnustep("--base-libs")?);
    let libraries = libraries.display();
    arguments.extend([
        format!("-L{}", gcc_file("libobjc.so").parent().unwrap_or(Path::new("/usr/lib")).display()),
        format!("-L{libraries}"),
        format!("-Wl,-rpath,{libraries}"),
    ]);
    arguments.extend(["-lzim", "-ldl"].map(str::to_owned));
    if succeeded("clang", &arguments) { Ok(program) } else { Err(format!("{name} does not compile").into()) }
}

fn compiler_flags() -> Result<Vec<String>, Box<dyn Error>> {
    let mut flags = told_by_gnustep("--objc-flags")?;
    // It writes dependency files beside the caller.
    flags.retain(|flag| !["-MMD", "-MP", "-I."].contains(&flag.as_str()));
    flags.extend(["-fblocks", "-D_GNU_SOURCE", "-isystem/usr/include/GNUstep"].map(str::to_owned));
    flags.extend(WARNINGS.iter().chain(&HEADERS).map(|flag| (*flag).to_owned()));
    flags.extend(["-idirafter".to_owned(), gcc_file("include").display().to_string()]);
    Ok(flags)
}

/// Words that `gnustep-config` answers.
fn told_by_gnustep(question: &str) -> Result<Vec<String>, Box<dyn Error>> {
    Ok(read("gnustep-config", &[question])?.split_whitespace().map(str::to_owned).collect())
}

/// Where GCC has a file of its own, here those of its Objective-C runtime.
fn gcc_file(name: &str) -> PathBuf {
    let path = read("gcc", &[&format!("-print-file-name={name}")]).unwrap_or_default();
    PathBuf::from(path.trim())
}

fn read(program: &str, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = Command::new(program).args(arguments).output()?;
    Ok(String::from_utf8(output.stdout)?)
}

/// On Apple the compiler counts references. Here no runtime can run that, but the sources have to pass it.
fn counted(summary: &mut Summary) -> bool {
    let mut arguments = vec!["-Ibindings/objc/gnustep/arc".to_owned()];
    arguments.extend(compiler_flags().unwrap_or_default());
    arguments.extend(["-fobjc-arc", "-fobjc-runtime=gnustep-2.0", "-fsyntax-only"].map(str::to_owned));
    arguments.extend(sources(&LIBRARY[..1], &[PEER]));
    summary.check(succeeded("clang", &arguments))
}

/// The headers as the modules that `bindings/swift/scripts/xcframework.sh` writes: one of both products, which Swift
/// re-exports, and a framework each. What Swift makes of them only Apple's compiler says; whether they are complete and
/// stand alone, clang says here.
fn modules(summary: &mut Summary) -> bool {
    let (root, out) = (workspace::root(), folder().join("modules"));
    let lay_out = || -> std::io::Result<()> {
        let _ = std::fs::remove_dir_all(&out);
        for name in ["ZIM", "ZPNs"] {
            let headers = root.join("bindings/objc/include").join(name);
            let framework = out.join(format!("{name}.framework"));
            copy(&headers, &out.join("native").join(name))?;
            copy(&headers, &framework.join("Headers"))?;
            std::fs::create_dir_all(framework.join("Modules"))?;
            let map =
                format!("framework module {name} {{\n    umbrella header \"{name}.h\"\n    export *\n}}\n");
            std::fs::write(framework.join("Modules/module.modulemap"), map)?;
        }
        let map = root.join("bindings/swift/scripts/ZIMNative.modulemap");
        std::fs::copy(map, out.join("native/module.modulemap")).map(drop)
    };
    if let Err(error) = lay_out() {
        println!("the modules cannot be laid out: {error}");
        return summary.check(false);
    }
    let compiles = |place: &str, source: &str| {
        let mut arguments = vec![place.to_owned()];
        arguments.extend(compiler_flags().unwrap_or_default());
        arguments.push(format!("-fmodules-cache-path={}", out.join("cache").display()));
        arguments
            .extend(["-Wquoted-include-in-framework-header", "-Wincomplete-umbrella"].map(str::to_owned));
        arguments.extend(["-fmodules", "-fsyntax-only", source].map(str::to_owned));
        succeeded("clang", &arguments)
    };
    let native = format!("-I{}", out.join("native").display());
    let native = summary.check(compiles(&native, "bindings/swift/Tests/Reexport/Classes.m"));
    summary.check(compiles(&format!("-F{}", out.display()), "bindings/swift/Tests/Reexport/Frameworks.m"))
        && native
}

/// Copies the headers of a folder into another, which is made.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for file in workspace::files(from, &["h"])? {
        std::fs::copy(&file, to.join(file.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

fn tests(summary: &mut Summary) -> bool {
    run_tests(summary, "tests", &[])
}

/// Without the thousand logins, which take their time there; leaks are counted by the tests themselves.
fn sanitized(summary: &mut Summary) -> bool {
    let libraries = workspace::root().join("target/hosts/lib");
    let sources = sources(&[LIBRARY, TESTS].concat(), &[]);
    let flags = ["-O1", "-fsanitize=address", "-fno-omit-frame-pointer"];
    if let Err(why) = program("tests-asan", &sources, &libraries, &flags) {
        println!("{why}");
        return false;
    }
    run_tests(summary, "tests-asan", &["ASAN_OPTIONS=detect_leaks=0", "ZIM_TEST_ROUNDS=20"])
}

// covers: D-24
/// What no program can show is told to whoever writes the app, in every document that tells of `isProduct`.
fn notes(summary: &mut Summary) -> bool {
    const NOTE: &str = "Apple's production service delivers better and faster than its sandbox";
    let is_told = |name: &str| {
        let text = std::fs::read_to_string(workspace::root().join(name)).unwrap_or_default();
        let told = text.split_whitespace().collect::<Vec<_>>().join(" ").contains(NOTE);
        println!("{name}: {}", if told { "tells it" } else { "does not tell it" });
        told
    };
    let documents = ["bindings/objc/README.md", "bindings/swift/README.md", "bindings/uniapp/README.md"];
    let told = documents.map(is_told);
    summary.check(told.iter().all(|told| *told))
}

fn run_tests(summary: &mut Summary, name: &str, variables: &[&str]) -> bool {
    let testbed = format!("ZIM_TESTBED={}", hosts::built("zim-testbed").display());
    let peer = format!("ZIM_PEER={}", folder().join("peer").display());
    let program = folder().join(format!("{name}.bin")).display().to_string();
    let arguments = [variables, &[&testbed, &peer, &program]].concat();
    let (mut passed, mut failed) = (0, 0);
    let ok = command::read("env", &arguments, |line| {
        for (count, name) in [(&mut passed, "# pass "), (&mut failed, "# fail ")] {
            if let Some(number) = line.strip_prefix(name).and_then(|number| number.parse().ok()) {
                *count = number;
            }
        }
    });
    summary.count(passed, failed, 0);
    ok && passed > 0
}
