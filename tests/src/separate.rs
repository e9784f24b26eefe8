//! The server as the program it is, in a process of its own.

use crate::phone::{Kind, Phone};
use crate::settings::Settings;
use crate::site::{Service, Site};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// `zim-server` on a folder, with the vendors it pushes through. Its address stays the same over restarts.
pub struct SeparateServer {
    child: Option<Child>,
    url: String,
    address: SocketAddr,
    site: Site,
}

impl Deref for SeparateServer {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl SeparateServer {
    /// Builds the program if need be, and starts it on a new folder.
    ///
    /// # Panics
    /// When it cannot be built or does not start; its log is shown then.
    #[must_use]
    pub fn start(settings: Settings) -> Self {
        let site = Site::new(settings);
        let (child, url) = spawn(&site, "127.0.0.1:0");
        let address = url.split('/').nth(2).and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address in {url:?}"));
        Self { child: Some(child), url, address, site }
    }

    /// Kills it as a power cut would (SIGKILL). Nothing happens if it does not run.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("our own child can be killed");
            child.wait().expect("our own child can be waited for");
        }
    }

    /// Starts it again on the same folder and address; kills it first if it runs.
    ///
    /// # Panics
    /// As [`SeparateServer::start`].
    pub fn restart(&mut self) {
        self.kill();
        let (child, url) = spawn(&self.site, &self.address.to_string());
        assert_eq!(url, self.url, "the same address");
        self.child = Some(child);
    }

    /// Where clients connect to.
    #[must_use]
    pub fn service(&self) -> Service {
        self.site.service(&self.url)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A device that has never been switched on.
    #[must_use]
    pub fn phone(&self, name: &str, kind: Kind) -> Phone {
        self.site.with_token(self.service().phone(name, kind))
    }

    /// Calls the administration interface: status and JSON.
    ///
    /// # Panics
    /// When the server does not answer. Not for `wss://`.
    #[must_use]
    pub fn admin(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        crate::http::call(self.address, method, path, body)
    }

    /// Runs another subcommand with the same configuration: whether it succeeded, and what it printed.
    ///
    /// # Panics
    /// When the program cannot be run.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> (bool, String) {
        let output = command(&self.site)
            .arg("--listen")
            .arg(self.address.to_string())
            .args(arguments)
            .output()
            .expect("the program was built");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout) + &text(&output.stderr))
    }

    /// What the server has logged over all its runs.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(log_file(&self.site)).unwrap_or_default()
    }
}

impl Drop for SeparateServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The machine may be shutting down; there is nothing to be done about a failure here.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn log_file(site: &Site) -> PathBuf {
    site.folder().join("server.log")
}

fn command(site: &Site) -> Command {
    let mut command = Command::new(program());
    command.arg("--config").arg(site.config_file());
    // What the developer's shell says about servers of his own is not meant for this one.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ZIM_") {
            command.env_remove(name);
        }
    }
    command
}

/// Starts the program and waits until it says where it listens.
fn spawn(site: &Site, listen: &str) -> (Child, String) {
    let log = File::options().create(true).append(true).open(log_file(site)).expect("the folder has room");
    let mut child = command(site)
        .args(["--listen", listen, "serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the program was built");
    let mut lines = BufReader::new(child.stdout.take().expect("it was piped"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("text");
    match line.trim().strip_prefix("listening on ") {
        Some(url) => (child, url.to_owned()),
        None => {
            let log = std::fs::read_to_string(log_file(site)).unwrap_or_default();
            panic!("the server did not start: {line}{log}")
        }
    }
}

/// The program, built once per process with the same profile as this one.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let release = !cfg!(debug_assertions);
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "zim-server", "--bin", "zim-server"])
            .args(release.then_some("--release"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(built.success(), "zim-server does not build");
        // …/target/debug/deps/test, …/target/debug/examples/name or …/target/debug/name
        let this = std::env::current_exe().expect("a running program has a file");
        let folder = this.parent().expect("a file is in a folder");
        let folder = match folder.file_name().and_then(|name| name.to_str()) {
            Some("deps" | "examples") => folder.parent().expect("a folder in a folder"),
            _ => folder,
        };
        folder.join(format!("zim-server{}", std::env::consts::EXE_SUFFIX))
    })
}
