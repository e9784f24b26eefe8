//! The push client.

mod channel;
mod event;
mod options;

pub use channel::{ChannelError, VendorChannel};
pub use event::{Registered, VoipInfo, ZpnsEvent, ZpnsEventHandler, ZpnsMessage};
pub use options::{DeviceProperties, Os, ZpnsConfig, push_system_properties};
pub use zpns_core::Vendor;

use crate::client::ZimClient;
use crate::error::ZimError;
use channel::Channel;
use event::Handler;
use std::sync::Arc;
use zpns_core::{Dispatch, Options, Zpns};

/// Whose push service.
#[uniffi::remote(Enum)]
pub enum Vendor {
    /// Apple.
    Apns,
    /// Firebase Cloud Messaging on Android.
    Fcm,
    /// Huawei phones with HMS.
    Huawei,
    /// Xiaomi, Redmi and Poco phones.
    Xiaomi,
    /// OPPO, OnePlus and realme phones.
    Oppo,
    /// vivo and iQOO phones.
    Vivo,
    /// HarmonyOS.
    HarmonyOs,
    /// Browsers.
    Web,
}

/// The push side of this device. All functions may be called from any thread, also in callbacks. It opens no connection:
/// a [`ZimClient`] it is attached to carries its registration. Channel and handler must not hold the client that holds
/// them, or neither is ever freed.
#[derive(uniffi::Object)]
pub struct ZpnsClient {
    zpns: Zpns,
}

#[uniffi::export]
impl ZpnsClient {
    /// A client for this device, which asks `channel` for tokens.
    #[uniffi::constructor]
    pub fn new(device: DeviceProperties, channel: Arc<dyn VendorChannel>) -> Arc<Self> {
        let channel = Arc::new(Channel(channel));
        let options = Options { device: device.into(), channel, dispatch: Dispatch::Thread };
        Arc::new(Self { zpns: Zpns::new(options) })
    }

    /// Chooses vendors and certificates; before registering, the last call counts.
    pub fn set_push_config(&self, config: ZpnsConfig) {
        self.zpns.set_push_config(config.into());
    }

    /// What [`set_push_config`](Self::set_push_config) set.
    pub fn push_config(&self) -> ZpnsConfig {
        self.zpns.push_config().into()
    }

    /// Uses the development environment; before registering.
    pub fn enable_debug(&self, is_debug: bool) {
        self.zpns.enable_debug(is_debug);
    }

    /// Sets who gets events; absent clears. Events wait for the first handler.
    pub fn set_event_handler(&self, handler: Option<Arc<dyn ZpnsEventHandler>>) {
        let handler = handler.map(|handler| Arc::new(Handler(handler)) as Arc<dyn zpns_core::EventHandler>);
        self.zpns.set_event_handler(handler);
    }

    /// Lets `client` carry the registration, in place of the client before.
    pub fn attach(&self, client: Arc<ZimClient>) {
        self.zpns.attach(client.app_id(), Arc::new(client.client().clone()));
    }

    /// Lets go of the client; what it uploaded stays on the server.
    pub fn detach(&self) {
        self.zpns.detach();
    }

    /// Registers the device; the result comes as [`ZpnsEvent::Registered`].
    pub fn register_push(&self) {
        self.zpns.register_push();
    }

    /// Stops all pushes to this device. 6000405 if it was never registered.
    pub fn unregister_push(&self) -> Result<(), ZimError> {
        Ok(self.zpns.unregister_push()?)
    }

    /// The vendor's SDK gave a token, also a refreshed one.
    pub fn token_received(&self, vendor: Vendor, token: String) {
        self.zpns.token_received(vendor, &token);
    }

    /// The vendor's SDK failed to give a token.
    pub fn registration_failed(&self, vendor: Vendor, error: ChannelError) {
        self.zpns.registration_failed(vendor, error.into());
    }

    /// Apple's token of this device, as it came.
    pub fn set_device_token(&self, token: Vec<u8>, is_product: bool) {
        self.zpns.set_device_token(&token, is_product);
    }

    /// The PushKit token, as it came; the push id then stands for both.
    pub fn set_voip_token(&self, token: Vec<u8>, is_product: bool) {
        self.zpns.set_voip_token(&token, is_product);
    }

    /// Tells the service the badge the device shows now; before the registration it goes with it. 6000001 below 0.
    pub fn set_badge(&self, badge: i32) -> Result<(), ZimError> {
        Ok(self.zpns.set_badge(badge)?)
    }

    /// Sets the badge on the device, by the channel. 6000001 below 0.
    pub fn set_local_badge(&self, badge: i32) -> Result<(), ZimError> {
        Ok(self.zpns.set_local_badge(badge)?)
    }

    /// The push id, once registered.
    pub fn push_id(&self) -> Option<String> {
        self.zpns.push_id()
    }

    /// The vendor this device uses, once chosen.
    pub fn vendor(&self) -> Option<Vendor> {
        self.zpns.vendor()
    }

    /// The vendor that registering would choose with the configuration in force.
    pub fn preferred_vendor(&self) -> Option<Vendor> {
        self.zpns.preferred_vendor()
    }

    /// A notification was shown: `json` is what the vendor delivered. `false`: nobody is told, the device not being
    /// registered. 6000001 if it is no JSON object.
    pub fn notification_arrived(&self, vendor: Vendor, json: String) -> Result<bool, ZimError> {
        Ok(self.zpns.notification_arrived(vendor, &json)?)
    }

    /// A notification was clicked; held back until the registration if it comes before. 6000001 if it is no JSON object.
    pub fn notification_clicked(&self, vendor: Vendor, json: String) -> Result<bool, ZimError> {
        Ok(self.zpns.notification_clicked(vendor, &json)?)
    }

    /// A silent message arrived. 6000001 if it is no JSON object.
    pub fn through_message_received(&self, vendor: Vendor, json: String) -> Result<bool, ZimError> {
        Ok(self.zpns.through_message_received(vendor, &json)?)
    }

    /// What a vendor delivered as a message, without telling anybody. 6000001 if it is no JSON object.
    pub fn zpns_message(&self, vendor: Vendor, json: String) -> Result<ZpnsMessage, ZimError> {
        Ok(self.zpns.zpns_message(vendor, &json)?.into())
    }
}
