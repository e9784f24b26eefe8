//! The suites of `cargo xtask test`, in the order they run: cheap checks first. One file per suite.

pub(crate) mod arkts;
mod console;
pub(crate) mod kotlin;
mod matrix;
mod native;
pub(crate) mod objc;
mod oracles;
mod rust;
mod story;
pub(crate) mod swift;

use super::Suite;

/// All of them.
pub(super) fn all() -> Vec<Suite> {
    vec![
        rust::SUITE,
        native::SUITE,
        kotlin::SUITE,
        arkts::SUITE,
        objc::SUITE,
        console::SUITE,
        swift::SUITE,
        oracles::SUITE,
        matrix::SUITE,
        story::SUITE,
    ]
}
