//! Registrations, jobs, delivery log.

use super::*;

fn binding(push_id: &str, device_id: &str, user: Option<UserKey>) -> Binding {
    Binding {
        app_id: 1,
        push_id: push_id.into(),
        registration: v1::PushRegistration {
            token: "t".into(),
            badge: -1,
            ..v1::PushRegistration::default()
        },
        device_id: device_id.into(),
        platform: 2,
        user,
        registered_at: 12,
        suspect_count: 1,
    }
}

pub(in crate::store) fn bindings_are_found_by_user_and_device(factory: &impl Factory) {
    let store = factory.store();
    let [a, b] = users(&*store, ["a", "b"]);
    ok(&*store, move |tx| {
        tx.put_binding(&binding("p2", "d1", Some(a)))?;
        tx.put_binding(&binding("p1", "d1", Some(a)))?;
        tx.put_binding(&binding("p3", "d2", None))?;
        tx.put_binding(&Binding { app_id: 2, ..binding("p1", "d1", None) })
    });
    let (p1, p2) = (binding("p1", "d1", Some(a)), binding("p2", "d1", Some(a)));
    assert_eq!(ok(&*store, |tx| tx.binding(1, "p1")), Some(p1.clone()));
    assert_eq!(ok(&*store, |tx| tx.binding(1, "p9")), None);
    assert_eq!(ok(&*store, move |tx| tx.bindings_of_user(a)), [p1.clone(), p2.clone()]);
    assert_eq!(ok(&*store, |tx| tx.bindings_of_device(1, "d1")), [p1.clone(), p2.clone()]);
    assert_eq!(ok(&*store, |tx| tx.bound(1, "", 9)), [p1.clone(), p2.clone()]);
    assert_eq!(ok(&*store, |tx| tx.bound(1, "p1", 9)), std::slice::from_ref(&p2));
    assert_eq!(ok(&*store, |tx| tx.bound(1, "", 1)), std::slice::from_ref(&p1));
    let moved = Binding { user: Some(b), suspect_count: 0, ..p2 };
    let update = moved.clone();
    ok(&*store, move |tx| {
        tx.put_binding(&update)?;
        tx.remove_binding(1, "p3")
    });
    assert_eq!(ok(&*store, move |tx| tx.bindings_of_user(a)), [p1]);
    assert_eq!(ok(&*store, move |tx| tx.bindings_of_user(b)), [moved]);
    assert!(ok(&*store, |tx| tx.bindings_of_device(1, "d2")).is_empty());
}

fn job(push_id: &str, user: UserKey, event_seq: u64, due_at: i64) -> PushJob {
    PushJob {
        id: 0,
        app_id: 1,
        request_id: format!("r-{push_id}-{event_seq}"),
        push_id: push_id.into(),
        user,
        device_id: format!("d-{push_id}"),
        event_seq,
        due_at,
        expires_at: 1000,
        attempts: 0,
        intent: "{}".into(),
    }
}

fn put(store: &dyn Store, jobs: &[PushJob]) -> Vec<PushJob> {
    let queued = jobs.to_vec();
    let ids = ok(store, move |tx| queued.iter().map(|job| tx.put_job(job)).collect::<Result<Vec<_>, _>>());
    jobs.iter().zip(ids).map(|(job, id)| PushJob { id, ..job.clone() }).collect()
}

pub(in crate::store) fn jobs_are_found_by_what_they_are_about(factory: &impl Factory) {
    let store = factory.store();
    let about = |subject: &str, job: PushJob| {
        let intent = format!(r#"{{"subject":"message","subject_id":"{subject}"}}"#);
        PushJob { intent, ..job }
    };
    let jobs = put(
        &*store,
        &[
            about("message:1", job("q", 2, 1, 20)),
            about("message:12", job("p", 1, 1, 10)),
            about("message:1", job("p", 1, 2, 10)),
            about("message:1", PushJob { app_id: 2, ..job("p", 1, 3, 10) }),
            job("p", 1, 4, 10),
            PushJob { intent: "unreadable".into(), ..job("p", 1, 5, 10) },
        ],
    );
    let found = |subject: &'static str| ok(&*store, move |tx| tx.jobs_about(1, subject));
    assert_eq!(found("message:1"), [jobs[0].clone(), jobs[2].clone()]);
    assert!(found("message:2").is_empty());
    // A claim changes the row, a withdrawal removes it.
    let claimed = PushJob { attempts: 1, due_at: 90, ..jobs[2].clone() };
    let (row, gone) = (claimed.clone(), jobs[0].id);
    ok(&*store, move |tx| {
        tx.put_job(&row)?;
        tx.remove_job(gone)
    });
    assert_eq!(found("message:1"), [claimed]);
}

pub(in crate::store) fn jobs_are_claimed_in_order_and_leased(factory: &impl Factory) {
    let store = factory.store();
    let told = Arc::new(Told::default());
    store.observe(Arc::clone(&told) as _);
    assert_eq!(ok(&*store, |tx| tx.next_job()), None);
    let jobs =
        put(&*store, &[job("p", 1, 1, 30), job("p", 1, 2, 10), job("p", 1, 3, 10), job("q", 1, 4, 20)]);
    assert_eq!(told.take().pop().expect("told").job_due, Some(10));
    assert_eq!(ok(&*store, |tx| tx.next_job()), Some(10));
    assert!(ok(&*store, |tx| tx.claim_jobs(9, 100, 9)).is_empty());
    assert_eq!(ok(&*store, |tx| tx.claim_jobs(25, 100, 2)), [jobs[1].clone(), jobs[2].clone()]);
    assert_eq!(ok(&*store, |tx| tx.claim_jobs(25, 100, 2)), [jobs[3].clone()]);
    assert!(ok(&*store, |tx| tx.claim_jobs(25, 100, 2)).is_empty());
    assert_eq!(ok(&*store, |tx| tx.next_job()), Some(30));
    let claimed = ok(&*store, |tx| tx.claim_jobs(100, 200, 9));
    let order: Vec<_> = claimed.iter().map(|job| job.id).collect();
    assert_eq!(order, [jobs[0].id, jobs[1].id, jobs[2].id, jobs[3].id], "a lease that ran out is due again");
    let id = jobs[1].id;
    ok(&*store, move |tx| tx.remove_job(id));
    assert_eq!(ok(&*store, move |tx| tx.job(id)), None);
    assert_eq!(ok(&*store, |tx| tx.next_job()), Some(200));
}

pub(in crate::store) fn claims_of_a_process_that_is_gone_are_released(factory: &impl Factory) {
    let store = factory.store();
    let tried = |push_id, due_at| PushJob { attempts: 1, ..job(push_id, 1, 1, due_at) };
    // Claimed and lost, waiting for an acknowledgement, and overdue.
    let jobs = put(&*store, &[tried("p", 90), job("q", 1, 1, 80), tried("r", 10)]);
    ok(&*store, |tx| tx.release_claims(20));
    let due: Vec<_> = ok(&*store, |tx| tx.claim_jobs(20, 100, 9));
    let released = PushJob { due_at: 20, ..jobs[0].clone() };
    assert_eq!(due, [jobs[2].clone(), released]);
    assert_eq!(ok(&*store, |tx| tx.next_job()), Some(80));
}

pub(in crate::store) fn jobs_are_withdrawn_by_acknowledgement(factory: &impl Factory) {
    let store = factory.store();
    let jobs = put(
        &*store,
        &[job("p", 1, 0, 1), job("p", 1, 5, 1), job("p", 1, 6, 1), job("p", 2, 5, 1), job("q", 1, 5, 1)],
    );
    let acknowledged = |acked| ok(&*store, move |tx| tx.jobs_acknowledged(1, "d-p", acked));
    assert!(acknowledged(4).is_empty());
    assert_eq!(acknowledged(5), [jobs[1].clone()]);
    assert_eq!(acknowledged(u64::MAX), [jobs[1].clone(), jobs[2].clone()]);
    let of_p = ok(&*store, |tx| tx.jobs_of_push_id(1, "p"));
    assert_eq!(of_p, jobs[..4]);
    assert!(ok(&*store, |tx| tx.jobs_of_push_id(2, "p")).is_empty());
}

pub(in crate::store) fn a_finished_job_is_not_brought_back(factory: &impl Factory) {
    let store = factory.store();
    let queued = put(&*store, &[job("p", 1, 1, 10)]).remove(0);
    let retry = PushJob { attempts: 1, due_at: 50, ..queued.clone() };
    let update = retry.clone();
    assert_eq!(ok(&*store, move |tx| tx.put_job(&update)), queued.id);
    assert_eq!(ok(&*store, move |tx| tx.job(queued.id)), Some(retry.clone()));
    let id = retry.id;
    ok(&*store, move |tx| {
        tx.remove_job(id)?;
        tx.put_job(&retry)
    });
    assert_eq!(ok(&*store, move |tx| tx.job(id)), None);
    assert_ne!(put(&*store, &[job("p", 1, 2, 10)])[0].id, id, "an id is used once");
}

fn entry(time: i64, user: &str, push_id: &str, request_id: &str) -> DeliveryLog {
    DeliveryLog {
        id: 0,
        time,
        app_id: 1,
        request_id: request_id.into(),
        user_id: user.into(),
        push_id: push_id.into(),
        subject: format!("message:{time}"),
        stage: "decision".into(),
        outcome: "queued".into(),
        detail: "because".into(),
        vendor: if push_id.is_empty() { String::new() } else { "fcm".into() },
        exchange: String::new(),
    }
}

fn log(store: &dyn Store, query: DeliveryLogQuery) -> Vec<i64> {
    ok(store, move |tx| tx.delivery_log(1, &query)).into_iter().map(|row| row.time).collect()
}

pub(in crate::store) fn the_delivery_log_filters_and_pages(factory: &impl Factory) {
    let store = factory.store();
    ok(&*store, |tx| {
        tx.log_delivery(&entry(1, "a", "p", "r1"))?;
        tx.log_delivery(&entry(2, "b", "", ""))?;
        tx.log_delivery(&entry(3, "a", "q", "r2"))?;
        tx.log_delivery(&entry(4, "a", "p", "r1"))?;
        tx.log_delivery(&DeliveryLog { app_id: 2, ..entry(5, "a", "p", "r1") })
    });
    let all = || DeliveryLogQuery { limit: 10, ..DeliveryLogQuery::default() };
    assert_eq!(log(&*store, all()), [4, 3, 2, 1]);
    assert_eq!(log(&*store, DeliveryLogQuery { user_id: Some("a".into()), ..all() }), [4, 3, 1]);
    assert_eq!(log(&*store, DeliveryLogQuery { push_id: Some("p".into()), ..all() }), [4, 1]);
    assert_eq!(log(&*store, DeliveryLogQuery { push_id: Some(String::new()), ..all() }), [2]);
    assert_eq!(log(&*store, DeliveryLogQuery { request_id: Some("r2".into()), ..all() }), [3]);
    assert_eq!(log(&*store, DeliveryLogQuery { subject: Some("message:2".into()), ..all() }), [2]);
    assert_eq!(log(&*store, DeliveryLogQuery { vendor: Some("fcm".into()), ..all() }), [4, 3, 1]);
    assert_eq!(log(&*store, DeliveryLogQuery { stage: Some("vendor".into()), ..all() }), [0; 0]);
    assert_eq!(log(&*store, DeliveryLogQuery { outcome: Some("queued".into()), ..all() }), [4, 3, 2, 1]);
    assert_eq!(log(&*store, DeliveryLogQuery { since: Some(2), until: Some(4), ..all() }), [3, 2]);
    let both = DeliveryLogQuery {
        user_id: Some("a".into()),
        push_id: Some("p".into()),
        limit: 1,
        before: None,
        ..all()
    };
    assert_eq!(log(&*store, both.clone()), [4]);
    let query = both.clone();
    let last = ok(&*store, move |tx| tx.delivery_log(1, &query)).remove(0);
    assert_eq!(log(&*store, DeliveryLogQuery { id: Some(last.id), ..all() }), [4]);
    assert_eq!(DeliveryLog { id: 0, ..last.clone() }, entry(4, "a", "p", "r1"));
    assert_eq!(log(&*store, DeliveryLogQuery { before: Some(last.id), ..both }), [1]);
    assert!(log(&*store, DeliveryLogQuery { limit: 0, ..all() }).is_empty());
}

pub(in crate::store) fn old_log_rows_are_trimmed(factory: &impl Factory) {
    let store = factory.store();
    ok(&*store, |tx| (1..=5).try_for_each(|time| tx.log_delivery(&entry(time, "a", "", ""))));
    assert_eq!(ok(&*store, |tx| tx.trim(&older_than(4))).log, 3);
    assert_eq!(log(&*store, DeliveryLogQuery { limit: 9, ..DeliveryLogQuery::default() }), [5, 4]);
}
