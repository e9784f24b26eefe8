//! The APNs provider against the strict double.

use super::support::*;
use crate::clock::{Clock, SystemClock};
use crate::credentials::{self, ProviderTokens, Uploaded};
use crate::model::{Environment, Outcome, RateScope, Target, Vendor};
use crate::provider::Provider;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;
use zim_vendor_doubles::{ApnsAnswer, ApnsDouble, ApnsOptions};

/// A provider with the double's `.p8` key.
pub(super) fn by_key(double: &ApnsDouble, folder: &Path) -> Arc<dyn Provider> {
    std::fs::write(folder.join("key.p8"), double.p8_key_pem()).unwrap();
    std::fs::write(folder.join("root.pem"), double.root_certificate_pem()).unwrap();
    let config = json!({
        "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app",
        "key_file": "key.p8", "key_id": double.key_id(), "team_id": double.team_id(),
        "endpoint": double.url(), "root_certificates": "root.pem"
    });
    provider(config, folder)
}

fn phone(byte: u8) -> Target {
    target(Vendor::Apns, &token(byte))
}

struct Rig {
    double: ApnsDouble,
    provider: Arc<dyn Provider>,
    _folder: tempfile::TempDir,
}

impl Rig {
    async fn start() -> Self {
        Self::with(ApnsOptions::default()).await
    }

    async fn with(options: ApnsOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let double = ApnsDouble::start(options).await;
        let provider = by_key(&double, folder.path());
        Self { double, provider, _folder: folder }
    }

    async fn send(&self, byte: u8) -> Outcome {
        send(&self.provider, &phone(byte)).await.0
    }

    /// Sends to all these tokens side by side.
    async fn send_all(&self, bytes: std::ops::Range<u8>) -> Vec<Outcome> {
        let mut tasks = Vec::new();
        for byte in bytes {
            let provider = Arc::clone(&self.provider);
            tasks.push(tokio::spawn(async move { send(&provider, &phone(byte)).await.0 }));
        }
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_uploads_of_one_key_show_apple_one_token() {
    let double = ApnsDouble::start(ApnsOptions::default()).await;
    let (tokens, clock) = (ProviderTokens::default(), Arc::new(SystemClock) as Arc<dyn Clock>);
    let files = [("key.p8", double.p8_key_pem()), ("root.pem", double.root_certificate_pem())];
    let files = files.map(|(name, text)| (name.to_owned(), Zeroizing::new(text.into_bytes())));
    let files = Uploaded(files.into());
    let upload = |environment: &str| {
        let config = json!({
            "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app", "environments": [environment],
            "key_file": "key.p8", "key_id": double.key_id(), "team_id": double.team_id(),
            "endpoint": double.url(), "root_certificates": "root.pem"
        });
        let config = serde_json::from_value(config).unwrap();
        let providers = credentials::load_sharing(&[config], &files, &clock, &tokens).unwrap();
        Arc::clone(&providers.entries[0].1)
    };
    for provider in [upload("production"), upload("sandbox")] {
        assert!(matches!(send(&provider, &phone(1)).await.0, Outcome::Delivered { .. }));
    }
    let requests = double.requests();
    let shown: Vec<_> = requests.iter().map(|request| request.header("authorization").unwrap()).collect();
    // A signature holds chance: two tokens of one key are never equal.
    assert_eq!(shown[0], shown[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_arrives_flawless_with_the_key_and_with_both_kinds_of_certificate() {
    let rig = Rig::start().await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("root.pem"), rig.double.root_certificate_pem()).unwrap();
    std::fs::write(at("push.p12"), rig.double.client_certificate_p12("s3cret")).unwrap();
    std::fs::write(at("push.pem"), rig.double.client_certificate_pem()).unwrap();
    let certificate = |file: &str, password: Option<&str>| {
        let mut config = json!({
            "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app", "environments": ["production"],
            "certificate_file": file, "endpoint": rig.double.url(), "root_certificates": "root.pem"
        });
        if let Some(password) = password {
            config["certificate_password"] = password.into();
        }
        provider(config, folder.path())
    };
    let providers =
        [Arc::clone(&rig.provider), certificate("push.p12", Some("s3cret")), certificate("push.pem", None)];
    for (n, provider) in providers.iter().enumerate() {
        let (outcome, exchange) = send(provider, &phone(1)).await;
        let requests = rig.double.requests();
        let request = requests.last().unwrap();
        assert_eq!(request.violation, None, "provider {n}");
        let id = request.header("apns-id").unwrap();
        assert_eq!(outcome, Outcome::Delivered { vendor_id: id.into() });
        assert_eq!(request.header("authorization").is_some(), n == 0);
        assert_eq!(provider.credential_expires_at().is_some(), n != 0);
        let shown = format!("{exchange:?}");
        assert!(!shown.contains(&token(1)) && !shown.contains("eyJ"), "{shown}");
        assert_eq!(exchange.status, 200);
    }
    assert_eq!(rig.double.connections(), 3, "one connection per credential");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_reason_has_its_meaning() {
    let rig = Rig::start().await;
    assert!(matches!(rig.send(0).await, Outcome::Delivered { .. }), "so that a bad token is a dead one");
    let misconfigured = |reason: &str, status| Outcome::Misconfigured { why: format!("{status} {reason}") };
    let rejected = |reason: &str, status| Outcome::Rejected { why: format!("{status} {reason}") };
    let retry = |reason: &str, status| Outcome::Retry { after: None, why: format!("{status} {reason}") };
    let device = Outcome::RateLimited { after: None, scope: RateScope::Device };
    let cases = [
        (400, "BadCollapseId", rejected("BadCollapseId", 400)),
        (400, "BadDeviceToken", Outcome::TokenInvalid { since: None }),
        (400, "BadExpirationDate", rejected("BadExpirationDate", 400)),
        (400, "BadMessageId", rejected("BadMessageId", 400)),
        (400, "BadPriority", rejected("BadPriority", 400)),
        (400, "BadTopic", misconfigured("BadTopic", 400)),
        (400, "DeviceTokenNotForTopic", misconfigured("DeviceTokenNotForTopic", 400)),
        (400, "DuplicateHeaders", rejected("DuplicateHeaders", 400)),
        (400, "IdleTimeout", retry("IdleTimeout", 400)),
        (400, "InvalidPushType", rejected("InvalidPushType", 400)),
        (400, "MissingDeviceToken", rejected("MissingDeviceToken", 400)),
        (400, "MissingTopic", misconfigured("MissingTopic", 400)),
        (400, "PayloadEmpty", rejected("PayloadEmpty", 400)),
        (400, "TopicDisallowed", misconfigured("TopicDisallowed", 400)),
        (403, "BadCertificate", misconfigured("BadCertificate", 403)),
        (403, "BadCertificateEnvironment", misconfigured("BadCertificateEnvironment", 403)),
        (403, "BadEnvironmentKeyIdInToken", misconfigured("BadEnvironmentKeyIdInToken", 403)),
        (403, "ExpiredProviderToken", Outcome::AuthExpired),
        (403, "Forbidden", misconfigured("Forbidden", 403)),
        (403, "InvalidProviderToken", misconfigured("InvalidProviderToken", 403)),
        (403, "MissingProviderToken", misconfigured("MissingProviderToken", 403)),
        (403, "UnrelatedKeyIdInToken", misconfigured("UnrelatedKeyIdInToken", 403)),
        (404, "BadPath", rejected("BadPath", 404)),
        (405, "MethodNotAllowed", rejected("MethodNotAllowed", 405)),
        (410, "ExpiredToken", Outcome::TokenInvalid { since: None }),
        (410, "Unregistered", Outcome::TokenInvalid { since: None }),
        (413, "PayloadTooLarge", Outcome::TooLarge),
        (
            429,
            "TooManyProviderTokenUpdates",
            Outcome::RateLimited { after: Some(Duration::from_secs(60)), scope: RateScope::Credential },
        ),
        (429, "TooManyRequests", device),
        (500, "InternalServerError", retry("InternalServerError", 500)),
        (503, "ServiceUnavailable", retry("ServiceUnavailable", 503)),
        (503, "Shutdown", retry("Shutdown", 503)),
        (400, "SomethingNew", rejected("SomethingNew", 400)),
    ];
    for (status, reason, expected) in cases {
        rig.double.script(&token(1), ApnsAnswer::refuse(status, reason));
        assert_eq!(rig.send(1).await, expected, "{status} {reason}");
    }
    rig.double.script(
        &token(1),
        ApnsAnswer::Refuse {
            status: 410,
            reason: "Unregistered".into(),
            timestamp: Some(1_700_000_000_123),
            retry_after: None,
        },
    );
    assert_eq!(rig.send(1).await, Outcome::TokenInvalid { since: Some(1_700_000_000_123) });
    let wish = ApnsAnswer::Refuse {
        status: 503,
        reason: "ServiceUnavailable".into(),
        timestamp: None,
        retry_after: Some(17),
    };
    rig.double.script(&token(1), wish);
    let expected = Some(Duration::from_secs(17));
    assert!(matches!(rig.send(1).await, Outcome::Retry { after, .. } if after == expected));
    assert!(rig.double.requests().iter().all(|request| request.violation.is_none()));
    assert_eq!(rig.double.connections(), 1, "no answer costs the connection");
}

// covers: D-12, D-13
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_proves_nothing_before_another_one_worked_in_the_same_environment() {
    let rig = Rig::start().await;
    let sandbox = Target { environment: Environment::Sandbox, ..phone(2) };
    assert!(matches!(send(&rig.provider, &sandbox).await.0, Outcome::Delivered { .. }));
    rig.double.script(&token(1), ApnsAnswer::refuse(400, "BadDeviceToken"));
    assert!(
        matches!(rig.send(1).await, Outcome::Misconfigured { .. }),
        "a success in the sandbox does not count"
    );
    assert!(matches!(rig.send(2).await, Outcome::Delivered { .. }));
    rig.double.script(&token(1), ApnsAnswer::refuse(400, "BadDeviceToken"));
    assert_eq!(rig.send(1).await, Outcome::TokenInvalid { since: None });
    assert_eq!(rig.double.connections(), 2, "environments never share a connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn goaway_in_mid_stream_loses_nothing_and_doubles_nothing() {
    let rig = Rig::start().await;
    assert!(matches!(rig.send(0).await, Outcome::Delivered { .. }), "the connection is warm");
    for byte in (1..40).filter(|byte| *byte != 20) {
        rig.double.script(&token(byte), ApnsAnswer::Slow(Duration::from_millis(20)));
    }
    rig.double.script(&token(20), ApnsAnswer::GoAway);
    let outcomes = rig.send_all(1..40).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Delivered { .. })), "{outcomes:?}");
    let requests = rig.double.requests();
    let on_first = |byte| {
        requests
            .iter()
            .find(|request| request.connection == 1 && request.token == token(byte))
            .map(|one| one.stream)
    };
    let left_out = on_first(20).unwrap();
    for byte in 1..40 {
        let tries = requests.iter().filter(|request| request.token == token(byte)).count();
        let processed = on_first(byte).is_some_and(|stream| stream < left_out);
        assert!(!processed || tries == 1, "token {byte} was processed and must not be sent again");
    }
    assert_eq!(rig.double.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_stream_is_repeated_and_a_reset_or_cut_one_is_unknown() {
    let rig = Rig::start().await;
    rig.double.script(&token(1), ApnsAnswer::RefuseStream);
    assert!(matches!(rig.send(1).await, Outcome::Delivered { .. }));
    rig.double.script(&token(1), ApnsAnswer::Reset);
    assert!(matches!(rig.send(1).await, Outcome::Unknown { .. }));
    rig.double.script(&token(1), ApnsAnswer::Disconnect);
    assert!(matches!(rig.send(1).await, Outcome::Unknown { .. }));
    assert!(matches!(rig.send(1).await, Outcome::Delivered { .. }), "on a new connection");
}

#[tokio::test]
async fn a_hanging_vendor_is_unknown_after_ten_seconds() {
    let rig = Rig::start().await;
    assert!(matches!(rig.send(1).await, Outcome::Delivered { .. }), "the connection is warm");
    rig.double.script(&token(1), ApnsAnswer::Hang);
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    assert!(matches!(rig.send(1).await, Outcome::Unknown { .. }));
    assert!(began.elapsed() >= Duration::from_secs(10) && began.elapsed() < Duration::from_secs(11));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_limit_is_obeyed() {
    let rig = Rig::with(ApnsOptions { max_concurrent_streams: 5, ..ApnsOptions::default() }).await;
    rig.double.script_all(Some(ApnsAnswer::Slow(Duration::from_millis(5))));
    let outcomes = rig.send_all(0..60).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Delivered { .. })), "{outcomes:?}");
    assert!(rig.double.most_open_streams() <= 5, "{} at once", rig.double.most_open_streams());
    let jwts: std::collections::HashSet<_> = rig
        .double
        .requests()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!((jwts.len(), rig.double.connections()), (1, 1), "one token, one connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_cannot_be_reached_is_a_retry() {
    let rig = Rig::start().await;
    let Rig { double, provider, _folder } = rig;
    drop(double);
    let (outcome, exchange) = loop {
        // The listener closes a moment after the double is gone.
        let (outcome, exchange) = send(&provider, &phone(1)).await;
        if matches!(outcome, Outcome::Retry { .. }) {
            break (outcome, exchange);
        }
        tokio::task::yield_now().await;
    };
    let Outcome::Retry { why, .. } = outcome else { unreachable!() };
    assert!(why.starts_with("https://localhost:"), "{why}");
    assert_eq!(exchange.status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_nobody_vouches_for_gets_nothing() {
    let rig = Rig::start().await;
    let folder = tempfile::tempdir().unwrap();
    let stranger = ApnsDouble::start(ApnsOptions::default()).await;
    std::fs::write(folder.path().join("key.p8"), rig.double.p8_key_pem()).unwrap();
    std::fs::write(folder.path().join("root.pem"), stranger.root_certificate_pem()).unwrap();
    let config = json!({
        "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app", "key_file": "key.p8",
        "key_id": rig.double.key_id(), "team_id": rig.double.team_id(), "endpoint": rig.double.url(),
        "root_certificates": "root.pem"
    });
    let provider = provider(config, folder.path());
    assert!(matches!(send(&provider, &phone(1)).await.0, Outcome::Retry { .. }));
    assert!(rig.double.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_hexadecimal_never_leaves() {
    let rig = Rig::start().await;
    for bad in ["", "xyz", "../../3/device/00", "ab cd"] {
        let (outcome, _) = send(&rig.provider, &target(Vendor::Apns, bad)).await;
        assert!(matches!(outcome, Outcome::Rejected { .. }), "{bad:?}");
    }
    let upper = target(Vendor::Apns, &token(0xab).to_uppercase());
    assert!(matches!(send(&rig.provider, &upper).await.0, Outcome::Delivered { .. }));
    assert_eq!(rig.double.requests().len(), 1);
}
