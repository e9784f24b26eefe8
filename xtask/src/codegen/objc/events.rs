//! The protocol `ZIMEventHandler`, and the functions that C calls with an event.

use super::forms;
use super::nonnull;
use super::selector::parts;
use crate::codegen::api::{Api, Event, Type};
use crate::codegen::c_abi;
use crate::codegen::names;
use crate::codegen::signature::{Parameter, parameters};
use std::error::Error;
use std::fmt::Write as _;

/// `ZIM/ZIMEventHandler.h`.
pub(super) fn protocol(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut body = String::from(
        "@class ZIM;\n\n/// What an app is told; implement what you want to know. The thread is told in ZIMClient.h. An event that was renamed is\n\
         /// told under its names of all versions: implement one of them.\n@protocol ZIMEventHandler <NSObject>\n@optional\n",
    );
    for event in api.events.iter().filter(|event| event.implemented) {
        let words: Vec<String> = words(api, event)?
            .into_iter()
            .map(|(part, parameter)| {
                format!("{part}:({}){}", parameter_type(api, event, &parameter), parameter.name)
            })
            .collect();
        let _ = write!(body, "\n/// {}\n- (void){};\n", event.doc, words.join(" "));
    }
    body.push_str("\n@end\n");
    Ok(format!("#import <ZIM/ZIMCallbacks.h>\n#import <ZIM/ZIMMessage.h>\n\n{}", nonnull(&body)))
}

/// The parts of the selector with their parameters, `zim` first.
fn words(api: &Api, event: &Event) -> Result<Vec<(String, Parameter)>, Box<dyn Error>> {
    let name = &event.name;
    let selector = event.objc().ok_or_else(|| format!("{name} has no selector"))?;
    let zim = Parameter { name: "zim".into(), kind: Type::Named("ZIM".into()) };
    let values = std::iter::once(zim).chain(parameters(api, event.cpp())?).collect::<Vec<_>>();
    let parts = parts(selector);
    if parts.len() != values.len() {
        return Err(format!("{name}: `{selector}` has not the published parameters").into());
    }
    Ok(parts.into_iter().zip(values).collect())
}

/// The additional data of these events are a JSON object, which Objective-C publishes as a dictionary.
fn is_json(event: &str, parameter: &Parameter) -> bool {
    matches!(event, "onConnectionStateChanged" | "onRoomStateChanged") && parameter.name == "extendedData"
}

fn parameter_type(api: &Api, event: &Event, parameter: &Parameter) -> String {
    if is_json(&event.name, parameter) {
        "NSDictionary *".into()
    } else {
        forms::type_of(api, &parameter.kind)
    }
}

/// `ZIMEvents.m`.
pub(super) fn functions(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = String::from(
        "#import \"ZIMListener.h\"\n\n#import \"ZIMEntitiesConvert.h\"\n#import \"ZIMMessageConvert.h\"\n\n\
         // The functions C calls: user data is the ZIMListener, views live until they return.\n",
    );
    let mut table = String::new();
    for event in c_abi::events(api)? {
        let field = names::snake(event.published);
        let _ = writeln!(table, "    events.{field} = {};", event.published);
        let body = match event.published {
            // One batch is told under the names of all versions, and an error has a form of its own.
            "onError" => "        [listener tellError:ZIMErrorFromC(error)];\n".into(),
            "onMessageReceived" => "        [listener tellMessages:ZIM_LIST_FROM_C(ZIMMessageFromC, messages, messagesCount)\n                          info:ZIMMessageReceivedInfoFromC(info)];\n".into(),
            name => body(api, name)?,
        };
        let mut signature = forms::c_signature(api, &event.parameters);
        if event.published == "onError" {
            signature.push_str(", const zim_error *error");
        }
        let _ = write!(
            text,
            "\nstatic void {}({signature}) {{\n    @autoreleasepool {{\n        ZIMListener *listener = ZIM_BRIDGE(ZIMListener *) userData;\n{body}    }}\n}}\n",
            event.published
        );
    }
    let _ = write!(
        text,
        "\nzim_event_handler ZIMEventsForListener(ZIMListener *listener) {{\n    zim_event_handler events = {{.struct_size = sizeof(events)}};\n    \
         events.user_data = ZIM_RETAINED(listener);\n    events.release = ZIMReleaseObject;\n{table}    return events;\n}}\n"
    );
    Ok(text)
}

/// Converts the values at once, tells them when the app's thread is ready.
fn body(api: &Api, name: &str) -> Result<String, Box<dyn Error>> {
    let event = api.events.iter().find(|event| event.name == name).ok_or("an event has gone")?;
    let selector = event.objc().unwrap_or_default();
    let mut text = format!(
        "        if (![listener.handler respondsToSelector:@selector({selector})]) {{\n            return;\n        }}\n"
    );
    let mut told = Vec::new();
    for (part, parameter) in words(api, event)? {
        if parameter.name == "zim" {
            told.push(format!("{part}:listener.zim"));
            continue;
        }
        let given = if is_json(name, &parameter) {
            format!("ZIMDictionaryFromJSON({})", parameter.name)
        } else {
            forms::from_c(api, &parameter.kind, &parameter.name, "Count")
        };
        let local = format!("told{}{}", parameter.name[..1].to_uppercase(), &parameter.name[1..]);
        let kind = parameter_type(api, event, &parameter);
        let space = if kind.ends_with('*') { "" } else { " " };
        let _ = writeln!(text, "        {kind}{space}{local} = {given};");
        told.push(format!("{part}:{local}"));
    }
    let _ = write!(
        text,
        "        [listener.client deliver:^{{\n            [listener.handler {}];\n        }}];\n",
        told.join(" ")
    );
    Ok(text)
}
