//! The inbox: batches in order, stored, then told, then acknowledged.

use super::Engine;
use super::groups::group_notices;
use crate::model::{
    ConversationEvent, ConversationSyncState, Event, Message, MessageReceivedInfo, MessageType, convert,
};
use crate::store::Write;
use bytes::Bytes;
use prost::Message as _;
use prost::encoding::{WireType, decode_key, decode_varint};
use std::sync::Arc;
use zim_proto::v1::event::Kind;
use zim_proto::v1::frame::Body;
use zim_proto::v1::{self, GoodbyeReason, signal};

/// Most messages of one event.
const MESSAGES_PER_EVENT: usize = 100;

#[derive(Debug, Default)]
pub(super) struct Sync {
    epoch: u64,
    /// Everything up to here is taken in; stored as soon as the writes on the way are.
    cursor: u64,
    stored: (u64, u64),
    /// The backlog is over when the cursor reaches this; `None` outside of it.
    backlog_until: Option<u64>,
    /// Stored events the host has not handled, oldest first; told once per session, before anything new.
    undelivered: Vec<(u64, u32, Bytes)>,
    batches: u64,
    /// Last sequence that went to the host in this session.
    told: u64,
}

impl Sync {
    pub(super) fn load(epoch: u64, cursor: u64, undelivered: Vec<(u64, u32, Bytes)>) -> Self {
        Self { epoch, cursor, stored: (epoch, cursor), undelivered, ..Self::default() }
    }

    /// Epoch and cursor the store has: what the server may be told.
    pub(super) fn stored(&self) -> (u64, u64) {
        self.stored
    }

    pub(super) fn set_stored(&mut self, position: (u64, u64)) {
        self.stored = position;
    }

    pub(super) fn set_told(&mut self, seq: u64) {
        self.told = self.told.max(seq);
    }

    /// Epoch and last sequence the host heard, if any.
    pub(super) fn told(&self) -> Option<(u64, u64)> {
        (self.told > 0).then_some((self.epoch, self.told))
    }

    /// The host heard everything up to `seq` in an earlier session of this process.
    pub(super) fn skip_told(&mut self, seq: u64) {
        self.told = seq;
        self.undelivered.retain(|(first_seq, count, _)| first_seq + u64::from(*count) > seq + 1);
    }

    /// Whether this welcome starts the stream anew, not after the cursor of this device.
    pub(super) fn starts_fresh(&self, welcome: &v1::Welcome) -> bool {
        welcome.fresh || welcome.inbox_epoch != self.epoch
    }

    /// The stream ends before the host heard of it.
    pub(super) fn abandon(&mut self) {
        self.backlog_until = None;
    }

    pub(super) fn is_in_backlog(&self) -> bool {
        self.backlog_until.is_some()
    }
}

/// What one batch tells the host: messages gathered by conversation, other events in their place between them.
#[derive(Debug, Default)]
pub(super) struct Sink {
    events: Vec<Event>,
    gathered: Vec<Vec<Arc<Message>>>,
    is_offline: bool,
}

impl Sink {
    pub(super) fn event(&mut self, event: Event) {
        self.flush();
        self.events.push(event);
    }

    /// What is left of a message, after the message itself; recalls that follow each other are one event.
    pub(super) fn recalled(&mut self, message: Arc<Message>) {
        self.flush();
        match self.events.last_mut() {
            Some(Event::MessageRevokeReceived { message_list })
                if message_list.len() < MESSAGES_PER_EVENT =>
            {
                message_list.push(message);
            }
            _ => self.events.push(Event::MessageRevokeReceived { message_list: vec![message] }),
        }
    }

    fn flush(&mut self) {
        for mut messages in self.gathered.drain(..) {
            while !messages.is_empty() {
                let rest = messages.split_off(messages.len().min(MESSAGES_PER_EVENT));
                let first = &messages[0];
                let info = MessageReceivedInfo {
                    conversation_id: first.conversation_id.clone(),
                    conversation_type: first.conversation_type,
                    is_offline_message: self.is_offline,
                };
                self.events.push(Event::MessageReceived { messages, info });
                messages = rest;
            }
        }
    }

    pub(super) fn into_events(mut self) -> Vec<Event> {
        self.flush();
        self.events
    }
}

/// First sequence and raw events of a batch frame, without decoding the events. `None`: not a batch in the form the
/// server writes; it is then decoded the long way.
pub(super) fn split_batch(frame: &Bytes) -> Option<(u64, Bytes)> {
    const BATCH_FRAME: u32 = 6;
    const FIRST_SEQ: u32 = 1;
    const EVENTS_KEY: u8 = 2 << 3 | WireType::LengthDelimited as u8;
    let mut rest = &frame[..];
    let (BATCH_FRAME, WireType::LengthDelimited) = decode_key(&mut rest).ok()? else { return None };
    let length = usize::try_from(decode_varint(&mut rest).ok()?).ok()?;
    if length != rest.len() {
        return None;
    }
    let (FIRST_SEQ, WireType::Varint) = decode_key(&mut rest).ok()? else { return None };
    let first_seq = decode_varint(&mut rest).ok()?;
    // Anything but events is decoded the long way.
    if rest.first().is_some_and(|key| *key != EVENTS_KEY) {
        return None;
    }
    let run = frame.slice(frame.len() - rest.len()..);
    Some((first_seq, run))
}

impl Engine {
    /// A batch as raw events.
    pub(super) fn on_batch(&mut self, first_seq: u64, run: &Bytes) {
        let Some(ranges) = zim_proto::batch::split(run) else {
            return self.protocol_error(GoodbyeReason::ProtocolError, "malformed event batch");
        };
        let Some(skip) = self.check_order(first_seq, ranges.len()) else { return };
        if skip == ranges.len() {
            return;
        }
        let run = run.slice(ranges[skip].start..);
        match zim_proto::batch::decode(&run) {
            Ok(events) => self.take_batch(first_seq + skip as u64, events, &run),
            Err(error) => self.protocol_error(GoodbyeReason::ProtocolError, &error.to_string()),
        }
    }

    /// A batch whose frame has an unusual form.
    pub(super) fn on_decoded_batch(&mut self, batch: &v1::EventBatch) {
        if batch.skipped > 0 {
            return self.on_skipped(batch.first_seq, batch.skipped);
        }
        let mut run = Vec::new();
        for event in &batch.events {
            zim_proto::batch::append(&mut run, event);
        }
        self.on_batch(batch.first_seq, &run.into());
    }

    /// The server leaves out what this device knows: its own messages, answered before this frame. Only the cursor moves.
    fn on_skipped(&mut self, first_seq: u64, count: u32) {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let Some(known) = self.check_order(first_seq, count) else { return };
        if known == count {
            return;
        }
        let last_seq = first_seq + count as u64 - 1;
        self.sync.cursor = last_seq;
        self.set_cursor(self.sync.epoch, last_seq);
        self.writes.group().ack = last_seq;
        self.end_backlog_if_reached();
    }

    /// How many events at the front are known already. `None`: a gap, the link is closed.
    fn check_order(&mut self, first_seq: u64, count: usize) -> Option<usize> {
        let expected = self.sync.cursor + 1;
        if first_seq > expected || first_seq == 0 || first_seq.checked_add(count as u64).is_none() {
            let text = format!("inbox gap: got {first_seq}, expected {expected}");
            self.protocol_error(GoodbyeReason::ProtocolError, &text);
            return None;
        }
        Some(usize::try_from(expected - first_seq).unwrap_or(usize::MAX).min(count))
    }

    fn take_batch(&mut self, first_seq: u64, events: Vec<v1::Event>, run: &Bytes) {
        let last_seq = first_seq + events.len() as u64 - 1;
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        let backlog_until = self.sync.backlog_until.unwrap_or(0);
        self.sync.batches += 1;
        let mut sink = Sink { is_offline: first_seq <= backlog_until, ..Sink::default() };
        let mut untold = Vec::new();
        for (at, event) in events.into_iter().enumerate() {
            let is_backlog = first_seq + at as u64 <= backlog_until;
            if sink.is_offline != is_backlog {
                sink.flush();
                sink.is_offline = is_backlog;
            }
            if !self.take_event(event, is_backlog, &mut sink) {
                untold.push(at);
            }
        }
        let events = sink.into_events();
        if !events.is_empty() {
            let run = without(run, &untold);
            self.write(Write::PutUndelivered { first_seq, count, run });
        }
        self.sync.cursor = last_seq;
        self.set_cursor(self.sync.epoch, last_seq);
        let group = self.writes.group();
        let last = events.len().saturating_sub(1);
        group.inbox.extend(events.into_iter().enumerate().map(|(at, event)| {
            let delivers = (at == last).then_some(last_seq);
            (event, delivers)
        }));
        group.ack = last_seq;
        self.end_backlog_if_reached();
    }

    /// Applies one event. `false`: it must not be told after a crash either.
    fn take_event(&mut self, event: v1::Event, is_backlog: bool, sink: &mut Sink) -> bool {
        match event.kind {
            Some(Kind::Message(message)) => self.take_message(message, sink),
            Some(Kind::ConversationRead(read)) => self.conversation_read(&read),
            Some(Kind::AllConversationsRead(all)) => {
                for read in &all.conversations {
                    self.conversation_read(read);
                }
            }
            Some(Kind::ConversationNotification(change)) => self.notification_status_changed(
                change.conversation_type,
                &change.conversation_id,
                change.status,
            ),
            Some(Kind::Group(event)) => {
                self.apply_group_event(&event);
                group_notices(&event, sink);
            }
            Some(Kind::Call(event)) => {
                if !self.apply_call_event(&event, is_backlog) {
                    return false;
                }
                self.call_notices(&event, sink);
            }
            Some(Kind::PushRule(rule)) => {
                sink.event(Event::UserRuleUpdated { user_rule: convert::user_rule(&rule) });
                self.session.set_push_rule(rule);
            }
            Some(Kind::MessageRevoked(revoked)) => return self.take_recall(revoked, sink),
            None => self.skip("an inbox event"),
        }
        true
    }

    fn take_message(&mut self, wire: v1::Message, sink: &mut Sink) {
        if self.is_own_echo(&wire) {
            return self.message_echoed(&wire);
        }
        let message = convert::message(wire, self.session.user_id());
        if message.r#type == MessageType::Command {
            let event = single(message);
            return sink.event(event);
        }
        let (at, is_new) = self.conversation_for(message.conversation_type, &message.conversation_id);
        let message = Arc::new(message);
        self.conversations.received(at, &message);
        self.write(Write::PutMessage(Arc::clone(&message)));
        self.touch(at, if is_new { ConversationEvent::Added } else { ConversationEvent::Updated });
        self.gather(at, message, sink);
    }

    fn gather(&mut self, conversation: usize, message: Arc<Message>, sink: &mut Sink) {
        let batch = self.sync.batches;
        let place = self.conversations.gathering(conversation);
        // After a flush the sink is empty again although the batch is the same.
        let is_there = place.0 == batch
            && sink.gathered.get(place.1).and_then(|messages| messages.first()).is_some_and(|first| {
                first.conversation_id == message.conversation_id
                    && first.conversation_type == message.conversation_type
            });
        if is_there {
            sink.gathered[place.1].push(message);
        } else {
            *place = (batch, sink.gathered.len());
            sink.gathered.push(vec![message]);
        }
    }

    fn is_own_echo(&self, wire: &v1::Message) -> bool {
        wire.sender_device_id == self.config.device_id && wire.sender_user_id == self.session.user_id()
    }

    /// The stream starts where the server says.
    pub(super) fn start_sync(&mut self, welcome: &mut v1::Welcome) {
        if self.sync.starts_fresh(welcome) {
            self.sync.epoch = welcome.inbox_epoch;
            self.sync.cursor = welcome.cursor;
            for state in std::mem::take(&mut welcome.conversations) {
                self.conversation_state(state);
            }
            self.set_cursor(welcome.inbox_epoch, welcome.cursor);
            self.sync.told = 0;
        } else {
            // What was stored while there was no link, or acknowledged into a dead one.
            let (_, stored) = self.sync.stored;
            if stored > 0 {
                self.transmit(Body::Ack(v1::Ack { seq: stored }));
            }
            // Events older than the server keeps are gone; messages among them are left to history queries.
            self.sync.cursor = self.sync.cursor.max(welcome.cursor);
        }
        self.sync.backlog_until = Some(welcome.inbox_head);
        self.calls.welcome(std::mem::take(&mut welcome.active_calls));
        self.notify_ordered(Event::ConversationSyncStateChanged { state: ConversationSyncState::Started });
        self.tell_undelivered();
        self.end_backlog_if_reached();
    }

    fn end_backlog_if_reached(&mut self) {
        if self.sync.backlog_until.is_none_or(|until| self.sync.cursor < until) {
            return;
        }
        self.sync.backlog_until = None;
        self.reconcile_calls();
        self.end_sync(ConversationSyncState::Finished);
        self.fail_stale_messages();
        self.ask_conversation_names();
    }

    /// The link broke before the backlog was complete.
    pub(super) fn interrupt_sync(&mut self) {
        if self.sync.backlog_until.take().is_some() {
            self.end_sync(ConversationSyncState::Failed);
        }
    }

    fn end_sync(&mut self, state: ConversationSyncState) {
        let group = self.writes.group();
        group.tail.push(Event::ConversationSyncStateChanged { state });
        self.writes.seal();
    }

    /// After a crash: what was stored but not handled by the host comes again, in order, before anything new. Local
    /// state has these events already.
    pub(super) fn tell_undelivered(&mut self) {
        for (first_seq, count, run) in std::mem::take(&mut self.sync.undelivered) {
            let last_seq = (first_seq + u64::from(count)).saturating_sub(1);
            let Ok(batch) = v1::EventBatch::decode(run) else {
                log::warn!("stored events {first_seq}..={last_seq} cannot be read");
                self.store_delivered(last_seq);
                continue;
            };
            self.sync.batches += 1;
            let mut sink = Sink { is_offline: true, ..Sink::default() };
            for event in batch.events {
                self.tell_again(event, &mut sink);
            }
            let mut events = sink.into_events();
            let Some(last) = events.pop() else {
                self.store_delivered(last_seq);
                continue;
            };
            let group = self.writes.group();
            group.inbox.extend(events.into_iter().map(|event| (event, None)));
            group.inbox.push((last, Some(last_seq)));
        }
    }

    fn tell_again(&mut self, event: v1::Event, sink: &mut Sink) {
        match event.kind {
            Some(Kind::Message(wire)) if !self.is_own_echo(&wire) => {
                let message = convert::message(wire, self.session.user_id());
                if message.r#type == MessageType::Command {
                    return sink.event(single(message));
                }
                let (at, _) = self.conversation_for(message.conversation_type, &message.conversation_id);
                self.gather(at, Arc::new(message), sink);
            }
            Some(Kind::MessageRevoked(revoked)) => self.tell_recall_again(revoked, sink),
            Some(Kind::Group(event)) => group_notices(&event, sink),
            Some(Kind::Call(event)) => self.call_notices(&event, sink),
            Some(Kind::PushRule(rule)) => {
                sink.event(Event::UserRuleUpdated { user_rule: convert::user_rule(&rule) });
            }
            _ => {}
        }
    }

    pub(super) fn on_signal(&mut self, signal: v1::Signal) {
        match signal.kind {
            Some(signal::Kind::CommandMessage(wire)) if !self.is_own_echo(&wire) => {
                let message = convert::message(wire, self.session.user_id());
                self.notify_ordered(single(message));
            }
            Some(signal::Kind::CommandMessage(_)) => {}
            Some(signal::Kind::BroadcastMessage(wire)) => {
                let message = convert::broadcast(wire, self.session.user_id());
                self.notify_ordered(Event::BroadcastMessageReceived { message: Arc::new(message) });
            }
            Some(signal::Kind::TokenWillExpire(warning)) => self.token_will_expire(warning.second),
            None => self.skip("a signal"),
        }
    }
}

/// A message that is never stored, alone in its event.
fn single(message: Message) -> Event {
    let info = MessageReceivedInfo {
        conversation_id: message.conversation_id.clone(),
        conversation_type: message.conversation_type,
        is_offline_message: false,
    };
    Event::MessageReceived { messages: vec![Arc::new(message)], info }
}

/// The run with the events at `untold` replaced by empty ones, so that positions stay what they are.
fn without(run: &Bytes, untold: &[usize]) -> Bytes {
    if untold.is_empty() {
        return run.clone();
    }
    let ranges = zim_proto::batch::split(run).unwrap_or_default();
    let mut kept = Vec::with_capacity(run.len());
    for (at, range) in ranges.into_iter().enumerate() {
        if untold.binary_search(&at).is_ok() {
            zim_proto::batch::append(&mut kept, &v1::Event::default());
        } else {
            kept.extend_from_slice(&run[range]);
        }
    }
    kept.into()
}
