//! `api/errors.toml` → `proto/src/generated/error_codes.rs`.

use super::api::{Api, ErrorCode};
use super::{Generated, HEADER, rustfmt};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

/// The Rust error codes: one enum for each of the two tables.
pub(crate) fn generate(root: &Path, api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut text =
        format!("{HEADER}//! Every published error code of ZIM and of ZPNs, from `api/errors.toml`.\n\n");
    one(&mut text, "ErrorCode", "Result of a ZIM call (published as `ZIMErrorCode`).", &api.errors.zim)?;
    one(
        &mut text,
        "ZpnsErrorCode",
        "Result of a ZPNs call (published as `ZPNsErrorCode`). Not a part of [`ErrorCode`]: the number 6000401 means \
         something else there.",
        &api.errors.zpns,
    )?;
    Ok(Generated { path: "proto/src/generated/error_codes.rs".into(), text: rustfmt::format(root, &text)? })
}

fn one(text: &mut String, name: &str, doc: &str, codes: &[ErrorCode]) -> Result<(), Box<dyn Error>> {
    writeln!(
        text,
        "/// {doc}\n#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]"
    )?;
    writeln!(text, "#[repr(u32)]\npub enum {name} {{")?;
    for code in codes {
        let ours = if code.published { "" } else { " The name is ours, only the number is published." };
        writeln!(text, "/// {}{ours} (module {}, tier {})", code.doc, code.module, code.tier.name())?;
        if code.code == 0 {
            writeln!(text, "#[default]")?;
        }
        writeln!(text, "{} = {},", code.name, code.code)?;
    }
    writeln!(text, "}}\n\nimpl {name} {{")?;
    writeln!(text, "/// Every code, in ascending order.\npub const ALL: &'static [{name}] = &[")?;
    for code in codes {
        writeln!(text, "{name}::{},", code.name)?;
    }
    writeln!(
        text,
        "];\n\n/// The published number.\n#[must_use]\npub const fn code(self) -> u32 {{ self as u32 }}\n"
    )?;
    writeln!(text, "/// The name of the variant, the same in every language of the library.\n#[must_use]")?;
    writeln!(text, "pub const fn name(self) -> &'static str {{ match self {{")?;
    for code in codes {
        writeln!(text, "{name}::{} => {:?},", code.name, code.name)?;
    }
    writeln!(text, "}} }}\n\n/// One sentence for logs and error messages.\n#[must_use]")?;
    writeln!(text, "pub const fn description(self) -> &'static str {{ match self {{")?;
    for code in codes {
        writeln!(text, "{name}::{} => {:?},", code.name, code.doc.trim_end_matches('.'))?;
    }
    writeln!(
        text,
        "}} }}\n\n/// The code of a published number; `None` for a number this version does not know."
    )?;
    writeln!(text, "#[must_use]\npub const fn from_code(code: u32) -> Option<{name}> {{ match code {{")?;
    for code in codes {
        writeln!(text, "{} => Some({name}::{}),", code.code, code.name)?;
    }
    writeln!(text, "_ => None,\n}} }}\n}}\n")?;
    writeln!(
        text,
        "impl std::fmt::Display for {name} {{ fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{ \
         write!(f, \"{{}} ({{}})\", self.description(), self.code()) }} }}\n"
    )?;
    Ok(())
}
