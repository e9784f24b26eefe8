//! `ordered.rs`: every operation for hosts that want answers by callback in order with events, and what they are told.

use super::forms::{give, host, inside};
use super::methods::{arguments, declared};
use crate::codegen::api::Api;
use crate::codegen::c_abi::Method;
use crate::codegen::names;
use std::fmt::Write as _;

/// The case of `ZimAnswer` that an operation answers with, named after its published callback; `Done` has no values.
pub(in crate::codegen) fn answer<'a>(method: &'a Method<'_>) -> &'a str {
    if method.fresh.is_empty() {
        return "Done";
    }
    let callback = &method.operation.callback;
    callback.strip_prefix("ZIM").and_then(|name| name.strip_suffix("Callback")).unwrap_or(callback)
}

pub(super) fn text(api: &Api, methods: &[Method<'_>]) -> String {
    let mut text = String::from(
        "//! The published operations, answered by callback. A parameter `request` is the number the answer comes with.\n\n\
         use super::enums::*;\nuse super::records::*;\nuse crate::error::ZimError;\nuse crate::message::Message;\n\
         use crate::ordered::OrderedClient;\nuse std::sync::Arc;\n\n\
         /// What an operation came to. Cases are named after the published callbacks.\n#[derive(Clone, uniffi::Enum)]\n#[expect(clippy::large_enum_variant, reason = \"made once per answer, and copied to the host at once\")]\npub enum ZimAnswer {\n\
         /// It failed.\nFailed {\n/// Why.\nerror: ZimError,\n},\n/// It succeeded and gives nothing the host does not know already.\nDone,\n\
         /// The service has the message.\nMessageSent {\n/// In its final form.\nmessage: Message,\n},\n",
    );
    for method in methods.iter().filter(|method| !method.fresh.is_empty()) {
        let _ = writeln!(text, "/// Result of `{}`.\n{} {{", method.published, answer(method));
        for value in &method.fresh {
            let (place, kind) = (names::rust_field(&value.name), host(&inside(&value.kind)));
            let _ = writeln!(text, "/// Published as `{}`.\n{place}: {kind},", value.name);
        }
        text.push_str("},\n");
    }
    text.push_str("}\n\n#[uniffi::export]\nimpl OrderedClient {\n");
    for method in methods {
        one(&mut text, api, method);
    }
    text.push_str("}\n");
    text
}

fn one(text: &mut String, api: &Api, method: &Method<'_>) {
    let name = names::snake(method.published);
    let mut parameters = vec!["&self".to_owned(), "request: u64".to_owned()];
    parameters.extend(declared(method));
    let _ = writeln!(
        text,
        "/// {}\n///\n/// Published as `{}`.\npub fn {name}({}) {{\nlet call = self.inner().{name}({});\nself.answer(request, call, {});\n}}\n",
        method.doc,
        method.published,
        parameters.join(", "),
        arguments(api, method),
        form(api, method),
    );
}

/// The function that turns an operation's value into its case of `ZimAnswer`.
fn form(api: &Api, method: &Method<'_>) -> String {
    let case = answer(method);
    match method.fresh.as_slice() {
        [] => "|()| ZimAnswer::Done".to_owned(),
        [value] => {
            let place = names::rust_field(&value.name);
            let given = give(api, &value.kind, true, "value");
            format!("|value| ZimAnswer::{case} {{ {place}: {given} }}")
        }
        several => {
            let fields: Vec<String> = several
                .iter()
                .map(|value| {
                    let place = names::rust_field(&value.name);
                    format!("{place}: {}", give(api, &value.kind, true, &format!("value.{place}")))
                })
                .collect();
            format!("|value| ZimAnswer::{case} {{ {} }}", fields.join(", "))
        }
    }
}
