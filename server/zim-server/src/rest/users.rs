//! Users: registering, who is online, what others see.

use super::codes::{Code, Refusal};
use super::fields::Fields;
use super::{Answer, Api};
use crate::service::server_api::Known;
use crate::service::{Presence as _, server_api};
use serde_json::{Map, Value, json};
use zim_proto::{limits, v1, validate};

/// Users in one call.
const USERS: usize = 100;

/// The fields of an answer.
pub(super) fn answer(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// `UserRegister`: creates accounts, so that messages are stored for them. They have no PushID before a first login.
pub(super) async fn register(api: &Api<'_>, fields: &Fields) -> Answer {
    let wanted = fields.objects("UserInfo", USERS)?;
    let mut infos = Vec::with_capacity(wanted.len());
    let mut errors: Vec<(String, Code, String)> = Vec::new();
    for user in &wanted {
        let info = v1::UserInfo {
            user_id: user.needed("UserId")?,
            user_name: user.text("UserName")?,
            avatar_url: user.text("UserAvatar")?,
            extended_data: String::new(),
        };
        match check(&info) {
            Ok(()) => infos.push(info),
            Err((code, message)) => errors.push((info.user_id, code, message)),
        }
    }
    let now = api.hub.clock.now();
    let app_id = api.app_id;
    let existing = api.run(move |tx, _| {
        let mut existing = Vec::new();
        for info in &infos {
            if !server_api::register(tx, now, app_id, info)? {
                existing.push(info.user_id.clone());
            }
        }
        Ok(Ok(existing))
    });
    let existing = existing.await?;
    errors.extend(existing.into_iter().map(|id| (id, Code::USER_EXISTS, "the user exists".to_owned())));
    let list: Vec<Value> = errors
        .iter()
        .map(|(id, code, message)| json!({ "UserId": id, "SubCode": code.0, "SubMessage": message }))
        .collect();
    let fields = answer(json!({ "ErrorList": list }));
    match errors.first() {
        Some((_, code, message)) if errors.len() == wanted.len() => {
            Err(Refusal::new(*code, message.clone()).with(fields))
        }
        _ => Ok(fields),
    }
}

fn check(info: &v1::UserInfo) -> Result<(), (Code, String)> {
    if let Err(invalid) = validate::user_id(&info.user_id, "UserId") {
        return Err((Code::PARAMETER, format!("UserId {}", invalid.message)));
    }
    if info.user_name.len() > limits::USER_NAME_BYTES {
        let message = format!("UserName is longer than {} bytes", limits::USER_NAME_BYTES);
        return Err((Code::NAME_TOO_LONG, message));
    }
    if info.avatar_url.len() > limits::AVATAR_URL_BYTES {
        let message = format!("UserAvatar is longer than {} bytes", limits::AVATAR_URL_BYTES);
        return Err((Code::AVATAR_TOO_LONG, message));
    }
    Ok(())
}

/// `QueryUserOnlineState`: `Online` with a connection, `Offline` without; an error for who never logged in.
pub(super) async fn online_state(api: &Api<'_>, fields: &Fields) -> Answer {
    let ids = fields.texts("UserId", USERS)?;
    let found = look_up(api, &ids).await?;
    let (mut result, mut errors) = (Vec::new(), Vec::new());
    for (id, user) in ids.iter().zip(found) {
        match user {
            Some(Known { key, has_logged_in: true, .. }) => {
                let live = !api.hub.registry.live_platforms(key).is_empty();
                result.push(json!({ "UserId": id, "Status": if live { "Online" } else { "Offline" } }));
            }
            _ => errors.push(json!({ "UserId": id, "SubCode": Code::NEVER_LOGGED_IN.0 })),
        }
    }
    some_or_all(Code::NEVER_LOGGED_IN, "no such user has logged in", &result, &errors)
}

/// `QueryUserInfos`.
pub(super) async fn infos(api: &Api<'_>, fields: &Fields) -> Answer {
    let ids = fields.texts("UserIds", USERS)?;
    let found = look_up(api, &ids).await?;
    let (mut result, mut errors) = (Vec::new(), Vec::new());
    for (id, user) in ids.iter().zip(found) {
        match user {
            Some(Known { info, .. }) => result.push(json!({
                "UserId": info.user_id, "UserName": info.user_name, "UserAvatar": info.avatar_url,
                "Extra": info.extended_data,
            })),
            None => errors.push(json!({ "UserId": id, "SubCode": Code::NO_SUCH_USER.0 })),
        }
    }
    some_or_all(Code::NO_SUCH_USER, "no such user is registered", &result, &errors)
}

async fn look_up(api: &Api<'_>, ids: &[String]) -> Result<Vec<Option<Known>>, Refusal> {
    let (ids, app_id) = (ids.to_vec(), api.app_id);
    api.run(move |tx, _| Ok(Ok(server_api::known(tx, app_id, &ids)?))).await
}

/// The batch rule: success while one element succeeded, else `code` with the list.
fn some_or_all(code: Code, message: &str, result: &[Value], errors: &[Value]) -> Answer {
    let all_failed = result.is_empty();
    let fields = answer(json!({ "Result": result, "ErrorList": errors }));
    if all_failed { Err(Refusal::new(code, message).with(fields)) } else { Ok(fields) }
}
