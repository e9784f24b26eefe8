//! How a type of the description is written in the records that cross, and how values change sides.

use crate::codegen::api::{Api, Type};
use crate::codegen::names;

/// The Rust type on the side of the hosts: shared objects are plain values there.
pub(super) fn host(kind: &Type) -> String {
    match kind {
        Type::Str => "String".into(),
        Type::Bool => "bool".into(),
        Type::I32 => "i32".into(),
        Type::U32 => "u32".into(),
        Type::I64 => "i64".into(),
        Type::U64 => "u64".into(),
        Type::Bytes => "Vec<u8>".into(),
        Type::Map => "std::collections::HashMap<String, String>".into(),
        Type::Function => unreachable!("callbacks are written by hand"),
        Type::Named(name) => names::rust_type(name).into(),
        Type::Optional(name) | Type::Shared(name) => format!("Option<{}>", names::rust_type(name)),
        Type::List(item) => format!("Vec<{}>", host(&inside(item))),
    }
}

/// What a list holds and a result is: there, shared objects are never absent.
pub(super) fn inside(kind: &Type) -> Type {
    match kind {
        Type::Shared(name) => Type::Named(name.clone()),
        other => other.clone(),
    }
}

/// `expression` (an owned value of the model) as the hosts' value.
pub(super) fn give(api: &Api, kind: &Type, required: bool, expression: &str) -> String {
    match kind {
        Type::Bytes => format!("{expression}.to_vec()"),
        Type::Named(name) if api.find_enum(name).is_none() => format!("{expression}.into()"),
        Type::Optional(name) if api.find_enum(name).is_none() => format!("{expression}.map(Into::into)"),
        Type::Shared(_) if required => format!("Arc::unwrap_or_clone({expression}).into()"),
        Type::Shared(_) => format!("{expression}.map(|item| Arc::unwrap_or_clone(item).into())"),
        Type::List(item) => each(expression, &give(api, item, true, "item")),
        _ => expression.to_owned(),
    }
}

/// `expression` (an owned value of the hosts) as the model's value.
pub(super) fn take(api: &Api, kind: &Type, required: bool, expression: &str) -> String {
    match kind {
        Type::Bytes => format!("{expression}.into()"),
        Type::Named(name) if api.find_enum(name).is_none() => format!("{expression}.into()"),
        Type::Optional(name) if api.find_enum(name).is_none() => format!("{expression}.map(Into::into)"),
        Type::Shared(_) if required => format!("Arc::new({expression}.into())"),
        Type::Shared(_) => format!("{expression}.map(|item| Arc::new(item.into()))"),
        Type::List(item) => each(expression, &take(api, item, true, "item")),
        _ => expression.to_owned(),
    }
}

/// Converts the items of a list, where they need it.
fn each(list: &str, item: &str) -> String {
    match item {
        "item" => list.to_owned(),
        "item.into()" => format!("{list}.into_iter().map(Into::into).collect()"),
        other => format!("{list}.into_iter().map(|item| {other}).collect()"),
    }
}
