//! Doubles of the push servers of Huawei (Android and HarmonyOS), Xiaomi, OPPO and vivo, and of a Web Push service.

mod answers;
mod harmony;
mod huawei;
mod oppo;
mod vivo;
mod web;
mod xiaomi;

use crate::identity::Authority;
use crate::record::{Record, Recorded, TooFew, headers};
use answers::{act, batch, refusal, reply, status};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet, VecDeque};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// AppKey at OPPO and vivo.
const APP_KEY: &str = "double-app-key";
/// AppSecret of Huawei, Xiaomi and vivo, OPPO's MasterSecret.
const SECRET: &str = "double-secret-0123456789abcdef";
/// AppID at Huawei.
const HUAWEI_APP_ID: &str = "104729001";
/// AppID at vivo.
const VIVO_APP_ID: u64 = 100_004;
/// Key of HarmonyOS' service account.
const SERVICE_ACCOUNT_FILE: &str = "harmonyos.json";
/// The app's private key of Web Push.
const VAPID_FILE: &str = "web-push.pem";
const MOST_BODY: usize = 8 * 1024 * 1024;
/// Huawei's answer to an access token that is not valid any more.
const HUAWEI_EXPIRED: i64 = 80_200_003;
/// Messages of one batch at OPPO's.
const MOST_BATCH: usize = 1000;

/// Whose server it is.
enum Maker {
    Huawei,
    Harmony(harmony::Account),
    Xiaomi { package: String },
    Oppo,
    Vivo,
    Web(Box<web::Service>),
}

/// A scripted answer. Scripts apply to messages that broke no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MakerAnswer {
    /// Accepted.
    Accept,
    /// A 200 (Huawei: 400) with this code; of Web Push, this status.
    Refuse(i64),
    /// The device is at fault: Huawei's 80300007 (0), or a partial success that names the device (1) or does not (2);
    /// HarmonyOS' partial success, likewise; Xiaomi's `bad_regids`, OPPO's 10000, vivo's 10302 with this `invalidUser.status`.
    BadToken(i64),
    /// HarmonyOS' 80300007, with this reason for the device.
    IllegalToken(&'static str),
    /// Another HTTP status, with `retry-after` in seconds.
    Status(u16, Option<u64>),
    /// 200 with a body that is no answer.
    Garbage,
    /// Never answers.
    Hang,
    /// Takes the message and ends the connection without an answer.
    Disconnect,
    /// Forgets all access tokens and answers as to an unknown one.
    ExpireTokens,
}

/// A running double. Dropping it cuts all connections.
pub struct MakerDouble {
    authority: Authority,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    maker: Maker,
    origin: String,
    record: Record,
    state: Mutex<State>,
    connections: AtomicU64,
}

#[derive(Default)]
struct State {
    once: HashMap<String, VecDeque<MakerAnswer>>,
    always: Option<MakerAnswer>,
    logins: VecDeque<MakerAnswer>,
    valid: HashSet<String>,
    ended: HashSet<String>,
    granted: u64,
    messages: u64,
    /// Device and idempotency key of what was taken, each once.
    shown: Vec<(String, String)>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn expire_tokens(&self) {
        let mut state = self.state();
        let ended = std::mem::take(&mut state.valid);
        state.ended.extend(ended);
    }

    /// Whether a token that the client signs itself may be used; each is granted when it is first seen.
    fn admit(&self, token: &str) -> bool {
        let mut state = self.state();
        if state.ended.contains(token) {
            return false;
        }
        if state.valid.insert(token.to_owned()) {
            state.granted += 1;
        }
        true
    }
}

impl MakerDouble {
    /// Huawei, both its login and its push server.
    pub async fn huawei() -> Self {
        Self::start(Maker::Huawei).await
    }

    /// HarmonyOS Push Kit, with a service account of its own making.
    pub async fn harmony() -> Self {
        Self::start(Maker::Harmony(harmony::Account::generate())).await
    }

    /// Xiaomi, for one app.
    pub async fn xiaomi(package: &str) -> Self {
        Self::start(Maker::Xiaomi { package: package.to_owned() }).await
    }

    /// OPPO.
    pub async fn oppo() -> Self {
        Self::start(Maker::Oppo).await
    }

    /// vivo.
    pub async fn vivo() -> Self {
        Self::start(Maker::Vivo).await
    }

    /// A Web Push service, with an app's key pair of its own making.
    pub async fn web() -> Self {
        Self::start(Maker::Web(Box::new(web::Service::generate()))).await
    }

    /// # Panics
    /// When the machine has no loopback port or no randomness.
    async fn start(maker: Maker) -> Self {
        let authority = Authority::generate();
        let tls = TlsAcceptor::from(authority.server(false, &[b"h2", b"http/1.1"]));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            maker,
            origin: format!("https://localhost:{}", address.port()),
            record: Record::default(),
            state: Mutex::default(),
            connections: AtomicU64::new(0),
        });
        let task = tokio::spawn(accept(listener, tls, Arc::clone(&shared))).abort_handle();
        Self { authority, shared, task }
    }

    /// `https://localhost:port`.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.origin.clone()
    }

    /// Root to trust.
    #[must_use]
    pub fn root_certificate_pem(&self) -> String {
        self.authority.pem()
    }

    /// The credential the double knows, as a table of the server's configuration without app and package.
    #[must_use]
    pub fn credential(&self) -> Value {
        match &self.shared.maker {
            Maker::Huawei => json!({
                "vendor": "huawei", "huawei_app_id": HUAWEI_APP_ID, "app_secret": SECRET,
                "badge_class": "com.example.app.MainActivity", "login_endpoint": self.url()
            }),
            Maker::Harmony(_) => {
                json!({ "vendor": "harmonyos", "service_account_file": SERVICE_ACCOUNT_FILE })
            }
            Maker::Xiaomi { .. } => json!({ "vendor": "xiaomi", "app_secret": SECRET }),
            Maker::Oppo => json!({ "vendor": "oppo", "app_key": APP_KEY, "master_secret": SECRET }),
            Maker::Vivo => json!({
                "vendor": "vivo", "vivo_app_id": VIVO_APP_ID, "app_key": APP_KEY, "app_secret": SECRET
            }),
            Maker::Web(_) => json!({
                "vendor": "web", "key_file": VAPID_FILE, "subject": "mailto:push@example.com",
                "private_addresses": true
            }),
        }
    }

    /// The files that the credential names: name and content.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, String)> {
        match &self.shared.maker {
            Maker::Harmony(account) => vec![(SERVICE_ACCOUNT_FILE, account.json())],
            Maker::Web(service) => vec![(VAPID_FILE, service.vapid_pem())],
            _ => Vec::new(),
        }
    }

    /// The token of a device with this name: made up, or of Web Push a subscription that the double can decrypt for.
    #[must_use]
    pub fn token_of(&self, name: &str) -> String {
        match &self.shared.maker {
            Maker::Web(service) => service.subscribe(&self.shared.origin, name),
            _ => name.to_owned(),
        }
    }

    /// All messages so far, in order of arrival, each of a batch by itself; logins are not among them.
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

    /// What devices show: device and idempotency key of the messages taken. Phones of Huawei (HarmonyOS, too) and
    /// Xiaomi and OPPO's server leave a repetition with the same key out; vivo does not promise to, so there every message is in the list.
    #[must_use]
    pub fn shown(&self) -> Vec<(String, String)> {
        self.shared.state().shown.clone()
    }

    /// The next flawless message for this device is answered so; several calls queue up.
    pub fn script(&self, token: &str, answer: MakerAnswer) {
        self.shared.state().once.entry(token.to_owned()).or_default().push_back(answer);
    }

    /// Every flawless message without a script of its own is answered so; `None` = accepted.
    pub fn script_all(&self, answer: Option<MakerAnswer>) {
        self.shared.state().always = answer;
    }

    /// The next login is answered so; several calls queue up.
    pub fn script_login(&self, answer: MakerAnswer) {
        self.shared.state().logins.push_back(answer);
    }

    /// From now on no access token given so far is valid.
    pub fn expire_tokens(&self) {
        self.shared.expire_tokens();
    }

    /// Logins so far; of HarmonyOS and Web Push, the tokens seen.
    #[must_use]
    pub fn logins(&self) -> u64 {
        self.shared.state().granted
    }

    /// Connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

impl Drop for MakerDouble {
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

/// A request taken apart.
struct Asked {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    form: Map<String, Value>,
    json: Value,
    raw: Bytes,
    connection: u64,
}

impl Asked {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    fn field(&self, name: &str) -> &str {
        self.form.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

async fn respond(shared: Arc<Shared>, connection: u64, request: Request<Incoming>) -> Reply {
    let (head, incoming) = request.into_parts();
    let Ok(body) = Limited::new(incoming, MOST_BODY).collect().await else { return Err(Cut) };
    let raw = body.to_bytes();
    let asked = Asked {
        method: head.method,
        path: head.uri.path().to_owned(),
        headers: headers(&head.headers),
        form: form_urlencoded::parse(&raw)
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect(),
        json: serde_json::from_slice(&raw).unwrap_or_default(),
        raw,
        connection,
    };
    match (&shared.maker, asked.path.as_str()) {
        (Maker::Huawei, "/oauth2/v3/token")
        | (Maker::Oppo, "/server/v1/auth")
        | (Maker::Vivo, "/message/auth") => login(&shared, &asked).await,
        _ => messages(&shared, &asked).await,
    }
}

async fn login(shared: &Shared, asked: &Asked) -> Reply {
    let scripted = shared.state().logins.pop_front();
    if let Some(answer) = scripted.filter(|answer| *answer != MakerAnswer::Accept) {
        return act(shared, &[("", answer)]).await;
    }
    let checked = match shared.maker {
        Maker::Huawei if !is_form(asked) => Err((1101, "content-type".into())),
        Maker::Huawei => {
            huawei::login(&asked.form, HUAWEI_APP_ID, SECRET).map_err(|why| (1101, why.to_owned()))
        }
        Maker::Oppo if !is_form(asked) => Err((40, "content-type".into())),
        Maker::Oppo => oppo::login(&asked.form, APP_KEY, SECRET, now_ms()),
        _ => vivo::login(&asked.json, VIVO_APP_ID, APP_KEY, SECRET, now_ms()),
    };
    if let Err((code, why)) = checked {
        return Ok(match shared.maker {
            Maker::Huawei => {
                let json = json!({ "error": code, "sub_error": 20023, "error_description": why });
                reply(400, None, &json)
            }
            _ => reply(200, None, &refusal(&shared.maker, code, &why)),
        });
    }
    let mut state = shared.state();
    state.granted += 1;
    let token = format!("double-login-{}", state.granted);
    state.valid.insert(token.clone());
    Ok(reply(
        200,
        None,
        &match shared.maker {
            Maker::Huawei => json!({ "access_token": token, "expires_in": 3600, "token_type": "Bearer" }),
            Maker::Oppo => {
                json!({ "code": 0, "message": "", "data": { "auth_token": token, "create_time": now_ms() } })
            }
            _ => json!({ "result": 0, "desc": "请求成功", "authToken": token }),
        },
    ))
}

/// What is wrong with a whole request: its HTTP status or code, and the broken rule.
struct Fault(u16, i64, String);

async fn messages(shared: &Shared, asked: &Asked) -> Reply {
    let (messages, fault) = match envelope(shared, asked) {
        Ok(messages) => (messages, None),
        Err(fault) => (vec![Value::Null], Some(fault)),
    };
    let mut answers = Vec::new();
    for message in messages {
        let token = match &shared.maker {
            Maker::Web(service) => service.token(&asked.path),
            maker => device(maker, &message).to_owned(),
        };
        let checked = match (&fault, &shared.maker) {
            (Some(Fault(_, code, why)), _) => Err((*code, why.clone())),
            (None, Maker::Huawei) => huawei::message(&message),
            (None, Maker::Harmony(_)) => harmony::message(&message, asked.header("push-type")),
            (None, Maker::Xiaomi { package }) => {
                xiaomi::message(message.as_object().unwrap_or(&Map::new()), package)
            }
            (None, Maker::Oppo) => oppo::message(&message),
            (None, Maker::Vivo) => vivo::message(&message, VIVO_APP_ID),
            (None, Maker::Web(_)) => web::message(&message),
        };
        let (answer, violation) = match checked {
            Ok(()) => (take(shared, &token, &message), None),
            Err((code, why)) => (MakerAnswer::Refuse(code), Some(why)),
        };
        shared.record.push(Recorded {
            method: asked.method.to_string(),
            path: asked.path.clone(),
            token: token.clone(),
            headers: asked.headers.clone(),
            body: message,
            raw_body: asked.raw.clone(),
            connection: asked.connection,
            stream: 0,
            status: status(&shared.maker, &answer),
            reason: if answer == MakerAnswer::Accept { String::new() } else { format!("{answer:?}") },
            violation,
        });
        answers.push((token, answer));
    }
    if let Some(Fault(status @ 400.., ..)) = fault {
        return Ok(reply(status, None, &json!({})));
    }
    let answers: Vec<_> = answers.iter().map(|(token, answer)| (token.as_str(), answer.clone())).collect();
    if asked.path.ends_with("_batch") { batch(shared, &answers).await } else { act(shared, &answers).await }
}

/// Checks what is around the messages and takes them out.
fn envelope(shared: &Shared, asked: &Asked) -> Result<Vec<Value>, Fault> {
    let is_post = asked.method == Method::POST;
    let unknown = || Err(Fault(404, 404, format!("{} {}", asked.method, asked.path)));
    match (&shared.maker, asked.path.as_str()) {
        _ if !is_post => unknown(),
        (Maker::Huawei, path) => {
            if path != format!("/v1/{HUAWEI_APP_ID}/messages:send") {
                return unknown();
            }
            if !asked.header("content-type").starts_with("application/json") {
                return Err(Fault(200, 80_100_003, "content-type".into()));
            }
            let Some(token) = asked.header("authorization").strip_prefix("Bearer ") else {
                return Err(Fault(200, 80_200_001, "authorization".into()));
            };
            if !shared.state().valid.contains(token) {
                return Err(Fault(200, HUAWEI_EXPIRED, "authorization".into()));
            }
            Ok(vec![asked.json.clone()])
        }
        (Maker::Harmony(account), path) => {
            if path != format!("/v3/{}/messages:send", harmony::PROJECT) {
                return unknown();
            }
            if !asked.header("content-type").starts_with("application/json") {
                return Err(Fault(200, 80_100_003, "content-type".into()));
            }
            let token = asked.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
            account.check(token).map_err(|(code, why)| Fault(200, code, why))?;
            if !shared.admit(token) {
                return Err(Fault(200, harmony::EXPIRED, "authorization".into()));
            }
            Ok(vec![asked.json.clone()])
        }
        (Maker::Xiaomi { .. }, "/v3/message/regid") => {
            if asked.header("authorization") != format!("key={SECRET}") {
                return Err(Fault(200, 21301, "authorization".into()));
            }
            if !is_form(asked) {
                return Err(Fault(200, 10008, "content-type".into()));
            }
            Ok(vec![Value::Object(asked.form.clone())])
        }
        (Maker::Oppo, path) => {
            let field = match path {
                "/server/v1/message/notification/unicast" => "message",
                "/server/v1/message/notification/unicast_batch" => "messages",
                _ => return unknown(),
            };
            if !is_form(asked) {
                return Err(Fault(200, 40, "content-type".into()));
            }
            if !shared.state().valid.contains(asked.field("auth_token")) {
                return Err(Fault(200, 11, "auth_token".into()));
            }
            if asked.form.len() != 2 {
                return Err(Fault(200, 40, "a form of auth_token and message".into()));
            }
            match serde_json::from_str(asked.field(field)) {
                Ok(Value::Array(list)) if field == "messages" && (1..=MOST_BATCH).contains(&list.len()) => {
                    Ok(list)
                }
                Ok(one @ Value::Object(_)) if field == "message" => Ok(vec![one]),
                _ => Err(Fault(200, 40, format!("{field} is not what it should be"))),
            }
        }
        (Maker::Web(service), path) => {
            let header = |name: &str| asked.header(name);
            let now = now_ms() / 1_000;
            let asked = web::Asked { header: &header, path, body: &asked.raw, origin: &shared.origin, now };
            let (message, jwt) = service.open(&asked).map_err(|(status, why)| Fault(200, status, why))?;
            if !shared.admit(jwt) {
                return Err(Fault(200, web::ENDED, "authorization".into()));
            }
            Ok(vec![message])
        }
        (Maker::Vivo, "/message/send") => {
            if asked.header("content-type") != "application/json" {
                return Err(Fault(200, 10040, "content-type".into()));
            }
            if !shared.state().valid.contains(asked.header("authtoken")) {
                return Err(Fault(200, 10000, "authToken".into()));
            }
            Ok(vec![asked.json.clone()])
        }
        _ => unknown(),
    }
}

/// The scripted answer to a flawless message; what is not refused is shown by the device.
fn take(shared: &Shared, token: &str, message: &Value) -> MakerAnswer {
    let mut state = shared.state();
    let once = state.once.get_mut(token).and_then(VecDeque::pop_front);
    let answer = once.or_else(|| state.always.clone()).unwrap_or(MakerAnswer::Accept);
    if matches!(answer, MakerAnswer::Accept | MakerAnswer::Disconnect | MakerAnswer::Hang) {
        let key = match shared.maker {
            Maker::Huawei => &message["message"]["android"]["notification"]["tag"],
            Maker::Harmony(_) => harmony::key(message),
            Maker::Xiaomi { .. } => &message["extra.jobkey"],
            Maker::Oppo => &message["notification"]["app_message_id"],
            Maker::Vivo => &message["requestId"],
            Maker::Web(_) => &message["zego"]["zpns_request_id"],
        };
        let entry = (token.to_owned(), key.as_str().unwrap_or_default().to_owned());
        if matches!(shared.maker, Maker::Vivo) || !state.shown.contains(&entry) {
            state.shown.push(entry);
        }
    }
    answer
}

fn device<'m>(maker: &Maker, message: &'m Value) -> &'m str {
    let token = match maker {
        Maker::Huawei => huawei::token(message),
        Maker::Harmony(_) => harmony::token(message),
        Maker::Xiaomi { .. } => &message["registration_id"],
        Maker::Oppo => &message["target_value"],
        Maker::Vivo => &message["regId"],
        // The address tells.
        Maker::Web(_) => &Value::Null,
    };
    token.as_str().unwrap_or_default()
}

fn is_form(asked: &Asked) -> bool {
    asked.header("content-type").starts_with("application/x-www-form-urlencoded")
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
