use super::*;
use crate::service::push::claim;
use zim_push::model::{Intent, Subject};

/// Alice connected; Bob's phone offline with a push channel.
fn offline_bob() -> (World, Session, Session, String) {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", ANDROID, fcm("t"));
    world.drop_link(&bob);
    (world, alice, bob, fcm("t").push_id)
}

fn ring(world: &mut World, caller: &Session) -> String {
    let request = v1::CallInvite { push: Some(config()), ..invitation(ADVANCED, &["bob"]) };
    invited(world.ask(caller, Op::CallInvite(request))).call_id
}

fn cancel_with_push(call_id: &str) -> Op {
    Op::CallCancel(v1::CallCancel {
        call_id: call_id.into(),
        push: Some(config()),
        ..v1::CallCancel::default()
    })
}

fn send_all(world: &World) -> usize {
    let now = world.now;
    world.run(move |tx| claim(tx, now, now + 60_000, 100)).len()
}

fn subjects(world: &World, push_id: &str) -> Vec<Subject> {
    world
        .jobs(push_id)
        .iter()
        .map(|job| serde_json::from_str::<Intent>(&job.intent).unwrap().subject)
        .collect()
}

#[test]
fn an_offline_invitee_is_pushed_for_as_long_as_it_rings() {
    let (mut world, alice, _, push_id) = offline_bob();
    let id = ring(&mut world, &alice);
    let jobs = world.jobs(&push_id);
    assert_eq!(jobs.len(), 1);
    assert_eq!((jobs[0].event_seq, jobs[0].expires_at), (1, START + i64::from(RING_S) * 1_000));
    let intent: Intent = serde_json::from_str(&jobs[0].intent).unwrap();
    assert_eq!((intent.subject, &intent.call_id), (Subject::CallInvite, &id));
    assert_eq!(intent.subject_id, format!("call:{id}"));
}

#[test]
fn a_ring_shorter_than_the_acknowledgement_timeout_is_not_pushed_to_a_live_device() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    world.login_with_push("bob", "b1", ANDROID, fcm("t"));
    let request = v1::CallInvite { push: Some(config()), timeout_s: 3, ..invitation(GENERAL, &["bob"]) };
    world.ask(&alice, Op::CallInvite(request));
    assert_eq!(world.outcomes(), ["expired"]);
}

#[test]
fn a_cancel_push_follows_a_sent_invitation_only() {
    let (mut world, alice, _, push_id) = offline_bob();
    let id = ring(&mut world, &alice);
    assert_eq!(send_all(&world), 1);
    world.ask(&alice, cancel_with_push(&id));
    assert_eq!(subjects(&world, &push_id), [Subject::CallUpdate], "the invitation's retries are withdrawn");
    assert_eq!(world.outcomes(), ["queued", "call_over", "queued"]);

    // Never sent: nothing to take back.
    let (mut world, alice, _, push_id) = offline_bob();
    let id = ring(&mut world, &alice);
    world.ask(&alice, cancel_with_push(&id));
    assert!(world.jobs(&push_id).is_empty());
    assert_eq!(world.outcomes(), ["queued", "call_over", "no_invite_push"]);

    // A PushID that appeared later.
    let (mut world, alice, bob, _) = offline_bob();
    let id = ring(&mut world, &alice);
    send_all(&world);
    let late = world.login_with_push("bob", "b2", ANDROID, fcm("late"));
    world.drop_link(&late);
    world.ask(&alice, cancel_with_push(&id));
    assert!(world.jobs(&fcm("late").push_id).is_empty());
    world.logout(&bob);
}

#[test]
fn an_answer_elsewhere_silences_the_phone_that_has_not_rung_yet() {
    let (mut world, alice, _, push_id) = offline_bob();
    let desktop = world.login("bob", "b2", WINDOWS);
    let id = ring(&mut world, &alice);
    assert_eq!(world.jobs(&push_id).len(), 1);
    world.ask(&desktop, reject(&id));
    assert!(world.jobs(&push_id).is_empty());
    assert_eq!(world.outcomes(), ["queued", "call_over"]);
}

#[test]
fn the_end_of_a_call_is_pushed_to_who_was_rung() {
    let (mut world, alice, bob, push_id) = offline_bob();
    let carol = world.login("carol", "c1", ANDROID);
    let request = v1::CallInvite { push: Some(config()), ..invitation(ADVANCED, &["bob", "carol"]) };
    let id = invited(world.ask(&alice, Op::CallInvite(request))).call_id;
    send_all(&world);
    world.ask(&carol, accept(&id));
    let quit = v1::CallQuit { call_id: id.clone(), push: Some(config()), ..v1::CallQuit::default() };
    world.ask(&carol, Op::CallQuit(quit));
    let end = v1::CallEnd { call_id: id, push: Some(config()), ..v1::CallEnd::default() };
    world.ask(&alice, Op::CallEnd(end));
    let mut got = subjects(&world, &push_id);
    got.retain(|subject| *subject == Subject::CallUpdate);
    assert_eq!(got.len(), 2, "one for the quit, one for the end");
    assert!(world.jobs(&push_id).iter().all(|job| job.user == bob.key && job.event_seq > 0));
}

#[test]
fn a_phone_that_took_the_invitation_itself_needs_no_cancel_push() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", ANDROID, fcm("t"));
    let id = ring(&mut world, &alice);
    world.ack(&bob);
    world.drop_link(&bob);
    world.ask(&alice, cancel_with_push(&id));
    assert_eq!(world.outcomes(), ["awaiting_ack", "acknowledged", "no_invite_push"]);
}
