//! Linker flags of an add-on of HarmonyOS.

fn main() {
    napi_build_ohos::setup();
}
