//! The bus of a single node: publishing is delivering.

use super::{Bus, Notice, Subscriber};
use std::sync::{Arc, PoisonError, RwLock};

/// Calls its subscribers on the publishing thread.
#[derive(Default)]
pub struct LocalBus {
    subscribers: RwLock<Vec<Arc<dyn Subscriber>>>,
}

impl Bus for LocalBus {
    fn publish(&self, notice: Notice) {
        for subscriber in self.subscribers.read().unwrap_or_else(PoisonError::into_inner).iter() {
            subscriber.notice(&notice);
        }
    }

    fn subscribe(&self, subscriber: Arc<dyn Subscriber>) {
        self.subscribers.write().unwrap_or_else(PoisonError::into_inner).push(subscriber);
    }
}
