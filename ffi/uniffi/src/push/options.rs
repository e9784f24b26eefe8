//! The device, and what the app decides before it registers.

use std::collections::HashMap;

pub use zpns_core::Os;

/// Operating system, as far as push differs.
#[uniffi::remote(Enum)]
pub enum Os {
    /// Android.
    Android,
    /// iOS and iPadOS.
    Ios,
    /// HarmonyOS.
    HarmonyOs,
    /// A browser.
    Web,
    /// Anything else: no push.
    Other,
}

/// The device as the host knows it; the library asks no operating system anything.
#[derive(Clone, uniffi::Record)]
pub struct DeviceProperties {
    /// Operating system.
    pub os: Os,
    /// `android.os.Build.MANUFACTURER`.
    pub manufacturer: String,
    /// `android.os.Build.BRAND`.
    pub brand: String,
    /// The system properties the choice of vendor looks at: those that [`push_system_properties`] names.
    pub system_properties: HashMap<String, String>,
    /// Bundle id or package name.
    pub bundle_id: String,
}

/// Names of the Android system properties that the choice of vendor looks at.
#[uniffi::export]
pub fn push_system_properties() -> Vec<String> {
    zpns_core::Vendor::ALL
        .into_iter()
        .filter_map(zpns_core::Vendor::system_property)
        .map(str::to_owned)
        .collect()
}

impl From<DeviceProperties> for zpns_core::DeviceProperties {
    fn from(device: DeviceProperties) -> Self {
        Self {
            os: device.os,
            manufacturer: device.manufacturer,
            brand: device.brand,
            system_properties: device.system_properties.into_iter().collect(),
            bundle_id: device.bundle_id,
        }
    }
}

/// Which vendors to use, and with which credentials. Published as `ZPNsConfig`.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ZpnsConfig {
    /// Set of certificates to use: 1 or 2; 0 counts as 1.
    pub app_type: u32,
    /// Use Firebase Cloud Messaging.
    pub enable_fcm_push: bool,
    /// Use Huawei.
    pub enable_hw_push: bool,
    /// Use Xiaomi.
    pub enable_mi_push: bool,
    /// Use OPPO.
    pub enable_oppo_push: bool,
    /// Use vivo.
    pub enable_vivo_push: bool,
    /// Huawei: application.
    pub hw_app_id: String,
    /// Xiaomi: application.
    pub mi_app_id: String,
    /// Xiaomi: key.
    pub mi_app_key: String,
    /// OPPO: application.
    pub oppo_app_id: String,
    /// OPPO: key.
    pub oppo_app_key: String,
    /// OPPO: secret.
    pub oppo_app_secret: String,
    /// vivo: application.
    pub vivo_app_id: String,
    /// vivo: key.
    pub vivo_app_key: String,
    /// Let Huawei devices show a badge.
    pub enable_hw_badge: bool,
}

/// Both directions name every field, so that a new one does not compile until it crosses.
macro_rules! convert {
    ($from:ty => $to:ty) => {
        impl From<$from> for $to {
            fn from(config: $from) -> Self {
                Self {
                    app_type: config.app_type,
                    enable_fcm_push: config.enable_fcm_push,
                    enable_hw_push: config.enable_hw_push,
                    enable_mi_push: config.enable_mi_push,
                    enable_oppo_push: config.enable_oppo_push,
                    enable_vivo_push: config.enable_vivo_push,
                    hw_app_id: config.hw_app_id,
                    mi_app_id: config.mi_app_id,
                    mi_app_key: config.mi_app_key,
                    oppo_app_id: config.oppo_app_id,
                    oppo_app_key: config.oppo_app_key,
                    oppo_app_secret: config.oppo_app_secret,
                    vivo_app_id: config.vivo_app_id,
                    vivo_app_key: config.vivo_app_key,
                    enable_hw_badge: config.enable_hw_badge,
                }
            }
        }
    };
}

convert!(zpns_core::PushConfig => ZpnsConfig);
convert!(ZpnsConfig => zpns_core::PushConfig);
