//! Writes and what waits for them.
//!
//! Everything that follows from stored data (notifications, acknowledgements, completions, transmission of messages)
//! hangs on a [`Group`] and happens when the group's writes are committed. One group is on its way at a time; what comes
//! meanwhile gathers in the next, so a burst costs one commit, not one per message.

use super::Engine;
use super::connection::Purpose;
use super::io::{BatchId, OpId, Output, Reply};
use super::value;
use crate::error::Error;
use crate::model::{ConversationEvent, Event, Message, MessageSentStatusChangeInfo};
use crate::store::{Batch, StoreError, Write};
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::Arc;
use zim_proto::v1;
use zim_proto::v1::frame::Body;

/// First wait before a refused write is tried again; doubles up to [`RETRY_MAX_MS`].
const RETRY_MIN_MS: u64 = 500;
const RETRY_MAX_MS: u64 = 30_000;

/// Writes of one commit and what follows from it, in the order it happens.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) id: u64,
    pub(super) writes: Batch,
    /// The login completes with this group, before everything else of it; with the unread count to announce.
    starts: Option<u32>,
    pub(super) attached: Vec<(OpId, Arc<Message>)>,
    pub(super) statuses: Vec<MessageSentStatusChangeInfo>,
    /// Events of the inbox; the sequence is delivered with its event.
    pub(super) inbox: Vec<(Event, Option<u64>)>,
    /// Conversations of the list that changed, each once.
    pub(super) changed: Vec<(usize, ConversationEvent)>,
    /// What goes out for `changed`, made when the group is closed.
    summary: Vec<Event>,
    /// After everything else of the group.
    pub(super) tail: Vec<Event>,
    pub(super) completions: Vec<(OpId, Result<Reply, Error>)>,
    pub(super) ack: u64,
    cursor: Option<(u64, u64)>,
    /// The inbox position that is stored with the group.
    stores: Option<(u64, u64)>,
    /// Messages that may go out now, by pending order key.
    pub(super) sends: Vec<i64>,
    /// The host is told nothing of it.
    is_mute: bool,
    /// Nothing joins this group any more.
    is_sealed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Writes {
    gathering: VecDeque<Group>,
    on_the_way: VecDeque<(BatchId, Group)>,
    last_batch: u64,
    last_group: u64,
    failing: Option<Failing>,
    /// The host handled everything up to here and the store does not know yet.
    delivered: Option<u64>,
    /// Events on their way through the host's handler: (session, inbox sequence).
    told: VecDeque<(u64, u64)>,
    /// Counts sessions, to tell late answers of the host apart.
    session: u64,
}

#[derive(Debug)]
struct Failing {
    wait: u64,
    retry_at: Option<u64>,
}

impl Writes {
    pub(super) fn is_failing(&self) -> bool {
        self.failing.is_some()
    }

    pub(super) fn is_idle(&self) -> bool {
        self.gathering.is_empty() && self.on_the_way.is_empty()
    }

    pub(super) fn deadline(&self) -> Option<u64> {
        self.failing.as_ref().and_then(|failing| failing.retry_at)
    }

    /// The group that takes further writes.
    pub(super) fn group(&mut self) -> &mut Group {
        if self.gathering.back().is_none_or(|group| group.is_sealed) {
            self.last_group += 1;
            self.gathering.push_back(Group { id: self.last_group, ..Group::default() });
        }
        self.gathering.back_mut().expect("a group was just put there")
    }

    /// The session is gone: of what is on its way only the completions still matter.
    pub(super) fn detach(&mut self) {
        for (_, group) in &mut self.on_the_way {
            let completions = std::mem::take(&mut group.completions);
            *group = Group { completions, ..Group::default() };
        }
        self.delivered = None;
        self.failing = None;
        self.session += 1;
    }

    /// The next group holds what a login starts from.
    pub(super) fn start_with_next_group(&mut self, total: u32) {
        self.seal();
        self.group().starts = Some(total);
    }

    /// From the start of the session on the host is told nothing; what is written stays, and is told after the next
    /// login.
    pub(super) fn mute_start(&mut self) {
        let on_the_way = self.on_the_way.iter_mut().map(|(_, group)| group);
        let groups = on_the_way.chain(&mut self.gathering);
        for group in groups.skip_while(|group| group.starts.is_none()) {
            group.starts = None;
            group.is_mute = true;
        }
    }

    /// What comes next stays behind what is gathered now.
    pub(super) fn seal(&mut self) {
        if let Some(group) = self.gathering.back_mut() {
            group.is_sealed = true;
        }
    }
}

impl Engine {
    pub(super) fn write(&mut self, write: Write) {
        self.writes.group().writes.push(write);
    }

    /// Tells the host after everything that waits for the store, at once if nothing does.
    pub(super) fn notify_ordered(&mut self, event: Event) {
        if self.writes.is_idle() {
            self.notify(event);
        } else {
            self.writes.seal();
            let group = self.writes.group();
            group.tail.push(event);
            self.writes.seal();
        }
    }

    /// Completes after everything that waits for the store, at once if nothing does.
    pub(super) fn complete_ordered(&mut self, op: OpId, result: Result<Reply, Error>) {
        if self.writes.is_idle() || self.writes.is_failing() {
            self.complete(op, result);
        } else {
            self.writes.group().completions.push((op, result));
        }
    }

    pub(super) fn set_cursor(&mut self, epoch: u64, cursor: u64) {
        self.writes.group().cursor = Some((epoch, cursor));
    }

    /// Marks a conversation as changed; it is written and announced once with the group.
    pub(super) fn touch(&mut self, conversation: usize, event: ConversationEvent) {
        let group = self.writes.group();
        let mark = self.conversations.mark(conversation);
        if mark.group == group.id {
            let entry = &mut group.changed[mark.position].1;
            if event == ConversationEvent::Disabled {
                *entry = event;
            }
        } else {
            mark.group = group.id;
            mark.position = group.changed.len();
            group.changed.push((conversation, event));
        }
    }

    /// The host handled an event of the inbox. What a former session told does not concern the present store.
    pub(super) fn on_delivered(&mut self, seq: u64) {
        let Some(at) = self.writes.told.iter().position(|told| told.1 == seq) else { return };
        let (session, _) = self.writes.told.drain(..=at).next_back().expect("the position is inside");
        if session == self.writes.session {
            self.store_delivered(seq);
        }
    }

    pub(super) fn store_delivered(&mut self, seq: u64) {
        self.writes.delivered = Some(self.writes.delivered.map_or(seq, |known| known.max(seq)));
    }

    /// Hands the next group to the store unless one is on its way.
    pub(super) fn flush_writes(&mut self) {
        while self.writes.on_the_way.is_empty() && self.writes.failing.is_none() {
            if !self.hand_out_group() {
                break;
            }
        }
        self.session_drained();
    }

    /// Hands out one group; `false` if there is none.
    fn hand_out_group(&mut self) -> bool {
        if self.writes.gathering.is_empty() {
            if self.writes.delivered.is_none() || !self.session.is_store_open() {
                return false;
            }
            self.writes.group();
        }
        let Some(mut group) = self.writes.gathering.pop_front() else { return false };
        self.close_group(&mut group);
        if group.writes.is_empty() {
            self.group_done(group);
        } else {
            self.writes.last_batch += 1;
            let batch = BatchId(self.writes.last_batch);
            // Kept only as long as the store may refuse it; messages and rows inside are shared, not copied.
            let writes = group.writes.clone();
            self.writes.on_the_way.push_back((batch, group));
            self.outputs.push_back(Output::Persist(batch, writes));
        }
        true
    }

    fn close_group(&mut self, group: &mut Group) {
        if !self.session.is_store_open() {
            group.writes.clear();
            return;
        }
        if !group.changed.is_empty() {
            let mut info_list = Vec::with_capacity(group.changed.len());
            for (conversation, event) in group.changed.drain(..) {
                let row = self.conversations.row(conversation);
                group.writes.push(Write::PutConversation(Arc::new(row.clone())));
                info_list.push(crate::model::convert::conversation_change(row, event));
            }
            group.summary.push(Event::ConversationChanged { info_list });
            if let Some(total) = self.conversations.total_to_announce() {
                group.summary.push(Event::ConversationTotalUnreadMessageCountUpdated {
                    total_unread_message_count: total,
                });
            }
        }
        if !group.sends.is_empty() {
            let last = Bytes::copy_from_slice(&self.outbox.last_local_id().to_be_bytes());
            group.writes.push(Write::PutValue(value::LAST_LOCAL_ID, last));
        }
        if let Some((epoch, cursor)) = group.cursor.take() {
            group.stores = Some((epoch, cursor));
            group.writes.push(Write::SetCursor { epoch, cursor });
        }
        if let Some(seq) = self.writes.delivered.take() {
            group.writes.push(Write::Delivered(seq));
        }
    }

    pub(super) fn on_persisted(&mut self, batch: BatchId, result: Result<(), StoreError>) {
        if self.writes.on_the_way.front().is_none_or(|(id, _)| *id != batch) {
            return;
        }
        let Some((_, group)) = self.writes.on_the_way.pop_front() else { return };
        match result {
            Ok(()) => {
                if self.writes.failing.take().is_some() {
                    log::info!("the local store takes writes again");
                }
                self.group_done(group);
            }
            Err(error) => self.group_refused(group, error),
        }
    }

    /// The group is stored: now everybody may know.
    fn group_done(&mut self, group: Group) {
        if let Some(position) = group.stores {
            self.sync.set_stored(position);
        }
        if group.is_mute {
            return group.completions.into_iter().for_each(|(op, result)| self.complete(op, result));
        }
        if let Some(total) = group.starts {
            self.start_stored(total);
        }
        for (op, message) in group.attached {
            if self.open_ops.contains(&op) {
                self.outputs.push_back(Output::Attached(op, message));
            }
        }
        if !group.statuses.is_empty() {
            self.notify(Event::MessageSentStatusChanged { infos: group.statuses });
        }
        for (event, delivers) in group.inbox {
            if let Some(seq) = delivers {
                self.writes.told.push_back((self.writes.session, seq));
                self.sync.set_told(seq);
            }
            self.outputs.push_back(Output::Notify { event, delivers });
        }
        for event in group.summary.into_iter().chain(group.tail) {
            self.notify(event);
        }
        for (op, result) in group.completions {
            self.complete(op, result);
        }
        if group.ack > 0 && self.connection.is_open_for(Purpose::User) {
            self.transmit(Body::Ack(v1::Ack { seq: group.ack }));
        }
        for order_key in group.sends {
            self.message_stored(order_key);
        }
    }

    /// Nothing of the group is stored. Operations fail now; received events stay and are tried again while the link is
    /// closed, so that what the server was told is never ahead of the store.
    fn group_refused(&mut self, mut group: Group, error: StoreError) {
        log::warn!("{error}");
        let error = Error::from(error);
        for (op, _) in group.completions.drain(..) {
            self.complete(op, Err(error.clone()));
        }
        if group.starts.is_some() {
            self.start_refused(error.clone());
        }
        if self.session.is_logging_out() {
            return self.drop_writes(&error);
        }
        let sends = std::mem::take(&mut group.sends);
        group.attached.clear();
        self.writes.gathering.push_front(Group { is_sealed: true, ..group });
        for order_key in sends {
            self.send_refused_by_store(order_key, &error);
        }
        if self.writes.failing.is_none() {
            self.notify(Event::Error(error));
        }
        let wait =
            self.writes.failing.as_ref().map_or(RETRY_MIN_MS, |failing| failing.wait.saturating_mul(2));
        let wait = wait.min(RETRY_MAX_MS);
        self.writes.failing = Some(Failing { wait, retry_at: Some(self.now.mono_ms + wait) });
        self.suspend_link();
    }

    /// The session ends and its store takes nothing more. Received events come again with the next login.
    fn drop_writes(&mut self, error: &Error) {
        for group in std::mem::take(&mut self.writes.gathering) {
            for (op, _) in group.completions {
                self.complete(op, Err(error.clone()));
            }
        }
    }

    pub(super) fn writes_time(&mut self) {
        let now = self.now.mono_ms;
        if let Some(failing) = &mut self.writes.failing
            && failing.retry_at.is_some_and(|at| at <= now)
        {
            failing.retry_at = None;
            self.hand_out_group();
        }
    }

    /// The session ends: a write that waits for a better time has its last chance now.
    pub(super) fn hurry_writes(&mut self) {
        self.writes.failing = None;
    }

    /// What was told counts as handled, since the host hears of the session's end after it. `true`: that is being
    /// written.
    pub(super) fn write_told(&mut self) -> bool {
        let told = self.writes.told.drain(..).map(|(_, seq)| seq).max();
        let Some(seq) = told.filter(|_| self.session.is_store_open()) else { return false };
        self.writes.delivered = Some(seq);
        self.hand_out_group()
    }

    /// Hands out the writes without what hangs on them: nobody is there to be told. With a commit on its way only what
    /// stands alone goes after it; the rest would be ahead of a commit that may fail, and comes again from the server.
    pub(super) fn abandon_writes(&mut self) {
        let mut groups = std::mem::take(&mut self.writes.gathering);
        if !self.session.is_store_open() {
            return;
        }
        let mut batch: Batch = self.writes.delivered.take().map(Write::Delivered).into_iter().collect();
        if self.writes.on_the_way.is_empty() {
            for group in &mut groups {
                self.close_group(group);
                batch.append(&mut group.writes);
            }
        }
        if !batch.is_empty() {
            self.writes.last_batch += 1;
            self.outputs.push_back(Output::Persist(BatchId(self.writes.last_batch), batch));
        }
    }
}
