//! Recalled messages: what is left of one takes its place in the store, in the list and in the counts.

use super::Engine;
use super::requests::unexpected_answer;
use super::sync::Sink;
use super::value;
use crate::error::Error;
use crate::model::{ConversationEvent, Message, convert};
use crate::store::Write;
use bytes::{Buf, Bytes};
use std::collections::VecDeque;
use std::sync::Arc;
use zim_proto::v1;

/// Own recalls that are remembered: more than can be under way at once.
const KNOWN: usize = 64;

/// Messages that this device recalled and whose recall is applied, oldest first. Answer and event may both come, when the
/// link broke before the server could leave the event out; the second one must not count again.
#[derive(Debug, Default)]
pub(super) struct Recalls {
    known: VecDeque<u64>,
}

impl Recalls {
    pub(super) fn load(mut stored: &[u8]) -> Self {
        let mut known = VecDeque::new();
        while stored.len() >= size_of::<u64>() {
            known.push_back(stored.get_u64());
        }
        Self { known }
    }

    /// `false`: it was known.
    fn add(&mut self, message_id: u64) -> bool {
        let is_new = !self.known.contains(&message_id);
        if is_new {
            self.known.push_back(message_id);
            if self.known.len() > KNOWN {
                self.known.pop_front();
            }
        }
        is_new
    }

    fn stored(&self) -> Bytes {
        self.known.iter().flat_map(|id| id.to_be_bytes()).collect()
    }
}

impl Engine {
    /// This device recalled a message.
    pub(super) fn recalled_here(&mut self, revoked: v1::MessageRevoked) -> Result<Arc<Message>, Error> {
        let wire = revoked.message.unwrap_or_default();
        let message_id = wire.message_id;
        let message = self.recalled_message(wire).ok_or_else(unexpected_answer)?;
        if self.is_new_own_recall(message_id) {
            self.apply_recall(&message);
        }
        Ok(message)
    }

    /// A message was recalled elsewhere. `false`: no news.
    pub(super) fn take_recall(&mut self, revoked: v1::MessageRevoked, sink: &mut Sink) -> bool {
        let wire = revoked.message.unwrap_or_default();
        let message_id = wire.message_id;
        let Some(message) = self.recalled_message(wire) else {
            self.skip("a recall");
            return false;
        };
        let is_own = revoked.device_id == self.config.device_id;
        if is_own && !self.is_new_own_recall(message_id) {
            return false;
        }
        self.apply_recall(&message);
        sink.recalled(message);
        true
    }

    /// Local state has this recall already, the host has not.
    pub(super) fn tell_recall_again(&mut self, revoked: v1::MessageRevoked, sink: &mut Sink) {
        if let Some(message) = self.recalled_message(revoked.message.unwrap_or_default()) {
            sink.recalled(message);
        }
    }

    fn is_new_own_recall(&mut self, message_id: u64) -> bool {
        let is_new = self.recalls.add(message_id);
        if is_new {
            let known = self.recalls.stored();
            self.write(Write::PutValue(value::RECALLED, known));
        }
        is_new
    }

    fn apply_recall(&mut self, message: &Arc<Message>) {
        // Also where the message itself never was: history counts places, and this is what the place holds.
        self.write(Write::PutMessage(Arc::clone(message)));
        let key = (message.conversation_type.value(), message.conversation_id.as_str());
        if let Some(at) = self.conversations.find(key.0, key.1)
            && self.conversations.recalled(at, message)
        {
            self.touch(at, ConversationEvent::Updated);
        }
    }

    /// `None`: not what is left of a message.
    fn recalled_message(&self, wire: v1::Message) -> Option<Arc<Message>> {
        let message = convert::message(wire, self.session.user_id());
        (message.is_revoked() && message.message_seq > 0).then(|| Arc::new(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_own_recalls_are_kept() {
        let mut recalls = Recalls::default();
        for id in 1..=100 {
            assert!(recalls.add(id) && !recalls.add(id));
        }
        let loaded = Recalls::load(&recalls.stored());
        assert_eq!(loaded.known, (37..=100).collect::<VecDeque<u64>>());
        assert!(Recalls::load(&[1, 2, 3]).known.is_empty());
    }
}
