//! Calls: each rule by itself, then the whole machine under random operations.

mod advanced;
mod general;
mod machine;
mod pushes;

use crate::service::tests::world::*;
use zim_proto::CallUserState as State;
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, CallEventKind, request::Op, response};

const GENERAL: u32 = 0;
const ADVANCED: u32 = 1;
const RING_S: u32 = 60;

fn ids(users: &[&str]) -> Vec<String> {
    users.iter().map(|user| (*user).to_owned()).collect()
}

fn invitation(mode: u32, users: &[&str]) -> v1::CallInvite {
    v1::CallInvite {
        invitees: ids(users),
        mode,
        timeout_s: RING_S,
        extended_data: "call".into(),
        ..v1::CallInvite::default()
    }
}

fn invited(result: response::Result) -> v1::CallInvited {
    match result {
        response::Result::CallInvited(invited) => invited,
        other => panic!("no call: {other:?}"),
    }
}

/// Starts a call and returns its id.
fn start(world: &mut World, caller: &Session, mode: u32, users: &[&str]) -> String {
    invited(world.ask(caller, Op::CallInvite(invitation(mode, users)))).call_id
}

fn accept(call_id: &str) -> Op {
    Op::CallAccept(v1::CallAccept { call_id: call_id.into(), extended_data: "yes".into() })
}

fn reject(call_id: &str) -> Op {
    Op::CallReject(v1::CallReject { call_id: call_id.into(), extended_data: "no".into() })
}

fn cancel(call_id: &str, users: &[&str]) -> Op {
    Op::CallCancel(v1::CallCancel {
        call_id: call_id.into(),
        invitees: ids(users),
        extended_data: "never mind".into(),
        push: None,
    })
}

fn calling_invite(call_id: &str, users: &[&str]) -> Op {
    Op::CallingInvite(v1::CallingInvite { call_id: call_id.into(), invitees: ids(users), push: None })
}

fn quit(call_id: &str) -> Op {
    Op::CallQuit(v1::CallQuit { call_id: call_id.into(), extended_data: "bye".into(), push: None })
}

fn end(call_id: &str) -> Op {
    Op::CallEnd(v1::CallEnd { call_id: call_id.into(), extended_data: "over".into(), push: None })
}

fn join(call_id: &str) -> Op {
    Op::CallJoin(v1::CallJoin { call_id: call_id.into(), extended_data: "here".into() })
}

fn call_event(kind: Kind) -> v1::CallEvent {
    match kind {
        Kind::Call(event) => event,
        other => panic!("not a call event: {other:?}"),
    }
}

fn call_events(world: &World, session: &Session, after: u64) -> Vec<v1::CallEvent> {
    world.events(session, after).into_iter().map(call_event).collect()
}

fn kinds(events: &[v1::CallEvent]) -> Vec<CallEventKind> {
    events.iter().map(v1::CallEvent::kind).collect()
}

/// Users that an event reports, with their states.
fn changed(event: &v1::CallEvent) -> Vec<(&str, State)> {
    event.users.iter().map(|user| (user.user_id.as_str(), State::from_value(user.state).unwrap())).collect()
}

/// State of the call (1 started, 2 ended) and of each user.
fn call(world: &World, call_id: &str) -> (u32, Vec<(String, State)>) {
    let id = call_id.to_owned();
    let row = world.run(move |tx| tx.call(APP, &id)).unwrap();
    let users = row
        .call
        .users
        .iter()
        .map(|user| (user.user_id.clone(), State::from_value(user.state).unwrap()))
        .collect();
    (row.call.state, users)
}

fn state_of(world: &World, call_id: &str, user_id: &str) -> State {
    call(world, call_id).1.into_iter().find(|(id, _)| id == user_id).unwrap().1
}

/// Sequences up to which everybody has looked.
fn heads(world: &World, sessions: &[&Session]) -> Vec<u64> {
    sessions.iter().map(|session| world.head(session)).collect()
}
