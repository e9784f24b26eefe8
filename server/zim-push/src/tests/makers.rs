//! Xiaomi, OPPO and vivo against their strict doubles: requests, answers, logins, batches.

use super::support::*;
use crate::model::{Intent, Outcome, RateScope, Subject, Target, Template, Vendor};
use crate::provider::{Provider, Push, Rendered, Unrenderable};
use crate::strategy::{ClickAction, OPPO_ACTIVITY, Oppo, SDK_INTENT, Strategy, Vivo, Xiaomi};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use zim_vendor_doubles::{MakerAnswer, MakerDouble};

const PACKAGE: &str = "com.example.app.android";
const MAKERS: [Vendor; 3] = [Vendor::Xiaomi, Vendor::Oppo, Vendor::Vivo];

pub(super) struct Rig {
    pub(super) double: MakerDouble,
    pub(super) provider: Arc<dyn Provider>,
    vendor: Vendor,
    _folder: tempfile::TempDir,
}

impl Rig {
    pub(super) async fn start(vendor: Vendor) -> Self {
        Self::with(vendor, json!({})).await
    }

    pub(super) async fn with(vendor: Vendor, more: Value) -> Self {
        Self::beside(vendor, more, &[]).await
    }

    /// With more files than the double's.
    pub(super) async fn beside(vendor: Vendor, more: Value, files: &[(&'static str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let double = match vendor {
            Vendor::Huawei => MakerDouble::huawei().await,
            Vendor::HarmonyOs => MakerDouble::harmony().await,
            Vendor::Xiaomi => MakerDouble::xiaomi(PACKAGE).await,
            Vendor::Oppo => MakerDouble::oppo().await,
            Vendor::Web => MakerDouble::web().await,
            _ => MakerDouble::vivo().await,
        };
        let root = ("root.pem", double.root_certificate_pem());
        for (name, text) in double.files().into_iter().chain([root]).chain(files.iter().cloned()) {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut config = double.credential();
        for (name, value) in
            [("app_id", json!(1)), ("package", PACKAGE.into()), ("root_certificates", "root.pem".into())]
        {
            config[name] = value;
        }
        // Of Web Push the subscription names the address, and no text has to be there.
        if vendor != Vendor::Web {
            config["endpoint"] = double.url().into();
            config["app_name"] = "Example".into();
        }
        for (name, value) in more.as_object().unwrap() {
            config[name] = value.clone();
        }
        let provider = provider(config, folder.path());
        Self { double, provider, vendor, _folder: folder }
    }

    pub(super) fn target(&self) -> Target {
        target(self.vendor, &self.double.token_of("CN_device-token+1/="))
    }

    pub(super) async fn send(&self) -> Outcome {
        send(&self.provider, &self.target()).await.0
    }

    pub(super) async fn answer(&self, answer: MakerAnswer) -> Outcome {
        self.double.script(&self.target().token, answer);
        self.send().await
    }

    pub(super) fn render(&self, intent: &Intent, strategy: &Strategy) -> Result<Rendered, Unrenderable> {
        let target = self.target();
        self.provider.render(&Push { strategy: Some(strategy), ..push(&target, intent) })
    }

    pub(super) fn body(&self, intent: &Intent, strategy: &Strategy) -> Value {
        parsed(&self.render(intent, strategy).unwrap())
    }
}

/// The JSON of a body, or the fields of its form.
pub(super) fn parsed(rendered: &Rendered) -> Value {
    serde_json::from_slice(&rendered.body).unwrap_or_else(|_| {
        let fields = form_urlencoded::parse(&rendered.body);
        Value::Object(fields.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect())
    })
}

pub(super) fn call() -> Intent {
    Intent { subject: Subject::CallInvite, subject_id: "call:42".into(), call_id: "42".into(), ..message() }
}

pub(super) const ZEGO: &str = r#"{"version":1,"zpns_request_id":"req-1"}"#;
pub(super) const ZEGO_CALL: &str = r#"{"version":1,"zpns_request_id":"req-1","call_id":"42"}"#;

// covers: C-21
#[tokio::test]
async fn xiaomi_message_and_call() {
    let rig = Rig::start(Vendor::Xiaomi).await;
    let mut expected = json!({
        "registration_id": "CN_device-token+1/=",
        "restricted_package_name": PACKAGE,
        "title": "Ann",
        "description": "Are you there?",
        "payload": "{\"k\":1}",
        "pass_through": "0",
        "notify_type": "-1",
        "time_to_live": "3600000",
        "extra.payload": "{\"k\":1}",
        "extra.zego": ZEGO,
        "extra.notify_effect": "1",
    });
    // Both come from the request id and nothing else.
    let body = rig.body(&message(), &Strategy::default());
    for derived in ["notify_id", "extra.jobkey"] {
        expected[derived] = body[derived].clone();
        assert!(!body[derived].as_str().unwrap().is_empty());
    }
    assert_eq!(body, expected);
    let strategy = Strategy {
        xiaomi: Some(Xiaomi {
            channel_id: "142".into(),
            channel_name: "calls".into(),
            channel_description: "somebody calls".into(),
            template_id: "P01".into(),
            template_param: [
                ("who".to_owned(), "{title}".to_owned()),
                ("what".to_owned(), "says: {content} 😀".to_owned()),
                ("blank".to_owned(), "😀".to_owned()),
            ]
            .into(),
            click: ClickAction::OpenPage { intent: String::new() },
        }),
        ..Strategy::default()
    };
    let body = rig.body(&call(), &strategy);
    for (name, value) in [
        ("extra.call_id", "42"),
        ("extra.zego", ZEGO_CALL),
        ("extra.channel_id", "142"),
        ("extra.channel_name", "calls"),
        ("extra.channel_description", "somebody calls"),
        ("extra.template_id", "P01"),
        ("extra.template_param", r#"{"blank":"Example","what":"says: Are you there?","who":"Ann"}"#),
        ("extra.notify_effect", "2"),
        ("extra.intent_uri", SDK_INTENT),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
    let click = ClickAction::OpenUrl { url: "https://example.com/".into() };
    let strategy = Strategy { xiaomi: Some(Xiaomi { click, ..Xiaomi::default() }), ..Strategy::default() };
    let body = rig.body(&message(), &strategy);
    assert_eq!(
        (&body["extra.notify_effect"], &body["extra.web_uri"]),
        (&"3".into(), &"https://example.com/".into())
    );
}

// covers: C-22
#[tokio::test]
async fn oppo_message_and_call() {
    let rig = Rig::start(Vendor::Oppo).await;
    assert_eq!(
        rig.body(&message(), &Strategy::default()),
        json!({
            "target_type": 2,
            "target_value": "CN_device-token+1/=",
            "verify_registration_id": true,
            "notification": {
                "app_message_id": "req-1",
                "title": "Ann",
                "content": "Are you there?",
                "style": 1,
                "click_action_type": 0,
                "action_parameters": json!({ "payload": "{\"k\":1}", "zego": ZEGO }).to_string(),
                "off_line": true,
                "off_line_ttl": 3600,
            }
        })
    );
    let oppo = Oppo {
        channel_id: "chat".into(),
        category: "IM".into(),
        notify_level: Some(16),
        click: ClickAction::OpenPage { intent: String::new() },
    };
    let template = Template {
        template_id: "t-7".into(),
        title_parameters: r#"{"name":"Ann"}"#.into(),
        content_parameters: r#"{"text":"hi"}"#.into(),
    };
    let intent = Intent { template: Some(template), badge: Some(7), content: "c".repeat(51), ..call() };
    let strategy = |oppo: &Oppo| Strategy { oppo: Some(oppo.clone()), ..Strategy::default() };
    let expected = json!({
        "app_message_id": "req-1",
        "title": "Ann",
        "content": "c".repeat(51),
        "style": 2,
        "click_action_type": 4,
        "click_action_activity": OPPO_ACTIVITY,
        "action_parameters": json!({ "payload": "{\"k\":1}", "call_id": "42", "zego": ZEGO_CALL }).to_string(),
        "off_line": true,
        "off_line_ttl": 3600,
        "channel_id": "chat",
        "category": "IM",
        "notify_level": 16,
        "private_msg_template_id": "t-7",
        "private_title_parameters": { "name": "Ann" },
        "private_content_parameters": { "text": "hi" },
    });
    assert_eq!(rig.body(&intent, &strategy(&oppo))["notification"], expected);
    // Content and marketing has no private template.
    let marketing = Oppo { category: "MARKETING".into(), ..oppo.clone() };
    let body = rig.body(&intent, &strategy(&marketing));
    assert_eq!(body["notification"].get("private_msg_template_id"), None);
    for (intent, kind, field) in [
        ("https://example.com/", 2, "click_action_url"),
        ("app://page/1", 5, "click_action_url"),
        ("com.example.Page", 4, "click_action_activity"),
    ] {
        let click = match kind {
            2 => ClickAction::OpenUrl { url: intent.into() },
            _ => ClickAction::OpenPage { intent: intent.into() },
        };
        let body = rig.body(&message(), &strategy(&Oppo { click, ..Oppo::default() }));
        let notification = &body["notification"];
        assert_eq!(
            (&notification["click_action_type"], &notification[field]),
            (&json!(kind), &intent.into())
        );
    }
    // What OPPO grants on request.
    let rig = Rig::with(Vendor::Oppo, json!({ "badge": true, "template_parameters_as_text": true })).await;
    let body = rig.body(&intent, &strategy(&oppo));
    let notification = &body["notification"];
    assert_eq!(notification["private_title_parameters"], r#"{"name":"Ann"}"#);
    assert_eq!(
        (&notification["badge_operation_type"], &notification["badge_message_count"]),
        (&json!(0), &json!(7))
    );
    let adds = Intent { badge_increment: Some(3), ..message() };
    let body = rig.body(&adds, &Strategy::default());
    let notification = &body["notification"];
    assert_eq!(
        (&notification["badge_operation_type"], &notification["badge_message_count"]),
        (&json!(1), &json!(3))
    );
}

#[tokio::test]
async fn a_template_whose_parameters_are_no_object_is_sent_without_them() {
    let rig = Rig::start(Vendor::Oppo).await;
    let template = Template {
        template_id: "t".into(),
        title_parameters: "[1]".into(),
        content_parameters: String::new(),
    };
    let rendered =
        rig.render(&Intent { template: Some(template), ..message() }, &Strategy::default()).unwrap();
    assert!(rendered.warnings[0].contains("titleParameters"), "{:?}", rendered.warnings);
    assert_eq!(parsed(&rendered)["notification"].get("private_title_parameters"), None);
}

#[tokio::test]
async fn vivo_message_and_call() {
    let rig = Rig::start(Vendor::Vivo).await;
    assert_eq!(
        rig.body(&message(), &Strategy::default()),
        json!({
            "appId": 100_004,
            "regId": "CN_device-token+1/=",
            "notifyType": 4,
            "title": "Ann",
            "content": "Are you there?",
            "timeToLive": 3600,
            "skipType": 1,
            "clientCustomMap": { "payload": "{\"k\":1}", "zego": ZEGO },
            "requestId": "req-1",
            "pushMode": 0,
        })
    );
    let vivo = Vivo {
        category: "IM".into(),
        classification: Some(1),
        push_mode: 1,
        click: ClickAction::OpenPage { intent: String::new() },
    };
    let strategy = Strategy { vivo: Some(vivo), ..Strategy::default() };
    let mut expected = json!({
        "appId": 100_004,
        "regId": "CN_device-token+1/=",
        "notifyType": 4,
        "title": "Ann",
        "content": "Are you there?",
        "timeToLive": 3600,
        "skipType": 4,
        "skipContent": SDK_INTENT,
        "clientCustomMap": { "payload": "{\"k\":1}", "call_id": "42", "zego": ZEGO_CALL },
        "requestId": "req-1",
        "pushMode": 1,
        "classification": 1,
        "category": "IM",
    });
    let badge = Intent { badge_increment: Some(2), ..call() };
    assert_eq!(rig.body(&badge, &strategy), expected);
    let rig = Rig::with(Vendor::Vivo, json!({ "badge": true })).await;
    expected["addBadge"] = json!(true);
    assert_eq!(rig.body(&badge, &strategy), expected);
    let click = ClickAction::OpenUrl { url: "https://example.com/".into() };
    let strategy = Strategy { vivo: Some(Vivo { click, ..Vivo::default() }), ..Strategy::default() };
    let body = rig.body(&message(), &strategy);
    assert_eq!((&body["skipType"], &body["skipContent"]), (&json!(2), &json!("https://example.com/")));
}

#[tokio::test]
async fn a_call_lives_at_the_vendor_as_long_as_it_rings() {
    for (vendor, field, ringing, long) in [
        (Vendor::Xiaomi, "/time_to_live", json!("30000"), json!("86400000")),
        (Vendor::Oppo, "/notification/off_line_ttl", json!(30), json!(864_000)),
        // vivo takes no less than a minute and no more than a day.
        (Vendor::Vivo, "/timeToLive", json!(60), json!(86_400)),
    ] {
        let rig = Rig::start(vendor).await;
        let (target, call) = (rig.target(), call());
        for (life, expected) in [(30_000, &ringing), (30 * 24 * HOUR_MS, &long)] {
            let push = Push { expires_at: START + life, ..push(&target, &call) };
            let body = parsed(&rig.provider.render(&push).unwrap());
            assert_eq!(body.pointer(field), Some(expected), "{vendor:?} {life}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_cut_and_filled_to_what_the_vendor_takes() {
    for (vendor, title, content, title_limit, content_limit) in [
        (Vendor::Xiaomi, "/title", "/description", 49, 127),
        (Vendor::Oppo, "/notification/title", "/notification/content", 50, 128),
        (Vendor::Vivo, "/title", "/content", 40, 100),
    ] {
        let rig = Rig::start(vendor).await;
        let text = |intent: &Intent, field| {
            let rendered = rig.render(intent, &Strategy::default()).unwrap();
            (parsed(&rendered).pointer(field).unwrap().as_str().unwrap().to_owned(), rendered.warnings.len())
        };
        let intent = Intent { title: "t".repeat(200), content: "长".repeat(300), ..message() };
        for (field, limit) in [(title, title_limit), (content, content_limit)] {
            let (cut, warnings) = text(&intent, field);
            assert_eq!((cut.chars().count(), warnings), (limit, 2), "{vendor:?} {field}");
            assert!(cut.ends_with('…'));
        }
        // An emoji of several characters stays whole or goes.
        let (cut, _) = text(&Intent { content: "👨‍👩‍👧‍👦".repeat(60), ..message() }, content);
        assert!(cut.trim_end_matches('…').chars().count().is_multiple_of(7), "{vendor:?} {cut}");
        // Neither may be empty.
        assert_eq!(text(&Intent { title: " ".into(), ..message() }, title).0, "Example");
        assert_eq!(text(&Intent { content: String::new(), ..message() }, content).0, "Ann");
        // What was cut is flawless at the double.
        let target = rig.target();
        let push = push(&target, &intent);
        let outcome = rig.provider.send(&target, &rig.provider.render(&push).unwrap()).await.0;
        assert!(matches!(outcome, Outcome::Delivered { .. }), "{vendor:?} {outcome:?}");
        assert_eq!(rig.double.requests()[0].violation, None);
    }
}

#[tokio::test]
async fn the_payload_is_never_cut_and_what_is_optional_goes_first() {
    let strategy = Strategy::default();
    let payload = |size: usize| Intent { payload: "p".repeat(size), ..call() };
    let xiaomi = Rig::start(Vendor::Xiaomi).await;
    assert!(xiaomi.render(&payload(1024), &strategy).is_ok());
    let fault = xiaomi.render(&payload(1025), &strategy).unwrap_err();
    assert_eq!(fault, Unrenderable::TooLarge { vendor: Vendor::Xiaomi, size: 1025, limit: 1024 });

    let oppo = Rig::start(Vendor::Oppo).await;
    let extras = |rig: &Rig, size, field: &str| -> Map<String, Value> {
        let rendered = rig.render(&payload(size), &strategy).unwrap();
        let body = parsed(&rendered);
        let map = body.pointer(field).unwrap();
        map.as_object().cloned().unwrap_or_else(|| serde_json::from_str(map.as_str().unwrap()).unwrap())
    };
    let keys = |map: Map<String, Value>| map.keys().cloned().collect::<Vec<_>>().join(" ");
    let parameters = "/notification/action_parameters";
    assert_eq!(keys(extras(&oppo, 100, parameters)), "call_id payload zego");
    assert_eq!(keys(extras(&oppo, 450, parameters)), "call_id payload");
    assert_eq!(keys(extras(&oppo, 2048, parameters)), "payload");

    let vivo = Rig::start(Vendor::Vivo).await;
    assert_eq!(keys(extras(&vivo, 900, "/clientCustomMap")), "call_id payload zego");
    assert_eq!(keys(extras(&vivo, 1_000, "/clientCustomMap")), "call_id payload");
    assert_eq!(keys(extras(&vivo, 1_017, "/clientCustomMap")), "payload");
    let fault = vivo.render(&payload(1_018), &strategy).unwrap_err();
    assert_eq!(fault, Unrenderable::TooLarge { vendor: Vendor::Vivo, size: 1_025, limit: 1_024 });
}

#[tokio::test]
async fn a_push_that_only_sets_a_badge_is_not_available() {
    for vendor in MAKERS {
        let rig = Rig::start(vendor).await;
        let badge = Intent { subject: Subject::Badge, badge: Some(2), ..message() };
        let fault = rig.render(&badge, &Strategy::default()).unwrap_err();
        assert!(matches!(fault, Unrenderable::NotAvailable(_)), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_arrive_flawless_and_the_exchange_shows_no_secret() {
    for vendor in MAKERS {
        let rig = Rig::start(vendor).await;
        let target = rig.target();
        let (outcome, exchange) = send(&rig.provider, &target).await;
        assert!(matches!(outcome, Outcome::Delivered { .. }), "{vendor:?} {outcome:?}");
        let request = rig.double.requests().remove(0);
        assert_eq!((request.violation, request.token), (None, target.token.clone()));
        let shown = format!("{exchange:?}");
        assert_eq!(exchange.status, 200);
        for secret in [target.token.as_str(), "CN_device-token%2B", "double-secret", "double-login"] {
            assert!(!shown.contains(secret), "{vendor:?} shows {secret}: {shown}");
        }
        assert!(exchange.request_body.contains("CN_d…"), "{shown}");
    }
}

/// Codes by what they mean, as the vendors' documents (and, where marked there, observers) say.
const DOCUMENTED: &[(Vendor, &str, &[i64])] = &[
    (Vendor::Xiaomi, "suspect", &[20301, 10029, 65003]),
    (Vendor::Xiaomi, "rejected", &[10008, 10012, 10016, 10017, 21305, 65014, 65015, 65011]),
    (Vendor::Xiaomi, "too_large", &[65009]),
    (Vendor::Xiaomi, "retry", &[10001, 10002, 10003, 1, -1, 20607, 22102, 26003, 65029, 10037]),
    (Vendor::Xiaomi, "too_fast", &[10027]),
    (Vendor::Xiaomi, "today", &[10034]),
    (
        Vendor::Xiaomi,
        "misconfigured",
        &[10031, 10036, 22000, 22006, 22007, 22022, 26006, 27001, 21301, 21302, 21303],
    ),
    (Vendor::Oppo, "dead", &[10000]),
    (Vendor::Oppo, "suspect", &[31]),
    (Vendor::Oppo, "auth", &[11, 29]),
    (Vendor::Oppo, "retry", &[-1]),
    (Vendor::Oppo, "too_fast", &[-2, 13, 55]),
    (Vendor::Oppo, "today", &[33]),
    (Vendor::Oppo, "rejected", &[12, 15, 17, 18, 20, 21, 22, 23, 24, 25, 32, 34, 40, 41, 51]),
    (Vendor::Oppo, "misconfigured", &[14, 16, 19, 26, 27, 28, 30, 54, 59, 67]),
    (Vendor::Vivo, "dead", &[10307]),
    (Vendor::Vivo, "suspect", &[10302]),
    (Vendor::Vivo, "auth", &[10000]),
    (Vendor::Vivo, "too_fast", &[10093, 10072]),
    (Vendor::Vivo, "today", &[10070]),
    (Vendor::Vivo, "class_today", &[10073, 10252, 10254, 10071]),
    (Vendor::Vivo, "misconfigured", &[10094, 10096, 10097]),
    (Vendor::Vivo, "rejected", &[10085, 10104]),
];

pub(super) fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered { .. } => "delivered",
        Outcome::TokenInvalid { .. } => "dead",
        Outcome::TokenSuspect { .. } => "suspect",
        Outcome::Misconfigured { .. } => "misconfigured",
        Outcome::WrongSender { .. } => "wrong_sender",
        Outcome::AuthExpired => "auth",
        Outcome::RateLimited { after, scope: RateScope::Credential } => {
            if *after == Some(Duration::from_secs(60)) { "too_fast" } else { "today" }
        }
        Outcome::RateLimited { scope: RateScope::Device, .. } => "class_today",
        Outcome::RateLimited { scope: RateScope::Service, .. } => "service",
        Outcome::TooLarge => "too_large",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Retry { .. } => "retry",
        Outcome::Unknown { .. } => "unknown",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_code_means_what_the_documents_say() {
    for vendor in MAKERS {
        let rig = Rig::start(vendor).await;
        for (_, expected, codes) in DOCUMENTED.iter().filter(|(of, ..)| *of == vendor) {
            for code in *codes {
                let outcome = rig.answer(MakerAnswer::Refuse(*code)).await;
                assert_eq!(word(&outcome), *expected, "{vendor:?} {code}: {outcome:?}");
            }
        }
        // What nobody documented is rejected, with the vendor's words.
        let outcome = rig.answer(MakerAnswer::Refuse(99_999)).await;
        let Outcome::Rejected { why } = &outcome else { panic!("{outcome:?}") };
        assert!(why.contains("99999") && why.contains("scripted"), "{why}");
        for (answer, expected) in [
            (MakerAnswer::Status(500, None), "retry"),
            (MakerAnswer::Status(503, Some(7)), "retry"),
            (MakerAnswer::Status(429, None), "too_fast"),
            (MakerAnswer::Status(403, None), "misconfigured"),
            (MakerAnswer::Status(400, None), "rejected"),
            (MakerAnswer::Garbage, "retry"),
            (MakerAnswer::Disconnect, "unknown"),
            (MakerAnswer::Accept, "delivered"),
        ] {
            let outcome = rig.answer(answer.clone()).await;
            assert_eq!(word(&outcome), expected, "{vendor:?} {answer:?}: {outcome:?}");
        }
        let outcome = rig.answer(MakerAnswer::Status(429, Some(33))).await;
        let Outcome::RateLimited { after, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(after, Some(Duration::from_secs(33)), "{vendor:?} honours retry-after");
        assert!(rig.double.requests().iter().all(|request| request.violation.is_none()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_told_by_each_vendor_in_its_own_way() {
    for (vendor, status, expected) in [
        (Vendor::Xiaomi, 0, "dead"),
        (Vendor::Oppo, 0, "dead"),
        (Vendor::Vivo, 1, "dead"),
        (Vendor::Vivo, 2, "dead"),
        // Not a test device: the binding is good.
        (Vendor::Vivo, 4, "misconfigured"),
        (Vendor::Vivo, 9, "suspect"),
    ] {
        let rig = Rig::start(vendor).await;
        let outcome = rig.answer(MakerAnswer::BadToken(status)).await;
        assert_eq!(word(&outcome), expected, "{vendor:?} {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_long_for_xiaomi_is_cut_once_more() {
    let rig = Rig::start(Vendor::Xiaomi).await;
    let (target, intent) = (rig.target(), Intent { content: "c".repeat(100), ..message() });
    let full = rig.provider.render(&push(&target, &intent)).unwrap();
    let smaller = rig.provider.render(&Push { size_limit: Some(1), ..push(&target, &intent) }).unwrap();
    assert!(smaller.body.len() < full.body.len());
    assert_eq!(parsed(&smaller)["description"].as_str().unwrap().chars().count(), 63);
}

pub(super) async fn many(rig: &Rig, count: usize) -> Vec<Outcome> {
    let mut tasks = Vec::new();
    for n in 0..count {
        let (provider, target) =
            (Arc::clone(&rig.provider), target(rig.vendor, &rig.double.token_of(&format!("device-{n}"))));
        tasks.push(tokio::spawn(async move { send(&provider, &target).await.0 }));
    }
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn many_pushes_share_one_login() {
    for vendor in [Vendor::Oppo, Vendor::Vivo] {
        let rig = Rig::start(vendor).await;
        let delivered = |outcomes: &[Outcome]| outcomes.iter().all(|one| word(one) == "delivered");
        assert!(delivered(&many(&rig, 30).await), "{vendor:?}");
        assert_eq!(rig.double.logins(), 1, "{vendor:?}: thirty waited for one login");
        rig.double.expire_tokens();
        let refused = many(&rig, 30).await;
        assert!(
            refused.iter().all(|one| matches!(word(one), "auth" | "delivered")),
            "{vendor:?} {refused:?}"
        );
        assert!(delivered(&many(&rig, 30).await), "{vendor:?}");
        assert_eq!(rig.double.logins(), 2, "{vendor:?}: and all who were refused for one more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_told_apart() {
    for (vendor, wrong, passing) in [(Vendor::Oppo, 16, -1), (Vendor::Vivo, 10202, 10093)] {
        let rig = Rig::start(vendor).await;
        for (answer, expected) in [
            (MakerAnswer::Refuse(wrong), "misconfigured"),
            (MakerAnswer::Refuse(passing), if vendor == Vendor::Oppo { "retry" } else { "too_fast" }),
            (MakerAnswer::Status(502, None), "retry"),
            (MakerAnswer::Garbage, "retry"),
            // No push left, so nothing is unknown.
            (MakerAnswer::Disconnect, "retry"),
        ] {
            rig.double.script_login(answer.clone());
            let outcome = rig.send().await;
            assert_eq!(word(&outcome), expected, "{vendor:?} {answer:?}: {outcome:?}");
        }
        assert!(rig.double.requests().is_empty());
        assert_eq!(word(&rig.send().await), "delivered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_with_a_wrong_secret_names_the_credential() {
    let rig = Rig::with(Vendor::Oppo, json!({ "master_secret": "wrong" })).await;
    let Outcome::Misconfigured { why } = rig.send().await else { panic!("a wrong secret is accepted") };
    assert!(why.contains("login") && why.contains("sign"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn oppo_takes_what_waits_in_one_batch_and_answers_each() {
    let rig = Rig::start(Vendor::Oppo).await;
    rig.double.script("device-7", MakerAnswer::BadToken(0));
    rig.double.script("device-8", MakerAnswer::Refuse(67));
    let outcomes = many(&rig, 100).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        let expected = match n {
            7 => "dead",
            8 => "misconfigured",
            _ => "delivered",
        };
        assert_eq!(word(outcome), expected, "{n}: {outcome:?}");
    }
    let requests = rig.double.requests();
    assert!(requests.iter().all(|request| request.violation.is_none()));
    let batched = requests.iter().filter(|request| request.path.ends_with("unicast_batch")).count();
    assert_eq!(requests.len(), 100);
    assert!(batched >= 50, "only {batched} of 100 went in batches");
}

#[tokio::test]
async fn a_hanging_vendor_is_unknown_after_ten_seconds() {
    for vendor in MAKERS {
        let rig = Rig::start(vendor).await;
        assert_eq!(word(&rig.send().await), "delivered", "the connection is warm");
        rig.double.script(&rig.target().token, MakerAnswer::Hang);
        tokio::time::pause();
        let began = tokio::time::Instant::now();
        assert_eq!(word(&rig.send().await), "unknown", "{vendor:?}");
        assert!(began.elapsed() >= Duration::from_secs(10) && began.elapsed() < Duration::from_secs(11));
        tokio::time::resume();
    }
}
