//! `include/zim/ZIMEnums.h`.

use super::HEADER;
use crate::codegen::api::{Api, ErrorCode};
use crate::codegen::names;
use std::error::Error;
use std::fmt::Write;

/// Every enum and both tables of error codes, unscoped as published: `ZIM_X` and `ZIMType::ZIM_X` both work.
pub(super) fn text(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = format!(
        "{HEADER}//\n// The published numbers. The enums are unscoped: a constant is reached with and without the name of its \
         enum.\n\n#ifndef ZIM_ENUMS_H\n#define ZIM_ENUMS_H\n\nnamespace zim {{\n"
    );
    codes(
        &mut text,
        "Result of a ZIM call; 0 is success.",
        "ZIMErrorCode",
        "ZIM_ERROR_CODE",
        &api.errors.zim,
    )?;
    codes(
        &mut text,
        "Result of a ZPNs call; 6000401 means something else than in ZIM.",
        "ZPNsErrorCode",
        "ZPNS_ERROR_CODE",
        &api.errors.zpns,
    )?;
    for item in &api.enums {
        let prefix = item.constant_prefix.clone().unwrap_or_else(|| names::constant_prefix(&item.name));
        writeln!(text, "\n/// {}\nenum {} : int {{", item.doc, item.name)?;
        for value in &item.values {
            writeln!(
                text,
                "    /// {}\n    {prefix}_{} = {},",
                value.doc,
                names::screaming(&value.name),
                value.value
            )?;
        }
        writeln!(text, "}};")?;
    }
    text.push_str("\n}  // namespace zim\n\n#endif  // ZIM_ENUMS_H\n");
    Ok(text)
}

fn codes(
    text: &mut String,
    doc: &str,
    name: &str,
    prefix: &str,
    codes: &[ErrorCode],
) -> Result<(), Box<dyn Error>> {
    writeln!(text, "\n/// {doc}\nenum {name} : int {{")?;
    for code in codes {
        writeln!(
            text,
            "    /// {}\n    {prefix}_{} = {},",
            code.doc,
            names::screaming(&code.name),
            code.code
        )?;
    }
    writeln!(text, "}};")?;
    Ok(())
}
