//! The conversation list: last messages, unread counts, read markers, do-not-disturb.

use super::connection::Purpose;
use super::io::{OpId, Reply};
use super::requests::Waiting;
use super::{Engine, not_logged_in};
use crate::error::Error;
use crate::model::convert::{signed, unsigned};
use crate::model::{
    ConversationEvent, ConversationNotificationStatus, ConversationType, Message, MessageDirection,
    MessageSentStatus,
};
use crate::store::{ConversationKey, ConversationRow};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use zim_proto::v1::request::Op as RequestOp;
use zim_proto::{ErrorCode, v1};

/// Most name queries on the wire at once.
const NAME_QUERIES: usize = 8;

/// Which group of writes a conversation is already part of.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Mark {
    pub(super) group: u64,
    pub(super) position: usize,
}

#[derive(Debug)]
struct Entry {
    row: ConversationRow,
    mark: Mark,
    /// Newest message with a final place.
    settled: Option<Arc<Message>>,
    /// Newest message that still waits for the server; shown before any settled one.
    pending: Option<Arc<Message>>,
    /// Where the conversation's messages gather while one batch is read: (batch, position).
    pub(super) gathering: (u64, usize),
}

#[derive(Debug, Default)]
pub(super) struct Conversations {
    entries: Vec<Entry>,
    peers: HashMap<String, usize>,
    groups: HashMap<String, usize>,
    total: u32,
    /// The sum the host knows; `None` before the first announcement of a session.
    announced: Option<u32>,
    /// New conversations whose name only the server knows.
    unnamed: VecDeque<usize>,
    name_queries: usize,
    /// Name and avatar of groups seen in this session, for conversations that start later.
    group_names: HashMap<String, (String, String)>,
}

impl Conversations {
    pub(super) fn load(rows: Vec<ConversationRow>) -> Self {
        let mut list = Self::default();
        for row in rows {
            list.insert(row);
        }
        list
    }

    fn insert(&mut self, row: ConversationRow) -> usize {
        let at = self.entries.len();
        self.total += Self::counted(&row);
        self.index(row.key.conversation_type).insert(row.key.conversation_id.clone(), at);
        let last = row.last_message.clone();
        let is_pending = last.as_ref().is_some_and(|last| is_pending(last));
        self.entries.push(Entry {
            row,
            mark: Mark::default(),
            settled: last.clone().filter(|_| !is_pending),
            pending: last.filter(|_| is_pending),
            gathering: (0, 0),
        });
        at
    }

    fn index(&mut self, conversation_type: i32) -> &mut HashMap<String, usize> {
        if conversation_type == ConversationType::Peer.value() { &mut self.peers } else { &mut self.groups }
    }

    pub(super) fn find(&self, conversation_type: i32, conversation_id: &str) -> Option<usize> {
        if conversation_type == ConversationType::Peer.value() {
            self.peers.get(conversation_id).copied()
        } else if conversation_type == ConversationType::Group.value() {
            self.groups.get(conversation_id).copied()
        } else {
            None
        }
    }

    pub(super) fn row(&self, at: usize) -> &ConversationRow {
        &self.entries[at].row
    }

    pub(super) fn mark(&mut self, at: usize) -> &mut Mark {
        &mut self.entries[at].mark
    }

    pub(super) fn gathering(&mut self, at: usize) -> &mut (u64, usize) {
        &mut self.entries[at].gathering
    }

    pub(super) fn sorted(&self) -> Vec<&ConversationRow> {
        let mut rows: Vec<_> = self.entries.iter().map(|entry| &entry.row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.order_key));
        rows
    }

    pub(super) fn total(&self) -> u32 {
        self.total
    }

    /// The sum for the first announcement of a session.
    pub(super) fn announce(&mut self) -> u32 {
        self.announced = Some(self.total);
        self.total
    }

    /// The sum, if the host knows another one.
    pub(super) fn total_to_announce(&mut self) -> Option<u32> {
        let is_news = self.announced.is_some_and(|announced| announced != self.total);
        is_news.then(|| self.announce())
    }

    fn counted(row: &ConversationRow) -> u32 {
        if row.notification_status == ConversationNotificationStatus::DoNotDisturb.value() {
            0
        } else {
            row.unread
        }
    }

    /// Changes a row and keeps the sum right.
    fn change(&mut self, at: usize, change: impl FnOnce(&mut ConversationRow)) {
        let row = &mut self.entries[at].row;
        let before = Self::counted(row);
        change(row);
        self.total = self.total.saturating_sub(before).saturating_add(Self::counted(row));
    }

    /// Shows the newest pending message, else the newest settled one.
    fn refresh_last(&mut self, at: usize) {
        let entry = &mut self.entries[at];
        entry.row.last_message = entry.pending.clone().or_else(|| entry.settled.clone());
        if let Some(last) = &entry.row.last_message {
            // A message's order key counts within its conversation; between conversations only time compares.
            entry.row.order_key = i64::try_from(last.timestamp).unwrap_or(i64::MAX);
        }
    }

    fn settle(&mut self, at: usize, message: &Arc<Message>) {
        let entry = &mut self.entries[at];
        if entry.settled.as_ref().is_none_or(|settled| settled.order_key <= message.order_key) {
            entry.settled = Some(Arc::clone(message));
        }
        entry.row.head_seq = entry.row.head_seq.max(seq(message));
        self.refresh_last(at);
    }

    /// A message with its final place: received, or sent by another device.
    pub(super) fn received(&mut self, at: usize, message: &Arc<Message>) {
        self.settle(at, message);
        self.change(at, |row| {
            if is_unread(message, row) {
                row.unread = row.unread.saturating_add(1);
            }
            row.is_disabled = false;
        });
    }

    /// Something became of a message with its final place. `false`: the list shows nothing of it.
    pub(super) fn recalled(&mut self, at: usize, message: &Arc<Message>) -> bool {
        let row = &self.entries[at].row;
        // Beyond the head is what this device never had, and never counted.
        let was_unread = is_unread(message, row) && seq(message) <= row.head_seq && row.unread > 0;
        if was_unread {
            self.change(at, |row| row.unread -= 1);
        }
        self.settle(at, message);
        let is_last = self.row(at).last_message.as_ref().is_some_and(|last| Arc::ptr_eq(last, message));
        was_unread || is_last
    }

    /// A message starts to wait for the server.
    pub(super) fn pending(&mut self, at: usize, message: &Arc<Message>) {
        self.entries[at].pending = Some(Arc::clone(message));
        self.refresh_last(at);
    }

    /// A waiting message has its final place, successful or not.
    pub(super) fn settled(&mut self, at: usize, message: &Arc<Message>) {
        let entry = &mut self.entries[at];
        if entry.pending.as_ref().is_some_and(|it| it.local_message_id == message.local_message_id) {
            entry.pending = None;
        }
        self.settle(at, message);
    }

    /// A message the list may still show moved elsewhere.
    pub(super) fn forget_message(&mut self, at: usize, local_message_id: i64) {
        let entry = &mut self.entries[at];
        if entry.settled.as_ref().is_some_and(|it| it.local_message_id == local_message_id) {
            entry.settled = None;
        }
    }

    /// Whether everything up to the newest message is read.
    fn is_read(row: &ConversationRow) -> bool {
        row.unread == 0 && row.read_seq >= row.head_seq
    }

    fn read_up_to(row: &mut ConversationRow, read_seq: u64) {
        row.read_seq = row.read_seq.max(read_seq);
        // How many of the messages after the marker count is not known here; never more than there are.
        let left = row.head_seq.saturating_sub(row.read_seq);
        row.unread = row.unread.min(u32::try_from(left).unwrap_or(u32::MAX));
    }
}

fn seq(message: &Message) -> u64 {
    u64::try_from(message.message_seq).unwrap_or(0)
}

/// Whether a message is one that the unread count counts.
fn is_unread(message: &Message, row: &ConversationRow) -> bool {
    let counts = message.direction == MessageDirection::Receive && !message.disable_unread_message_count;
    counts && seq(message) > row.read_seq
}

fn is_pending(message: &Message) -> bool {
    message.direction == MessageDirection::Send && message.sent_status == MessageSentStatus::Sending
}

impl Engine {
    /// The conversation, made if it does not exist. The flag says that it is new.
    pub(super) fn conversation_for(
        &mut self,
        conversation_type: ConversationType,
        conversation_id: &str,
    ) -> (usize, bool) {
        if let Some(at) = self.conversations.find(conversation_type.value(), conversation_id) {
            return (at, false);
        }
        let known = (conversation_type == ConversationType::Group)
            .then(|| self.conversations.group_names.get(conversation_id).cloned())
            .flatten();
        let is_unnamed = known.is_none();
        let (name, avatar_url) = known.unwrap_or_else(|| (conversation_id.to_owned(), String::new()));
        let at = self.conversations.insert(ConversationRow {
            key: ConversationKey {
                conversation_type: conversation_type.value(),
                conversation_id: conversation_id.to_owned(),
            },
            name,
            avatar_url,
            unread: 0,
            order_key: 0,
            last_message: None,
            head_seq: 0,
            read_seq: 0,
            unsynced_read_seq: 0,
            notification_status: ConversationNotificationStatus::Notify.value(),
            is_disabled: false,
        });
        if is_unnamed {
            self.conversations.unnamed.push_back(at);
        }
        (at, true)
    }

    /// Asks the server for the names of new conversations, a few at a time and not during the backlog.
    pub(super) fn ask_conversation_names(&mut self) {
        if !self.connection.is_open_for(Purpose::User) || self.sync.is_in_backlog() {
            return;
        }
        while self.conversations.name_queries < NAME_QUERIES {
            let Some(at) = self.conversations.unnamed.pop_front() else { return };
            let key = &self.conversations.row(at).key;
            let op = RequestOp::QueryConversation(v1::QueryConversation {
                conversation_type: unsigned(key.conversation_type),
                conversation_id: key.conversation_id.clone(),
            });
            self.conversations.name_queries += 1;
            self.request(op, Waiting::ConversationInfo(at));
        }
    }

    /// The query's place is free again; `is_answered`: it need not be repeated.
    pub(super) fn conversation_query_over(&mut self, at: usize, is_answered: bool) {
        self.conversations.name_queries = self.conversations.name_queries.saturating_sub(1);
        if !is_answered {
            self.conversations.unnamed.push_back(at);
        }
    }

    pub(super) fn conversation_named(&mut self, at: usize, state: v1::ConversationState) {
        let row = self.conversations.row(at);
        let name = if state.name.is_empty() { row.name.clone() } else { state.name };
        let status = ConversationNotificationStatus::from_value(signed(state.notification_status))
            .map_or(row.notification_status, ConversationNotificationStatus::value);
        if name == row.name && state.avatar_url == row.avatar_url && status == row.notification_status {
            return;
        }
        self.conversations.change(at, |row| {
            row.name = name;
            row.avatar_url = state.avatar_url;
            row.notification_status = status;
        });
        self.touch(at, ConversationEvent::Updated);
    }

    /// The state of a conversation as the server has it: where a new device starts.
    pub(super) fn conversation_state(&mut self, mut state: v1::ConversationState) {
        let Some(kind) = ConversationType::from_value(signed(state.conversation_type)) else {
            return self.skip("a conversation");
        };
        let last = state.last_message.take();
        let (at, is_new) = self.conversation_for(kind, &state.conversation_id);
        if is_new {
            self.conversations.unnamed.pop_back_if(|unnamed| *unnamed == at);
        }
        self.conversations.change(at, |row| {
            if !state.name.is_empty() {
                row.name = state.name;
            }
            row.avatar_url = state.avatar_url;
            row.head_seq = row.head_seq.max(state.head_seq);
            row.read_seq = row.read_seq.max(state.read_seq);
            row.unread = state.unread;
            if row.unsynced_read_seq > state.read_seq {
                Conversations::read_up_to(row, row.unsynced_read_seq);
            }
            row.notification_status =
                ConversationNotificationStatus::from_value(signed(state.notification_status))
                    .unwrap_or_default()
                    .value();
            row.is_disabled = state.disabled;
        });
        if let Some(last) = last {
            let message = Arc::new(crate::model::convert::message(last, self.session.user_id()));
            self.conversations.settle(at, &message);
            self.write(crate::store::Write::PutMessage(message));
        }
        self.touch(at, if is_new { ConversationEvent::Added } else { ConversationEvent::Updated });
    }

    pub(super) fn clear_unread(&mut self, op: OpId, key: &ConversationKey) {
        if !self.session.is_usable() {
            return self.complete(op, Err(not_logged_in()));
        }
        let Some(at) = self.conversations.find(key.conversation_type, &key.conversation_id) else {
            return self.complete(op, Err(ErrorCode::ConversationModuleConversationDoesNotExist.into()));
        };
        if let Some(error) = self.store_refuses() {
            return self.complete(op, Err(error));
        }
        if let Some(read_seq) = self.clear_locally(at)
            && self.connection.is_open_for(Purpose::User)
        {
            self.send_read_marker(at, read_seq);
        }
        self.complete_with_writes(op);
    }

    pub(super) fn clear_all_unread(&mut self, op: OpId) {
        if !self.session.is_usable() {
            return self.complete(op, Err(not_logged_in()));
        }
        if let Some(error) = self.store_refuses() {
            return self.complete(op, Err(error));
        }
        let markers: Vec<_> = (0..self.conversations.entries.len())
            .filter_map(|at| self.clear_locally(at).map(|read_seq| (at, read_seq)))
            .collect();
        if !markers.is_empty() && self.connection.is_open_for(Purpose::User) {
            self.request(RequestOp::ClearAllUnread(v1::ClearAllUnread {}), Waiting::AllReadMarkers(markers));
        }
        self.complete_with_writes(op);
    }

    fn complete_with_writes(&mut self, op: OpId) {
        self.complete_ordered(op, Ok(Reply::Done));
    }

    fn store_refuses(&self) -> Option<Error> {
        self.writes.is_failing().then(|| ErrorCode::DatabaseModuleModifyDatabaseError.into())
    }

    /// Everything read here; the marker the server must learn, if there is news.
    fn clear_locally(&mut self, at: usize) -> Option<u64> {
        let row = self.conversations.row(at);
        if Conversations::is_read(row) {
            return None;
        }
        let head_seq = row.head_seq;
        self.conversations.change(at, |row| {
            row.unread = 0;
            row.read_seq = head_seq;
            row.unsynced_read_seq = head_seq;
        });
        self.touch(at, ConversationEvent::Updated);
        Some(head_seq)
    }

    fn send_read_marker(&mut self, at: usize, read_seq: u64) {
        let key = &self.conversations.row(at).key;
        let op = RequestOp::ClearUnread(v1::ClearUnread {
            conversation_type: unsigned(key.conversation_type),
            conversation_id: key.conversation_id.clone(),
            read_seq,
        });
        self.request(op, Waiting::ReadMarker { conversation: at, read_seq });
    }

    /// Markers the server has not confirmed go out again with each new link.
    pub(super) fn send_unsynced_markers(&mut self) {
        for at in 0..self.conversations.entries.len() {
            let marker = self.conversations.row(at).unsynced_read_seq;
            if marker > 0 {
                self.send_read_marker(at, marker);
            }
        }
    }

    pub(super) fn read_marker_confirmed(&mut self, at: usize, read_seq: u64) {
        if self.conversations.row(at).unsynced_read_seq <= read_seq {
            self.conversations.change(at, |row| row.unsynced_read_seq = 0);
            let row = self.conversations.row(at).clone();
            // Nothing the host sees: written without an event.
            self.write(crate::store::Write::PutConversation(Arc::new(row)));
        }
    }

    /// Another device read a conversation (or this one did and the server tells everybody).
    pub(super) fn conversation_read(&mut self, read: &v1::ConversationRead) {
        let Some(at) = self.conversations.find(signed(read.conversation_type), &read.conversation_id) else {
            return;
        };
        let before = (self.conversations.row(at).unread, self.conversations.row(at).read_seq);
        self.conversations.change(at, |row| Conversations::read_up_to(row, read.read_seq));
        let row = self.conversations.row(at);
        if before != (row.unread, row.read_seq) {
            self.touch(at, ConversationEvent::Updated);
        }
    }

    pub(super) fn notification_status_changed(
        &mut self,
        conversation_type: u32,
        conversation_id: &str,
        status: u32,
    ) {
        let Some(at) = self.conversations.find(signed(conversation_type), conversation_id) else { return };
        let Some(status) = ConversationNotificationStatus::from_value(signed(status)) else { return };
        if self.conversations.row(at).notification_status != status.value() {
            self.conversations.change(at, |row| row.notification_status = status.value());
            self.touch(at, ConversationEvent::Updated);
        }
    }

    /// Left, kicked out, dismissed, or the target does not exist.
    pub(super) fn conversation_disabled(&mut self, at: usize) {
        if !self.conversations.row(at).is_disabled {
            self.conversations.change(at, |row| row.is_disabled = true);
            self.touch(at, ConversationEvent::Disabled);
        }
    }

    /// Name and avatar of a group as last seen; `is_member`: this user is in it.
    pub(super) fn conversation_of_group(&mut self, group: &v1::Group, is_member: bool) {
        let shown = (group.name.clone(), group.avatar_url.clone());
        self.conversations.group_names.insert(group.group_id.clone(), shown);
        let Some(at) = self.conversations.find(ConversationType::Group.value(), &group.group_id) else {
            return;
        };
        let row = self.conversations.row(at);
        let is_news =
            row.name != group.name || row.avatar_url != group.avatar_url || (is_member && row.is_disabled);
        if is_news {
            self.conversations.change(at, |row| {
                row.name.clone_from(&group.name);
                row.avatar_url.clone_from(&group.avatar_url);
                row.is_disabled &= !is_member;
            });
            self.touch(at, ConversationEvent::Updated);
        }
    }
}
