//! The service's figures beside their floor. `cargo xtask bench` runs all, `cargo xtask bench latency fanout` some.

#![forbid(unsafe_code)]

use std::time::{Duration, Instant};
use zim_benches::process::{self, Served};
use zim_benches::report::{self, Better, Row};

mod backlog;
mod client;
mod delivery;
mod fanout;
mod memory;
mod send;
mod serve;

/// One bench: its name and what it measures.
type Bench = (&'static str, fn() -> Vec<Row>);

const BENCHES: [Bench; 6] = [
    ("latency", send::latency),
    ("pipelined", send::pipelined),
    ("delivery", delivery::run),
    ("backlog", backlog::run),
    ("fanout", fanout::run),
    ("memory", memory::run),
];

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
    report::print(&rows);
}

/// A runtime as an embedding program would have it.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Runs `round` of both sides in turn, so that a drifting machine hits both, and returns the medians (ours, floor).
fn in_turn(rounds: usize, mut ours: impl FnMut() -> f64, mut floor: impl FnMut() -> f64) -> (f64, f64) {
    let (mut our_figures, mut floor_figures) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        floor_figures.push(floor());
        our_figures.push(ours());
    }
    (zim_benches::stats::median(&mut our_figures), zim_benches::stats::median(&mut floor_figures))
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn row(measure: &str, unit: &'static str, (ours, floor): (f64, f64), better: Better, target: f64) -> Row {
    Row { measure: measure.to_owned(), unit, ours, floor, target, better }
}

fn start(role: &str) -> Served {
    process::serve(role).unwrap_or_else(|error| panic!("{role}: {error}"))
}
