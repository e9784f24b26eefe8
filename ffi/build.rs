//! Gives the shared library the name by which programs find it at run time: libzim.so.1 breaks only with the ABI's major.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Android loads libraries by file name and wants no version in it.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libzim.so.1");
    }
}
