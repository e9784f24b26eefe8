//! `users` and `push-id`: who there is, with what devices.

use super::Failure;
use super::client::{Client, Target};
use super::text::{list, number, or_dash, percent, text, time, with_query, yes};
use crate::config::Config;
use clap::Args;
use http::Method;
use serde_json::Value;

#[derive(Debug, Args)]
pub(super) struct UsersArgs {
    #[command(flatten)]
    target: Target,
    /// Beginning of the user ids wanted; a whole one with --devices.
    #[arg(default_value = "")]
    user: String,
    /// Show this one user with devices and PushIDs.
    #[arg(long, requires = "user")]
    devices: bool,
    /// Begin behind this user id.
    #[arg(long)]
    after: Option<String>,
    /// Users to show.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct PushIdArgs {
    #[command(flatten)]
    target: Target,
    /// The device's PushID.
    push_id: String,
    /// Show the vendor's tokens instead. They are secrets; the delivery log tells that they were shown.
    #[arg(long)]
    reveal: bool,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn users(config: Config, args: UsersArgs) -> Result<(), Failure> {
    let client = Client::new(&config, &args.target)?;
    let app = ("app_id", args.target.app.map(|app| app.to_string()));
    let path = if args.devices {
        with_query(&format!("/users/{}", percent(&args.user)), &[app])
    } else {
        let limit = Some(args.limit.to_string());
        let search = Some(args.user).filter(|user| !user.is_empty());
        with_query("/users", &[app, ("search", search), ("after", args.after), ("limit", limit)])
    };
    let answer = client.call(Method::GET, &path, None).await?;
    if args.json {
        println!("{answer:#}");
        return Ok(());
    }
    if args.devices {
        println!("{}", user_line(&answer));
    }
    list(&answer, "users").iter().for_each(|user| println!("{}", user_line(user)));
    for device in list(&answer, "devices") {
        let (id, state, seen) = (text(device, "device_id"), state(device), time(device, "last_seen"));
        println!("  device {id:<32} platform {:<2} {state:<10} {seen}", number(device, "platform"));
    }
    list(&answer, "push_ids").iter().for_each(|push_id| println!("  {}", push_id_line(push_id)));
    Ok(())
}

pub(super) async fn push_id(config: Config, args: PushIdArgs) -> Result<(), Failure> {
    let client = Client::new(&config, &args.target)?;
    let (method, rest) = if args.reveal { (Method::POST, "/reveal") } else { (Method::GET, "") };
    let path = format!("/push-ids/{}{rest}", percent(&args.push_id));
    let path = with_query(&path, &[("app_id", args.target.app.map(|app| app.to_string()))]);
    let answer = client.call(method, &path, None).await?;
    if args.json {
        println!("{answer:#}");
    } else if args.reveal {
        println!("token      {}", text(&answer, "token"));
        println!("VoIP token {}", or_dash(&text(&answer, "voip_token")));
    } else {
        println!("{}  user {}", push_id_line(&answer), or_dash(&text(&answer, "user_id")));
    }
    Ok(())
}

fn user_line(user: &Value) -> String {
    let state = if yes(user, "online") { "online" } else { "offline" };
    let (id, name, since) = (text(user, "user_id"), text(user, "user_name"), time(user, "created_at"));
    let known = if yes(user, "has_logged_in") { "" } else { "  has never logged in" };
    format!("{id:<32} {state:<7} {since} {}{known}", or_dash(&name))
}

fn state(device: &Value) -> &'static str {
    match (yes(device, "online"), yes(device, "logged_in")) {
        (true, _) => "online",
        (false, true) => "offline",
        (false, false) => "logged out",
    }
}

fn push_id_line(one: &Value) -> String {
    let words = ["push_id", "vendor", "environment", "bundle_id"].map(|key| text(one, key));
    let [push_id, vendor, environment, bundle_id] = words;
    let (set, badge) = (number(one, "app_type"), number(one, "badge"));
    format!("{push_id} {vendor} {environment} {} set {set} badge {badge}", or_dash(&bundle_id))
}
