//! History: the local store as far as it provably has everything, the server for the rest.
//!
//! The proof is `message_seq`: the server counts a conversation's messages from 1 without gaps, so a page whose numbers
//! follow each other, starting next to the anchor, lacks nothing. Messages of this device that have no number (failed,
//! still pending) sit between numbered ones by their order key.

use crate::client::{Core, unexpected};
use crate::error::Error;
use crate::model::convert::{message, seq_below, unsigned};
use crate::model::{Message, MessageQueryConfig, MessageQueryMode};
use crate::store::{ConversationKey, Write};
use std::collections::BTreeMap;
use std::sync::Arc;
use zim_proto::limits::PAGE;
use zim_proto::v1::{self, request::Op, response::Result as Answer};
use zim_proto::validate;

/// What the server is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Missing {
    before_seq: u64,
    after_seq: u64,
    count: u32,
}

/// Where a page begins.
struct Page {
    key: ConversationKey,
    anchor: Option<Arc<Message>>,
    count: u32,
    is_backward: bool,
}

pub(super) async fn query(
    core: &Core,
    key: ConversationKey,
    config: MessageQueryConfig,
) -> Result<Vec<Arc<Message>>, Error> {
    let page =
        Page { anchor: config.next_message, count: config.count.min(PAGE), is_backward: config.reverse, key };
    page.check(config.count)?;
    let local = page.local(core).await?;
    if config.mode == MessageQueryMode::OnlyLocal {
        return Ok(page.ascending(local));
    }
    let (head, self_id) = core.look(page.known()).await?;
    let missing = match config.mode {
        MessageQueryMode::PreferServer => Some(page.everything(head)),
        _ => page.missing(&local, head),
    };
    let Some(missing) = missing else { return Ok(page.ascending(local)) };
    match page.fetch(core, &missing).await {
        Ok(fetched) => {
            let merged = page.merge(core, local, fetched, &self_id).await;
            Ok(page.ascending(merged))
        }
        Err(error) => {
            log::debug!("history: {} from the server; the local part answers", error.code.code());
            Ok(page.ascending(local))
        }
    }
}

impl Page {
    fn check(&self, count: u32) -> Result<(), Error> {
        let request = self.request(&Missing { before_seq: 0, after_seq: 0, count });
        validate::request(&Op::QueryHistory(request))?;
        let is_foreign = |anchor: &Message| {
            anchor.conversation_id != self.key.conversation_id
                || anchor.conversation_type.value() != self.key.conversation_type
        };
        if self.anchor.as_deref().is_some_and(is_foreign) {
            return Err(Error::invalid("nextMessage", "belongs to another conversation"));
        }
        Ok(())
    }

    async fn local(&self, core: &Core) -> Result<Vec<Arc<Message>>, Error> {
        let key = self.key.clone();
        let anchor = self.anchor.as_ref().map(|anchor| anchor.order_key);
        let count = self.count as usize;
        let is_backward = self.is_backward;
        core.read(move |store| match (is_backward, anchor) {
            (true, before) => store.messages_before(&key, before, count),
            (false, after) => store.messages_after(&key, after.unwrap_or(i64::MIN), count),
        })
        .await
    }

    /// Reads the newest sequence this device knows of (0: none) and who is logged in.
    fn known(&self) -> impl FnOnce(&crate::engine::Engine) -> (u64, String) + Send + 'static {
        let key = self.key.clone();
        move |engine| {
            let row = engine.conversation(key.conversation_type, &key.conversation_id);
            let user = engine.user().map(|user| user.user_id.clone());
            (row.map_or(0, |row| row.head_seq), user.unwrap_or_default())
        }
    }

    /// The sequence next to the anchor in walking direction.
    fn first_expected(&self, head: u64) -> Option<u64> {
        let Some(anchor) = self.anchor.as_deref() else {
            return if self.is_backward { (head > 0).then_some(head) } else { Some(1) };
        };
        if anchor.message_seq > 0 {
            let seq = anchor.message_seq.cast_unsigned();
            return Some(if self.is_backward { seq - 1 } else { seq + 1 });
        }
        // An unnumbered message: everything below it has a smaller order key. Beyond the head only a number counts.
        let below = seq_below(anchor.order_key);
        Some(if self.is_backward { if head > 0 { below.min(head) } else { below } } else { below + 1 })
    }

    /// What a page of only the server's messages needs.
    fn everything(&self, head: u64) -> Missing {
        let first = if self.anchor.is_some() { self.first_expected(head) } else { None };
        self.from(first, self.count)
    }

    fn from(&self, first: Option<u64>, count: u32) -> Missing {
        match first {
            Some(seq) if self.is_backward => Missing { before_seq: seq + 1, after_seq: 0, count },
            Some(seq) => Missing { before_seq: 0, after_seq: seq.saturating_sub(1), count },
            None => Missing { before_seq: 0, after_seq: 0, count },
        }
    }

    /// The part of the page that `local` (in walking order) cannot prove to have. `None`: nothing is missing.
    fn missing(&self, local: &[Arc<Message>], head: u64) -> Option<Missing> {
        let Some(mut expected) = self.first_expected(head) else {
            // A conversation this device knows nothing of.
            return Some(self.from(None, self.count));
        };
        let mut proven = 0;
        for message in local {
            if message.message_seq > 0 {
                if message.message_seq.cast_unsigned() != expected {
                    break;
                }
                expected = if self.is_backward { expected - 1 } else { expected + 1 };
            }
            proven += 1;
        }
        let is_at_end = if self.is_backward { expected == 0 } else { head > 0 && expected > head };
        if proven >= self.count || (is_at_end && proven as usize == local.len()) {
            return None;
        }
        Some(self.from(Some(expected), self.count - proven))
    }

    fn request(&self, missing: &Missing) -> v1::QueryHistory {
        v1::QueryHistory {
            conversation_type: unsigned(self.key.conversation_type),
            conversation_id: self.key.conversation_id.clone(),
            before_seq: missing.before_seq,
            after_seq: missing.after_seq,
            count: missing.count,
            ascending: !self.is_backward,
        }
    }

    async fn fetch(&self, core: &Core, missing: &Missing) -> Result<Vec<v1::Message>, Error> {
        match core.request(Op::QueryHistory(self.request(missing))).await? {
            Answer::History(history) => Ok(history.messages),
            _ => Err(unexpected()),
        }
    }

    /// Local and fetched messages as one page in walking order; what is new is stored. A local copy wins, since it may
    /// hold what never leaves the device, unless the message was recalled since.
    async fn merge(
        &self,
        core: &Core,
        local: Vec<Arc<Message>>,
        fetched: Vec<v1::Message>,
        self_id: &str,
    ) -> Vec<Arc<Message>> {
        let mut merged: BTreeMap<i64, Arc<Message>> =
            local.into_iter().map(|message| (message.order_key, message)).collect();
        let mut batch = Vec::new();
        for wire in fetched {
            let message = Arc::new(message(wire, self_id));
            let is_ours = message.conversation_id == self.key.conversation_id
                && message.conversation_type.value() == self.key.conversation_type;
            let local = merged.get(&message.order_key).map(AsRef::as_ref);
            let Some(write) = news(local, &message).filter(|_| is_ours) else { continue };
            batch.push(write);
            merged.insert(message.order_key, message);
        }
        if !batch.is_empty()
            && let Err(error) = core.write(batch).await
        {
            log::warn!("fetched history was not stored: {error}");
        }
        let count = self.count as usize;
        if self.is_backward {
            merged.into_values().rev().take(count).collect()
        } else {
            merged.into_values().take(count).collect()
        }
    }

    fn ascending(&self, mut messages: Vec<Arc<Message>>) -> Vec<Arc<Message>> {
        if self.is_backward {
            messages.reverse();
        }
        messages
    }
}

/// How a fetched message is stored. `None`: the local copy stays.
fn news(local: Option<&Message>, fetched: &Arc<Message>) -> Option<Write> {
    match local {
        Some(local) if local.is_revoked() || !fetched.is_revoked() => None,
        _ if fetched.is_revoked() => Some(Write::PutMessage(Arc::clone(fetched))),
        // A recall that arrives while the answer is under way is newer than the answer.
        _ => Some(Write::AddMessage(Arc::clone(fetched))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MessageType;
    use crate::model::convert::final_order_key;

    fn numbered(seq: u64) -> Arc<Message> {
        Arc::new(Message {
            message_seq: seq.cast_signed(),
            order_key: final_order_key(seq),
            conversation_id: "bob".into(),
            ..Message::text("")
        })
    }

    fn failed_after(seq: u64) -> Arc<Message> {
        Arc::new(Message {
            order_key: final_order_key(seq) + 1,
            conversation_id: "bob".into(),
            ..Message::text("")
        })
    }

    fn page(anchor: Option<Arc<Message>>, count: u32, is_backward: bool) -> Page {
        let key = ConversationKey { conversation_type: 0, conversation_id: "bob".into() };
        Page { key, anchor, count, is_backward }
    }

    fn seqs(seqs: &[u64]) -> Vec<Arc<Message>> {
        seqs.iter().map(|seq| numbered(*seq)).collect()
    }

    #[test]
    fn a_gapless_page_needs_no_server() {
        assert_eq!(page(None, 3, true).missing(&seqs(&[9, 8, 7]), 9), None);
        assert_eq!(page(Some(numbered(7)), 3, true).missing(&seqs(&[6, 5, 4]), 9), None);
        assert_eq!(page(Some(numbered(3)), 5, true).missing(&seqs(&[2, 1]), 9), None, "the beginning");
        assert_eq!(page(None, 2, false).missing(&seqs(&[1, 2]), 9), None);
        assert_eq!(page(Some(numbered(7)), 5, false).missing(&seqs(&[8, 9]), 9), None, "the head");
    }

    #[test]
    fn a_gap_is_asked_for_where_it_begins() {
        let backward = |local: &[u64], head| page(None, 4, true).missing(&seqs(local), head);
        assert_eq!(backward(&[9, 8, 5, 4], 9), Some(Missing { before_seq: 8, after_seq: 0, count: 2 }));
        assert_eq!(backward(&[8, 7, 6, 5], 9), Some(Missing { before_seq: 10, after_seq: 0, count: 4 }));
        assert_eq!(backward(&[9, 8], 9), Some(Missing { before_seq: 8, after_seq: 0, count: 2 }));
        assert_eq!(backward(&[], 9), Some(Missing { before_seq: 10, after_seq: 0, count: 4 }));
        let forward = |local: &[u64]| page(Some(numbered(3)), 3, false).missing(&seqs(local), 9);
        assert_eq!(forward(&[4, 6, 7]), Some(Missing { before_seq: 0, after_seq: 4, count: 2 }));
        assert_eq!(forward(&[5]), Some(Missing { before_seq: 0, after_seq: 3, count: 3 }));
    }

    #[test]
    fn an_unknown_conversation_is_asked_for_from_its_end() {
        assert_eq!(
            page(None, 4, true).missing(&[], 0),
            Some(Missing { before_seq: 0, after_seq: 0, count: 4 })
        );
    }

    #[test]
    fn unnumbered_messages_take_a_place_but_prove_nothing() {
        let local = [failed_after(9), numbered(9), failed_after(8), numbered(8)];
        assert_eq!(page(None, 4, true).missing(&local, 9), None);
        let from_failed = page(Some(failed_after(8)), 2, true);
        assert_eq!(from_failed.missing(&seqs(&[8, 7]), 9), None);
        assert_eq!(
            from_failed.missing(&seqs(&[7]), 9),
            Some(Missing { before_seq: 9, after_seq: 0, count: 2 })
        );
        let forward = page(Some(failed_after(8)), 2, false);
        assert_eq!(forward.missing(&seqs(&[9]), 9), None);
    }

    #[test]
    fn preferring_the_server_asks_for_the_whole_page() {
        assert_eq!(page(None, 4, true).everything(9), Missing { before_seq: 0, after_seq: 0, count: 4 });
        let anchored = page(Some(numbered(7)), 4, true).everything(9);
        assert_eq!(anchored, Missing { before_seq: 7, after_seq: 0, count: 4 });
    }

    #[test]
    fn a_recall_is_news_beside_an_older_copy_and_nothing_else_is() {
        let revoked = Arc::new(Message { r#type: MessageType::Revoke, ..Message::default() });
        let text = Arc::new(Message::text("kept"));
        assert!(matches!(news(None, &text), Some(Write::AddMessage(_))));
        assert!(matches!(news(None, &revoked), Some(Write::PutMessage(_))));
        assert!(matches!(news(Some(&text), &revoked), Some(Write::PutMessage(_))));
        assert!(news(Some(&text), &text).is_none());
        assert!(news(Some(&revoked), &text).is_none(), "the answer was written before the recall");
        assert!(news(Some(&revoked), &revoked).is_none());
    }

    #[test]
    fn faulty_parameters_are_named() {
        let parameter = |page: &Page, count| page.check(count).unwrap_err().parameter.unwrap();
        assert_eq!(parameter(&page(None, 0, true), 0), "count");
        let foreign = Arc::new(Message { conversation_id: "eve".into(), ..Message::text("") });
        assert_eq!(parameter(&page(Some(foreign), 1, true), 1), "nextMessage");
    }
}
