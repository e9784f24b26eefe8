//! The dispatcher against a queue in memory and scripted vendors, in virtual time.

use super::support::*;
use crate::dispatcher::{Dispatcher, DispatcherOptions};
use crate::job::{Feedback, JobResult, Stage};
use crate::model::{Outcome, RateScope, Vendor};
use crate::provider::Provider;
use crate::providers::{Providers, Slot};
use crate::strategy::Strategies;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

const NO_TIME: Duration = Duration::ZERO;

fn options() -> DispatcherOptions {
    DispatcherOptions { seed: Some(7), ..DispatcherOptions::default() }
}

fn start(queue: &Arc<MemoryQueue>, vendors: &[Arc<Scripted>]) -> Dispatcher {
    let source: Arc<MemoryQueue> = Arc::clone(queue);
    Dispatcher::start(source, providers(vendors), Strategies::default(), options(), VirtualClock::start())
}

fn apns(n: i64) -> crate::model::Target {
    target(Vendor::Apns, &token(u8::try_from(n % 256).unwrap()))
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_of_outage_lose_nothing_and_memory_stays_bounded() {
    const JOBS: i64 = 10_000;
    let queue = Arc::new(MemoryQueue::default());
    for id in 0..JOBS {
        queue.add(id, apns(id), START, 24 * HOUR_MS);
    }
    let began = Instant::now();
    let outage = Duration::from_secs(600);
    let vendor = Scripted::new(Vendor::Apns, Duration::from_millis(30), move |_| {
        if began.elapsed() < outage { down() } else { delivered() }
    });
    let dispatcher = start(&queue, std::slice::from_ref(&vendor));
    let ended = queue.ended(JOBS as usize).await;
    assert!(ended.iter().all(|(_, result)| result.feedback == Feedback::TokenWorks), "every push arrived");
    let took = began.elapsed();
    assert!(took >= outage && took < outage + Duration::from_secs(180), "recovered after {took:?}");
    let options = options();
    queue.with(|state| {
        assert!(state.most_claimed <= options.batch + options.concurrency, "{} claimed", state.most_claimed);
    });
    let sent = vendor.sent();
    assert!(sent.len() < JOBS as usize + 400, "{} requests: the vendor was left alone", sent.len());
    let deferred = dispatcher.metrics().providers[0].deferred;
    assert!(deferred > 0 && !dispatcher.metrics().providers[0].breaker_open);
}

#[tokio::test(start_paused = true)]
async fn one_vendor_down_or_hanging_does_not_delay_another() {
    for hangs in [false, true] {
        let queue = Arc::new(MemoryQueue::default());
        for id in 0..2_000 {
            queue.add(id, target(Vendor::Fcm, "t"), START, 24 * HOUR_MS);
        }
        for id in 2_000..2_100 {
            queue.add(id, apns(id), START, 24 * HOUR_MS);
        }
        let latency = if hangs { Duration::from_secs(10) } else { NO_TIME };
        let broken = Scripted::new(Vendor::Fcm, latency, |_| Outcome::Unknown { why: "no answer".into() });
        let good = Scripted::new(Vendor::Apns, Duration::from_millis(20), |_| delivered());
        let began = Instant::now();
        let dispatcher = start(&queue, &[broken, good]);
        let ended = queue.ended(100).await;
        assert!(began.elapsed() < Duration::from_secs(2), "hangs {hangs}: {:?}", began.elapsed());
        let apns = ended.iter().filter(|(job, _)| job.target.vendor == Vendor::Apns).count();
        assert_eq!(apns, 100, "hangs {hangs}");
        drop(dispatcher);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_push_is_tried_a_few_times_with_growing_pauses_and_the_same_id() {
    let queue = Arc::new(MemoryQueue::default());
    queue.add(1, apns(1), START, 24 * HOUR_MS);
    let times = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&times);
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, move |_| {
        seen.lock().unwrap().push(Instant::now());
        Outcome::RateLimited { after: None, scope: RateScope::Device }
    });
    let dispatcher = start(&queue, std::slice::from_ref(&vendor));
    let ended = queue.ended(1).await;
    assert_eq!(words(&ended[0].1), ["rate_limited", "gave_up"]);
    assert_eq!(vendor.sent(), ["req-1"; 5]);
    let times = times.lock().unwrap();
    for (n, pair) in times.windows(2).enumerate() {
        let (pause, most) = (pair[1] - pair[0], Duration::from_secs(2 << n));
        assert!(pause >= most / 2 && pause <= most + Duration::from_millis(5), "pause {n}: {pause:?}");
    }
    assert_eq!(dispatcher.metrics().gave_up, 1);
}

#[tokio::test(start_paused = true)]
async fn the_vendors_wish_is_obeyed() {
    let queue = Arc::new(MemoryQueue::default());
    queue.add(1, apns(1), START, 24 * HOUR_MS);
    let tries = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tries);
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Outcome::Retry { after: Some(Duration::from_secs(90)), why: "503".into() },
        1 => Outcome::RateLimited { after: Some(Duration::from_secs(100)), scope: RateScope::Credential },
        _ => delivered(),
    });
    let began = Instant::now();
    let _dispatcher = start(&queue, &[vendor]);
    queue.ended(1).await;
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(190) && took < Duration::from_secs(260), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn an_unanswered_push_is_repeated_once() {
    let queue = Arc::new(MemoryQueue::default());
    queue.add(1, apns(1), START, 24 * HOUR_MS);
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, |_| Outcome::Unknown { why: "reset".into() });
    let _dispatcher = start(&queue, std::slice::from_ref(&vendor));
    let ended = queue.ended(1).await;
    assert_eq!((vendor.sent().len(), words(&ended[0].1)), (2, vec!["unknown", "gave_up"]));
}

#[tokio::test(start_paused = true)]
async fn an_expired_or_withdrawn_push_is_not_sent() {
    let queue = Arc::new(MemoryQueue::default());
    queue.add(1, apns(1), START - 10_000, 10_000);
    queue.add(2, apns(2), START, HOUR_MS);
    queue.with(|state| {
        state.withdrawn.insert(2);
    });
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, |_| delivered());
    let dispatcher = start(&queue, std::slice::from_ref(&vendor));
    let ended = queue.ended(2).await;
    assert_eq!(words(&ended[0].1), ["expired"]);
    assert_eq!(words(&ended[1].1), ["acknowledged"]);
    assert!(vendor.sent().is_empty());
    let metrics = dispatcher.metrics();
    assert_eq!((metrics.expired, metrics.withdrawn), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_push_gets_a_last_chance_before_it_expires() {
    let queue = Arc::new(MemoryQueue::default());
    queue.add(1, apns(1), START, 30_000);
    let began = Instant::now();
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, move |_| {
        if began.elapsed() < Duration::from_secs(28) {
            Outcome::Retry { after: Some(Duration::from_secs(60)), why: "503".into() }
        } else {
            delivered()
        }
    });
    let _dispatcher = start(&queue, std::slice::from_ref(&vendor));
    let ended = queue.ended(1).await;
    assert_eq!(words(&ended[0].1), ["delivered"]);
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn dead_tokens_delete_bindings_but_a_burst_of_them_does_not() {
    let queue = Arc::new(MemoryQueue::default());
    for id in 0..50 {
        queue.add(id, apns(id), START, HOUR_MS);
    }
    let few = Scripted::new(Vendor::Apns, NO_TIME, |id| {
        if id.ends_with("10") { Outcome::TokenInvalid { since: Some(5) } } else { delivered() }
    });
    let dispatcher = start(&queue, &[few]);
    let ended = queue.ended(50).await;
    assert_eq!(ended[10].1.feedback, Feedback::TokenDead { registered_before: 5 });
    assert_eq!(ended.iter().filter(|(_, result)| is_dead(result)).count(), 1);
    dispatcher.shutdown(SOON).await;

    let queue = Arc::new(MemoryQueue::default());
    for id in 0..1_000 {
        queue.add(id, apns(id), START, HOUR_MS);
    }
    let began = Instant::now();
    let glitch = Scripted::new(Vendor::Apns, NO_TIME, move |_| {
        if began.elapsed() < Duration::from_secs(30) {
            Outcome::TokenInvalid { since: None }
        } else {
            delivered()
        }
    });
    let _dispatcher = start(&queue, &[glitch]);
    let ended = queue.ended(1_000).await;
    let dead = ended.iter().filter(|(_, result)| is_dead(result)).count();
    assert!(dead <= 20, "{dead} bindings deleted by a vendor that called every token dead");
    let arrived = ended.iter().filter(|(_, result)| result.feedback == Feedback::TokenWorks).count();
    assert_eq!(arrived + dead, 1_000, "all others got their push afterwards");
}

#[tokio::test(start_paused = true)]
async fn without_a_time_only_the_registration_that_was_tried_is_dead() {
    let queue = Arc::new(MemoryQueue::default());
    queue.add(1, apns(1), START, HOUR_MS);
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, |_| Outcome::TokenInvalid { since: None });
    let _dispatcher = start(&queue, &[vendor]);
    let ended = queue.ended(1).await;
    assert_eq!(ended[0].1.feedback, Feedback::TokenDead { registered_before: apns(1).registered_at + 1 });
}

#[tokio::test(start_paused = true)]
async fn a_missing_credential_names_what_was_looked_for() {
    let queue = Arc::new(MemoryQueue::default());
    queue.add(1, target(Vendor::Huawei, "t"), START, HOUR_MS);
    let dispatcher = start(&queue, &[]);
    let ended = queue.ended(1).await;
    let line = &ended[0].1.log[0];
    assert_eq!(line.outcome, "misconfigured");
    for part in ["Huawei", "app 1", "set 1", "com.example.app"] {
        assert!(line.detail.contains(part), "{}", line.detail);
    }
    let stages = dispatcher.debug_push(&target(Vendor::Huawei, "t"), &message()).await;
    assert_eq!((stages.len(), stages[1].ok, stages[1].name.as_str()), (2, false, "credential"));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_strategy_is_a_warning_and_the_push_goes() {
    let queue = Arc::new(MemoryQueue::default());
    queue.add(1, apns(1), START, HOUR_MS);
    queue.with(|state| state.jobs.get_mut(&1).unwrap().0.intent.resources_id = "nowhere".into());
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, |_| delivered());
    let _dispatcher = start(&queue, &[vendor]);
    let ended = queue.ended(1).await;
    assert_eq!(words(&ended[0].1), ["strategy_warning", "delivered"]);
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_queue_delay_but_lose_nothing() {
    let queue = Arc::new(MemoryQueue::default());
    queue.with(|state| (state.fail_claims, state.fail_finishes) = (3, 2));
    queue.add(1, apns(1), START, HOUR_MS);
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, |_| delivered());
    let dispatcher = start(&queue, std::slice::from_ref(&vendor));
    queue.ended(1).await;
    assert_eq!(vendor.sent().len(), 1, "storing the result was repeated, the push was not");
    assert_eq!(dispatcher.metrics().source_errors, 5);
}

#[tokio::test(start_paused = true)]
async fn a_job_queued_later_leaves_at_once_after_a_wake() {
    let queue = Arc::new(MemoryQueue::default());
    let vendor = Scripted::new(Vendor::Apns, NO_TIME, |_| delivered());
    let dispatcher = start(&queue, &[vendor]);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let began = Instant::now();
    queue.add(1, apns(1), START, HOUR_MS);
    dispatcher.wake();
    queue.ended(1).await;
    assert!(began.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn shutdown_finishes_what_is_in_flight_and_leaves_the_rest_queued() {
    let queue = Arc::new(MemoryQueue::default());
    for id in 0..500 {
        queue.add(id, apns(id), START, HOUR_MS);
    }
    let vendor = Scripted::new(Vendor::Apns, Duration::from_secs(3), |_| delivered());
    let dispatcher = start(&queue, std::slice::from_ref(&vendor));
    vendor.reached.notified().await;
    dispatcher.shutdown(SOON).await;
    let sent: HashSet<_> = vendor.sent().into_iter().collect();
    assert_eq!(sent.len(), vendor.sent().len());
    queue.with(|state| {
        assert_eq!(state.finished.len(), sent.len(), "each request was waited for");
        assert_eq!(state.jobs.len(), 500 - sent.len());
        assert!(state.claimed.is_empty(), "nothing is left leased");
    });
}

#[tokio::test(start_paused = true)]
async fn concurrency_per_credential_is_limited() {
    let queue = Arc::new(MemoryQueue::default());
    for id in 0..1_000 {
        queue.add(id, apns(id), START, HOUR_MS);
    }
    let vendor = Scripted::new(Vendor::Apns, Duration::from_millis(50), |_| delivered());
    let _dispatcher = start(&queue, std::slice::from_ref(&vendor));
    queue.ended(1_000).await;
    assert_eq!(vendor.most_open.load(Ordering::Relaxed), options().concurrency);
    queue.with(|state| assert_eq!(state.returns, 0, "a healthy vendor's jobs are not put back"));
}

/// Two certificate sets of FCM, and what becomes of a push to a device that registered with the first.
async fn with_sets(first: &Arc<Scripted>, second: &Arc<Scripted>) -> (JobResult, Vec<Stage>) {
    let queue = Arc::new(MemoryQueue::default());
    let target = target(Vendor::Fcm, "t");
    queue.add(1, target.clone(), START, HOUR_MS);
    let mut sets = Providers::default();
    for (set, provider) in (1..).zip([first, second]) {
        sets.add(Slot::of_app(1, set, ""), Arc::clone(provider) as Arc<dyn Provider>);
    }
    let source = Arc::clone(&queue);
    let dispatcher = Dispatcher::start(source, sets, Strategies::default(), options(), VirtualClock::start());
    let result = queue.ended(1).await.remove(0).1;
    (result, dispatcher.debug_push(&target, &message()).await)
}

fn wrong_sender() -> Outcome {
    Outcome::WrongSender { why: "SENDER_ID_MISMATCH".into() }
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_project_is_tried_once_with_the_other_certificate_set() {
    let fcm = |project: &str, answer: fn() -> Outcome| {
        Scripted::of_project(project, Vendor::Fcm, NO_TIME, move |_| answer())
    };
    let (first, second) = (fcm("one", wrong_sender), fcm("two", delivered));
    let (result, stages) = with_sets(&first, &second).await;
    assert_eq!(words(&result), ["misconfigured", "other_set", "delivered"]);
    assert_eq!(result.feedback, Feedback::TokenWorks);
    assert_eq!(
        (first.sent().len(), second.sent().len()),
        (2, 2),
        "once for the queue, once for the debug push"
    );
    let told: Vec<_> = stages.iter().map(|stage| (stage.name.as_str(), stage.outcome.as_str())).collect();
    assert_eq!(
        told[2..],
        [
            ("render", "ok"),
            ("vendor", "misconfigured"),
            ("credential", "ok"),
            ("render", "ok"),
            ("vendor", "delivered"),
        ]
    );
    assert!(stages.iter().all(|stage| stage.ok), "the chain went on");

    // Neither project is the token's: the binding stays, for the owner to see.
    let second = fcm("two", wrong_sender);
    let (result, stages) = with_sets(&first, &second).await;
    assert_eq!(words(&result), ["misconfigured", "other_set", "misconfigured"]);
    assert_eq!((result.feedback, second.sent().len()), (Feedback::None, 2));
    assert!(stages.last().is_some_and(|stage| !stage.ok));

    // The same project with another key would say the same.
    let second = fcm("one", delivered);
    let (result, _) = with_sets(&first, &second).await;
    assert_eq!((words(&result), second.sent().len()), (vec!["misconfigured"], 0));
}

#[tokio::test(start_paused = true)]
async fn a_busy_other_certificate_set_is_tried_later() {
    let tries = AtomicUsize::new(0);
    let first = Scripted::of_project("one", Vendor::Fcm, NO_TIME, |_| wrong_sender());
    let second = Scripted::of_project("two", Vendor::Fcm, NO_TIME, move |_| {
        if tries.fetch_add(1, Ordering::Relaxed) == 0 { down() } else { delivered() }
    });
    let (result, _) = with_sets(&first, &second).await;
    assert_eq!(words(&result), ["misconfigured", "other_set", "delivered"], "the words of the last try");
    assert_eq!(result.feedback, Feedback::TokenWorks);
    assert_eq!(second.sent().len(), 3);
}
