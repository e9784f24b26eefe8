//! Push vendors: which one a device uses, what it can report, and its numbers in the host languages.

use crate::config::PushConfig;
use crate::device::{DeviceProperties, Os};
use crate::event::EventKind;
use std::fmt::{Display, Formatter};
use zim_proto::v1::PushVendor;
use zim_proto::{PushSource, PushSourceType};

/// A push service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vendor {
    /// Apple.
    Apns,
    /// Firebase Cloud Messaging on Android.
    Fcm,
    /// Huawei phones with HMS.
    Huawei,
    /// Xiaomi, Redmi and Poco phones.
    Xiaomi,
    /// OPPO, OnePlus and realme phones.
    Oppo,
    /// vivo and iQOO phones.
    Vivo,
    /// HarmonyOS.
    HarmonyOs,
    /// Browsers.
    Web,
}

/// The Android vendors chosen by phone, in the order they are looked for.
const BY_PHONE: [Vendor; 4] = [Vendor::Huawei, Vendor::Xiaomi, Vendor::Oppo, Vendor::Vivo];

impl Vendor {
    /// Every vendor.
    pub const ALL: [Vendor; 8] = [
        Vendor::Apns,
        Vendor::Fcm,
        Vendor::Huawei,
        Vendor::Xiaomi,
        Vendor::Oppo,
        Vendor::Vivo,
        Vendor::HarmonyOs,
        Vendor::Web,
    ];

    /// The Android system property that tells this vendor's phones, if the vendor is chosen by phone.
    #[must_use]
    pub const fn system_property(self) -> Option<&'static str> {
        match self {
            Vendor::Huawei => Some("ro.build.version.emui"),
            Vendor::Xiaomi => Some("ro.miui.ui.version.name"),
            Vendor::Oppo => Some("ro.build.version.opporom"),
            Vendor::Vivo => Some("ro.vivo.os.version"),
            Vendor::Apns | Vendor::Fcm | Vendor::HarmonyOs | Vendor::Web => None,
        }
    }

    /// Manufacturer and brand names of this vendor's phones in lower case: newer ROMs dropped the property.
    #[must_use]
    pub const fn phone_names(self) -> &'static [&'static str] {
        match self {
            Vendor::Huawei => &["huawei"],
            Vendor::Xiaomi => &["xiaomi", "redmi", "poco"],
            Vendor::Oppo => &["oppo", "oneplus", "realme"],
            Vendor::Vivo => &["vivo", "iqoo"],
            Vendor::Apns | Vendor::Fcm | Vendor::HarmonyOs | Vendor::Web => &[],
        }
    }

    /// Whether this vendor's channel can report `kind` at all. What it cannot is never raised, whatever a host passes.
    ///
    /// Silent pushes on Apple are reported although one published table says otherwise: the transport delivers them.
    #[must_use]
    pub const fn reports(self, kind: EventKind) -> bool {
        match kind {
            EventKind::Registered => !matches!(self, Vendor::Web),
            EventKind::NotificationArrived => matches!(self, Vendor::Apns | Vendor::Xiaomi | Vendor::Web),
            EventKind::ThroughMessage => matches!(self, Vendor::Apns | Vendor::Huawei | Vendor::Fcm),
            EventKind::NotificationClicked => !matches!(self, Vendor::Fcm | Vendor::HarmonyOs),
        }
    }

    /// Whether the app's icon can carry a number set on the device itself.
    #[must_use]
    pub const fn has_local_badge(self) -> bool {
        matches!(self, Vendor::Apns | Vendor::Huawei | Vendor::Oppo | Vendor::Vivo)
    }

    /// The number on our wire.
    #[must_use]
    pub const fn wire(self) -> PushVendor {
        match self {
            Vendor::Apns => PushVendor::Apns,
            Vendor::Fcm => PushVendor::Fcm,
            Vendor::Huawei => PushVendor::Huawei,
            Vendor::Xiaomi => PushVendor::Xiaomi,
            Vendor::Oppo => PushVendor::Oppo,
            Vendor::Vivo => PushVendor::Vivo,
            Vendor::HarmonyOs => PushVendor::Harmonyos,
            Vendor::Web => PushVendor::Web,
        }
    }

    /// Android's numbers (`ZPNsConstants.PushSource`); vendors unknown there are ZEGO.
    #[must_use]
    pub const fn push_source(self) -> PushSource {
        match self {
            Vendor::Fcm => PushSource::FCM,
            Vendor::Huawei => PushSource::HUAWEI,
            Vendor::Xiaomi => PushSource::XIAOMI,
            Vendor::Oppo => PushSource::OPPO,
            Vendor::Vivo => PushSource::VIVO,
            Vendor::Apns | Vendor::HarmonyOs | Vendor::Web => PushSource::ZEGO,
        }
    }

    /// React Native's and uni-app's numbers (`ZPNsPushSourceType`), where they have one. The published Android bridge
    /// emits one less than its own enum; ours emits the enum.
    #[must_use]
    pub const fn push_source_type(self) -> Option<PushSourceType> {
        match self {
            Vendor::Apns => Some(PushSourceType::APNs),
            Vendor::Fcm => Some(PushSourceType::FCM),
            Vendor::Huawei => Some(PushSourceType::HuaWei),
            Vendor::Xiaomi => Some(PushSourceType::XiaoMi),
            Vendor::Oppo => Some(PushSourceType::Oppo),
            Vendor::Vivo => Some(PushSourceType::Vivo),
            Vendor::HarmonyOs | Vendor::Web => None,
        }
    }

    /// Number on Flutter's method channel: Android's numbers, and 10 for APNs.
    #[must_use]
    pub const fn flutter_number(self) -> i32 {
        match self {
            Vendor::Apns => 10,
            _ => self.push_source().value(),
        }
    }
}

impl Display for Vendor {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Vendor::Apns => "APNs",
            Vendor::Fcm => "FCM",
            Vendor::Huawei => "Huawei",
            Vendor::Xiaomi => "Xiaomi",
            Vendor::Oppo => "OPPO",
            Vendor::Vivo => "vivo",
            Vendor::HarmonyOs => "HarmonyOS",
            Vendor::Web => "Web",
        })
    }
}

/// The vendor a device registers with, or a text that says what was looked for (registration then fails with 6000404).
///
/// Android: FCM if enabled; else the first of Huawei, Xiaomi, OPPO, vivo that is enabled and whose system property is
/// set; else the first that is enabled and whose name is the manufacturer's or the brand's.
pub fn choose(config: &PushConfig, device: &DeviceProperties) -> Result<Vendor, String> {
    match device.os {
        Os::Ios => Ok(Vendor::Apns),
        Os::HarmonyOs => Ok(Vendor::HarmonyOs),
        Os::Web => Ok(Vendor::Web),
        Os::Other => Err("this operating system has no push service".into()),
        Os::Android if config.enable_fcm_push => Ok(Vendor::Fcm),
        Os::Android => choose_by_phone(config, device),
    }
}

fn choose_by_phone(config: &PushConfig, device: &DeviceProperties) -> Result<Vendor, String> {
    let enabled = |vendor: &Vendor| match vendor {
        Vendor::Huawei => config.enable_hw_push,
        Vendor::Xiaomi => config.enable_mi_push,
        Vendor::Oppo => config.enable_oppo_push,
        Vendor::Vivo => config.enable_vivo_push,
        Vendor::Apns | Vendor::Fcm | Vendor::HarmonyOs | Vendor::Web => false,
    };
    let has_property = |vendor: &Vendor| {
        let value = vendor.system_property().and_then(|name| device.system_properties.get(name));
        value.is_some_and(|value| !value.trim().is_empty())
    };
    let names = [device.manufacturer.trim().to_lowercase(), device.brand.trim().to_lowercase()];
    let has_name = |vendor: &Vendor| names.iter().any(|name| vendor.phone_names().contains(&name.as_str()));

    let candidates = || BY_PHONE.into_iter().filter(|vendor| enabled(vendor));
    let found = candidates().find(|vendor| has_property(vendor)).or_else(|| candidates().find(has_name));
    found.ok_or_else(|| {
        let disabled = BY_PHONE.iter().filter(|vendor| !enabled(vendor));
        let own = disabled.copied().find(|vendor| has_property(vendor) || has_name(vendor));
        explain(&candidates().collect::<Vec<_>>(), own, device)
    })
}

fn explain(enabled: &[Vendor], own: Option<Vendor>, device: &DeviceProperties) -> String {
    if let Some(own) = own {
        return format!("this is a phone of {own}, and {own} push is not enabled");
    }
    if enabled.is_empty() {
        return "no Android push vendor is enabled".into();
    }
    let looked_for = enabled.iter().map(|vendor| {
        let property = vendor.system_property().unwrap_or_default();
        format!("{vendor} (property {property}, or name {})", vendor.phone_names().join(", "))
    });
    format!(
        "no enabled push vendor matches this phone of manufacturer \"{}\", brand \"{}\"; looked for {}",
        device.manufacturer,
        device.brand,
        looked_for.collect::<Vec<_>>().join("; ")
    )
}
