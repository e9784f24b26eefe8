//! A push as the app sees it, taken out of what each vendor delivers.

use crate::error::Error;
use crate::vendor::Vendor;
use serde_json::{Map, Value};
use std::fmt::{Debug, Formatter};

/// One push (published `ZPNsMessage`).
#[derive(Clone, PartialEq, Eq)]
pub struct PushMessage {
    /// Where it came from.
    pub vendor: Vendor,
    /// `pushConfig.title` of the sender, as far as the vendor shows it to the app.
    pub title: String,
    /// `pushConfig.content`.
    pub content: String,
    /// `pushConfig.payload`, byte for byte.
    pub payload: String,
    /// Everything that was pushed, as JSON text of an object; `payload` is one of its keys.
    pub extras: String,
    /// The call this push belongs to, or empty.
    pub call_id: String,
    /// `zpns_request_id`: identifies this push in the server's delivery log. Empty if our server did not send it.
    pub request_id: String,
    /// What a VoIP push says about the caller.
    pub voip: Option<VoipInfo>,
}

/// The caller of a VoIP push, for CallKit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VoipInfo {
    /// `ZIMCXHandleType`: 1 generic, 2 phone number, 3 e-mail address; 0 if absent.
    pub handle_type: i32,
    /// Handle of that type.
    pub handle_value: String,
    /// Video or audio.
    pub has_video: bool,
}

/// Ids only: title, content and payload are the users' business.
impl Debug for PushMessage {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushMessage")
            .field("vendor", &self.vendor)
            .field("call_id", &self.call_id)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// Where a vendor puts things: JSON pointers, the first that exists wins.
struct Places {
    /// Objects (or JSON text of one) with the pushed keys and values.
    data: &'static [&'static str],
    title: &'static [&'static str],
    content: &'static [&'static str],
}

/// The empty pointer is the message itself: an intent's extras are flat.
const ROOT: &str = "";

fn places(vendor: Vendor) -> Places {
    match vendor {
        Vendor::Apns => {
            Places { data: &[ROOT, "/aps"], title: &["/aps/alert/title"], content: &["/aps/alert/body"] }
        }
        Vendor::Fcm => Places {
            data: &["/data", ROOT],
            title: &["/notification/title"],
            content: &["/notification/body"],
        },
        Vendor::Huawei => Places {
            data: &["/dataOfMap", "/data", ROOT],
            title: &["/notification/title"],
            content: &["/notification/body"],
        },
        Vendor::Xiaomi => Places { data: &["/extra", ROOT], title: &["/title"], content: &["/description"] },
        Vendor::Oppo => Places { data: &["/dataExtra", ROOT], title: &["/title"], content: &["/content"] },
        Vendor::Vivo => Places { data: &[ROOT], title: &["/title"], content: &["/content"] },
        Vendor::HarmonyOs => Places {
            data: &["/want/parameters", "/parameters", ROOT],
            title: &["/title"],
            content: &["/text"],
        },
        Vendor::Web => Places {
            data: &["/notification/data/FCM_MSG/data", "/data", "/extras", "/extra", ROOT],
            title: &["/notification/title", "/title"],
            content: &["/notification/body", "/body"],
        },
    }
}

/// Takes a message apart.
///
/// `json` is the vendor's message object with the names of its getters: APNs `userInfo` or `dictionaryPayload`; FCM
/// `{notification, data}`; Huawei `{dataOfMap}` or `{data}`; Xiaomi `{title, description, extra}`; OPPO
/// `{title, content, dataExtra}`; HarmonyOS the `want`; Web the worker's message. For every Android vendor the flat map
/// of a launch intent's extras is understood too. 6000001 if it is not a JSON object.
pub fn parse(vendor: Vendor, json: &str) -> Result<PushMessage, Error> {
    let message: Value = serde_json::from_str(json).map_err(|_| Error::MalformedMessage("is not JSON"))?;
    if !message.is_object() {
        return Err(Error::MalformedMessage("is not a JSON object"));
    }
    let places = places(vendor);
    let data: Vec<Map<String, Value>> =
        places.data.iter().filter_map(|place| message.pointer(place).and_then(object)).collect();
    let key = |name: &str| data.iter().find_map(|map| map.get(name)).map(text).unwrap_or_default();
    let shown = |places: &[&str], names: &[&str]| {
        let at_place = places.iter().find_map(|place| message.pointer(place)).and_then(Value::as_str);
        let in_data = || names.iter().map(|name| key(name)).find(|text| !text.is_empty());
        at_place.map(str::to_owned).or_else(in_data).unwrap_or_default()
    };

    let zego = data.iter().find_map(|map| map.get("zego")).and_then(object).unwrap_or_default();
    let of_zego = |name: &str| zego.get(name).map(text).unwrap_or_default();
    let voip = (zego.contains_key("voip_handle_type") || zego.contains_key("voip_has_video")).then(|| {
        let handle_type = zego.get("voip_handle_type").and_then(Value::as_i64).unwrap_or_default();
        VoipInfo {
            handle_type: i32::try_from(handle_type).unwrap_or_default(),
            handle_value: of_zego("voip_handle_value"),
            has_video: zego.get("voip_has_video").is_some_and(truth),
        }
    });
    let mut title = shown(places.title, &["title"]);
    let mut content = shown(places.content, &["body", "content"]);
    // An alert that is only text is what Apple displays; in a VoIP push it is the caller's name.
    if let Some(alert) = message.pointer("/aps/alert").and_then(Value::as_str) {
        let target = if voip.is_some() { &mut title } else { &mut content };
        *target = alert.to_owned();
    }
    let call_id = key("call_id");
    Ok(PushMessage {
        vendor,
        title,
        content,
        payload: key("payload"),
        extras: Value::Object(data.first().cloned().unwrap_or_default()).to_string(),
        call_id: if call_id.is_empty() { of_zego("call_id") } else { call_id },
        request_id: of_zego("zpns_request_id"),
        voip,
    })
}

/// An object, or the object a text holds: vendors that carry only strings carry JSON text.
fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map.clone()),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Some(map),
            _ => None,
        },
        _ => None,
    }
}

/// A string as it is, anything else as JSON text: some channels turn `payload` from text into what the text says.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => text == "true" || text == "1",
        _ => false,
    }
}
