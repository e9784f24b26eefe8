//! A whole client with the memory store, and the floor's client.

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use zim_benches::raw::Service;
use zim_core::model::{ConversationType, LoginConfig, Message, MessageSendConfig};
use zim_core::{Client, ClientConfig};

/// 200 bytes of text, as in every figure.
pub(crate) const TEXT: &str = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

pub(crate) fn config(service: &Service) -> ClientConfig {
    ClientConfig {
        app_id: service.app_id,
        app_sign: service.app_sign.clone(),
        server_url: service.url.clone(),
        ..ClientConfig::default()
    }
}

pub(crate) async fn login(config: ClientConfig, user_id: &str) -> Client {
    let client = Client::new(config).expect("a client");
    client.login(user_id, LoginConfig::default()).await.expect("login");
    client
}

pub(crate) async fn send(client: &Client, to: &str) -> Arc<Message> {
    client
        .send_message(Message::text(TEXT), to, ConversationType::Peer, MessageSendConfig::default())
        .await
        .expect("sent")
}

/// The floor's client: a bare WebSocket.
pub(crate) type Bare = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) async fn bare(address: &str) -> Bare {
    tokio_tungstenite::connect_async_with_config(address, None, true).await.expect("the floor listens").0
}

pub(crate) fn frame(kind: u8) -> Frame {
    let mut bytes = vec![kind];
    bytes.extend_from_slice(TEXT.as_bytes());
    Frame::Binary(bytes.into())
}

pub(crate) async fn ask(socket: &mut Bare, frame: Frame) -> Bytes {
    socket.send(frame).await.expect("the link holds");
    next(socket).await
}

pub(crate) async fn next(socket: &mut Bare) -> Bytes {
    socket.next().await.expect("the link holds").expect("the link holds").into_data()
}
