//! Numbered events of users.

use super::*;

pub(in crate::store) fn sequences_count_per_user_and_runs_are_contiguous(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    let epoch = ok(&*store, |tx| tx.inbox_epoch());
    assert_ne!(epoch, 0);
    assert_eq!(ok(&*store, move |tx| tx.inbox_head(a)), 0);
    assert!(store.inbox_read(a, 0, 10, 1000).unwrap().is_none());
    ok(&*store, move |tx| {
        assert_eq!(tx.inbox_append(a, 1, &raw(1, "a1"))?, 1);
        assert_eq!(tx.inbox_append(b, 1, &raw(1, "b1"))?, 1);
        assert_eq!(tx.inbox_append(a, 1, &raw(1, "a2"))?, 2);
        assert_eq!(tx.inbox_head(a)?, 2);
        Ok(())
    });
    assert_eq!(append(&*store, a, 2, "a3"), 3);
    let read = store.inbox_read(a, 0, 10, 1000).unwrap().expect("events");
    assert_eq!((read.user, read.first_seq, read.count), (a, 1, 3));
    assert_eq!(texts(&read.run), ["a1", "a2", "a3"]);
    assert_eq!(ok(&*store, |tx| tx.inbox_epoch()), epoch);
}

pub(in crate::store) fn reads_stop_at_limits_but_never_return_nothing(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    ok(&*store, move |tx| {
        for n in 1..=5 {
            tx.inbox_append(a, 1, &raw(1, &format!("event {n}")))?;
        }
        Ok(())
    });
    append(&*store, a, 2, "event 6");
    let size = raw(1, "event 1").len();
    let read = |after, events, bytes| {
        let read = store.inbox_read(a, after, events, bytes).unwrap().expect("events");
        assert_eq!(texts(&read.run).len(), read.count as usize);
        (read.first_seq, read.count)
    };
    assert_eq!(read(0, 2, 10_000), (1, 2));
    assert_eq!(read(0, 6, 10_000), (1, 6));
    assert_eq!(read(0, 100, size * 3), (1, 3));
    assert_eq!(read(0, 100, size * 4 - 1), (1, 3));
    assert_eq!(read(0, 100, size * 5), (1, 5));
    assert_eq!(read(2, 2, size * 5), (3, 2));
    assert_eq!(read(4, 100, 0), (5, 1), "one event always fits");
    assert_eq!(read(0, 0, 10_000), (1, 1));
}

pub(in crate::store) fn reads_start_anywhere_and_see_only_commits(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    for commit in 0..4 {
        ok(&*store, move |tx| {
            for n in 1..=3 {
                tx.inbox_append(a, 1, &raw(1, &format!("event {}", commit * 3 + n)))?;
            }
            Ok(())
        });
    }
    for after in 0..12 {
        let read = store.inbox_read(a, after, 4, 1 << 20).unwrap().expect("events");
        let expected: Vec<_> = (after + 1..=12).take(4).map(|seq| format!("event {seq}")).collect();
        assert_eq!((read.first_seq, texts(&read.run)), (after + 1, expected));
    }
    for after in [12, 13, 1 << 40, u64::MAX] {
        assert!(store.inbox_read(a, after, 4, 1 << 20).unwrap().is_none(), "{after}");
    }
    let reader = Arc::clone(&store);
    ok(&*store, move |tx| {
        tx.inbox_append(a, 1, &raw(1, "open"))?;
        assert!(reader.inbox_read(a, 12, 4, 1000).unwrap().is_none());
        Ok(())
    });
    assert!(store.inbox_read(a, 12, 4, 1000).unwrap().is_some());
}

pub(in crate::store) fn trimming_removes_the_beginning_and_keeps_the_head(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    for time in [10, 20, 30] {
        append(&*store, a, time, &format!("at {time}"));
    }
    append(&*store, b, 10, "only");
    assert_eq!(ok(&*store, |tx| tx.trim(&older_than(10))), TrimReport::default());
    let trimmed = |store: &dyn Store| ok(store, move |tx| Ok((tx.inbox_trimmed(a)?, tx.inbox_trimmed(b)?)));
    assert_eq!(trimmed(&*store), (0, 0));
    let seen = ok(&*store, move |tx| Ok((tx.trim(&older_than(21))?.inbox, tx.inbox_trimmed(a)?)));
    assert_eq!(seen, (3, 2), "the open transaction counts");
    assert_eq!(trimmed(&*store), (2, 1));
    let read = store.inbox_read(a, 0, 10, 1000).unwrap().expect("the rest");
    assert_eq!((read.first_seq, texts(&read.run)), (3, vec!["at 30".to_owned()]));
    assert!(store.inbox_read(b, 0, 10, 1000).unwrap().is_none());
    assert_eq!(ok(&*store, move |tx| tx.inbox_head(b)), 1);
    assert_eq!(append(&*store, b, 40, "next"), 2);
    assert_eq!(ok(&*store, |tx| tx.trim(&older_than(1000))).inbox, 2);
    assert_eq!(append(&*store, a, 50, "next"), 4);
    assert_eq!(trimmed(&*store), (3, 2));
}

pub(in crate::store) fn a_clock_that_goes_back_leaves_no_hole(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    append(&*store, a, 100, "first");
    append(&*store, a, 50, "second");
    append(&*store, a, 120, "third");
    assert_eq!(ok(&*store, |tx| tx.trim(&older_than(100))).inbox, 0);
    assert_eq!(ok(&*store, |tx| tx.trim(&older_than(101))).inbox, 2);
    assert_eq!(store.inbox_read(a, 0, 10, 1000).unwrap().expect("the rest").first_seq, 3);
}

pub(in crate::store) fn many_small_commits_read_as_one_run(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    // Past the point where a backend may gather small chunks, at uneven sizes.
    for n in 1..=150_u64 {
        assert_eq!(append(&*store, a, 1, &"x".repeat((n % 7) as usize)), n);
    }
    for after in [0, 1, 63, 64, 65, 100, 128, 149] {
        let read = store.inbox_read(a, after, 1000, 1 << 20).unwrap().expect("events");
        assert_eq!((read.first_seq, u64::from(read.count)), (after + 1, 150 - after));
        let expected: Vec<_> = (after + 1..=150).map(|n| "x".repeat((n % 7) as usize)).collect();
        assert_eq!(texts(&read.run), expected);
    }
}

pub(in crate::store) fn large_runs_read_back_whole(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    let told = Arc::new(Told::default());
    store.observe(Arc::clone(&told) as _);
    ok(&*store, move |tx| {
        for n in 0..100 {
            tx.inbox_append(a, 1, &raw(1, &n.to_string().repeat(10_000)))?;
        }
        Ok(())
    });
    let live = told.take().remove(0).appended.remove(0);
    let mut run = Vec::new();
    let mut after = 0;
    while let Some(read) = store.inbox_read(a, after, 30, 1 << 20).unwrap() {
        assert_eq!(read.first_seq, after + 1);
        after += u64::from(read.count);
        run.extend_from_slice(&read.run);
    }
    assert_eq!((live.first_seq, live.count, after), (1, 100, 100));
    assert!(live.run == run, "live and stored bytes are the same");
}
