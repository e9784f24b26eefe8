//! Who is pushed: do-not-disturb and mentions, the user's own rule, several devices and apps, calls, badges.

use serde_json::{Value, json};
use zim_core::model::{
    CallCancelConfig, CallEndConfig, CallInvitationMode, CallInviteConfig, ConversationNotificationStatus,
    ConversationType, GroupAdvancedConfig, GroupInfo, MessageSendConfig, PushConfig, UserOfflinePushRule,
};
use zim_tests::{Kind, Phone, Recorded, Settings, World, alert, text, until, wait};

const MUTE: ConversationNotificationStatus = ConversationNotificationStatus::DoNotDisturb;
const KINDS: [Kind; 7] =
    [Kind::Iphone, Kind::Android, Kind::Huawei, Kind::HarmonyOs, Kind::Xiaomi, Kind::Oppo, Kind::Vivo];

fn multi() -> World {
    World::with(Settings { multi_device: "multi", ..Settings::default() })
}

/// A registered device of a user; it stays on.
fn device(world: &World, user: &str, name: &str, kind: Kind) -> Phone {
    let mut phone = world.phone(name, kind);
    let push_id = phone.register_push();
    phone.login(user);
    until("binding", || world.bound(user).contains(&push_id).then_some(()));
    phone
}

fn vendor(kind: Kind) -> &'static str {
    match kind {
        Kind::Iphone => "apns",
        Kind::Android => "fcm",
        Kind::Huawei => "huawei",
        Kind::HarmonyOs => "harmonyos",
        Kind::Xiaomi => "xiaomi",
        Kind::Oppo => "oppo",
        _ => "vivo",
    }
}

/// All a vendor got, when there are this many.
fn pushed(world: &World, vendor: &str, count: usize) -> Vec<Recorded> {
    match vendor {
        "apns" => world.apns(count),
        "fcm" => world.fcm(count),
        maker => world.maker(maker, count),
    }
}

/// The text a device shows.
fn shown(request: &Recorded) -> &str {
    let places = [
        "/aps/alert/body",
        "/message/notification/body",
        "/message/android/notification/body",
        "/payload/notification/body",
        "/description",
        "/notification/content",
        "/content",
    ];
    places.iter().find_map(|place| request.body.pointer(place)?.as_str()).unwrap_or_default()
}

fn team(owner: &Phone, members: &[&str]) -> String {
    let members = members.iter().map(|&member| member.to_owned()).collect();
    let created =
        wait(owner.client().create_group(GroupInfo::default(), members, GroupAdvancedConfig::default()));
    created.unwrap().group_info.base_info.group_id
}

#[test]
fn a_muted_conversation_is_silent_except_for_a_mention_that_wants_to_be_heard() {
    let world = World::start();
    let alice = world.online("alice");
    let mut bob = device(&world, "bob", "bob-phone", Kind::Xiaomi);
    let group = team(&alice, &["bob"]);
    let mute = |id: &str, kind| wait(bob.client().set_conversation_notification_status(MUTE, id, kind));
    alice.send_to_group(text("first"), &group, None);
    alice.send(text("first"), "bob", None);
    assert_eq!(bob.events.texts(2).len(), 2);
    mute(&group, ConversationType::Group).unwrap();
    mute("alice", ConversationType::Peer).unwrap();
    world.power_off(&mut bob);

    alice.send(text("peer"), "bob", Some(alert("alice", "peer")));
    alice.send_to_group(text("group"), &group, Some(alert("team", "group")));
    let mention = |words: &str, heard: bool| {
        let mut message = text(words);
        message.mentioned_user_ids = vec!["bob".into()];
        let config = MessageSendConfig {
            push_config: Some(alert("team", words)),
            is_notify_mentioned_users: heard,
            ..MessageSendConfig::default()
        };
        wait(alice.client().send_message(message, &group, ConversationType::Group, config)).unwrap();
    };
    mention("quiet mention", false);
    mention("mention", true);
    assert_eq!(shown(&world.maker("xiaomi", 1)[0]), "mention");
    let silenced = world.push_log("bob").into_iter().filter(|row| row.outcome == "do_not_disturb").count();
    assert_eq!(silenced, 3, "each one that was not pushed says why");
}

#[test]
fn every_offline_device_gets_its_own_push_by_its_own_vendor() {
    let world = multi();
    let mut devices: Vec<_> = KINDS
        .iter()
        .map(|kind| (*kind, device(&world, "bob", &format!("bob-{}", vendor(*kind)), *kind)))
        .collect();
    let alice = world.online("alice");
    for (_, phone) in &mut devices {
        world.power_off(phone);
    }
    alice.send(text("hello"), "bob", Some(alert("alice", "hello")));
    for (kind, phone) in &devices {
        let requests = pushed(&world, vendor(*kind), 1);
        assert_eq!((requests[0].token.clone(), shown(&requests[0])), (phone.vendor_token(), "hello"));
    }
    // One device is back: it acknowledges, the others are still pushed to.
    world.forget_pushes();
    devices.iter_mut().filter(|(kind, _)| *kind == Kind::Xiaomi).for_each(|(_, phone)| phone.power_on());
    until("session", || (world.sessions() == 2).then_some(()));
    alice.send(text("again"), "bob", Some(alert("alice", "again")));
    for (kind, _) in devices.iter().filter(|(kind, _)| *kind != Kind::Xiaomi) {
        assert_eq!(shown(&pushed(&world, vendor(*kind), 1)[0]), "again");
    }
    world.until_logged("bob", "acknowledged");
    assert_eq!(world.maker("xiaomi", 0), []);
}

#[test]
fn the_users_rule_silences_platforms_while_another_one_is_online() {
    let world = multi();
    let mut phone = device(&world, "bob", "bob-vivo", Kind::Vivo);
    let mut tablet = device(&world, "bob", "bob-iphone", Kind::Iphone);
    let mut desktop = world.phone("bob-desktop", Kind::Desktop);
    desktop.login("bob");
    // While a Linux desktop (5) is online, Android (3) is quiet; the iPhone is not.
    let rule =
        UserOfflinePushRule { online_platforms: vec![5], not_to_receive_offline_push_platforms: vec![3] };
    wait(desktop.client().update_user_offline_push_rule(rule)).unwrap();
    world.power_off(&mut phone);
    world.power_off(&mut tablet);
    let alice = world.online("alice");
    alice.send(text("one"), "bob", Some(alert("alice", "one")));
    assert_eq!(shown(&world.apns(1)[0]), "one");
    let row = world.until_logged("bob", "user_rule");
    assert_eq!(
        row.push_id,
        world.push_log("bob").iter().find(|row| row.outcome == "user_rule").unwrap().push_id
    );
    assert_eq!(world.maker("vivo", 0), []);
    // A rule replaces the one before it completely.
    wait(desktop.client().update_user_offline_push_rule(UserOfflinePushRule::default())).unwrap();
    alice.send(text("two"), "bob", Some(alert("alice", "two")));
    assert_eq!(shown(&world.maker("vivo", 1)[0]), "two");
}

#[test]
fn each_app_of_a_user_is_pushed_to_with_its_own_certificate() {
    let world = World::with(Settings { multi_device: "multi", second_set: true, ..Settings::default() });
    let mut phones = Vec::new();
    for (name, kind, second) in [
        ("iphone", Kind::Iphone, false),
        ("iphone-of-second-app", Kind::Iphone, true),
        ("xiaomi", Kind::Xiaomi, false),
        ("xiaomi-of-second-app", Kind::Xiaomi, true),
    ] {
        let mut phone = world.phone(name, kind);
        if second {
            phone.use_second_app();
        }
        let push_id = phone.register_push();
        phone.login("bob");
        until("binding", || world.bound("bob").contains(&push_id).then_some(()));
        phones.push(phone);
    }
    for phone in &mut phones {
        world.power_off(phone);
    }
    world.online("alice").send(text("hello"), "bob", Some(alert("alice", "hello")));
    let mut topics: Vec<_> = world
        .apns(2)
        .iter()
        .map(|request| (request.token.clone(), request.header("apns-topic").unwrap_or_default().to_owned()))
        .collect();
    topics.sort();
    let mut expected = vec![
        (phones[0].vendor_token(), zim_tests::BUNDLE_ID.to_owned()),
        (phones[1].vendor_token(), zim_tests::SECOND_BUNDLE_ID.to_owned()),
    ];
    expected.sort();
    assert_eq!(topics, expected);
    let packages = [("xiaomi", 2, zim_tests::PACKAGE), ("xiaomi-2", 3, zim_tests::SECOND_PACKAGE)];
    for (double, phone, package) in packages {
        let request = world.maker(double, 1).remove(0);
        assert_eq!(request.token, phones[phone].vendor_token());
        assert_eq!(request.body["restricted_package_name"], package);
    }
}

/// How long the vendor keeps a push, in seconds.
fn lives_s(request: &Recorded) -> i64 {
    let body = &request.body;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(at) = request.header("apns-expiration") {
        return at.parse::<i64>().unwrap() - zim_tests::now_ms() / 1_000;
    }
    if let Some(ttl) = text(&body["message"]["android"]["ttl"]) {
        return ttl.trim_end_matches('s').parse().unwrap();
    }
    if let Some(ms) = text(&body["time_to_live"]) {
        return ms.parse::<i64>().unwrap() / 1_000;
    }
    let places = ["/notification/off_line_ttl", "/timeToLive", "/pushOptions/ttl"];
    places.iter().find_map(|place| body.pointer(place)?.as_i64()).unwrap()
}

#[test]
fn a_calls_push_lives_as_long_as_it_rings_and_its_end_goes_to_who_was_rung() {
    let world = multi();
    let mut phones: Vec<_> = KINDS.iter().map(|kind| world.offline(vendor(*kind), *kind)).collect();
    // Registered, and online when the call begins: it is not sent the invitation's push.
    let mut erin = device(&world, "erin", "erin-phone", Kind::Xiaomi);
    let alice = world.online("alice");
    let mut invitees: Vec<String> = KINDS.iter().map(|kind| vendor(*kind).to_owned()).collect();
    invitees.push("erin".into());
    let config = CallInviteConfig {
        timeout: 100,
        mode: CallInvitationMode::Advanced,
        push_config: Some(PushConfig { resources_id: "loud".into(), ..alert("alice", "calls you") }),
        ..CallInviteConfig::default()
    };
    let call_id = wait(alice.client().call_invite(invitees.clone(), config)).unwrap().call_id;
    for kind in KINDS {
        let request = pushed(&world, vendor(kind), 1).remove(0);
        let lives = lives_s(&request);
        assert!((60..=100).contains(&lives), "{kind:?} keeps the call's push for {lives} s");
        assert!(request.raw_body.windows(call_id.len()).any(|part| part == call_id.as_bytes()), "{kind:?}");
    }
    world.until_logged("erin", "acknowledged");
    world.power_off(&mut erin);
    world.forget_pushes();

    // Cancelled for some, ended for the rest.
    let cancelled: Vec<String> = ["apns", "xiaomi", "erin"].map(str::to_owned).to_vec();
    let config =
        CallCancelConfig { push_config: Some(alert("alice", "never mind")), ..CallCancelConfig::default() };
    wait(alice.client().call_cancel(cancelled, &call_id, config)).unwrap();
    for kind in [Kind::Iphone, Kind::Xiaomi] {
        assert_eq!(shown(&pushed(&world, vendor(kind), 1)[0]), "never mind");
    }
    world.until_logged("erin", "no_invite_push");
    let config = CallEndConfig { push_config: Some(alert("alice", "over")), ..CallEndConfig::default() };
    wait(alice.client().call_end(&call_id, config)).unwrap();
    for kind in [Kind::Android, Kind::Huawei, Kind::HarmonyOs, Kind::Oppo, Kind::Vivo] {
        assert_eq!(shown(&pushed(&world, vendor(kind), 1)[0]), "over");
    }
    for kind in [Kind::Iphone, Kind::Xiaomi] {
        assert_eq!(pushed(&world, vendor(kind), 1).len(), 1, "the cancelled hear no more of it");
    }
    phones.clear();
}

#[test]
fn badges_add_up_and_are_clamped_for_each_vendor() {
    let world = multi();
    let mut phones = Vec::new();
    for kind in KINDS {
        let phone = device(&world, vendor(kind), &format!("{}-phone", vendor(kind)), kind);
        phones.push((kind, phone));
    }
    phones[0].1.zpns().set_badge(7).unwrap();
    let base = || world.admin("GET", "/admin/v1/users/apns/push-ids", None).1["push_ids"][0]["badge"].clone();
    until("badge", || (base() == json!(7)).then_some(()));
    for (_, phone) in &mut phones {
        world.power_off(phone);
    }
    let alice = world.online("alice");
    let badge = |request: &Recorded| {
        let body = &request.body;
        let places = [
            "/aps/badge",
            "/message/android/notification/notificationCount",
            "/message/android/notification/badge/add_num",
            "/payload/notification/badge/addNum",
        ];
        places.iter().find_map(|place| body.pointer(place).cloned())
    };
    for (turn, (increment, on_apple, on_google)) in [
        (Some(3), Some(10), Some(3)),
        // More than 99 counts as 99, less than nothing as nothing.
        (Some(150), Some(109), Some(99)),
        (Some(-5), Some(109), None),
        // No badge, no change.
        (None, None, None),
        (Some(1), Some(110), Some(1)),
    ]
    .into_iter()
    .enumerate()
    {
        for kind in KINDS {
            let config = PushConfig {
                enable_badge: increment.is_some(),
                badge_increment: increment.unwrap_or(50),
                ..alert("alice", "counted")
            };
            alice.send(text("counted"), vendor(kind), Some(config));
            let request = pushed(&world, vendor(kind), turn + 1).remove(turn);
            let expected = match kind {
                Kind::Iphone => on_apple,
                // They add on the device, too.
                Kind::Android | Kind::Huawei | Kind::HarmonyOs => on_google,
                // Xiaomi counts itself; OPPO and vivo need the vendor's permission.
                _ => None,
            };
            assert_eq!(badge(&request), expected.map(|count| json!(count)), "{kind:?} {increment:?}");
            assert!(!request.raw_body.windows(6).any(|part| part == b"badge_"), "{kind:?}");
        }
    }
    // What only sets a number goes to those that have such a push.
    world.forget_pushes();
    for kind in KINDS {
        let mut desktop = world.phone(&format!("{}-desktop", vendor(kind)), Kind::Desktop);
        desktop.login(vendor(kind));
        wait(desktop.client().update_user_badge(2)).unwrap();
    }
    assert_eq!(world.apns(1)[0].body["aps"], json!({ "badge": 2 }));
    let huawei = world.maker("huawei", 1).remove(0);
    let notification = &huawei.body["message"]["android"]["notification"];
    assert_eq!(notification["badge"]["set_num"], 2);
    assert_eq!(notification.get("title"), None);
    let harmony = world.maker("harmonyos", 1).remove(0);
    assert_eq!(harmony.body["payload"]["notification"], json!({ "badge": { "setNum": 2 } }));
    let sets = [Kind::Iphone, Kind::Huawei, Kind::HarmonyOs];
    for kind in KINDS.iter().filter(|kind| !sets.contains(kind)) {
        world.until_logged(vendor(*kind), "not_supported");
        assert_eq!(world.requests(vendor(*kind)), Some(vec![]));
    }
}
