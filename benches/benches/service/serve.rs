//! What a child process of the bench does.

use zim_benches::{floor, process, raw::Service};

pub(crate) fn run(role: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_path_buf();
    crate::runtime().block_on(async move {
        match role {
            "floor" => {
                floor::run(path.join("floor.sqlite"), |address| process::announce(&address))
                    .await
                    .expect("floor");
            }
            "zim" => {
                let mut config = zim_server::Config::default();
                config.data_dir = path;
                config.listen = "127.0.0.1:0".parse().expect("an address");
                let running = zim_server::Server::start(config).await.expect("zim-server starts");
                let app = &running.apps()[0];
                let service = Service { url: running.url(), app_id: app.id, app_sign: app.app_sign.clone() };
                process::announce(&service.to_line());
                std::future::pending::<()>().await;
            }
            other => panic!("no such role: {other}"),
        }
    });
}
