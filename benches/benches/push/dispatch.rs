//! The dispatcher to APNs over one connection with 100 streams, beside a bare hyper HTTP/2 client that posts as much to
//! the same double. The double is a process of its own.

use crate::serve::STREAMS;
use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::TlsConnector;
use zim_benches::report::{Better, Row};
use zim_benches::stats::median;
use zim_push::job::{ClaimedJob, Disposition, JobResult, JobSource, SourceError, Standing};
use zim_push::model::{Environment, Intent, Subject, Target, Vendor};
use zim_push::{
    Clock as _, CredentialConfig, Dispatcher, DispatcherOptions, Strategies, SystemClock,
    credentials::{self, Folder},
};

const PUSHES: i64 = 20_000;
const ROUNDS: usize = 5;
const CONTENT: &str =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

pub(crate) fn run() -> Vec<Row> {
    // A double each: Apple takes one provider token of a key in twenty minutes.
    let (our_folder, bare_folder) = (folder(), folder());
    let (our_double, bare_double) =
        (crate::start("apns", our_folder.path()), crate::start("apns", bare_folder.path()));
    let runtime = crate::runtime();
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    runtime.block_on(async {
        let bare = Bare::connect(bare_folder.path(), bare_double.address()).await;
        let dispatched = Dispatched::start(our_folder.path(), our_double.address());
        bare.push(1_000).await;
        dispatched.push(1_000).await;
        // In turn, so that a drifting machine hits both.
        for _ in 0..ROUNDS {
            floor.push(bare.push(PUSHES).await);
            ours.push(dispatched.push(PUSHES).await);
        }
    });
    vec![Row {
        measure: format!("APNs dispatch over one connection, {STREAMS} streams"),
        unit: "/s",
        ours: median(&mut ours),
        floor: median(&mut floor),
        target: 0.5,
        better: Better::Higher,
    }]
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A queue that makes its jobs when they are claimed, so that no store is measured.
#[derive(Default)]
struct Endless {
    /// Jobs there are so far.
    queued: AtomicI64,
    claimed: AtomicI64,
    finished: AtomicI64,
    done: Notify,
}

#[async_trait]
impl JobSource for Endless {
    async fn claim(&self, now: i64, _: i64, limit: usize) -> Result<Vec<ClaimedJob>, SourceError> {
        let first = self.claimed.load(Ordering::Relaxed);
        let last = (first + i64::try_from(limit).unwrap_or(0)).min(self.queued.load(Ordering::Relaxed));
        self.claimed.store(last, Ordering::Relaxed);
        Ok((first..last).map(|id| job(id, now)).collect())
    }

    async fn still_wanted(&self, _: &ClaimedJob) -> Result<Standing, SourceError> {
        Ok(Standing::Wanted)
    }

    async fn finish(&self, job: &ClaimedJob, result: &JobResult) -> Result<(), SourceError> {
        assert_eq!(result.disposition, Disposition::Done, "{}: {:?}", job.id, result.log);
        assert_eq!(result.log.last().map(|line| line.outcome), Some("delivered"), "{:?}", result.log);
        if self.finished.fetch_add(1, Ordering::Relaxed) + 1 == self.queued.load(Ordering::Relaxed) {
            self.done.notify_one();
        }
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<i64>, SourceError> {
        Ok(None)
    }
}

fn job(id: i64, now: i64) -> ClaimedJob {
    let target = Target {
        app_id: 1,
        push_id: format!("z1.{id}"),
        vendor: Vendor::Apns,
        token: token(id),
        voip_token: String::new(),
        environment: Environment::Production,
        bundle_id: crate::BUNDLE_ID.into(),
        app_type: 1,
        registered_at: 0,
    };
    let intent = Intent {
        subject: Subject::Message,
        subject_id: format!("message:{id}"),
        title: "alice".into(),
        content: CONTENT.into(),
        payload: "{\"order\":7}".into(),
        resources_id: String::new(),
        thread_id: String::new(),
        badge: Some(1),
        badge_increment: Some(1),
        call_id: String::new(),
        voip: None,
        template: None,
    };
    let (created_at, expires_at) = (now, now + 86_400_000);
    ClaimedJob { id, request_id: format!("{id:032x}"), target, intent, attempts: 0, created_at, expires_at }
}

fn token(id: i64) -> String {
    format!("{id:064x}")
}

/// The dispatcher with its queue.
struct Dispatched {
    queue: Arc<Endless>,
    dispatcher: Dispatcher,
}

impl Dispatched {
    fn start(folder: &Path, url: &str) -> Self {
        let config: CredentialConfig = serde_json::from_value(serde_json::json!({
            "vendor": "apns", "app_id": 1, "bundle_id": crate::BUNDLE_ID, "key_file": "key.p8",
            "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ", "endpoint": url, "root_certificates": "root.pem"
        }))
        .expect("a credential");
        let clock: Arc<dyn zim_push::Clock> = Arc::new(SystemClock);
        let providers =
            credentials::load(&[config], &Folder(folder), &clock).expect("the double's files are good");
        let queue = Arc::new(Endless::default());
        let source: Arc<Endless> = Arc::clone(&queue);
        let options = DispatcherOptions { concurrency: STREAMS as usize, ..DispatcherOptions::default() };
        let dispatcher = Dispatcher::start(source, providers, Strategies::default(), options, clock);
        Self { queue, dispatcher }
    }

    /// Pushes per second.
    async fn push(&self, count: i64) -> f64 {
        let started = Instant::now();
        self.queue.queued.fetch_add(count, Ordering::Relaxed);
        self.dispatcher.wake();
        self.queue.done.notified().await;
        rate(count, started)
    }
}

/// A bare HTTP/2 client.
struct Bare {
    sender: SendRequest<Full<Bytes>>,
    url: String,
    authorization: String,
}

impl Bare {
    async fn connect(folder: &Path, url: &str) -> Self {
        let authorization = format!("bearer {}", jwt(folder));
        Self { sender: connect(folder, url).await, url: url.to_owned(), authorization }
    }

    /// Pushes per second.
    async fn push(&self, count: i64) -> f64 {
        let now = SystemClock.now_ms();
        let started = Instant::now();
        let mut streams = tokio::task::JoinSet::new();
        for stream in 0..i64::from(STREAMS) {
            let mut sender = self.sender.clone();
            let (url, authorization) = (self.url.clone(), self.authorization.clone());
            streams.spawn(async move {
                let mut id = stream;
                while id < count {
                    post(&mut sender, &url, &authorization, id, now).await;
                    id += i64::from(STREAMS);
                }
            });
        }
        while let Some(ended) = streams.join_next().await {
            ended.expect("every push is accepted");
        }
        rate(count, started)
    }
}

/// The same headers and a body of the same size as the dispatcher's.
async fn post(sender: &mut SendRequest<Full<Bytes>>, url: &str, authorization: &str, id: i64, now: i64) {
    let body = format!(
        "{{\"aps\":{{\"alert\":{{\"title\":\"alice\",\"body\":\"{CONTENT}\"}},\"badge\":1,\"sound\":\"default\",\
         \"payload\":\"{{\\\"order\\\":7}}\"}},\"payload\":\"{{\\\"order\\\":7}}\",\
         \"zego\":{{\"version\":1,\"zpns_request_id\":\"{id:032x}\"}}}}"
    );
    let request = http::Request::post(format!("{url}/3/device/{}", token(id)))
        .header("apns-topic", crate::BUNDLE_ID)
        .header("apns-push-type", "alert")
        .header("apns-priority", "10")
        .header("apns-expiration", (now / 1_000 + 86_400).to_string())
        .header("apns-id", format!("00000000-0000-4000-8000-{id:012x}"))
        .header("authorization", authorization)
        .body(Full::new(body.into()))
        .expect("a request");
    sender.ready().await.expect("the connection holds");
    let response = sender.send_request(request).await.expect("an answer");
    assert_eq!(response.status(), 200);
    response.into_body().collect().await.expect("a body");
}

async fn connect(folder: &Path, url: &str) -> SendRequest<Full<Bytes>> {
    let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(folder.join("root.pem")).expect("a root");
    roots.add(root).expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let tcp = TcpStream::connect(("127.0.0.1", port)).await.expect("the double listens");
    tcp.set_nodelay(true).expect("a socket");
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TlsConnector::from(Arc::new(tls)).connect(name, tcp).await.expect("a handshake");
    let (sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
    tokio::spawn(connection);
    sender
}

fn jwt(folder: &Path) -> String {
    let key = std::fs::read(folder.join("key.p8")).expect("the double's key");
    let key = EncodingKey::from_ec_pem(&key).expect("an EC key");
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let header = Header { kid: Some("ABC123DEFG".into()), ..Header::new(Algorithm::ES256) };
    let claims = serde_json::json!({ "iss": "DEF123GHIJ", "iat": since.as_secs() });
    jsonwebtoken::encode(&header, &claims, &key).expect("a token")
}

#[allow(clippy::cast_precision_loss)]
fn rate(count: i64, started: Instant) -> f64 {
    count as f64 / started.elapsed().as_secs_f64()
}
