//! `push-log` and `push`.

use super::Failure;
use super::client::{Client, Target};
use crate::config::Config;
use clap::Args;
use http::Method;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Duration;

/// Pause between two looks with `--follow`.
const FOLLOW_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(super) struct LogArgs {
    #[command(flatten)]
    target: Target,
    /// Only this receiver.
    #[arg(long)]
    user: Option<String>,
    /// Only this PushID.
    #[arg(long)]
    push_id: Option<String>,
    /// Only this push (`zpns_request_id`).
    #[arg(long)]
    request: Option<String>,
    /// Only this subject: `message:<id>`, `call:<id>`, `badge` or `debug`.
    #[arg(long)]
    subject: Option<String>,
    /// Rows to show.
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Go on showing new rows until interrupted.
    #[arg(long, short)]
    follow: bool,
    /// One JSON object per row.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct PushArgs {
    #[command(flatten)]
    target: Target,
    /// The device's PushID.
    push_id: String,
    /// Title.
    #[arg(long, default_value = "")]
    title: String,
    /// Text.
    #[arg(long)]
    content: String,
    /// Passed through to the app.
    #[arg(long, default_value = "")]
    payload: String,
    /// Push strategy.
    #[arg(long, default_value = "")]
    resources_id: String,
    /// Also show the vendor's token, for the vendor's own console. It is a secret.
    #[arg(long)]
    reveal_token: bool,
    /// The whole answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn log(config: Config, args: LogArgs) -> Result<(), Failure> {
    let client = Client::new(&config, &args.target)?;
    let path = log_path(&args);
    let mut last_seen = 0;
    loop {
        let answer = client.call(Method::GET, &path, None).await?;
        let rows = answer.get("rows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for row in rows.iter().rev() {
            let id = row.get("id").and_then(Value::as_i64).unwrap_or_default();
            if id > last_seen {
                last_seen = id;
                println!("{}", if args.json { row.to_string() } else { log_line(row) });
            }
        }
        if !args.follow {
            return Ok(());
        }
        tokio::time::sleep(FOLLOW_PAUSE).await;
    }
}

fn log_path(args: &LogArgs) -> String {
    let app = args.target.app.map(|app| app.to_string());
    let limit = Some(args.limit.to_string());
    let parts = [
        ("app_id", &app),
        ("user_id", &args.user),
        ("push_id", &args.push_id),
        ("request_id", &args.request),
        ("subject", &args.subject),
        ("limit", &limit),
    ];
    let query: Vec<String> = parts
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", percent(value.as_deref()?))))
        .collect();
    format!("/push/log?{}", query.join("&"))
}

fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A row as one line. Control characters of a vendor's answer do not reach the terminal.
fn log_line(row: &Value) -> String {
    let text = |key: &str| plain(row.get(key).and_then(Value::as_str).unwrap_or_default());
    let time = row.get("time").and_then(Value::as_i64).unwrap_or_default();
    format!(
        "{} {:<8} {:<20} {} {} {} {}  {}",
        utc(time),
        text("stage"),
        text("outcome"),
        or_dash(&text("subject")),
        or_dash(&text("user_id")),
        or_dash(&text("push_id")),
        or_dash(&text("request_id")),
        text("detail"),
    )
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// UTC milliseconds as `2026-01-31T12:00:00.000Z`.
fn utc(milliseconds: i64) -> String {
    let (days, rest) = (milliseconds.div_euclid(86_400_000), milliseconds.rem_euclid(86_400_000));
    // Days to a date of the Gregorian calendar, with years that begin in March so that leap days come last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, thousandths) = (rest / 1_000 % 60, rest % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}Z")
}

pub(super) async fn debug(config: Config, args: PushArgs) -> Result<ExitCode, Failure> {
    let client = Client::new(&config, &args.target)?;
    let mut body = json!({
        "push_id": args.push_id,
        "title": args.title,
        "content": args.content,
        "payload": args.payload,
        "resources_id": args.resources_id,
        "reveal_token": args.reveal_token,
    });
    if let Some(app) = args.target.app {
        body["app_id"] = app.into();
    }
    let answer = client.call(Method::POST, "/push/debug", Some(body.to_string().into_bytes())).await?;
    if args.json {
        println!("{answer:#}");
    } else {
        print!("{}", staged(&answer));
    }
    let delivered = answer.get("delivered").and_then(Value::as_bool).unwrap_or_default();
    Ok(if delivered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The stages as a table, with the vendor's request and answer below.
fn staged(answer: &Value) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    let text = |value: &Value, key: &str| plain(value.get(key).and_then(Value::as_str).unwrap_or_default());
    for stage in answer.get("stages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
        let ok = stage.get("ok").and_then(Value::as_bool).unwrap_or_default();
        let mark = if ok { "ok  " } else { "FAIL" };
        let (name, outcome, detail) = (text(stage, "name"), text(stage, "outcome"), text(stage, "detail"));
        let _ = writeln!(out, "{mark} {name:<12} {outcome:<16} {detail}");
        if let Some(exchange) = stage.get("exchange") {
            let _ = writeln!(out, "     > {}", text(exchange, "request_line"));
            let _ = writeln!(out, "     > {}", text(exchange, "request_body"));
            let status = exchange.get("status").and_then(Value::as_u64).unwrap_or_default();
            let _ = writeln!(out, "     < {status} {}", text(exchange, "response_body"));
        }
    }
    if let Some(token) = answer.get("token").and_then(Value::as_str) {
        let _ = writeln!(out, "     vendor token: {}", plain(token));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates() {
        assert_eq!(utc(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(utc(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(utc(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
        assert_eq!(utc(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn stages_are_lines_and_control_characters_do_not_reach_the_terminal() {
        let answer = json!({
            "delivered": false,
            "stages": [
                { "name": "registration", "ok": true, "outcome": "ok", "detail": "bound to a user" },
                { "name": "vendor", "ok": false, "outcome": "token_invalid", "detail": "BadDeviceToken\u{1b}[31m",
                  "exchange": { "request_line": "POST /3/device/…", "request_body": "{}", "status": 400,
                                "response_body": "{\"reason\":\"BadDeviceToken\"}" } }
            ],
        });
        let text = staged(&answer);
        assert_eq!(text.lines().count(), 5, "{text}");
        assert!(text.starts_with("ok   registration ok "), "{text}");
        assert!(text.contains("FAIL vendor       token_invalid"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(percent("message:1 & ü"), "message%3A1%20%26%20%C3%BC");
    }
}
