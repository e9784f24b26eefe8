//! Swift 6, from Debian 13's packages: unpacked into a folder of their own below `target`, because the machine's Debian
//! may be an older one. Nothing is installed on the machine, nothing is configured, nothing stays mounted.

use crate::test::{command, setup};
use crate::workspace;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The release whose packages hold the pinned Swift, and what its compiler says of itself.
const SUITE: &str = "trixie";
const VERSION: &str = "Swift version 6.0";

/// The compiler with its package manager and test library, and the headers of the C library.
const PACKAGES: [&str; 2] = ["swiftlang", "libc6-dev"];

/// Asked when the machine's own sources name no mirror of Debian.
const MIRROR: &str = "http://deb.debian.org/debian";
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Parts of the packages that no test uses; without them the folder is half as large.
const LEFT_OUT: [&str; 13] = [
    "./usr/share/*",
    "*/liblldb*",
    "*/bin/lldb*",
    "*/bin/clangd",
    "*/bin/docc",
    "*/bin/sourcekit-lsp",
    "*/bin/swift-format",
    "*/lib/libsourcekitdInProc.so",
    "*/lib/libLTO*",
    "*/lib/swift_static",
    "*/lib/swift/embedded",
    "*/lib/swift/FrameworkABIBaseline",
    "*/lib/clang/17/lib/linux/*",
];

/// The folder that holds Swift's own file system.
fn root() -> PathBuf {
    folder().join("root")
}

fn folder() -> PathBuf {
    workspace::root().join("target/swift")
}

/// Brings the toolchain, unless it is there already.
pub(crate) fn prepare() -> Result<(), Box<dyn Error>> {
    if !root().is_dir() {
        if !setup::may_install() || !["apt-get", "dpkg-deb", "unshare"].into_iter().all(command::exists) {
            return Err("Swift is brought by apt-get on Debian, as root".into());
        }
        let unpacked = folder().join("unpacked");
        let _ = fs::remove_dir_all(&unpacked);
        unpack(&download()?, &unpacked)?;
        // Under its name only when it is whole.
        fs::rename(&unpacked, root())?;
    }
    let mut is_pinned = false;
    let ran = swift("swiftc", &["--version"], |line| is_pinned |= line.contains(VERSION));
    if ran && is_pinned { Ok(()) } else { Err(format!("swiftc does not say {VERSION}").into()) }
}

/// Runs a program of the toolchain inside the folder; true if it succeeded.
pub(super) fn swift(program: &str, arguments: &[&str], read: impl FnMut(&str)) -> bool {
    let script = workspace::root().join("bindings/swift/scripts/enter.sh").display().to_string();
    let (root, workspace) = (root().display().to_string(), workspace::root().display().to_string());
    command::read("sh", &[&[&script, &root, &workspace, program], arguments].concat(), read)
}

/// The beginning of a command line that runs a built program outside the folder: with the C library and the Swift library
/// it was built for, and with the native library in a folder.
pub(crate) fn loader(library: &Path) -> Vec<String> {
    let arch = std::env::consts::ARCH;
    let loader = match arch {
        "x86_64" => "lib64/ld-linux-x86-64.so.2".to_owned(),
        other => format!("lib/ld-linux-{other}.so.1"),
    };
    let libraries = [
        root().join(format!("usr/lib/{arch}-linux-gnu")),
        root().join("usr/libexec/swift/lib/swift/linux"),
        library.to_path_buf(),
    ];
    let libraries = libraries.map(|folder| folder.display().to_string()).join(":");
    vec![root().join(loader).display().to_string(), "--library-path".into(), libraries]
}

/// Downloads the packages and what they depend on, with lists and locks apart from the machine's.
fn download() -> Result<PathBuf, Box<dyn Error>> {
    let apt = folder().join("apt");
    for folder in ["lists/partial", "archives/partial"] {
        fs::create_dir_all(apt.join(folder))?;
    }
    let (sources, status) = (apt.join("sources.list"), apt.join("status"));
    fs::write(&sources, format!("deb [signed-by={KEYS}] {} {SUITE} main\n", mirror()))?;
    // No package counts as installed, so that nothing of the machine is relied upon.
    fs::write(&status, "")?;
    let options: Vec<String> = [
        ("Dir::Etc::sourcelist", sources.as_path()),
        ("Dir::Etc::sourceparts", Path::new("-")),
        ("Dir::State::lists", &apt.join("lists")),
        ("Dir::State::status", &status),
        ("Dir::State::extended_states", &apt.join("extended_states")),
        ("Dir::Cache", &apt),
        ("APT::Sandbox::User", Path::new("root")),
    ]
    .iter()
    .map(|(name, value)| format!("-o{name}={}", value.display()))
    .collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let install = ["install", "--yes", "-qq", "--download-only", "--no-install-recommends"];
    let done = command::run("apt-get", &[&options[..], &["update", "-qq"]].concat())
        && command::run("apt-get", &[&options[..], &install, &PACKAGES].concat());
    if done { Ok(apt) } else { Err(format!("the packages of {SUITE} cannot be downloaded").into()) }
}

/// Unpacks every downloaded package and removes the downloads. The packages' scripts do not run: nothing here needs them.
fn unpack(apt: &Path, root: &Path) -> Result<(), Box<dyn Error>> {
    for name in ["bin", "lib", "lib64", "sbin"] {
        fs::create_dir_all(root.join("usr").join(name))?;
        std::os::unix::fs::symlink(format!("usr/{name}"), root.join(name))?;
    }
    let exclude = LEFT_OUT.map(|part| format!("--exclude='{part}'")).join(" ");
    let script = format!(
        "for package in '{}'/archives/*.deb; do dpkg-deb --fsys-tarfile \"$package\" \
         | tar -x -C '{}' --keep-directory-symlink {exclude} || exit 1; done",
        apt.display(),
        root.display()
    );
    if !command::run("sh", &["-ec", &script]) {
        return Err("the packages cannot be unpacked".into());
    }
    fs::remove_dir_all(apt)?;
    Ok(())
}

/// The mirror of Debian that this machine uses.
fn mirror() -> String {
    let parts = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = parts.map(|entry| entry.path()).collect();
    files.push("/etc/apt/sources.list".into());
    files.sort();
    files
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .find_map(|text| mirror_of(&text))
        .unwrap_or_else(|| MIRROR.to_owned())
}

/// The first address of Debian itself in a list of sources, in either of apt's two forms.
fn mirror_of(sources: &str) -> Option<String> {
    let lines = sources.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let mut words = lines.filter(|line| line.starts_with("deb ") || line.starts_with("URIs:"));
    words.find_map(|line| {
        let address = |word: &&str| word.contains("://") && word.trim_end_matches('/').ends_with("/debian");
        line.split_whitespace().find(address).map(|word| word.trim_end_matches('/').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_the_machines_own() {
        let both =
            "Types: deb\n# http://old.example/debian\nURIs: http://mirror.example/debian\nSuites: bookworm\n";
        assert_eq!(mirror_of(both).as_deref(), Some("http://mirror.example/debian"));
        let line = "deb https://tools.example/debian-security x main\ndeb [arch=amd64] https://near.example/debian/ bookworm main\n";
        assert_eq!(mirror_of(line).as_deref(), Some("https://near.example/debian"));
        assert_eq!(mirror_of("URIs: https://deb.example/node_20.x\n"), None);
    }
}
