//! Push without messaging: the device alone has a session with the server.

use crate::error::Error;
use crate::zpns::{Options, Zpns};
use std::sync::Arc;
use zim_core::{Call, Client, ClientConfig};

/// A push client with a connection of its own, for apps that do not use ZIM.
///
/// The session is proven by the app's AppSign, so that [`ClientConfig::app_sign`] has to be set. Users are bound and
/// released by the app, which proves each by a token.
#[derive(Clone)]
pub struct Standalone {
    zpns: Zpns,
    client: Client,
}

impl Standalone {
    /// Makes both clients, attaches one to the other and begins to open the session; it is retried until it stands, and
    /// again whenever it is lost. Errors are those of [`Client::new`].
    pub fn open(options: Options, config: ClientConfig) -> Result<Self, zim_core::Error> {
        let app_id = config.app_id;
        let client = Client::new(config)?;
        let zpns = Zpns::new(options);
        zpns.attach(app_id, Arc::new(client.clone()));
        client.open_device_session().then(|opened| {
            if let Err(error) = opened {
                log::warn!("the device session is not open: {error}");
            }
        });
        Ok(Self { zpns, client })
    }

    /// The push client.
    #[must_use]
    pub fn zpns(&self) -> &Zpns {
        &self.zpns
    }

    /// The connection: for [`Client::set_app_state`], [`Client::network_changed`] and, in pump mode, its callbacks.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Lets `user_id`, proven by `token`, be pushed to on this device; whoever was bound before is released. 6000401 if
    /// the device is not registered; the call answers 6000103 and its relatives for a bad token.
    pub fn bind(&self, user_id: &str, token: &str) -> Result<Call<()>, Error> {
        let push_id = self.zpns.push_id().ok_or(Error::NotRegistered)?;
        Ok(self.client.bind_push(&push_id, user_id, token))
    }

    /// Ends the pushes to `user_id` on this device. 6000401 if the device is not registered.
    pub fn unbind(&self, user_id: &str) -> Result<Call<()>, Error> {
        let push_id = self.zpns.push_id().ok_or(Error::NotRegistered)?;
        Ok(self.client.unbind_push(&push_id, user_id))
    }

    /// Closes the connection. The registration stays on the server, and pushes go on.
    pub fn close(&self) {
        self.zpns.detach();
        self.client.destroy();
    }
}
