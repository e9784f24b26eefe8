//! `proto/zim/zim.proto` → Rust, by protox and prost-build, so that no machine needs protoc.

use super::Generated;
use std::error::Error;
use std::path::Path;

/// The Rust types of the wire protocol.
pub(crate) fn generate(root: &Path) -> Result<Vec<Generated>, Box<dyn Error>> {
    let descriptors = protox::compile(["zim/zim.proto"], [root.join("proto")])?;
    let mut config = prost_build::Config::new();
    config.bytes(["."]).skip_debug([
        "zim.v1.ClientHello",
        "zim.v1.RenewToken",
        "zim.v1.PushRegistration",
        "zim.v1.BindPush",
    ]);
    let modules = descriptors
        .file
        .into_iter()
        .map(|file| (prost_build::Module::from_protobuf_package_name("zim.v1"), file))
        .collect();
    let text = config.generate(modules)?.into_values().collect();
    Ok(vec![Generated { path: "proto/src/generated/v1.rs".into(), text }])
}
