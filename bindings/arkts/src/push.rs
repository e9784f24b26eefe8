//! One push client. The vendor's SDK is JavaScript's: it is asked through the outbox, and what it says comes back by a
//! call.

use crate::client::{NativeZim, parse, refused};
use crate::convert::{member, members};
use crate::outbox::Outbox;
use napi::bindgen_prelude::{External, Function};
use napi_derive::napi;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use zim_proto::{PushSourceType, ZpnsErrorCode};
use zpns_core::{
    ChannelError, DeviceProperties, Dispatch, Event, EventHandler, Options, Os, PushConfig, PushMessage,
    Vendor, VendorChannel, Zpns,
};

/// A push client of the Rust SDK, which JavaScript holds as an opaque value.
pub struct NativeZpns {
    client: Zpns,
    outbox: Arc<Outbox>,
}

/// `device`, in JSON, is what a vendor is chosen by; `wake` as with a messaging client.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
pub fn create_zpns(device: String, wake: Function<'_, (), ()>) -> napi::Result<External<NativeZpns>> {
    let device = parse(&device).and_then(|device| read_device(&device)).map_err(|error| refused(&error))?;
    let outbox = Outbox::new(&wake)?;
    let channel = Arc::new(Channel(outbox.clone()));
    let client = Zpns::new(Options { device, channel, dispatch: Dispatch::Thread });
    client.set_event_handler(Some(Arc::new(Handler(outbox.clone()))));
    Ok(External::new(NativeZpns { client, outbox }))
}

/// Connects registration and badge with the server.
#[napi]
pub fn zpns_attach(zpns: &External<NativeZpns>, zim: &External<NativeZim>) {
    let (app_id, client) = zim.uplink();
    zpns.client.attach(app_id, Arc::new(client));
}

/// Lets go of the messaging client.
#[napi]
pub fn zpns_detach(zpns: &External<NativeZpns>) {
    zpns.client.detach();
}

/// Vendors, credentials and certificate set, in JSON.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
pub fn zpns_set_push_config(zpns: &External<NativeZpns>, config: String) -> napi::Result<()> {
    let config = parse(&config).and_then(|config| read_config(&config)).map_err(|error| refused(&error))?;
    zpns.client.set_push_config(config);
    Ok(())
}

/// Marks later registrations as those of a debug build.
#[napi]
pub fn zpns_enable_debug(zpns: &External<NativeZpns>, is_debug: bool) {
    zpns.client.enable_debug(is_debug);
}

/// Registers; the result is an event.
#[napi]
pub fn zpns_register_push(zpns: &External<NativeZpns>) {
    zpns.client.register_push();
}

/// Unregisters; 6000405 if it was never registered.
#[napi]
pub fn zpns_unregister_push(zpns: &External<NativeZpns>) -> napi::Result<()> {
    zpns.client.unregister_push().map_err(|error| misuse(&error))
}

/// Reports the badge this device shows.
#[napi]
pub fn zpns_set_badge(zpns: &External<NativeZpns>, badge: i32) -> napi::Result<()> {
    zpns.client.set_badge(badge).map_err(|error| misuse(&error))
}

/// Sets the badge on the device.
#[napi]
pub fn zpns_set_local_badge(zpns: &External<NativeZpns>, badge: i32) -> napi::Result<()> {
    zpns.client.set_local_badge(badge).map_err(|error| misuse(&error))
}

/// The vendor gave a token.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
pub fn zpns_token_received(zpns: &External<NativeZpns>, vendor: String, token: String) {
    if let Some(vendor) = vendor_named(&vendor) {
        zpns.client.token_received(vendor, &token);
    }
}

/// The vendor gave none.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
pub fn zpns_registration_failed(zpns: &External<NativeZpns>, vendor: String, code: i32, message: String) {
    if let Some(vendor) = vendor_named(&vendor) {
        zpns.client.registration_failed(vendor, channel_error(code, message));
    }
}

/// A notification was displayed, clicked, or a silent message arrived: `kind` is the published event, `message` JSON
/// text of what the vendor delivered. False if this vendor does not support the event.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "how napi hands arguments over")]
pub fn zpns_delivered(
    zpns: &External<NativeZpns>,
    kind: String,
    vendor: String,
    message: String,
) -> napi::Result<bool> {
    let Some(vendor) = vendor_named(&vendor) else { return Ok(false) };
    let told = match kind.as_str() {
        "notificationArrived" => zpns.client.notification_arrived(vendor, &message),
        "notificationClicked" => zpns.client.notification_clicked(vendor, &message),
        _ => zpns.client.through_message_received(vendor, &message),
    };
    told.map_err(|error| misuse(&error))
}

/// The next requests to the vendor channel and events, in order.
#[napi]
#[must_use]
pub fn zpns_take(zpns: &External<NativeZpns>) -> Vec<Value> {
    zpns.outbox.take()
}

/// Ends the object; the registration stays on the server.
#[napi]
pub fn zpns_destroy(zpns: &External<NativeZpns>) {
    zpns.destroy();
}

impl NativeZpns {
    fn destroy(&self) {
        self.client.set_event_handler(None);
        self.client.detach();
        self.outbox.close();
    }
}

impl Drop for NativeZpns {
    fn drop(&mut self) {
        self.destroy();
    }
}

fn misuse(error: &zpns_core::Error) -> napi::Error {
    napi::Error::from_reason(json!({ "code": error.code(), "message": error.to_string() }).to_string())
}

/// The vendors by the names of the server's configuration.
const VENDORS: [(&str, Vendor); 8] = [
    ("apns", Vendor::Apns),
    ("fcm", Vendor::Fcm),
    ("huawei", Vendor::Huawei),
    ("xiaomi", Vendor::Xiaomi),
    ("oppo", Vendor::Oppo),
    ("vivo", Vendor::Vivo),
    ("harmonyos", Vendor::HarmonyOs),
    ("web", Vendor::Web),
];

fn vendor_named(name: &str) -> Option<Vendor> {
    VENDORS.iter().find(|(known, _)| *known == name).map(|(_, vendor)| *vendor)
}

fn name_of(vendor: Vendor) -> &'static str {
    VENDORS.iter().find(|(_, known)| *known == vendor).map_or("", |(name, _)| name)
}

fn channel_error(code: i32, message: String) -> ChannelError {
    match u32::try_from(code).ok().and_then(ZpnsErrorCode::from_code) {
        Some(ZpnsErrorCode::ConnectionFailed) => ChannelError::Network(message),
        Some(ZpnsErrorCode::VendorCredentialsInvalid) => ChannelError::Credentials(message),
        Some(ZpnsErrorCode::VendorApiFailed) => ChannelError::Vendor(message),
        _ => ChannelError::Other(message),
    }
}

struct Channel(Arc<Outbox>);

impl VendorChannel for Channel {
    fn request_token(&self, vendor: Vendor, _: &PushConfig) -> Result<(), ChannelError> {
        self.0.push(json!({ "channel": "requestToken", "vendor": name_of(vendor) }));
        Ok(())
    }

    fn release_token(&self, vendor: Vendor) -> Result<(), ChannelError> {
        self.0.push(json!({ "channel": "releaseToken", "vendor": name_of(vendor) }));
        Ok(())
    }

    fn set_local_badge(&self, vendor: Vendor, badge: u32) {
        self.0.push(json!({ "channel": "setLocalBadge", "vendor": name_of(vendor), "badge": badge }));
    }
}

struct Handler(Arc<Outbox>);

impl EventHandler for Handler {
    fn on_event(&self, _: &Zpns, event: Event) {
        let (name, value) = match &event {
            Event::Registered(registered) => (
                "registered",
                json!({
                    "errorCode": registered.error_code,
                    "msg": registered.message,
                    "pushID": registered.push_id,
                }),
            ),
            Event::NotificationArrived(message) => ("notificationArrived", push_message(message)),
            Event::NotificationClicked(message) => ("notificationClicked", push_message(message)),
            Event::ThroughMessage(message) => ("throughMessageReceived", push_message(message)),
            _ => return,
        };
        self.0.push(json!({ "event": name, "value": value }));
    }
}

/// With `extras` as an object and the numbers of `ZPNsPushSourceType`, as published for TypeScript; 0 for a vendor without one.
fn push_message(message: &PushMessage) -> Value {
    json!({
        "title": message.title,
        "content": message.content,
        "payload": message.payload,
        "extras": serde_json::from_str::<Value>(&message.extras).unwrap_or_default(),
        "pushSourceType": message.vendor.push_source_type().map_or(0, PushSourceType::value),
    })
}

fn read_device(value: &Value) -> Result<DeviceProperties, zim_core::Error> {
    let from = members(value, "channel")?;
    let (mut os, mut properties) = (String::new(), HashMap::<String, String>::new());
    let mut device = DeviceProperties::default();
    member(from, "os", &mut os)?;
    member(from, "bundleID", &mut device.bundle_id)?;
    member(from, "manufacturer", &mut device.manufacturer)?;
    member(from, "brand", &mut device.brand)?;
    member(from, "systemProperties", &mut properties)?;
    device.system_properties = properties.into_iter().collect();
    device.os = match os.as_str() {
        "android" => Os::Android,
        "ios" => Os::Ios,
        "harmonyos" => Os::HarmonyOs,
        "web" => Os::Web,
        _ => Os::Other,
    };
    Ok(device)
}

fn read_config(value: &Value) -> Result<PushConfig, zim_core::Error> {
    let from = members(value, "config")?;
    let mut config = PushConfig::default();
    member(from, "appType", &mut config.app_type)?;
    member(from, "enableFCMPush", &mut config.enable_fcm_push)?;
    member(from, "enableHWPush", &mut config.enable_hw_push)?;
    member(from, "enableMiPush", &mut config.enable_mi_push)?;
    member(from, "enableOppoPush", &mut config.enable_oppo_push)?;
    member(from, "enableVivoPush", &mut config.enable_vivo_push)?;
    member(from, "enableHWBadge", &mut config.enable_hw_badge)?;
    member(from, "hwAppID", &mut config.hw_app_id)?;
    member(from, "miAppID", &mut config.mi_app_id)?;
    member(from, "miAppKey", &mut config.mi_app_key)?;
    member(from, "oppoAppID", &mut config.oppo_app_id)?;
    member(from, "oppoAppKey", &mut config.oppo_app_key)?;
    member(from, "oppoAppSecret", &mut config.oppo_app_secret)?;
    member(from, "vivoAppID", &mut config.vivo_app_id)?;
    member(from, "vivoAppKey", &mut config.vivo_app_key)?;
    Ok(config)
}
