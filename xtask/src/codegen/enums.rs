//! `api/enums.toml` → `proto/src/generated/enums.rs`.

use super::api::{Api, Enum};
use super::{Generated, HEADER, names, rustfmt};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

/// The Rust enums.
pub(crate) fn generate(root: &Path, api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut text = format!("{HEADER}//! Every published enum with its numbers, from `api/enums.toml`.\n\n");
    for item in &api.enums {
        one(&mut text, item)?;
    }
    Ok(Generated { path: "proto/src/generated/enums.rs".into(), text: rustfmt::format(root, &text)? })
}

fn one(text: &mut String, item: &Enum) -> Result<(), Box<dyn Error>> {
    let name = names::rust_type(&item.name);
    writeln!(text, "/// {}\n///\n/// Published as `{}` (tier {}).", item.doc, item.name, item.tier.name())?;
    writeln!(text, "#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]")?;
    writeln!(text, "#[repr(i32)]\npub enum {name} {{")?;
    for value in &item.values {
        writeln!(text, "/// {}", value.doc)?;
        if value.name == item.default {
            writeln!(text, "#[default]")?;
        }
        writeln!(text, "{} = {},", value.name, value.value)?;
    }
    writeln!(text, "}}\n\nimpl {name} {{")?;
    writeln!(text, "/// Every value, in the published order.\npub const ALL: &'static [{name}] = &[")?;
    for value in &item.values {
        writeln!(text, "{name}::{},", value.name)?;
    }
    writeln!(
        text,
        "];\n\n/// The published number.\n#[must_use]\npub const fn value(self) -> i32 {{ self as i32 }}\n"
    )?;
    writeln!(text, "/// The value of a published number; `None` for a number this version does not know.")?;
    writeln!(text, "#[must_use]\npub const fn from_value(value: i32) -> Option<{name}> {{ match value {{")?;
    for value in &item.values {
        writeln!(text, "{} => Some({name}::{}),", value.value, value.name)?;
    }
    writeln!(text, "_ => None,\n}} }}\n}}\n")?;
    Ok(())
}
