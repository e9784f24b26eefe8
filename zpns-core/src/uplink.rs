//! The one seam between push and messaging: a registration and a badge go up, nothing comes down.

use zim_proto::v1::PushRegistration;

/// A connection that carries what this device registered. Implemented by `zim_core::Client`.
///
/// Both methods only hand over: the uplink keeps the last value, sends it as soon as it has a session and again with
/// every later one, so that login and registration may come in either order. The badge is sent only while a
/// registration exists and its user is logged in.
pub trait Uplink: Send + Sync {
    /// The registration in force; `None` once the device is unregistered.
    fn set_push_registration(&self, registration: Option<PushRegistration>);
    /// The badge this device shows.
    fn report_badge(&self, badge: u32);
}
