//! A device: what is installed on it, and what runs while it is switched on.

use crate::recorder::Recorder;
use crate::settings::{APP_ID, BUNDLE_ID, PACKAGE, SECOND_BUNDLE_ID, SECOND_PACKAGE};
use crate::site::{Service, token};
use crate::wait::{until, wait};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use zim_core::model::{
    ConversationType, Event, LoginConfig, Message, MessageSendConfig, PlatformType, PushConfig,
};
use zim_core::{Client, ClientConfig, Dispatch, Error, Timing};
use zpns_core::{ChannelError, DeviceProperties, Options, Os, Vendor, VendorChannel, Zpns};

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An iPhone with a development build: APNs' sandbox.
    Iphone,
    /// An Android phone with FCM.
    Android,
    /// A Huawei phone with Android.
    Huawei,
    /// A Huawei phone with HarmonyOS.
    HarmonyOs,
    /// A Xiaomi phone.
    Xiaomi,
    /// An OPPO phone.
    Oppo,
    /// A vivo phone.
    Vivo,
    /// A desktop: sends only.
    Desktop,
    /// A browser: sends only.
    Browser,
    /// A browser with Web Push, or what is behind a UnifiedPush distributor.
    Subscriber,
}

impl Kind {
    /// Whose pushes it gets.
    fn vendor(self) -> Option<Vendor> {
        match self {
            Kind::Iphone => Some(Vendor::Apns),
            Kind::Android => Some(Vendor::Fcm),
            Kind::Huawei => Some(Vendor::Huawei),
            Kind::HarmonyOs => Some(Vendor::HarmonyOs),
            Kind::Xiaomi => Some(Vendor::Xiaomi),
            Kind::Oppo => Some(Vendor::Oppo),
            Kind::Vivo => Some(Vendor::Vivo),
            Kind::Subscriber => Some(Vendor::Web),
            Kind::Desktop | Kind::Browser => None,
        }
    }

    /// `Build.MANUFACTURER`.
    fn manufacturer(self) -> &'static str {
        match self {
            Kind::Huawei => "HUAWEI",
            Kind::Xiaomi => "Xiaomi",
            Kind::Oppo => "OPPO",
            Kind::Vivo => "vivo",
            _ => "",
        }
    }

    /// What the app enables: a phone of a maker that has pushes of its own uses them instead of FCM.
    fn push_config(self) -> zpns_core::PushConfig {
        let config = zpns_core::PushConfig::default();
        match self {
            Kind::Huawei => config.enable_hw_push("id"),
            Kind::Xiaomi => config.enable_mi_push("id", "key"),
            Kind::Oppo => config.enable_oppo_push("id", "key", "secret"),
            Kind::Vivo => config.enable_vivo_push("id", "key"),
            _ => config.enable_fcm_push(),
        }
    }
}

/// A device of one user at a time. Its install folder outlives [`Phone::power_off`].
pub struct Phone {
    name: String,
    kind: Kind,
    config: ClientConfig,
    _install: Arc<TempDir>,
    /// Who is logged in, as the app would remember.
    user: Option<String>,
    has_push: bool,
    /// Certificate set.
    app_type: u32,
    running: Option<Running>,
    channel: Arc<Channel>,
    /// What the messaging client told the app, over all its runs.
    pub events: Arc<Recorder<Event>>,
    /// What the push client told the app, over all its runs.
    pub push_events: Arc<Recorder<zpns_core::Event>>,
}

struct Running {
    client: Client,
    zpns: Zpns,
}

/// The vendor's library on the device: gives the device's token when it is asked for one.
#[derive(Default)]
struct Channel {
    token: Mutex<String>,
    zpns: Mutex<Option<Zpns>>,
    asked: Mutex<Vec<Vendor>>,
    released: Mutex<Vec<Vendor>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Channel {
    fn give(&self, vendor: Vendor) {
        let Some(zpns) = lock(&self.zpns).clone() else { return };
        let token = lock(&self.token).clone();
        match vendor {
            Vendor::Apns => zpns.set_device_token(token.as_bytes(), false),
            other => zpns.token_received(other, &token),
        }
    }
}

impl VendorChannel for Channel {
    fn request_token(&self, vendor: Vendor, _: &zpns_core::PushConfig) -> Result<(), ChannelError> {
        lock(&self.asked).push(vendor);
        self.give(vendor);
        Ok(())
    }

    fn release_token(&self, vendor: Vendor) -> Result<(), ChannelError> {
        lock(&self.released).push(vendor);
        Ok(())
    }

    fn set_local_badge(&self, _: Vendor, _: u32) {}
}

impl Phone {
    /// A device that has never been switched on; it is now.
    pub(crate) fn new(service: &Service, name: &str, kind: Kind) -> Self {
        let install = Arc::new(tempfile::tempdir().expect("there is a temporary folder"));
        let platform = match kind {
            Kind::Iphone => PlatformType::IPhoneOS,
            Kind::Android | Kind::Huawei | Kind::Xiaomi | Kind::Oppo | Kind::Vivo => PlatformType::Android,
            Kind::HarmonyOs => PlatformType::OHOS,
            Kind::Desktop => PlatformType::Linux,
            Kind::Browser | Kind::Subscriber => PlatformType::Web,
        };
        let config = ClientConfig {
            app_id: APP_ID,
            server_url: service.url.clone(),
            cache_path: Some(install.path().to_owned()),
            platform,
            extra_roots: service.authority.iter().map(|pem| pem.clone().into_bytes()).collect(),
            timing: Timing {
                backoff_min: Duration::from_millis(20),
                backoff_max: Duration::from_millis(200),
                ..Timing::default()
            },
            ..ClientConfig::default()
        };
        let channel = Arc::new(Channel::default());
        // Apple's tokens are bytes, 32 of them; Google's are text.
        *lock(&channel.token) = match kind {
            Kind::Iphone => format!("{name:<32}"),
            Kind::Huawei => format!("huawei-token-of-{name}"),
            Kind::HarmonyOs => format!("harmonyos-token-of-{name}"),
            Kind::Xiaomi => format!("xiaomi-token-of-{name}"),
            Kind::Oppo => format!("oppo-token-of-{name}"),
            Kind::Vivo => format!("vivo-token-of-{name}"),
            _ => format!("fcm-token-of-{name}"),
        };
        let mut phone = Self {
            name: name.to_owned(),
            kind,
            config,
            _install: install,
            user: None,
            has_push: false,
            app_type: 1,
            running: None,
            channel,
            events: Arc::default(),
            push_events: Arc::default(),
        };
        phone.power_on();
        phone
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Changes the client's configuration from the next [`Phone::power_on`] on.
    pub fn configure(&mut self, change: impl FnOnce(&mut ClientConfig)) {
        change(&mut self.config);
    }

    /// Makes it a device with the app of the second certificate set. Starts the app again.
    pub fn use_second_app(&mut self) {
        self.app_type = 2;
        self.power_on();
    }

    /// The configuration of the messaging client.
    #[must_use]
    pub fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// The vendor's token as the vendor's double sees it.
    #[must_use]
    pub fn vendor_token(&self) -> String {
        let token = lock(&self.channel.token).clone();
        if self.kind == Kind::Iphone {
            token.bytes().map(|byte| format!("{byte:02x}")).collect()
        } else {
            token
        }
    }

    /// The vendor gives the device another token, as it does now and then.
    pub fn replace_vendor_token(&self, token: &str) {
        *lock(&self.channel.token) =
            if self.kind == Kind::Iphone { format!("{token:<32}") } else { token.to_owned() };
        if let Some(vendor) = self.kind.vendor() {
            self.channel.give(vendor);
        }
    }

    /// The vendors whose libraries were asked for a token so far.
    #[must_use]
    pub fn vendors_asked(&self) -> Vec<Vendor> {
        lock(&self.channel.asked).clone()
    }

    /// The vendors whose libraries were told that the device is done with pushes.
    #[must_use]
    pub fn vendors_released(&self) -> Vec<Vendor> {
        lock(&self.channel.released).clone()
    }

    /// The messaging client.
    ///
    /// # Panics
    /// While the device is off.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.running().client
    }

    /// The push client.
    ///
    /// # Panics
    /// While the device is off.
    #[must_use]
    pub fn zpns(&self) -> &Zpns {
        &self.running().zpns
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap_or_else(|| panic!("{} is off", self.name))
    }

    /// The PushID.
    ///
    /// # Panics
    /// While the device is off or not registered.
    #[must_use]
    pub fn push_id(&self) -> String {
        self.zpns().push_id().unwrap_or_else(|| panic!("{} has no PushID", self.name))
    }

    /// Ends both clients without a logout, as a killed app does.
    pub fn power_off(&mut self) {
        lock(&self.channel.zpns).take();
        if let Some(running) = self.running.take() {
            running.zpns.detach();
            running.client.destroy();
        }
    }

    /// Starts the app again: the clients, and what was registered and logged in before. Does not wait for the login.
    ///
    /// # Panics
    /// When the client refuses its configuration.
    pub fn power_on(&mut self) {
        self.power_off();
        let client =
            Client::new(self.config.clone()).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        client.set_event_handler(Some(self.events.clone()));
        let (os, bundle_id) = match self.kind {
            Kind::Iphone => (Os::Ios, BUNDLE_ID),
            Kind::Android | Kind::Huawei | Kind::Xiaomi | Kind::Oppo | Kind::Vivo => (Os::Android, PACKAGE),
            Kind::HarmonyOs => (Os::HarmonyOs, PACKAGE),
            Kind::Browser | Kind::Subscriber => (Os::Web, ""),
            Kind::Desktop => (Os::Other, ""),
        };
        let bundle_id = match (self.app_type, os) {
            (2, Os::Ios) => SECOND_BUNDLE_ID,
            (2, Os::Android) => SECOND_PACKAGE,
            _ => bundle_id,
        };
        let manufacturer = self.kind.manufacturer().to_owned();
        let bundle_id = bundle_id.to_owned();
        let zpns = Zpns::new(Options {
            device: DeviceProperties { os, manufacturer, bundle_id, ..DeviceProperties::default() },
            channel: self.channel.clone(),
            dispatch: Dispatch::Thread,
        });
        zpns.set_event_handler(Some(self.push_events.clone()));
        zpns.set_push_config(zpns_core::PushConfig { app_type: self.app_type, ..self.kind.push_config() });
        zpns.attach(self.config.app_id, Arc::new(client.clone()));
        *lock(&self.channel.zpns) = Some(zpns.clone());
        self.running = Some(Running { client, zpns });
        if self.has_push {
            self.zpns().register_push();
        }
        if let Some(user) = &self.user {
            let config = LoginConfig { token: token(user), ..LoginConfig::default() };
            // Its outcome shows in the events.
            self.client().login(user, config).then(drop);
        }
    }

    /// Registers for pushes and waits for the PushID.
    pub fn register_push(&mut self) -> String {
        self.has_push = true;
        self.zpns().register_push();
        if self.kind == Kind::Subscriber {
            // The Web has no event for it.
            return until("PushID", || self.zpns().push_id());
        }
        self.push_events.first("registration", |event| match event {
            zpns_core::Event::Registered(registered) if registered.is_success() => {
                Some(registered.push_id.clone())
            }
            _ => None,
        })
    }

    /// Unregisters.
    ///
    /// # Panics
    /// If the device never registered.
    pub fn unregister_push(&mut self) {
        self.has_push = false;
        self.zpns().unregister_push().unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Logs a user in by token and waits for the answer.
    ///
    /// # Panics
    /// If it is refused.
    pub fn login(&mut self, user_id: &str) {
        self.try_login(user_id, &token(user_id)).unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Logs a user in with a token and waits for the answer.
    ///
    /// # Errors
    /// What the client answered.
    pub fn try_login(&mut self, user_id: &str, token: &str) -> Result<(), Error> {
        let config = LoginConfig { token: token.to_owned(), ..LoginConfig::default() };
        wait(self.client().login(user_id, config))?;
        self.user = Some(user_id.to_owned());
        Ok(())
    }

    /// Logs out and waits for the answer.
    ///
    /// # Panics
    /// If it is refused.
    pub fn logout(&mut self) {
        self.user = None;
        wait(self.client().logout()).unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Sends to a user and waits for the answer.
    ///
    /// # Panics
    /// If it is refused.
    pub fn send(&self, message: Message, user_id: &str, push: Option<PushConfig>) -> Arc<Message> {
        self.try_send(message, user_id, ConversationType::Peer, push)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Sends to a group and waits for the answer.
    ///
    /// # Panics
    /// If it is refused.
    pub fn send_to_group(&self, message: Message, group_id: &str, push: Option<PushConfig>) -> Arc<Message> {
        self.try_send(message, group_id, ConversationType::Group, push)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Sends and waits for the answer.
    ///
    /// # Errors
    /// What the client answered.
    pub fn try_send(
        &self,
        message: Message,
        to: &str,
        conversation_type: ConversationType,
        push: Option<PushConfig>,
    ) -> Result<Arc<Message>, Error> {
        let config = MessageSendConfig { push_config: push, ..MessageSendConfig::default() };
        wait(self.client().send_message(message, to, conversation_type, config))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.power_off();
    }
}

/// A text message.
#[must_use]
pub fn text(text: &str) -> Message {
    Message::text(text)
}

/// A push with title and content.
#[must_use]
pub fn alert(title: &str, content: &str) -> PushConfig {
    PushConfig { title: title.to_owned(), content: content.to_owned(), ..PushConfig::default() }
}
