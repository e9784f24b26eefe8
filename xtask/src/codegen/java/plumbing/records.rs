//! `Records.kt`: the published classes and enums as uniffi's and back, those that an operation or event mentions.

use super::Operation;
use super::forms::{class, give, place, take};
use crate::codegen::api::{Api, Record, Type};
use crate::codegen::c_abi::Event;
use crate::codegen::java::forms::NUMBERS;
use crate::codegen::names;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Messages are written by hand; these are the enums of their fields.
const OF_MESSAGES: [&str; 7] = [
    "ZIMConversationType",
    "ZIMMessageType",
    "ZIMMessageDirection",
    "ZIMMessageSentStatus",
    "ZIMMessageReceiptStatus",
    "ZIMMessageRevokeStatus",
    "ZIMRevokeType",
];

pub(super) fn text(api: &Api, operations: &[Operation<'_>], events: &[Event<'_>]) -> String {
    let parameters = operations.iter().flat_map(|operation| &operation.method.operation.parameters);
    let taken: Vec<&Type> = parameters.map(|value| &value.kind).collect();
    let sent = Type::Named("ZIMMessageSendConfig".into());
    let taken = reach(api, taken.into_iter().chain([&sent]));
    let answered = operations.iter().flat_map(|operation| &operation.method.fresh);
    let told = events.iter().flat_map(|event| &event.parameters);
    let given = reach(api, answered.chain(told).map(|value| &value.kind));
    let mut text = String::from("// Enums have the same values in the same order on both sides.\n");
    for item in &api.enums {
        let (name, ours) = (&item.name, class(&item.name));
        let of_messages = OF_MESSAGES.contains(&name.as_str());
        if NUMBERS.contains(&name.as_str()) {
            if taken.contains(name) {
                let _ = write!(
                    text,
                    "\ninternal fun Int.take{ours}(name: String): {ours} =\n    {ours}.entries.find {{ it.value == this }} ?: refuse(name, \"no known value\")\n"
                );
            }
            continue;
        }
        if taken.contains(name) || of_messages {
            let _ = write!(
                text,
                "\ninternal fun {name}?.take(name: String): {ours} = {ours}.entries[(this ?: refuse(name, \"missing\")).ordinal]\n"
            );
        }
        if given.contains(name) || of_messages {
            let _ = write!(text, "\ninternal fun {ours}.give(): {name} = {name}.entries[ordinal]\n");
        }
    }
    for record in api.generated_records() {
        if taken.contains(&record.name) {
            text.push_str(&taking(api, record));
        }
        if given.contains(&record.name) {
            text.push_str(&giving(api, record));
        }
    }
    text
}

fn taking(api: &Api, record: &Record) -> String {
    let (name, ours) = (&record.name, class(&record.name));
    let mut text =
        format!("\ninternal fun {name}?.take(): {ours} = (this ?: {name}()).let {{\n    {ours}(\n");
    for field in api.all_fields(record) {
        let member = record
            .former(&field)
            .fold(format!("it.{}", field.name), |member, former| format!("({member} ?: it.{})", former.name));
        let value = take(api, &field.kind, field.required, &member, &field.name);
        let _ = writeln!(text, "        {} = {value},", place(&field.name));
    }
    text + "    )\n}\n"
}

fn giving(api: &Api, record: &Record) -> String {
    let (name, ours) = (&record.name, class(&record.name));
    let mut text = format!("\ninternal fun {ours}.give(): {name} = {name}().also {{\n");
    for field in api.all_fields(record) {
        let value = give(&field.kind, field.required, &place(&field.name));
        let _ = writeln!(text, "    it.{} = {value}", field.name);
    }
    text + "}\n"
}

/// The names of all classes and enums that `kinds` mention, directly or in a field.
fn reach<'a>(api: &'a Api, kinds: impl Iterator<Item = &'a Type>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<String> = kinds.filter_map(Type::class).map(str::to_owned).collect();
    while let Some(name) = waiting.pop() {
        if names::is_message(&name) || !found.insert(name.clone()) {
            continue;
        }
        if let Some(record) = api.find_record(&name) {
            let fields = api.all_fields(record).into_iter();
            waiting.extend(fields.filter_map(|field| field.kind.class().map(str::to_owned)));
        }
    }
    found
}
