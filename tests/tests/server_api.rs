//! The server API: an app's backend registers users, sends with `OfflinePush`, starts calls and reaches everybody.

use serde_json::{Value, json};
use std::time::Duration;
use zim_core::model::Event;
use zim_tests::{Kind, Settings, Signed, World, body, text, until};

fn ok(answer: &Value) -> &Value {
    assert_eq!(answer["Code"], 0, "{answer}");
    assert_eq!(answer["Message"], "success");
    assert!(answer["RequestId"].as_str().is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit())));
    answer
}

fn register(world: &World, users: &[&str]) {
    let users: Vec<Value> =
        users.iter().map(|id| json!({ "UserId": id, "UserName": format!("{id}!") })).collect();
    ok(&world.server_api("UserRegister", &json!({ "UserInfo": users })));
}

fn message(text: &str) -> Value {
    json!({ "Message": text, "OfflinePush": { "Enable": 1, "Title": "backend", "Content": text, "Payload": "{}" } })
}

#[test]
fn a_call_is_proven_before_anything_else() {
    let world = World::start();
    let good = Signed::new("QueryUserInfos");
    let with = |change: fn(&mut Signed)| {
        let mut signed = good.clone();
        change(&mut signed);
        world.server_api_signed("GET", &signed, "&UserIds[]=nobody", None)["Code"].clone()
    };
    assert_eq!(with(|it| it.app_id = "one".into()), 100_000_001);
    assert_eq!(with(|it| it.timestamp.clear()), 100_000_002);
    assert_eq!(with(|it| it.timestamp = "now".into()), 100_000_003);
    assert_eq!(with(|it| it.timestamp = "1615186943".into()), 100_000_004);
    assert_eq!(with(|it| it.signature = "0".repeat(32)), 100_000_005);
    assert_eq!(with(|it| it.nonce = "0123456789abcdef".into()), 100_000_005);
    assert_eq!(with(|it| it.action.clear()), 100_000_006);
    assert_eq!(with(|it| it.nonce.clear()), 100_000_008);
    assert_eq!(with(|it| it.signature.clear()), 100_000_009);
    assert_eq!(with(|it| it.version.clear()), 100_000_013);
    assert_eq!(with(|it| it.version = "1.0".into()), 100_000_014);
    assert_eq!(with(|it| it.app_id = "77".into()), 100_000_016);
    // The first good call spends the nonce; its replay is refused.
    assert_eq!(with(|_| {}), 660_700_012);
    assert_eq!(with(|_| {}), 100_000_005);
    assert_eq!(world.server_api("MakeCoffee", &json!({}))["Code"], 100_000_007);
    let (status, answer) =
        world.admin("POST", &Signed::new("UserRegister").path(""), Some(&json!(["no object"])));
    assert_eq!((status, &answer["Code"]), (200, &json!(2)));
}

//
#[test]
fn a_user_registered_by_the_backend_has_messages_but_no_push_before_a_first_login() {
    let world = World::start();
    register(&world, &["operator", "bob"]);
    let again =
        world.server_api("UserRegister", &json!({ "UserInfo": [{ "UserId": "bob" }, { "UserId": "eve" }] }));
    assert_eq!(ok(&again)["ErrorList"][0]["SubCode"], 660_700_002);
    let wrong = world.server_api("UserRegister", &json!({ "UserInfo": [{ "UserId": "x".repeat(33) }] }));
    assert_eq!(
        (&wrong["Code"], &wrong["ErrorList"][0]["SubCode"]),
        (&json!(660_000_002), &json!(660_000_002))
    );
    let infos = world.server_api("QueryUserInfos", &json!({ "UserIds": ["bob", "nobody"] }));
    assert_eq!(ok(&infos)["Result"][0]["UserName"], "bob!");
    assert_eq!(infos["ErrorList"][0], json!({ "UserId": "nobody", "SubCode": 660_700_012 }));

    let sent = world.server_api(
        "SendPeerMessage",
        &json!({ "FromUserId": "operator", "ToUserId": ["bob", "nobody"], "MessageType": 1, "Priority": 2,
                 "MessageBody": message("welcome") }),
    );
    assert_eq!(ok(&sent)["SuccList"][0]["MsgSeq"], 1);
    assert_eq!(sent["ErrorList"], json!([{ "UserId": "nobody", "SubCode": 660_800_001 }]));
    world.until_logged("bob", "never_logged_in");
    let bob = world.online("bob");
    let history = zim_tests::wait(bob.client().query_history_message(
        "operator",
        zim_core::model::ConversationType::Peer,
        zim_core::model::MessageQueryConfig { count: 10, ..Default::default() },
    ));
    let history = history.unwrap();
    assert_eq!((history.len(), body(&history[0])), (1, "welcome".to_owned()));
    assert!(history[0].is_server_message);
}

#[test]
fn a_message_of_the_backend_is_pushed_and_arrives_once() {
    let world = World::start();
    let operator = world.online("operator");
    let mut bob = world.offline("bob", Kind::Android);
    let state =
        world.server_api_get("QueryUserOnlineState", "&UserId[]=bob&UserId[]=operator&UserId[]=nobody");
    assert_eq!(
        ok(&state)["Result"],
        json!([{ "UserId": "bob", "Status": "Offline" }, { "UserId": "operator", "Status": "Online" }])
    );
    assert_eq!(state["ErrorList"][0]["SubCode"], 660_200_001);
    let send = |text: &str, unaware: u32| {
        let call = json!({ "FromUserId": "operator", "ToUserId": ["bob"], "MessageType": 1, "Priority": 1,
                           "MessageBody": message(text), "SenderUnaware": unaware });
        ok(&world.server_api("SendPeerMessage", &call));
    };
    send("seen by the sender", 0);
    send("not seen by the sender", 1);
    let mut shown: Vec<String> = world
        .fcm(2)
        .iter()
        .map(|push| push.body["message"]["notification"]["body"].as_str().unwrap().to_owned())
        .collect();
    shown.sort();
    assert_eq!(shown, ["not seen by the sender", "seen by the sender"]);
    assert_eq!(operator.events.texts(1), ["seen by the sender"]);
    bob.power_on();
    assert_eq!(bob.events.texts(2), ["seen by the sender", "not seen by the sender"]);
    assert!(bob.events.messages(2).iter().all(|message| message.is_server_message));
    assert_eq!(operator.events.texts(1).len(), 1);

    let base64 = json!({ "FromUserId": "operator", "ToUserId": ["bob"], "MessageType": 2, "Priority": 1,
                         "MessageBody": { "Message": "Z28=", "IsBase64": 1 } });
    let command = world.server_api("SendPeerMessage", &base64);
    assert!(ok(&command)["SuccList"][0].get("MsgSeq").is_none(), "commands have no number");
    assert_eq!(bob.events.messages(3).len(), 3);
}

#[test]
fn the_backend_recalls_what_a_user_sent_to_another() {
    let world = World::start();
    register(&world, &["operator", "carol"]);
    let bob = world.offline("bob", Kind::Android);
    let send = |text: &str| {
        let call = json!({ "FromUserId": "operator", "ToUserId": ["bob"], "MessageType": 1, "Priority": 1,
                           "MessageBody": { "Message": text } });
        ok(&world.server_api("SendPeerMessage", &call))["SuccList"][0]["MsgSeq"].clone()
    };
    let revoke = |seq: &Value, change: fn(&mut Value)| {
        let mut call =
            json!({ "FromUserId": "operator", "ToUserId": "bob", "MsgSeq": seq, "Payload": "why" });
        change(&mut call);
        world.server_api("RevokePeerMessage", &call)
    };
    let seq = send("a mistake");
    for (change, code, named) in [
        ((|call| call["FromUserId"] = json!("nobody")) as fn(&mut Value), 660_500_002, "acting user"),
        (|call| call["ToUserId"] = json!("nobody"), 660_800_001, "peer"),
        (|call| call["ToUserId"] = json!("operator"), 660_600_030, "ToUserId"),
        (|call| call["ToUserId"] = json!("carol"), 660_000_022, "no such message"),
        (|call| call["MsgSeq"] = json!(99), 660_000_022, "no such message"),
        (|call| call["MsgSeq"] = json!(0), 660_000_002, "MsgSeq"),
        (|call| call["MsgSeq"] = json!(-1), 660_000_002, "MsgSeq"),
        (|call| call["MsgSeq"] = json!(null), 660_000_002, "MsgSeq"),
        (|call| call["Payload"] = json!("x".repeat(201)), 660_000_002, "Payload"),
        (
            |call| call["OfflinePush"] = json!({ "Enable": 1, "Title": "x".repeat(300) }),
            660_000_002,
            "OfflinePush.Title",
        ),
        (
            |call| {
                call["FromUserId"] = json!("bob");
                call["ToUserId"] = json!("operator");
            },
            660_000_026,
            "not the user's",
        ),
    ] {
        let answer = revoke(&seq, change);
        assert_eq!(answer["Code"], code, "{answer}");
        assert!(answer["Message"].as_str().unwrap().contains(named), "{named:?} in {answer}");
    }
    ok(&revoke(&seq, |call| call["Payload"] = json!("x".repeat(200))));
    assert_eq!(revoke(&seq, |_| ())["Code"], 660_000_023);
    assert!(world.fcm(0).is_empty(), "neither message nor recall asked for a push");

    let pushed = send("another");
    ok(&revoke(&pushed, |call| {
        call["OfflinePush"] = json!({ "Enable": 1, "Title": "operator", "Content": "recalled a message" });
    }));
    let push = world.fcm(1).remove(0);
    assert_eq!(push.body["message"]["notification"]["body"], "recalled a message");
    assert_eq!(push.body["message"]["token"], json!(bob.vendor_token()));
    assert!(world.until_logged("bob", "delivered").subject.starts_with("revoke:"));
}

#[test]
fn the_backend_recalls_in_a_group_only_what_the_named_member_sent() {
    let world = World::start();
    register(&world, &["owner", "dave", "outsider"]);
    let made = json!({ "GroupOwner": "owner", "GroupId": "team", "GroupName": "Team", "UserId": ["dave"] });
    ok(&world.server_api("CreateGroup", &made));
    let message = json!({ "FromUserId": "dave", "GroupId": "team", "MessageType": 1, "Priority": 1,
                          "MessageBody": { "Message": "a mistake" } });
    let seq = ok(&world.server_api("SendGroupMessage", &message))["MsgSeq"].clone();
    let revoke = |from: &str, group: &str, seq: &Value| {
        let call = json!({ "FromUserId": from, "GroupId": group, "MsgSeq": seq, "Payload": "why" });
        world.server_api("RevokeGroupMessage", &call)["Code"].clone()
    };
    assert_eq!(revoke("owner", "team", &seq), 660_000_026, "the owner's rank is for the owner's devices");
    assert_eq!(revoke("outsider", "team", &seq), 660_600_008);
    assert_eq!(revoke("dave", "missing", &seq), 660_600_001);
    assert_eq!(revoke("dave", "team", &json!(2)), 660_000_022);
    assert_eq!(revoke("dave", "team", &json!(seq.to_string())), 0, "a number may be text");
    assert_eq!(revoke("dave", "team", &seq), 660_000_023);
}

#[test]
fn the_server_says_until_when_a_message_is_recalled() {
    let never = Settings { more_limits: "revoke_window_s = 0".into(), ..Settings::default() };
    let world = World::with(never);
    register(&world, &["operator", "bob"]);
    let message = json!({ "FromUserId": "operator", "ToUserId": ["bob"], "MessageType": 1, "Priority": 1,
                          "MessageBody": { "Message": "for ever" } });
    let seq = ok(&world.server_api("SendPeerMessage", &message))["SuccList"][0]["MsgSeq"].clone();
    let revoke = json!({ "FromUserId": "operator", "ToUserId": "bob", "MsgSeq": seq });
    assert_eq!(world.server_api("RevokePeerMessage", &revoke)["Code"], 660_000_024);
}

#[test]
fn groups_are_made_filled_and_emptied_by_the_backend() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let carol = world.online("carol");
    register(&world, &["owner", "dave"]);
    let made = world.server_api(
        "CreateGroup",
        &json!({ "GroupOwner": "owner", "GroupId": "team", "GroupName": "Team", "UserId": ["bob", "nobody"] }),
    );
    assert_eq!((&ok(&made)["GroupId"], made["Members"].as_array().map(Vec::len)), (&json!("team"), Some(2)));
    assert_eq!(made["ErrorUsers"][0], json!({ "UserId": "nobody", "SubCode": 660_700_012 }));
    let twice = world.server_api("CreateGroup", &json!({ "GroupOwner": "owner", "GroupId": "team" }));
    assert_eq!(twice["Code"], 660_600_011);
    let orphan = world.server_api("CreateGroup", &json!({ "GroupOwner": "nobody" }));
    assert_eq!(orphan["Code"], 660_600_013);
    let invite = json!({ "FromUserId": "owner", "GroupId": "team", "UserIds": ["carol", "dave"] });
    ok(&world.server_api("InviteUsersIntoGroup", &invite));
    let group_message = json!({ "FromUserId": "owner", "GroupId": "team", "MessageType": 1, "Priority": 1,
                                "MessageBody": message("to all of you") });
    assert!(ok(&world.server_api("SendGroupMessage", &group_message))["MsgId"].as_u64() > Some(0));
    assert_eq!(carol.events.texts(1), ["to all of you"]);
    assert_eq!(world.apns(1)[0].token, bob.vendor_token());

    let page = world.server_api("QueryGroupMemberList", &json!({ "GroupId": "team", "Limit": 3 }));
    assert_eq!((&ok(&page)["TotalCount"], &page["Next"]), (&json!(4), &json!(3)));
    assert_eq!(
        (&page["MemberList"][0]["UserId"], &page["MemberList"][0]["Role"]),
        (&json!("owner"), &json!(1))
    );
    let kick = |ids: Value| {
        world.server_api(
            "KickoutGroupUser",
            &json!({ "FromUserId": "owner", "GroupId": "team", "UserId": ids }),
        )
    };
    ok(&kick(json!(["carol"])));
    carol.events.first("carol is told", |event| match event {
        Event::GroupStateChanged { event: zim_core::model::GroupEvent::KickedOut, .. } => Some(()),
        _ => None,
    });
    assert_eq!(kick(json!(["carol"]))["Code"], 660_600_033);
    let mut outsider = group_message.clone();
    outsider["FromUserId"] = json!("carol");
    assert_eq!(world.server_api("SendGroupMessage", &outsider)["Code"], 660_600_024);
    assert_eq!(world.server_api_get("DismissGroup", "&FromUserId=bob&GroupId=team")["Code"], 660_600_032);
    ok(&world.server_api_get("DismissGroup", "&FromUserId=owner&GroupId=team"));
    assert_eq!(world.server_api("SendGroupMessage", &group_message)["Code"], 660_600_001);
}

#[test]
fn a_group_message_is_for_the_members_that_the_backend_names() {
    let world = World::start();
    let bob = world.online("bob");
    let carol = world.offline("carol", Kind::Android);
    register(&world, &["owner"]);
    let made = json!({ "GroupOwner": "owner", "GroupId": "team", "UserId": ["bob", "carol"] });
    ok(&world.server_api("CreateGroup", &made));
    let send = |text: &str, change: fn(&mut Value)| {
        let mut call = json!({ "FromUserId": "owner", "GroupId": "team", "MessageType": 1, "Priority": 1,
                               "MessageBody": message(text) });
        change(&mut call);
        world.server_api("SendGroupMessage", &call)
    };
    let refused = |change: fn(&mut Value)| send("refused", change)["Code"].clone();
    assert_eq!(refused(|call| call["SendMsgOptions"] = json!({ "TargetOption": {} })), 660_000_002);
    assert_eq!(
        refused(|call| {
            call["SendMsgOptions"] =
                json!({ "TargetOption": { "ReceiverUserIds": ["owner", "eve"], "Inclusive": true } });
        }),
        660_600_024
    );
    assert_eq!(
        refused(|call| {
            call["SendMsgOptions"] =
                json!({ "TargetOption": { "ReceiverUserIds": ["bob"], "Inclusive": true } });
            call["MessageBody"]["HasReceipt"] = json!(1);
        }),
        660_000_002
    );
    ok(&send("to carol", |call| {
        call["SendMsgOptions"] =
            json!({ "TargetOption": { "ReceiverUserIds": ["carol"], "Inclusive": true } });
    }));
    ok(&send("to all but carol", |call| {
        call["SendMsgOptions"] = json!({ "TargetOption": { "ReceiverUserIds": ["carol"] } });
    }));
    ok(&send("to all", |_| ()));
    assert_eq!(bob.events.texts(2), ["to all but carol", "to all"]);
    let mut shown: Vec<_> =
        world.fcm(2).iter().map(|push| push.body["message"]["notification"]["body"].clone()).collect();
    shown.sort_by_key(Value::to_string);
    assert_eq!(shown, ["to all", "to carol"]);
    drop(carol);
}

#[test]
fn a_call_of_the_backend_rings_is_pushed_and_is_answered() {
    let world = World::start();
    register(&world, &["desk"]);
    let mut bob = world.offline("bob", Kind::Android);
    let invite = |users: Value| {
        let push = json!({ "Enable": 1, "Title": "desk", "Content": "calls", "Payload": "p" });
        world.server_api(
            "CallInvite",
            &json!({ "FromUserId": "desk", "UserIds": users, "Timeout": 60, "OfflinePush": push }),
        )
    };
    assert_eq!(invite(json!(["nobody"]))["Code"], 660_900_003);
    let call = invite(json!(["bob"]));
    let call_id = ok(&call)["CallId"].as_str().unwrap().to_owned();
    assert!(call["CreateTime"].as_i64() > Some(0));
    assert_eq!(world.fcm(1)[0].body["message"]["data"]["call_id"], json!(call_id));
    bob.power_on();
    bob.events.first("the call rings", |event| match event {
        Event::CallInvitationReceived { call_id: id, .. } if *id == call_id => Some(()),
        _ => None,
    });
    let answer = |action: &str, user: &str, id: &str| {
        world.server_api_get(action, &format!("&FromUserId={user}&CallId={id}"))["Code"].clone()
    };
    assert_eq!(answer("CallAccept", "bob", "1"), 660_900_004);
    assert_eq!(answer("CallAccept", "nobody", &call_id), 660_500_002);
    assert_eq!(answer("CallAccept", "bob", &call_id), 0);
    let second = invite(json!(["bob"]));
    assert_eq!(answer("CallReject", "bob", ok(&second)["CallId"].as_str().unwrap()), 0);
}

#[test]
fn a_silenced_conversation_is_not_pushed() {
    let world = World::start();
    register(&world, &["operator"]);
    let _bob = world.offline("bob", Kind::Android);
    let silence = |enable: bool| {
        let call = json!({ "FromUserId": "bob", "ConvType": 0, "ConvIds": ["operator"], "Enable": enable });
        ok(&world.server_api("SilenceConvNotification", &call));
    };
    let send = |text: &str| {
        let call = json!({ "FromUserId": "operator", "ToUserId": ["bob"], "MessageType": 1, "Priority": 1,
                           "MessageBody": message(text) });
        ok(&world.server_api("SendPeerMessage", &call));
    };
    silence(true);
    send("quiet");
    world.until_logged("bob", "do_not_disturb");
    silence(false);
    send("loud");
    assert_eq!(world.fcm(1)[0].body["message"]["notification"]["body"], "loud");
}

#[test]
fn everybody_is_reached_by_broadcast_and_push() {
    let world = World::with(Settings { multi_device: "multi", ..Settings::default() });
    let alice = world.online("alice");
    let bob = world.offline("bob", Kind::Android);
    register(&world, &["operator"]);
    let send = |text: &str, push_type: u32| {
        let call = json!({ "FromUserId": "operator", "MessageType": 1, "PushType": push_type,
                           "MessageBody": message(text) });
        // One a second is the published rate: the next call waits until it is let in.
        until("a call within the rate", || {
            let answer = world.server_api("SendMessageToAllUsers", &call);
            if answer["Code"] == 660_500_003 {
                std::thread::park_timeout(Duration::from_millis(50));
                return None;
            }
            ok(&answer);
            Some(())
        });
    };
    send("no push", 0);
    send("for who is away", 1);
    let broadcasts = alice.events.wait("both broadcasts", |events| {
        let told: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::BroadcastMessageReceived { message } => Some(message.clone()),
                _ => None,
            })
            .collect();
        (told.len() == 2).then_some(told)
    });
    assert!(
        broadcasts.iter().all(|message| message.is_broadcast_message && message.sender_user_id == "operator")
    );
    let pushes = world.fcm(1);
    assert_eq!((pushes.len(), &pushes[0].token), (1, &bob.vendor_token()));
    assert_eq!(pushes[0].body["message"]["notification"]["body"], "for who is away");
    assert!(world.until_logged("bob", "delivered").subject.starts_with("broadcast:"));
    assert!(alice.events.texts(0).is_empty(), "a broadcast belongs to no conversation");
}

#[test]
fn faults_name_the_parameter() {
    let world = World::start();
    register(&world, &["operator", "bob"]);
    let send = |change: fn(&mut Value)| {
        let mut call = json!({ "FromUserId": "operator", "ToUserId": ["bob"], "MessageType": 1, "Priority": 1,
                               "MessageBody": { "Message": "x" } });
        change(&mut call);
        let answer = world.server_api("SendPeerMessage", &call);
        (answer["Code"].as_u64().unwrap(), answer["Message"].as_str().unwrap().to_owned())
    };
    for (change, code, named) in [
        ((|call| call["FromUserId"] = json!(7)) as fn(&mut Value), 660_000_002, "FromUserId"),
        (|call| call["FromUserId"] = json!("nobody"), 660_500_002, "acting user"),
        (|call| call["ToUserId"] = json!("bob"), 660_000_002, "ToUserId"),
        (|call| call["ToUserId"] = json!([]), 660_000_002, "ToUserId"),
        (|call| call["ToUserId"] = json!(vec!["x"; 101]), 660_000_011, "ToUserId"),
        (|call| call["ToUserId"] = json!(["operator"]), 660_600_030, "ToUserId"),
        (|call| call["MessageType"] = json!(11), 660_000_002, "MessageType"),
        (|call| call["Priority"] = json!(9), 660_000_002, "Priority"),
        (|call| call["MessageBody"] = json!({}), 660_000_002, "MessageBody.Message"),
        (
            |call| call["MessageBody"]["Message"] = json!("x".repeat(40_000)),
            660_400_001,
            "MessageBody.Message",
        ),
        (
            |call| {
                call["MessageType"] = json!(2);
                call["MessageBody"] = json!({ "Message": "%", "IsBase64": 1 });
            },
            660_000_025,
            "MessageBody.Message",
        ),
        (
            |call| {
                let title = "t".repeat(300);
                call["MessageBody"]["OfflinePush"] = json!({ "Enable": 1, "Title": title });
            },
            660_000_002,
            "OfflinePush.Title",
        ),
    ] {
        let (found, text) = send(change);
        assert_eq!(found, code, "{text}");
        assert!(text.contains(named), "{named:?} in {text:?}");
    }
    let alice = world.online("alice");
    alice.send(text("the server works"), "bob", None);
}
