//! The suites of `cargo xtask test`, in the order they run: cheap checks first. One file per suite.

mod arkts;
mod console;
mod kotlin;
mod matrix;
mod native;
mod objc;
mod oracles;
mod rust;
mod story;
mod swift;

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
