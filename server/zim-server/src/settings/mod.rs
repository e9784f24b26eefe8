//! What the owner sets up while the server runs: push certificates and strategies, beside those of the configuration file.
//!
//! The store owns what was set up; what is here is a copy for answering, and the dispatcher uses another. A change is
//! checked, stored, and only then used.

mod certificates;
mod sealer;
mod strategies;

pub(crate) use certificates::{Certificate, Upload};
use sealer::Sealer;
pub(crate) use sealer::{KEY_DIGITS, is_key};
pub(crate) use strategies::NamedStrategy;

use crate::config::Config;
use crate::store::{self, Store, StoreError, Tx};
use serde::Serialize;
use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use zim_push::credentials::ProviderTokens;
use zim_push::{Clock, CredentialError, Providers, Strategies, StrategyError};

/// Where something was set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// In the configuration file: read-only.
    Config,
    /// At run time.
    Uploaded,
}

/// Why a change was not made. Holds no secret.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A value does not do.
    Wrong { parameter: Cow<'static, str>, fault: String },
    /// It cannot be changed, or there is no room.
    Conflict { parameter: &'static str, fault: String },
    /// There is no such thing.
    Missing { parameter: &'static str, fault: String },
    /// Nothing was changed.
    Store(StoreError),
}

impl Refused {
    fn wrong(parameter: impl Into<Cow<'static, str>>, fault: impl Into<String>) -> Self {
        Self::Wrong { parameter: parameter.into(), fault: fault.into() }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<CredentialError> for Refused {
    fn from(error: CredentialError) -> Self {
        match error.member() {
            "" => Self::wrong("credential", error.to_string()),
            member => Self::wrong(format!("credential.{member}"), error.to_string()),
        }
    }
}

impl From<StrategyError> for Refused {
    fn from(error: StrategyError) -> Self {
        let fault = error.to_string();
        match error {
            StrategyError::Value { parameter, .. } => Self::wrong(parameter, fault),
            StrategyError::TooMany(_) => Self::Conflict { parameter: "resources_id", fault },
            _ => Self::wrong("resources_id", fault),
        }
    }
}

/// All that is set up.
pub(crate) struct Settings {
    sealer: Sealer,
    clock: Arc<dyn Clock>,
    /// Of Apple's keys that are in use, those of the configuration among them.
    tokens: ProviderTokens,
    certificates: Mutex<Vec<Certificate>>,
    strategies: Mutex<Vec<NamedStrategy>>,
    /// One change at a time, so that store, copy and dispatcher see them in the same order.
    changing: tokio::sync::Mutex<()>,
}

/// What the dispatcher starts with.
pub(crate) struct Loaded {
    pub(crate) settings: Settings,
    /// Each under its certificate's id, for [`zim_push::Dispatcher::set_credentials`].
    pub(crate) uploaded: Providers,
    pub(crate) strategies: Strategies,
}

impl Settings {
    /// Reads what the store holds. A certificate that can no longer be used, because it ran out or its key is gone, is told in
    /// the log and in the list; the server runs without it.
    pub(crate) async fn load(
        config: &Config,
        configured: &Providers,
        tokens: ProviderTokens,
        store: &dyn Store,
        clock: Arc<dyn Clock>,
    ) -> Result<Loaded, StoreError> {
        let rows = store::execute::<_, (), _>(store, |tx: &mut dyn Tx| {
            Ok(Ok((tx.certificates()?, tx.strategies()?)))
        });
        let (certificate_rows, strategy_rows) = rows.await?.unwrap_or_default();
        let sealer = Sealer::new(&config.secrets_key);
        let mut certificates = certificates::of_config(config, configured);
        let mut uploaded = Providers::default();
        for row in &certificate_rows {
            let (certificate, providers) = certificates::open(&sealer, row, &clock, &tokens);
            certificates.push(certificate);
            uploaded = providers.owned_by(&row.id.to_string()).followed_by(uploaded);
        }
        let named = strategies::named(config, &strategy_rows);
        let strategies = strategies::usable(&named);
        let settings = Self {
            sealer,
            clock,
            tokens,
            certificates: Mutex::new(certificates),
            strategies: Mutex::new(named),
            changing: tokio::sync::Mutex::default(),
        };
        Ok(Loaded { settings, uploaded, strategies })
    }
}
