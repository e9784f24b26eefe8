//! What the test programs said, added up.

/// Counts of one run.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    passed: u64,
    failed: u64,
    skipped: u64,
    /// Steps that failed, tests or not.
    pub(super) failed_steps: Vec<&'static str>,
    /// Said loudly at the end: what was not run and why.
    pub(crate) not_run: Vec<String>,
}

impl Summary {
    /// Adds a line of `cargo test`, if it is a result line.
    pub(super) fn read(&mut self, line: &str) {
        let Some(counts) = line.trim().strip_prefix("test result: ") else { return };
        for part in counts.split([';', '.']).map(str::trim) {
            let Some((number, what)) = part.split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }

    /// Adds the counts of a test program that reports in a way of its own.
    #[allow(dead_code, reason = "for the host languages' runners")]
    pub(super) fn count(&mut self, passed: u64, failed: u64, skipped: u64) {
        self.passed += passed;
        self.failed += failed;
        self.skipped += skipped;
    }

    /// Notes a suite that could not run; a failure where everything has to run.
    pub(super) fn unprepared(&mut self, suite: &'static str, why: &str, is_failure: bool) {
        if is_failure {
            self.failed += 1;
            self.failed_steps.push(suite);
        }
        self.not_run.push(format!("{suite}: {why}"));
    }

    /// Adds one check that is not a test program.
    pub(super) fn check(&mut self, ok: bool) -> bool {
        if ok {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        ok
    }

    pub(super) fn is_ok(&self) -> bool {
        self.failed == 0 && self.failed_steps.is_empty()
    }

    pub(super) fn print(&self) {
        println!();
        for line in &self.not_run {
            println!("NOT RUN: {line}");
        }
        for step in &self.failed_steps {
            println!("FAILED STEP: {step}");
        }
        println!(
            "{} passed, {} failed, {} skipped",
            self.passed,
            self.failed,
            self.skipped + self.not_run.len() as u64
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_added_up() {
        let mut summary = Summary::default();
        summary.read(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s",
        );
        summary.read("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s");
        summary.read("running 5 tests");
        assert_eq!((summary.passed, summary.failed, summary.skipped), (14, 1, 1));
        assert!(!summary.is_ok());
    }
}
