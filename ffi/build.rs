//! Gives the shared library the name by which programs find it at run time: libzim.so.1 breaks only with the ABI's major.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Android loads libraries by file name and wants no version in it.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // For every target of this package: what is meant for cdylibs alone is passed on to the cdylibs that use this crate.
        println!("cargo::rustc-link-arg=-Wl,-soname,libzim.so.1");
    }
}
