//! "Do not disturb" of conversations.

use super::codes::{Code, Refusal, of_service};
use super::fields::Fields;
use super::users::answer;
use super::{Answer, Api};
use crate::service::server_api;
use serde_json::{Value, json};

/// Conversations in one call.
const CONVERSATIONS: usize = 10;

/// `SilenceConvNotification`: no push for these conversations while silent, and they do not count in the total unread.
pub(super) async fn silence(api: &Api<'_>, fields: &Fields) -> Answer {
    let from = fields.needed("FromUserId")?;
    let kind = fields.number_in("ConvType", 0..=2, None)?;
    if kind == 1 {
        return Err(Refusal::parameter("ConvType", "must be 0 (peer) or 2 (group)"));
    }
    let ids = fields.texts("ConvIds", CONVERSATIONS)?;
    if !fields.is_present("Enable") {
        return Err(Refusal::parameter("Enable", "is missing"));
    }
    let silent = fields.switch("Enable")?;
    let wanted = ids.clone();
    let done = api.run_as(&from, move |tx, ctx| {
        let mut done = Vec::with_capacity(wanted.len());
        for id in &wanted {
            done.push(server_api::silence(tx, ctx, kind, id, silent)?);
        }
        Ok(Ok(done))
    });
    let done = done.await?;
    let errors: Vec<Value> = ids
        .iter()
        .zip(&done)
        .filter_map(|(id, done)| done.as_ref().err().map(|error| (id, error)))
        .map(|(id, error)| json!({ "ConvId": id, "SubCode": of_service(error.code).0, "SubMessage": error.message }))
        .collect();
    let all_failed = errors.len() == ids.len();
    let fields = answer(json!({ "ErrorList": errors }));
    if all_failed {
        return Err(Refusal::new(Code::BUSINESS, "no conversation was changed").with(fields));
    }
    Ok(fields)
}
