//! A server in a temporary folder and a bare client for it.

use crate::auth::token04;
use crate::clock::ManualClock;
use crate::config::{AppConfig, Config, MultiDevice};
use crate::{Running, Server};
use futures_util::{SinkExt as _, StreamExt as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use zim_proto::frame;
use zim_proto::v1::frame::Body;
use zim_proto::v1::request::Op;
pub(super) use zim_proto::v1::response::Result as Outcome;
use zim_proto::v1::{
    self, ClientHello, Event, Goodbye, GoodbyeReason, Request, ServerHello, UserSession, Welcome,
    client_hello::Session,
};

pub(super) const NOW: i64 = 1_700_000_000_000;
pub(super) const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// Nothing in these tests takes so long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server whose time stands still unless told otherwise.
pub(super) struct World {
    pub(super) running: Running,
    pub(super) clock: Arc<ManualClock>,
    pub(super) folder: tempfile::TempDir,
}

pub(super) fn config(folder: &std::path::Path) -> Config {
    let app = AppConfig {
        id: 1,
        server_secret: SECRET.into(),
        app_sign: "5a".repeat(32),
        multi_device: MultiDevice::Multi,
        ..AppConfig::default()
    };
    let apps = vec![app];
    let listen = "127.0.0.1:0".parse().unwrap();
    Config { listen, data_dir: folder.join("data"), apps, ..Config::default() }
}

impl World {
    pub(super) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        change(&mut config);
        let clock = Arc::new(ManualClock::new(NOW));
        let running = Server::start_with_clock(config, Arc::clone(&clock) as Arc<_>).await.unwrap();
        Self { running, clock, folder }
    }

    pub(super) async fn connect(&self) -> Client {
        let (socket, _) = connect_async(self.running.url()).await.unwrap();
        Client::greet(socket).await
    }

    /// Logs a user in by token on a device.
    pub(super) async fn login(&self, user_id: &str, device: u8) -> (Client, Welcome) {
        let mut client = self.connect().await;
        let welcome = client.login(hello(user_id, device, 600)).await;
        assert_eq!(welcome.error, None);
        (client, welcome)
    }

    /// Waits until a value of `/metrics` is what it should be.
    pub(super) async fn metric(&self, line: &str) {
        let reached = async {
            while !self.running.metrics().lines().any(|found| found == line) {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE, reached).await.is_err() {
            panic!("{line} was not reached:\n{}", self.running.metrics());
        }
    }
}

pub(super) fn device_id(device: u8) -> String {
    format!("{device:032x}")
}

/// A hello with a token for so many seconds.
pub(super) fn hello(user_id: &str, device: u8, seconds: i64) -> ClientHello {
    ClientHello {
        protocol: 1,
        app_id: 1,
        device_id: device_id(device),
        platform: 3,
        sdk_version: "test".into(),
        token: token04::generate(1, user_id, SECRET, seconds, NOW).unwrap(),
        session: Some(Session::User(UserSession { user_id: user_id.into(), ..UserSession::default() })),
        ..ClientHello::default()
    }
}

pub(super) struct Client<S = MaybeTlsStream<TcpStream>> {
    socket: WebSocketStream<S>,
    pub(super) hello: ServerHello,
    next_id: u64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Takes the server's hello.
    pub(super) async fn greet(socket: WebSocketStream<S>) -> Self {
        let mut client = Self { socket, hello: ServerHello::default(), next_id: 0 };
        let Body::ServerHello(hello) = client.receive().await else { panic!("no server hello") };
        client.hello = hello;
        client
    }

    pub(super) async fn send(&mut self, body: Body) {
        self.send_raw(Message::Binary(frame::encode(body))).await;
    }

    pub(super) async fn send_raw(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    pub(super) async fn receive(&mut self) -> Body {
        self.try_receive().await.expect("the server closed the connection")
    }

    /// `None` = closed.
    pub(super) async fn try_receive(&mut self) -> Option<Body> {
        loop {
            let next =
                tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("nothing was received");
            match next?.ok()? {
                Message::Binary(bytes) => {
                    return Some(frame::decode(bytes, usize::MAX).unwrap().expect("a known frame"));
                }
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    pub(super) async fn login(&mut self, hello: ClientHello) -> Welcome {
        self.send(Body::ClientHello(hello)).await;
        match self.receive().await {
            Body::Welcome(welcome) => welcome,
            other => panic!("no welcome but {other:?}"),
        }
    }

    /// Reads until the goodbye and the end behind it.
    pub(super) async fn goodbye(&mut self) -> Goodbye {
        loop {
            if let Body::Goodbye(goodbye) = self.receive().await {
                assert!(self.try_receive().await.is_none(), "a goodbye is the last frame");
                return goodbye;
            }
        }
    }

    pub(super) async fn assert_goodbye(&mut self, reason: GoodbyeReason) {
        assert_eq!(self.goodbye().await.reason(), reason);
    }

    /// Sends a request without waiting for its answer.
    pub(super) async fn ask(&mut self, op: Op) -> u64 {
        self.next_id += 1;
        self.send(Body::Request(Request { id: self.next_id, op: Some(op) })).await;
        self.next_id
    }

    /// The next answer, skipping events.
    pub(super) async fn answer(&mut self) -> (u64, Outcome) {
        loop {
            if let Body::Response(response) = self.receive().await {
                return (response.id, response.result.expect("an answer has a result"));
            }
        }
    }

    pub(super) async fn call(&mut self, op: Op) -> Outcome {
        let id = self.ask(op).await;
        let (answered, outcome) = self.answer().await;
        assert_eq!(answered, id);
        outcome
    }

    /// The next `count` inbox events with their sequences.
    pub(super) async fn events(&mut self, count: usize) -> Vec<(u64, Event)> {
        let mut events = Vec::new();
        while events.len() < count {
            if let Body::Events(batch) = self.receive().await {
                events.extend((batch.first_seq..).zip(batch.events));
            }
        }
        events
    }
}

pub(super) fn text(to: &str, body: &str, local_id: u64) -> Op {
    let message = v1::Message {
        r#type: 1,
        local_message_id: local_id,
        conversation_id: to.into(),
        body: body.as_bytes().to_vec().into(),
        priority: 1,
        ..v1::Message::default()
    };
    Op::SendMessage(v1::SendMessage { message: Some(message), ..v1::SendMessage::default() })
}

pub(super) fn error_code(outcome: &Outcome) -> u32 {
    match outcome {
        Outcome::Error(error) => error.code,
        _ => 0,
    }
}
