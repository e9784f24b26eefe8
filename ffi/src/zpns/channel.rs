//! The host's access to the vendors' SDKs.

use super::{refused_by_host, vendor_number};
use crate::callback::{Held, is_callback};
use std::ffi::c_void;
use zim_proto::ZpnsErrorCode;
use zpns_core::{ChannelError, PushConfig, Vendor, VendorChannel};

/// How the library asks the vendors' SDKs. Functions may be NULL: then the host does that by itself.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zpns_channel {
    /// `sizeof(zpns_channel)`.
    pub struct_size: usize,
    /// Given to every function. Yours.
    pub user_data: *mut c_void,
    /// Called once after the client was freed, on any thread; frees `user_data`. May be NULL.
    pub release: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    /// Start getting a token from this `ZPNS_VENDOR_`. The answer goes to `zpns_token_received` or
    /// `zpns_registration_failed`, also at once. False: it cannot even be asked for. Thread: that of the call.
    pub request_token: Option<unsafe extern "C" fn(user_data: *mut c_void, vendor: i32) -> bool>,
    /// Tell the vendor that this device wants no more pushes. False: the vendor failed. Thread: that of the call.
    pub release_token: Option<unsafe extern "C" fn(user_data: *mut c_void, vendor: i32) -> bool>,
    /// Set the number on the app's icon. Thread: that of the call.
    pub set_local_badge: Option<unsafe extern "C" fn(user_data: *mut c_void, vendor: i32, badge: u32)>,
}

is_callback!(zpns_channel);

pub(super) struct Channel(Held<zpns_channel>);

impl Channel {
    pub(super) fn new(held: Held<zpns_channel>) -> Self {
        Self(held)
    }
}

impl VendorChannel for Channel {
    fn request_token(&self, vendor: Vendor, _: &PushConfig) -> Result<(), ChannelError> {
        let Some(ask) = self.0.callback().and_then(|channel| channel.request_token) else { return Ok(()) };
        // SAFETY: the host promised a function of this type.
        let asked = unsafe { ask(self.0.user_data(), vendor_number(vendor)) };
        if asked { Ok(()) } else { Err(refused_by_host()) }
    }

    fn release_token(&self, vendor: Vendor) -> Result<(), ChannelError> {
        let Some(ask) = self.0.callback().and_then(|channel| channel.release_token) else { return Ok(()) };
        // SAFETY: the host promised a function of this type.
        let asked = unsafe { ask(self.0.user_data(), vendor_number(vendor)) };
        if asked { Ok(()) } else { Err(refused_by_host()) }
    }

    fn set_local_badge(&self, vendor: Vendor, badge: u32) {
        if let Some(set) = self.0.callback().and_then(|channel| channel.set_local_badge) {
            // SAFETY: the host promised a function of this type.
            unsafe { set(self.0.user_data(), vendor_number(vendor), badge) };
        }
    }
}

/// What the host's number and text mean.
pub(super) fn error(code: i32, message: String) -> ChannelError {
    match u32::try_from(code).ok().and_then(ZpnsErrorCode::from_code) {
        Some(ZpnsErrorCode::ConnectionFailed) => ChannelError::Network(message),
        Some(ZpnsErrorCode::VendorCredentialsInvalid) => ChannelError::Credentials(message),
        Some(ZpnsErrorCode::VendorApiFailed) => ChannelError::Vendor(message),
        Some(_) => ChannelError::Other(message),
        None => ChannelError::Apple { code, message },
    }
}
