//! Records and enums between `zim-core` and plain values: `bindings/arkts/src/generated.rs`.

use super::is_used;
use crate::codegen::api::{Api, Record};
use crate::codegen::{Generated, HEADER, names, rustfmt};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn generate(root: &Path, api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut text = format!(
        "{HEADER}//! The published classes as plain values, from `api/records.toml`.\n\n\
         use crate::convert::{{FromJs, ToJs, enumeration, member, members}};\n\
         use serde_json::{{Value, json}};\nuse zim_core::{{Error, model}};\n\nenumeration!("
    );
    for item in api.enums.iter().filter(|item| is_used(api, &item.name)) {
        write!(text, "{},", names::rust_type(&item.name))?;
    }
    text.push_str(");\n\n");
    for record in api.generated_records() {
        if record.comes_in() {
            from_js(&mut text, api, record)?;
        }
        if record.goes_out() {
            to_js(&mut text, api, record)?;
        }
    }
    Ok(Generated { path: "bindings/arkts/src/generated.rs".into(), text: rustfmt::format(root, &text)? })
}

fn from_js(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    writeln!(
        text,
        "impl FromJs for model::{0} {{ fn from_js(value: &Value, name: &str) -> Result<Self, Error> {{\n\
         let from = members(value, name)?;\nlet mut into = model::{0}::default();",
        names::rust_type(&record.name)
    )?;
    for field in api.all_fields(record) {
        if let Some(was) = &field.was {
            writeln!(text, "member(from, {was:?}, &mut into.{})?;", names::rust_field(&field.name))?;
        }
        writeln!(text, "member(from, {:?}, &mut into.{})?;", field.name, names::rust_field(&field.name))?;
    }
    writeln!(text, "Ok(into) }} }}\n")?;
    Ok(())
}

fn to_js(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let name = names::rust_type(&record.name);
    writeln!(text, "impl ToJs for model::{name} {{ fn to_js(&self) -> Value {{ json!({{")?;
    for field in api.all_fields(record) {
        writeln!(text, "{:?}: self.{}.to_js(),", field.name, names::rust_field(&field.name))?;
    }
    writeln!(text, "}}) }} }}\n")?;
    Ok(())
}
