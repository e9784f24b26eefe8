//! Inboxes, conversations, sends: the tables a message goes through.

use super::super::runs::{Run, next_delimited};
use super::super::{Conversation, Origin, SentRecord, UserConversation, UserKey};
use super::{corrupt, decode, signed, unsigned};
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use zim_proto::v1;

/// A chunk below this counts as small …
const SMALL_BYTES: usize = 2048;
/// … and this many small ones in a row become one: a user who gets single events keeps a log that is read in few rows,
/// and each event is written twice at most.
pub(super) const SMALL_CHUNKS: u32 = 32;

/// End of a user's inbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct InboxHead {
    pub(super) seq: u64,
    /// Time of the last event: later ones are stored with at least this.
    pub(super) time: i64,
    /// Small chunks at the end of the log, as far as this process wrote them.
    small_chunks: u32,
}

impl InboxHead {
    pub(super) fn at(seq: u64, time: i64) -> Self {
        Self { seq, time, small_chunks: 0 }
    }
}

pub(super) fn inbox_head(db: &Connection, user: UserKey) -> rusqlite::Result<InboxHead> {
    let chunk = db
        .prepare_cached(
            "SELECT last_seq, time FROM inbox_chunk WHERE user = ?1 ORDER BY first_seq DESC LIMIT 1",
        )?
        .query_row([user], |row| Ok(InboxHead::at(unsigned(row.get(0)?), row.get(1)?)))
        .optional()?;
    if let Some(head) = chunk {
        return Ok(head);
    }
    Ok(InboxHead::at(inbox_trimmed(db, user)?, 0))
}

/// Stores a run; `head` is what memory holds of the user, if it still does.
pub(super) fn put_inbox_run(
    db: &Connection,
    user: UserKey,
    run: &Run,
    head: Option<&mut InboxHead>,
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO inbox_chunk (user, first_seq, last_seq, time, run) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for piece in run.pieces() {
        let seqs = (signed(piece.first_seq), signed(piece.last_seq));
        insert.execute(params![user, seqs.0, seqs.1, piece.time, piece.bytes])?;
    }
    let Some(head) = head else { return Ok(()) };
    if run.bytes.len() >= SMALL_BYTES {
        head.small_chunks = 0;
        return Ok(());
    }
    head.small_chunks += 1;
    if head.small_chunks == SMALL_CHUNKS {
        head.small_chunks = 0;
        merge_last_chunks(db, user)?;
    }
    Ok(())
}

/// Makes one chunk of the last [`SMALL_CHUNKS`].
fn merge_last_chunks(db: &Connection, user: UserKey) -> rusqlite::Result<()> {
    let mut chunks: Vec<(i64, i64, i64, Vec<u8>)> = db
        .prepare_cached(
            "SELECT first_seq, last_seq, time, run FROM inbox_chunk WHERE user = ?1 ORDER BY first_seq DESC LIMIT ?2",
        )?
        .query_map(params![user, SMALL_CHUNKS], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<Result<_, _>>()?;
    chunks.reverse();
    let [first, .., last] = chunks.as_slice() else { return Ok(()) };
    let run: Vec<u8> = chunks.iter().flat_map(|chunk| &chunk.3).copied().collect();
    db.prepare_cached("DELETE FROM inbox_chunk WHERE user = ?1 AND first_seq > ?2")?
        .execute([user, first.0])?;
    db.prepare_cached(
        "UPDATE inbox_chunk SET last_seq = ?3, time = ?4, run = ?5 WHERE user = ?1 AND first_seq = ?2",
    )?
    .execute(params![user, first.0, last.1, last.2, run])?;
    Ok(())
}

/// (low, high) of a conversation: groups have 0 and their key.
fn columns(conversation: Conversation) -> (i64, i64) {
    match conversation {
        Conversation::Peer(low, high) => (low, high),
        Conversation::Group(key) => (0, key),
    }
}

fn conversation(low: i64, high: i64) -> Conversation {
    if low == 0 { Conversation::Group(high) } else { Conversation::Peer(low, high) }
}

pub(super) fn conversation_head(db: &Connection, of: Conversation) -> rusqlite::Result<u64> {
    let (low, high) = columns(of);
    let last = db
        .prepare_cached(
            "SELECT last_seq FROM conversation_chunk WHERE low = ?1 AND high = ?2 ORDER BY first_seq DESC LIMIT 1",
        )?
        .query_row([low, high], |row| row.get(0))
        .optional()?;
    Ok(last.map_or(0, unsigned))
}

pub(super) fn put_conversation_run(db: &Connection, of: Conversation, run: &Run) -> rusqlite::Result<()> {
    let (low, high) = columns(of);
    let mut insert = db.prepare_cached(
        "INSERT INTO conversation_chunk (low, high, first_seq, last_seq, run) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for piece in run.pieces() {
        insert.execute(params![low, high, signed(piece.first_seq), signed(piece.last_seq), piece.bytes])?;
    }
    Ok(())
}

/// Writes the chunk that holds the message's place anew.
pub(super) fn replace_message(
    db: &Connection,
    of: Conversation,
    message: &v1::Message,
) -> rusqlite::Result<()> {
    let (low, high) = columns(of);
    let (first_seq, run): (i64, Vec<u8>) = db
        .prepare_cached(
            "SELECT first_seq, run FROM conversation_chunk WHERE low = ?1 AND high = ?2 AND first_seq <= ?3
             ORDER BY first_seq DESC LIMIT 1",
        )?
        .query_row(params![low, high, signed(message.message_seq)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut after = run.as_slice();
    for _ in unsigned(first_seq)..message.message_seq {
        next_delimited(&mut after).ok_or_else(|| corrupt("conversation chunk"))?;
    }
    let mut changed = run[..run.len() - after.len()].to_vec();
    next_delimited(&mut after).ok_or_else(|| corrupt("conversation chunk"))?;
    append_message(&mut changed, message);
    changed.extend_from_slice(after);
    db.prepare_cached(
        "UPDATE conversation_chunk SET run = ?4 WHERE low = ?1 AND high = ?2 AND first_seq = ?3",
    )?
    .execute(params![low, high, first_seq, changed])?;
    Ok(())
}

/// Messages with `first` ≤ seq ≤ `last`, ascending; the oldest or the newest `limit`.
pub(super) fn history(
    db: &Connection,
    of: Conversation,
    first: u64,
    last: u64,
    limit: usize,
    ascending: bool,
) -> rusqlite::Result<Vec<v1::Message>> {
    let (low, high) = columns(of);
    let mut statement = db.prepare_cached(if ascending {
        "SELECT first_seq, run FROM conversation_chunk WHERE low = ?1 AND high = ?2 AND first_seq <= ?4 AND
           first_seq >= coalesce((SELECT max(first_seq) FROM conversation_chunk
                                  WHERE low = ?1 AND high = ?2 AND first_seq <= ?3), 0)
         ORDER BY first_seq"
    } else {
        "SELECT first_seq, run FROM conversation_chunk WHERE low = ?1 AND high = ?2 AND first_seq <= ?4 AND
           last_seq >= ?3
         ORDER BY first_seq DESC"
    })?;
    let mut rows = statement.query(params![low, high, signed(first), signed(last)])?;
    let mut messages: Vec<v1::Message> = Vec::new();
    while let Some(row) = rows.next()? {
        if messages.len() >= limit {
            break;
        }
        let mut seq = unsigned(row.get(0)?);
        let mut rest = row.get_ref(1)?.as_blob()?;
        let mut wanted = Vec::new();
        while !rest.is_empty() {
            let entry = next_delimited(&mut rest).ok_or_else(|| corrupt("conversation chunk"))?;
            if (first..=last).contains(&seq) {
                wanted.push(entry);
            }
            seq += 1;
        }
        let missing = limit - messages.len();
        if ascending {
            for entry in wanted.into_iter().take(missing) {
                messages.push(decode(entry)?);
            }
        } else {
            for entry in wanted.into_iter().rev().take(missing) {
                messages.push(decode(entry)?);
            }
        }
    }
    if !ascending {
        messages.reverse();
    }
    Ok(messages)
}

/// A message as the conversation's run holds it.
pub(super) fn append_message(run: &mut Vec<u8>, message: &v1::Message) {
    message.encode_length_delimited(run).expect("a vector grows");
}

pub(super) fn user_conversation(
    db: &Connection,
    user: UserKey,
    of: Conversation,
) -> rusqlite::Result<Option<UserConversation>> {
    let (low, high) = columns(of);
    db.prepare_cached(
        "SELECT read_seq, notification_status FROM user_conversation WHERE user = ?1 AND low = ?2 AND high = ?3",
    )?
    .query_row([user, low, high], |row| state(row, 0))
    .optional()
}

fn state(row: &Row<'_>, at: usize) -> rusqlite::Result<UserConversation> {
    Ok(UserConversation { read_seq: unsigned(row.get(at)?), notification_status: row.get(at + 1)? })
}

pub(super) fn put_user_conversation(
    db: &Connection,
    user: UserKey,
    of: Conversation,
    state: &UserConversation,
) -> rusqlite::Result<()> {
    let (low, high) = columns(of);
    db.prepare_cached(
        "INSERT INTO user_conversation (user, low, high, read_seq, notification_status) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET read_seq = excluded.read_seq, notification_status = excluded.notification_status",
    )?
    .execute(params![user, low, high, signed(state.read_seq), state.notification_status])?;
    Ok(())
}

pub(super) fn user_conversations(
    db: &Connection,
    user: UserKey,
) -> rusqlite::Result<Vec<(Conversation, UserConversation)>> {
    db.prepare_cached(
        "SELECT low, high, read_seq, notification_status FROM user_conversation WHERE user = ?1 ORDER BY low, high",
    )?
    .query_map([user], |row| Ok((conversation(row.get(0)?, row.get(1)?), state(row, 2)?)))?
    .collect()
}

pub(super) fn inbox_trimmed(db: &Connection, user: UserKey) -> rusqlite::Result<u64> {
    let last = db
        .prepare_cached("SELECT last_seq FROM inbox_trimmed WHERE user = ?1")?
        .query_row([user], |row| row.get(0))
        .optional()?;
    Ok(last.map_or(0, unsigned))
}

/// A send's row: user, device column, client id.
pub(super) type SentKey = (UserKey, i64, i64);

/// A device in a key: the low half of its id (see the schema).
pub(super) fn device_column(device: Origin) -> i64 {
    (device as u64).cast_signed()
}

pub(super) fn last_client_id(db: &Connection, user: UserKey, device: i64) -> rusqlite::Result<i64> {
    let last: Option<i64> = db
        .prepare_cached("SELECT max(client_id) FROM sent WHERE user = ?1 AND device = ?2")?
        .query_row([user, device], |row| row.get(0))?;
    Ok(last.unwrap_or(i64::MIN))
}

pub(super) fn sent(db: &Connection, key: SentKey) -> rusqlite::Result<Option<SentRecord>> {
    db.prepare_cached(
        "SELECT message_id, message_seq, timestamp, fingerprint FROM sent
         WHERE user = ?1 AND device = ?2 AND client_id = ?3",
    )?
    .query_row(params![key.0, key.1, key.2], |row| {
        Ok(SentRecord {
            sent: v1::MessageSent {
                message_id: unsigned(row.get(0)?),
                message_seq: unsigned(row.get(1)?),
                timestamp: row.get(2)?,
            },
            fingerprint: unsigned(row.get(3)?),
        })
    })
    .optional()
}

pub(super) fn put_sent(db: &Connection, rows: &[(SentKey, SentRecord)]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT OR REPLACE INTO sent (user, device, client_id, timestamp, message_id, message_seq, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for ((user, device, client_id), record) in rows {
        let sent = &record.sent;
        let ids = (signed(sent.message_id), signed(sent.message_seq), signed(record.fingerprint));
        insert.execute(params![user, device, client_id, sent.timestamp, ids.0, ids.1, ids.2])?;
    }
    Ok(())
}

pub(super) fn last_message_id(db: &Connection, app_id: u32) -> rusqlite::Result<u64> {
    let last = db
        .prepare_cached("SELECT last_message_id FROM app WHERE app_id = ?1")?
        .query_row([app_id], |row| row.get(0))
        .optional()?;
    Ok(last.map_or(0, unsigned))
}
