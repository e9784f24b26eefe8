//! Messages on their way to the server: stored first, sent in order, many at a time, kept over a lost link.

use super::Engine;
use super::connection::Purpose;
use super::io::{OpId, Reply};
use super::requests::Waiting;
use super::rng::Rng;
use super::value;
use crate::error::Error;
use crate::model::{
    ConversationEvent, ConversationType, Message, MessageSentStatus, MessageSentStatusChangeInfo, convert,
};
use crate::numbers::NumberMap;
use crate::store::{OutboxRow, Write};
use bytes::{BufMut, Bytes, BytesMut};
use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};
use std::collections::BTreeMap;
use std::sync::Arc;
use zim_proto::{ErrorCode, v1};

/// Order keys of pending messages start here, above every final one, and stay below 2^53.
const PENDING_ORDER: i64 = 1 << 52;
/// Failed messages whose late success would still be recognised.
const FAILED_KEPT: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Not stored yet: must not go out.
    Storing,
    /// Waits for a link.
    Ready,
    /// Waits for the answer.
    Sent,
}

#[derive(Debug)]
struct Outgoing {
    op: Option<OpId>,
    message: Arc<Message>,
    /// `SendMessage`, encoded once.
    request: Bytes,
    conversation: usize,
    progress: Progress,
    /// Has been on a link: the server may have it.
    was_sent: bool,
    since: u64,
    /// From an earlier process and too old to go out by itself: fails unless the backlog shows that it arrived.
    is_stale: bool,
}

#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// By pending order key: the order in which they go out.
    rows: BTreeMap<i64, Outgoing>,
    by_local_id: NumberMap<i64, i64>,
    next_order: i64,
    last_local_id: i64,
    failed_count: u64,
    /// Failed messages by local id: (conversation, message).
    failed: BTreeMap<i64, (usize, Arc<Message>)>,
}

impl Outbox {
    pub(super) fn has(&self, local_message_id: i64) -> bool {
        self.by_local_id.contains_key(&local_message_id)
    }

    /// Milliseconds since 2020 and twelve more bits: grows strictly, also when the wall clock does not. A new
    /// millisecond starts at a random one of the lower half, so that two devices of a user rarely meet.
    pub(super) fn new_local_id(&mut self, wall_ms: i64, rng: &mut Rng) -> i64 {
        const EPOCH_2020_MS: i64 = 1_577_836_800_000;
        let by_clock = wall_ms.saturating_sub(EPOCH_2020_MS).clamp(0, (1 << 40) - 1) << 12;
        let start = i64::try_from(rng.up_to(0x7ff)).unwrap_or(0);
        self.last_local_id = (by_clock + start).max(self.last_local_id + 1);
        self.last_local_id
    }

    pub(super) fn raise_local_id(&mut self, known: i64) {
        self.last_local_id = self.last_local_id.max(known);
    }

    pub(super) fn last_local_id(&self) -> i64 {
        self.last_local_id
    }

    /// The local message id of a pending message.
    pub(super) fn local_id(&self, order_key: i64) -> Option<i64> {
        self.rows.get(&order_key).map(|row| row.message.local_message_id)
    }

    pub(super) fn new_order_key(&mut self) -> i64 {
        self.next_order += 1;
        PENDING_ORDER + self.next_order
    }

    /// A failed message is tried again: its old place.
    pub(super) fn take_failed(&mut self, local_message_id: i64) -> Option<i64> {
        self.failed.remove(&local_message_id).map(|(_, message)| message.order_key)
    }
}

impl Engine {
    pub(super) fn load_outbox(&mut self, rows: Vec<OutboxRow>, messages: Vec<Arc<Message>>, failed: u64) {
        let mut outbox = Outbox { failed_count: failed, ..Outbox::default() };
        for (row, message) in rows.into_iter().zip(messages) {
            let age = self.now.wall_ms.saturating_sub(row.created_at).max(0);
            let is_stale = u64::try_from(age).is_ok_and(|age| age > self.timing.resend_window);
            let (conversation, _) =
                self.conversation_for(message.conversation_type, &message.conversation_id);
            outbox.next_order = outbox.next_order.max(message.order_key.saturating_sub(PENDING_ORDER));
            outbox.last_local_id = outbox.last_local_id.max(row.local_message_id);
            outbox.by_local_id.insert(row.local_message_id, message.order_key);
            self.conversations.pending(conversation, &message);
            let outgoing = Outgoing {
                op: None,
                request: row.request,
                conversation,
                progress: Progress::Ready,
                was_sent: true,
                since: self.now.mono_ms,
                is_stale,
                message: Arc::clone(&message),
            };
            outbox.rows.insert(message.order_key, outgoing);
        }
        self.outbox = outbox;
    }

    /// Puts a new message in line: stored first, then shown, then sent.
    pub(super) fn enqueue(
        &mut self,
        op: OpId,
        message: Arc<Message>,
        request: &v1::SendMessage,
        moved_from: Option<i64>,
    ) {
        let encoded = Bytes::from(request.encode_to_vec());
        let order_key = message.order_key;
        let local_message_id = message.local_message_id;
        let (conversation, is_new) =
            self.conversation_for(message.conversation_type, &message.conversation_id);
        if moved_from.is_some() {
            self.conversations.forget_message(conversation, local_message_id);
        }
        self.conversations.pending(conversation, &message);
        let row = OutboxRow { local_message_id, request: encoded.clone(), created_at: self.now.wall_ms };
        let group = self.writes.group();
        group.writes.push(match moved_from {
            Some(old_order_key) => Write::MoveMessage { old_order_key, message: Arc::clone(&message) },
            None => Write::PutMessage(Arc::clone(&message)),
        });
        group.writes.push(Write::PutOutbox(Arc::new(row)));
        group.attached.push((op, Arc::clone(&message)));
        group.statuses.push(status(&message, ""));
        group.sends.push(order_key);
        self.touch(conversation, if is_new { ConversationEvent::Added } else { ConversationEvent::Updated });
        self.outbox.by_local_id.insert(local_message_id, order_key);
        let outgoing = Outgoing {
            op: Some(op),
            message,
            request: encoded,
            conversation,
            progress: Progress::Storing,
            was_sent: false,
            since: self.now.mono_ms,
            is_stale: false,
        };
        self.outbox.rows.insert(order_key, outgoing);
    }

    pub(super) fn message_stored(&mut self, order_key: i64) {
        if let Some(row) = self.outbox.rows.get_mut(&order_key) {
            row.progress = Progress::Ready;
            self.send_stored(order_key);
        }
    }

    fn send_stored(&mut self, order_key: i64) {
        if !self.connection.is_open_for(Purpose::User) {
            return;
        }
        let Some(row) = self.outbox.rows.get_mut(&order_key) else { return };
        if row.progress != Progress::Ready || row.is_stale {
            return;
        }
        row.progress = Progress::Sent;
        row.was_sent = true;
        let deadline = self.now.mono_ms + self.timing.request_timeout;
        let id = self.requests.register(deadline, Waiting::Message(order_key));
        let frame = send_frame(id, &row.request);
        self.transmit_bytes(frame);
    }

    /// The link is back: everything that waited goes out again, with the same ids and in the same order.
    pub(super) fn resend_messages(&mut self) {
        let waiting: Vec<i64> = self.outbox.rows.keys().copied().collect();
        for order_key in waiting {
            self.send_stored(order_key);
        }
    }

    pub(super) fn message_unsent(&mut self, order_key: i64) {
        if let Some(row) = self.outbox.rows.get_mut(&order_key) {
            row.progress = Progress::Ready;
        }
    }

    pub(super) fn message_sent(&mut self, order_key: i64, sent: &v1::MessageSent) {
        let Some(row) = self.take_row(order_key) else { return };
        let message = accepted(&row.message, sent.message_id, sent.message_seq, sent.timestamp);
        let local_message_id = message.local_message_id;
        self.conversations.settled(row.conversation, &message);
        let group = self.writes.group();
        group.writes.push(Write::MoveMessage { old_order_key: order_key, message: Arc::clone(&message) });
        group.writes.push(Write::RemoveOutbox(local_message_id));
        group.statuses.push(status(&message, ""));
        if let Some(op) = row.op {
            group.completions.push((op, Ok(Reply::Message(message))));
        }
        self.touch(row.conversation, ConversationEvent::Updated);
    }

    /// The server shows this device its own message: the answer may have been lost with the link.
    pub(super) fn message_echoed(&mut self, wire: &v1::Message) {
        let sent = v1::MessageSent {
            message_id: wire.message_id,
            message_seq: wire.message_seq,
            timestamp: wire.timestamp,
        };
        self.message_arrived(convert::id(wire.local_message_id), &sent);
    }

    /// The server has this message, whatever became of the request that brought it.
    pub(super) fn message_arrived(&mut self, local_message_id: i64, sent: &v1::MessageSent) {
        if let Some(order_key) = self.outbox.by_local_id.get(&local_message_id).copied() {
            return self.message_sent(order_key, sent);
        }
        let Some((conversation, failed)) = self.outbox.failed.remove(&local_message_id) else { return };
        let message = accepted(&failed, sent.message_id, sent.message_seq, sent.timestamp);
        self.conversations.forget_message(conversation, local_message_id);
        self.conversations.settled(conversation, &message);
        let group = self.writes.group();
        group
            .writes
            .push(Write::MoveMessage { old_order_key: failed.order_key, message: Arc::clone(&message) });
        group.statuses.push(status(&message, ""));
        self.touch(conversation, ConversationEvent::Updated);
    }

    pub(super) fn message_failed(&mut self, order_key: i64, error: Error) {
        let Some(row) = self.take_row(order_key) else { return };
        self.outbox.failed_count += 1;
        let head = self.conversations.row(row.conversation).head_seq;
        let place = i64::try_from(self.outbox.failed_count % 0xffff).unwrap_or(0) + 1;
        let mut message = Message::clone(&row.message);
        message.sent_status = MessageSentStatus::Failed;
        message.order_key = convert::final_order_key(head) + place;
        let message = Arc::new(message);
        self.conversations.settled(row.conversation, &message);
        self.remember_failed(row.conversation, &message);
        let failed_count = Bytes::copy_from_slice(&self.outbox.failed_count.to_be_bytes());
        let group = self.writes.group();
        group.writes.push(Write::MoveMessage { old_order_key: order_key, message: Arc::clone(&message) });
        group.writes.push(Write::RemoveOutbox(message.local_message_id));
        group.writes.push(Write::PutValue(value::FAILED_MESSAGES, failed_count));
        group.statuses.push(status(&message, &error.message));
        let is_target_gone = match message.conversation_type {
            ConversationType::Peer => error.code == ErrorCode::MessageModuleTargetDoesNotExist,
            _ => matches!(
                error.code,
                ErrorCode::GroupModuleUserIsNotInTheGroup
                    | ErrorCode::GroupModuleGroupDoesNotExist
                    | ErrorCode::MessageModuleTargetDoesNotExist
            ),
        };
        if let Some(op) = row.op {
            group.completions.push((op, Err(error)));
        }
        self.touch(row.conversation, ConversationEvent::Updated);
        if is_target_gone {
            self.conversation_disabled(row.conversation);
        }
    }

    /// The store did not take the message: the operation ends now, the row follows when the store recovers.
    pub(super) fn send_refused_by_store(&mut self, order_key: i64, error: &Error) {
        let Some(op) = self.outbox.rows.get_mut(&order_key).and_then(|row| row.op.take()) else { return };
        self.complete(op, Err(error.clone()));
        self.message_failed(order_key, error.clone());
    }

    fn remember_failed(&mut self, conversation: usize, message: &Arc<Message>) {
        self.outbox.failed.insert(message.local_message_id, (conversation, Arc::clone(message)));
        if self.outbox.failed.len() > FAILED_KEPT {
            self.outbox.failed.pop_first();
        }
    }

    fn take_row(&mut self, order_key: i64) -> Option<Outgoing> {
        let row = self.outbox.rows.remove(&order_key)?;
        self.outbox.by_local_id.remove(&row.message.local_message_id);
        Some(row)
    }

    pub(super) fn fail_all_messages(&mut self, error: &Error) {
        let all: Vec<i64> = self.outbox.rows.keys().copied().collect();
        for order_key in all {
            self.message_failed(order_key, error.clone());
        }
    }

    /// The backlog is complete and did not show them: messages of an earlier process that are too old to go out.
    pub(super) fn fail_stale_messages(&mut self) {
        let stale: Vec<i64> =
            self.outbox.rows.iter().filter(|(_, row)| row.is_stale).map(|(key, _)| *key).collect();
        for order_key in stale {
            self.message_failed(order_key, ErrorCode::NetworkModuleNetworkError.into());
        }
    }

    /// When the first message that waits for a link gives up.
    pub(super) fn outbox_deadline(&self) -> Option<u64> {
        if self.connection.is_open_for(Purpose::User) {
            return None;
        }
        let (_, first) = self.outbox.rows.first_key_value()?;
        Some(first.since.max(self.session.lost_at()) + self.timing.resend_window)
    }

    pub(super) fn outbox_time(&mut self) {
        while self.outbox_deadline().is_some_and(|at| at <= self.now.mono_ms) {
            let Some((&order_key, first)) = self.outbox.rows.first_key_value() else { return };
            let code = if first.was_sent {
                ErrorCode::CommonModuleIMServerDisconnect
            } else {
                ErrorCode::NetworkModuleNetworkError
            };
            self.message_failed(order_key, code.into());
        }
    }
}

fn status(message: &Arc<Message>, reason: &str) -> MessageSentStatusChangeInfo {
    MessageSentStatusChangeInfo {
        status: message.sent_status,
        message: Arc::clone(message),
        reason: reason.to_owned(),
    }
}

/// The message as the server accepted it.
pub(super) fn accepted(message: &Message, message_id: u64, message_seq: u64, timestamp: i64) -> Arc<Message> {
    let mut message = message.clone();
    message.message_id = convert::id(message_id);
    message.message_seq = convert::id(message_seq);
    message.timestamp = u64::try_from(timestamp).unwrap_or(0);
    message.order_key = convert::final_order_key(message_seq);
    message.sent_status = MessageSentStatus::Success;
    Arc::new(message)
}

/// The frame of a send request around its encoded body: a message is encoded once, however often it goes out.
fn send_frame(id: u64, request: &[u8]) -> Bytes {
    const FRAME_REQUEST: u32 = 4;
    const REQUEST_ID: u32 = 1;
    const REQUEST_SEND_MESSAGE: u32 = 2;
    let inner = key_len(REQUEST_ID)
        + encoded_len_varint(id)
        + key_len(REQUEST_SEND_MESSAGE)
        + encoded_len_varint(request.len() as u64)
        + request.len();
    let mut frame = BytesMut::with_capacity(inner + 12);
    encode_key(FRAME_REQUEST, WireType::LengthDelimited, &mut frame);
    encode_varint(inner as u64, &mut frame);
    encode_key(REQUEST_ID, WireType::Varint, &mut frame);
    encode_varint(id, &mut frame);
    encode_key(REQUEST_SEND_MESSAGE, WireType::LengthDelimited, &mut frame);
    encode_varint(request.len() as u64, &mut frame);
    frame.put_slice(request);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use zim_proto::v1::frame::Body;

    #[test]
    fn a_send_frame_is_what_the_generated_code_writes() {
        let send = v1::SendMessage {
            message: Some(v1::Message { body: Bytes::from(vec![b'x'; 300]), ..v1::Message::default() }),
            push: None,
            notify_mentioned_users: true,
        };
        let op = Some(v1::request::Op::SendMessage(send.clone()));
        let expected = zim_proto::frame::encode(Body::Request(v1::Request { id: 70_000, op }));
        assert_eq!(send_frame(70_000, &send.encode_to_vec()), expected);
    }

    #[test]
    fn local_ids_grow_strictly_whatever_the_clock_does() {
        let mut outbox = Outbox::default();
        let mut rng = Rng::new(3);
        let mut last = 0;
        for wall in [1_800_000_000_000, 1_800_000_000_000, 0, -5, i64::MAX, 1_900_000_000_000] {
            let id = outbox.new_local_id(wall, &mut rng);
            assert!(id > last && id < 1 << 53, "{id}");
            last = id;
        }
    }
}
