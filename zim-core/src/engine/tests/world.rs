//! Virtual time, links that delay, break and go silent, and hosts that remember what they were told.

use super::disk::Disk;
use super::server::{KEY, Server};
use crate::config::Timing;
use crate::engine::io::{
    BatchId, Input, LinkDown, LinkId, LoginOp, Now, Op, OpId, Output, Reply, SendMessageOp,
};
use crate::engine::{Engine, EngineConfig};
use crate::error::Error;
use crate::model::{
    ConnectionEvent, ConnectionState, ConversationSyncState, ConversationType, Event, Message, PlatformType,
};
use crate::store::{Batch, StoreError};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use zeroize::Zeroizing;

pub(super) const WALL_START: i64 = 1_800_000_000_000;

/// What a host was told, with the inbox sequence its batch ends at (0: not from the inbox).
pub(super) type Told = (Event, u64);

pub(super) struct Device {
    pub(super) engine: Engine,
    pub(super) disk: BTreeMap<String, Disk>,
    open_user: Option<String>,
    link: Option<(LinkId, u64)>,
    persists: VecDeque<(u64, BatchId, Batch, Option<String>)>,
    pub(super) told: Vec<Told>,
    untagged: usize,
    pub(super) completed: BTreeMap<OpId, Result<Reply, Error>>,
    pub(super) attached: Vec<(OpId, Arc<Message>)>,
    pub(super) transmits: u64,
    /// The store refuses writes.
    pub(super) is_full: bool,
    pub(super) persist_ms: u64,
    /// The host handles events at once and says so.
    pub(super) is_host_prompt: bool,
    undelivered: Vec<u64>,
    pub(super) connects: Vec<u64>,
    config: fn(&str) -> EngineConfig,
    pub(super) name: String,
}

enum Flight {
    ToServer(u64, Bytes),
    ToClient(usize, LinkId, u64, Bytes),
    Up(usize, LinkId, u64),
    Down(usize, LinkId, u64),
}

pub(super) struct World {
    pub(super) now: Now,
    pub(super) server: Server,
    pub(super) devices: Vec<Device>,
    flights: BTreeMap<(u64, u64), Flight>,
    order: u64,
    pub(super) latency: u64,
    /// Connections that lost both directions without anybody noticing.
    silent: Vec<u64>,
    /// No connection can be made.
    pub(super) is_cut: bool,
    last_op: u64,
    last_connection: u64,
    /// Time of the last flight of each connection and direction: frames stay in order.
    lanes: BTreeMap<(u64, bool), u64>,
}

pub(super) fn signed_config(name: &str) -> EngineConfig {
    EngineConfig { app_sign_key: Some(Zeroizing::new(KEY)), ..token_config(name) }
}

pub(super) fn token_config(name: &str) -> EngineConfig {
    let mut device_id: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
    device_id.truncate(32);
    EngineConfig {
        app_id: 1,
        app_sign_key: None,
        device_id: format!("{device_id:0>32}"),
        platform: PlatformType::Linux,
        sdk_version: "test".into(),
        timing: Timing::default(),
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            now: Now { mono_ms: 1_000, wall_ms: WALL_START },
            server: Server::new(),
            devices: Vec::new(),
            flights: BTreeMap::new(),
            order: 0,
            latency: 20,
            silent: Vec::new(),
            is_cut: false,
            last_op: 0,
            last_connection: 0,
            lanes: BTreeMap::new(),
        }
    }

    pub(super) fn device(&mut self, name: &str, config: fn(&str) -> EngineConfig) -> usize {
        self.devices.push(Device {
            engine: Engine::new(config(name), 42 + self.devices.len() as u64),
            disk: BTreeMap::new(),
            open_user: None,
            link: None,
            persists: VecDeque::new(),
            told: Vec::new(),
            untagged: 0,
            completed: BTreeMap::new(),
            attached: Vec::new(),
            transmits: 0,
            is_full: false,
            persist_ms: 1,
            is_host_prompt: true,
            undelivered: Vec::new(),
            connects: Vec::new(),
            config,
            name: name.to_owned(),
        });
        self.devices.len() - 1
    }

    /// A device that is logged in as the user of the same name.
    pub(super) fn online(&mut self, name: &str) -> usize {
        let device = self.device(name, signed_config);
        self.login(device, name);
        device
    }

    pub(super) fn login(&mut self, device: usize, user: &str) {
        let op = self.op(device, Op::Login(LoginOp { user_id: user.to_owned(), ..LoginOp::default() }));
        self.run(1_000);
        self.done(device, op);
    }

    pub(super) fn device_id(&self, device: usize) -> String {
        (self.devices[device].config)(&self.devices[device].name).device_id
    }

    pub(super) fn op(&mut self, device: usize, op: Op) -> OpId {
        self.last_op += 1;
        let id = OpId(self.last_op);
        self.input(device, Input::Op { id, op });
        id
    }

    pub(super) fn send(&mut self, device: usize, to: &str, text: &str) -> OpId {
        self.send_with(device, to, ConversationType::Peer, Message::text(text), false)
    }

    pub(super) fn send_with(
        &mut self,
        device: usize,
        to: &str,
        conversation_type: ConversationType,
        mut message: Message,
        is_retry_send: bool,
    ) -> OpId {
        message.conversation_id = to.to_owned();
        message.conversation_type = conversation_type;
        let send = SendMessageOp {
            message,
            push: None,
            priority: 1,
            is_notify_mentioned_users: false,
            is_retry_send,
        };
        self.op(device, Op::SendMessage(Box::new(send)))
    }

    pub(super) fn done(&mut self, device: usize, op: OpId) -> Reply {
        self.devices[device].completed.remove(&op).expect("completed").expect("successful")
    }

    pub(super) fn failed(&mut self, device: usize, op: OpId) -> Error {
        match self.devices[device].completed.remove(&op).expect("completed") {
            Ok(reply) => panic!("completed with {reply:?}"),
            Err(error) => error,
        }
    }

    pub(super) fn code(&mut self, device: usize, op: OpId) -> u32 {
        self.failed(device, op).code.code()
    }

    pub(super) fn disk(&self, device: usize, user: &str) -> &Disk {
        &self.devices[device].disk[user]
    }

    pub(super) fn input(&mut self, device: usize, input: Input) {
        let now = self.now;
        self.devices[device].engine.handle(now, input);
        self.drain(device);
        if self.devices[device].is_host_prompt {
            self.host_catches_up(device);
        }
    }

    fn drain(&mut self, at: usize) {
        while let Some(output) = self.devices[at].engine.poll_output() {
            self.output(at, output);
        }
    }

    fn output(&mut self, at: usize, output: Output) {
        let device = &mut self.devices[at];
        match output {
            Output::Open { user_id } => {
                device.open_user = Some(user_id.clone());
                let opened = device.disk.entry(user_id).or_default().load();
                self.input(at, Input::Opened(Ok(Box::new(opened))));
            }
            Output::CloseStore => device.open_user = None,
            Output::Connect(link) => {
                device.connects.push(self.now.mono_ms);
                self.last_connection += 1;
                let connection = self.last_connection;
                let flight = if self.is_cut {
                    Flight::Down(at, link, connection)
                } else {
                    device.link = Some((link, connection));
                    Flight::Up(at, link, connection)
                };
                self.fly(connection, false, flight);
            }
            Output::Transmit(link, bytes) => {
                device.transmits += 1;
                if let Some((_, connection)) = device.link.filter(|(current, _)| *current == link) {
                    self.fly(connection, true, Flight::ToServer(connection, bytes));
                }
            }
            Output::CloseLink(link) => {
                if let Some((_, connection)) = device.link.take_if(|(current, _)| *current == link) {
                    self.fly(connection, true, Flight::Down(usize::MAX, link, connection));
                }
            }
            Output::Persist(batch, writes) => {
                let at = self.now.mono_ms + device.persist_ms;
                let user = device.open_user.clone();
                device.persists.push_back((at, batch, writes, user));
            }
            Output::Notify { event, delivers } => {
                device.told.push((event, 0));
                if let Some(seq) = delivers {
                    for told in &mut device.told[device.untagged..] {
                        told.1 = seq;
                    }
                    device.untagged = device.told.len();
                    device.undelivered.push(seq);
                } else if device.told.last().is_some_and(|(event, _)| !is_from_inbox(event)) {
                    device.untagged = device.told.len();
                }
            }
            Output::Attached(op, message) => device.attached.push((op, message)),
            Output::Complete(op, result) => {
                let before = device.completed.insert(op, result);
                assert!(before.is_none(), "{op:?} completed twice");
            }
        }
    }

    /// The host's handler returns for everything it was given.
    pub(super) fn host_catches_up(&mut self, device: usize) {
        for seq in std::mem::take(&mut self.devices[device].undelivered) {
            self.input(device, Input::Delivered(seq));
        }
    }

    fn fly(&mut self, connection: u64, to_server: bool, flight: Flight) {
        let lane = self.lanes.entry((connection, to_server)).or_default();
        *lane = (*lane).max(self.now.mono_ms + self.latency);
        self.order += 1;
        self.flights.insert((*lane, self.order), flight);
    }

    fn deliver_server_frames(&mut self) {
        for (connection, bytes) in std::mem::take(&mut self.server.outgoing) {
            let owner = self.devices.iter().enumerate().find_map(|(at, device)| {
                device.link.filter(|(_, id)| *id == connection).map(|(link, _)| (at, link))
            });
            let Some((at, link)) = owner else { continue };
            let flight = match bytes {
                Some(bytes) => Flight::ToClient(at, link, connection, bytes),
                None => Flight::Down(at, link, connection),
            };
            self.fly(connection, false, flight);
        }
    }

    fn land(&mut self, flight: Flight) {
        self.server.now_ms = self.now.wall_ms;
        match flight {
            Flight::ToServer(connection, bytes) => {
                if !self.silent.contains(&connection) {
                    self.check_hello(connection, &bytes);
                    self.server.receive(connection, bytes);
                }
            }
            Flight::ToClient(device, link, connection, bytes) => {
                let is_current = self.devices[device].link == Some((link, connection));
                if is_current && !self.silent.contains(&connection) {
                    self.input(device, Input::Frame(link, bytes));
                }
            }
            Flight::Up(device, link, connection) => {
                if self.devices[device].link == Some((link, connection)) {
                    self.server.connect(connection);
                    self.input(device, Input::LinkUp(link));
                }
            }
            Flight::Down(device, link, connection) => {
                self.server.disconnect(connection);
                if device == usize::MAX {
                    return;
                }
                let is_current = self.devices[device].link == Some((link, connection));
                if is_current {
                    self.devices[device].link = None;
                }
                if is_current || self.is_cut {
                    self.input(device, Input::LinkDown(link, LinkDown::Closed("test".into())));
                }
            }
        }
        self.deliver_server_frames();
    }

    /// Nothing a client says may be ahead of its disk.
    fn check_hello(&self, connection: u64, bytes: &Bytes) {
        use zim_proto::v1::frame::Body;
        const HELLO_OR_ACK: [u8; 2] = [2 << 3 | 2, 7 << 3 | 2];
        if !bytes.first().is_some_and(|key| HELLO_OR_ACK.contains(key)) {
            return;
        }
        let body = zim_proto::frame::decode(bytes.clone(), 1 << 20).expect("sound");
        let owner = self.devices.iter().find(|device| device.link.is_some_and(|(_, id)| id == connection));
        let Some(disk) =
            owner.and_then(|device| device.open_user.as_ref().and_then(|user| device.disk.get(user)))
        else {
            return;
        };
        match body {
            Some(Body::Ack(ack)) => assert!(ack.seq <= disk.cursor, "acknowledged before stored"),
            Some(Body::ClientHello(hello)) => {
                if let Some(zim_proto::v1::client_hello::Session::User(user)) = hello.session {
                    assert!(
                        user.inbox_epoch != disk.epoch || user.cursor <= disk.cursor,
                        "cursor ahead of disk"
                    );
                }
            }
            _ => {}
        }
    }

    fn persist(&mut self, device: usize) {
        let it = &mut self.devices[device];
        let Some((_, batch, writes, user)) = it.persists.pop_front() else { return };
        let result = if it.is_full {
            Err(StoreError::Write("disk full".into()))
        } else {
            let user = user.expect("a store is open");
            it.disk.get_mut(&user).expect("made at open").apply(writes);
            Ok(())
        };
        self.input(device, Input::Persisted(batch, result));
    }

    fn next_time(&self) -> Option<u64> {
        let flight = self.flights.keys().next().map(|(at, _)| *at);
        let devices = self.devices.iter().flat_map(|device| {
            let persist = device.persists.front().map(|persist| persist.0);
            [persist, device.engine.deadline()]
        });
        devices.flatten().chain(flight).min()
    }

    /// What is on its way to the device's disk takes `ms` longer.
    pub(super) fn delay_persists(&mut self, device: usize, ms: u64) {
        for persist in &mut self.devices[device].persists {
            persist.0 += ms;
        }
    }

    /// Runs the world for a while.
    pub(super) fn run(&mut self, ms: u64) {
        self.deliver_server_frames();
        let until = self.now.mono_ms + ms;
        let mut steps = 0_u64;
        while let Some(next) = self.next_time().filter(|next| *next <= until) {
            steps += 1;
            assert!(steps < 10_000_000, "the world does not come to rest");
            self.advance_to(next);
            if let Some((key, _)) = self.flights.first_key_value().filter(|(key, _)| key.0 <= next) {
                let key = *key;
                let flight = self.flights.remove(&key).expect("just seen");
                self.land(flight);
                continue;
            }
            for device in 0..self.devices.len() {
                if self.devices[device].persists.front().is_some_and(|persist| persist.0 <= next) {
                    self.persist(device);
                } else if self.devices[device].engine.deadline().is_some_and(|at| at <= next) {
                    self.input(device, Input::Tick);
                    let deadline = self.devices[device].engine.deadline();
                    assert!(
                        deadline.is_none_or(|at| at > next),
                        "a tick that leaves its deadline in the past"
                    );
                }
            }
            self.deliver_server_frames();
        }
        self.advance_to(until);
    }

    fn advance_to(&mut self, mono_ms: u64) {
        let step = mono_ms.saturating_sub(self.now.mono_ms);
        self.now.mono_ms += step;
        self.now.wall_ms += i64::try_from(step).unwrap();
        self.server.now_ms = self.now.wall_ms;
    }

    /// The device's link breaks and both ends notice.
    pub(super) fn cut(&mut self, device: usize) {
        if let Some((link, connection)) = self.devices[device].link.take() {
            self.server.disconnect(connection);
            self.input(device, Input::LinkDown(link, LinkDown::Closed("cut".into())));
        }
    }

    /// The device's link goes silent and nobody notices.
    pub(super) fn silence(&mut self, device: usize) {
        if let Some((_, connection)) = self.devices[device].link {
            self.silent.push(connection);
        }
    }

    /// The server's end of the device's connection.
    pub(super) fn connection(&self, device: usize) -> u64 {
        self.devices[device].link.expect("connected").1
    }

    pub(super) fn frame(&mut self, device: usize, bytes: Bytes) {
        let (link, _) = self.devices[device].link.expect("connected");
        self.input(device, Input::Frame(link, bytes));
        self.deliver_server_frames();
    }

    /// The process dies: what was not committed is gone, and so is what the host knew of undelivered events.
    pub(super) fn crash(&mut self, device: usize) {
        let it = &mut self.devices[device];
        it.engine.close();
        while it.engine.poll_output().is_some() {}
        it.engine = Engine::new((it.config)(&it.name), self.now.mono_ms + device as u64);
        it.persists.clear();
        it.undelivered.clear();
        it.open_user = None;
        let delivered = it.disk.values().map(|disk| disk.delivered).max().unwrap_or(0);
        it.told.retain(|(_, seq)| *seq <= delivered);
        it.untagged = it.told.len();
        if let Some((_, connection)) = it.link.take() {
            self.server.disconnect(connection);
        }
    }

    pub(super) fn events(&self, device: usize) -> impl Iterator<Item = &Event> {
        self.devices[device].told.iter().map(|(event, _)| event)
    }

    pub(super) fn forget_events(&mut self, device: usize) {
        self.devices[device].told.clear();
        self.devices[device].untagged = 0;
    }

    pub(super) fn states(&self, device: usize) -> Vec<(ConnectionState, ConnectionEvent)> {
        self.events(device)
            .filter_map(|event| match event {
                Event::ConnectionStateChanged { state, event, .. } => Some((*state, *event)),
                _ => None,
            })
            .collect()
    }

    pub(super) fn syncs(&self, device: usize) -> Vec<ConversationSyncState> {
        self.events(device)
            .filter_map(|event| match event {
                Event::ConversationSyncStateChanged { state } => Some(*state),
                _ => None,
            })
            .collect()
    }

    /// Every message the host received, in order.
    pub(super) fn received(&self, device: usize) -> Vec<Arc<Message>> {
        self.events(device)
            .filter_map(|event| match event {
                Event::MessageReceived { messages, .. } => Some(messages.clone()),
                _ => None,
            })
            .flatten()
            .collect()
    }

    /// Every recall the host was told, in order.
    pub(super) fn recalled(&self, device: usize) -> Vec<Arc<Message>> {
        self.events(device)
            .filter_map(|event| match event {
                Event::MessageRevokeReceived { message_list } => Some(message_list.clone()),
                _ => None,
            })
            .flatten()
            .collect()
    }

    pub(super) fn totals(&self, device: usize) -> Vec<u32> {
        self.events(device)
            .filter_map(|event| match event {
                Event::ConversationTotalUnreadMessageCountUpdated { total_unread_message_count } => {
                    Some(*total_unread_message_count)
                }
                _ => None,
            })
            .collect()
    }
}

fn is_from_inbox(event: &Event) -> bool {
    !matches!(
        event,
        Event::Error(_)
            | Event::TokenWillExpire { .. }
            | Event::ConnectionStateChanged { .. }
            | Event::ConversationChanged { .. }
            | Event::ConversationTotalUnreadMessageCountUpdated { .. }
            | Event::ConversationSyncStateChanged { .. }
            | Event::MessageSentStatusChanged { .. }
            | Event::BroadcastMessageReceived { .. }
    )
}

impl Drop for World {
    fn drop(&mut self) {
        for device in &mut self.devices {
            device.engine.close();
        }
    }
}
