//! The shared library exports what `symbols.txt` lists and nothing else, under its versioned name.

#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::process::Command;

/// The library of this build: cargo puts it where the test program is.
fn library() -> PathBuf {
    let test = std::env::current_exe().expect("this program has a path");
    test.with_file_name("libzim.so")
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).arg(library()).output().expect(program);
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn exactly_the_listed_symbols_are_exported() {
    let table = output("nm", &["--dynamic", "--defined-only"]);
    let mut exported: Vec<&str> = table.lines().filter_map(|line| line.split(' ').next_back()).collect();
    exported.sort_unstable();
    let listed: Vec<&str> = include_str!("../symbols.txt").lines().collect();
    assert_eq!(exported, listed);
}

#[test]
fn programs_ask_for_the_major_version() {
    let dynamic = output("readelf", &["--dynamic"]);
    assert!(dynamic.contains("Library soname: [libzim.so.1]"), "{dynamic}");
}

#[test]
fn the_header_and_the_library_have_one_version() {
    let header = include_str!("../../include/zim/zim.h");
    assert!(header.contains(&format!("#define ZIM_VERSION \"{}\"", env!("CARGO_PKG_VERSION"))));
    assert!(header.contains("#define ZIM_ABI_VERSION (1 << 16)"));
    assert_eq!(zim::client::zim_abi_version(), 1 << 16);
}
