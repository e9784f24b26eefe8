//! From the queue to the doubles and back, with nothing replaced but the vendors.

use super::support::*;
use crate::clock::{Clock, SystemClock};
use crate::credentials::{self, CredentialConfig, Folder};
use crate::dispatcher::{Dispatcher, DispatcherOptions};
use crate::job::Feedback;
use crate::model::{Intent, Target, Vendor};
use crate::strategy::{Apple, ApplePushType, Strategies, Strategy};
use serde_json::json;
use std::sync::Arc;
use zim_vendor_doubles::{ApnsAnswer, ApnsDouble, ApnsOptions, FcmAnswer, FcmDouble};

struct Rig {
    apns: ApnsDouble,
    fcm: FcmDouble,
    queue: Arc<MemoryQueue>,
    dispatcher: Dispatcher,
    now: i64,
}

impl Rig {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let apns = ApnsDouble::start(ApnsOptions::default()).await;
        let fcm = FcmDouble::start().await;
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        write("key.p8", apns.p8_key_pem());
        write("account.json", fcm.service_account_json());
        write("roots.pem", apns.root_certificate_pem() + &fcm.root_certificate_pem());
        let configs: Vec<CredentialConfig> = serde_json::from_value(json!([
            {
                "vendor": "apns", "app_id": 1, "bundle_id": "com.example.app", "key_file": "key.p8",
                "key_id": apns.key_id(), "team_id": apns.team_id(), "endpoint": apns.url(),
                "root_certificates": "roots.pem"
            },
            {
                "vendor": "fcm", "app_id": 1, "service_account_file": "account.json", "endpoint": fcm.url(),
                "root_certificates": "roots.pem"
            }
        ]))
        .unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let providers = credentials::load(&configs, &Folder(folder.path()), &clock).unwrap();
        let mut strategies = Strategies::default();
        let voip = Apple { push_type: ApplePushType::Voip, ..Apple::default() };
        strategies.insert(1, "call", Strategy { apple: Some(voip), ..Strategy::default() }).unwrap();
        let queue = Arc::new(MemoryQueue::default());
        let source: Arc<MemoryQueue> = Arc::clone(&queue);
        let now = clock.now_ms();
        let dispatcher =
            Dispatcher::start(source, providers, strategies, DispatcherOptions::default(), clock);
        Self { apns, fcm, queue, dispatcher, now }
    }

    fn add(&self, id: i64, target: Target) {
        self.queue.add(id, target, self.now, HOUR_MS);
        self.dispatcher.wake();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_reach_both_vendors_and_their_answers_reach_the_queue() {
    let rig = Rig::start().await;
    rig.apns.script(
        &token(2),
        ApnsAnswer::Refuse {
            status: 410,
            reason: "Unregistered".into(),
            timestamp: Some(77),
            retry_after: None,
        },
    );
    rig.fcm.script("b", FcmAnswer::ExpireTokens);
    rig.add(1, target(Vendor::Apns, &token(1)));
    rig.add(2, target(Vendor::Apns, &token(2)));
    rig.add(3, target(Vendor::Fcm, "a"));
    rig.add(4, target(Vendor::Fcm, "b"));
    let ended = tokio::time::timeout(SOON, rig.queue.ended(4)).await.unwrap();
    let feedback: Vec<_> = ended.iter().map(|(_, result)| result.feedback).collect();
    let dead = Feedback::TokenDead { registered_before: 77 };
    assert_eq!(feedback, [Feedback::TokenWorks, dead, Feedback::TokenWorks, Feedback::TokenWorks]);
    assert_eq!(
        words(&ended[3].1),
        ["delivered"],
        "the refused access token was renewed and the push repeated"
    );
    for request in rig.apns.requests().iter().chain(&rig.fcm.requests()) {
        assert!(request.violation.is_none() || request.status == 401, "{request:?}");
    }
    let metrics = rig.dispatcher.metrics();
    assert_eq!(metrics.claimed, 4);
    rig.dispatcher.shutdown(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debug_push_tells_every_stage_and_the_raw_answer() {
    let rig = Rig::start().await;
    let phone = Target { voip_token: token(9), ..target(Vendor::Apns, &token(1)) };
    let call = Intent { resources_id: "call".into(), ..message() };
    let stages = rig.dispatcher.debug_push(&phone, &call).await;
    let names: Vec<_> = stages.iter().map(|stage| (stage.name.as_str(), stage.ok)).collect();
    assert_eq!(names, [("strategy", true), ("credential", true), ("render", true), ("vendor", true)]);
    let requests = rig.apns.requests();
    assert_eq!(
        (requests[0].token.as_str(), requests[0].header("apns-push-type")),
        (&*token(9), Some("voip"))
    );

    rig.fcm.script("gone", FcmAnswer::refuse(404, "NOT_FOUND", "UNREGISTERED"));
    let stages = rig.dispatcher.debug_push(&target(Vendor::Fcm, "gone"), &call).await;
    let last = stages.last().unwrap();
    assert_eq!(
        (last.ok, last.outcome.as_str(), stages[0].outcome.as_str()),
        (false, "token_invalid", "strategy_warning")
    );
    let exchange = last.exchange.as_ref().unwrap();
    assert!(exchange.status == 404 && exchange.response_body.contains("UNREGISTERED"));
    assert!(!serde_json::to_string(&stages).unwrap().contains("\"gone\""), "tokens are masked");
}
