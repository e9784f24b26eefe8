//! Golden requests, exact to the byte-relevant rules of the vendors' documents.

use super::support::*;
use crate::model::{Intent, Subject, Target, Vendor, Voip};
use crate::provider::{Provider, Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{Apple, ApplePushType, Fcm, FcmPriority, FcmPushType, Strategy};
use serde_json::{Value, json};
use std::sync::Arc;
use zim_vendor_doubles::{ApnsDouble, ApnsOptions, FcmDouble};

const FCM_TOKEN: &str = "fcm-token";
const APNS_ID: &str = "9456bdfa-12ea-8695-9c94-a3572f5d91c7";

/// Providers whose rendering is looked at; nothing is sent.
struct Rig {
    apns: Arc<dyn Provider>,
    fcm: Arc<dyn Provider>,
}

impl Rig {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let apns = ApnsDouble::start(ApnsOptions::default()).await;
        let fcm = FcmDouble::start().await;
        Self {
            apns: super::apns::by_key(&apns, folder.path()),
            fcm: super::fcm::provider_of(&fcm, folder.path()),
        }
    }

    fn apns(&self, target: &Target, intent: &Intent, apple: Option<Apple>) -> Result<Rendered, Unrenderable> {
        let strategy = apple.map(|apple| Strategy { apple: Some(apple), ..Strategy::default() });
        self.apns.render(&Push { strategy: strategy.as_ref(), ..push(target, intent) })
    }

    fn fcm(&self, intent: &Intent, fcm: Option<Fcm>) -> Result<Value, Unrenderable> {
        let strategy = fcm.map(|fcm| Strategy { fcm: Some(fcm), ..Strategy::default() });
        let target = target(Vendor::Fcm, FCM_TOKEN);
        self.fcm.render(&Push { strategy: strategy.as_ref(), ..push(&target, intent) }).map(|out| body(&out))
    }
}

fn body(rendered: &Rendered) -> Value {
    serde_json::from_slice(&rendered.body).unwrap()
}

fn headers(rendered: &Rendered) -> Value {
    rendered.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
}

fn phone() -> Target {
    target(Vendor::Apns, &token(0xab))
}

fn call() -> Intent {
    Intent {
        subject: Subject::CallInvite,
        subject_id: "call:42".into(),
        call_id: "42".into(),
        voip: Some(Voip { handle_type: 2, handle_value: "5551234".into(), has_video: true }),
        ..message()
    }
}

#[tokio::test]
async fn apns_message() {
    let rig = Rig::start().await;
    let rendered = rig.apns(&phone(), &message(), None).unwrap();
    assert_eq!(
        body(&rendered),
        json!({
            "aps": {
                "alert": {"title": "Ann", "body": "Are you there?"},
                "sound": "default",
                "payload": "{\"k\":1}"
            },
            "payload": "{\"k\":1}",
            "zego": {"version": 1, "zpns_request_id": "req-1"}
        })
    );
    assert_eq!(
        headers(&rendered),
        json!({
            "apns-topic": "com.example.app",
            "apns-push-type": "alert",
            "apns-priority": "10",
            "apns-expiration": "1767229200",
            "apns-id": APNS_ID
        })
    );
    assert_eq!((rendered.token, rendered.warnings.len()), (TokenKind::Main, 0));
}

#[tokio::test]
async fn apns_grouped_message_with_badge_sound_and_extension() {
    let rig = Rig::start().await;
    let intent = Intent {
        thread_id: "group-9".into(),
        badge: Some(12),
        badge_increment: Some(2),
        title: String::new(),
        payload: String::new(),
        ..message()
    };
    let apple = Apple { sound: "ring.caf".into(), mutable_content: true, ..Apple::default() };
    let rendered = rig.apns(&phone(), &intent, Some(apple)).unwrap();
    assert_eq!(
        body(&rendered),
        json!({
            "aps": {
                "alert": {"body": "Are you there?"},
                "badge": 12,
                "sound": "ring.caf",
                "thread-id": "group-9",
                "mutable-content": 1
            },
            "zego": {"version": 1, "zpns_request_id": "req-1"}
        })
    );
}

#[tokio::test]
async fn apns_badge_only() {
    let rig = Rig::start().await;
    let intent = Intent { subject: Subject::Badge, badge: Some(0), ..message() };
    let rendered = rig.apns(&phone(), &intent, None).unwrap();
    assert_eq!(
        body(&rendered),
        json!({"aps": {"badge": 0}, "zego": {"version": 1, "zpns_request_id": "req-1"}})
    );
    assert_eq!(headers(&rendered)["apns-push-type"], "alert");
}

#[tokio::test]
async fn apns_silent() {
    let rig = Rig::start().await;
    let intent = Intent { badge: Some(3), thread_id: "t".into(), ..message() };
    let silent = Apple { push_type: ApplePushType::Silent, ..Apple::default() };
    let rendered = rig.apns(&phone(), &intent, Some(silent)).unwrap();
    assert_eq!(
        body(&rendered),
        json!({
            "aps": {"content-available": 1, "payload": "{\"k\":1}"},
            "payload": "{\"k\":1}",
            "zego": {"version": 1, "zpns_request_id": "req-1"}
        })
    );
    assert_eq!(headers(&rendered)["apns-push-type"], "background");
    assert_eq!(headers(&rendered)["apns-priority"], "5");
}

#[tokio::test]
async fn apns_voip_and_its_fallback() {
    let rig = Rig::start().await;
    let voip = || Some(Apple { push_type: ApplePushType::Voip, ..Apple::default() });
    let target = Target { voip_token: token(0xcd), ..phone() };
    let rendered = rig.apns(&target, &call(), voip()).unwrap();
    assert_eq!(
        body(&rendered),
        json!({
            "aps": {"alert": {"title": "Ann", "body": "Are you there?"}, "payload": "{\"k\":1}"},
            "payload": "{\"k\":1}",
            "zego": {
                "version": 1,
                "zpns_request_id": "req-1",
                "voip_has_video": true,
                "voip_handle_type": 2,
                "voip_handle_value": "5551234"
            },
            "call_id": "42"
        })
    );
    assert_eq!(headers(&rendered)["apns-topic"], "com.example.app.voip");
    assert_eq!(headers(&rendered)["apns-push-type"], "voip");
    assert_eq!(headers(&rendered)["apns-priority"], "10");
    assert_eq!(rendered.token, TokenKind::Voip);

    let fallback = rig.apns(&phone(), &call(), voip()).unwrap();
    assert_eq!(headers(&fallback)["apns-push-type"], "alert");
    assert_eq!(body(&fallback)["call_id"], "42");
    assert_eq!(fallback.token, TokenKind::Main);
    assert!(fallback.warnings[0].contains("no VoIP token"));
}

#[tokio::test]
async fn apns_size_limit() {
    let rig = Rig::start().await;
    let long = Intent { content: "字".repeat(341), payload: "p".repeat(1_500), ..message() };
    let rendered = rig.apns(&phone(), &long, None).unwrap();
    let cut = body(&rendered);
    assert!(rendered.body.len() <= 4_096 && rendered.body.len() > 4_090, "{}", rendered.body.len());
    assert_eq!(cut["payload"], long.payload.as_str());
    assert_eq!(cut["aps"]["payload"], long.payload.as_str());
    assert!(cut["aps"]["alert"]["body"].as_str().unwrap().ends_with("字…"));
    assert!(rendered.warnings[0].contains("content cut"));

    let voip = Apple { push_type: ApplePushType::Voip, ..Apple::default() };
    let with_voip = Target { voip_token: token(1), ..phone() };
    let rendered = rig.apns(&with_voip, &long, Some(voip)).unwrap();
    assert!(rendered.warnings.is_empty(), "5120 bytes are enough");

    let most = Intent { payload: "p".repeat(2_048), ..message() };
    let rendered = rig.apns(&phone(), &most, None).unwrap();
    assert_eq!(body(&rendered)["payload"], most.payload.as_str(), "the longest payload we accept arrives");
    assert!(body(&rendered)["aps"].get("payload").is_none() && rendered.warnings[0].contains("copy"));
    assert_eq!(body(&rendered)["aps"]["alert"]["body"], most.content.as_str());

    let escaped = Intent { payload: "\u{1}".repeat(1_000), ..message() };
    let Err(Unrenderable::TooLarge { size, limit, .. }) = rig.apns(&phone(), &escaped, None) else {
        panic!("6000 bytes once escaped cannot fit")
    };
    assert!(size > limit && limit == 4_096);
}

// covers: C-24
#[tokio::test]
async fn fcm_message() {
    let rig = Rig::start().await;
    assert_eq!(
        rig.fcm(&message(), None).unwrap(),
        json!({"message": {
            "token": FCM_TOKEN,
            "notification": {"title": "Ann", "body": "Are you there?"},
            "data": {
                "title": "Ann",
                "body": "Are you there?",
                "payload": "{\"k\":1}",
                "zego": "{\"version\":1,\"zpns_request_id\":\"req-1\"}"
            },
            "android": {"priority": "NORMAL", "ttl": "3600s"}
        }})
    );
}

#[tokio::test]
async fn fcm_message_with_channel_sound_and_badge() {
    let rig = Rig::start().await;
    let intent =
        Intent { badge_increment: Some(2), badge: Some(12), thread_id: "ios only".into(), ..message() };
    let fcm = Fcm {
        channel_id: "chat".into(),
        sound: "ring".into(),
        priority: Some(FcmPriority::High),
        ..Fcm::default()
    };
    assert_eq!(
        rig.fcm(&intent, Some(fcm)).unwrap()["message"]["android"],
        json!({
            "priority": "HIGH",
            "ttl": "3600s",
            "notification": {"channelId": "chat", "sound": "ring", "notificationCount": 2}
        })
    );
}

#[tokio::test]
async fn fcm_call_as_data_message() {
    let rig = Rig::start().await;
    let fcm = Fcm { push_type: FcmPushType::Data, ..Fcm::default() };
    assert_eq!(
        rig.fcm(&call(), Some(fcm)).unwrap(),
        json!({"message": {
            "token": FCM_TOKEN,
            "data": {
                "title": "Ann",
                "body": "Are you there?",
                "payload": "{\"k\":1}",
                "call_id": "42",
                "zego": "{\"version\":1,\"zpns_request_id\":\"req-1\",\"call_id\":\"42\"}"
            },
            "android": {"priority": "HIGH", "ttl": "3600s"}
        }})
    );
}

#[tokio::test]
async fn fcm_limits() {
    let rig = Rig::start().await;
    let badge = Intent { subject: Subject::Badge, badge: Some(1), ..message() };
    assert!(matches!(rig.fcm(&badge, None), Err(Unrenderable::NotAvailable(_))));

    let long =
        Intent {
            title: "t".repeat(256), content: "字".repeat(341), payload: "p".repeat(2_048), ..message()
        };
    let cut = rig.fcm(&long, None).unwrap();
    assert_eq!(cut["message"]["data"]["payload"], long.payload.as_str());
    let text = cut["message"]["data"]["body"].as_str().unwrap();
    assert!(text.ends_with("字…") && text.len() < long.content.len());
    assert_eq!(cut["message"]["notification"]["body"], text);

    let huge = Intent { payload: "p".repeat(5_000), ..message() };
    assert!(matches!(rig.fcm(&huge, None), Err(Unrenderable::TooLarge { .. })));
}

#[tokio::test]
async fn a_retry_repeats_the_same_bytes() {
    let rig = Rig::start().await;
    let (phone, message) = (phone(), message());
    let again = Push { now: START + 5_000, ..push(&phone, &message) };
    assert_eq!(rig.apns.render(&push(&phone, &message)), rig.apns.render(&again));
    let other = Push { request_id: "req-2", ..push(&phone, &message) };
    let (one, two) = (rig.apns.render(&again).unwrap(), rig.apns.render(&other).unwrap());
    assert_ne!(headers(&one)["apns-id"], headers(&two)["apns-id"]);
}
