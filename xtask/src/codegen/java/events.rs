//! `im.zego.zim.callback.ZIMEventHandler`: the class apps derive from.

use super::{class, doc, forms};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Event, Type};
use crate::codegen::signature::{Parameter, parameters};
use std::error::Error;
use std::fmt::Write as _;

/// Events whose text is a JSON object in Java.
const JSON: [(&str, &str); 1] = [("onConnectionStateChanged", "extendedData")];

pub(super) fn handler(api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut kinds: Vec<Type> = Vec::new();
    let mut methods = String::new();
    for event in api.events.iter().filter(|event| event.implemented) {
        let values = values(api, event)?;
        let mut declared = vec!["ZIM zim".to_owned()];
        declared.extend(values.iter().map(|value| declaration(event, value)));
        kinds.extend(values.into_iter().map(|value| value.kind));
        let _ = write!(
            methods,
            "\n{}    public void {}({}) {{}}\n",
            doc("    ", &event.doc),
            event.name,
            declared.join(", ")
        );
    }
    let imports = forms::imports(api, &kinds.iter().collect::<Vec<_>>(), "callback");
    let text = format!(
        "import im.zego.zim.ZIM;\n{}import org.json.JSONObject;\n\n\
         /**\n * What an app is told: extend it and override what you want to know. Every method does nothing until overridden.\n *\n\
         \x20* <p>The methods are called on the callback thread, one at a time, in order with the callbacks of operations. Every method of\n\
         \x20* {{@link ZIM}} may be called inside them, {{@code destroy}} too. An event that was renamed is told under its names of all\n\
         \x20* versions: override one of them.\n */\npublic abstract class ZIMEventHandler {{{methods}}}\n",
        imports.trim_end().to_owned() + "\n",
    );
    Ok(class("callback", "ZIMEventHandler", &text))
}

/// The parameters of an event after the client.
pub(super) fn values(api: &Api, event: &Event) -> Result<Vec<Parameter>, Box<dyn Error>> {
    parameters(api, event.cpp())
}

/// Whether Java gets this text as a JSON object.
pub(super) fn is_json(event: &str, value: &str) -> bool {
    JSON.contains(&(event, value))
}

fn declaration(event: &Event, value: &Parameter) -> String {
    if is_json(&event.name, &value.name) {
        format!("JSONObject {}", value.name)
    } else {
        forms::declared(value)
    }
}
