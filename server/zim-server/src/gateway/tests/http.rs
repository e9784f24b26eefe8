//! Health, metrics and administration over HTTP.

use super::client::{World, hello};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use zim_proto::v1::{PushRegistration, client_hello::Session};

/// One exchange on a connection of its own: status and body.
async fn exchange(world: &World, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(world.running.addr()).await.unwrap();
    let length = body.len();
    let request =
        format!("{head}\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

async fn admin(world: &World, line: &str, body: &str) -> (u16, serde_json::Value) {
    let token = world.running.admin_token();
    let head = format!("{line} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json");
    let (status, body) = exchange(world, &head, body).await;
    (status, serde_json::from_str(&body).unwrap())
}

async fn register(world: &World, user_id: &str) -> String {
    let mut registration = PushRegistration {
        vendor: 1,
        token: "c0ffee".repeat(10),
        bundle_id: "im.example".into(),
        app_type: 1,
        badge: -1,
        environment: 1,
        ..PushRegistration::default()
    };
    registration.push_id = zim_proto::push_id::derive(1, &registration);
    let push_id = registration.push_id.clone();
    let mut hello = hello(user_id, 1, 600);
    if let Some(Session::User(session)) = &mut hello.session {
        session.push = Some(registration);
    }
    let mut client = world.connect().await;
    assert_eq!(client.login(hello).await.error, None);
    push_id
}

#[tokio::test]
async fn health_and_metrics_answer() {
    let world = World::start().await;
    assert_eq!(exchange(&world, "GET /health HTTP/1.1", "").await, (200, "ok\n".to_owned()));
    let (_client, _) = world.login("alice", 1).await;
    let (status, text) = exchange(&world, "GET /metrics HTTP/1.1", "").await;
    assert_eq!(status, 200);
    for line in ["zim_user_sessions 1", "zim_logins_total{method=\"token\",code=\"0\"} 1"] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    assert_eq!(exchange(&world, "GET /nothing HTTP/1.1", "").await.0, 404);
}

#[tokio::test]
async fn administration_needs_its_token() {
    let world = World::start().await;
    for head in [
        "GET /admin/v1/push/log HTTP/1.1",
        "GET /admin/v1/push/log HTTP/1.1\r\nAuthorization: Bearer wrong",
        "GET /admin/v1/push/log HTTP/1.1\r\nAuthorization: Bearer ",
        "GET /admin/v1/push/log HTTP/1.1\r\nCookie: admin=1",
        "POST /admin/v1/push/debug HTTP/1.1",
    ] {
        assert_eq!(exchange(&world, head, "").await.0, 401, "{head}");
    }
    let (status, answer) = admin(&world, "GET /admin/v1/push/log", "").await;
    assert_eq!((status, answer["rows"].as_array().map(Vec::len)), (200, Some(0)));
}

#[tokio::test]
async fn the_apps_are_listed_without_their_secrets() {
    let world = World::start().await;
    let (status, answer) = admin(&world, "GET /admin/v1/apps", "").await;
    let ids: Vec<_> =
        world.running.apps().iter().map(|app| serde_json::json!({ "app_id": app.id })).collect();
    assert_eq!((status, &answer["apps"]), (200, &ids.into()));
    assert_eq!(answer["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn push_ids_of_a_user_are_listed_without_their_tokens() {
    let world = World::start().await;
    let push_id = register(&world, "alice").await;
    let (status, answer) = admin(&world, "GET /admin/v1/users/alice/push-ids", "").await;
    assert_eq!(status, 200);
    let first = &answer["push_ids"][0];
    assert_eq!(
        (&first["push_id"], &first["vendor"], &first["environment"]),
        (&push_id.into(), &"apns".into(), &"sandbox".into())
    );
    assert!(!answer.to_string().contains("c0ffee"));
    assert_eq!(admin(&world, "GET /admin/v1/users/nobody/push-ids", "").await.0, 404);
}

#[tokio::test]
async fn a_debug_push_tells_its_stages_and_leaves_a_trace() {
    let world = World::start().await;
    let push_id = register(&world, "alice").await;
    let debug = |push_id: &str, rest: &str| format!("{{\"push_id\":\"{push_id}\"{rest}}}");
    let post = "POST /admin/v1/push/debug";
    assert_eq!(admin(&world, post, &debug("nonsense", ",\"content\":\"x\"")).await.0, 400);
    assert_eq!(admin(&world, post, &debug(&push_id, ",\"content\":\"\"")).await.0, 400);
    let unknown = format!("z1.{}", "A".repeat(43));
    assert_eq!(admin(&world, post, &debug(&unknown, ",\"content\":\"x\"")).await.0, 404);

    let (status, answer) = admin(&world, post, &debug(&push_id, ",\"content\":\"x\"")).await;
    assert_eq!((status, &answer["delivered"]), (200, &false.into()));
    let stages: Vec<_> = answer["stages"].as_array().unwrap().iter().map(|stage| &stage["name"]).collect();
    assert_eq!(stages, ["registration", "strategy", "credential"], "no credential is configured");
    assert!(answer.get("token").is_none() && !answer.to_string().contains("c0ffee"));
    let body = debug(&push_id, ",\"content\":\"x\",\"reveal_token\":true");
    assert!(admin(&world, post, &body).await.1["token"].as_str().unwrap().starts_with("c0ffee"));

    let (_, log) = admin(&world, "GET /admin/v1/push/log?subject=debug&user_id=alice", "").await;
    let rows = log["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["outcome"], &rows[0]["push_id"]), (&"misconfigured".into(), &push_id.into()));
}
