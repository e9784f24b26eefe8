//! Linker flags of a Node add-on.

fn main() {
    // Only the crate for HarmonyOS sets it.
    println!("cargo::rustc-check-cfg=cfg(harmonyos)");
    napi_build::setup();
}
