//! Certificates, strategies, users by name, totals.

use super::*;

fn certificate(app_id: u32, slot: &str, sealed: &[u8]) -> CertificateRow {
    CertificateRow { id: 0, app_id, slot: slot.into(), added_at: 5, sealed: sealed.to_vec() }
}

pub(in crate::store) fn a_certificate_takes_the_place_of_the_one_that_serves_the_same(
    factory: &impl Factory,
) {
    let store = factory.store();
    let put = |row: CertificateRow| {
        let id = ok(&*store, {
            let row = row.clone();
            move |tx| tx.put_certificate(&row)
        });
        CertificateRow { id, ..row }
    };
    let first = put(certificate(1, "apns", b"one"));
    let other = put(certificate(2, "apns", b"two"));
    let second = put(certificate(1, "apns", b"three"));
    assert!(second.id > other.id && other.id > first.id);
    assert_eq!(ok(&*store, |tx| tx.certificates()), [other.clone(), second.clone()]);
    assert!(!ok(&*store, move |tx| tx.remove_certificate(first.id)));
    assert!(ok(&*store, move |tx| tx.remove_certificate(other.id)));
    assert_eq!(ok(&*store, |tx| tx.certificates()), [second]);
}

pub(in crate::store) fn strategies_are_kept_by_app_and_name(factory: &impl Factory) {
    let store = factory.store();
    let row = |app_id, name: &str, strategy: &str| StrategyRow {
        app_id,
        resources_id: name.into(),
        strategy: strategy.into(),
    };
    let rows = [row(2, "a", "{}"), row(1, "b", "{}"), row(1, "a", "{}"), row(1, "a", "{\"fcm\":{}}")];
    ok(&*store, move |tx| rows.iter().try_for_each(|row| tx.put_strategy(row)));
    let all = ok(&*store, |tx| tx.strategies());
    assert_eq!(all, [row(1, "a", "{\"fcm\":{}}"), row(1, "b", "{}"), row(2, "a", "{}")]);
    assert!(ok(&*store, |tx| tx.remove_strategy(1, "a")));
    assert!(!ok(&*store, |tx| tx.remove_strategy(1, "a")));
    assert_eq!(ok(&*store, |tx| tx.strategies()).len(), 2);
}

pub(in crate::store) fn users_are_listed_by_the_beginning_of_their_id(factory: &impl Factory) {
    let store = factory.store();
    users(&*store, ["bob", "al", "alice", "am", "Al"]);
    let listed = |prefix: &'static str, after: &'static str, limit| {
        let users = ok(&*store, move |tx| tx.users(1, prefix, after, limit));
        users.into_iter().map(|user| user.user_id).collect::<Vec<_>>()
    };
    assert_eq!(listed("", "", 9), ["Al", "al", "alice", "am", "bob"]);
    assert_eq!(listed("al", "", 9), ["al", "alice"]);
    assert_eq!(listed("al", "al", 9), ["alice"]);
    assert_eq!(listed("", "al", 2), ["alice", "am"]);
    assert!(listed("alicia", "", 9).is_empty());
    assert!(ok(&*store, |tx| tx.users(2, "", "", 9)).is_empty());
    assert_eq!(ok(&*store, |tx| tx.counts()), Counts { users: 5, push_ids: 0, jobs: 0 });
}
