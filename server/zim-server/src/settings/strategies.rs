//! Push strategies.

use super::{Refused, Settings, Source};
use crate::config::Config;
use crate::hub::Hub;
use crate::store::{self, StrategyRow};
use serde::Serialize;
use std::sync::{MutexGuard, PoisonError};
use zim_push::{Strategies, Strategy};

/// A strategy under its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NamedStrategy {
    #[serde(skip)]
    app_id: u32,
    resources_id: String,
    source: Source,
    strategy: Strategy,
}

/// Those of the configuration file, and those of the store that have no namesake there.
pub(super) fn named(config: &Config, rows: &[StrategyRow]) -> Vec<NamedStrategy> {
    let configured = config.apps.iter().flat_map(|app| {
        app.strategies.iter().map(|(name, strategy)| NamedStrategy {
            app_id: app.id,
            resources_id: name.clone(),
            source: Source::Config,
            strategy: strategy.clone(),
        })
    });
    let mut all: Vec<NamedStrategy> = configured.collect();
    for row in rows {
        let (app_id, name) = (row.app_id, &row.resources_id);
        let fault = match serde_json::from_str(&row.strategy) {
            _ if all.iter().any(|known| known.is(app_id, name)) => {
                "the configuration file has one with the same name".to_owned()
            }
            Ok(strategy) => {
                let resources_id = name.clone();
                all.push(NamedStrategy { app_id, resources_id, source: Source::Uploaded, strategy });
                continue;
            }
            Err(error) => error.to_string(),
        };
        tracing::error!(app_id, name, fault, "a stored strategy is not used");
    }
    all
}

/// As the dispatcher uses them. What was stored was checked; should it not pass any more, it is left out with a line in the log.
pub(super) fn usable(all: &[NamedStrategy]) -> Strategies {
    let mut strategies = Strategies::default();
    for one in all {
        if let Err(error) = strategies.insert(one.app_id, &one.resources_id, one.strategy.clone()) {
            tracing::error!(%error, "a strategy is not used");
        }
    }
    strategies
}

impl NamedStrategy {
    fn is(&self, app_id: u32, name: &str) -> bool {
        self.app_id == app_id && self.resources_id == name
    }
}

impl Settings {
    fn strategy_list(&self) -> MutexGuard<'_, Vec<NamedStrategy>> {
        self.strategies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of an app, by name.
    pub(crate) fn strategies(&self, app_id: u32) -> Vec<NamedStrategy> {
        let mut found: Vec<_> =
            self.strategy_list().iter().filter(|one| one.app_id == app_id).cloned().collect();
        found.sort_by(|one, other| one.resources_id.cmp(&other.resources_id));
        found
    }

    /// One of them.
    pub(crate) fn strategy(&self, app_id: u32, name: &str) -> Option<Strategy> {
        self.strategy_list().iter().find(|one| one.is(app_id, name)).map(|one| one.strategy.clone())
    }

    /// Checks the values of a strategy that is not stored.
    pub(crate) fn check_strategy(strategy: &Strategy) -> Result<(), Refused> {
        Ok(Strategies::default().insert(0, "preview", strategy.clone())?)
    }

    /// Checks and stores a strategy, and has it used from the next push on.
    pub(crate) async fn put_strategy(
        &self,
        hub: &Hub,
        app_id: u32,
        name: &str,
        strategy: Strategy,
    ) -> Result<NamedStrategy, Refused> {
        let _alone = self.changing.lock().await;
        let mut all = self.strategy_list().clone();
        self.uploaded_only(app_id, name)?;
        all.retain(|one| !one.is(app_id, name));
        usable(&all).insert(app_id, name, strategy.clone())?;
        let text = serde_json::to_string(&strategy).expect("a strategy is plain data");
        let row = StrategyRow { app_id, resources_id: name.to_owned(), strategy: text };
        let stored = store::execute::<_, (), _>(&*hub.store, move |tx| tx.put_strategy(&row).map(Ok));
        stored.await?.unwrap_or_default();
        let put = NamedStrategy { app_id, resources_id: name.to_owned(), source: Source::Uploaded, strategy };
        all.push(put.clone());
        self.use_strategies(hub, all);
        Ok(put)
    }

    /// Removes a strategy; pushes that name it are ordinary ones from then on, with a warning in the log.
    pub(crate) async fn remove_strategy(&self, hub: &Hub, app_id: u32, name: &str) -> Result<(), Refused> {
        let _alone = self.changing.lock().await;
        let known = self.uploaded_only(app_id, name)?;
        if !known {
            let fault = "no strategy has this name".to_owned();
            return Err(Refused::Missing { parameter: "resources_id", fault });
        }
        let row = name.to_owned();
        let removed =
            store::execute::<_, (), _>(&*hub.store, move |tx| tx.remove_strategy(app_id, &row).map(Ok));
        removed.await?.unwrap_or_default();
        let mut all = self.strategy_list().clone();
        all.retain(|one| !one.is(app_id, name));
        self.use_strategies(hub, all);
        Ok(())
    }

    /// Whether there is one with this name, which must not be the configuration file's.
    fn uploaded_only(&self, app_id: u32, name: &str) -> Result<bool, Refused> {
        let list = self.strategy_list();
        let known = list.iter().find(|one| one.is(app_id, name));
        if known.is_some_and(|one| one.source == Source::Config) {
            let fault = "belongs to the configuration file: change it there".to_owned();
            return Err(Refused::Conflict { parameter: "resources_id", fault });
        }
        Ok(known.is_some())
    }

    fn use_strategies(&self, hub: &Hub, all: Vec<NamedStrategy>) {
        if let Some(push) = hub.push.get() {
            push.set_strategies(usable(&all));
        }
        *self.strategy_list() = all;
    }
}
