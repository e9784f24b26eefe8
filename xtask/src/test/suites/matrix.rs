//! Each language beside each other. Runs after the suites of the languages, which make their programs.

use crate::test::setup::Tool;
use crate::test::{Step, Suite, command, hosts, steps};
use crate::workspace;
use std::error::Error;

pub(super) const SUITE: Suite = Suite {
    name: "matrix",
    about: "messages from each host language to each other",
    tools: &[
        Tool { program: "gcc", package: "gcc", used_for: "the peer in C" },
        Tool { program: "g++", package: "g++", used_for: "the peer in C++" },
    ],
    prepare,
    steps: &[Step {
        name: "each language beside each other",
        run: |summary| {
            steps::cargo_test(
                summary,
                &["--package", "zim-tests", "--test", "matrix", "--features", "hosts", "--", "--nocapture"],
            )
        },
    }],
};

/// The peers of Rust, C and C++; the other suites make theirs.
fn prepare() -> Result<(), Box<dyn Error>> {
    let root = workspace::root();
    if !command::run("cargo", &["build", "--quiet", "--package", "zim-examples", "--example", "peer"]) {
        return Err("the peer in Rust does not build".into());
    }
    hosts::peer("rust", &format!("'{}'", hosts::built("examples/peer").display()))?;
    let libraries = hosts::libzim()?;
    for (language, compiler, standard, source) in
        [("c", "gcc", "-std=c11", "examples/c/peer.c"), ("cpp", "g++", "-std=c++11", "examples/cpp/peer.cpp")]
    {
        let program = root.join("target/hosts").join(format!("{language}-peer"));
        hosts::native_program(compiler, &[standard], source, &program, &libraries)?;
        hosts::peer(language, &format!("'{}'", program.display()))?;
    }
    Ok(())
}
