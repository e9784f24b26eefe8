//! `Calls.kt`: each operation of `ZIMOperations` as a call of uniffi's client and the callback of its answer.

use super::Operation;
use super::forms::{absent, give, place, take};
use crate::codegen::api::{Api, Type};
use crate::codegen::java::{callbacks, forms};
use crate::codegen::signature::Parameter;
use crate::codegen::uniffi::answer;
use std::fmt::Write as _;

pub(super) fn text(api: &Api, operations: &[Operation<'_>]) -> String {
    let mut text = String::from(
        "/** The operations that follow one pattern: start, answer, and on failure empty values in place of the answered ones. */\n\
         public abstract class Calls : ZIM() {\n\
         \x20   /** Starts an operation; [answered] is called once, on the callback thread, its answer null if it failed. */\n\
         \x20   protected abstract fun call(answered: (ZimAnswer?, ZIMError) -> Unit, start: OrderedClient.(ULong) -> Unit)\n",
    );
    for operation in operations {
        one(&mut text, api, operation);
    }
    text + "}\n"
}

fn one(text: &mut String, api: &Api, operation: &Operation<'_>) {
    let method = &operation.method;
    let callback = &method.operation.callback;
    let mut declared: Vec<String> = method.operation.parameters.iter().map(declared).collect();
    declared.push(format!("callback: {callback}?"));
    let passed: Vec<String> = std::iter::once("request".to_owned())
        .chain(
            method
                .operation
                .parameters
                .iter()
                .map(|value| take(api, &value.given(), false, &value.name, &value.name)),
        )
        .collect();
    let mut told: Vec<String> = Vec::new();
    for value in &method.operation.values {
        if method.fresh.contains(value) {
            let parameter = method.operation.parameters.iter().any(|known| known == value);
            let absent = if parameter { value.name.clone() } else { absent(&value.kind) };
            let given = give(&value.kind, true, &format!("it.{}", place(&value.name)));
            told.push(format!("given?.let {{ {given} }} ?: {absent}"));
        } else {
            told.push(value.name.clone());
        }
    }
    told.push("error".into());
    let told = told.join(", ");
    let mut body = String::new();
    if !method.fresh.is_empty() {
        let _ = writeln!(body, "            val given = answer as? ZimAnswer.{}", answer(method));
    }
    for name in std::iter::once(operation.callback_method.as_str()).chain(callbacks::older(callback)) {
        let _ = writeln!(body, "            callback?.{name}({told})");
    }
    let answered = if method.fresh.is_empty() { "_, error" } else { "answer, error" };
    let _ = write!(
        text,
        "\n    override fun {}({}) = call(\n        start = {{ request -> {}({}) }},\n        answered = {{ {answered} ->\n{body}        }},\n    )\n",
        method.published,
        declared.join(", "),
        method.published,
        passed.join(", "),
    );
}

/// A parameter as Java may pass it: everything but numbers may be null.
fn declared(value: &Parameter) -> String {
    let kind = match &value.kind {
        Type::Bool => "Boolean".into(),
        Type::I32 | Type::U32 => "Int".into(),
        Type::I64 | Type::U64 => "Long".into(),
        Type::Str => "String?".into(),
        Type::Named(name) if forms::NUMBERS.contains(&name.as_str()) => "Int".into(),
        Type::List(item) => format!("ArrayList<{}>?", forms::boxed(item).replace("Integer", "Int")),
        other => format!("{}?", forms::java(other)),
    };
    format!("{}: {kind}", value.name)
}
