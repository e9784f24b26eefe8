//! Every vendor's double gets exact requests for a message, a group message, a call, a silent push, a VoIP call, a badge
//! and a grouped push, in one run; and what it got is what the device's app is told.

use serde_json::{Value, json};
use zim_core::model::{CallInviteConfig, GroupAdvancedConfig, GroupInfo, PushConfig, VoIPConfig};
use zim_tests::{BUNDLE_ID, Kind, PACKAGE, Phone, Recorded, World, alert, text, wait};
use zpns_core::Vendor;

/// The intents behind which the client library raises its click event, as the original console wants them.
const SDK_INTENT: &str =
    "intent://im.zego.zpns.click_notification/detail#Intent;scheme=pushscheme;launchFlags=0x4000000;end";
const OPPO_ACTIVITY: &str = "im.zego.zpns.ZPNsOpenClickedActivity";
/// PushKit's token of the iPhone.
const VOIP_TOKEN: &[u8; 32] = b"voip-token-of-the-phone-32-bytes";

/// A vendor, a phone of its, and what it has to get.
struct Row {
    name: &'static str,
    kind: Kind,
    vendor: Vendor,
    /// The request of a scenario; `None` where the vendor has no such push.
    expected: fn(Scenario, &Seen) -> Option<Value>,
    /// What of the request reaches the app on the device.
    arrives: fn(&Value) -> Value,
}

const ROWS: [Row; 8] = [
    Row { name: "apns", kind: Kind::Iphone, vendor: Vendor::Apns, expected: apns, arrives: Value::clone },
    Row { name: "fcm", kind: Kind::Android, vendor: Vendor::Fcm, expected: fcm, arrives: fcm_arrives },
    Row {
        name: "huawei",
        kind: Kind::Huawei,
        vendor: Vendor::Huawei,
        expected: huawei,
        arrives: huawei_arrives,
    },
    Row {
        name: "harmonyos",
        kind: Kind::HarmonyOs,
        vendor: Vendor::HarmonyOs,
        expected: harmonyos,
        arrives: harmonyos_arrives,
    },
    Row {
        name: "xiaomi",
        kind: Kind::Xiaomi,
        vendor: Vendor::Xiaomi,
        expected: xiaomi,
        arrives: xiaomi_arrives,
    },
    Row { name: "oppo", kind: Kind::Oppo, vendor: Vendor::Oppo, expected: oppo, arrives: oppo_arrives },
    Row { name: "vivo", kind: Kind::Vivo, vendor: Vendor::Vivo, expected: vivo, arrives: vivo_arrives },
    Row { name: "web", kind: Kind::Subscriber, vendor: Vendor::Web, expected: web, arrives: Value::clone },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scenario {
    Message,
    Group,
    Call,
    Silent,
    Voip,
    Badge,
    Grouped,
    /// Nothing but the number.
    OnlyBadge,
}

use Scenario::{Badge, Call, Group, Grouped, Message, OnlyBadge, Silent, Voip};

const ALL: [Scenario; 8] = [Message, Group, Call, Silent, Voip, Badge, Grouped, OnlyBadge];

impl Scenario {
    /// What the sender asks for.
    fn config(self) -> PushConfig {
        let plain = PushConfig { payload: "P".into(), ..alert("T", "C") };
        match self {
            Message | Group | Call | OnlyBadge => plain,
            Silent => PushConfig { resources_id: "quiet".into(), ..plain },
            Voip => PushConfig {
                resources_id: "calls".into(),
                voip_config: Some(VoIPConfig {
                    ios_voip_handle_value: "alice".into(),
                    ios_voip_has_video: true,
                    ..VoIPConfig::default()
                }),
                ..plain
            },
            Badge => PushConfig { enable_badge: true, badge_increment: 3, ..plain },
            Grouped => PushConfig { thread_id: "chat".into(), resources_id: "loud".into(), ..plain },
        }
    }
}

/// What differs from run to run, as the service gave it.
struct Seen {
    body: Value,
    token: String,
    request_id: String,
    call_id: String,
}

impl Seen {
    /// `zego` as JSON text.
    fn zego(&self) -> String {
        let request_id = &self.request_id;
        match self.call_id.as_str() {
            "" => format!(r#"{{"version":1,"zpns_request_id":"{request_id}"}}"#),
            call_id => format!(r#"{{"version":1,"zpns_request_id":"{request_id}","call_id":"{call_id}"}}"#),
        }
    }

    /// Payload, `call_id` and `zego`, with their keys after `prefix`.
    fn custom(&self, prefix: &str) -> serde_json::Map<String, Value> {
        let mut map = serde_json::Map::new();
        map.insert(format!("{prefix}payload"), json!("P"));
        if !self.call_id.is_empty() {
            map.insert(format!("{prefix}call_id"), json!(self.call_id));
        }
        map.insert(format!("{prefix}zego"), json!(self.zego()));
        map
    }

    /// A value that only has to look right.
    fn own(&self, place: &str) -> Value {
        self.body.pointer(place).cloned().unwrap_or_else(|| panic!("{place} is missing in {}", self.body))
    }
}

fn with(mut object: Value, more: impl IntoIterator<Item = (String, Value)>) -> Value {
    object.as_object_mut().expect("an object").extend(more);
    object
}

fn apns(scenario: Scenario, seen: &Seen) -> Option<Value> {
    let request_id = &seen.request_id;
    let zego = json!({ "version": 1, "zpns_request_id": request_id });
    let notification = json!({ "alert": { "title": "T", "body": "C" }, "sound": "default", "payload": "P" });
    let aps = match scenario {
        Message | Group | Call => notification,
        Silent => json!({ "content-available": 1, "payload": "P" }),
        Badge => with(notification, [("badge".into(), json!(3))]),
        Grouped => json!({
            "alert": { "title": "T", "body": "C" }, "sound": "ring.caf", "payload": "P", "thread-id": "chat",
            "mutable-content": 1
        }),
        OnlyBadge => return Some(json!({ "aps": { "badge": 2 }, "zego": zego })),
        Voip => {
            let call = json!({
                "aps": { "alert": { "title": "T", "body": "C" }, "payload": "P" }, "payload": "P",
                "call_id": seen.call_id,
                "zego": {
                    "version": 1, "zpns_request_id": request_id, "voip_has_video": true, "voip_handle_type": 1,
                    "voip_handle_value": "alice"
                }
            });
            return Some(call);
        }
    };
    let body = json!({ "aps": aps, "payload": "P", "zego": zego });
    Some(if scenario == Call { with(body, [("call_id".into(), json!(seen.call_id))]) } else { body })
}

fn fcm(scenario: Scenario, seen: &Seen) -> Option<Value> {
    let mut android = json!({ "priority": "NORMAL", "ttl": seen.own("/message/android/ttl") });
    let shown = match scenario {
        OnlyBadge => return None,
        Silent => false,
        Voip => {
            android["priority"] = json!("HIGH");
            false
        }
        Call => {
            android["priority"] = json!("HIGH");
            true
        }
        Badge => {
            android["notification"] = json!({ "notificationCount": 3 });
            true
        }
        Grouped => {
            android["priority"] = json!("HIGH");
            android["notification"] = json!({ "channelId": "chat", "sound": "ring" });
            true
        }
        Message | Group => true,
    };
    let data = with(json!({ "title": "T", "body": "C" }), seen.custom(""));
    let mut message = json!({ "token": seen.token, "data": data, "android": android });
    if shown {
        message["notification"] = json!({ "title": "T", "body": "C" });
    }
    Some(json!({ "message": message }))
}

fn huawei(scenario: Scenario, seen: &Seen) -> Option<Value> {
    const CLASS: &str = "com.example.app.MainActivity";
    let mut custom = seen.custom("");
    let mut android = json!({
        "ttl": seen.own("/message/android/ttl"), "bi_tag": seen.request_id, "target_user_type": 0
    });
    let mut shown =
        json!({ "title": "T", "body": "C", "tag": seen.request_id, "click_action": { "type": 3 } });
    match scenario {
        Grouped => {
            android["category"] = json!("IM");
            shown["channel_id"] = json!("chat");
            let zego = seen.zego().replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
            let zego = zego.replace(':', "%3A").replace(',', "%2C");
            let head = SDK_INTENT.strip_suffix("end").unwrap();
            let intent = format!("{head}S.payload=P;S.zego={zego};end");
            shown["click_action"] = json!({ "type": 1, "intent": intent });
        }
        Voip => android["category"] = json!("VOIP"),
        Badge => shown["badge"] = json!({ "class": CLASS, "add_num": 3 }),
        OnlyBadge => {
            custom.remove("payload");
            shown = json!({ "badge": { "class": CLASS, "set_num": 2 } });
        }
        Message | Group | Call | Silent => {}
    }
    android["notification"] = shown;
    let data = Value::Object(custom).to_string();
    Some(json!({ "message": { "data": data, "android": android, "token": [seen.token] } }))
}

fn harmonyos(scenario: Scenario, seen: &Seen) -> Option<Value> {
    let data = Value::Object(seen.custom(""));
    let mut shown = json!({
        "category": "IM", "title": "T", "body": "C", "appMessageId": seen.request_id,
        "clickAction": { "actionType": 0, "data": data }
    });
    match scenario {
        Grouped => {
            shown["clickAction"]["actionType"] = json!(1);
            shown["clickAction"]["uri"] = json!("https://example.com/chat");
        }
        Badge => shown["badge"] = json!({ "addNum": 3 }),
        OnlyBadge => shown = json!({ "badge": { "setNum": 2 } }),
        Message | Group | Call | Silent | Voip => {}
    }
    let mut payload = json!({ "notification": shown });
    if matches!(scenario, Silent | Voip) {
        let mut data = with(data, [("title".into(), json!("T")), ("body".into(), json!("C"))]);
        if scenario == Voip {
            let caller = r#","voip_has_video":true,"voip_handle_type":1,"voip_handle_value":"alice"}"#;
            data["zego"] = json!(seen.zego().replace('}', caller));
        }
        payload = json!({ "extraData": data.to_string() });
    }
    let options = json!({ "ttl": seen.own("/pushOptions/ttl"), "biTag": seen.request_id });
    Some(json!({ "payload": payload, "target": { "token": [seen.token] }, "pushOptions": options }))
}

fn xiaomi(scenario: Scenario, seen: &Seen) -> Option<Value> {
    let effect = |effect: &str| vec![("extra.notify_effect".to_owned(), json!(effect))];
    let more = match scenario {
        OnlyBadge => return None,
        Grouped => vec![
            ("extra.channel_id".into(), json!("chat")),
            ("extra.channel_name".into(), json!("Chat")),
            ("extra.notify_effect".into(), json!("2")),
            ("extra.intent_uri".into(), json!(SDK_INTENT)),
        ],
        Voip => [effect("1"), vec![("extra.channel_id".into(), json!("calls"))]].concat(),
        _ => effect("1"),
    };
    let form = json!({
        "registration_id": seen.token, "restricted_package_name": PACKAGE, "title": "T", "description": "C",
        "payload": "P", "pass_through": "0", "notify_type": "-1", "notify_id": seen.own("/notify_id"),
        "time_to_live": seen.own("/time_to_live"), "extra.jobkey": seen.own("/extra.jobkey")
    });
    Some(with(with(form, seen.custom("extra.")), more))
}

fn oppo(scenario: Scenario, seen: &Seen) -> Option<Value> {
    let more = match scenario {
        OnlyBadge => return None,
        Grouped => vec![
            ("click_action_type", json!(4)),
            ("click_action_activity", json!(OPPO_ACTIVITY)),
            ("channel_id", json!("chat")),
            ("category", json!("IM")),
            ("notify_level", json!(2)),
        ],
        Voip => vec![("category", json!("IM")), ("notify_level", json!(16))],
        _ => Vec::new(),
    };
    let parameters = Value::Object(seen.custom("")).to_string();
    let notification = json!({
        "app_message_id": seen.request_id, "title": "T", "content": "C", "style": 1, "click_action_type": 0,
        "action_parameters": parameters, "off_line": true, "off_line_ttl": seen.own("/notification/off_line_ttl")
    });
    let more = more.into_iter().map(|(name, value)| (name.to_owned(), value));
    Some(json!({
        "target_type": 2, "target_value": seen.token, "verify_registration_id": true,
        "notification": with(notification, more)
    }))
}

fn vivo(scenario: Scenario, seen: &Seen) -> Option<Value> {
    let more = match scenario {
        OnlyBadge => return None,
        Grouped => vec![
            ("skipType", json!(4)),
            ("skipContent", json!(SDK_INTENT)),
            ("category", json!("IM")),
            ("classification", json!(1)),
        ],
        Voip => vec![("category", json!("IM"))],
        _ => Vec::new(),
    };
    let message = json!({
        "appId": 100_004, "regId": seen.token, "notifyType": 4, "title": "T", "content": "C",
        "timeToLive": seen.own("/timeToLive"), "skipType": 1, "clientCustomMap": seen.custom(""),
        "requestId": seen.request_id, "pushMode": 0
    });
    Some(with(message, more.into_iter().map(|(name, value)| (name.to_owned(), value))))
}

/// What the receiver decrypts.
fn web(scenario: Scenario, seen: &Seen) -> Option<Value> {
    let mut zego = json!({ "version": 1, "zpns_request_id": seen.request_id });
    let mut more = Vec::new();
    match scenario {
        OnlyBadge => return None,
        Silent => more.push(("silent", json!(true))),
        Badge => more.push(("badge_increment", json!(3))),
        Grouped => more.push(("thread", json!("chat"))),
        Call => more.push(("call_id", json!(seen.call_id))),
        Voip => {
            more.push(("call_id", json!(seen.call_id)));
            zego["voip_has_video"] = json!(true);
            zego["voip_handle_type"] = json!(1);
            zego["voip_handle_value"] = json!("alice");
        }
        Message | Group => {}
    }
    let message = json!({ "title": "T", "body": "C", "payload": "P", "zego": zego });
    Some(with(message, more.into_iter().map(|(name, value)| (name.to_owned(), value))))
}

fn fcm_arrives(body: &Value) -> Value {
    json!({ "notification": body["message"]["notification"], "data": body["message"]["data"] })
}

fn huawei_arrives(body: &Value) -> Value {
    json!({ "data": body["message"]["data"] })
}

fn harmonyos_arrives(body: &Value) -> Value {
    let payload = &body["payload"];
    match payload["extraData"].as_str() {
        // What the app's receiver gets.
        Some(data) => serde_json::from_str(data).unwrap(),
        // The ability that a tap starts.
        None => json!({ "want": { "parameters": payload["notification"]["clickAction"]["data"] } }),
    }
}

fn xiaomi_arrives(body: &Value) -> Value {
    let extra: serde_json::Map<String, Value> = body
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.strip_prefix("extra.")?.to_owned(), value.clone())))
        .collect();
    json!({ "title": body["title"], "description": body["description"], "extra": extra })
}

fn oppo_arrives(body: &Value) -> Value {
    let notification = &body["notification"];
    json!({
        "title": notification["title"], "content": notification["content"],
        "dataExtra": notification["action_parameters"]
    })
}

fn vivo_arrives(body: &Value) -> Value {
    // The launch intent's extras.
    body["clientCustomMap"].clone()
}

/// What runs from sender to vendor for one scenario; returns the call's id, if it is one.
fn send(scenario: Scenario, alice: &Phone, desktop: &Phone, user: &str, group: &str) -> String {
    let config = Some(scenario.config());
    match scenario {
        Group => drop(alice.send_to_group(text("hello"), group, config)),
        OnlyBadge => wait(desktop.client().update_user_badge(2)).unwrap(),
        Call | Voip => {
            let config = CallInviteConfig { push_config: config, ..CallInviteConfig::default() };
            return wait(alice.client().call_invite(vec![user.into()], config)).unwrap().call_id;
        }
        _ => drop(alice.send(text("hello"), user, config)),
    }
    String::new()
}

// covers: A-14, C-21, C-22, C-23, C-24, F-07
#[test]
fn every_vendor_gets_exact_requests_for_every_kind_of_push() {
    let world = World::with(zim_tests::Settings { multi_device: "multi", ..zim_tests::Settings::default() });
    let alice = world.online("alice");
    for row in &ROWS {
        let mut phone = world.phone(&format!("{}-phone", row.name), row.kind);
        if row.kind == Kind::Iphone {
            phone.zpns().set_voip_token(VOIP_TOKEN, false);
        }
        let push_id = phone.register_push();
        phone.login(row.name);
        world.until_bound(row.name, &push_id);
        if row.kind == Kind::Iphone {
            phone.zpns().set_badge(0).unwrap();
            let path = format!("/admin/v1/users/{}/push-ids", row.name);
            let badge = || world.admin("GET", &path, None).1["push_ids"][0]["badge"].clone();
            zim_tests::until("badge", || (badge() == json!(0)).then_some(()));
        }
        world.power_off(&mut phone);
        let members = vec![row.name.to_owned()];
        let created =
            wait(alice.client().create_group(GroupInfo::default(), members, GroupAdvancedConfig::default()));
        let group = created.unwrap().group_info.base_info.group_id;
        let mut desktop = world.phone(&format!("{}-desktop", row.name), Kind::Desktop);
        desktop.login(row.name);
        world.forget_pushes();

        let mut count = 0;
        for scenario in ALL {
            let call_id = send(scenario, &alice, &desktop, row.name, &group);
            if (row.expected)(scenario, &probe(row)).is_none() {
                // A browser is no mobile device: `updateUserBadge` does not even look at it.
                if row.vendor != Vendor::Web {
                    world.until_logged(row.name, "not_supported");
                }
                assert_eq!(world.requests(row.name).unwrap().len(), count, "{} {scenario:?}", row.name);
                continue;
            }
            count += 1;
            let requests = world.wait_for(row.name, count).unwrap().unwrap();
            assert_eq!(requests.len(), count, "{} {scenario:?}", row.name);
            let request = &requests[count - 1];
            check(row, scenario, &phone, request, call_id, &world);
        }
    }
}

/// Enough to ask whether a vendor has a kind of push at all.
fn probe(row: &Row) -> Seen {
    let body = match row.name {
        "fcm" | "huawei" => json!({ "message": { "android": { "ttl": "" } } }),
        "harmonyos" => json!({ "pushOptions": { "ttl": 0 } }),
        "oppo" => json!({ "notification": { "off_line_ttl": 0 } }),
        _ => json!({ "notify_id": "", "time_to_live": "", "extra.jobkey": "", "timeToLive": 0 }),
    };
    Seen { body, token: String::new(), request_id: String::new(), call_id: String::new() }
}

fn check(row: &Row, scenario: Scenario, phone: &Phone, request: &Recorded, call_id: String, world: &World) {
    let name = format!("{} {scenario:?}", row.name);
    let accepted = if row.vendor == Vendor::Web { 201 } else { 200 };
    assert_eq!((&request.violation, request.status), (&None, accepted), "{name}: {}", request.body);
    let queued = world.push_log(row.name).into_iter().filter(|entry| entry.outcome == "queued");
    let request_id = queued.map(|entry| entry.request_id).next_back().expect("a decision is logged");
    let to_voip = row.kind == Kind::Iphone && scenario == Voip;
    let token = if to_voip {
        VOIP_TOKEN.iter().map(|byte| format!("{byte:02x}")).collect()
    } else {
        phone.vendor_token()
    };
    assert_eq!(request.token, token, "{name}");
    let seen = Seen { body: request.body.clone(), token, request_id, call_id };
    let expected = (row.expected)(scenario, &seen).expect("the vendor has such a push");
    assert_eq!(request.body, expected, "{name}");
    headers(row, scenario, request);
    if scenario != OnlyBadge {
        let arrived = zpns_core::parse(row.vendor, &(row.arrives)(&request.body).to_string()).unwrap();
        assert_eq!(
            (arrived.payload.as_str(), arrived.call_id.as_str(), arrived.request_id.as_str()),
            ("P", seen.call_id.as_str(), seen.request_id.as_str()),
            "{name}: what the app is told"
        );
    }
}

fn headers(row: &Row, scenario: Scenario, request: &Recorded) {
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    match row.name {
        "apns" => {
            let (topic, kind, priority) = match scenario {
                Voip => (format!("{BUNDLE_ID}.voip"), "voip", "10"),
                Silent => (BUNDLE_ID.to_owned(), "background", "5"),
                _ => (BUNDLE_ID.to_owned(), "alert", "10"),
            };
            let sent = [header("apns-topic"), header("apns-push-type"), header("apns-priority")];
            assert_eq!(sent, [topic, kind.to_owned(), priority.to_owned()]);
        }
        "fcm" => assert!(header("authorization").starts_with("Bearer ya29.")),
        "huawei" => {
            assert_eq!(request.path, "/v1/104729001/messages:send");
            assert!(header("authorization").starts_with("Bearer double-login-"));
        }
        "harmonyos" => {
            let push_type = match scenario {
                Silent => "6",
                Voip => "10",
                _ => "0",
            };
            assert_eq!(request.path, "/v3/388421841222104729/messages:send");
            assert_eq!(header("push-type"), push_type);
            // The double has verified the signature.
            assert!(header("authorization").starts_with("Bearer ey"));
        }
        "xiaomi" => assert_eq!(header("authorization"), "key=double-secret-0123456789abcdef"),
        "web" => {
            let urgency = match scenario {
                Silent => "low",
                Call | Voip => "high",
                _ => "normal",
            };
            assert_eq!(
                (header("urgency").as_str(), header("content-encoding").as_str()),
                (urgency, "aes128gcm")
            );
            assert_eq!(header("topic").len(), 32);
            assert!(header("authorization").starts_with("vapid t=ey"));
        }
        "oppo" => assert_eq!(request.path, "/server/v1/message/notification/unicast"),
        _ => assert!(header("authtoken").starts_with("double-login-")),
    }
    assert_eq!(request.method, "POST");
}
