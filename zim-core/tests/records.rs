//! The generated records: published defaults, and nothing secret in debug output.

use zim_core::model::{
    CallInvitationMode, CallInviteConfig, GroupMemberInfo, LoginConfig, MessagePriority, MessageSendConfig,
    PushConfig, UserInfoType, VoIPConfig,
};

#[test]
fn records_start_with_the_published_defaults() {
    let call = CallInviteConfig::default();
    assert_eq!((call.timeout, call.mode), (90, CallInvitationMode::General));
    assert!(call.push_config.is_none());
    assert_eq!(MessageSendConfig::default().priority, MessagePriority::Low);
    assert!(!LoginConfig::default().is_offline_login);
    assert_eq!(VoIPConfig::default().ios_voip_handle_type.value(), 1);
}

#[test]
fn a_class_that_derives_has_the_fields_of_its_base() {
    let member = GroupMemberInfo { user_id: "bob".into(), ..GroupMemberInfo::default() };
    assert_eq!((member.user_id.as_str(), member.r#type), ("bob", UserInfoType::GroupMember));
}

#[test]
fn debug_output_shows_no_token_and_no_content() {
    let secret = "do-not-show";
    let login = LoginConfig { user_name: "Bob".into(), token: secret.into(), ..LoginConfig::default() };
    let push = PushConfig {
        title: secret.into(),
        content: secret.into(),
        payload: secret.into(),
        resources_id: "calls".into(),
        ..PushConfig::default()
    };
    let shown =
        format!("{login:?} {:?}", MessageSendConfig { push_config: Some(push), ..Default::default() });
    assert!(!shown.contains(secret), "{shown}");
    assert!(shown.contains("Bob") && shown.contains("calls"), "{shown}");
}
