//! What the product must survive: killed servers, killed clients, links that go silent. Seeds are printed; `ZIM_SEED`
//! repeats one.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use zim_core::model::{
    CallInviteConfig, ConversationType, Event, LoginConfig, Message, MessageQueryConfig, MessageQueryMode,
    MessageSendConfig,
};
use zim_core::{Client, ClientConfig, EventHandler, Timing};
use zim_tests::{
    APP_ID, Kind, PATIENCE, Phone, Proxy, SeparateServer, Settings, World, alert, body, seed, text, texts,
    token, until, wait,
};

/// Messages of the whole run, and who sends them.
const MESSAGES: usize = 2_000;
const CLIENTS: usize = 4;
/// Sends of one client that wait for their answer at the same time.
const IN_FLIGHT: usize = 16;
const KILLS: usize = 5;

/// What one client's sends came to: recipient and text of each acknowledged message, and how many failed.
struct Sent {
    acknowledged: Vec<(String, String)>,
    failed: usize,
}

/// Sends this client's share to the other clients and, one in eight with a push, to those who are offline.
fn send_all(client: &Client, me: usize, random: &mut fastrand::Rng, total: &AtomicUsize) -> Sent {
    let (tell, told) = mpsc::channel();
    let mut sent = Sent { acknowledged: Vec::new(), failed: 0 };
    let mut waiting = 0;
    let mut settle = |waiting: &mut usize| {
        let (to, text, is_ok) = told.recv_timeout(PATIENCE).expect("every send is answered");
        *waiting -= 1;
        total.fetch_add(1, Ordering::Relaxed);
        if is_ok { sent.acknowledged.push((to, text)) } else { sent.failed += 1 }
    };
    for number in 0..MESSAGES / CLIENTS {
        let words = format!("{me}-{number}");
        let offline = number % 8 == 0;
        let to = match (offline, random.bool()) {
            (true, true) => "bob".to_owned(),
            (true, false) => "erin".to_owned(),
            (false, _) => format!("client{}", (me + random.usize(1..CLIENTS)) % CLIENTS),
        };
        let push_config = offline.then(|| alert("survival", &words));
        let config = MessageSendConfig { push_config, ..MessageSendConfig::default() };
        let tell = tell.clone();
        let target = to.clone();
        client.send_message(Message::text(&words), &to, ConversationType::Peer, config).then(move |result| {
            // The receiver of these only goes away when the test has failed.
            let _ = tell.send((target, words, result.is_ok()));
        });
        waiting += 1;
        while waiting >= IN_FLIGHT {
            settle(&mut waiting);
        }
    }
    while waiting > 0 {
        settle(&mut waiting);
    }
    sent
}

/// Every acknowledged text once, others (whose send failed) at most once, each sender's in the order of sending.
fn check_received(phone: &Phone, user: &str, expected: &BTreeSet<String>) {
    let received = phone.events.wait(&format!("all messages of {user}"), |events| {
        let received = texts(events);
        let distinct: BTreeSet<_> = received.iter().cloned().collect();
        expected.is_subset(&distinct).then_some(received)
    });
    let distinct: BTreeSet<_> = received.iter().collect();
    assert_eq!(distinct.len(), received.len(), "{user} got a message twice");
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for text in &received {
        let (sender, number) = text.split_once('-').expect("our texts have a dash");
        let number: usize = number.parse().expect("a number");
        let former = last.insert(sender, number);
        assert!(former.is_none_or(|former| former < number), "{user}: {text} after {former:?}");
    }
}

#[test]
fn a_server_killed_at_random_points_loses_and_doubles_nothing() {
    let seed = seed("server kills");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut server = SeparateServer::start(Settings::default());
    let mut offline = Vec::new();
    for (user, kind) in [("bob", Kind::Iphone), ("erin", Kind::Android)] {
        let mut phone = server.phone(&format!("{user}-phone"), kind);
        phone.register_push();
        phone.login(user);
        until("binding", || {
            let path = format!("/admin/v1/users/{user}/push-ids");
            (server.admin("GET", &path, None).1["push_ids"].as_array()?.len() == 1).then_some(())
        });
        phone.power_off();
        offline.push((user, phone));
    }
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let mut phone = server.phone(&format!("client{number}"), Kind::Desktop);
            phone.login(&format!("client{number}"));
            phone
        })
        .collect();

    let total = AtomicUsize::new(0);
    let mut kill_at: Vec<_> = (0..KILLS).map(|_| random.usize(1..MESSAGES * 9 / 10)).collect();
    kill_at.sort_unstable();
    let sent: Vec<Sent> = std::thread::scope(|scope| {
        let senders: Vec<_> = clients
            .iter()
            .enumerate()
            .map(|(me, phone)| {
                let mut random = random.fork();
                let total = &total;
                scope.spawn(move || send_all(phone.client(), me, &mut random, total))
            })
            .collect();
        for at in &kill_at {
            until("progress", || (total.load(Ordering::Relaxed) >= *at).then_some(()));
            server.restart();
        }
        senders.into_iter().map(|sender| sender.join().expect("the sender ended")).collect()
    });
    let failed: usize = sent.iter().map(|sent| sent.failed).sum();
    assert_eq!(failed, 0, "sends that wait for a link are repeated, not failed");

    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (to, text) in sent.into_iter().flat_map(|sent| sent.acknowledged) {
        assert!(expected.entry(to).or_default().insert(text), "each text is sent once");
    }
    for (number, phone) in clients.iter().enumerate() {
        let user = format!("client{number}");
        check_received(phone, &user, &expected[&user]);
    }
    // Each offline recipient's push was attempted; a kill between request and answer may repeat one, with the same id.
    let pushed = |user: &str| -> BTreeSet<String> {
        let (requests, place) = match user {
            "bob" => (server.apns_double().requests(), "/aps/alert/body"),
            _ => (server.fcm_double().requests(), "/message/notification/body"),
        };
        let text = |request: &zim_tests::Recorded| {
            request.body.pointer(place).and_then(|text| text.as_str()).unwrap_or_default().to_owned()
        };
        requests.iter().map(text).collect()
    };
    for (user, phone) in &mut offline {
        until(&format!("the pushes of {user}"), || expected[*user].is_subset(&pushed(user)).then_some(()));
        assert_eq!(pushed(user), expected[*user], "nothing else is pushed");
        phone.power_on();
        check_received(phone, user, &expected[*user]);
    }
}

#[test]
fn a_ringing_call_keeps_its_deadline_over_a_kill() {
    const TIMEOUT_S: u64 = 3;
    let mut server = SeparateServer::start(Settings::default());
    let mut bob = server.phone("bob-phone", Kind::Iphone);
    bob.login("bob");
    bob.power_off();
    let mut alice = server.phone("alice-desktop", Kind::Desktop);
    alice.login("alice");
    let config = CallInviteConfig { timeout: 3, ..CallInviteConfig::default() };
    let begun = Instant::now();
    let invited = wait(alice.client().call_invite(vec!["bob".into()], config)).unwrap();
    server.restart();
    let timed_out = alice.events.first("timeout", |event| match event {
        Event::CallInviteesAnsweredTimeout { call_id, invitees } => Some((call_id.clone(), invitees.clone())),
        _ => None,
    });
    let lasted = begun.elapsed();
    assert_eq!(timed_out, (invited.call_id, vec!["bob".to_owned()]));
    assert!(lasted >= Duration::from_secs(TIMEOUT_S), "rang for {lasted:?} only");
    assert!(lasted < Duration::from_secs(TIMEOUT_S + 10), "rang for {lasted:?}");
}

/// This program again, as a client that can be killed.
struct Life {
    child: Child,
    lines: mpsc::Receiver<String>,
}

const ROLE: &str = "ZIM_SURVIVAL_ROLE";
const URL: &str = "ZIM_SURVIVAL_URL";
const FOLDER: &str = "ZIM_SURVIVAL_FOLDER";

impl Life {
    fn begin(role: &str, server: &SeparateServer, folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program has a file"))
            .args(["a_client_to_be_killed", "--exact", "--ignored", "--nocapture"])
            .env(ROLE, role)
            .env(URL, server.service().url)
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can be run");
        let output = BufReader::new(child.stdout.take().expect("it was piped"));
        let (told, lines) = mpsc::channel();
        // A thread, so that a test can give up waiting for a line.
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        Self { child, lines }
    }

    /// The next text told on standard output after `word`; `None` at the end.
    fn next(&self, word: &str) -> Option<String> {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if let Some(text) = line.trim().strip_prefix(word) {
                        return Some(text.trim().to_owned());
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("the client told nothing for {PATIENCE:?}"),
            }
        }
    }

    /// Kills it and returns what it had told beyond what was read.
    fn kill(mut self, word: &str) -> Vec<String> {
        self.child.kill().expect("our own child can be killed");
        self.child.wait().expect("our own child can be waited for");
        std::iter::from_fn(|| self.next(word)).collect()
    }
}

/// What a killable client does: it lives until it is killed or its standard input ends.
#[test]
#[ignore = "started by the tests that kill it"]
fn a_client_to_be_killed() {
    let variable = |name| std::env::var(name).expect("set by the test that starts this");
    let role = variable(ROLE);
    let config = ClientConfig {
        app_id: APP_ID,
        server_url: variable(URL),
        cache_path: Some(variable(FOLDER).into()),
        timing: Timing { backoff_min: Duration::from_millis(20), ..Timing::default() },
        ..ClientConfig::default()
    };
    let client = Client::new(config).unwrap();
    client.set_event_handler(Some(Arc::new(Teller)));
    let login = LoginConfig { token: token(&role), ..LoginConfig::default() };
    wait(client.login(&role, login)).unwrap();
    if role == "sender" {
        // Texts of different lives differ, so that the receiver can tell a repeated message from a new one.
        let life = std::process::id();
        for number in 0..200 {
            let words = format!("{life}-{number}");
            let told = words.clone();
            let message = Message::text(words);
            client
                .send_message(message, "keeper", ConversationType::Peer, MessageSendConfig::default())
                .then(move |result| match result {
                    Ok(_) => tell("sent", &told),
                    Err(error) => tell("failed", &format!("{told}: {error}")),
                });
        }
    }
    // The end of standard input is the end of the test.
    let _ = std::io::stdin().lines().count();
    client.destroy();
}

struct Teller;

impl EventHandler for Teller {
    fn on_event(&self, _: &Client, event: Event) {
        for message in texts(&[event]) {
            tell("told", &message);
        }
    }
}

fn tell(word: &str, text: &str) {
    let mut out = std::io::stdout().lock();
    // A test that has failed does not listen any more.
    let _ = writeln!(out, "{word} {text}").and_then(|()| out.flush());
}

#[test]
fn a_client_killed_between_receive_and_acknowledge_gets_each_message_once() {
    const COUNT: usize = 300;
    const LIVES: usize = 12;
    let mut random = fastrand::Rng::with_seed(seed("receiver kills"));
    let server = SeparateServer::start(Settings::default());
    let folder = tempfile::tempdir().unwrap();
    // The user exists, and this device's inbox begins, before the first message.
    let mut first = server.phone("receiver-device", Kind::Desktop);
    first.configure(|config| config.cache_path = Some(folder.path().to_owned()));
    first.power_on();
    first.login("receiver");
    first.power_off();
    let mut alice = server.phone("alice-desktop", Kind::Desktop);
    alice.login("alice");

    // Each life gets a share of the messages and is killed while it tells them: what it told by then counts, what it did
    // not comes in a later life.
    let mut told: Vec<Vec<String>> = Vec::new();
    let (done, answers) = mpsc::channel();
    for share in 0..LIVES {
        let life = Life::begin("receiver", &server, folder.path());
        for number in share * COUNT / LIVES..(share + 1) * COUNT / LIVES {
            let done = done.clone();
            let message = text(&format!("m-{number}"));
            alice
                .client()
                .send_message(message, "receiver", ConversationType::Peer, MessageSendConfig::default())
                .then(move |result| done.send(result.map(|message| message.message_id)).unwrap());
        }
        let mut of_life: Vec<_> =
            (0..random.usize(0..COUNT / LIVES)).filter_map(|_| life.next("told")).collect();
        of_life.extend(life.kill("told"));
        told.push(of_life);
    }
    for _ in 0..COUNT {
        answers.recv_timeout(PATIENCE).expect("every send is answered").expect("no send fails");
    }
    let last = format!("m-{}", COUNT - 1);
    let life = Life::begin("receiver", &server, folder.path());
    let mut of_life = Vec::new();
    if !told.iter().flatten().any(|text| *text == last) {
        while of_life.last() != Some(&last) {
            of_life.push(life.next("told").expect("nobody kills the last life"));
        }
    }
    of_life.extend(life.kill("told"));
    told.push(of_life);

    let all: BTreeSet<String> = (0..COUNT).map(|number| format!("m-{number}")).collect();
    let distinct: BTreeSet<String> = told.iter().flatten().cloned().collect();
    assert_eq!(distinct, all, "nothing lost");
    for life in &told {
        let distinct: BTreeSet<_> = life.iter().collect();
        assert_eq!(distinct.len(), life.len(), "no message twice in one life");
    }
    // The store is the truth: each message once, in order.
    let mut last = server.phone("receiver-device", Kind::Desktop);
    last.configure(|config| config.cache_path = Some(folder.path().to_owned()));
    last.power_on();
    last.login("receiver");
    let mut stored: Vec<Arc<Message>> = Vec::new();
    loop {
        let config = MessageQueryConfig {
            next_message: stored.first().cloned(),
            count: 100,
            reverse: true,
            mode: MessageQueryMode::OnlyLocal,
        };
        let mut page =
            wait(last.client().query_history_message("alice", ConversationType::Peer, config)).unwrap();
        if page.is_empty() {
            break;
        }
        page.append(&mut stored);
        stored = page;
    }
    let stored: Vec<String> = stored.iter().map(|message| body(message)).collect();
    assert_eq!(stored, (0..COUNT).map(|number| format!("m-{number}")).collect::<Vec<_>>());
}

#[test]
fn a_client_killed_between_send_and_answer_sends_each_message_once() {
    let mut random = fastrand::Rng::with_seed(seed("sender kills"));
    let server = SeparateServer::start(Settings::default());
    let mut keeper = server.phone("keeper-desktop", Kind::Desktop);
    keeper.login("keeper");
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    for _ in 0..6 {
        let life = Life::begin("sender", &server, folder.path());
        for _ in 0..random.usize(0..150) {
            acknowledged.extend(life.next("sent"));
        }
        acknowledged.extend(life.kill("sent"));
    }
    let received = keeper.events.wait("the acknowledged messages", |events| {
        let received = texts(events);
        let distinct: BTreeSet<_> = received.iter().cloned().collect();
        acknowledged.is_subset(&distinct).then_some(received)
    });
    // One more life, so that what the last one left is behind; then nothing may have come twice.
    let life = Life::begin("sender", &server, folder.path());
    for _ in 0..200 {
        acknowledged.extend(life.next("sent"));
    }
    let all = keeper.events.wait("the last life's messages", |events| {
        let received = texts(events);
        let distinct: BTreeSet<_> = received.iter().cloned().collect();
        acknowledged.is_subset(&distinct).then_some(received)
    });
    drop(life.kill("sent"));
    assert!(all.len() > received.len());
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len(), "no message twice");
}

#[test]
fn a_half_open_link_delays_a_push_by_the_timeouts_at_most() {
    /// What a busy machine may add.
    const SLACK: Duration = Duration::from_secs(10);
    let settings = Settings::impatient();
    let ack = Duration::from_secs(settings.ack_timeout_s.into());
    let idle = Duration::from_secs(settings.idle_timeout_s.into());
    let world = World::with(settings);
    let proxy = Proxy::start(&world, world.server().addr());
    let mut bob = proxy.service().phone("bob-phone", Kind::Iphone);
    bob.register_push();
    bob.login("bob");
    world.until_bound("bob", &bob.push_id());
    let alice = world.online("alice");

    proxy.swallow();
    let begun = Instant::now();
    alice.send(text("one"), "bob", Some(alert("Alice", "one")));
    assert_eq!(world.apns(1)[0].body["aps"]["alert"]["body"], "one");
    let lasted = begun.elapsed();
    assert!(lasted < ack + SLACK, "the acknowledgement never came, the push after {lasted:?}");
    until("end of bob's session", || (world.sessions() == 1).then_some(()));
    let lasted = begun.elapsed();
    assert!(lasted < idle + SLACK, "the silence was noticed after {lasted:?}");
    alice.send(text("two"), "bob", Some(alert("Alice", "two")));
    assert_eq!(world.apns(2)[1].body["aps"]["alert"]["body"], "two");

    // The link works again: each message once.
    proxy.cut();
    bob.client().network_changed();
    assert_eq!(bob.events.texts(2), ["one", "two"]);
}
