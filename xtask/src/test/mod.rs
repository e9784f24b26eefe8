//! `cargo xtask test`: set-up, the checks, every test, and one summary line at the end.

pub(crate) mod command;
pub(crate) mod hosts;
pub(crate) mod setup;
pub(crate) mod steps;
pub(crate) mod suites;
pub(crate) mod summary;

use std::error::Error;
use summary::Summary;

/// One step of a run.
struct Step {
    name: &'static str,
    run: fn(&mut Summary) -> bool,
}

/// One part that can be run alone: what it needs of the machine, then what it does.
struct Suite {
    /// The word after `cargo xtask test`.
    name: &'static str,
    /// Said in the help and when it does not run.
    about: &'static str,
    tools: &'static [setup::Tool],
    /// Brings what `tools` cannot name (an npm or Maven package, a toolchain in a folder). An error says what is missing;
    /// the steps then do not run, which fails in CI.
    prepare: fn() -> Result<(), Box<dyn Error>>,
    steps: &'static [Step],
}

/// Runs the suites named, or all; a failed step does not stop the later ones. Fails if any of them failed.
pub(crate) fn run(names: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut suites = suites::all();
    if let Some(unknown) = names.iter().find(|name| !suites.iter().any(|suite| suite.name == **name)) {
        return Err(format!("there is no suite {unknown:?}; there are {}", list(&suites, ", ")).into());
    }
    if !names.is_empty() {
        suites.retain(|suite| names.contains(&suite.name));
    }
    let mut summary = Summary::default();
    for suite in suites {
        println!("\n=== {}: {}", suite.name, suite.about);
        if let Err(error) = setup::run(suite.tools, &mut summary).and_then(|()| (suite.prepare)()) {
            println!("NOT PREPARED: {}: {error}", suite.name);
            summary.unprepared(suite.name, &error.to_string(), setup::in_ci());
            continue;
        }
        for step in suite.steps {
            println!("\n==> {}", step.name);
            let started = std::time::Instant::now();
            let ok = (step.run)(&mut summary);
            let verdict = if ok { "ok" } else { "FAILED" };
            println!("<== {}: {verdict} in {} s", step.name, started.elapsed().as_secs());
            if !ok {
                summary.failed_steps.push(step.name);
            }
        }
    }
    summary.print();
    if summary.is_ok() { Ok(()) } else { Err("tests failed".into()) }
}

/// A line for each suite, for the help.
pub(crate) fn help() -> String {
    let lines = suites::all();
    let lines = lines.iter().map(|suite| format!("    {:<10} {}\n", suite.name, suite.about));
    lines.collect()
}

fn list(suites: &[Suite], between: &str) -> String {
    let names: Vec<&str> = suites.iter().map(|suite| suite.name).collect();
    names.join(between)
}

/// For suites that need nothing beyond their tools.
fn nothing() -> Result<(), Box<dyn Error>> {
    Ok(())
}
