//! `Events.kt`: an event of uniffi's as the call of the published handler.

use super::forms::{give, place};
use crate::codegen::c_abi::Event;
use crate::codegen::java::events;
use std::fmt::Write as _;

pub(super) fn text(all: &[Event<'_>]) -> String {
    let mut text = String::from(
        "/** Tells this handler of one event, a renamed one under its names of all versions. */\n\
         internal fun ZIMEventHandler.tell(zim: ZIM, event: ZimEvent) = when (event) {\n",
    );
    for event in all {
        let case = event.published.trim_start_matches("on");
        let told = match event.published {
            "onError" => "onError(zim, zimError(event.code, event.detail))".to_owned(),
            // Three generations of names: written by hand.
            "onMessageReceived" => "messagesReceived(zim, event)".to_owned(),
            name => {
                let values = event.parameters.iter().map(|value| {
                    let given = give(&value.kind, true, &format!("event.{}", place(&value.name)));
                    if events::is_json(name, &value.name) { format!("json({given})") } else { given }
                });
                let values: Vec<String> = std::iter::once("zim".to_owned()).chain(values).collect();
                format!("{name}({})", values.join(", "))
            }
        };
        let _ = writeln!(text, "    is ZimEvent.{case} -> {told}");
    }
    text + "}\n"
}
