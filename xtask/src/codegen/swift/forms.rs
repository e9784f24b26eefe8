//! How names and values of the description look in Swift, and how they change sides.

use crate::codegen::api::{Api, Field, Type};
use crate::codegen::names;

/// Words that Swift takes only in backticks, as far as the description has them.
const KEYWORDS: [&str; 3] = ["default", "operator", "internal"];

/// The Swift type.
pub(super) fn swift(kind: &Type) -> String {
    match kind {
        Type::Str => "String".into(),
        Type::Bool => "Bool".into(),
        Type::I32 => "Int32".into(),
        Type::U32 => "UInt32".into(),
        Type::I64 => "Int64".into(),
        Type::U64 => "UInt64".into(),
        Type::Bytes => "Data".into(),
        Type::Map => "[String: String]".into(),
        Type::Named(name) => class(name).into(),
        Type::Optional(name) | Type::Shared(name) => format!("{}?", class(name)),
        Type::List(item) => format!("[{}]", swift(&present(item))),
        Type::Function => unreachable!("callbacks are written by hand"),
    }
}

/// The Swift type of a published class: messages are one type, whose content says their kind.
fn class(published: &str) -> &str {
    if names::is_message(published) { "ZIMMessage" } else { published }
}

/// What a list holds and a result is: there, shared objects are never absent.
pub(super) fn present(kind: &Type) -> Type {
    match kind {
        Type::Shared(name) => Type::Named(name.clone()),
        other => other.clone(),
    }
}

/// The type of a field.
pub(super) fn of_field(field: &Field) -> Type {
    if field.required { present(&field.kind) } else { field.kind.clone() }
}

/// The name of an enum's case: `KickedOut` → `kickedOut`, `IPhoneOS` → `iPhoneOS`, `OHOS` → `ohos`.
pub(super) fn case(published: &str) -> String {
    let snake = names::snake(published);
    let first = snake.split('_').next().unwrap_or_default().len();
    let name = format!("{}{}", published[..first].to_ascii_lowercase(), &published[first..]);
    if KEYWORDS.contains(&name.as_str()) { format!("`{name}`") } else { name }
}

/// The name that uniffi gives a field: `userID` → `userId`.
pub(super) fn native_name(published: &str) -> String {
    let snake = names::snake(published);
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_ascii_uppercase() + &word[1..])
}

/// The name that uniffi gives a class or an enum: `ZIMCXHandleType` → `CxHandleType`.
pub(super) fn native_type(published: &str) -> String {
    let letters: Vec<char> = names::rust_type(published).chars().collect();
    let spelled = letters.iter().enumerate().map(|(at, letter)| {
        let after_capital = at > 0 && letters[at - 1].is_ascii_uppercase();
        let before_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if after_capital && !before_small { letter.to_ascii_lowercase() } else { *letter }
    });
    spelled.collect()
}

/// Whether values of this type differ on the two sides.
fn differs(kind: &Type) -> bool {
    match kind {
        Type::Named(_) | Type::Optional(_) | Type::Shared(_) => true,
        Type::List(item) => differs(item),
        _ => false,
    }
}

/// `expression` (of uniffi's type) as the published type.
pub(super) fn give(kind: &Type, expression: &str) -> String {
    match kind {
        Type::Named(name) => format!("{}({expression})", class(name)),
        Type::Optional(name) | Type::Shared(name) => format!("{expression}.map {{ {}($0) }}", class(name)),
        Type::List(item) if differs(item) => {
            format!("{expression}.map {{ {} }}", give(&present(item), "$0"))
        }
        _ => expression.to_owned(),
    }
}

/// `expression` (of the published type) as uniffi's type.
pub(super) fn take(kind: &Type, expression: &str) -> String {
    match kind {
        Type::Named(_) => format!("{expression}.native"),
        Type::Optional(_) | Type::Shared(_) => format!("{expression}?.native"),
        Type::List(item) if differs(item) => {
            format!("{expression}.map {{ {} }}", take(&present(item), "$0"))
        }
        _ => expression.to_owned(),
    }
}

/// The value a field has in a new object.
pub(super) fn initial(api: &Api, field: &Field) -> String {
    match of_field(field) {
        Type::Str => "\"\"".into(),
        Type::Bool => matches!(field.default, Some(toml::Value::Boolean(true))).to_string(),
        Type::I32 | Type::U32 | Type::I64 | Type::U64 => match &field.default {
            Some(toml::Value::Integer(number)) => number.to_string(),
            _ => "0".into(),
        },
        Type::Bytes => "Data()".into(),
        Type::Map => "[:]".into(),
        Type::List(_) => "[]".into(),
        Type::Named(name) => match api.find_enum(&name) {
            Some(item) => {
                let value = field.default.as_ref().and_then(toml::Value::as_str);
                format!(".{}", case(value.unwrap_or(&item.default)))
            }
            None => format!("{name}()"),
        },
        Type::Optional(_) | Type::Shared(_) => "nil".into(),
        Type::Function => unreachable!("callbacks are written by hand"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_swifts() {
        for (published, expected) in
            [("KickedOut", "kickedOut"), ("IPhoneOS", "iPhoneOS"), ("OHOS", "ohos"), ("Default", "`default`")]
        {
            assert_eq!(case(published), expected);
        }
    }

    #[test]
    fn names_of_uniffi_are_known() {
        assert_eq!(native_name("userID"), "userId");
        assert_eq!(native_name("iOSVoIPHandleType"), "iosVoipHandleType");
        assert_eq!(native_type("ZIMCXHandleType"), "CxHandleType");
        assert_eq!(native_type("ZIMVoIPConfig"), "VoIpConfig");
    }
}
