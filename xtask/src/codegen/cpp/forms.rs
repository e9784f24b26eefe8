//! How values of the description look in C++ and cross between C and C++.

use crate::codegen::api::{Api, Type};
use crate::codegen::names;
use crate::codegen::signature::Parameter;

/// The C++ type by value.
pub(super) fn value_type(kind: &Type) -> String {
    match kind {
        Type::Str => "std::string".into(),
        Type::Bool => "bool".into(),
        Type::I32 => "int".into(),
        Type::U32 => "unsigned int".into(),
        Type::I64 => "long long".into(),
        Type::U64 => "unsigned long long".into(),
        Type::Named(name) => name.clone(),
        Type::Shared(name) => format!("std::shared_ptr<{name}>"),
        Type::List(item) => format!("std::vector<{}>", value_type(item)),
        other => panic!("no C++ form for {other:?}"),
    }
}

/// The C++ parameter: classes by reference, numbers and enums by value, as published.
pub(super) fn parameter(api: &Api, parameter: &Parameter) -> String {
    let kind = value_type(&parameter.kind);
    if is_number(api, &parameter.kind) {
        format!("{kind} {}", parameter.name)
    } else {
        format!("const {kind} &{}", parameter.name)
    }
}

pub(in crate::codegen) fn is_enum(api: &Api, kind: &Type) -> bool {
    matches!(kind, Type::Named(name) if api.find_enum(name).is_some())
}

fn is_number(api: &Api, kind: &Type) -> bool {
    matches!(kind, Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64) || is_enum(api, kind)
}

/// Parameters of a C function or callback for this value, with their types.
pub(in crate::codegen) fn c_parameters(api: &Api, parameter: &Parameter) -> Vec<String> {
    let name = &parameter.name;
    match &parameter.kind {
        Type::Str => vec![format!("zim_str {name}")],
        Type::Bool => vec![format!("bool {name}")],
        Type::I32 => vec![format!("int32_t {name}")],
        Type::U32 => vec![format!("uint32_t {name}")],
        Type::I64 => vec![format!("int64_t {name}")],
        Type::U64 => vec![format!("uint64_t {name}")],
        kind if is_enum(api, kind) => vec![format!("int32_t {name}")],
        Type::Named(class) | Type::Shared(class) => vec![format!("const {} *{name}", names::c_type(class))],
        Type::List(item) => {
            let item = match item.as_ref() {
                Type::Str => "const zim_str *".to_owned(),
                Type::Named(class) | Type::Shared(class) => {
                    format!("const {} *const *", names::c_type(class))
                }
                other => panic!("no C form for a list of {other:?}"),
            };
            vec![format!("{item}{name}"), format!("size_t {name}Count")]
        }
        other => panic!("no C form for {other:?}"),
    }
}

/// The C++ value of such C parameters.
pub(super) fn from_c(api: &Api, parameter: &Parameter) -> String {
    let name = &parameter.name;
    match &parameter.kind {
        kind if is_enum(api, kind) => format!("static_cast<{}>({name})", value_type(kind)),
        kind if is_number(api, kind) => name.clone(),
        Type::Shared(class) if class == "ZIMMessage" => format!("detail::fromC({name})"),
        Type::Shared(class) => format!("detail::sharedFromC<{class}>({name})"),
        Type::List(item) => match item.as_ref() {
            Type::Str => format!("detail::fromC({name}, {name}Count)"),
            Type::Shared(class) if names::is_message(class) => {
                format!("detail::messagesFromC<{class}>({name}, {name}Count)")
            }
            Type::Shared(class) => format!("detail::sharedListFromC<{class}>({name}, {name}Count)"),
            Type::Named(class) => format!("detail::listFromC<{class}>({name}, {name}Count)"),
            other => panic!("no C++ form for a list of {other:?}"),
        },
        _ => format!("detail::fromC({name})"),
    }
}

/// The arguments of a C function for a C++ value; `scratch` is at hand.
pub(super) fn to_c(api: &Api, parameter: &Parameter) -> Vec<String> {
    let name = &parameter.name;
    match &parameter.kind {
        kind if is_enum(api, kind) => vec![format!("static_cast<int32_t>({name})")],
        kind if is_number(api, kind) => vec![name.clone()],
        Type::Str => vec![format!("detail::toC({name})")],
        Type::List(item) if **item == Type::Str => {
            vec![format!("detail::toC({name}, scratch)"), format!("{name}.size()")]
        }
        Type::Named(_) | Type::Shared(_) => vec![format!("detail::toC({name}, scratch)")],
        other => panic!("no C form for {other:?}"),
    }
}
