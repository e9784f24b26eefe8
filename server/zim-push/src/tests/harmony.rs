//! HarmonyOS Push Kit against its strict double: requests, sizes, answers, bearer tokens.

use super::makers::{Rig, ZEGO, ZEGO_CALL, call, many, parsed, word};
use super::support::*;
use crate::model::{Intent, Outcome, Subject, Vendor, Voip};
use crate::provider::{Push, Rendered, Unrenderable};
use crate::strategy::{HarmonyOs, Strategy};
use serde_json::{Value, json};
use std::time::Duration;
use zim_vendor_doubles::{MakerAnswer, MakerDouble};

const TOKEN: &str = "CN_device-token+1/=";

async fn rig() -> Rig {
    Rig::start(Vendor::HarmonyOs).await
}

fn strategy(harmonyos: HarmonyOs) -> Strategy {
    Strategy { harmonyos: Some(harmonyos), ..Strategy::default() }
}

fn of_type(push_type: u8) -> Strategy {
    strategy(HarmonyOs { push_type, ..HarmonyOs::default() })
}

fn push_type(rendered: &Rendered) -> &str {
    let (name, value) = &rendered.headers[0];
    assert_eq!((*name, rendered.headers.len()), ("push-type", 1));
    value
}

/// The JSON that a push without a notification hands to the app.
fn extra_data(body: &Value) -> Value {
    serde_json::from_str(body["payload"]["extraData"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_a_notification_of_the_class_im() {
    let rig = rig().await;
    let rendered = rig.render(&message(), &Strategy::default()).unwrap();
    assert_eq!(push_type(&rendered), "0");
    assert_eq!(
        parsed(&rendered),
        json!({
            "payload": { "notification": {
                "category": "IM",
                "title": "Ann",
                "body": "Are you there?",
                "clickAction": { "actionType": 0, "data": { "payload": "{\"k\":1}", "zego": ZEGO } },
                "appMessageId": "req-1",
            } },
            "target": { "token": [TOKEN] },
            "pushOptions": { "ttl": 3600, "biTag": "req-1" },
        })
    );
    let harmony = HarmonyOs {
        test_message: true,
        category: "VOIP".into(),
        click_type: 1,
        uri: "https://example.com/call".into(),
        ..HarmonyOs::default()
    };
    let intent = Intent { badge: Some(7), badge_increment: Some(2), ..call() };
    assert_eq!(
        rig.body(&intent, &strategy(harmony)),
        json!({
            "payload": { "notification": {
                "category": "VOIP",
                "title": "Ann",
                "body": "Are you there?",
                "clickAction": {
                    "actionType": 1,
                    "uri": "https://example.com/call",
                    "data": { "payload": "{\"k\":1}", "call_id": "42", "zego": ZEGO_CALL },
                },
                "appMessageId": "req-1",
                "badge": { "setNum": 7 },
            } },
            "target": { "token": [TOKEN] },
            "pushOptions": { "testMessage": true, "ttl": 3600, "biTag": "req-1" },
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_push_and_a_ringing_one_hand_everything_to_the_app() {
    let rig = rig().await;
    let silent = rig.render(&message(), &of_type(6)).unwrap();
    assert_eq!(push_type(&silent), "6");
    let body = parsed(&silent);
    assert_eq!(body["payload"].as_object().unwrap().len(), 1);
    assert_eq!(
        extra_data(&body),
        json!({ "title": "Ann", "body": "Are you there?", "payload": "{\"k\":1}", "zego": ZEGO })
    );
    let voip = Voip { handle_type: 2, handle_value: "+4930".into(), has_video: true };
    let rendered = rig.render(&Intent { voip: Some(voip), ..call() }, &of_type(10)).unwrap();
    assert_eq!(push_type(&rendered), "10");
    let data = extra_data(&parsed(&rendered));
    let zego: Value = serde_json::from_str(data["zego"].as_str().unwrap()).unwrap();
    assert_eq!((&data["call_id"], &data["title"]), (&json!("42"), &json!("Ann")));
    assert_eq!(
        zego,
        json!({
            "version": 1, "zpns_request_id": "req-1", "call_id": "42",
            "voip_has_video": true, "voip_handle_type": 2, "voip_handle_value": "+4930",
        })
    );
    let target = rig.target();
    for rendered in [silent, rendered] {
        assert_eq!(word(&rig.provider.send(&target, &rendered).await.0), "delivered");
    }
    assert!(rig.double.requests().iter().all(|request| request.violation.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_is_set_where_it_is_known_and_added_where_not() {
    let rig = rig().await;
    let badge = |badge, badge_increment| {
        let intent = Intent { badge, badge_increment, ..message() };
        rig.body(&intent, &Strategy::default())["payload"]["notification"]["badge"].clone()
    };
    assert_eq!(badge(Some(0), Some(0)), json!({ "setNum": 0 }));
    assert_eq!(badge(Some(120), Some(3)), json!({ "setNum": 99 }));
    assert_eq!(badge(None, Some(3)), json!({ "addNum": 3 }));
    assert_eq!(badge(None, Some(0)), Value::Null, "nothing to add");
    assert_eq!(badge(None, None), Value::Null);

    let only = Intent { subject: Subject::Badge, badge: Some(2), ..message() };
    // Whatever the strategy says: a number is a notification's.
    let rendered = rig.render(&only, &of_type(6)).unwrap();
    assert_eq!(push_type(&rendered), "0");
    assert_eq!(parsed(&rendered)["payload"], json!({ "notification": { "badge": { "setNum": 2 } } }));
    assert_eq!(word(&rig.provider.send(&rig.target(), &rendered).await.0), "delivered");
    assert_eq!(rig.double.requests()[0].violation, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_lives_at_huawei_as_long_as_here_up_to_fifteen_days() {
    let rig = rig().await;
    let (target, call) = (rig.target(), call());
    for (life, expected) in [(30_000, 30), (30 * 24 * HOUR_MS, 1_296_000), (0, 1)] {
        let push = Push { expires_at: START + life, ..push(&target, &call) };
        assert_eq!(parsed(&rig.provider.render(&push).unwrap())["pushOptions"]["ttl"], expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_is_cut_to_what_the_request_has_room_for_and_the_payload_never() {
    let rig = rig().await;
    let target = rig.target();
    for kind in [0, 6, 10] {
        for content in ["长".repeat(3_000), "\"\\\n\u{1}".repeat(1_000), "👨‍👩‍👧‍👦".repeat(400)]
        {
            let rendered =
                rig.render(&Intent { content: content.clone(), ..call() }, &of_type(kind)).unwrap();
            let size = rendered.body.len() - target.token.len();
            assert!((4_096 - 30..=4_096).contains(&size), "{kind}: {size}");
            assert_eq!(rendered.warnings.len(), 1, "{:?}", rendered.warnings);
            let body = parsed(&rendered);
            let shown = match kind {
                0 => body["payload"]["notification"]["body"].clone(),
                _ => extra_data(&body)["body"].clone(),
            };
            let kept = shown.as_str().unwrap().strip_suffix('…').expect("an ellipsis");
            assert!(content.starts_with(kept));
            if content.starts_with('👨') {
                assert!(kept.chars().count().is_multiple_of(7), "{kept}");
            }
            let outcome = rig.provider.send(&target, &rendered).await.0;
            assert_eq!(word(&outcome), "delivered", "{outcome:?}");
        }
        let fault = rig.render(&Intent { payload: "p".repeat(4_096), ..message() }, &of_type(kind));
        let fault = fault.unwrap_err();
        assert!(
            matches!(fault, Unrenderable::TooLarge { vendor: Vendor::HarmonyOs, size, limit: 4_096 } if size > 4_096),
            "{fault:?}"
        );
    }
    assert!(rig.double.requests().iter().all(|request| request.violation.is_none()));
    // A notification may have neither text empty, data may have both.
    let shown = |intent: &Intent, field: &str| {
        rig.body(intent, &Strategy::default())["payload"]["notification"][field].clone()
    };
    assert_eq!(shown(&Intent { title: " ".into(), ..message() }, "title"), "Example");
    assert_eq!(shown(&Intent { content: String::new(), ..message() }, "body"), "Ann");
    let bare = Intent { title: String::new(), content: String::new(), ..message() };
    assert_eq!(extra_data(&rig.body(&bare, &of_type(6))), json!({ "payload": "{\"k\":1}", "zego": ZEGO }));
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

// covers: E-06
#[tokio::test(flavor = "multi_thread")]
async fn a_push_arrives_flawless_and_the_exchange_shows_no_secret() {
    let rig = rig().await;
    let target = rig.target();
    let (outcome, exchange) = send(&rig.provider, &target).await;
    let Outcome::Delivered { vendor_id } = outcome else { panic!("{outcome:?}") };
    assert_eq!(vendor_id, "m1");
    // The double has verified the signature of the service account's key.
    let request = rig.double.requests().remove(0);
    assert_eq!((request.violation.clone(), request.token.clone()), (None, target.token.clone()));
    let jwt = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap();
    let shown = format!("{exchange:?}");
    assert!(!shown.contains(&target.token) && !shown.contains(jwt), "{shown}");
    assert!(exchange.request_body.contains("CN_d…") && shown.contains("push-type"), "{shown}");
}

/// Codes by what they mean, as Huawei's documents say.
const DOCUMENTED: &[(&str, &[i64])] = &[
    ("auth", &[80_200_005]),
    ("class_today", &[80_300_029]),
    ("too_large", &[80_300_008]),
    ("misconfigured", &[80_200_001, 80_300_002, 80_300_036, 80_300_037]),
    ("rejected", &[80_100_001, 80_100_003, 80_100_004, 80_100_022, 80_300_010, 80_300_030]),
    ("retry", &[81_000_001]),
    // All tokens are at fault, and it is not said which and why.
    ("suspect", &[80_300_007, 80_100_000]),
];

/// What Huawei says of a token, likewise.
const REASONS: &[(&str, &[&str])] = &[
    ("dead", &["tokenFormatError", "tokenPlatformNotSupport"]),
    ("suspect", &["noRight"]),
    (
        "misconfigured",
        &[
            "noPushTypeRight",
            "noRightToSendThisLiveNotificationEvent",
            "notSupportPlayVoice",
            "atomicUnableSendUnsubscribedMsg",
            "countryNotSupport",
            "disableSendHuaweiMsgBecauseOfPenalty",
            "appinfoError",
            "differentImgVerifyPolicy",
        ],
    ),
    ("rejected", &["somethingNew"]),
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
    for (expected, reasons) in REASONS {
        for reason in *reasons {
            let outcome = rig.answer(MakerAnswer::IllegalToken(reason)).await;
            assert_eq!(word(&outcome), *expected, "{reason}: {outcome:?}");
        }
    }
    let outcome = rig.answer(MakerAnswer::Refuse(80_999_999)).await;
    let Outcome::Rejected { why } = &outcome else { panic!("{outcome:?}") };
    assert!(why.contains("80999999") && why.contains("scripted"), "{why}");
    for (answer, expected) in [
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
async fn many_pushes_share_one_bearer_token() {
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
async fn another_accounts_key_is_a_misconfiguration() {
    let (double, other) = (MakerDouble::harmony().await, MakerDouble::harmony().await);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    write("root.pem", double.root_certificate_pem());
    other.files().into_iter().for_each(|(name, text)| write(name, text));
    let mut config = other.credential();
    config["app_id"] = json!(1);
    config["endpoint"] = double.url().into();
    config["root_certificates"] = "root.pem".into();
    let provider = provider(config, folder.path());
    let (outcome, _) = send(&provider, &target(Vendor::HarmonyOs, TOKEN)).await;
    let Outcome::Misconfigured { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("80200001"), "{why}");
}
