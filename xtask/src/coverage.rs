//! `docs/coverage.md`: every row of the checklist with the tests that show it, collected from the tests themselves.
//!
//! A test says `covers: A-01, B-07` in a comment above it; the name shown is that of the next function, or of the file.

use crate::workspace;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const MARK: &str = "covers:";
const FOLDERS: [&str; 10] = [
    "tests",
    "zim-core",
    "zpns-core",
    "proto",
    "server",
    "ffi",
    "bindings",
    "examples",
    "xtask/src/lint",
    "xtask/src/test/suites",
];
const ENDINGS: [&str; 10] = ["rs", "c", "cpp", "java", "kt", "swift", "m", "ts", "mjs", "py"];

#[derive(Deserialize)]
struct Checklist {
    open: BTreeMap<String, String>,
    row: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    rule: String,
    #[serde(default)]
    spelling: String,
    #[serde(default)]
    works: String,
    kind: String,
    /// Why no test shows it.
    open: Option<String>,
    /// What the tests, which have doubles of phone and vendor, leave to a person with the real thing.
    device: Option<String>,
}

/// One test that says it covers a row.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Shown {
    file: String,
    test: String,
}

/// Writes the table, or fails when the committed one is stale.
pub(crate) fn run(check: bool) -> Result<(), Box<dyn Error>> {
    let root = workspace::root();
    let checklist: Checklist = toml::from_str(&fs::read_to_string(root.join("tests/checklist.toml"))?)?;
    let shown = collect(&root)?;
    let known: Vec<&str> = checklist.row.iter().map(|row| row.id.as_str()).collect();
    for id in shown.keys() {
        if !known.contains(&id.as_str()) {
            return Err(format!("a test covers {id}, which is no row of the checklist").into());
        }
    }
    let text = render(&checklist, &shown)?;
    let path = root.join("docs/coverage.md");
    if fs::read_to_string(&path).unwrap_or_default() == text {
        return Ok(());
    }
    if check {
        return Err("docs/coverage.md is stale, run `cargo xtask coverage`".into());
    }
    fs::write(path, text)?;
    println!("wrote docs/coverage.md");
    Ok(())
}

fn collect(root: &Path) -> Result<BTreeMap<String, Vec<Shown>>, Box<dyn Error>> {
    let mut shown: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
    for folder in FOLDERS {
        for file in workspace::files(&root.join(folder), &ENDINGS)? {
            let name = file.strip_prefix(root)?.display().to_string();
            for (id, test) in marks(&fs::read_to_string(&file)?) {
                let test = if test.is_empty() { name.clone() } else { test };
                shown.entry(id).or_default().push(Shown { file: name.clone(), test });
            }
        }
    }
    for tests in shown.values_mut() {
        tests.sort();
        tests.dedup();
    }
    Ok(shown)
}

/// The (row, test) pairs of one source text.
fn marks(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let is_comment = ["//", "#", "*", "/*"].iter().any(|start| trimmed.starts_with(start));
        let Some((_, ids)) = trimmed.split_once(MARK).filter(|_| is_comment) else { continue };
        let test =
            lines[index + 1..].iter().take(12).find_map(|line| function_name(line)).unwrap_or_default();
        for id in ids.split([',', ' ']).map(str::trim).filter(|id| is_row(id)) {
            found.push((id.to_owned(), test.clone()));
        }
    }
    found
}

fn is_row(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() == 4
        && bytes[0].is_ascii_uppercase()
        && bytes[1] == b'-'
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

/// What a test is called: its function, or what a JavaScript test says about itself.
fn function_name(line: &str) -> Option<String> {
    if let Some(title) = line.trim_start().strip_prefix("test('") {
        return title.split_once('\'').map(|(title, _)| title.to_owned());
    }
    let rest = ["fn ", "fun ", "func ", "void "]
        .iter()
        .find_map(|keyword| line.split_once(keyword).map(|(_, rest)| rest))?;
    let name: String = rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!name.is_empty()).then_some(name)
}

fn render(checklist: &Checklist, shown: &BTreeMap<String, Vec<Shown>>) -> Result<String, Box<dyn Error>> {
    let mut text = String::from(
        "# Coverage of the checklist\n\nWritten by `cargo xtask coverage` from the tests: a test that says `covers: A-01` shows that row. \
         Kinds: C compiles, E end to end,\nU unit, D needs a device or vendor account, P packaging or documentation.\n",
    );
    let mut totals: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in &checklist.row {
        let total = totals.entry(&row.id[..1]).or_default();
        total.1 += 1;
        total.0 += usize::from(shown.contains_key(&row.id));
    }
    text.push_str("\n| Part | Shown | Rows |\n|---|---|---|\n");
    for (part, (done, all)) in &totals {
        writeln!(text, "| {part} | {done} | {all} |")?;
    }
    let mut part = "";
    for row in &checklist.row {
        if part != &row.id[..1] {
            part = &row.id[..1];
            write!(text, "\n## Part {part}\n\n| Row | Rule | Kind | Shown by |\n|---|---|---|---|\n")?;
        }
        let by = match shown.get(&row.id) {
            Some(tests) if row.open.is_none() => {
                let names = tests.iter().map(|shown| format!("`{}` in `{}`", shown.test, shown.file));
                let device = row.device.iter().map(|device| format!("with doubles; on a device: {device}"));
                names.chain(device).collect::<Vec<_>>().join("<br>")
            }
            Some(_) => return Err(format!("{} has tests and still says why it is open", row.id).into()),
            None if row.device.is_some() => {
                return Err(format!("{} names a device and has no test with doubles", row.id).into());
            }
            None => {
                let reason = row.open.as_ref().or_else(|| checklist.open.get(part));
                let reason = reason.ok_or_else(|| format!("{} has neither a test nor a reason", row.id))?;
                format!("open: {reason}")
            }
        };
        let mut rule = row.rule.clone();
        for more in [&row.spelling, &row.works] {
            if !more.is_empty() {
                write!(rule, " — {more}")?;
            }
        }
        writeln!(text, "| {} | {} | {} | {by} |", row.id, rule.replace('|', "\\|"), row.kind)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_belongs_to_the_next_function() {
        let text =
            "/// Story.\n// covers: A-01, B-13\n#[test]\nfn story_works() {}\nlet x = \"covers: A-02\";\n";
        let expected = [("A-01", "story_works"), ("B-13", "story_works")];
        assert_eq!(marks(text), expected.map(|(id, test)| (id.to_owned(), test.to_owned())));
    }

    #[test]
    fn only_rows_count() {
        assert!(is_row("C-45"));
        assert!(!is_row("C-4"));
        assert!(!is_row("c-45"));
    }
}
