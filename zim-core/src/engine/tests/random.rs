//! Random commands, faults and pauses: 100,000 steps. Afterwards nothing may be lost, doubled, out of order or
//! unanswered. Seeds are printed; `ZIM_SEED` sets the first one.

use super::world::{World, signed_config};
use crate::engine::io::{Input, LoginOp, Op, OpId};
use crate::engine::rng::Rng;
use crate::model::{ConversationType, Message, MessageSentStatus};
use crate::store::ConversationKey;
use std::collections::{HashMap, HashSet};
use zim_proto::v1::{self, event::Kind};

/// Worlds of one test; four tests share the cores.
const WORLDS: u64 = 25;
const STEPS: u64 = 1_000;
/// Device and its user; alice has two.
const DEVICES: [(&str, &str); 4] =
    [("alice", "alice"), ("tablet", "alice"), ("bob", "bob"), ("carol", "carol")];

fn run_worlds(part: u64) {
    let seed: u64 = match std::env::var("ZIM_SEED") {
        Ok(text) => text.parse().expect("ZIM_SEED is a number"),
        Err(_) => 1,
    };
    let first = seed + part * WORLDS;
    for seed in first..first + WORLDS {
        println!("ZIM_SEED={seed}");
        Run::new(seed).go();
    }
}

#[test]
fn random_runs_keep_every_promise_1() {
    run_worlds(0);
}

#[test]
fn random_runs_keep_every_promise_2() {
    run_worlds(1);
}

#[test]
fn random_runs_keep_every_promise_3() {
    run_worlds(2);
}

#[test]
fn random_runs_keep_every_promise_4() {
    run_worlds(3);
}

struct Run {
    world: World,
    rng: Rng,
    /// Operations whose process still lives.
    open: HashMap<OpId, usize>,
    texts: u64,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut world = World::new();
        world.server.groups.insert("g".into(), vec!["alice".into(), "bob".into(), "carol".into()]);
        for (name, user) in DEVICES {
            let device = world.device(name, signed_config);
            world.login(device, user);
        }
        Self { world, rng: Rng::new(seed), open: HashMap::new(), texts: 0 }
    }

    fn go(mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        self.heal();
        self.check();
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.rng.up_to(one_in - 1) == 0
    }

    fn pick(&mut self, count: usize) -> usize {
        usize::try_from(self.rng.up_to(count as u64 - 1)).unwrap()
    }

    fn op(&mut self, device: usize, op: Op) {
        let id = self.world.op(device, op);
        self.open.insert(id, device);
    }

    fn login_if_out(&mut self, device: usize, is_offline_login: bool) {
        if !self.world.devices[device].engine.session.is_logged_in() {
            let login = LoginOp { user_id: DEVICES[device].1.into(), is_offline_login, ..LoginOp::default() };
            self.op(device, Op::Login(login));
        }
    }

    fn step(&mut self) {
        let device = self.pick(DEVICES.len());
        match self.rng.up_to(26) {
            0..=6 => self.send(device),
            7..=8 => self.outside_message(),
            9 => self.world.cut(device),
            10 if self.chance(3) => self.world.silence(device),
            11 => self.world.is_cut = self.chance(4),
            12 if self.chance(3) => self.crash(device),
            13 => self.world.devices[device].is_full = self.chance(3),
            14 => self.world.devices[device].persist_ms = self.rng.up_to(300),
            15 => self.world.devices[device].is_host_prompt = self.chance(2),
            16 => self.world.host_catches_up(device),
            17 => self.world.input(device, Input::NetworkChanged),
            18 => {
                let conversation_id = DEVICES[self.pick(DEVICES.len())].1.to_owned();
                self.op(device, Op::ClearUnread(ConversationKey { conversation_type: 0, conversation_id }));
            }
            19 if self.chance(4) => self.op(device, Op::ClearAllUnread),
            20 => self.world.latency = 1 + self.rng.up_to(400),
            21 if self.chance(10) => self.logout_and_in(device),
            22 if self.chance(2) => self.world.server.skips_own = !self.chance(4),
            23..=24 => self.recall(device),
            22 => self.world.now.wall_ms += i64::try_from(self.rng.up_to(100_000)).unwrap() - 50_000,
            _ => {
                let is_offline = self.chance(2);
                self.login_if_out(device, is_offline);
            }
        }
        let pause = match self.rng.up_to(40) {
            0 => 10_000 + self.rng.up_to(40_000),
            1..=8 => self.rng.up_to(2_000),
            _ => self.rng.up_to(60),
        };
        self.world.run(pause);
    }

    fn send(&mut self, device: usize) {
        let (to, kind) = match self.pick(4) {
            0 => ("g", ConversationType::Group),
            at => (["alice", "bob", "carol"][at - 1], ConversationType::Peer),
        };
        if to == DEVICES[device].1 {
            return;
        }
        for _ in 0..=self.rng.up_to(2) {
            self.texts += 1;
            let message = Message::text(format!("{}", self.texts));
            let id = self.world.send_with(device, to, kind, message, false);
            self.open.insert(id, device);
        }
    }

    fn outside_message(&mut self) {
        let to = DEVICES[self.pick(DEVICES.len())].1;
        let most = if self.chance(50) { 300 } else { 2 };
        for _ in 0..=self.rng.up_to(most) {
            self.world.server.message("dave", to, "from outside");
        }
    }

    /// Any message this device has, whoever sent it; every second time it is gone already, or goes twice at once.
    fn recall(&mut self, device: usize) {
        let disk = self.world.disk(device, DEVICES[device].1);
        let numbered: Vec<_> = disk
            .messages
            .values()
            .flat_map(|rows| rows.values().rev().filter(|row| row.message_seq > 0).take(10))
            .cloned()
            .collect();
        if numbered.is_empty() {
            return;
        }
        let message = &numbered[self.pick(numbered.len())];
        let request = v1::RevokeMessage {
            conversation_type: message.conversation_type.value().cast_unsigned(),
            conversation_id: message.conversation_id.clone(),
            message_seq: message.message_seq.cast_unsigned(),
            ..v1::RevokeMessage::default()
        };
        self.op(device, Op::Request(v1::request::Op::RevokeMessage(request)));
    }

    fn crash(&mut self, device: usize) {
        self.world.crash(device);
        self.open.retain(|_, owner| *owner != device);
    }

    fn logout_and_in(&mut self, device: usize) {
        self.op(device, Op::Logout);
        self.op(device, Op::Login(LoginOp { user_id: DEVICES[device].1.into(), ..LoginOp::default() }));
    }

    fn heal(&mut self) {
        self.world.is_cut = false;
        self.world.latency = 10;
        for device in 0..DEVICES.len() {
            self.world.devices[device].is_full = false;
            self.world.devices[device].is_host_prompt = true;
            self.world.devices[device].persist_ms = 1;
        }
        for _ in 0..4 {
            for device in 0..DEVICES.len() {
                self.world.host_catches_up(device);
                self.login_if_out(device, false);
            }
            self.world.run(65_000);
        }
    }

    fn check(&self) {
        assert!(self.world.server.sent_skips > 0, "no message was spared");
        for id in self.open.keys() {
            let owner = &self.world.devices[self.open[id]];
            assert!(owner.completed.contains_key(id), "{id:?} of {} is unanswered", owner.name);
        }
        for (device, (name, user)) in DEVICES.iter().enumerate() {
            self.check_device(device, name, user);
        }
    }

    fn check_device(&self, device: usize, name: &str, user: &str) {
        let own_id = self.world.device_id(device);
        let account = &self.world.server.accounts[user];
        let disk = self.world.disk(device, user);
        let head = account.inbox.len() as u64;
        assert_eq!((disk.cursor, account.acked.get(&own_id).copied().unwrap_or(0)), (head, head), "{name}");
        assert!(
            disk.undelivered.is_empty() && disk.outbox.is_empty(),
            "{name}: {:?}",
            disk.undelivered.keys()
        );

        let messages: Vec<_> = account
            .inbox
            .iter()
            .filter_map(|event| match &event.kind {
                Some(Kind::Message(message)) => Some(message),
                _ => None,
            })
            .collect();
        let expected: HashSet<i64> = messages
            .iter()
            .filter(|message| message.sender_device_id != own_id)
            .map(|message| i64::try_from(message.message_id).unwrap())
            .collect();
        let received = self.world.received(device);
        let mut seen = HashSet::new();
        let mut last = HashMap::new();
        for message in &received {
            assert!(seen.insert(message.message_id), "{name}: message {} came twice", message.message_id);
            let key = (message.conversation_type, message.conversation_id.clone());
            let before = last.insert(key, message.message_seq).unwrap_or(0);
            assert!(message.message_seq > before, "{name}: out of order");
        }
        assert_eq!(seen.len(), expected.len(), "{name}: received and expected differ");
        assert_eq!(seen, expected, "{name}");

        let rows = || disk.messages.values().flat_map(|rows| rows.values());
        let stored: HashSet<i64> = rows().map(|row| row.message_id).collect();
        let made_here: HashSet<i64> = rows().map(|row| row.local_message_id).collect();
        for message in messages {
            let id = i64::try_from(message.message_id).unwrap();
            let local_id = i64::try_from(message.local_message_id).unwrap();
            let is_own = message.sender_device_id == own_id && made_here.contains(&local_id);
            assert!(is_own || stored.contains(&id), "{name}: message {id} is not in the local history");
        }
        let mut places = HashMap::new();
        for row in rows().filter(|row| row.local_message_id != 0) {
            let Some(other) = places.insert(row.local_message_id, row) else { continue };
            // A send that failed for this process's forerunner, although the server has it, stays failed; its recall is
            // a message of the conversation all the same.
            let is_failed = |row: &Message| row.sent_status == MessageSentStatus::Failed;
            let is_left = is_failed(row) && other.is_revoked() || is_failed(other) && row.is_revoked();
            assert!(is_left, "{name}: one message is stored in two places");
        }
        self.check_recalls(device, name, user);
    }

    /// What was recalled is so in every local history, and was told once, at most once to the device that did it.
    fn check_recalls(&self, device: usize, name: &str, user: &str) {
        let own_id = self.world.device_id(device);
        let disk = self.world.disk(device, user);
        for row in disk.messages.values().flat_map(|rows| rows.values()).filter(|row| row.message_seq > 0) {
            let is_recalled = self.world.server.is_recalled(user, row);
            assert_eq!(row.is_revoked(), is_recalled, "{name}: message {}", row.message_id);
        }
        let mut told = HashMap::<i64, usize>::new();
        for message in self.world.recalled(device) {
            *told.entry(message.message_id).or_default() += 1;
        }
        for event in &self.world.server.accounts[user].inbox {
            let Some(Kind::MessageRevoked(revoked)) = &event.kind else { continue };
            let id = revoked.message.as_ref().unwrap().message_id.cast_signed();
            let times = told.remove(&id).unwrap_or(0);
            let is_fine = times == 1 || times == 0 && revoked.device_id == own_id;
            assert!(is_fine, "{name}: the recall of {id} was told {times} times");
        }
        assert!(told.is_empty(), "{name}: recalls of nothing");
    }
}
