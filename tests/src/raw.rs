//! A bare WebSocket that speaks frames: for what no honest client sends.

use crate::settings::APP_ID;
use crate::site::{Service, token};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use zim_proto::frame;
use zim_proto::v1::client_hello::Session;
use zim_proto::v1::frame::Body;
use zim_proto::v1::request::Op;
use zim_proto::v1::response::Result as Outcome;
use zim_proto::v1::{self, ClientHello, Goodbye, Request, ServerHello, UserSession, Welcome};

/// A connection that got the server's hello and sent nothing yet.
pub struct Raw {
    runtime: tokio::runtime::Runtime,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The server's hello.
    pub hello: ServerHello,
    next_id: u64,
}

impl Raw {
    /// Connects (plain `ws://`).
    ///
    /// # Panics
    /// When the server does not greet.
    #[must_use]
    pub fn connect(service: &Service) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("the system has descriptors");
        let (socket, _) = runtime.block_on(connect_async(&service.url)).expect("the server listens");
        let mut raw = Self { runtime, socket, hello: ServerHello::default(), next_id: 0 };
        match raw.receive() {
            Some(Body::ServerHello(hello)) => raw.hello = hello,
            other => panic!("no server hello but {other:?}"),
        }
        raw
    }

    /// Sends a frame.
    pub fn send(&mut self, body: Body) {
        self.send_message(Message::Binary(frame::encode(body)));
    }

    /// Sends bytes as one binary message. A connection that ended meanwhile is not told here.
    pub fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.send_message(Message::Binary(bytes.into()));
    }

    /// Sends a text message, which no client does.
    pub fn send_text(&mut self, text: &str) {
        self.send_message(Message::Text(text.into()));
    }

    fn send_message(&mut self, message: Message) {
        // The end shows when something is received.
        let _ = self.runtime.block_on(self.socket.send(message));
    }

    /// The next frame; `None` = the connection ended.
    ///
    /// # Panics
    /// When nothing comes in time.
    pub fn receive(&mut self) -> Option<Body> {
        let Self { runtime, socket, .. } = self;
        let next = async {
            loop {
                match socket.next().await?.ok()? {
                    Message::Binary(bytes) => {
                        return Some(
                            frame::decode(bytes, usize::MAX).expect("a sound frame").expect("a known frame"),
                        );
                    }
                    Message::Close(_) => return None,
                    _ => {}
                }
            }
        };
        runtime.block_on(async {
            tokio::time::timeout(crate::wait::PATIENCE, next).await.expect("nothing was received")
        })
    }

    /// Logs in by token.
    ///
    /// # Panics
    /// When no welcome comes.
    pub fn login(&mut self, user_id: &str) -> Welcome {
        self.send(Body::ClientHello(Self::client_hello(user_id)));
        match self.receive() {
            Some(Body::Welcome(welcome)) => welcome,
            other => panic!("no welcome but {other:?}"),
        }
    }

    /// The hello of a user's device, the same device every time.
    #[must_use]
    pub fn client_hello(user_id: &str) -> ClientHello {
        let length = user_id.len();
        ClientHello {
            protocol: 1,
            app_id: APP_ID,
            device_id: format!("{length:032x}"),
            platform: 5,
            sdk_version: "raw".to_owned(),
            token: token(user_id),
            session: Some(Session::User(UserSession {
                user_id: user_id.to_owned(),
                ..UserSession::default()
            })),
            ..ClientHello::default()
        }
    }

    /// Sends a request and waits for its answer; events in between are skipped.
    ///
    /// # Panics
    /// When the connection ends first.
    pub fn call(&mut self, op: Op) -> Outcome {
        self.next_id += 1;
        self.send(Body::Request(Request { id: self.next_id, op: Some(op) }));
        loop {
            match self.receive() {
                Some(Body::Response(response)) if response.id == self.next_id => {
                    return response.result.expect("an answer has a result");
                }
                Some(_) => {}
                None => panic!("the connection ended before the answer"),
            }
        }
    }

    /// Reads until the goodbye, and sees that nothing follows it.
    ///
    /// # Panics
    /// When the connection ends without one.
    pub fn goodbye(&mut self) -> Goodbye {
        loop {
            match self.receive() {
                Some(Body::Goodbye(goodbye)) => {
                    assert!(self.receive().is_none(), "a goodbye is the last frame");
                    return goodbye;
                }
                Some(_) => {}
                None => panic!("the connection ended without a goodbye"),
            }
        }
    }

    /// Says that the connection ends.
    pub fn close(mut self) {
        let Self { runtime, socket, .. } = &mut self;
        // Whether the server was faster does not matter.
        let _ = runtime.block_on(socket.close(None));
    }
}

/// A request that sends a text to a user.
#[must_use]
pub fn text_request(to: &str, text: &str, local_message_id: u64) -> Op {
    let message = v1::Message {
        r#type: 1,
        local_message_id,
        conversation_id: to.to_owned(),
        body: text.as_bytes().to_vec().into(),
        priority: 1,
        ..v1::Message::default()
    };
    Op::SendMessage(v1::SendMessage { message: Some(message), ..v1::SendMessage::default() })
}
