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

fn one(text: &mut String, api: &Api, method: &Method<'_>) {
    let name = names::snake(method.published);
    let mut parameters = vec!["&self".to_owned()];
    let mut pass = Vec::new();
    for parameter in &method.operation.parameters {
        let variable = names::snake(&parameter.name);
        parameters.push(format!("{variable}: {}", host(&parameter.kind)));
        pass.push(match &parameter.kind {
            Type::Str => format!("&{variable}"),
            kind => take(api, kind, false, &variable),
        });
    }
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
    let call = format!("self.client().{name}({}).await?", pass.join(", "));
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
