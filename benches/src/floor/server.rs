//! The floor's server. The first byte of a binary message says what is asked:
//!
//! | Byte | Meaning | Answer |
//! |---|---|---|
//! | `J` | join the group: become a receiver of `F` and `T` | none |
//! | `S` + body | store durably | 8 bytes: row id |
//! | `T` + body | store durably, then forward to the joined connections | 8 bytes to the sender |
//! | `F` + body | the same, counted as one message to a group | 8 bytes to the sender |
//! | `B` + 8 bytes | send all stored messages after this id, 100 per frame, read from SQLite | frames, then an empty one |

use super::writer::{self, Writer};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

struct Shared {
    writer: Writer,
    path: PathBuf,
    joined: Mutex<Vec<UnboundedSender<Message>>>,
}

/// Serves until the process ends. `listening` is called with the address.
///
/// # Errors
/// If the database or the socket cannot be opened.
pub async fn run(path: PathBuf, listening: impl FnOnce(String)) -> Result<(), Box<dyn std::error::Error>> {
    let shared = Arc::new(Shared { writer: Writer::open(&path)?, path, joined: Mutex::new(Vec::new()) });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    listening(format!("ws://{}", listener.local_addr()?));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, Arc::clone(&shared)));
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096);
    let Ok(mut socket) = tokio_tungstenite::accept_async_with_config(stream, Some(config)).await else {
        return;
    };
    let (out, mut waiting) = unbounded_channel::<Message>();
    loop {
        tokio::select! {
            message = waiting.recv() => {
                let Some(message) = message else { return };
                if socket.feed(message).await.is_err() { return; }
                while let Ok(message) = waiting.try_recv() {
                    if socket.feed(message).await.is_err() { return; }
                }
                if socket.flush().await.is_err() { return; }
            }
            message = socket.next() => {
                let Some(Ok(message)) = message else { return };
                if let Message::Binary(bytes) = message { handle(&shared, &out, &bytes); }
            }
        }
    }
}

fn handle(shared: &Arc<Shared>, out: &UnboundedSender<Message>, bytes: &Bytes) {
    let Some((&kind, body)) = bytes.split_first() else { return };
    match kind {
        b'J' => shared.joined.lock().expect("no panic under this lock").push(out.clone()),
        b'S' => {
            let out = out.clone();
            shared.writer.insert(body.to_vec(), Box::new(move |id| answer(&out, id)));
        }
        b'T' | b'F' => {
            let (out, shared, body) = (out.clone(), Arc::clone(shared), bytes.slice(1..));
            let writer = Arc::clone(&shared);
            writer.writer.insert(
                body.to_vec(),
                Box::new(move |id| {
                    let mut joined = shared.joined.lock().expect("no panic under this lock");
                    joined.retain(|joined| joined.send(Message::Binary(body.clone())).is_ok());
                    drop(joined);
                    answer(&out, id);
                }),
            );
        }
        b'B' => {
            let (out, path) = (out.clone(), shared.path.clone());
            let after = i64::from_be_bytes(body.try_into().unwrap_or_default());
            tokio::task::spawn_blocking(move || backlog(&path, after, &out));
        }
        _ => {}
    }
}

fn answer(out: &UnboundedSender<Message>, id: i64) {
    let _ = out.send(Message::Binary(Bytes::copy_from_slice(&id.to_be_bytes())));
}

fn backlog(path: &std::path::Path, mut after: i64, out: &UnboundedSender<Message>) {
    let connection = writer::connect(path).expect("open for reading");
    let mut select = connection
        .prepare("SELECT id, body FROM message WHERE id > ? ORDER BY id LIMIT 100")
        .expect("prepare");
    loop {
        let mut frame = Vec::with_capacity(32 * 1024);
        let mut rows = select.query([after]).expect("query");
        while let Some(row) = rows.next().expect("row") {
            after = row.get(0).expect("id");
            let body = row.get_ref(1).expect("body").as_blob().expect("blob");
            frame.extend_from_slice(&u32::try_from(body.len()).expect("small").to_be_bytes());
            frame.extend_from_slice(body);
        }
        let last = frame.is_empty();
        if out.send(Message::Binary(frame.into())).is_err() || last {
            return;
        }
    }
}
