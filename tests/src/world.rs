//! A server inside this process.

use crate::http::HttpAnswer;
use crate::phone::{Kind, Phone};
use crate::settings::{APP_ID, Settings};
use crate::site::{Row, Service, Site};
use crate::wait::until;
use std::ops::Deref;
use std::sync::Arc;
use zim_server::clock::Clock;
use zim_server::config::{Config, Overrides};
use zim_server::store::DeliveryLogQuery;
use zim_server::{Running, Server};

/// A running server with its vendors. Everything goes with it.
pub struct World {
    server: Option<Running>,
    site: Site,
}

impl Deref for World {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl World {
    /// A world with the shipped numbers.
    #[must_use]
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    /// A world whose clients connect by `wss://`.
    #[must_use]
    pub fn tls() -> Self {
        Self::with(Settings { tls: true, ..Settings::default() })
    }

    /// A world of one's own making.
    ///
    /// # Panics
    /// When the server does not start.
    #[must_use]
    pub fn with(settings: Settings) -> Self {
        Self::start_on(settings, None)
    }

    /// The same with another clock for the server.
    ///
    /// # Panics
    /// When the server does not start.
    #[must_use]
    pub fn with_clock(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        Self::start_on(settings, Some(clock))
    }

    fn start_on(settings: Settings, clock: Option<Arc<dyn Clock>>) -> Self {
        let site = Site::new(settings);
        Self { server: Some(start(&site, clock)), site }
    }

    /// The server.
    ///
    /// # Panics
    /// After [`World::stop`].
    #[must_use]
    pub fn server(&self) -> &Running {
        self.server.as_ref().expect("the server was stopped")
    }

    /// Stops the server gracefully.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            self.site.run(server.shutdown());
        }
    }

    /// Starts a server on the same folder, at another address, after [`World::stop`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        self.server = Some(start(&self.site, None));
    }

    /// Where clients connect to.
    #[must_use]
    pub fn service(&self) -> Service {
        self.site.service(&self.server().url())
    }

    /// A device that has never been switched on.
    #[must_use]
    pub fn phone(&self, name: &str, kind: Kind) -> Phone {
        self.site.with_token(self.service().phone(name, kind))
    }

    /// A logged-in desktop client of a user.
    #[must_use]
    pub fn online(&self, user_id: &str) -> Phone {
        let mut phone = self.phone(&format!("{user_id}-desktop"), Kind::Desktop);
        phone.login(user_id);
        phone
    }

    /// A phone whose user logged in with push registered, and which was then switched off.
    #[must_use]
    pub fn offline(&self, user_id: &str, kind: Kind) -> Phone {
        let mut phone = self.phone(&format!("{user_id}-phone"), kind);
        phone.register_push();
        phone.login(user_id);
        self.until_bound(user_id, &phone.push_id());
        self.power_off(&mut phone);
        phone
    }

    /// The delivery log about a user, oldest first.
    #[must_use]
    pub fn push_log(&self, user_id: &str) -> Vec<Row> {
        let query =
            DeliveryLogQuery { user_id: Some(user_id.to_owned()), limit: 1_000, ..Default::default() };
        let rows = self.site.run(self.server().delivery_log(APP_ID, query));
        let rows = rows.unwrap_or_else(|error| panic!("the delivery log: {error}"));
        let row = |row: zim_server::store::DeliveryLog| Row {
            user_id: row.user_id,
            push_id: row.push_id,
            subject: row.subject,
            stage: row.stage,
            outcome: row.outcome,
            detail: row.detail,
            request_id: row.request_id,
        };
        rows.into_iter().rev().map(row).collect()
    }

    /// Waits for a row of the delivery log about a user with this outcome.
    pub fn until_logged(&self, user_id: &str, outcome: &str) -> Row {
        until(&format!("row {outcome:?} about {user_id}"), || {
            self.push_log(user_id).into_iter().find(|row| row.outcome == outcome)
        })
    }

    /// The PushIDs bound to a user, as the administration tells them; empty for a user who never logged in.
    #[must_use]
    pub fn bound(&self, user_id: &str) -> Vec<String> {
        let (status, answer) = self.admin("GET", &format!("/admin/v1/users/{user_id}/push-ids"), None);
        if status == 404 {
            return Vec::new();
        }
        let push_ids = answer["push_ids"].as_array().expect("a list");
        push_ids.iter().map(|id| id["push_id"].as_str().expect("text").to_owned()).collect()
    }

    /// Waits until exactly this PushID is bound to a user.
    pub fn until_bound(&self, user_id: &str, push_id: &str) {
        until(&format!("binding of {user_id}"), || (self.bound(user_id) == [push_id]).then_some(()));
    }

    /// Waits until no PushID is bound to a user.
    pub fn until_unbound(&self, user_id: &str) {
        until(&format!("end of the binding of {user_id}"), || self.bound(user_id).is_empty().then_some(()));
    }

    /// Switches off a phone that is logged in, and waits until the server knows.
    pub fn power_off(&self, phone: &mut Phone) {
        let before = self.sessions();
        phone.power_off();
        until("end of a session", || (self.sessions() < before).then_some(()));
    }

    /// Logged-in connections, as `/metrics` tells them.
    ///
    /// # Panics
    /// If it does not.
    #[must_use]
    pub fn sessions(&self) -> u64 {
        self.metric("zim_user_sessions").expect("a metric")
    }

    /// A value of `/metrics` by its name with labels.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<u64> {
        let metrics = self.server().metrics();
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        value.parse().ok()
    }

    /// Calls the administration interface: status and JSON.
    ///
    /// # Panics
    /// When the server does not answer. Not for `wss://` worlds.
    #[must_use]
    pub fn admin(
        &self,
        method: &str,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> (u16, serde_json::Value) {
        crate::http::call(self.server().addr(), method, path, body)
    }

    /// Calls it with headers of one's own, and without a token unless they hold one.
    ///
    /// # Panics
    /// As [`World::admin`].
    #[must_use]
    pub fn http(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&serde_json::Value>,
    ) -> HttpAnswer {
        crate::http::exchange(self.server().addr(), method, path, headers, body)
    }
}

/// Starts a server with the configuration of a site.
fn start(site: &Site, clock: Option<Arc<dyn Clock>>) -> Running {
    let config = Config::load(Some(&site.config_file()), &Overrides::default())
        .unwrap_or_else(|error| panic!("{error}"));
    let started = site.run(async {
        match clock {
            Some(clock) => Server::start_with_clock(config, clock).await,
            None => Server::start(config).await,
        }
    });
    started.unwrap_or_else(|error| panic!("{error}"))
}

impl Drop for World {
    fn drop(&mut self) {
        // Inside the runtime, where the loops of the server are.
        let _inside = self.site.runtime().enter();
        drop(self.server.take());
    }
}
