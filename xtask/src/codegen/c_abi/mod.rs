//! The part of the C ABI that follows from the description: one callback struct and one function per operation, and
//! the struct of event callbacks. What is special (life cycle, sending, push) is written by hand in `ffi/src`.

mod callbacks;
mod events;
mod methods;

pub(crate) use callbacks::result_struct;
pub(crate) use events::{Event, events};

use super::api::{Api, Type};
use super::signature::{Operation, Parameter, operation};
use super::{Generated, names, rustfmt};
use std::error::Error;
use std::path::Path;

/// Operations whose C form is written by hand: they create the client, or have more than one answer.
const BY_HAND: [&str; 4] = ["sendMessage", "sendPeerMessage", "sendGroupMessage", "logout"];

/// The values of these callbacks repeat a parameter by name, but are the server's and not the caller's.
const NOT_AN_ECHO: [&str; 3] = ["renewToken", "updateUserOfflinePushRule", "revokeMessage"];

/// One operation as the C ABI has it.
pub(crate) struct Method<'a> {
    pub(crate) published: &'a str,
    pub(crate) doc: &'a str,
    note: &'a str,
    since: &'a str,
    /// The C++ overloads.
    pub(crate) cpp: &'a str,
    pub(crate) operation: Operation,
    /// Values that the host does not know already.
    pub(crate) fresh: Vec<Parameter>,
}

impl Method<'_> {
    /// Name of the callback struct; operations without a fresh value share one.
    pub(crate) fn callback(&self) -> String {
        if self.fresh.is_empty() {
            "zim_done_callback".into()
        } else {
            names::c_type(&self.operation.callback)
        }
    }
}

impl Method<'_> {
    /// Whether a value is what became of the object the caller gave, which the callback gets back if the call fails.
    pub(crate) fn is_new_form(&self, value: &Parameter) -> bool {
        matches!(value.kind, Type::Shared(_))
            && self.fresh.contains(value)
            && self.operation.parameters.contains(value)
    }

    /// Whether a host keeps its own value until the callback.
    pub(crate) fn is_kept(&self, value: &Parameter) -> bool {
        !self.fresh.contains(value) || self.is_new_form(value)
    }
}

/// The generated Rust sources of the ABI.
pub(crate) fn generate(root: &Path, api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    let methods = methods(api)?;
    let file = |name: &str, text: String| -> Result<Generated, Box<dyn Error>> {
        let text = format!("{}{text}", super::HEADER);
        Ok(Generated {
            path: format!("ffi/src/generated/{name}.rs").into(),
            text: rustfmt::format(root, &text)?,
        })
    };
    Ok(vec![
        file("callbacks", callbacks::text(api, &methods))?,
        file("methods", methods::text(api, &methods))?,
        file("events", events::text(api)?)?,
    ])
}

/// The initialisers of every callback struct and of what is written by hand, for the end of the header.
pub(crate) fn initialisers(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut names: Vec<String> = methods(api)?.iter().map(Method::callback).collect();
    names.extend(
        [
            "zim_send_callback",
            "zim_event_handler",
            "zim_config",
            "zim_log_callback",
            "zpns_options",
            "zpns_push_config",
            "zpns_channel",
            "zpns_event_handler",
        ]
        .map(str::to_owned),
    );
    names.sort();
    names.dedup();
    let mut text = String::from("#if !defined(__cplusplus)\n/** Everything absent: set what you need. */\n");
    for name in names {
        text.push_str(&format!("#define {}_INIT {{.struct_size = sizeof({name})}}\n", name.to_uppercase()));
    }
    text.push_str("#endif /* initialisers of callbacks */\n");
    Ok(text)
}

/// Every operation that follows the pattern.
pub(crate) fn methods(api: &Api) -> Result<Vec<Method<'_>>, Box<dyn Error>> {
    let mut methods = Vec::new();
    for method in api.methods.iter().filter(|method| method.implemented) {
        let (Some(cpp), Some(result)) = (method.cpp(), method.cpp_result()) else { continue };
        if BY_HAND.contains(&method.name.as_str()) {
            continue;
        }
        let operation = operation(api, &method.name, cpp, result)?;
        let echoes = !NOT_AN_ECHO.contains(&method.name.as_str());
        let fresh = operation
            .values
            .iter()
            .filter(|value| !(echoes && operation.parameters.contains(value)))
            .cloned()
            .collect();
        methods.push(Method {
            published: &method.name,
            doc: &method.doc,
            note: method.note().unwrap_or_default(),
            since: &method.since,
            cpp,
            operation,
            fresh,
        });
    }
    Ok(methods)
}

fn is_enum(api: &Api, name: &str) -> bool {
    api.enums.iter().any(|known| known.name == name)
}

/// Parameters of C for one value: lists are a pointer and a count.
fn c_parameters(api: &Api, name: &str, kind: &Type) -> Vec<(String, String)> {
    let one = |text: &str| vec![(name.to_owned(), text.to_owned())];
    match kind {
        Type::Str => one("zim_str"),
        Type::Bool => one("bool"),
        Type::I32 => one("i32"),
        Type::U32 => one("u32"),
        Type::I64 => one("i64"),
        Type::U64 => one("u64"),
        Type::Named(class) if is_enum(api, class) => one("i32"),
        Type::Named(class) | Type::Shared(class) | Type::Optional(class) => {
            one(&format!("*const {}", names::c_type(class)))
        }
        Type::List(item) => {
            let item = match item.as_ref() {
                Type::Str => "*const zim_str".to_owned(),
                Type::Named(class) | Type::Shared(class) => format!("*const *const {}", names::c_type(class)),
                other => panic!("no C form for a list of {other:?}"),
            };
            vec![(name.to_owned(), item), (format!("{name}_count"), "usize".into())]
        }
        other => panic!("no C form for {other:?}"),
    }
}

/// What C gets when there is no value.
fn absent(api: &Api, kind: &Type) -> &'static str {
    match kind {
        Type::Str => "zim_str::EMPTY",
        Type::Bool => "false",
        Type::Named(class) if is_enum(api, class) => "0",
        Type::I32 | Type::U32 | Type::I64 | Type::U64 => "0",
        Type::List(_) => "(std::ptr::null(), 0)",
        _ => "std::ptr::null()",
    }
}

/// Turns `expression` (a reference to the model's value) into its C form.
fn give(api: &Api, kind: &Type, expression: &str) -> String {
    match kind {
        Type::Str => format!("zim_str::of({expression})"),
        Type::Bool | Type::I32 | Type::U32 | Type::I64 | Type::U64 => {
            format!("*{expression}").replace("*&", "")
        }
        Type::Named(class) if is_enum(api, class) => format!("{expression}.value()"),
        Type::List(item) if **item == Type::Str => format!("convert::give_strings({expression}, &mut arena)"),
        Type::List(_) => format!("convert::give_list({expression}, &mut arena)"),
        _ => format!("convert::give({expression}, &mut arena)"),
    }
}

/// A documentation comment: sentences, wrapped by rustfmt's comment width of the header's reader.
fn doc(indent: &str, paragraphs: &[&str]) -> String {
    let mut text = String::new();
    for (index, paragraph) in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()).enumerate() {
        if index > 0 {
            text.push_str(&format!("{indent}///\n"));
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if line.chars().count() + word.chars().count() > 100 {
                text.push_str(&format!("{indent}/// {}\n", line.trim_end()));
                line.clear();
            }
            line.push_str(word);
            line.push(' ');
        }
        text.push_str(&format!("{indent}/// {}\n", line.trim_end()));
    }
    text
}
