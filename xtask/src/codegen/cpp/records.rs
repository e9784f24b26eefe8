//! `include/zim/ZIMRecords.h`.

use super::HEADER;
use crate::codegen::api::{Api, Field, Record, Type};
use crate::codegen::{names, rust_records};
use std::error::Error;
use std::fmt::Write;

/// The published classes that are plain data, each after the classes it holds.
pub(super) fn text(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = format!(
        "{HEADER}//\n// The published classes that are plain data, with the published member names and defaults.\n\n\
         #ifndef ZIM_RECORDS_H\n#define ZIM_RECORDS_H\n\n#include <cstdint>\n#include <memory>\n#include <string>\n\
         #include <unordered_map>\n#include <vector>\n\n#include \"ZIMConfigValue.h\"\n#include \"ZIMEnums.h\"\n\n\
         namespace zim {{\n\nclass ZIMMessage;\n"
    );
    let ordered = api.records_by_dependency();
    for record in &ordered {
        one(&mut text, api, record, &ordered)?;
    }
    text.push_str("\n}  // namespace zim\n\n#endif  // ZIM_RECORDS_H\n");
    Ok(text)
}

fn one(text: &mut String, api: &Api, record: &Record, all: &[&Record]) -> Result<(), Box<dyn Error>> {
    let name = &record.name;
    // Consumers tell classes of one family apart by dynamic casts, so the first of a family needs a virtual destructor.
    let is_base = record.base.is_none() && all.iter().any(|other| other.base.as_ref() == Some(name));
    writeln!(text, "\n/// {}", record.doc)?;
    match &record.base {
        Some(base) => writeln!(text, "struct {name} : public {base} {{")?,
        None => writeln!(text, "struct {name} {{")?,
    }
    for field in &record.fields {
        writeln!(text, "    /// {}", rust_records::doc(field))?;
        let value = initial(api, field)?;
        writeln!(text, "    {} {}{value};", cpp(&field.kind), field.name)?;
    }
    if is_base {
        writeln!(
            text,
            "\n    {name}() = default;\n    {name}(const {name} &) = default;\n    {name} &operator=(const {name} &) = default;\n    \
             virtual ~{name}() = default;"
        )?;
    }
    if !record.base_defaults.is_empty() {
        writeln!(text, "\n    {name}() {{")?;
        for (field, value) in &record.base_defaults {
            let class = record.base.as_deref().and_then(|base| api.find_record(base));
            let kind = class
                .and_then(|class| class.fields.iter().find(|known| known.name == *field))
                .map(|field| &field.kind);
            let (Some(Type::Named(enumeration)), Some(value)) = (kind, value.as_str()) else {
                return Err(format!("{name}: the base has no enum {field}").into());
            };
            writeln!(text, "        {field} = {};", constant(api, enumeration, value)?)?;
        }
        writeln!(text, "    }}")?;
    }
    writeln!(text, "}};")?;
    Ok(())
}

/// The C++ type of a field.
pub(super) fn cpp(kind: &Type) -> String {
    match kind {
        Type::Str => "std::string".into(),
        Type::Bool => "bool".into(),
        Type::I32 => "int".into(),
        Type::U32 => "unsigned int".into(),
        Type::I64 => "long long".into(),
        Type::U64 => "unsigned long long".into(),
        Type::Bytes => "std::vector<uint8_t>".into(),
        Type::Map => "std::unordered_map<std::string, std::string>".into(),
        Type::Function => unreachable!("callbacks are written by hand"),
        Type::Named(name) => name.clone(),
        Type::Optional(name) => format!("ZIMConfigValue<{name}>"),
        Type::Shared(name) => format!("std::shared_ptr<{name}>"),
        Type::List(inner) => format!("std::vector<{}>", cpp(inner)),
    }
}

fn initial(api: &Api, field: &Field) -> Result<String, Box<dyn Error>> {
    Ok(match &field.kind {
        Type::Bool => match &field.default {
            Some(toml::Value::Boolean(true)) => " = true".into(),
            _ => " = false".into(),
        },
        Type::I32 | Type::U32 | Type::I64 | Type::U64 => match &field.default {
            Some(toml::Value::Integer(number)) => format!(" = {number}"),
            _ => " = 0".into(),
        },
        Type::Named(name) => match api.find_enum(name) {
            Some(item) => {
                let value = field.default.as_ref().and_then(toml::Value::as_str).unwrap_or(&item.default);
                format!(" = {}", constant(api, name, value)?)
            }
            None => String::new(),
        },
        _ => String::new(),
    })
}

fn constant(api: &Api, enumeration: &str, value: &str) -> Result<String, Box<dyn Error>> {
    let item = api.find_enum(enumeration).ok_or_else(|| format!("{enumeration} is no enum"))?;
    let prefix = item.constant_prefix.clone().unwrap_or_else(|| names::constant_prefix(&item.name));
    Ok(format!("{prefix}_{}", names::screaming(value)))
}
