//! What all connections share.

use crate::auth::Authenticator;
use crate::bus::{Bus, Notice};
use crate::clock::Clock;
use crate::config::Config;
use crate::gateway::mailbox::{Farewell, Mailbox, WakeList};
use crate::metrics::Metrics;
use crate::presence::{Caused, Registry};
use crate::service;
use crate::store::{CommitObserver, Committed, NO_ORIGIN, Store};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::Notify;
use zim_proto::v1::GoodbyeReason;

/// The server's parts, as its connections and loops see them.
pub(crate) struct Hub {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) authenticator: Authenticator,
    pub(crate) limits: HashMap<u32, Arc<service::Limits>>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) commits: Arc<Commits>,
    pub(crate) connections: Connections,
    /// What the server API remembers: nonces and rates.
    pub(crate) rest: crate::rest::Gate,
    /// Wrong admin tokens.
    pub(crate) throttle: crate::admin::Throttle,
    /// The last day, minute by minute.
    pub(crate) series: crate::admin::Series,
    /// What the owner set up at run time.
    pub(crate) settings: crate::settings::Settings,
    /// Set once at the start: the dispatcher reads its jobs through the hub.
    pub(crate) push: OnceLock<zim_push::Dispatcher>,
}

impl Hub {
    /// The limits of an app; every logged-in session belongs to a configured one.
    pub(crate) fn limits(&self, app_id: u32) -> Arc<service::Limits> {
        self.limits.get(&app_id).cloned().unwrap_or_default()
    }
}

/// Takes what the store tells of its commits to where it is waited for.
pub(crate) struct Commits {
    bus: Arc<dyn Bus>,
    registry: Arc<Registry>,
    metrics: Arc<Metrics>,
    /// What devices of this node caused in the commit that is being answered.
    caused: Mutex<Vec<Caused>>,
    pub(crate) wakes: WakeList,
    /// A push job was queued.
    pub(crate) job: Notify,
    /// A timer was set.
    pub(crate) timer: Notify,
}

impl Commits {
    pub(crate) fn new(bus: Arc<dyn Bus>, registry: Arc<Registry>, metrics: Arc<Metrics>) -> Self {
        Self {
            bus,
            registry,
            metrics,
            caused: Mutex::default(),
            wakes: WakeList::default(),
            job: Notify::new(),
            timer: Notify::new(),
        }
    }

    fn caused(&self) -> MutexGuard<'_, Vec<Caused>> {
        self.caused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CommitObserver for Commits {
    fn committed(&self, committed: Committed) {
        if !committed.appended.is_empty() {
            self.caused().extend(committed.appended.iter().filter(|events| events.origin != NO_ORIGIN).map(
                |events| Caused {
                    user: events.user,
                    origin: events.origin,
                    first_seq: events.first_seq,
                    count: events.count,
                },
            ));
            self.bus.publish(Notice::Appended(committed.appended));
        }
        if committed.job_due.is_some() {
            self.job.notify_one();
        }
        if committed.timer_due.is_some() {
            self.timer.notify_one();
        }
    }

    fn answering(&self, operations: usize) {
        self.metrics.commit(operations);
        self.wakes.open();
    }

    fn answered(&self) {
        for caused in self.caused().drain(..) {
            self.wakes.wake(self.registry.caused(&caused));
        }
        self.wakes.release();
    }
}

/// Every open WebSocket, logged in or not.
#[derive(Default)]
pub(crate) struct Connections {
    open: Mutex<HashMap<u64, Arc<Mailbox>>>,
    next_id: AtomicU64,
    draining: AtomicBool,
    empty: Notify,
}

impl Connections {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Mailbox>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection unless there are `max` already or the server is stopping. It leaves when the guard is dropped.
    pub(crate) fn enter(hub: &Arc<Hub>) -> Option<Entry> {
        let connections = &hub.connections;
        let mailbox = Mailbox::new(hub.config.limits.queue_bytes);
        let id = connections.next_id.fetch_add(1, Ordering::Relaxed) + 1;
        {
            let mut open = connections.open();
            if connections.is_draining() || open.len() >= hub.config.limits.max_connections {
                return None;
            }
            open.insert(id, Arc::clone(&mailbox));
        }
        hub.metrics.connections.add(1);
        hub.metrics.connections_total.add(1);
        Some(Entry { id, mailbox, hub: Arc::clone(hub) })
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Asks every connection to leave and to come back after a while, spread so that they do not come all at once.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
        let open: Vec<_> = self.open().values().cloned().collect();
        for mailbox in open {
            let reason = GoodbyeReason::ServerDraining;
            let retry_after_ms = fastrand::u32(DRAIN_RETRY_MS);
            mailbox.close(Farewell { reason, text: "the server is stopping", retry_after_ms });
        }
    }

    /// Waits until no connection is open.
    pub(crate) async fn emptied(&self) {
        loop {
            let empty = self.empty.notified();
            if self.open().is_empty() {
                return;
            }
            empty.await;
        }
    }
}

/// When clients of a stopping server are asked to come back.
const DRAIN_RETRY_MS: std::ops::Range<u32> = 500..5_000;

/// A connection's place among the open ones.
pub(crate) struct Entry {
    /// Unique in this process, above 0; also the session id.
    pub(crate) id: u64,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) hub: Arc<Hub>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let connections = &self.hub.connections;
        let empty = {
            let mut open = connections.open();
            open.remove(&self.id);
            open.is_empty()
        };
        self.hub.metrics.connections.add(-1);
        if empty {
            connections.empty.notify_waiters();
        }
    }
}
