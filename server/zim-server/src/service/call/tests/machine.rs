//! The whole machine: random users on random devices do random things at random times.

use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::collections::HashMap;

const USERS: usize = 4;
const DEVICES: usize = 2;
const NAMES: [&str; USERS] = ["u0", "u1", "u2", "u3"];

#[derive(Debug, Clone)]
enum Step {
    Invite { advanced: bool, invitees: u8, timeout_s: u32, check: bool },
    Accept(usize),
    Reject(usize),
    Cancel(usize, u8),
    CallingInvite(usize, u8),
    Quit(usize),
    End(usize),
    Join(usize),
    Acknowledge,
    Logout,
    Pass(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let call = 0..4_usize;
    prop_oneof![
        3 => (any::<bool>(), 1..16_u8, 1..40_u32, any::<bool>()).prop_map(
            |(advanced, invitees, timeout_s, check)| Step::Invite { advanced, invitees, timeout_s, check }
        ),
        4 => call.clone().prop_map(Step::Accept),
        2 => call.clone().prop_map(Step::Reject),
        2 => (call.clone(), 0..16_u8).prop_map(|(call, users)| Step::Cancel(call, users)),
        2 => (call.clone(), 1..16_u8).prop_map(|(call, users)| Step::CallingInvite(call, users)),
        2 => call.clone().prop_map(Step::Quit),
        1 => call.clone().prop_map(Step::End),
        2 => call.prop_map(Step::Join),
        3 => Just(Step::Acknowledge),
        1 => Just(Step::Logout),
        3 => (1..20_000_i64).prop_map(Step::Pass),
    ]
}

/// Names of the users in a bit mask, without one.
fn named(mask: u8, except: usize) -> Vec<&'static str> {
    (0..USERS).filter(|user| *user != except && mask & (1 << user) != 0).map(|user| NAMES[user]).collect()
}

fn is_final(state: State) -> bool {
    !matches!(state, State::Inviting | State::Received | State::NotYetReceived | State::Accepted)
}

type Calls = HashMap<String, (u32, bool, HashMap<String, State>)>;

/// Every call: its state, whether it is advanced, its users' states.
fn look(world: &World, ids: &[String]) -> Calls {
    let ids = ids.to_vec();
    world.run(move |tx| {
        let mut calls = Calls::new();
        for id in &ids {
            let row = tx.call(APP, id)?.unwrap();
            assert_eq!(row.call.users.len(), row.users.len());
            let users = row.call.users.iter();
            let states = users.map(|user| (user.user_id.clone(), State::from_value(user.state).unwrap()));
            calls.insert(id.clone(), (row.call.state, row.call.mode == ADVANCED, states.collect()));
        }
        Ok(calls)
    })
}

fn check(
    world: &World,
    before: &Calls,
    after: &Calls,
    sessions: &[Session],
    seen: &[u64],
    step: &Step,
) -> Result<(), TestCaseError> {
    let returns = matches!(step, Step::CallingInvite(..) | Step::Join(_));
    for (id, (state, advanced, users)) in before {
        let (now, _, states) = &after[id];
        prop_assert!(now >= state, "an ended call runs again");
        for (user, was) in users {
            let is = states[user];
            let stays = *was == is || !is_final(*was) || (*advanced && returns && *state == 1);
            prop_assert!(stays, "{user} left {was:?} for {is:?} by {step:?}");
            let answered =
                *was != State::Accepted || matches!(is, State::Accepted | State::Quit | State::Cancelled);
            prop_assert!(answered, "{user} accepted and is {is:?} by {step:?}");
            prop_assert!(*state == 1 || *was == is, "{user} changed in an ended call by {step:?}");
        }
    }
    for (id, (state, advanced, users)) in after {
        let ringing = users.values().any(|user| !is_final(*user) && *user != State::Accepted);
        if *state == 1 && !advanced {
            prop_assert!(ringing, "general call {id} runs although nobody rings");
        }
    }
    // Who was out of a call before this step, and still is, hears nothing of it.
    for (index, name) in NAMES.iter().enumerate() {
        let session = &sessions[index * DEVICES];
        for event in call_events(world, session, seen[index]) {
            let call = event.call.as_ref().unwrap();
            let Some((state, _, users)) = before.get(&call.call_id) else { continue };
            prop_assert_eq!(*state, 1, "an event of an ended call by {:?}", step);
            let was = users.get(*name).copied();
            let is = after[&call.call_id].2[*name];
            let out = was.is_none_or(is_final) && is_final(is);
            prop_assert!(!out, "{name} is out ({was:?}) and got {:?} by {step:?}", event.kind());
        }
    }
    Ok(())
}

fn perform(world: &mut World, calls: &mut Vec<String>, actor: &Session, me: usize, step: &Step) {
    let known = calls.clone();
    let id = move |index: usize| known.get(index % known.len().max(1)).cloned().unwrap_or_else(|| "1".into());
    let op = match step {
        Step::Invite { advanced, invitees, timeout_s, check } => {
            let users = named(*invitees, me);
            if users.is_empty() {
                return;
            }
            let mode = if *advanced { ADVANCED } else { GENERAL };
            Op::CallInvite(v1::CallInvite {
                timeout_s: *timeout_s,
                enable_not_received_check: *check,
                ..invitation(mode, &users)
            })
        }
        Step::Accept(call) => accept(&id(*call)),
        Step::Reject(call) => reject(&id(*call)),
        Step::Cancel(call, users) => cancel(&id(*call), &named(*users, me)),
        Step::CallingInvite(call, users) => calling_invite(&id(*call), &named(*users, me)),
        Step::Quit(call) => quit(&id(*call)),
        Step::End(call) => end(&id(*call)),
        Step::Join(call) => join(&id(*call)),
        Step::Acknowledge => return world.ack(actor),
        Step::Logout => {
            world.logout(actor);
            world.login(&actor.user_id, &actor.device_id, actor.platform);
            return;
        }
        Step::Pass(ms) => return world.pass(*ms),
    };
    if let Ok(reply) = world.reply(actor, op)
        && let response::Result::CallInvited(invited) = reply.result
    {
        calls.push(invited.call_id);
    }
}

fn scenario(steps: &[(usize, Step)]) -> Result<(), TestCaseError> {
    let mut world = World::new();
    let mut sessions = Vec::new();
    for name in NAMES {
        for device in 0..DEVICES {
            sessions.push(world.login(name, &format!("{name}-{device}"), ANDROID));
        }
    }
    let mut calls = Vec::new();
    for (actor, step) in steps {
        let actor = actor % sessions.len();
        let before = look(&world, &calls);
        let seen: Vec<u64> = (0..USERS).map(|user| world.head(&sessions[user * DEVICES])).collect();
        perform(&mut world, &mut calls, &sessions[actor].clone(), actor / DEVICES, step);
        let after = look(&world, &calls);
        check(&world, &before, &after, &sessions, &seen, step)?;
    }
    // Whatever happened: time ends the ringing, general calls with it, and a day ends everything.
    world.pass(41_000);
    for (id, (state, advanced, users)) in look(&world, &calls) {
        prop_assert!(advanced || state == 2, "general call {id} is not over");
        let rings = users.values().any(|user| !is_final(*user) && *user != State::Accepted);
        prop_assert!(state == 2 || !rings, "{id} rings for ever");
    }
    world.pass(world.limits.call_max_ms);
    prop_assert!(look(&world, &calls).values().all(|(state, ..)| *state == 2));
    prop_assert_eq!(world.run(|tx| tx.next_timer()), None);
    Ok(())
}

/// `ZIM_TEST_SEED` repeats a run; the seed of a failing one is printed.
#[test]
fn no_sequence_of_operations_breaks_the_machine() {
    let seed = match std::env::var("ZIM_TEST_SEED") {
        Ok(text) => text.parse().expect("ZIM_TEST_SEED is a number"),
        Err(_) => 20_260_422,
    };
    println!("ZIM_TEST_SEED={seed}");
    let config =
        Config { cases: 96, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
    let steps = prop::collection::vec((0..USERS * DEVICES, step()), 1..60);
    TestRunner::new(config).run(&steps, |steps| scenario(&steps)).unwrap_or_else(|error| panic!("{error}"));
}
