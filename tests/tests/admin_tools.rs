//! The owner's commands against a running server: the same abilities as the administration interface, for scripts.

use serde_json::{Value, json};
use zim_tests::{BUNDLE_ID, Kind, SeparateServer, Settings, alert, text, until};

struct Tools {
    server: SeparateServer,
}

impl Tools {
    fn run(&self, line: &str) -> String {
        let (succeeded, printed) = self.server.command(&line.split(' ').collect::<Vec<_>>());
        assert!(succeeded, "{line}: {printed}\n{}", self.server.log());
        printed
    }

    fn json(&self, line: &str) -> Value {
        let printed = self.run(&format!("{line} --json"));
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{line}: {error} in {printed}"))
    }

    fn fails(&self, line: &str, word: &str) {
        let (succeeded, printed) = self.server.command(&line.split(' ').collect::<Vec<_>>());
        assert!(!succeeded && printed.contains(word), "{line}: {printed}\n{}", self.server.log());
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.server.folder().join(name);
        std::fs::write(&path, text).expect("the folder has room");
        path.display().to_string()
    }
}

// covers: A-05, D-23
#[test]
fn a_script_sets_push_up_and_sees_a_push_arrive() {
    let settings = Settings { has_credentials: false, ..Settings::default() };
    let tools = Tools { server: SeparateServer::start(settings) };
    let apns = tools.server.apns_double();
    let table = tools.file(
        "mine.toml",
        &format!(
            "vendor = \"apns\"\nbundle_id = \"{BUNDLE_ID}\"\nkey_file = \"apns.p8\"\nkey_id = \"{}\"\nteam_id = \"{}\"\n\
             endpoint = \"{}\"\nroot_certificates = \"apns-root.pem\"\n",
            apns.key_id(),
            apns.team_id(),
            apns.url()
        ),
    );
    assert_eq!(tools.json("certificates list"), json!({ "certificates": [] }));
    let added = tools.json(&format!("certificates add {table}"));
    assert_eq!((&added["vendor"], &added["kind"]), (&json!("apns"), &json!("key")));
    let listed = tools.run("certificates list");
    let told = format!("apns app 1 set 1 {BUNDLE_ID}  key_id={}  team_id={}", apns.key_id(), apns.team_id());
    assert!(listed.contains(&told), "{listed}");
    let broken = tools.file("broken.toml", "vendor = \"apns\"\nbundle_id = \"x\"");
    tools.fails(&format!("certificates add {broken}"), "400: credential");
    tools.fails("certificates remove 99", "404: id no such certificate");

    let ding = tools.file("ding.toml", "[apple]\nsound = \"ding.caf\"\n");
    assert!(tools.run(&format!("strategies put ding {ding}")).contains("ding.caf"));
    let bad = tools.file("bad.toml", "[vivo]\npush_mode = 2\n");
    tools.fails(&format!("strategies put bad {bad}"), "400: vivo.push_mode");
    assert!(tools.run("strategies preview ding --title Hi").contains("\"sound\":\"ding.caf\""));
    let shown = tools.json(&format!("strategies preview --kind call --file {ding}"));
    assert_eq!(shown["requests"][0]["vendor"], "apns");

    let (mut alice, mut bob) =
        (tools.server.phone("alice-desktop", Kind::Desktop), tools.server.phone("bob-phone", Kind::Iphone));
    bob.register_push();
    bob.login("bob");
    let push_id = bob.push_id();
    until("binding", || {
        (tools.json("users bob --devices")["push_ids"][0]["push_id"] == push_id).then_some(())
    });
    bob.power_off();
    alice.login("alice");
    let mut push = alert("alice", "hello");
    push.resources_id = "ding".into();
    alice.send(text("hello"), "bob", Some(push));
    assert_eq!(tools.server.apns(1)[0].body["aps"]["sound"], "ding.caf");

    let row = until("the vendor's answer", || {
        let printed = tools.run("push-log --vendor apns --stage vendor --json");
        serde_json::from_str::<Value>(printed.lines().next()?).ok()
    });
    let full = tools.run(&format!("push-log --id {}", row["id"]));
    assert!(full.contains("delivered") && full.contains("> POST") && full.contains("‹content›"), "{full}");
    let overview = tools.json("overview");
    assert_eq!(
        (&overview["users"], &overview["credentials"][0]["answers"]["delivered"]),
        (&json!(2), &json!(1))
    );
    assert!(tools.run("overview").contains("apns: delivered 1"));
    assert!(tools.run("users").lines().count() == 2);
    assert!(tools.run(&format!("push-id {push_id}")).contains("apns sandbox"));
    assert!(tools.run(&format!("push-id {push_id} --reveal")).contains(&bob.vendor_token()));
    assert!(tools.run("push-log --stage admin").contains("revealed"));
    assert!(tools.run(&format!("push {push_id} --content again")).contains("vendor       delivered"));

    let id = added["id"].as_str().expect("an id");
    assert_eq!(tools.run(&format!("certificates remove {id}")), "");
    assert_eq!(tools.run("strategies remove ding"), "");
    let (delivered, printed) = tools.server.command(&["push", &push_id, "--content", "more"]);
    assert!(!delivered && printed.contains("FAIL credential"), "{printed}");
}
