//! A bench program at work: a line in, a line of JSON out. `benches/hosts/README.md` tells what is said.

use serde_json::Value;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running program, logged in; it ends with this value.
pub(super) struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    /// Starts it and waits until it is logged in.
    pub(super) fn start(line: &[String], arguments: &[String]) -> Result<Self, Box<dyn Error>> {
        let (program, first) = line.split_first().ok_or("an empty command line")?;
        let mut child = Command::new(program)
            .args(first)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut program = Self { child, input, output };
        program.answer()?;
        Ok(program)
    }

    /// Gives a command and waits until it is carried out; microseconds it took.
    pub(super) fn ask(&mut self, command: &str) -> Result<f64, Box<dyn Error>> {
        writeln!(self.input, "{command}")?;
        self.input.flush()?;
        let answer = self.answer().map_err(|error| format!("{command}: {error}"))?;
        answer["microseconds"].as_f64().ok_or_else(|| format!("{command}: {answer}").into())
    }

    fn answer(&mut self) -> Result<Value, Box<dyn Error>> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err("the program ended".into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
