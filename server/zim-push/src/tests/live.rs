//! What changes while the dispatcher runs: credentials that come and go, strategies, and what is told of both.

use super::support::*;
use crate::clock::{Clock, SystemClock};
use crate::credentials::{self, CredentialConfig, Uploaded};
use crate::dispatcher::{Dispatcher, DispatcherOptions};
use crate::model::{Intent, Target, Vendor};
use crate::providers::Providers;
use crate::strategy::{Apple, ApplePushType, Strategies, Strategy};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use zim_vendor_doubles::{ApnsAnswer, ApnsDouble, ApnsOptions};

struct Rig {
    apns: ApnsDouble,
    queue: Arc<MemoryQueue>,
    dispatcher: Dispatcher,
    clock: Arc<dyn Clock>,
}

impl Rig {
    /// A dispatcher without any credential.
    async fn start() -> Self {
        let apns = ApnsDouble::start(ApnsOptions::default()).await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let queue = Arc::new(MemoryQueue::default());
        let source: Arc<MemoryQueue> = Arc::clone(&queue);
        let dispatcher = Dispatcher::start(
            source,
            Providers::default(),
            Strategies::default(),
            DispatcherOptions::default(),
            Arc::clone(&clock),
        );
        Self { apns, queue, dispatcher, clock }
    }

    /// What an owner uploads: a credential and the files it names.
    fn upload(&self) -> Providers {
        let config: CredentialConfig = serde_json::from_value(json!({
            "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app", "key_file": "key.p8",
            "key_id": self.apns.key_id(), "team_id": self.apns.team_id(), "endpoint": self.apns.url(),
            "root_certificates": "roots.pem"
        }))
        .unwrap();
        let files = [("key.p8", self.apns.p8_key_pem()), ("roots.pem", self.apns.root_certificate_pem())];
        let files = files.map(|(name, text)| (name.to_owned(), text.into_bytes().into()));
        credentials::load(&[config], &Uploaded(HashMap::from(files)), &self.clock).unwrap()
    }

    fn add(&self, id: i64, target: Target) {
        self.queue.add(id, target, self.clock.now_ms(), HOUR_MS);
        self.dispatcher.wake();
    }

    /// The last word of each job, in order of their ids.
    async fn ended(&self, count: usize) -> Vec<&'static str> {
        let ended = tokio::time::timeout(SOON, self.queue.ended(count)).await.unwrap();
        ended.iter().filter_map(|(_, result)| words(result).last().copied()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_used_from_its_upload_to_its_removal() {
    let rig = Rig::start().await;
    rig.add(1, target(Vendor::Apns, &token(1)));
    assert_eq!(rig.ended(1).await, ["misconfigured"]);
    rig.dispatcher.set_credentials("7", rig.upload());
    rig.add(2, target(Vendor::Apns, &token(2)));
    assert_eq!(rig.ended(2).await, ["misconfigured", "delivered"]);
    // The same owner again replaces, and does not add.
    rig.dispatcher.set_credentials("7", rig.upload());
    assert_eq!(rig.dispatcher.metrics().providers.len(), 1);
    rig.dispatcher.set_credentials("7", Providers::default());
    rig.add(3, target(Vendor::Apns, &token(3)));
    assert_eq!(rig.ended(3).await, ["misconfigured", "delivered", "misconfigured"]);
    assert_eq!(rig.apns.requests().len(), 1);
    rig.dispatcher.shutdown(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_under_way_ends_with_the_credential_it_was_given() {
    let rig = Rig::start().await;
    rig.dispatcher.set_credentials("7", rig.upload());
    rig.apns.script_all(Some(ApnsAnswer::Slow(Duration::from_millis(300))));
    rig.add(1, target(Vendor::Apns, &token(1)));
    let in_flight = async {
        while rig.dispatcher.metrics().providers[0].in_flight == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, in_flight).await.unwrap();
    rig.dispatcher.set_credentials("7", Providers::default());
    rig.add(2, target(Vendor::Apns, &token(2)));
    let mut words = rig.ended(2).await;
    words.sort_unstable();
    assert_eq!(words, ["delivered", "misconfigured"]);
    assert_eq!(rig.apns.requests().len(), 1, "it was sent once");
    rig.dispatcher.shutdown(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_names_a_file_it_did_not_bring_is_refused() {
    let config: CredentialConfig = serde_json::from_value(json!({
        "vendor": "fcm", "app_id": 1, "service_account_file": "/etc/hostname"
    }))
    .unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let error =
        credentials::load(&[config], &Uploaded::default(), &clock).err().expect("refused").to_string();
    assert!(error.contains("/etc/hostname") && error.contains("not among the files"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strategy_counts_from_the_push_after_it_was_set() {
    let rig = Rig::start().await;
    rig.dispatcher.set_credentials("7", rig.upload());
    let silent = Apple { push_type: ApplePushType::Silent, ..Apple::default() };
    let mut strategies = Strategies::default();
    strategies.insert(1, "quiet", Strategy { apple: Some(silent), ..Strategy::default() }).unwrap();
    let quiet = Intent { resources_id: "quiet".into(), ..message() };
    let phone = target(Vendor::Apns, &token(1));
    let before = rig.dispatcher.debug_push(&phone, &quiet).await;
    rig.dispatcher.set_strategies(strategies);
    let after = rig.dispatcher.debug_push(&phone, &quiet).await;
    assert_eq!((before[0].outcome.as_str(), after[0].outcome.as_str()), ("strategy_warning", "ok"));
    let kinds: Vec<_> = rig
        .apns
        .requests()
        .iter()
        .map(|request| request.header("apns-push-type").map(str::to_owned))
        .collect();
    assert_eq!(kinds, [Some("alert".to_owned()), Some("background".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_the_request_that_would_be_sent_and_sends_none() {
    let rig = Rig::start().await;
    rig.dispatcher.set_credentials("7", rig.upload());
    let loud = Strategy {
        apple: Some(Apple { sound: "ding.caf".into(), ..Apple::default() }),
        ..Strategy::default()
    };
    let shown = rig.dispatcher.preview(1, &message(), Some(&loud));
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].vendor, shown[0].error.as_deref()), (Vendor::Apns, None));
    let body: serde_json::Value = serde_json::from_str(&shown[0].body).unwrap();
    assert_eq!(body["aps"]["sound"], "ding.caf");
    assert_eq!(body["aps"]["alert"]["title"], message().title);
    assert_eq!(shown[0].headers["apns-push-type"], "alert");
    assert!(rig.dispatcher.preview(2, &message(), Some(&loud)).is_empty(), "another app");
    assert!(rig.apns.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_the_exchange_without_anybodys_words() {
    let rig = Rig::start().await;
    rig.dispatcher.set_credentials("7", rig.upload());
    rig.add(1, target(Vendor::Apns, &token(1)));
    let ended = tokio::time::timeout(SOON, rig.queue.ended(1)).await.unwrap();
    let (job, result) = &ended[0];
    let exchange = result.log.iter().find_map(|line| line.exchange.as_ref()).expect("of the vendor's answer");
    assert_eq!(exchange.status, 200);
    let body: serde_json::Value = serde_json::from_str(&exchange.request_body).unwrap();
    assert_eq!(body["aps"]["alert"], json!({ "title": "‹title›", "body": "‹content›" }));
    let text = serde_json::to_string(exchange).unwrap();
    for secret in [&job.intent.title, &job.intent.content, &job.intent.payload, &job.target.token] {
        assert!(!secret.is_empty() && !text.contains(secret.as_str()), "{secret:?} is in {text}");
    }
}
