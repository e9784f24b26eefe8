//! What the vendors answer, each in its own words.

use super::{Cut, HUAWEI_EXPIRED, Maker, MakerAnswer, Reply, Shared, harmony};
use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use serde_json::{Value, json};

/// HTTP status of an answer, 0 = none.
pub(super) fn status(maker: &Maker, answer: &MakerAnswer) -> u16 {
    match answer {
        MakerAnswer::Refuse(code)
            if matches!(maker, Maker::Harmony(_)) && harmony::is_of_authorization(*code) =>
        {
            401
        }
        MakerAnswer::ExpireTokens if matches!(maker, Maker::Harmony(_)) => 401,
        MakerAnswer::Refuse(_) | MakerAnswer::ExpireTokens | MakerAnswer::IllegalToken(_)
            if matches!(maker, Maker::Huawei | Maker::Harmony(_)) =>
        {
            400
        }
        MakerAnswer::Accept if matches!(maker, Maker::Web(_)) => 201,
        MakerAnswer::Refuse(status) if matches!(maker, Maker::Web(_)) => {
            u16::try_from(*status).unwrap_or_default()
        }
        MakerAnswer::ExpireTokens if matches!(maker, Maker::Web(_)) => 403,
        MakerAnswer::BadToken(_) if matches!(maker, Maker::Web(_)) => 410,
        MakerAnswer::Status(status, _) => *status,
        MakerAnswer::Hang | MakerAnswer::Disconnect => 0,
        _ => 200,
    }
}

/// The answer to a batch: an item for each message, unless one of them is scripted to spoil the whole.
pub(super) async fn batch(shared: &Shared, answers: &[(&str, MakerAnswer)]) -> Reply {
    let spoils = |answer: &MakerAnswer| {
        !matches!(answer, MakerAnswer::Accept | MakerAnswer::Refuse(_) | MakerAnswer::BadToken(_))
    };
    let whole = answers.iter().find(|(_, answer)| spoils(answer) || *answer == MakerAnswer::Refuse(11));
    if let Some((token, answer)) = whole {
        return act(shared, &[(token, answer.clone())]).await;
    }
    let items: Vec<_> = answers
        .iter()
        .map(|(token, answer)| match answer {
            MakerAnswer::Refuse(code) => {
                json!({ "registrationId": token, "errorCode": code, "errorMessage": "scripted" })
            }
            MakerAnswer::BadToken(_) => {
                json!({ "registrationId": token, "errorCode": 10000, "errorMessage": "Invalid RegistrationId" })
            }
            _ => json!({ "registrationId": token, "messageId": next_id(shared) }),
        })
        .collect();
    Ok(reply(200, None, &json!({ "code": 0, "message": "", "data": items })))
}

/// Answers as scripted.
pub(super) async fn act(shared: &Shared, answers: &[(&str, MakerAnswer)]) -> Reply {
    let Some((token, answer)) = answers.first() else { return Err(Cut) };
    let json = match answer {
        MakerAnswer::Hang => std::future::pending().await,
        MakerAnswer::Disconnect => return Err(Cut),
        MakerAnswer::Status(status, retry_after) => return Ok(reply(*status, *retry_after, &Value::Null)),
        MakerAnswer::Garbage => json!("<html>"),
        MakerAnswer::Accept => accepted(shared),
        MakerAnswer::Refuse(code) => refusal(&shared.maker, *code, "scripted"),
        MakerAnswer::BadToken(status) => bad_token(shared, token, *status),
        MakerAnswer::IllegalToken(reason) => {
            let told = harmony::illegal(reason, token).to_string();
            refusal(&shared.maker, harmony::ALL_FAILED, &told)
        }
        MakerAnswer::ExpireTokens => {
            shared.expire_tokens();
            let code = match shared.maker {
                Maker::Huawei => HUAWEI_EXPIRED,
                Maker::Harmony(_) => harmony::EXPIRED,
                Maker::Oppo => 11,
                _ => 10000,
            };
            refusal(&shared.maker, code, "the token is not valid")
        }
    };
    let mut answered = reply(status(&shared.maker, answer), None, &json);
    if let (Maker::Web(_), Some(id)) = (&shared.maker, json["id"].as_str()) {
        let location = format!("{}/message/{id}", shared.origin);
        answered.headers_mut().insert("location", location.parse().expect("an address is a header's value"));
    }
    Ok(answered)
}

fn next_id(shared: &Shared) -> String {
    let mut state = shared.state();
    state.messages += 1;
    format!("m{}", state.messages)
}

fn accepted(shared: &Shared) -> Value {
    let id = next_id(shared);
    match shared.maker {
        Maker::Huawei | Maker::Harmony(_) => json!({ "code": "80000000", "msg": "Success", "requestId": id }),
        Maker::Xiaomi { .. } => {
            json!({ "result": "ok", "code": 0, "description": "成功", "data": { "id": id }, "trace_id": "t" })
        }
        Maker::Oppo => json!({ "code": 0, "message": "", "data": { "messageId": id } }),
        Maker::Vivo => json!({ "result": 0, "desc": "请求成功", "taskId": id }),
        Maker::Web(_) => json!({ "id": id }),
    }
}

fn bad_token(shared: &Shared, token: &str, status: i64) -> Value {
    match &shared.maker {
        Maker::Huawei if status == 0 => refusal(&shared.maker, 80_300_007, "all the tokens are invalid"),
        Maker::Huawei => {
            let illegal = if status == 1 { token } else { "another" };
            let told = json!({ "success": 0, "failure": 1, "illegal_tokens": [illegal] }).to_string();
            refusal(&shared.maker, 80_100_000, &told)
        }
        Maker::Harmony(_) => {
            let illegal = if status == 1 { token } else { "another" };
            let told = harmony::illegal("tokenFormatError", illegal).to_string();
            refusal(&shared.maker, harmony::SOME_FAILED, &told)
        }
        Maker::Xiaomi { .. } => {
            let id = next_id(shared);
            json!({ "result": "ok", "code": 0, "data": { "id": id, "bad_regids": format!("other,{token}") } })
        }
        Maker::Oppo => refusal(&shared.maker, 10000, "Invalid RegistrationId"),
        Maker::Web(_) => refusal(&shared.maker, 410, "the subscription has ended"),
        Maker::Vivo => {
            json!({ "result": 10302, "desc": "regId不合法", "invalidUser": { "userid": token, "status": status } })
        }
    }
}

/// A refusal with a code.
pub(super) fn refusal(maker: &Maker, code: i64, why: &str) -> Value {
    match maker {
        Maker::Huawei | Maker::Harmony(_) => {
            json!({ "code": code.to_string(), "msg": why, "requestId": "r" })
        }
        Maker::Xiaomi { .. } => {
            json!({ "result": "error", "code": code, "reason": why, "description": "失败", "trace_id": "t" })
        }
        Maker::Oppo => json!({ "code": code, "message": why, "data": null }),
        Maker::Vivo => json!({ "result": code, "desc": why }),
        Maker::Web(_) => json!({ "code": code, "message": why }),
    }
}

pub(super) fn reply(status: u16, retry_after: Option<u64>, json: &Value) -> Response<Full<Bytes>> {
    let mut response =
        Response::builder().status(status).header("content-type", "application/json; charset=UTF-8");
    if let Some(seconds) = retry_after {
        response = response.header("retry-after", seconds);
    }
    response.body(Full::new(json.to_string().into())).expect("the scripted status is one")
}
