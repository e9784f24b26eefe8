//! One device's stream of inbox events: the backlog from the store, then live events, without gap or repetition.

use crate::store::{Appended, Store, StoreError, UserKey};
use bytes::Bytes;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use zim_proto::batch;

/// Events in one frame.
pub(crate) const FRAME_EVENTS: usize = 100;
/// Bytes of events in one frame.
pub(crate) const FRAME_BYTES: usize = 256 << 10;
/// Stretches of [`FRAME_EVENTS`] read in one go.
const READS: usize = 4;

/// Why the backlog cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The retention overtook a reader: after its next login the device starts fresh.
    #[error("events after {sent} are no longer kept")]
    Trimmed { sent: u64 },
}

type Read = Pin<Box<dyn Future<Output = Result<Vec<Appended>, StoreError>> + Send>>;

/// Where the stream stands.
pub(crate) struct Stream {
    user: UserKey,
    store: Arc<dyn Store>,
    /// Last sequence handed out for writing.
    sent: u64,
    /// Reading from the store; live events are dropped meanwhile, since the store has them.
    behind: bool,
    read: Option<Read>,
    /// Live events were dropped after that read began: it may not have seen them.
    again: bool,
}

impl Stream {
    /// Starts after `cursor`, with the store: what was committed before the session was known to the live stream is
    /// there and nowhere else.
    pub(crate) fn new(store: Arc<dyn Store>, user: UserKey, cursor: u64) -> Self {
        Self { user, store, sent: cursor, behind: true, read: None, again: false }
    }

    /// Last sequence handed out for writing.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// Live events were lost: go on from the store.
    pub(crate) fn fall_behind(&mut self) {
        self.behind = true;
        self.again = true;
    }

    /// Frames for live events. Those the device has already are left out; a gap means falling behind.
    pub(crate) fn live(&mut self, events: &Appended, frames: &mut VecDeque<Bytes>) {
        let last = events.first_seq + u64::from(events.count) - 1;
        if last <= self.sent {
            return;
        }
        if self.behind || events.first_seq > self.sent + 1 {
            self.fall_behind();
            return;
        }
        self.hand_out(events, frames);
    }

    /// A frame for live events that the device knows. Behind or after a gap they come from the store like any others.
    pub(crate) fn skip(&mut self, first_seq: u64, count: u32, frames: &mut VecDeque<Bytes>) {
        let last = first_seq + u64::from(count) - 1;
        if last <= self.sent {
            return;
        }
        if self.behind || first_seq > self.sent + 1 {
            self.fall_behind();
            return;
        }
        let next = self.sent + 1;
        frames.push_back(batch::skipped(next, u32::try_from(last - self.sent).unwrap_or(u32::MAX)));
        self.sent = last;
    }

    /// Frames of the backlog. `Ready(Ok(true))` = there were some, `Ready(Ok(false))` = the stream is live, `Pending` = the
    /// store is being read.
    pub(crate) fn poll_backlog(
        &mut self,
        cx: &mut Context<'_>,
        frames: &mut VecDeque<Bytes>,
    ) -> Poll<Result<bool, Broken>> {
        if !self.behind {
            return Poll::Ready(Ok(false));
        }
        let mut read = self.read.take().unwrap_or_else(|| self.start_read());
        let stretches = match read.as_mut().poll(cx) {
            Poll::Pending => {
                self.read = Some(read);
                return Poll::Pending;
            }
            Poll::Ready(stretches) => stretches?,
        };
        for events in &stretches {
            if events.first_seq > self.sent + 1 {
                return Poll::Ready(Err(Broken::Trimmed { sent: self.sent }));
            }
            self.hand_out(events, frames);
        }
        // A read that ended early saw the head of the inbox, unless something was dropped while it ran.
        if stretches.len() < READS && !self.again {
            self.behind = false;
        } else {
            // The next stretch is read while this one is written.
            self.read = Some(self.start_read());
        }
        Poll::Ready(Ok(true))
    }

    fn start_read(&mut self) -> Read {
        self.again = false;
        let (store, user, mut after) = (Arc::clone(&self.store), self.user, self.sent);
        let read = tokio::task::spawn_blocking(move || {
            let mut stretches = Vec::with_capacity(READS);
            while stretches.len() < READS
                && let Some(events) = store.inbox_read(user, after, FRAME_EVENTS, FRAME_BYTES)?
            {
                after = events.first_seq + u64::from(events.count) - 1;
                stretches.push(events);
            }
            Ok(stretches)
        });
        Box::pin(async move { read.await.unwrap_or(Err(StoreError::Closed)) })
    }

    /// Cuts off what was sent already and splits what is too much for one frame.
    fn hand_out(&mut self, events: &Appended, frames: &mut VecDeque<Bytes>) {
        let last = events.first_seq + u64::from(events.count) - 1;
        let skip = usize::try_from((self.sent + 1).saturating_sub(events.first_seq)).unwrap_or(usize::MAX);
        let fits = events.count as usize <= FRAME_EVENTS && events.run.len() <= FRAME_BYTES;
        if skip == 0 && fits {
            frames.push_back(batch::frame(events.first_seq, &events.run));
        } else {
            let Some(ranges) = batch::split(&events.run) else {
                tracing::error!(user = self.user, seq = events.first_seq, "stored events are damaged");
                return;
            };
            let mut seq = events.first_seq + skip as u64;
            let mut rest = ranges.get(skip..).unwrap_or_default();
            while let Some(first) = rest.first() {
                let fits = |range: &&std::ops::Range<usize>| range.end - first.start <= FRAME_BYTES;
                let count = rest.iter().take(FRAME_EVENTS).take_while(fits).count().max(1);
                let end = rest[count - 1].end;
                frames.push_back(batch::frame(seq, &events.run[first.start..end]));
                seq += count as u64;
                rest = &rest[count..];
            }
        }
        self.sent = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{CommitObserver, Operation};
    use std::sync::Mutex;
    use zim_proto::frame;
    use zim_proto::v1::{Event, frame::Body};

    /// An inbox whose event `n` has time `n`: its head, and up to where it was trimmed. Only reading matters here.
    #[derive(Default)]
    struct Inbox(Mutex<u64>, Mutex<u64>);

    impl Store for Inbox {
        fn submit(&self, _: Operation, done: Box<dyn FnOnce(Result<(), StoreError>) + Send>) {
            done(Err(StoreError::Closed));
        }

        fn inbox_read(
            &self,
            user: UserKey,
            after: u64,
            max_events: usize,
            _: usize,
        ) -> Result<Option<Appended>, StoreError> {
            let head = *self.0.lock().unwrap();
            let after = after.max(*self.1.lock().unwrap());
            let last = head.min(after + max_events as u64);
            Ok((last > after).then(|| appended(user, after + 1, last)))
        }

        fn observe(&self, _: Arc<dyn CommitObserver>) {}

        fn close(&self) {}
    }

    fn appended(user: UserKey, first_seq: u64, last: u64) -> Appended {
        let mut run = Vec::new();
        for seq in first_seq..=last {
            batch::append(&mut run, &Event { time: i64::try_from(seq).unwrap(), kind: None });
        }
        let count = u32::try_from(last + 1 - first_seq).unwrap();
        Appended { user, first_seq, count, run: run.into(), origin: 0 }
    }

    /// Decodes frames and asserts that they continue after `seen`.
    fn follow(seen: &mut u64, frames: &mut VecDeque<Bytes>) {
        for bytes in frames.drain(..) {
            let Some(Body::Events(batch)) = frame::decode(bytes, usize::MAX).unwrap() else {
                panic!("no events")
            };
            assert!(batch.events.len() <= FRAME_EVENTS);
            assert_eq!(batch.first_seq, *seen + 1);
            for event in batch.events {
                *seen += 1;
                assert_eq!(event.time, i64::try_from(*seen).unwrap());
            }
        }
    }

    async fn catch_up(stream: &mut Stream, seen: &mut u64, frames: &mut VecDeque<Bytes>) {
        while std::future::poll_fn(|cx| stream.poll_backlog(cx, frames)).await.unwrap() {
            follow(seen, frames);
        }
    }

    #[tokio::test]
    async fn a_long_backlog_comes_in_frames_of_a_hundred() {
        let inbox = Arc::new(Inbox::default());
        *inbox.0.lock().unwrap() = 1_234;
        let (mut seen, mut frames) = (5, VecDeque::new());
        let mut stream = Stream::new(inbox, 1, 5);
        catch_up(&mut stream, &mut seen, &mut frames).await;
        assert_eq!(seen, 1_234);
    }

    #[tokio::test]
    async fn a_reader_overtaken_by_the_retention_is_told_and_gets_no_gap() {
        let (mut seen, mut frames) = (0, VecDeque::new());
        let inbox = Arc::new(Inbox::default());
        *inbox.0.lock().unwrap() = 2_000;
        let mut stream = Stream::new(Arc::clone(&inbox) as Arc<dyn Store>, 1, 0);
        assert!(std::future::poll_fn(|cx| stream.poll_backlog(cx, &mut frames)).await.unwrap());
        follow(&mut seen, &mut frames);
        *inbox.1.lock().unwrap() = 1_500;
        let broken = loop {
            match std::future::poll_fn(|cx| stream.poll_backlog(cx, &mut frames)).await {
                Ok(more) => assert!(more),
                Err(broken) => break broken,
            }
            follow(&mut seen, &mut frames);
        };
        follow(&mut seen, &mut frames);
        assert!(matches!(broken, Broken::Trimmed { sent } if sent == seen && sent < 1_500), "{broken}");
    }

    #[tokio::test]
    async fn live_events_are_cut_to_what_is_missing_and_split() {
        let (mut seen, mut frames) = (0, VecDeque::new());
        let inbox = Arc::new(Inbox::default());
        *inbox.0.lock().unwrap() = 10;
        let mut stream = Stream::new(inbox, 1, 0);
        catch_up(&mut stream, &mut seen, &mut frames).await;
        stream.live(&appended(1, 8, 10), &mut frames);
        stream.live(&appended(1, 9, 250), &mut frames);
        follow(&mut seen, &mut frames);
        assert_eq!(seen, 250);
    }

    #[tokio::test]
    async fn what_the_device_knows_is_skipped_in_order() {
        let (mut seen, mut frames) = (0, VecDeque::new());
        let mut stream = Stream::new(Arc::new(Inbox::default()), 1, 0);
        catch_up(&mut stream, &mut seen, &mut frames).await;
        stream.live(&appended(1, 1, 2), &mut frames);
        stream.skip(3, 4, &mut frames);
        // Known already, and after a gap: nothing, and the store.
        stream.skip(5, 2, &mut frames);
        assert_eq!(stream.sent(), 6);
        let Some(Some(Body::Events(skip))) =
            frames.pop_back().map(|bytes| frame::decode(bytes, usize::MAX).unwrap())
        else {
            panic!("no events")
        };
        assert_eq!((skip.first_seq, skip.skipped, skip.events.len()), (3, 4, 0));
        stream.skip(9, 1, &mut frames);
        assert!(stream.behind);
    }

    /// Commits, losses and reads in any order: every event arrives once, in order.
    #[tokio::test]
    async fn no_interleaving_loses_doubles_or_reorders() {
        for seed in 0..300 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let (inbox, mut seen, mut frames) = (Arc::new(Inbox::default()), 0, VecDeque::new());
            let mut stream = Stream::new(Arc::clone(&inbox) as Arc<dyn Store>, 1, 0);
            for _ in 0..60 {
                match rng.u8(..4) {
                    0 | 1 => {
                        let first = *inbox.0.lock().unwrap() + 1;
                        let last = first + rng.u64(..150);
                        *inbox.0.lock().unwrap() = last;
                        if rng.bool() {
                            stream.live(&appended(1, first, last), &mut frames);
                        } else {
                            stream.fall_behind();
                        }
                    }
                    _ => {
                        let once = std::future::poll_fn(|cx| {
                            Poll::Ready(stream.poll_backlog(cx, &mut frames).map_ok(drop))
                        });
                        if let Poll::Ready(result) = once.await {
                            result.unwrap();
                        }
                        tokio::task::yield_now().await;
                    }
                }
                follow(&mut seen, &mut frames);
            }
            catch_up(&mut stream, &mut seen, &mut frames).await;
            assert_eq!(seen, *inbox.0.lock().unwrap(), "seed {seed}");
        }
    }
}
