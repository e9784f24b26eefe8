//! A connection with a proven identity: reads requests, writes answers and events, keeps its time.
//!
//! One task, driven by hand: reading goes on while writing waits, answers of one commit leave in one flush, and nothing
//! is kept beyond the mailbox's bound, the open requests' budget and one stretch of backlog.

use super::budget::{Bucket, MAX_OPEN_WEIGHT, weight};
use super::mailbox::{Farewell, Item};
use super::requests::{self, Requester};
use super::stream::{Broken, Stream};
use super::wire::{Incoming, Wire, WireEnd};
use crate::clock::Sleep;
use crate::hub::Entry;
use crate::metrics::op_name;
use crate::presence::Link;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::Duration;
use zim_proto::frame;
use zim_proto::v1::{GoodbyeReason, Pong, Request, frame::Body};

/// How long a leaving connection may take to get its last answers.
const LEAVING_TIME: Duration = Duration::from_secs(5);
/// An acknowledgement nobody waits for is stored this often.
const LAZY_ACK: Duration = Duration::from_secs(60);

/// Who speaks on a connection.
pub(crate) enum Speaker {
    /// A logged-in user.
    User(UserSide),
    /// A device without a user: push operations only.
    Device,
}

/// What only a user's session has.
pub(crate) struct UserSide {
    pub(crate) link: Arc<Link>,
    pub(crate) stream: Stream,
    /// When the cursor was last handed to the store.
    pub(crate) ack_stored_at: Duration,
}

/// How a session ended, as far as the services care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The link is gone; the device may come back.
    Lost,
    /// The device said it leaves for good.
    LoggedOut,
    /// The services know already: by the logout request, a newer connection or another device's login.
    Settled,
}

/// An authenticated connection.
pub(crate) struct Session {
    entry: Entry,
    wire: Wire,
    requester: Arc<Requester>,
    speaker: Speaker,
    /// Encoded and waiting for the socket, in order.
    frames: VecDeque<Bytes>,
    items: VecDeque<Item>,
    open_weight: u32,
    bucket: Bucket,
    last_heard: Duration,
    /// UTC ms, 0 = the session does not end by itself.
    token_expire_at: i64,
    timer: Sleep,
    leaving: Option<(Farewell, Duration)>,
    ended: Ended,
}

/// Why the loop stopped.
enum Stop {
    Wire(WireEnd),
    Say(Farewell),
}

type Step = Result<bool, Stop>;

impl Session {
    pub(crate) fn new(
        entry: Entry,
        wire: Wire,
        requester: Arc<Requester>,
        speaker: Speaker,
        token_expire_at: i64,
    ) -> Self {
        let hub = &entry.hub;
        let now = hub.clock.elapsed();
        let limits = &hub.config.limits;
        let bucket = Bucket::new(limits.requests_per_second, limits.request_burst, now);
        let timer = hub.clock.sleep_until(now);
        Self {
            entry,
            wire,
            requester,
            speaker,
            frames: VecDeque::new(),
            items: VecDeque::new(),
            open_weight: 0,
            bucket,
            last_heard: now,
            token_expire_at,
            timer,
            leaving: None,
            ended: Ended::Lost,
        }
    }

    /// Writes `first` (the welcome), then serves until the connection ends. Returns how it ended, and how long nothing had
    /// been heard by then.
    pub(crate) async fn run(mut self, first: Bytes) -> (Ended, Duration) {
        self.frames.push_back(first);
        let stop = std::future::poll_fn(|cx| self.poll(cx)).await;
        let farewell = match stop {
            Stop::Say(farewell) => Some(farewell),
            Stop::Wire(end) => super::farewell_for(&end),
        };
        if let Some(farewell) = farewell {
            match farewell.reason {
                GoodbyeReason::Replaced | GoodbyeReason::KickedOut | GoodbyeReason::Logout => {
                    self.ended = Ended::Settled;
                }
                _ => {}
            }
            super::say_goodbye(&self.entry, &mut self.wire, &farewell).await;
        }
        if let Speaker::User(user) = &self.speaker {
            self.entry.hub.registry.remove(user.link.user, user.link.session_id);
            requests::close(&self.requester, user, self.ended);
        }
        let silent_for = self.entry.hub.clock.elapsed().saturating_sub(self.last_heard);
        (self.ended, silent_for)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Stop> {
        loop {
            match self.step(cx) {
                Ok(true) => {}
                Ok(false) => return Poll::Pending,
                Err(stop) => return Poll::Ready(stop),
            }
        }
    }

    /// Everything that can be done now. `false` = all of it waits, each part with its waker.
    fn step(&mut self, cx: &mut Context<'_>) -> Step {
        let mut moved = self.collect(cx);
        moved |= self.write(cx)?;
        if self.frames.is_empty() {
            moved |= self.backlog(cx)?;
        }
        if self.leaving.is_none() {
            moved |= self.read(cx)?;
        }
        if moved {
            return Ok(true);
        }
        let flushed = match self.wire.poll_flush(cx) {
            Poll::Ready(result) => {
                result.map_err(Stop::Wire)?;
                true
            }
            Poll::Pending => false,
        };
        if flushed
            && self.frames.is_empty()
            && self.open_weight == 0
            && let Some((farewell, _)) = self.leaving.take()
        {
            return Err(Stop::Say(farewell));
        }
        self.keep_time(cx)
    }

    /// Empties the mailbox, unless what was there before is still waiting for the socket: the mailbox has a bound.
    fn collect(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.frames.is_empty() {
            // Who is told to leave leaves, also if it does not read.
            let farewell = self.entry.mailbox.take_farewell(cx);
            return farewell.is_some_and(|farewell| self.leave(farewell));
        }
        let taken = self.entry.mailbox.take(&mut self.items, cx);
        let moved = !self.items.is_empty() || taken.behind || taken.farewell.is_some();
        for item in self.items.drain(..) {
            match item {
                Item::Frame(frame) => self.frames.push_back(frame),
                Item::Answer { frame, weight } => {
                    self.open_weight = self.open_weight.saturating_sub(weight);
                    self.frames.push_back(frame);
                }
                Item::Events(events) => {
                    if let Speaker::User(user) = &mut self.speaker {
                        user.stream.live(&events, &mut self.frames);
                        self.entry.hub.metrics.events_sent.add(events.count.into());
                    }
                }
                Item::Own { first_seq, count } => {
                    if let Speaker::User(user) = &mut self.speaker {
                        user.stream.skip(first_seq, count, &mut self.frames);
                    }
                }
            }
        }
        if taken.behind
            && let Speaker::User(user) = &mut self.speaker
        {
            self.entry.hub.metrics.connections_behind.add(1);
            user.stream.fall_behind();
        }
        if let Some(farewell) = taken.farewell {
            self.leave(farewell);
        }
        moved
    }

    /// Stops reading; the connection ends when what is open is answered, or when that takes too long.
    fn leave(&mut self, farewell: Farewell) -> bool {
        let clock = &self.entry.hub.clock;
        let until = clock.elapsed() + LEAVING_TIME;
        self.leaving.get_or_insert((farewell, until));
        self.timer = clock.sleep_until(until);
        true
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Step {
        let mut moved = false;
        while !self.frames.is_empty() && self.wire.poll_writable(cx).map_err(Stop::Wire)?.is_ready() {
            if let Some(frame) = self.frames.pop_front() {
                self.wire.write(frame).map_err(Stop::Wire)?;
                moved = true;
            }
        }
        Ok(moved)
    }

    fn backlog(&mut self, cx: &mut Context<'_>) -> Step {
        let Speaker::User(user) = &mut self.speaker else { return Ok(false) };
        match user.stream.poll_backlog(cx, &mut self.frames) {
            Poll::Pending | Poll::Ready(Ok(false)) => Ok(false),
            Poll::Ready(Ok(true)) => {
                self.entry.hub.metrics.backlog_reads.add(1);
                Ok(true)
            }
            Poll::Ready(Err(Broken::Trimmed { sent })) => {
                tracing::info!(connection = self.entry.id, sent, "the retention overtook a backlog");
                let text = "events of the backlog are no longer kept: log in again for a fresh start";
                Err(Stop::Say(Farewell::new(GoodbyeReason::ServerError, text)))
            }
            Poll::Ready(Err(Broken::Store(error))) => {
                tracing::error!(connection = self.entry.id, %error, "inbox cannot be read");
                Err(Stop::Say(Farewell::new(GoodbyeReason::ServerError, "the inbox cannot be read")))
            }
        }
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Step {
        let mut heard = false;
        while self.open_weight < MAX_OPEN_WEIGHT && self.leaving.is_none() {
            match self.wire.poll_read(cx) {
                Poll::Pending => break,
                Poll::Ready(Err(end)) => return Err(Stop::Wire(end)),
                Poll::Ready(Ok(incoming)) => {
                    if !heard {
                        heard = true;
                        self.last_heard = self.entry.hub.clock.elapsed();
                    }
                    self.handle(incoming)?;
                }
            }
        }
        Ok(heard)
    }

    fn handle(&mut self, incoming: Incoming) -> Result<(), Stop> {
        let (body, length) = match incoming {
            Incoming::Frame(body, length) => (body, length),
            Incoming::Alive => return Ok(()),
            Incoming::Unknown => {
                self.entry.hub.metrics.unknown_frames.add(1);
                return Ok(());
            }
        };
        match body {
            Body::Request(request) => self.request(request, length),
            Body::Ack(ack) => self.acknowledge(ack.seq),
            Body::Ping(ping) => {
                self.frames.push_back(frame::encode(Body::Pong(Pong { nonce: ping.nonce })));
                Ok(())
            }
            Body::Pong(_) => Ok(()),
            Body::Goodbye(goodbye) => {
                if goodbye.reason() == GoodbyeReason::Logout {
                    self.ended = Ended::LoggedOut;
                }
                Err(Stop::Wire(WireEnd::Gone))
            }
            Body::ServerHello(_)
            | Body::ClientHello(_)
            | Body::Welcome(_)
            | Body::Response(_)
            | Body::Events(_)
            | Body::Signal(_) => Err(protocol_error("a frame that does not belong here")),
        }
    }

    fn request(&mut self, request: Request, length: usize) -> Result<(), Stop> {
        let hub = &self.entry.hub;
        if request.id == 0 {
            return Err(protocol_error("a request without an id"));
        }
        let Some(op) = request.op else {
            hub.metrics.unknown_frames.add(1);
            self.frames.push_back(requests::unknown_operation(request.id));
            return Ok(());
        };
        if let Err(wait_ms) = self.bucket.take(self.last_heard) {
            let name = op_name(&op);
            self.frames.push_back(requests::too_fast(hub, request.id, name, wait_ms));
            return Ok(());
        }
        let weight = weight(&op, length);
        let done = match &mut self.speaker {
            Speaker::User(user) => {
                requests::of_user(&self.requester, user, request.id, op, weight, &mut self.token_expire_at)
            }
            Speaker::Device => requests::of_device(&self.requester, request.id, op, weight),
        };
        match done {
            Some(frame) => self.frames.push_back(frame),
            None => self.open_weight += weight,
        }
        Ok(())
    }

    fn acknowledge(&mut self, seq: u64) -> Result<(), Stop> {
        let Speaker::User(user) = &mut self.speaker else {
            return Err(protocol_error("an acknowledgement without a user"));
        };
        if seq > user.stream.sent() {
            return Err(protocol_error("an acknowledgement of an event that was not sent"));
        }
        let before = user.link.acked.fetch_max(seq, Relaxed);
        if seq <= before {
            return Ok(());
        }
        let wanted = user.link.ack_matters.load(Relaxed) > before;
        if wanted || self.last_heard.saturating_sub(user.ack_stored_at) >= LAZY_ACK {
            user.ack_stored_at = self.last_heard;
            requests::acknowledge(&self.requester, &user.link);
        }
        Ok(())
    }

    /// Ends the session when its time is over, else sleeps until the earliest moment it could be.
    fn keep_time(&mut self, cx: &mut Context<'_>) -> Step {
        while self.timer.as_mut().poll(cx).is_ready() {
            let hub = &self.entry.hub;
            let now = hub.clock.elapsed();
            let mut next = self.last_heard + hub.config.limits.idle_timeout();
            if now >= next {
                return Err(Stop::Say(Farewell::new(
                    GoodbyeReason::IdleTimeout,
                    "nothing was heard for too long",
                )));
            }
            if let Some((farewell, until)) = &self.leaving {
                if now >= *until {
                    return Err(Stop::Say(farewell.clone()));
                }
                next = next.min(*until);
            }
            if self.token_expire_at > 0 {
                let left = self.token_expire_at - hub.clock.now();
                if left <= 0 {
                    return Err(Stop::Say(Farewell::new(
                        GoodbyeReason::TokenExpired,
                        "the token has expired",
                    )));
                }
                next = next.min(now + Duration::from_millis(left.unsigned_abs()));
            }
            self.timer = hub.clock.sleep_until(next);
        }
        Ok(false)
    }
}

fn protocol_error(text: &'static str) -> Stop {
    Stop::Say(Farewell::new(GoodbyeReason::ProtocolError, text))
}
