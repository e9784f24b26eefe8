//! 10,000 messages that arrived while the device was offline: from reconnect to the host's last event.

use crate::client::{self, TEXT};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Instant;
use zim_benches::raw::Service;
use zim_benches::report::{Better, Row};
use zim_core::model::{
    ConversationSyncState, ConversationType, Event, LoginConfig, Message, MessageSendConfig,
};
use zim_core::{Client, ClientConfig, EventHandler, MemoryStores};

const COUNT: usize = 10_000;

/// Tells when the sync that followed the login is over, and how many messages it brought.
struct Sync {
    count: std::sync::atomic::AtomicUsize,
    done: mpsc::Sender<(Instant, usize)>,
}

impl EventHandler for Sync {
    fn on_event(&self, _: &Client, event: Event) {
        match event {
            Event::MessageReceived { messages, .. } => {
                self.count.fetch_add(messages.len(), std::sync::atomic::Ordering::Relaxed);
            }
            Event::ConversationSyncStateChanged { state: ConversationSyncState::Finished } => {
                let count = self.count.load(std::sync::atomic::Ordering::Relaxed);
                let _ = self.done.send((Instant::now(), count));
            }
            _ => {}
        }
    }
}

pub(crate) fn run() -> Vec<Row> {
    let (zim, floor) = (crate::start("zim"), crate::start("floor"));
    let service = Service::from_line(zim.address());
    let mut round = 0;
    let memory = crate::in_turn(
        3,
        || {
            round += 1;
            ours(&service, &format!("memory{round}"), None)
        },
        || bare(floor.address()),
    );
    let sqlite = crate::in_turn(
        3,
        || {
            round += 1;
            let folder = tempfile::tempdir().expect("a temporary folder");
            ours(&service, &format!("sqlite{round}"), Some(folder.path()))
        },
        || 80_000.0,
    );
    vec![
        crate::row("backlog of 10,000, memory store", "/s", memory, Better::Higher, 0.25),
        crate::row("backlog of 10,000, SQLite store (against 80,000/s)", "/s", sqlite, Better::Higher, 1.0),
    ]
}

fn ours(service: &Service, user_id: &str, folder: Option<&Path>) -> f64 {
    let config = ClientConfig {
        cache_path: folder.map(Path::to_path_buf),
        memory: folder.is_none().then(|| Arc::new(MemoryStores::default())),
        ..client::config(service)
    };
    let runtime = crate::runtime();
    runtime.block_on(async {
        // The device is known to the server and in sync, then it is gone without a logout.
        let known = Client::new(config.clone()).expect("a client");
        let (done, in_sync) = mpsc::channel();
        known.set_event_handler(Some(Arc::new(Sync { count: 0.into(), done })));
        known.login(user_id, LoginConfig::default()).await.expect("login");
        in_sync.recv().expect("in sync");
        known.destroy();
        let sender = client::login(client::config(service), &format!("to{user_id}")).await;
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..COUNT {
            let tell = tell.clone();
            sender
                .send_message(
                    Message::text(TEXT),
                    user_id,
                    ConversationType::Peer,
                    MessageSendConfig::default(),
                )
                .then(move |result| {
                    let _ = tell.send(result.map(drop));
                });
        }
        for _ in 0..COUNT {
            told.recv().await.expect("an answer").expect("sent");
        }
    });
    let receiver = Client::new(config).expect("a client");
    let (done, finished) = mpsc::channel();
    receiver.set_event_handler(Some(Arc::new(Sync { count: 0.into(), done })));
    let started = Instant::now();
    runtime.block_on(receiver.login(user_id, LoginConfig::default()).into_future()).expect("login");
    let (end, count) = finished.recv().expect("sync finished");
    assert_eq!(count, COUNT, "every message, once");
    rate(end - started)
}

fn bare(address: &str) -> f64 {
    crate::runtime().block_on(async {
        let mut socket = client::bare(address).await;
        // A sender fills the store, as ours does, then a new connection reads the last 10,000.
        let mut last = 0;
        for _ in 0..COUNT / 100 {
            for _ in 0..100 {
                futures_util::SinkExt::feed(&mut socket, client::frame(b'S')).await.expect("the link holds");
            }
            futures_util::SinkExt::flush(&mut socket).await.expect("the link holds");
            for _ in 0..100 {
                last =
                    i64::from_be_bytes(client::next(&mut socket).await.as_ref().try_into().expect("an id"));
            }
        }
        let started = Instant::now();
        let mut reader = client::bare(address).await;
        let after = last - i64::try_from(COUNT).expect("small");
        let mut ask = vec![b'B'];
        ask.extend_from_slice(&after.to_be_bytes());
        let mut frame =
            client::ask(&mut reader, tokio_tungstenite::tungstenite::Message::Binary(ask.into())).await;
        let mut count = 0;
        while !frame.is_empty() {
            let mut rest = frame.as_ref();
            while let Some((length, tail)) = rest.split_at_checked(4) {
                let length = u32::from_be_bytes(length.try_into().expect("4 bytes"));
                rest = &tail[usize::try_from(length).expect("small")..];
                count += 1;
            }
            frame = client::next(&mut reader).await;
        }
        assert_eq!(count, COUNT);
        rate(started.elapsed())
    })
}

#[allow(clippy::cast_precision_loss)]
fn rate(time: std::time::Duration) -> f64 {
    COUNT as f64 / time.as_secs_f64()
}
