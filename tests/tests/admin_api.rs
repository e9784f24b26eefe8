//! The administration interface: who may call it, and what an owner does with it while the server runs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use zim_server::clock::ManualClock;
use zim_tests::{ADMIN_TOKEN, APP_ID, BUNDLE_ID, Kind, Settings, World, alert, now_ms, text, until};

const BEARER: &str = "Bearer admin-of-the-tests";

fn bare() -> World {
    World::with(Settings { has_credentials: false, ..Settings::default() })
}

fn get(world: &World, path: &str) -> Value {
    let (status, answer) = world.admin("GET", &format!("/admin/v1{path}"), None);
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

fn call(world: &World, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    world.admin(method, &format!("/admin/v1{path}"), body)
}

/// Status, and the parameter that the answer blames.
fn refused(world: &World, method: &str, path: &str, body: &Value) -> (u16, String, String) {
    let (status, answer) = call(world, method, path, Some(body));
    let word = |key: &str| answer[key].as_str().unwrap_or_else(|| panic!("{path}: {answer}")).to_owned();
    (status, word("parameter"), word("error"))
}

/// An APNs certificate as its owner has it: `.p12`, password and bundle id.
fn p12(world: &World, password: &str) -> Value {
    let apns = world.apns_double();
    json!({
        "credential": {
            "vendor": "apns", "bundle_id": BUNDLE_ID, "environments": ["sandbox"], "certificate_file": "push.p12",
            "certificate_password": password, "endpoint": apns.url(), "root_certificates": "roots.pem"
        },
        "files": {
            "push.p12": STANDARD.encode(apns.client_certificate_p12("hunter2")),
            "roots.pem": STANDARD.encode(apns.root_certificate_pem())
        }
    })
}

/// The same with Apple's signing key.
fn p8(world: &World) -> Value {
    let apns = world.apns_double();
    json!({
        "credential": {
            "vendor": "apns", "app_id": APP_ID, "bundle_id": BUNDLE_ID, "environments": ["sandbox"],
            "key_file": "key.p8", "key_id": apns.key_id(), "team_id": apns.team_id(), "endpoint": apns.url(),
            "root_certificates": "roots.pem"
        },
        "files": {
            "key.p8": STANDARD.encode(apns.p8_key_pem()),
            "roots.pem": STANDARD.encode(apns.root_certificate_pem())
        }
    })
}

fn changed(upload: &Value, pointer: &str, value: Value) -> Value {
    let mut upload = upload.clone();
    *upload.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    upload
}

#[test]
fn nobody_calls_without_the_token_or_from_a_page_of_another_site() {
    let world = bare();
    let path = "/admin/v1/apps";
    for headers in [vec![], vec![("Authorization", "Bearer ")], vec![("Cookie", "token=admin-of-the-tests")]]
    {
        let answer = world.http("GET", path, &headers, None);
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")), "{headers:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    for (name, value) in
        [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")]
    {
        for (method, path) in [("GET", path), ("POST", "/admin/v1/push/debug")] {
            let answer = world.http(method, path, &[("Authorization", BEARER), (name, value)], None);
            assert_eq!(answer.status, 403, "{method} with {name}: {value}");
        }
    }
    let own = format!("http://{}", world.server().addr());
    let answer = world.http("GET", path, &[("Authorization", BEARER), ("Origin", &own)], None);
    assert_eq!((answer.status, &answer.json["apps"]), (200, &json!([{ "app_id": APP_ID }])));
    assert_eq!(refused(&world, "GET", "/nothing", &Value::Null).0, 404);
    assert_eq!(refused(&world, "GET", "/users?app_id=77", &Value::Null).1, "app_id");
}

#[test]
fn guessing_the_token_shuts_the_guesser_out_for_a_minute() {
    let clock = Arc::new(ManualClock::new(now_ms()));
    let world = World::with_clock(Settings::default(), Arc::clone(&clock) as _);
    let with = |token: &str| {
        world.http("GET", "/admin/v1/apps", &[("Authorization", &format!("Bearer {token}"))], None)
    };
    for guess in 0..10 {
        assert_eq!(with(&format!("guess-{guess}")).status, 401);
    }
    clock.advance(Duration::from_secs(15));
    let shut_out = with(ADMIN_TOKEN);
    assert_eq!((shut_out.status, shut_out.header("retry-after")), (429, Some("45")));
    clock.advance(Duration::from_secs(45));
    assert_eq!(with(ADMIN_TOKEN).status, 200);
}

// covers: A-05, D-01
#[test]
fn a_push_without_certificate_says_so_and_one_after_the_upload_arrives() {
    let mut world = bare();
    let alice = world.online("alice");
    let bob = world.offline("bob", Kind::Iphone);
    let send = |words: &str| alice.send(text(words), "bob", Some(alert("alice", words)));
    send("one");
    let row = world.until_logged("bob", "misconfigured");
    assert!(row.detail.starts_with("no credential for vendor Apns"), "{}", row.detail);

    let (status, added) = call(&world, "POST", "/certificates", Some(&p12(&world, "hunter2")));
    assert_eq!((status, &added["kind"], &added["source"]), (201, &json!("certificate"), &json!("uploaded")));
    assert!(added["expires_at"].as_i64().is_some_and(|at| at > now_ms()), "{added}");
    assert_eq!(added["identity"]["subject"], format!("Apple Push Services: {BUNDLE_ID}"));
    assert!(added["identity"]["serial"].as_str().is_some_and(|serial| serial.contains(':')), "{added}");
    send("two");
    let pushes = world.apns(1);
    assert_eq!(pushes[0].body["aps"]["alert"]["body"], "two");
    assert_eq!(pushes[0].path, format!("/3/device/{}", bob.vendor_token()));
    assert_eq!(pushes[0].header("authorization"), None, "the certificate itself is the proof");
    world.until_logged("bob", "delivered");

    // A key for the same devices takes its place, also while the server is down.
    let (status, key) = call(&world, "POST", "/certificates", Some(&p8(&world)));
    assert_eq!((status, &key["kind"]), (201, &json!("key")));
    let apns = world.apns_double();
    assert_eq!(key["identity"], json!({ "key_id": apns.key_id(), "team_id": apns.team_id() }));
    assert_ne!(key["id"], added["id"]);
    let listed = || get(&world, "/certificates")["certificates"].clone();
    assert_eq!(listed(), json!([key]));
    for secret in ["hunter2", "PRIVATE"] {
        assert!(!listed().to_string().contains(secret));
    }
    send("three");
    assert_eq!(world.apns(2)[1].body["aps"]["alert"]["body"], "three");
    drop((alice, bob));
    world.stop();
    for file in std::fs::read_dir(world.folder().join("data")).expect("the data folder") {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a file");
        let holds = |secret: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
        assert!(!holds(b"PRIVATE KEY") && !holds(b"hunter2"), "a secret lies readable");
    }
    world.start_again();
    assert_eq!(get(&world, "/certificates")["certificates"], json!([key]));
    let alice = world.online("alice");
    alice.send(text("four"), "bob", Some(alert("alice", "four")));
    assert_eq!(world.apns(3)[2].body["aps"]["alert"]["body"], "four");

    let id = key["id"].as_str().expect("an id");
    assert_eq!(call(&world, "DELETE", &format!("/certificates/{id}"), None).0, 204);
    assert_eq!(refused(&world, "DELETE", &format!("/certificates/{id}"), &Value::Null).1, "id");
    assert_eq!(get(&world, "/certificates")["certificates"], json!([]));
    alice.send(text("five"), "bob", Some(alert("alice", "five")));
    until("the second refusal", || {
        let rows = world.push_log("bob");
        (rows.iter().filter(|row| row.outcome == "misconfigured").count() == 2).then_some(())
    });
    assert_eq!(world.apns(3).len(), 3);
}

#[test]
fn uploads_of_one_key_show_apple_one_token() {
    let world = bare();
    let alice = world.online("alice");
    let _bob = world.offline("bob", Kind::Iphone);
    let upload = p8(&world);
    // The second one serves alerts only, so that it stands beside the first, and goes before it.
    let mut second = upload.clone();
    second["credential"]["pushes"] = json!(["alert"]);
    for (number, upload) in [upload, second].iter().enumerate() {
        assert_eq!(call(&world, "POST", "/certificates", Some(upload)).0, 201);
        assert_eq!(get(&world, "/certificates")["certificates"].as_array().map(Vec::len), Some(number + 1));
        alice.send(text("hello"), "bob", Some(alert("alice", "hello")));
        assert_eq!(world.apns(number + 1).len(), number + 1);
    }
    let pushes = world.apns(2);
    let shown = |number: usize| pushes[number].header("authorization").map(str::to_owned);
    assert!(shown(0).is_some());
    // A signature holds chance: two tokens of one key are never equal.
    assert_eq!(shown(0), shown(1));
}

#[test]
fn an_upload_that_cannot_be_used_is_refused_with_its_file_and_fault() {
    let world = bare();
    let good = p12(&world, "hunter2");
    let junk = json!(STANDARD.encode("junk"));
    for (upload, parameter, fault) in [
        (
            p12(&world, "wrong"),
            "credential.certificate_file",
            "push.p12: not a .p12 file, or certificate_password is wrong",
        ),
        (
            changed(&good, "/files/push.p12", junk.clone()),
            "credential.certificate_file",
            "push.p12: not a .p12 file",
        ),
        (
            changed(&p8(&world), "/files/key.p8", junk.clone()),
            "credential.key_file",
            "key.p8: not an EC private key",
        ),
        (changed(&good, "/files/roots.pem", junk), "credential.root_certificates", "roots.pem: "),
        (
            changed(&p8(&world), "/credential/key_id", json!("SHORT")),
            "credential.key_id",
            "is not 10 letters",
        ),
        (
            changed(&good, "/credential/endpoint", json!("http://x")),
            "credential.endpoint",
            "want https://host",
        ),
        (changed(&good, "/files/push.p12", json!("*")), "files", "push.p12: is not Base64"),
        (
            changed(&good, "/files", json!({})),
            "credential.certificate_file",
            "push.p12: is not among the files",
        ),
        (
            changed(&good, "/credential/certificate_file", json!("/etc/hostname")),
            "credential.certificate_file",
            "not among the files",
        ),
        (changed(&good, "/credential/vendor", json!("acme")), "credential", "acme"),
        (changed(&good, "/credential/bundle_id", json!("")), "credential.bundle_id", "bundle_id is empty"),
        (
            changed(&good, "/credential/environments", Value::Null),
            "credential.environments",
            "made for one environment",
        ),
        (json!({ "credential": [] }), "credential", ""),
        (json!({ "files": {} }), "", "credential"),
    ] {
        let (status, blamed, error) = refused(&world, "POST", "/certificates", &upload);
        assert_eq!((status, blamed.as_str()), (400, parameter), "{error}");
        assert!(error.contains(fault) && !error.contains("hunter2"), "{error}");
    }
    let elsewhere = changed(&p8(&world), "/credential/app_id", json!(77));
    assert_eq!(refused(&world, "POST", "/certificates", &elsewhere).0, 404);
    let huge = changed(&good, "/files/push.p12", json!("A".repeat(2 << 20)));
    assert_eq!(
        world.http("POST", "/admin/v1/certificates", &[("Authorization", BEARER)], Some(&huge)).status,
        413
    );
    assert_eq!(get(&world, "/certificates")["certificates"], json!([]));
}

#[test]
fn a_certificate_that_cannot_be_opened_any_more_is_shown_with_the_reason() {
    let mut world = bare();
    assert_eq!(call(&world, "POST", "/certificates", Some(&p12(&world, "hunter2"))).0, 201);
    world.stop();
    let credentials = world.folder().join("data/credentials.toml");
    let kept = std::fs::read_to_string(&credentials).expect("the file with the key");
    let key = kept.lines().find(|line| line.starts_with("secrets_key")).expect("the key");
    let other = format!("secrets_key = \"{}\"", "5a".repeat(32));
    std::fs::write(&credentials, kept.replace(key, &other)).expect("our file");
    world.start_again();
    let listed = get(&world, "/certificates")["certificates"][0].clone();
    assert!(listed["error"].as_str().is_some_and(|error| error.contains("secrets_key")), "{listed}");
    assert_eq!(get(&world, "/overview")["credentials"], json!([]));
    // The same upload again heals it.
    let (status, healed) = call(&world, "POST", "/certificates", Some(&p12(&world, "hunter2")));
    assert_eq!((status, &healed["error"]), (201, &Value::Null));
    assert_eq!(get(&world, "/certificates")["certificates"], json!([healed]));
}

#[test]
fn certificates_of_the_configuration_are_shown_and_stay() {
    let world = World::start();
    let listed = get(&world, "/certificates")["certificates"].clone();
    let listed = listed.as_array().expect("a list");
    let kinds: Vec<_> = listed.iter().map(|one| (one["vendor"].clone(), one["kind"].clone())).collect();
    assert!(kinds.contains(&(json!("apns"), json!("key"))), "{kinds:?}");
    assert!(kinds.contains(&(json!("fcm"), json!("service_account"))), "{kinds:?}");
    assert!(kinds.contains(&(json!("oppo"), json!("secret"))), "{kinds:?}");
    for one in listed {
        assert!(one["identity"].as_object().is_some_and(|facts| !facts.is_empty()), "{one}");
        assert_eq!((&one["source"], &one["app_id"]), (&json!("config"), &json!(APP_ID)));
        let path = format!("/certificates/{}", one["id"].as_str().expect("an id"));
        let (status, parameter, _) = refused(&world, "DELETE", &path, &Value::Null);
        assert_eq!((status, parameter.as_str()), (409, "id"));
    }
}

#[test]
fn a_strategy_counts_from_the_push_after_it_was_made() {
    let mut world = World::start();
    let alice = world.online("alice");
    let bob = world.offline("bob", Kind::Iphone);
    let mut push = alert("alice", "hello");
    push.resources_id = "ding".into();
    alice.send(text("hello"), "bob", Some(push.clone()));
    world.until_logged("bob", "strategy_warning");
    let ding = json!({ "apple": { "sound": "ding.caf" }, "vivo": { "category": "IM" } });
    let (status, put) = call(&world, "PUT", "/strategies/ding", Some(&ding));
    assert_eq!((status, &put["source"]), (200, &json!("uploaded")), "{put}");
    assert_eq!(put["strategy"]["apple"]["sound"], "ding.caf");
    assert_eq!(put["strategy"].as_object().map(serde_json::Map::len), Some(2), "nothing but what was given");
    alice.send(text("hello"), "bob", Some(push));
    let pushes = world.apns(2);
    assert_eq!(pushes[1].body["aps"]["sound"], "ding.caf");
    assert_ne!(pushes[0].body["aps"]["sound"], "ding.caf");
    drop((alice, bob));
    world.stop();
    world.start_again();
    let names = |world: &World| -> Vec<String> {
        let strategies = get(world, "/strategies")["strategies"].clone();
        strategies.as_array().expect("a list").iter().map(|one| one["resources_id"].to_string()).collect()
    };
    assert_eq!(names(&world), ["\"calls\"", "\"ding\"", "\"loud\"", "\"quiet\""]);
    assert_eq!(call(&world, "DELETE", "/strategies/ding", None).0, 204);
    assert_eq!(names(&world).len(), 3);
}

#[test]
fn a_strategy_that_does_not_do_is_refused_by_parameter() {
    let world = World::start();
    let empty = json!({});
    for (name, strategy, status, parameter) in [
        ("x".repeat(33), empty.clone(), 400, "resources_id"),
        ("%C3%BC".into(), empty.clone(), 400, "resources_id"),
        ("loud".into(), empty.clone(), 409, "resources_id"),
        ("s".into(), json!({ "apple": { "push_type": "silent", "sound": "x" } }), 400, "apple.sound"),
        ("s".into(), json!({ "vivo": { "push_mode": 2 } }), 400, "vivo.push_mode"),
        ("s".into(), json!({ "harmonyos": { "click_type": 1 } }), 400, "harmonyos.uri"),
        ("s".into(), json!({ "apple": { "sounds": "x" } }), 400, "strategy"),
        ("s".into(), json!([]), 400, "strategy"),
    ] {
        let (found, blamed, error) = refused(&world, "PUT", &format!("/strategies/{name}"), &strategy);
        assert_eq!((found, blamed.as_str()), (status, parameter), "{name}: {error}");
    }
    for number in 0..7 {
        assert_eq!(call(&world, "PUT", &format!("/strategies/s{number}"), Some(&empty)).0, 200);
    }
    assert_eq!(refused(&world, "PUT", "/strategies/eleventh", &empty).0, 409);
    assert_eq!(call(&world, "PUT", "/strategies/s1", Some(&empty)).0, 200, "replacing is not adding");
    assert_eq!(refused(&world, "DELETE", "/strategies/none", &empty).0, 404);
    assert_eq!(refused(&world, "DELETE", "/strategies/loud", &empty).0, 409);
}

#[test]
fn a_preview_is_what_each_vendor_would_get() {
    let world = World::start();
    let ask = |body: Value| {
        let (status, answer) = call(&world, "POST", "/strategies/preview", Some(&body));
        assert_eq!(status, 200, "{answer}");
        answer["requests"].as_array().expect("a list").clone()
    };
    let of = |requests: &[Value], vendor: &str| {
        let found = requests.iter().find(|request| request["vendor"] == vendor);
        found.unwrap_or_else(|| panic!("no {vendor} in {requests:?}")).clone()
    };
    let body = |request: &Value| -> Value {
        serde_json::from_str(request["body"].as_str().expect("text")).expect("JSON")
    };
    let plain = ask(json!({ "title": "Hi", "content": "there", "payload": "{}" }));
    assert_eq!(plain.len(), 8, "one for each vendor: {plain:?}");
    assert!(plain.iter().all(|request| request.get("error").is_none()), "{plain:?}");
    let apns = of(&plain, "apns");
    assert_eq!(apns["headers"]["apns-push-type"], "alert");
    assert_eq!(body(&apns)["aps"]["alert"], json!({ "title": "Hi", "body": "there" }));
    let quiet = ask(json!({ "resources_id": "quiet", "content": "x" }));
    assert_eq!(of(&quiet, "apns")["headers"]["apns-push-type"], "background");
    assert_eq!(of(&quiet, "fcm")["error"], Value::Null);
    let calls = json!({ "apple": { "push_type": "voip" } });
    let calls = ask(json!({ "strategy": calls, "kind": "call", "title": "Bob" }));
    assert_eq!(of(&calls, "apns")["headers"]["apns-push-type"], "voip");
    assert!(!ask(json!({ "kind": "badge", "badge": 3 })).is_empty());
    for (body, parameter) in [
        (json!({ "resources_id": "none", "content": "x" }), "resources_id"),
        (json!({ "strategy": { "vivo": { "push_mode": 2 } } }), "vivo.push_mode"),
        (json!({ "strategy": {}, "resources_id": "quiet" }), "resources_id"),
        (json!({ "payload": "x".repeat(5_000) }), "payload"),
    ] {
        assert_eq!(refused(&world, "POST", "/strategies/preview", &body).1, parameter, "{body}");
    }
    assert!(world.apns_double().requests().is_empty());
}

#[test]
fn users_are_searched_and_a_token_is_shown_once_with_a_trace() {
    let world = World::start();
    let _alice = world.online("alice");
    let bob = world.offline("bob", Kind::Android);
    let found = get(&world, "/users?search=al");
    assert_eq!(found["users"][0]["user_id"], "alice");
    assert_eq!(
        (&found["users"][0]["online"], found["users"].as_array().map(Vec::len)),
        (&json!(true), Some(1))
    );
    let first = get(&world, "/users?limit=1");
    assert_eq!(first["next_after"], "alice");
    assert_eq!(get(&world, "/users?after=alice")["users"][0]["user_id"], "bob");
    assert_eq!(refused(&world, "GET", "/users?limit=0", &Value::Null).1, "limit");

    let user = get(&world, "/users/bob");
    assert_eq!((&user["online"], &user["has_logged_in"]), (&json!(false), &json!(true)));
    assert_eq!(
        (&user["devices"][0]["online"], &user["devices"][0]["logged_in"]),
        (&json!(false), &json!(true))
    );
    let push_id = world.bound("bob").remove(0);
    assert_eq!(user["push_ids"][0]["push_id"], push_id.as_str());
    let path = format!("/push-ids/{push_id}");
    let one = get(&world, &path);
    assert_eq!((&one["user_id"], &one["vendor"]), (&json!("bob"), &json!("fcm")));
    assert!(![&user, &one].iter().any(|answer| answer.to_string().contains(&bob.vendor_token())));
    let (status, revealed) = call(&world, "POST", &format!("{path}/reveal"), None);
    assert_eq!((status, revealed["token"].as_str()), (200, Some(bob.vendor_token().as_str())));
    let row = world.until_logged("bob", "revealed");
    assert_eq!(row.push_id, push_id);
    assert!(!row.detail.contains(&bob.vendor_token()));
    let unknown = format!("/push-ids/z1.{}", "A".repeat(43));
    assert_eq!(refused(&world, "GET", &unknown, &Value::Null).0, 404);
    assert_eq!(refused(&world, "GET", "/users/nobody", &Value::Null).1, "user_id");
}

//
#[test]
fn the_log_tells_each_step_and_the_exchange_without_anybodys_words() {
    let world = World::start();
    let alice = world.online("alice");
    let bob = world.offline("bob", Kind::Android);
    alice.send(text("the text"), "bob", Some(alert("the title", "the content")));
    world.until_logged("bob", "delivered");
    let rows = get(&world, "/push/log?user_id=bob")["rows"].clone();
    let rows = rows.as_array().expect("a list");
    let steps: Vec<_> = rows.iter().rev().map(|row| (&row["stage"], &row["outcome"])).collect();
    assert_eq!(steps, [(&json!("decision"), &json!("queued")), (&json!("vendor"), &json!("delivered"))]);
    assert!(
        rows.iter().all(|row| row["vendor"] == "fcm" && row["push_id"] == world.bound("bob")[0].as_str())
    );
    assert_eq!((&rows[0]["has_exchange"], &rows[1]["has_exchange"]), (&json!(true), &json!(false)));
    assert_eq!(rows[0]["request_id"], rows[1]["request_id"]);

    let full = get(&world, &format!("/push/log/{}", rows[0]["id"]));
    let exchange = &full["exchange"];
    assert_eq!((&full["outcome"], &exchange["status"]), (&json!("delivered"), &json!(200)));
    let body: Value =
        serde_json::from_str(exchange["request_body"].as_str().expect("text")).expect("the request is JSON");
    assert_eq!(body["message"]["notification"], json!({ "title": "‹title›", "body": "‹content›" }));
    for secret in ["the title", "the content", &bob.vendor_token()] {
        assert!(!full.to_string().contains(secret), "{secret:?} is in {full}");
    }

    let count = |filter: &str| get(&world, &format!("/push/log?{filter}"))["rows"].as_array().map(Vec::len);
    let time = rows[0]["time"].as_i64().expect("a time");
    assert_eq!(count("vendor=fcm&stage=vendor&outcome=delivered"), Some(1));
    assert_eq!(count("vendor=apns"), Some(0));
    assert_eq!(count(&format!("since={}", time + 1)), Some(0));
    assert_eq!(count(&format!("until={}&since=0", time + 1)), Some(2));
    let page = get(&world, "/push/log?limit=1");
    assert_eq!(count(&format!("before={}", page["next_before"])), Some(1));
    assert_eq!(refused(&world, "GET", "/push/log?limit=1001", &Value::Null).1, "limit");
    assert_eq!(refused(&world, "GET", "/push/log/999999", &Value::Null).1, "id");
    assert_eq!(refused(&world, "GET", "/push/log?colour=red", &Value::Null).0, 400);
}

#[test]
fn the_overview_counts_and_tells_minute_by_minute() {
    let clock = Arc::new(ManualClock::new(now_ms() / 60_000 * 60_000));
    let world = World::with_clock(Settings::default(), Arc::clone(&clock) as _);
    let alice = world.online("alice");
    let _bob = world.offline("bob", Kind::Android);
    alice.send(text("hello"), "bob", Some(alert("alice", "hello")));
    world.until_logged("bob", "delivered");
    let overview = get(&world, "/overview");
    assert_eq!((&overview["users"], &overview["push_ids"]), (&json!(2), &json!(1)));
    assert_eq!((&overview["user_sessions"], &overview["queued_pushes"]), (&json!(1), &json!(0)));
    let credentials = overview["credentials"].as_array().expect("a list");
    let fcm = credentials.iter().find(|one| one["vendor"] == "fcm").expect("the credential of FCM");
    assert_eq!(fcm["answers"], json!({ "delivered": 1 }));
    let expected = json!({ "time": overview["now"], "connections": 1, "messages": 1, "calls": 0,
                           "pushes": { "fcm": { "delivered": 1 } } });
    assert_eq!(overview["points"], json!([expected]));

    clock.advance(Duration::from_secs(60));
    let points = until("the next minute", || {
        let points = get(&world, "/overview")["points"].clone();
        (points.as_array().map(Vec::len) == Some(2)).then_some(points)
    });
    // Not the connections: a minute at a jump is longer than a client may be silent.
    for count in ["time", "messages", "calls", "pushes"] {
        assert_eq!(points[0][count], expected[count], "{count}");
    }
    assert_eq!((&points[1]["messages"], &points[1]["pushes"]), (&json!(0), &json!({})));
    assert_eq!(get(&world, "/overview?minutes=1")["points"].as_array().map(Vec::len), Some(1));
    assert_eq!(refused(&world, "GET", "/overview?minutes=1441", &Value::Null).1, "minutes");
}

#[test]
fn the_minutes_go_on_after_a_restart() {
    // Long enough ago for whole minutes between the two runs.
    let clock = Arc::new(ManualClock::new(now_ms() / 60_000 * 60_000 - 240_000));
    let mut world = World::with_clock(Settings::default(), Arc::clone(&clock) as _);
    let alice = world.online("alice");
    let bob = world.offline("bob", Kind::Android);
    alice.send(text("hello"), "bob", Some(alert("alice", "hello")));
    world.until_logged("bob", "delivered");
    clock.advance(Duration::from_secs(60));
    let points = |world: &World| get(world, "/overview")["points"].as_array().expect("a list").clone();
    let over = until("the next minute", || {
        let points = points(&world);
        (points.len() == 2).then(|| points[0].clone())
    });
    assert_eq!((&over["messages"], &over["pushes"]), (&json!(1), &json!({ "fcm": { "delivered": 1 } })));
    alice.send(text("again"), "bob", Some(alert("alice", "again")));
    until("the second push", || (points(&world)[1]["pushes"]["fcm"]["delivered"] == 1).then_some(()));
    drop((alice, bob));
    world.stop();
    world.start_again();
    let after = points(&world);
    // The minute that was over, the one under way at the stop, those without a server, and the one now.
    assert_eq!(after[0], over);
    assert_eq!((&after[1]["messages"], &after[1]["pushes"]), (&json!(1), &over["pushes"]));
    assert!(after.len() >= 4, "{after:?}");
    for pair in after.windows(2) {
        let times = [&pair[0], &pair[1]].map(|point| point["time"].as_i64().expect("a time"));
        assert_eq!(times[1] - times[0], 60_000, "no gap, none twice");
    }
    for point in &after[2..] {
        assert_eq!((&point["messages"], &point["pushes"]), (&json!(0), &json!({})), "{point}");
    }
}

#[test]
fn a_debug_push_keeps_the_limits_of_a_sender() {
    let world = World::start();
    let _bob = world.offline("bob", Kind::Iphone);
    let ask = |body: Value| refused(&world, "POST", "/push/debug", &body);
    let push_id = world.bound("bob").remove(0);
    assert_eq!(ask(json!({ "push_id": push_id, "content": "" })).1, "content");
    assert_eq!(ask(json!({ "push_id": push_id, "content": "x", "payload": "x".repeat(5_000) })).1, "payload");
    assert_eq!(ask(json!({ "push_id": "z1.nonsense", "content": "x" })).1, "push_id");
    assert_eq!(ask(json!({ "content": "x" })).0, 400);
    let body = json!({ "push_id": push_id, "content": "x", "resources_id": "none" });
    let (status, answer) = call(&world, "POST", "/push/debug", Some(&body));
    assert_eq!((status, &answer["delivered"]), (200, &json!(true)), "{answer}");
    assert_eq!(answer["stages"][1]["outcome"], "strategy_warning");
    assert_eq!(world.apns(1)[0].body["aps"]["alert"]["body"], "x");
    let row = get(&world, "/push/log?subject=debug&stage=vendor")["rows"][0].clone();
    assert_eq!((&row["vendor"], &row["has_exchange"]), (&json!("apns"), &json!(true)));
}
