//! `records.rs`: the published classes as records that cross by value, and the results with several values.

use super::forms::{give, host, inside, take};
use crate::codegen::api::{Api, Record, Type};
use crate::codegen::c_abi::{Method, result_struct};
use crate::codegen::{names, rust_records};
use std::fmt::Write as _;

pub(super) fn text(api: &Api, methods: &[Method<'_>]) -> String {
    let mut text = String::from(
        "//! The published classes as records, with what turns them into the model of zim-core and back.\n\n\
         use super::enums::*;\nuse crate::message::Message;\nuse std::sync::Arc;\nuse zim_core::model;\n\n",
    );
    for record in api.generated_records() {
        one(&mut text, api, record);
    }
    for method in methods.iter().filter(|method| method.fresh.len() > 1) {
        result(&mut text, api, method);
    }
    text
}

fn one(text: &mut String, api: &Api, record: &Record) {
    let name = names::rust_type(&record.name);
    let fields = api.all_fields(record);
    let _ = writeln!(
        text,
        "/// {}\n///\n/// Published as `{}`.\n#[derive(Clone, uniffi::Record)]\npub struct {name} {{",
        record.doc, record.name
    );
    for field in &fields {
        let kind = if field.required { inside(&field.kind) } else { field.kind.clone() };
        let (doc, field) = (rust_records::doc(field), names::rust_field(&field.name));
        let _ = writeln!(text, "/// {doc}\npub {field}: {},", host(&kind));
    }
    text.push_str("}\n\n");
    let convert = |from: &str, to: &str, form: fn(&Api, &Type, bool, &str) -> String| {
        let mut text = format!("impl From<{from}> for {to} {{\nfn from(value: {from}) -> Self {{\nSelf {{\n");
        for field in &fields {
            let place = names::rust_field(&field.name);
            let value = form(api, &field.kind, field.required, &format!("value.{place}"));
            let _ = writeln!(text, "{place}: {value},");
        }
        text + "}\n}\n}\n\n"
    };
    let model = format!("model::{name}");
    text.push_str(&convert(&model, name, give));
    text.push_str(&convert(name, &model, take));
}

fn result(text: &mut String, api: &Api, method: &Method<'_>) {
    let name = result_struct(method.published);
    let _ = writeln!(
        text,
        "/// Result of `{}`.\n#[derive(Clone, uniffi::Record)]\npub struct {name} {{",
        method.published
    );
    for value in &method.fresh {
        let _ = writeln!(
            text,
            "/// Published as `{}`.\npub {}: {},",
            value.name,
            names::rust_field(&value.name),
            host(&inside(&value.kind))
        );
    }
    let _ = writeln!(
        text,
        "}}\n\nimpl From<zim_core::{name}> for {name} {{\nfn from(value: zim_core::{name}) -> Self {{\nSelf {{"
    );
    for value in &method.fresh {
        let place = names::rust_field(&value.name);
        let _ = writeln!(text, "{place}: {},", give(api, &value.kind, true, &format!("value.{place}")));
    }
    text.push_str("}\n}\n}\n\n");
}
