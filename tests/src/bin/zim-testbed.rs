//! A test bed for programs in other languages: the real server with `wss`, and doubles of the vendors.
//!
//! It prints one line of JSON with everything a program needs, then answers each line on standard input with one line of
//! JSON, and ends with `quit` or with its input.
//!
//! | Line | Answer |
//! |---|---|
//! | `requests VENDOR` (`apns`, `fcm`, `huawei`, `harmonyos`, `xiaomi`, `oppo`, `vivo`, `web`) | `{"requests": […]}`, all so far |
//! | `wait VENDOR N` | the same as soon as there are N; an error after 60 s |
//! | `forget` | `{}`; the requests so far are forgotten |
//! | `token USER` | `{"token": "04…"}`, valid for an hour |
//! | `phone USER VENDOR` | `{"push_id": "z1.…", "vendor_token": "…"}`: a phone of this vendor, USER logged in, switched off |
//! | `send FROM TO TEXT…` | `{"message_id": "…"}`: FROM's desktop sends, with a push that shows the text |
//! | `kill` | `{}`; the server is gone as after a power cut |
//! | `restart` | `{}`; it runs again on the same folder and address |
//! | `quit` | `{}` |
//!
//! A line that is not understood, or a wait in vain, is answered with `{"error": "…"}`. Flags: `--plain` for `ws://`,
//! `--impatient` for the shortest heartbeat and timeouts, `--no-credentials` for a server that does not know the vendors
//! yet: `apns`, `fcm` and `makers` of the first line are what it may be given. `phone` needs `--plain`.

#![forbid(unsafe_code)]

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;
use zim_tests::{
    ADMIN_TOKEN, APNS_KEY_ID, APNS_TEAM_ID, APP_ID, APP_SIGN, BUNDLE_ID, Kind, PACKAGE, Phone, SECRET,
    SeparateServer, Settings, alert, text, token, until,
};

/// Of `push.p12`.
const CERTIFICATE_PASSWORD: &str = "apple";

fn main() -> ExitCode {
    let mut settings = Settings { tls: true, ..Settings::default() };
    for flag in std::env::args().skip(1) {
        match flag.as_str() {
            "--plain" => settings.tls = false,
            "--no-credentials" => settings.has_credentials = false,
            "--impatient" => {
                let Settings { heartbeat_s, idle_timeout_s, ack_timeout_s, .. } = Settings::impatient();
                settings = Settings { heartbeat_s, idle_timeout_s, ack_timeout_s, ..settings };
            }
            other => {
                eprintln!("zim-testbed: unknown flag {other}; the flags are at the top of its source");
                return ExitCode::FAILURE;
            }
        }
    }
    let mut bed = Bed { devices: HashMap::new(), server: SeparateServer::start(settings) };
    tell(&description(&bed.server));
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let answer = answer(&mut bed, &line);
        tell(&answer.unwrap_or_else(|error| json!({ "error": error })));
        if line.trim() == "quit" {
            break;
        }
    }
    ExitCode::SUCCESS
}

struct Bed {
    /// By user; gone before the server is.
    devices: HashMap<String, Phone>,
    server: SeparateServer,
}

fn tell(answer: &Value) {
    let mut out = std::io::stdout().lock();
    // Whoever does not listen any more has closed our input too.
    let _ = writeln!(out, "{answer}").and_then(|()| out.flush());
}

fn description(server: &SeparateServer) -> Value {
    let service = server.service();
    let certificate = server.folder().join("push.p12");
    std::fs::write(&certificate, server.apns_double().client_certificate_p12(CERTIFICATE_PASSWORD))
        .expect("the temporary folder has room");
    let http =
        format!("{}://{}", if service.authority.is_some() { "https" } else { "http" }, server.address());
    json!({
        "url": service.url,
        "http_url": http,
        "ca_file": server.authority_file(),
        "app_id": APP_ID,
        "app_sign": APP_SIGN,
        "server_secret": SECRET,
        "admin_token": ADMIN_TOKEN,
        "bundle_id": BUNDLE_ID,
        "package": PACKAGE,
        "config_file": server.config_file(),
        "apns": {
            "url": server.apns_double().url(),
            "key_file": server.folder().join("apns.p8"),
            "key_id": APNS_KEY_ID,
            "team_id": APNS_TEAM_ID,
            "certificate_file": certificate,
            "certificate_password": CERTIFICATE_PASSWORD,
            "root_certificates": server.folder().join("apns-root.pem"),
        },
        "fcm": {
            "url": server.fcm_double().url(),
            "service_account_file": server.folder().join("fcm.json"),
            "root_certificates": server.folder().join("fcm-root.pem"),
        },
        "makers": makers(server),
    })
}

/// What the other vendors gave out, by vendor: members of a `[[credential]]` table, with whole paths.
fn makers(server: &SeparateServer) -> Value {
    let of = |vendor: &&str| {
        let mut credential = server.maker_double(vendor).credential();
        for (name, value) in credential.as_object_mut().into_iter().flatten() {
            if name.ends_with("_file") {
                *value = json!(server.folder().join(value.as_str().unwrap_or_default()));
            }
        }
        ((*vendor).to_owned(), credential)
    };
    let vendors = ["huawei", "harmonyos", "xiaomi", "oppo", "vivo", "web"];
    Value::Object(vendors.iter().map(of).collect())
}

fn answer(bed: &mut Bed, line: &str) -> Result<Value, String> {
    let server = &mut bed.server;
    let words: Vec<&str> = line.split_whitespace().collect();
    let requests = |requests: Vec<zim_tests::Recorded>| {
        let requests: Vec<Value> = requests.iter().map(request).collect();
        json!({ "requests": requests })
    };
    match words.as_slice() {
        ["requests", vendor] => {
            server.requests(vendor).map(requests).ok_or_else(|| format!("{vendor:?} is no vendor"))
        }
        ["wait", vendor, count] => {
            let count = count.parse().map_err(|_| format!("{count:?} is no number"))?;
            let seen = server.wait_for(vendor, count).ok_or_else(|| format!("{vendor:?} is no vendor"))?;
            seen.map(requests).map_err(|error| error.to_string())
        }
        ["forget"] => {
            server.forget_pushes();
            Ok(json!({}))
        }
        ["token", user] => Ok(json!({ "token": token(user) })),
        ["phone", user, vendor] => phone(bed, user, vendor),
        ["send", from, to, ..] => {
            let words = line.splitn(4, ' ').nth(3).unwrap_or_default();
            let sender = desktop(bed, from);
            let sent = sender.send(text(words), to, Some(alert(from, words)));
            Ok(json!({ "message_id": sent.message_id.to_string() }))
        }
        ["kill"] => {
            server.kill();
            Ok(json!({}))
        }
        ["restart"] => {
            server.restart();
            Ok(json!({}))
        }
        ["quit"] => Ok(json!({})),
        _ => Err(format!("{line:?} is not understood")),
    }
}

/// Registers a phone for pushes, logs its user in, waits until the server has bound them, and switches the phone off.
fn phone(bed: &mut Bed, user: &str, vendor: &str) -> Result<Value, String> {
    let kind = match vendor {
        "apns" => Kind::Iphone,
        "fcm" => Kind::Android,
        "huawei" => Kind::Huawei,
        "xiaomi" => Kind::Xiaomi,
        "oppo" => Kind::Oppo,
        "vivo" => Kind::Vivo,
        "harmonyos" => Kind::HarmonyOs,
        "web" => Kind::Subscriber,
        other => return Err(format!("{other:?} is no vendor with a phone")),
    };
    let server = &bed.server;
    if server.settings().tls {
        return Err("phones need --plain".to_owned());
    }
    let mut phone = server.phone(&format!("{user}-{vendor}"), kind);
    let push_id = phone.register_push();
    phone.login(user);
    let path = format!("/admin/v1/users/{user}/push-ids");
    until("binding", || server.admin("GET", &path, None).1.to_string().contains(&push_id).then_some(()));
    let vendor_token = phone.vendor_token();
    phone.power_off();
    Ok(json!({ "push_id": push_id, "vendor_token": vendor_token }))
}

/// A user who only sends, logged in.
fn desktop<'a>(bed: &'a mut Bed, user: &str) -> &'a Phone {
    let Bed { devices, server } = bed;
    devices.entry(user.to_owned()).or_insert_with(|| {
        let mut desktop = server.phone(&format!("{user}-desktop"), Kind::Desktop);
        desktop.login(user);
        desktop
    })
}

fn request(request: &zim_tests::Recorded) -> Value {
    let headers: serde_json::Map<String, Value> =
        request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "method": request.method,
        "path": request.path,
        "token": request.token,
        "headers": headers,
        "body": request.body,
        "status": request.status,
        "reason": request.reason,
        "violation": request.violation,
    })
}
