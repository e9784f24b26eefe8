//! How values of the description look in Java.

use crate::codegen::api::{Api, Field, Type};
use crate::codegen::names;
use crate::codegen::signature::Parameter;

/// Enums that Java publishes as plain numbers.
pub(super) const NUMBERS: [&str; 4] =
    ["ZIMGroupMemberRole", "ZIMGroupDataFlag", "ZIMGeofencingArea", "ZIMCommunityMemberRole"];

/// The Java type.
pub(super) fn java(kind: &Type) -> String {
    match kind {
        Type::Str => "String".into(),
        Type::Bool => "boolean".into(),
        Type::I32 | Type::U32 => "int".into(),
        Type::I64 | Type::U64 => "long".into(),
        Type::Bytes => "byte[]".into(),
        Type::Map => "HashMap<String, String>".into(),
        Type::Named(name) if NUMBERS.contains(&name.as_str()) => "int".into(),
        Type::Named(name) | Type::Optional(name) | Type::Shared(name) => name.clone(),
        Type::List(item) => format!("ArrayList<{}>", boxed(item)),
        Type::Function => unreachable!("callbacks are interfaces in Java"),
    }
}

/// The Java type inside a list.
pub(super) fn boxed(kind: &Type) -> String {
    match java(kind).as_str() {
        "boolean" => "Boolean".into(),
        "int" => "Integer".into(),
        "long" => "Long".into(),
        other => other.into(),
    }
}

/// A parameter with its type.
pub(super) fn declared(parameter: &Parameter) -> String {
    format!("{} {}", java(&parameter.kind), parameter.name)
}

/// Whether Java has an enum for it.
pub(super) fn is_java_enum(api: &Api, name: &str) -> bool {
    api.find_enum(name).is_some() && !NUMBERS.contains(&name)
}

/// The value a field has in a new object.
pub(super) fn initial(api: &Api, field: &Field) -> String {
    let number = || match &field.default {
        Some(toml::Value::Integer(number)) => number.to_string(),
        _ => "0".into(),
    };
    match &field.kind {
        Type::Str => "\"\"".into(),
        Type::Bool => matches!(field.default, Some(toml::Value::Boolean(true))).to_string(),
        Type::I32 | Type::U32 | Type::I64 | Type::U64 => number(),
        Type::Bytes => "new byte[0]".into(),
        Type::Map => "new HashMap<>()".into(),
        Type::List(_) => "new ArrayList<>()".into(),
        Type::Named(name) => match api.find_enum(name) {
            Some(item) => {
                let value = field.default.as_ref().and_then(toml::Value::as_str).unwrap_or(&item.default);
                if is_java_enum(api, name) {
                    format!("{name}.{}", super::enums::constant(name, value))
                } else {
                    item.values
                        .iter()
                        .find(|known| known.name == value)
                        .map_or(0, |known| known.value)
                        .to_string()
                }
            }
            None => format!("new {name}()"),
        },
        Type::Optional(_) | Type::Shared(_) => "null".into(),
        Type::Function => unreachable!("callbacks are interfaces in Java"),
    }
}

/// The imports that declarations need: `java.util` first, then the library's packages.
pub(super) fn imports(api: &Api, kinds: &[&Type], own_package: &str) -> String {
    let mut util = Vec::new();
    let mut ours = Vec::new();
    for kind in kinds {
        if matches!(kind, Type::List(_)) {
            util.push("import java.util.ArrayList;\n".to_owned());
        }
        if matches!(kind, Type::Map) {
            util.push("import java.util.HashMap;\n".to_owned());
        }
        if let Some(class) = kind.class() {
            let package = package_of(api, class);
            if let Some(package) = package.filter(|package| *package != own_package) {
                ours.push(format!("import im.zego.zim.{package}.{class};\n"));
            }
        }
    }
    let mut text = String::new();
    for mut group in [ours, util] {
        group.sort();
        group.dedup();
        text.push_str(&group.concat());
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The package of a class; none for numbers.
pub(super) fn package_of(api: &Api, class: &str) -> Option<&'static str> {
    if NUMBERS.contains(&class) {
        None
    } else if class == "ZIMErrorCode" || api.find_enum(class).is_some() {
        Some("enums")
    } else if class.ends_with("EventResult") {
        Some("event")
    } else {
        Some("entity")
    }
}

/// `KickedOut` → `KICKED_OUT`.
pub(super) fn screaming(value: &str) -> String {
    names::screaming(value)
}
