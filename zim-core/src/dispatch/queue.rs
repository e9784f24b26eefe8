//! The ordered queue between the driver and the host's callbacks.

use crate::model::Event;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// More than this waiting: the driver stops reading from the server.
const FULL: usize = 8192;
/// The driver reads on when so few are left.
const HALF: usize = FULL / 2;

/// One callback to come.
#[allow(clippy::large_enum_variant, reason = "moved twice, cheaper than an allocation per event")]
pub(crate) enum Item {
    /// An event for the handler.
    Event {
        /// What happened.
        event: Event,
        /// Reported once the handler returned.
        delivers: Option<Delivers>,
    },
    /// A completion, already bound to its result.
    Run(Box<dyn FnOnce() + Send>),
}

/// An inbox sequence that counts as delivered when the event's handler has returned.
///
/// The cell belongs to one login: an event of the last user that is handled late cannot count for the next one.
pub(crate) struct Delivers {
    /// Where the driver looks.
    pub(crate) cell: Arc<AtomicU64>,
    /// What it finds there.
    pub(crate) seq: u64,
}

#[derive(Default)]
struct Waiting {
    items: VecDeque<Item>,
    /// The runner waits for the condition variable; only then is a wake-up worth its system call.
    is_asleep: bool,
}

/// See the module.
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    /// Waiting, or taken by the runner and not yet handled.
    depth: AtomicUsize,
    was_full: AtomicBool,
    is_closed: AtomicBool,
    /// A callback is at work.
    is_busy: AtomicBool,
    is_pumping: AtomicBool,
    news: Notify,
}

impl Queue {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            waiting: Mutex::default(),
            arrived: Condvar::new(),
            depth: AtomicUsize::new(0),
            was_full: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            is_busy: AtomicBool::new(false),
            is_pumping: AtomicBool::new(false),
            news: Notify::new(),
        })
    }

    /// Appends one callback. After [`close`](Self::close) it is dropped instead.
    pub(crate) fn push(&self, item: Item) {
        let mut refused = Some(item);
        self.append(1, |items| items.extend(refused.take()));
        drop(refused);
    }

    /// Appends all of `items` with one lock and leaves it empty.
    pub(crate) fn push_all(&self, items: &mut Vec<Item>) {
        if !items.is_empty() {
            self.append(items.len(), |waiting| waiting.extend(items.drain(..)));
            // Closed: dropped here, outside the lock, since dropping may run code of the host.
            items.clear();
        }
    }

    fn append(&self, count: usize, extend: impl FnOnce(&mut VecDeque<Item>)) {
        let mut waiting = self.lock();
        if self.is_closed.load(Ordering::Acquire) {
            return;
        }
        extend(&mut waiting.items);
        self.depth.fetch_add(count, Ordering::Relaxed);
        let wake = std::mem::take(&mut waiting.is_asleep);
        drop(waiting);
        if wake {
            self.arrived.notify_one();
        }
    }

    /// Whether the host is so far behind that nothing more should be fetched. Once true it stays true until half of
    /// the queue is drained, and [`news`](Self::news) tells about that.
    pub(crate) fn is_full(&self) -> bool {
        if self.was_full.load(Ordering::Acquire) {
            return true;
        }
        if self.depth.load(Ordering::Relaxed) <= FULL {
            return false;
        }
        self.was_full.store(true, Ordering::SeqCst);
        // The runner may have drained between the two lines without seeing the mark.
        self.reopen_if_drained();
        self.was_full.load(Ordering::Acquire)
    }

    /// Wakes when something was delivered, there is room again, or the last callback after closing has ended.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// Ends all callbacks. What waits is dropped here, on the caller's thread; a callback that has begun ends normally.
    pub(crate) fn close(&self) {
        let mut waiting = self.lock();
        self.is_closed.store(true, Ordering::SeqCst);
        let dropped = std::mem::take(&mut waiting.items);
        drop(waiting);
        self.arrived.notify_all();
        drop(dropped);
    }

    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// After [`close`](Self::close): waits until no callback is at work any more.
    pub(crate) async fn ended(&self) {
        while self.is_busy.load(Ordering::SeqCst) {
            self.news().await;
        }
    }

    /// Runs one callback on this thread, waiting up to `timeout` for it. `false`: none ran, because none came, the
    /// queue is closed, or another call of this function is at work (also further up this very thread).
    pub(crate) fn pump(&self, timeout: Duration, run: &dyn Fn(Event)) -> bool {
        if self.is_pumping.swap(true, Ordering::AcqRel) {
            return false;
        }
        let item = self.take_one(timeout);
        let ran = match item {
            Some(item) => self.handle(item, run),
            None => false,
        };
        self.is_pumping.store(false, Ordering::Release);
        ran
    }

    fn take_one(&self, timeout: Duration) -> Option<Item> {
        let end = Instant::now().checked_add(timeout);
        let mut waiting = self.lock();
        loop {
            if self.is_closed() {
                return None;
            }
            if let Some(item) = waiting.items.pop_front() {
                return Some(item);
            }
            waiting.is_asleep = true;
            waiting = match end {
                Some(end) => {
                    let left = end.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        waiting.is_asleep = false;
                        return None;
                    }
                    self.arrived.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Moves everything that waits into `batch`, sleeping until there is something. `false`: closed.
    fn take_all(&self, batch: &mut VecDeque<Item>) -> bool {
        let mut waiting = self.lock();
        loop {
            if self.is_closed() {
                return false;
            }
            if !waiting.items.is_empty() {
                std::mem::swap(&mut waiting.items, batch);
                return true;
            }
            waiting.is_asleep = true;
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Runs one callback; `false`: closed meanwhile, nothing ran.
    fn handle(&self, item: Item, run: &dyn Fn(Event)) -> bool {
        // Either we see the queue closed, or whoever closed it sees us busy.
        self.is_busy.store(true, Ordering::SeqCst);
        let ran = !self.is_closed();
        if ran {
            self.call(item, run);
        }
        self.is_busy.store(false, Ordering::SeqCst);
        if self.is_closed() {
            self.news.notify_one();
        }
        ran
    }

    fn call(&self, item: Item, run: &dyn Fn(Event)) {
        let delivers = match item {
            Item::Event { event, delivers } => {
                guard("event handler", || run(event));
                delivers
            }
            Item::Run(completion) => {
                guard("completion", completion);
                None
            }
        };
        self.depth.fetch_sub(1, Ordering::SeqCst);
        self.reopen_if_drained();
        if let Some(delivers) = delivers {
            delivers.cell.store(delivers.seq, Ordering::Release);
            self.news.notify_one();
        }
    }

    fn reopen_if_drained(&self) {
        if self.was_full.load(Ordering::SeqCst)
            && self.depth.load(Ordering::SeqCst) <= HALF
            && self.was_full.swap(false, Ordering::SeqCst)
        {
            self.news.notify_one();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs host code. A panic there is the host's, not ours: logged without its text, which may hold user content.
fn guard(what: &str, callback: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(callback)).is_err() {
        log::warn!("the host's {what} panicked; going on with the next callback");
    }
}

/// The dispatcher thread: runs callbacks until the queue closes.
pub(crate) fn run_thread(queue: &Queue, run: &dyn Fn(Event)) {
    let mut batch = VecDeque::new();
    while queue.take_all(&mut batch) {
        while let Some(item) = batch.pop_front() {
            if !queue.handle(item, run) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn event(number: u32) -> Event {
        Event::ConversationTotalUnreadMessageCountUpdated { total_unread_message_count: number }
    }

    fn number(event: &Event) -> u32 {
        match event {
            Event::ConversationTotalUnreadMessageCountUpdated { total_unread_message_count } => {
                *total_unread_message_count
            }
            _ => panic!("not a numbered event"),
        }
    }

    fn start(queue: &Arc<Queue>, run: impl Fn(Event) + Send + 'static) -> std::thread::JoinHandle<()> {
        let queue = queue.clone();
        std::thread::spawn(move || run_thread(&queue, &run))
    }

    #[test]
    fn events_and_completions_keep_their_order() {
        let queue = Queue::new();
        let (tell, told) = mpsc::channel();
        let from_event = tell.clone();
        let thread = start(&queue, move |event| from_event.send(number(&event)).unwrap());
        for round in 0..100 {
            queue.push(Item::Event { event: event(round * 2), delivers: None });
            let tell = tell.clone();
            queue.push(Item::Run(Box::new(move || tell.send(round * 2 + 1).unwrap())));
        }
        let seen: Vec<u32> = told.iter().take(200).collect();
        assert_eq!(seen, (0..200).collect::<Vec<_>>());
        queue.close();
        thread.join().unwrap();
    }

    #[test]
    fn a_panicking_handler_counts_as_handled() {
        let queue = Queue::new();
        let (tell, told) = mpsc::channel();
        let thread = start(&queue, move |event| {
            assert_ne!(number(&event), 1, "the host's fault");
            tell.send(number(&event)).unwrap();
        });
        let cell = Arc::new(AtomicU64::new(0));
        let delivers = Some(Delivers { cell: cell.clone(), seq: 5 });
        queue.push(Item::Event { event: event(1), delivers });
        queue.push(Item::Event { event: event(2), delivers: None });
        assert_eq!(told.recv().unwrap(), 2);
        assert_eq!(cell.load(Ordering::Acquire), 5);
        queue.close();
        thread.join().unwrap();
    }

    #[test]
    fn nothing_runs_after_close_and_what_waits_is_dropped() {
        let queue = Queue::new();
        let (tell, told) = mpsc::channel();
        let closer = queue.clone();
        let (probe, probed) = mpsc::channel::<()>();
        queue.push(Item::Event { event: event(1), delivers: None });
        queue.push(Item::Run(Box::new(move || probe.send(()).unwrap())));
        // Closes inside the first callback.
        let thread = start(&queue, move |event| {
            closer.close();
            tell.send(number(&event)).unwrap();
        });
        thread.join().unwrap();
        queue.push(Item::Event { event: event(3), delivers: None });
        assert_eq!(told.iter().collect::<Vec<_>>(), vec![1]);
        assert!(probed.recv().is_err(), "the waiting completion was dropped, not run");
    }

    #[test]
    fn full_until_half_is_drained() {
        let queue = Queue::new();
        let mut items: Vec<Item> = (0..=FULL)
            .map(|n| Item::Event { event: event(u32::try_from(n).unwrap()), delivers: None })
            .collect();
        assert!(!queue.is_full());
        queue.push_all(&mut items);
        assert!(queue.is_full());
        let run = |_: Event| {};
        for _ in 0..(FULL - HALF) {
            assert!(queue.pump(Duration::ZERO, &run));
        }
        assert!(queue.is_full(), "one above half");
        assert!(queue.pump(Duration::ZERO, &run));
        assert!(!queue.is_full());
    }

    #[test]
    fn pump_runs_one_and_refuses_to_nest() {
        let queue = Queue::new();
        queue.push(Item::Event { event: event(1), delivers: None });
        queue.push(Item::Event { event: event(2), delivers: None });
        let seen = Mutex::new(Vec::new());
        let run = |event: Event| {
            assert!(!queue.pump(Duration::from_secs(60), &|_| unreachable!("nested")));
            seen.lock().unwrap().push(number(&event));
        };
        assert!(queue.pump(Duration::ZERO, &run));
        assert_eq!(*seen.lock().unwrap(), vec![1]);
        assert!(queue.pump(Duration::ZERO, &run));
        assert!(!queue.pump(Duration::ZERO, &run));
        queue.close();
        assert!(!queue.pump(Duration::from_secs(60), &run));
    }

    /// Prints a figure; the assertion only notices a lock or a wake-up too many.
    #[test]
    fn hand_over_is_fast() {
        const EVENTS: u32 = 200_000;
        let queue = Queue::new();
        let (tell, told) = mpsc::channel();
        let thread = start(&queue, move |event| {
            if number(&event) == EVENTS - 1 {
                tell.send(()).unwrap();
            }
        });
        let begin = Instant::now();
        let mut items = Vec::new();
        for number in 0..EVENTS {
            items.push(Item::Event { event: event(number), delivers: None });
            // As the driver does after each input.
            if number % 4 == 3 {
                queue.push_all(&mut items);
            }
        }
        told.recv().unwrap();
        let rate = f64::from(EVENTS) / begin.elapsed().as_secs_f64();
        println!("{rate:.0} events/s");
        assert!(rate > 20_000.0, "{rate}");
        queue.close();
        thread.join().unwrap();
    }

    #[test]
    fn pump_wakes_for_an_event_of_another_thread() {
        let queue = Queue::new();
        let other = queue.clone();
        let thread = std::thread::spawn(move || other.push(Item::Event { event: event(7), delivers: None }));
        let seen = AtomicU64::new(0);
        assert!(queue.pump(Duration::from_secs(60), &|event| {
            seen.store(number(&event).into(), Ordering::Relaxed);
        }));
        assert_eq!(seen.load(Ordering::Relaxed), 7);
        thread.join().unwrap();
    }
}
