//! Rules that are seen in the text of the sources.

use crate::workspace;
use std::error::Error;
use std::fs;
use std::path::Path;

struct Rule {
    folder: &'static str,
    words: &'static [&'static str],
    why: &'static str,
}

const RULES: [Rule; 4] = [
    Rule {
        folder: "zim-core/src/engine",
        words: &[
            "Instant::now",
            "SystemTime::now",
            "tokio::",
            "getrandom",
            "fastrand",
            "thread::spawn",
            "thread::sleep",
            "Mutex<",
        ],
        why: "the engine is a pure machine: time and randomness come in as arguments",
    },
    Rule {
        folder: "proto/src",
        words: &["std::net", "std::fs", "tokio::", "Instant::now", "SystemTime::now"],
        why: "the protocol has no IO, no clock and no runtime",
    },
    Rule {
        folder: "server/zim-server/src/service",
        words: &["SystemTime::now", "Instant::now", "tokio::"],
        why: "services are synchronous and get the time as an argument",
    },
    Rule {
        folder: "zim-core/src",
        words: &["std::net::TcpStream", "TcpStream::connect"],
        why: "only net opens sockets",
    },
];

/// Files in which a rule does not hold, because they are what the rule protects.
const EXEMPT: [&str; 1] = ["zim-core/src/net"];

/// Crates whose sources hold no unsafe code; the binding crate is the only other one.
const SAFE: [&str; 8] = [
    "proto/src/lib.rs",
    "zim-core/src/lib.rs",
    "zpns-core/src/lib.rs",
    "server/zim-push/src/lib.rs",
    "server/zim-server/src/lib.rs",
    "tests/doubles/src/lib.rs",
    "tests/src/lib.rs",
    "benches/src/lib.rs",
];

pub(super) fn check(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut violations = Vec::new();
    for rule in RULES {
        for file in workspace::files(&root.join(rule.folder), &["rs"])? {
            let name = file.strip_prefix(root)?.display().to_string();
            if EXEMPT.iter().any(|exempt| name.starts_with(exempt)) || name.contains("test") {
                continue;
            }
            for (number, line) in fs::read_to_string(&file)?.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                if let Some(word) = rule.words.iter().find(|word| code.contains(**word)) {
                    violations.push(format!("{name}:{}: {word}: {}", number + 1, rule.why));
                }
            }
        }
    }
    for file in SAFE {
        if !fs::read_to_string(root.join(file))?.contains("#![forbid(unsafe_code)]") {
            violations.push(format!("{file}: #![forbid(unsafe_code)] is missing"));
        }
    }
    violations.extend(unsafe_without_reason(root)?);
    Ok(violations)
}

/// Every unsafe block of the binding crates is preceded by a line that says why it is sound.
fn unsafe_without_reason(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut violations = Vec::new();
    let mut files = workspace::files(&root.join("ffi/src"), &["rs"])?;
    files.extend(workspace::files(&root.join("ffi/uniffi/src"), &["rs"])?);
    for file in files {
        let name = file.strip_prefix(root)?.display().to_string();
        if name.contains("generated") {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        for number in missing_reasons(&text) {
            violations.push(format!("{name}:{number}: unsafe block without a SAFETY line"));
        }
    }
    Ok(violations)
}

fn missing_reasons(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let mut missing = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        if !code.contains("unsafe {") {
            continue;
        }
        let before = &lines[index.saturating_sub(5)..=index];
        if !before.iter().any(|line| line.contains("SAFETY:")) {
            missing.push(index + 1);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsafe_block_needs_its_reason_nearby() {
        assert_eq!(missing_reasons("let x = unsafe { *p };"), vec![1]);
        assert!(missing_reasons("// SAFETY: p is valid.\nlet x = unsafe { *p };").is_empty());
        assert!(missing_reasons("// unsafe { is only said here }").is_empty());
    }
}
