//! A double of `fcm.googleapis.com` and `oauth2.googleapis.com`.

mod check;

use crate::identity::{Authority, pem};
use crate::record::{Record, Recorded, TooFew, headers};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use jsonwebtoken::DecodingKey;
use std::collections::{HashMap, HashSet, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

const PROJECT: &str = "double-project";
const ACCOUNT: &str = "push@double-project.iam.gserviceaccount.com";
const KEY_ID: &str = "0123456789abcdef0123456789abcdef01234567";
const MOST_BODY: usize = 1024 * 1024;

/// A scripted answer. Scripts apply to requests that broke no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FcmAnswer {
    /// 200 with a message name.
    Accept,
    /// An error.
    Refuse {
        /// HTTP status.
        status: u16,
        /// `error.status`, e.g. `INVALID_ARGUMENT`.
        word: String,
        /// `FcmError.errorCode`, empty = no such detail.
        code: String,
        /// `error.message`.
        message: String,
        /// `BadRequest.fieldViolations[0].field`, empty = no such detail.
        field: String,
        /// `retry-after` in seconds.
        retry_after: Option<u64>,
    },
    /// Never answers.
    Hang,
    /// Ends the connection without an answer.
    Disconnect,
    /// Forgets all access tokens and answers as to an unknown one.
    ExpireTokens,
}

impl FcmAnswer {
    /// An error with the code of its `FcmError` detail.
    #[must_use]
    pub fn refuse(status: u16, word: &str, code: &str) -> Self {
        Self::Refuse {
            status,
            word: word.to_owned(),
            code: code.to_owned(),
            message: "Scripted.".to_owned(),
            field: String::new(),
            retry_after: None,
        }
    }
}

/// A running double. Dropping it cuts all connections.
pub struct FcmDouble {
    address: SocketAddr,
    authority: Authority,
    key_pem: String,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    token_uri: String,
    public_key: DecodingKey,
    record: Record,
    state: Mutex<State>,
    connections: AtomicU64,
}

#[derive(Default)]
struct State {
    once: HashMap<String, VecDeque<FcmAnswer>>,
    always: Option<FcmAnswer>,
    grants: VecDeque<FcmAnswer>,
    valid: HashSet<String>,
    granted: u64,
    asked: Vec<Bytes>,
    messages: u64,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FcmDouble {
    /// Starts on a free loopback port.
    ///
    /// # Panics
    /// When the machine has no loopback port or no randomness.
    pub async fn start() -> Self {
        let authority = Authority::generate();
        let tls = TlsAcceptor::from(authority.server(false, &[b"h2", b"http/1.1"]));
        let key = KeyPair::generate(KeySize::Rsa2048).expect("the system has randomness");
        let der = key.as_der().expect("a generated key can be written");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            token_uri: format!("https://localhost:{}/token", address.port()),
            public_key: DecodingKey::from_rsa_der(key.public_key().as_ref()),
            record: Record::default(),
            state: Mutex::default(),
            connections: AtomicU64::new(0),
        });
        let task = tokio::spawn(accept(listener, tls, Arc::clone(&shared))).abort_handle();
        Self { address, authority, key_pem: pem("PRIVATE KEY", der.as_ref()), shared, task }
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

    /// Content of a service-account file the double knows; its `token_uri` is the double.
    #[must_use]
    pub fn service_account_json(&self) -> String {
        serde_json::json!({
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": KEY_ID,
            "private_key": self.key_pem,
            "client_email": ACCOUNT,
            "token_uri": self.shared.token_uri,
        })
        .to_string()
    }

    /// All messages so far, in order of arrival; requests for access tokens are not among them.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.record.all()
    }

    /// Forgets the messages so far.
    pub fn clear(&self) {
        self.shared.record.clear();
    }

    /// Waits until there are this many messages, and returns all.
    ///
    /// # Errors
    /// [`TooFew`] after `within`.
    pub async fn wait_for(&self, requests: usize, within: Duration) -> Result<Vec<Recorded>, TooFew> {
        self.shared.record.wait_for(requests, within).await
    }

    /// The next flawless message for this device token is answered so; several calls queue up.
    pub fn script(&self, token: &str, answer: FcmAnswer) {
        self.shared.state().once.entry(token.to_owned()).or_default().push_back(answer);
    }

    /// Every flawless message without a script of its own is answered so; `None` = accepted.
    pub fn script_all(&self, answer: Option<FcmAnswer>) {
        self.shared.state().always = answer;
    }

    /// The next request for an access token is answered so; several calls queue up.
    pub fn script_token(&self, answer: FcmAnswer) {
        self.shared.state().grants.push_back(answer);
    }

    /// From now on no access token given so far is valid.
    pub fn expire_tokens(&self) {
        self.shared.state().valid.clear();
    }

    /// Connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// The bodies of all requests for an access token so far.
    #[must_use]
    pub fn token_requests(&self) -> Vec<Bytes> {
        self.shared.state().asked.clone()
    }

    /// Access tokens given so far.
    #[must_use]
    pub fn tokens_granted(&self) -> u64 {
        self.shared.state().granted
    }
}

impl Drop for FcmDouble {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>) {
    // Ends with this task, and its connections with it.
    let mut connections = JoinSet::new();
    while let Ok((tcp, _)) = listener.accept().await {
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        connections.spawn(async move {
            let Ok(tls) = tls.accept(tcp).await else { return };
            let number = shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
            let service = service_fn(|request| respond(Arc::clone(&shared), number, request));
            // A client that goes away is no fault of the double's.
            let _ =
                auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(tls), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// The connection is to end.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut by script")
    }
}

impl std::error::Error for Cut {}

type Reply = Result<Response<Full<Bytes>>, Cut>;

async fn respond(shared: Arc<Shared>, connection: u64, request: Request<Incoming>) -> Reply {
    let (head, incoming) = request.into_parts();
    let Ok(body) = Limited::new(incoming, MOST_BODY).collect().await else { return Err(Cut) };
    let body = body.to_bytes();
    let path = head.uri.path().to_owned();
    if path == "/token" {
        return grant(&shared, &head, &body).await;
    }
    let headers = headers(&head.headers);
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let token =
        json.pointer("/message/token").and_then(|token| token.as_str()).unwrap_or_default().to_owned();
    let (answer, violation) = match judge(&shared, &head, &path, &json) {
        Ok(()) => {
            let mut state = shared.state();
            let once = state.once.get_mut(&token).and_then(VecDeque::pop_front);
            (once.or_else(|| state.always.clone()).unwrap_or(FcmAnswer::Accept), None)
        }
        Err(refused) => {
            let (answer, violation) = *refused;
            (answer, Some(violation))
        }
    };
    let (status, reason) = match &answer {
        FcmAnswer::Accept => (200, String::new()),
        FcmAnswer::Refuse { status, word, code, .. } => {
            (*status, if code.is_empty() { word.clone() } else { code.clone() })
        }
        FcmAnswer::ExpireTokens => (401, "UNAUTHENTICATED".to_owned()),
        FcmAnswer::Hang | FcmAnswer::Disconnect => (0, format!("{answer:?}")),
    };
    shared.record.push(Recorded {
        method: head.method.to_string(),
        path,
        token,
        headers,
        body: json,
        raw_body: body,
        connection,
        stream: 0,
        status,
        reason,
        violation,
    });
    match answer {
        FcmAnswer::Accept => {
            let mut state = shared.state();
            state.messages += 1;
            let name = format!("projects/{PROJECT}/messages/0:{}", state.messages);
            Ok(reply(200, None, &serde_json::json!({ "name": name })))
        }
        FcmAnswer::ExpireTokens => {
            shared.state().valid.clear();
            Ok(error(&unauthenticated()))
        }
        other => act(other).await,
    }
}

/// Checks a message; `Err` = the answer and the broken rule.
fn judge(
    shared: &Shared,
    head: &http::request::Parts,
    path: &str,
    json: &serde_json::Value,
) -> Result<(), Box<(FcmAnswer, String)>> {
    if head.method != Method::POST || path != format!("/v1/projects/{PROJECT}/messages:send") {
        return Err(Box::new((FcmAnswer::refuse(404, "NOT_FOUND", ""), format!("{} {path}", head.method))));
    }
    let header =
        |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bearer = header("authorization").strip_prefix("Bearer ").unwrap_or_default();
    if !shared.state().valid.contains(bearer) {
        return Err(Box::new((unauthenticated(), "authorization is not a valid access token".into())));
    }
    let fault = |field: &str, message: &str, code: &str| {
        let answer = FcmAnswer::Refuse {
            status: 400,
            word: "INVALID_ARGUMENT".into(),
            code: code.into(),
            message: message.to_owned(),
            field: field.to_owned(),
            retry_after: None,
        };
        Box::new((answer, format!("{field}: {message}")))
    };
    if !header("content-type").starts_with("application/json") {
        return Err(fault("content-type", "not application/json", ""));
    }
    check::message(json).map_err(|broken| fault(&broken.field, &broken.message, ""))?;
    if check::size(json) > check::MOST_BYTES {
        return Err(fault("", "Android message is too big", "INVALID_ARGUMENT"));
    }
    Ok(())
}

fn unauthenticated() -> FcmAnswer {
    FcmAnswer::refuse(401, "UNAUTHENTICATED", "")
}

async fn grant(shared: &Shared, head: &http::request::Parts, body: &Bytes) -> Reply {
    shared.state().asked.push(body.clone());
    let scripted = shared.state().grants.pop_front();
    if let Some(answer) = scripted.filter(|answer| *answer != FcmAnswer::Accept) {
        return act(answer).await;
    }
    let form =
        head.headers.get("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    let checked = if head.method != Method::POST || !form {
        Err("want a POST of a form".to_owned())
    } else {
        check::assertion(body, &shared.public_key, ACCOUNT, KEY_ID, &shared.token_uri)
    };
    if let Err(why) = checked {
        let json = serde_json::json!({ "error": "invalid_grant", "error_description": why });
        return Ok(reply(400, None, &json));
    }
    let mut state = shared.state();
    state.granted += 1;
    let token = format!("ya29.double-{}", state.granted);
    state.valid.insert(token.clone());
    let json = serde_json::json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" });
    Ok(reply(200, None, &json))
}

async fn act(answer: FcmAnswer) -> Reply {
    match answer {
        FcmAnswer::Hang => std::future::pending().await,
        FcmAnswer::Disconnect => Err(Cut),
        refusal => Ok(error(&refusal)),
    }
}

fn error(answer: &FcmAnswer) -> Response<Full<Bytes>> {
    let FcmAnswer::Refuse { status, word, code, message, field, retry_after } = answer else {
        return reply(500, None, &serde_json::json!({}));
    };
    let mut details = Vec::new();
    if !code.is_empty() {
        details.push(serde_json::json!({
            "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code
        }));
    }
    if !field.is_empty() {
        details.push(serde_json::json!({
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{ "field": field, "description": message }]
        }));
    }
    let json = serde_json::json!({
        "error": { "code": status, "message": message, "status": word, "details": details }
    });
    reply(*status, *retry_after, &json)
}

fn reply(status: u16, retry_after: Option<u64>, json: &serde_json::Value) -> Response<Full<Bytes>> {
    let mut response =
        Response::builder().status(status).header("content-type", "application/json; charset=UTF-8");
    if let Some(seconds) = retry_after {
        response = response.header("retry-after", seconds);
    }
    response.body(Full::new(json.to_string().into())).expect("the scripted status is one")
}
