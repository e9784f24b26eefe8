//! Faults while many jobs are under way: tokens that end, vendors that are down, queues that are long.

use super::makers::Rig;
use super::support::*;
use crate::clock::{Clock, SystemClock};
use crate::dispatcher::{Dispatcher, DispatcherOptions};
use crate::job::Feedback;
use crate::model::{Environment, Outcome, Vendor};
use crate::provider::Provider;
use crate::providers::{Providers, Slot};
use crate::strategy::Strategies;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use zim_vendor_doubles::{FcmAnswer, FcmDouble, MakerAnswer};

fn options() -> DispatcherOptions {
    DispatcherOptions { seed: Some(7), ..DispatcherOptions::default() }
}

fn only(provider: &Arc<dyn Provider>) -> Providers {
    let mut providers = Providers::default();
    let slot = Slot {
        app_id: 1,
        app_type: 1,
        environments: vec![Environment::Production],
        bundle_id: String::new(),
        alert: true,
        voip: false,
        owner: String::new(),
    };
    providers.add(slot, Arc::clone(provider));
    providers
}

/// Sends `count` jobs through the real dispatcher and provider; each has to end as delivered, without another word.
async fn all_delivered(
    provider: &Arc<dyn Provider>,
    vendor: Vendor,
    count: i64,
    token: impl Fn(&str) -> String,
) {
    let queue = Arc::new(MemoryQueue::default());
    let now = SystemClock.now_ms();
    for id in 0..count {
        queue.add(id, target(vendor, &token(&format!("device-{id}"))), now, HOUR_MS);
    }
    let source: Arc<MemoryQueue> = Arc::clone(&queue);
    let dispatcher =
        Dispatcher::start(source, only(provider), Strategies::default(), options(), Arc::new(SystemClock));
    let ended = tokio::time::timeout(SOON, queue.ended(usize::try_from(count).unwrap())).await.unwrap();
    for (job, result) in ended {
        assert_eq!(
            (words(&result), result.feedback),
            (vec!["delivered"], Feedback::TokenWorks),
            "job {}",
            job.id
        );
    }
    dispatcher.shutdown(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_in_the_middle_of_a_batch_costs_no_push_and_no_try() {
    for vendor in [Vendor::Huawei, Vendor::HarmonyOs, Vendor::Oppo, Vendor::Vivo, Vendor::Web] {
        let rig = Rig::start(vendor).await;
        let token = |name: &str| rig.double.token_of(name);
        rig.double.script(&token("device-200"), MakerAnswer::ExpireTokens);
        all_delivered(&rig.provider, vendor, 400, token).await;
        assert_eq!(rig.double.logins(), 2, "{vendor:?}: one more login for all who were refused");
        let shown = rig.double.shown();
        let distinct: HashSet<_> = shown.iter().collect();
        assert_eq!((shown.len(), distinct.len()), (400, 400), "{vendor:?}: each device once");
    }
    let (folder, double) = (tempfile::tempdir().unwrap(), FcmDouble::start().await);
    let provider = super::fcm::provider_of(&double, folder.path());
    double.script("device-200", FcmAnswer::ExpireTokens);
    all_delivered(&provider, Vendor::Fcm, 400, str::to_owned).await;
    assert_eq!(double.tokens_granted(), 2);
    let accepted = double.requests().into_iter().filter(|request| request.status == 200);
    let tokens: Vec<_> = accepted.map(|request| request.token).collect();
    let distinct: HashSet<_> = tokens.iter().collect();
    assert_eq!((tokens.len(), distinct.len()), (400, 400));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_service_that_is_down_delays_no_other_behind_the_same_key() {
    const EACH: i64 = 100;
    let rig = Rig::start(Vendor::Web).await;
    let live = rig.double.token_of("device");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let down = live.replace(&rig.double.url(), &format!("https://localhost:{closed}"));
    let queue = Arc::new(MemoryQueue::default());
    let now = SystemClock.now_ms();
    for id in 0..EACH {
        queue.add(id, target(Vendor::Web, &down), now, HOUR_MS);
        queue.add(EACH + id, target(Vendor::Web, &live), now, HOUR_MS);
    }
    let source: Arc<MemoryQueue> = Arc::clone(&queue);
    let dispatcher = Dispatcher::start(
        source,
        only(&rig.provider),
        Strategies::default(),
        options(),
        Arc::new(SystemClock),
    );
    let ended = tokio::time::timeout(SOON, queue.ended(EACH as usize)).await.unwrap();
    for (job, result) in ended {
        assert_eq!((&job.target.token, words(&result)), (&live, vec!["delivered"]), "job {}", job.id);
    }
    assert!(!dispatcher.metrics().providers[0].breaker_open, "the credential as a whole goes on");
    dispatcher.shutdown(Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_after_a_lost_answer_carries_the_key_by_which_the_vendor_knows_it() {
    let vendors = [
        (Vendor::Huawei, 1),
        (Vendor::HarmonyOs, 1),
        (Vendor::Xiaomi, 1),
        (Vendor::Oppo, 1),
        (Vendor::Vivo, 2),
        (Vendor::Web, 1),
    ];
    for (vendor, shown) in vendors {
        let rig = Rig::start(vendor).await;
        let token = rig.double.token_of("device-0");
        rig.double.script(&token, MakerAnswer::Disconnect);
        let queue = Arc::new(MemoryQueue::default());
        queue.add(0, target(vendor, &token), SystemClock.now_ms(), HOUR_MS);
        let source: Arc<MemoryQueue> = Arc::clone(&queue);
        let _dispatcher = Dispatcher::start(
            source,
            only(&rig.provider),
            Strategies::default(),
            options(),
            Arc::new(SystemClock),
        );
        let ended = tokio::time::timeout(SOON, queue.ended(1)).await.unwrap();
        assert_eq!(words(&ended[0].1), ["delivered"], "{vendor:?}");
        assert_eq!(rig.double.requests().len(), 2, "{vendor:?} was asked twice");
        assert_eq!(rig.double.shown().len(), shown, "{vendor:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_of_a_hundred_thousand_is_held_a_window_at_a_time() {
    const JOBS: i64 = 100_000;
    let vendors = [Vendor::Apns, Vendor::Fcm, Vendor::Xiaomi, Vendor::Oppo];
    let queue = Arc::new(MemoryQueue::default());
    for id in 0..JOBS {
        let vendor = vendors[usize::try_from(id).unwrap() % vendors.len()];
        queue.add(id, target(vendor, "t"), START, 24 * HOUR_MS);
    }
    let scripted: Vec<_> = vendors
        .iter()
        .map(|vendor| Scripted::new(*vendor, Duration::from_millis(30), |_| delivered()))
        .collect();
    let source: Arc<MemoryQueue> = Arc::clone(&queue);
    let _dispatcher = Dispatcher::start(
        source,
        providers(&scripted),
        Strategies::default(),
        options(),
        VirtualClock::start(),
    );
    assert_eq!(queue.ended(JOBS as usize).await.len(), JOBS as usize);
    let window = options().batch + vendors.len() * options().concurrency;
    queue.with(|state| assert!(state.most_claimed <= window, "{} of {window} claimed", state.most_claimed));
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_without_one_vendor_delay_no_other_vendor_and_lose_nothing() {
    const EACH: i64 = 10_000;
    let queue = Arc::new(MemoryQueue::default());
    for id in 0..EACH {
        queue.add(id, target(Vendor::Xiaomi, "t"), START, 24 * HOUR_MS);
        queue.add(EACH + id, target(Vendor::Vivo, "t"), START, 24 * HOUR_MS);
    }
    let began = tokio::time::Instant::now();
    let outage = Duration::from_secs(600);
    let answer = move |_: &str| {
        if began.elapsed() < outage {
            Outcome::Retry { after: None, why: "connection refused".into() }
        } else {
            delivered()
        }
    };
    let down = Scripted::new(Vendor::Xiaomi, Duration::from_millis(5), answer);
    let works = Scripted::new(Vendor::Vivo, Duration::from_millis(20), |_| delivered());
    let source: Arc<MemoryQueue> = Arc::clone(&queue);
    let _dispatcher = Dispatcher::start(
        source,
        providers(&[Arc::clone(&down), works]),
        Strategies::default(),
        options(),
        VirtualClock::start(),
    );
    let first = queue.ended(EACH as usize).await;
    // 10,000 at 128 in flight and 20 ms each are 1.6 s; the other vendor is down for ten minutes.
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(first.iter().all(|(job, _)| job.target.vendor == Vendor::Vivo), "the works' jobs all came first");
    let all = queue.ended(2 * EACH as usize).await;
    assert!(all.iter().all(|(_, result)| words(result).last() == Some(&"delivered")));
    let repeated = down.sent().len() - EACH as usize;
    assert!(repeated < 400, "{repeated} requests to a vendor that was down");
}
