//! Calls in a user's name, general mode.

use super::codes::{Refusal, of_service};
use super::fields::Fields;
use super::users::answer;
use super::{Answer, Api, offline_push};
use crate::service::server_api;
use serde_json::{Value, json};
use zim_proto::limits;
use zim_proto::v1::{self, request::Op, response};

/// Ring time without `Timeout`, in seconds.
const TIMEOUT_S: u32 = 90;

/// `CallInvite`. A caller without a device takes part until the call ends by itself.
pub(super) async fn invite(api: &Api<'_>, fields: &Fields) -> Answer {
    let from = fields.needed("FromUserId")?;
    let op = Op::CallInvite(v1::CallInvite {
        invitees: fields.texts("UserIds", limits::CALL_INVITEES)?,
        mode: 0,
        timeout_s: fields.number_in("Timeout", 1..=limits::CALL_TIMEOUT_MAX_S, Some(TIMEOUT_S))?,
        extended_data: fields.text("ExtendedData")?,
        enable_not_received_check: false,
        push: offline_push::read(fields)?,
        client_id: 0,
    });
    let reply = api.run_as(&from, move |tx, ctx| server_api::perform(tx, ctx, &op)).await?;
    let response::Result::CallInvited(invited) = api.settle(reply) else { return Ok(answer(json!({}))) };
    api.hub.metrics.calls.add(1);
    let errors: Vec<Value> = invited
        .errors
        .iter()
        .map(|error| {
            let code =
                zim_proto::ErrorCode::from_code(error.reason).map_or(error.reason, |code| of_service(code).0);
            json!({ "UserId": error.user_id, "SubCode": code })
        })
        .collect();
    let create_time = invited.call.map_or(0, |call| call.create_time);
    Ok(answer(json!({ "CallId": invited.call_id, "CreateTime": create_time, "ErrorUsers": errors })))
}

/// `CallAccept`.
pub(super) async fn accept(api: &Api<'_>, fields: &Fields) -> Answer {
    let (call_id, extended_data) = call_of(fields)?;
    respond(api, fields, Op::CallAccept(v1::CallAccept { call_id, extended_data })).await
}

/// `CallReject`.
pub(super) async fn reject(api: &Api<'_>, fields: &Fields) -> Answer {
    let (call_id, extended_data) = call_of(fields)?;
    respond(api, fields, Op::CallReject(v1::CallReject { call_id, extended_data })).await
}

fn call_of(fields: &Fields) -> Result<(String, String), Refusal> {
    Ok((fields.needed("CallId")?, fields.text("ExtendedData")?))
}

async fn respond(api: &Api<'_>, fields: &Fields, op: Op) -> Answer {
    let from = fields.needed("FromUserId")?;
    let reply = api.run_as(&from, move |tx, ctx| server_api::perform(tx, ctx, &op)).await?;
    api.settle(reply);
    Ok(answer(json!({})))
}
