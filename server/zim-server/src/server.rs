//! Starting and stopping.

use crate::auth::{Authenticator, token04};
use crate::bus::{Bus, LocalBus, Subscriber};
use crate::clock::{Clock, SystemClock};
use crate::config::{AppConfig, Config, ConfigError, credentials};
use crate::gateway;
use crate::hub::{Commits, Connections, Hub};
use crate::metrics::Metrics;
use crate::presence::Registry;
use crate::push_source::{PushClock, StoredJobs};
use crate::settings::{Loaded, Settings};
use crate::store::{self, CommitObserver, DeliveryLog, DeliveryLogQuery, SqliteStore, Store, StoreError};
use crate::{admin, upkeep};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use zim_push::credentials::ProviderTokens;
use zim_push::{Dispatcher, DispatcherOptions, Providers};

/// Why the server did not start. The text names the file, key or address at fault and holds no secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration, or a file of generated credentials.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data folder: in use, unreadable, or written by a newer release.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address.
    #[error("{address}: cannot listen: {error}")]
    Listen {
        /// Configured address.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// A certificate or key file.
    #[error("{0}")]
    Tls(String),
    /// A push credential.
    #[error("{0}")]
    Push(#[from] zim_push::CredentialError),
}

/// The service, as something to start.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts the service. Must be called inside a tokio runtime with time and IO; several workers are of use.
    ///
    /// # Errors
    /// [`StartError`]; nothing keeps running then.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        Self::start_with_clock(config, Arc::new(SystemClock::default())).await
    }

    /// Starts the service with another clock: for tests that move time themselves.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_with_clock(config: Config, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
        config.check("configuration")?;
        let mut parts = Parts::load(config, &clock)?;
        let folder = parts.config.data_dir.clone();
        // Opening may recover a long log; not on a runtime worker.
        let store: Arc<dyn Store> = match tokio::task::spawn_blocking(move || SqliteStore::open(folder)).await
        {
            Ok(store) => Arc::new(store?),
            Err(_) => return Err(StoreError::Panicked.into()),
        };
        // Whoever claimed pushes before is gone, killed perhaps: the folder has one server at a time. Without this a call's
        // push could wait for the end of its lease longer than the call rings.
        let now = clock.now();
        store::execute::<_, (), _>(&*store, move |tx| tx.release_claims(now).map(Ok))
            .await?
            .unwrap_or_default();
        let push_clock: Arc<dyn zim_push::Clock> = Arc::new(PushClock(Arc::clone(&clock)));
        let tokens = std::mem::take(&mut parts.tokens);
        let loaded = Settings::load(&parts.config, &parts.providers, tokens, &*store, push_clock).await?;
        let address = parts.config.listen;
        let listener = TcpListener::bind(address).await;
        let listener = listener.and_then(|listener| Ok((listener.local_addr()?, listener)));
        match listener {
            Ok((addr, listener)) => Ok(run(parts, loaded, clock, store, addr, listener)),
            Err(error) => {
                store.close();
                Err(StartError::Listen { address, error })
            }
        }
    }

    /// Checks everything a start depends on besides the data folder and the address: values, certificates, push
    /// credentials. Changes nothing.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(config: &Config) -> Result<(), StartError> {
        config.check("configuration")?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        tls(config)?;
        providers(config, &clock, &ProviderTokens::default())?;
        Ok(())
    }
}

/// What is read before anything is started.
struct Parts {
    config: Config,
    tls: Option<(TlsAcceptor, i64)>,
    providers: Providers,
    /// Of the configuration's credentials; those that are uploaded share them.
    tokens: ProviderTokens,
    created: Option<PathBuf>,
}

impl Parts {
    fn load(config: Config, clock: &Arc<dyn Clock>) -> Result<Self, StartError> {
        let tls = tls(&config)?;
        let tokens = ProviderTokens::default();
        let providers = providers(&config, clock, &tokens)?;
        let credentials::Completed { config, created } = credentials::complete(config)?;
        Ok(Self { config, tls, providers, tokens, created })
    }
}

fn tls(config: &Config) -> Result<Option<(TlsAcceptor, i64)>, StartError> {
    let Some(files) = &config.tls else { return Ok(None) };
    let files = files.relative_to(&config.base);
    let (server, expires_at) =
        gateway::server_config(&files).map_err(|error| StartError::Tls(error.to_string()))?;
    Ok(Some((TlsAcceptor::from(server), expires_at)))
}

/// The push credentials of the configuration.
fn providers(
    config: &Config,
    clock: &Arc<dyn Clock>,
    tokens: &ProviderTokens,
) -> Result<Providers, StartError> {
    let clock: Arc<dyn zim_push::Clock> = Arc::new(PushClock(Arc::clone(clock)));
    let folder = zim_push::credentials::Folder(&config.base);
    Ok(zim_push::credentials::load_sharing(&config.credentials, &folder, &clock, tokens)?)
}

fn run(
    parts: Parts,
    loaded: Loaded,
    clock: Arc<dyn Clock>,
    store: Arc<dyn Store>,
    addr: SocketAddr,
    listener: TcpListener,
) -> Running {
    let Parts { config, tls, providers, created, tokens: _ } = parts;
    let Loaded { settings, uploaded, strategies } = loaded;
    let metrics = Arc::new(Metrics::default());
    let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
    let registry = Arc::new(Registry::default());
    bus.subscribe(Arc::clone(&registry) as Arc<dyn Subscriber>);
    let commits = Arc::new(Commits::new(Arc::clone(&bus), Arc::clone(&registry), Arc::clone(&metrics)));
    store.observe(Arc::clone(&commits) as Arc<dyn CommitObserver>);
    if let Some((_, expires_at)) = &tls {
        metrics.certificate("listener", *expires_at);
    }
    let limits = config.apps.iter().map(|app| (app.id, Arc::new(config.limits.of_service(app)))).collect();
    let hub = Arc::new(Hub {
        authenticator: Authenticator::new(&config.apps, config.limits.max_token_s),
        limits,
        clock: Arc::clone(&clock),
        store,
        bus,
        registry,
        metrics,
        commits,
        connections: Connections::default(),
        rest: crate::rest::Gate::default(),
        throttle: admin::Throttle::default(),
        series: admin::Series::open(&config.data_dir, clock.now()),
        settings,
        push: OnceLock::new(),
        config,
    });
    let _ = hub.push.get_or_init(|| {
        let source = Arc::new(StoredJobs::new(&hub));
        let clock = Arc::new(PushClock(clock));
        Dispatcher::start(
            source,
            uploaded.followed_by(providers),
            strategies,
            DispatcherOptions::default(),
            clock,
        )
    });
    let mut loops = JoinSet::new();
    loops.spawn(upkeep::supervise(Arc::clone(&hub), "timers", upkeep::timers));
    loops.spawn(upkeep::supervise(Arc::clone(&hub), "pushes", upkeep::pushes));
    loops.spawn(upkeep::supervise(Arc::clone(&hub), "retention", upkeep::trim));
    loops.spawn(upkeep::supervise(Arc::clone(&hub), "minutes", admin::record));
    loops.spawn(upkeep::absent_callers(Arc::clone(&hub), hub.clock.now()));
    let (stop, stopped) = watch::channel(false);
    let secure = tls.is_some();
    let accepting =
        tokio::spawn(gateway::listener::run(Arc::clone(&hub), listener, tls.map(|(tls, _)| tls), stopped));
    tracing::info!(%addr, secure, data = %hub.config.data_dir.display(), "listening");
    if let Some(path) = &created {
        tracing::info!(file = %path.display(), "made credentials; they are in this file and nowhere else");
    }
    Running { hub, addr, secure, created, stop, accepting, loops }
}

/// A running service. Dropping it stops accepting; [`Running::shutdown`] stops it gracefully.
pub struct Running {
    hub: Arc<Hub>,
    addr: SocketAddr,
    secure: bool,
    created: Option<PathBuf>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    loops: JoinSet<()>,
}

impl Running {
    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address clients connect to: `ws://…/zim`, or `wss://…` with TLS.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}/zim", if self.secure { "wss" } else { "ws" }, self.addr)
    }

    /// The folder of the database.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.hub.config.data_dir
    }

    /// The file of generated credentials, if this start made some.
    #[must_use]
    pub fn created_credentials(&self) -> Option<&Path> {
        self.created.as_deref()
    }

    /// The apps with their secrets.
    #[must_use]
    pub fn apps(&self) -> &[AppConfig] {
        &self.hub.config.apps
    }

    /// The token of the administration interface.
    #[must_use]
    pub fn admin_token(&self) -> &str {
        &self.hub.config.admin_token
    }

    /// A Token04 for a user of an app, valid for `seconds`. `None`: no such app, no user id, or no validity.
    #[must_use]
    pub fn token(&self, app_id: u32, user_id: &str, seconds: i64) -> Option<String> {
        let app = self.apps().iter().find(|app| app.id == app_id)?;
        token04::generate(app_id, user_id, &app.server_secret, seconds, self.hub.clock.now())
    }

    /// Rows of the delivery log, newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn delivery_log(
        &self,
        app_id: u32,
        query: DeliveryLogQuery,
    ) -> Result<Vec<DeliveryLog>, StoreError> {
        let rows =
            store::execute::<_, (), _>(&*self.hub.store, move |tx| tx.delivery_log(app_id, &query).map(Ok));
        Ok(rows.await?.unwrap_or_default())
    }

    /// The Prometheus text of `/metrics`.
    #[must_use]
    pub fn metrics(&self) -> String {
        self.hub.metrics.render(self.hub.push.get().map(Dispatcher::metrics).as_ref())
    }

    /// Stops gracefully: accepts nothing new, lets every client finish what it asked for and tells it to come back, stops
    /// the push dispatcher, and closes the store. Takes as long as the configured drain time at most, plus the store's
    /// last commit.
    pub async fn shutdown(mut self) {
        tracing::info!("stopping");
        self.stop.send_replace(true);
        let hub = &self.hub;
        hub.connections.drain();
        let drained =
            tokio::time::timeout(hub.config.limits.drain_timeout(), hub.connections.emptied()).await;
        if drained.is_err() {
            tracing::warn!(open = hub.metrics.connections.get(), "not all connections ended in time");
        }
        if let Some(dispatcher) = hub.push.get() {
            dispatcher.shutdown(hub.config.limits.drain_timeout()).await;
        }
        self.loops.shutdown().await;
        self.accepting.abort();
        hub.series.close(hub);
        let store = Arc::clone(&hub.store);
        if tokio::task::spawn_blocking(move || store.close()).await.is_err() {
            tracing::error!("closing the store failed");
        }
        tracing::info!("stopped");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.accepting.abort();
    }
}
