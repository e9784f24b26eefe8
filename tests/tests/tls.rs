//! `wss://` with an authority of one's own, and the test bed that programs in other languages use.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use zim_core::model::LoginConfig;
use zim_core::{Client, ClientConfig};
use zim_tests::{Kind, Service, World, alert, text, token, until, wait};

#[test]
fn clients_trust_the_authority_they_are_given_and_no_other() {
    let world = World::tls();
    let bob = world.online("bob");
    let alice = world.online("alice");
    alice.send(text("sealed"), "bob", None);
    assert_eq!(bob.events.texts(1), ["sealed"]);
    let config = ClientConfig { extra_roots: Vec::new(), cache_path: None, ..alice.config().clone() };
    let stranger = Client::new(config).unwrap();
    let login = LoginConfig { token: token("carol"), ..LoginConfig::default() };
    let refused = wait(stranger.login("carol", login)).unwrap_err();
    assert_eq!(refused.code.code(), 6_000_104, "{refused}");
}

/// The test bed's side of a conversation in lines.
struct Testbed {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Testbed {
    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn ask(&mut self, line: &str) -> Value {
        writeln!(self.input, "{line}").unwrap();
        self.read()
    }
}

#[test]
fn the_test_bed_tells_everything_a_program_needs() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_zim-testbed"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut testbed =
        Testbed { input: child.stdin.take().unwrap(), output: BufReader::new(child.stdout.take().unwrap()) };
    let told = testbed.read();
    let word = |name: &str| told[name].as_str().unwrap_or_else(|| panic!("{name} in {told}")).to_owned();
    assert!(word("url").starts_with("wss://"));
    let authority = std::fs::read_to_string(word("ca_file")).unwrap();
    let service = Service { url: word("url"), authority: Some(authority) };

    let mut bob = service.phone("bob-phone", Kind::Iphone);
    bob.register_push();
    let login = testbed.ask("token bob");
    bob.try_login("bob", login["token"].as_str().unwrap()).unwrap();
    // The registration travels on the same connection, before what is asked next.
    wait(bob.client().report_badge(0)).unwrap();
    bob.power_off();
    let mut alice = service.phone("alice-desktop", Kind::Desktop);
    alice.login("alice");
    alice.send(text("one"), "bob", Some(alert("Alice", "one")));
    let pushed = testbed.ask("wait apns 1");
    assert_eq!(pushed["requests"][0]["body"]["aps"]["alert"]["body"], "one", "{pushed}");
    assert_eq!(pushed["requests"][0]["headers"]["apns-push-type"], "alert");
    assert_eq!(pushed["requests"][0]["violation"], Value::Null);
    assert_eq!(testbed.ask("forget"), json!({}));
    assert_eq!(testbed.ask("restart"), json!({}));
    alice.send(text("two"), "bob", Some(alert("Alice", "two")));
    // The first may be repeated: the server was killed before it had stored the vendor's answer, perhaps.
    until("the push of the second", || {
        let pushed = testbed.ask("requests apns");
        let texts =
            pushed["requests"].as_array()?.iter().map(|request| &request["body"]["aps"]["alert"]["body"]);
        texts.into_iter().any(|text| text == "two").then_some(())
    });
    assert_eq!(testbed.ask("requests fcm"), json!({ "requests": [] }));
    assert!(testbed.ask("nonsense")["error"].as_str().is_some());
    assert_eq!(testbed.ask("quit"), json!({}));
    assert!(child.wait().unwrap().success());
}
