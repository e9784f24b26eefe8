//! Recall of messages in the name of the user who sent them.

use super::codes::{Code, Refusal};
use super::fields::Fields;
use super::users::answer;
use super::{Answer, Api, offline_push};
use crate::service::server_api;
use serde_json::json;
use zim_proto::{ConversationType, v1};

/// Largest `Payload` in bytes; the devices get it as `revokeExtendedData`.
const PAYLOAD_BYTES: usize = 200;

/// `RevokePeerMessage`.
pub(super) async fn peer(api: &Api<'_>, fields: &Fields) -> Answer {
    let to = fields.needed("ToUserId")?;
    if to == fields.needed("FromUserId")? {
        return Err(Refusal::new(Code::TO_SELF, "ToUserId is FromUserId"));
    }
    revoke(api, fields, ConversationType::Peer, to).await
}

/// `RevokeGroupMessage`.
pub(super) async fn group(api: &Api<'_>, fields: &Fields) -> Answer {
    let group_id = fields.needed("GroupId")?;
    revoke(api, fields, ConversationType::Group, group_id).await
}

async fn revoke(
    api: &Api<'_>,
    fields: &Fields,
    conversation_type: ConversationType,
    conversation_id: String,
) -> Answer {
    let from = fields.needed("FromUserId")?;
    let Some(seq) = fields.number("MsgSeq")? else { return Err(Refusal::parameter("MsgSeq", "is missing")) };
    let seq = u64::try_from(seq).ok().filter(|seq| *seq > 0);
    let message_seq = seq.ok_or_else(|| Refusal::parameter("MsgSeq", "must be at least 1"))?;
    let payload = fields.text("Payload")?;
    if payload.len() > PAYLOAD_BYTES {
        let fault = format!("has {} bytes, {PAYLOAD_BYTES} are the most", payload.len());
        return Err(Refusal::parameter("Payload", fault));
    }
    let request = v1::RevokeMessage {
        conversation_type: u32::try_from(conversation_type.value()).unwrap_or_default(),
        conversation_id,
        message_seq,
        // The call names a place, and the sender for a check.
        message_id: 0,
        extended_data: payload,
        push: offline_push::read(fields)?,
    };
    let reply = api.run_as(&from, move |tx, ctx| server_api::revoke(tx, ctx, &request)).await;
    api.settle(reply.map_err(|refusal| match refusal.code {
        Code::NO_PERMISSION => Refusal { code: Code::NOT_THE_SENDER, ..refusal },
        _ => refusal,
    })?);
    Ok(answer(json!({})))
}
