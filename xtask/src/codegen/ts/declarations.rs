//! The published classes and events: `bindings/arkts/zim/src/main/ets/types.ts`.

use super::{HEADER, import, is_used};
use crate::codegen::Generated;
use crate::codegen::api::{Api, Event, Field, Method, Record, Type};
use std::error::Error;
use std::fmt::Write as _;

/// Written by hand, since they are more than their data.
const BY_HAND: &str = include_str!("by_hand.ts");

pub(super) fn generate(api: &Api) -> Result<Generated, Box<dyn Error>> {
    let mut text = BY_HAND.to_owned();
    for record in api.generated_records() {
        class(&mut text, api, record)?;
    }
    results(&mut text, &api.methods)?;
    events(&mut text, &api.events)?;
    let enums = api.enums.iter().map(|item| &*item.name);
    let enums: Vec<&str> =
        enums.filter(|name| is_used(api, name) && text.contains(&format!(": {name}"))).collect();
    let text = format!(
        "{HEADER}\n{}import type {{ ZIM }} from './ZIM';\nimport type {{ ZIMError }} from './ZIMError';\n\n{text}",
        import(&enums, "./enums")
    );
    Ok(Generated { path: "bindings/arkts/zim/src/main/ets/types.ts".into(), text })
}

/// What a host passes in is optional, member by member, because it has a default; what it gets is there.
fn class(text: &mut String, api: &Api, record: &Record) -> Result<(), Box<dyn Error>> {
    writeln!(text, "\n/** {} */\nexport interface {} {{", record.doc, record.name)?;
    for field in api.all_fields(record) {
        let may_lack = record.comes_in() || matches!(field.kind, Type::Optional(_)) || is_nullable(&field);
        let (mark, or_null) =
            (if may_lack { "?" } else { "" }, if is_nullable(&field) { " | null" } else { "" });
        writeln!(text, "  /** {} */\n  {}{mark}: {}{or_null};", field.doc, field.name, kind(&field.kind))?;
        if let Some(was) = &field.was {
            writeln!(text, "  /** Earlier name of `{}`. */\n  {was}?: {};", field.name, kind(&field.kind))?;
        }
    }
    text.push_str("}\n");
    Ok(())
}

fn is_nullable(field: &Field) -> bool {
    !field.required && matches!(field.kind, Type::Shared(_))
}

pub(super) fn kind(of: &Type) -> String {
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
        ("messageRevokeReceived", "messageList") => "ZIMRevokeMessage[]",
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
