//! `Operations.swift`: one async function per published operation; the labels are the published names.

use super::doc;
use super::forms::{give, native_name, present, swift, take};
use crate::codegen::api::{Api, Type};
use crate::codegen::c_abi::{Method, result_struct};
use crate::codegen::signature::Parameter;
use std::fmt::Write as _;

pub(super) fn text(api: &Api, methods: &[Method<'_>]) -> String {
    let mut text = String::from("internal import ZIMFFI\n\nextension ZIM {\n");
    for method in methods {
        one(&mut text, api, method);
    }
    format!("{}\n}}\n", text.trim_end())
}

fn one(text: &mut String, api: &Api, method: &Method<'_>) {
    let parameters: Vec<String> =
        method.operation.parameters.iter().map(|parameter| declared(api, parameter)).collect();
    let pass: Vec<String> = method
        .operation
        .parameters
        .iter()
        .map(|parameter| {
            format!("{}: {}", native_name(&parameter.name), take(&parameter.given(), &parameter.name))
        })
        .collect();
    let call = format!("try await $0.{}({})", method.published, pass.join(", "));
    let (result, body) = match method.fresh.as_slice() {
        [] => (String::new(), call),
        [value] => {
            let kind = present(&value.kind);
            (format!(" -> {}", swift(&kind)), give(&kind, &call))
        }
        values => several(method, values, &call),
    };
    let body = if body.contains("\n") {
        format!("{{\n{body}\n        }}")
    } else {
        format!("{{ {} }}", awaited(&body))
    };
    let _ = writeln!(
        text,
        "{}    public func {}({}) async throws{result} {{\n        try await answer {body}\n    }}\n",
        doc("    ", method.doc),
        method.published,
        parameters.join(", ")
    );
}

/// Several answers are a tuple, whose names are those of the published callback.
fn several(method: &Method<'_>, values: &[Parameter], call: &str) -> (String, String) {
    let kinds: Vec<String> =
        values.iter().map(|value| format!("{}: {}", value.name, swift(&present(&value.kind)))).collect();
    let given: Vec<String> = values
        .iter()
        .map(|value| give(&present(&value.kind), &format!("answer.{}", native_name(&value.name))))
        .collect();
    let native = result_struct(method.published);
    (
        format!(" -> ({})", kinds.join(", ")),
        format!(
            "            let answer: ZIMFFI.{native} = {call}\n            return ({})",
            given.join(", ")
        ),
    )
}

/// `try await` covers the whole expression.
fn awaited(body: &str) -> String {
    format!("try await {}", body.replacen("try await ", "", 1))
}

/// A parameter; configurations that are left out are the published ones.
fn declared(api: &Api, parameter: &Parameter) -> String {
    let default = match &parameter.kind {
        Type::Named(name)
            if api.find_enum(name).is_none() && (name.ends_with("Config") || name.ends_with("Option")) =>
        {
            " = .init()"
        }
        _ => "",
    };
    format!("{}: {}{default}", parameter.name, swift(&parameter.given()))
}
