//! `include/zim/ZIMEventHandler.h`: the class apps derive from, and the functions that C calls.

use super::forms::{c_parameters, from_c};
use crate::codegen::api::{Api, Event};
use crate::codegen::names;
use crate::codegen::signature::{Parameter, parameters};
use std::error::Error;
use std::fmt::Write as _;

/// The three generations of the message event, and what is told to each.
const MESSAGES: [&str; 5] = [
    "onMessageReceived",
    "onPeerMessageReceived",
    "onGroupMessageReceived",
    "onReceivePeerMessage",
    "onReceiveGroupMessage",
];

pub(super) fn text(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = format!(
        "{}//\n// Events: derive from ZIMEventHandler and override what you want to be told.\n\n\
         #ifndef ZIM_EVENT_HANDLER_H\n#define ZIM_EVENT_HANDLER_H\n\n#include <memory>\n#include <string>\n#include <vector>\n\n\
         #include \"ZIMConvert.h\"\n#include \"ZIMError.h\"\n#include \"ZIMMessage.h\"\n\nnamespace zim {{\n\nclass ZIM;\n\n\
         /// What an app is told. All functions do nothing until overridden. They are called on the SDK's callback thread, one at a\n\
         /// time, in order with the callbacks of operations; every function of ZIM may be called inside them, `destroy` too.\n\
         /// An event that was renamed is told under its names of all versions: override one of them.\nclass ZIMEventHandler {{\npublic:\n    virtual ~ZIMEventHandler() = default;\n",
        super::HEADER
    );
    let implemented: Vec<&Event> = api.events.iter().filter(|event| event.implemented).collect();
    for event in &implemented {
        // The names are for the reader; a body that does nothing must not name them.
        let declared = published(event.cpp());
        let _ = write!(
            text,
            "\n    /// {}\n    virtual void {}(ZIM * /*zim*/, {}) {{}}\n",
            event.doc, event.name, declared
        );
    }
    text.push_str("};\n\nnamespace detail {\n\n/// What C gives back with every event.\nstruct Listener {\n    ZIM *zim;\n    std::shared_ptr<ZIMEventHandler> handler;\n};\n\n/// A list of messages of class `T`, the class that their type has.\ntemplate <class T>\nstd::vector<std::shared_ptr<T>> messagesFromC(const zim_message *const *items, size_t count) {\n    std::vector<std::shared_ptr<T>> to;\n    to.reserve(count);\n    for (size_t i = 0; i < count; i++) {\n        to.push_back(std::static_pointer_cast<T>(fromC(items[i])));\n    }\n    return to;\n}\n\n/// The functions C calls, for one listener.\ninline zim_event_handler eventsOf(Listener *told) {\n    zim_event_handler events = zim_event_handler();\n    events.struct_size = sizeof(events);\n    events.user_data = told;\n    events.release = [](void *userData) { delete static_cast<Listener *>(userData); };\n");
    for event in &implemented {
        let name = event.name.as_str();
        let (values, body) = match name {
            "onError" => (None, "listener->handler->onError(listener->zim, errorFromC(error));".to_owned()),
            "onMessageReceived" => (
                Some(parameters(
                    api,
                    "const std::vector<std::shared_ptr<ZIMMessage>>& messages, const ZIMMessageReceivedInfo& info",
                )?),
                message_body(),
            ),
            other if MESSAGES.contains(&other) => continue,
            _ => {
                let values = parameters(api, event.cpp())?;
                let told: Vec<String> = std::iter::once("listener->zim".to_owned())
                    .chain(values.iter().map(|value| from_c(api, value)))
                    .collect();
                let body = format!("listener->handler->{name}({});", told.join(", "));
                (Some(values), body)
            }
        };
        let received = match &values {
            Some(values) => received(api, values),
            None => "void *userData, const zim_error *error".into(),
        };
        let _ = write!(
            text,
            "    events.{} = []({received}) {{\n        Listener *listener = static_cast<Listener *>(userData);\n        guarded([&] {{ {body} }});\n    }};\n",
            names::snake(name)
        );
    }
    text.push_str("    return events;\n}\n\n}  // namespace detail\n}  // namespace zim\n\n#endif  // ZIM_EVENT_HANDLER_H\n");
    Ok(text)
}

fn received(api: &Api, values: &[Parameter]) -> String {
    std::iter::once("void *userData".to_owned())
        .chain(values.iter().flat_map(|value| c_parameters(api, value)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// One batch under the names of all versions: the newest always, the middle one by kind of conversation, the oldest only
/// for messages that arrived while online.
fn message_body() -> String {
    "
            ZIMMessageReceivedEventResult result;
            result.messageList = messagesFromC<ZIMMessage>(messages, messagesCount);
            result.receivedInfo = fromC(info);
            const std::string from = result.receivedInfo.conversationID;
            const bool online = !result.receivedInfo.isOfflineMessage;
            const std::shared_ptr<ZIMEventHandler> handler = listener->handler;
            ZIM *const zim = listener->zim;
            handler->onMessageReceived(zim, result);
            if (result.receivedInfo.conversationType == ZIM_CONVERSATION_TYPE_GROUP) {
                handler->onGroupMessageReceived(zim, result.messageList, result.receivedInfo, from);
                if (online) { handler->onReceiveGroupMessage(zim, result.messageList, from); }
            } else {
                handler->onPeerMessageReceived(zim, result.messageList, result.receivedInfo, from);
                if (online) { handler->onReceivePeerMessage(zim, result.messageList, from); }
            }
        "
    .to_owned()
}

/// `const std::string& a, int b` as `const std::string & /*a*/, int /*b*/`.
fn published(parameters: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    let mut part = String::new();
    let flush = |part: &mut String, text: &mut String| {
        if let Some((kind, name)) = part.trim().rsplit_once([' ', '&']) {
            let reference = if part.contains('&') && !kind.ends_with('&') { " &" } else { "" };
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(&format!("{}{reference} /*{name}*/", kind.trim_end()));
        }
        part.clear();
    };
    for letter in parameters.chars() {
        match letter {
            '<' => depth += 1,
            '>' => depth -= 1,
            ',' if depth == 0 => {
                flush(&mut part, &mut text);
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    flush(&mut part, &mut text);
    text
}
