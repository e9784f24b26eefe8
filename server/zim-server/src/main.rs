//! `zim-server`: the service and its tools. `zim-server --help` lists them.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    zim_server::cli::main()
}
