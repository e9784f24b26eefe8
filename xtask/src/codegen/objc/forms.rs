//! How values of the description look in Objective-C and cross between C and Objective-C.

use crate::codegen::api::{Api, Type};
use crate::codegen::cpp;
use crate::codegen::names;
use crate::codegen::signature::Parameter;

pub(super) use crate::codegen::cpp::{c_parameters, is_enum};

/// The Objective-C type; ends with `*` for objects.
pub(super) fn objc(kind: &Type) -> String {
    match kind {
        Type::Str => "NSString *".into(),
        Type::Bool => "BOOL".into(),
        Type::I32 => "int".into(),
        Type::U32 => "unsigned int".into(),
        Type::I64 => "long long".into(),
        Type::U64 => "unsigned long long".into(),
        Type::Bytes => "NSData *".into(),
        Type::Map => "NSDictionary<NSString *, NSString *> *".into(),
        Type::Named(name) | Type::Optional(name) | Type::Shared(name) => format!("{name} *"),
        Type::List(item) => format!("NSArray<{}> *", boxed(item)),
        Type::Function => unreachable!("callbacks are written by hand"),
    }
}

/// The same with enums, which are no objects.
pub(super) fn type_of(api: &Api, kind: &Type) -> String {
    match kind {
        Type::Named(name) if is_enum(api, kind) => name.clone(),
        Type::List(item) if is_enum(api, item) => "NSArray<NSNumber *> *".into(),
        _ => objc(kind),
    }
}

/// The type of a parameter; what may be absent says so.
pub(super) fn parameter_type(api: &Api, kind: &Type) -> String {
    let nullable = if matches!(kind, Type::Optional(_) | Type::Shared(_)) { "nullable " } else { "" };
    format!("{nullable}{}", type_of(api, kind))
}

/// A variable or parameter of C's form: `NSString *name`, `int name`.
pub(super) fn variable(api: &Api, kind: &Type, name: &str) -> String {
    let kind = type_of(api, kind);
    if kind.ends_with('*') { format!("{kind}{name}") } else { format!("{kind} {name}") }
}

fn boxed(kind: &Type) -> String {
    match kind {
        Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64 => "NSNumber *".into(),
        other => objc(other),
    }
}

/// Whether the value is an Objective-C object.
pub(super) fn is_object(api: &Api, kind: &Type) -> bool {
    type_of(api, kind).ends_with('*')
}

/// The Objective-C value of a C value at `member`; lists have `{member}{count}` elements.
pub(super) fn from_c(api: &Api, kind: &Type, member: &str, count: &str) -> String {
    match kind {
        Type::Named(class) if is_enum(api, kind) => format!("({class}){member}"),
        Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64 => member.to_owned(),
        Type::Str => format!("ZIMStringFromC({member})"),
        Type::Bytes => format!("ZIMDataFromC({member})"),
        Type::Map => format!("ZIMMapFromC({member}, {member}{count})"),
        Type::Shared(class) if class == "ZIMMessage" => format!("ZIMMessageFromC({member})"),
        Type::Shared(class) | Type::Optional(class) => format!("{member} ? {class}FromC({member}) : nil"),
        Type::Named(class) => format!("{class}FromC({member})"),
        Type::List(item) => match item.as_ref() {
            Type::Str => format!("ZIMStringsFromC({member}, {member}{count})"),
            Type::I32 => format!("ZIMNumbersFromC({member}, {member}{count})"),
            item if is_enum(api, item) => format!("ZIMNumbersFromC({member}, {member}{count})"),
            item if names::is_message(class_of(item)) => {
                format!("ZIM_LIST_FROM_C(ZIMMessageFromC, {member}, {member}{count})")
            }
            item => format!("ZIM_LIST_FROM_C({}FromC, {member}, {member}{count})", class_of(item)),
        },
        Type::Function => unreachable!("callbacks are written by hand"),
    }
}

/// The C value of an Objective-C value; a list's or map's number of elements is `ZIMCount`.
pub(super) fn to_c(api: &Api, kind: &Type, member: &str) -> String {
    match kind {
        Type::Named(_) if is_enum(api, kind) => format!("(int32_t){member}"),
        Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64 => member.to_owned(),
        Type::Str => format!("ZIMStringToC({member}, scratch)"),
        Type::Bytes => format!("ZIMDataToC({member}, scratch)"),
        Type::Map => format!("ZIMMapToC({member}, scratch)"),
        Type::Named(class) | Type::Shared(class) | Type::Optional(class) => {
            format!("{class}ToC({member}, scratch)")
        }
        Type::List(item) => match item.as_ref() {
            Type::Str => format!("ZIMStringsToC({member}, scratch)"),
            Type::I32 => format!("ZIMNumbersToC({member}, scratch)"),
            item if is_enum(api, item) => format!("ZIMNumbersToC({member}, scratch)"),
            item => {
                let class = class_of(item);
                format!("ZIM_LIST_TO_C({}, {class}ToC, {member}, scratch)", names::c_type(class))
            }
        },
        Type::Function => unreachable!("callbacks are written by hand"),
    }
}

/// The arguments of a C function for this parameter.
pub(super) fn arguments(api: &Api, parameter: &Parameter) -> Vec<String> {
    let mut arguments = vec![to_c(api, &parameter.kind, &parameter.name)];
    if is_list(&parameter.kind) {
        arguments.push(format!("ZIMCount({})", parameter.name));
    }
    arguments
}

/// What an app gets where there is no value.
pub(super) fn empty(api: &Api, kind: &Type) -> String {
    match kind {
        Type::Named(class) if is_enum(api, kind) => format!("({class})0"),
        Type::Bool => "NO".into(),
        Type::I32 | Type::U32 | Type::I64 | Type::U64 => "0".into(),
        Type::Str => "@\"\"".into(),
        Type::Bytes => "[NSData data]".into(),
        Type::Map => "@{}".into(),
        Type::List(_) => "@[]".into(),
        Type::Named(class) => format!("{class}FromC(NULL)"),
        Type::Shared(_) | Type::Optional(_) => "nil".into(),
        Type::Function => unreachable!("callbacks are written by hand"),
    }
}

/// Values that C gives as a pointer and a count.
pub(super) fn is_list(kind: &Type) -> bool {
    matches!(kind, Type::List(_) | Type::Map)
}

fn class_of(kind: &Type) -> &str {
    kind.class().unwrap_or_else(|| panic!("no Objective-C form for a list of {kind:?}"))
}

/// Parameters of a C function for these values, `user_data` first.
pub(super) fn c_signature(api: &Api, values: &[Parameter]) -> String {
    std::iter::once("void *userData".to_owned())
        .chain(values.iter().flat_map(|value| cpp::c_parameters(api, value)))
        .collect::<Vec<_>>()
        .join(", ")
}
