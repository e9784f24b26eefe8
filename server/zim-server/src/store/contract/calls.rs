//! Calls and timers.

use super::*;

fn call(id: &str, create_time: i64, state: u32, users: &[UserKey]) -> CallRow {
    CallRow {
        app_id: 1,
        call: v1::Call {
            call_id: id.into(),
            create_time,
            end_time: if state == 2 { create_time + 5 } else { 0 },
            state,
            ..v1::Call::default()
        },
        enable_not_received_check: true,
        users: users
            .iter()
            .map(|user| CallUserRow {
                user: *user,
                deadline: 9,
                accepted_at: 3,
                main_device: "d".into(),
                invite_seq: 4,
                pushed: vec!["z1.x".into()],
            })
            .collect(),
    }
}

fn ids(calls: &[CallRow]) -> Vec<&str> {
    calls.iter().map(|row| row.call.call_id.as_str()).collect()
}

pub(in crate::store) fn calls_are_replaced_and_listed_newest_first(factory: &impl Factory) {
    let store = factory.store();
    let [a, b, c] = users(&*store, ["a", "b", "c"]);
    let rows = [
        call("11", 100, 1, &[a, b]),
        call("12", 200, 1, &[a, b]),
        call("13", 300, 1, &[b, a]),
        call("14", 400, 1, &[b]),
    ];
    let stored = rows.clone();
    ok(&*store, move |tx| stored.iter().try_for_each(|row| tx.put_call(row)));
    assert_eq!(ok(&*store, |tx| tx.call(1, "12")).as_ref(), Some(&rows[1]));
    assert_eq!(ok(&*store, |tx| tx.call(2, "12")), None);
    assert_eq!(ids(&ok(&*store, move |tx| tx.active_calls(a))), ["11", "12", "13"]);
    assert_eq!(ids(&ok(&*store, move |tx| tx.calls(a, 0, 2))), ["13", "12"]);
    assert_eq!(ids(&ok(&*store, move |tx| tx.calls(a, 200, 9))), ["11"]);
    // A call ends, another gets one more user.
    let changed = [call("12", 200, 2, &[a, b]), call("11", 100, 1, &[a, b, c])];
    ok(&*store, move |tx| changed.iter().try_for_each(|row| tx.put_call(row)));
    assert_eq!(ids(&ok(&*store, move |tx| tx.active_calls(a))), ["11", "13"]);
    assert_eq!(ids(&ok(&*store, move |tx| tx.calls(a, 0, 9))), ["13", "12", "11"]);
    assert_eq!(ids(&ok(&*store, move |tx| tx.active_calls(c))), ["11"]);
    let mut running = ok(&*store, |tx| tx.running_calls());
    running.sort_by(|one, other| one.call.call_id.cmp(&other.call.call_id));
    assert_eq!(ids(&running), ["11", "13", "14"]);
    assert_eq!(running[2], rows[3]);
}

fn called(call_id: &str) -> CalledRecord {
    CalledRecord { call_id: call_id.into(), fingerprint: u64::MAX }
}

pub(in crate::store) fn a_client_id_finds_its_call_until_it_is_trimmed(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    ok(&*store, move |tx| {
        tx.put_call(&call("21", 100, 2, &[a, b]))?;
        tx.put_call(&call("22", 100, 1, &[a, b]))?;
        tx.put_call_client_id(a, 1, u64::MAX, &called("21"))?;
        tx.put_call_client_id(a, 1, 8, &called("22"))
    });
    let found = |store: &dyn Store| {
        ok(store, move |tx| {
            [(a, 1, u64::MAX), (a, 1, 8), (a, 2, 8), (b, 1, 8)]
                .map(|(user, device, id)| tx.call_by_client_id(user, device, id))
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
        })
    };
    assert_eq!(found(&*store), [Some(called("21")), Some(called("22")), None, None]);
    assert_eq!(ok(&*store, |tx| tx.trim(&older_than(105))).calls, 0);
    assert_eq!(ok(&*store, |tx| tx.trim(&older_than(106))).calls, 1, "only calls that ended");
    assert_eq!(found(&*store), [None, Some(called("22")), None, None]);
    assert_eq!(ok(&*store, |tx| tx.call(1, "21")), None);
    assert_eq!(ids(&ok(&*store, move |tx| tx.calls(b, 0, 9))), ["22"]);
}

fn timer(at: i64, kind: TimerKind, key: &str) -> Timer {
    Timer { at, kind, key: key.into() }
}

pub(in crate::store) fn timers_are_due_in_order_and_taken_once(factory: &impl Factory) {
    let store = factory.store();
    assert_eq!(ok(&*store, |tx| tx.next_timer()), None);
    ok(&*store, |tx| {
        tx.set_timer(1, &timer(30, TimerKind::Call, "a"))?;
        tx.set_timer(1, &timer(10, TimerKind::CallNotReceived, "a"))?;
        tx.set_timer(2, &timer(10, TimerKind::Call, "b"))?;
        tx.set_timer(1, &timer(20, TimerKind::Call, "c"))
    });
    assert_eq!(ok(&*store, |tx| tx.next_timer()), Some(10));
    assert!(ok(&*store, |tx| tx.take_due_timers(9, 10)).is_empty());
    let due = ok(&*store, |tx| tx.take_due_timers(20, 2));
    assert_eq!(due, [(2, timer(10, TimerKind::Call, "b")), (1, timer(10, TimerKind::CallNotReceived, "a"))]);
    assert_eq!(ok(&*store, |tx| tx.take_due_timers(20, 2)), [(1, timer(20, TimerKind::Call, "c"))]);
    assert!(ok(&*store, |tx| tx.take_due_timers(20, 2)).is_empty());
    assert_eq!(ok(&*store, |tx| tx.next_timer()), Some(30));
}

pub(in crate::store) fn a_timer_is_replaced_and_cleared(factory: &impl Factory) {
    let store = factory.store();
    let told = Arc::new(Told::default());
    store.observe(Arc::clone(&told) as _);
    ok(&*store, |tx| {
        tx.set_timer(1, &timer(30, TimerKind::Call, "a"))?;
        tx.set_timer(1, &timer(50, TimerKind::Call, "a"))?;
        tx.set_timer(1, &timer(40, TimerKind::Call, "b"))
    });
    assert_eq!(told.take().pop().expect("told").timer_due, Some(30));
    assert_eq!(ok(&*store, |tx| tx.next_timer()), Some(40));
    ok(&*store, |tx| {
        tx.clear_timer(1, TimerKind::CallNotReceived, "b")?;
        tx.clear_timer(2, TimerKind::Call, "b")?;
        tx.clear_timer(1, TimerKind::Call, "b")
    });
    assert_eq!(ok(&*store, |tx| tx.take_due_timers(99, 9)), [(1, timer(50, TimerKind::Call, "a"))]);
    assert!(told.take().is_empty(), "clearing and taking wake nobody");
}
