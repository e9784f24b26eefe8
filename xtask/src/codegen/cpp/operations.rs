//! `include/zim/ZIMCallbacks.h` and `include/zim/ZIMOperations.h`: the uniform operations of class `ZIM`.

use super::forms::{c_parameters, from_c, parameter, to_c, value_type};
use crate::codegen::api::{Api, Type};
use crate::codegen::c_abi::{Method, methods};
use crate::codegen::names;
use crate::codegen::signature::{Parameter, overloads};
use std::error::Error;
use std::fmt::Write as _;

/// Callbacks of operations that are written by hand in `ZIM.h`.
const BY_HAND: &str = "/// Outcome of a send. `message` is the object that was given to `sendMessage`, brought up to date.
using ZIMMessageSentCallback = std::function<void(const std::shared_ptr<ZIMMessage> &message, const ZIMError &errorInfo)>;
/// The message is stored on this device and on its way.
using ZIMMessageAttachedCallback = std::function<void(const std::shared_ptr<ZIMMessage> &message)>;
";

/// The callback types.
pub(super) fn callbacks(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = format!(
        "{}//\n// Callback types. Each is called once, on the SDK's callback thread, one at a time and in order with events.\n\n\
         #ifndef ZIM_CALLBACKS_H\n#define ZIM_CALLBACKS_H\n\n#include <functional>\n#include <memory>\n#include <string>\n#include <vector>\n\n\
         #include \"ZIMRecords.h\"\n\nnamespace zim {{\n\nstruct ZIMError;\n\n{BY_HAND}",
        super::HEADER
    );
    let mut seen = Vec::new();
    for method in methods(api)? {
        if seen.contains(&method.operation.callback) {
            continue;
        }
        let mut parameters: Vec<String> =
            method.operation.values.iter().map(|value| parameter(api, value)).collect();
        parameters.push("const ZIMError &errorInfo".into());
        let _ = write!(
            text,
            "/// Result of `{}`.\nusing {} = std::function<void({})>;\n",
            method.published,
            method.operation.callback,
            parameters.join(", ")
        );
        seen.push(method.operation.callback.clone());
    }
    text.push_str("\n}  // namespace zim\n\n#endif  // ZIM_CALLBACKS_H\n");
    Ok(text)
}

/// The operations.
pub(super) fn operations(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut text = format!(
        "{}//\n// The operations of class ZIM that follow one pattern: arguments to C, result to the callback.\n\n\
         #ifndef ZIM_OPERATIONS_H\n#define ZIM_OPERATIONS_H\n\n#include <memory>\n#include <string>\n#include <utility>\n#include <vector>\n\n\
         #include \"ZIMCallbacks.h\"\n#include \"ZIMConvert.h\"\n#include \"ZIMError.h\"\n#include \"ZIMMessage.h\"\n\nnamespace zim {{\n\n\
         /// Base of class ZIM. A call that is malformed or comes after `destroy` answers its callback at once, on the calling\n\
         /// thread, with the reason; every other answer comes on the callback thread.\nclass ZIMOperations {{\npublic:\n    virtual ~ZIMOperations() = default;\n",
        super::HEADER
    );
    for method in methods(api)? {
        one(api, &method, &mut text)?;
    }
    text.push_str(
        "\nprotected:\n    /// The client all calls go to; a share of it, so that another thread may call `destroy` meanwhile.\n    virtual std::shared_ptr<zim_client> client() const = 0;\n};\n\n}  // namespace zim\n\n#endif  // ZIM_OPERATIONS_H\n",
    );
    Ok(text)
}

fn one(api: &Api, method: &Method<'_>, text: &mut String) -> Result<(), Box<dyn Error>> {
    let callback = &method.operation.callback;
    let c_callback = method.callback();
    let full = &method.operation.parameters;
    let mut declared: Vec<String> = full.iter().map(|value| parameter(api, value)).collect();
    declared.push(format!("{callback} callback"));
    // The values of the callback that the caller gave itself are kept until then.
    let echoes: Vec<&Parameter> =
        method.operation.values.iter().filter(|value| method.is_kept(value)).collect();
    let mut fields = String::new();
    for echo in &echoes {
        let _ = write!(fields, " {} {};", value_type(&echo.kind), echo.name);
    }
    let mut kept = vec!["std::move(callback)".to_owned()];
    kept.extend(echoes.iter().map(|echo| echo.name.clone()));
    // A value named as a parameter is another one, and must not shadow it.
    let answered = |value: &Parameter| {
        let mut value = value.clone();
        if full.iter().any(|parameter| parameter.name == value.name) {
            value.name.push_str("Answered");
        }
        value
    };
    let mut received = vec!["void *userData".to_owned()];
    received.extend(method.fresh.iter().flat_map(|value| c_parameters(api, &answered(value))));
    received.push("const zim_error *error".into());
    let told: Vec<String> = method
        .operation
        .values
        .iter()
        .map(|value| {
            if method.is_new_form(value) {
                let answered = answered(value);
                format!("{} ? {} : pending->{}", answered.name, from_c(api, &answered), value.name)
            } else if method.fresh.contains(value) {
                from_c(api, &answered(value))
            } else {
                format!("pending->{}", value.name)
            }
        })
        .chain(["detail::errorFromC(error)".to_owned()])
        .collect();
    let refused: Vec<String> =
        method
            .operation
            .values
            .iter()
            .map(|value| {
                if method.is_kept(value) { format!("kept->{}", value.name) } else { empty(api, &value.kind) }
            })
            .chain(["detail::refusal(accepted)".to_owned()])
            .collect();
    let mut passed = vec!["client().get()".to_owned()];
    passed.extend(full.iter().flat_map(|value| to_c(api, value)));
    passed.push("&held".into());
    let scratch = if passed.iter().any(|argument| argument.contains("scratch")) {
        "        detail::Scratch scratch;\n"
    } else {
        ""
    };
    let _ = write!(
        text,
        "\n    /// {}\n    virtual void {}({}) {{\n        struct Pending {{ {callback} callback;{fields} }};\n\
         {scratch}        std::unique_ptr<Pending> kept(new Pending{{{}}});\n        {c_callback} held = {c_callback}();\n\
         \x20       held.struct_size = sizeof(held);\n        held.user_data = kept.get();\n\
         \x20       held.release = [](void *userData) {{ delete static_cast<Pending *>(userData); }};\n\
         \x20       held.on_done = []({}) {{\n            detail::guarded([&] {{\n                Pending *pending = static_cast<Pending *>(userData);\n\
         \x20               if (pending->callback) {{\n                    pending->callback({});\n                }}\n            }});\n        }};\n\
         \x20       const zim_status accepted = zim_client_{}({});\n        if (accepted == ZIM_STATUS_OK) {{\n            kept.release();\n        }} else if (kept->callback) {{\n            kept->callback({});\n        }}\n    }}\n",
        method.doc,
        method.published,
        declared.join(", "),
        kept.join(", "),
        received.join(", "),
        told.join(", "),
        names::snake(method.published),
        passed.join(", "),
        refused.join(", "),
    );
    for shorter in overloads(api, method.published, method.cpp)? {
        if shorter.len() < full.len() {
            shorter_overload(api, method, &shorter, text);
        }
    }
    Ok(())
}

/// An overload with fewer parameters calls the full one with defaults.
fn shorter_overload(api: &Api, method: &Method<'_>, shorter: &[Parameter], text: &mut String) {
    let callback = &method.operation.callback;
    let mut declared: Vec<String> = shorter.iter().map(|value| parameter(api, value)).collect();
    declared.push(format!("{callback} callback"));
    let mut passed: Vec<String> = method
        .operation
        .parameters
        .iter()
        .map(|value| if shorter.contains(value) { value.name.clone() } else { empty(api, &value.kind) })
        .collect();
    passed.push("std::move(callback)".into());
    let _ = write!(
        text,
        "\n    /// As above, with defaults.\n    virtual void {}({}) {{\n        {}({});\n    }}\n",
        method.published,
        declared.join(", "),
        method.published,
        passed.join(", ")
    );
}

fn empty(api: &Api, kind: &Type) -> String {
    match kind {
        kind if super::forms::is_enum(api, kind) => format!("static_cast<{}>(0)", value_type(kind)),
        Type::Bool => "false".into(),
        Type::I32 | Type::U32 | Type::I64 | Type::U64 => "0".into(),
        _ => format!("{}()", value_type(kind)),
    }
}
