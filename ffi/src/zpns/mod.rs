//! ZPNs across the ABI: which vendor, which PushID, which notification.

mod channel;
mod event;
mod options;

pub use channel::zpns_channel;
pub use event::{zpns_event_handler, zpns_message, zpns_registered};
pub use options::{
    ZPNS_OS_ANDROID, ZPNS_OS_HARMONYOS, ZPNS_OS_IOS, ZPNS_OS_OTHER, ZPNS_OS_WEB, zpns_options,
    zpns_push_config,
};

use crate::callback::{begin, hold};
use crate::client::{app_of, borrow, zim_client};
use crate::convert;
use crate::guard::guard;
use crate::status::{Refused, ZIM_STATUS_FAILED, ZIM_STATUS_INVALID_ARGUMENT, zim_status};
use crate::types::{zim_bytes, zim_str};
use event::Handler;
use std::ffi::c_char;
use std::sync::Arc;
use std::time::Duration;
use zpns_core::{ChannelError, Dispatch, Options, Vendor, Zpns};

/// The push client of one device.
pub struct zpns_client {
    zpns: Zpns,
}

/// Apple.
pub const ZPNS_VENDOR_APNS: i32 = 1;
/// Firebase Cloud Messaging.
pub const ZPNS_VENDOR_FCM: i32 = 2;
/// Huawei on Android.
pub const ZPNS_VENDOR_HUAWEI: i32 = 3;
/// Xiaomi.
pub const ZPNS_VENDOR_XIAOMI: i32 = 4;
/// OPPO.
pub const ZPNS_VENDOR_OPPO: i32 = 5;
/// vivo.
pub const ZPNS_VENDOR_VIVO: i32 = 6;
/// HarmonyOS 5 and later.
pub const ZPNS_VENDOR_HARMONYOS: i32 = 7;
/// Web Push.
pub const ZPNS_VENDOR_WEB: i32 = 8;

/// Makes a push client; free it with `zpns_free`. `channel` is how it reaches the vendors' SDKs of the host; NULL: the
/// host asks for tokens itself, as on iOS, and hands them in. Thread: any.
///
/// # Safety
/// `options` is valid for the size it says; `channel` is NULL or so too; `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_new(
    options: *const zpns_options,
    channel: *const zpns_channel,
    out: *mut *mut zpns_client,
) -> zim_status {
    guard(|| {
        if out.is_null() {
            return Err(Refused::null("out"));
        }
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let (device, pump) = unsafe { options::read(options)? };
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let channel = unsafe { hold(channel)? };
        let dispatch = if pump { Dispatch::Pump } else { Dispatch::Thread };
        begin(channel, |channel| {
            let channel = Arc::new(channel::Channel::new(channel));
            let zpns = Zpns::new(Options { device, channel, dispatch });
            // SAFETY: not NULL, and writable by the contract above.
            unsafe { out.write(Box::into_raw(Box::new(zpns_client { zpns }))) };
        });
        Ok(())
    })
}

/// Frees a push client. The registration stays on the server: this ends the object, not the pushes. NULL is fine. No
/// other call with it may be under way, except the one in whose callback this is called. Thread: any, also in callbacks.
///
/// # Safety
/// `zpns` is NULL or came from `zpns_new` and was not freed before; no other call with it is under way, but for one further
/// up this thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_free(zpns: *mut zpns_client) {
    if zpns.is_null() {
        return;
    }
    let status = guard(|| {
        // SAFETY: it came from `Box::into_raw` in `zpns_new`, and nobody else uses it, by the contract above.
        let zpns = unsafe { Box::from_raw(zpns) };
        zpns.zpns.set_event_handler(None);
        zpns.zpns.detach();
        Ok(())
    });
    if status != 0 {
        log::error!("freeing a push client ended with status {status}");
    }
}

/// Chooses vendors and the certificate set. Before registering; the last one wins. Published as `setPushConfig`.
/// Thread: any.
///
/// # Safety
/// `zpns` is live; `config` is valid for the size it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_set_push_config(
    zpns: *const zpns_client,
    config: *const zpns_push_config,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let zpns = unsafe { live(zpns)? };
        // SAFETY: NULL or valid for the size it says, by the contract above.
        zpns.set_push_config(unsafe { options::read_config(config)? });
        Ok(())
    })
}

/// Sets what the host wants to be told; NULL: nothing. Published as `setEventHandler`. Thread: any.
///
/// # Safety
/// `zpns` is live; `handler` is NULL or valid for the size it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_set_event_handler(
    zpns: *const zpns_client,
    handler: *const zpns_event_handler,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let zpns = unsafe { live(zpns)? };
        if handler.is_null() {
            zpns.set_event_handler(None);
            return Ok(());
        }
        // SAFETY: valid for the size it says, by the contract above.
        let held = unsafe { hold(handler)? };
        begin(held, |held| zpns.set_event_handler(Some(Arc::new(Handler::new(held)))));
        Ok(())
    })
}

/// Connects registration and badge with the server through `client`: from now on they are uploaded with its sessions,
/// and the PushID is bound to the user that logs in, in whichever order login and registration come. The two may be
/// destroyed in either order. Thread: any.
///
/// # Safety
/// `zpns` and `client` are live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_attach(zpns: *const zpns_client, client: *const zim_client) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let (zpns, app_id, client) = unsafe { (live(zpns)?, app_of(client), borrow(client)?) };
        zpns.attach(app_id, Arc::new(client.clone()));
        Ok(())
    })
}

/// Lets go of the client. The registration stays and is uploaded again through the next one. Thread: any.
///
/// # Safety
/// `zpns` is live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_detach(zpns: *const zpns_client) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        unsafe { live(zpns)? }.detach();
        Ok(())
    })
}

/// Registers this device; the result is `on_registered`: code 0 with the PushID, or a `ZPNS_ERROR_CODE_`. Published as
/// `registerPush`. Thread: any.
///
/// # Safety
/// `zpns` is live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_register_push(zpns: *const zpns_client) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        unsafe { live(zpns)? }.register_push();
        Ok(())
    })
}

/// Stops all pushes to this device, alert and silent, now or at the next connection. `ZIM_STATUS_FAILED` (6000405) if
/// `zpns_register_push` was never called. Published as `unregisterPush`. Thread: any.
///
/// # Safety
/// `zpns` is live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_unregister_push(zpns: *const zpns_client) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        unsafe { live(zpns)? }.unregister_push().map_err(|error| failed(&error))
    })
}

/// The vendor gave a token, the first or a new one. Thread: any.
///
/// # Safety
/// `zpns` is live; `token` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_token_received(
    zpns: *const zpns_client,
    vendor: i32,
    token: zim_str,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, and a view that lives for this call, by the contract above.
        let (zpns, token) = unsafe { (live(zpns)?, convert::take_string(token, "token")?) };
        zpns.token_received(vendor_of(vendor)?, &token);
        Ok(())
    })
}

/// The vendor gave no token. `code` is a `ZPNS_ERROR_CODE_` (another number is passed on as the vendor's), `message` the
/// vendor's own words. Thread: any.
///
/// # Safety
/// `zpns` is live; `message` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_registration_failed(
    zpns: *const zpns_client,
    vendor: i32,
    code: i32,
    message: zim_str,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, and a view that lives for this call, by the contract above.
        let (zpns, message) = unsafe { (live(zpns)?, convert::take_string(message, "message")?) };
        zpns.registration_failed(vendor_of(vendor)?, channel::error(code, message));
        Ok(())
    })
}

/// iOS: the token of `didRegisterForRemoteNotificationsWithDeviceToken`, raw bytes. `is_product` false: signed for
/// development, the sandbox serves it. Published as `setDeviceToken:isProduct:`. Thread: any.
///
/// # Safety
/// `zpns` is live; `token` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_set_device_token(
    zpns: *const zpns_client,
    token: zim_bytes,
    is_product: bool,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, and a view that lives for this call, by the contract above.
        let (zpns, token) = unsafe { (live(zpns)?, token.read("token")?) };
        zpns.set_device_token(&token, is_product);
        Ok(())
    })
}

/// iOS: the PushKit token, raw bytes. The PushID stays and stands for this token too. Published as
/// `setVoipToken:isProduct:`. Thread: any.
///
/// # Safety
/// `zpns` is live; `token` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_set_voip_token(
    zpns: *const zpns_client,
    token: zim_bytes,
    is_product: bool,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, and a view that lives for this call, by the contract above.
        let (zpns, token) = unsafe { (live(zpns)?, token.read("token")?) };
        zpns.set_voip_token(&token, is_product);
        Ok(())
    })
}

/// Reports the badge this device shows, 0 or more. Published as `setBadge:`. Thread: any.
///
/// # Safety
/// `zpns` is live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_set_badge(zpns: *const zpns_client, badge: i32) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        unsafe { live(zpns)? }.set_badge(badge).map_err(|error| failed(&error))
    })
}

/// Copies the PushID and a NUL into `buffer`; a PushID has 46 characters, so 47 bytes are enough. Empty while the
/// device is not registered. Thread: any.
///
/// # Safety
/// `zpns` is live; `buffer` is writable for `capacity` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_copy_push_id(
    zpns: *const zpns_client,
    buffer: *mut c_char,
    capacity: usize,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let push_id = unsafe { live(zpns)? }.push_id().unwrap_or_default();
        if buffer.is_null() {
            return Err(Refused::null("buffer"));
        }
        if capacity <= push_id.len() {
            return Err(Refused::invalid("capacity", "too small for the PushID and its NUL"));
        }
        // SAFETY: writable for `capacity`, which is more than the length, by the contract and the check above.
        unsafe {
            std::ptr::copy_nonoverlapping(push_id.as_ptr(), buffer.cast::<u8>(), push_id.len());
            buffer.add(push_id.len()).write(0);
        }
        Ok(())
    })
}

/// A notification was displayed. `json` is the vendor's message as JSON text. Raised as `on_notification_arrived` where
/// the vendor supports it. Thread: any.
///
/// # Safety
/// `zpns` is live; `json` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_notification_arrived(
    zpns: *const zpns_client,
    vendor: i32,
    json: zim_str,
) -> zim_status {
    // SAFETY: the contract is the same.
    unsafe { message(zpns, vendor, json, Zpns::notification_arrived) }
}

/// A notification was tapped; held until the app registers. Raised as `on_notification_clicked`. Thread: any.
///
/// # Safety
/// `zpns` is live; `json` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_notification_clicked(
    zpns: *const zpns_client,
    vendor: i32,
    json: zim_str,
) -> zim_status {
    // SAFETY: the contract is the same.
    unsafe { message(zpns, vendor, json, Zpns::notification_clicked) }
}

/// A data or silent push arrived. Raised as `on_through_message_received`. Thread: any.
///
/// # Safety
/// `zpns` is live; `json` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_through_message_received(
    zpns: *const zpns_client,
    vendor: i32,
    json: zim_str,
) -> zim_status {
    // SAFETY: the contract is the same.
    unsafe { message(zpns, vendor, json, Zpns::through_message_received) }
}

/// Pump mode: runs one waiting event on this thread, waiting up to `timeout_ms`. `*ran` (may be NULL) says whether there
/// was one. Thread: one at a time.
///
/// # Safety
/// `zpns` is live and was made with `pump`; `ran` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zpns_next_event(
    zpns: *const zpns_client,
    timeout_ms: u32,
    ran: *mut bool,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let did = unsafe { live(zpns)? }.next_event(Duration::from_millis(timeout_ms.into()));
        if !ran.is_null() {
            // SAFETY: writable, by the contract above.
            unsafe { ran.write(did) };
        }
        Ok(())
    })
}

/// # Safety
/// `zpns` is NULL or live; `json` is readable for its length.
unsafe fn message(
    zpns: *const zpns_client,
    vendor: i32,
    json: zim_str,
    tell: impl FnOnce(&Zpns, Vendor, &str) -> Result<bool, zpns_core::Error>,
) -> zim_status {
    guard(|| {
        // SAFETY: by the contract above.
        let (zpns, json) = unsafe { (live(zpns)?, convert::take_string(json, "json")?) };
        tell(&zpns, vendor_of(vendor)?, &json).map(drop).map_err(|error| failed(&error))
    })
}

/// # Safety
/// `zpns` is NULL or live.
unsafe fn live(zpns: *const zpns_client) -> Result<Zpns, Refused> {
    // SAFETY: by the contract above. A share of its own, because a callback inside the call may free the client.
    unsafe { zpns.as_ref() }.map(|zpns| zpns.zpns.clone()).ok_or_else(|| Refused::null("zpns"))
}

fn failed(error: &zpns_core::Error) -> Refused {
    let status = match error {
        zpns_core::Error::NeverRegistered => ZIM_STATUS_FAILED,
        _ => ZIM_STATUS_INVALID_ARGUMENT,
    };
    Refused { status, detail: error.to_string() }
}

fn vendor_of(number: i32) -> Result<Vendor, Refused> {
    Vendor::ALL
        .into_iter()
        .find(|vendor| vendor_number(*vendor) == number)
        .ok_or_else(|| Refused::invalid("vendor", &format!("{number} is no ZPNS_VENDOR_")))
}

fn vendor_number(vendor: Vendor) -> i32 {
    match vendor {
        Vendor::Apns => ZPNS_VENDOR_APNS,
        Vendor::Fcm => ZPNS_VENDOR_FCM,
        Vendor::Huawei => ZPNS_VENDOR_HUAWEI,
        Vendor::Xiaomi => ZPNS_VENDOR_XIAOMI,
        Vendor::Oppo => ZPNS_VENDOR_OPPO,
        Vendor::Vivo => ZPNS_VENDOR_VIVO,
        Vendor::HarmonyOs => ZPNS_VENDOR_HARMONYOS,
        Vendor::Web => ZPNS_VENDOR_WEB,
    }
}

/// The host's channel failed at once.
fn refused_by_host() -> ChannelError {
    ChannelError::Other("the app's channel refused".into())
}
