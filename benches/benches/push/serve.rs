//! What a child process of the bench does, in the folder it is given.

use std::path::{Path, PathBuf};
use std::time::Duration;
use zim_benches::{process, raw::Service};
use zim_server::config::{Config, Overrides};
use zim_vendor_doubles::{ApnsDouble, ApnsOptions};

/// Streams the double allows on a connection.
pub(crate) const STREAMS: u32 = 100;

pub(crate) fn run(role: &str) {
    let (role, folder) = role.split_once(' ').expect("a role and a folder");
    let folder = PathBuf::from(folder);
    crate::runtime().block_on(async move {
        match role {
            "apns" => apns(&folder).await,
            "server" => server(&folder).await,
            other => panic!("no such role: {other}"),
        }
    });
}

/// The double; what it saw is forgotten now and then.
async fn apns(folder: &Path) {
    let double = apns_double(folder).await;
    process::announce(&double.url());
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        double.clear();
    }
}

/// Starts the double and leaves its key and root in the folder.
pub(crate) async fn apns_double(folder: &Path) -> ApnsDouble {
    let options = ApnsOptions { max_concurrent_streams: STREAMS, ..ApnsOptions::default() };
    let double = ApnsDouble::start(options).await;
    let write =
        |name: &str, text: String| std::fs::write(folder.join(name), text).expect("the folder has room");
    write("key.p8", double.p8_key_pem());
    write("root.pem", double.root_certificate_pem());
    double
}

/// A whole server, as configured in the folder.
async fn server(folder: &Path) {
    let config =
        Config::load(Some(&folder.join("zim-server.toml")), &Overrides::default()).expect("configured");
    let running = zim_server::Server::start(config).await.expect("zim-server starts");
    let app = &running.apps()[0];
    let service = Service { url: running.url(), app_id: app.id, app_sign: app.app_sign.clone() };
    process::announce(&service.to_line());
    std::future::pending::<()>().await;
}
