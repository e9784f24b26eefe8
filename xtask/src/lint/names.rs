//! Names of files: a clone must be whole where the file system ignores case.

use crate::workspace;
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

const ENDINGS: [&str; 12] = ["c", "cpp", "h", "java", "json", "kt", "m", "md", "rs", "swift", "toml", "ts"];

/// Files whose paths differ by case alone are one file there: allowed only if it does not matter which one is kept.
pub(super) fn check(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut known: HashMap<String, PathBuf> = HashMap::new();
    let mut violations = Vec::new();
    for file in workspace::files(root, &ENDINGS)? {
        let key = file.strip_prefix(root)?.to_string_lossy().to_lowercase();
        if let Some(other) = known.get(&key) {
            if fs::read(other)? != fs::read(&file)? {
                let (one, two) = (other.strip_prefix(root)?.display(), file.strip_prefix(root)?.display());
                violations
                    .push(format!("{one} and {two} are one file where case is ignored (docs/adr/0004)"));
            }
        } else {
            known.insert(key, file);
        }
    }
    Ok(violations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_case_need_one_text() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("ZIM.h", "one");
        write("zim.h", "one");
        write("zpns.h", "other");
        assert_eq!(check(folder.path()).unwrap(), Vec::<String>::new());
        write("zim.h", "two");
        let violations = check(folder.path()).unwrap();
        assert_eq!(violations.len(), 1, "{violations:?}");
        assert!(violations[0].contains("ZIM.h and zim.h"), "{violations:?}");
    }
}
