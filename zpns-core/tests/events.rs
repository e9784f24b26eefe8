//! Which events reach the app, when, and on which thread.

mod support;

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::*;
use zpns_core::{ChannelError, Dispatch, Event, EventHandler, EventKind, Options, Vendor, Zpns};

const MESSAGE: &str = r#"{"payload":"p","data":{"payload":"p"}}"#;

fn kind(event: &Event) -> EventKind {
    match event {
        Event::Registered(_) => EventKind::Registered,
        Event::NotificationArrived(_) => EventKind::NotificationArrived,
        Event::NotificationClicked(_) => EventKind::NotificationClicked,
        Event::ThroughMessage(_) => EventKind::ThroughMessage,
        _ => panic!("unknown event"),
    }
}

/// The published table of callbacks by vendor, walked cell by cell.
// covers: C-15, C-19
#[test]
fn a_vendor_raises_exactly_what_it_supports() {
    use EventKind::{
        NotificationArrived as Arrived, NotificationClicked as Clicked, Registered, ThroughMessage,
    };
    let table: [(Vendor, &[EventKind]); 8] = [
        (Vendor::Apns, &[Registered, Arrived, ThroughMessage, Clicked]),
        (Vendor::Fcm, &[Registered, ThroughMessage]),
        (Vendor::Huawei, &[Registered, ThroughMessage, Clicked]),
        (Vendor::Xiaomi, &[Registered, Arrived, Clicked]),
        (Vendor::Oppo, &[Registered, Clicked]),
        (Vendor::Vivo, &[Registered, Clicked]),
        (Vendor::HarmonyOs, &[Registered]),
        (Vendor::Web, &[Arrived, Clicked]),
    ];
    assert_eq!(table.map(|row| row.0), Vendor::ALL);
    for (vendor, supported) in table {
        let world = World::new(device_of(vendor));
        world.zpns.set_push_config(config_of(vendor));
        world.zpns.register_push();
        if vendor == Vendor::Apns {
            world.zpns.set_device_token(&[1; 32], true);
        } else {
            world.zpns.token_received(vendor, "token");
        }
        let raised = [
            (Arrived, world.zpns.notification_arrived(vendor, MESSAGE)),
            (ThroughMessage, world.zpns.through_message_received(vendor, MESSAGE)),
            (Clicked, world.zpns.notification_clicked(vendor, MESSAGE)),
        ];
        for (kind, raised) in raised {
            assert_eq!(raised, Ok(supported.contains(&kind)), "{vendor} {kind:?}");
        }
        let kinds: Vec<_> = world.events().iter().map(kind).collect();
        assert_eq!(kinds, supported, "{vendor}");
    }
}

#[test]
fn clicks_before_registering_are_held_and_the_last_wins() {
    for vendor in [Vendor::Xiaomi, Vendor::Apns, Vendor::Web] {
        let world = World::new(device_of(vendor));
        world.zpns.set_push_config(config_of(vendor));
        for payload in ["first", "last"] {
            let message = format!(r#"{{"payload":"{payload}"}}"#);
            assert_eq!(world.zpns.notification_clicked(vendor, &message), Ok(true));
        }
        assert_eq!(world.events(), [], "{vendor}");
        world.zpns.register_push();
        if vendor == Vendor::Apns {
            assert_eq!(world.events(), [], "on iOS it waits for success");
            world.zpns.set_device_token(&[1; 32], true);
        }
        let payloads: Vec<_> = world
            .events()
            .into_iter()
            .filter_map(|event| match event {
                Event::NotificationClicked(message) => Some(message.payload),
                _ => None,
            })
            .collect();
        assert_eq!(payloads, ["last"], "{vendor}");
        // From now on at once.
        world.zpns.notification_clicked(vendor, MESSAGE).unwrap();
        assert_eq!(world.events().len(), 1, "{vendor}");
    }
}

#[test]
fn a_click_is_delivered_after_registering_also_when_that_fails() {
    let world = World::new(device_of(Vendor::Oppo));
    world.zpns.notification_clicked(Vendor::Oppo, MESSAGE).unwrap();
    world.zpns.register_push();
    let kinds: Vec<_> = world.events().iter().map(kind).collect();
    assert_eq!(kinds, [EventKind::NotificationClicked, EventKind::Registered], "no vendor is enabled");
}

#[test]
fn events_wait_for_a_handler() {
    let world = World::new(device_of(Vendor::Fcm));
    world.zpns.set_event_handler(None);
    world.zpns.set_push_config(config_of(Vendor::Fcm));
    world.zpns.register_push();
    world.zpns.token_received(Vendor::Fcm, "token");
    assert!(!world.zpns.next_event(Duration::ZERO));
    world.zpns.set_event_handler(Some(world.app.clone()));
    assert!(world.registered().is_success());
    for _ in 0..300 {
        world.zpns.through_message_received(Vendor::Fcm, MESSAGE).unwrap();
    }
    assert_eq!(world.events().len(), 256, "the newest are kept");
}

#[test]
fn malformed_messages_are_refused_by_name() {
    let world = World::new(device_of(Vendor::Fcm));
    for bad in ["", "{", "[]", "\"text\"", "\u{0}"] {
        let error = world.zpns.through_message_received(Vendor::Fcm, bad).unwrap_err();
        assert_eq!(error.code(), 6_000_001, "{bad:?}");
        assert!(error.to_string().starts_with("message: "), "{error}");
    }
    assert_eq!(world.events(), []);
}

/// Calls everything from inside the handler, and panics once.
struct Busy {
    seen: Mutex<Vec<EventKind>>,
    done: mpsc::Sender<std::thread::ThreadId>,
}

impl EventHandler for Busy {
    fn on_event(&self, zpns: &Zpns, event: Event) {
        let kind = kind(&event);
        self.seen.lock().unwrap().push(kind);
        assert!(!zpns.next_event(Duration::ZERO), "no event inside an event");
        match kind {
            EventKind::Registered => {
                zpns.set_badge(1).unwrap();
                zpns.through_message_received(Vendor::Fcm, MESSAGE).unwrap();
                zpns.registration_failed(Vendor::Fcm, ChannelError::Other(String::new()));
                panic!("the app's fault");
            }
            _ => {
                zpns.unregister_push().unwrap();
                self.done.send(std::thread::current().id()).unwrap();
            }
        }
    }
}

#[test]
fn handlers_may_call_anything_and_a_panic_stays_in_the_app() {
    for dispatch in [Dispatch::Thread, Dispatch::Pump] {
        let server = Arc::new(Server::default());
        let zpns = Zpns::new(Options {
            device: device_of(Vendor::Fcm),
            channel: Arc::new(Phone::default()),
            dispatch,
        });
        let (done, finished) = mpsc::channel();
        let busy = Arc::new(Busy { seen: Mutex::default(), done });
        zpns.set_event_handler(Some(busy.clone()));
        zpns.set_push_config(config_of(Vendor::Fcm));
        zpns.attach(APP, server.clone());
        zpns.register_push();
        zpns.token_received(Vendor::Fcm, "token");
        if dispatch == Dispatch::Pump {
            while zpns.next_event(Duration::ZERO) {}
        }
        let thread = finished.recv_timeout(Duration::from_secs(20)).expect("the second event arrives");
        assert_eq!(thread == std::thread::current().id(), dispatch == Dispatch::Pump);
        assert_eq!(*busy.seen.lock().unwrap(), [EventKind::Registered, EventKind::ThroughMessage]);
        assert_eq!(zpns.push_id(), None);
        assert_eq!(server.registration(), None);
    }
}

#[test]
fn dropping_the_last_handle_releases_handler_and_channel() {
    let phone = Arc::new(Phone::default());
    let app = Arc::new(App::default());
    for dispatch in [Dispatch::Thread, Dispatch::Pump] {
        let zpns = Zpns::new(Options { device: ios(), channel: phone.clone(), dispatch });
        zpns.set_event_handler(Some(app.clone()));
        drop(zpns);
    }
    assert_eq!((Arc::strong_count(&phone), Arc::strong_count(&app)), (1, 1));
}
