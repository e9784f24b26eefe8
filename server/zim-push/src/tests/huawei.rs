//! Huawei on Android against its strict double: requests, sizes, answers, logins.

use super::makers::{Rig, ZEGO, ZEGO_CALL, call, many, parsed, word};
use super::support::*;
use crate::model::{Intent, Outcome, Subject, Vendor};
use crate::provider::{Push, Unrenderable};
use crate::strategy::{ClickAction, Huawei, SDK_INTENT, Strategies, Strategy};
use serde_json::{Value, json};
use std::time::Duration;
use zim_vendor_doubles::MakerAnswer;

async fn rig() -> Rig {
    Rig::start(Vendor::Huawei).await
}

fn strategy(huawei: Huawei) -> Strategy {
    Strategy { huawei: Some(huawei), ..Strategy::default() }
}

fn page(intent: &str) -> Strategy {
    strategy(Huawei { click: ClickAction::OpenPage { intent: intent.into() }, ..Huawei::default() })
}

/// Percent-encoded as `android.net.Uri` reads it.
const PAYLOAD_IN_INTENT: &str = "S.payload=%7B%22k%22%3A1%7D;";

// covers: C-23
#[tokio::test]
async fn huawei_message_and_call() {
    let rig = rig().await;
    assert_eq!(
        rig.body(&message(), &Strategy::default()),
        json!({ "message": {
            "data": json!({ "payload": "{\"k\":1}", "zego": ZEGO }).to_string(),
            "android": {
                "ttl": "3600s",
                "bi_tag": "req-1",
                "target_user_type": 0,
                "notification": {
                    "title": "Ann",
                    "body": "Are you there?",
                    "tag": "req-1",
                    "click_action": { "type": 3 },
                }
            },
            "token": ["CN_device-token+1/="],
        } })
    );
    let huawei = Huawei {
        target_user_type: 1,
        channel_id: "calls".into(),
        category: "VOIP".into(),
        click: ClickAction::OpenPage { intent: String::new() },
    };
    let intent = Intent { badge: Some(7), badge_increment: Some(2), ..call() };
    let body = rig.body(&intent, &strategy(huawei));
    let opened = body["message"]["android"]["notification"]["click_action"]["intent"].as_str().unwrap();
    let head = SDK_INTENT.strip_suffix("end").unwrap();
    assert!(opened.starts_with(&format!("{head}{PAYLOAD_IN_INTENT}S.call_id=42;S.zego=%7B")), "{opened}");
    assert!(opened.ends_with("%7D;end"), "{opened}");
    assert_eq!(
        body,
        json!({ "message": {
            "data": json!({ "payload": "{\"k\":1}", "call_id": "42", "zego": ZEGO_CALL }).to_string(),
            "android": {
                "category": "VOIP",
                "ttl": "3600s",
                "bi_tag": "req-1",
                "target_user_type": 1,
                "notification": {
                    "title": "Ann",
                    "body": "Are you there?",
                    "tag": "req-1",
                    "click_action": { "type": 1, "intent": opened },
                    "channel_id": "calls",
                    "badge": { "class": "com.example.app.MainActivity", "set_num": 7 },
                }
            },
            "token": ["CN_device-token+1/="],
        } })
    );
}

#[tokio::test]
async fn a_tap_opens_what_the_strategy_says() {
    let rig = rig().await;
    let click = |strategy: &Strategy| {
        rig.body(&message(), strategy)["message"]["android"]["notification"]["click_action"].clone()
    };
    let url = ClickAction::OpenUrl { url: "https://example.com/".into() };
    let url = strategy(Huawei { click: url, ..Huawei::default() });
    assert_eq!(click(&url), json!({ "type": 2, "url": "https://example.com/" }));
    let own = click(&page("pushscheme://com.example/page#Intent;launchFlags=0x4000000;end"));
    let own = own["intent"].as_str().unwrap();
    assert!(own.starts_with(&format!(
        "pushscheme://com.example/page#Intent;launchFlags=0x4000000;{PAYLOAD_IN_INTENT}"
    )));
    // What is no Android intent is the operator's own affair.
    assert_eq!(click(&page("example://page")), json!({ "type": 1, "intent": "example://page" }));
    let plain = ClickAction::OpenUrl { url: "http://example.com/".into() };
    let plain = strategy(Huawei { click: plain, ..Huawei::default() });
    let fault = Strategies::default().insert(1, "web", plain).unwrap_err().to_string();
    assert!(fault.contains("huawei.click"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_is_set_where_it_is_known_and_added_where_not() {
    let rig = rig().await;
    let badge = |badge, badge_increment| {
        let intent = Intent { badge, badge_increment, ..message() };
        rig.body(&intent, &Strategy::default())["message"]["android"]["notification"]["badge"].clone()
    };
    let class = "com.example.app.MainActivity";
    assert_eq!(badge(Some(0), Some(0)), json!({ "class": class, "set_num": 0 }));
    assert_eq!(badge(Some(120), Some(3)), json!({ "class": class, "set_num": 99 }));
    assert_eq!(badge(None, Some(3)), json!({ "class": class, "add_num": 3 }));
    assert_eq!(badge(None, Some(0)), Value::Null, "nothing to add");
    assert_eq!(badge(None, None), Value::Null);

    let only = Intent { subject: Subject::Badge, badge: Some(2), payload: String::new(), ..message() };
    let expected = json!({ "message": {
        "data": json!({ "zego": ZEGO }).to_string(),
        "android": {
            "ttl": "3600s",
            "bi_tag": "req-1",
            "target_user_type": 0,
            "notification": { "badge": { "class": class, "set_num": 2 } }
        },
        "token": ["CN_device-token+1/="],
    } });
    let target = rig.target();
    let rendered = rig.provider.render(&push(&target, &only)).unwrap();
    assert_eq!(parsed(&rendered), expected);
    assert_eq!(word(&rig.provider.send(&target, &rendered).await.0), "delivered");
    assert_eq!(rig.double.requests()[0].violation, None);

    let rig = Rig::with(Vendor::Huawei, json!({ "badge_class": "" })).await;
    let shown = rig.body(&Intent { badge: Some(2), ..message() }, &Strategy::default());
    assert_eq!(shown["message"]["android"]["notification"].get("badge"), None);
    let fault = rig.render(&only, &Strategy::default()).unwrap_err();
    assert!(matches!(fault, Unrenderable::NotAvailable(why) if why.contains("badge_class")), "{fault:?}");
}

#[tokio::test]
async fn a_push_lives_at_huawei_as_long_as_here_up_to_fifteen_days() {
    let rig = rig().await;
    let (target, call) = (rig.target(), call());
    for (life, expected) in [(30_000, "30s"), (30 * 24 * HOUR_MS, "1296000s"), (0, "1s")] {
        let push = Push { expires_at: START + life, ..push(&target, &call) };
        let body = parsed(&rig.provider.render(&push).unwrap());
        assert_eq!(body["message"]["android"]["ttl"], expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_is_cut_to_what_the_request_has_room_for() {
    let rig = rig().await;
    let target = rig.target();
    for (content, strategy) in [
        ("长".repeat(3_000), Strategy::default()),
        ("\"\n\u{1}".repeat(1_000), Strategy::default()),
        ("👨‍👩‍👧‍👦".repeat(400), page("")),
    ] {
        let intent = Intent { content: content.clone(), ..call() };
        let rendered = rig.render(&intent, &strategy).unwrap();
        let size = rendered.body.len() - target.token.len();
        assert!((4_096 - 30..=4_096).contains(&size), "{size}");
        assert_eq!(rendered.warnings.len(), 1, "{:?}", rendered.warnings);
        let body = parsed(&rendered);
        let text = body["message"]["android"]["notification"]["body"].as_str().unwrap();
        assert!(text.ends_with('…') && content.starts_with(text.trim_end_matches('…')));
        if content.starts_with('👨') {
            assert!(text.trim_end_matches('…').chars().count().is_multiple_of(7), "{text}");
        }
        let outcome = rig.provider.send(&target, &rendered).await.0;
        assert_eq!(word(&outcome), "delivered", "{outcome:?}");
    }
    assert!(rig.double.requests().iter().all(|request| request.violation.is_none()));
    // Neither text may be empty.
    let shown = |intent: &Intent, field: &str| {
        rig.body(intent, &Strategy::default())["message"]["android"]["notification"][field].clone()
    };
    assert_eq!(shown(&Intent { title: " ".into(), ..message() }, "title"), "Example");
    assert_eq!(shown(&Intent { content: String::new(), ..message() }, "body"), "Ann");
}

#[tokio::test]
async fn the_payload_is_never_cut_and_travels_once_where_twice_is_too_much() {
    let rig = rig().await;
    let payload = |size: usize| Intent { payload: "p".repeat(size), content: "c".repeat(1_024), ..call() };
    // Text and a payload in both places have room.
    let both = rig.body(&payload(800), &page(""));
    assert!(both["message"]["data"].as_str().unwrap().contains("ppp"));
    let rendered = rig.render(&payload(2_048), &page("")).unwrap();
    let body = parsed(&rendered);
    assert_eq!(body["message"].get("data"), None);
    let intent = body["message"]["android"]["notification"]["click_action"]["intent"].as_str().unwrap();
    assert!(intent.contains(&format!("S.payload={};", "p".repeat(2_048))));
    assert!(rendered.warnings[0].contains("only in the intent"), "{:?}", rendered.warnings);
    // An intent that takes no extras leaves the data where it is.
    let own = rig.body(&payload(2_048), &page("example://page"));
    assert!(own["message"]["data"].as_str().unwrap().contains("ppp"));
    let fault = rig.render(&payload(4_096), &Strategy::default()).unwrap_err();
    assert!(
        matches!(fault, Unrenderable::TooLarge { vendor: Vendor::Huawei, size, limit: 4_096 } if size > 4_096),
        "{fault:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_arrives_flawless_and_the_exchange_shows_no_secret() {
    let rig = rig().await;
    let target = rig.target();
    let (outcome, exchange) = send(&rig.provider, &target).await;
    let Outcome::Delivered { vendor_id } = outcome else { panic!("{outcome:?}") };
    assert_eq!(vendor_id, "m1");
    let request = rig.double.requests().remove(0);
    assert_eq!((request.violation, request.token), (None, target.token.clone()));
    let shown = format!("{exchange:?}");
    for secret in [target.token.as_str(), "double-secret", "double-login"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(exchange.request_body.contains("CN_d…"), "{shown}");
}

/// Codes by what they mean, as Huawei's documents say.
const DOCUMENTED: &[(&str, &[i64])] = &[
    ("dead", &[80_300_007]),
    ("auth", &[80_200_001, 80_200_003, 80_200_005]),
    ("too_fast", &[80_100_017]),
    ("too_large", &[80_300_008]),
    ("misconfigured", &[80_300_002, 80_300_011, 80_300_013]),
    ("rejected", &[80_100_001, 80_100_003, 80_100_004, 80_100_013, 80_100_016, 80_100_018, 80_300_010]),
    ("retry", &[80_600_003, 81_000_001]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_code_means_what_the_documents_say() {
    let rig = rig().await;
    for (expected, codes) in DOCUMENTED {
        for code in *codes {
            let outcome = rig.answer(MakerAnswer::Refuse(*code)).await;
            assert_eq!(word(&outcome), *expected, "{code}: {outcome:?}");
        }
    }
    let outcome = rig.answer(MakerAnswer::Refuse(80_999_999)).await;
    let Outcome::Rejected { why } = &outcome else { panic!("{outcome:?}") };
    assert!(why.contains("80999999") && why.contains("scripted"), "{why}");
    for (answer, expected) in [
        (MakerAnswer::BadToken(0), "dead"),
        (MakerAnswer::BadToken(1), "dead"),
        // A partial success that does not name the only token there is.
        (MakerAnswer::BadToken(2), "suspect"),
        (MakerAnswer::Status(400, None), "rejected"),
        (MakerAnswer::Status(401, None), "auth"),
        (MakerAnswer::Status(404, None), "misconfigured"),
        (MakerAnswer::Status(500, None), "retry"),
        (MakerAnswer::Status(502, None), "retry"),
        // Flow control.
        (MakerAnswer::Status(503, None), "too_fast"),
        (MakerAnswer::Garbage, "retry"),
        (MakerAnswer::Disconnect, "unknown"),
        (MakerAnswer::Accept, "delivered"),
    ] {
        let outcome = rig.answer(answer.clone()).await;
        assert_eq!(word(&outcome), expected, "{answer:?}: {outcome:?}");
    }
    let outcome = rig.answer(MakerAnswer::Status(503, Some(33))).await;
    let Outcome::RateLimited { after, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(after, Some(Duration::from_secs(33)), "retry-after is honoured");
    assert!(rig.double.requests().iter().all(|request| request.violation.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_huawei_finds_too_large_can_be_made_smaller() {
    let rig = rig().await;
    let (target, intent) = (rig.target(), Intent { content: "c".repeat(1_000), ..message() });
    let full = rig.provider.render(&push(&target, &intent)).unwrap();
    let limit = full.body.len() * 3 / 4;
    let smaller = rig.provider.render(&Push { size_limit: Some(limit), ..push(&target, &intent) }).unwrap();
    assert!(smaller.body.len() - target.token.len() <= limit, "{}", smaller.body.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_pushes_share_one_login() {
    let rig = rig().await;
    let delivered = |outcomes: &[Outcome]| outcomes.iter().all(|one| word(one) == "delivered");
    assert!(delivered(&many(&rig, 30).await));
    assert_eq!(rig.double.logins(), 1);
    rig.double.expire_tokens();
    let refused = many(&rig, 30).await;
    assert!(refused.iter().all(|one| matches!(word(one), "auth" | "delivered")), "{refused:?}");
    assert!(delivered(&many(&rig, 30).await));
    assert_eq!(rig.double.logins(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_told_apart() {
    let rig = rig().await;
    for (answer, expected) in [
        (MakerAnswer::Status(400, None), "misconfigured"),
        (MakerAnswer::Status(401, None), "misconfigured"),
        (MakerAnswer::Status(429, None), "too_fast"),
        (MakerAnswer::Status(502, None), "retry"),
        (MakerAnswer::Garbage, "retry"),
        // No push left, so nothing is unknown.
        (MakerAnswer::Disconnect, "retry"),
    ] {
        rig.double.script_login(answer.clone());
        let outcome = rig.send().await;
        assert_eq!(word(&outcome), expected, "{answer:?}: {outcome:?}");
    }
    assert!(rig.double.requests().is_empty());
    assert_eq!(word(&rig.send().await), "delivered");
    let rig = Rig::with(Vendor::Huawei, json!({ "app_secret": "wrong" })).await;
    let Outcome::Misconfigured { why } = rig.send().await else { panic!("a wrong secret is accepted") };
    assert!(why.starts_with("login: 400") && why.contains("client_secret"), "{why}");
}

#[tokio::test]
async fn a_hanging_huawei_is_unknown_after_ten_seconds() {
    let rig = rig().await;
    assert_eq!(word(&rig.send().await), "delivered", "the connection is warm");
    rig.double.script(&rig.target().token, MakerAnswer::Hang);
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    assert_eq!(word(&rig.send().await), "unknown");
    assert!(began.elapsed() >= Duration::from_secs(10) && began.elapsed() < Duration::from_secs(11));
}
