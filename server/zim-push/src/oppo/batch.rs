//! Gathers pushes that come while requests are out, so that they go in one request: without a wait for an idle vendor,
//! and with fewer requests for a busy one.

use crate::model::{Exchange, Outcome};
use bytes::Bytes;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

/// Requests out at the same time.
const REQUESTS: usize = 4;

/// What a push came to.
pub(super) type Answer = (Outcome, Exchange);

/// One message and the device it is for.
pub(super) struct Item {
    pub(super) token: String,
    pub(super) message: Bytes,
}

struct Waiting {
    number: u64,
    item: Item,
    answer: oneshot::Sender<Answer>,
}

#[derive(Default)]
struct Queue {
    next: u64,
    waiting: Vec<Waiting>,
}

/// The pushes of one credential.
pub(super) struct Batches {
    most: usize,
    queue: Mutex<Queue>,
    requests: Semaphore,
}

/// What a push has to do.
pub(super) enum Turn<'a> {
    /// Send these and tell the others.
    Lead(Lead<'a>),
    /// It was sent with another one's request.
    Carried(Answer),
}

/// The right to one request, and what goes with it.
pub(super) struct Lead<'a> {
    pub(super) items: Vec<Item>,
    own: usize,
    answers: Vec<oneshot::Sender<Answer>>,
    _request: SemaphorePermit<'a>,
}

impl Batches {
    /// At most `most` messages in a request.
    pub(super) fn new(most: usize) -> Self {
        Self { most, queue: Mutex::default(), requests: Semaphore::new(REQUESTS) }
    }

    /// Ends when it is this push's turn, or when another one took it along.
    pub(super) async fn enter(&self, item: Item) -> Turn<'_> {
        let (answer, mut told) = oneshot::channel();
        let number = {
            let mut queue = self.queue();
            queue.next += 1;
            let number = queue.next;
            queue.waiting.push(Waiting { number, item, answer });
            number
        };
        tokio::select! {
            biased;
            answer = &mut told => return Turn::Carried(answer.unwrap_or_else(|_| lost())),
            request = self.requests.acquire() => {
                let Ok(request) = request else { return Turn::Carried(lost()) };
                if let Some(lead) = self.take(number, request) {
                    return Turn::Lead(lead);
                }
            }
        }
        Turn::Carried(told.await.unwrap_or_else(|_| lost()))
    }

    /// The longest waiting, if `number` still is among them.
    fn take<'a>(&self, number: u64, request: SemaphorePermit<'a>) -> Option<Lead<'a>> {
        let mut queue = self.queue();
        let at = queue.waiting.iter().position(|waiting| waiting.number == number)?;
        // It is among those it takes along, however many wait before it.
        let first = (at + 1).saturating_sub(self.most);
        let last = queue.waiting.len().min(first + self.most);
        let taken: Vec<_> = queue.waiting.drain(first..last).collect();
        drop(queue);
        let mut lead = Lead { items: Vec::new(), own: 0, answers: Vec::new(), _request: request };
        for waiting in taken {
            if waiting.number == number {
                lead.own = lead.items.len();
            } else if waiting.answer.is_closed() {
                // Whoever waited for it is gone; its job comes again.
                continue;
            }
            lead.items.push(waiting.item);
            lead.answers.push(waiting.answer);
        }
        Some(lead)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lead<'_> {
    /// Tells the others what became of theirs, and gives back what became of the own one.
    pub(super) fn settle(self, answers: Vec<Answer>) -> Answer {
        let mut own = None;
        for (at, (answer, sender)) in answers.into_iter().zip(self.answers).enumerate() {
            if at == self.own {
                own = Some(answer);
            } else {
                // Who does not listen any more has its job again after the lease.
                let _ = sender.send(answer);
            }
        }
        own.unwrap_or_else(lost)
    }
}

/// The request that carried a push ended without a word about it.
fn lost() -> Answer {
    (Outcome::Unknown { why: "the batch was cut off".into() }, Exchange::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn item(name: &str) -> Item {
        Item { token: name.into(), message: Bytes::new() }
    }

    fn delivered(name: &str) -> Answer {
        (Outcome::Delivered { vendor_id: name.into() }, Exchange::default())
    }

    #[tokio::test]
    async fn an_idle_vendor_is_asked_at_once_and_a_busy_one_in_batches() {
        let batches = Arc::new(Batches::new(3));
        let mut leads = Vec::new();
        for n in 0..REQUESTS {
            match batches.enter(item(&format!("first-{n}"))).await {
                Turn::Lead(lead) => leads.push(lead),
                Turn::Carried(_) => panic!("nobody else is there"),
            }
        }
        assert!(leads.iter().all(|lead| lead.items.len() == 1));
        // All requests are out; five more wait.
        let mut tasks = Vec::new();
        for n in 0..5 {
            let batches = Arc::clone(&batches);
            tasks.push(tokio::spawn(async move {
                match batches.enter(item(&format!("later-{n}"))).await {
                    Turn::Carried(answer) => (0, answer.0),
                    Turn::Lead(lead) => {
                        let answers = lead.items.iter().map(|item| delivered(&item.token)).collect();
                        (lead.items.len(), lead.settle(answers).0)
                    }
                }
            }));
            tokio::task::yield_now().await;
        }
        drop(leads.pop());
        let mut sizes = Vec::new();
        for (n, task) in tasks.into_iter().enumerate() {
            let (size, outcome) = task.await.unwrap();
            assert_eq!(outcome, Outcome::Delivered { vendor_id: format!("later-{n}") });
            sizes.push(size);
        }
        sizes.sort_unstable();
        assert_eq!(sizes, [0, 0, 0, 2, 3], "two requests for five pushes");
    }

    #[tokio::test]
    async fn a_batch_whose_leader_dies_is_unknown_to_the_others() {
        let batches = Arc::new(Batches::new(10));
        let mut leads = Vec::new();
        for _ in 0..REQUESTS {
            leads.push(batches.enter(item("first")).await);
        }
        let follower = |name: &'static str| {
            let batches = Arc::clone(&batches);
            tokio::spawn(async move {
                match batches.enter(item(name)).await {
                    Turn::Carried((outcome, _)) => Some(outcome),
                    Turn::Lead(lead) => {
                        drop(lead);
                        None
                    }
                }
            })
        };
        let (one, two) = (follower("one"), follower("two"));
        tokio::task::yield_now().await;
        drop(leads);
        let ended = [one.await.unwrap(), two.await.unwrap()];
        assert!(ended.iter().any(|one| matches!(one, Some(Outcome::Unknown { .. }))), "{ended:?}");
    }
}
