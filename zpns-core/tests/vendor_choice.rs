//! Which vendor a device uses, and its numbers in the host languages.

mod support;

use support::*;
use zpns_core::{DeviceProperties, Os, PushConfig, Vendor, choose};

fn phone(manufacturer: &str, brand: &str, properties: &[&str]) -> DeviceProperties {
    DeviceProperties {
        os: Os::Android,
        manufacturer: manufacturer.into(),
        brand: brand.into(),
        system_properties: properties.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect(),
        ..DeviceProperties::default()
    }
}

const EMUI: &str = "ro.build.version.emui";
const MIUI: &str = "ro.miui.ui.version.name";
const OPPOROM: &str = "ro.build.version.opporom";
const VIVO_OS: &str = "ro.vivo.os.version";

#[test]
fn android_vendors_by_property_then_by_name() {
    let rows: &[(&str, DeviceProperties, Vendor)] = &[
        ("emui", phone("", "", &[EMUI]), Vendor::Huawei),
        ("miui", phone("", "", &[MIUI]), Vendor::Xiaomi),
        ("opporom", phone("", "", &[OPPOROM]), Vendor::Oppo),
        ("vivo", phone("", "", &[VIVO_OS]), Vendor::Vivo),
        ("all four: Huawei first", phone("", "", &[VIVO_OS, OPPOROM, MIUI, EMUI]), Vendor::Huawei),
        ("three: Xiaomi first", phone("", "", &[VIVO_OS, OPPOROM, MIUI]), Vendor::Xiaomi),
        ("two: OPPO first", phone("", "", &[VIVO_OS, OPPOROM]), Vendor::Oppo),
        ("a property beats a name", phone("Xiaomi", "Redmi", &[EMUI]), Vendor::Huawei),
        ("HyperOS dropped the property", phone("Xiaomi", "POCO", &[]), Vendor::Xiaomi),
        ("name in another case", phone("HUAWEI", "", &[]), Vendor::Huawei),
        ("only the brand tells", phone("BBK", "iQOO", &[]), Vendor::Vivo),
        ("ColorOS 12", phone("OnePlus", "OnePlus", &[]), Vendor::Oppo),
        ("realme", phone("realme", "realme", &[]), Vendor::Oppo),
        ("old Honor runs EMUI", phone("HONOR", "HONOR", &[EMUI]), Vendor::Huawei),
    ];
    for (name, device, expected) in rows {
        assert_eq!(choose(&domestic(), device), Ok(*expected), "{name}");
        assert_eq!(choose(&domestic().enable_fcm_push(), device), Ok(Vendor::Fcm), "{name}: FCM comes first");
        assert_eq!(
            choose(&domestic().enable_fcm_push().disable_fcm_push(), device),
            Ok(*expected),
            "{name}: FCM was turned off"
        );
    }
}

#[test]
fn a_disabled_vendor_is_passed_over() {
    let both = phone("", "", &[EMUI, MIUI]);
    assert_eq!(choose(&domestic().disable_hw_push(), &both), Ok(Vendor::Xiaomi));

    let text = choose(&domestic().disable_mi_push(), &phone("Xiaomi", "Xiaomi", &[MIUI])).unwrap_err();
    assert_eq!(text, "this is a phone of Xiaomi, and Xiaomi push is not enabled");
    let off = domestic().disable_hw_push().disable_mi_push().disable_oppo_push().disable_vivo_push();
    assert_eq!(
        choose(&off, &phone("Google", "google", &[])).unwrap_err(),
        "no Android push vendor is enabled"
    );
    assert_eq!(
        choose(&PushConfig::default(), &phone("vivo", "", &[])).unwrap_err(),
        "this is a phone of vivo, and vivo push is not enabled"
    );
}

#[test]
fn no_match_says_what_was_looked_for() {
    let text = choose(&domestic(), &phone("Google", "google", &[])).unwrap_err();
    for expected in [EMUI, MIUI, OPPOROM, VIVO_OS, "Google", "redmi", "oneplus", "iqoo"] {
        assert!(text.contains(expected), "{expected} missing in: {text}");
    }
    let empty = DeviceProperties {
        system_properties: [(EMUI.to_owned(), " ".to_owned())].into(),
        ..phone("Google", "", &[])
    };
    assert!(choose(&domestic(), &empty).is_err(), "an empty property tells nothing");
}

#[test]
fn other_systems_have_one_vendor_whatever_is_configured() {
    for config in [PushConfig::default(), domestic().enable_fcm_push()] {
        assert_eq!(choose(&config, &on(Os::Ios)), Ok(Vendor::Apns));
        assert_eq!(choose(&config, &on(Os::HarmonyOs)), Ok(Vendor::HarmonyOs));
        assert_eq!(choose(&config, &on(Os::Web)), Ok(Vendor::Web));
        assert!(choose(&config, &on(Os::Other)).is_err());
    }
}

#[test]
fn numbers_of_the_host_languages() {
    let rows = [
        // vendor, Android, React Native and uni-app, Flutter
        (Vendor::Apns, 0, Some(1), 10),
        (Vendor::Fcm, 5, Some(2), 5),
        (Vendor::Huawei, 3, Some(3), 3),
        (Vendor::Xiaomi, 2, Some(4), 2),
        (Vendor::Oppo, 4, Some(5), 4),
        (Vendor::Vivo, 1, Some(6), 1),
        (Vendor::HarmonyOs, 0, None, 0),
        (Vendor::Web, 0, None, 0),
    ];
    assert_eq!(rows.map(|row| row.0), Vendor::ALL);
    for (vendor, android, react_native, flutter) in rows {
        assert_eq!(vendor.push_source().value(), android, "{vendor}");
        assert_eq!(vendor.push_source_type().map(zim_proto::PushSourceType::value), react_native, "{vendor}");
        assert_eq!(vendor.flutter_number(), flutter, "{vendor}");
    }
}

#[test]
fn debug_output_hides_credentials() {
    let text = format!("{:?}", domestic());
    assert!(text.contains("enable_mi_push: true"), "{text}");
    for secret in ["mi-key", "oppo-key", "oppo-secret", "vivo-key"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn the_preferred_vendor_follows_the_configuration_before_registering() {
    let world = World::new(phone("Xiaomi", "Xiaomi", &[]));
    assert_eq!(world.zpns.preferred_vendor(), None, "nothing is enabled");
    world.zpns.set_push_config(domestic());
    assert_eq!(world.zpns.preferred_vendor(), Some(Vendor::Xiaomi));
    assert_eq!(world.zpns.vendor(), None, "asking registers nothing");
}
