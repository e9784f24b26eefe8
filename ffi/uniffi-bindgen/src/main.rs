//! `uniffi-bindgen generate --library libzim_uniffi.so --language swift --out-dir …`: the pinned generator of the host
//! plumbing. A crate of its own, so that builds of the library never compile it.

fn main() {
    uniffi::uniffi_bindgen_main();
}
