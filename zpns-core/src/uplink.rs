//! The one seam between push and messaging: a registration and a badge go up, nothing comes down.

use zim_core::{Call, Client};
use zim_proto::v1::PushRegistration;

/// A connection that carries what this device registered. Implemented by [`Client`].
///
/// Both methods only hand over: the uplink keeps the last registration with its badge, sends them as soon as it has a
/// session and again with every later one, so that login and registration may come in either order. The server binds
/// the PushID, and minds the badge, from login to logout.
pub trait Uplink: Send + Sync {
    /// The registration in force; `None` once the device is unregistered.
    fn set_push_registration(&self, registration: Option<PushRegistration>);
    /// The badge this device shows now: the registration's `badge` from here on.
    fn report_badge(&self, badge: u32);
}

/// The client keeps registration and badge through logins, logouts and lost connections.
impl Uplink for Client {
    fn set_push_registration(&self, registration: Option<PushRegistration>) {
        start(Client::set_push_registration(self, registration), "registration");
    }

    fn report_badge(&self, badge: u32) {
        start(Client::report_badge(self, badge), "badge");
    }
}

/// Nobody waits for it: what the server does with it shows in the pushes.
fn start(call: Call<()>, what: &'static str) {
    call.then(move |result| {
        if let Err(error) = result {
            log::warn!("push {what} not taken: {error}");
        }
    });
}
