//! The published types: `bindings/arkts/zim/index.d.ts`.

use super::{HEADER, is_used};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Event, Field, Method, Record, Type};
use std::error::Error;
use std::fmt::Write as _;

/// Written by hand, since they are more than their data.
const BY_HAND: &str = include_str!("by_hand.d.ts");

pub(super) fn generate(api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut text = format!("{HEADER}\n{BY_HAND}");
    for item in api.enums.iter().filter(|item| is_used(api, &item.name)) {
        let values: Vec<_> =
            item.values.iter().map(|value| (&value.name, i64::from(value.value), &value.doc)).collect();
        enumeration(&mut text, &item.name, &item.doc, &values)?;
        let numbers: Vec<String> = item.values.iter().map(|value| value.value.to_string()).collect();
        writeln!(text, "export type {} = {};", item.name, numbers.join(" | "))?;
    }
    for (name, codes) in [("ZIMErrorCode", &api.errors.zim), ("ZPNsErrorCode", &api.errors.zpns)] {
        let values: Vec<_> = codes.iter().map(|code| (&code.name, i64::from(code.code), &code.doc)).collect();
        enumeration(&mut text, name, "Error codes.", &values)?;
    }
    for record in api.generated_records() {
        class(&mut text, api, record)?;
    }
    results(&mut text, &api.methods)?;
    events(&mut text, &api.events)?;
    client(&mut text, &api.methods)?;
    Ok(Generated { path: "bindings/arkts/zim/index.d.ts".into(), text })
}

fn enumeration(
    text: &mut String,
    name: &str,
    doc: &str,
    values: &[(&String, i64, &String)],
) -> Result<(), Box<dyn Error>> {
    writeln!(text, "\n/** {doc} */\nexport declare const {name}: {{")?;
    for (value, number, doc) in values {
        writeln!(text, "  /** {doc} */\n  readonly {value}: {number};")?;
    }
    text.push_str("};\n");
    Ok(())
}

/// What a host passes in is optional, member by member, because it has a default; what it gets is there.
fn class(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    writeln!(text, "\n/** {} */\nexport interface {} {{", record.doc, record.name)?;
    for field in api.all_fields(record) {
        let may_lack = record.comes_in() || matches!(field.kind, Type::Optional(_)) || is_nullable(&field);
        let (mark, or_null) =
            (if may_lack { "?" } else { "" }, if is_nullable(&field) { " | null" } else { "" });
        writeln!(text, "  /** {} */\n  {}{mark}: {}{or_null};", field.doc, field.name, kind(&field.kind))?;
    }
    text.push_str("}\n");
    Ok(())
}

fn is_nullable(field: &Field) -> bool {
    !field.required && matches!(field.kind, Type::Shared(_))
}

fn kind(of: &Type) -> String {
    match of {
        Type::Str => "string".into(),
        Type::Bool => "boolean".into(),
        Type::I32 | Type::U32 | Type::I64 | Type::U64 => "number".into(),
        Type::Bytes => "Uint8Array".into(),
        Type::Map => "Record<string, string>".into(),
        Type::Function => "Function".into(),
        Type::Named(name) | Type::Optional(name) | Type::Shared(name) => name.clone(),
        Type::List(inner) => format!("{}[]", kind(inner)),
    }
}

/// Whether TypeScript publishes the method as one of the client that answers by a promise.
fn signatures(method: &Method) -> impl Iterator<Item = &str> {
    let published = method.implemented.then(|| method.ts()).flatten().unwrap_or_default();
    published.split(" ; ").filter(|signature| !signature.is_empty() && !signature.starts_with("static"))
}

/// `ZIMGroupJoinedResult` of `Promise<ZIMGroupJoinedResult>`, with its members from `ts_result`.
fn results(text: &mut String, methods: &[Method]) -> Result<(), Box<dyn Error>> {
    for method in methods.iter().filter(|method| method.implemented) {
        let Some(members) = method.ts_result() else { continue };
        let name = method.ts().and_then(|ts| ts.split_once("Promise<")?.1.strip_suffix('>'));
        let Some(name) = name else { return Err(format!("{}: no name of its result", method.name).into()) };
        writeln!(text, "\n/** What `{}` answers. */\nexport interface {name} {{", method.name)?;
        for member in members.trim_matches(['{', '}']).split(", ") {
            writeln!(text, "  {member};")?;
        }
        if method.name == "callInvite" {
            text.push_str("  /** Older name of `errorUserList`. */\n  errorInvitees: ZIMCallUserInfo[];\n");
        }
        text.push_str("}\n");
    }
    Ok(())
}

/// The events with their payloads; the types of the members follow from the C++ parameters and records by name.
fn events(text: &mut String, events: &[Event]) -> Result<(), Box<dyn Error>> {
    text.push_str("\n/** The events by name; each listener gets the client and a payload. */\nexport interface ZIMEventHandler {\n");
    for event in events.iter().filter(|event| event.implemented) {
        let Some(published) = event.ts() else { continue };
        let (name, members) = match published.split_once([' ', ':']) {
            Some((name, members)) => (name, members.trim()),
            // The same payload as its sibling.
            None => (published, "{messageList, fromConversationID}"),
        };
        writeln!(text, "  /** {} */", event.doc)?;
        if members.starts_with('{') {
            let typed: Result<Vec<String>, String> = members
                .trim_matches(['{', '}'])
                .split(", ")
                .map(|member| member_type(name, member))
                .collect();
            writeln!(text, "  {name}: (zim: ZIM, data: {{ {} }}) => void;", typed?.join("; "))?;
        } else {
            writeln!(text, "  {name}: (zim: ZIM, data: {members}) => void;")?;
        }
    }
    text.push_str("}\n");
    Ok(())
}

fn member_type(event: &str, member: &str) -> Result<String, String> {
    let kind = match (event, member) {
        ("connectionStateChanged", "state") => "ZIMConnectionState",
        ("connectionStateChanged", "event") => "ZIMConnectionEvent",
        ("conversationSyncStateChanged", "state") => "ZIMConversationSyncState",
        ("groupStateChanged", "state") => "ZIMGroupState",
        ("groupStateChanged", "event") => "ZIMGroupEvent",
        ("groupMemberStateChanged", "state") => "ZIMGroupMemberState",
        ("groupMemberStateChanged", "event") => "ZIMGroupMemberEvent",
        ("conversationChanged", "infoList") => "ZIMConversationChangeInfo[]",
        ("messageSentStatusChanged", "infos") => "ZIMMessageSentStatusChangeInfo[]",
        ("groupMemberStateChanged", "userList") => "ZIMGroupMemberInfo[]",
        (_, "second" | "totalUnreadMessageCount" | "timeout" | "createTime" | "endTime") => "number",
        (
            _,
            "extendedData" | "fromConversationID" | "groupID" | "callID" | "caller" | "inviter" | "invitee"
            | "operatedUserID",
        ) => "string",
        (_, "invitees") => "string[]",
        (_, "userRule") => "ZIMUserRule",
        (_, "messageList") => "ZIMMessage[]",
        (_, "message") => "ZIMMessage",
        (_, "info") => "ZIMMessageReceivedInfo",
        (_, "operatedInfo") => "ZIMGroupOperatedInfo",
        (_, "groupInfo") => "ZIMGroupFullInfo",
        (_, "mode") => "ZIMCallInvitationMode",
        (_, "callUserList") => "ZIMCallUserInfo[]",
        _ => return Err(format!("event {event}: no type is known for {member}")),
    };
    Ok(format!("{member}: {kind}"))
}

fn client(text: &mut String, methods: &[Method]) -> Result<(), Box<dyn Error>> {
    text.push_str("\n/** One messaging client; at most one lives. */\nexport declare class ZIM {\n");
    for method in methods.iter().filter(|method| method.implemented) {
        let statics = method.ts().unwrap_or_default();
        let statics = statics.split(" ; ").filter(|signature| signature.starts_with("static"));
        for signature in statics.chain(signatures(method)) {
            writeln!(text, "  /** {} */\n  {};", method.doc, relaxed(signature))?;
        }
    }
    text.push_str("}\n\nexport default ZIM;\n");
    Ok(())
}

/// A configuration whose members are all optional may be left out of the calls where the samples do.
fn relaxed(signature: &str) -> String {
    match signature.split_once(", config: ZIMCall") {
        Some((first, rest)) => format!("{first}, config?: ZIMCall{rest}"),
        None => signature.to_owned(),
    }
}
