//! Hello, identity, tokens.

use super::{Checked, Invalid, at_most_bytes, identifier, no_controls, push_registration};
use crate::v1::client_hello::Session;
use crate::v1::{ClientHello, UserSession};
use crate::{ErrorCode, PlatformType, limits};

/// A user id: 1–32 bytes of the published characters.
pub fn user_id(id: &str, parameter: &'static str) -> Checked {
    identifier(id, limits::USER_ID_BYTES, parameter)
}

/// The hello of a client. 6000003 for app 0; whether the proof or token is *right* is the authenticator's matter.
pub fn client_hello(hello: &ClientHello) -> Checked {
    if hello.app_id == 0 {
        return Err(Invalid::with_code(ErrorCode::CommonModuleInvalidAppID, "appID", "must not be 0"));
    }
    device_id(&hello.device_id)?;
    if PlatformType::from_value(hello.platform).is_none() {
        return Err(Invalid::new("platform", "is not a ZIMPlatformType"));
    }
    at_most_bytes(&hello.sdk_version, limits::SDK_VERSION_BYTES, "sdkVersion")?;
    no_controls(&hello.sdk_version, "sdkVersion")?;
    if hello.capabilities.len() > limits::CAPABILITIES
        || hello.capabilities.iter().any(|name| name.len() > limits::CAPABILITY_BYTES)
    {
        return Err(Invalid::new("capabilities", "has too many or too long entries"));
    }
    at_most_bytes(&hello.token, limits::TOKEN_BYTES, "token")?;
    if !matches!(hello.app_sign_proof.len(), 0 | limits::APP_SIGN_PROOF_BYTES) {
        return Err(Invalid::new("appSign", "has a proof of the wrong length"));
    }
    match &hello.session {
        Some(Session::User(session)) => user_session(session),
        Some(Session::Device(session)) => session.push.as_ref().map_or(Ok(()), push_registration),
        None => Err(Invalid::new("session", "is missing")),
    }
}

fn user_session(session: &UserSession) -> Checked {
    user_id(&session.user_id, "userID")?;
    at_most_bytes(&session.user_name, limits::USER_NAME_BYTES, "userName")?;
    at_most_bytes(&session.custom_status, limits::CUSTOM_STATUS_BYTES, "customStatus")?;
    if session.inbox_epoch == 0 && session.cursor != 0 {
        return Err(Invalid::new("cursor", "has no epoch"));
    }
    session.push.as_ref().map_or(Ok(()), push_registration)
}

fn device_id(id: &str) -> Checked {
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if id.len() == limits::DEVICE_ID_CHARACTERS && id.bytes().all(hexadecimal) {
        Ok(())
    } else {
        Err(Invalid::new("deviceID", "must be 32 lower-case hexadecimal digits"))
    }
}

/// A token that is to replace another one.
pub(super) fn token(token: &str) -> Checked {
    if token.is_empty() {
        return Err(Invalid::new("token", "must not be empty"));
    }
    at_most_bytes(token, limits::TOKEN_BYTES, "token")
}
