//! A link that can go silent or break.

use crate::site::{Service, Site};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A relay on loopback between clients and a server (plain `ws://`).
pub struct Proxy {
    address: SocketAddr,
    line: Arc<watch::Sender<Line>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    /// Bytes are read and thrown away, in both directions; nobody is told.
    swallows: bool,
    /// Connections of an earlier generation are cut.
    generation: u64,
}

impl Proxy {
    /// Starts in front of a server.
    ///
    /// # Panics
    /// When loopback has no free port.
    #[must_use]
    pub fn start(site: &Site, server: SocketAddr) -> Self {
        let line = Arc::new(watch::Sender::new(Line { swallows: false, generation: 0 }));
        let listener = site.run(TcpListener::bind("127.0.0.1:0")).expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let of_task = Arc::clone(&line);
        site.runtime().spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(server).await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(relay(from_client, to_server, of_task.subscribe()));
                tokio::spawn(relay(from_server, to_client, of_task.subscribe()));
            }
        });
        Self { address, line }
    }

    /// Where clients connect to.
    #[must_use]
    pub fn service(&self) -> Service {
        Service { url: format!("ws://{}/zim", self.address), authority: None }
    }

    /// From now on every byte is swallowed: both sides see a link that is up and silent.
    pub fn swallow(&self) {
        self.line.send_modify(|line| line.swallows = true);
    }

    /// Cuts all connections; new ones work.
    pub fn cut(&self) {
        self.line.send_modify(|line| *line = Line { swallows: false, generation: line.generation + 1 });
    }
}

async fn relay(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut line: watch::Receiver<Line>,
) {
    let born = line.borrow().generation;
    let mut buffer = vec![0_u8; 16 << 10];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            changed = line.changed() => {
                if changed.is_err() || line.borrow().generation != born {
                    return;
                }
                continue;
            }
        };
        let Ok(length @ 1..) = read else {
            if line.borrow().swallows {
                // The end is swallowed too: the other side must not learn of it.
                let _ = line.wait_for(|line| line.generation != born).await;
            }
            return;
        };
        let swallows = line.borrow().swallows;
        if !swallows && to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
