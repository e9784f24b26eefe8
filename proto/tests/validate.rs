//! Every published limit at its boundary and one beyond, with the code and the parameter's name.

use zim_proto::v1::client_hello::Session;
use zim_proto::v1::request::Op;
use zim_proto::v1::*;
use zim_proto::{ErrorCode, limits, push_id, validate};

const INVALID: ErrorCode = ErrorCode::CommonModuleParamsInvalid;
const BATCH: ErrorCode = ErrorCode::CommonModuleTriggerSDKFrequencyLimit;
const INVITEES: ErrorCode = ErrorCode::CallModuleServerError;

type Change<T> = fn(&mut T);

/// What a changed request is expected to get: accepted, or refused by this code and parameter.
enum Expect {
    Accepted,
    Refused(ErrorCode, &'static str),
}
use Expect::{Accepted, Refused};

#[track_caller]
fn table<T: Clone>(base: &T, check: impl Fn(T) -> validate::Checked, rows: &[(&str, Change<T>, Expect)]) {
    assert_eq!(check(base.clone()), Ok(()), "the base request is valid");
    for (name, change, expected) in rows {
        let mut request = base.clone();
        change(&mut request);
        match (check(request), expected) {
            (Ok(()), Accepted) => {}
            (Err(invalid), Refused(code, parameter)) => {
                assert_eq!((invalid.code, invalid.parameter), (*code, *parameter), "{name}: {invalid}");
                assert!(!invalid.message.is_empty(), "{name}");
            }
            (Ok(()), Refused(..)) => panic!("{name}: accepted"),
            (Err(invalid), Accepted) => panic!("{name}: refused, {invalid}"),
        }
    }
}

fn message() -> SendMessage {
    let message = Message {
        r#type: 1,
        local_message_id: 1,
        conversation_id: "bob".into(),
        body: "hello".into(),
        priority: 1,
        ..Message::default()
    };
    SendMessage { message: Some(message), push: None, notify_mentioned_users: false }
}

fn m(request: &mut SendMessage) -> &mut Message {
    request.message.as_mut().unwrap()
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("user{index}")).collect()
}

#[test]
fn send_message() {
    table(
        &message(),
        |request| validate::request(&Op::SendMessage(request)),
        &[
            ("no message", |r| r.message = None, Refused(INVALID, "message")),
            ("text at limit", |r| m(r).body = vec![b'a'; limits::TEXT_BYTES].into(), Accepted),
            (
                "text over limit",
                |r| m(r).body = vec![b'a'; limits::TEXT_BYTES + 1].into(),
                Refused(INVALID, "message"),
            ),
            ("text empty", |r| m(r).body = "".into(), Refused(INVALID, "message")),
            ("text blank", |r| m(r).body = " \t\n\u{3000}".into(), Refused(INVALID, "message")),
            ("text not UTF-8", |r| m(r).body = vec![0xff, 0xfe].into(), Refused(INVALID, "message")),
            ("text with subType", |r| m(r).sub_type = 1, Refused(INVALID, "message.subType")),
            (
                "command at limit",
                |r| {
                    m(r).r#type = 2;
                    m(r).body = vec![0; limits::COMMAND_BYTES].into();
                },
                Accepted,
            ),
            (
                "command over limit",
                |r| {
                    m(r).r#type = 2;
                    m(r).body = vec![0; limits::COMMAND_BYTES + 1].into();
                },
                Refused(INVALID, "message"),
            ),
            (
                "command empty",
                |r| {
                    m(r).r#type = 2;
                    m(r).body = "".into();
                },
                Refused(INVALID, "message"),
            ),
            (
                "command of any bytes",
                |r| {
                    m(r).r#type = 2;
                    m(r).body = vec![0xff, 0x20].into();
                },
                Accepted,
            ),
            (
                "command with receipt",
                |r| {
                    m(r).r#type = 2;
                    m(r).has_receipt = true;
                },
                Refused(INVALID, "hasReceipt"),
            ),
            ("text with receipt", |r| m(r).has_receipt = true, Accepted),
            (
                "custom at limits",
                |r| {
                    m(r).r#type = 200;
                    m(r).sub_type = 200;
                    m(r).searched_content = "s".repeat(limits::SEARCHED_CONTENT_BYTES);
                },
                Accepted,
            ),
            (
                "custom subType over limit",
                |r| {
                    m(r).r#type = 200;
                    m(r).sub_type = 201;
                },
                Refused(INVALID, "message.subType"),
            ),
            (
                "custom searchedContent over limit",
                |r| {
                    m(r).r#type = 200;
                    m(r).searched_content = "s".repeat(limits::SEARCHED_CONTENT_BYTES + 1);
                },
                Refused(INVALID, "message.searchedContent"),
            ),
            ("type of a later version", |r| m(r).r#type = 11, Refused(INVALID, "message.type")),
            ("type unknown", |r| m(r).r#type = u32::MAX, Refused(INVALID, "message.type")),
            ("extendedData at limit", |r| m(r).extended_data = "e".repeat(1024), Accepted),
            (
                "extendedData over limit",
                |r| m(r).extended_data = "e".repeat(1025),
                Refused(INVALID, "message.extendedData"),
            ),
            ("priority missing", |r| m(r).priority = 0, Refused(INVALID, "priority")),
            ("priority highest", |r| m(r).priority = 3, Accepted),
            ("priority over", |r| m(r).priority = 4, Refused(INVALID, "priority")),
            ("local id missing", |r| m(r).local_message_id = 0, Refused(INVALID, "localMessageID")),
            ("local id largest", |r| m(r).local_message_id = (1 << 53) - 1, Accepted),
            ("local id over", |r| m(r).local_message_id = 1 << 53, Refused(INVALID, "localMessageID")),
            ("peer id empty", |r| m(r).conversation_id = String::new(), Refused(INVALID, "toConversationID")),
            ("peer id at limit", |r| m(r).conversation_id = "b".repeat(32), Accepted),
            (
                "peer id over limit",
                |r| m(r).conversation_id = "b".repeat(33),
                Refused(INVALID, "toConversationID"),
            ),
            ("room", |r| m(r).conversation_type = 1, Refused(INVALID, "conversationType")),
            ("group", |r| m(r).conversation_type = 2, Accepted),
            ("community", |r| m(r).conversation_type = 3, Refused(INVALID, "conversationType")),
            ("type -1", |r| m(r).conversation_type = u32::MAX, Refused(INVALID, "conversationType")),
            ("mentions at limit", |r| m(r).mentioned_user_ids = ids(limits::MENTIONED_USERS), Accepted),
            (
                "mentions over limit",
                |r| m(r).mentioned_user_ids = ids(limits::MENTIONED_USERS + 1),
                Refused(INVALID, "message.mentionedUserIDs"),
            ),
            (
                "mention malformed",
                |r| m(r).mentioned_user_ids = vec!["a/b".into()],
                Refused(INVALID, "message.mentionedUserIDs"),
            ),
            (
                "push config is checked",
                |r| r.push = Some(PushConfig { title: "t".repeat(257), ..PushConfig::default() }),
                Refused(INVALID, "pushConfig.title"),
            ),
        ],
    );
}

#[test]
fn push_config() {
    fn voip(handle_type: i32, value: usize) -> Option<VoipConfig> {
        Some(VoipConfig { handle_type, handle_value: "1".repeat(value), has_video: true })
    }
    fn template(id: usize, title: usize, content: usize) -> Option<PrivateMessageTemplate> {
        Some(PrivateMessageTemplate {
            template_id: "i".repeat(id),
            title_parameters: "t".repeat(title),
            content_parameters: "c".repeat(content),
        })
    }
    table(
        &PushConfig::default(),
        |config| validate::push_config(&config),
        &[
            ("title at limit", |c| c.title = "t".repeat(256), Accepted),
            ("title over limit", |c| c.title = "t".repeat(257), Refused(INVALID, "pushConfig.title")),
            ("title counts bytes", |c| c.title = "题".repeat(86), Refused(INVALID, "pushConfig.title")),
            ("content at limit", |c| c.content = "c".repeat(1024), Accepted),
            ("content over limit", |c| c.content = "c".repeat(1025), Refused(INVALID, "pushConfig.content")),
            ("payload at limit", |c| c.payload = "p".repeat(2048), Accepted),
            ("payload over limit", |c| c.payload = "p".repeat(2049), Refused(INVALID, "pushConfig.payload")),
            ("resourcesID counts characters", |c| c.resources_id = "源".repeat(32), Accepted),
            (
                "resourcesID over limit",
                |c| c.resources_id = "r".repeat(33),
                Refused(INVALID, "pushConfig.resourcesID"),
            ),
            ("threadID at limit", |c| c.thread_id = "t".repeat(limits::THREAD_ID_BYTES), Accepted),
            (
                "threadID over limit",
                |c| c.thread_id = "t".repeat(limits::THREAD_ID_BYTES + 1),
                Refused(INVALID, "pushConfig.threadID"),
            ),
            ("badge is clamped, not refused", |c| c.badge_increment = i32::MIN, Accepted),
            ("voip lowest type", |c| c.voip = voip(1, limits::VOIP_HANDLE_VALUE_BYTES), Accepted),
            ("voip highest type", |c| c.voip = voip(3, 0), Accepted),
            (
                "voip no type",
                |c| c.voip = voip(0, 1),
                Refused(INVALID, "pushConfig.voIPConfig.iOSVoIPHandleType"),
            ),
            (
                "voip type over",
                |c| c.voip = voip(4, 1),
                Refused(INVALID, "pushConfig.voIPConfig.iOSVoIPHandleType"),
            ),
            (
                "voip value over",
                |c| c.voip = voip(1, limits::VOIP_HANDLE_VALUE_BYTES + 1),
                Refused(INVALID, "pushConfig.voIPConfig.iOSVoIPHandleValue"),
            ),
            (
                "template at limits",
                |c| {
                    let parameters = limits::TEMPLATE_PARAMETERS_BYTES;
                    c.private_message_template = template(limits::TEMPLATE_ID_BYTES, parameters, parameters);
                },
                Accepted,
            ),
            (
                "template id over",
                |c| c.private_message_template = template(limits::TEMPLATE_ID_BYTES + 1, 0, 0),
                Refused(INVALID, "pushConfig.privateMessageTemplate.templateID"),
            ),
            (
                "template title over",
                |c| c.private_message_template = template(1, limits::TEMPLATE_PARAMETERS_BYTES + 1, 0),
                Refused(INVALID, "pushConfig.privateMessageTemplate.titleParameters"),
            ),
            (
                "template content over",
                |c| c.private_message_template = template(1, 0, limits::TEMPLATE_PARAMETERS_BYTES + 1),
                Refused(INVALID, "pushConfig.privateMessageTemplate.contentParameters"),
            ),
        ],
    );
}

#[test]
fn revoke_message() {
    let revoke = RevokeMessage { conversation_id: "bob".into(), message_seq: 1, ..RevokeMessage::default() };
    table(
        &revoke,
        |request| validate::request(&Op::RevokeMessage(request)),
        &[
            ("group", |r| r.conversation_type = 2, Accepted),
            ("room", |r| r.conversation_type = 1, Refused(INVALID, "conversationType")),
            ("no conversation", |r| r.conversation_id = String::new(), Refused(INVALID, "conversationID")),
            ("no place", |r| r.message_seq = 0, Refused(INVALID, "message")),
            ("largest place", |r| r.message_seq = u64::MAX, Accepted),
            ("any id", |r| r.message_id = u64::MAX, Accepted),
            (
                "extendedData at limit",
                |r| r.extended_data = "x".repeat(limits::REVOKE_EXTENDED_DATA_BYTES),
                Accepted,
            ),
            (
                "extendedData over limit",
                |r| r.extended_data = "x".repeat(limits::REVOKE_EXTENDED_DATA_BYTES + 1),
                Refused(INVALID, "config.revokeExtendedData"),
            ),
            ("push", |r| r.push = Some(PushConfig::default()), Accepted),
            (
                "push title over limit",
                |r| r.push = Some(PushConfig { title: "x".repeat(257), ..PushConfig::default() }),
                Refused(INVALID, "pushConfig.title"),
            ),
        ],
    );
}

#[test]
fn conversations_and_history() {
    let history = QueryHistory { conversation_id: "bob".into(), count: 1, ..QueryHistory::default() };
    table(
        &history,
        |request| validate::request(&Op::QueryHistory(request)),
        &[
            ("count 0", |r| r.count = 0, Refused(INVALID, "count")),
            ("count is clamped, not refused", |r| r.count = u32::MAX, Accepted),
            ("room", |r| r.conversation_type = 1, Refused(INVALID, "conversationType")),
            ("no id", |r| r.conversation_id = String::new(), Refused(INVALID, "conversationID")),
        ],
    );
    let clear = ClearUnread { conversation_type: 2, conversation_id: "#1".into(), read_seq: 3 };
    table(
        &clear,
        |request| validate::request(&Op::ClearUnread(request)),
        &[("blank id", |r| r.conversation_id = "  ".into(), Refused(INVALID, "conversationID"))],
    );
    let status = SetNotificationStatus { conversation_type: 0, conversation_id: "bob".into(), status: 2 };
    table(
        &status,
        |request| validate::request(&Op::SetNotificationStatus(request)),
        &[
            ("status lowest", |r| r.status = 1, Accepted),
            ("status 0", |r| r.status = 0, Refused(INVALID, "status")),
            ("status over", |r| r.status = 3, Refused(INVALID, "status")),
            ("no id", |r| r.conversation_id = String::new(), Refused(INVALID, "conversationID")),
        ],
    );
    let query = QueryConversation { conversation_type: 0, conversation_id: "bob".into() };
    table(
        &query,
        |request| validate::request(&Op::QueryConversation(request)),
        &[("type over", |r| r.conversation_type = 9, Refused(INVALID, "conversationType"))],
    );
    assert_eq!(validate::request(&Op::ClearAllUnread(ClearAllUnread {})), Ok(()));
}

#[test]
fn user_ids_use_the_published_characters() {
    assert_eq!(validate::user_id("aZ09!#$%&()+-:;<=.>?@[]^_{}|~", "userID"), Ok(()));
    assert_eq!(validate::user_id("with space", "userID"), Ok(()));
    for refused in ["a/b", "a,b", "a*b", "a'b", "a\"b", "a\\b", "a`b", "ä", "用户", "a\0", "a\n", "", " "]
    {
        let invalid = validate::user_id(refused, "userID").unwrap_err();
        assert_eq!((invalid.code, invalid.parameter), (INVALID, "userID"), "{refused:?}");
        assert!(
            refused.trim().is_empty() || !invalid.to_string().contains(refused),
            "{invalid} repeats the value"
        );
    }
}

#[test]
fn groups() {
    fn g(request: &mut CreateGroup) -> &mut Group {
        request.group.as_mut().unwrap()
    }
    fn attributes(count: usize, key: usize, value: usize) -> std::collections::HashMap<String, String> {
        (0..count).map(|index| (format!("{index:0key$}"), "v".repeat(value))).collect()
    }
    let create = CreateGroup {
        group: Some(Group { group_id: "g".into(), name: "team".into(), ..Group::default() }),
        user_ids: ids(1),
    };
    table(
        &create,
        |request| validate::request(&Op::CreateGroup(request)),
        &[
            ("no group", |r| r.group = None, Refused(INVALID, "groupInfo")),
            ("id chosen by the service", |r| g(r).group_id = String::new(), Accepted),
            ("id at limit", |r| g(r).group_id = "g".repeat(32), Accepted),
            ("id over limit", |r| g(r).group_id = "g".repeat(33), Refused(INVALID, "groupInfo.groupID")),
            ("id with #", |r| g(r).group_id = "#g".into(), Refused(INVALID, "groupInfo.groupID")),
            ("id untrimmed", |r| g(r).group_id = "g ".into(), Refused(INVALID, "groupInfo.groupID")),
            ("id with slash", |r| g(r).group_id = "g/".into(), Refused(INVALID, "groupInfo.groupID")),
            ("name of 100 bytes", |r| g(r).name = "n".repeat(100), Accepted),
            ("name of 101 bytes", |r| g(r).name = "n".repeat(101), Refused(INVALID, "groupInfo.groupName")),
            ("name of 50 wide characters", |r| g(r).name = "名".repeat(50), Accepted),
            (
                "name of 51 wide characters",
                |r| g(r).name = "名".repeat(51),
                Refused(INVALID, "groupInfo.groupName"),
            ),
            ("notice of 300 characters", |r| g(r).notice = "告".repeat(300), Accepted),
            ("notice over", |r| g(r).notice = "告".repeat(301), Refused(INVALID, "groupNotice")),
            ("avatar at limit", |r| g(r).avatar_url = "u".repeat(500), Accepted),
            (
                "avatar over",
                |r| g(r).avatar_url = "u".repeat(501),
                Refused(INVALID, "groupInfo.groupAvatarUrl"),
            ),
            ("attributes at limits", |r| g(r).attributes = attributes(10, 16, 1024), Accepted),
            (
                "attributes too many",
                |r| g(r).attributes = attributes(11, 2, 1),
                Refused(ErrorCode::GroupModuleTheNumberOfGroupAttributesExceedsLimit, "groupAttributes"),
            ),
            (
                "attribute key too long",
                |r| g(r).attributes = attributes(1, 17, 1),
                Refused(ErrorCode::GroupModuleTheLengthOfGroupAttributeKeyExceedsLimit, "groupAttributes"),
            ),
            (
                "attribute value too long",
                |r| g(r).attributes = attributes(1, 1, 1025),
                Refused(ErrorCode::GroupModuleTheLengthOfGroupAttributeValueExceedsLimit, "groupAttributes"),
            ),
            (
                "attribute key empty",
                |r| g(r).attributes = [(String::new(), "v".to_owned())].into(),
                Refused(INVALID, "groupAttributes"),
            ),
            ("members at limit", |r| g(r).max_member_count = 6000, Accepted),
            ("members over", |r| g(r).max_member_count = 6001, Refused(INVALID, "maxMemberCount")),
            ("joinMode highest", |r| g(r).join_mode = 2, Accepted),
            ("joinMode over", |r| g(r).join_mode = 3, Refused(INVALID, "joinMode")),
            ("inviteMode highest", |r| g(r).invite_mode = 1, Accepted),
            ("inviteMode over", |r| g(r).invite_mode = 2, Refused(INVALID, "inviteMode")),
            ("beInviteMode highest", |r| g(r).be_invite_mode = 1, Accepted),
            ("beInviteMode over", |r| g(r).be_invite_mode = 2, Refused(INVALID, "beInviteMode")),
            ("no users", |r| r.user_ids = Vec::new(), Accepted),
            ("users at limit", |r| r.user_ids = ids(100), Accepted),
            ("users over", |r| r.user_ids = ids(101), Refused(BATCH, "userIDs")),
            ("user malformed", |r| r.user_ids = vec!["a*".into()], Refused(INVALID, "userIDs")),
        ],
    );
    let invite = InviteIntoGroup { group_id: "#7".into(), user_ids: ids(1) };
    table(
        &invite,
        |request| validate::request(&Op::InviteIntoGroup(request)),
        &[
            ("users at limit", |r| r.user_ids = ids(100), Accepted),
            ("users over", |r| r.user_ids = ids(101), Refused(BATCH, "userIDs")),
            ("no users", |r| r.user_ids = Vec::new(), Refused(INVALID, "userIDs")),
            ("no group", |r| r.group_id = String::new(), Refused(INVALID, "groupID")),
        ],
    );
    let members = QueryGroupMembers { group_id: "g".into(), next_flag: 0, count: 1 };
    table(
        &members,
        |request| validate::request(&Op::QueryGroupMembers(request)),
        &[
            ("count 0", |r| r.count = 0, Refused(INVALID, "count")),
            ("count is clamped", |r| r.count = 1000, Accepted),
            ("no group", |r| r.group_id = String::new(), Refused(INVALID, "groupID")),
        ],
    );
    let by_id: [fn(String) -> Op; 4] = [
        |group_id| Op::JoinGroup(JoinGroup { group_id }),
        |group_id| Op::LeaveGroup(LeaveGroup { group_id }),
        |group_id| Op::DismissGroup(DismissGroup { group_id }),
        |group_id| Op::QueryGroup(QueryGroup { group_id }),
    ];
    for op in by_id {
        assert_eq!(validate::request(&op("g".repeat(32))), Ok(()));
        assert_eq!(validate::request(&op("g".repeat(33))).unwrap_err().parameter, "groupID");
        assert_eq!(validate::request(&op(String::new())).unwrap_err().parameter, "groupID");
    }
}

#[test]
fn calls() {
    let invite = CallInvite { invitees: ids(1), timeout_s: 90, ..CallInvite::default() };
    table(
        &invite,
        |request| validate::request(&Op::CallInvite(request)),
        &[
            ("invitees at limit", |r| r.invitees = ids(9), Accepted),
            ("invitees over", |r| r.invitees = ids(10), Refused(INVITEES, "invitees")),
            ("no invitees", |r| r.invitees = Vec::new(), Refused(INVALID, "invitees")),
            ("invitee malformed", |r| r.invitees = vec![String::new()], Refused(INVALID, "invitees")),
            ("timeout 0", |r| r.timeout_s = 0, Refused(INVALID, "timeout")),
            ("timeout shortest", |r| r.timeout_s = 1, Accepted),
            ("timeout longest", |r| r.timeout_s = 600, Accepted),
            ("timeout over", |r| r.timeout_s = 601, Refused(INVALID, "timeout")),
            ("mode advanced", |r| r.mode = 1, Accepted),
            ("mode over", |r| r.mode = 2, Refused(INVALID, "mode")),
            ("mode -1", |r| r.mode = u32::MAX, Refused(INVALID, "mode")),
            ("extendedData at limit", |r| r.extended_data = "e".repeat(2048), Accepted),
            ("extendedData over", |r| r.extended_data = "e".repeat(2049), Refused(INVALID, "extendedData")),
            (
                "push config is checked",
                |r| r.push = Some(PushConfig { payload: "p".repeat(2049), ..PushConfig::default() }),
                Refused(INVALID, "pushConfig.payload"),
            ),
        ],
    );
    let cancel = CallCancel { call_id: "1".into(), ..CallCancel::default() };
    table(
        &cancel,
        |request| validate::request(&Op::CallCancel(request)),
        &[
            ("named users", |r| r.invitees = ids(9), Accepted),
            ("too many users", |r| r.invitees = ids(10), Refused(INVITEES, "invitees")),
            ("extendedData over", |r| r.extended_data = "e".repeat(2049), Refused(INVALID, "extendedData")),
            ("no call", |r| r.call_id = String::new(), Refused(INVALID, "callID")),
            (
                "push config is checked",
                |r| r.push = Some(PushConfig { content: "c".repeat(1025), ..PushConfig::default() }),
                Refused(INVALID, "pushConfig.content"),
            ),
        ],
    );
    let calling = CallingInvite { call_id: "1".into(), invitees: ids(1), push: None };
    table(
        &calling,
        |request| validate::request(&Op::CallingInvite(request)),
        &[
            ("invitees at limit", |r| r.invitees = ids(9), Accepted),
            ("invitees over", |r| r.invitees = ids(10), Refused(INVITEES, "invitees")),
            ("no invitees", |r| r.invitees = Vec::new(), Refused(INVALID, "invitees")),
        ],
    );
    let by_id: [fn(String, String) -> Op; 5] = [
        |call_id, extended_data| Op::CallAccept(CallAccept { call_id, extended_data }),
        |call_id, extended_data| Op::CallReject(CallReject { call_id, extended_data }),
        |call_id, extended_data| Op::CallQuit(CallQuit { call_id, extended_data, push: None }),
        |call_id, extended_data| Op::CallEnd(CallEnd { call_id, extended_data, push: None }),
        |call_id, extended_data| Op::CallJoin(CallJoin { call_id, extended_data }),
    ];
    for op in by_id {
        let check = |id: &str, data: usize| validate::request(&op(id.to_owned(), "e".repeat(data)));
        assert_eq!(check(&"1".repeat(20), 2048), Ok(()));
        assert_eq!(check(&"1".repeat(21), 0).unwrap_err().parameter, "callID");
        assert_eq!(check("", 0).unwrap_err().parameter, "callID");
        assert_eq!(check("1", 2049).unwrap_err().parameter, "extendedData");
    }
    table(
        &QueryCalls { count: 1, next_flag: 0 },
        |request| validate::request(&Op::QueryCalls(request)),
        &[
            ("count 0", |r| r.count = 0, Refused(INVALID, "count")),
            ("nextFlag negative", |r| r.next_flag = -1, Refused(INVALID, "nextFlag")),
        ],
    );
}

fn registration() -> PushRegistration {
    let mut registration = PushRegistration {
        vendor: PushVendor::Apns as i32,
        token: "ab".repeat(32),
        bundle_id: "im.example".into(),
        app_type: 1,
        badge: -1,
        ..PushRegistration::default()
    };
    registration.push_id = push_id::derive(1, &registration);
    registration
}

#[test]
fn push_registrations() {
    let push_id_invalid = ErrorCode::ZpnsModulePushIDInvalid;
    table(
        &registration(),
        |registration| validate::push_registration(&registration),
        &[
            ("push id malformed", |r| r.push_id = "x".into(), Refused(push_id_invalid, "pushID")),
            (
                "reference to a registration the server has",
                |r| {
                    r.vendor = 0;
                    r.token = String::new();
                },
                Accepted,
            ),
            ("vendor missing", |r| r.vendor = 0, Refused(INVALID, "vendor")),
            ("vendor unknown", |r| r.vendor = 99, Refused(INVALID, "vendor")),
            ("token empty", |r| r.token = String::new(), Refused(INVALID, "deviceToken")),
            ("token not hexadecimal", |r| r.token = "../x".into(), Refused(INVALID, "deviceToken")),
            ("token of half a byte", |r| r.token = "abc".into(), Refused(INVALID, "deviceToken")),
            ("token at limit", |r| r.token = "a".repeat(limits::VENDOR_TOKEN_BYTES), Accepted),
            (
                "token over",
                |r| r.token = "a".repeat(limits::VENDOR_TOKEN_BYTES + 2),
                Refused(INVALID, "deviceToken"),
            ),
            (
                "FCM token",
                |r| {
                    r.vendor = PushVendor::Fcm as i32;
                    r.token = "e-1_x:APA91b".into();
                },
                Accepted,
            ),
            (
                "token with a line break",
                |r| {
                    r.vendor = PushVendor::Fcm as i32;
                    r.token = "x\r\ny".into();
                },
                Refused(INVALID, "deviceToken"),
            ),
            (
                "subscription of a browser",
                |r| {
                    r.vendor = PushVendor::Web as i32;
                    let (key, auth) = (format!("BA{}", "A".repeat(85)), "A".repeat(22));
                    r.token = format!(
                        r#"{{"endpoint":"https://push.example/1","keys":{{"p256dh":"{key}","auth":"{auth}"}}}}"#
                    );
                },
                Accepted,
            ),
            (
                "subscription without keys",
                |r| {
                    r.vendor = PushVendor::Web as i32;
                    r.token = r#"{"endpoint":"https://push.example/1"}"#.into();
                },
                Refused(INVALID, "deviceToken"),
            ),
            (
                "token of a browser at Firebase",
                |r| {
                    r.vendor = PushVendor::Web as i32;
                    r.token = "e-1_x:APA91b".into();
                },
                Accepted,
            ),
            ("voip token", |r| r.voip_token = "cd".repeat(32), Accepted),
            ("voip token malformed", |r| r.voip_token = "?".into(), Refused(INVALID, "voipToken")),
            (
                "voip token elsewhere",
                |r| {
                    r.vendor = PushVendor::Fcm as i32;
                    r.voip_token = "cd".into();
                },
                Refused(INVALID, "voipToken"),
            ),
            ("sandbox", |r| r.environment = 1, Accepted),
            ("environment unknown", |r| r.environment = 2, Refused(INVALID, "environment")),
            (
                "sandbox elsewhere",
                |r| {
                    r.vendor = PushVendor::Fcm as i32;
                    r.environment = 1;
                },
                Refused(INVALID, "environment"),
            ),
            ("bundle at limit", |r| r.bundle_id = "b".repeat(255), Accepted),
            ("bundle over", |r| r.bundle_id = "b".repeat(256), Refused(INVALID, "bundleID")),
            ("bundle with a line break", |r| r.bundle_id = "a\nb".into(), Refused(INVALID, "bundleID")),
            ("second set", |r| r.app_type = 2, Accepted),
            ("third set", |r| r.app_type = 3, Refused(INVALID, "appType")),
            ("sdk version at limit", |r| r.sdk_version = "1".repeat(64), Accepted),
            ("sdk version over", |r| r.sdk_version = "1".repeat(65), Refused(INVALID, "sdkVersion")),
            ("badge 0", |r| r.badge = 0, Accepted),
            ("badge under", |r| r.badge = -2, Refused(INVALID, "badge")),
        ],
    );
}

#[test]
fn push_requests() {
    let push_id = registration().push_id;
    let register = RegisterPush { registration: Some(registration()) };
    table(
        &register,
        |request| validate::request(&Op::RegisterPush(request)),
        &[("missing", |r| r.registration = None, Refused(INVALID, "registration"))],
    );
    table(
        &ReportBadge { push_id: push_id.clone(), badge: 0 },
        |request| validate::request(&Op::ReportBadge(request)),
        &[
            ("badge largest", |r| r.badge = 0x7fff_ffff, Accepted),
            ("badge over", |r| r.badge = 0x8000_0000, Refused(INVALID, "badge")),
            (
                "push id malformed",
                |r| r.push_id = String::new(),
                Refused(ErrorCode::ZpnsModulePushIDInvalid, "pushID"),
            ),
        ],
    );
    table(
        &BindPush { push_id: push_id.clone(), user_id: "bob".into(), token: String::new() },
        |request| validate::request(&Op::BindPush(request)),
        &[
            ("token at limit", |r| r.token = "t".repeat(limits::TOKEN_BYTES), Accepted),
            ("token over", |r| r.token = "t".repeat(limits::TOKEN_BYTES + 1), Refused(INVALID, "token")),
            ("no user", |r| r.user_id = String::new(), Refused(INVALID, "userID")),
        ],
    );
    table(
        &UnbindPush { push_id: push_id.clone(), user_id: "bob".into() },
        |request| validate::request(&Op::UnbindPush(request)),
        &[("no user", |r| r.user_id = String::new(), Refused(INVALID, "userID"))],
    );
    assert_eq!(validate::request(&Op::UnregisterPush(UnregisterPush { push_id })), Ok(()));
    table(
        &UpdateUserBadge { badge: 0 },
        |request| validate::request(&Op::UpdateUserBadge(request)),
        &[("badge over", |r| r.badge = u32::MAX, Refused(INVALID, "badge"))],
    );
    fn rule(request: &mut UpdatePushRule) -> &mut PushRule {
        request.rule.as_mut().unwrap()
    }
    table(
        &UpdatePushRule { rule: Some(PushRule::default()) },
        |request| validate::request(&Op::UpdatePushRule(request)),
        &[
            ("missing", |r| r.rule = None, Refused(INVALID, "offlinePushRule")),
            ("known", |r| rule(r).online_platforms = vec![1, 10, 32], Accepted),
            (
                "unknown",
                |r| rule(r).online_platforms = vec![8],
                Refused(INVALID, "offlinePushRule.onlinePlatforms"),
            ),
            (
                "unknown, second list",
                |r| rule(r).not_to_receive_offline_push_platforms = vec![-1],
                Refused(INVALID, "offlinePushRule.notToReceiveOfflinePushPlatforms"),
            ),
            ("longest", |r| rule(r).online_platforms = vec![1; limits::PUSH_RULE_PLATFORMS], Accepted),
            (
                "too long",
                |r| rule(r).online_platforms = vec![1; limits::PUSH_RULE_PLATFORMS + 1],
                Refused(INVALID, "offlinePushRule.onlinePlatforms"),
            ),
        ],
    );
}

#[test]
fn login_and_token() {
    fn user(hello: &mut ClientHello) -> &mut UserSession {
        match hello.session.as_mut().unwrap() {
            Session::User(session) => session,
            Session::Device(_) => panic!("not a user session"),
        }
    }
    let hello = ClientHello {
        protocol: 1,
        app_id: 1,
        device_id: "0123456789abcdef".repeat(2),
        platform: 5,
        sdk_version: "0.1.0".into(),
        token: "04AA".into(),
        session: Some(Session::User(UserSession { user_id: "alice".into(), ..UserSession::default() })),
        ..ClientHello::default()
    };
    table(
        &hello,
        |hello| validate::client_hello(&hello),
        &[
            ("app 0", |h| h.app_id = 0, Refused(ErrorCode::CommonModuleInvalidAppID, "appID")),
            ("device short", |h| h.device_id = "0".repeat(31), Refused(INVALID, "deviceID")),
            ("device upper case", |h| h.device_id = "A".repeat(32), Refused(INVALID, "deviceID")),
            ("platform unknown", |h| h.platform = 8, Refused(INVALID, "platform")),
            ("token at limit", |h| h.token = "t".repeat(limits::TOKEN_BYTES), Accepted),
            ("token over", |h| h.token = "t".repeat(limits::TOKEN_BYTES + 1), Refused(INVALID, "token")),
            ("proof", |h| h.app_sign_proof = vec![0; 32].into(), Accepted),
            ("proof short", |h| h.app_sign_proof = vec![0; 31].into(), Refused(INVALID, "appSign")),
            ("version at limit", |h| h.sdk_version = "1".repeat(64), Accepted),
            ("version over", |h| h.sdk_version = "1".repeat(65), Refused(INVALID, "sdkVersion")),
            ("version with a line break", |h| h.sdk_version = "1\n".into(), Refused(INVALID, "sdkVersion")),
            ("capabilities at limits", |h| h.capabilities = vec!["c".repeat(64); 64], Accepted),
            ("capability over", |h| h.capabilities = vec!["c".repeat(65)], Refused(INVALID, "capabilities")),
            (
                "capabilities over",
                |h| h.capabilities = vec![String::new(); 65],
                Refused(INVALID, "capabilities"),
            ),
            ("no session", |h| h.session = None, Refused(INVALID, "session")),
            ("user id at limit", |h| user(h).user_id = "u".repeat(32), Accepted),
            ("user id over", |h| user(h).user_id = "u".repeat(33), Refused(INVALID, "userID")),
            ("user name at limit", |h| user(h).user_name = "n".repeat(256), Accepted),
            ("user name over", |h| user(h).user_name = "n".repeat(257), Refused(INVALID, "userName")),
            ("status at limit", |h| user(h).custom_status = "s".repeat(64), Accepted),
            ("status over", |h| user(h).custom_status = "s".repeat(65), Refused(INVALID, "customStatus")),
            ("cursor of no epoch", |h| user(h).cursor = 1, Refused(INVALID, "cursor")),
            (
                "push is checked",
                |h| user(h).push = Some(PushRegistration::default()),
                Refused(ErrorCode::ZpnsModulePushIDInvalid, "pushID"),
            ),
            ("push", |h| user(h).push = Some(registration()), Accepted),
            (
                "device session",
                |h| h.session = Some(Session::Device(DeviceSession { push: Some(registration()) })),
                Accepted,
            ),
            (
                "device session without push",
                |h| h.session = Some(Session::Device(DeviceSession::default())),
                Accepted,
            ),
            (
                "device session with bad push",
                |h| {
                    h.session =
                        Some(Session::Device(DeviceSession { push: Some(PushRegistration::default()) }));
                },
                Refused(ErrorCode::ZpnsModulePushIDInvalid, "pushID"),
            ),
        ],
    );
    table(
        &RenewToken { token: "04AA".into() },
        |request| validate::request(&Op::RenewToken(request)),
        &[
            ("empty", |r| r.token = String::new(), Refused(INVALID, "token")),
            ("over", |r| r.token = "t".repeat(limits::TOKEN_BYTES + 1), Refused(INVALID, "token")),
        ],
    );
    assert_eq!(validate::request(&Op::Logout(Logout {})), Ok(()));
}

#[test]
fn nothing_is_directed_at_oneself() {
    let send = Op::SendMessage(message());
    assert_eq!(validate::not_to_self("alice", &send), Ok(()));
    let invalid = validate::not_to_self("bob", &send).unwrap_err();
    assert_eq!((invalid.code, invalid.parameter), (INVALID, "toConversationID"));

    let mut group = message();
    m(&mut group).conversation_type = 2;
    assert_eq!(
        validate::not_to_self("bob", &Op::SendMessage(group)),
        Ok(()),
        "a group may be called like a user"
    );

    let call = Op::CallInvite(CallInvite { invitees: ids(2), ..CallInvite::default() });
    assert_eq!(validate::not_to_self("user1", &call).unwrap_err().parameter, "invitees");
    let more = Op::CallingInvite(CallingInvite { invitees: ids(2), ..CallingInvite::default() });
    assert_eq!(validate::not_to_self("user0", &more).unwrap_err().parameter, "invitees");
}
