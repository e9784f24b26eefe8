//! The conversation list: reading it, clearing counts, do-not-disturb. The list itself lives in the engine.

use super::key;
use crate::client::{Client, Core, unexpected};
use crate::dispatch::Call;
use crate::engine::io::Op;
use crate::error::Error;
use crate::model::convert::{conversation, message, unsigned};
use crate::model::{
    Conversation, ConversationFilterOption, ConversationNotificationStatus, ConversationPinnedFilter,
    ConversationQueryConfig, ConversationTotalUnreadMessageCountQueryConfig, ConversationType,
};
use crate::store::{ConversationKey, ConversationRow};
use std::cmp::Reverse;
use std::sync::Arc;
use zim_proto::v1::{self, request, response::Result as Answer};
use zim_proto::validate;

impl Client {
    /// A page of the local list, pinned first, then newest first. `next_conversation` is the last one of the page
    /// before (`None`: start); `count` is free, 0 is 6000001. Works offline.
    pub fn query_conversation_list(
        &self,
        config: ConversationQueryConfig,
        option: ConversationFilterOption,
    ) -> Call<Vec<Arc<Conversation>>> {
        self.core().run(move |core| async move {
            if config.count == 0 {
                return Err(Error::invalid("count", "must be at least 1"));
            }
            core.look(move |engine| page(engine.conversations(), &config, &option)).await
        })
    }

    /// One conversation: the local one, else the server's. 6000603 if there is none.
    pub fn query_conversation(
        &self,
        conversation_id: &str,
        conversation_type: ConversationType,
    ) -> Call<Arc<Conversation>> {
        let key = key(conversation_type, conversation_id);
        self.core().run(move |core| async move { find(&core, key).await.map(Arc::new) })
    }

    /// Sum of the unread counts of the given types (empty: all), without conversations under do-not-disturb. Works
    /// offline.
    pub fn query_conversation_total_unread_message_count(
        &self,
        config: ConversationTotalUnreadMessageCountQueryConfig,
    ) -> Call<u32> {
        self.core().run(move |core| async move {
            core.look(move |engine| {
                if config.conversation_types.is_empty() && config.marks.is_empty() {
                    engine.total_unread()
                } else {
                    total(engine.conversations(), &config)
                }
            })
            .await
        })
    }

    /// Marks a conversation as read up to its newest message, here and on the user's other devices. Works offline: the
    /// server is told when there is a connection.
    pub fn clear_conversation_unread_message_count(
        &self,
        conversation_id: &str,
        conversation_type: ConversationType,
    ) -> Call<()> {
        let key = key(conversation_type, conversation_id);
        if let Err(invalid) = validate::request(&request::Op::ClearUnread(v1::ClearUnread {
            conversation_type: unsigned(key.conversation_type),
            conversation_id: key.conversation_id.clone(),
            read_seq: 0,
        })) {
            return self.core().call(move |_, done| done.complete(Err(invalid.into())));
        }
        self.op_done(Op::ClearUnread(key))
    }

    /// Marks all conversations as read. Works offline like the call for one.
    pub fn clear_conversation_total_unread_message_count(&self) -> Call<()> {
        self.op_done(Op::ClearAllUnread)
    }

    /// Sets do-not-disturb of a conversation: no pushes, and no part in the total unread count.
    pub fn set_conversation_notification_status(
        &self,
        status: ConversationNotificationStatus,
        conversation_id: &str,
        conversation_type: ConversationType,
    ) -> Call<()> {
        self.request_done(request::Op::SetNotificationStatus(v1::SetNotificationStatus {
            conversation_type: unsigned(conversation_type.value()),
            conversation_id: conversation_id.to_owned(),
            status: unsigned(status.value()),
        }))
    }
}

async fn find(core: &Core, key: ConversationKey) -> Result<Conversation, Error> {
    let op = request::Op::QueryConversation(v1::QueryConversation {
        conversation_type: unsigned(key.conversation_type),
        conversation_id: key.conversation_id.clone(),
    });
    validate::request(&op)?;
    let (local, self_id) = core
        .look(move |engine| {
            let local = engine.conversation(key.conversation_type, &key.conversation_id).map(conversation);
            (local, engine.user().map(|user| user.user_id.clone()).unwrap_or_default())
        })
        .await?;
    if let Some(local) = local {
        return Ok(local);
    }
    match core.request(op).await? {
        Answer::Conversation(v1::Conversation { state: Some(state) }) => Ok(from_state(state, &self_id)),
        _ => Err(unexpected()),
    }
}

/// A conversation this device has not listed, as the server keeps it.
fn from_state(state: v1::ConversationState, self_id: &str) -> Conversation {
    let last_message = state.last_message.map(|last| Arc::new(message(last, self_id)));
    conversation(&ConversationRow {
        key: ConversationKey {
            conversation_type: i32::try_from(state.conversation_type).unwrap_or(-1),
            conversation_id: state.conversation_id,
        },
        name: state.name,
        avatar_url: state.avatar_url,
        unread: state.unread,
        order_key: last_message.as_ref().map_or(0, |last| i64::try_from(last.timestamp).unwrap_or(i64::MAX)),
        last_message,
        head_seq: state.head_seq,
        read_seq: state.read_seq,
        unsynced_read_seq: 0,
        notification_status: i32::try_from(state.notification_status).unwrap_or_default(),
        is_disabled: state.disabled,
    })
}

/// Newest first; the key decides between equals, so that pages never overlap.
fn place(row: &ConversationRow) -> (Reverse<i64>, &ConversationKey) {
    (Reverse(row.order_key), &row.key)
}

fn page(
    mut rows: Vec<&ConversationRow>,
    config: &ConversationQueryConfig,
    option: &ConversationFilterOption,
) -> Vec<Arc<Conversation>> {
    rows.sort_by(|a, b| place(a).cmp(&place(b)));
    // The anchor counts by the place it had on its page, wherever it is now.
    let anchor = config.next_conversation.as_deref();
    let anchor = anchor.map(|anchor| (anchor.order_key, key(anchor.r#type, &anchor.conversation_id)));
    let is_after = |row: &ConversationRow| {
        anchor.as_ref().is_none_or(|(order_key, key)| place(row) > (Reverse(*order_key), key))
    };
    rows.into_iter()
        .filter(|row| is_after(row) && matches(row, option))
        .take(config.count as usize)
        .map(|row| Arc::new(conversation(row)))
        .collect()
}

/// Pins and marks are not part of this version: no conversation has one.
fn matches(row: &ConversationRow, option: &ConversationFilterOption) -> bool {
    is_of_type(row, &option.conversation_types)
        && option.marks.is_empty()
        && (!option.is_only_unread_conversation || row.unread > 0)
        && option.pinned_filter != ConversationPinnedFilter::OnlyPinned
}

fn is_of_type(row: &ConversationRow, types: &[ConversationType]) -> bool {
    types.is_empty() || types.iter().any(|kind| kind.value() == row.key.conversation_type)
}

fn total(rows: Vec<&ConversationRow>, config: &ConversationTotalUnreadMessageCountQueryConfig) -> u32 {
    let quiet = ConversationNotificationStatus::DoNotDisturb.value();
    rows.into_iter()
        .filter(|row| config.marks.is_empty() && is_of_type(row, &config.conversation_types))
        .filter(|row| row.notification_status != quiet)
        .fold(0, |sum: u32, row| sum.saturating_add(row.unread))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(conversation_type: i32, id: &str, order_key: i64, unread: u32) -> ConversationRow {
        ConversationRow {
            key: ConversationKey { conversation_type, conversation_id: id.into() },
            name: String::new(),
            avatar_url: String::new(),
            unread,
            order_key,
            last_message: None,
            head_seq: 0,
            read_seq: 0,
            unsynced_read_seq: 0,
            notification_status: 1,
            is_disabled: false,
        }
    }

    fn ids(page: &[Arc<Conversation>]) -> Vec<&str> {
        page.iter().map(|conversation| conversation.conversation_id.as_str()).collect()
    }

    #[test]
    fn pages_follow_each_other_without_overlap_also_between_equals() {
        let rows =
            [row(0, "a", 5, 0), row(0, "c", 7, 0), row(0, "b", 5, 0), row(2, "a", 5, 0), row(0, "d", 1, 0)];
        let option = ConversationFilterOption::default();
        let mut config = ConversationQueryConfig { count: 2, ..ConversationQueryConfig::default() };
        let mut seen = Vec::new();
        loop {
            let found = page(rows.iter().collect(), &config, &option);
            let Some(last) = found.last().cloned() else { break };
            seen.extend(found.iter().map(|c| (c.r#type.value(), c.conversation_id.clone())));
            config.next_conversation = Some(last);
        }
        let expected = [(0, "c"), (0, "a"), (0, "b"), (2, "a"), (0, "d")];
        assert_eq!(seen, expected.map(|(kind, id)| (kind, id.to_owned())));
    }

    #[test]
    fn filters_choose() {
        let rows = [row(0, "a", 3, 1), row(2, "g", 2, 0), row(0, "b", 1, 0)];
        let config = ConversationQueryConfig { count: 10, ..ConversationQueryConfig::default() };
        let found = |option: ConversationFilterOption| {
            ids(&page(rows.iter().collect(), &config, &option))
                .iter()
                .map(|id| (*id).to_owned())
                .collect::<Vec<_>>()
        };
        let all = ConversationFilterOption::default;
        assert_eq!(found(all()), ["a", "g", "b"]);
        assert_eq!(
            found(ConversationFilterOption { conversation_types: vec![ConversationType::Group], ..all() }),
            ["g"]
        );
        assert_eq!(found(ConversationFilterOption { is_only_unread_conversation: true, ..all() }), ["a"]);
        assert!(
            found(ConversationFilterOption { pinned_filter: ConversationPinnedFilter::OnlyPinned, ..all() })
                .is_empty()
        );
        assert!(found(ConversationFilterOption { marks: vec![1], ..all() }).is_empty());
    }

    #[test]
    fn the_total_leaves_out_quiet_conversations() {
        let mut quiet = row(0, "q", 1, 50);
        quiet.notification_status = 2;
        let rows = [row(0, "a", 3, 1), row(2, "g", 2, 4), quiet];
        let config = |types: &[ConversationType]| ConversationTotalUnreadMessageCountQueryConfig {
            conversation_types: types.to_vec(),
            ..ConversationTotalUnreadMessageCountQueryConfig::default()
        };
        assert_eq!(total(rows.iter().collect(), &config(&[])), 5);
        assert_eq!(total(rows.iter().collect(), &config(&[ConversationType::Peer])), 1);
    }
}
