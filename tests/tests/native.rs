//! C and C++ against the real server: the programs of `tests/native` and the examples, by two compilers, under
//! AddressSanitizer and valgrind, over `wss`, with strict doubles of the vendors behind the server.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;
use zim_tests::{APP_ID, BUNDLE_ID, Recorded, SeparateServer, Settings, token};

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

/// How a program is built and run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Run {
    Gcc,
    Clang,
    /// AddressSanitizer, its leak check, and UBSan.
    Sanitized,
    Valgrind,
}

impl Run {
    fn compiler(self, is_cpp: bool) -> &'static str {
        match (self, is_cpp) {
            (Self::Clang, false) => "clang",
            (Self::Clang, true) => "clang++",
            (_, false) => "gcc",
            (_, true) => "g++",
        }
    }

    fn needs(self, is_cpp: bool) -> Vec<&'static str> {
        let mut tools = vec![self.compiler(is_cpp)];
        tools.extend((self == Self::Valgrind).then_some("valgrind"));
        tools
    }
}

/// Whether the tools are there. A missing one is a failure where everything has to run, and said loudly elsewhere.
fn has(tools: &[&str]) -> bool {
    let missing: Vec<&&str> =
        tools.iter().filter(|tool| Command::new(tool).arg("--version").output().is_err()).collect();
    if missing.is_empty() {
        return true;
    }
    let in_ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    assert!(!in_ci, "missing: {missing:?}");
    eprintln!("NOT RUN: {missing:?} missing; `cargo xtask test native` installs what it can");
    false
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// A folder with the libraries under their installed names, built once per run of this program.
fn libraries() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "zim-ffi", "--lib"])
            .args((!cfg!(debug_assertions)).then_some("--release"))
            .current_dir(root())
            .status()
            .expect("cargo runs");
        assert!(built.success(), "libzim does not build");
        // …/target/debug/deps/native
        let test = std::env::current_exe().expect("a running program has a file");
        let built = test.ancestors().nth(2).expect("cargo's folder");
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        for (from, to) in [("libzim.so", "libzim.so.1"), ("libzim.a", "libzim.a")] {
            std::fs::copy(built.join(from), folder.path().join(to)).expect("cargo has built it");
        }
        std::os::unix::fs::symlink("libzim.so.1", folder.path().join("libzim.so")).expect("links");
        folder
    });
    folder.path()
}

fn show(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}\n{}", output.status, show(&output));
    show(&output)
}

/// A program, compiled in a folder of its own.
struct Program {
    file: PathBuf,
    run: Run,
    _folder: TempDir,
}

impl Program {
    /// `None` if the tools are missing. `source` is relative to the workspace, `standard` as for `-std`.
    fn build(source: &str, standard: &str, run: Run) -> Option<Self> {
        let is_cpp = standard.starts_with("c++");
        if !has(&run.needs(is_cpp)) {
            return None;
        }
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let file = folder.path().join("program");
        let mut compile = Command::new(run.compiler(is_cpp));
        compile.arg(format!("-std={standard}")).args(WARNINGS).arg("-g");
        if !is_cpp {
            compile.arg("-D_POSIX_C_SOURCE=200809L");
        }
        if run == Run::Sanitized {
            compile.args([
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                "-fno-omit-frame-pointer",
            ]);
        }
        compile.arg("-I").arg(root().join("include")).arg(root().join(source)).arg("-o").arg(&file);
        compile.arg("-L").arg(libraries()).args(["-lzim", "-pthread"]);
        compile.arg(format!("-Wl,-rpath,{}", libraries().display()));
        succeed(&mut compile);
        Some(Self { file, run, _folder: folder })
    }

    /// The command that runs it, with a clean environment of ours.
    fn command(&self) -> Command {
        let mut command = match self.run {
            Run::Valgrind => {
                let mut command = Command::new("valgrind");
                command
                    .args([
                        "--quiet",
                        "--error-exitcode=99",
                        "--leak-check=full",
                        "--show-leak-kinds=definite",
                    ])
                    .args(["--errors-for-leak-kinds=definite", "--fair-sched=yes"])
                    .arg(format!("--suppressions={}", root().join("tests/native/valgrind.supp").display()))
                    .arg(&self.file);
                command
            }
            _ => Command::new(&self.file),
        };
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ZIM_") {
                command.env_remove(name);
            }
        }
        if matches!(self.run, Run::Valgrind | Run::Sanitized) {
            // Slow, and their own bookkeeping grows: fewer rounds, and no look at the process's memory.
            command.env("ZIM_TEST_CHECKED", "1");
        }
        command
    }

    /// Runs it to its end. `asked` is called with each line it prints; when that is true, the program waits for Enter.
    fn run_with(&self, command: &mut Command, asked: impl Fn(&str) -> bool) -> String {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stdin = child.stdin.take().expect("it was piped");
        let mut errors = child.stderr.take().expect("it was piped");
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            // What cannot be shown does not matter: the exit status tells.
            let _ = errors.read_to_string(&mut text);
            text
        });
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().expect("it was piped")).lines() {
            let line = line.expect("text");
            if asked(&line) {
                stdin.write_all(b"\n").expect("the program waits");
            }
            said.push_str(&line);
            said.push('\n');
        }
        let status = child.wait().expect("our own child");
        let errors = errors.join().expect("it only reads");
        assert!(status.success(), "{:?}: {status}\n{said}{errors}", self.run);
        assert!(said.ends_with("done\n"), "{:?} ended early: {said}{errors}", self.run);
        said
    }

    fn run(&self, command: &mut Command) -> String {
        self.run_with(command, |_| false)
    }
}

/// A server and two install folders, as the programs want to be told of them.
struct Bed {
    server: SeparateServer,
    folders: [TempDir; 2],
}

impl Bed {
    fn start() -> Self {
        // Several devices of one user: a phone that is away and a desktop.
        let settings = Settings { tls: true, multi_device: "multi", ..Settings::default() };
        let folder = || tempfile::tempdir().expect("there is a temporary folder");
        Self { server: SeparateServer::start(settings), folders: [folder(), folder()] }
    }

    fn tell(&self, command: &mut Command) {
        let service = self.server.service();
        assert!(service.url.starts_with("wss://"), "{}", service.url);
        command
            .env("ZIM_TEST_URL", service.url)
            .env("ZIM_TEST_CA_FILE", self.server.authority_file().expect("it has TLS"))
            .env("ZIM_TEST_APP_ID", APP_ID.to_string())
            .env("ZIM_TEST_BUNDLE_ID", BUNDLE_ID)
            .env("ZIM_TEST_FOLDER_BOB", self.folders[0].path())
            .env("ZIM_TEST_FOLDER_CAROL", self.folders[1].path());
        for user in ["alice", "bob", "carol", "sender", "toConversationID"] {
            command.env(format!("ZIM_TEST_TOKEN_{user}"), token(user));
        }
    }

    /// Waits for the pushes a program asks for.
    fn is_asked(&self, line: &str) -> bool {
        let Some(number) = line.strip_prefix("pushes ") else { return false };
        let _ = self.server.apns(number.parse().expect("a number"));
        true
    }
}

fn hexadecimal(device_token: &str) -> String {
    device_token.bytes().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string grows");
        text
    })
}

/// The one request with this title, to this device.
fn titled<'a>(requests: &'a [Recorded], title: &str, device_token: &str) -> &'a Recorded {
    let mut found = requests.iter().filter(|request| request.body["aps"]["alert"]["title"] == title);
    let request = found.next().unwrap_or_else(|| panic!("no push titled {title:?}: {requests:#?}"));
    assert!(found.next().is_none(), "two pushes titled {title:?}");
    assert_eq!(request.token, hexadecimal(device_token), "{title}");
    request
}

/// The one push that only sets a badge.
fn badge<'a>(requests: &'a [Recorded], device_token: &str) -> &'a Recorded {
    let mut found = requests.iter().filter(|request| request.body["aps"]["alert"].is_null());
    let request = found.next().unwrap_or_else(|| panic!("no badge: {requests:#?}"));
    assert!(found.next().is_none(), "two badges");
    assert_eq!(request.token, hexadecimal(device_token));
    request
}

fn story(run: Run) {
    const BOB: &str = "story: the token of Bob's phone.";
    const CAROL: &str = "story: that of the witness phone";
    let Some(program) = Program::build("tests/native/story.c", "c11", run) else { return };
    let bed = Bed::start();
    let mut command = program.command();
    bed.tell(&mut command);
    program.run_with(&mut command, |line| bed.is_asked(line));
    // The last one shows that nothing was pushed after logout and after unregistering.
    let pushes = bed.server.apns(5);
    let peer = titled(&pushes, "Alice", BOB);
    assert_eq!(peer.body["aps"]["alert"]["body"], "Are you coming?");
    assert_eq!(peer.body["aps"]["thread-id"], "alice");
    assert_eq!(peer.body["payload"], "{\"page\":\"chat\"}");
    assert_eq!(titled(&pushes, "Walkers", BOB).body["aps"]["sound"], "ring.caf");
    assert_eq!(titled(&pushes, "Alice calls", BOB).body["aps"]["alert"]["body"], "Video call");
    assert_eq!(badge(&pushes, BOB).body["aps"]["badge"], 2);
    assert_eq!(titled(&pushes, "Witness", CAROL).body["aps"]["alert"]["body"], "the last one");
    assert!(bed.server.fcm_double().requests().is_empty());
}

fn sample(run: Run) {
    const RECEIVER: &str = "sample: the receiver's phone tok";
    const SENDER: &str = "sample: the phone of the sender.";
    let Some(program) = Program::build("tests/native/seed_sample.cpp", "c++17", run) else { return };
    let bed = Bed::start();
    let mut command = program.command();
    bed.tell(&mut command);
    program.run_with(&mut command, |line| bed.is_asked(line));
    let pushes = bed.server.apns(5);
    for subject in ["peer message", "group message", "call", "thread"] {
        titled(&pushes, &format!("Title of the {subject}"), RECEIVER);
    }
    let peer = titled(&pushes, "Title of the peer message", RECEIVER);
    assert_eq!(peer.body["aps"]["alert"]["body"], "Content of the peer message");
    assert_eq!(peer.body["payload"], "Payload of the peer message");
    assert_eq!(peer.body["aps"]["sound"], "ring.caf", "resourcesID");
    let call = titled(&pushes, "Title of the call", RECEIVER);
    assert_eq!(call.body["payload"], "Payload of the call");
    let thread = titled(&pushes, "Title of the thread", RECEIVER);
    assert_eq!(thread.body["aps"]["thread-id"], "threadID");
    assert!(thread.body["payload"].is_null(), "a push with title, content and threadID only is legal");
    assert_eq!(badge(&pushes, SENDER).body["aps"]["badge"], 2);
}

fn example(source: &str, standard: &str, run: Run) {
    let Some(program) = Program::build(source, standard, run) else { return };
    let bed = Bed::start();
    let mut command = program.command();
    command
        .env("ZIM_SERVER_URL", bed.server.service().url)
        .env("ZIM_CA_FILE", bed.server.authority_file().expect("it has TLS"))
        .env("ZIM_BUNDLE_ID", BUNDLE_ID)
        .env("ALICE_TOKEN", token("alice"))
        .env("BOB_TOKEN", token("bob"))
        .current_dir(bed.folders[0].path());
    let said = program.run_with(&mut command, |line| {
        let is_asked = line.ends_with("Press Enter to bring Bob back.");
        if is_asked {
            let _ = bed.server.apns(2);
        }
        is_asked
    });
    assert!(said.contains("Bob got: Are you coming?"), "{said}");
    let pushes = bed.server.apns(2);
    for title in ["Alice", "Alice calls"] {
        assert!(
            pushes.iter().any(|push| push.body["aps"]["alert"]["title"] == title),
            "{title}: {pushes:#?}"
        );
    }
}

/// A program that needs no server.
fn alone(source: &str, standard: &str, run: Run) {
    let Some(program) = Program::build(source, standard, run) else { return };
    program.run(&mut program.command());
}

#[test]
fn the_c_story_by_gcc() {
    story(Run::Gcc);
}

#[test]
fn the_c_story_by_clang() {
    story(Run::Clang);
}

#[test]
fn the_c_story_under_sanitizers() {
    story(Run::Sanitized);
}

#[test]
fn the_c_story_under_valgrind() {
    story(Run::Valgrind);
}

// covers: B-01, B-02, B-03, B-04, B-05, B-06, B-07, B-08, B-09, B-10, B-11, B-12, B-13
#[test]
fn the_published_sample_by_gcc() {
    sample(Run::Gcc);
}

#[test]
fn the_published_sample_by_clang() {
    sample(Run::Clang);
}

#[test]
fn the_published_sample_under_sanitizers() {
    sample(Run::Sanitized);
}

#[test]
fn the_published_sample_under_valgrind() {
    sample(Run::Valgrind);
}

#[test]
fn a_recall_between_cpp_and_c() {
    for run in [Run::Gcc, Run::Clang, Run::Sanitized, Run::Valgrind] {
        let Some(program) = Program::build("tests/native/recall.cpp", "c++11", run) else { continue };
        let bed = Bed::start();
        let mut command = program.command();
        bed.tell(&mut command);
        program.run(&mut command);
    }
}

#[test]
fn the_contract_of_the_headers() {
    for standard in ["c++11", "c++17"] {
        for run in [Run::Gcc, Run::Clang, Run::Sanitized] {
            alone("tests/native/contract.cpp", standard, run);
        }
    }
    alone("tests/native/contract.cpp", "c++17", Run::Valgrind);
}

#[test]
fn misuse_from_c() {
    for run in [Run::Gcc, Run::Clang, Run::Sanitized, Run::Valgrind] {
        alone("tests/native/abuse.c", "c11", run);
    }
}

#[test]
fn misuse_from_cpp() {
    for run in [Run::Gcc, Run::Clang, Run::Sanitized, Run::Valgrind] {
        alone("tests/native/abuse.cpp", "c++17", run);
    }
}

#[test]
fn the_c_example() {
    for run in [Run::Gcc, Run::Clang, Run::Sanitized] {
        example("examples/c/offline_push.c", "c11", run);
    }
}

#[test]
fn the_cpp_example() {
    for run in [Run::Gcc, Run::Clang, Run::Sanitized] {
        example("examples/cpp/offline_push.cpp", "c++11", run);
    }
}

#[test]
fn every_header_compiles_by_itself() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let both = [("c99", "zim/zim.h"), ("c11", "zim/zim.h"), ("c11", "zim.h"), ("c99", "ZIM.h")];
    let cpp =
        ["zim/zim.h", "ZIM.h", "zim.h", "ZPNs.h", "zim/ZIMEnums.h", "zim/ZIMRecords.h", "zim/ZIMMessage.h"]
            .into_iter()
            .flat_map(|header| ["c++11", "c++17", "c++20"].map(|standard| (standard, header)));
    for (standard, header) in both.into_iter().chain(cpp) {
        let is_cpp = standard.starts_with("c++");
        let source = folder.path().join(if is_cpp { "header.cpp" } else { "header.c" });
        // Twice, because of the guards.
        let text = format!("#include <{header}>\n#include <{header}>\nint main(void) {{ return 0; }}\n");
        std::fs::write(&source, text).expect("the temporary folder has room");
        for run in [Run::Gcc, Run::Clang] {
            if has(&run.needs(is_cpp)) {
                let mut compile = Command::new(run.compiler(is_cpp));
                compile.arg(format!("-std={standard}")).args(WARNINGS).args([
                    "-Wshadow",
                    "-fsyntax-only",
                    "-I",
                ]);
                succeed(compile.arg(root().join("include")).arg(&source));
            }
        }
    }
}

/// Installs the package, then builds the examples against it as a stranger would, by CMake and by pkg-config.
#[test]
fn the_installed_package_is_enough() {
    if !has(&["cmake", "gcc", "g++", "pkg-config"]) {
        return;
    }
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let prefix = path("prefix");
    succeed(
        Command::new("cmake")
            .arg("-S")
            .arg(root().join("cmake"))
            .arg("-B")
            .arg(path("package"))
            .arg(format!("-DZIM_LIBRARY_DIR={}", libraries().display()))
            .arg(format!("-DCMAKE_INSTALL_PREFIX={}", prefix.display()))
            .arg("-DCMAKE_INSTALL_LIBDIR=lib"),
    );
    succeed(Command::new("cmake").arg("--install").arg(path("package")));
    for file in [
        "include/ZIM.h",
        "include/ZPNs.h",
        "include/zim.h",
        "include/zim/zim.h",
        "lib/libzim.so.1",
        "lib/libzim.so",
        "lib/libzim.a",
    ] {
        assert!(prefix.join(file).exists(), "{file}");
    }

    for example in ["c", "cpp"] {
        let build = path(example);
        succeed(
            Command::new("cmake")
                .arg("-S")
                .arg(root().join("examples").join(example))
                .arg("-B")
                .arg(&build)
                .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display())),
        );
        succeed(Command::new("cmake").arg("--build").arg(&build));
        let linked = succeed(Command::new("readelf").arg("--dynamic").arg(build.join("offline_push")));
        assert!(linked.contains("Shared library: [libzim.so.1]"), "{linked}");
    }
    let flags = succeed(
        Command::new("pkg-config")
            .args(["--cflags", "--libs", "zim"])
            .env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")),
    );
    let program = path("by-pkg-config");
    succeed(
        Command::new("gcc")
            .arg(root().join("examples/c/offline_push.c"))
            .args(flags.split_whitespace())
            .arg("-o")
            .arg(&program),
    );
    assert!(program.exists());
}
