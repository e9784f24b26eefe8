//! Linker flags of an add-on of HarmonyOS.

fn main() {
    // The shared source is built with HarmonyOS's N-API.
    println!("cargo::rustc-check-cfg=cfg(harmonyos)");
    println!("cargo::rustc-cfg=harmonyos");
    napi_build_ohos::setup();
}
