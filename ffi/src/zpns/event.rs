//! What the push client tells the host.

use super::vendor_number;
use crate::callback::{Held, is_callback};
use crate::types::zim_str;
use std::ffi::c_void;
use zpns_core::{Event, EventHandler, PushMessage, Registered, Zpns};

/// Result of a registration. Published as `ZPNsRegisterMessage`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zpns_registered {
    /// Size of the struct the library was built with.
    pub struct_size: usize,
    /// 0, or a `ZPNS_ERROR_CODE_`, or the number Apple gave.
    pub error_code: i32,
    /// Text for it, with the vendor's own words.
    pub message: zim_str,
    /// The PushID; empty on failure.
    pub push_id: zim_str,
    /// `ZPNS_VENDOR_…`; 0 if none was found.
    pub vendor: i32,
    /// The vendor's own token; empty on failure.
    pub device_token: zim_str,
}

/// One push. Published as `ZPNsMessage`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zpns_message {
    /// Size of the struct the library was built with.
    pub struct_size: usize,
    /// `ZPNS_VENDOR_…`.
    pub vendor: i32,
    /// The sender's title, as far as the vendor shows it to the app.
    pub title: zim_str,
    /// The sender's content.
    pub content: zim_str,
    /// The sender's payload, byte for byte.
    pub payload: zim_str,
    /// Everything that was pushed, as JSON text.
    pub extras: zim_str,
    /// The call the push belongs to, or empty.
    pub call_id: zim_str,
    /// Identifies the push in the server's delivery log.
    pub request_id: zim_str,
}

/// What the host wants to be told. Every function may be NULL; views live until it returns. Thread: `zpns-cb`, or that of
/// `zpns_next_event`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zpns_event_handler {
    /// `sizeof(zpns_event_handler)`.
    pub struct_size: usize,
    /// Given to every function. Yours.
    pub user_data: *mut c_void,
    /// Called once when the handler was replaced or the client freed; frees `user_data`. May be NULL.
    pub release: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    /// Registration succeeded, also again with a new PushID, or failed. Published as `onRegistered`.
    pub on_registered:
        Option<unsafe extern "C" fn(user_data: *mut c_void, registered: *const zpns_registered)>,
    /// A notification was displayed. Published as `onNotificationArrived`.
    pub on_notification_arrived:
        Option<unsafe extern "C" fn(user_data: *mut c_void, message: *const zpns_message)>,
    /// A notification was tapped. Published as `onNotificationClicked`.
    pub on_notification_clicked:
        Option<unsafe extern "C" fn(user_data: *mut c_void, message: *const zpns_message)>,
    /// A data or silent push arrived. Published as `onThroughMessageReceived`.
    pub on_through_message_received:
        Option<unsafe extern "C" fn(user_data: *mut c_void, message: *const zpns_message)>,
}

is_callback!(zpns_event_handler);

pub(super) struct Handler(Held<zpns_event_handler>);

impl Handler {
    pub(super) fn new(held: Held<zpns_event_handler>) -> Self {
        Self(held)
    }

    fn message(
        &self,
        call: Option<unsafe extern "C" fn(user_data: *mut c_void, message: *const zpns_message)>,
        message: &PushMessage,
    ) {
        let Some(call) = call else { return };
        let view = zpns_message {
            struct_size: size_of::<zpns_message>(),
            vendor: vendor_number(message.vendor),
            title: zim_str::of(&message.title),
            content: zim_str::of(&message.content),
            payload: zim_str::of(&message.payload),
            extras: zim_str::of(&message.extras),
            call_id: zim_str::of(&message.call_id),
            request_id: zim_str::of(&message.request_id),
        };
        // SAFETY: the host promised a function of this type; the views live until it returns.
        unsafe { call(self.0.user_data(), &raw const view) };
    }

    fn registered(&self, registered: &Registered) {
        let Some(call) = self.0.callback().and_then(|handler| handler.on_registered) else { return };
        let view = zpns_registered {
            struct_size: size_of::<zpns_registered>(),
            error_code: registered.error_code,
            message: zim_str::of(&registered.message),
            push_id: zim_str::of(&registered.push_id),
            vendor: registered.vendor.map_or(0, vendor_number),
            device_token: zim_str::of(&registered.device_token),
        };
        // SAFETY: the host promised a function of this type; the views live until it returns.
        unsafe { call(self.0.user_data(), &raw const view) };
    }
}

impl EventHandler for Handler {
    fn on_event(&self, _: &Zpns, event: Event) {
        let Some(handler) = self.0.callback() else { return };
        match &event {
            Event::Registered(registered) => self.registered(registered),
            Event::NotificationArrived(message) => self.message(handler.on_notification_arrived, message),
            Event::NotificationClicked(message) => self.message(handler.on_notification_clicked, message),
            Event::ThroughMessage(message) => self.message(handler.on_through_message_received, message),
            _ => {}
        }
    }
}
