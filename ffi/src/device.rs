//! Push without messaging: a session of the device alone, and bindings the app proves itself.

use crate::callback::{begin, hold};
use crate::client::{borrow, zim_client};
use crate::convert;
use crate::generated::callbacks::zim_done_callback;
use crate::guard::guard;
use crate::status::zim_status;
use crate::types::zim_str;

/// Opens a session of this device without a user, for apps that use ZPNs alone; it needs the client's AppSign. It
/// uploads the registration of the attached push client and carries bindings; a login replaces it, a logout brings it
/// back. Answers when it is open; it is reopened whenever the link is lost. Thread: any, also in callbacks.
///
/// # Safety
/// `client` is live; `callback` is NULL or valid for the size it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_open_device_session(
    client: *const zim_client,
    callback: *const zim_done_callback,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let callback = unsafe { hold(callback)? };
        let call = client.open_device_session();
        begin(callback, |callback| call.then(move |result| callback.complete(&result)));
        Ok(())
    })
}

/// Closes the session of `zim_client_open_device_session`. Registration and bindings stay on the server. Thread: any,
/// also in callbacks.
///
/// # Safety
/// `client` is live; `callback` is NULL or valid for the size it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_close_device_session(
    client: *const zim_client,
    callback: *const zim_done_callback,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let callback = unsafe { hold(callback)? };
        let call = client.close_device_session();
        begin(callback, |callback| call.then(move |result| callback.complete(&result)));
        Ok(())
    })
}

/// Binds a PushID to a user who is proven by `token`, without a login: messages for that user are pushed to the device.
/// Whoever was bound to it before is released. 6000401 for a PushID the server does not know, 6000103 and its relatives
/// for a bad token. Thread: any, also in callbacks.
///
/// # Safety
/// `client` is live; the texts are readable for their lengths; `callback` is NULL or valid for the size it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_bind_push(
    client: *const zim_client,
    push_id: zim_str,
    user_id: zim_str,
    token: zim_str,
    callback: *const zim_done_callback,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        // SAFETY: views that live for this call, by the contract above.
        let (push_id, user_id, token) = unsafe {
            (
                convert::take_string(push_id, "pushID")?,
                convert::take_string(user_id, "userID")?,
                convert::take_string(token, "token")?,
            )
        };
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let callback = unsafe { hold(callback)? };
        let call = client.bind_push(&push_id, &user_id, &token);
        begin(callback, |callback| call.then(move |result| callback.complete(&result)));
        Ok(())
    })
}

/// Removes the binding of a PushID to a user: nothing more is pushed to the device for that user. Thread: any, also in
/// callbacks.
///
/// # Safety
/// `client` is live; the texts are readable for their lengths; `callback` is NULL or valid for the size it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_client_unbind_push(
    client: *const zim_client,
    push_id: zim_str,
    user_id: zim_str,
    callback: *const zim_done_callback,
) -> zim_status {
    guard(|| {
        // SAFETY: NULL or live, by the contract above.
        let client = unsafe { borrow(client)? };
        // SAFETY: views that live for this call, by the contract above.
        let (push_id, user_id) =
            unsafe { (convert::take_string(push_id, "pushID")?, convert::take_string(user_id, "userID")?) };
        // SAFETY: NULL or valid for the size it says, by the contract above.
        let callback = unsafe { hold(callback)? };
        let call = client.unbind_push(&push_id, &user_id);
        begin(callback, |callback| call.then(move |result| callback.complete(&result)));
        Ok(())
    })
}
