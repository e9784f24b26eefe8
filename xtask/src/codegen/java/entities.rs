//! `im.zego.zim.entity`: the published classes that are plain data, with public fields.

use super::{class, doc, forms};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Record, Type};
use crate::codegen::rust_records;
use std::error::Error;
use std::fmt::Write as _;

/// One file per class.
pub(super) fn files(api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    api.generated_records().map(|record| Ok(class("entity", &record.name, &body(api, record)?))).collect()
}

fn body(api: &Api, record: &Record) -> Result<String, Box<dyn Error>> {
    let name = &record.name;
    let kinds: Vec<&Type> = record.fields.iter().map(|field| &field.kind).collect();
    let base_enums: Vec<Type> = base_defaults(api, record)?.into_iter().map(|default| default.kind).collect();
    let all: Vec<&Type> = kinds.into_iter().chain(&base_enums).collect();
    let mut text = forms::imports(api, &all, "entity");
    let is_base = record.base.is_none();
    if is_base {
        text = text.trim_end().to_owned();
        if !text.is_empty() {
            text.push('\n');
        }
        // Sorted with the other imports of the platform: java.io comes first.
        let at = text.find("import java.util").unwrap_or(text.len());
        text.insert_str(at, "import java.io.Serializable;\n");
        text.push('\n');
    }
    text.push_str(&doc("", &record.doc));
    let _ = match &record.base {
        Some(base) => writeln!(text, "public class {name} extends {base} {{"),
        None => writeln!(text, "public class {name} implements Serializable {{"),
    };
    text.push_str("    private static final long serialVersionUID = 1L;\n\n");
    for field in &record.fields {
        let _ = write!(
            text,
            "{}    public {} {} = {};\n\n",
            doc("    ", &rust_records::doc(field)),
            forms::java(&field.kind),
            field.name,
            forms::initial(api, field)
        );
    }
    let _ = writeln!(text, "    /** Everything absent, or as published. */\n    public {name}() {{");
    for BaseDefault { field, kind, value } in base_defaults(api, record)? {
        let kind = forms::java(&kind);
        let _ = writeln!(text, "        {field} = {kind}.{};", super::enums::constant(&kind, &value));
    }
    text.push_str("    }\n}\n");
    Ok(text)
}

/// An inherited field that starts with another value.
struct BaseDefault {
    field: String,
    kind: Type,
    value: String,
}

fn base_defaults(api: &Api, record: &Record) -> Result<Vec<BaseDefault>, Box<dyn Error>> {
    let base = record.base.as_deref().and_then(|base| api.find_record(base));
    let mut found = Vec::new();
    for (name, value) in &record.base_defaults {
        let field = base.and_then(|base| base.fields.iter().find(|field| field.name == *name));
        let (Some(field), Some(value)) = (field, value.as_str()) else {
            return Err(format!("{}: the base has no enum {name}", record.name).into());
        };
        found.push(BaseDefault { field: name.clone(), kind: field.kind.clone(), value: value.to_owned() });
    }
    Ok(found)
}
