//! `strategies`: push strategies of a running server.

use super::Failure;
use super::client::{Client, Target};
use super::text::{list, percent, plain, text, with_query};
use crate::config::Config;
use clap::{Args, Subcommand, ValueEnum};
use http::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct StrategiesArgs {
    #[command(subcommand)]
    command: StrategiesCommand,
}

#[derive(Debug, Subcommand)]
enum StrategiesCommand {
    /// Show all, one in a line.
    List {
        #[command(flatten)]
        target: Target,
        /// The answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make or replace one.
    Put {
        #[command(flatten)]
        target: Target,
        /// Its name, which senders give as `resourcesID`.
        resources_id: String,
        /// TOML file with the members of an `[app.strategy.NAME]` table.
        file: PathBuf,
    },
    /// Remove one.
    Remove {
        #[command(flatten)]
        target: Target,
        /// Its name.
        resources_id: String,
    },
    /// Show what each vendor would get. Nothing is sent.
    Preview(PreviewArgs),
}

#[derive(Debug, Args)]
struct PreviewArgs {
    #[command(flatten)]
    target: Target,
    /// A stored strategy; without it and without --file an ordinary push.
    #[arg(conflicts_with = "file")]
    resources_id: Option<String>,
    /// One that is not stored: TOML as for `put`.
    #[arg(long)]
    file: Option<PathBuf>,
    /// What the push is about.
    #[arg(long, value_enum, default_value_t = Kind::Message)]
    kind: Kind,
    /// Title.
    #[arg(long, default_value = "Title")]
    title: String,
    /// Text.
    #[arg(long, default_value = "Content")]
    content: String,
    /// Passed through to the app.
    #[arg(long, default_value = "")]
    payload: String,
    /// Badge the push carries.
    #[arg(long)]
    badge: Option<u32>,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Message,
    Call,
    Cancel,
    Badge,
}

pub(super) async fn run(config: Config, args: StrategiesArgs) -> Result<(), Failure> {
    match args.command {
        StrategiesCommand::List { target, json } => {
            let client = Client::new(&config, &target)?;
            let answer = client.call(Method::GET, &path(&target, None), None).await?;
            if json {
                println!("{answer:#}");
            } else {
                list(&answer, "strategies").iter().for_each(|one| println!("{}", line(one)));
            }
        }
        StrategiesCommand::Put { target, resources_id, file } => {
            let body = table(&file)?.to_string().into_bytes();
            let client = Client::new(&config, &target)?;
            let put = client.call(Method::PUT, &path(&target, Some(&resources_id)), Some(body)).await?;
            println!("{}", line(&put));
        }
        StrategiesCommand::Remove { target, resources_id } => {
            let client = Client::new(&config, &target)?;
            client.call(Method::DELETE, &path(&target, Some(&resources_id)), None).await?;
        }
        StrategiesCommand::Preview(args) => preview(&config, args).await?,
    }
    Ok(())
}

fn path(target: &Target, name: Option<&str>) -> String {
    let path = name.map_or_else(|| "/strategies".to_owned(), |name| format!("/strategies/{}", percent(name)));
    with_query(&path, &[("app_id", target.app.map(|app| app.to_string()))])
}

fn line(one: &Value) -> String {
    let blocks = one.get("strategy").map(Value::to_string).unwrap_or_default();
    format!("{:<32} {:<8} {}", text(one, "resources_id"), text(one, "source"), plain(&blocks))
}

/// A strategy from its file.
fn table(file: &Path) -> Result<Value, Failure> {
    let fault = |fault: String| Failure::Usage(format!("{}: {fault}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| fault(error.to_string()))?;
    toml::from_str(&text).map_err(|error: toml::de::Error| fault(error.to_string()))
}

async fn preview(config: &Config, args: PreviewArgs) -> Result<(), Failure> {
    let mut body = json!({
        "kind": format!("{:?}", args.kind).to_lowercase(),
        "title": args.title, "content": args.content, "payload": args.payload, "badge": args.badge,
    });
    if let Some(app) = args.target.app {
        body["app_id"] = app.into();
    }
    if let Some(name) = args.resources_id {
        body["resources_id"] = name.into();
    }
    if let Some(file) = &args.file {
        body["strategy"] = table(file)?;
    }
    let client = Client::new(config, &args.target)?;
    let body = Some(body.to_string().into_bytes());
    let answer = client.call(Method::POST, "/strategies/preview", body).await?;
    if args.json {
        println!("{answer:#}");
        return Ok(());
    }
    for request in list(&answer, "requests") {
        println!("{}", text(request, "credential"));
        for (name, value) in request.get("headers").and_then(Value::as_object).into_iter().flatten() {
            println!("     > {}: {}", plain(name), plain(value.as_str().unwrap_or_default()));
        }
        match text(request, "error") {
            error if error.is_empty() => println!("     > {}", text(request, "body")),
            error => println!("     nothing would be sent: {error}"),
        }
        for warning in list(request, "warnings") {
            println!("     ! {}", plain(warning.as_str().unwrap_or_default()));
        }
    }
    Ok(())
}
