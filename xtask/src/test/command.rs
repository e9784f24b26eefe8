//! Running a program with its output both shown and read.

use crate::workspace;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Runs and shows `program`; true if it succeeded.
pub(crate) fn run(program: &str, arguments: &[&str]) -> bool {
    run_with(program, arguments, &[])
}

/// The same with further environment variables.
pub(crate) fn run_with(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> bool {
    println!("$ {program} {}", arguments.join(" "));
    Command::new(program)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(workspace::root())
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs and shows `program`, giving each line of its standard output to `read`; true if it succeeded.
pub(crate) fn read(program: &str, arguments: &[&str], mut read: impl FnMut(&str)) -> bool {
    read_quietly(program, arguments, |line| {
        println!("{line}");
        read(line);
    })
}

/// The same without showing the lines, for output that is data.
pub(crate) fn read_quietly(program: &str, arguments: &[&str], mut read: impl FnMut(&str)) -> bool {
    println!("$ {program} {}", arguments.join(" "));
    let child = Command::new(program)
        .args(arguments)
        .current_dir(workspace::root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return false };
    let stdout = child.stdout.take().expect("stdout is piped");
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        read(&line);
    }
    child.wait().is_ok_and(|status| status.success())
}

/// Whether `program` can be started.
pub(crate) fn exists(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
