//! `ffi/src/generated/events.rs`: the struct of event callbacks and how an event reaches it.

use super::{c_parameters, doc, give};
use crate::codegen::api::{Api, Type};
use crate::codegen::names;
use crate::codegen::signature::{Parameter, parameters};
use std::error::Error;
use std::fmt::Write as _;

/// The published generations of the message event are one event here: host layers give it its names.
const MESSAGE_EVENTS: [&str; 5] = [
    "onMessageReceived",
    "onPeerMessageReceived",
    "onGroupMessageReceived",
    "onReceivePeerMessage",
    "onReceiveGroupMessage",
];

/// One event as every binding has it.
pub(crate) struct Event<'a> {
    pub(crate) published: &'a str,
    pub(crate) doc: &'a str,
    pub(crate) parameters: Vec<Parameter>,
}

/// Every implemented event, the generations of the message event as one.
pub(crate) fn events(api: &Api) -> Result<Vec<Event<'_>>, Box<dyn Error>> {
    let mut events = Vec::new();
    for event in api.events.iter().filter(|event| event.implemented) {
        let parameters = match event.name.as_str() {
            "onError" => Vec::new(),
            "onMessageReceived" => parameters(
                api,
                "const std::vector<std::shared_ptr<ZIMMessage>>& messages, const ZIMMessageReceivedInfo& info",
            )?,
            other if MESSAGE_EVENTS.contains(&other) => continue,
            _ => parameters(api, event.cpp())?,
        };
        events.push(Event { published: &event.name, doc: &event.doc, parameters });
    }
    Ok(events)
}

pub(super) fn text(api: &Api) -> Result<String, Box<dyn Error>> {
    let events = events(api)?;
    let mut text = String::from(
        "//! Events: one function pointer each, NULL where the host does not care.\n\n\
         #![allow(clippy::explicit_auto_deref)]\n\n\
         use crate::arena::Arena;\nuse crate::convert;\nuse crate::error::zim_error;\nuse crate::generated::records::*;\nuse crate::message::zim_message;\nuse crate::types::zim_str;\nuse std::ffi::c_void;\nuse zim_core::model::Event;\n",
    );
    let _ = write!(
        text,
        "\n{}#[repr(C)]\n#[derive(Clone, Copy)]\npub struct zim_event_handler {{\n{}    pub struct_size: usize,\n{}    pub user_data: *mut c_void,\n{}    pub release: Option<unsafe extern \"C\" fn(user_data: *mut c_void)>,\n",
        doc(
            "",
            &[
                "What the host wants to be told. Every function may be NULL. All are called on the client's callback thread, one at a time, in order; views live until the function returns."
            ]
        ),
        doc("    ", &["`sizeof` this struct."]),
        doc("    ", &["Given to every function. Yours."]),
        doc(
            "    ",
            &[
                "Called once when the handler was replaced or the client destroyed; frees `user_data`. May be NULL."
            ]
        ),
    );
    for event in &events {
        let mut all = vec![("user_data".to_owned(), "*mut c_void".to_owned())];
        for parameter in &event.parameters {
            all.extend(c_parameters(api, &names::snake(&parameter.name), &parameter.kind));
        }
        if event.published == "onError" {
            all.push(("error".into(), "*const zim_error".into()));
        }
        let signature =
            all.iter().map(|(name, kind)| format!("{name}: {kind}")).collect::<Vec<_>>().join(", ");
        let published = format!("Published as `{}`.", event.published);
        let _ = writeln!(
            text,
            "{}    pub {}: Option<unsafe extern \"C\" fn({signature})>,",
            doc("    ", &[event.doc, &published]),
            names::snake(event.published)
        );
    }
    text.push_str("}\n\n/// Tells the host of one event.\npub(crate) fn tell(handler: &zim_event_handler, event: &Event) {\nlet mut arena = Arena::new();\nlet user_data = handler.user_data;\nmatch event {\n");
    for event in &events {
        arm(api, event, &mut text);
    }
    text.push_str("_ => {}\n}\n}\n");
    Ok(text)
}

fn arm(api: &Api, event: &Event<'_>, text: &mut String) {
    let variant = event.published.trim_start_matches("on");
    let field = names::snake(event.published);
    if event.published == "onError" {
        let _ = write!(
            text,
            "Event::Error(error) => if let Some(call) = handler.{field} {{\nlet error = zim_error::new(error);\n// SAFETY: the host promised a function of this type; the view lives until it returns.\nunsafe {{ call(user_data, &raw const error); }}\n}},\n"
        );
        return;
    }
    let fields: Vec<String> =
        event.parameters.iter().map(|parameter| names::rust_field(&parameter.name)).collect();
    let _ = writeln!(
        text,
        "Event::{variant} {{ {} }} => if let Some(call) = handler.{field} {{",
        fields.join(", ")
    );
    let mut arguments = vec!["user_data".to_owned()];
    for (parameter, name) in event.parameters.iter().zip(&fields) {
        let given = give(api, &parameter.kind, name);
        if matches!(parameter.kind, Type::List(_)) {
            let _ = writeln!(text, "let ({name}, {name}_count) = {given};");
            arguments.extend([name.clone(), format!("{name}_count")]);
        } else {
            arguments.push(given);
        }
    }
    let _ = write!(
        text,
        "// SAFETY: the host promised a function of this type; the views live in the event or the arena until it returns.\nunsafe {{ call({}); }}\n}},\n",
        arguments.join(", ")
    );
}
