//! The write side: any number of batches, one commit.

use super::{Fault, record};
use crate::model::Message;
use crate::store::{Batch, ConversationKey, Write};
use prost::Message as _;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::collections::HashMap;

/// Statements in use plus room; a smaller cache would prepare them again and again.
const STATEMENTS: usize = 24;

const PUT_MESSAGE: &str =
    "INSERT OR REPLACE INTO message (conversation, order_key, record) VALUES (?1, ?2, ?3)";
const ADD_MESSAGE: &str =
    "INSERT INTO message (conversation, order_key, record) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";

/// Owns the only connection that writes.
pub(super) struct Writer {
    connection: Connection,
    ids: ConversationIds,
    record: Vec<u8>,
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Self { connection, ids: ConversationIds::default(), record: Vec::new() }
    }

    /// Applies `batches` in order with one commit, or nothing of them.
    pub(super) fn write(&mut self, batches: &[Batch]) -> Result<(), Fault> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut scope = Scope { transaction: &transaction, ids: &mut self.ids, record: &mut self.record };
        let applied = batches.iter().flatten().try_for_each(|write| scope.apply(write));
        let committed = applied.and_then(|()| transaction.commit().map_err(Fault::from));
        if committed.is_err() {
            // Ids made in this transaction went away with it.
            self.ids = ConversationIds::default();
        }
        committed
    }
}

#[cfg(test)]
impl Writer {
    pub(super) fn execute_for_test(&self, sql: &str) {
        self.connection.execute_batch(sql).unwrap();
    }
}

/// Row ids of conversations, so that a message costs no look-up.
#[derive(Default)]
struct ConversationIds {
    known: HashMap<i32, HashMap<String, i64>>,
}

impl ConversationIds {
    fn get(&mut self, transaction: &Transaction<'_>, kind: i32, name: &str) -> Result<i64, Fault> {
        if let Some(id) = self.known.get(&kind).and_then(|ids| ids.get(name)) {
            return Ok(*id);
        }
        transaction
            .prepare_cached(
                "INSERT INTO conversation (type, conversation_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![kind, name])?;
        let id = transaction
            .prepare_cached("SELECT id FROM conversation WHERE type = ?1 AND conversation_id = ?2")?
            .query_row(params![kind, name], |row| row.get(0))?;
        self.known.entry(kind).or_default().insert(name.to_owned(), id);
        Ok(id)
    }
}

struct Scope<'a> {
    transaction: &'a Transaction<'a>,
    ids: &'a mut ConversationIds,
    record: &'a mut Vec<u8>,
}

impl Scope<'_> {
    fn apply(&mut self, write: &Write) -> Result<(), Fault> {
        match write {
            Write::PutMessage(message) => self.put_message(PUT_MESSAGE, message),
            Write::AddMessage(message) => self.put_message(ADD_MESSAGE, message),
            Write::MoveMessage { old_order_key, message } => {
                let id = self.conversation_of(message)?;
                self.execute(
                    "DELETE FROM message WHERE conversation = ?1 AND order_key = ?2",
                    params![id, old_order_key],
                )?;
                self.put_message(PUT_MESSAGE, message)
            }
            Write::PutConversation(row) => {
                let ConversationKey { conversation_type, conversation_id } = &row.key;
                let id = self.ids.get(self.transaction, *conversation_type, conversation_id)?;
                self.execute(
                    "UPDATE conversation SET record = ?2, is_listed = 1 WHERE id = ?1",
                    params![id, record::encode_conversation(row)],
                )
            }
            Write::PutOutbox(row) => self.execute(
                "INSERT OR REPLACE INTO outbox (local_message_id, created_at, request) VALUES (?1, ?2, ?3)",
                params![row.local_message_id, row.created_at, row.request.as_ref()],
            ),
            Write::RemoveOutbox(id) => {
                self.execute("DELETE FROM outbox WHERE local_message_id = ?1", params![id])
            }
            Write::PutUndelivered { first_seq, count, run } => self.execute(
                "INSERT OR REPLACE INTO undelivered (first_seq, count, run) VALUES (?1, ?2, ?3)",
                params![first_seq.cast_signed(), count, run.as_ref()],
            ),
            Write::Delivered(seq) => {
                self.execute("UPDATE inbox SET delivered = ?1", params![seq.cast_signed()])?;
                self.execute(
                    "DELETE FROM undelivered WHERE first_seq + count - 1 <= ?1",
                    params![seq.cast_signed()],
                )
            }
            Write::SetCursor { epoch, cursor } => self.set_cursor(epoch.cast_signed(), cursor.cast_signed()),
            Write::PutCall(call) => self.execute(
                "INSERT OR REPLACE INTO call (call_id, record) VALUES (?1, ?2)",
                params![call.call_id, call.encode_to_vec()],
            ),
            Write::RemoveCall(id) => self.execute("DELETE FROM call WHERE call_id = ?1", params![id]),
            Write::PutValue(name, value) => self.execute(
                "INSERT OR REPLACE INTO value (name, value) VALUES (?1, ?2)",
                params![name, value.as_ref()],
            ),
        }
    }

    fn conversation_of(&mut self, message: &Message) -> Result<i64, Fault> {
        self.ids.get(self.transaction, message.conversation_type.value(), &message.conversation_id)
    }

    fn put_message(&mut self, sql: &str, message: &Message) -> Result<(), Fault> {
        let id = self.conversation_of(message)?;
        record::encode_message(message, self.record);
        let values = params![id, message.order_key, self.record.as_slice()];
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Inbox numbers mean something only within their epoch: with a new one the old run is over.
    fn set_cursor(&mut self, epoch: i64, cursor: i64) -> Result<(), Fault> {
        let changed = self
            .transaction
            .prepare_cached("UPDATE inbox SET epoch = ?1, delivered = 0 WHERE epoch <> ?1")?
            .execute(params![epoch])?;
        if changed > 0 {
            self.execute("DELETE FROM undelivered", params![])?;
        }
        self.execute("UPDATE inbox SET cursor = ?1", params![cursor])
    }

    fn execute(&mut self, sql: &str, values: impl rusqlite::Params) -> Result<(), Fault> {
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }
}
