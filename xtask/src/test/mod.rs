//! `cargo xtask test`: set-up, the checks, every test, and one summary line at the end.

mod command;
mod setup;
pub(crate) mod steps;
mod summary;

use std::error::Error;
use summary::Summary;

/// Which part to run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything.
    All,
    /// Checks and the Rust tests.
    Rust,
    /// The C and C++ programs.
    Native,
}

/// Runs all steps of `part`; a failed step does not stop the later ones. Fails if any of them failed.
pub(crate) fn run(part: Part) -> Result<(), Box<dyn Error>> {
    let mut summary = Summary::default();
    setup::run(part, &mut summary)?;
    for step in steps::of(part) {
        println!("\n==> {}", step.name);
        let started = std::time::Instant::now();
        let ok = (step.run)(&mut summary);
        println!(
            "<== {}: {} in {} s",
            step.name,
            if ok { "ok" } else { "FAILED" },
            started.elapsed().as_secs()
        );
        if !ok {
            summary.failed_steps.push(step.name);
        }
    }
    summary.print();
    if summary.is_ok() { Ok(()) } else { Err("tests failed".into()) }
}
