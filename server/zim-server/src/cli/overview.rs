//! `overview`: what a running server does.

use super::Failure;
use super::client::{Client, Target};
use super::text::{list, number, text, time, with_query, yes};
use crate::config::Config;
use clap::Args;
use http::Method;
use serde_json::Value;

#[derive(Debug, Args)]
pub(super) struct OverviewArgs {
    #[command(flatten)]
    target: Target,
    /// Minutes to show, up to a day.
    #[arg(long, default_value_t = 10)]
    minutes: usize,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: Config, args: OverviewArgs) -> Result<(), Failure> {
    let client = Client::new(&config, &args.target)?;
    let path = with_query("/overview", &[("minutes", Some(args.minutes.to_string()))]);
    let answer = client.call(Method::GET, &path, None).await?;
    if args.json {
        println!("{answer:#}");
        return Ok(());
    }
    println!("started {}", time(&answer, "started_at"));
    for key in ["connections", "user_sessions", "users", "push_ids", "queued_pushes"] {
        println!("{key:<14} {}", number(&answer, key));
    }
    for credential in list(&answer, "credentials") {
        let rests = if yes(credential, "breaker_open") { "  RESTS" } else { "" };
        let until = time(credential, "expires_at");
        println!("{:<48} until {until} {}{rests}", text(credential, "name"), counts(credential, "answers"));
    }
    for point in list(&answer, "points") {
        let (messages, calls) = (number(point, "messages"), number(point, "calls"));
        let connections = number(point, "connections");
        let pushes = counts(point, "pushes");
        println!(
            "{} connections {connections} messages {messages} calls {calls} {pushes}",
            time(point, "time")
        );
    }
    Ok(())
}

/// Counts by name, those by vendor and outcome flattened.
fn counts(of: &Value, key: &str) -> String {
    let Some(counts) = of.get(key).and_then(Value::as_object) else { return String::new() };
    let words = counts.iter().map(|(name, count)| match count {
        Value::Object(_) => format!("{name}: {}", self::counts(&Value::Object(counts.clone()), name)),
        count => format!("{name} {count}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_words() {
        let point = serde_json::json!({ "pushes": { "apns": { "delivered": 3, "retry": 1 }, "fcm": { "delivered": 2 } } });
        assert_eq!(counts(&point, "pushes"), "apns: delivered 3, retry 1, fcm: delivered 2");
        assert_eq!(counts(&point, "answers"), "");
    }
}
