//! Events under their published names, older generations included.

use crate::answers::beside;
use crate::convert::ToJs;
use crate::outbox::Outbox;
use serde_json::{Value, json};
use std::sync::Arc;
use zim_core::model::{ConversationType, Event, Message, MessageReceivedInfo};
use zim_core::{Client, EventHandler};

/// Puts every event into the outbox.
pub(crate) struct Handler(pub(crate) Arc<Outbox>);

impl EventHandler for Handler {
    fn on_event(&self, _: &Client, event: Event) {
        for (name, value) in named(&event) {
            self.0.push(json!({ "event": name, "value": value }));
        }
    }
}

/// Names and payloads of one event.
fn named(event: &Event) -> Vec<(&'static str, Value)> {
    let one = match event {
        Event::MessageReceived { messages, info } => return received(messages, info),
        Event::Error(error) => ("error", error.to_js()),
        Event::TokenWillExpire { second } => ("tokenWillExpire", json!({ "second": second })),
        Event::ConnectionStateChanged { state, event, extended_data } => (
            "connectionStateChanged",
            json!({ "state": state.to_js(), "event": event.to_js(), "extendedData": extended_data }),
        ),
        Event::UserRuleUpdated { user_rule } => ("userRuleUpdated", json!({ "userRule": user_rule.to_js() })),
        Event::ConversationChanged { info_list } => {
            ("conversationChanged", json!({ "infoList": info_list.to_js() }))
        }
        Event::ConversationTotalUnreadMessageCountUpdated { total_unread_message_count: count } => {
            ("conversationTotalUnreadMessageCountUpdated", json!({ "totalUnreadMessageCount": count }))
        }
        Event::ConversationSyncStateChanged { state } => {
            ("conversationSyncStateChanged", json!({ "state": state.to_js() }))
        }
        Event::MessageRevokeReceived { message_list } => {
            ("messageRevokeReceived", json!({ "messageList": message_list.to_js() }))
        }
        Event::BroadcastMessageReceived { message } => {
            ("broadcastMessageReceived", json!({ "message": message.to_js() }))
        }
        Event::MessageSentStatusChanged { infos } => {
            ("messageSentStatusChanged", json!({ "infos": infos.to_js() }))
        }
        Event::GroupStateChanged { state, event, operated_info, group_info } => (
            "groupStateChanged",
            json!({
                "state": state.to_js(),
                "event": event.to_js(),
                "operatedInfo": operated_info.to_js(),
                "groupInfo": group_info.to_js(),
            }),
        ),
        Event::GroupMemberStateChanged { state, event, user_list, operated_info, group_id } => (
            "groupMemberStateChanged",
            json!({
                "groupID": group_id,
                "state": state.to_js(),
                "event": event.to_js(),
                "userList": user_list.to_js(),
                "operatedInfo": operated_info.to_js(),
            }),
        ),
        other => return call(other).into_iter().collect(),
    };
    vec![one]
}

fn call(event: &Event) -> Option<(&'static str, Value)> {
    let of = |id: &str, info: &dyn Info| info.beside(id);
    Some(match event {
        Event::CallInvitationCreated { info, call_id } => ("callInvitationCreated", of(call_id, info)),
        Event::CallInvitationReceived { info, call_id } => ("callInvitationReceived", of(call_id, info)),
        Event::CallInvitationCancelled { info, call_id } => ("callInvitationCancelled", of(call_id, info)),
        Event::CallInvitationEnded { info, call_id } => ("callInvitationEnded", of(call_id, info)),
        Event::CallInvitationTimeout { info, call_id } => ("callInvitationTimeout", of(call_id, info)),
        Event::CallUserStateChanged { info, call_id } => ("callUserStateChanged", of(call_id, info)),
        Event::CallInvitationAccepted { info, call_id } => ("callInvitationAccepted", of(call_id, info)),
        Event::CallInvitationRejected { info, call_id } => ("callInvitationRejected", of(call_id, info)),
        Event::CallInviteesAnsweredTimeout { invitees, call_id } => {
            ("callInviteesAnsweredTimeout", json!({ "callID": call_id, "invitees": invitees }))
        }
        _ => return None,
    })
}

/// The payload of a call event beside the id of its call.
trait Info {
    fn beside(&self, call_id: &str) -> Value;
}

impl<T: ToJs> Info for T {
    fn beside(&self, call_id: &str) -> Value {
        beside(json!({ "callID": call_id }), self)
    }
}

/// Messages come under their newest name, then under the one of older versions.
fn received(messages: &Vec<Arc<Message>>, info: &MessageReceivedInfo) -> Vec<(&'static str, Value)> {
    let payload = json!({
        "messageList": messages.to_js(),
        "fromConversationID": info.conversation_id,
        "info": info.to_js(),
    });
    let names = match info.conversation_type {
        ConversationType::Peer => ["peerMessageReceived", "receivePeerMessage"],
        ConversationType::Group => ["groupMessageReceived", "receiveGroupMessage"],
        _ => return Vec::new(),
    };
    vec![(names[0], payload.clone()), (names[1], payload)]
}
