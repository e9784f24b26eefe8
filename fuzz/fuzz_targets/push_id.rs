//! Any two registrations: a PushID is well formed and stable, and only equal registrations share one.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use zim_proto::push_id;
use zim_proto::v1::PushRegistration;

#[derive(Arbitrary, Debug, PartialEq)]
struct Device {
    app_id: u32,
    /// Numbers the schema has; others count as unspecified.
    vendor: u8,
    is_sandbox: bool,
    /// 0 counts as 1, so that it is left out.
    app_type: u16,
    bundle_id: String,
    token: String,
}

fn id_of(device: &Device) -> String {
    let registration = PushRegistration {
        vendor: i32::from(device.vendor % 9),
        environment: i32::from(device.is_sandbox),
        app_type: u32::from(device.app_type) + 1,
        bundle_id: device.bundle_id.clone(),
        token: device.token.clone(),
        ..PushRegistration::default()
    };
    push_id::derive(device.app_id, &registration)
}

fuzz_target!(|devices: (Device, Device)| {
    let (mut first, mut second) = devices;
    first.vendor %= 9;
    second.vendor %= 9;
    let id = id_of(&first);
    assert!(push_id::is_well_formed(&id));
    assert_eq!(id, id_of(&first));
    assert_eq!(first == second, id == id_of(&second));
});
