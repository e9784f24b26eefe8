//! Payload extraction: what each vendor delivers, as published, and what the app gets of it.

use proptest::prelude::*;
use zpns_core::{Vendor, VoipInfo, parse};

/// name, vendor, message, title, content, payload, call id, request id
type Row = (&'static str, Vendor, &'static str, [&'static str; 5]);

const ROWS: &[Row] = &[
    (
        "APNs alert",
        Vendor::Apns,
        r#"{"aps":{"alert":{"title":"T","body":"C"},"badge":3,"payload":"P"},"payload":"P",
            "zego":{"version":1,"zpns_request_id":"R"},"call_id":"42"}"#,
        ["T", "C", "P", "42", "R"],
    ),
    (
        "APNs payload only inside aps",
        Vendor::Apns,
        r#"{"aps":{"alert":"C","payload":"P"}}"#,
        ["", "C", "P", "", ""],
    ),
    (
        "APNs silent",
        Vendor::Apns,
        r#"{"aps":{"content-available":1},"payload":"P","zego":{"version":1,"zpns_request_id":"R"}}"#,
        ["", "", "P", "", "R"],
    ),
    (
        "FCM notification",
        Vendor::Fcm,
        r#"{"notification":{"title":"T","body":"C"},
            "data":{"title":"t","body":"c","payload":"P","call_id":"42","zego":"{\"version\":1,\"zpns_request_id\":\"R\"}"}}"#,
        ["T", "C", "P", "42", "R"],
    ),
    ("FCM data", Vendor::Fcm, r#"{"data":{"title":"T","body":"C","payload":"P"}}"#, ["T", "C", "P", "", ""]),
    (
        "FCM data of a bridge",
        Vendor::Fcm,
        r#"{"data":{"title":"T","content":"C","payload":"P"}}"#,
        ["T", "C", "P", "", ""],
    ),
    (
        "FCM intent extras, call id only in zego",
        Vendor::Fcm,
        r#"{"payload":"P","zego":"{\"zpns_request_id\":\"R\",\"call_id\":\"42\"}","google.sent_time":1}"#,
        ["", "", "P", "42", "R"],
    ),
    (
        "Huawei data map",
        Vendor::Huawei,
        r#"{"dataOfMap":{"payload":"P","zego":"{\"zpns_request_id\":\"R\"}"},"notification":{"title":"T","body":"C"}}"#,
        ["T", "C", "P", "", "R"],
    ),
    (
        "Huawei data text",
        Vendor::Huawei,
        r#"{"data":"{\"title\":\"T\",\"content\":\"C\",\"payload\":\"P\"}"}"#,
        ["T", "C", "P", "", ""],
    ),
    (
        "Xiaomi",
        Vendor::Xiaomi,
        r#"{"title":"T","description":"C","content":"transport","extra":{"payload":"P","call_id":"42"}}"#,
        ["T", "C", "P", "42", ""],
    ),
    (
        "OPPO",
        Vendor::Oppo,
        r#"{"title":"T","content":"C","dataExtra":"{\"payload\":\"P\",\"call_id\":\"42\"}"}"#,
        ["T", "C", "P", "42", ""],
    ),
    ("vivo intent extras", Vendor::Vivo, r#"{"payload":"P","call_id":"42"}"#, ["", "", "P", "42", ""]),
    (
        "HarmonyOS want",
        Vendor::HarmonyOs,
        r#"{"want":{"parameters":{"payload":"P","zego":{"zpns_request_id":"R"}}}}"#,
        ["", "", "P", "", "R"],
    ),
    ("HarmonyOS ability", Vendor::HarmonyOs, r#"{"parameters":{"payload":"P"}}"#, ["", "", "P", "", ""]),
    (
        "Web push",
        Vendor::Web,
        r#"{"notification":{"title":"T","body":"C"},"data":{"payload":"P","zego":"{\"zpns_request_id\":\"R\"}"}}"#,
        ["T", "C", "P", "", "R"],
    ),
    (
        "Web push of our own server",
        Vendor::Web,
        r#"{"title":"T","body":"C","payload":"P","call_id":"42","zego":{"version":1,"zpns_request_id":"R"}}"#,
        ["T", "C", "P", "42", "R"],
    ),
    (
        "Web click",
        Vendor::Web,
        r#"{"notification":{"title":"T","body":"C","data":{"FCM_MSG":{"data":{"payload":"P"}}}}}"#,
        ["T", "C", "P", "", ""],
    ),
    (
        "Web worker",
        Vendor::Web,
        r#"{"title":"T","body":"C","extras":{"payload":"P"}}"#,
        ["T", "C", "P", "", ""],
    ),
];

#[test]
fn every_vendor_keeps_its_promise() {
    for (name, vendor, json, expected) in ROWS {
        let message = parse(*vendor, json).unwrap_or_else(|error| panic!("{name}: {error}"));
        let got = [&message.title, &message.content, &message.payload, &message.call_id, &message.request_id];
        assert_eq!(got, *expected, "{name}");
        assert_eq!(message.vendor, *vendor, "{name}");
        let extras: serde_json::Value = serde_json::from_str(&message.extras).expect(name);
        assert!(extras.is_object(), "{name}: extras are the text of an object");
        if *name != "APNs payload only inside aps" {
            assert_eq!(
                extras["payload"], "P",
                "{name}: extras.payload, as React Native and Flutter apps read it"
            );
        }
    }
    for vendor in Vendor::ALL {
        assert!(ROWS.iter().any(|row| row.1 == vendor), "{vendor} has a row");
    }
}

#[test]
fn launch_extras_are_flat_on_every_android_vendor() {
    for vendor in [Vendor::Fcm, Vendor::Huawei, Vendor::Xiaomi, Vendor::Oppo, Vendor::Vivo] {
        let message = parse(vendor, r#"{"payload":"P","title":"T","content":"C"}"#).unwrap();
        assert_eq!(
            (message.payload.as_str(), message.title.as_str(), message.content.as_str()),
            ("P", "T", "C"),
            "{vendor}"
        );
    }
}

#[test]
fn payload_is_opaque() {
    let payload = "{\"a\": 1,\n \"表情\": \"😀\"} \u{0} \\u0041";
    let json = serde_json::json!({ "data": { "payload": payload } }).to_string();
    assert_eq!(parse(Vendor::Fcm, &json).unwrap().payload, payload, "byte for byte");
    let message = parse(Vendor::Huawei, r#"{"dataOfMap":{"payload":{"a":1}}}"#).unwrap();
    assert_eq!(message.payload, r#"{"a":1}"#, "a channel that parsed it");
    let message = parse(Vendor::Fcm, r#"{"data":{"payload":null},"notification":7}"#).unwrap();
    assert_eq!((message.payload.as_str(), message.title.as_str()), ("", ""), "nothing there is nothing");
    assert_eq!(parse(Vendor::Oppo, r#"{"dataExtra":"no JSON"}"#).unwrap().payload, "");
}

#[test]
fn a_voip_push_names_the_caller() {
    let json = r#"{"aps":{"alert":"Alice"},"payload":"P","call_id":"42",
        "zego":{"version":1,"zpns_request_id":"R","voip_has_video":true,"voip_handle_type":2,"voip_handle_value":"+123"}}"#;
    let message = parse(Vendor::Apns, json).unwrap();
    let voip = VoipInfo { handle_type: 2, handle_value: "+123".into(), has_video: true };
    assert_eq!((message.title.as_str(), message.content.as_str(), message.voip), ("Alice", "", Some(voip)));

    let json = r#"{"aps":{"alert":{"title":"Alice"}},"zego":{"voip_has_video":false}}"#;
    let message = parse(Vendor::Apns, json).unwrap();
    assert_eq!((message.title.as_str(), message.voip), ("Alice", Some(VoipInfo::default())));
}

#[test]
fn debug_output_hides_what_users_wrote() {
    let message =
        parse(Vendor::Fcm, r#"{"data":{"title":"secret","body":"secret","payload":"secret"}}"#).unwrap();
    let text = format!("{message:?}");
    assert!(!text.contains("secret"), "{text}");
}

proptest! {
    /// A push may be forged: whatever is in it, it is taken apart or refused.
    #[test]
    fn no_message_makes_the_parser_panic(row in 0..ROWS.len(), place: prop::sample::Index, text in "\\PC{0,12}") {
        let json = ROWS[row].2;
        let mut at = place.index(json.len());
        while !json.is_char_boundary(at) {
            at -= 1;
        }
        let damaged = format!("{}{text}{}", &json[..at], &json[at..]);
        for vendor in Vendor::ALL {
            let _ = parse(vendor, &damaged);
            let _ = parse(vendor, &text);
        }
    }

    /// What a sender puts into `payload` arrives as it is, on every vendor.
    #[test]
    fn payloads_arrive_as_they_were_sent(payload in "\\PC{0,80}") {
        let flat = serde_json::json!({ "payload": payload });
        let nested = flat.to_string();
        for (vendor, message) in [
            (Vendor::Apns, flat.clone()),
            (Vendor::Fcm, serde_json::json!({ "data": flat })),
            (Vendor::Huawei, serde_json::json!({ "data": nested })),
            (Vendor::Xiaomi, serde_json::json!({ "extra": flat })),
            (Vendor::Oppo, serde_json::json!({ "dataExtra": nested })),
            (Vendor::Vivo, flat.clone()),
            (Vendor::HarmonyOs, serde_json::json!({ "want": { "parameters": flat } })),
            (Vendor::Web, serde_json::json!({ "data": flat })),
        ] {
            prop_assert_eq!(&parse(vendor, &message.to_string()).unwrap().payload, &payload);
        }
    }
}
