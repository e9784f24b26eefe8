//! The server API: signed calls of an app's own backend on `/`, as published for ZIM's "Server API".
//!
//! A call is `?Action=…&AppId=…` with a signature made from the app's ServerSecret; its own parameters are in the query
//! (GET) or in a JSON body (POST). The answer is always HTTP 200 with `Code`, `Message` and `RequestId`, and the action's
//! fields. `docs/server-api.md` lists the actions.

mod calls;
mod codes;
mod conversations;
mod envelope;
mod fields;
mod groups;
mod messages;
mod offline_push;
mod rates;
mod revoke;
mod users;

use crate::gateway;
use crate::hub::Hub;
use crate::service::{self, Context, OsRandom, Random as _};
use crate::store::{self, Tx};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use codes::{Code, Refusal};
use envelope::Nonces;
use fields::Fields;
use rates::Rates;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Largest body: a hundred users, or one message of the largest size in Base64.
const BODY_BYTES: usize = 256 << 10;

/// What the server API remembers between calls.
#[derive(Default)]
pub(crate) struct Gate {
    nonces: Nonces,
    rates: Rates,
}

pub(crate) fn router() -> Router<Arc<Hub>> {
    Router::new().route("/", get(call).post(call)).layer(DefaultBodyLimit::max(BODY_BYTES))
}

/// The action's own fields of an answer.
type Answer = Result<Map<String, Value>, Refusal>;

async fn call(
    State(hub): State<Arc<Hub>>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request_id = (OsRandom.next_u64() >> 1).to_string();
    let answer = match perform(&hub, query, body).await {
        Ok(fields) => fields,
        Err(refusal) => {
            tracing::debug!(code = refusal.code.0, message = refusal.message, "server API: refused");
            let mut fields = refusal.fields;
            fields.insert("Code".into(), refusal.code.0.into());
            fields.insert("Message".into(), refusal.message.into());
            fields
        }
    };
    let mut all = Map::new();
    all.insert("Code".into(), 0.into());
    all.insert("Message".into(), "success".into());
    all.insert("RequestId".into(), request_id.into());
    all.extend(answer);
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    (headers, Json(Value::Object(all))).into_response()
}

async fn perform(
    hub: &Arc<Hub>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let Query(query) = query.map_err(|_| Refusal::new(Code::BAD_INPUT, "the query cannot be read"))?;
    let body = body.map_err(|_| {
        Refusal::new(
            Code::BODY_UNREADABLE,
            format!("the body cannot be read; {BODY_BYTES} bytes are the most"),
        )
    })?;
    let envelope = envelope::open(hub, &query)?;
    let action = ACTIONS
        .iter()
        .find(|action| action.name == envelope.action)
        .ok_or_else(|| Refusal::new(Code::ACTION_UNSUPPORTED, format!("Action {:?}", envelope.action)))?;
    let fields = if body.is_empty() { Fields::of_query(&query) } else { Fields::of_body(&body)? };
    hub.rest.rates.take(envelope.app_id, action, hub.clock.elapsed())?;
    let api = Api { hub, app_id: envelope.app_id };
    // One future per action would be as many types; a call is rare enough for a box.
    (action.run)(api, fields).await
}

/// An action under way.
type Running<'a> = std::pin::Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// One action as published.
struct Action {
    name: &'static str,
    per_second: u32,
    /// Code of a call over the rate.
    too_fast: Code,
    run: for<'a> fn(Api<'a>, Fields) -> Running<'a>,
}

macro_rules! actions {
    ($($name:literal, $per_second:literal, $too_fast:expr, $run:path;)*) => {
        &[$(Action {
            name: $name,
            per_second: $per_second,
            too_fast: $too_fast,
            run: |api, fields| Box::pin(async move { $run(&api, &fields).await }),
        }),*]
    };
}

const ACTIONS: &[Action] = actions! {
    "UserRegister", 20, Code::REGISTER_RATE, users::register;
    "QueryUserOnlineState", 20, Code::TOO_FAST, users::online_state;
    "QueryUserInfos", 20, Code::TOO_FAST, users::infos;
    "SendPeerMessage", 20, Code::TOO_FAST, messages::peer;
    "SendGroupMessage", 10, Code::TOO_FAST, messages::group;
    "SendMessageToAllUsers", 1, Code::ALL_USERS_RATE, messages::all_users;
    "RevokePeerMessage", 20, Code::TOO_FAST, revoke::peer;
    "RevokeGroupMessage", 20, Code::TOO_FAST, revoke::group;
    "CallInvite", 20, Code::TOO_FAST, calls::invite;
    "CallAccept", 20, Code::TOO_FAST, calls::accept;
    "CallReject", 20, Code::TOO_FAST, calls::reject;
    "SilenceConvNotification", 20, Code::TOO_FAST, conversations::silence;
    "CreateGroup", 20, Code::CREATE_GROUP_RATE, groups::create;
    "InviteUsersIntoGroup", 20, Code::TOO_FAST, groups::invite;
    "KickoutGroupUser", 20, Code::KICK_RATE, groups::kick;
    "QueryGroupMemberList", 20, Code::MEMBER_LIST_RATE, groups::members;
    "DismissGroup", 20, Code::TOO_FAST, groups::dismiss;
};

/// A call whose app is known.
struct Api<'a> {
    hub: &'a Arc<Hub>,
    app_id: u32,
}

impl Api<'_> {
    /// Runs an operation that is nobody's in particular.
    async fn run<T: Send + 'static>(
        &self,
        mut act: impl FnMut(&mut dyn Tx, &mut Context<'_>) -> service::Answer<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (hub, app_id) = (Arc::clone(self.hub), self.app_id);
        let done = store::execute(&*self.hub.store, move |tx| {
            with_context(&hub, app_id, (0, ""), |ctx| act(tx, ctx))
        });
        Ok(done.await??)
    }

    /// Runs an operation in the name of a registered user, without a device.
    async fn run_as<T: Send + 'static>(
        &self,
        user_id: &str,
        mut act: impl FnMut(&mut dyn Tx, &mut Context<'_>) -> service::Answer<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (hub, app_id, user_id) = (Arc::clone(self.hub), self.app_id, user_id.to_owned());
        let done = store::execute(&*self.hub.store, move |tx| {
            let Some(user) = tx.user(app_id, &user_id)? else { return Ok(Err(None)) };
            let done = with_context(&hub, app_id, (user.key, &user_id), |ctx| act(tx, ctx))?;
            Ok(done.map_err(Some))
        });
        done.await?.map_err(|error| match error {
            Some(error) => error.into(),
            None => Refusal::new(Code::OPERATOR_UNREGISTERED, "the acting user is not registered"),
        })
    }

    /// Does what an operation causes beside the store, and gives its result.
    fn settle(&self, reply: service::Reply) -> zim_proto::v1::response::Result {
        gateway::cause(self.hub, reply.effects);
        reply.result
    }
}

/// Runs `act` as a user without a device (key 0: as nobody).
fn with_context<T>(
    hub: &Hub,
    app_id: u32,
    user: (store::UserKey, &str),
    act: impl FnOnce(&mut Context<'_>) -> T,
) -> T {
    act(&mut Context {
        now: hub.clock.now(),
        app_id,
        user: user.0,
        user_id: user.1,
        device_id: "",
        platform: zim_proto::PlatformType::Unknown.value(),
        presence: &*hub.registry,
        rng: &mut OsRandom,
        limits: &hub.limits(app_id),
    })
}
