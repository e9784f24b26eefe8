//! Offline push: what a sender attaches and what a device registers.

use super::{Checked, Invalid, at_most_bytes, at_most_characters, no_controls, user_id};
use crate::v1::{
    BindPush, PushConfig, PushEnvironment, PushRegistration, PushVendor, RegisterPush, UpdatePushRule,
};
use crate::{CXHandleType, ErrorCode, PlatformType, Subscription, limits};

/// The push configuration of a send or a call operation. `badgeIncrement` is never refused: the server clamps it.
pub fn push_config(config: &PushConfig) -> Checked {
    at_most_bytes(&config.title, limits::PUSH_TITLE_BYTES, "pushConfig.title")?;
    at_most_bytes(&config.content, limits::PUSH_CONTENT_BYTES, "pushConfig.content")?;
    at_most_bytes(&config.payload, limits::PUSH_PAYLOAD_BYTES, "pushConfig.payload")?;
    at_most_characters(&config.resources_id, limits::RESOURCES_ID_CHARACTERS, "pushConfig.resourcesID")?;
    at_most_bytes(&config.thread_id, limits::THREAD_ID_BYTES, "pushConfig.threadID")?;
    if let Some(voip) = &config.voip {
        if CXHandleType::from_value(voip.handle_type).is_none() {
            let message = "must be Generic (1), PhoneNumber (2) or EmailAddress (3)";
            return Err(Invalid::new("pushConfig.voIPConfig.iOSVoIPHandleType", message));
        }
        let parameter = "pushConfig.voIPConfig.iOSVoIPHandleValue";
        at_most_bytes(&voip.handle_value, limits::VOIP_HANDLE_VALUE_BYTES, parameter)?;
    }
    if let Some(template) = &config.private_message_template {
        let limit = limits::TEMPLATE_PARAMETERS_BYTES;
        at_most_bytes(
            &template.template_id,
            limits::TEMPLATE_ID_BYTES,
            "pushConfig.privateMessageTemplate.templateID",
        )?;
        at_most_bytes(
            &template.title_parameters,
            limit,
            "pushConfig.privateMessageTemplate.titleParameters",
        )?;
        at_most_bytes(
            &template.content_parameters,
            limit,
            "pushConfig.privateMessageTemplate.contentParameters",
        )?;
    }
    Ok(())
}

/// What a device says about its vendor channel. Whether `push_id` is the one these values give depends on the app, so
/// that the caller compares with [`push_id::derive`](crate::push_id::derive).
///
/// Without vendor and token it names a registration that the server has already (`setPushID`).
pub fn push_registration(registration: &PushRegistration) -> Checked {
    push_id(&registration.push_id)?;
    if is_reference(registration) {
        return Ok(());
    }
    let vendor = match PushVendor::try_from(registration.vendor) {
        Ok(PushVendor::Unspecified) | Err(_) => return Err(Invalid::new("vendor", "is not a known vendor")),
        Ok(vendor) => vendor,
    };
    vendor_token(vendor, &registration.token, "deviceToken")?;
    if !registration.voip_token.is_empty() {
        if vendor != PushVendor::Apns {
            return Err(Invalid::new("voipToken", "exists for APNs only"));
        }
        vendor_token(vendor, &registration.voip_token, "voipToken")?;
    }
    match PushEnvironment::try_from(registration.environment) {
        Ok(PushEnvironment::Sandbox) if vendor != PushVendor::Apns => {
            return Err(Invalid::new("environment", "Sandbox exists for APNs only"));
        }
        Ok(_) => {}
        Err(_) => return Err(Invalid::new("environment", "is neither Production nor Sandbox")),
    }
    at_most_bytes(&registration.bundle_id, limits::BUNDLE_ID_BYTES, "bundleID")?;
    no_controls(&registration.bundle_id, "bundleID")?;
    if registration.app_type > limits::APP_TYPE_MAX {
        return Err(Invalid::new("appType", "must be 0, 1 or 2"));
    }
    at_most_bytes(&registration.sdk_version, limits::SDK_VERSION_BYTES, "sdkVersion")?;
    no_controls(&registration.sdk_version, "sdkVersion")?;
    if registration.badge < -1 {
        return Err(Invalid::new("badge", "must be -1 (never reported) or more"));
    }
    Ok(())
}

/// Whether a registration only names one that was made before, by its PushID.
pub fn is_reference(registration: &PushRegistration) -> bool {
    registration.vendor == PushVendor::Unspecified as i32 && registration.token.is_empty()
}

/// Vendor tokens end up in URLs and headers of the vendors' services, so nothing but what tokens consist of may pass.
fn vendor_token(vendor: PushVendor, token: &str, parameter: &'static str) -> Checked {
    if token.is_empty() {
        return Err(Invalid::new(parameter, "must not be empty"));
    }
    at_most_bytes(token, limits::VENDOR_TOKEN_BYTES, parameter)?;
    if vendor == PushVendor::Web && Subscription::is_meant(token) {
        return Subscription::parse(token).map(drop).map_err(|fault| Invalid::new(parameter, fault));
    }
    let well_formed = match vendor {
        PushVendor::Apns => {
            token.len().is_multiple_of(2) && token.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        _ => token.bytes().all(|byte| byte.is_ascii_graphic()),
    };
    if well_formed { Ok(()) } else { Err(Invalid::new(parameter, "is not a token of this vendor")) }
}

/// 6000401 unless `id` has the form of a push id.
pub(super) fn push_id(id: &str) -> Checked {
    if crate::push_id::is_well_formed(id) {
        return Ok(());
    }
    Err(Invalid::with_code(ErrorCode::ZpnsModulePushIDInvalid, "pushID", "is not a push id"))
}

pub(super) fn register(request: &RegisterPush) -> Checked {
    match &request.registration {
        Some(registration) => push_registration(registration),
        None => Err(Invalid::new("registration", "is missing")),
    }
}

/// The token may be missing: an app that signs with AppSign has none, and whether that suffices the server decides.
pub(super) fn bind(request: &BindPush) -> Checked {
    push_id(&request.push_id)?;
    user_id(&request.user_id, "userID")?;
    at_most_bytes(&request.token, limits::TOKEN_BYTES, "token")
}

pub(super) fn badge(badge: u32) -> Checked {
    if badge > limits::BADGE_MAX {
        return Err(Invalid::new("badge", "must be 0 or more"));
    }
    Ok(())
}

/// A rule replaces the whole former one; an empty one lifts it.
pub(super) fn rule(request: &UpdatePushRule) -> Checked {
    let Some(rule) = &request.rule else {
        return Err(Invalid::new("offlinePushRule", "is missing"));
    };
    platforms(&rule.online_platforms, "offlinePushRule.onlinePlatforms")?;
    platforms(&rule.not_to_receive_offline_push_platforms, "offlinePushRule.notToReceiveOfflinePushPlatforms")
}

fn platforms(values: &[i32], parameter: &'static str) -> Checked {
    if values.len() > limits::PUSH_RULE_PLATFORMS {
        return Err(Invalid::new(
            parameter,
            format!("has more than {} entries", limits::PUSH_RULE_PLATFORMS),
        ));
    }
    if values.iter().any(|value| PlatformType::from_value(*value).is_none()) {
        return Err(Invalid::new(parameter, "has a value that is not a ZIMPlatformType"));
    }
    Ok(())
}
