//! The C and C++ programs, by two compilers, under sanitizers and valgrind.

use crate::test::setup::Tool;
use crate::test::{Step, Suite, nothing, steps};

pub(super) const SUITE: Suite = Suite {
    name: "native",
    about: "the C and C++ programs",
    tools: &[
        Tool { program: "gcc", package: "gcc", used_for: "the C programs" },
        Tool { program: "g++", package: "g++", used_for: "the C++ programs" },
        Tool { program: "clang", package: "clang", used_for: "the C and C++ programs, second compiler" },
        Tool { program: "valgrind", package: "valgrind", used_for: "the leak check" },
        Tool { program: "cmake", package: "cmake", used_for: "the CMake package" },
        Tool { program: "pkg-config", package: "pkg-config", used_for: "the pkg-config file" },
    ],
    prepare: nothing,
    steps: &[Step {
        name: "C and C++ programs",
        run: |summary| {
            steps::cargo_test(
                summary,
                &["--package", "zim-tests", "--test", "native", "--features", "native", "--no-fail-fast"],
            )
        },
    }],
};
