//! The project's own tasks. `cargo xtask help` lists them.

mod bench;
mod codegen;
mod coverage;
mod lint;
mod test;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  test [SUITE …]        every test in every host language, or only these suites (below). Installs what it needs when it is
                        root or in CI, otherwise says what is missing.
  lint                  rules the compiler does not know: dependency arrows, purity of the engine, reasons for unsafe
  codegen [--check]     write the generated files, or fail when one is stale
  coverage [--check]    write docs/coverage.md from the tests, or fail when it is stale
  bench [NAME …]        the benches of the core and the server in release: ours, the floor and the ratio of the same run
  bench hosts [LANGUAGE …]  what a call and an event cost in each host language beside C, and the sizes of the binaries
  size                  libzim.so as it ships, with and without the store
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test", suites @ ..] => test::run(suites),
        ["lint"] => lint::run(),
        ["codegen"] => codegen::run(codegen::Mode::Write),
        ["codegen", "--check"] => codegen::run(codegen::Mode::Check),
        ["coverage"] => coverage::run(false),
        ["coverage", "--check"] => coverage::run(true),
        ["bench", "hosts", languages @ ..] => bench::hosts(languages),
        ["bench", names @ ..] => bench::rust(names),
        ["size"] => test::steps::size(),
        ["help" | "--help" | "-h"] => {
            print!("{HELP}\nsuites\n\n{}", test::help());
            Ok(())
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
