//! What every backend promises. One suite, run against each of them by [`contract_suite`].

pub(super) mod calls;
pub(super) mod inbox;
pub(super) mod messages;
pub(super) mod owner;
pub(super) mod people;
pub(super) mod push;
pub(super) mod transactions;

use super::*;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use zim_proto::v1::event::Kind;

/// Makes stores for one test; what must outlive them (a folder) lives here too.
pub(super) trait Factory {
    /// The store under test.
    fn store(&self) -> Arc<dyn Store>;
}

/// Runs the whole suite with a factory expression, one test function per promise.
macro_rules! contract_suite {
    ($factory:expr) => {
        $crate::store::contract::contract_tests! { $factory;
            people: users_are_found_by_id_and_key_and_replaced, a_user_id_is_taken_once, devices_are_kept_per_user,
                groups_keep_their_key_after_dismissal, members_come_in_order_of_entering,
                a_members_list_in_use_does_not_change;
            inbox: sequences_count_per_user_and_runs_are_contiguous, reads_stop_at_limits_but_never_return_nothing,
                reads_start_anywhere_and_see_only_commits, trimming_removes_the_beginning_and_keeps_the_head,
                a_clock_that_goes_back_leaves_no_hole, many_small_commits_read_as_one_run,
                large_runs_read_back_whole;
            messages: history_ranges_work_in_both_directions, a_message_must_follow_the_last_one,
                a_replaced_message_keeps_its_place, only_a_message_that_is_there_is_replaced,
                history_sees_the_open_transaction, message_ids_grow_per_app, conversations_of_a_user_are_listed,
                sends_are_remembered_by_client_id, each_device_has_its_own_client_ids, old_sends_are_trimmed;
            calls: calls_are_replaced_and_listed_newest_first, a_client_id_finds_its_call_until_it_is_trimmed,
                timers_are_due_in_order_and_taken_once, a_timer_is_replaced_and_cleared;
            push: bindings_are_found_by_user_and_device, jobs_are_claimed_in_order_and_leased,
                claims_of_a_process_that_is_gone_are_released,
                jobs_are_withdrawn_by_acknowledgement, jobs_are_found_by_what_they_are_about, a_finished_job_is_not_brought_back,
                the_delivery_log_filters_and_pages, old_log_rows_are_trimmed;
            owner: a_certificate_takes_the_place_of_the_one_that_serves_the_same, strategies_are_kept_by_app_and_name,
                users_are_listed_by_the_beginning_of_their_id;
            transactions: a_refused_operation_changes_nothing_for_the_others,
                an_operation_that_fails_after_writing_leaves_nothing, a_panic_fails_only_its_operation,
                operations_run_and_answer_in_order, the_observer_is_told_before_the_answer,
                one_commit_tells_everything_once, concurrent_submitters_are_serialized,
                a_closed_store_says_so_after_doing_what_waited, execute_brings_values_and_the_callers_errors_back,
                closing_inside_an_answer_does_not_hang;
        }
    };
}
macro_rules! contract_tests {
    ($factory:expr; $($module:ident: $($test:ident),+;)+) => {
        $(mod $module {
            use super::*;

            $(#[test]
            fn $test() {
                $crate::store::contract::$module::$test(&$factory);
            })+
        })+
    };
}
pub(super) use {contract_suite, contract_tests};

/// Runs an operation and waits for its commit.
pub(super) fn run<T: Send + 'static>(
    store: &dyn Store,
    mut operation: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let slot = Arc::new(Mutex::new(None));
    let result = Arc::clone(&slot);
    let (done, wait) = mpsc::channel();
    store.submit(
        Box::new(move |tx| {
            *slot.lock().unwrap() = Some(operation(tx)?);
            Ok(())
        }),
        Box::new(move |outcome| done.send(outcome).expect("the test waits")),
    );
    wait.recv().expect("every operation is answered")?;
    Ok(result.lock().unwrap().take().expect("the operation ran"))
}

/// [`run`] of an operation that must succeed.
pub(super) fn ok<T: Send + 'static>(
    store: &dyn Store,
    operation: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> T {
    run(store, operation).expect("the operation succeeds")
}

/// Submits everything so that it lands in one transaction: the writer is held while the queue fills.
pub(super) fn together(store: &dyn Store, operations: Vec<Operation>) -> Vec<Result<(), StoreError>> {
    let (release, hold) = mpsc::channel::<()>();
    let (holding, held) = mpsc::channel();
    let mut first = Some(hold);
    store.submit(
        Box::new(move |_| {
            if let Some(hold) = first.take() {
                holding.send(()).expect("the test waits");
                hold.recv().expect("the test releases");
            }
            Ok(())
        }),
        Box::new(|_| ()),
    );
    held.recv().expect("the writer runs");
    let waits: Vec<_> = operations
        .into_iter()
        .map(|operation| {
            let (done, wait) = mpsc::channel();
            store.submit(operation, Box::new(move |result| done.send(result).expect("the test waits")));
            wait
        })
        .collect();
    release.send(()).expect("the writer waits");
    waits.into_iter().map(|wait| wait.recv().expect("every operation is answered")).collect()
}

/// Collects what the observer is told.
#[derive(Default)]
pub(super) struct Told(Mutex<Vec<Committed>>);

impl CommitObserver for Told {
    fn committed(&self, committed: Committed) {
        self.0.lock().unwrap().push(committed);
    }
}

impl Told {
    pub(super) fn take(&self) -> Vec<Committed> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

pub(super) fn new_user(app_id: u32, user_id: &str) -> User {
    User {
        key: 0,
        app_id,
        user_id: user_id.into(),
        user_name: format!("name of {user_id}"),
        avatar_url: String::new(),
        extended_data: String::new(),
        custom_status: String::new(),
        push_rule: v1::PushRule::default(),
        created_at: 1000,
        has_logged_in: false,
    }
}

/// Makes users of app 1 and returns their keys.
pub(super) fn users<const N: usize>(store: &dyn Store, ids: [&'static str; N]) -> [UserKey; N] {
    ok(store, move |tx| {
        let mut keys = [0; N];
        for (key, id) in keys.iter_mut().zip(ids) {
            *key = tx.create_user(new_user(1, id))?.key;
        }
        Ok(keys)
    })
}

/// One raw event with a text.
pub(super) fn raw(time: i64, text: &str) -> Vec<u8> {
    let message =
        v1::Message { r#type: 1, body: Bytes::copy_from_slice(text.as_bytes()), ..v1::Message::default() };
    let mut run = Vec::new();
    zim_proto::batch::append(&mut run, &v1::Event { time, kind: Some(Kind::Message(message)) });
    run
}

/// Texts of a run's events.
pub(super) fn texts(run: &[u8]) -> Vec<String> {
    let text = |event: v1::Event| match event.kind {
        Some(Kind::Message(message)) => String::from_utf8(message.body.to_vec()).expect("text"),
        other => panic!("not a message: {other:?}"),
    };
    zim_proto::batch::decode(run).expect("a run").into_iter().map(text).collect()
}

/// Appends one event in a transaction of its own.
pub(super) fn append(store: &dyn Store, user: UserKey, time: i64, text: &str) -> u64 {
    let event = raw(time, text);
    ok(store, move |tx| tx.inbox_append(user, time, &event))
}

pub(super) fn message(seq: u64) -> v1::Message {
    v1::Message {
        r#type: 1,
        message_id: 1000 + seq,
        message_seq: seq,
        sender_user_id: "alice".into(),
        conversation_id: "bob".into(),
        body: format!("message {seq}").into(),
        ..v1::Message::default()
    }
}

/// Everything older than `before` may go.
pub(super) fn older_than(before: i64) -> Retention {
    Retention { inbox_before: before, log_before: before, calls_before: before }
}
