//! The marker in every push that it is ours, with the ids by which the logs of server, vendor and device are matched.

use crate::provider::Push;
use serde::Serialize;

/// The value of the key `zego`.
#[derive(Serialize)]
pub(crate) struct Zego<'a> {
    version: u8,
    zpns_request_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    call_id: &'a str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    caller: Option<Caller<'a>>,
}

/// Who calls, for the system's call screen.
#[derive(Serialize)]
struct Caller<'a> {
    voip_has_video: bool,
    voip_handle_type: i32,
    voip_handle_value: &'a str,
}

impl<'a> Zego<'a> {
    pub(crate) fn new(push: &Push<'a>) -> Self {
        let Push { request_id, intent, .. } = *push;
        Self { version: 1, zpns_request_id: request_id, call_id: &intent.call_id, caller: None }
    }

    /// For vendors that carry `call_id` beside `zego`.
    pub(crate) fn without_call_id(self) -> Self {
        Self { call_id: "", ..self }
    }

    /// For a push that rings.
    pub(crate) fn with_caller(self, push: &Push<'a>) -> Self {
        let caller = match &push.intent.voip {
            Some(voip) => Caller {
                voip_has_video: voip.has_video,
                voip_handle_type: voip.handle_type,
                voip_handle_value: &voip.handle_value,
            },
            None => Caller { voip_has_video: false, voip_handle_type: 1, voip_handle_value: "" },
        };
        Self { caller: Some(caller), ..self }
    }

    /// As JSON text, for vendors that carry only texts.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("a struct of texts and numbers always becomes JSON")
    }
}
