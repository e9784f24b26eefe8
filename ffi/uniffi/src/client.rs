//! The messaging client: life cycle, sending and the session of the device. The other operations are generated.

use crate::error::ZimError;
use crate::generated::{ConversationType, MessageSendConfig, PlatformType, ZimEvent};
use crate::message::{Message, MessageAttached};
use std::path::PathBuf;
use std::sync::Arc;
use zim_core::model::Event;
use zim_core::{Client, Dispatch, EventHandler};

/// What a client is made from.
#[derive(Clone, uniffi::Record)]
pub struct ClientConfig {
    /// Number of the application.
    pub app_id: u32,
    /// Secret of the application, 64 hexadecimal digits; empty: tokens are used.
    pub app_sign: String,
    /// `wss://host/zim`; empty: the environment variable `ZIM_SERVER_URL`, else a server on this machine.
    pub server_url: String,
    /// Whether `ws://` may leave this machine.
    pub allow_plaintext: bool,
    /// Folder for the local data; absent: in memory.
    pub cache_path: Option<String>,
    /// Platform the server counts this device as; absent: the one the library was built for.
    pub platform: Option<PlatformType>,
    /// Certificates (DER) trusted beside the system's.
    pub extra_roots: Vec<Vec<u8>>,
}

pub use zim_core::AppState;

/// Whether the app is visible.
#[uniffi::remote(Enum)]
pub enum AppState {
    /// Visible.
    Foreground,
    /// Not visible.
    Background,
}

/// What a host is told without asking.
#[uniffi::export(with_foreign)]
pub trait ZimEventHandler: Send + Sync {
    /// One event; the next comes when this has returned. Thread: the client's callback thread. What it throws is logged.
    fn on_event(&self, event: ZimEvent) -> Result<(), ZimError>;
}

/// One user of one app on this device. All functions may be called from any thread, also in callbacks. A handler must
/// not hold the client that holds it, or neither is ever freed.
#[derive(uniffi::Object)]
pub struct ZimClient {
    client: Client,
    app_id: u32,
}

#[uniffi::export]
impl ZimClient {
    /// Makes a client that is logged out. 6000003 for appID 0, 6000001 naming another parameter at fault, 6000701 if the
    /// cache path cannot be used.
    #[uniffi::constructor]
    pub fn new(config: ClientConfig) -> Result<Arc<Self>, ZimError> {
        Self::open(config, Dispatch::Thread).map(Arc::new)
    }

    /// Sets who gets events; absent clears. Set it before logging in: events without a handler are dropped.
    pub fn set_event_handler(&self, handler: Option<Arc<dyn ZimEventHandler>>) {
        let handler = handler.map(|handler| Arc::new(Handler(handler)) as Arc<dyn EventHandler>);
        self.client.set_event_handler(handler);
    }

    /// Ends the client: no callback begins afterwards, operations that wait answer 6000002. May be called again.
    /// Published as `destroy`, a name the generated classes use themselves.
    pub fn end(&self) {
        self.client.destroy();
    }

    /// Whether the client was ended.
    pub fn is_ended(&self) -> bool {
        self.client.is_destroyed()
    }

    /// Tells whether the app is visible; in the foreground a waiting reconnect is tried at once.
    pub fn set_app_state(&self, state: AppState) {
        self.client.set_app_state(state);
    }

    /// Tells that the device's network changed.
    pub fn network_changed(&self) {
        self.client.network_changed();
    }

    /// Logs the user out and releases the push binding of this device.
    pub async fn logout(&self) -> Result<(), ZimError> {
        Ok(self.client.logout().await?)
    }

    /// Sets the push id of this device, for an app whose push client is not attached to this client; empty removes it.
    /// 6000401 for a text that is no push id. Published as `setPushID`.
    pub async fn set_push_id(&self, push_id: String) -> Result<(), ZimError> {
        Ok(self.client.set_push_id(&push_id).await?)
    }

    /// Sends a message to a user or a group and answers its final form. `attached` is told before the network begins.
    /// 6000001 for a faulty parameter, 6000204 unknown user, 6000521 not a member, 6000121 without a login.
    pub async fn send_message(
        &self,
        message: Message,
        to_conversation_id: String,
        conversation_type: ConversationType,
        config: MessageSendConfig,
        attached: Option<Arc<dyn MessageAttached>>,
    ) -> Result<Message, ZimError> {
        let mut call =
            self.client.send_message(message.into(), &to_conversation_id, conversation_type, config.into());
        if let Some(attached) = attached {
            call = call.on_attached(move |message| {
                if let Err(error) = attached.on_message_attached(Arc::unwrap_or_clone(message).into()) {
                    log::error!("the app's onMessageAttached failed: {error}");
                }
            });
        }
        Ok(Arc::unwrap_or_clone(call.await?).into())
    }

    /// Opens a session of this device without a user, for apps that use push alone; it needs the AppSign.
    pub async fn open_device_session(&self) -> Result<(), ZimError> {
        Ok(self.client.open_device_session().await?)
    }

    /// Closes that session. Registration and bindings stay on the server.
    pub async fn close_device_session(&self) -> Result<(), ZimError> {
        Ok(self.client.close_device_session().await?)
    }

    /// Binds a push id to the user whom `token` proves, without a login. 6000401 for a push id the server does not know.
    pub async fn bind_push(&self, push_id: String, user_id: String, token: String) -> Result<(), ZimError> {
        Ok(self.client.bind_push(&push_id, &user_id, &token).await?)
    }

    /// Removes the binding of a push id to a user.
    pub async fn unbind_push(&self, push_id: String, user_id: String) -> Result<(), ZimError> {
        Ok(self.client.unbind_push(&push_id, &user_id).await?)
    }
}

impl ZimClient {
    pub(crate) fn open(config: ClientConfig, dispatch: Dispatch) -> Result<Self, ZimError> {
        let app_id = config.app_id;
        let defaults = zim_core::ClientConfig::default();
        let client = Client::new(zim_core::ClientConfig {
            app_id,
            app_sign: config.app_sign,
            server_url: config.server_url,
            allow_plaintext: config.allow_plaintext,
            cache_path: config.cache_path.map(PathBuf::from),
            platform: config.platform.unwrap_or(defaults.platform),
            extra_roots: config.extra_roots,
            dispatch,
            ..defaults
        })?;
        Ok(Self { client, app_id })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn app_id(&self) -> u32 {
        self.app_id
    }
}

struct Handler(Arc<dyn ZimEventHandler>);

impl EventHandler for Handler {
    fn on_event(&self, _: &Client, event: Event) {
        let Some(event) = ZimEvent::new(event) else { return };
        if let Err(error) = self.0.on_event(event) {
            log::error!("the app's event handler failed: {error}");
        }
    }
}
