//! What waits to be written to one connection: filled by any thread, emptied by the connection's task.
//!
//! Answers are bounded by the requests a connection may have open; live events are bounded by bytes. Beyond that bound
//! events are dropped here and the connection is marked *behind*: it reads them again from the store, where they are.

use crate::store::Appended;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use zim_proto::v1::GoodbyeReason;

/// One thing to write.
pub(crate) enum Item {
    /// An encoded frame that nobody counts: signal, pong.
    Frame(Bytes),
    /// An encoded response, and what its request had taken of the connection's budget.
    Answer { frame: Bytes, weight: u32 },
    /// New inbox events.
    Events(Appended),
    /// Inbox events that this very device caused: the answers that stand before this item said it all.
    Own { first_seq: u64, count: u32 },
}

/// Why a connection is to end, as told to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Farewell {
    pub(crate) reason: GoodbyeReason,
    pub(crate) text: &'static str,
    pub(crate) retry_after_ms: u32,
}

impl Farewell {
    pub(crate) fn new(reason: GoodbyeReason, text: &'static str) -> Self {
        Self { reason, text, retry_after_ms: 0 }
    }
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    event_bytes: usize,
    behind: bool,
    farewell: Option<Farewell>,
    /// Set while the task sleeps; taken by whoever wakes it.
    waker: Option<Waker>,
}

/// The queue of one connection.
pub(crate) struct Mailbox {
    state: Mutex<State>,
    max_event_bytes: usize,
}

/// What [`Mailbox::take`] found besides items.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Events were dropped: read them from the store.
    pub(crate) behind: bool,
    /// End the connection once the items are written.
    pub(crate) farewell: Option<Farewell>,
}

impl Mailbox {
    pub(crate) fn new(max_event_bytes: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), max_event_bytes })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics under this lock, so a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues an item; the returned waker, if any, is to be woken now or with others a moment later.
    #[must_use]
    pub(crate) fn push(&self, item: Item) -> Option<Waker> {
        let mut state = self.state();
        if state.behind && matches!(item, Item::Events(_) | Item::Own { .. }) {
            return None;
        }
        if let Item::Events(events) = &item {
            if state.event_bytes + events.run.len() > self.max_event_bytes {
                state.behind = true;
                return state.waker.take();
            }
            state.event_bytes += events.run.len();
        }
        state.items.push_back(item);
        state.waker.take()
    }

    /// Queues an item and wakes the connection.
    pub(crate) fn send(&self, item: Item) {
        if let Some(waker) = self.push(item) {
            waker.wake();
        }
    }

    /// Asks the connection to end. The first reason stands.
    pub(crate) fn close(&self, farewell: Farewell) {
        let waker = {
            let mut state = self.state();
            state.farewell.get_or_insert(farewell);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Only whether the connection is to end; the task is woken for whatever comes next.
    pub(crate) fn take_farewell(&self, cx: &Context<'_>) -> Option<Farewell> {
        let mut state = self.state();
        let farewell = state.farewell.take();
        if farewell.is_none() {
            state.waker = Some(cx.waker().clone());
        }
        farewell
    }

    /// Moves everything to `items`, or, with nothing there, arranges to wake the task. Events that come afterwards are
    /// queued again, so who was behind reads the store *after* this.
    pub(crate) fn take(&self, items: &mut VecDeque<Item>, cx: &Context<'_>) -> Taken {
        let mut state = self.state();
        let taken = Taken { behind: std::mem::take(&mut state.behind), farewell: state.farewell.take() };
        state.event_bytes = 0;
        if items.is_empty() {
            std::mem::swap(items, &mut state.items);
        } else {
            items.append(&mut state.items);
        }
        if items.is_empty() && taken == Taken::default() {
            match &mut state.waker {
                Some(waker) => waker.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
        }
        taken
    }
}

/// Collects wake-ups while the store answers the operations of one commit, so that a connection is woken once for all
/// of its answers and not once for each.
#[derive(Default)]
pub(crate) struct WakeList {
    /// `Some` between [`WakeList::open`] and [`WakeList::release`].
    wakers: Mutex<Option<Vec<Waker>>>,
}

impl WakeList {
    fn wakers(&self) -> MutexGuard<'_, Option<Vec<Waker>>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on wake-ups are collected.
    pub(crate) fn open(&self) {
        self.wakers().get_or_insert_default();
    }

    /// Wakes now, or at the release if the list is open.
    pub(crate) fn wake(&self, waker: Option<Waker>) {
        let Some(waker) = waker else { return };
        if let Some(list) = &mut *self.wakers() {
            list.push(waker);
            return;
        }
        waker.wake();
    }

    /// Wakes all.
    pub(crate) fn release(&self) {
        let list = self.wakers().take();
        list.into_iter().flatten().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::NO_ORIGIN;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn events(first_seq: u64, bytes: usize) -> Item {
        let run = Bytes::from(vec![0; bytes]);
        Item::Events(Appended { user: 1, first_seq, count: 1, run, origin: NO_ORIGIN })
    }

    #[test]
    fn events_beyond_the_bound_are_dropped_and_marked_once() {
        let (count, mailbox) = (Arc::new(Count::default()), Mailbox::new(100));
        let waker = Waker::from(Arc::clone(&count));
        let cx = Context::from_waker(&waker);
        let mut items = VecDeque::new();
        assert_eq!(mailbox.take(&mut items, &cx), Taken::default());
        mailbox.send(events(1, 60));
        mailbox.send(events(2, 60));
        mailbox.send(events(3, 10));
        mailbox.send(Item::Frame(Bytes::from_static(b"pong")));
        assert_eq!(count.0.load(Ordering::Relaxed), 1, "one wake-up until the task looked");
        let taken = mailbox.take(&mut items, &cx);
        assert!(taken.behind);
        assert!(matches!(&items[0], Item::Events(events) if events.first_seq == 1));
        assert!(matches!(&items[1], Item::Frame(_)));
        assert_eq!(items.len(), 2, "event 3 must not follow event 1");
        items.clear();
        mailbox.send(events(4, 60));
        assert!(!mailbox.take(&mut items, &cx).behind);
        assert_eq!(items.len(), 1);
    }

    #[test]
    fn wake_ups_of_one_commit_come_together_at_its_end() {
        let (count, list, mailbox) = (Arc::new(Count::default()), WakeList::default(), Mailbox::new(1));
        let waker = Waker::from(Arc::clone(&count));
        mailbox.take(&mut VecDeque::new(), &Context::from_waker(&waker));
        list.open();
        for _ in 0..3 {
            list.wake(mailbox.push(Item::Frame(Bytes::new())));
        }
        assert_eq!(count.0.load(Ordering::Relaxed), 0);
        list.release();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        list.wake(Some(waker.clone()));
        assert_eq!(count.0.load(Ordering::Relaxed), 2, "outside a commit it wakes at once");
    }

    #[test]
    fn the_first_farewell_stands() {
        let (mailbox, mut items) = (Mailbox::new(1), VecDeque::new());
        mailbox.close(Farewell::new(GoodbyeReason::KickedOut, "first"));
        mailbox.close(Farewell::new(GoodbyeReason::Replaced, "second"));
        let taken = mailbox.take(&mut items, &Context::from_waker(Waker::noop()));
        assert_eq!(taken.farewell.unwrap().text, "first");
    }
}
