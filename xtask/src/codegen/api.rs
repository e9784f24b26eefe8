//! The API description in `api/*.toml`: loading, and the rules every description keeps.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

/// When a name is needed: T0 by the offline-push story, T1 by an ordinary messenger, T2 by the rest.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    T0,
    T1,
    T2,
    /// Error codes are only told apart as T0 or later.
    #[serde(rename = "T1/T2")]
    Later,
}

impl Tier {
    /// The spelling of the description files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Tier::T0 => "T0",
            Tier::T1 => "T1",
            Tier::T2 => "T2",
            Tier::Later => "T1/T2",
        }
    }
}

/// One published enum.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) tier: Tier,
    pub(crate) doc: String,
    /// The value a record has before anyone sets it.
    pub(crate) default: String,
    /// First part of the C and C++ constants where it does not follow from the name.
    pub(crate) constant_prefix: Option<String>,
    pub(crate) values: Vec<EnumValue>,
}

/// One value of an enum.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnumValue {
    pub(crate) name: String,
    pub(crate) value: i32,
    pub(crate) doc: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnumsFile {
    #[serde(rename = "enum")]
    enums: Vec<Enum>,
}

/// One error code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorCode {
    pub(crate) code: u32,
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) tier: Tier,
    pub(crate) doc: String,
    /// False when only the number is published and the name is ours.
    #[serde(default = "yes")]
    pub(crate) published: bool,
}

fn yes() -> bool {
    true
}

/// The two tables of error codes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Errors {
    pub(crate) zim: Vec<ErrorCode>,
    pub(crate) zpns: Vec<ErrorCode>,
}

/// The whole description.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) enums: Vec<Enum>,
    pub(crate) errors: Errors,
}

impl Api {
    /// Reads and checks `api/` below the workspace root.
    pub(crate) fn load(root: &Path) -> Result<Api, Box<dyn Error>> {
        let read = |name: &str| -> Result<String, Box<dyn Error>> {
            let path = root.join("api").join(name);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
        };
        let enums: EnumsFile =
            toml::from_str(&read("enums.toml")?).map_err(|error| format!("api/enums.toml: {error}"))?;
        let errors: Errors =
            toml::from_str(&read("errors.toml")?).map_err(|error| format!("api/errors.toml: {error}"))?;
        let api = Api { enums: enums.enums, errors };
        let problems = api.problems();
        if problems.is_empty() { Ok(api) } else { Err(format!("api/: {}", problems.join("; ")).into()) }
    }

    /// What is wrong with the description, in words.
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut names = BTreeSet::new();
        for item in &self.enums {
            if !names.insert(&item.name) {
                problems.push(format!("enum {} appears twice", item.name));
            }
            if !item.values.iter().any(|value| value.name == item.default) {
                problems.push(format!("enum {}: the default {} is not a value", item.name, item.default));
            }
            let mut numbers = BTreeMap::new();
            for value in &item.values {
                if let Some(other) = numbers.insert(value.value, &value.name) {
                    problems.push(format!("enum {}: {other} and {} have one number", item.name, value.name));
                }
            }
        }
        for (table, codes) in [("zim", &self.errors.zim), ("zpns", &self.errors.zpns)] {
            for pair in codes.windows(2) {
                if pair[0].code >= pair[1].code {
                    problems.push(format!("errors {table}: {} is out of order", pair[1].code));
                }
            }
            let mut seen = BTreeSet::new();
            for code in codes {
                if !seen.insert(&code.name) {
                    problems.push(format!("errors {table}: the name {} appears twice", code.name));
                }
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_complete() {
        let api = Api::load(&super::super::root()).expect("api/ is valid");
        // 76 published enums: 75 here, and ZIMErrorCode, whose values are the table of error codes.
        assert_eq!(api.enums.iter().filter(|item| item.name.starts_with("ZIM")).count() + 1, 76);
        assert_eq!(api.errors.zim.len(), 173);
        assert_eq!(api.errors.zim.iter().filter(|code| code.tier == Tier::T0).count(), 66);
        assert_eq!(api.errors.zpns.len(), 6);
    }
}
