//! The Kotlin layer over the Java classes: suspending functions and the events as values.

use super::{HEADER, forms, operations};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Event, Type};
use crate::codegen::signature::{Parameter, parameters};
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;

const FOLDER: &str = "bindings/kotlin/zim/src/main/kotlin/im/zego/zim/coroutines";

/// Events that repeat a newer one in an older form; only handlers in Java are told of them.
const OLDER: [&str; 2] = ["onPeerMessageReceived", "onGroupMessageReceived"];

pub(super) fn files(api: &Api) -> Result<Vec<Generated>, Box<dyn Error>> {
    Ok(vec![
        Generated { path: format!("{FOLDER}/Operations.kt").into(), text: functions(api)? },
        Generated { path: format!("{FOLDER}/ZIMEvent.kt").into(), text: events(api)? },
    ])
}

/// The Kotlin type; lists are read-only where Kotlin code sees them.
fn kotlin(kind: &Type) -> String {
    match kind {
        Type::Str => "String".into(),
        Type::Bool => "Boolean".into(),
        Type::I32 | Type::U32 => "Int".into(),
        Type::I64 | Type::U64 => "Long".into(),
        Type::Bytes => "ByteArray".into(),
        Type::Map => "Map<String, String>".into(),
        Type::Named(name) if forms::NUMBERS.contains(&name.as_str()) => "Int".into(),
        Type::Named(name) | Type::Optional(name) | Type::Shared(name) => name.clone(),
        Type::List(item) => format!("List<{}>", kotlin(item)),
        Type::Function => unreachable!("callbacks are interfaces in Java"),
    }
}

fn functions(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut imports = BTreeSet::new();
    let (mut results, mut body) = (String::new(), String::new());
    for operation in operations(api)? {
        let method = &operation.method;
        let name = method.published;
        let mut declared = Vec::new();
        let mut passed = Vec::new();
        for value in &method.operation.parameters {
            import(api, &value.kind, &mut imports);
            declared.push(parameter(api, value));
            passed.push(match &value.kind {
                Type::List(_) => format!("ArrayList({})", value.name),
                _ => value.name.clone(),
            });
        }
        let fresh = &method.fresh;
        // A value named as a parameter is another one, and must not shadow it.
        let answered = |value: &Parameter| {
            let shadows = method.operation.parameters.iter().any(|parameter| parameter.name == value.name);
            if shadows { format!("{}Answered", value.name) } else { value.name.clone() }
        };
        let told: Vec<String> = method
            .operation
            .values
            .iter()
            .map(|value| if fresh.contains(value) { answered(value) } else { "_".into() })
            .chain(["error".to_owned()])
            .collect();
        for value in fresh {
            import(api, &value.kind, &mut imports);
        }
        let (kind, value) = match fresh.as_slice() {
            [] => ("Unit".to_owned(), String::new()),
            [one] => (kotlin(&one.kind), answered(one)),
            many => {
                let class = method.operation.callback.replace("Callback", "Result");
                result(&mut results, &class, name, many);
                let names: Vec<String> = many.iter().map(answered).collect();
                let made = format!("{class}({})", names.join(", "));
                (class, made)
            }
        };
        let value = if value.is_empty() { "Unit".to_owned() } else { value };
        passed.push(format!(
            "{} {{ {} -> answer.give(error) {{ {value} }} }}",
            method.operation.callback,
            told.join(", ")
        ));
        imports.insert(format!("im.zego.zim.callback.{}", method.operation.callback));
        let _ = write!(
            body,
            "\n/** {} */\npublic suspend fun ZIM.{name}({}): {kind} =\n    await {{ answer -> {name}({}) }}\n",
            method.doc.replace("*/", ""),
            declared.join(", "),
            passed.join(", ")
        );
    }
    imports.insert("im.zego.zim.ZIM".into());
    Ok(format!(
        "{HEADER}package im.zego.zim.coroutines\n\n{}{results}{body}",
        imports.iter().map(|class| format!("import {class}\n")).collect::<String>()
    ))
}

fn parameter(api: &Api, value: &Parameter) -> String {
    let kind = kotlin(&value.kind);
    // A config may be left out; what the call is about may not.
    let is_config = kind.ends_with("Config") || kind.ends_with("Option");
    let is_class = matches!(&value.kind, Type::Named(class) if api.find_record(class).is_some());
    if is_config && is_class {
        format!("{}: {kind} = {kind}()", value.name)
    } else {
        format!("{}: {kind}", value.name)
    }
}

fn result(text: &mut String, class: &str, method: &str, values: &[Parameter]) {
    let fields: Vec<String> =
        values.iter().map(|value| format!("public val {}: {}", value.name, kotlin(&value.kind))).collect();
    let _ = write!(text, "\n/** What [{method}] answers. */\npublic class {class}({})\n", fields.join(", "));
}

fn events(api: &Api) -> Result<String, Box<dyn Error>> {
    let mut imports: BTreeSet<String> =
        ["im.zego.zim.ZIM", "im.zego.zim.callback.ZIMEventHandler"].map(str::to_owned).into_iter().collect();
    let (mut classes, mut methods) = (String::new(), String::new());
    for event in api.events.iter().filter(|event| newest(event)) {
        let values = parameters(api, event.cpp())?;
        let class = &event.name[2..];
        let mut fields = Vec::new();
        let mut declared = vec!["zim: ZIM".to_owned()];
        for value in &values {
            import(api, &value.kind, &mut imports);
            let json = super::events::is_json(&event.name, &value.name);
            if json {
                imports.insert("org.json.JSONObject".into());
            }
            let (read, taken) = if json {
                ("JSONObject".to_owned(), "JSONObject".to_owned())
            } else {
                (kotlin(&value.kind), kotlin(&value.kind).replace("List<", "ArrayList<"))
            };
            fields.push(format!("public val {}: {read}", value.name));
            declared.push(format!("{}: {taken}", value.name));
        }
        let names: Vec<&str> = values.iter().map(|value| value.name.as_str()).collect();
        let _ = write!(
            classes,
            "\n    /** {} */\n    public class {class}({}) : ZIMEvent()\n",
            event.doc.replace('`', ""),
            fields.join(", ")
        );
        let _ = write!(
            methods,
            "\n    override fun {}({}) {{\n        tell(ZIMEvent.{class}({}))\n    }}\n",
            event.name,
            declared.join(", "),
            names.join(", ")
        );
    }
    Ok(format!(
        "{HEADER}package im.zego.zim.coroutines\n\n{}\n/** One event of a client, in its newest form. */\npublic sealed class ZIMEvent {{{classes}}}\n\n\
         /** Turns the calls of a handler into values. */\ninternal class EventValues(private val tell: (ZIMEvent) -> Unit) : ZIMEventHandler() {{{methods}}}\n",
        imports.iter().map(|class| format!("import {class}\n")).collect::<String>()
    ))
}

fn newest(event: &Event) -> bool {
    event.implemented && !event.legacy && !OLDER.contains(&event.name.as_str())
}

fn import(api: &Api, kind: &Type, imports: &mut BTreeSet<String>) {
    if let Some(class) = kind.class()
        && let Some(package) = forms::package_of(api, class)
    {
        imports.insert(format!("im.zego.zim.{package}.{class}"));
    }
}
