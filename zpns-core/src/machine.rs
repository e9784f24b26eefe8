//! The state of push on this device. No IO, no threads: calls change the state and leave effects to be carried out in
//! order.

use crate::channel::ChannelError;
use crate::config::PushConfig;
use crate::device::DeviceProperties;
use crate::error::Error;
use crate::event::{Event, EventKind, Registered};
use crate::message::PushMessage;
use crate::vendor::{self, Vendor};
use std::collections::VecDeque;
use zim_proto::v1::{PushEnvironment, PushRegistration};
use zim_proto::{ZpnsErrorCode, limits, push_id, validate};

/// What has to be done outside.
#[derive(Debug)]
pub(crate) enum Effect {
    RequestToken(Vendor, PushConfig),
    ReleaseToken(Vendor),
    Upload(Option<Box<PushRegistration>>),
    ReportBadge(u32),
    SetLocalBadge(Vendor, u32),
    Emit(Event),
}

#[derive(Debug, Clone, PartialEq)]
enum Phase {
    Unregistered,
    /// Waiting for the vendor's token, or for an app id to derive the PushID with.
    Registering(Vendor),
    Registered(Vendor, Box<PushRegistration>),
}

/// A vendor's token and where it is valid.
#[derive(Clone, PartialEq)]
struct Token {
    text: String,
    environment: PushEnvironment,
}

pub(crate) struct Machine {
    device: DeviceProperties,
    config: PushConfig,
    /// Part of every registration, so that pushes of debug builds can be told apart.
    debug: bool,
    app_id: Option<u32>,
    phase: Phase,
    token: Option<Token>,
    voip: Option<Token>,
    /// Last badge the app reported; survives unregistering, since the icon does.
    badge: Option<u32>,
    /// Whether the app has registered in this process, whatever came of it.
    ever_registered: bool,
    /// The app unregistered last: a token iOS delivers late is not to register it again.
    unregistered: bool,
    /// Clicks wait until this is set: nobody listens before the app has registered.
    clicks_open: bool,
    held_click: Option<PushMessage>,
    effects: VecDeque<Effect>,
}

impl Machine {
    pub(crate) fn new(device: DeviceProperties) -> Self {
        Self {
            device,
            config: PushConfig::default(),
            debug: false,
            app_id: None,
            phase: Phase::Unregistered,
            token: None,
            voip: None,
            badge: None,
            ever_registered: false,
            unregistered: false,
            clicks_open: false,
            held_click: None,
            effects: VecDeque::new(),
        }
    }

    pub(crate) fn next_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub(crate) fn config(&self) -> &PushConfig {
        &self.config
    }

    pub(crate) fn set_config(&mut self, config: PushConfig) {
        self.config = config;
    }

    pub(crate) fn enable_debug(&mut self, debug: bool) {
        self.debug = debug;
    }

    pub(crate) fn push_id(&self) -> Option<&str> {
        match &self.phase {
            Phase::Registered(_, registration) => Some(&registration.push_id),
            _ => None,
        }
    }

    pub(crate) fn vendor(&self) -> Option<Vendor> {
        match self.phase {
            Phase::Unregistered => None,
            Phase::Registering(vendor) | Phase::Registered(vendor, _) => Some(vendor),
        }
    }

    /// The vendor that registering would choose now.
    pub(crate) fn preferred_vendor(&self) -> Option<Vendor> {
        vendor::choose(&self.config, &self.device).ok()
    }

    /// A connection to upload through exists from now on.
    pub(crate) fn attach(&mut self, app_id: u32) {
        let same_app = self.app_id.replace(app_id) == Some(app_id);
        match &self.phase {
            Phase::Registered(_, registration) if same_app => {
                self.effects.push_back(Effect::Upload(Some(registration.clone())));
            }
            // Another app means another PushID.
            Phase::Registered(vendor, _) | Phase::Registering(vendor) => {
                let vendor = *vendor;
                self.phase = Phase::Registering(vendor);
                self.complete(vendor);
            }
            Phase::Unregistered => {}
        }
    }

    pub(crate) fn register(&mut self) {
        self.ever_registered = true;
        self.unregistered = false;
        let chosen = if self.config.app_type > limits::APP_TYPE_MAX {
            Err("appType must be 0, 1 or 2".to_owned())
        } else {
            vendor::choose(&self.config, &self.device)
        };
        let vendor = match chosen {
            Ok(vendor) => vendor,
            Err(text) => {
                self.open_clicks();
                // There is no vendor whose support could be asked about.
                let failed = Registered::failed(ZpnsErrorCode::RegisterFailed, text, None);
                self.effects.push_back(Effect::Emit(Event::Registered(failed)));
                return;
            }
        };
        if vendor != Vendor::Apns {
            self.open_clicks();
        }
        match &self.phase {
            Phase::Registered(current, registration)
                if *current == vendor && registration.app_type == self.app_type() =>
            {
                self.announce();
            }
            Phase::Registering(current) if *current == vendor => {}
            Phase::Registered(former, _) | Phase::Registering(former) if *former != vendor => {
                let former = *former;
                self.token = None;
                self.effects.push_back(Effect::ReleaseToken(former));
                self.request(vendor);
            }
            _ => self.request(vendor),
        }
    }

    fn request(&mut self, vendor: Vendor) {
        self.phase = Phase::Registering(vendor);
        self.effects.push_back(Effect::RequestToken(vendor, self.config.clone()));
    }

    /// Legal after [`register`](Self::register) only; a second time there is nothing left to do.
    pub(crate) fn unregister(&mut self) -> Result<(), Error> {
        if !self.ever_registered {
            return Err(Error::NeverRegistered);
        }
        self.unregistered = true;
        if let Some(vendor) = self.vendor() {
            self.phase = Phase::Unregistered;
            self.token = None;
            self.voip = None;
            self.effects.push_back(Effect::Upload(None));
            self.effects.push_back(Effect::ReleaseToken(vendor));
        }
        Ok(())
    }

    /// A token of a vendor whose SDK was asked for one, or a new one in place of an old one.
    pub(crate) fn token_received(&mut self, vendor: Vendor, text: String) {
        if self.vendor() != Some(vendor) {
            log::debug!("token of {vendor} ignored: this device does not register with it");
            return;
        }
        self.take_token(vendor, Token { text, environment: PushEnvironment::Production });
    }

    /// The APNs token. Handing it over is a registration, also if the app asked iOS for it by itself.
    pub(crate) fn device_token(&mut self, text: String, environment: PushEnvironment) {
        if self.unregistered {
            log::debug!("device token ignored: the app has unregistered");
            return;
        }
        self.ever_registered = true;
        if self.vendor() != Some(Vendor::Apns) {
            self.phase = Phase::Registering(Vendor::Apns);
        }
        self.take_token(Vendor::Apns, Token { text, environment });
    }

    /// The PushKit token. It travels with the APNs registration and does not change the PushID.
    pub(crate) fn voip_token(&mut self, text: String, environment: PushEnvironment) {
        let token = Token { text, environment };
        if self.voip.as_ref() == Some(&token) {
            return;
        }
        self.voip = Some(token);
        if let Phase::Registered(Vendor::Apns, registration) = &mut self.phase {
            registration.voip_token.clone_from(&self.voip.as_ref().expect("set above").text);
            let registration = registration.clone();
            self.warn_of_mixed_environments();
            self.effects.push_back(Effect::Upload(Some(registration)));
        }
    }

    fn take_token(&mut self, vendor: Vendor, token: Token) {
        let known = self.token.as_ref() == Some(&token);
        self.token = Some(token);
        if !known || matches!(self.phase, Phase::Registering(_)) {
            self.complete(vendor);
        }
    }

    /// Turns the token into a registration, if token and app id are both there.
    fn complete(&mut self, vendor: Vendor) {
        let (Some(token), Some(app_id)) = (&self.token, self.app_id) else { return };
        let mut registration = PushRegistration {
            push_id: String::new(),
            vendor: vendor.wire() as i32,
            token: token.text.clone(),
            voip_token: String::new(),
            environment: token.environment as i32,
            bundle_id: self.device.bundle_id.clone(),
            app_type: self.app_type(),
            sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
            badge: self.badge.and_then(|badge| i32::try_from(badge).ok()).unwrap_or(-1),
            debug: self.debug,
        };
        if let (Vendor::Apns, Some(voip)) = (vendor, &self.voip) {
            registration.voip_token.clone_from(&voip.text);
        }
        registration.push_id = push_id::derive(app_id, &registration);
        if let Err(invalid) = validate::push_registration(&registration) {
            self.token = None;
            let text = format!("{} {}", invalid.parameter, invalid.message);
            // The Web has no event for it.
            log::warn!("the token of {vendor} is not usable: {text}");
            self.fail(vendor, ChannelError::Vendor(text));
            return;
        }
        self.warn_of_mixed_environments();
        self.effects.push_back(Effect::Upload(Some(Box::new(registration.clone()))));
        self.phase = Phase::Registered(vendor, Box::new(registration));
        self.announce();
        self.open_clicks();
    }

    fn warn_of_mixed_environments(&self) {
        if let (Some(token), Some(voip)) = (&self.token, &self.voip)
            && token.environment != voip.environment
        {
            log::warn!(
                "device token and VoIP token are of different APNs environments; the device token's counts"
            );
        }
    }

    fn announce(&mut self) {
        if let Phase::Registered(vendor, registration) = &self.phase {
            let registered = Registered {
                error_code: 0,
                message: String::new(),
                push_id: registration.push_id.clone(),
                vendor: Some(*vendor),
                device_token: registration.token.clone(),
            };
            self.emit(*vendor, EventKind::Registered, Event::Registered(registered));
        }
    }

    /// The vendor could not give a token. A device that is registered stays so: its token is still the last one known.
    pub(crate) fn registration_failed(&mut self, vendor: Vendor, error: ChannelError) {
        if self.phase == Phase::Registering(vendor) {
            self.fail(vendor, error);
        } else {
            log::debug!("failure of {vendor} ignored: no registration waits for it");
        }
    }

    /// The vendor could not let go of the token; locally and on our server the device is unregistered all the same.
    pub(crate) fn release_failed(&mut self, vendor: Vendor, error: &ChannelError) {
        let failed = Registered::failed(ZpnsErrorCode::UnregisterFailed, error.to_string(), Some(vendor));
        self.emit(vendor, EventKind::Registered, Event::Registered(failed));
    }

    fn fail(&mut self, vendor: Vendor, error: ChannelError) {
        if matches!(self.phase, Phase::Registered(..)) {
            self.effects.push_back(Effect::Upload(None));
        }
        self.phase = Phase::Unregistered;
        let failed = error.into_registered(vendor);
        self.emit(vendor, EventKind::Registered, Event::Registered(failed));
    }

    /// Keeps the badge: a registration made later carries it.
    pub(crate) fn set_badge(&mut self, badge: i32) -> Result<(), Error> {
        let checked = checked_badge(badge)?;
        self.badge = Some(checked);
        if let Phase::Registered(_, registration) = &mut self.phase {
            registration.badge = badge;
            self.effects.push_back(Effect::ReportBadge(checked));
        }
        Ok(())
    }

    pub(crate) fn set_local_badge(&mut self, badge: i32) -> Result<(), Error> {
        let badge = checked_badge(badge)?;
        match self.vendor().or_else(|| self.preferred_vendor()) {
            Some(Vendor::Huawei) if !self.config.enable_hw_badge => {
                log::debug!("local badge ignored: Huawei badges are not enabled");
            }
            Some(vendor) if vendor.has_local_badge() => {
                self.effects.push_back(Effect::SetLocalBadge(vendor, badge));
            }
            _ => log::debug!("local badge ignored: this device has none"),
        }
        Ok(())
    }

    pub(crate) fn arrived(&mut self, message: PushMessage) -> bool {
        self.emit(message.vendor, EventKind::NotificationArrived, Event::NotificationArrived(message))
    }

    pub(crate) fn through(&mut self, message: PushMessage) -> bool {
        self.emit(message.vendor, EventKind::ThroughMessage, Event::ThroughMessage(message))
    }

    pub(crate) fn clicked(&mut self, message: PushMessage) -> bool {
        if !message.vendor.reports(EventKind::NotificationClicked) {
            return false;
        }
        if self.clicks_open {
            self.emit(message.vendor, EventKind::NotificationClicked, Event::NotificationClicked(message))
        } else {
            self.held_click = Some(message);
            true
        }
    }

    fn open_clicks(&mut self) {
        self.clicks_open = true;
        if let Some(message) = self.held_click.take() {
            self.clicked(message);
        }
    }

    fn emit(&mut self, vendor: Vendor, kind: EventKind, event: Event) -> bool {
        if !vendor.reports(kind) {
            log::debug!("{kind:?} of {vendor} not raised: the vendor does not support it");
            return false;
        }
        self.effects.push_back(Effect::Emit(event));
        true
    }

    fn app_type(&self) -> u32 {
        self.config.app_type.max(1)
    }
}

fn checked_badge(badge: i32) -> Result<u32, Error> {
    u32::try_from(badge)
        .map_err(|_| Error::InvalidParameter { parameter: "badge", rule: "must be 0 or more" })
}
