//! Every documented answer of HarmonyOS Push Kit and what it means. Only a token that Huawei calls malformed, or of
//! another platform, deletes a binding.

use crate::huawei::Reply;
use crate::model::Outcome;
use crate::oem::{self, Class};
use serde::Deserialize;
use std::collections::BTreeMap;

const SUCCESS: i64 = 80_000_000;
/// Some tokens (the first) or all (the second) are at fault; the text says which and why.
const FAULTY_TOKENS: [i64; 2] = [80_100_000, 80_300_007];

const CODES: &[(Class, &[i64])] = &[
    (Class::AuthExpired, &[80_200_005]),
    // The thousand test messages of a day; formal ones go on.
    (Class::PartOfQuota, &[80_300_029]),
    (Class::TooLarge, &[80_300_008]),
    // Another project's account, push not enabled, a token made for more than a day, a penalty.
    (Class::Misconfigured, &[80_200_001, 80_300_002, 80_300_036, 80_300_037]),
    (Class::Rejected, &[80_100_001, 80_100_003, 80_100_004, 80_100_022, 80_300_010, 80_300_030]),
    (Class::Retry, &[81_000_001]),
];

/// Why a token is at fault.
const REASONS: &[(Class, &[&str])] = &[
    (Class::TokenInvalid, &["tokenFormatError", "tokenPlatformNotSupport"]),
    // Of another project's app, or of a device that was upgraded from HarmonyOS 4 and has not registered since.
    (Class::TokenSuspect, &["noRight"]),
    (
        Class::Misconfigured,
        &[
            "noPushTypeRight",
            "noRightToSendThisLiveNotificationEvent",
            "notSupportPlayVoice",
            "atomicUnableSendUnsubscribedMsg",
            "countryNotSupport",
            "disableSendHuaweiMsgBecauseOfPenalty",
            "appinfoError",
            "differentImgVerifyPolicy",
        ],
    ),
];

/// The text of an answer about tokens.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Faulty {
    illegal_tokens: BTreeMap<String, Vec<String>>,
}

/// What an answer to the push to this token means.
pub(super) fn of_push(reply: &Reply<'_>, token: &str) -> Outcome {
    let body = reply.body();
    match (reply.status, body.code) {
        (200, Some(SUCCESS)) => Outcome::Delivered { vendor_id: body.request_id },
        (200 | 400, Some(code)) if FAULTY_TOKENS.contains(&code) => {
            let (class, why) = fault(&body.msg, token);
            reply.of_class(class, format!("{code} {why}"))
        }
        (200 | 400 | 401, Some(code)) => {
            reply.of_class(oem::class_of(CODES, code), format!("{code} {}", body.msg))
        }
        (401, None) => Outcome::AuthExpired,
        _ => reply.of_status(),
    }
}

/// One token was sent: either the text says why it is at fault, or the answer contradicts itself.
fn fault(text: &str, token: &str) -> (Class, String) {
    let faulty: Faulty = serde_json::from_str(text).unwrap_or_default();
    let named = faulty.illegal_tokens.into_iter().find(|(_, tokens)| tokens.iter().any(|one| one == token));
    match named {
        None => (Class::TokenSuspect, "without the token".into()),
        Some((reason, _)) => {
            let known = REASONS.iter().find(|(_, reasons)| reasons.contains(&reason.as_str()));
            (known.map_or(Class::Rejected, |(class, _)| *class), reason)
        }
    }
}
