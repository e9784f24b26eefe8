//! `Enums.swift`: the published enums that the package mentions, with their published numbers.

use super::doc;
use super::forms::{case, native_type};
use crate::codegen::api::{Api, Enum};
use crate::codegen::c_abi::{Event, Method};
use crate::codegen::uniffi;
use std::fmt::Write as _;

pub(super) fn text(api: &Api, methods: &[Method<'_>], events: &[Event<'_>]) -> String {
    let mut text = String::from("internal import ZIMFFI\n\n");
    for item in uniffi::enums(api, methods, events) {
        one(&mut text, item);
    }
    text
}

fn one(text: &mut String, item: &Enum) {
    let name = &item.name;
    let _ = writeln!(
        text,
        "{}public enum {name}: Int32, Sendable, Hashable, CaseIterable {{",
        doc("", &item.doc)
    );
    for value in &item.values {
        let _ = writeln!(text, "{}    case {} = {}", doc("    ", &value.doc), case(&value.name), value.value);
    }
    let native = native_type(name);
    let _ = writeln!(
        text,
        "}}\n\nextension {name} {{\n    init(_ native: ZIMFFI.{native}) {{ self = sameNumber(native) }}\n    \
         var native: ZIMFFI.{native} {{ sameNumber(self) }}\n}}\n"
    );
}
