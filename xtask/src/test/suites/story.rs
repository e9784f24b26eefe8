//! The README's first command.

use crate::test::{Step, Suite, command, nothing};

pub(super) const SUITE: Suite = Suite {
    name: "story",
    about: "the README's story, as an example in release",
    tools: &[],
    prepare: nothing,
    steps: &[Step {
        name: "the README's story",
        run: |summary| {
            summary.check(command::run("cargo", &["run", "--release", "--example", "offline_push"]))
        },
    }],
};
