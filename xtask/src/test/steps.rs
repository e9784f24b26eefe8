//! Pieces that several suites share, and the task beside the tests: sizes.

use super::{command, summary::Summary};
use crate::workspace;
use std::error::Error;

/// `cargo test` with its counts.
pub(super) fn cargo_test(summary: &mut Summary, arguments: &[&str]) -> bool {
    let mut all = vec!["test"];
    all.extend(arguments);
    command::read("cargo", &all, |line| summary.read(line))
}

/// Says an error; true if there was none.
pub(super) fn said(result: &Result<(), Box<dyn Error>>) -> bool {
    if let Err(error) = result {
        eprintln!("{error}");
    }
    result.is_ok()
}

/// What an app ships is built without the parts of SQLite that the store does not use, and without unwind tables for C:
/// no panic passes through it.
const SHIPPED: [(&str, &str); 2] = [
    (
        "LIBSQLITE3_FLAGS",
        "-USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS -USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_RTREE \
         -USQLITE_ENABLE_STAT4 -USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_SOUNDEX -DSQLITE_OMIT_DEPRECATED \
         -DSQLITE_DEFAULT_MEMSTATUS=0",
    ),
    ("CFLAGS", "-fno-asynchronous-unwind-tables"),
];

/// Builds `libzim.so` as it ships and prints its size, with and without the store.
pub(crate) fn size() -> Result<(), Box<dyn Error>> {
    for (what, features) in
        [("with TLS and SQLite", "sqlite,tls"), ("with TLS, without the store", "tls"), ("without both", "")]
    {
        let built = command::run_with(
            "cargo",
            &[
                "build",
                "--quiet",
                "--profile",
                "dist",
                "--package",
                "zim-ffi",
                "--lib",
                "--no-default-features",
                "--features",
                features,
            ],
            &SHIPPED,
        );
        if !built {
            return Err("the library does not build".into());
        }
        let bytes = std::fs::metadata(workspace::root().join("target/dist/libzim.so"))?.len();
        println!("libzim.so {what}: {bytes} bytes");
    }
    Ok(())
}
