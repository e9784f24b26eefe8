//! From configuration to a bound PushID and back, on every vendor and in every order.

mod support;

use proptest::prelude::*;
use support::*;
use zim_proto::push_id;
use zim_proto::v1::{PushEnvironment, PushRegistration, PushVendor};
use zpns_core::{ChannelError, DeviceProperties, Os, PushConfig, Vendor};

/// Registers a device of `vendor` up to the token.
fn registered(vendor: Vendor) -> World {
    let world = World::new(device_of(vendor));
    world.zpns.set_push_config(config_of(vendor));
    world.zpns.register_push();
    give_token(&world, vendor, "0a0b");
    world
}

fn give_token(world: &World, vendor: Vendor, token: &str) {
    if vendor == Vendor::Apns {
        let bytes: Vec<u8> = token.as_bytes().to_vec();
        world.zpns.set_device_token(&bytes, true);
    } else {
        world.zpns.token_received(vendor, token);
    }
}

// covers: C-14
#[test]
fn every_vendor_registers() {
    let mut push_ids = Vec::new();
    for vendor in Vendor::ALL {
        let world = registered(vendor);
        assert_eq!(world.asked(), [Asked::Token(vendor)], "{vendor}");
        let registration =
            world.server.registration().unwrap_or_else(|| panic!("{vendor}: nothing uploaded"));
        assert_eq!(registration.vendor, vendor.wire() as i32);
        assert_eq!(registration.bundle_id, "im.example");
        assert_eq!((registration.app_type, registration.badge, registration.debug), (1, -1, false));
        assert_eq!(registration.push_id, push_id::derive(APP, &registration), "{vendor}");
        assert_eq!(world.zpns.push_id().as_ref(), Some(&registration.push_id), "{vendor}");
        assert_eq!(world.zpns.vendor(), Some(vendor));
        if vendor == Vendor::Web {
            assert_eq!(world.events(), [], "the Web has no event for it");
        } else {
            let event = world.registered();
            assert_eq!((event.error_code, event.vendor), (0, Some(vendor)));
            assert_eq!(event.push_id, registration.push_id);
            assert_eq!(event.device_token, registration.token);
        }
        push_ids.push(registration.push_id);
    }
    push_ids.sort();
    push_ids.dedup();
    assert_eq!(push_ids.len(), Vendor::ALL.len(), "five phones of five vendors have five PushIDs");
}

#[test]
fn login_before_and_after_registration_bind_alike() {
    for vendor in Vendor::ALL {
        let before = World::new(device_of(vendor));
        before.server.login("alice");
        before.zpns.set_push_config(config_of(vendor));
        before.zpns.register_push();
        give_token(&before, vendor, "0a0b");

        let after = registered(vendor);
        after.server.login("alice");

        let expected = vec![(before.zpns.push_id().unwrap(), "alice".to_owned())];
        assert_eq!(before.server.bound(), expected, "{vendor}: login first");
        assert_eq!(after.server.bound(), expected, "{vendor}: registration first");
        after.server.logout();
        assert_eq!(after.server.bound(), []);
        after.server.login("bob");
        assert_eq!(after.server.bound(), [(expected[0].0.clone(), "bob".to_owned())]);
    }
}

#[test]
fn a_registration_made_before_the_app_is_known_completes_when_attached() {
    let world = World::detached(device_of(Vendor::Fcm));
    world.zpns.set_push_config(config_of(Vendor::Fcm));
    world.zpns.register_push();
    world.zpns.token_received(Vendor::Fcm, "token");
    assert_eq!(world.events(), [], "a PushID needs the app's id");

    world.zpns.attach(APP, world.server.clone());
    assert_eq!(world.registered().push_id, world.server.registration().unwrap().push_id);

    // A new ZIM client of the same app: uploaded again, nothing new to tell.
    world.zpns.detach();
    let second = std::sync::Arc::new(Server::default());
    world.zpns.attach(APP, second.clone());
    assert_eq!(second.registration(), world.server.registration());
    assert_eq!(world.events(), []);
    // Another app: another PushID.
    world.zpns.attach(APP + 1, second.clone());
    assert_eq!(world.registered().push_id, second.registration().unwrap().push_id);
    assert_ne!(second.registration(), world.server.registration());
}

#[test]
fn registering_twice_asks_once() {
    let world = World::new(android(Vendor::Xiaomi));
    world.zpns.set_push_config(domestic());
    world.zpns.register_push();
    world.zpns.register_push();
    assert_eq!(world.asked(), [Asked::Token(Vendor::Xiaomi)]);
    world.zpns.token_received(Vendor::Xiaomi, "token");
    let first = world.registered();
    world.zpns.register_push();
    assert_eq!(world.registered(), first, "the result again");
    assert_eq!(world.asked(), []);
}

#[test]
fn another_vendor_or_certificate_set_registers_anew() {
    let world = World::new(android(Vendor::Xiaomi));
    world.zpns.set_push_config(domestic());
    world.zpns.register_push();
    world.zpns.token_received(Vendor::Xiaomi, "token");
    let first = world.registered();

    world.zpns.set_push_config(PushConfig { app_type: 2, ..domestic() });
    world.zpns.register_push();
    world.zpns.token_received(Vendor::Xiaomi, "token");
    let second = world.registered();
    assert_ne!(first.push_id, second.push_id);
    assert_eq!(world.server.registration().unwrap().app_type, 2);
    assert_eq!(world.asked(), [Asked::Token(Vendor::Xiaomi), Asked::Token(Vendor::Xiaomi)]);

    world.zpns.set_push_config(domestic().enable_fcm_push());
    world.zpns.register_push();
    assert_eq!(world.asked(), [Asked::Release(Vendor::Xiaomi), Asked::Token(Vendor::Fcm)]);
    world.zpns.token_received(Vendor::Xiaomi, "late answer of the old vendor");
    assert_eq!(world.events(), []);
    world.zpns.token_received(Vendor::Fcm, "fcm-token");
    assert_eq!(world.registered().vendor, Some(Vendor::Fcm));
    assert_eq!(world.server.registration().unwrap().vendor, PushVendor::Fcm as i32);
}

#[test]
fn a_refreshed_token_gives_a_new_push_id_and_replaces_the_binding() {
    let world = registered(Vendor::Fcm);
    world.server.login("alice");
    let first = world.registered();
    world.zpns.token_received(Vendor::Fcm, "0a0b");
    assert_eq!(world.events(), [], "the same token is no news");

    world.zpns.token_received(Vendor::Fcm, "refreshed");
    let second = world.registered();
    assert!(second.is_success());
    assert_ne!(first.push_id, second.push_id);
    assert_eq!(world.server.bound(), [(second.push_id, "alice".to_owned())], "the old PushID is gone");
}

#[test]
fn unregistering_stops_everything_and_is_idempotent() {
    let world = registered(Vendor::Huawei);
    world.server.login("alice");
    world.events();
    world.asked();
    assert_eq!(world.zpns.unregister_push(), Ok(()));
    assert_eq!(world.server.registration(), None);
    assert_eq!(world.server.bound(), []);
    assert_eq!((world.zpns.push_id(), world.zpns.vendor()), (None, None));
    assert_eq!(world.asked(), [Asked::Release(Vendor::Huawei)]);
    assert_eq!(world.zpns.unregister_push(), Ok(()));
    assert_eq!(world.asked(), []);
    world.zpns.token_received(Vendor::Huawei, "late");
    assert_eq!(world.server.registration(), None, "a late token does not register again");
    assert_eq!(world.events(), []);
}

#[test]
fn unregistering_offline_is_told_to_the_next_session() {
    let world = World::detached(android(Vendor::Vivo));
    world.zpns.set_push_config(domestic());
    world.zpns.attach(APP, world.server.clone());
    world.zpns.register_push();
    world.zpns.token_received(Vendor::Vivo, "token");
    world.zpns.unregister_push().unwrap();
    world.server.login("alice");
    assert_eq!(world.server.bound(), []);
}

#[test]
fn unregistering_before_registering_is_6000405() {
    let world = World::new(ios());
    assert_eq!(world.zpns.unregister_push().unwrap_err().code(), 6_000_405);
    assert_eq!(world.asked(), []);
}

#[test]
fn a_vendor_that_fails_to_unregister_is_reported() {
    let world = registered(Vendor::Oppo);
    world.events();
    world.refuse(Some(ChannelError::Vendor("busy".into())));
    assert_eq!(world.zpns.unregister_push(), Ok(()));
    let event = world.registered();
    assert_eq!((event.error_code, event.message.as_str()), (6_000_405, "busy"));
    assert_eq!(world.server.registration(), None, "unregistered all the same");
}

#[test]
fn failures_carry_number_and_text_of_the_vendor() {
    let rows = [
        (ChannelError::Network("no route".into()), 6_000_401, "no route"),
        (ChannelError::Credentials("app key".into()), 6_000_402, "app key"),
        (ChannelError::Vendor("907135702".into()), 6_000_403, "907135702"),
        (ChannelError::Other("no library".into()), 6_000_404, "no library"),
        (
            ChannelError::Apple { code: 3000, message: "no valid entitlement".into() },
            3000,
            "no valid entitlement",
        ),
        (ChannelError::Apple { code: 0, message: "odd".into() }, 6_000_404, "odd"),
    ];
    for (error, code, text) in rows {
        let world = World::new(android(Vendor::Vivo));
        world.zpns.set_push_config(domestic());
        // At once …
        world.refuse(Some(error.clone()));
        world.zpns.register_push();
        let event = world.registered();
        assert_eq!((event.error_code, event.message.as_str(), event.push_id.as_str()), (code, text, ""));
        assert_eq!(event.vendor, Some(Vendor::Vivo));
        // … or later.
        world.refuse(None);
        world.zpns.register_push();
        world.zpns.registration_failed(Vendor::Vivo, error);
        assert_eq!(world.registered().error_code, code);
        assert_eq!(world.server.registration(), None);
        // A failed registration may be tried again.
        world.zpns.register_push();
        world.zpns.token_received(Vendor::Vivo, "token");
        assert!(world.registered().is_success());
        // A failure that nobody waits for changes nothing.
        world.zpns.registration_failed(Vendor::Vivo, ChannelError::Network("later".into()));
        assert_eq!(world.events(), []);
        assert!(world.zpns.push_id().is_some());
    }
}

#[test]
fn no_vendor_is_6000404_with_what_was_looked_for() {
    let device = DeviceProperties { manufacturer: "Google".into(), ..on(Os::Android) };
    let world = World::new(device);
    world.zpns.set_push_config(domestic());
    world.zpns.register_push();
    let event = world.registered();
    assert_eq!((event.error_code, event.vendor), (6_000_404, None));
    assert!(event.message.contains("ro.miui.ui.version.name"), "{}", event.message);
    assert_eq!(world.asked(), []);

    world.zpns.set_push_config(PushConfig { app_type: 3, ..PushConfig::default().enable_fcm_push() });
    world.zpns.register_push();
    let event = world.registered();
    assert_eq!((event.error_code, event.message.as_str()), (6_000_404, "appType must be 0, 1 or 2"));
}

#[test]
fn a_token_no_vendor_would_give_is_refused() {
    let world = World::new(android(Vendor::Oppo));
    world.zpns.set_push_config(domestic());
    for bad in ["", "two words", "line\r\nbreak"] {
        world.zpns.register_push();
        world.zpns.token_received(Vendor::Oppo, bad);
        let event = world.registered();
        assert_eq!(event.error_code, 6_000_403, "{bad:?}");
        assert!(!event.message.contains("line"), "the text does not repeat the token");
    }
    assert_eq!(world.server.registration(), None);
}

// covers: D-12
#[test]
fn ios_tokens_environments_and_voip() {
    let world = World::new(ios());
    world.zpns.set_voip_token(&[0xcd; 32], false);
    assert_eq!(world.events(), [], "a VoIP token alone is no registration");
    world.zpns.register_push();
    assert_eq!(world.asked(), [Asked::Token(Vendor::Apns)]);
    world.zpns.set_device_token(&[0xab; 32], false);
    let registration = world.server.registration().unwrap();
    assert_eq!(registration.token, "ab".repeat(32));
    assert_eq!(registration.voip_token, "cd".repeat(32));
    assert_eq!(registration.environment, PushEnvironment::Sandbox as i32);
    let sandbox = world.registered();

    // A later VoIP token: uploaded, the PushID stays and stands for it too.
    world.zpns.set_voip_token(&[0xce; 32], false);
    let changed = world.server.registration().unwrap();
    assert_eq!((changed.voip_token, &changed.push_id), ("ce".repeat(32), &sandbox.push_id));
    assert_eq!(world.events(), []);

    world.zpns.set_device_token(&[0xab; 32], true);
    let production = world.registered();
    assert_ne!(production.push_id, sandbox.push_id);
    assert_eq!(world.server.registration().unwrap().environment, PushEnvironment::Production as i32);
}

#[test]
fn handing_over_a_device_token_registers_unless_the_app_unregistered() {
    let world = World::new(ios());
    world.zpns.set_device_token(&[1; 32], true);
    assert!(world.registered().is_success());
    world.zpns.unregister_push().unwrap();
    world.zpns.set_device_token(&[2; 32], true);
    assert_eq!(world.server.registration(), None, "iOS delivered it late");
    world.zpns.register_push();
    world.zpns.set_device_token(&[2; 32], true);
    assert!(world.registered().is_success());
}

#[test]
fn badges_are_kept_until_registered_and_logged_in_and_reported_until_logout() {
    let world = World::new(ios());
    world.zpns.set_badge(3).unwrap();
    world.server.login("alice");
    assert_eq!(world.server.badges(), [0_u32; 0], "not registered");
    world.zpns.set_device_token(&[1; 32], true);
    assert_eq!(world.server.badges(), [3]);
    assert_eq!(world.server.registration().unwrap().badge, 3);
    world.zpns.set_badge(4).unwrap();
    world.zpns.set_badge(0).unwrap();
    assert_eq!(world.server.badges(), [3, 4, 0], "no rate limit");
    world.server.logout();
    world.zpns.set_badge(9).unwrap();
    assert_eq!(world.server.badges(), [3, 4, 0], "after logout it waits");
    world.server.login("alice");
    assert_eq!(world.server.badges(), [3, 4, 0, 9]);

    let other = World::new(ios());
    other.zpns.set_device_token(&[1; 32], true);
    other.server.login("alice");
    assert_eq!(other.server.badges(), [0_u32; 0], "never reported");
    assert_eq!(other.server.registration().unwrap().badge, -1);
    let error = other.zpns.set_badge(-1).unwrap_err();
    assert_eq!(error.code(), 6_000_001);
    assert!(error.to_string().contains("badge"), "{error}");
}

#[test]
fn local_badges_only_where_the_icon_has_one() {
    for vendor in Vendor::ALL {
        let world = registered(vendor);
        world.asked();
        world.zpns.set_local_badge(5).unwrap();
        let expected = match vendor {
            Vendor::Apns | Vendor::Oppo | Vendor::Vivo => vec![Asked::LocalBadge(vendor, 5)],
            _ => vec![],
        };
        assert_eq!(world.asked(), expected, "{vendor}");
        assert_eq!(world.zpns.set_local_badge(-1).unwrap_err().code(), 6_000_001);
    }
    let huawei = World::new(android(Vendor::Huawei));
    huawei.zpns.set_push_config(PushConfig { enable_hw_badge: true, ..domestic() });
    huawei.zpns.set_local_badge(5).unwrap();
    assert_eq!(huawei.asked(), [Asked::LocalBadge(Vendor::Huawei, 5)], "also before registering");
}

#[test]
fn debug_marks_the_registration() {
    let world = World::new(ios());
    world.zpns.enable_debug(true);
    world.zpns.set_device_token(&[1; 32], false);
    assert!(world.server.registration().unwrap().debug);
}

#[test]
fn a_channel_may_answer_inside_the_request() {
    use std::sync::{Arc, Mutex};
    use zpns_core::{Dispatch, Options, VendorChannel, Zpns};

    #[derive(Default)]
    struct Quick(Mutex<Option<Zpns>>);
    impl VendorChannel for Quick {
        fn request_token(&self, vendor: Vendor, _: &PushConfig) -> Result<(), ChannelError> {
            let zpns = self.0.lock().unwrap().clone().unwrap();
            zpns.token_received(vendor, "token");
            Ok(())
        }
        fn release_token(&self, _: Vendor) -> Result<(), ChannelError> {
            Ok(())
        }
        fn set_local_badge(&self, _: Vendor, _: u32) {}
    }
    let channel = Arc::new(Quick::default());
    let zpns = Zpns::new(Options {
        device: android(Vendor::Fcm),
        channel: channel.clone(),
        dispatch: Dispatch::Pump,
    });
    *channel.0.lock().unwrap() = Some(zpns.clone());
    zpns.set_push_config(config_of(Vendor::Fcm));
    zpns.attach(APP, Arc::new(Server::default()));
    zpns.register_push();
    assert!(zpns.push_id().is_some());
    *channel.0.lock().unwrap() = None;
}

/// Whatever threads do at once, what was uploaded last is what the client believes.
#[test]
fn threads_agree_with_the_server_in_the_end() {
    let world = World::new(device_of(Vendor::Fcm));
    world.server.login("alice");
    world.zpns.set_push_config(config_of(Vendor::Fcm));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let zpns = world.zpns.clone();
            scope.spawn(move || {
                for step in 0..200 {
                    match (step + thread) % 4 {
                        0 => zpns.register_push(),
                        1 | 2 => zpns.token_received(Vendor::Fcm, &format!("token-{thread}-{step}")),
                        _ => {
                            let _ = zpns.unregister_push();
                        }
                    }
                }
            });
        }
    });
    let uploaded = world.server.registration().map(|registration| registration.push_id);
    assert_eq!(uploaded, world.zpns.push_id());
    let bound: Vec<String> = world.server.bound().into_iter().map(|(push_id, _)| push_id).collect();
    assert_eq!(bound, uploaded.into_iter().collect::<Vec<_>>());
}

proptest! {
    /// The same device gives the same PushID in another process, offline, in any order of calls; another never does.
    #[test]
    fn push_ids_are_stable_and_distinct(
        first in "[!-~]{1,200}", second in "[!-~]{1,200}", bundle in "[a-z.]{0,40}", app_type in 0_u32..=2, login_first: bool,
    ) {
        let make = |token: &str, login_first: bool| {
            let world = World::new(DeviceProperties { bundle_id: bundle.clone(), ..device_of(Vendor::Fcm) });
            if login_first {
                world.server.login("alice");
            }
            world.zpns.set_push_config(PushConfig { app_type, ..config_of(Vendor::Fcm) });
            world.zpns.register_push();
            world.zpns.token_received(Vendor::Fcm, token);
            world.zpns.push_id().expect("registered")
        };
        let id = make(&first, login_first);
        prop_assert_eq!(&id, &make(&first, !login_first));
        prop_assert!(push_id::is_well_formed(&id));
        prop_assert_eq!(first == second, id == make(&second, login_first));
        let registration = PushRegistration {
            vendor: PushVendor::Fcm as i32, token: first, bundle_id: bundle.clone(), app_type, ..PushRegistration::default()
        };
        prop_assert_eq!(id, push_id::derive(APP, &registration), "the server derives the same");
    }
}

#[test]
fn a_browsers_token_is_its_subscription_or_one_of_firebase() {
    let (key, auth) = (format!("BA{}", "A".repeat(85)), "A".repeat(22));
    let subscription = |endpoint: &str| {
        format!(r#"{{"endpoint":"{endpoint}","keys":{{"p256dh":"{key}","auth":"{auth}"}}}}"#)
    };
    for (token, is_taken) in [
        (subscription("https://push.example/1"), true),
        ("fcm-token:APA91b".to_owned(), true),
        (subscription("http://push.example/1"), false),
        (subscription("https://push.example/1").replace(&auth, "AAAA"), false),
        ("{}".to_owned(), false),
    ] {
        let world = World::new(device_of(Vendor::Web));
        world.zpns.register_push();
        give_token(&world, Vendor::Web, &token);
        assert_eq!(world.zpns.push_id().is_some(), is_taken, "{token}");
        assert_eq!(world.server.registration().map(|sent| sent.token), is_taken.then_some(token));
    }
}
