//! Rules of the project that the compiler does not know.

mod arrows;
mod names;
mod text;

use crate::workspace;
use std::error::Error;

/// Checks all rules and lists every violation.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let root = workspace::root();
    let mut violations = arrows::check(&root)?;
    violations.extend(text::check(&root)?);
    violations.extend(names::check(&root)?);
    if violations.is_empty() {
        println!("lint: no violations");
        return Ok(());
    }
    for violation in &violations {
        eprintln!("lint: {violation}");
    }
    Err(format!("{} violations", violations.len()).into())
}
