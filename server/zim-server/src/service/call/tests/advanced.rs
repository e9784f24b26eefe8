use super::*;
use CallEventKind::{Cancelled, Ended, Received, UserState};

/// Alice called Bob, Carol and Dave in advanced mode; Bob accepted. Everybody has looked.
fn running() -> (World, Vec<Session>, String) {
    let mut world = World::new();
    let sessions: Vec<Session> = ["alice", "bob", "carol", "dave"]
        .into_iter()
        .map(|name| world.login(name, &format!("{name}-1"), ANDROID))
        .collect();
    let id = start(&mut world, &sessions[0], ADVANCED, &["bob", "carol", "dave"]);
    world.ask(&sessions[1], accept(&id));
    (world, sessions, id)
}

#[test]
fn general_calls_refuse_what_only_advanced_ones_can() {
    let (mut world, sessions, _) = running();
    let id = start(&mut world, &sessions[0], GENERAL, &["bob", "carol"]);
    world.ask(&sessions[1], accept(&id));
    for op in [quit(&id), end(&id), join(&id), calling_invite(&id, &["dave"])] {
        assert_eq!(world.refused(&sessions[1], op.clone()).0, 6_000_286, "{op:?}");
    }
}

#[test]
fn only_participants_act_in_a_call() {
    let (mut world, sessions, id) = running();
    for op in [quit(&id), end(&id), calling_invite(&id, &["bob"])] {
        assert_eq!(world.refused(&sessions[2], op.clone()).0, 6_000_274, "rings: {op:?}");
    }
    for op in [quit("5"), end("5"), join("5"), calling_invite("5", &["carol"]), cancel("5", &[])] {
        assert_eq!(world.refused(&sessions[1], op.clone()).0, 6_000_276, "{op:?}");
    }
}

#[test]
fn participants_invite_more_up_to_the_size_of_a_call() {
    let (mut world, sessions, id) = running();
    let erin = world.login("erin", "e1", ANDROID);
    let seen = heads(&world, &[&sessions[0], &sessions[1], &erin]);
    world.pass(1_000);
    let op = calling_invite(&id, &["erin", "carol", "ghost"]);
    let response::Result::CallingInvited(result) = world.ask(&sessions[1], op) else { panic!() };
    let mut errors: Vec<(String, u32)> =
        result.errors.into_iter().map(|error| (error.user_id, error.reason)).collect();
    errors.sort();
    assert_eq!(errors, [("carol".into(), 6_000_283), ("ghost".into(), 6_000_011)]);
    let at_erin = call_events(&world, &erin, seen[2]);
    assert_eq!(kinds(&at_erin), [Received, UserState]);
    assert_eq!(at_erin[0].operator, "bob");
    for (session, seen) in sessions[..2].iter().zip(&seen) {
        let events = call_events(&world, session, *seen);
        assert_eq!(kinds(&events), [UserState]);
        assert_eq!(changed(&events[0]), [("erin", State::Inviting)]);
    }
    assert_eq!(world.refused(&sessions[1], calling_invite(&id, &["ghost"])).0, 6_000_281);
    world.limits.call_users = 5;
    world.login("frank", "f1", ANDROID);
    assert_eq!(world.refused(&sessions[1], calling_invite(&id, &["frank"])).0, 6_000_272);
    // The invitation of later rings for its own full time.
    world.pass(59_500);
    assert_eq!(state_of(&world, &id, "carol"), State::Timeout);
    assert_eq!(state_of(&world, &id, "erin"), State::Inviting);
    world.pass(500);
    assert_eq!(state_of(&world, &id, "erin"), State::Timeout);
    assert_eq!(call(&world, &id).0, 1, "alice and bob are in it");
}

#[test]
fn inviters_take_back_their_own_invitations() {
    let (mut world, sessions, id) = running();
    let erin = world.login("erin", "e1", ANDROID);
    world.ask(&sessions[1], calling_invite(&id, &["erin"]));
    assert_eq!(world.refused(&sessions[0], cancel(&id, &[])).0, 6_000_271, "bob has accepted");
    assert_eq!(world.refused(&sessions[2], cancel(&id, &["dave"])).0, 6_000_273, "carol rings herself");
    let seen = heads(&world, &[&sessions[2], &erin]);
    let op = cancel(&id, &["carol", "erin", "bob"]);
    let response::Result::CallCancelled(result) = world.ask(&sessions[0], op) else { panic!() };
    assert_eq!(result.error_invitees, ["erin", "bob"]);
    let at_carol = call_events(&world, &sessions[2], seen[0]);
    assert_eq!(kinds(&at_carol), [Cancelled]);
    let at_erin = call_events(&world, &erin, seen[1]);
    assert_eq!(kinds(&at_erin), [UserState]);
    assert_eq!(changed(&at_erin[0]), [("carol", State::BeCancelled)]);
    assert_eq!(call(&world, &id).0, 1);
}

#[test]
fn cancelling_the_last_invitee_before_any_answer_ends_the_call() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    world.login("bob", "b1", ANDROID);
    let id = start(&mut world, &alice, ADVANCED, &["bob"]);
    world.ask(&alice, cancel(&id, &["bob"]));
    assert_eq!(call(&world, &id).0, 2);
    assert_eq!(state_of(&world, &id, "alice"), State::Cancelled);
}

#[test]
fn quitting_tells_the_members_and_the_quitter() {
    let (mut world, sessions, id) = running();
    world.ask(&sessions[3], reject(&id));
    let seen = heads(&world, &sessions.iter().collect::<Vec<_>>());
    world.now += 30;
    let response::Result::CallTimes(times) = world.ask(&sessions[1], quit(&id)) else { panic!() };
    assert_eq!((times.create_time, times.accept_time, times.leave_time), (START, START, START + 30));
    for (session, seen) in sessions[..3].iter().zip(&seen) {
        let events = call_events(&world, session, *seen);
        assert_eq!(kinds(&events), [UserState]);
        assert_eq!(changed(&events[0]), [("bob", State::Quit)]);
    }
    assert!(call_events(&world, &sessions[3], seen[3]).is_empty(), "dave rejected");
    assert_eq!(world.refused(&sessions[1], quit(&id)).0, 6_000_274);
    world.ask(&sessions[0], quit(&id));
    assert_eq!(call(&world, &id).0, 1, "carol still rings");
    world.ask(&sessions[2], reject(&id));
    assert_eq!(call(&world, &id).0, 2, "nobody is left");
}

#[test]
fn ending_tells_everybody_and_keeps_the_users_states() {
    let (mut world, sessions, id) = running();
    world.ack(&sessions[2]);
    world.ask(&sessions[3], reject(&id));
    let seen = heads(&world, &sessions.iter().collect::<Vec<_>>());
    world.now += 30;
    let response::Result::CallTimes(times) = world.ask(&sessions[1], end(&id)) else { panic!() };
    assert_eq!(times.leave_time, START + 30);
    for (session, seen) in sessions[..3].iter().zip(&seen) {
        let events = call_events(&world, session, *seen);
        assert_eq!(kinds(&events), [Ended]);
        assert_eq!((events[0].operator.as_str(), events[0].extended_data.as_str()), ("bob", "over"));
        assert_eq!(events[0].call.as_ref().unwrap().end_time, START + 30);
        assert_eq!(events[0].device_id, if session.user_id == "bob" { "bob-1" } else { "" });
    }
    assert!(call_events(&world, &sessions[3], seen[3]).is_empty());
    let (state, users) = call(&world, &id);
    let states: Vec<State> = users.into_iter().map(|user| user.1).collect();
    use State::{Accepted, Received, Rejected};
    assert_eq!((state, states), (2, vec![Accepted, Accepted, Received, Rejected]));
    for op in [accept(&id), end(&id), quit(&id), join(&id)] {
        assert_eq!(world.refused(&sessions[2], op).0, 6_000_276);
    }
}

#[test]
fn joining_enters_from_outside_and_moves_between_devices() {
    let (mut world, sessions, id) = running();
    let erin = world.login("erin", "e1", ANDROID);
    let seen = heads(&world, &[&sessions[0], &erin]);
    let response::Result::CallJoined(joined) = world.ask(&erin, join(&id)) else { panic!() };
    assert_eq!((joined.join_time, joined.extended_data.as_str(), joined.users.len()), (START, "call", 5));
    for (session, seen) in [&sessions[0], &erin].into_iter().zip(&seen) {
        let events = call_events(&world, session, *seen);
        assert_eq!(kinds(&events), [UserState]);
        assert_eq!(changed(&events[0]), [("erin", State::Accepted)]);
    }
    assert_eq!(world.refused(&erin, join(&id)).0, 6_000_283);
    let seen = heads(&world, &[&sessions[0], &erin]);
    let tablet = world.login("erin", "e2", ANDROID);
    assert!(matches!(world.ask(&tablet, join(&id)), response::Result::CallJoined(_)));
    assert_eq!(heads(&world, &[&sessions[0], &erin]), seen, "nobody is told");
    assert_eq!(world.refused(&tablet, join(&id)).0, 6_000_283);

    world.ask(&tablet, quit(&id));
    world.ask(&erin, join(&id));
    assert_eq!(state_of(&world, &id, "erin"), State::Accepted, "who left may come back");
    world.ask(&sessions[2], join(&id));
    assert_eq!(state_of(&world, &id, "carol"), State::Accepted, "a ringing user joins by accepting");
    world.limits.call_users = 5;
    let frank = world.login("frank", "f1", ANDROID);
    assert_eq!(world.refused(&frank, join(&id)).0, 6_000_272);
}

#[test]
fn a_call_that_nobody_ends_is_ended_after_a_day() {
    let (mut world, sessions, id) = running();
    world.pass(world.limits.call_max_ms - 1);
    assert_eq!(call(&world, &id).0, 1);
    let seen = world.head(&sessions[0]);
    world.pass(1);
    assert_eq!(call(&world, &id).0, 2);
    assert_eq!(kinds(&call_events(&world, &sessions[0], seen)), [Ended]);
    assert_eq!(world.run(|tx| tx.next_timer()), None);
}
