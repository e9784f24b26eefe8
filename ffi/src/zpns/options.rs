//! What a push client is made from, and which vendors it may use.

use crate::convert;
use crate::status::Refused;
use crate::types::{map, zim_key_value, zim_str};
use zpns_core::{DeviceProperties, Os, PushConfig};

/// Windows, macOS, Linux: these only send; registering answers 6000404.
pub const ZPNS_OS_OTHER: i32 = 0;
/// Android.
pub const ZPNS_OS_ANDROID: i32 = 1;
/// iOS and iPadOS.
pub const ZPNS_OS_IOS: i32 = 2;
/// HarmonyOS.
pub const ZPNS_OS_HARMONYOS: i32 = 3;
/// A browser.
pub const ZPNS_OS_WEB: i32 = 4;

/// The device as the host knows it. Zero, then set `struct_size` (`ZPNS_OPTIONS_INIT`) and what applies.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zpns_options {
    /// `sizeof(zpns_options)`.
    pub struct_size: usize,
    /// `ZPNS_OS_…`.
    pub os: i32,
    /// iOS bundle id, or Android or HarmonyOS package name; a part of the PushID.
    pub bundle_id: zim_str,
    /// Android: `Build.MANUFACTURER`.
    pub manufacturer: zim_str,
    /// Android: `Build.BRAND`.
    pub brand: zim_str,
    /// Android: system properties that tell the phone's vendor.
    pub system_properties: *const zim_key_value,
    /// Elements of `system_properties`.
    pub system_properties_count: usize,
    /// No callback thread: the host calls `zpns_next_event`.
    pub pump: bool,
}

/// Vendors an app uses, with its credentials at them. Published as `ZPNsConfig`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zpns_push_config {
    /// `sizeof(zpns_push_config)`.
    pub struct_size: usize,
    /// Certificate set on the server, 1 or 2; 0 counts as 1.
    pub app_type: u32,
    /// Use FCM; every other Android vendor is then ignored.
    pub enable_fcm_push: bool,
    /// Use Huawei on Huawei phones.
    pub enable_hw_push: bool,
    /// Use Xiaomi on Xiaomi phones.
    pub enable_mi_push: bool,
    /// Use OPPO on OPPO phones.
    pub enable_oppo_push: bool,
    /// Use vivo on vivo phones.
    pub enable_vivo_push: bool,
    /// Let the icon carry a number on Huawei phones.
    pub enable_hw_badge: bool,
    /// Huawei app id.
    pub hw_app_id: zim_str,
    /// Xiaomi app id.
    pub mi_app_id: zim_str,
    /// Xiaomi app key.
    pub mi_app_key: zim_str,
    /// OPPO app id.
    pub oppo_app_id: zim_str,
    /// OPPO app key.
    pub oppo_app_key: zim_str,
    /// OPPO app secret.
    pub oppo_app_secret: zim_str,
    /// vivo app id.
    pub vivo_app_id: zim_str,
    /// vivo app key.
    pub vivo_app_key: zim_str,
}

/// # Safety
/// `record` is NULL or valid for the size it says.
unsafe fn whole<T: Copy>(record: *const T, parameter: &str) -> Result<T, Refused> {
    if record.is_null() {
        return Err(Refused::null(parameter));
    }
    // SAFETY: `struct_size` comes first, and the struct is as large as it says, by the contract above.
    unsafe {
        if record.cast::<usize>().read() < size_of::<T>() {
            return Err(Refused::invalid(parameter, "struct_size is smaller than the struct"));
        }
        Ok(record.read())
    }
}

/// # Safety
/// `options` is NULL or valid for the size it says, with all it points to.
pub(super) unsafe fn read(options: *const zpns_options) -> Result<(DeviceProperties, bool), Refused> {
    // SAFETY: by the contract above.
    let options = unsafe { whole(options, "options")? };
    let os = match options.os {
        ZPNS_OS_OTHER => Os::Other,
        ZPNS_OS_ANDROID => Os::Android,
        ZPNS_OS_IOS => Os::Ios,
        ZPNS_OS_HARMONYOS => Os::HarmonyOs,
        ZPNS_OS_WEB => Os::Web,
        other => return Err(Refused::invalid("options.os", &format!("{other} is no ZPNS_OS_"))),
    };
    // SAFETY: the views live for this call, by the contract above.
    let device = unsafe {
        DeviceProperties {
            os,
            manufacturer: convert::take_string(options.manufacturer, "options.manufacturer")?,
            brand: convert::take_string(options.brand, "options.brand")?,
            bundle_id: convert::take_string(options.bundle_id, "options.bundle_id")?,
            system_properties: map(
                options.system_properties,
                options.system_properties_count,
                "options.system_properties",
            )?
            .into_iter()
            .collect(),
        }
    };
    Ok((device, options.pump))
}

/// # Safety
/// `config` is NULL or valid for the size it says, with all it points to.
pub(super) unsafe fn read_config(config: *const zpns_push_config) -> Result<PushConfig, Refused> {
    // SAFETY: by the contract above; the views live for this call.
    unsafe {
        let config = whole(config, "config")?;
        Ok(PushConfig {
            app_type: config.app_type,
            enable_fcm_push: config.enable_fcm_push,
            enable_hw_push: config.enable_hw_push,
            enable_mi_push: config.enable_mi_push,
            enable_oppo_push: config.enable_oppo_push,
            enable_vivo_push: config.enable_vivo_push,
            enable_hw_badge: config.enable_hw_badge,
            hw_app_id: convert::take_string(config.hw_app_id, "config.hw_app_id")?,
            mi_app_id: convert::take_string(config.mi_app_id, "config.mi_app_id")?,
            mi_app_key: convert::take_string(config.mi_app_key, "config.mi_app_key")?,
            oppo_app_id: convert::take_string(config.oppo_app_id, "config.oppo_app_id")?,
            oppo_app_key: convert::take_string(config.oppo_app_key, "config.oppo_app_key")?,
            oppo_app_secret: convert::take_string(config.oppo_app_secret, "config.oppo_app_secret")?,
            vivo_app_id: convert::take_string(config.vivo_app_id, "config.vivo_app_id")?,
            vivo_app_key: convert::take_string(config.vivo_app_key, "config.vivo_app_key")?,
        })
    }
}
