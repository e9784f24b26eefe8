//! `methods.rs`: one async function per published operation.

use super::forms::{give, host, inside, take};
use crate::codegen::api::{Api, Type};
use crate::codegen::c_abi::{Method, result_struct};
use crate::codegen::names;
use std::fmt::Write as _;

pub(super) fn text(api: &Api, methods: &[Method<'_>]) -> String {
    let mut text = String::from(
        "//! The published operations. Each awaits an answer of zim-core and nothing else, so that any executor of a host may\n\
         //! poll it; dropping the future stops the waiting, never the operation.\n\n\
         use super::enums::*;\nuse super::records::*;\nuse crate::client::ZimClient;\nuse crate::error::ZimError;\n\
         use crate::message::Message;\nuse std::sync::Arc;\n\n#[uniffi::export]\nimpl ZimClient {\n",
    );
    for method in methods {
        one(&mut text, api, method);
    }
    text.push_str("}\n");
    text
}

/// The parameters of an operation as the hosts give them.
pub(super) fn declared(method: &Method<'_>) -> Vec<String> {
    let parameters = &method.operation.parameters;
    parameters
        .iter()
        .map(|value| format!("{}: {}", names::snake(&value.name), host(&value.given())))
        .collect()
}

/// The same parameters as arguments of zim-core's function.
pub(super) fn arguments(api: &Api, method: &Method<'_>) -> String {
    let arguments: Vec<String> = method
        .operation
        .parameters
        .iter()
        .map(|parameter| {
            let variable = names::snake(&parameter.name);
            match parameter.given() {
                Type::Str => format!("&{variable}"),
                kind => take(api, &kind, false, &variable),
            }
        })
        .collect();
    arguments.join(", ")
}

fn one(text: &mut String, api: &Api, method: &Method<'_>) {
    let name = names::snake(method.published);
    let mut parameters = vec!["&self".to_owned()];
    parameters.extend(declared(method));
    let result = match method.fresh.as_slice() {
        [] => "()".to_owned(),
        [value] => host(&inside(&value.kind)),
        _ => result_struct(method.published).to_owned(),
    };
    let _ = writeln!(
        text,
        "/// {}\n///\n/// Published as `{}`.\npub async fn {name}({}) -> Result<{result}, ZimError> {{",
        method.doc,
        method.published,
        parameters.join(", ")
    );
    let call = format!("self.client().{name}({}).await?", arguments(api, method));
    let given = match method.fresh.as_slice() {
        [] => "answer".to_owned(),
        [value] => give(api, &value.kind, true, "answer"),
        _ => "answer.into()".to_owned(),
    };
    let _ = match (method.fresh.is_empty(), given.as_str()) {
        (true, _) => writeln!(text, "{call};\nOk(())\n}}\n"),
        (_, "answer") => writeln!(text, "Ok({call})\n}}\n"),
        (_, given) => writeln!(text, "let answer = {call};\nOk({given})\n}}\n"),
    };
}
