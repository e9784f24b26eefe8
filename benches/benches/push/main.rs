//! The push dispatcher's figures beside their floor: `cargo xtask bench dispatch`, `first_byte`, `queue`.

#![forbid(unsafe_code)]

use std::path::Path;
use std::time::Instant;
use zim_benches::process::{self, Served};
use zim_benches::report::{self, Row};

mod dispatch;
mod first_byte;
mod queue;
mod serve;

/// One bench: its name and what it measures.
type Bench = (&'static str, fn() -> Vec<Row>);

const BENCHES: [Bench; 3] =
    [("dispatch", dispatch::run), ("first_byte", first_byte::run), ("queue", queue::run)];

fn main() {
    if let Some(role) = process::role() {
        return serve::run(&role);
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let mut rows = Vec::new();
    for (name, bench) in BENCHES {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            let started = Instant::now();
            rows.extend(bench());
            eprintln!("{name}: {} s", started.elapsed().as_secs());
        }
    }
    if !rows.is_empty() {
        report::print(&rows);
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// A child with a role that works on a folder.
fn start(role: &str, folder: &Path) -> Served {
    let role = format!("{role} {}", folder.display());
    process::serve(&role).unwrap_or_else(|error| panic!("{role}: {error}"))
}

/// AppSign of the app of [`serve::server`].
const APP_SIGN: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
/// Topic of all pushes.
const BUNDLE_ID: &str = "com.example.app";

/// The configuration of a server that pushes to `endpoint`; key and root are in the same folder.
fn write_config(folder: &Path, endpoint: &str) {
    let data = folder.join("data").display().to_string();
    let text = format!(
        "listen = \"127.0.0.1:0\"\n\
         data_dir = {data:?}\n\
         log = \"error\"\n\
         [[app]]\n\
         id = 1\n\
         server_secret = \"0123456789abcdef0123456789abcdef\"\n\
         app_sign = \"{APP_SIGN}\"\n\
         [[credential]]\n\
         vendor = \"apns\"\n\
         app_id = 1\n\
         bundle_id = \"{BUNDLE_ID}\"\n\
         key_file = \"key.p8\"\n\
         key_id = \"ABC123DEFG\"\n\
         team_id = \"DEF123GHIJ\"\n\
         endpoint = \"{endpoint}\"\n\
         root_certificates = \"root.pem\"\n"
    );
    std::fs::write(folder.join("zim-server.toml"), text).expect("the folder has room");
}
