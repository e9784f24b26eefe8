//! The dependency direction between crates: bindings → ffi → zpns-core, zim-core → proto, and the server shares only
//! the protocol with the client.

use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::process::Command;

/// What each crate may use of the workspace (development dependencies are free).
const ALLOWED: [(&str, &[&str]); 8] = [
    ("zim-proto", &[]),
    ("zim-core", &["zim-proto"]),
    ("zpns-core", &["zim-core", "zim-proto"]),
    ("zim-ffi", &["zim-core", "zpns-core", "zim-proto"]),
    ("zim-uniffi", &["zim-ffi", "zim-core", "zpns-core", "zim-proto"]),
    ("zim-uniffi-bindgen", &[]),
    ("zim-push", &["zim-proto"]),
    ("zim-server", &["zim-push", "zim-proto"]),
];

/// Crates that must not be linked into the SDK, with the reason.
const NOT_IN_SDK: [(&str, &str); 4] = [
    ("reqwest", "the SDK opens one WebSocket and nothing else"),
    ("aws-lc-rs", "libzim holds one crypto provider, ring"),
    ("tracing", "SDK crates log by the `log` facade"),
    ("parking_lot", "std locks are good enough for an embedded library"),
];

pub(super) fn check(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    Ok(violations(&metadata))
}

fn violations(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let members: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ALLOWED.iter().find(|(of, _)| *of == name) else { continue };
        let is_sdk = matches!(name, "zim-proto" | "zim-core" | "zpns-core" | "zim-ffi" | "zim-uniffi");
        for dependency in package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default() {
            if dependency["kind"].as_str() == Some("dev") {
                continue;
            }
            let used = dependency["name"].as_str().unwrap_or_default();
            if members.contains(&used) && !allowed.contains(&used) {
                found.push(format!("{name} may not depend on {used}"));
            }
            if let Some((_, why)) = NOT_IN_SDK.iter().find(|(banned, _)| *banned == used && is_sdk) {
                found.push(format!("{name} depends on {used}: {why}"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_arrow_against_the_direction_is_found() {
        let metadata = json!({"packages": [
            {"name": "zim-proto", "dependencies": [{"name": "zim-core", "kind": null}]},
            {"name": "zim-core", "dependencies": [
                {"name": "zim-proto", "kind": null}, {"name": "zim-server", "kind": "dev"}, {"name": "tracing", "kind": null},
            ]},
            {"name": "zim-server", "dependencies": []},
        ]});
        let found = violations(&metadata);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("zim-proto may not depend on zim-core"));
    }
}
