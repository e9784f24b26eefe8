use super::*;
use CallEventKind::{Cancelled, Created, Received, Timeout, UserState};

fn three() -> (World, Session, Session, Session) {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let carol = world.login("carol", "c1", ANDROID);
    (world, alice, bob, carol)
}

#[test]
fn inviting_tells_the_caller_the_invitees_and_all_involved() {
    let (mut world, alice, bob, carol) = three();
    let result = invited(world.ask(&alice, Op::CallInvite(invitation(GENERAL, &["bob", "carol", "ghost"]))));
    assert!(result.call_id.len() <= 20 && result.call_id.parse::<u64>().unwrap() < 1 << 63);
    assert_eq!(result.timeout_s, RING_S);
    assert_eq!(result.errors, [v1::ErrorUser { user_id: "ghost".into(), reason: 6_000_011 }]);
    let call = result.call.unwrap();
    assert_eq!((call.caller.as_str(), call.state, call.create_time), ("alice", 1, START));

    let own = call_events(&world, &alice, 0);
    assert_eq!(kinds(&own), [Created, UserState]);
    assert_eq!((own[0].operator.as_str(), own[0].device_id.as_str()), ("alice", "a1"));
    for session in [&bob, &carol] {
        let events = call_events(&world, session, 0);
        assert_eq!(kinds(&events), [Received, UserState]);
        assert_eq!((events[0].operator.as_str(), events[0].extended_data.as_str()), ("alice", "call"));
        assert_eq!(events[0].device_id, "");
        assert_eq!(changed(&events[1]), [("bob", State::Inviting), ("carol", State::Inviting)]);
    }
}

#[test]
fn refusals_of_an_invitation() {
    let (mut world, alice, ..) = three();
    let many: Vec<String> = (0..10).map(|index| format!("u{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let cases = [
        (invitation(GENERAL, &["ghost", "phantom"]), (6_000_281, "")),
        (invitation(GENERAL, &many), (6_000_272, "invitees")),
        (invitation(GENERAL, &["alice"]), (6_000_001, "invitees")),
        (v1::CallInvite { timeout_s: 601, ..invitation(GENERAL, &["bob"]) }, (6_000_001, "timeout")),
        (v1::CallInvite { timeout_s: 0, ..invitation(GENERAL, &["bob"]) }, (6_000_001, "timeout")),
    ];
    for (request, expected) in cases {
        assert_eq!(world.refused(&alice, Op::CallInvite(request.clone())), expected, "{request:?}");
    }
    world.limits.call_invitees = 1;
    let request = invitation(GENERAL, &["bob", "carol"]);
    assert_eq!(world.refused(&alice, Op::CallInvite(request)).0, 6_000_272);
    assert_eq!(world.head(&alice), 0);
}

#[test]
fn a_retry_of_an_invitation_answers_the_first_call() {
    let (mut world, alice, bob, _) = three();
    let request = v1::CallInvite { client_id: 7, ..invitation(GENERAL, &["bob", "ghost"]) };
    let first = invited(world.ask(&alice, Op::CallInvite(request.clone())));
    let again = invited(world.ask(&alice, Op::CallInvite(request.clone())));
    assert_eq!(first, again);
    let other_order = v1::CallInvite { invitees: ids(&["ghost", "bob"]), ..request.clone() };
    assert_eq!(invited(world.ask(&alice, Op::CallInvite(other_order))).call_id, first.call_id);
    for others in [&["bob"][..], &["bob", "carol"], &["bob", "ghost", "carol"]] {
        let op = Op::CallInvite(v1::CallInvite { invitees: ids(others), ..request.clone() });
        assert_eq!(world.refused(&alice, op), (6_000_001, "invitees"));
    }
    assert_eq!(call_events(&world, &bob, 0).len(), 2);

    let tablet = world.login("alice", "a2", ANDROID);
    let second = invited(world.ask(&tablet, Op::CallInvite(request)));
    assert_ne!(second.call_id, first.call_id, "each device makes its own ids");
}

#[test]
fn confirming_makes_an_invitee_received_once() {
    let (mut world, alice, bob, _) = three();
    let tablet = world.login("bob", "b2", ANDROID);
    let id = start(&mut world, &alice, GENERAL, &["bob", "carol"]);
    let seen = heads(&world, &[&alice, &bob]);
    world.ack(&bob);
    world.ack(&tablet);
    assert_eq!(state_of(&world, &id, "bob"), State::Received);
    let at_alice = call_events(&world, &alice, seen[0]);
    assert_eq!(at_alice.len(), 1);
    assert_eq!(changed(&at_alice[0]), [("bob", State::Received)]);
    let at_bob = call_events(&world, &bob, seen[1]);
    assert_eq!((at_bob.len(), at_bob[0].device_id.as_str()), (1, "b1"));
}

#[test]
fn the_first_answer_of_any_device_wins() {
    for (first, expected) in [(accept as fn(&str) -> Op, State::Accepted), (reject, State::Rejected)] {
        let (mut world, alice, bob, carol) = three();
        let tablet = world.login("bob", "b2", ANDROID);
        let id = start(&mut world, &alice, GENERAL, &["bob", "carol"]);
        let seen = heads(&world, &[&alice, &bob, &carol]);
        world.ask(&bob, first(&id));
        assert_eq!(state_of(&world, &id, "bob"), expected);
        for (session, seen) in [&alice, &bob, &carol].into_iter().zip(&seen) {
            let events = call_events(&world, session, *seen);
            assert_eq!(kinds(&events), [UserState]);
            assert_eq!(changed(&events[0]), [("bob", expected)]);
            assert_eq!(events[0].device_id, if session.user_id == "bob" { "b1" } else { "" });
        }
        let after = world.head(&bob);
        for late in [accept(&id), reject(&id)] {
            assert_eq!(world.refused(&tablet, late).0, 6_000_274);
        }
        world.ask(&bob, first(&id));
        assert_eq!(world.head(&bob), after, "the same answer again changes nothing");
        assert_eq!(call(&world, &id).0, 1, "carol still rings");
        world.ask(&carol, reject(&id));
        assert_eq!(call(&world, &id).0, 2, "everybody has answered");
        assert_eq!(world.refused(&tablet, accept(&id)).0, 6_000_276);
    }
}

#[test]
fn who_is_not_invited_cannot_answer() {
    let (mut world, alice, _, carol) = three();
    let id = start(&mut world, &alice, GENERAL, &["bob"]);
    for op in [accept(&id), reject(&id)] {
        assert_eq!(world.refused(&carol, op.clone()).0, 6_000_274);
        assert_eq!(world.refused(&alice, op).0, 6_000_274);
    }
    assert_eq!(world.refused(&carol, accept("1")).0, 6_000_276);
}

#[test]
fn ringing_ends_by_itself() {
    let (mut world, alice, bob, carol) = three();
    let id = start(&mut world, &alice, GENERAL, &["bob", "carol"]);
    world.ask(&carol, reject(&id));
    world.ack(&bob);
    let seen = heads(&world, &[&alice, &bob, &carol]);
    world.pass(i64::from(RING_S) * 1_000 - 1);
    assert_eq!(call(&world, &id).0, 1);
    world.pass(1);
    let (state, users) = call(&world, &id);
    assert_eq!(state, 2);
    assert_eq!(users[1].1, State::Timeout, "a received invitation times out too");
    let at_bob = call_events(&world, &bob, seen[1]);
    assert_eq!(kinds(&at_bob), [Timeout], "and gets only its own event");
    let at_alice = call_events(&world, &alice, seen[0]);
    assert_eq!(kinds(&at_alice), [UserState]);
    assert_eq!(changed(&at_alice[0]), [("bob", State::Timeout)]);
    assert!(call_events(&world, &carol, seen[2]).is_empty(), "nothing for who rejected");
    assert_eq!(world.refused(&bob, accept(&id)).0, 6_000_276);
    assert_eq!(world.run(|tx| tx.next_timer()), None);
}

#[test]
fn the_caller_cancels_before_anybody_accepts() {
    let (mut world, alice, bob, carol) = three();
    let id = start(&mut world, &alice, GENERAL, &["bob", "carol"]);
    assert_eq!(world.refused(&bob, cancel(&id, &[])).0, 6_000_273);
    let seen = heads(&world, &[&alice, &bob, &carol]);
    let response::Result::CallCancelled(result) = world.ask(&alice, cancel(&id, &[])) else { panic!() };
    assert!(result.error_invitees.is_empty());
    let (state, users) = call(&world, &id);
    let states: Vec<State> = users.into_iter().map(|user| user.1).collect();
    assert_eq!((state, states), (2, vec![State::Cancelled, State::BeCancelled, State::BeCancelled]));
    for (session, seen) in [&bob, &carol].into_iter().zip(&seen[1..]) {
        let events = call_events(&world, session, *seen);
        assert_eq!(kinds(&events), [Cancelled]);
        assert_eq!((events[0].operator.as_str(), events[0].extended_data.as_str()), ("alice", "never mind"));
    }
    let own = call_events(&world, &alice, seen[0]);
    assert_eq!(kinds(&own), [UserState]);
    assert_eq!(own[0].device_id, "a1");
    assert_eq!(world.refused(&bob, accept(&id)).0, 6_000_276);
    assert_eq!(world.refused(&alice, cancel(&id, &[])).0, 6_000_276);
}

#[test]
fn cancelling_some_leaves_the_others_ringing_and_an_answer_stops_it() {
    let (mut world, alice, bob, carol) = three();
    let id = start(&mut world, &alice, GENERAL, &["bob", "carol"]);
    let response::Result::CallCancelled(result) = world.ask(&alice, cancel(&id, &["bob", "dave"])) else {
        panic!()
    };
    assert_eq!(result.error_invitees, ["dave"]);
    assert_eq!((call(&world, &id).0, state_of(&world, &id, "bob")), (1, State::BeCancelled));
    world.ask(&carol, accept(&id));
    let other = start(&mut world, &alice, GENERAL, &["bob", "carol"]);
    world.ask(&bob, accept(&other));
    assert_eq!(world.refused(&alice, cancel(&other, &[])).0, 6_000_271);
    assert_eq!(world.refused(&alice, cancel(&other, &["carol"])).0, 6_000_271);
}

#[test]
fn a_caller_who_is_gone_cancels_what_nobody_answered() {
    let (mut world, alice, bob, carol) = three();
    let alone = start(&mut world, &alice, GENERAL, &["bob"]);
    let answered = start(&mut world, &alice, ADVANCED, &["bob", "carol"]);
    world.ask(&carol, accept(&answered));
    let seen = world.head(&bob);
    world.logout(&alice);
    assert_eq!((call(&world, &alone).0, state_of(&world, &alone, "bob")), (2, State::BeCancelled));
    assert_eq!(kinds(&call_events(&world, &bob, seen)), [Cancelled]);
    assert_eq!(call(&world, &answered).0, 1);

    let next = start(&mut world, &bob, GENERAL, &["carol"]);
    world.drop_link(&bob);
    assert_eq!(call(&world, &next).0, 1, "a lost link is given time");
    let (now, limits, key) = (world.now, world.limits.clone(), bob.key);
    world.run(move |tx| super::super::caller_lost(tx, now, APP, key, "another device", &limits));
    assert_eq!(call(&world, &next).0, 1);
    let limits = world.limits.clone();
    world.run(move |tx| super::super::caller_lost(tx, now, APP, key, "b1", &limits));
    assert_eq!(call(&world, &next).0, 2);
}

#[test]
fn a_caller_who_does_not_come_back_after_a_restart_leaves_nobody_ringing() {
    let (mut world, alice, bob, carol) = three();
    let abandoned = start(&mut world, &alice, GENERAL, &["carol"]);
    let back = start(&mut world, &bob, GENERAL, &["carol"]);
    let answered = start(&mut world, &alice, GENERAL, &["bob", "carol"]);
    world.ask(&carol, accept(&answered));
    world.drop_link(&alice);
    world.drop_link(&bob);
    world.now += 1_000;
    let started = world.now;
    let look = |world: &World| {
        let (now, live, limits) = (world.now, world.live.clone(), world.limits.clone());
        world.run(move |tx| super::super::absent_callers(tx, now, started, &live, &limits));
    };
    // Bob comes back and goes again: that is left to the watch on his last session.
    world.now += 10_000;
    let bob = world.login("bob", &bob.device_id, ANDROID);
    world.drop_link(&bob);
    world.now += 25_000;
    look(&world);
    assert_eq!([&abandoned, &back, &answered].map(|id| call(&world, id).0), [2, 1, 1]);
    assert_eq!(state_of(&world, &abandoned, "carol"), State::BeCancelled);
}

#[test]
fn unconfirmed_invitations_are_marked_after_five_seconds_if_wanted() {
    for wanted in [true, false] {
        let (mut world, alice, bob, carol) = three();
        let request =
            v1::CallInvite { enable_not_received_check: wanted, ..invitation(GENERAL, &["bob", "carol"]) };
        let id = invited(world.ask(&alice, Op::CallInvite(request))).call_id;
        world.ack(&carol);
        let seen = world.head(&alice);
        world.pass(5_000);
        let expected = if wanted { State::NotYetReceived } else { State::Inviting };
        assert_eq!(state_of(&world, &id, "bob"), expected);
        assert_eq!(state_of(&world, &id, "carol"), State::Received);
        assert_eq!(call_events(&world, &alice, seen).len(), usize::from(wanted));
        world.ack(&bob);
        assert_eq!(state_of(&world, &id, "bob"), State::Received);
    }
}

#[test]
fn a_login_before_the_end_of_the_ringing_gets_the_call() {
    let (mut world, alice, bob, _) = three();
    world.drop_link(&bob);
    let id = start(&mut world, &alice, GENERAL, &["bob"]);
    let (_, opened) = world.open("bob", "b9", ANDROID, v1::UserSession::default()).unwrap();
    assert_eq!(opened.active_calls.len(), 1);
    assert_eq!(opened.active_calls[0].call_id, id);
    assert_eq!(state_of(&world, &id, "bob"), State::Received, "the answer to the login delivers it");
    world.pass(i64::from(RING_S) * 1_000);
    let (_, opened) = world.open("bob", "b9", ANDROID, v1::UserSession::default()).unwrap();
    assert!(opened.active_calls.is_empty());
}

#[test]
fn records_come_newest_first_in_pages() {
    let (mut world, alice, bob, _) = three();
    let mut calls = Vec::new();
    for _ in 0..3 {
        world.now += 10;
        calls.push(start(&mut world, &alice, GENERAL, &["bob"]));
    }
    let mut page =
        |count, next_flag| match world.ask(&bob, Op::QueryCalls(v1::QueryCalls { count, next_flag })) {
            response::Result::Calls(page) => page,
            other => panic!("no calls: {other:?}"),
        };
    let first = page(2, 0);
    let ids: Vec<&str> = first.calls.iter().map(|call| call.call_id.as_str()).collect();
    assert_eq!(ids, [&calls[2], &calls[1]]);
    let rest = page(2, first.next_flag);
    assert_eq!((rest.calls[0].call_id.as_str(), rest.calls.len(), rest.next_flag), (calls[0].as_str(), 1, 0));
}
