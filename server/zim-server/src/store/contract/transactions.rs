//! What the writer promises: order, atomicity, answers.

use super::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Appends an event for `user`, then ends with `end`.
fn appending(user: UserKey, text: &'static str, end: Result<(), StoreError>) -> Operation {
    Box::new(move |tx| {
        tx.inbox_append(user, 1, &raw(1, text))?;
        end.clone()
    })
}

fn stored(store: &dyn Store, user: UserKey) -> Vec<String> {
    store.inbox_read(user, 0, 1000, 1 << 20).unwrap().map_or(Vec::new(), |read| texts(&read.run))
}

pub(in crate::store) fn a_refused_operation_changes_nothing_for_the_others(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let results = together(
        &*store,
        vec![
            Box::new(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                tx.inbox_append(a, 1, &raw(1, "one")).map(|_| ())
            }),
            Box::new(move |tx| {
                assert_eq!(tx.inbox_head(a)?, 1);
                Err(StoreError::Declined)
            }),
            appending(a, "two", Ok(())),
        ],
    );
    assert_eq!(results, [Ok(()), Err(StoreError::Declined), Ok(())]);
    assert_eq!(stored(&*store, a), ["one", "two"]);
    assert_eq!(runs.load(Ordering::Relaxed), 1, "nothing had to be repeated");
}

pub(in crate::store) fn an_operation_that_fails_after_writing_leaves_nothing(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    append(&*store, a, 1, "before");
    let told = Arc::new(Told::default());
    store.observe(Arc::clone(&told) as _);
    let (peer, id) = (Conversation::peer(a, b), 5);
    // Touches everything that memory may hold, then fails.
    let spoil: Operation = Box::new(move |tx| {
        tx.inbox_append(a, 1, &raw(1, "lost"))?;
        let head = tx.conversation_head(peer)?;
        tx.conversation_append(peer, &message(head + 1))?;
        tx.put_user_conversation(a, peer, &UserConversation { read_seq: 9, notification_status: 2 })?;
        tx.put_sent(a, 1, id, &SentRecord { sent: v1::MessageSent::default(), fingerprint: 1 })?;
        tx.create_user(new_user(1, "ghost"))?;
        let user = tx.user_by_key(a)?.expect("stored");
        tx.update_user(&User { user_name: "changed".into(), ..user })?;
        tx.user(1, "a")?;
        let group = v1::Group { group_id: "ghosts".into(), ..v1::Group::default() };
        tx.put_group(&GroupRow { key: 0, app_id: 1, group, dismissed: false })?;
        tx.set_timer(1, &Timer { at: 1, kind: TimerKind::Call, key: "lost".into() })?;
        tx.log_delivery(&DeliveryLog {
            id: 0,
            time: 1,
            app_id: 1,
            request_id: String::new(),
            user_id: "a".into(),
            push_id: String::new(),
            subject: String::new(),
            stage: String::new(),
            outcome: String::new(),
            detail: String::new(),
            vendor: String::new(),
            exchange: String::new(),
        })?;
        tx.trim(&older_than(1000))?;
        Err(StoreError::Declined)
    });
    let results = together(
        &*store,
        vec![appending(a, "one", Ok(())), spoil, appending(a, "two", Ok(())), appending(b, "b", Ok(()))],
    );
    assert_eq!(results, [Ok(()), Err(StoreError::Declined), Ok(()), Ok(())]);
    assert_eq!(stored(&*store, a), ["before", "one", "two"]);
    assert_eq!(stored(&*store, b), ["b"]);
    let left = ok(&*store, move |tx| {
        assert_eq!(tx.conversation_head(peer)?, 0);
        assert_eq!(tx.user_conversation(a, peer)?, None);
        assert_eq!(tx.sent(a, 1, id)?, None);
        assert_eq!(tx.user(1, "ghost")?, None);
        assert_eq!(tx.user_by_key(a)?.expect("stored").user_name, "name of a");
        assert_eq!(tx.user(1, "a")?.expect("stored").user_name, "name of a");
        assert_eq!(tx.group(1, "ghosts")?, None);
        assert_eq!(tx.next_timer()?, None);
        tx.delivery_log(1, &DeliveryLogQuery { limit: 9, ..DeliveryLogQuery::default() })
    });
    assert!(left.is_empty());
    assert!(told.take().iter().all(|told| told.timer_due.is_none()));
}

pub(in crate::store) fn a_panic_fails_only_its_operation(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    let results = together(
        &*store,
        vec![
            appending(a, "one", Ok(())),
            Box::new(move |tx| {
                tx.inbox_append(a, 1, &raw(1, "lost"))?;
                std::panic::panic_any("a panic the test asked for");
            }),
            Box::new(|_| std::panic::panic_any("and one without a write".to_owned())),
            appending(a, "two", Ok(())),
        ],
    );
    assert_eq!(results, [Ok(()), Err(StoreError::Panicked), Err(StoreError::Panicked), Ok(())]);
    assert_eq!(stored(&*store, a), ["one", "two"]);
    // Receivers of answers may panic too.
    store.submit(Box::new(|_| Ok(())), Box::new(|_| std::panic::panic_any("a panicking receiver")));
    assert_eq!(append(&*store, a, 1, "three"), 3);
}

pub(in crate::store) fn operations_run_and_answer_in_order(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    let answered = Arc::new(Mutex::new(Vec::new()));
    for n in 0..500_u64 {
        let answered = Arc::clone(&answered);
        store.submit(
            Box::new(move |tx| match tx.inbox_head(a)? {
                // Refusals keep their place among the answers.
                _ if n % 10 == 3 => Err(StoreError::Declined),
                _ => tx.inbox_append(a, 1, &raw(1, &n.to_string())).map(|_| ()),
            }),
            Box::new(move |_| answered.lock().unwrap().push(n)),
        );
    }
    ok(&*store, |_| Ok(()));
    assert_eq!(*answered.lock().unwrap(), (0..500).collect::<Vec<_>>());
    let expected: Vec<_> = (0..500_u64).filter(|n| n % 10 != 3).map(|n| n.to_string()).collect();
    assert_eq!(stored(&*store, a), expected);
}

/// Notes in one list what the observer and the answers say.
struct Order(Arc<Mutex<Vec<String>>>, Arc<dyn Store>);

impl CommitObserver for Order {
    fn committed(&self, committed: Committed) {
        let of = &committed.appended[0];
        // What it is told is readable already.
        let read = self.1.inbox_read(of.user, of.first_seq - 1, 100, 1000).unwrap().expect("durable");
        self.0.lock().unwrap().push(format!("committed {}", texts(&read.run).join(" ")));
    }

    fn answering(&self, operations: usize) {
        self.0.lock().unwrap().push(format!("answering {operations}"));
    }

    fn answered(&self) {
        self.0.lock().unwrap().push("answered".into());
    }
}

pub(in crate::store) fn the_observer_is_told_before_the_answer(factory: &impl Factory) {
    let store = factory.store();
    let order = Arc::new(Mutex::new(Vec::new()));
    store.observe(Arc::new(Order(Arc::clone(&order), Arc::clone(&store))));
    let [a] = users(&*store, ["a"]);
    let (done, wait) = mpsc::channel();
    let answers = Arc::clone(&order);
    store.submit(
        appending(a, "event", Ok(())),
        Box::new(move |result| {
            answers.lock().unwrap().push(format!("answer {result:?}"));
            done.send(()).expect("the test waits");
        }),
    );
    wait.recv().expect("answered");
    // After closing nothing is on its way any more.
    store.close();
    let order = order.lock().unwrap();
    let expected = ["committed event", "answering 1", "answer Ok(())", "answered"];
    assert_eq!(order[order.len() - 4..], expected, "{order:?}");
}

pub(in crate::store) fn one_commit_tells_everything_once(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    append(&*store, a, 1, "before");
    let told = Arc::new(Told::default());
    store.observe(Arc::clone(&told) as _);
    let results = together(
        &*store,
        vec![
            appending(b, "b1", Ok(())),
            appending(a, "a2", Ok(())),
            appending(a, "lost", Err(StoreError::Declined)),
            appending(b, "b2", Ok(())),
        ],
    );
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3);
    let mut heard = Vec::new();
    for committed in told.take() {
        for of in committed.appended {
            assert_eq!(of.count as usize, texts(&of.run).len());
            heard.push((of.user, of.first_seq, texts(&of.run)));
        }
    }
    let of = |user| {
        let mut seen = Vec::new();
        for (_, first_seq, events) in heard.iter().filter(|told| told.0 == user) {
            seen.extend((*first_seq..).zip(events.clone()));
        }
        seen
    };
    assert_eq!(of(a), [(2, "a2".to_owned())]);
    assert_eq!(of(b), [(1, "b1".to_owned()), (2, "b2".to_owned())]);
}

pub(in crate::store) fn concurrent_submitters_are_serialized(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..100 {
                    let seq = ok(&**store, move |tx| {
                        let head = tx.inbox_head(a)?;
                        let seq = tx.inbox_append(a, 1, &raw(1, &format!("{thread} {n}")))?;
                        assert_eq!(seq, head + 1);
                        Ok(seq)
                    });
                    let read = store.inbox_read(a, seq - 1, 1, 1000).unwrap().expect("its own event");
                    assert_eq!(texts(&read.run), [format!("{thread} {n}")]);
                }
            });
        }
    });
    let all = stored(&*store, a);
    assert_eq!(all.len(), 400);
    for thread in 0..4 {
        let own: Vec<_> =
            all.iter().filter(|text| text.starts_with(&format!("{thread} "))).cloned().collect();
        assert_eq!(own, (0..100).map(|n| format!("{thread} {n}")).collect::<Vec<_>>());
    }
}

pub(in crate::store) fn a_closed_store_says_so_after_doing_what_waited(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    let (done, wait) = mpsc::channel();
    for _ in 0..100 {
        let done = done.clone();
        store.submit(
            appending(a, "event", Ok(())),
            Box::new(move |result| done.send(result).expect("the test waits")),
        );
    }
    store.close();
    assert!(wait.try_iter().take(100).filter(Result::is_ok).count() == 100);
    assert_eq!(run(&*store, |_| Ok(())), Err(StoreError::Closed));
    assert_eq!(store.inbox_read(a, 0, 1, 1).unwrap_err(), StoreError::Closed);
    store.close();
}

pub(in crate::store) fn execute_brings_values_and_the_callers_errors_back(factory: &impl Factory) {
    let store = factory.store();
    let [a] = users(&*store, ["a"]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let value: Result<Result<u64, &str>, _> =
        runtime.block_on(execute(&*store, move |tx| Ok(Ok(tx.inbox_append(a, 1, &raw(1, "one"))?))));
    assert_eq!(value, Ok(Ok(1)));
    let refused: Result<Result<(), &str>, _> = runtime.block_on(execute(&*store, move |tx| {
        tx.inbox_append(a, 1, &raw(1, "taken back"))?;
        Ok(Err("not today"))
    }));
    assert_eq!(refused, Ok(Err("not today")));
    assert_eq!(stored(&*store, a), ["one"]);
    let broken: Result<Result<(), &str>, _> =
        runtime.block_on(execute(&*store, |_| Err(StoreError::Database("x".into()))));
    assert_eq!(broken, Err(StoreError::Database("x".into())));
    store.close();
    let closed: Result<Result<(), &str>, _> = runtime.block_on(execute(&*store, |_| Ok(Ok(()))));
    assert_eq!(closed, Err(StoreError::Closed));
}

pub(in crate::store) fn closing_inside_an_answer_does_not_hang(factory: &impl Factory) {
    let store = factory.store();
    let (done, wait) = mpsc::channel();
    let own = Arc::clone(&store);
    store.submit(
        Box::new(|_| Ok(())),
        Box::new(move |_| {
            own.close();
            drop(own);
            done.send(()).expect("the test waits");
        }),
    );
    wait.recv().expect("the answer ran");
    assert_eq!(run(&*store, |_| Ok(())), Err(StoreError::Closed));
}
