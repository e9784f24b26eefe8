//! `Events.swift`: every event as one case, named as published without its `on`.

use super::doc;
use super::forms::{case, give, native_name, present, swift};
use crate::codegen::c_abi::Event;
use std::fmt::Write as _;

pub(super) fn text(events: &[Event<'_>]) -> String {
    let mut text = format!(
        "internal import ZIMFFI\n\n{}public enum ZIMEvent: Sendable, Hashable {{\n",
        doc("", "What a client tells without being asked.")
    );
    for event in events {
        let values: Vec<String> = values(event).into_iter().map(|value| value.declared).collect();
        let _ = write!(text, "{}    case {}", doc("    ", event.doc), name(event));
        let _ = if values.is_empty() { writeln!(text) } else { writeln!(text, "({})", values.join(", ")) };
    }
    text.push_str(
        "}\n\nextension ZIMEvent {\n    init(_ native: ZIMFFI.ZimEvent) {\n        switch native {\n",
    );
    for event in events {
        let values = values(event);
        let bound: Vec<&str> = values.iter().map(|value| value.native.as_str()).collect();
        let given: Vec<&str> = values.iter().map(|value| value.given.as_str()).collect();
        let name = name(event);
        let _ = if values.is_empty() {
            writeln!(text, "        case .{name}: self = .{name}")
        } else {
            writeln!(
                text,
                "        case let .{name}({}):\n            self = .{name}({})",
                bound.join(", "),
                given.join(", ")
            )
        };
    }
    text.push_str("        }\n    }\n}\n");
    text
}

fn name(event: &Event<'_>) -> String {
    case(event.published.trim_start_matches("on"))
}

/// One parameter of an event: declared, as uniffi names it, and carried over.
struct Value {
    declared: String,
    native: String,
    given: String,
}

fn values(event: &Event<'_>) -> Vec<Value> {
    if event.published == "onError" {
        return vec![Value {
            declared: "ZIMError".into(),
            native: "code, detail".into(),
            given: "ZIMError(code: ZIMErrorCode(rawValue: code), message: detail)".into(),
        }];
    }
    event
        .parameters
        .iter()
        .map(|value| {
            let (kind, native) = (present(&value.kind), native_name(&value.name));
            Value {
                declared: format!("{}: {}", value.name, swift(&kind)),
                given: format!("{}: {}", value.name, give(&kind, &native)),
                native,
            }
        })
        .collect()
}
