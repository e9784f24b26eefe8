//! `events.rs`: every event as one value.

use super::forms::{give, host, inside};
use crate::codegen::api::Api;
use crate::codegen::c_abi::Event;
use crate::codegen::names;
use std::fmt::Write as _;

pub(super) fn text(api: &Api, events: &[Event<'_>]) -> String {
    let mut text = String::from(
        "//! What a client tells without being asked.\n\n\
         use super::enums::*;\nuse super::records::*;\nuse crate::message::Message;\nuse std::sync::Arc;\nuse zim_core::model;\n\n\
         /// An event, named as published without its `on`. Host layers fan one out to every published generation of its name.\n\
         #[derive(Clone, uniffi::Enum)]\npub enum ZimEvent {\n",
    );
    for event in events {
        let variant = event.published.trim_start_matches("on");
        let _ = writeln!(text, "/// {}\n{variant} {{", event.doc);
        if event.published == "onError" {
            text.push_str("/// Published number.\ncode: u32,\n/// For developers.\ndetail: String,\n");
        }
        for value in &event.parameters {
            let place = names::rust_field(&value.name);
            let kind = host(&inside(&value.kind));
            let _ = writeln!(text, "/// Published as `{}`.\n{place}: {kind},", value.name);
        }
        text.push_str("},\n");
    }
    text.push_str(
        "}\n\nimpl ZimEvent {\n/// The form hosts get; `None` for an event that has none yet.\n\
         pub(crate) fn new(event: model::Event) -> Option<Self> {\nSome(match event {\n",
    );
    for event in events {
        let variant = event.published.trim_start_matches("on");
        if event.published == "onError" {
            text.push_str(
                "model::Event::Error(error) => Self::Error { code: error.code.code(), detail: error.message },\n",
            );
            continue;
        }
        let fields: Vec<String> =
            event.parameters.iter().map(|value| names::rust_field(&value.name)).collect();
        let _ = writeln!(text, "model::Event::{variant} {{ {} }} => Self::{variant} {{", fields.join(", "));
        for (value, place) in event.parameters.iter().zip(&fields) {
            let given = give(api, &value.kind, true, place);
            let _ = if given == *place {
                writeln!(text, "{place},")
            } else {
                writeln!(text, "{place}: {given},")
            };
        }
        text.push_str("},\n");
    }
    text.push_str("_ => return None,\n})\n}\n}\n");
    text
}
