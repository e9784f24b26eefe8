//! Who is connected to this node, and how to reach them.

use crate::bus::{Notice, Subscriber};
use crate::gateway::mailbox::{Farewell, Item, Mailbox};
use crate::key_map::KeyMap;
use crate::service;
use crate::store::{NO_ORIGIN, Origin, UserKey};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::task::Waker;
use zim_proto::v1::GoodbyeReason;

/// The live session of one device.
pub(crate) struct Link {
    pub(crate) session_id: u64,
    pub(crate) user: UserKey,
    pub(crate) device_id: String,
    pub(crate) platform: i32,
    pub(crate) mailbox: Arc<Mailbox>,
    /// Highest inbox sequence the device acknowledged.
    pub(crate) acked: AtomicU64,
    /// Highest inbox sequence whose acknowledgement changes something (a waiting push, a ringing call).
    pub(crate) ack_matters: AtomicU64,
    /// An operation that stores `acked` waits in the store's queue.
    pub(crate) ack_queued: AtomicBool,
    /// The device, as events name where they come from.
    pub(crate) origin: Origin,
}

/// Inbox events that one device caused: [`crate::store::Appended`] without the bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caused {
    pub(crate) user: UserKey,
    pub(crate) origin: Origin,
    pub(crate) first_seq: u64,
    pub(crate) count: u32,
}

/// All live sessions of this node.
#[derive(Default)]
pub(crate) struct Registry {
    links: RwLock<KeyMap<UserKey, Vec<Arc<Link>>>>,
}

impl Registry {
    fn read(&self) -> RwLockReadGuard<'_, KeyMap<UserKey, Vec<Arc<Link>>>> {
        self.links.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, KeyMap<UserKey, Vec<Arc<Link>>>> {
        self.links.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a session. Adding it again, when its operation is repeated after a rollback, changes nothing.
    pub(crate) fn insert(&self, link: &Arc<Link>) {
        let mut links = self.write();
        let of_user = links.entry(link.user).or_insert_with(|| Vec::with_capacity(1));
        if of_user.iter().all(|known| known.session_id != link.session_id) {
            of_user.push(Arc::clone(link));
        }
    }

    /// Tells the device that caused these events that its inbox has them. The waker, if any, is the caller's to wake.
    pub(crate) fn caused(&self, caused: &Caused) -> Option<Waker> {
        let links = self.read();
        let link = links.get(&caused.user)?.iter().find(|link| link.origin == caused.origin)?;
        link.mailbox.push(Item::Own { first_seq: caused.first_seq, count: caused.count })
    }

    /// Every user with a session, of all apps, in no order.
    pub(crate) fn users(&self) -> Vec<UserKey> {
        self.read().keys().copied().collect()
    }

    /// Removes a session; nothing happens if it has been replaced or kicked out already.
    pub(crate) fn remove(&self, user: UserKey, session_id: u64) {
        self.retain(user, |link| link.session_id != session_id, |_| {});
    }

    /// Removes a session whose login could not be stored; its user is not known.
    pub(crate) fn forget(&self, session_id: u64) {
        self.write().retain(|_, of_user| {
            of_user.retain(|link| link.session_id != session_id);
            !of_user.is_empty()
        });
    }

    fn retain(&self, user: UserKey, keep: impl Fn(&Link) -> bool, mut gone: impl FnMut(&Link)) {
        let mut links = self.write();
        let Some(of_user) = links.get_mut(&user) else { return };
        of_user.retain(|link| {
            let keep = keep(link);
            if !keep {
                gone(link);
            }
            keep
        });
        if of_user.is_empty() {
            links.remove(&user);
        }
    }
}

impl Subscriber for Registry {
    fn notice(&self, notice: &Notice) {
        match notice {
            Notice::Appended(appended) => {
                let links = self.read();
                for events in appended {
                    for link in links.get(&events.user).into_iter().flatten() {
                        // Its own events come after the answers, by `caused`.
                        if events.origin == NO_ORIGIN || link.origin != events.origin {
                            link.mailbox.send(Item::Events(events.clone()));
                        }
                    }
                }
            }
            Notice::Signal { users, frame } => {
                let links = self.read();
                for link in users.iter().filter_map(|user| links.get(user)).flatten() {
                    link.mailbox.send(Item::Frame(frame.clone()));
                }
            }
            Notice::End { user, device_id, except, reason } => {
                let text = match reason {
                    GoodbyeReason::Replaced => "the same device opened a newer connection",
                    GoodbyeReason::KickedOut => "another device logged in",
                    _ => "the session was ended",
                };
                let keep = |link: &Link| link.device_id != *device_id || link.session_id == *except;
                self.retain(*user, keep, |link| link.mailbox.close(Farewell::new(*reason, text)));
            }
        }
    }
}

impl service::Presence for Registry {
    fn is_live(&self, user: UserKey, device_id: &str) -> bool {
        self.read().get(&user).is_some_and(|links| links.iter().any(|link| link.device_id == device_id))
    }

    fn live_platforms(&self, user: UserKey) -> Vec<i32> {
        self.read().get(&user).map_or_else(Vec::new, |links| links.iter().map(|link| link.platform).collect())
    }

    fn acknowledgement_matters(&self, user: UserKey, seq: u64) {
        for link in self.read().get(&user).into_iter().flatten() {
            link.ack_matters.fetch_max(seq, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Presence as _;
    use std::collections::VecDeque;
    use std::task::Context;

    fn link(session_id: u64, device_id: &str) -> Arc<Link> {
        Arc::new(Link {
            session_id,
            user: 7,
            device_id: device_id.into(),
            platform: 3,
            mailbox: Mailbox::new(1 << 10),
            acked: AtomicU64::new(0),
            ack_matters: AtomicU64::new(0),
            ack_queued: AtomicBool::new(false),
            origin: crate::store::origin_of(device_id),
        })
    }

    fn farewell(link: &Link) -> Option<GoodbyeReason> {
        let cx = Context::from_waker(Waker::noop());
        link.mailbox.take(&mut VecDeque::new(), &cx).farewell.map(|farewell| farewell.reason)
    }

    #[test]
    fn the_newer_connection_of_a_device_stays() {
        let registry = Registry::default();
        let (old, new, other) = (link(1, "phone"), link(2, "phone"), link(3, "web"));
        for link in [&old, &new, &new, &other] {
            registry.insert(link);
        }
        let reason = GoodbyeReason::Replaced;
        registry.notice(&Notice::End { user: 7, device_id: "phone".into(), except: 2, reason });
        assert_eq!(farewell(&old), Some(GoodbyeReason::Replaced));
        assert_eq!((farewell(&new), farewell(&other)), (None, None));
        registry.remove(7, 1);
        assert!(registry.is_live(7, "phone"), "the old session's end is not the new one's");
        assert_eq!(registry.live_platforms(7), [3, 3]);
        registry.remove(7, 2);
        registry.remove(7, 3);
        assert!(!registry.is_live(7, "phone") && registry.read().is_empty());
    }
}
