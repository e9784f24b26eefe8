//! Conversations and sends.

use super::*;

fn seqs(messages: &[v1::Message]) -> Vec<u64> {
    messages.iter().map(|message| message.message_seq).collect()
}

pub(in crate::store) fn history_ranges_work_in_both_directions(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    let peer = Conversation::peer(b, a);
    assert_eq!(peer, Conversation::peer(a, b));
    // A group whose key equals a user's key is another conversation.
    let group = Conversation::Group(a);
    for commit in 0..4 {
        ok(&*store, move |tx| {
            for n in 1..=5 {
                tx.conversation_append(peer, &message(commit * 5 + n))?;
            }
            Ok(())
        });
    }
    ok(&*store, move |tx| tx.conversation_append(group, &message(1)));
    assert_eq!(
        ok(&*store, move |tx| Ok((tx.conversation_head(peer)?, tx.conversation_head(group)?))),
        (20, 1)
    );
    let history = |after, before, limit, ascending| {
        let found = ok(&*store, move |tx| tx.history(peer, after, before, limit, ascending));
        assert!(found.iter().all(|found| *found == message(found.message_seq)));
        seqs(&found)
    };
    for after in 0..22 {
        for before in 0..23 {
            let end = if before == 0 { 20 } else { (before - 1).min(20) };
            let all: Vec<u64> = (after + 1..=end).collect();
            for limit in [1, 4, 7, 100] {
                let oldest: Vec<u64> = all.iter().copied().take(limit).collect();
                let newest: Vec<u64> = all[all.len().saturating_sub(limit)..].to_vec();
                assert_eq!(history(after, before, limit, true), oldest, "{after}..{before} {limit}");
                assert_eq!(history(after, before, limit, false), newest, "{after}..{before} {limit}");
            }
        }
    }
    assert!(history(0, 0, 0, true).is_empty());
    assert!(history(u64::MAX, 0, 5, true).is_empty());
    assert_eq!(history(18, u64::MAX, 5, false), [19, 20]);
    assert!(ok(&*store, move |tx| tx.history(Conversation::Group(99), 0, 0, 9, false)).is_empty());
}

pub(in crate::store) fn a_message_must_follow_the_last_one(factory: &impl Factory) {
    let store = factory.store();
    let group = Conversation::Group(1);
    for wrong in [0, 2, 7] {
        let result = run(&*store, move |tx| tx.conversation_append(group, &message(wrong)));
        assert!(matches!(result, Err(StoreError::Database(_))), "{wrong}: {result:?}");
    }
    ok(&*store, move |tx| tx.conversation_append(group, &message(1)));
    assert!(run(&*store, move |tx| tx.conversation_append(group, &message(1))).is_err());
    assert_eq!(ok(&*store, move |tx| tx.conversation_head(group)), 1);
}

/// The same place with another body, longer or shorter.
fn replaced(seq: u64, body: &str) -> v1::Message {
    v1::Message { r#type: 31, body: Bytes::copy_from_slice(body.as_bytes()), ..message(seq) }
}

pub(in crate::store) fn a_replaced_message_keeps_its_place(factory: &impl Factory) {
    let store = factory.store();
    let (group, other) = (Conversation::Group(1), Conversation::Group(2));
    let long = "x".repeat(super::super::runs::PIECE_BYTES / 3);
    // Chunks of one message, of a few, and several that one commit made.
    let mut expected = Vec::new();
    for (count, body) in [(1, "short"), (5, "short"), (12, long.as_str()), (1, "short")] {
        let first = expected.len() as u64 + 1;
        let messages: Vec<_> = (first..first + count).map(|seq| replaced(seq, body)).collect();
        expected.extend(messages.clone());
        ok(&*store, move |tx| messages.iter().try_for_each(|message| tx.conversation_append(group, message)));
    }
    ok(&*store, move |tx| tx.conversation_append(other, &message(1)));
    let head = expected.len() as u64;
    for seq in 1..=head {
        let body = if seq % 2 == 0 { String::new() } else { format!("{seq} {long}") };
        let message = replaced(seq, &body);
        expected[usize::try_from(seq).expect("small") - 1] = message.clone();
        ok(&*store, move |tx| tx.conversation_replace(group, &message));
        let all = ok(&*store, move |tx| tx.history(group, 0, 0, 99, true));
        assert_eq!(all, expected, "{seq}");
        assert_eq!(
            ok(&*store, move |tx| tx.history(group, seq - 1, seq + 1, 1, false)),
            expected[usize::try_from(seq).expect("small") - 1..][..1]
        );
    }
    assert_eq!(ok(&*store, move |tx| tx.conversation_head(group)), head);
    assert_eq!(ok(&*store, move |tx| tx.history(other, 0, 0, 9, true)), [message(1)]);
    // What the open transaction appended, and what follows it.
    let seen = ok(&*store, move |tx| {
        tx.conversation_append(group, &message(head + 1))?;
        tx.conversation_append(group, &message(head + 2))?;
        tx.conversation_replace(group, &replaced(head + 1, ""))?;
        tx.conversation_append(group, &message(head + 3))?;
        tx.history(group, head, 0, 9, true)
    });
    assert_eq!(seen, [replaced(head + 1, ""), message(head + 2), message(head + 3)]);
    assert_eq!(ok(&*store, move |tx| tx.history(group, head, 0, 9, true)), seen);
    // A refused operation leaves what was there.
    let refused = run(&*store, move |tx| {
        tx.conversation_replace(group, &replaced(1, "never"))?;
        Err::<(), _>(StoreError::Declined)
    });
    assert_eq!(refused, Err(StoreError::Declined));
    assert_eq!(ok(&*store, move |tx| tx.history(group, 0, 2, 9, true)), expected[..1]);
}

pub(in crate::store) fn only_a_message_that_is_there_is_replaced(factory: &impl Factory) {
    let store = factory.store();
    let group = Conversation::Group(1);
    ok(&*store, move |tx| tx.conversation_append(group, &message(1)));
    for (log, seq) in [(group, 0), (group, 2), (group, u64::MAX), (Conversation::Group(2), 1)] {
        let message = v1::Message { message_seq: seq, ..replaced(1, "") };
        let result = run(&*store, move |tx| tx.conversation_replace(log, &message));
        assert!(matches!(result, Err(StoreError::Database(_))), "{seq}: {result:?}");
    }
    assert_eq!(ok(&*store, move |tx| tx.history(group, 0, 0, 9, true)), [message(1)]);
}

pub(in crate::store) fn history_sees_the_open_transaction(factory: &impl Factory) {
    let store = factory.store();
    let (group, other) = (Conversation::Group(1), Conversation::Group(2));
    ok(&*store, move |tx| {
        tx.conversation_append(group, &message(1))?;
        tx.conversation_append(other, &message(1))?;
        assert_eq!(seqs(&tx.history(group, 0, 0, 10, false)?), [1]);
        tx.conversation_append(group, &message(2))?;
        tx.conversation_append(other, &message(2))?;
        assert_eq!(seqs(&tx.history(group, 0, 0, 10, true)?), [1, 2]);
        Ok(())
    });
    assert_eq!(seqs(&ok(&*store, move |tx| tx.history(group, 0, 0, 10, true))), [1, 2]);
    assert_eq!(seqs(&ok(&*store, move |tx| tx.history(other, 0, 0, 10, true))), [1, 2]);
}

pub(in crate::store) fn message_ids_grow_per_app(factory: &impl Factory) {
    let store = factory.store();
    let now = 1_790_000_000_000;
    let mut last = 0;
    for time in [now, now, now - 60_000, now + 1] {
        let id = ok(&*store, move |tx| tx.next_message_id(1, time));
        assert!(id > last && id < 1 << 53, "{id} after {last}");
        last = id;
    }
    let lost = run(&*store, move |tx| {
        tx.next_message_id(1, now + 2)?;
        Err::<(), _>(StoreError::Declined)
    });
    assert_eq!(lost, Err(StoreError::Declined));
    assert_eq!(ok(&*store, move |tx| tx.next_message_id(1, now)), last + 1);
    assert!(ok(&*store, move |tx| tx.next_message_id(2, now)) < last, "each app counts for itself");
}

pub(in crate::store) fn conversations_of_a_user_are_listed(factory: &impl Factory) {
    let store = factory.store();
    let [a, b, c] = users(&*store, ["a", "b", "c"]);
    let (peer, group) = (Conversation::peer(a, b), Conversation::Group(5));
    assert_eq!(ok(&*store, move |tx| tx.user_conversation(a, peer)), None);
    let state = |read_seq, notification_status| UserConversation { read_seq, notification_status };
    let listed = ok(&*store, move |tx| {
        tx.put_user_conversation(a, peer, &state(1, 0))?;
        tx.put_user_conversation(a, group, &state(0, 2))?;
        tx.put_user_conversation(c, group, &state(9, 1))?;
        let listed = tx.user_conversations(a)?;
        tx.put_user_conversation(a, peer, &state(3, 2))?;
        Ok(listed)
    });
    assert_eq!(listed, [(group, state(0, 2)), (peer, state(1, 0))], "the open transaction counts");
    assert_eq!(ok(&*store, move |tx| tx.user_conversation(a, peer)), Some(state(3, 2)));
    assert_eq!(ok(&*store, move |tx| tx.user_conversations(a)), [(group, state(0, 2)), (peer, state(3, 2))]);
    assert_eq!(ok(&*store, move |tx| tx.user_conversation(b, peer)), None);
    assert!(ok(&*store, move |tx| tx.user_conversations(b)).is_empty());
}

/// A device id as clients make them.
const DEVICE: Origin = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210;

fn record(timestamp: i64) -> SentRecord {
    let sent = v1::MessageSent { message_id: 77, message_seq: 5, timestamp };
    SentRecord { sent, fingerprint: u64::MAX }
}

pub(in crate::store) fn sends_are_remembered_by_client_id(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    // Also ids that come out of order or use all bits.
    for id in [50, 10, 90, u64::MAX, 70, 0] {
        assert_eq!(ok(&*store, move |tx| tx.sent(a, DEVICE, id)), None, "{id}");
        let seen = ok(&*store, move |tx| {
            tx.put_sent(a, DEVICE, id, &record(id.cast_signed()))?;
            tx.sent(a, DEVICE, id)
        });
        assert_eq!(seen, Some(record(id.cast_signed())));
    }
    for id in [50, 10, 90, u64::MAX, 70, 0] {
        assert_eq!(ok(&*store, move |tx| tx.sent(a, DEVICE, id)), Some(record(id.cast_signed())), "{id}");
        assert_eq!(ok(&*store, move |tx| tx.sent(b, DEVICE, id)), None, "{id}");
    }
    assert_eq!(ok(&*store, move |tx| tx.sent(a, DEVICE, 51)), None);
}

pub(in crate::store) fn each_device_has_its_own_client_ids(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    let devices = [DEVICE, DEVICE + 1, NO_ORIGIN, Origin::from(u64::MAX)];
    let time_of = |at: usize| i64::try_from(at).expect("small");
    // In one transaction, then out of order in others, where memory knows a larger id of each device.
    ok(&*store, move |tx| {
        devices
            .iter()
            .enumerate()
            .try_for_each(|(at, device)| tx.put_sent(a, *device, 9, &record(time_of(at))))
    });
    for (at, device) in devices.into_iter().enumerate() {
        assert_eq!(ok(&*store, move |tx| tx.sent(a, device, 9)), Some(record(time_of(at))), "{device}");
        assert_eq!(ok(&*store, move |tx| tx.sent(a, device, 3)), None);
        ok(&*store, move |tx| tx.put_sent(a, device, 3, &record(30)));
        assert_eq!(ok(&*store, move |tx| tx.sent(a, device, 3)), Some(record(30)));
    }
}

pub(in crate::store) fn old_sends_are_trimmed(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    ok(&*store, move |tx| {
        tx.put_sent(a, DEVICE, 1, &record(10))?;
        tx.put_sent(a, DEVICE, 2, &record(20))
    });
    assert_eq!(ok(&*store, |tx| tx.trim(&older_than(20))).sent, 1);
    assert_eq!(
        ok(&*store, move |tx| Ok((tx.sent(a, DEVICE, 1)?, tx.sent(a, DEVICE, 2)?))),
        (None, Some(record(20)))
    );
}
