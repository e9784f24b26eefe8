//! The FCM provider against the strict double.

use super::support::*;
use crate::model::{Intent, Outcome, RateScope, Subject, Vendor};
use crate::provider::{Provider, Push};
use crate::strategy::{Fcm, FcmPriority, FcmPushType, Strategy};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use zim_vendor_doubles::{FcmAnswer, FcmDouble};

pub(super) fn provider_of(double: &FcmDouble, folder: &Path) -> Arc<dyn Provider> {
    provider_with(double, folder, &json!({}))
}

fn provider_with(double: &FcmDouble, folder: &Path, more: &serde_json::Value) -> Arc<dyn Provider> {
    std::fs::write(folder.join("account.json"), double.service_account_json()).unwrap();
    std::fs::write(folder.join("fcm-root.pem"), double.root_certificate_pem()).unwrap();
    let mut config = json!({
        "vendor": "fcm", "app_id": 1, "service_account_file": "account.json",
        "endpoint": double.url(), "root_certificates": "fcm-root.pem"
    });
    for (name, value) in more.as_object().unwrap() {
        config[name] = value.clone();
    }
    provider(config, folder)
}

struct Rig {
    double: FcmDouble,
    provider: Arc<dyn Provider>,
    _folder: tempfile::TempDir,
}

impl Rig {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let double = FcmDouble::start().await;
        let provider = provider_of(&double, folder.path());
        Self { double, provider, _folder: folder }
    }

    async fn send(&self) -> Outcome {
        send(&self.provider, &target(Vendor::Fcm, "device-token")).await.0
    }

    async fn answer(&self, answer: FcmAnswer) -> Outcome {
        self.double.script("device-token", answer);
        self.send().await
    }
}

fn refuse(status: u16, word: &str, code: &str, message: &str, field: &str) -> FcmAnswer {
    FcmAnswer::Refuse {
        status,
        word: word.into(),
        code: code.into(),
        message: message.into(),
        field: field.into(),
        retry_after: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_arrives_flawless_and_the_exchange_shows_no_secret() {
    let rig = Rig::start().await;
    let target = target(Vendor::Fcm, "device-token-0123456789");
    let (outcome, exchange) = send(&rig.provider, &target).await;
    assert_eq!(outcome, Outcome::Delivered { vendor_id: "projects/double-project/messages/0:1".into() });
    let request = rig.double.requests().remove(0);
    assert_eq!((request.violation.as_deref(), request.token.as_str()), (None, target.token.as_str()));
    assert_eq!(request.path, "/v1/projects/double-project/messages:send");
    let shown = format!("{exchange:?}");
    assert!(!shown.contains(&target.token) && !shown.contains("ya29"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_answer_has_its_meaning() {
    let rig = Rig::start().await;
    let minute = Some(Duration::from_secs(60));
    let limited = Outcome::RateLimited { after: minute, scope: RateScope::Credential };
    let exact = [
        (
            refuse(404, "NOT_FOUND", "UNREGISTERED", "Requested entity not found.", ""),
            Outcome::TokenInvalid { since: None },
        ),
        (refuse(401, "UNAUTHENTICATED", "", "No.", ""), Outcome::AuthExpired),
        (refuse(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Slow.", ""), limited.clone()),
        (refuse(429, "RESOURCE_EXHAUSTED", "", "Slow.", ""), limited),
        (
            refuse(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "Android message is too big", ""),
            Outcome::TooLarge,
        ),
    ];
    for (answer, expected) in exact {
        assert_eq!(rig.answer(answer.clone()).await, expected, "{answer:?}");
    }
    type Check = fn(&Outcome) -> bool;
    let misconfigured: Check = |outcome| matches!(outcome, Outcome::Misconfigured { .. });
    let wrong_sender: Check = |outcome| matches!(outcome, Outcome::WrongSender { .. });
    let rejected: Check = |outcome| matches!(outcome, Outcome::Rejected { .. });
    let suspect: Check = |outcome| matches!(outcome, Outcome::TokenSuspect { .. });
    let retry: Check = |outcome| matches!(outcome, Outcome::Retry { after: None, .. });
    let later: Check = |outcome| matches!(outcome, Outcome::Retry { after: Some(after), .. } if *after == Duration::from_secs(10));
    let kinds = [
        (refuse(404, "NOT_FOUND", "", "Not found.", ""), misconfigured),
        (
            refuse(
                400,
                "INVALID_ARGUMENT",
                "INVALID_ARGUMENT",
                "The registration token is not a valid FCM registration token",
                "",
            ),
            suspect,
        ),
        (refuse(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "Bad.", "message.android.ttl"), rejected),
        (refuse(400, "INVALID_ARGUMENT", "", "Bad.", "message.token"), rejected),
        (refuse(400, "INVALID_ARGUMENT", "", "The registration token is odd.", "x"), rejected),
        (refuse(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "No.", ""), wrong_sender),
        (refuse(403, "PERMISSION_DENIED", "", "No.", ""), misconfigured),
        (refuse(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "No.", ""), misconfigured),
        (refuse(500, "INTERNAL", "INTERNAL", "Oh.", ""), retry),
        (refuse(502, "", "", "", ""), retry),
        (refuse(503, "UNAVAILABLE", "UNAVAILABLE", "Later.", ""), later),
        (refuse(418, "TEAPOT", "NEW_CODE", "New.", ""), rejected),
    ];
    for (answer, fits) in kinds {
        let outcome = rig.answer(answer.clone()).await;
        assert!(fits(&outcome), "{answer:?}: {outcome:?}");
    }
    for (status, word) in [(429, "RESOURCE_EXHAUSTED"), (503, "UNAVAILABLE")] {
        let answer = FcmAnswer::Refuse {
            status,
            word: word.into(),
            code: String::new(),
            message: String::new(),
            field: String::new(),
            retry_after: Some(33),
        };
        let outcome = rig.answer(answer).await;
        let (Outcome::Retry { after, .. } | Outcome::RateLimited { after, .. }) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(after, Some(Duration::from_secs(33)), "{word}");
    }
    assert!(rig.double.requests().iter().all(|request| request.violation.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_pushes_share_one_access_token() {
    let rig = Rig::start().await;
    let wave = || async {
        let mut tasks = Vec::new();
        for _ in 0..30 {
            let provider = Arc::clone(&rig.provider);
            tasks.push(tokio::spawn(async move { send(&provider, &target(Vendor::Fcm, "t")).await.0 }));
        }
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    };
    assert!(wave().await.iter().all(|outcome| matches!(outcome, Outcome::Delivered { .. })));
    assert_eq!(rig.double.tokens_granted(), 1, "thirty waited for one fetch");
    rig.double.expire_tokens();
    let refused = wave().await;
    assert!(refused.iter().all(|one| matches!(one, Outcome::AuthExpired | Outcome::Delivered { .. })));
    assert!(wave().await.iter().all(|outcome| matches!(outcome, Outcome::Delivered { .. })));
    assert_eq!(rig.double.tokens_granted(), 2, "and all who were refused for one more");
    assert!(rig.double.connections() <= 3, "HTTP/2: {} connections for 90 pushes", rig.double.connections());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_token_endpoint_is_told_apart() {
    let rig = Rig::start().await;
    rig.double.script_token(refuse(503, "", "", "", ""));
    assert!(matches!(rig.send().await, Outcome::Retry { .. }));
    rig.double.script_token(FcmAnswer::Disconnect);
    assert!(matches!(rig.send().await, Outcome::Retry { .. }), "no push left, so nothing is unknown");
    rig.double.script_token(refuse(400, "", "", "", ""));
    assert!(matches!(rig.send().await, Outcome::Misconfigured { .. }));
    assert!(rig.double.requests().is_empty());
    assert!(matches!(rig.send().await, Outcome::Delivered { .. }));
}

#[tokio::test]
async fn a_hanging_vendor_is_unknown_after_ten_seconds() {
    let rig = Rig::start().await;
    assert!(matches!(rig.send().await, Outcome::Delivered { .. }), "the connection is warm");
    rig.double.script("device-token", FcmAnswer::Hang);
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    assert!(matches!(rig.send().await, Outcome::Unknown { .. }));
    assert!(began.elapsed() >= Duration::from_secs(10) && began.elapsed() < Duration::from_secs(11));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_unknown() {
    let rig = Rig::start().await;
    assert!(matches!(rig.answer(FcmAnswer::Disconnect).await, Outcome::Unknown { .. }));
    assert!(matches!(rig.send().await, Outcome::Delivered { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_cannot_be_reached_is_a_retry() {
    let Rig { double, provider, _folder } = Rig::start().await;
    drop(double);
    loop {
        // The listener closes a moment after the double is gone.
        let (outcome, _) = send(&provider, &target(Vendor::Fcm, "t")).await;
        if let Outcome::Retry { why, .. } = outcome {
            assert!(!why.is_empty());
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_get_a_web_push_block_instead_of_androids() {
    let folder = tempfile::tempdir().unwrap();
    let double = FcmDouble::start().await;
    let provider = provider_with(&double, folder.path(), &json!({ "web_link": "https://example.com/chat" }));
    let (target, message) = (target(Vendor::Fcm, "browser"), message());
    let call = Intent { subject: Subject::CallInvite, ..message.clone() };
    let quiet = Strategy {
        fcm: Some(Fcm { push_type: FcmPushType::Data, channel_id: "c".into(), ..Fcm::default() }),
        ..Strategy::default()
    };
    let data = json!({
        "title": "Ann", "body": "Are you there?", "payload": "{\"k\":1}",
        "zego": "{\"version\":1,\"zpns_request_id\":\"req-1\"}"
    });
    for (intent, strategy, expected) in [
        (
            &message,
            None,
            json!({
                "token": "browser", "notification": { "title": "Ann", "body": "Are you there?" }, "data": data,
                "webpush": {
                    "headers": { "TTL": "3600", "Urgency": "normal" },
                    "fcmOptions": { "link": "https://example.com/chat" }
                }
            }),
        ),
        (
            &call,
            Some(&quiet),
            json!({
                "token": "browser", "data": data, "webpush": { "headers": { "TTL": "3600", "Urgency": "high" } }
            }),
        ),
    ] {
        let rendered = provider.render(&Push { strategy, ..push(&target, intent) }).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&rendered.body).unwrap();
        assert_eq!(body["message"], expected);
        assert!(matches!(provider.send(&target, &rendered).await.0, Outcome::Delivered { .. }));
    }
    assert!(double.requests().iter().all(|request| request.violation.is_none()));
}

#[tokio::test]
async fn a_projects_own_priority_counts_where_the_strategy_names_none() {
    let folder = tempfile::tempdir().unwrap();
    let double = FcmDouble::start().await;
    let (target, intent) = (target(Vendor::Fcm, "t"), message());
    let call = Intent { subject: Subject::CallInvite, ..intent.clone() };
    let low = Strategy {
        fcm: Some(Fcm { priority: Some(FcmPriority::Normal), ..Fcm::default() }),
        ..Strategy::default()
    };
    for (config, message_has, call_has) in [
        (json!({}), "NORMAL", "HIGH"),
        (json!({"priority": "high"}), "HIGH", "HIGH"),
        (json!({"priority": "normal"}), "NORMAL", "NORMAL"),
    ] {
        let provider = provider_with(&double, folder.path(), &config);
        let priority = |intent, strategy| {
            let rendered = provider.render(&Push { strategy, ..push(&target, intent) }).unwrap();
            let body: serde_json::Value = serde_json::from_slice(&rendered.body).unwrap();
            body["message"]["android"]["priority"].clone()
        };
        assert_eq!(
            (priority(&intent, None), priority(&call, None)),
            (message_has.into(), call_has.into()),
            "{config}"
        );
        assert_eq!(priority(&call, Some(&low)), "NORMAL", "the strategy wins");
    }
}
