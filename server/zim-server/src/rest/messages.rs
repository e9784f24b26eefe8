//! Messages in a user's name: to users, to a group, to everybody.

use super::codes::{Code, Refusal, of_service};
use super::fields::Fields;
use super::users::answer;
use super::{Answer, Api, offline_push};
use crate::service::push::Reach;
use crate::service::{Effects, Reply, SignalTo, server_api};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::Arc;
use zim_proto::v1::{self, response, signal};
use zim_proto::{ConversationType, MessageType, limits};

/// Receivers in one call.
const RECEIVERS: usize = 100;
/// Users or devices looked at in one operation of a message to everybody, so that other operations do not wait long.
const STRIDE: usize = 500;
/// `MessageType` of a command ("signaling") message.
const COMMAND: u32 = 2;

/// `SendPeerMessage`.
pub(super) async fn peer(api: &Api<'_>, fields: &Fields) -> Answer {
    let from = fields.needed("FromUserId")?;
    let receivers = fields.texts("ToUserId", RECEIVERS)?;
    if receivers.contains(&from) {
        return Err(Refusal::new(Code::TO_SELF, "ToUserId contains FromUserId"));
    }
    let unaware = fields.switch("SenderUnaware")?;
    let request = request(fields, ConversationType::Peer)?;
    let sends = receivers.clone();
    let replies = api.run_as(&from, move |tx, ctx| {
        let mut replies = Vec::with_capacity(sends.len());
        for receiver in &sends {
            let mut request = request.clone();
            if let Some(message) = &mut request.message {
                message.conversation_id.clone_from(receiver);
            }
            replies.push(server_api::send(tx, ctx, &request, unaware)?);
        }
        Ok(Ok(replies))
    });
    let (mut sent, mut errors, mut first) = (Vec::new(), Vec::new(), None);
    for (receiver, reply) in receivers.iter().zip(replies.await?) {
        match reply {
            Ok(reply) => sent.push(sent_to(api, reply, Some(receiver))),
            Err(error) => {
                errors.push(json!({ "UserId": receiver, "SubCode": of_service(error.code).0 }));
                first.get_or_insert(error);
            }
        }
    }
    let all_failed = sent.is_empty();
    let fields = answer(json!({ "SuccList": sent, "ErrorList": errors, "AuditInfos": [] }));
    match first {
        Some(error) if all_failed => Err(Refusal::from(error).with(fields)),
        _ => Ok(fields),
    }
}

/// `SendGroupMessage`.
pub(super) async fn group(api: &Api<'_>, fields: &Fields) -> Answer {
    let from = fields.needed("FromUserId")?;
    let group_id = fields.needed("GroupId")?;
    let targets = targets(fields)?;
    let mut request = request(fields, ConversationType::Group)?;
    if let Some(message) = &mut request.message {
        message.conversation_id = group_id;
        if targets.is_some() && message.has_receipt {
            return Err(Refusal::parameter(
                "MessageBody.HasReceipt",
                "is not for a message with TargetOption",
            ));
        }
        message.targets = targets;
    }
    let reply = api.run_as(&from, move |tx, ctx| server_api::send(tx, ctx, &request, false)).await;
    let reply = reply.map_err(|refusal| match refusal.code {
        Code::NOT_IN_GROUP => Refusal { code: Code::SENDER_NOT_IN_GROUP, ..refusal },
        _ => refusal,
    })?;
    let mut fields = answer(sent_to(api, reply, None));
    fields.insert("AuditInfos".into(), json!([]));
    Ok(fields)
}

/// `SendMsgOptions.TargetOption`: whom the message is for, if not for all members.
fn targets(fields: &Fields) -> Result<Option<v1::Targets>, Refusal> {
    let Some(options) = fields.object("SendMsgOptions")? else { return Ok(None) };
    let Some(option) = options.object("TargetOption")? else { return Ok(None) };
    let user_ids = option.texts("ReceiverUserIds", RECEIVERS)?;
    Ok(Some(v1::Targets { inclusive: option.switch("Inclusive")?, user_ids }))
}

/// `SendMessageToAllUsers`: to every connected user as a broadcast, and, as `PushType` asks, a push: 0 none, 1 to bound
/// devices without a connection, 2 to all bound devices. It is not stored and belongs to no conversation.
pub(super) async fn all_users(api: &Api<'_>, fields: &Fields) -> Answer {
    let from = fields.needed("FromUserId")?;
    let reach = match fields.number_in("PushType", 0..=2, Some(0))? {
        0 => None,
        1 => Some(Reach::Offline),
        _ => Some(Reach::Everybody),
    };
    let request = request(fields, ConversationType::Peer)?;
    let (Some(mut message), push) = (request.message, request.push) else {
        return Err(Refusal::parameter("MessageBody", "is missing"));
    };
    if message.r#type == COMMAND {
        return Err(Refusal::parameter("MessageType", "must be Text (1) or Custom (200) for all users"));
    }
    check_broadcast(&message, push.as_ref())?;
    api.hub.rest.rates.take_all_users(api.app_id, api.hub.clock.elapsed())?;
    let message_id = api.run_as(&from, |tx, ctx| Ok(Ok(server_api::broadcast_id(tx, ctx)?))).await?;
    api.hub.metrics.messages.add(1);
    message.message_id = message_id;
    message.sender_user_id = from;
    message.timestamp = api.hub.clock.now();
    message.is_server_message = true;
    let signal = v1::Signal { kind: Some(signal::Kind::BroadcastMessage(message)) };
    let connected = api.hub.registry.users();
    for part in connected.chunks(STRIDE) {
        let (part, app_id) = (part.to_vec(), api.app_id);
        let users = api.run(move |tx, _| Ok(Ok(server_api::of_app(tx, app_id, &part)?))).await?;
        let signals = vec![SignalTo { users, signal: signal.clone() }];
        crate::gateway::cause(api.hub, Effects { signals });
    }
    if let (Some(reach), Some(config)) = (reach, push) {
        let config = Arc::new(config);
        let mut after = Some(String::new());
        while let Some(from) = after.take() {
            let config = Arc::clone(&config);
            let queued = api.run(move |tx, ctx| {
                let next = server_api::push_broadcast(tx, ctx, &config, message_id, reach, &from, STRIDE)?;
                Ok(Ok(next))
            });
            after = queued.await?;
        }
    }
    Ok(answer(json!({})))
}

/// The checks a message to a conversation gets where it is sent.
fn check_broadcast(message: &v1::Message, push: Option<&v1::PushConfig>) -> Result<(), Refusal> {
    let addressed = v1::Message { conversation_id: "a".into(), local_message_id: 1, ..message.clone() };
    let request =
        v1::SendMessage { message: Some(addressed), push: push.cloned(), notify_mentioned_users: false };
    zim_proto::validate::send_message(&request)
        .map_err(|invalid| Refusal::from(crate::service::ServiceError::from(invalid)))
}

/// What a send answers: the message's numbers, and whom it went to. Commands have no `MsgSeq`.
fn sent_to(api: &Api<'_>, reply: Reply, receiver: Option<&str>) -> Value {
    let mut fields = serde_json::Map::new();
    if let response::Result::MessageSent(sent) = api.settle(reply) {
        api.hub.metrics.messages.add(1);
        fields.insert("MsgId".into(), sent.message_id.into());
        if sent.message_seq > 0 {
            fields.insert("MsgSeq".into(), sent.message_seq.into());
        }
    }
    if let Some(receiver) = receiver {
        fields.insert("UserId".into(), receiver.into());
    }
    Value::Object(fields)
}

/// The message and its push, without receiver.
fn request(fields: &Fields, conversation_type: ConversationType) -> Result<v1::SendMessage, Refusal> {
    let kind = fields.number_in("MessageType", 0..=u32::MAX, None)?;
    let is_known = i32::try_from(kind)
        .ok()
        .and_then(MessageType::from_value)
        .is_some_and(|kind| matches!(kind, MessageType::Text | MessageType::Command | MessageType::Custom));
    if !is_known {
        return Err(Refusal::parameter("MessageType", "must be 1 (text), 2 (command) or 200 (custom)"));
    }
    let body = fields.object("MessageBody")?;
    let body = body.ok_or_else(|| Refusal::parameter("MessageBody", "is missing"))?;
    let mut content = body.needed("Message")?.into_bytes();
    if body.switch("IsBase64")? {
        if kind != COMMAND {
            return Err(Refusal::parameter("MessageBody.IsBase64", "belongs to MessageType 2"));
        }
        content = STANDARD
            .decode(&content)
            .map_err(|_| Refusal::new(Code::NOT_BASE64, "MessageBody.Message is no Base64"))?;
    }
    let limit = if kind == COMMAND { limits::COMMAND_BYTES } else { limits::TEXT_BYTES };
    if content.len() > limit {
        let message = format!("MessageBody.Message has {} bytes, {limit} are the most", content.len());
        return Err(Refusal::new(Code::MESSAGE_TOO_LARGE, message));
    }
    let options = fields.object("SendMsgOptions")?.unwrap_or_default();
    let message = v1::Message {
        r#type: kind,
        conversation_type: u32::try_from(conversation_type.value()).unwrap_or_default(),
        body: content.into(),
        sub_type: fields.number_in("SubMsgType", 0..=u32::MAX, Some(0))?,
        searched_content: fields.text("SearchedContent")?,
        extended_data: body.text("ExtendedData")?,
        has_receipt: body.switch("HasReceipt")?,
        disable_unread: options.switch("NoUnread")?,
        priority: fields.number_in("Priority", 1..=3, Some(1))?,
        ..v1::Message::default()
    };
    // Published beside the content; some callers put it one level up.
    let push = match offline_push::read(&body)? {
        Some(push) => Some(push),
        None => offline_push::read(fields)?,
    };
    Ok(v1::SendMessage { message: Some(message), push, notify_mentioned_users: false })
}
