//! Any request or hello a peer can spell: the checks never panic, and a refusal names code and parameter.

#![no_main]

use libfuzzer_sys::fuzz_target;
use prost::Message as _;
use zim_proto::v1::{ClientHello, Request};
use zim_proto::validate;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Request { op: Some(op), .. }) = Request::decode(bytes) {
        for result in [validate::request(&op), validate::not_to_self("alice", &op)] {
            if let Err(invalid) = result {
                assert!(invalid.code.code() > 0 && !invalid.parameter.is_empty());
            }
        }
    }
    if let Ok(hello) = ClientHello::decode(bytes) {
        let _ = validate::client_hello(&hello);
    }
});
