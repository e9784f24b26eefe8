//! The device as the host describes it; this crate asks no operating system anything.

use std::collections::BTreeMap;

/// Operating system that receives the pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Os {
    /// Android: the vendor is chosen by configuration and phone.
    Android,
    /// iOS or iPadOS: APNs.
    Ios,
    /// HarmonyOS 5 and later: its own push service.
    HarmonyOs,
    /// A browser: Web push.
    Web,
    /// Windows, macOS, Linux, mini-programs: these only send. Registering fails with 6000404.
    #[default]
    Other,
}

/// What vendor choice and registration need to know of the device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceProperties {
    /// Operating system.
    pub os: Os,
    /// `Build.MANUFACTURER` on Android.
    pub manufacturer: String,
    /// `Build.BRAND` on Android.
    pub brand: String,
    /// Android system properties; those named by [`Vendor::system_property`](crate::Vendor::system_property) suffice.
    pub system_properties: BTreeMap<String, String>,
    /// iOS bundle id, or Android or HarmonyOS package name; a part of the PushID.
    pub bundle_id: String,
}
