//! The published classes that are plain data: declaration, implementation, and conversion from and to the C structs.

use super::forms::{self, is_list, is_object};
use super::nonnull;
use crate::codegen::api::{Api, Field, Record, Type};
use crate::codegen::{names, rust_records};
use std::error::Error;
use std::fmt::Write as _;

/// `ZIM/ZIMEntities.h`.
pub(super) fn declarations(api: &Api) -> String {
    let mut body = String::from("@class ZIMMessage;\n");
    for record in api.records_by_dependency() {
        let base = record.base.as_deref().unwrap_or("NSObject");
        let _ = writeln!(body, "\n/// {}\n@interface {} : {base} {{", record.doc, record.name);
        for field in &record.fields {
            let _ = writeln!(body, "    {};", forms::variable(api, &field.kind, &format!("_{}", field.name)));
        }
        body.push_str("}\n");
        for field in &record.fields {
            let _ = write!(
                body,
                "/// {}\n@property (nonatomic, {}) {};\n",
                rust_records::doc(field),
                attributes(api, &field.kind),
                forms::variable(api, &field.kind, &field.name)
            );
        }
        body.push_str("@end\n");
    }
    format!("#import <Foundation/Foundation.h>\n\n#import <ZIM/ZIMEnums.h>\n\n{}", nonnull(&body))
}

fn attributes(api: &Api, kind: &Type) -> &'static str {
    match kind {
        Type::Optional(_) | Type::Shared(_) => "strong, nullable",
        Type::Str | Type::Bytes | Type::Map | Type::List(_) => "copy",
        Type::Named(_) if is_object(api, kind) => "strong",
        _ => "assign",
    }
}

/// `ZIMEntities.m`: the members, what they start with, and what frees them where the compiler does not.
pub(super) fn implementations(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text =
        String::from("#import \"ZIMEntities.h\"\n\n#import \"ZIMMessage.h\"\n#import \"ZIMPlatform.h\"\n");
    for record in api.records_by_dependency() {
        let _ = writeln!(text, "\n@implementation {}", record.name);
        for field in &record.fields {
            let _ = writeln!(text, "@synthesize {0} = _{0};", field.name);
        }
        initialiser(&mut text, api, record)?;
        let objects: Vec<&Field> = record.fields.iter().filter(|field| is_object(api, &field.kind)).collect();
        if !objects.is_empty() {
            text.push_str("#if !ZIM_ARC\n- (void)dealloc {\n");
            for field in objects {
                let _ = writeln!(text, "    [_{} release];", field.name);
            }
            text.push_str("    [super dealloc];\n}\n#endif\n");
        }
        text.push_str("@end\n");
    }
    Ok(text)
}

/// `init`, where a member does not start as zero.
fn initialiser(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let mut lines = String::new();
    for (field, value) in record.fields.iter().filter_map(|field| Some((field, initial(api, field)?))) {
        let _ = writeln!(lines, "        _{} = {value};", field.name);
    }
    let base = record.base.as_deref().and_then(|base| api.find_record(base));
    for (name, value) in &record.base_defaults {
        let field = base.and_then(|base| base.fields.iter().find(|field| field.name == *name));
        let (Some(Type::Named(class)), Some(value)) = (field.map(|field| &field.kind), value.as_str()) else {
            return Err(format!("{}: the base has no enum {name}", record.name).into());
        };
        let _ = writeln!(lines, "        self.{name} = {class}{value};");
    }
    if !lines.is_empty() {
        let _ = write!(
            text,
            "- (instancetype)init {{\n    self = [super init];\n    if (self) {{\n{lines}    }}\n    return self;\n}}\n"
        );
    }
    Ok(())
}

/// The owned value a member starts with; none for zero and nil.
fn initial(api: &Api, field: &Field) -> Option<String> {
    match &field.kind {
        Type::Str => Some("@\"\"".into()),
        Type::Bytes => Some("[[NSData alloc] init]".into()),
        Type::Map => Some("[[NSDictionary alloc] init]".into()),
        Type::List(_) => Some("[[NSArray alloc] init]".into()),
        Type::Named(class) => match api.find_enum(class) {
            Some(item) => {
                let value = field.default.as_ref().and_then(toml::Value::as_str).unwrap_or(&item.default);
                Some(format!("{class}{value}"))
            }
            None => Some(format!("[[{class} alloc] init]")),
        },
        Type::Bool => matches!(field.default, Some(toml::Value::Boolean(true))).then(|| "YES".to_owned()),
        _ => match &field.default {
            Some(toml::Value::Integer(number)) => Some(number.to_string()),
            _ => None,
        },
    }
}

/// `ZIMEntitiesConvert.h`.
pub(super) fn conversion_declarations(api: &Api) -> String {
    let mut text = String::from(
        "#import \"ZIMConvert.h\"\n#import \"ZIMEntities.h\"\n\n\
         // From C: a new object, an empty one for NULL. To C: a struct that lives as long as `scratch`, NULL for nil.\n\n",
    );
    for record in api.records_by_dependency() {
        for signature in signatures(record) {
            let _ = writeln!(text, "{signature};");
        }
    }
    text
}

fn signatures(record: &Record) -> Vec<String> {
    let (class, c) = (&record.name, names::c_type(&record.name));
    let mut signatures = Vec::new();
    if record.goes_out() {
        signatures.push(format!("{class} *{class}FromC(const {c} *from)"));
    }
    if record.comes_in() {
        signatures.push(format!("const {c} *{class}ToC({class} *from, ZIMScratch *scratch)"));
    }
    signatures
}

/// `ZIMEntitiesConvert.m`.
pub(super) fn conversions(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = String::from("#import \"ZIMEntitiesConvert.h\"\n\n#import \"ZIMMessageConvert.h\"\n");
    for record in api.records_by_dependency() {
        for signature in signatures(record) {
            let _ = writeln!(text, "\n{signature} {{");
            if signature.contains("FromC(") {
                from_c(&mut text, api, record)?;
            } else {
                to_c(&mut text, api, record);
            }
            text.push_str("}\n");
        }
    }
    Ok(text)
}

fn from_c(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    let class = &record.name;
    let _ = write!(
        text,
        "    {class} *to = ZIM_AUTORELEASE([[{class} alloc] init]);\n    if (!from) {{\n        return to;\n    }}\n"
    );
    for field in api.all_fields(record) {
        let member = format!("from->{}", names::snake(&field.name));
        let _ =
            writeln!(text, "    to.{} = {};", field.name, forms::from_c(api, &field.kind, &member, "_count"));
    }
    for field in record.fields.iter().filter(|field| field.is_legacy()) {
        legacy(text, api, record, field)?;
    }
    text.push_str("    return to;\n");
    Ok(())
}

/// Fills a member of earlier versions from the one that replaced it.
fn legacy(text: &mut String, api: &Api, record: &Record, field: &Field) -> Result<(), Box<dyn Error>> {
    let at = format!("{}.{}", record.name, field.name);
    let source = field.same_as.as_deref().ok_or_else(|| format!("{at}: same_as is missing"))?;
    let fields = api.all_fields(record);
    let replaced = fields.iter().find(|known| known.name == source);
    match (&field.kind, replaced.map(|known| &known.kind)) {
        // `self`: a class that holds some members of this one.
        (Type::Named(class), None) if source == "self" => {
            common(text, api, "    ", (class, &format!("to.{}", field.name)), (&record.name, "to"))
        }
        // A list of another class: its elements take the members of the same names.
        (Type::List(target), Some(Type::List(from))) if target != from => {
            let (Type::Named(target), Type::Named(from)) = (&**target, &**from) else {
                return Err(format!("{at}: {source} is no list of classes").into());
            };
            let list = format!("{}List", field.name);
            let _ = write!(
                text,
                "    NSMutableArray *{list} = [NSMutableArray array];\n    for ({from} *item in to.{source}) {{\n        \
                 {target} *same = ZIM_AUTORELEASE([[{target} alloc] init]);\n"
            );
            common(text, api, "        ", (target, "same"), (from, "item"))?;
            let _ =
                write!(text, "        [{list} addObject:same];\n    }}\n    to.{} = {list};\n", field.name);
            Ok(())
        }
        _ => Ok(writeln!(text, "    to.{} = to.{source};", field.name)?),
    }
}

/// Copies the members two classes have in common.
fn common(
    text: &mut String,
    api: &Api,
    indent: &str,
    target: (&str, &str),
    source: (&str, &str),
) -> Result<(), Box<dyn Error>> {
    let class = |name: &str| api.find_record(name).ok_or_else(|| format!("{name} is unknown"));
    let source_fields = api.all_fields(class(source.0)?);
    for field in api.all_fields(class(target.0)?) {
        if source_fields.iter().any(|other| other.name == field.name && other.kind == field.kind) {
            let _ = writeln!(text, "{indent}{}.{} = {}.{};", target.1, field.name, source.1, field.name);
        }
    }
    Ok(())
}

fn to_c(text: &mut String, api: &Api, record: &Record) {
    let c = names::c_type(&record.name);
    let _ = write!(
        text,
        "    if (!from) {{\n        return NULL;\n    }}\n    {c} *to = [scratch bytes:sizeof({c})];\n    to->struct_size = sizeof({c});\n"
    );
    for field in api.all_fields(record) {
        let c_member = names::snake(&field.name);
        let member = record.former(&field).fold(format!("from.{}", field.name), |member, former| {
            format!("({member} ? {member} : from.{})", former.name)
        });
        let _ = writeln!(text, "    to->{c_member} = {};", forms::to_c(api, &field.kind, &member));
        if is_list(&field.kind) {
            let _ = writeln!(text, "    to->{c_member}_count = ZIMCount({member});");
        }
    }
    text.push_str("    return to;\n");
}
