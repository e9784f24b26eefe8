//! `Records.swift`: the published classes as values, in groups of what goes in and what comes out.

use super::doc;
use super::forms::{give, initial, native_name, native_type, of_field, swift, take};
use crate::codegen::api::{Api, Field, Record};
use crate::codegen::rust_records;
use std::fmt::Write as _;

pub(super) fn text(api: &Api) -> String {
    let mut text = String::from("internal import ZIMFFI\n\n");
    for record in api.generated_records() {
        let fields = api.all_fields(record);
        declaration(&mut text, api, record, &fields);
        if fields.iter().any(|field| field.private) {
            reflection(&mut text, record, &fields);
        }
        conversions(&mut text, record, &fields);
    }
    text
}

fn declaration(text: &mut String, api: &Api, record: &Record, fields: &[Field]) {
    let _ = writeln!(text, "{}public struct {}: Sendable, Hashable {{", doc("", &record.doc), record.name);
    for field in fields {
        let about = doc("    ", &rust_records::doc(field));
        let _ = writeln!(text, "{about}    public var {}: {}", field.name, swift(&of_field(field)));
    }
    let parameters: Vec<String> = fields
        .iter()
        .map(|field| {
            let kind = swift(&of_field(field));
            format!("        {}: {kind} = {}", field.name, initial(api, field))
        })
        .collect();
    let _ = writeln!(
        text,
        "\n{}    public init(\n{}\n    ) {{",
        doc("    ", "What is left out has its published default."),
        parameters.join(",\n")
    );
    for field in fields {
        let _ = writeln!(text, "        self.{0} = {0}", field.name);
    }
    text.push_str("    }\n}\n\n");
}

/// Printing and dumping leave out tokens and what people wrote.
fn reflection(text: &mut String, record: &Record, fields: &[Field]) {
    let shown: Vec<String> = fields
        .iter()
        .filter(|field| !field.private)
        .map(|field| format!("            \"{0}\": {0} as Any,\n", field.name))
        .collect();
    let shown = if shown.is_empty() { ":".to_owned() } else { format!("\n{}        ", shown.concat()) };
    let _ = writeln!(
        text,
        "extension {}: CustomReflectable {{\n{}    public var customMirror: Mirror {{\n        \
         let shown: KeyValuePairs<String, Any> = [{shown}]\n        \
         return Mirror(self, children: shown, displayStyle: .struct)\n    }}\n}}\n",
        record.name,
        doc("    ", "What may be printed: no token, and nothing that a person wrote.")
    );
}

fn conversions(text: &mut String, record: &Record, fields: &[Field]) {
    let native = native_type(&record.name);
    let _ = writeln!(text, "extension {} {{", record.name);
    if record.goes_out() {
        let values: Vec<String> = fields
            .iter()
            .map(|field| {
                let value = give(&of_field(field), &format!("native.{}", native_name(&field.name)));
                format!("            {}: {value}", field.name)
            })
            .collect();
        let _ = writeln!(
            text,
            "    init(_ native: ZIMFFI.{native}) {{\n        self.init(\n{}\n        )\n    }}",
            values.join(",\n")
        );
    }
    if record.comes_in() {
        let values: Vec<String> = fields
            .iter()
            .map(|field| {
                let value = take(&of_field(field), &field.name);
                format!("            {}: {value}", native_name(&field.name))
            })
            .collect();
        let _ = writeln!(
            text,
            "    var native: ZIMFFI.{native} {{\n        ZIMFFI.{native}(\n{}\n        )\n    }}",
            values.join(",\n")
        );
    }
    text.push_str("}\n\n");
}
