//! `enums.rs`: the published enums that anything implemented mentions, with their published numbers.

use crate::codegen::api::{Api, Enum, Type};
use crate::codegen::c_abi::{Event, Method};
use crate::codegen::names;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Enums of the parts that are written by hand.
const BY_HAND: [&str; 8] = [
    "ZIMMessageType",
    "ZIMConversationType",
    "ZIMMessageDirection",
    "ZIMMessageSentStatus",
    "ZIMMessageReceiptStatus",
    "ZIMMessageRevokeStatus",
    "ZIMRevokeType",
    "ZIMPlatformType",
];

/// The enums of `api` that cross.
pub(crate) fn enums<'a>(api: &'a Api, methods: &[Method<'_>], events: &[Event<'_>]) -> Vec<&'a Enum> {
    let mut used: BTreeSet<&str> = BY_HAND.into();
    let fields: Vec<_> = api.generated_records().flat_map(|record| api.all_fields(record)).collect();
    let kinds = fields.iter().map(|field| &field.kind);
    let kinds = kinds.chain(methods.iter().flat_map(|method| {
        method.operation.parameters.iter().chain(&method.fresh).map(|parameter| &parameter.kind)
    }));
    let kinds = kinds.chain(events.iter().flat_map(|event| event.parameters.iter().map(|value| &value.kind)));
    used.extend(kinds.filter_map(Type::class));
    api.enums.iter().filter(|item| used.contains(item.name.as_str())).collect()
}

pub(super) fn text(api: &Api, methods: &[Method<'_>], events: &[Event<'_>]) -> String {
    let mut text = String::from(
        "//! The published enums with their published numbers; hosts see the numbers as the values' own.\n\n",
    );
    let enums = enums(api, methods, events);
    let list = enums.iter().map(|item| names::rust_type(&item.name)).collect::<Vec<_>>().join(", ");
    let _ = writeln!(text, "pub use zim_proto::{{{list}}};\n");
    for item in enums {
        one(&mut text, item);
    }
    text
}

fn one(text: &mut String, item: &Enum) {
    let name = names::rust_type(&item.name);
    let _ = writeln!(text, "/// {}\n#[uniffi::remote(Enum)]\n#[repr(i32)]\npub enum {name} {{", item.doc);
    for value in &item.values {
        let _ = writeln!(text, "/// {}\n{} = {},", value.doc, value.name, value.value);
    }
    text.push_str("}\n\n");
}
