//! The configured credentials, and which of them serves a device.

use crate::breaker::{Breaker, BreakerOptions};
use crate::identity::Identity;
use crate::metrics::{Counter, OUTCOMES, ProviderMetrics};
use crate::model::{Environment, Target, Vendor};
use crate::provider::Provider;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::Semaphore;

/// Which devices a credential serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// App.
    pub app_id: u32,
    /// Certificate set, 1 or 2.
    pub app_type: u32,
    /// Environments; vendors without them ignore it.
    pub environments: Vec<Environment>,
    /// Bundle id or package name, empty = any. A device whose own name matches prefers this credential.
    pub bundle_id: String,
    /// Serves ordinary pushes.
    pub alert: bool,
    /// Serves VoIP pushes.
    pub voip: bool,
    /// Who brought it, empty = the configuration.
    pub owner: String,
}

impl Slot {
    /// For a vendor without environments and without VoIP pushes: all pushes of an app's certificate set.
    #[must_use]
    pub fn of_app(app_id: u32, app_type: u32, bundle_id: &str) -> Self {
        Self {
            app_id,
            app_type,
            environments: vec![Environment::Production, Environment::Sandbox],
            bundle_id: bundle_id.to_owned(),
            alert: true,
            voip: false,
            owner: String::new(),
        }
    }
}

/// A credential without its secret.
#[derive(Debug, Clone)]
pub struct Description<'a> {
    /// Vendor, app, certificate set.
    pub name: &'a str,
    /// Whose it is.
    pub vendor: Vendor,
    /// Which devices it serves.
    pub slot: &'a Slot,
    /// What identifies it at the vendor.
    pub identity: Identity,
    /// When it runs out (UTC ms), `None` = never.
    pub expires_at: Option<i64>,
}

/// All credentials.
#[derive(Default)]
pub struct Providers {
    pub(crate) entries: Vec<(Slot, Arc<dyn Provider>)>,
}

impl Providers {
    /// Adds a credential. Of several that serve the same device, the one with its bundle id wins, else the first.
    pub fn add(&mut self, slot: Slot, provider: Arc<dyn Provider>) {
        self.entries.push((slot, provider));
    }

    /// The same credentials under an owner's name, so that they can be replaced or removed together while the dispatcher
    /// runs. The configuration's have no owner.
    #[must_use]
    pub fn owned_by(mut self, owner: &str) -> Self {
        for (slot, _) in &mut self.entries {
            owner.clone_into(&mut slot.owner);
        }
        self
    }

    /// These, and behind them those of `others`: see [`Providers::add`] for what the order means.
    #[must_use]
    pub fn followed_by(mut self, others: Self) -> Self {
        self.entries.extend(others.entries);
        self
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no vendor is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What may be told of each credential, in the order they were configured.
    pub fn describe(&self) -> impl Iterator<Item = Description<'_>> {
        self.entries.iter().map(|(slot, provider)| Description {
            name: provider.name(),
            vendor: provider.vendor(),
            slot,
            identity: provider.identity(),
            expires_at: provider.credential_expires_at(),
        })
    }

    pub(crate) fn into_lanes(self, concurrency: usize, breaker: &BreakerOptions) -> Lanes {
        let lane = |(slot, provider)| Arc::new(Lane::new(slot, provider, concurrency, breaker.clone()));
        Lanes(RwLock::new(self.entries.into_iter().map(lane).collect()))
    }
}

/// One credential with its breaker and its share of requests.
pub(crate) struct Lane {
    pub(crate) slot: Slot,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) permits: Arc<Semaphore>,
    concurrency: usize,
    breaker: Mutex<Breaker>,
    /// All permits were taken and none came back in time: do not wait for this lane until one does.
    pub(crate) stuck: AtomicBool,
    pub(crate) deferred: Counter,
    pub(crate) answers: [Counter; OUTCOMES.len()],
}

impl Lane {
    fn new(slot: Slot, provider: Arc<dyn Provider>, concurrency: usize, breaker: BreakerOptions) -> Self {
        Self {
            slot,
            provider,
            permits: Arc::new(Semaphore::new(concurrency)),
            concurrency,
            breaker: Mutex::new(Breaker::new(breaker)),
            stuck: AtomicBool::new(false),
            deferred: Counter::default(),
            answers: Default::default(),
        }
    }

    pub(crate) fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn metrics(&self) -> ProviderMetrics {
        ProviderMetrics {
            vendor: self.provider.vendor(),
            name: self.provider.name().to_owned(),
            answers: OUTCOMES.iter().zip(&self.answers).map(|(word, count)| (*word, count.get())).collect(),
            deferred: self.deferred.get(),
            in_flight: self.concurrency - self.permits.available_permits().min(self.concurrency),
            breaker_open: !self.breaker().is_closed(),
            credential_expires_at: self.provider.credential_expires_at(),
        }
    }

    pub(crate) fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::Relaxed)
    }
}

/// The credentials in use. They change while pushes are under way: a push keeps the one it was given.
pub(crate) struct Lanes(RwLock<Vec<Arc<Lane>>>);

impl Lanes {
    fn lanes(&self) -> RwLockReadGuard<'_, Vec<Arc<Lane>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an owner's credentials in the place of those it had. They go before the configuration's.
    pub(crate) fn replace(&self, owner: &str, fresh: Lanes) {
        let mut lanes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        lanes.retain(|lane| lane.slot.owner != owner);
        let fresh = fresh.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        lanes.splice(0..0, fresh);
    }

    pub(crate) fn find(&self, target: &Target, voip: bool) -> Option<Arc<Lane>> {
        let serves = |lane: &&Arc<Lane>| {
            let slot = &lane.slot;
            lane.provider.vendor() == target.vendor
                && slot.app_id == target.app_id
                && slot.app_type == target.app_type.max(1)
                && slot.environments.contains(&target.environment)
                && if voip { slot.voip } else { slot.alert }
        };
        let exact = |lane: &&Arc<Lane>| serves(lane) && lane.slot.bundle_id == target.bundle_id;
        let lanes = self.lanes();
        lanes.iter().find(exact).or_else(|| lanes.iter().find(serves)).cloned()
    }

    /// The credential of the app's other certificate set, if it is one of another project: for a token that is not of the
    /// project it was registered for.
    pub(crate) fn of_other_set(&self, refused: &Lane, target: &Target) -> Option<Arc<Lane>> {
        let project = |lane: &Lane| lane.provider.identity().get("project_id").map(str::to_owned);
        // Sets are 1 and 2.
        let other = Target { app_type: 3 - target.app_type.clamp(1, 2), ..target.clone() };
        self.find(&other, false).filter(|lane| project(lane) != project(refused))
    }

    /// Those of an app, in order of preference.
    pub(crate) fn of_app(&self, app_id: u32) -> Vec<Arc<Lane>> {
        self.lanes().iter().filter(|lane| lane.slot.app_id == app_id).cloned().collect()
    }

    pub(crate) fn metrics(&self) -> Vec<ProviderMetrics> {
        self.lanes().iter().map(|lane| lane.metrics()).collect()
    }
}
