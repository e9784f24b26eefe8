//! The enums and error codes as objects beside the type of their values: `bindings/arkts/zim/src/main/ets/enums.ts`.

use super::{HEADER, is_used};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Enum, ErrorCode};
use std::error::Error;
use std::fmt::Write as _;

pub(super) fn generate(api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut text = HEADER.to_owned();
    for item in api.enums.iter().filter(|item| is_used(api, &item.name)) {
        enumeration(&mut text, item)?;
    }
    error_codes(&mut text, "ZIMErrorCode", &api.errors.zim)?;
    Ok(Generated { path: "bindings/arkts/zim/src/main/ets/enums.ts".into(), text })
}

/// An enum as an object beside the type of its values.
pub(super) fn enumeration(text: &mut String, item: &Enum) -> Result<(), Box<dyn Error>> {
    let published = || item.values.iter().filter(|value| value.only.is_none());
    let values: Vec<_> = published().map(|value| (&value.name, i64::from(value.value), &value.doc)).collect();
    object(text, &item.name, &item.doc, &values)?;
    let numbers: Vec<String> = published().map(|value| value.value.to_string()).collect();
    writeln!(text, "export type {} = {};", item.name, numbers.join(" | "))?;
    Ok(())
}

/// A table of error codes as an object.
pub(super) fn error_codes(text: &mut String, name: &str, codes: &[ErrorCode]) -> Result<(), Box<dyn Error>> {
    let values: Vec<_> = codes.iter().map(|code| (&code.name, i64::from(code.code), &code.doc)).collect();
    object(text, name, "Error codes.", &values)
}

fn object(
    text: &mut String,
    name: &str,
    doc: &str,
    values: &[(&String, i64, &String)],
) -> Result<(), Box<dyn Error>> {
    writeln!(text, "\n/** {doc} */\nexport const {name} = Object.freeze({{")?;
    for (value, number, doc) in values {
        writeln!(text, "  /** {doc} */\n  {value}: {number},")?;
    }
    text.push_str("});\n");
    Ok(())
}
