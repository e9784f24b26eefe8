//! A server as a child process of the bench: the same executable, started again with a role.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

const ROLE: &str = "ZIM_BENCH_ROLE";
const READY: &str = "ready ";

/// A running child; killed when dropped.
pub struct Served {
    child: Child,
    address: String,
}

/// The role this process was started with, if it is such a child.
#[must_use]
pub fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// Said by a child once it listens: `text` reaches the parent as [`Served::address`].
pub fn announce(text: &str) {
    println!("{READY}{text}");
}

/// Starts this executable again in `role` and waits until it announces its address.
///
/// # Errors
/// If the child cannot be started or ends without an announcement.
pub fn serve(role: &str) -> std::io::Result<Served> {
    let mut child = Command::new(std::env::current_exe()?)
        .env(ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let stdout = child.stdout.take().expect("stdout is piped");
    let mut lines = BufReader::new(stdout).lines();
    for line in &mut lines {
        if let Some(address) = line?.strip_prefix(READY) {
            return Ok(Served { address: address.to_owned(), child });
        }
    }
    let _ = child.kill();
    Err(std::io::Error::other(format!("the {role} process ended before it listened")))
}

impl Served {
    /// What the child announced.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Resident memory of the child in KiB.
    ///
    /// # Errors
    /// If the process is gone or the platform has no `/proc`.
    pub fn resident_kib(&self) -> std::io::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix("kB"))
            .and_then(|number| number.trim().parse().ok())
            .ok_or_else(|| std::io::Error::other("no VmRSS"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
