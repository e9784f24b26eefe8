//! A server killed while its pushes are in flight, and one vendor's outage beside the others.

use std::collections::BTreeMap;
use zim_tests::{
    ApnsAnswer, FcmAnswer, Kind, MakerAnswer, Phone, Recorded, SeparateServer, Settings, World, alert, text,
    until,
};

const VENDORS: [(&str, Kind); 8] = [
    ("apns", Kind::Iphone),
    ("fcm", Kind::Android),
    ("huawei", Kind::Huawei),
    ("harmonyos", Kind::HarmonyOs),
    ("xiaomi", Kind::Xiaomi),
    ("oppo", Kind::Oppo),
    ("vivo", Kind::Vivo),
    ("web", Kind::Subscriber),
];
const MESSAGES: usize = 20;

/// Which text a request shows.
fn shown(request: &Recorded) -> String {
    let places = [
        "/aps/alert/body",
        "/message/notification/body",
        "/message/android/notification/body",
        "/payload/notification/body",
        "/description",
        "/notification/content",
        "/content",
        "/body",
    ];
    let text = places.iter().find_map(|place| request.body.pointer(place)?.as_str());
    text.unwrap_or_default().to_owned()
}

fn is_accepted(request: &Recorded) -> bool {
    matches!(request.status, 200 | 201)
}

/// An offline phone for each vendor; its user is called like the vendor.
fn phones(phone: impl Fn(&str, Kind) -> Phone, is_bound: impl Fn(&str) -> bool) -> Vec<Phone> {
    VENDORS
        .iter()
        .map(|(vendor, kind)| {
            let mut phone = phone(&format!("{vendor}-phone"), *kind);
            phone.register_push();
            phone.login(vendor);
            until("binding", || is_bound(vendor).then_some(()));
            phone.power_off();
            phone
        })
        .collect()
}

#[test]
fn a_server_killed_with_pushes_in_flight_loses_none_and_repeats_each_once_at_most() {
    let mut server = SeparateServer::start(Settings::default());
    let bound = |user: &str| {
        let answer = server.admin("GET", &format!("/admin/v1/users/{user}/push-ids"), None).1;
        answer["push_ids"].as_array().is_some_and(|ids| !ids.is_empty())
    };
    let phones = phones(|name, kind| server.phone(name, kind), bound);
    let mut alice = server.phone("alice-desktop", Kind::Desktop);
    alice.login("alice");

    // The vendors take the pushes and never answer: all of them are in flight when the server dies.
    let makers = ["huawei", "harmonyos", "xiaomi", "oppo", "vivo", "web"];
    let hang = |server: &SeparateServer, hang: bool| {
        server.apns_double().script_all(hang.then_some(ApnsAnswer::Hang));
        server.fcm_double().script_all(hang.then_some(FcmAnswer::Hang));
        for maker in makers {
            server.maker_double(maker).script_all(hang.then_some(MakerAnswer::Hang));
        }
    };
    hang(&server, true);
    for number in 0..MESSAGES {
        for (vendor, _) in VENDORS {
            alice.send(text("hello"), vendor, Some(alert("alice", &format!("message {number}"))));
        }
    }
    for (vendor, _) in VENDORS {
        // OPPO has a few requests out, and the rest waits to go with the next one.
        let in_flight = if vendor == "oppo" { 1 } else { MESSAGES };
        let seen = server.wait_for(vendor, in_flight).unwrap();
        assert!(seen.is_ok(), "{vendor}: {seen:?}");
    }
    server.kill();
    hang(&server, false);
    server.restart();

    let requests = |vendor: &str| server.requests(vendor).unwrap();
    for (vendor, _) in VENDORS {
        let accepted = || {
            let texts: std::collections::BTreeSet<_> =
                requests(vendor).iter().filter(|request| is_accepted(request)).map(shown).collect();
            (texts.len() == MESSAGES).then_some(())
        };
        until(&format!("all pushes at {vendor}"), accepted);
    }
    for ((vendor, _), phone) in VENDORS.iter().zip(&phones) {
        let mut tries: BTreeMap<String, usize> = BTreeMap::new();
        for request in requests(vendor) {
            assert_eq!((request.violation.as_deref(), &request.token), (None, &phone.vendor_token()));
            *tries.entry(shown(&request)).or_default() += 1;
        }
        assert_eq!(tries.len(), MESSAGES, "{vendor}: no push is lost");
        assert!(tries.values().all(|tries| *tries <= 2), "{vendor}: {tries:?}");
    }
    // Where the vendor knows a repetition by its key, the device shows each push once.
    for maker in ["huawei", "harmonyos", "xiaomi", "oppo", "web"] {
        assert_eq!(server.maker_double(maker).shown().len(), MESSAGES, "{maker}");
    }
}

#[test]
fn one_vendors_outage_delays_no_other_vendors_pushes() {
    let world = World::start();
    let phones = phones(|name, kind| world.phone(name, kind), |user| !world.bound(user).is_empty());
    let alice = world.online("alice");
    world.maker_double("xiaomi").script_all(Some(MakerAnswer::Status(503, None)));
    world.maker_double("vivo").script_all(Some(MakerAnswer::Hang));
    for number in 0..MESSAGES {
        for (vendor, _) in VENDORS {
            alice.send(text("hello"), vendor, Some(alert("alice", &number.to_string())));
        }
    }
    // These arrive while the other two are down.
    for requests in [world.apns(MESSAGES), world.fcm(MESSAGES), world.maker("oppo", MESSAGES)] {
        assert!(requests.iter().all(|request| request.status == 200));
    }
    let held = world.requests("xiaomi").unwrap();
    assert!(held.iter().all(|request| request.status == 503), "Xiaomi is still down");
    // And when they are back, theirs arrive, too.
    world.maker_double("xiaomi").script_all(None);
    until("Xiaomi's pushes", || {
        let requests = world.requests("xiaomi").unwrap();
        let texts: std::collections::BTreeSet<_> =
            requests.iter().filter(|request| request.status == 200).map(shown).collect();
        (texts.len() == MESSAGES).then_some(())
    });
    assert_eq!(world.maker_double("xiaomi").shown().len(), MESSAGES);
    drop(phones);
}
