//! The layer as a host uses it, against a real server: any executor, callbacks by trait, errors by number.

use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Instant;
use zim_tests::{APP_ID, APP_SIGN, BUNDLE_ID, PATIENCE, World, token};
use zim_uniffi::*;

/// An executor that knows nothing of tokio, as those of the hosts.
fn wait<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = std::pin::pin!(future);
    let end = Instant::now() + PATIENCE;
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        let left = end.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "no answer within {PATIENCE:?}");
        std::thread::park_timeout(left);
    }
}

/// Keeps what a callback was told.
struct Told<E>(Mutex<Vec<E>>, Condvar);

impl<E: Clone> Told<E> {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Vec::new()), Condvar::new()))
    }

    fn add(&self, event: E) {
        self.0.lock().unwrap().push(event);
        self.1.notify_all();
    }

    fn all(&self) -> Vec<E> {
        self.0.lock().unwrap().clone()
    }

    /// Waits until `find` finds something in what was told.
    fn wait<R>(&self, what: &str, find: impl Fn(&[E]) -> Option<R>) -> R {
        let end = Instant::now() + PATIENCE;
        let mut told = self.0.lock().unwrap();
        loop {
            if let Some(found) = find(&told) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} within {PATIENCE:?}");
            told = self.1.wait_timeout(told, left).unwrap().0;
        }
    }
}

impl ZimEventHandler for Told<ZimEvent> {
    fn on_event(&self, event: ZimEvent) -> Result<(), ZimError> {
        self.add(event);
        // What a host throws is logged, and the next event comes all the same.
        Err(ZimError::Failed { code: 1, detail: "thrown".into(), parameter: None, retry_after_ms: None })
    }
}

impl ZpnsEventHandler for Told<ZpnsEvent> {
    fn on_event(&self, event: ZpnsEvent) -> Result<(), ZimError> {
        self.add(event);
        Ok(())
    }
}

impl MessageAttached for Told<Message> {
    fn on_message_attached(&self, message: Message) -> Result<(), ZimError> {
        self.add(message);
        Ok(())
    }
}

impl LogSink for Told<(String, String)> {
    fn on_log(&self, _: LogLevel, module: String, line: String) -> Result<(), ZimError> {
        self.add((module, line));
        Ok(())
    }
}

/// A vendor's SDK without a vendor.
impl VendorChannel for Told<&'static str> {
    fn request_token(&self, _: Vendor, _: ZpnsConfig) -> Result<(), ChannelError> {
        self.add("request");
        Ok(())
    }

    fn release_token(&self, _: Vendor) -> Result<(), ChannelError> {
        self.add("release");
        Ok(())
    }

    fn set_local_badge(&self, _: Vendor, _: u32) -> Result<(), ChannelError> {
        self.add("badge");
        Ok(())
    }
}

fn config(world: &World, cache: Option<&std::path::Path>) -> ClientConfig {
    ClientConfig {
        app_id: APP_ID,
        app_sign: APP_SIGN.into(),
        server_url: world.service().url,
        allow_plaintext: false,
        cache_path: cache.map(|path| path.display().to_string()),
        platform: None,
        extra_roots: Vec::new(),
    }
}

fn login_config(user: &str) -> LoginConfig {
    zim_core::model::LoginConfig { token: token(user), ..Default::default() }.into()
}

fn client(world: &World, user: &str, told: &Arc<Told<ZimEvent>>) -> Arc<ZimClient> {
    let client = ZimClient::new(config(world, None)).unwrap();
    client.set_event_handler(Some(told.clone()));
    wait(client.login(user.into(), login_config(user))).unwrap();
    client
}

fn text(text: &str) -> Message {
    zim_core::model::Message::text(text).into()
}

fn send_config(title: &str, content: &str) -> MessageSendConfig {
    let push =
        zim_core::model::PushConfig { title: title.into(), content: content.into(), ..Default::default() };
    zim_core::model::MessageSendConfig { push_config: Some(push), ..Default::default() }.into()
}

fn received(events: &[ZimEvent]) -> Vec<Message> {
    events
        .iter()
        .filter_map(|event| match event {
            ZimEvent::MessageReceived { messages, .. } => Some(messages.clone()),
            _ => None,
        })
        .flatten()
        .collect()
}

fn shown(message: Message) -> String {
    match message.body {
        MessageBody::Text { message } => message,
        _ => panic!("a text was sent"),
    }
}

fn code(error: ZimError) -> (u32, Option<String>) {
    let ZimError::Failed { code, parameter, .. } = error;
    (code, parameter)
}

#[test]
fn an_offline_phone_is_pushed_to_and_gets_the_message_once() {
    let world = World::start();
    let folder = tempfile::tempdir().unwrap();
    let bob = ZimClient::new(config(&world, Some(folder.path()))).unwrap();
    let channel = Told::new();
    let device = DeviceProperties {
        os: Os::Ios,
        manufacturer: "Apple".into(),
        brand: String::new(),
        system_properties: Default::default(),
        bundle_id: BUNDLE_ID.into(),
    };
    let push = ZpnsClient::new(device, channel.clone());
    let registered = Told::new();
    push.set_event_handler(Some(registered.clone()));
    push.attach(bob.clone());
    push.register_push();
    channel.wait("request of a token", |told| told.contains(&"request").then_some(()));
    push.set_device_token(vec![0xb0; 32], false);
    let id = registered.wait("registration", |events| match events.first()? {
        ZpnsEvent::Registered { message } => {
            assert_eq!((message.error_code, message.vendor), (0, Some(Vendor::Apns)));
            Some(message.push_id.clone())
        }
        _ => None,
    });
    assert_eq!(push.push_id(), Some(id.clone()));
    wait(bob.login("bob".into(), login_config("bob"))).unwrap();
    world.until_bound("bob", &id);
    // The app is gone; the login on the server stays.
    bob.end();
    assert!(bob.is_ended());
    zim_tests::until("no session of bob", || (world.sessions() == 0).then_some(()));

    let alice = client(&world, "alice", &Told::new());
    let attached = Told::new();
    let sent = wait(alice.send_message(
        text("héllo 👋"),
        "bob".into(),
        ConversationType::Peer,
        send_config("alice", "héllo 👋"),
        Some(attached.clone()),
    ))
    .unwrap();
    assert!(sent.message_id > 0);
    let attached = attached.wait("onMessageAttached", |told| told.first().cloned());
    assert_eq!((attached.message_id, attached.local_message_id), (0, sent.local_message_id));
    let pushes = world.apns(1);
    assert_eq!(pushes[0].body["aps"]["alert"]["body"], "héllo 👋");

    let clicked = push.notification_clicked(Vendor::Apns, pushes[0].body.to_string()).unwrap();
    assert!(clicked);
    let click = registered.wait("click", |events| {
        events.iter().find_map(|event| match event {
            ZpnsEvent::NotificationClicked { message } => Some(message.clone()),
            _ => None,
        })
    });
    assert_eq!((click.vendor, click.content.as_str()), (Vendor::Apns, "héllo 👋"));

    let bob = ZimClient::new(config(&world, Some(folder.path()))).unwrap();
    let told = Told::new();
    bob.set_event_handler(Some(told.clone()));
    push.attach(bob.clone());
    wait(bob.login("bob".into(), login_config("bob"))).unwrap();
    told.wait("the message", |events| (!received(events).is_empty()).then_some(()));
    // A second message shows that the first came once: they are told in order.
    wait(alice.send_message(text("again"), "bob".into(), ConversationType::Peer, send_config("", ""), None))
        .unwrap();
    told.wait("the second message", |events| (received(events).len() > 1).then_some(()));
    let texts: Vec<String> = received(&told.all()).into_iter().map(shown).collect();
    assert_eq!(texts, ["héllo 👋", "again"]);

    push.unregister_push().unwrap();
    world.until_unbound("bob");
    wait(bob.logout()).unwrap();
}

#[test]
fn groups_and_conversations_cross_whole() {
    let world = World::start();
    let told = Told::new();
    let (alice, bob) = (client(&world, "alice", &Told::new()), client(&world, "bob", &told));
    let info =
        GroupInfo { group_id: "team".into(), group_name: "Team".into(), group_avatar_url: String::new() };
    let advanced =
        zim_core::model::GroupAdvancedConfig { group_notice: "hi".into(), ..Default::default() }.into();
    let created = wait(alice.create_group(info, vec!["bob".into()], advanced)).unwrap();
    assert_eq!(created.group_info.base_info.group_id, "team");
    let members: Vec<&str> = created.user_list.iter().map(|member| member.user_id.as_str()).collect();
    assert!(members.contains(&"bob"), "{members:?}");
    told.wait("the group", |events| {
        events.iter().find_map(|event| match event {
            ZimEvent::GroupStateChanged { state: GroupState::Enter, group_info, .. } => {
                assert_eq!(group_info.base_info.group_name, "Team");
                Some(())
            }
            _ => None,
        })
    });

    wait(alice.send_message(
        text("to all"),
        "team".into(),
        ConversationType::Group,
        send_config("", ""),
        None,
    ))
    .unwrap();
    told.wait("the group's message", |events| (!received(events).is_empty()).then_some(()));
    let conversation = wait(bob.query_conversation("team".into(), ConversationType::Group)).unwrap();
    let last = conversation.last_message.expect("a message came");
    assert_eq!(shown(last), "to all");
    assert_eq!(conversation.unread_message_count, 1);
    let missing = wait(bob.query_group_info("nobodys".into())).err().map(code);
    assert_eq!(missing, Some((6_000_523, None)));
}

#[test]
fn a_call_rings_is_answered_and_both_sides_hear_of_it() {
    let world = World::start();
    let (asked, asking) = (Told::new(), Told::new());
    let (alice, bob) = (client(&world, "alice", &asking), client(&world, "bob", &asked));
    let config = zim_core::model::CallInviteConfig { extended_data: "视频".into(), ..Default::default() };
    let invited = wait(alice.call_invite(vec!["bob".into()], config.into())).unwrap();
    let ringing = asked.wait("the call", |events| {
        events.iter().find_map(|event| match event {
            ZimEvent::CallInvitationReceived { info, call_id } => {
                Some((call_id.clone(), info.caller.clone(), info.extended_data.clone()))
            }
            _ => None,
        })
    });
    assert_eq!(ringing, (invited.call_id.clone(), "alice".into(), "视频".into()));
    wait(bob.call_accept(invited.call_id.clone(), zim_core::model::CallAcceptConfig::default().into()))
        .unwrap();
    asking.wait("the answer", |events| {
        events.iter().find_map(|event| match event {
            ZimEvent::CallInvitationAccepted { call_id, .. } if *call_id == invited.call_id => Some(()),
            _ => None,
        })
    });
    let refused = bob.call_reject("1".into(), zim_core::model::CallRejectConfig::default().into());
    assert!(wait(refused).is_err(), "there is no such call");
}

#[test]
fn failures_have_their_number_and_the_parameter() {
    let world = World::start();
    let refused = ZimClient::new(ClientConfig { app_id: 0, ..config(&world, None) });
    assert_eq!(refused.err().map(code), Some((6_000_003, Some("appID".into()))));
    let refused = ZimClient::new(ClientConfig { app_sign: "zz".into(), ..config(&world, None) });
    assert_eq!(refused.err().map(code), Some((6_000_001, Some("appSign".into()))));

    let alice = ZimClient::new(config(&world, None)).unwrap();
    assert_eq!(wait(alice.query_group_info("team".into())).err().map(code).unwrap().0, 6_000_121);
    let channel = Told::new();
    let device = DeviceProperties {
        os: Os::Other,
        manufacturer: String::new(),
        brand: String::new(),
        system_properties: Default::default(),
        bundle_id: String::new(),
    };
    let push = ZpnsClient::new(device, channel);
    assert_eq!(push.unregister_push().map_err(code), Err((6_000_405, None)));
    assert_eq!(push.set_badge(-1).map_err(code).unwrap_err().0, 6_000_001);
    let malformed = push.notification_arrived(Vendor::Fcm, "[".into()).map_err(code);
    assert_eq!(malformed, Err((6_000_001, Some("message".into()))));

    let no_push_id = wait(alice.set_push_id("of-another-library".into())).map_err(code);
    assert_eq!(no_push_id, Err((6_000_401, Some("pushID".into()))));

    alice.end();
    let after = wait(alice.login("alice".into(), login_config("alice"))).map_err(code);
    assert_eq!(after.unwrap_err().0, 6_000_002);
    assert_eq!(version(), env!("CARGO_PKG_VERSION"));
}

#[test]
fn log_lines_reach_the_host_until_they_are_turned_off() {
    let sink = Told::new();
    set_log_sink(LogLevel::Warn, Some(sink.clone())).unwrap();
    log::error!(target: "uniffi_story", "one");
    log::info!(target: "uniffi_story", "too quiet");
    set_log_sink(LogLevel::Off, None).unwrap();
    log::error!(target: "uniffi_story", "two");
    // Other tests of the process log as well.
    let mine: Vec<String> =
        sink.all().into_iter().filter(|(module, _)| module == "uniffi_story").map(|(_, line)| line).collect();
    assert_eq!(mine, ["one"]);
    assert_eq!(Arc::strong_count(&sink), 1, "the library let go of the sink");
}

/// Everything a client with ordered callbacks tells, in one list.
impl OrderedCallbacks for Told<String> {
    fn on_event(&self, event: ZimEvent) -> Result<(), ZimError> {
        if let ZimEvent::MessageReceived { messages, .. } = event {
            self.add(format!("{} received", messages.len()));
        }
        Ok(())
    }

    fn on_message_attached(&self, request: u64, message: Message) -> Result<(), ZimError> {
        self.add(format!("{request} attached {}", message.message_id == 0));
        Err(ZimError::Failed { code: 1, detail: "thrown".into(), parameter: None, retry_after_ms: None })
    }

    fn on_answer(&self, request: u64, answer: ZimAnswer) -> Result<(), ZimError> {
        self.add(match answer {
            ZimAnswer::Failed { error: ZimError::Failed { code, parameter, .. } } => {
                format!("{request} failed {code} {}", parameter.unwrap_or_default())
            }
            ZimAnswer::MessageSent { message } => format!("{request} sent {}", message.message_id > 0),
            ZimAnswer::Done => format!("{request} done"),
            ZimAnswer::ConversationTotalUnreadMessageCountQueried { unread_message_count } => {
                format!("{request} unread {unread_message_count}")
            }
            _ => format!("{request} other"),
        });
        Ok(())
    }
}

#[test]
fn ordered_answers_come_on_the_thread_that_runs_callbacks() {
    let world = World::start();
    let told = Told::<String>::new();
    let client = OrderedClient::new(config(&world, None), told.clone()).unwrap();
    client.login(1, "alice".into(), login_config("alice"));
    // A parameter that only the types of the host let in keeps its place.
    client.refuse(2, "status".into(), "missing".into());
    assert_eq!(told.all(), Vec::<String>::new(), "nobody runs callbacks yet");
    let runner = std::thread::spawn({
        let client = client.clone();
        move || client.run_callbacks()
    });
    told.wait("login", |told| told.contains(&"1 done".to_owned()).then_some(()));
    let to_self = "alice".to_owned();
    client.send_message(3, text("note"), to_self, ConversationType::Group, send_config("a", "b"));
    let all = told.wait("failed send", |told| {
        told.iter().any(|line| line.starts_with("3 failed")).then(|| told.to_vec())
    });
    assert!(all.contains(&"2 failed 6000001 status".to_owned()), "{all:?}");
    assert!(all.contains(&"3 attached true".to_owned()), "{all:?}");
    let unread = || zim_core::model::ConversationTotalUnreadMessageCountQueryConfig::default().into();
    for request in 10..20 {
        client.query_conversation_total_unread_message_count(request, unread());
    }
    let counts = told.wait("counts", |told| {
        let counts: Vec<String> = told.iter().filter(|line| line.ends_with("unread 0")).cloned().collect();
        (counts.len() == 10).then_some(counts)
    });
    assert_eq!(counts, (10..20).map(|request| format!("{request} unread 0")).collect::<Vec<_>>());
    client.client().end();
    runner.join().unwrap();
    client.logout(30);
    assert!(!told.all().iter().any(|line| line.starts_with("30")), "an ended client tells nothing");
}
