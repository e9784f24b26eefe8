//! Push without messaging, as far as it goes without a server.

mod support;

use std::sync::Arc;
use support::*;
use zim_core::ClientConfig;
use zpns_core::{Dispatch, Options, Standalone, Vendor};

/// Nobody listens there: every attempt fails at once.
const NOWHERE: &str = "ws://127.0.0.1:9/zim";

#[test]
fn offline_a_device_still_gets_its_push_id() {
    let options = Options {
        device: device_of(Vendor::Fcm),
        channel: Arc::new(Phone::default()),
        dispatch: Dispatch::Pump,
    };
    let config = ClientConfig {
        app_id: APP,
        app_sign: "ab".repeat(32),
        server_url: NOWHERE.into(),
        dispatch: Dispatch::Pump,
        ..ClientConfig::default()
    };
    let standalone = Standalone::open(options, config).expect("needs no server");
    let zpns = standalone.zpns();
    assert_eq!(standalone.bind("alice", "04AA").err().map(|error| error.code()), Some(6_000_401));
    assert_eq!(standalone.unbind("alice").err().map(|error| error.code()), Some(6_000_401));

    zpns.set_push_config(config_of(Vendor::Fcm));
    zpns.register_push();
    zpns.token_received(Vendor::Fcm, "token");
    let world = World::new(device_of(Vendor::Fcm));
    world.zpns.set_push_config(config_of(Vendor::Fcm));
    world.zpns.register_push();
    world.zpns.token_received(Vendor::Fcm, "token");
    assert_eq!(zpns.push_id(), world.zpns.push_id(), "the same as with a server");

    standalone.close();
    assert!(standalone.client().is_destroyed());
    assert!(zpns.push_id().is_some(), "the registration outlives its connection");
}

#[test]
fn a_wrong_configuration_is_refused_at_once() {
    let options = Options {
        device: device_of(Vendor::Fcm),
        channel: Arc::new(Phone::default()),
        dispatch: Dispatch::Pump,
    };
    let error = Standalone::open(options, ClientConfig::default()).err().expect("app 0");
    assert_eq!(error.code.code(), 6_000_003);
}
