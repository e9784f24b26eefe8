//! `push-log` and `push`.

use super::Failure;
use super::client::{Client, Target};
use super::text::{list, number, or_dash, plain, text, time, with_query, yes};
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
    /// Only this stage: `decision`, `dispatch`, `vendor` or `admin`.
    #[arg(long)]
    stage: Option<String>,
    /// Only this outcome, e.g. `delivered` or `token_invalid`.
    #[arg(long)]
    outcome: Option<String>,
    /// Only this vendor.
    #[arg(long)]
    vendor: Option<String>,
    /// Not before, UTC milliseconds.
    #[arg(long)]
    since: Option<i64>,
    /// Before, UTC milliseconds.
    #[arg(long)]
    until: Option<i64>,
    /// Only this row, with the vendor's request and answer.
    #[arg(long, conflicts_with = "follow")]
    id: Option<i64>,
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
    if let Some(id) = args.id {
        let app = args.target.app.map(|app| app.to_string());
        let path = with_query(&format!("/push/log/{id}"), &[("app_id", app)]);
        let row = client.call(Method::GET, &path, None).await?;
        let shown = format!("{}\n{}", log_line(&row), exchange(&row));
        println!("{}", if args.json { format!("{row:#}") } else { shown.trim_end().to_owned() });
        return Ok(());
    }
    let path = log_path(&args);
    let mut last_seen = 0;
    loop {
        let answer = client.call(Method::GET, &path, None).await?;
        for row in list(&answer, "rows").iter().rev() {
            let id = number(row, "id");
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
    let parameters = [
        ("app_id", args.target.app.map(|app| app.to_string())),
        ("user_id", args.user.clone()),
        ("push_id", args.push_id.clone()),
        ("request_id", args.request.clone()),
        ("subject", args.subject.clone()),
        ("stage", args.stage.clone()),
        ("outcome", args.outcome.clone()),
        ("vendor", args.vendor.clone()),
        ("since", args.since.map(|since| since.to_string())),
        ("until", args.until.map(|until| until.to_string())),
        ("limit", Some(args.limit.to_string())),
    ];
    with_query("/push/log", &parameters)
}

/// A row as one line. Control characters of a vendor's answer do not reach the terminal.
fn log_line(row: &Value) -> String {
    let text = |key: &str| text(row, key);
    format!(
        "{} {:<8} {:<20} {:<9} {} {} {} {}  {}",
        time(row, "time"),
        text("stage"),
        text("outcome"),
        or_dash(&text("vendor")),
        or_dash(&text("subject")),
        or_dash(&text("user_id")),
        or_dash(&text("push_id")),
        or_dash(&text("request_id")),
        text("detail"),
    )
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
    Ok(if yes(&answer, "delivered") { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The stages as a table, with the vendor's request and answer below.
fn staged(answer: &Value) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for stage in list(answer, "stages") {
        let mark = if yes(stage, "ok") { "ok  " } else { "FAIL" };
        let (name, outcome, detail) = (text(stage, "name"), text(stage, "outcome"), text(stage, "detail"));
        let _ = writeln!(out, "{mark} {name:<12} {outcome:<16} {detail}");
        out.push_str(&exchange(stage));
    }
    if let Some(token) = answer.get("token").and_then(Value::as_str) {
        let _ = writeln!(out, "     vendor token: {}", plain(token));
    }
    out
}

/// Request and answer of a vendor, if there are any.
fn exchange(of: &Value) -> String {
    let Some(exchange) = of.get("exchange") else { return String::new() };
    let (line, body) = (text(exchange, "request_line"), text(exchange, "request_body"));
    let (status, answer) = (number(exchange, "status"), text(exchange, "response_body"));
    format!("     > {line}\n     > {body}\n     < {status} {answer}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
