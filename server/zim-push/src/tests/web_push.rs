//! Web Push against a push service that decrypts: messages, headers, answers, signatures, and where we connect to.

use super::makers::{Rig, call, many, parsed, word};
use super::support::*;
use crate::model::{Intent, Outcome, RateScope, Subject, Vendor, Voip};
use crate::provider::{Push, Unrenderable};
use crate::strategy::{Strategy, Urgency, Web, WebPushType};
use serde_json::{Value, json};
use std::time::Duration;
use zim_vendor_doubles::MakerAnswer;

async fn rig() -> Rig {
    Rig::start(Vendor::Web).await
}

fn strategy(web: Web) -> Strategy {
    Strategy { web: Some(web), ..Strategy::default() }
}

fn zego() -> Value {
    json!({ "version": 1, "zpns_request_id": "req-1" })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_receiver_decrypts_is_what_was_sent() {
    let rig = rig().await;
    let target = rig.target();
    let silent = strategy(Web { push_type: WebPushType::Silent, urgency: Some(Urgency::VeryLow) });
    let voip = Voip { handle_type: 2, handle_value: "+4930".into(), has_video: true };
    let ringing = Intent { voip: Some(voip), ..call() };
    let grouped = Intent { thread_id: "chat".into(), badge: Some(7), badge_increment: Some(2), ..message() };
    let plain = json!({ "title": "Ann", "body": "Are you there?", "payload": "{\"k\":1}", "zego": zego() });
    let with = |more: Value| {
        let mut message = plain.clone();
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    };
    let zego_ringing = json!({
        "version": 1, "zpns_request_id": "req-1",
        "voip_has_video": true, "voip_handle_type": 2, "voip_handle_value": "+4930"
    });
    for (intent, strategy, urgency, expected) in [
        (message(), Strategy::default(), "normal", plain.clone()),
        (message(), silent, "very-low", with(json!({ "silent": true }))),
        (ringing, Strategy::default(), "high", with(json!({ "call_id": "42", "zego": zego_ringing }))),
        (grouped, Strategy::default(), "normal", with(json!({ "thread": "chat", "badge": 7 }))),
        (
            Intent { badge_increment: Some(3), ..message() },
            Strategy::default(),
            "normal",
            with(json!({ "badge_increment": 3 })),
        ),
        (
            Intent { badge_increment: Some(0), title: String::new(), content: String::new(), ..message() },
            Strategy::default(),
            "normal",
            json!({ "payload": "{\"k\":1}", "zego": zego() }),
        ),
    ] {
        rig.double.clear();
        let rendered = rig.render(&intent, &strategy).unwrap();
        let (outcome, _) = rig.provider.send(&target, &rendered).await;
        assert_eq!(word(&outcome), "delivered", "{outcome:?}");
        let request = rig.double.requests().remove(0);
        assert_eq!((&request.violation, &request.body), (&None, &expected));
        assert_eq!((request.header("urgency"), request.header("ttl")), (Some(urgency), Some("3600")));
        assert_eq!(request.token, target.token);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_has_the_topic_of_the_first_try_and_no_other_push_has_it() {
    let rig = rig().await;
    let (target, intent) = (rig.target(), message());
    let topic = |request_id| {
        let rendered = rig.provider.render(&Push { request_id, ..push(&target, &intent) }).unwrap();
        rendered.headers.into_iter().find(|(name, _)| *name == "topic").unwrap().1
    };
    assert_eq!((topic("req-1"), topic("req-1").len()), (topic("req-1"), 32));
    assert_ne!(topic("req-1"), topic("req-2"));
    for (life, expected) in [(30_000, "30"), (60 * 24 * HOUR_MS, "2592000"), (-1, "0")] {
        let push = Push { expires_at: START + life, ..push(&target, &intent) };
        assert_eq!(rig.provider.render(&push).unwrap().headers[0], ("ttl", expected.to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_is_cut_to_what_every_push_service_takes_and_the_payload_never() {
    let rig = rig().await;
    let target = rig.target();
    for content in ["长".repeat(3_000), "\"\\\n\u{1}".repeat(1_000), "👨‍👩‍👧‍👦".repeat(400)]
    {
        let rendered =
            rig.render(&Intent { content: content.clone(), ..call() }, &Strategy::default()).unwrap();
        assert!((3_993 - 30..=3_993).contains(&rendered.body.len()), "{}", rendered.body.len());
        assert_eq!(rendered.warnings.len(), 1, "{:?}", rendered.warnings);
        let body = parsed(&rendered);
        let kept = body["body"].as_str().unwrap().strip_suffix('…').expect("an ellipsis");
        assert!(content.starts_with(kept));
        assert!(!content.starts_with('👨') || kept.chars().count().is_multiple_of(7), "{kept}");
        assert_eq!(word(&rig.provider.send(&target, &rendered).await.0), "delivered");
    }
    let largest = rig.double.requests().iter().map(|request| request.raw_body.len()).max();
    assert!(largest.is_some_and(|bytes| (4_066..=4_096).contains(&bytes)), "{largest:?}");
    let fault = rig.render(&Intent { payload: "p".repeat(3_993), ..message() }, &Strategy::default());
    let fault = fault.unwrap_err();
    assert!(
        matches!(fault, Unrenderable::TooLarge { vendor: Vendor::Web, size, limit: 3_993 } if size > 3_993),
        "{fault:?}"
    );
    let badge = Intent { subject: Subject::Badge, badge: Some(2), ..message() };
    let fault = rig.render(&badge, &Strategy::default()).unwrap_err();
    assert!(matches!(fault, Unrenderable::NotAvailable(_)), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exchange_shows_neither_the_address_nor_a_key() {
    let rig = rig().await;
    let target = rig.target();
    let (outcome, exchange) = send(&rig.provider, &target).await;
    assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
    let subscription: Value = serde_json::from_str(&target.token).unwrap();
    let path = subscription["endpoint"].as_str().unwrap().split_once("/push/").unwrap().1;
    let request = rig.double.requests().remove(0);
    let shown = format!("{exchange:?}");
    for secret in [
        path,
        subscription["keys"]["p256dh"].as_str().unwrap(),
        subscription["keys"]["auth"].as_str().unwrap(),
        request.header("authorization").unwrap(),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(exchange.request_line.starts_with("POST https://localhost:"), "{shown}");
    assert!(exchange.request_body.contains("Are you there?") && shown.contains("aes128gcm"), "{shown}");
}

/// Statuses by what they mean.
const DOCUMENTED: &[(&str, &[u16])] = &[
    ("delivered", &[200, 201, 202]),
    ("dead", &[404, 410]),
    ("too_large", &[413]),
    ("rejected", &[400, 301, 302, 307, 308, 418]),
    ("retry", &[500, 502, 503, 504, 507]),
    ("service", &[429]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_status_means_what_the_documents_say() {
    for (expected, statuses) in DOCUMENTED {
        for status in *statuses {
            // A push service of its own each: some answers make it rest.
            let rig = rig().await;
            let outcome = rig.answer(MakerAnswer::Status(*status, None)).await;
            assert_eq!(word(&outcome), *expected, "{status}: {outcome:?}");
        }
    }
    let rig = rig().await;
    assert_eq!(word(&rig.answer(MakerAnswer::BadToken(0)).await), "dead");
    assert_eq!(word(&rig.answer(MakerAnswer::Disconnect).await), "unknown");
    let outcome = rig.answer(MakerAnswer::Status(429, Some(33))).await;
    let limited = Outcome::RateLimited { after: Some(Duration::from_secs(33)), scope: RateScope::Service };
    assert_eq!(outcome, limited, "retry-after is honoured");
    assert!(rig.double.requests().iter().all(|request| request.violation.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_pushes_share_one_signature_and_a_refused_one_is_renewed_once() {
    let rig = rig().await;
    let delivered = |outcomes: &[Outcome]| outcomes.iter().all(|one| word(one) == "delivered");
    assert!(delivered(&many(&rig, 30).await));
    assert_eq!(rig.double.logins(), 1);
    rig.double.expire_tokens();
    assert_eq!(word(&rig.send().await), "auth");
    assert_eq!(word(&rig.send().await), "delivered");
    assert_eq!(rig.double.logins(), 2);
    // What a fresh signature does not help is no matter of the signature.
    rig.double.expire_tokens();
    assert_eq!(word(&rig.send().await), "auth");
    assert_eq!(word(&rig.answer(MakerAnswer::ExpireTokens).await), "misconfigured");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_made_with_another_key_is_a_misconfiguration() {
    let other = rig().await;
    let foreign = target(Vendor::Web, &other.double.token_of("device"));
    // The other double, too, is at a private address and has a root of its own; what counts is the key.
    let more = json!({ "root_certificates": "other.pem" });
    let rig = Rig::beside(Vendor::Web, more, &[("other.pem", other.double.root_certificate_pem())]).await;
    let (outcome, _) = send(&rig.provider, &foreign).await;
    let Outcome::Misconfigured { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.starts_with("403"), "{why}");
    let violation = other.double.requests().remove(0).violation;
    assert_eq!(violation.as_deref(), Some("the subscription was made with another key"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_push_service_that_is_down_rests_alone_and_costs_no_try() {
    let rig = rig().await;
    rig.double.script_all(Some(MakerAnswer::Status(503, None)));
    let outcomes = many(&rig, 10).await;
    assert!(outcomes.iter().all(|one| matches!(word(one), "retry" | "service")));
    let seen = rig.double.requests().len();
    let Outcome::RateLimited { after: Some(after), scope: RateScope::Service } = rig.send().await else {
        panic!("a push service that is down is asked again")
    };
    assert!(after <= Duration::from_secs(61), "{after:?}");
    assert_eq!(rig.double.requests().len(), seen, "it is left alone");
    assert!(!rig.provider.shares_failures());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_service_that_calls_every_token_dead_is_not_believed() {
    let rig = rig().await;
    rig.double.script_all(Some(MakerAnswer::BadToken(0)));
    let mut dead = 0;
    for n in 0..40 {
        let target = target(Vendor::Web, &rig.double.token_of(&format!("device-{n}")));
        dead += usize::from(word(&send(&rig.provider, &target).await.0) == "dead");
    }
    assert!(dead < 25, "{dead} of 40 bindings would be deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_public_or_not_listed_is_never_connected_to() {
    for (more, fault) in [
        (json!({ "private_addresses": false }), "is not a public address"),
        (json!({ "hosts": ["push.example", "*.push.apple.com"] }), "is not among the credential's hosts"),
    ] {
        let rig = Rig::with(Vendor::Web, more).await;
        let Outcome::Rejected { why } = rig.send().await else { panic!("it is connected to") };
        assert!(why.contains(fault), "{why}");
        // However the machine is written.
        for host in ["127.0.0.1", "[::1]", "0x7f.1", "2130706433"] {
            let port = rig.double.url().rsplit_once(':').unwrap().1.to_owned();
            let mut subscription: Value = serde_json::from_str(&rig.target().token).unwrap();
            subscription["endpoint"] = json!(format!("https://{host}:{port}/push/x"));
            let target = target(Vendor::Web, &subscription.to_string());
            let outcome = send(&rig.provider, &target).await.0;
            assert!(matches!(outcome, Outcome::Rejected { .. }), "{host}: {outcome:?}");
        }
        assert_eq!(rig.double.connections(), 0);
    }
    let listed = Rig::with(Vendor::Web, json!({ "hosts": ["localhost"] })).await;
    assert_eq!(word(&listed.send().await), "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_no_subscription_is_dead() {
    let rig = rig().await;
    let mut off_the_curve: Value = serde_json::from_str(&rig.target().token).unwrap();
    off_the_curve["keys"]["p256dh"] = json!(format!("BA{}", "A".repeat(85)));
    for token in ["f7:APA91b".to_owned(), "{}".to_owned(), off_the_curve.to_string()] {
        let outcome = send(&rig.provider, &target(Vendor::Web, &token)).await.0;
        assert_eq!(word(&outcome), "dead", "{token}: {outcome:?}");
    }
    assert_eq!(rig.double.connections(), 0);
}

#[tokio::test]
async fn a_hanging_push_service_is_unknown_after_ten_seconds() {
    let rig = rig().await;
    assert_eq!(word(&rig.send().await), "delivered", "the connection is warm");
    rig.double.script(&rig.target().token, MakerAnswer::Hang);
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    assert_eq!(word(&rig.send().await), "unknown");
    assert!(began.elapsed() >= Duration::from_secs(10) && began.elapsed() < Duration::from_secs(11));
}
