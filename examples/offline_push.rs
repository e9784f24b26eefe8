//! The whole offline-push story in one command:
//!
//! ```sh
//! cargo run --release --example offline_push
//! ```
//!
//! It starts the service and strict doubles of Apple's and Google's push servers inside this process, plays what an app
//! and its users do, and shows every request that leaves for a vendor. Nothing leaves this machine.

use serde_json::json;
use std::process::ExitCode;
use zim_core::model::{
    CallAcceptConfig, CallInviteConfig, CallUserState, ConversationTotalUnreadMessageCountQueryConfig,
    ConversationType, Event, GroupAdvancedConfig, GroupInfo, PushConfig,
};
use zim_examples::Story;
use zim_tests::{BUNDLE_ID, Kind, Phone, Recorded, Settings, World, alert, text, until, wait};

fn main() -> ExitCode {
    if play() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays everything; `false` if anything deviates from what is promised.
fn play() -> bool {
    let mut story = Story::default();
    println!("Offline push, from registration to the last notification.");
    let world = World::with(Settings { multi_device: "multi", ..Settings::default() });
    println!("The service runs at {}; APNs and FCM are doubles on this machine.", world.service().url);

    story.chapter("Two phones register for push");
    let mut bob = world.phone("bob-iphone", Kind::Iphone);
    let mut erin = world.phone("erin-android", Kind::Android);
    for phone in [&mut bob, &mut erin] {
        let push_id = phone.register_push();
        story.say(&format!("{} got its vendor's token, and from it the PushID {push_id}.", phone.name()));
    }

    story.chapter("Their users log in");
    for (phone, user) in [(&mut bob, "bob"), (&mut erin, "erin")] {
        phone.login(user);
        world.until_bound(user, &phone.push_id());
        story.check(&format!("the server bound the PushID to {user} by itself"), true);
    }
    bob.zpns().set_badge(10).expect("10 is a badge");
    story.say("Bob's icon shows a badge of 10, which his app reports.");
    until("badge", || {
        let (_, bound) = world.admin("GET", "/admin/v1/users/bob/push-ids", None);
        (bound["push_ids"][0]["badge"] == json!(10)).then_some(())
    });

    story.chapter("Both apps are killed, without a logout");
    world.power_off(&mut bob);
    world.power_off(&mut erin);
    let alice = world.online("alice");
    let dave = world.online("dave");
    story.say("Alice and Dave are online at their desktops.");

    story.chapter("Alice writes to each of them");
    let config = PushConfig {
        payload: r#"{"chat":"alice"}"#.into(),
        resources_id: "loud".into(),
        ..alert("Alice", "Are you coming tonight?")
    };
    let to_bob = alice.send(text("Are you coming tonight?"), "bob", Some(config.clone()));
    let to_erin = alice.send(text("Are you coming tonight?"), "erin", Some(config));
    let (apns, fcm) = take(&mut story, &world, 1, 1);
    addressed(&mut story, &apns[0], &bob, "alert");
    story.check_same(
        "Apple gets title, content, payload, and the sound of the strategy `loud`",
        &apns[0].body,
        &json!({
            "aps": {
                "alert": { "title": "Alice", "body": "Are you coming tonight?" },
                "sound": "ring.caf",
                "mutable-content": 1,
                "payload": r#"{"chat":"alice"}"#,
            },
            "payload": r#"{"chat":"alice"}"#,
            "zego": { "version": 1, "zpns_request_id": apns[0].body["zego"]["zpns_request_id"] },
        }),
    );
    let message = &fcm[0].body["message"];
    story.check_same("Google's request is for Erin's phone", &fcm[0].token, &erin.vendor_token());
    story.check_same(
        "Google gets title, content, payload, and the channel of the strategy `loud`",
        &json!([message["notification"], message["data"]["payload"], message["android"]["notification"]]),
        &json!([
            { "title": "Alice", "body": "Are you coming tonight?" },
            r#"{"chat":"alice"}"#,
            { "channelId": "chat", "sound": "ring" },
        ]),
    );

    story.chapter("Alice writes to a group: Bob and Erin are offline, Dave is online");
    let members = ["bob", "erin", "dave"].map(str::to_owned).to_vec();
    let info = GroupInfo { group_name: "Friday".into(), ..GroupInfo::default() };
    let created = wait(alice.client().create_group(info, members, GroupAdvancedConfig::default()));
    let friday = created.expect("all of them exist").group_info.base_info.group_id;
    let to_all = alice.send_to_group(
        text("Table for four at eight"),
        &friday,
        Some(alert("Friday", "Table at eight")),
    );
    story.check_same(
        "Dave has the message at once",
        &dave.events.texts(1),
        &vec!["Table for four at eight".to_owned()],
    );
    let (apns, fcm) = take(&mut story, &world, 1, 1);
    story.check_same(
        "exactly the two offline members are pushed",
        &(apns[0].token.clone(), fcm[0].token.clone()),
        &(bob.vendor_token(), erin.vendor_token()),
    );

    story.chapter("Alice calls both");
    let config = CallInviteConfig {
        timeout: 90,
        push_config: Some(alert("Alice", "Incoming call")),
        ..CallInviteConfig::default()
    };
    let invited =
        wait(alice.client().call_invite(vec!["bob".into(), "erin".into()], config)).expect("both exist");
    let (apns, fcm) = take(&mut story, &world, 1, 1);
    story.check_same("Apple's request names the call", &apns[0].body["call_id"], &json!(invited.call_id));
    let message = &fcm[0].body["message"];
    story.check_same(
        "Google's request names the call and wakes the phone",
        &(&message["data"]["call_id"], &message["android"]["priority"]),
        &(&json!(invited.call_id), &json!("HIGH")),
    );

    story.chapter("Bob reads eight of ten messages on his desktop, which sets the badge of his iPhone to 2");
    let mut desktop = world.phone("bob-desktop", Kind::Desktop);
    desktop.login("bob");
    wait(desktop.client().update_user_badge(2)).expect("2 is a badge");
    let (apns, _) = take(&mut story, &world, 1, 0);
    story.check_same("the push holds nothing but the badge", &apns[0].body["aps"], &json!({ "badge": 2 }));
    world.power_off(&mut desktop);

    story.chapter("Alice's next message is grouped with her others on the iPhone");
    let config = PushConfig {
        thread_id: "chat-alice".into(),
        enable_badge: true,
        badge_increment: 1,
        ..alert("Alice", "Hello?")
    };
    let grouped = alice.send(text("Hello?"), "bob", Some(config));
    let (apns, _) = take(&mut story, &world, 1, 0);
    story.check_same(
        "thread id and the next badge are in the request",
        &(&apns[0].body["aps"]["thread-id"], &apns[0].body["aps"]["badge"]),
        &(&json!("chat-alice"), &json!(3)),
    );

    story.chapter("The phones come back");
    bob.power_on();
    erin.power_on();
    let mut received: Vec<_> = bob.events.messages(3).iter().map(|message| message.message_id).collect();
    received.sort_unstable();
    let expected = vec![to_bob.message_id, to_all.message_id, grouped.message_id];
    story.check_same("Bob has each message once, with the id its sender was told", &received, &expected);
    let mut received: Vec<_> = erin.events.messages(2).iter().map(|message| message.message_id).collect();
    received.sort_unstable();
    story.check_same("Erin too", &received, &vec![to_erin.message_id, to_all.message_id]);
    for phone in [&bob, &erin] {
        story.check_same(
            &format!("the call still rings on {}", phone.name()),
            &ringing(phone),
            &invited.call_id,
        );
    }
    wait(bob.client().call_accept(&invited.call_id, CallAcceptConfig::default())).expect("it rings");
    let answered = alice.events.first("answer", |event| match event {
        Event::CallUserStateChanged { info, .. } => info
            .call_user_list
            .iter()
            .find(|user| user.state == CallUserState::Accepted)
            .map(|user| user.user_id.clone()),
        _ => None,
    });
    story.check_same("Bob accepts, and Alice hears it", &answered, &"bob".to_owned());

    story.chapter("Erin reads everything");
    let unread = || {
        let config = ConversationTotalUnreadMessageCountQueryConfig::default();
        wait(erin.client().query_conversation_total_unread_message_count(config)).expect("it is local")
    };
    until("unread count", || (unread() == 2).then_some(()));
    story.check("two messages are unread", true);
    wait(erin.client().clear_conversation_unread_message_count("alice", ConversationType::Peer))
        .expect("it exists");
    wait(erin.client().clear_conversation_total_unread_message_count()).expect("she is logged in");
    until("cleared count", || (unread() == 0).then_some(()));
    story.check("none is unread any more", true);

    story.chapter("Bob logs out, Erin unregisters");
    bob.logout();
    world.until_unbound("bob");
    erin.unregister_push();
    world.until_unbound("erin");
    world.power_off(&mut erin);
    world.forget_pushes();
    for user in ["bob", "erin"] {
        for resources_id in ["", "quiet"] {
            let config = PushConfig { resources_id: resources_id.into(), ..alert("Alice", "Good night") };
            alice.send(text("Good night"), user, Some(config));
        }
        until("decisions", || {
            let rows = world.push_log(user);
            (rows.iter().filter(|row| row.outcome == "no_binding").count() == 2).then_some(())
        });
        story.check(
            &format!("no push to {user}, neither visible nor silent; the delivery log says why"),
            true,
        );
    }
    let pushed = world.apns_double().requests().len() + world.fcm_double().requests().len();
    story.check_same("the vendors were asked nothing more", &pushed, &0);
    story.end()
}

/// Waits for so many requests at APNs and FCM, shows them, and checks that they broke no rule of the vendor's.
fn take(story: &mut Story, world: &World, apns: usize, fcm: usize) -> (Vec<Recorded>, Vec<Recorded>) {
    let (apns, fcm) = (world.apns(apns), world.fcm(fcm));
    world.forget_pushes();
    for (vendor, requests) in [("APNs", &apns), ("FCM", &fcm)] {
        for request in requests {
            story.request(vendor, request);
            story.check(&format!("{vendor} accepted it"), request.status == 200);
        }
    }
    (apns, fcm)
}

fn addressed(story: &mut Story, request: &Recorded, phone: &Phone, push_type: &str) {
    story.check_same(
        "Apple's request is for Bob's phone",
        &request.path,
        &format!("/3/device/{}", phone.vendor_token()),
    );
    story.check_same(
        "its topic and type are right",
        &(request.header("apns-topic"), request.header("apns-push-type")),
        &(Some(BUNDLE_ID), Some(push_type)),
    );
}

fn ringing(phone: &Phone) -> String {
    phone.events.first("invitation", |event| match event {
        Event::CallInvitationReceived { call_id, .. } => Some(call_id.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    // covers: A-01, A-17, A-23, A-24, A-26, A-29, A-30
    #[test]
    fn the_whole_story_holds() {
        assert!(super::play());
    }
}
