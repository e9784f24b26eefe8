//! `api/records.toml` → the C mirrors of the records and their conversions, in `ffi`.

use super::api::{Api, Field, Record, Type};
use super::{Generated, HEADER, names, rust_records, rustfmt};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

/// The Rust source cbindgen turns into the C structs, with the conversions each direction needs.
pub(crate) fn generate(root: &Path, api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    let mut body = String::new();
    for record in api.generated_records() {
        declare(&mut body, api, record)?;
        if record.comes_in() {
            read(&mut body, api, record)?;
        }
        if record.goes_out() {
            write(&mut body, api, record)?;
        }
    }
    let classes: Vec<&str> = (api.generated_records().map(|record| record.name.as_str()))
        .chain(api.enums.iter().map(|item| item.name.as_str()))
        .map(names::rust_type)
        .collect();
    let mut imports = String::new();
    for (module, names) in [
        ("crate::arena", &["Arena", "ToC"][..]),
        ("crate::message", &["zim_message"]),
        ("crate::status", &["Refused"]),
        ("crate::types", &SUPPORT),
        ("std", &["ptr"]),
        ("zim_core::model", &classes),
    ] {
        let used: Vec<&str> = names.iter().copied().filter(|name| mentions(&body, name)).collect();
        if !used.is_empty() {
            writeln!(imports, "use {module}::{{{}}};", used.join(", "))?;
        }
    }
    let text = format!(
        "{HEADER}//! The records as C sees them, from `api/records.toml`. Nested records are pointers, so that each can \
         grow at\n//! its end; lists are a pointer to the first element and a count.\n\n{imports}\n{body}"
    );
    let module = format!(
        "{HEADER}//! Everything generated from `api/` for this crate.\n\n\
         pub mod callbacks;\npub mod events;\npub mod methods;\npub mod records;\n"
    );
    Ok(vec![
        Generated { path: "ffi/src/generated/records.rs".into(), text: rustfmt::format(root, &text)? },
        Generated { path: "ffi/src/generated/mod.rs".into(), text: rustfmt::format(root, &module)? },
    ])
}

/// What `ffi/src/types.rs` offers to generated conversions.
const SUPPORT: [&str; 13] = [
    "CRecord",
    "enum_list",
    "enum_value",
    "map",
    "number_list",
    "optional_record",
    "record_list",
    "record_or_default",
    "shared_record",
    "str_list",
    "zim_bytes",
    "zim_key_value",
    "zim_str",
];

/// Whether generated code uses `name` as a word of its own, other than as a field or method.
fn mentions(body: &str, name: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    body.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        line.match_indices(name).any(|(at, _)| {
            !line[..at].ends_with(|letter| part(letter) || letter == '.')
                && !line[at + name.len()..].starts_with(part)
                && !line[at + name.len()..].starts_with(':') | line[at + name.len()..].starts_with("::")
        })
    })
}

fn declare(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let name = names::c_type(&record.name);
    writeln!(text, "/// {}\n///\n/// Published as `{}`.", record.doc, record.name)?;
    writeln!(text, "#[repr(C)]\n#[derive(Clone, Copy)]\npub struct {name} {{")?;
    if record.comes_in() {
        writeln!(text, "/// `sizeof({name})`; `{}_INIT` sets it.", name.to_ascii_uppercase())?;
    } else {
        writeln!(text, "/// Size of the struct the library was built with.")?;
    }
    writeln!(text, "pub struct_size: usize,")?;
    for field in api.all_fields(record) {
        let (spelling, hint) = c_type(api, &field.kind);
        let doc = rust_records::doc(&field).replace("absent", "NULL");
        let hint = if field.required || doc.contains("NULL") { "" } else { hint };
        writeln!(text, "/// {doc}{hint}")?;
        if let Some(name) = enum_name(api, &field.kind) {
            writeln!(text, "/// A number of `{}`.", names::c_type(name))?;
        }
        let field_name = names::rust_field(&field.name);
        writeln!(text, "pub {field_name}: {spelling},")?;
        if is_list(&field.kind) {
            writeln!(
                text,
                "/// Elements of `{}`.\npub {field_name}_count: usize,",
                names::snake(&field.name)
            )?;
        }
    }
    writeln!(text, "}}\n")?;
    Ok(())
}

fn enum_name<'a>(api: &Api, kind: &'a Type) -> Option<&'a str> {
    kind.class().filter(|name| api.find_enum(name).is_some())
}

fn is_list(kind: &Type) -> bool {
    matches!(kind, Type::List(_) | Type::Map)
}

/// The C type of a field, in Rust's spelling, and a remark for its documentation.
fn c_type(api: &Api, kind: &Type) -> (String, &'static str) {
    match kind {
        Type::Str => ("zim_str".into(), ""),
        Type::Bool => ("bool".into(), ""),
        Type::I32 => ("i32".into(), ""),
        Type::U32 => ("u32".into(), ""),
        Type::I64 => ("i64".into(), ""),
        Type::U64 => ("u64".into(), ""),
        Type::Bytes => ("zim_bytes".into(), ""),
        Type::Map => ("*const zim_key_value".into(), ""),
        Type::Function => unreachable!("callbacks are written by hand"),
        Type::Named(name) if api.find_enum(name).is_some() => ("i32".into(), ""),
        Type::Named(name) => (format!("*const {}", names::c_type(name)), " NULL on input: all defaults."),
        Type::Optional(name) | Type::Shared(name) => {
            (format!("*const {}", names::c_type(name)), " NULL: absent.")
        }
        Type::List(inner) => (format!("*const {}", c_type(api, inner).0), ""),
    }
}

/// What a field holds in the `_INIT` value, in Rust's spelling.
fn initial(api: &Api, field: &Field) -> String {
    match &field.kind {
        Type::Str => "zim_str::EMPTY".into(),
        Type::Bytes => "zim_bytes::EMPTY".into(),
        Type::Bool => default_number(api, field).map_or("false".into(), |number| (number != 0).to_string()),
        Type::I32 | Type::U32 | Type::I64 | Type::U64 => default_number(api, field).unwrap_or(0).to_string(),
        Type::Named(name) if api.find_enum(name).is_some() => {
            default_number(api, field).unwrap_or(0).to_string()
        }
        _ => "ptr::null()".into(),
    }
}

/// The number a scalar field starts with, when it is not zero.
pub(crate) fn default_number(api: &Api, field: &Field) -> Option<i64> {
    let number = match (&field.kind, &field.default) {
        (Type::Named(name), default) => {
            let item = api.find_enum(name)?;
            let wanted = default.as_ref().and_then(toml::Value::as_str).unwrap_or(&item.default);
            i64::from(item.values.iter().find(|value| value.name == wanted)?.value)
        }
        (_, Some(toml::Value::Integer(number))) => *number,
        (_, Some(toml::Value::Boolean(value))) => i64::from(*value),
        _ => 0,
    };
    (number != 0).then_some(number)
}

fn read(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let name = names::c_type(&record.name);
    let model = names::rust_type(&record.name);
    let fields = api.all_fields(record);
    writeln!(
        text,
        "// SAFETY: `repr(C)`, and `struct_size` comes first.\nunsafe impl CRecord for {name} {{"
    )?;
    writeln!(text, "type Model = {model};")?;
    match fields.iter().find(|field| field.appended) {
        Some(field) => writeln!(
            text,
            "const MIN_SIZE: usize = std::mem::offset_of!({name}, {});",
            names::rust_field(&field.name)
        )?,
        None => writeln!(text, "const MIN_SIZE: usize = size_of::<{name}>();")?,
    }
    writeln!(text, "const INIT: {name} = {name} {{ struct_size: size_of::<{name}>(),")?;
    for field in &fields {
        let field_name = names::rust_field(&field.name);
        writeln!(text, "{field_name}: {},", initial(api, field))?;
        if is_list(&field.kind) {
            writeln!(text, "{field_name}_count: 0,")?;
        }
    }
    writeln!(text, "}};\n")?;
    writeln!(text, "unsafe fn read(&self) -> Result<{model}, Refused> {{")?;
    let mut reads = String::new();
    for field in &fields {
        let field_name = names::rust_field(&field.name);
        let plain = names::snake(&field.name);
        let list = |function: &str, more: &str| {
            format!("{function}(self.{field_name}, self.{field_name}_count{more}, {plain:?})?")
        };
        let value = match &field.kind {
            Type::Str | Type::Bytes => format!("self.{field_name}.read({plain:?})?"),
            Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64 => format!("self.{field_name}"),
            Type::Map => list("map", ""),
            Type::Named(class) if api.find_enum(class).is_some() => {
                format!("enum_value(self.{field_name}, {}::from_value, {plain:?})?", names::rust_type(class))
            }
            Type::Named(_) => format!("record_or_default(self.{field_name}, {plain:?})?"),
            Type::Optional(_) => format!("optional_record(self.{field_name}, {plain:?})?"),
            Type::Shared(_) => format!("shared_record(self.{field_name}, {plain:?})?"),
            Type::List(inner) => match &**inner {
                Type::Str => list("str_list", ""),
                Type::Named(class) if api.find_enum(class).is_some() => {
                    list("enum_list", &format!(", {}::from_value", names::rust_type(class)))
                }
                Type::Named(_) => list("record_list", ""),
                Type::I32 | Type::U32 | Type::I64 | Type::U64 => list("number_list", ""),
                other => {
                    return Err(format!("{}.{}: no input for [{other:?}]", record.name, field.name).into());
                }
            },
            Type::Function => unreachable!("callbacks are written by hand"),
        };
        writeln!(reads, "{field_name}: {value},")?;
    }
    let needs_unsafe = fields.iter().any(|field| match &field.kind {
        Type::Named(class) => api.find_enum(class).is_none(),
        Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64 => false,
        _ => true,
    });
    if needs_unsafe {
        writeln!(text, "// SAFETY: the pointers of the record are valid, by the contract of this function.")?;
        writeln!(text, "unsafe {{ Ok({model} {{ {reads} }}) }} }} }}\n")?;
    } else {
        writeln!(text, "Ok({model} {{ {reads} }}) }} }}\n")?;
    }
    Ok(())
}

fn write(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let name = names::c_type(&record.name);
    let model = names::rust_type(&record.name);
    writeln!(
        text,
        "impl ToC for {model} {{\ntype C = {name};\n\nfn to_c(&self, arena: &mut Arena) -> *const {name} {{"
    )?;
    let mut view = String::new();
    for field in &api.all_fields(record) {
        let field_name = names::rust_field(&field.name);
        let mut list = |expression: String| -> Result<(), Box<dyn Error>> {
            writeln!(text, "let ({field_name}, {field_name}_count) = {expression};")?;
            writeln!(view, "{field_name}, {field_name}_count,")?;
            Ok(())
        };
        match &field.kind {
            Type::Map => list(format!("arena.map(&self.{field_name})"))?,
            Type::List(inner) => match &**inner {
                Type::Str => list(format!("arena.strings(&self.{field_name})"))?,
                Type::I32 | Type::U32 | Type::I64 | Type::U64 => {
                    list(format!("arena.numbers(&self.{field_name})"))?;
                }
                Type::Named(class) if api.find_enum(class).is_some() => {
                    list(format!("arena.enums(&self.{field_name}, {}::value)", names::rust_type(class)))?;
                }
                _ => list(format!("arena.records(&self.{field_name})"))?,
            },
            Type::Str => writeln!(view, "{field_name}: zim_str::of(&self.{field_name}),")?,
            Type::Bytes => writeln!(view, "{field_name}: zim_bytes::of(&self.{field_name}),")?,
            Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64 => {
                writeln!(view, "{field_name}: self.{field_name},")?;
            }
            Type::Named(class) if api.find_enum(class).is_some() => {
                writeln!(view, "{field_name}: self.{field_name}.value(),")?;
            }
            Type::Named(_) => writeln!(view, "{field_name}: self.{field_name}.to_c(arena),")?,
            Type::Shared(_) if field.required => {
                writeln!(view, "{field_name}: self.{field_name}.to_c(arena),")?;
            }
            Type::Shared(_) | Type::Optional(_) => writeln!(
                view,
                "{field_name}: self.{field_name}.as_ref().map_or(ptr::null(), |value| value.to_c(arena)),"
            )?,
            Type::Function => unreachable!("callbacks are written by hand"),
        }
    }
    writeln!(
        text,
        "let view = {name} {{ struct_size: size_of::<{name}>(), {view} }};\narena.put(view) }} }}\n"
    )?;
    Ok(())
}
