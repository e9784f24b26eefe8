use super::world::*;
use crate::service::push::{Origin, claim, finish, handle, still_wanted};
use zim_proto::v1::{self, PushConfig, PushRegistration, PushVendor, request::Op};
use zim_push::job::{ClaimedJob, Disposition, Feedback, JobResult, LogLine, Standing};
use zim_push::model::{Intent, Subject};

const DAY: i64 = 24 * 3_600_000;

fn apns(token: &str, badge: i32) -> PushRegistration {
    PushRegistration { badge, ..registration(PushVendor::Apns, token) }
}

fn intent(job: &crate::store::PushJob) -> Intent {
    serde_json::from_str(&job.intent).unwrap()
}

/// The base stored with a PushID.
fn base(world: &World, push_id: &str) -> i32 {
    let push_id = push_id.to_owned();
    world.run(move |tx| tx.binding(APP, &push_id)).unwrap().registration.badge
}

fn badged(increment: i32) -> PushConfig {
    PushConfig { enable_badge: true, badge_increment: increment, ..config() }
}

fn claim_all(world: &World) -> Vec<ClaimedJob> {
    let now = world.now;
    world.run(move |tx| claim(tx, now, now + 60_000, 100))
}

fn settle(world: &World, job: &ClaimedJob, disposition: Disposition, feedback: Feedback) {
    let (job, now) = (job.clone(), world.now);
    let line = LogLine { stage: "vendor", outcome: "answer", detail: "said so".into(), exchange: None };
    let result = JobResult { disposition, feedback, log: vec![line] };
    world.run(move |tx| finish(tx, &job, &result, now));
}

/// Alice connected, Bob offline with one FCM device.
fn offline_bob() -> (World, Session, Session) {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", ANDROID, fcm("t"));
    world.drop_link(&bob);
    (world, alice, bob)
}

#[test]
fn an_offline_device_gets_one_job_at_once() {
    let (mut world, alice, bob) = offline_bob();
    let config = PushConfig {
        payload: "p".into(),
        resources_id: "r".into(),
        thread_id: "th".into(),
        voip: Some(v1::VoipConfig { handle_type: 1, handle_value: "h".into(), has_video: true }),
        ..config()
    };
    let id = sent(world.ask(&alice, pushed_text("bob", 1, config))).message_id;
    let jobs = world.jobs(&fcm("t").push_id);
    assert_eq!(jobs.len(), 1);
    let job = &jobs[0];
    assert_eq!((job.user, job.event_seq, job.due_at, job.expires_at), (bob.key, 1, START, START + DAY));
    assert_eq!((job.device_id.as_str(), job.request_id.len(), job.attempts), ("b1", 32, 0));
    let intent = intent(job);
    assert_eq!((intent.subject, intent.subject_id), (Subject::Message, format!("message:{id}")));
    assert_eq!((intent.title.as_str(), intent.payload.as_str()), ("title", "p"));
    assert_eq!((intent.resources_id.as_str(), intent.thread_id.as_str()), ("r", "th"));
    assert!(intent.voip.unwrap().has_video);
    assert_eq!((intent.badge, intent.badge_increment), (None, None));
    let row = &world.log()[0];
    assert_eq!(
        (row.stage.as_str(), row.outcome.as_str(), row.user_id.as_str()),
        ("decision", "queued", "bob")
    );
    assert_eq!((&row.request_id, &row.push_id), (&job.request_id, &job.push_id));
    assert!(!row.detail.contains("content"));
}

#[test]
fn without_a_push_config_nothing_is_decided() {
    let (mut world, alice, _) = offline_bob();
    world.ask(&alice, text("bob", 1, "x"));
    assert!(world.log().is_empty());
    assert!(world.jobs(&fcm("t").push_id).is_empty());
}

#[test]
fn a_live_device_is_pushed_to_unless_it_acknowledges() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", ANDROID, fcm("t"));
    world.ask(&alice, pushed_text("bob", 1, config()));
    assert_eq!(world.jobs(&fcm("t").push_id)[0].due_at, START + 5_000);
    assert!(claim_all(&world).is_empty());
    world.ack(&bob);
    assert!(world.jobs(&fcm("t").push_id).is_empty());
    world.ask(&alice, pushed_text("bob", 2, config()));
    world.now += 5_000;
    assert_eq!(claim_all(&world).len(), 1);
    assert_eq!(world.outcomes(), ["awaiting_ack", "acknowledged", "awaiting_ack"]);
}

#[test]
fn the_senders_own_devices_are_never_pushed_to() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", WINDOWS);
    let phone = world.login_with_push("alice", "a2", ANDROID, fcm("t"));
    world.drop_link(&phone);
    world.login("bob", "b1", ANDROID);
    world.ask(&alice, pushed_text("bob", 1, config()));
    assert!(world.jobs(&fcm("t").push_id).is_empty());
    assert_eq!(world.outcomes(), ["no_binding"]);
}

#[test]
fn every_offline_device_gets_its_own_push() {
    let (mut world, alice, _) = offline_bob();
    world.login_with_push("bob", "b2", IPHONE, apns("a1", -1));
    world.ask(&alice, pushed_text("bob", 1, config()));
    let mut outcomes = world.outcomes();
    outcomes.sort();
    assert_eq!(outcomes, ["awaiting_ack", "queued"]);
}

#[test]
fn a_muted_conversation_is_silent_unless_the_message_mentions() {
    let (mut world, alice, bob) = offline_bob();
    let group = v1::Group { group_id: "g".into(), ..v1::Group::default() };
    let create = v1::CreateGroup { group: Some(group), user_ids: vec!["bob".into()] };
    world.ask(&alice, Op::CreateGroup(create));
    for (kind, id) in [(2, "g"), (0, "alice")] {
        let request =
            v1::SetNotificationStatus { conversation_type: kind, conversation_id: id.into(), status: 2 };
        world.ask(&bob, Op::SetNotificationStatus(request));
    }
    let mut id = 0;
    let mut decide = |kind: u32, mentioned: &[&str], all: bool, notify: bool| -> String {
        id += 1;
        let target = if kind == 2 { "g" } else { "bob" };
        let mut request = v1::SendMessage {
            push: Some(config()),
            notify_mentioned_users: notify,
            ..text_to(kind, target, id, "x")
        };
        let message = request.message.as_mut().unwrap();
        message.mentioned_user_ids = mentioned.iter().map(|id| (*id).to_owned()).collect();
        message.is_mention_all = all;
        world.ask(&alice, Op::SendMessage(request));
        world.outcomes().pop().unwrap()
    };
    assert_eq!(decide(2, &[], false, false), "do_not_disturb");
    assert_eq!(decide(2, &["bob"], false, false), "do_not_disturb");
    assert_eq!(decide(2, &[], false, true), "do_not_disturb");
    assert_eq!(decide(2, &["alice"], false, true), "do_not_disturb");
    assert_eq!(decide(2, &["bob"], false, true), "queued");
    assert_eq!(decide(2, &[], true, true), "queued");
    assert_eq!(decide(0, &["bob"], false, true), "do_not_disturb", "groups only");
}

#[test]
fn the_users_own_rule_silences_platforms_while_others_are_online() {
    let (mut world, alice, _) = offline_bob();
    let desktop = world.login("bob", "b2", WINDOWS);
    let rule = v1::PushRule {
        online_platforms: vec![WINDOWS],
        not_to_receive_offline_push_platforms: vec![ANDROID],
    };
    world.ask(&desktop, Op::UpdatePushRule(v1::UpdatePushRule { rule: Some(rule) }));
    world.ask(&alice, pushed_text("bob", 1, config()));
    world.drop_link(&desktop);
    world.ask(&alice, pushed_text("bob", 2, config()));
    assert_eq!(world.outcomes(), ["user_rule", "queued"]);
}

#[test]
fn badges_add_up_from_what_the_device_reported() {
    // (reported, increments) → absolute badges sent
    type Case<'a> = (i32, &'a [i32], &'a [Option<u32>]);
    let cases: [Case<'_>; 4] = [
        (3, &[2, 1], &[Some(5), Some(6)]),
        (0, &[500, -4], &[Some(99), Some(99)]),
        (-1, &[1], &[None]),
        (7, &[0], &[Some(7)]),
    ];
    for (reported, increments, expected) in cases {
        let mut world = World::new();
        let alice = world.login("alice", "a1", ANDROID);
        let bob = world.login_with_push("bob", "b1", IPHONE, apns("aa", reported));
        world.drop_link(&bob);
        for (index, increment) in increments.iter().enumerate() {
            world.ask(&alice, pushed_text("bob", index as u64 + 1, badged(*increment)));
        }
        world.ask(&alice, pushed_text("bob", 99, config()));
        let push_id = apns("aa", -1).push_id;
        let got: Vec<Option<u32>> = world.jobs(&push_id).iter().map(|job| intent(job).badge).collect();
        assert_eq!(got[..expected.len()], *expected);
        assert_eq!(got.last(), Some(&None), "a push without enableBadge carries none");
        let last = expected.last().unwrap().map_or(-1, |badge| i32::try_from(badge).unwrap());
        assert_eq!(base(&world, &push_id), last);
    }
}

#[test]
fn android_vendors_count_on_the_device() {
    let (mut world, alice, _) = offline_bob();
    world.ask(&alice, pushed_text("bob", 1, badged(3)));
    let intent = intent(&world.jobs(&fcm("t").push_id)[0]);
    assert_eq!((intent.badge, intent.badge_increment), (None, Some(3)));
}

#[test]
fn an_acknowledged_event_gives_its_increment_back() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", IPHONE, apns("aa", 4));
    let push_id = apns("aa", 4).push_id;
    for id in 1..=3 {
        world.ask(&alice, pushed_text("bob", id, badged(1)));
        assert_eq!(base(&world, &push_id), 5);
        world.ack(&bob);
        assert_eq!(base(&world, &push_id), 4);
    }
    world.ask(&alice, pushed_text("bob", 9, badged(1)));
    let report = v1::ReportBadge { push_id: push_id.clone(), badge: 1 };
    world.ask(&bob, Op::ReportBadge(report));
    world.ack(&bob);
    assert_eq!(base(&world, &push_id), 1, "the device has counted by itself");
    world.logout(&bob);
    assert_eq!(base(&world, &push_id), -1, "reset at logout");
}

#[test]
fn update_user_badge_reaches_own_offline_mobile_devices() {
    let mut world = World::new();
    let desktop = world.login("bob", "pc", WINDOWS);
    let hms = registration(PushVendor::Huawei, "h");
    let registrations = [
        ("offline-iphone", IPHONE, apns("aa", -1)),
        ("offline-huawei", ANDROID, hms.clone()),
        ("offline-fcm", ANDROID, fcm("f")),
        ("live-iphone", IPHONE, apns("bb", 8)),
        ("offline-web", WEB, registration(PushVendor::Web, "w")),
    ];
    for (device, platform, registration) in registrations {
        let session = world.login_with_push("bob", device, platform, registration);
        if device.starts_with("offline") {
            world.drop_link(&session);
        }
    }
    world.ask(&desktop, Op::UpdateUserBadge(v1::UpdateUserBadge { badge: 2 }));
    world.ask(&desktop, Op::UpdateUserBadge(v1::UpdateUserBadge { badge: 1 }));
    for push_id in [&apns("aa", -1).push_id, &hms.push_id] {
        let jobs = world.jobs(push_id);
        assert_eq!(jobs.len(), 1, "a newer badge replaces an older one");
        let intent = intent(&jobs[0]);
        assert_eq!((intent.subject, intent.badge, jobs[0].event_seq), (Subject::Badge, Some(1), 0));
        assert_eq!(base(&world, push_id), 1, "counts as a report");
    }
    assert!(world.jobs(&fcm("f").push_id).is_empty());
    assert_eq!(base(&world, &apns("bb", 8).push_id), 8);
    let mut outcomes = world.outcomes();
    outcomes.sort();
    let expected = [
        "not_supported",
        "not_supported",
        "queued",
        "queued",
        "queued",
        "queued",
        "superseded",
        "superseded",
    ];
    assert_eq!(outcomes, expected);
}

#[test]
fn a_new_token_replaces_the_registration_of_the_device() {
    let (mut world, alice, bob) = offline_bob();
    let new = fcm("new");
    let register = |registration: PushRegistration| {
        Op::RegisterPush(v1::RegisterPush { registration: Some(registration) })
    };
    world.ask(&bob, register(new.clone()));
    world.ask(&alice, pushed_text("bob", 1, config()));
    assert!(world.jobs(&fcm("t").push_id).is_empty());
    assert_eq!(world.jobs(&new.push_id).len(), 1);
    let forged = PushRegistration { push_id: fcm("x").push_id, ..new.clone() };
    assert_eq!(world.refused(&bob, register(forged)), (6_000_401, ""));
    let other = Op::UnregisterPush(v1::UnregisterPush { push_id: new.push_id.clone() });
    world.ask(&alice, other.clone());
    assert_eq!(world.jobs(&new.push_id).len(), 1, "another device's PushID is not hers to delete");
    world.ask(&bob, other);
    assert_eq!(world.outcomes(), ["queued", "unbound"]);
    let push_id = new.push_id;
    assert_eq!(world.run(move |tx| tx.binding(APP, &push_id)), None);
}

#[test]
fn a_device_session_registers_binds_and_unbinds() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    world.login("bob", "elsewhere", ANDROID);
    let perform = |world: &World, device: &'static str, op: Op| {
        let now = world.now;
        world.run(move |tx| {
            let origin = Origin { now, app_id: APP, device_id: device, platform: ANDROID, user: None };
            Ok(handle(tx, &origin, &op)?.map_err(|error| error.code.code()))
        })
    };
    let push_id = fcm("t").push_id;
    let bind = |user_id: &str| {
        Op::BindPush(v1::BindPush { push_id: push_id.clone(), user_id: user_id.into(), token: "t".into() })
    };
    assert_eq!(perform(&world, "phone", bind("bob")), Err(6_000_401), "not registered yet");
    let register = Op::RegisterPush(v1::RegisterPush { registration: Some(fcm("t")) });
    assert_eq!(perform(&world, "phone", register.clone()), Ok(()));
    world.ask(&alice, pushed_text("bob", 1, config()));
    assert_eq!(perform(&world, "phone", bind("nobody")), Err(6_000_011));
    assert_eq!(perform(&world, "thief", bind("alice")), Err(6_000_401));
    assert_eq!(perform(&world, "phone", bind("bob")), Ok(()));
    assert_eq!(perform(&world, "phone", register), Ok(()), "registering again keeps the user");
    world.ask(&alice, pushed_text("bob", 2, config()));
    let unbind = v1::UnbindPush { push_id: push_id.clone(), user_id: "bob".into() };
    assert_eq!(perform(&world, "phone", Op::UnbindPush(unbind)), Ok(()));
    world.ask(&alice, pushed_text("bob", 3, config()));
    assert_eq!(world.outcomes(), ["no_binding", "queued", "unbound", "no_binding"]);
    assert_eq!(perform(&world, "phone", text("bob", 1, "x")), Err(6_000_121));
}

#[test]
fn a_claimed_job_comes_back_only_if_nobody_finishes_it() {
    let (mut world, alice, _) = offline_bob();
    world.ask(&alice, pushed_text("bob", 1, config()));
    let first = claim_all(&world);
    assert_eq!((first.len(), first[0].attempts, first[0].created_at), (1, 0, START));
    assert_eq!(first[0].target.token, "t");
    assert!(claim_all(&world).is_empty(), "leased");
    world.now += 60_000;
    let again = claim_all(&world);
    assert_eq!((again[0].attempts, again[0].created_at), (1, START), "a crash uses a try up");
    assert_eq!(again[0].request_id, first[0].request_id);

    let due_at = world.now + 1_000;
    settle(&world, &again[0], Disposition::Again { due_at, attempts: 1 }, Feedback::None);
    assert!(claim_all(&world).is_empty());
    world.now = due_at;
    let third = claim_all(&world);
    settle(&world, &third[0], Disposition::Done, Feedback::TokenWorks);
    settle(&world, &third[0], Disposition::Done, Feedback::TokenWorks);
    assert!(world.jobs(&fcm("t").push_id).is_empty());
    assert_eq!(world.outcomes(), ["queued", "answer", "answer"], "a repeated answer is not logged again");
}

#[test]
fn a_job_withdrawn_while_its_vendor_was_busy_stays_withdrawn() {
    let (mut world, alice, bob) = offline_bob();
    world.ask(&alice, pushed_text("bob", 1, config()));
    let job = claim_all(&world).remove(0);
    let ask = |world: &World, job: &ClaimedJob| {
        let job = job.clone();
        world.run(move |tx| still_wanted(tx, &job))
    };
    assert_eq!(ask(&world, &job), Standing::Wanted);
    world.ack(&bob);
    assert!(matches!(ask(&world, &job), Standing::Withdrawn { outcome: "withdrawn", .. }));
    let due_at = world.now;
    settle(&world, &job, Disposition::Again { due_at, attempts: 1 }, Feedback::None);
    assert!(claim_all(&world).is_empty());
    assert_eq!(world.outcomes(), ["queued", "acknowledged"]);
}

#[test]
fn only_answers_about_the_token_delete_a_binding() {
    let exists = |feedback: &[Feedback]| {
        let (mut world, alice, _) = offline_bob();
        for (id, feedback) in feedback.iter().enumerate() {
            world.ask(&alice, pushed_text("bob", id as u64 + 1, config()));
            let job = claim_all(&world).remove(0);
            settle(&world, &job, Disposition::Done, *feedback);
        }
        let push_id = fcm("t").push_id;
        world.run(move |tx| tx.binding(APP, &push_id)).is_some()
    };
    use Feedback::{None, TokenDead, TokenSuspect, TokenWorks};
    assert!(exists(&[None]));
    assert!(!exists(&[TokenDead { registered_before: START + 1 }]));
    assert!(exists(&[TokenDead { registered_before: START }]), "registered again since");
    let suspect = TokenSuspect { limit: 2 };
    assert!(exists(&[suspect]));
    assert!(!exists(&[suspect, suspect]));
    assert!(exists(&[suspect, TokenWorks, suspect]), "in a row");
}

// covers: A-16
#[test]
fn a_user_who_never_logged_in_has_no_device_to_push_to() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    world.run(|tx| {
        tx.create_user(crate::store::User {
            key: 0,
            app_id: APP,
            user_id: "registered-by-server".into(),
            user_name: String::new(),
            avatar_url: String::new(),
            extended_data: String::new(),
            custom_status: String::new(),
            push_rule: v1::PushRule::default(),
            created_at: START,
            has_logged_in: false,
        })
    });
    world.ask(&alice, pushed_text("registered-by-server", 1, config()));
    assert_eq!(world.outcomes(), ["never_logged_in"]);
}
