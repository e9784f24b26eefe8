//! `api/records.toml` → the Rust records of `zim-core`.

use super::api::{Api, Field, Record, Type};
use super::{Generated, HEADER, names, rustfmt};
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

/// The Rust records and the module that holds them.
pub(crate) fn generate(root: &Path, api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    let mut body = String::new();
    let mut enums = BTreeSet::new();
    let mut uses_map = false;
    for record in api.generated_records() {
        one(&mut body, api, record)?;
        for field in api.all_fields(record) {
            uses_map |= field.kind == Type::Map;
            enums.extend(field.kind.class().filter(|name| api.find_enum(name).is_some()).map(str::to_owned));
        }
    }
    let mut text = format!(
        "{HEADER}//! The published classes as plain records, from `api/records.toml`. A class that derives from another \
         has the fields of its base first.\n\nuse crate::model::Message;\n"
    );
    if uses_map {
        text.push_str("use std::collections::HashMap;\n");
    }
    text.push_str("use std::sync::Arc;\npub use zim_proto::{");
    for name in enums {
        write!(text, "{},", names::rust_type(&name))?;
    }
    writeln!(text, "}};\n\n{body}")?;
    let module = format!(
        "{HEADER}//! Everything generated from `api/` for this crate.\n\nmod records;\n\npub use records::*;\n"
    );
    Ok(vec![
        Generated {
            path: "zim-core/src/model/generated/records.rs".into(),
            text: rustfmt::format(root, &text)?,
        },
        Generated {
            path: "zim-core/src/model/generated/mod.rs".into(),
            text: rustfmt::format(root, &module)?,
        },
    ])
}

fn one(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let name = names::rust_type(&record.name);
    let fields = api.all_fields(record);
    let own_default = fields.iter().any(|field| field.default.is_some());
    let hides = fields.iter().any(|field| field.private);
    writeln!(
        text,
        "/// {}\n///\n/// Published as `{}` (tier {}).",
        record.doc,
        record.name,
        record.tier.name()
    )?;
    let mut derives = vec!["Clone", "PartialEq"];
    if !hides {
        derives.push("Debug");
    }
    if !own_default {
        derives.push("Default");
    }
    writeln!(text, "#[derive({})]\npub struct {name} {{", derives.join(", "))?;
    for field in &fields {
        writeln!(text, "/// {}", doc(field))?;
        writeln!(text, "pub {}: {},", names::rust_field(&field.name), rust(&field.kind, field.required))?;
    }
    writeln!(text, "}}\n")?;
    if own_default {
        writeln!(text, "impl Default for {name} {{ fn default() -> Self {{ Self {{")?;
        for field in &fields {
            writeln!(text, "{}: {},", names::rust_field(&field.name), default(field)?)?;
        }
        writeln!(text, "}} }} }}\n")?;
    }
    if hides {
        writeln!(text, "impl std::fmt::Debug for {name} {{")?;
        writeln!(text, "/// Without tokens and without what people wrote.")?;
        writeln!(text, "fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{")?;
        write!(text, "f.debug_struct({name:?})")?;
        for field in fields.iter().filter(|field| !field.private) {
            let field = names::rust_field(&field.name);
            write!(text, ".field({:?}, &self.{field})", field.trim_start_matches("r#"))?;
        }
        writeln!(text, ".finish_non_exhaustive() }} }}\n")?;
    }
    Ok(())
}

/// The sentence above a field.
pub(crate) fn doc(field: &Field) -> String {
    if field.since.is_empty() { field.doc.clone() } else { format!("{} Since {}.", field.doc, field.since) }
}

/// The Rust type of a field.
fn rust(kind: &Type, required: bool) -> String {
    match kind {
        Type::Str => "String".into(),
        Type::Bool => "bool".into(),
        Type::I32 => "i32".into(),
        Type::U32 => "u32".into(),
        Type::I64 => "i64".into(),
        Type::U64 => "u64".into(),
        Type::Bytes => "bytes::Bytes".into(),
        Type::Map => "HashMap<String, String>".into(),
        Type::Function => unreachable!("callbacks are written by hand"),
        Type::Named(name) => names::rust_type(name).into(),
        Type::Optional(name) => format!("Option<{}>", names::rust_type(name)),
        Type::Shared(name) if required => format!("Arc<{}>", names::rust_type(name)),
        Type::Shared(name) => format!("Option<Arc<{}>>", names::rust_type(name)),
        Type::List(inner) => format!("Vec<{}>", rust(inner, true)),
    }
}

fn default(field: &Field) -> Result<String, Box<dyn Error>> {
    Ok(match (&field.default, &field.kind) {
        (None, _) => "Default::default()".into(),
        (Some(toml::Value::String(value)), Type::Named(name)) => {
            format!("{}::{value}", names::rust_type(name))
        }
        (Some(toml::Value::Integer(value)), _) => value.to_string(),
        (Some(toml::Value::Boolean(value)), _) => value.to_string(),
        (Some(other), _) => return Err(format!("{}: {other} cannot be a default", field.name).into()),
    })
}
