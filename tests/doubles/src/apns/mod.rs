//! A double of `api.push.apple.com`.

mod check;
mod wire;

use crate::identity::{Authority, Signed};
use crate::record::{Record, Recorded, TooFew, headers};
use bytes::Bytes;
use check::{Caller, Refusal, Rules};
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use jsonwebtoken::DecodingKey;
use rcgen::KeyPair;
use std::collections::{HashMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use wire::Injector;

const KEY_ID: &str = "ABC123DEFG";
const TEAM_ID: &str = "DEF123GHIJ";

/// How an APNs double behaves.
#[derive(Debug, Clone)]
pub struct ApnsOptions {
    /// Bundle ids it accepts as topic (`.voip` included).
    pub bundle_ids: Vec<String>,
    /// `SETTINGS_MAX_CONCURRENT_STREAMS`.
    pub max_concurrent_streams: u32,
}

impl Default for ApnsOptions {
    fn default() -> Self {
        Self { bundle_ids: vec!["com.example.app".into()], max_concurrent_streams: 1000 }
    }
}

/// A scripted answer. Scripts apply to requests that broke no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApnsAnswer {
    /// 200.
    Accept,
    /// An error with its reason.
    Refuse {
        /// HTTP status.
        status: u16,
        /// Apple's reason.
        reason: String,
        /// `timestamp` of a 410, UTC ms.
        timestamp: Option<i64>,
        /// `retry-after` in seconds.
        retry_after: Option<u64>,
    },
    /// Never answers.
    Hang,
    /// Accepts after a while.
    Slow(Duration),
    /// Resets the stream after having read the request.
    Reset,
    /// Resets the stream with `REFUSED_STREAM`: not processed.
    RefuseStream,
    /// Cuts the connection.
    Disconnect,
    /// GOAWAY with reason `Shutdown` that leaves this request and all later ones of the connection out.
    GoAway,
}

impl ApnsAnswer {
    /// An error with its reason.
    #[must_use]
    pub fn refuse(status: u16, reason: &str) -> Self {
        Self::Refuse { status, reason: reason.to_owned(), timestamp: None, retry_after: None }
    }
}

/// A running double. Dropping it cuts all connections.
pub struct ApnsDouble {
    address: SocketAddr,
    authority: Authority,
    client: Signed,
    key: KeyPair,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    rules: Mutex<Rules>,
    record: Record,
    scripts: Mutex<Scripts>,
    connections: AtomicU64,
    streams: u32,
    /// Largest number of requests open on one connection at the same time.
    most_open: AtomicU64,
}

#[derive(Default)]
struct Scripts {
    once: HashMap<String, VecDeque<ApnsAnswer>>,
    always: Option<ApnsAnswer>,
}

impl ApnsDouble {
    /// Starts on a free loopback port.
    ///
    /// # Panics
    /// When the machine has no loopback port or no randomness.
    pub async fn start(options: ApnsOptions) -> Self {
        let authority = Authority::generate();
        let tls = TlsAcceptor::from(authority.server(true, &[b"h2"]));
        let key = KeyPair::generate().expect("the system has randomness");
        let client = authority.client(options.bundle_ids.first().map_or("", String::as_str));
        let rules = Rules {
            bundle_ids: options.bundle_ids,
            key_id: KEY_ID.to_owned(),
            team_id: TEAM_ID.to_owned(),
            public_key: DecodingKey::from_ec_der(key.public_key_raw()),
            client: client.certificate().clone(),
            issued_at: None,
        };
        let shared = Arc::new(Shared {
            rules: Mutex::new(rules),
            record: Record::default(),
            scripts: Mutex::default(),
            connections: AtomicU64::new(0),
            streams: options.max_concurrent_streams,
            most_open: AtomicU64::new(0),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let task = tokio::spawn(accept(listener, tls, Arc::clone(&shared))).abort_handle();
        Self { address, authority, client, key, shared, task }
    }

    /// `https://localhost:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Root to trust.
    #[must_use]
    pub fn root_certificate_pem(&self) -> String {
        self.authority.pem()
    }

    /// Content of a `.p8` file the double knows.
    #[must_use]
    pub fn p8_key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Id of that key.
    #[must_use]
    pub fn key_id(&self) -> &'static str {
        KEY_ID
    }

    /// Team of that key.
    #[must_use]
    pub fn team_id(&self) -> &'static str {
        TEAM_ID
    }

    /// A client certificate with its key, in PEM.
    #[must_use]
    pub fn client_certificate_pem(&self) -> String {
        self.client.pem()
    }

    /// The same as a `.p12` file.
    #[must_use]
    pub fn client_certificate_p12(&self, password: &str) -> Vec<u8> {
        self.client.p12(password)
    }

    /// All requests so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.record.all()
    }

    /// Forgets the requests so far.
    pub fn clear(&self) {
        self.shared.record.clear();
    }

    /// Waits until there are this many requests, and returns all.
    ///
    /// # Errors
    /// [`TooFew`] after `within`.
    pub async fn wait_for(&self, requests: usize, within: Duration) -> Result<Vec<Recorded>, TooFew> {
        self.shared.record.wait_for(requests, within).await
    }

    /// The next flawless request for this device token is answered so; several calls queue up.
    pub fn script(&self, token: &str, answer: ApnsAnswer) {
        self.scripts().once.entry(token.to_owned()).or_default().push_back(answer);
    }

    /// Every flawless request without a script of its own is answered so; `None` = accepted.
    pub fn script_all(&self, answer: Option<ApnsAnswer>) {
        self.scripts().always = answer;
    }

    /// Connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Most requests that were open on one connection at the same time.
    #[must_use]
    pub fn most_open_streams(&self) -> u64 {
        self.shared.most_open.load(Ordering::Relaxed)
    }

    fn scripts(&self) -> std::sync::MutexGuard<'_, Scripts> {
        self.shared.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ApnsDouble {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>) {
    // Ends with this task, and its connections with it.
    let mut connections = JoinSet::new();
    while let Ok((tcp, _)) = listener.accept().await {
        connections.spawn(serve(tcp, tls.clone(), Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(tcp: TcpStream, tls: TlsAcceptor, shared: Arc<Shared>) {
    let Ok(tls) = tls.accept(tcp).await else { return };
    let certificate = tls.get_ref().1.peer_certificates().and_then(|chain| chain.first()).cloned();
    let number = shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
    let injector = Injector::new(tls);
    let injection = injector.handle();
    let mut builder = h2::server::Builder::new();
    builder.max_concurrent_streams(shared.streams);
    let Ok(mut connection) = builder.handshake::<_, Bytes>(injector).await else { return };
    let cut = Arc::new(Notify::new());
    let open = Arc::new(AtomicU64::new(0));
    let mut streams = JoinSet::new();
    loop {
        tokio::select! {
            accepted = connection.accept() => {
                let Some(Ok((request, respond))) = accepted else { return };
                let now_open = open.fetch_add(1, Ordering::Relaxed) + 1;
                shared.most_open.fetch_max(now_open, Ordering::Relaxed);
                let stream = Stream {
                    shared: Arc::clone(&shared),
                    number,
                    certificate: certificate.clone(),
                    cut: Arc::clone(&cut),
                    injection: injection.clone(),
                };
                let open = Arc::clone(&open);
                streams.spawn(async move {
                    stream.answer(request, respond).await;
                    open.fetch_sub(1, Ordering::Relaxed);
                });
            }
            () = cut.notified() => return,
            // Gives the connection a turn to write what was injected.
            () = injection.injected() => {}
            Some(_) = streams.join_next() => {}
        }
    }
}

struct Stream {
    shared: Arc<Shared>,
    number: u64,
    certificate: Option<rustls::pki_types::CertificateDer<'static>>,
    cut: Arc<Notify>,
    injection: wire::Injection,
}

impl Stream {
    async fn answer(self, request: http::Request<RecvStream>, mut respond: SendResponse<Bytes>) {
        let (head, mut incoming) = request.into_parts();
        let mut body = Vec::new();
        while let Some(chunk) = incoming.data().await {
            let Ok(chunk) = chunk else { return };
            let _ = incoming.flow_control().release_capacity(chunk.len());
            body.extend_from_slice(&chunk);
        }
        let headers = headers(&head.headers);
        let caller =
            Caller { method: head.method.as_str(), path: head.uri.path(), headers: &headers, body: &body };
        let checked = {
            let mut rules = self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner);
            check::check(&caller, self.certificate.as_ref(), &mut rules)
        };
        let token = caller.path.strip_prefix("/3/device/").unwrap_or_default().to_owned();
        let (answer, violation) = match checked {
            Ok(()) => (self.scripted(&token), None),
            Err(Refusal { status, reason, violation }) => {
                (ApnsAnswer::refuse(status, reason), Some(violation))
            }
        };
        let (status, reason) = match &answer {
            ApnsAnswer::Accept | ApnsAnswer::Slow(_) => (200, String::new()),
            ApnsAnswer::Refuse { status, reason, .. } => (*status, reason.clone()),
            _ => (0, format!("{answer:?}")),
        };
        let stream = respond.stream_id().as_u32();
        let id = caller.header("apns-id").unwrap_or("00000000-0000-4000-8000-000000000000").to_owned();
        self.shared.record.push(Recorded {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            token,
            headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
            raw_body: body.into(),
            connection: self.number,
            stream,
            status,
            reason,
            violation,
        });
        self.act(answer, &id, stream, &mut respond).await;
    }

    fn scripted(&self, token: &str) -> ApnsAnswer {
        let mut scripts = self.shared.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let once = scripts.once.get_mut(token).and_then(VecDeque::pop_front);
        once.or_else(|| scripts.always.clone()).unwrap_or(ApnsAnswer::Accept)
    }

    async fn act(&self, answer: ApnsAnswer, apns_id: &str, stream: u32, respond: &mut SendResponse<Bytes>) {
        let mut response = http::Response::builder().header("apns-id", apns_id);
        let mut body = Bytes::new();
        match answer {
            ApnsAnswer::Accept => {}
            ApnsAnswer::Slow(after) => tokio::time::sleep(after).await,
            ApnsAnswer::Refuse { status, reason, timestamp, retry_after } => {
                response = response.status(status);
                if let Some(seconds) = retry_after {
                    response = response.header("retry-after", seconds);
                }
                let mut json = serde_json::json!({ "reason": reason });
                if let Some(timestamp) = timestamp {
                    json["timestamp"] = timestamp.into();
                }
                body = json.to_string().into();
            }
            ApnsAnswer::Hang => return std::future::pending().await,
            ApnsAnswer::Reset => return respond.send_reset(Reason::INTERNAL_ERROR),
            ApnsAnswer::RefuseStream => return respond.send_reset(Reason::REFUSED_STREAM),
            ApnsAnswer::Disconnect => {
                self.cut.notify_one();
                // Not dropped before the connection: that would reset the stream first.
                return std::future::pending().await;
            }
            ApnsAnswer::GoAway => {
                self.injection.go_away(stream.saturating_sub(2), b"{\"reason\":\"Shutdown\"}");
                return std::future::pending().await;
            }
        }
        let response = response.body(()).expect("the scripted status is one");
        // The client may be gone; then nobody waits for the answer.
        if let Ok(mut stream) = respond.send_response(response, body.is_empty())
            && !body.is_empty()
        {
            let _ = stream.send_data(body, true);
        }
    }
}
