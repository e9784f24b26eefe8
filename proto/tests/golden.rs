//! The bytes of every frame kind. Peers of other versions have them too: a golden file may be added, not changed.
//!
//! `UPDATE_GOLDEN=1 cargo test -p zim-proto --test golden` writes files that do not exist yet.

mod samples;

use bytes::Bytes;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use zim_proto::frame;

const SCHEMA: &str = include_str!("../zim/zim.proto");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// 32 bytes a line, so that a difference is found by eye.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.chunks(32).fold(String::new(), |text, line| {
        line.iter().fold(text, |text, byte| text + &format!("{byte:02x}")) + "\n"
    })
}

fn bytes_of(text: &str) -> Bytes {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    assert_eq!(digits.len() % 2, 0, "whole bytes");
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn frames_are_what_they_were() {
    let mut expected_files = BTreeSet::new();
    for (name, body) in samples::all() {
        let file = folder().join(format!("{name}.hex"));
        let encoded = frame::encode(body.clone());
        if !file.exists() && std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, hexadecimal(&encoded)).unwrap();
        }
        let golden =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(hexadecimal(&encoded), golden, "{name}: encoding changed");
        let decoded = frame::decode(bytes_of(&golden), frame::MAX_FRAME_BYTES);
        assert_eq!(decoded, Ok(Some(body)), "{name}: decoding changed");
        assert!(expected_files.insert(format!("{name}.hex")), "{name} twice");
    }
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, expected_files, "each golden file has its sample");
}

/// Names of the alternatives of one `oneof`, read from the schema itself.
fn alternatives(message: &str, oneof: &str) -> Vec<String> {
    let message = SCHEMA.split_once(&format!("\nmessage {message} {{")).expect("message exists").1;
    let body = message.split_once(&format!("oneof {oneof} {{")).expect("oneof exists").1;
    let body = body.split_once('}').expect("oneof ends").0;
    let fields = body.lines().filter_map(|line| line.split_once('=').map(|(left, _)| left));
    fields.map(|left| left.split_whitespace().nth(1).expect("type and name").to_owned()).collect()
}

#[test]
fn every_alternative_of_the_schema_has_a_golden_file() {
    let names: BTreeSet<String> = samples::all().into_iter().map(|(name, _)| name).collect();
    for (message, oneof, prefix) in [
        ("Request", "op", "request_"),
        ("Response", "result", "response_"),
        ("Event", "kind", "event_"),
        ("Signal", "kind", "signal_"),
        ("ClientHello", "session", "client_hello_"),
    ] {
        for alternative in alternatives(message, oneof) {
            assert!(
                names.contains(&format!("{prefix}{alternative}")),
                "{message}.{alternative} has no sample"
            );
        }
    }
    for alternative in alternatives("Frame", "body") {
        let family = format!("{}_", alternative.trim_end_matches('s'));
        let has_sample = names.contains(&alternative) || names.iter().any(|name| name.starts_with(&family));
        assert!(has_sample, "Frame.{alternative} has no sample");
    }
}
