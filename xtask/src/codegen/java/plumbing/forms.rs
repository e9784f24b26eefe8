//! How a value changes between its published class and uniffi's, in Kotlin.

use crate::codegen::api::{Api, Type};
use crate::codegen::java::forms::NUMBERS;
use crate::codegen::names;

/// The field or parameter as uniffi spells it in Kotlin: `userID` → `userId`.
pub(super) fn place(published: &str) -> String {
    let mut words = names::snake(published).split('_').map(str::to_owned).collect::<Vec<_>>().into_iter();
    let first = words.next().unwrap_or_default();
    first + &words.map(|word| capitalised(&word)).collect::<String>()
}

/// The class as uniffi spells it in Kotlin: `ZIMVoIPConfig` → `VoIpConfig`.
pub(super) fn class(published: &str) -> String {
    let letters: Vec<char> = names::rust_type(published).chars().collect();
    let small = |at: usize| letters.get(at).is_none_or(char::is_ascii_uppercase);
    letters
        .iter()
        .enumerate()
        .map(|(at, letter)| {
            // A capital between capitals is inside a word.
            let inside = at > 0 && letters[at - 1].is_ascii_uppercase() && small(at + 1);
            if inside { letter.to_ascii_lowercase() } else { *letter }
        })
        .collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

fn is_enum(api: &Api, name: &str) -> bool {
    api.find_enum(name).is_some()
}

/// `expression`, a published value that may be null, as uniffi's. `name` is said when it is refused.
pub(super) fn take(api: &Api, kind: &Type, required: bool, expression: &str, name: &str) -> String {
    match kind {
        Type::Str => format!("{expression}.orEmpty()"),
        Type::Bool | Type::I32 | Type::I64 => expression.to_owned(),
        Type::U32 | Type::U64 => format!("unsigned({expression}, \"{name}\")"),
        Type::Bytes => format!("bytes({expression})"),
        Type::Map => format!("pairs({expression})"),
        Type::Named(class) if is_enum(api, class) => {
            format!("{expression}.take{}(\"{name}\")", number(class))
        }
        Type::Named(_) => format!("{expression}.take()"),
        Type::Shared(_) | Type::Optional(_) if required => format!("{expression}.take()"),
        Type::Shared(_) | Type::Optional(_) => format!("{expression}?.take()"),
        Type::List(item) => format!("each({expression}) {{ {} }}", take(api, item, true, "it", name)),
        Type::Function => unreachable!("callbacks are interfaces in Java"),
    }
}

/// `expression`, uniffi's value, as the published one.
pub(super) fn give(kind: &Type, required: bool, expression: &str) -> String {
    match kind {
        Type::Str | Type::Bool | Type::I32 | Type::I64 | Type::Bytes => expression.to_owned(),
        Type::U32 => format!("{expression}.toInt()"),
        Type::U64 => format!("{expression}.toLong()"),
        Type::Map => format!("HashMap({expression})"),
        Type::Named(class) if NUMBERS.contains(&class.as_str()) => format!("{expression}.value"),
        Type::Named(_) => format!("{expression}.give()"),
        Type::Shared(class) if required && is_message_class(class) => {
            format!("{expression}.give() as {class}")
        }
        Type::Shared(_) | Type::Optional(_) if required => format!("{expression}.give()"),
        Type::Shared(_) | Type::Optional(_) => format!("{expression}?.give()"),
        Type::List(item) => match give(item, true, "it").as_str() {
            "it" => format!("ArrayList({expression})"),
            item => format!("list({expression}) {{ {item} }}"),
        },
        Type::Function => unreachable!("callbacks are interfaces in Java"),
    }
}

/// A class of messages of one kind; the kind of uniffi's message decides which is made of it.
fn is_message_class(class: &str) -> bool {
    names::is_message(class) && class != "ZIMMessage"
}

/// Published as plain numbers, these have no class whose values could tell them apart.
fn number(class_name: &str) -> String {
    if NUMBERS.contains(&class_name) { class(class_name) } else { String::new() }
}

/// What a callback gets in place of a value when the operation failed.
pub(super) fn absent(kind: &Type) -> String {
    match kind {
        Type::Str => "\"\"".into(),
        Type::Bool => "false".into(),
        Type::I32 | Type::U32 => "0".into(),
        Type::I64 | Type::U64 => "0L".into(),
        Type::List(_) => "ArrayList()".into(),
        other => format!("{}()", other.class().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_uniffi() {
        assert_eq!(place("userIDs"), "userIds");
        assert_eq!(place("notToReceiveOfflinePushPlatforms"), "notToReceiveOfflinePushPlatforms");
        assert_eq!(class("ZIMVoIPConfig"), "VoIpConfig");
        assert_eq!(class("ZIMCallInfo"), "CallInfo");
    }
}
