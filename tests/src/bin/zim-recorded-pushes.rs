//! Writes what a real server sends to each vendor, for programs that judge it with code that is not ours
//! (`tests/oracles`). One JSON object on standard output:
//!
//! ```json
//! {"service_account": {…}, "token_requests": ["grant_type=…"],
//!  "pushes": [{"scenario": "message", "vendor": "fcm", "config": {…}, "path": "…", "headers": {…}, "body": {…}}]}
//! ```
//!
//! `config` is what the sender asked for, in the published spelling.

#![forbid(unsafe_code)]

use serde_json::{Value, json};
use zim_core::model::{CallInviteConfig, PushConfig};
use zim_tests::{Kind, Phone, World, alert, text, wait};

const VENDORS: [(&str, Kind); 5] = [
    ("apns", Kind::Iphone),
    ("fcm", Kind::Android),
    ("xiaomi", Kind::Xiaomi),
    ("oppo", Kind::Oppo),
    ("vivo", Kind::Vivo),
];

/// What is sent, by name; the last one is a call.
fn scenarios() -> Vec<(&'static str, PushConfig)> {
    let message = || PushConfig {
        payload: r#"{"order":"№ 7","path":"a/b?c=d&e"}"#.into(),
        ..alert("Ann & Bob", "Are you there? 在吗 👋")
    };
    let named = |name: &str| PushConfig { resources_id: name.into(), ..message() };
    vec![
        ("message", message()),
        ("without a payload", alert("Ann", "hello")),
        ("strategy with badge", PushConfig { enable_badge: true, badge_increment: 3, ..named("loud") }),
        ("silent", named("quiet")),
        ("call", named("calls")),
    ]
}

fn main() {
    let world = World::start();
    let phones: Vec<Phone> = VENDORS.iter().map(|(vendor, kind)| world.offline(vendor, *kind)).collect();
    let alice = world.online("alice");
    let mut pushes = Vec::new();
    for (number, (scenario, config)) in scenarios().into_iter().enumerate() {
        for (vendor, _) in VENDORS {
            if scenario == "call" {
                let call =
                    CallInviteConfig { push_config: Some(config.clone()), ..CallInviteConfig::default() };
                wait(alice.client().call_invite(vec![vendor.into()], call)).expect("the call begins");
            } else {
                alice.send(text("hello"), vendor, Some(config.clone()));
            }
            let seen = world.wait_for(vendor, number + 1).expect("a vendor").expect("the push arrives");
            let Some(request) = seen.last() else { continue };
            assert_eq!(request.violation, None, "{vendor}: {}", request.body);
            let headers: serde_json::Map<String, Value> =
                request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            pushes.push(json!({
                "scenario": scenario,
                "vendor": vendor,
                "config": {
                    "title": config.title,
                    "content": config.content,
                    "payload": config.payload,
                    "resourcesID": config.resources_id,
                    "enableBadge": config.enable_badge,
                    "badgeIncrement": config.badge_increment,
                },
                "path": request.path,
                "headers": headers,
                "body": request.body,
                "raw_body": String::from_utf8_lossy(&request.raw_body),
            }));
        }
    }
    drop(phones);
    let account: Value =
        serde_json::from_str(&world.fcm_double().service_account_json()).expect("it is JSON");
    let asked: Vec<_> = world.fcm_double().token_requests();
    let asked: Vec<_> = asked.iter().map(|body| String::from_utf8_lossy(body)).collect();
    println!("{}", json!({ "service_account": account, "token_requests": asked, "pushes": pushes }));
}
