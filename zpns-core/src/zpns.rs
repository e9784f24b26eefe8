//! The handle an app works with.

use crate::channel::{ChannelError, VendorChannel};
use crate::config::PushConfig;
use crate::device::DeviceProperties;
use crate::error::Error;
use crate::event::{Event, EventHandler};
use crate::machine::{Effect, Machine};
use crate::message::{self, PushMessage};
use crate::queue::Queue;
use crate::uplink::Uplink;
use crate::vendor::Vendor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use zim_core::Dispatch;
use zim_proto::v1::PushEnvironment;

/// What a [`Zpns`] is made from.
#[derive(Clone)]
pub struct Options {
    /// The device, as the host knows it.
    pub device: DeviceProperties,
    /// The vendors' SDKs.
    pub channel: Arc<dyn VendorChannel>,
    /// Who runs the event handler: a thread `zpns-cb` of this library, or the host by [`Zpns::next_event`].
    pub dispatch: Dispatch,
}

/// The push client of one device. Cheap to clone; every clone is the same client. Every call is legal on any thread and
/// inside event handlers, and returns without waiting for network or vendor.
///
/// # Order of calls
///
/// Configure, set a handler, [`attach`](Self::attach) a connection, [`register_push`](Self::register_push), hand in the
/// vendor's token. Attaching and registering may come in either order, and so may login and registration: whatever is
/// known is uploaded as soon as there is a session, and the server binds the PushID to the user who logs in.
#[derive(Clone)]
pub struct Zpns {
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<State>,
    channel: Arc<dyn VendorChannel>,
    dispatch: Dispatch,
    queue: Arc<Queue>,
}

struct State {
    machine: Machine,
    uplink: Option<Arc<dyn Uplink>>,
    /// One thread at a time carries out effects, so that they keep their order; the others leave theirs to it.
    is_draining: bool,
    has_thread: bool,
}

impl Zpns {
    /// A client that is not registered. Does nothing but allocate.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let state = State {
            machine: Machine::new(options.device),
            uplink: None,
            is_draining: false,
            has_thread: false,
        };
        Self {
            inner: Arc::new(Inner {
                state: Mutex::new(state),
                channel: options.channel,
                dispatch: options.dispatch,
                queue: Arc::default(),
            }),
        }
    }

    /// Version of this library.
    #[must_use]
    pub const fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// Sets vendors, credentials and certificate set. The last one before [`register_push`](Self::register_push) counts;
    /// a registered device changes when it registers again.
    pub fn set_push_config(&self, config: PushConfig) {
        self.change(|machine| machine.set_config(config));
    }

    /// The configuration in force.
    #[must_use]
    pub fn push_config(&self) -> PushConfig {
        self.inner.lock().machine.config().clone()
    }

    /// Marks registrations made from now on as those of a debug build.
    pub fn enable_debug(&self, is_debug: bool) {
        self.change(|machine| machine.enable_debug(is_debug));
    }

    /// Sets the one event handler; `None` removes it. Events that come while there is none wait for the next, the newest
    /// 256 of them.
    pub fn set_event_handler(&self, handler: Option<Arc<dyn EventHandler>>) {
        if handler.is_some() && self.inner.dispatch == Dispatch::Thread {
            self.inner.start_thread();
        }
        self.inner.queue.set_handler(handler);
    }

    /// With [`Dispatch::Pump`]: runs the handler for one event on this thread, waiting up to `timeout` for it. `false` if
    /// none came, and always with [`Dispatch::Thread`] or inside a handler.
    pub fn next_event(&self, timeout: Duration) -> bool {
        self.inner.dispatch == Dispatch::Pump
            && self.inner.queue.deliver_one(Some(timeout), |handler, event| self.deliver(handler, event))
    }

    /// Connects registration and badge with the server, through a ZIM client or a session of the device alone. A PushID
    /// needs the app's id, so that a registration made before completes now.
    pub fn attach(&self, app_id: u32, uplink: Arc<dyn Uplink>) {
        {
            let former = self.inner.lock().uplink.replace(uplink);
            drop(former);
        }
        self.change(|machine| machine.attach(app_id));
    }

    /// Lets go of the connection, for example before the ZIM client is destroyed. The registration stays and is uploaded
    /// again through the next one.
    pub fn detach(&self) {
        let former = self.inner.lock().uplink.take();
        drop(former);
    }

    /// Registers this device. The result is [`Event::Registered`]: code 0 with the PushID, or 6000401 … 6000404 with the
    /// reason; without a vendor for this device 6000404 and what was looked for. Registered already: the same result
    /// again, and the vendor is not asked. A changed vendor or `app_type` registers anew.
    pub fn register_push(&self) {
        self.change(Machine::register);
    }

    /// Stops all pushes to this device: removes registration and binding on the server, now or at the next connection,
    /// and tells the vendor. A second call does nothing. 6000405 if [`register_push`](Self::register_push) was never
    /// called; if the vendor fails, the device is unregistered all the same and [`Event::Registered`] tells 6000405.
    pub fn unregister_push(&self) -> Result<(), Error> {
        self.change(Machine::unregister)
    }

    /// For the host's vendor channel: the vendor gave a token, the first or a new one. Ignored if the device does not
    /// register with this vendor.
    pub fn token_received(&self, vendor: Vendor, token: &str) {
        self.change(|machine| machine.token_received(vendor, token.to_owned()));
    }

    /// For the host's vendor channel: the vendor gave no token.
    pub fn registration_failed(&self, vendor: Vendor, error: ChannelError) {
        self.change(|machine| machine.registration_failed(vendor, error));
    }

    /// iOS: the token from `didRegisterForRemoteNotificationsWithDeviceToken`. `is_product` tells which APNs host serves
    /// this build; see [`is_product`](crate::is_product). A wrong value makes pushes go to the wrong host.
    pub fn set_device_token(&self, token: &[u8], is_product: bool) {
        self.change(|machine| machine.device_token(hexadecimal(token), environment(is_product)));
    }

    /// iOS: the PushKit token. The PushID stays and stands for this token too.
    pub fn set_voip_token(&self, token: &[u8], is_product: bool) {
        self.change(|machine| machine.voip_token(hexadecimal(token), environment(is_product)));
    }

    /// Reports the badge this device shows, 0 or more (else 6000001). Kept until there is a registration and a login to
    /// report it for; the server forgets it at logout, and leaves the badge of a device alone that never reported one.
    pub fn set_badge(&self, badge: i32) -> Result<(), Error> {
        self.change(|machine| machine.set_badge(badge))
    }

    /// Sets the number on the app's icon, on this device only: iOS, OPPO, vivo, and Huawei if
    /// [`PushConfig::enable_hw_badge`] is set; nothing elsewhere. 6000001 below 0.
    pub fn set_local_badge(&self, badge: i32) -> Result<(), Error> {
        self.change(|machine| machine.set_local_badge(badge))
    }

    /// The PushID while registered.
    #[must_use]
    pub fn push_id(&self) -> Option<String> {
        self.inner.lock().machine.push_id().map(str::to_owned)
    }

    /// The vendor this device is registered with or registering with.
    #[must_use]
    pub fn vendor(&self) -> Option<Vendor> {
        self.inner.lock().machine.vendor()
    }

    /// The vendor that [`register_push`](Self::register_push) would choose with the configuration in force: whose pushes
    /// a device that has not registered yet can have got.
    #[must_use]
    pub fn preferred_vendor(&self) -> Option<Vendor> {
        self.inner.lock().machine.preferred_vendor()
    }

    /// For the host: a notification was displayed. `json` as in [`parse`](crate::parse). `Ok(false)` if this vendor does
    /// not support the event, which is then not raised.
    pub fn notification_arrived(&self, vendor: Vendor, json: &str) -> Result<bool, Error> {
        let message = message::parse(vendor, json)?;
        Ok(self.change(|machine| machine.arrived(message)))
    }

    /// For the host: a notification was tapped. Before the app registers the last click is held, and delivered by
    /// [`register_push`](Self::register_push), on iOS when the registration has succeeded.
    pub fn notification_clicked(&self, vendor: Vendor, json: &str) -> Result<bool, Error> {
        let message = message::parse(vendor, json)?;
        Ok(self.change(|machine| machine.clicked(message)))
    }

    /// For the host: a data or silent push arrived.
    pub fn through_message_received(&self, vendor: Vendor, json: &str) -> Result<bool, Error> {
        let message = message::parse(vendor, json)?;
        Ok(self.change(|machine| machine.through(message)))
    }

    /// What a launch intent or tapped notification carries (published `getZPNsMessage`); raises no event.
    pub fn zpns_message(&self, vendor: Vendor, json: &str) -> Result<PushMessage, Error> {
        message::parse(vendor, json)
    }

    fn change<R>(&self, change: impl FnOnce(&mut Machine) -> R) -> R {
        let mut state = self.inner.lock();
        let result = change(&mut state.machine);
        if std::mem::replace(&mut state.is_draining, true) {
            return result;
        }
        drop(state);
        self.drain();
        result
    }

    /// Carries out effects in order and without the lock: channel and uplink may call back.
    fn drain(&self) {
        let mut draining = Draining { inner: &self.inner, is_done: false };
        loop {
            let mut state = self.inner.lock();
            let Some(effect) = state.machine.next_effect() else {
                state.is_draining = false;
                draining.is_done = true;
                return;
            };
            let uplink = state.uplink.clone();
            drop(state);
            self.carry_out(effect, uplink.as_deref());
        }
    }

    fn carry_out(&self, effect: Effect, uplink: Option<&dyn Uplink>) {
        let channel = &self.inner.channel;
        match effect {
            Effect::RequestToken(vendor, config) => {
                if let Err(error) = channel.request_token(vendor, &config) {
                    self.inner.lock().machine.registration_failed(vendor, error);
                }
            }
            Effect::ReleaseToken(vendor) => {
                if let Err(error) = channel.release_token(vendor) {
                    self.inner.lock().machine.release_failed(vendor, &error);
                }
            }
            Effect::SetLocalBadge(vendor, badge) => channel.set_local_badge(vendor, badge),
            Effect::Upload(registration) => {
                if let Some(uplink) = uplink {
                    uplink.set_push_registration(registration.map(|registration| *registration));
                }
            }
            Effect::ReportBadge(badge) => {
                if let Some(uplink) = uplink {
                    uplink.report_badge(badge);
                }
            }
            Effect::Emit(event) => self.inner.queue.push(event),
        }
    }

    fn deliver(&self, handler: &dyn EventHandler, event: Event) {
        // The panic is the app's; the library goes on.
        if catch_unwind(AssertUnwindSafe(|| handler.on_event(self, event))).is_err() {
            log::error!("the push event handler panicked");
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_thread(self: &Arc<Self>) {
        if std::mem::replace(&mut self.lock().has_thread, true) {
            return;
        }
        let (queue, weak) = (Arc::clone(&self.queue), Arc::downgrade(self));
        let started = std::thread::Builder::new().name("zpns-cb".into()).spawn(move || run(&queue, &weak));
        if let Err(error) = started {
            log::error!("no thread for push events: {error}");
            self.lock().has_thread = false;
        }
    }
}

/// Ends when the last handle is gone: that closes the queue.
fn run(queue: &Queue, weak: &Weak<Inner>) {
    let deliver = |handler: &dyn EventHandler, event| {
        if let Some(inner) = weak.upgrade() {
            Zpns { inner }.deliver(handler, event);
        }
    };
    while queue.deliver_one(None, deliver) {}
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Lets the next call drain if a channel or uplink panics here.
struct Draining<'a> {
    inner: &'a Inner,
    is_done: bool,
}

impl Drop for Draining<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            self.inner.lock().is_draining = false;
        }
    }
}

fn environment(is_product: bool) -> PushEnvironment {
    if is_product { PushEnvironment::Production } else { PushEnvironment::Sandbox }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string grows");
        text
    })
}
