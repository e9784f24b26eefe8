//! What a vendor would get, without sending it: for the strategy editor, and for the delivery log, which holds nobody's words.

use crate::model::{Environment, Intent, Target, Vendor};
use crate::provider::{Push, Rendered, Unrenderable};
use crate::providers::Lane;
use crate::strategy::{ApplePushType, Strategy};
use serde::Serialize;
use std::collections::BTreeMap;

/// Stands for a device's token.
const TOKEN: &str = "DEVICE-TOKEN";
/// As long as an ordinary push is worth sending.
const TIME_TO_LIVE_MS: i64 = 86_400_000;

/// The request one credential would send, or why it would not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Whom it would go to.
    pub vendor: Vendor,
    /// Name of the credential.
    pub credential: String,
    /// Headers of the vendor, without authorization.
    pub headers: BTreeMap<&'static str, String>,
    /// Body.
    pub body: String,
    /// What was cut or replaced.
    pub warnings: Vec<String>,
    /// Why nothing would be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// For one credential: `None` if it has no part in pushes of this kind (a VoIP certificate in an alert, and the other way
/// round).
pub(crate) fn of(lane: &Lane, intent: &Intent, strategy: Option<&Strategy>, now: i64) -> Option<Preview> {
    let provider = &lane.provider;
    let apple = strategy.and_then(|strategy| strategy.apple.as_ref());
    let voip = apple.is_some_and(|apple| apple.push_type == ApplePushType::Voip);
    let serves = if voip && provider.vendor() == Vendor::Apns { lane.slot.voip } else { lane.slot.alert };
    if !serves {
        return None;
    }
    let target = example(lane);
    let push = Push {
        request_id: "preview",
        target: &target,
        intent,
        strategy: strategy.filter(|strategy| strategy.has_block(provider.vendor())),
        now,
        expires_at: now + TIME_TO_LIVE_MS,
        size_limit: None,
    };
    let (rendered, error) = match provider.render(&push) {
        Ok(rendered) => (rendered, None),
        Err(fault) => (Rendered::default(), Some(fault.to_string())),
    };
    Some(Preview {
        vendor: provider.vendor(),
        credential: provider.name().to_owned(),
        headers: rendered.headers.into_iter().collect(),
        body: String::from_utf8_lossy(&rendered.body).into_owned(),
        warnings: rendered.warnings,
        error,
    })
}

fn example(lane: &Lane) -> Target {
    Target {
        app_id: lane.slot.app_id,
        push_id: "z1.preview".to_owned(),
        vendor: lane.provider.vendor(),
        token: TOKEN.to_owned(),
        voip_token: TOKEN.to_owned(),
        environment: lane.slot.environments.first().copied().unwrap_or(Environment::Production),
        bundle_id: lane.slot.bundle_id.clone(),
        app_type: lane.slot.app_type,
        registered_at: 0,
    }
}

/// The body of a push with its words and its token replaced. Rendering is pure, so that everything else is as it was sent.
pub(crate) fn wordless(lane: &Lane, push: &Push<'_>) -> String {
    let word = |text: &str, name: &str| if text.is_empty() { String::new() } else { format!("‹{name}›") };
    let mut intent = push.intent.clone();
    intent.title = word(&intent.title, "title");
    intent.content = word(&intent.content, "content");
    intent.payload = word(&intent.payload, "payload");
    if let Some(voip) = &mut intent.voip {
        voip.handle_value = word(&voip.handle_value, "handle");
    }
    if let Some(template) = &mut intent.template {
        // They are JSON texts and must stay so.
        template.title_parameters = "{}".to_owned();
        template.content_parameters = "{}".to_owned();
    }
    let target =
        Target {
            token: "‹token›".to_owned(), voip_token: "‹token›".to_owned(), ..push.target.clone()
        };
    match lane.provider.render(&Push { intent: &intent, target: &target, size_limit: None, ..*push }) {
        Ok(rendered) => String::from_utf8_lossy(&rendered.body).into_owned(),
        // Only what was rendered before comes here.
        Err(Unrenderable::TooLarge { .. } | Unrenderable::NotAvailable(_)) => String::new(),
    }
}
