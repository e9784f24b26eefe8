//! One HTTP/2 connection per credential and host, opened when needed and kept.
//!
//! What a failed request means is decided here, because only the connection knows whether the server can have seen
//! it: a request that was not written, or whose stream the server left out, is repeated on a new connection; one that
//! was written and never answered is reported as unanswered.

use super::farewell::{Farewell, ReadAlong};
use bytes::Bytes;
use h2::client::{self, SendRequest};
use h2::{Ping, PingPong, Reason};
use rustls::pki_types::ServerName;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Time to resolve, connect and shake hands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// After a failed connect nobody tries again for this long.
const CONNECT_PAUSE: Duration = Duration::from_millis(500);
/// A connection is asked for a sign of life this often, …
const PING_INTERVAL: Duration = Duration::from_secs(60);
/// … and is dead without an answer after this.
const PING_TIMEOUT: Duration = Duration::from_secs(15);
/// Streams before the server has told its limit: one, as Apple wants it until the first token was accepted.
const FIRST_STREAMS: usize = 1;
/// Connections a request may be moved across.
const MOST_CONNECTIONS: usize = 3;
/// Longest answer body kept; Apple's are some 100 bytes.
const MOST_BODY: usize = 16 * 1024;

/// A vendor host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Name or address.
    pub(crate) host: String,
    /// TCP port.
    pub(crate) port: u16,
}

impl Endpoint {
    /// Reads `https://host[:port]`.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let uri: http::Uri = url.parse().map_err(|error| format!("{url:?}: {error}"))?;
        let plain = matches!(uri.path(), "" | "/") && uri.query().is_none();
        match (uri.scheme_str(), uri.host()) {
            (Some("https"), Some(host)) if plain => {
                let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
                Ok(Self { host, port: uri.port_u16().unwrap_or(443) })
            }
            _ => Err(format!("{url:?}: want https://host or https://host:port")),
        }
    }

    /// `https://host`, with the port if it is not the usual one.
    pub(crate) fn url(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match self.port {
            443 => format!("https://{host}"),
            port => format!("https://{host}:{port}"),
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// The vendor has certainly not processed it.
    NotSent(String),
    /// The vendor may have processed it.
    Unanswered(String),
}

/// A host with its connection.
pub(crate) struct Link {
    endpoint: Endpoint,
    tls: TlsConnector,
    slot: tokio::sync::Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    live: Option<Arc<Connection>>,
    failed: Option<(Instant, String)>,
}

impl Link {
    pub(crate) fn new(endpoint: Endpoint, tls: Arc<rustls::ClientConfig>) -> Self {
        Self { endpoint, tls: TlsConnector::from(tls), slot: tokio::sync::Mutex::default() }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request and waits for its answer, `within` this time altogether.
    pub(crate) async fn send(
        &self,
        request: http::Request<()>,
        body: Bytes,
        within: Duration,
    ) -> Result<Reply, SendError> {
        let written = Written::default();
        let mut used = None;
        let sending = async {
            let mut why = String::new();
            for _ in 0..MOST_CONNECTIONS {
                let connection = self.connection().await.map_err(SendError::NotSent)?;
                used = Some(Arc::clone(&connection));
                match connection.send(request.clone(), body.clone(), &written).await {
                    Ok(reply) => return Ok(reply),
                    Err(Failure::LeftOut(reason)) => {
                        written.set(false);
                        why = reason;
                    }
                    Err(Failure::Unanswered(reason)) => return Err(SendError::Unanswered(reason)),
                }
            }
            Err(SendError::NotSent(why))
        };
        match timeout(within, sending).await {
            Ok(ended) => ended,
            Err(_) => {
                let seconds = within.as_secs();
                if !written.get() {
                    return Err(SendError::NotSent(format!("not sent within {seconds} s")));
                }
                if let Some(connection) = used {
                    connection.shared.suspicion.notify_one();
                }
                Err(SendError::Unanswered(format!("no answer within {seconds} s")))
            }
        }
    }

    /// The live connection, or a new one; those who come while it is being opened wait for it.
    async fn connection(&self) -> Result<Arc<Connection>, String> {
        let mut slot = self.slot.lock().await;
        if let Some(live) = &slot.live {
            if live.is_usable() {
                return Ok(Arc::clone(live));
            }
            slot.live = None;
        }
        if let Some((at, why)) = &slot.failed
            && at.elapsed() < CONNECT_PAUSE
        {
            return Err(why.clone());
        }
        let opened = match timeout(CONNECT_TIMEOUT, self.open()).await {
            Ok(opened) => opened,
            Err(_) => Err(format!("no connection within {} s", CONNECT_TIMEOUT.as_secs())),
        };
        match opened {
            Ok(connection) => {
                let connection = Arc::new(connection);
                *slot = Slot { live: Some(Arc::clone(&connection)), failed: None };
                Ok(connection)
            }
            Err(why) => {
                let why = format!("{}: {why}", self.endpoint.url());
                slot.failed = Some((Instant::now(), why.clone()));
                Err(why)
            }
        }
    }

    async fn open(&self) -> Result<Connection, String> {
        let Endpoint { host, port } = &self.endpoint;
        // Resolved anew each time: a host that says goodbye may have left the name.
        let addresses: Vec<SocketAddr> =
            tokio::net::lookup_host((host.as_str(), *port)).await.map_err(|e| e.to_string())?.collect();
        let mut why = "the name has no address".to_owned();
        for address in addresses {
            match self.open_at(address).await {
                Ok(connection) => return Ok(connection),
                Err(error) => why = error.to_string(),
            }
        }
        Err(why)
    }

    async fn open_at(&self, address: SocketAddr) -> std::io::Result<Connection> {
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from(self.endpoint.host.clone()).map_err(std::io::Error::other)?;
        let tls = self.tls.connect(name, tcp).await?;
        if tls.get_ref().1.alpn_protocol() != Some(b"h2") {
            return Err(std::io::Error::other("the server does not speak HTTP/2"));
        }
        Connection::start(tls).await.map_err(std::io::Error::other)
    }
}

/// Whether the request under way has been handed to the connection.
#[derive(Default)]
struct Written(AtomicBool);

impl Written {
    fn set(&self, written: bool) {
        self.0.store(written, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

enum Failure {
    LeftOut(String),
    Unanswered(String),
}

/// A connection; its task ends when the last request and the last handle are gone.
struct Connection {
    sender: SendRequest<Bytes>,
    shared: Arc<Shared>,
}

struct Shared {
    gate: Gate,
    /// A request failed by the connection's fault: no new ones, even if its end was not noticed yet.
    failed: AtomicBool,
    farewell: Arc<Farewell>,
    /// A request was not answered: ask for a sign of life now.
    suspicion: Notify,
}

impl Connection {
    async fn start(io: TlsStream<TcpStream>) -> Result<Self, h2::Error> {
        let farewell = Arc::new(Farewell::default());
        let io = ReadAlong::new(io, Arc::clone(&farewell));
        let (sender, mut connection) = client::Builder::new()
            .enable_push(false)
            .initial_max_send_streams(FIRST_STREAMS)
            .handshake(io)
            .await?;
        let shared = Arc::new(Shared {
            gate: Gate::default(),
            failed: AtomicBool::new(false),
            farewell,
            suspicion: Notify::new(),
        });
        if let Some(ping) = connection.ping_pong() {
            tokio::spawn(drive(connection, ping, Arc::clone(&shared)));
        }
        Ok(Self { sender, shared })
    }

    fn is_usable(&self) -> bool {
        let Shared { gate, failed, farewell, .. } = &*self.shared;
        !gate.is_closed() && !failed.load(Ordering::Relaxed) && !farewell.came()
    }

    async fn send(
        &self,
        request: http::Request<()>,
        body: Bytes,
        written: &Written,
    ) -> Result<Reply, Failure> {
        let Some(_stream) = self.shared.gate.enter().await else {
            return Err(Failure::LeftOut("the connection was closed".into()));
        };
        if self.shared.farewell.came() {
            return Err(Failure::LeftOut(self.shared.farewell.detail().to_owned()));
        }
        let mut sender = self.sender.clone();
        let (response, mut stream) = sender.send_request(request, false).map_err(|error| {
            self.shared.failed.store(true, Ordering::Relaxed);
            Failure::LeftOut(error.to_string())
        })?;
        written.set(true);
        let id = response.stream_id().as_u32();
        // If the stream is gone already, the answer says why.
        let _ = stream.send_data(body, true);
        let response = response.await.map_err(|error| self.classify(&error, id))?;
        let (head, mut incoming) = response.into_parts();
        let mut bytes = Vec::new();
        while let Some(chunk) = incoming.data().await {
            // The status is the answer; a body that breaks off only loses the reason.
            let Ok(chunk) = chunk else { break };
            let _ = incoming.flow_control().release_capacity(chunk.len());
            bytes.extend_from_slice(&chunk[..chunk.len().min(MOST_BODY.saturating_sub(bytes.len()))]);
        }
        let headers = head.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Ok(Reply { status: head.status.as_u16(), headers: headers.collect(), body: bytes.into() })
    }

    fn classify(&self, error: &h2::Error, stream: u32) -> Failure {
        let farewell = &self.shared.farewell;
        if !error.is_reset() {
            self.shared.failed.store(true, Ordering::Relaxed);
        }
        if farewell.left_out(stream) {
            return Failure::LeftOut(farewell.detail().to_owned());
        }
        if error.is_reset() && error.is_remote() && error.reason() == Some(Reason::REFUSED_STREAM) {
            return Failure::LeftOut("the stream was refused".into());
        }
        Failure::Unanswered(format!("{error} {}", farewell.detail()).trim_end().to_owned())
    }
}

/// Moves the connection's bytes until it ends, and asks for signs of life.
async fn drive(
    mut connection: client::Connection<ReadAlong<TlsStream<TcpStream>>, Bytes>,
    mut ping: PingPong,
    shared: Arc<Shared>,
) {
    let moving = poll_fn(|cx| {
        let polled = Pin::new(&mut connection).poll(cx);
        shared.gate.set_limit(connection.max_concurrent_send_streams());
        polled
    });
    let heartbeat = async {
        loop {
            tokio::select! {
                () = sleep(PING_INTERVAL) => {}
                () = shared.suspicion.notified() => {}
            }
            if !matches!(timeout(PING_TIMEOUT, ping.ping(Ping::opaque())).await, Ok(Ok(_))) {
                return;
            }
        }
    };
    tokio::select! {
        ended = moving => if let Err(error) = ended {
            tracing::debug!(%error, "APNs connection ended");
        },
        () = heartbeat => tracing::warn!("APNs connection gave no sign of life"),
    }
    shared.gate.close();
    // Dropping the connection now ends the requests that still wait on it.
}

/// Keeps to the server's limit of concurrent streams.
struct Gate {
    state: Mutex<GateState>,
    changed: Notify,
}

struct GateState {
    limit: usize,
    open: usize,
    closed: bool,
}

impl Default for Gate {
    fn default() -> Self {
        let state = GateState { limit: FIRST_STREAMS, open: 0, closed: false };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a free stream; `None` = the connection is closed.
    async fn enter(&self) -> Option<Passage<'_>> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if state.closed {
                    return None;
                }
                if state.open < state.limit {
                    state.open += 1;
                    return Some(Passage(self));
                }
            }
            changed.await;
        }
    }

    fn set_limit(&self, limit: usize) {
        let mut state = self.state();
        if state.limit != limit {
            state.limit = limit;
            drop(state);
            self.changed.notify_waiters();
        }
    }

    fn close(&self) {
        self.state().closed = true;
        self.changed.notify_waiters();
    }

    fn is_closed(&self) -> bool {
        self.state().closed
    }
}

/// A stream in use.
struct Passage<'a>(&'a Gate);

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        self.0.state().open -= 1;
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_https_without_a_path() {
        let endpoint = Endpoint::parse("https://api.push.apple.com").unwrap();
        assert_eq!((endpoint.port, endpoint.url().as_str()), (443, "https://api.push.apple.com"));
        assert_eq!(Endpoint::parse("https://[::1]:2197/").unwrap().url(), "https://[::1]:2197");
        for bad in ["http://host", "host:443", "https://host/path", "https://", "ftp://x", "https://h?q=1"] {
            assert!(Endpoint::parse(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn the_gate_lets_in_as_many_as_the_server_allows() {
        let gate = Gate::default();
        let first = gate.enter().await.unwrap();
        let waiting = gate.enter();
        tokio::pin!(waiting);
        assert!(timeout(Duration::ZERO, &mut waiting).await.is_err());
        gate.set_limit(2);
        let second = waiting.await.unwrap();
        let third = gate.enter();
        tokio::pin!(third);
        assert!(timeout(Duration::ZERO, &mut third).await.is_err());
        drop(first);
        drop(third.await.unwrap());
        drop(second);
        gate.close();
        assert!(gate.enter().await.is_none());
    }
}
