//! Life cycle of a client, and the operations that have more than one answer.

use crate::callback::{Held, begin, hold, is_callback};
use crate::convert;
use crate::error::{give, zim_error};
use crate::events::{Handler, zim_event_handler};
use crate::generated::callbacks::zim_done_callback;
use crate::generated::records::zim_message_send_config;
use crate::guard::guard;
use crate::message::zim_message;
use crate::status::{Refused, ZIM_STATUS_FAILED, zim_status};
use crate::types::zim_str;
use std::ffi::c_void;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use zim_core::model::{ConversationType, PlatformType};
use zim_core::{AppState, Client, ClientConfig, Dispatch, SendCall};

/// Version of this ABI: major in the upper 16 bits, minor in the lower. A major version breaks, a minor one adds.
pub const ZIM_ABI_VERSION: u32 = 1 << 16;

/// A client: one connection, one local store, one callback thread. Several may live in one process.
pub struct zim_client {
    client: Client,
    app_id: u32,
    /// Process that made it: threads do not survive a fork.
    pid: u32,
    destroyed: AtomicBool,
}

impl zim_client {
    fn is_forked(&self) -> bool {
        std::process::id() != self.pid
    }
}

/// What a client is made from. `ZIM_CONFIG_INIT` sets `struct_size` and the defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zim_config {
    /// `sizeof(zim_config)`.
    pub struct_size: usize,
    /// The app's number, never 0 (6000003).
    pub app_id: u32,
    /// AppSign, 64 hexadecimal characters; absent: a token is given at login.
    pub app_sign: zim_str,
    /// `wss://…` or `ws://…`; absent: `ZIM_SERVER_URL` of the environment, then `ws://127.0.0.1:8480/zim`.
    pub server_url: zim_str,
    /// Folder for local data; absent: nothing outlives the process.
    pub cache_path: zim_str,
    /// Certificates in PEM that are trusted beside the system's, for a server with an authority of its own.
    pub extra_roots: zim_str,
    /// `ZIM_PLATFORM_TYPE_…`; 0: the platform of this build.
    pub platform: i32,
    /// Accept `ws://` to hosts other than loopback.
    pub allow_plaintext: bool,
    /// No callback thread: the host calls `zim_client_next_event` from a loop of its own.
    pub pump: bool,
}

/// How a send is told: `on_attached` when the message has its local id and is stored, then `on_done`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zim_send_callback {
    /// `sizeof(zim_send_callback)`.
    pub struct_size: usize,
    /// The message is stored locally and will be sent. May be NULL; not called if the message was refused. Thread: callbacks.
    pub on_attached: Option<unsafe extern "C" fn(user_data: *mut c_void, message: *const zim_message)>,
    /// The server has it durably, or `error` says why not. Called once. Thread: callbacks.
    pub on_done: Option<
        unsafe extern "C" fn(user_data: *mut c_void, message: *const zim_message, error: *const zim_error),
    >,
    /// Called last, once, on any thread; frees `user_data`. May be NULL.
    pub release: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    /// Given back to all. Yours.
    pub user_data: *mut c_void,
}

is_callback!(zim_send_callback);

/// The ABI version of this library; compare its upper half with that of `ZIM_ABI_VERSION` in the header. Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn zim_abi_version() -> u32 {
    ZIM_ABI_VERSION
}

/// The SDK's version, for example `0.1.0`. NUL-terminated, static. Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn zim_version() -> *const std::ffi::c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// Makes a client. On success `*out` is the client, to be freed with `zim_client_free`. `ZIM_STATUS_FAILED`: the
/// configuration was refused, `*error` (if not NULL) says why and is to be freed with `zim_error_free`. Nothing is
/// connected before `zim_client_login`. Thread: any.
///
/// # Safety
/// `config` is valid for the size it says; `out` is writable; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_new(
    config: *const zim_config,
    out: *mut *mut zim_client,
    error: *mut *mut zim_error,
) -> zim_status {
    guard(|| {
        if out.is_null() {
            return Err(Refused::null("out"));
        }
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let config = unsafe { read_config(config)? };
        let app_id = config.app_id;
        match Client::new(config) {
            Ok(client) => {
                let pid = std::process::id();
                let client = Box::new(zim_client { client, app_id, pid, destroyed: AtomicBool::new(false) });
                // SAFETY: not NULL, and writable by the contract above.
                unsafe { out.write(Box::into_raw(client)) };
                Ok(())
            }
            Err(failure) => {
                // SAFETY: NULL or writable, by the contract above.
                unsafe { give(error, &failure) };
                Err(Refused { status: ZIM_STATUS_FAILED, detail: failure.message })
            }
        }
    })
}

/// Ends a client: it disconnects without logging out, so that offline pushes still reach the device, and no callback
/// starts after this returns (one that runs right now on another thread may still finish). The callbacks of waiting
/// operations get their `release` only, here or shortly after on a thread of the library. Later calls with the client
/// return `ZIM_STATUS_DESTROYED`; again is fine. Thread: any, also in callbacks.
///
/// # Safety
/// `client` is a live client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_destroy(client: *const zim_client) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { client.as_ref() }.ok_or_else(|| Refused::null("client"))?;
        if client.is_forked() {
            return Err(Refused::forked());
        }
        if !client.destroyed.swap(true, Ordering::AcqRel) {
            client.client.destroy();
        }
        Ok(())
    })
}

/// Destroys a client if that was not done, and frees it. NULL is fine. No other call with it may be under way, except
/// the one in whose callback this is called, and the pointer must not be used afterwards. Thread: any, also in
/// callbacks.
///
/// # Safety
/// `client` is NULL or came from `zim_client_new` and was not freed before; no other call with it is under way, but for a
/// `zim_client_next_event` further up this thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_free(client: *mut zim_client) {
    if client.is_null() {
        return;
    }
    let status = guard(|| {
        // SAFETY: it came from `Box::into_raw` in `zim_client_new`, and nobody else uses it, by the contract above.
        let client = unsafe { Box::from_raw(client) };
        if client.is_forked() {
            // Locks of the client may be held by threads that exist in the parent only.
            std::mem::forget(client);
            return Ok(());
        }
        client.client.destroy();
        Ok(())
    });
    if status != 0 {
        log::error!("freeing a client ended with status {status}");
    }
}

/// Sets what the host wants to be told, replacing what was set before, which is released; NULL: nothing. Set it before
/// logging in: an event that meets no handler is lost. Thread: any, also in callbacks.
///
/// # Safety
/// `client` is a live client; `handler` is NULL or valid for the size it says. Its functions and `user_data` are used
/// on the callback thread until `release` was called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_set_event_handler(
    client: *const zim_client,
    handler: *const zim_event_handler,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        if handler.is_null() {
            client.set_event_handler(None);
            return Ok(());
        }
        // SAFETY: valid for the size it says, by the contract above.
        let held = unsafe { hold(handler)? };
        begin(held, |held| client.set_event_handler(Some(Arc::new(Handler::new(held)))));
        Ok(())
    })
}

/// Pump mode: runs one waiting callback on this thread, waiting up to `timeout_ms` for it. `*ran` (may be NULL) says
/// whether there was one: none came in time, the client has a callback thread, or this is a call inside a callback.
/// Thread: one at a time.
///
/// # Safety
/// `client` is a live client made with `pump`; `ran` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_next_event(
    client: *const zim_client,
    timeout_ms: u32,
    ran: *mut bool,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        // A share of its own, because the callback may free the client.
        let client = unsafe { borrow(client)? }.clone();
        let did = client.next_event(Duration::from_millis(timeout_ms.into()));
        if !ran.is_null() {
            // SAFETY: writable, by the contract above.
            unsafe { ran.write(did) };
        }
        Ok(())
    })
}

/// Says whether the app is visible. In the foreground a waiting reconnect is tried at once. Thread: any.
///
/// # Safety
/// `client` is a live client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_set_foreground(
    client: *const zim_client,
    foreground: bool,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        client.set_app_state(if foreground { AppState::Foreground } else { AppState::Background });
        Ok(())
    })
}

/// Says that the device's network changed: a waiting reconnect is tried at once. Thread: any.
///
/// # Safety
/// `client` is a live client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_network_changed(client: *const zim_client) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        client.network_changed();
        Ok(())
    })
}

/// Logs out: the device's push binding is removed, the local store closes. The published call has no callback; this
/// one may have one (NULL is fine). Published as `logout`. Thread: any, also in callbacks.
///
/// # Safety
/// `client` is a live client; `callback` is NULL or valid for the size it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_logout(
    client: *const zim_client,
    callback: *const zim_done_callback,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let callback = unsafe { hold(callback)? };
        let call = client.logout();
        begin(callback, |callback| call.then(move |result| callback.complete(&result)));
        Ok(())
    })
}

/// Hands over a PushID that was registered for this device by other means, for hosts without ZPNs. It is bound to the
/// user at login; 6000401 if it has not the form of a PushID, or the server does not know it. Published as `setPushID`.
/// Thread: any.
///
/// # Safety
/// `client` is a live client; `push_id` is readable for its length; `callback` is NULL or valid for the size it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_set_push_id(
    client: *const zim_client,
    push_id: zim_str,
    callback: *const zim_done_callback,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, and a view that lives for this call, by the contract above.
        let (client, push_id) = unsafe { (borrow(client)?, convert::take_string(push_id, "pushID")?) };
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let callback = unsafe { hold(callback)? };
        let call = client.set_push_id(&push_id);
        begin(callback, |callback| call.then(move |result| callback.complete(&result)));
        Ok(())
    })
}

/// Sends a message to a user (`ZIM_CONVERSATION_TYPE_PEER`) or group. Only what the host fills of `message` is read:
/// type, body, extendedData, mentions. `config` NULL: defaults, no push. Published as `sendMessage`. Thread: any, also
/// in callbacks.
///
/// # Safety
/// `client` is a live client; the other pointers are NULL or valid for this call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_send_message(
    client: *const zim_client,
    message: *const zim_message,
    to_conversation_id: zim_str,
    conversation_type: i32,
    config: *const zim_message_send_config,
    callback: *const zim_send_callback,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        // SAFETY: views that live for this call, by the contract above.
        let (message, to, config, callback) = unsafe {
            (
                convert::take_message(message, "message")?,
                convert::take_string(to_conversation_id, "toConversationID")?,
                convert::take_record(config, "config")?,
                hold(callback)?,
            )
        };
        let conversation_type =
            convert::take_enum(conversation_type, ConversationType::from_value, "conversationType")?;
        let call = client.send_message(message, &to, conversation_type, config);
        begin(callback, |callback| send(call, callback));
        Ok(())
    })
}

fn send(call: SendCall, callback: Held<zim_send_callback>) {
    let callback = Arc::new(callback);
    let attached = Arc::clone(&callback);
    call.on_attached(move |message| {
        if let Some(on_attached) = attached.callback().and_then(|callback| callback.on_attached) {
            let mut arena = crate::arena::Arena::new();
            let view = convert::give(&message, &mut arena);
            // SAFETY: the host promised a function of this type; the view lives in the arena until it returns.
            unsafe { on_attached(attached.user_data(), view) };
        }
    })
    .then(move |result| {
        if let Some(on_done) = callback.callback().and_then(|callback| callback.on_done) {
            let mut arena = crate::arena::Arena::new();
            let error = result.as_ref().err().map(zim_error::new);
            let error = error.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
            let view = result.as_ref().map_or(std::ptr::null(), |message| convert::give(message, &mut arena));
            // SAFETY: the host promised a function of this type; the views live here until it returns.
            unsafe { on_done(callback.user_data(), view, error) };
        }
    });
}

/// The client behind a handle.
///
/// # Safety
/// `client` is NULL or live.
pub(crate) unsafe fn borrow<'a>(client: *const zim_client) -> Result<&'a Client, Refused> {
    // SAFETY: NULL or live, by the contract above.
    let client = unsafe { client.as_ref() }.ok_or_else(|| Refused::null("client"))?;
    if client.is_forked() {
        return Err(Refused::forked());
    }
    if client.destroyed.load(Ordering::Acquire) {
        return Err(Refused::destroyed());
    }
    Ok(&client.client)
}

/// The app of a live client.
///
/// # Safety
/// `client` is NULL or live.
pub(crate) unsafe fn app_of(client: *const zim_client) -> u32 {
    // SAFETY: NULL or live, by the contract above.
    unsafe { client.as_ref() }.map_or(0, |client| client.app_id)
}

/// # Safety
/// `config` is NULL or valid for the size it says.
unsafe fn read_config(config: *const zim_config) -> Result<ClientConfig, Refused> {
    // SAFETY: NULL or valid, by the contract above; `struct_size` is read before anything else.
    let config = unsafe {
        if config.is_null() {
            return Err(Refused::null("config"));
        }
        if config.cast::<usize>().read() < size_of::<zim_config>() {
            return Err(Refused::invalid(
                "config.struct_size",
                "smaller than the struct; use ZIM_CONFIG_INIT",
            ));
        }
        config.read()
    };
    let platform = if config.platform == 0 {
        ClientConfig::default().platform
    } else {
        convert::take_enum(config.platform, PlatformType::from_value, "config.platform")?
    };
    // SAFETY: the strings live for this call, by the contract above.
    let (app_sign, server_url, cache_path, extra_roots) = unsafe {
        (
            convert::take_string(config.app_sign, "config.app_sign")?,
            convert::take_string(config.server_url, "config.server_url")?,
            convert::take_string(config.cache_path, "config.cache_path")?,
            convert::take_string(config.extra_roots, "config.extra_roots")?,
        )
    };
    Ok(ClientConfig {
        app_id: config.app_id,
        app_sign,
        server_url,
        allow_plaintext: config.allow_plaintext,
        cache_path: (!cache_path.is_empty()).then(|| PathBuf::from(cache_path)),
        platform,
        dispatch: if config.pump { Dispatch::Pump } else { Dispatch::Thread },
        extra_roots: if extra_roots.is_empty() { Vec::new() } else { vec![extra_roots.into_bytes()] },
        ..ClientConfig::default()
    })
}
