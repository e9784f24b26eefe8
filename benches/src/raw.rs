//! A bare connection to zim-server: frames of the protocol and nothing else. It stands for many devices at once, where
//! a whole client each would measure the clients.

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use zim_proto::v1::{self, frame::Body};
use zim_proto::{auth, frame};

/// Where the server is and how a client proves itself.
#[derive(Debug, Clone)]
pub struct Service {
    /// `ws://…/zim`
    pub url: String,
    /// App.
    pub app_id: u32,
    /// AppSign of it.
    pub app_sign: String,
}

impl Service {
    /// As one line for [`crate::process::announce`].
    #[must_use]
    pub fn to_line(&self) -> String {
        format!("{} {} {}", self.url, self.app_id, self.app_sign)
    }

    /// Reads such a line.
    ///
    /// # Panics
    /// If it is not one.
    #[must_use]
    pub fn from_line(line: &str) -> Self {
        let mut words = line.split(' ').map(str::to_owned);
        let mut next = || words.next().expect("address, app and sign");
        Self { url: next(), app_id: next().parse().expect("a number"), app_sign: next() }
    }
}

/// One bare, logged-in connection.
pub struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Connection {
    /// Connects and logs `user_id` in as a fresh device.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn login(service: &Service, user_id: &str) -> Self {
        Self::log_in(service, user_id, None).await
    }

    /// The same for an iPhone that is registered for pushes.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn login_registered(service: &Service, user_id: &str, push: v1::PushRegistration) -> Self {
        Self::log_in(service, user_id, Some(push)).await
    }

    async fn log_in(service: &Service, user_id: &str, push: Option<v1::PushRegistration>) -> Self {
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096);
        let (socket, _) = tokio_tungstenite::connect_async_with_config(&service.url, Some(config), true)
            .await
            .expect("the server listens");
        let mut connection = Self { socket };
        let Body::ServerHello(hello) = connection.next().await else { panic!("no hello") };
        let key = auth::app_sign_key(&service.app_sign).expect("an AppSign");
        let device_id = format!(
            "{:032x}",
            u128::from_be_bytes(std::array::from_fn(|at| {
                user_id.bytes().cycle().nth(at).unwrap_or(1).wrapping_add(u8::try_from(at).unwrap_or(0))
            }))
        );
        let proof = auth::app_sign_proof(&key, &hello.challenge, service.app_id, user_id, &device_id);
        connection
            .send(Body::ClientHello(v1::ClientHello {
                protocol: zim_proto::PROTOCOL_MAX,
                app_id: service.app_id,
                device_id,
                // iPhone or Linux.
                platform: if push.is_some() { 2 } else { 5 },
                app_sign_proof: Bytes::copy_from_slice(&proof),
                session: Some(v1::client_hello::Session::User(v1::UserSession {
                    user_id: user_id.to_owned(),
                    push,
                    ..v1::UserSession::default()
                })),
                ..v1::ClientHello::default()
            }))
            .await;
        let Body::Welcome(welcome) = connection.next().await else { panic!("no welcome") };
        assert!(welcome.error.is_none(), "login refused: {:?}", welcome.error);
        connection
    }

    /// Ends the connection and waits until the server has, too.
    ///
    /// # Panics
    /// If the link broke.
    pub async fn close(mut self) {
        self.socket.close(None).await.expect("the link holds");
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    /// Sends one frame.
    ///
    /// # Panics
    /// If the link broke.
    pub async fn send(&mut self, body: Body) {
        self.socket.send(Message::Binary(frame::encode(body))).await.expect("the link holds");
    }

    /// The next frame.
    ///
    /// # Panics
    /// If the link broke.
    pub async fn next(&mut self) -> Body {
        loop {
            let message = self.socket.next().await.expect("the link holds").expect("the link holds");
            if let Message::Binary(bytes) = message {
                return frame::decode(bytes, frame::MAX_FRAME_BYTES)
                    .expect("a frame")
                    .expect("a known frame");
            }
        }
    }

    /// Waits for the next batch of inbox events, acknowledges it, and returns how many there were.
    ///
    /// # Panics
    /// If the link broke.
    pub async fn events(&mut self) -> usize {
        loop {
            if let Body::Events(batch) = self.next().await {
                let count = batch.events.len();
                self.send(Body::Ack(v1::Ack { seq: batch.first_seq + count as u64 - 1 })).await;
                return count;
            }
        }
    }
}
