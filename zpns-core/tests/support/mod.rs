//! A phone, a server side and an app, all in memory.

#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::{Arc, Mutex};
use std::time::Duration;
use zim_proto::v1::PushRegistration;
use zpns_core::{
    ChannelError, DeviceProperties, Dispatch, Event, EventHandler, Options, Os, PushConfig, Registered,
    Uplink, Vendor, VendorChannel, Zpns,
};

pub(crate) const APP: u32 = 7;

/// What the vendor's SDK was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    Token(Vendor),
    Release(Vendor),
    LocalBadge(Vendor, u32),
}

#[derive(Default)]
pub(crate) struct Phone {
    pub(crate) asked: Mutex<Vec<Asked>>,
    pub(crate) refuses: Mutex<Option<ChannelError>>,
}

impl VendorChannel for Phone {
    fn request_token(&self, vendor: Vendor, _: &PushConfig) -> Result<(), ChannelError> {
        self.asked.lock().unwrap().push(Asked::Token(vendor));
        self.refuses.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    fn release_token(&self, vendor: Vendor) -> Result<(), ChannelError> {
        self.asked.lock().unwrap().push(Asked::Release(vendor));
        self.refuses.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    fn set_local_badge(&self, vendor: Vendor, badge: u32) {
        self.asked.lock().unwrap().push(Asked::LocalBadge(vendor, badge));
    }
}

/// The contract of an uplink: keeps the last values, sends them while somebody is logged in.
#[derive(Default)]
pub(crate) struct Server {
    state: Mutex<ServerState>,
}

#[derive(Default)]
struct ServerState {
    user: Option<String>,
    kept: Option<PushRegistration>,
    /// Base the server has for the bound PushID.
    base: Option<i32>,
    /// PushIDs and the user each is bound to.
    bound: Vec<(String, String)>,
    /// Badge reports that reached the server.
    badges: Vec<u32>,
}

impl Server {
    pub(crate) fn login(&self, user: &str) {
        let mut state = self.state.lock().unwrap();
        state.user = Some(user.into());
        state.send();
    }

    pub(crate) fn logout(&self) {
        let mut state = self.state.lock().unwrap();
        let user = state.user.take();
        state.bound.retain(|(_, bound)| Some(bound) != user.as_ref());
        // The server forgets the badge with the binding.
        state.base = None;
    }

    pub(crate) fn registration(&self) -> Option<PushRegistration> {
        self.state.lock().unwrap().kept.clone()
    }

    pub(crate) fn bound(&self) -> Vec<(String, String)> {
        self.state.lock().unwrap().bound.clone()
    }

    pub(crate) fn badges(&self) -> Vec<u32> {
        self.state.lock().unwrap().badges.clone()
    }
}

impl ServerState {
    fn send(&mut self) {
        let Some(user) = self.user.clone() else { return };
        self.bound.retain(|(_, bound)| *bound != user);
        if let Some(registration) = &self.kept {
            self.bound.push((registration.push_id.clone(), user));
            let reported = Some(registration.badge).filter(|badge| *badge >= 0);
            if reported.is_some() && reported != self.base {
                self.base = reported;
                self.badges.extend(reported.and_then(|badge| u32::try_from(badge).ok()));
            }
        }
    }
}

impl Uplink for Server {
    fn set_push_registration(&self, registration: Option<PushRegistration>) {
        let mut state = self.state.lock().unwrap();
        state.kept = registration;
        state.send();
    }

    fn report_badge(&self, badge: u32) {
        let mut state = self.state.lock().unwrap();
        if let Some(registration) = &mut state.kept {
            registration.badge = i32::try_from(badge).unwrap();
        }
        state.send();
    }
}

#[derive(Default)]
pub(crate) struct App {
    events: Mutex<Vec<Event>>,
}

impl EventHandler for App {
    fn on_event(&self, _: &Zpns, event: Event) {
        self.events.lock().unwrap().push(event);
    }
}

/// Everything one test needs.
pub(crate) struct World {
    pub(crate) zpns: Zpns,
    pub(crate) phone: Arc<Phone>,
    pub(crate) server: Arc<Server>,
    pub(crate) app: Arc<App>,
}

impl World {
    /// A device that is attached to the server, with a handler, not registered.
    pub(crate) fn new(device: DeviceProperties) -> Self {
        let world = Self::detached(device);
        world.zpns.attach(APP, world.server.clone());
        world
    }

    pub(crate) fn detached(device: DeviceProperties) -> Self {
        let phone = Arc::new(Phone::default());
        let app = Arc::new(App::default());
        let zpns = Zpns::new(Options { device, channel: phone.clone(), dispatch: Dispatch::Pump });
        zpns.set_event_handler(Some(app.clone()));
        Self { zpns, phone, server: Arc::default(), app }
    }

    /// Runs the handler for everything that waits and returns what it got.
    pub(crate) fn events(&self) -> Vec<Event> {
        while self.zpns.next_event(Duration::ZERO) {}
        std::mem::take(&mut *self.app.events.lock().unwrap())
    }

    /// The one event that waits, which is a registration result.
    #[track_caller]
    pub(crate) fn registered(&self) -> Registered {
        let events = self.events();
        match events.as_slice() {
            [Event::Registered(registered)] => registered.clone(),
            other => panic!("expected one registration result, got {other:?}"),
        }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.phone.asked.lock().unwrap())
    }

    pub(crate) fn refuse(&self, error: Option<ChannelError>) {
        *self.phone.refuses.lock().unwrap() = error;
    }
}

/// An Android phone that the given system property tells.
pub(crate) fn android(vendor: Vendor) -> DeviceProperties {
    let property = vendor.system_property().map(|name| (name.to_owned(), "12".to_owned()));
    DeviceProperties {
        os: Os::Android,
        system_properties: property.into_iter().collect(),
        bundle_id: "im.example".into(),
        ..DeviceProperties::default()
    }
}

pub(crate) fn ios() -> DeviceProperties {
    DeviceProperties { os: Os::Ios, bundle_id: "im.example".into(), ..DeviceProperties::default() }
}

pub(crate) fn on(os: Os) -> DeviceProperties {
    DeviceProperties { os, bundle_id: "im.example".into(), ..DeviceProperties::default() }
}

/// A configuration with every vendor but FCM.
pub(crate) fn domestic() -> PushConfig {
    PushConfig::default()
        .enable_hw_push("hw")
        .enable_mi_push("mi", "mi-key")
        .enable_oppo_push("oppo", "oppo-key", "oppo-secret")
        .enable_vivo_push("vivo", "vivo-key")
}

/// A device of each vendor.
pub(crate) fn device_of(vendor: Vendor) -> DeviceProperties {
    match vendor {
        Vendor::Apns => ios(),
        Vendor::HarmonyOs => on(Os::HarmonyOs),
        Vendor::Web => on(Os::Web),
        Vendor::Fcm | Vendor::Huawei | Vendor::Xiaomi | Vendor::Oppo | Vendor::Vivo => android(vendor),
    }
}

pub(crate) fn config_of(vendor: Vendor) -> PushConfig {
    if vendor == Vendor::Fcm { domestic().enable_fcm_push() } else { domestic() }
}
