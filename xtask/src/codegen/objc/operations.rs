//! Callback types, and the operations of class `ZIM` that follow one pattern: arguments to C, result to the block.

use super::forms::{self, c_parameters};
use super::nonnull;
use super::selector::{Operation, declared, operations};
use crate::codegen::api::Api;
use crate::codegen::names;
use crate::codegen::signature::Parameter;
use std::error::Error;
use std::fmt::Write as _;

/// Callbacks of operations that are written by hand.
const BY_HAND: &str = "/// Outcome of a send; `message` is the object that was given, brought up to date.
typedef void (^ZIMMessageSentCallback)(ZIMMessage *message, ZIMError *errorInfo);
/// The message is stored on this device and on its way.
typedef void (^ZIMMessageAttachedCallback)(ZIMMessage *message);
";

/// `ZIM/ZIMCallbacks.h`.
pub(super) fn callbacks(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut body = format!("@class ZIMMessage;\n\n{BY_HAND}");
    let mut seen: Vec<String> = Vec::new();
    for operation in operations(api)? {
        let callback = operation.method.operation.callback.clone();
        if seen.contains(&callback) {
            continue;
        }
        let mut values: Vec<String> =
            operation.method.operation.values.iter().map(|value| block_parameter(api, value)).collect();
        values.push("ZIMError *errorInfo".into());
        let _ = write!(
            body,
            "/// Result of `{}`.\ntypedef void (^{callback})({});\n",
            operation.method.published,
            values.join(", ")
        );
        seen.push(callback);
    }
    Ok(format!(
        "// Callback blocks. Each is called once, on the thread that ZIM.h tells, in order with the events.\n\n\
         #import <ZIM/ZIMEntities.h>\n#import <ZIM/ZIMError.h>\n\n{}",
        nonnull(&body)
    ))
}

/// A parameter of a block; what may be absent says so.
fn block_parameter(api: &Api, value: &Parameter) -> String {
    let kind = forms::parameter_type(api, &value.kind);
    match kind.strip_prefix("nullable ") {
        Some(object) => format!("{object}_Nullable {}", value.name),
        None => forms::variable(api, &value.kind, &value.name),
    }
}

/// `ZIM/ZIMOperations.h`.
pub(super) fn declarations(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut body = String::from(
        "/// The operations that follow one pattern. A call that is refused at once answers its block with the reason.\n\
         @interface ZIM (Operations)\n",
    );
    for operation in operations(api)? {
        for form in 0..operation.forms.len() {
            let about = if form == 0 { operation.method.doc } else { "As above, with defaults." };
            let _ = write!(body, "\n/// {about}\n{};\n", declared(api, &operation, form));
        }
    }
    body.push_str("\n@end\n");
    Ok(format!("#import <ZIM/ZIMCallbacks.h>\n#import <ZIM/ZIMClient.h>\n\n{}", nonnull(&body)))
}

/// `ZIMOperations.m`.
pub(super) fn implementations(api: &Api) -> Result<String, Box<dyn Error>> {
    let operations = operations(api)?;
    let mut text = String::from(
        "#import \"ZIMOperations.h\"\n\n#import \"ZIMEntitiesConvert.h\"\n#import \"ZIMInternal.h\"\n#import \"ZIMMessageConvert.h\"\n\n\
         // What C calls with an answer: user data is a block that takes the answer in C's form.\n",
    );
    let mut seen: Vec<String> = Vec::new();
    for operation in &operations {
        let callback = operation.method.callback();
        if !seen.contains(&callback) {
            answer_function(&mut text, api, operation);
            seen.push(callback);
        }
    }
    text.push_str("\nvoid ZIMLinkOperations(void) {\n}\n\n@implementation ZIM (Operations)\n");
    for operation in &operations {
        full(&mut text, api, operation);
        for form in 1..operation.forms.len() {
            shorter(&mut text, api, operation, form);
        }
    }
    text.push_str("\n@end\n");
    Ok(text)
}

/// `zim_group_joined_callback` → `GroupJoinedAnswer`.
fn answer_name(operation: &Operation<'_>) -> String {
    let callback = operation.method.callback();
    let words = callback.trim_start_matches("zim_").trim_end_matches("_callback").split('_');
    let name: String = words.map(capitalised).collect();
    format!("{name}Answer")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// The values as C gives them, under names of their own.
fn c_values(operation: &Operation<'_>) -> Vec<Parameter> {
    let named = |value: &Parameter| Parameter { name: c_name(&value.name), kind: value.kind.clone() };
    operation.method.fresh.iter().map(named).collect()
}

fn c_name(name: &str) -> String {
    format!("c{}", capitalised(name))
}

fn answer_function(text: &mut String, api: &Api, operation: &Operation<'_>) {
    let name = answer_name(operation);
    let values = c_values(operation);
    let mut block: Vec<String> = values.iter().flat_map(|value| c_parameters(api, value)).collect();
    block.push("ZIMError *errorInfo".into());
    let mut passed: Vec<String> = values
        .iter()
        .flat_map(|value| {
            let count = forms::is_list(&value.kind).then(|| format!("{}Count", value.name));
            std::iter::once(value.name.clone()).chain(count)
        })
        .collect();
    passed.push("ZIMErrorFromC(error)".into());
    let _ = write!(
        text,
        "\ntypedef void (^{name})({});\n\nstatic void answer{name}({}, const zim_error *error) {{\n    @autoreleasepool {{\n        \
         (ZIM_BRIDGE({name}) userData)({});\n    }}\n}}\n",
        block.join(", "),
        forms::c_signature(api, &values),
        passed.join(", ")
    );
}

fn full(text: &mut String, api: &Api, operation: &Operation<'_>) {
    let method = &operation.method;
    let (name, c_callback) = (answer_name(operation), method.callback());
    let parameters = &operation.forms[0].1;
    let mut block: Vec<String> =
        c_values(operation).iter().flat_map(|value| c_parameters(api, value)).collect();
    block.push("ZIMError *errorInfo".into());
    // A value named as a parameter is another one, and must not shadow it.
    let answered = |value: &Parameter| {
        if parameters.iter().any(|parameter| parameter.name == value.name) {
            format!("answered{}", capitalised(&value.name))
        } else {
            value.name.clone()
        }
    };
    let (mut converted, mut told, mut refused) = (String::new(), Vec::new(), Vec::new());
    for value in &method.operation.values {
        if method.fresh.contains(value) {
            let mut given = forms::from_c(api, &value.kind, &c_name(&value.name), "Count");
            let mut absent = forms::empty(api, &value.kind);
            if method.is_new_form(value) {
                given = format!("{} ? {given} : {}", c_name(&value.name), value.name);
                absent.clone_from(&value.name);
            }
            let local = forms::variable(api, &value.kind, &answered(value));
            let _ = writeln!(converted, "            {local} = {given};");
            told.push(answered(value));
            refused.push(absent);
        } else {
            told.push(value.name.clone());
            refused.push(value.name.clone());
        }
    }
    told.push("errorInfo".into());
    refused.push("errorInfo".into());
    let mut passed = vec!["client.raw".to_owned()];
    passed.extend(parameters.iter().flat_map(|parameter| forms::arguments(api, parameter)));
    passed.push("&held".into());
    let call = format!("zim_client_{}({})", names::snake(method.published), passed.join(", "));
    let scratch = if call.contains("scratch") { "        ZIM_SCRATCH(scratch);\n" } else { "" };
    let _ = write!(
        text,
        "\n{} {{\n    @autoreleasepool {{\n{scratch}        ZIMClient *client = self.client;\n        {name} answer = ^({}) {{\n{converted}            \
         [client deliver:^{{\n                if (callback) {{\n                    callback({});\n                }}\n            }}];\n        }};\n        \
         {c_callback} held = {{.struct_size = sizeof(held), .on_done = answer{name}, .release = ZIMReleaseBlock}};\n        \
         held.user_data = ZIM_RETAINED_BLOCK(answer);\n        zim_status accepted = client ? {call} : ZIM_STATUS_DESTROYED;\n        \
         if (accepted != ZIM_STATUS_OK) {{\n            ZIMReleaseBlock(held.user_data);\n            ZIMError *errorInfo = ZIMErrorRefused(accepted);\n            \
         ZIMTell(^{{\n                if (callback) {{\n                    callback({});\n                }}\n            }});\n        }}\n    }}\n}}\n",
        declared(api, operation, 0),
        block.join(", "),
        told.join(", "),
        refused.join(", ")
    );
}

/// A form with fewer parameters calls the full one with defaults.
fn shorter(text: &mut String, api: &Api, operation: &Operation<'_>, form: usize) {
    let (parts, parameters) = &operation.forms[0];
    let given = &operation.forms[form].1;
    let mut words: Vec<String> = parts
        .iter()
        .zip(parameters)
        .map(|(part, parameter)| {
            let value =
                if given.contains(parameter) { parameter.name.clone() } else { default(api, parameter) };
            format!("{part}:{value}")
        })
        .collect();
    words.push(format!("{}:callback", parts[parts.len() - 1]));
    let _ = write!(text, "\n{} {{\n    [self {}];\n}}\n", declared(api, operation, form), words.join(" "));
}

/// An object with its defaults; only configs are ever left out.
fn default(api: &Api, parameter: &Parameter) -> String {
    let class = parameter.kind.class().filter(|class| api.find_record(class).is_some());
    class.map_or_else(
        || panic!("{} cannot be left out", parameter.name),
        |class| format!("ZIM_AUTORELEASE([[{class} alloc] init])"),
    )
}
