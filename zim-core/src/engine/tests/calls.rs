//! Calls from the client's view.

use super::world::World;
use crate::engine::io::{Op, Reply};
use crate::model::{CallUserState as State, Event};
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, CallEventKind, request};

fn user(id: &str, state: State) -> v1::CallUser {
    v1::CallUser { user_id: id.into(), state: state.value(), ..v1::CallUser::default() }
}

/// A general call of bob that rings at alice's.
fn ringing(world: &World) -> v1::Call {
    v1::Call {
        call_id: "5".into(),
        caller: "bob".into(),
        timeout_s: 90,
        create_time: world.now.wall_ms,
        state: 1,
        users: vec![user("bob", State::Accepted), user("alice", State::Inviting)],
        ..v1::Call::default()
    }
}

fn event(kind: CallEventKind, call: &v1::Call, users: Vec<v1::CallUser>) -> Kind {
    let operator = call.caller.clone();
    Kind::Call(v1::CallEvent {
        kind: kind.into(),
        call: Some(call.clone()),
        users,
        operator,
        ..v1::CallEvent::default()
    })
}

/// Names of the call events a host heard.
fn heard(world: &World, device: usize) -> Vec<&'static str> {
    world
        .events(device)
        .filter_map(|event| match event {
            Event::CallInvitationCreated { .. } => Some("created"),
            Event::CallInvitationReceived { .. } => Some("received"),
            Event::CallInvitationCancelled { .. } => Some("cancelled"),
            Event::CallInvitationEnded { .. } => Some("ended"),
            Event::CallInvitationTimeout { .. } => Some("timeout"),
            Event::CallUserStateChanged { .. } => Some("state"),
            Event::CallInvitationAccepted { .. } => Some("accepted"),
            Event::CallInvitationRejected { .. } => Some("rejected"),
            Event::CallInviteesAnsweredTimeout { .. } => Some("no answer"),
            _ => None,
        })
        .collect()
}

#[test]
fn a_live_invitation_is_told_and_kept_until_it_is_over() {
    let mut world = World::new();
    let alice = world.online("alice");
    let call = ringing(&world);
    world.server.push("alice", event(CallEventKind::Received, &call, vec![]));
    world.run(100);
    assert_eq!(heard(&world, alice), ["received"]);
    let Some(Event::CallInvitationReceived { info, call_id }) =
        world.events(alice).find(|event| matches!(event, Event::CallInvitationReceived { .. }))
    else {
        panic!("not told")
    };
    assert_eq!((info.inviter.as_str(), info.timeout, call_id.as_str()), ("bob", 90, "5"));
    assert!(world.disk(alice, "alice").calls.contains_key("5"));
    world.server.push("alice", event(CallEventKind::Cancelled, &call, vec![]));
    world.run(100);
    assert_eq!(heard(&world, alice), ["received", "cancelled"]);
    assert!(world.disk(alice, "alice").calls.is_empty());
}

#[test]
fn the_inviter_of_a_general_call_hears_each_answer_under_its_old_name_too() {
    let mut world = World::new();
    let bob = world.online("bob");
    let mut call = ringing(&world);
    call.users.push(user("carol", State::Inviting));
    call.users.push(user("dave", State::Inviting));
    world.server.push("bob", event(CallEventKind::Created, &call, vec![]));
    for (id, state) in [("alice", State::Accepted), ("carol", State::Rejected), ("dave", State::Timeout)] {
        world.server.push("bob", event(CallEventKind::UserState, &call, vec![user(id, state)]));
    }
    world.run(100);
    assert_eq!(
        heard(&world, bob),
        ["created", "state", "accepted", "state", "rejected", "state", "no answer"]
    );
    call.mode = 1;
    world.server.push("bob", event(CallEventKind::UserState, &call, vec![user("alice", State::Accepted)]));
    world.run(100);
    assert_eq!(heard(&world, bob).last(), Some(&"state"), "advanced calls have no old names");
}

#[test]
fn a_call_that_came_and_went_while_offline_is_never_mentioned() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.cut(alice);
    let call = ringing(&world);
    world.server.push("alice", event(CallEventKind::Received, &call, vec![]));
    world.server.push("alice", event(CallEventKind::Cancelled, &call, vec![]));
    world.server.message("bob", "alice", "I called");
    world.run(2_000);
    assert!(heard(&world, alice).is_empty());
    assert_eq!(world.received(alice).len(), 1);
}

#[test]
fn a_call_that_still_rings_is_told_once_with_what_was_missed() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.is_cut = true;
    world.cut(alice);
    let mut call = ringing(&world);
    call.users.push(user("carol", State::Inviting));
    world.server.push("alice", event(CallEventKind::Received, &call, vec![]));
    for state in [State::Received, State::Rejected] {
        world.server.push("alice", event(CallEventKind::UserState, &call, vec![user("carol", state)]));
    }
    call.users[2] = user("carol", State::Rejected);
    world.server.account("alice").active_calls.push(call.clone());
    world.run(30_000);
    world.is_cut = false;
    world.run(31_000);
    assert_eq!(heard(&world, alice), ["received", "state"]);
    let states: Vec<_> = world
        .events(alice)
        .filter_map(|event| match event {
            Event::CallUserStateChanged { info, .. } => Some(info.call_user_list.clone()),
            _ => None,
        })
        .collect();
    assert_eq!((states[0].len(), states[0][0].state), (1, State::Rejected), "only the last state");
    world.cut(alice);
    world.run(2_000);
    assert_eq!(heard(&world, alice).len(), 2, "a further reconnect does not ring again");
}

#[test]
fn an_expired_call_does_not_ring() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.is_cut = true;
    world.cut(alice);
    let call = ringing(&world);
    world.server.push("alice", event(CallEventKind::Received, &call, vec![]));
    world.server.account("alice").active_calls.push(call);
    world.run(100_000);
    world.is_cut = false;
    world.run(31_000);
    assert!(heard(&world, alice).is_empty());
}

#[test]
fn a_ringing_call_cancelled_while_offline_stops_ringing_also_after_a_restart() {
    for is_restarted in [false, true] {
        let mut world = World::new();
        let alice = world.online("alice");
        let call = ringing(&world);
        world.server.push("alice", event(CallEventKind::Received, &call, vec![]));
        world.run(100);
        world.cut(alice);
        world.server.push("alice", event(CallEventKind::Cancelled, &call, vec![]));
        if is_restarted {
            world.crash(alice);
            world.login(alice, "alice");
        }
        world.run(2_000);
        assert_eq!(heard(&world, alice), ["received", "cancelled"]);
    }
}

#[test]
fn a_known_call_the_server_forgot_stops_ringing() {
    let mut world = World::new();
    let alice = world.online("alice");
    let call = ringing(&world);
    world.server.push("alice", event(CallEventKind::Received, &call, vec![]));
    world.run(100);
    world.cut(alice);
    world.run(2_000);
    assert_eq!(heard(&world, alice), ["received", "timeout"]);
    assert!(world.disk(alice, "alice").calls.is_empty());
}

#[test]
fn an_answer_on_another_device_ends_the_invitation_here() {
    let mut world = World::new();
    let alice = world.online("alice");
    let mut call = ringing(&world);
    world.server.push("alice", event(CallEventKind::Received, &call, vec![]));
    call.users[1] = user("alice", State::Rejected);
    world.server.push("alice", event(CallEventKind::UserState, &call, vec![call.users[1].clone()]));
    world.run(100);
    assert_eq!(heard(&world, alice), ["received", "state"]);
    assert!(world.disk(alice, "alice").calls.is_empty());
}

#[test]
fn an_invitation_gets_an_id_of_its_own_so_that_a_retry_is_recognised() {
    let mut world = World::new();
    let alice = world.online("alice");
    let invite = v1::CallInvite { invitees: vec!["bob".into()], timeout_s: 90, ..v1::CallInvite::default() };
    let op = world.op(alice, Op::Request(request::Op::CallInvite(invite.clone())));
    world.run(100);
    assert!(matches!(world.done(alice, op), Reply::Response(_)));
    let Some(request::Op::CallInvite(sent)) = world.server.requests.last() else { panic!("not sent") };
    assert_ne!(sent.client_id, 0);
    let to_self = v1::CallInvite { invitees: vec!["alice".into()], ..invite };
    let op = world.op(alice, Op::Request(request::Op::CallInvite(to_self)));
    assert_eq!(world.failed(alice, op).parameter.as_deref(), Some("invitees"));
}
