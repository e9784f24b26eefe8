//! Enums and error codes.

use super::nonnull;
use crate::codegen::api::{Api, Enum, ErrorCode};
use crate::codegen::names;
use std::fmt::Write as _;

/// `ZIM/ZIMEnums.h`: every published enum of ZIM, and its error codes.
pub(super) fn zim(api: &Api) -> String {
    let mut body = codes("ZIMErrorCode", "Result of a ZIM call; 0 is success.", &api.errors.zim);
    for item in api.enums.iter().filter(|item| item.name.starts_with("ZIM")) {
        body.push_str(&enumeration(item));
    }
    header(&body)
}

/// `ZPNs/ZPNsErrorCode.h`.
pub(super) fn zpns(api: &Api) -> String {
    let about = "Result of a ZPNs call; 6000401 means something else than in ZIM. Failures of Apple keep Apple's numbers.";
    header(&codes("ZPNsErrorCode", about, &api.errors.zpns))
}

/// The table the tests compare with: each code by its constant here, its constant in `zim.h`, and its number.
pub(super) fn table(api: &Api) -> String {
    let mut text = String::from(
        "// Every published error code: the constant, that of zim.h, and the number both have to be.\n#define ERROR_TABLE(ROW) \\\n",
    );
    let tables = [
        ("ZIMErrorCode", "ZIM_ERROR_CODE", &api.errors.zim),
        ("ZPNsErrorCode", "ZPNS_ERROR_CODE", &api.errors.zpns),
    ];
    let rows: Vec<String> = tables
        .iter()
        .flat_map(|(name, prefix, codes)| {
            codes.iter().map(move |code| {
                format!(
                    "    ROW({name}{}, {prefix}_{}, {})",
                    code.name,
                    names::screaming(&code.name),
                    code.code
                )
            })
        })
        .collect();
    text.push_str(&rows.join(" \\\n"));
    let _ = write!(text, "\n#define ERROR_TABLE_ROWS {}\n", rows.len());
    text
}

fn header(body: &str) -> String {
    format!("#import <Foundation/Foundation.h>\n\n{}", nonnull(body))
}

fn codes(name: &str, about: &str, codes: &[ErrorCode]) -> String {
    let mut text = format!("/// {about}\ntypedef NS_ENUM(NSInteger, {name}) {{\n");
    for code in codes {
        let _ = write!(text, "    /// {}\n    {name}{} = {},\n", code.doc, code.name, code.code);
    }
    text.push_str("};\n");
    text
}

fn enumeration(item: &Enum) -> String {
    let mut text = format!("\n/// {}\ntypedef NS_ENUM(NSInteger, {}) {{\n", item.doc, item.name);
    for value in &item.values {
        let _ = write!(text, "    /// {}\n    {}{} = {},\n", value.doc, item.name, value.name, value.value);
    }
    text.push_str("};\n");
    text
}
