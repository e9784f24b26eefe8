//! One frame of every kind, each field with a value of its own, so that a renumbered field changes the bytes.

use zim_proto::v1::client_hello::Session;
use zim_proto::v1::event::Kind;
use zim_proto::v1::frame::Body;
use zim_proto::v1::request::Op;
use zim_proto::v1::response::Result as Answer;
use zim_proto::v1::{self, *};

/// Name of the golden file and the frame it holds.
pub(crate) type Sample = (String, Body);

pub(crate) fn all() -> Vec<Sample> {
    let mut samples = connection();
    samples.extend(
        requests()
            .into_iter()
            .map(|(name, op)| (format!("request_{name}"), Body::Request(Request { id: 77, op: Some(op) }))),
    );
    samples.extend(answers().into_iter().map(|(name, result)| {
        (format!("response_{name}"), Body::Response(Response { id: 77, result: Some(result) }))
    }));
    samples.extend(events().into_iter().map(|(name, kind)| {
        let event = Event { time: 1_700_000_000_001, kind: Some(kind) };
        (format!("event_{name}"), Body::Events(EventBatch { first_seq: 9, events: vec![event], skipped: 0 }))
    }));
    let skip = EventBatch { first_seq: 9, events: Vec::new(), skipped: 4 };
    samples.push(("events_skipped".into(), Body::Events(skip)));
    samples.extend(
        [
            ("signal_command_message", signal::Kind::CommandMessage(message())),
            ("signal_broadcast_message", signal::Kind::BroadcastMessage(message())),
            ("signal_token_will_expire", signal::Kind::TokenWillExpire(TokenWillExpire { second: 30 })),
        ]
        .map(|(name, kind)| (name.to_owned(), Body::Signal(Signal { kind: Some(kind) }))),
    );
    samples
}

fn connection() -> Vec<Sample> {
    let user = UserSession {
        user_id: "alice".into(),
        user_name: "Alice".into(),
        cursor: 41,
        inbox_epoch: 3,
        resume: true,
        push: Some(registration()),
        custom_status: "busy".into(),
    };
    let hello = ClientHello {
        protocol: 1,
        capabilities: vec!["zip".into()],
        app_id: 7,
        device_id: "0123456789abcdef".repeat(2),
        platform: 5,
        sdk_version: "0.1.0".into(),
        token: "04AA".into(),
        app_sign_proof: vec![0x5a; 32].into(),
        session: Some(Session::User(user)),
    };
    let device = ClientHello {
        session: Some(Session::Device(DeviceSession { push: Some(registration()) })),
        ..hello.clone()
    };
    let welcome = Welcome {
        error: None,
        session_id: "s1".into(),
        user: Some(user_info("alice")),
        token_expire_at: 1_700_000_100_000,
        inbox_epoch: 3,
        inbox_head: 50,
        cursor: 41,
        fresh: true,
        conversations: vec![state()],
        active_calls: vec![call()],
        push_rule: Some(rule()),
        server_time: 1_700_000_000_000,
        ack_timeout_ms: 5000,
    };
    let refused = Welcome { error: Some(error()), ..Welcome::default() };
    let goodbye =
        Goodbye { reason: GoodbyeReason::ServerDraining as i32, text: "restart".into(), retry_after_ms: 250 };
    [
        (
            "server_hello",
            Body::ServerHello(ServerHello {
                protocol_min: 1,
                protocol_max: 2,
                challenge: vec![0xc4; 32].into(),
                server_time: 1_700_000_000_000,
                max_frame_bytes: 1 << 20,
                heartbeat_ms: 10_000,
                capabilities: vec!["zip".into(), "zap".into()],
                server_version: "0.1.0".into(),
            }),
        ),
        ("client_hello_user", Body::ClientHello(hello)),
        ("client_hello_device", Body::ClientHello(device)),
        ("welcome", Body::Welcome(welcome)),
        ("welcome_refused", Body::Welcome(refused)),
        ("ack", Body::Ack(Ack { seq: 50 })),
        ("ping", Body::Ping(Ping { nonce: 11 })),
        ("pong", Body::Pong(Pong { nonce: 11 })),
        ("goodbye", Body::Goodbye(goodbye)),
    ]
    .map(|(name, body)| (name.to_owned(), body))
    .into()
}

fn requests() -> Vec<(&'static str, Op)> {
    let (conversation_type, conversation_id) = (2, "team".to_owned());
    let group_id = || "team".to_owned();
    let call_id = || "4611686018427387904".to_owned();
    let data = || "data".to_owned();
    let invitees = || vec!["bob".to_owned(), "carol".to_owned()];
    let push = || Some(push_config());
    let push_id = || registration().push_id;
    vec![
        (
            "send_message",
            Op::SendMessage(SendMessage {
                message: Some(message()),
                push: push(),
                notify_mentioned_users: true,
            }),
        ),
        (
            "revoke_message",
            Op::RevokeMessage(RevokeMessage {
                conversation_type,
                conversation_id: conversation_id.clone(),
                message_seq: 12,
                message_id: 1001,
                extended_data: data(),
                push: push(),
            }),
        ),
        (
            "query_history",
            Op::QueryHistory(QueryHistory {
                conversation_type,
                conversation_id: conversation_id.clone(),
                before_seq: 90,
                after_seq: 10,
                count: 30,
                ascending: true,
            }),
        ),
        (
            "clear_unread",
            Op::ClearUnread(ClearUnread {
                conversation_type,
                conversation_id: conversation_id.clone(),
                read_seq: 12,
            }),
        ),
        ("clear_all_unread", Op::ClearAllUnread(ClearAllUnread {})),
        (
            "set_notification_status",
            Op::SetNotificationStatus(SetNotificationStatus {
                conversation_type,
                conversation_id: conversation_id.clone(),
                status: 2,
            }),
        ),
        (
            "query_conversation",
            Op::QueryConversation(QueryConversation { conversation_type, conversation_id }),
        ),
        ("create_group", Op::CreateGroup(CreateGroup { group: Some(group()), user_ids: invitees() })),
        ("join_group", Op::JoinGroup(JoinGroup { group_id: group_id() })),
        (
            "invite_into_group",
            Op::InviteIntoGroup(InviteIntoGroup { group_id: group_id(), user_ids: invitees() }),
        ),
        ("leave_group", Op::LeaveGroup(LeaveGroup { group_id: group_id() })),
        ("dismiss_group", Op::DismissGroup(DismissGroup { group_id: group_id() })),
        ("query_group", Op::QueryGroup(QueryGroup { group_id: group_id() })),
        (
            "query_group_members",
            Op::QueryGroupMembers(QueryGroupMembers { group_id: group_id(), next_flag: 100, count: 50 }),
        ),
        (
            "call_invite",
            Op::CallInvite(CallInvite {
                invitees: invitees(),
                mode: 1,
                timeout_s: 60,
                extended_data: data(),
                enable_not_received_check: true,
                push: push(),
                client_id: 5,
            }),
        ),
        (
            "call_cancel",
            Op::CallCancel(CallCancel {
                call_id: call_id(),
                invitees: invitees(),
                extended_data: data(),
                push: push(),
            }),
        ),
        ("call_accept", Op::CallAccept(CallAccept { call_id: call_id(), extended_data: data() })),
        ("call_reject", Op::CallReject(CallReject { call_id: call_id(), extended_data: data() })),
        (
            "calling_invite",
            Op::CallingInvite(CallingInvite { call_id: call_id(), invitees: invitees(), push: push() }),
        ),
        ("call_quit", Op::CallQuit(CallQuit { call_id: call_id(), extended_data: data(), push: push() })),
        ("call_end", Op::CallEnd(CallEnd { call_id: call_id(), extended_data: data(), push: push() })),
        ("call_join", Op::CallJoin(CallJoin { call_id: call_id(), extended_data: data() })),
        ("query_calls", Op::QueryCalls(QueryCalls { count: 20, next_flag: 99 })),
        ("update_user_badge", Op::UpdateUserBadge(UpdateUserBadge { badge: 2 })),
        ("update_push_rule", Op::UpdatePushRule(UpdatePushRule { rule: Some(rule()) })),
        ("renew_token", Op::RenewToken(RenewToken { token: "04BB".into() })),
        ("logout", Op::Logout(Logout {})),
        ("register_push", Op::RegisterPush(RegisterPush { registration: Some(registration()) })),
        ("unregister_push", Op::UnregisterPush(UnregisterPush { push_id: push_id() })),
        ("report_badge", Op::ReportBadge(ReportBadge { push_id: push_id(), badge: 3 })),
        (
            "bind_push",
            Op::BindPush(BindPush { push_id: push_id(), user_id: "alice".into(), token: "04AA".into() }),
        ),
        ("unbind_push", Op::UnbindPush(UnbindPush { push_id: push_id(), user_id: "alice".into() })),
    ]
}

fn answers() -> Vec<(&'static str, Answer)> {
    let errors = || vec![ErrorUser { user_id: "dave".into(), reason: 6_000_011 }];
    vec![
        ("error", Answer::Error(error())),
        ("done", Answer::Done(Done {})),
        (
            "message_sent",
            Answer::MessageSent(MessageSent {
                message_id: 1001,
                message_seq: 12,
                timestamp: 1_700_000_000_002,
            }),
        ),
        (
            "message_revoked",
            Answer::MessageRevoked(MessageRevoked { message: Some(revoked()), device_id: String::new() }),
        ),
        ("history", Answer::History(History { messages: vec![message()], head_seq: 12 })),
        ("conversation", Answer::Conversation(v1::Conversation { state: Some(state()) })),
        (
            "group_created",
            Answer::GroupCreated(GroupCreated {
                group: Some(group()),
                members: vec![member()],
                errors: errors(),
            }),
        ),
        ("group_joined", Answer::GroupJoined(GroupJoined { group: Some(group()) })),
        ("group_invited", Answer::GroupInvited(GroupInvited { members: vec![member()], errors: errors() })),
        ("group_info", Answer::GroupInfo(GroupInfo { group: Some(group()) })),
        ("group_members", Answer::GroupMembers(GroupMembers { members: vec![member()], next_flag: 200 })),
        (
            "call_invited",
            Answer::CallInvited(CallInvited {
                call_id: "1".into(),
                timeout_s: 60,
                errors: errors(),
                call: Some(call()),
            }),
        ),
        ("call_cancelled", Answer::CallCancelled(CallCancelled { error_invitees: vec!["bob".into()] })),
        ("calling_invited", Answer::CallingInvited(CallingInvited { errors: errors() })),
        ("call_times", Answer::CallTimes(CallTimes { create_time: 1, accept_time: 2, leave_time: 3 })),
        (
            "call_joined",
            Answer::CallJoined(CallJoined {
                create_time: 1,
                join_time: 2,
                extended_data: "data".into(),
                users: vec![call_user()],
            }),
        ),
        ("calls", Answer::Calls(Calls { calls: vec![call()], next_flag: 99 })),
        ("token_renewed", Answer::TokenRenewed(TokenRenewed { expire_at: 1_700_000_200_000 })),
    ]
}

fn events() -> Vec<(&'static str, Kind)> {
    let read = || ConversationRead { conversation_type: 2, conversation_id: "team".into(), read_seq: 12 };
    vec![
        ("message", Kind::Message(message())),
        ("conversation_read", Kind::ConversationRead(read())),
        (
            "all_conversations_read",
            Kind::AllConversationsRead(AllConversationsRead { conversations: vec![read()] }),
        ),
        (
            "conversation_notification",
            Kind::ConversationNotification(ConversationNotification {
                conversation_type: 2,
                conversation_id: "team".into(),
                status: 2,
            }),
        ),
        (
            "group",
            Kind::Group(GroupEvent {
                group: Some(group()),
                cause: GroupCause::Invited as i32,
                members: vec![member()],
                operator: Some(member()),
                self_affected: true,
            }),
        ),
        (
            "call",
            Kind::Call(CallEvent {
                kind: CallEventKind::UserState as i32,
                call: Some(call()),
                users: vec![call_user()],
                operator: "bob".into(),
                extended_data: "data".into(),
                device_id: "d1".into(),
            }),
        ),
        ("push_rule", Kind::PushRule(rule())),
        (
            "message_revoked",
            Kind::MessageRevoked(MessageRevoked { message: Some(revoked()), device_id: "d1".into() }),
        ),
    ]
}

fn revoked() -> Message {
    let revocation = Revocation {
        revoke_type: 0,
        time: 1_700_000_000_003,
        operator_user_id: "alice".into(),
        original_type: 1,
        original_text: "hello".into(),
        extended_data: "data".into(),
        status: 4,
    };
    Message { r#type: 31, body: Vec::new().into(), revocation: Some(revocation), ..message() }
}

fn error() -> v1::Error {
    v1::Error {
        code: 6_000_001,
        message: "must not be empty".into(),
        parameter: "toConversationID".into(),
        retry_after_ms: 100,
    }
}

fn user_info(id: &str) -> UserInfo {
    UserInfo {
        user_id: id.into(),
        user_name: "Alice".into(),
        avatar_url: "https://im.example/a.png".into(),
        extended_data: "u".into(),
    }
}

fn rule() -> PushRule {
    PushRule { online_platforms: vec![1, 4], not_to_receive_offline_push_platforms: vec![2, 3] }
}

fn push_config() -> PushConfig {
    PushConfig {
        title: "title".into(),
        content: "content".into(),
        payload: "{\"a\":1}".into(),
        resources_id: "resources".into(),
        thread_id: "thread".into(),
        enable_badge: true,
        badge_increment: 4,
        voip: Some(VoipConfig { handle_type: 2, handle_value: "+123".into(), has_video: true }),
        private_message_template: Some(PrivateMessageTemplate {
            template_id: "template".into(),
            title_parameters: "{\"t\":1}".into(),
            content_parameters: "{\"c\":1}".into(),
        }),
    }
}

fn registration() -> PushRegistration {
    PushRegistration {
        push_id: format!("z1.{}", "A".repeat(43)),
        vendor: PushVendor::Apns as i32,
        token: "ab".repeat(32),
        voip_token: "cd".repeat(32),
        environment: PushEnvironment::Sandbox as i32,
        bundle_id: "im.example".into(),
        app_type: 2,
        sdk_version: "0.1.0".into(),
        badge: -1,
        debug: true,
    }
}

fn message() -> Message {
    Message {
        r#type: 200,
        message_id: 1001,
        local_message_id: 2002,
        message_seq: 12,
        sender_user_id: "alice".into(),
        conversation_type: 2,
        conversation_id: "team".into(),
        timestamp: 1_700_000_000_002,
        body: "hello, 世界".into(),
        sub_type: 9,
        searched_content: "hello".into(),
        extended_data: "m".into(),
        has_receipt: true,
        disable_unread: true,
        priority: 2,
        mentioned_user_ids: vec!["bob".into()],
        is_mention_all: true,
        is_server_message: true,
        sender_device_id: "d1".into(),
        revocation: None,
        targets: None,
    }
}

fn state() -> ConversationState {
    ConversationState {
        conversation_type: 2,
        conversation_id: "team".into(),
        name: "Team".into(),
        avatar_url: "https://im.example/t.png".into(),
        unread: 3,
        read_seq: 9,
        head_seq: 12,
        last_message: Some(message()),
        notification_status: 2,
        disabled: true,
    }
}

fn group() -> Group {
    Group {
        group_id: "team".into(),
        name: "Team".into(),
        avatar_url: "https://im.example/t.png".into(),
        notice: "welcome".into(),
        // One entry: the order of more is not defined.
        attributes: [("k".to_owned(), "v".to_owned())].into(),
        create_time: 1_700_000_000_003,
        max_member_count: 500,
        join_mode: 1,
        invite_mode: 1,
        be_invite_mode: 1,
    }
}

fn member() -> GroupMember {
    GroupMember {
        user: Some(user_info("bob")),
        nickname: "Bobby".into(),
        role: 3,
        enter_time: 1_700_000_000_004,
        enter_type: 2,
    }
}

fn call_user() -> CallUser {
    CallUser { user_id: "bob".into(), state: -1, extended_data: "data".into(), inviter: "alice".into() }
}

fn call() -> Call {
    Call {
        call_id: "4611686018427387904".into(),
        mode: 1,
        caller: "alice".into(),
        extended_data: "data".into(),
        timeout_s: 60,
        create_time: 1_700_000_000_005,
        end_time: 1_700_000_000_006,
        state: 1,
        users: vec![call_user()],
    }
}
