//! The operations of a client, by subject: each folder turns published parameters into a request, and its answer back.

mod call;
mod conversation;
mod group;
mod message;
mod push;
mod user;

pub use call::{CallInvited, CallList};
pub use group::{GroupCreated, GroupMemberList, GroupUsersInvited};
pub use message::SendCall;

use crate::model::{ConversationType, ErrorUserInfo, PushConfig};
use crate::store::ConversationKey;
use zim_proto::v1;

fn push_config(config: PushConfig) -> v1::PushConfig {
    let template = config.private_message_template;
    let template = v1::PrivateMessageTemplate {
        template_id: template.template_id,
        title_parameters: template.title_parameters,
        content_parameters: template.content_parameters,
    };
    v1::PushConfig {
        title: config.title,
        content: config.content,
        payload: config.payload,
        resources_id: config.resources_id,
        thread_id: config.thread_id,
        enable_badge: config.enable_badge,
        badge_increment: config.badge_increment,
        voip: config.voip_config.map(|voip| v1::VoipConfig {
            handle_type: voip.ios_voip_handle_type.value(),
            handle_value: voip.ios_voip_handle_value,
            has_video: voip.ios_voip_has_video,
        }),
        private_message_template: (template != v1::PrivateMessageTemplate::default()).then_some(template),
    }
}

fn error_users(errors: &[v1::ErrorUser]) -> Vec<ErrorUserInfo> {
    errors
        .iter()
        .map(|error| ErrorUserInfo { user_id: error.user_id.clone(), reason: error.reason })
        .collect()
}

fn key(conversation_type: ConversationType, conversation_id: &str) -> ConversationKey {
    ConversationKey {
        conversation_type: conversation_type.value(),
        conversation_id: conversation_id.to_owned(),
    }
}
