//! The one server of a run, on a fresh folder.

use super::release::Release;
use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// An app with credentials of its own: the programs log in with its AppSign.
const APP_ID: &str = "1";
const APP_SIGN: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const SERVER_SECRET: &str = "benches-of-hosts-need-no-secret0";

/// A running `zim-server`; it ends with this value.
pub(super) struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it and waits until it listens.
    pub(super) fn start(release: &Release) -> Result<Self, Box<dyn Error>> {
        let folder = release.file("server");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        let config = folder.join("zim-server.toml");
        std::fs::write(
            &config,
            format!(
                "listen = \"127.0.0.1:0\"\ndata_dir = {folder:?}\nlog = \"warn\"\n\n[[app]]\nid = {APP_ID}\n\
                 server_secret = \"{SERVER_SECRET}\"\napp_sign = \"{APP_SIGN}\"\n"
            ),
        )?;
        let mut command = Command::new(Release::server());
        command.arg("--config").arg(&config).arg("serve");
        // What the developer's shell says about servers of his own is not meant for this one.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ZIM_") {
                command.env_remove(name);
            }
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line)?;
        let url = line.trim().strip_prefix("listening on ").unwrap_or_default().to_owned();
        let server = Self { child, url };
        if server.url.is_empty() { Err("the server did not start".into()) } else { Ok(server) }
    }

    /// What a program of `user` is started with.
    pub(super) fn arguments(&self, user: &str) -> Vec<String> {
        [&self.url, APP_ID, APP_SIGN, user].map(str::to_owned).to_vec()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
