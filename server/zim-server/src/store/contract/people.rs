//! Users, devices, groups, members.

use super::*;

pub(in crate::store) fn users_are_found_by_id_and_key_and_replaced(factory: &impl Factory) {
    let store = factory.store();
    let [alice, bob] = users(&*store, ["alice", "bob"]);
    assert_ne!(alice, bob);
    let other_app = ok(&*store, |tx| tx.create_user(new_user(2, "alice")));
    assert_ne!(other_app.key, alice);
    assert_eq!(ok(&*store, |tx| tx.user(1, "nobody")), None);
    assert_eq!(ok(&*store, |tx| tx.user_by_key(999)), None);

    let expected = User { key: alice, ..new_user(1, "alice") };
    assert_eq!(ok(&*store, |tx| tx.user(1, "alice")), Some(expected.clone()));
    assert_eq!(ok(&*store, move |tx| tx.user_by_key(alice)), Some(expected.clone()));

    let rule = v1::PushRule { online_platforms: vec![1, 3], not_to_receive_offline_push_platforms: vec![2] };
    let changed = User {
        user_name: "Alice".into(),
        avatar_url: "https://a".into(),
        extended_data: "x".into(),
        custom_status: "busy".into(),
        push_rule: rule,
        has_logged_in: true,
        ..expected
    };
    let update = changed.clone();
    let seen = ok(&*store, move |tx| {
        tx.update_user(&update)?;
        tx.user(1, "alice")
    });
    assert_eq!(seen, Some(changed.clone()));
    assert_eq!(ok(&*store, move |tx| tx.user_by_key(alice)), Some(changed));
}

pub(in crate::store) fn a_user_id_is_taken_once(factory: &impl Factory) {
    let store = factory.store();
    let [alice] = users(&*store, ["alice"]);
    let again = run(&*store, |tx| tx.create_user(new_user(1, "alice")));
    assert!(matches!(again, Err(StoreError::Database(_))), "{again:?}");
    // Also when the operation pretends that nothing happened.
    let swallowed = run(&*store, |tx| {
        tx.create_user(new_user(1, "carol"))?;
        let _ = tx.create_user(new_user(1, "alice"));
        Ok(())
    });
    assert!(matches!(swallowed, Err(StoreError::Database(_))), "{swallowed:?}");
    assert_eq!(ok(&*store, |tx| tx.user(1, "carol")), None);
    assert_eq!(ok(&*store, |tx| tx.user(1, "alice")).map(|user| user.key), Some(alice));
}

pub(in crate::store) fn devices_are_kept_per_user(factory: &impl Factory) {
    let store = factory.store();
    let [alice, bob] = users(&*store, ["alice", "bob"]);
    let device = |user, id: &str| Device {
        key: 0,
        user,
        device_id: id.into(),
        platform: 1,
        cursor: 0,
        last_seen: 5,
        logged_in_at: 4,
        logged_in: true,
    };
    let (phone, tablet, foreign) = (device(alice, "phone"), device(alice, "tablet"), device(bob, "phone"));
    let made = [phone.clone(), tablet.clone(), foreign];
    let keys =
        ok(&*store, move |tx| made.iter().map(|device| tx.put_device(device)).collect::<Result<Vec<_>, _>>());
    let phone = Device { key: keys[0], ..phone };
    let tablet = Device { key: keys[1], ..tablet };
    assert_eq!(ok(&*store, move |tx| tx.device(alice, "phone")), Some(phone.clone()));
    assert_eq!(ok(&*store, move |tx| tx.device(alice, "watch")), None);
    assert_eq!(ok(&*store, move |tx| tx.devices(alice)), [phone.clone(), tablet.clone()]);

    let moved = Device {
        cursor: u64::MAX >> 1,
        last_seen: 9,
        logged_in_at: 8,
        logged_in: false,
        platform: 3,
        ..phone
    };
    let update = moved.clone();
    assert_eq!(ok(&*store, move |tx| tx.put_device(&update)), moved.key);
    assert_eq!(ok(&*store, move |tx| tx.devices(alice)), [moved, tablet]);
}

fn group(id: &str) -> GroupRow {
    let group = v1::Group { group_id: id.into(), name: "room".into(), ..v1::Group::default() };
    GroupRow { key: 0, app_id: 1, group, dismissed: false }
}

pub(in crate::store) fn groups_keep_their_key_after_dismissal(factory: &impl Factory) {
    let store = factory.store();
    let key = ok(&*store, |tx| tx.put_group(&group("g1")));
    let other = ok(&*store, |tx| tx.put_group(&group("g2")));
    assert_ne!(key, other);
    assert_eq!(ok(&*store, |tx| tx.group(2, "g1")), None);
    let mut row = ok(&*store, |tx| tx.group(1, "g1")).expect("stored");
    assert_eq!(row, GroupRow { key, ..group("g1") });
    row.dismissed = true;
    row.group.attributes.insert("colour".into(), "blue".into());
    let update = row.clone();
    assert_eq!(ok(&*store, move |tx| tx.put_group(&update)), key);
    assert_eq!(ok(&*store, |tx| tx.group(1, "g1")), Some(row.clone()));
    assert_eq!(ok(&*store, move |tx| tx.group_by_key(key)), Some(row));
    assert_eq!(ok(&*store, |tx| tx.group_by_key(999)), None);
}

fn member(user: UserKey, entered_at: i64) -> MemberRow {
    MemberRow { user, role: 3, nickname: String::new(), entered_at, enter_type: 1, joined_seq: 7 }
}

pub(in crate::store) fn members_come_in_order_of_entering(factory: &impl Factory) {
    let store = factory.store();
    let [a, b, c, d] = users(&*store, ["a", "b", "c", "d"]);
    let key = ok(&*store, |tx| tx.put_group(&group("g")));
    let order = move |store: &dyn Store| -> Vec<UserKey> {
        ok(store, move |tx| tx.members(key)).iter().map(|member| member.user).collect()
    };
    ok(&*store, move |tx| {
        for row in [member(c, 20), member(a, 20), member(b, 10)] {
            tx.put_member(key, &row)?;
        }
        Ok(())
    });
    assert_eq!(order(&*store), [b, c, a], "by time, then by arrival");
    ok(&*store, move |tx| tx.put_member(key, &member(d, 30)));
    assert_eq!(order(&*store), [b, c, a, d]);
    ok(&*store, move |tx| tx.put_member(key, &member(d, 5)));
    assert_eq!(order(&*store), [d, b, c, a]);
    let promoted = MemberRow { role: 1, nickname: "boss".into(), ..member(c, 20) };
    let update = promoted.clone();
    let seen = ok(&*store, move |tx| {
        tx.put_member(key, &update)?;
        tx.remove_member(key, b)?;
        tx.members(key)
    });
    assert_eq!(*seen, [member(d, 5), promoted, member(a, 20)]);
    ok(&*store, move |tx| tx.put_member(key, &member(b, 20)));
    assert_eq!(order(&*store), [d, c, a, b], "who comes back is last of its millisecond");
    assert!(ok(&*store, |tx| tx.members(999)).is_empty());
}

pub(in crate::store) fn a_members_list_in_use_does_not_change(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    let key = ok(&*store, |tx| tx.put_group(&group("g")));
    ok(&*store, move |tx| tx.put_member(key, &member(a, 1)));
    let before = ok(&*store, move |tx| tx.members(key));
    ok(&*store, move |tx| tx.put_member(key, &member(b, 2)));
    assert_eq!(before.len(), 1);
    // A failed change is forgotten, also by whatever remembers lists.
    let failed = run(&*store, move |tx| {
        tx.remove_member(key, a)?;
        Err::<(), _>(StoreError::Declined)
    });
    assert_eq!(failed, Err(StoreError::Declined));
    assert_eq!(ok(&*store, move |tx| tx.members(key)).len(), 2);
}
