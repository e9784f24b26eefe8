//! Benches: our figure, its floor and the ratio, from the same run.
//!
//! The floor is the same work done by the least code that could do it: bare tokio-tungstenite frames and one SQLite
//! database in WAL mode with `synchronous=FULL`, whose single writer commits everything that waits at once. Both sides
//! run as a child process of the bench, so that a figure never shares a runtime with its load generator.

#![forbid(unsafe_code)]

pub mod floor;
pub mod process;
pub mod raw;
pub mod report;
pub mod stats;
