//! The command line: `serve` and the tools around a running server.

mod certificates;
mod client;
mod overview;
mod people;
mod push;
mod strategies;
mod text;

use crate::auth::token04;
use crate::config::{Config, ConfigError, LogFormat, Overrides, credentials};
use crate::{Running, Server, StartError};
use clap::{Args, Parser, Subcommand};
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use tracing_subscriber::EnvFilter;

/// The self-hosted service of open ZIM. Without a command it serves.
#[derive(Debug, Parser)]
#[command(name = "zim-server", version, about)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Where the configuration comes from. Later wins: defaults, file, `ZIM_…` variables, flags.
#[derive(Debug, Args)]
struct Global {
    /// Configuration file (TOML).
    #[arg(long, short, global = true, env = "ZIM_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on, e.g. 0.0.0.0:8480; port 0 takes a free one.
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Folder of the database and of generated credentials.
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// Log filter: error, warn, info, debug, or e.g. info,zim_server=debug.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// PEM file of the listener's certificate chain.
    #[arg(long, global = true, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<String>,
    /// PEM file of its private key.
    #[arg(long, global = true, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<String>,
    /// Any other key, e.g. limits.requests_per_second=10. May be repeated.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service until it is told to stop (Ctrl-C, SIGTERM).
    Serve,
    /// Print a login token for a user.
    Token(TokenArgs),
    /// Show the delivery log of a running server, oldest first.
    PushLog(push::LogArgs),
    /// Send a debug push through a running server and show every stage.
    Push(push::PushArgs),
    /// Show what a running server does, in numbers.
    Overview(overview::OverviewArgs),
    /// Push certificates of a running server.
    Certificates(certificates::CertificatesArgs),
    /// Push strategies of a running server.
    Strategies(strategies::StrategiesArgs),
    /// Show users of a running server, whether they are online, and their devices.
    Users(people::UsersArgs),
    /// Show whose a PushID is, and through which vendor it is pushed to.
    PushId(people::PushIdArgs),
    /// About the configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check values, certificates and push credentials; names file, key and fault.
    Check,
}

#[derive(Debug, Args)]
struct TokenArgs {
    /// The user's id.
    user: String,
    /// How long the token is valid; 24 days at most unless the server is configured otherwise.
    #[arg(long, default_value_t = 86_400, value_name = "N")]
    seconds: i64,
    /// App id; needed if the server has several apps.
    #[arg(long)]
    app: Option<u32>,
}

/// Why a command failed; printed as it is.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    Client(#[from] client::ClientError),
    #[error("{0}")]
    System(#[from] std::io::Error),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("zim-server: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let overrides = cli.global.overrides(std::env::vars_os().filter_map(|(name, value)| {
        // A variable that is not text cannot be one of ours.
        Some((name.into_string().ok()?, value.into_string().ok()?))
    }));
    let config = Config::load(cli.global.config.as_deref(), &overrides)?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            start_logging(&config);
            for name in &config.ignored_variables {
                tracing::warn!(name, "an environment variable names no key and is ignored");
            }
            runtime()?.block_on(serve(config)).map(|()| ExitCode::SUCCESS)
        }
        Command::Token(args) => token(config, &args).map(|()| ExitCode::SUCCESS),
        Command::PushLog(args) => done(push::log(config, args)),
        Command::Push(args) => runtime()?.block_on(push::debug(config, args)),
        Command::Overview(args) => done(overview::run(config, args)),
        Command::Certificates(args) => done(certificates::run(config, args)),
        Command::Strategies(args) => done(strategies::run(config, args)),
        Command::Users(args) => done(people::users(config, args)),
        Command::PushId(args) => done(people::push_id(config, args)),
        Command::Config { command: ConfigCommand::Check } => {
            Server::check(&config)?;
            for name in &config.ignored_variables {
                println!("environment variable {name} names no key and is ignored");
            }
            println!("the configuration is good");
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Global {
    fn overrides(&self, variables: impl Iterator<Item = (String, String)>) -> Overrides {
        let named = [
            ("listen", &self.listen),
            ("data_dir", &self.data_dir),
            ("log", &self.log),
            ("tls.certificate", &self.tls_certificate),
            ("tls.key", &self.tls_key),
        ];
        let named = named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
        Overrides { variables: variables.collect(), flags: named.chain(self.set.iter().cloned()).collect() }
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_owned(), value.trim().to_owned())),
        None => Err("expected KEY=VALUE".to_owned()),
    }
}

/// Runs a tool to its end.
fn done(tool: impl Future<Output = Result<(), Failure>>) -> Result<ExitCode, Failure> {
    runtime()?.block_on(tool).map(|()| ExitCode::SUCCESS)
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("zim-rt").build()?)
}

fn start_logging(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match config.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}

async fn serve(config: Config) -> Result<(), Failure> {
    let running = Server::start(config).await?;
    announce(&running);
    stop_signal().await?;
    running.shutdown().await;
    Ok(())
}

/// For people and scripts, on standard output; the log is on standard error. A script that read its line and closed the
/// pipe does not end the server.
fn announce(running: &Running) {
    let mut text = format!("listening on {}\n", running.url());
    if let Some(path) = running.created_credentials() {
        text += &format!("credentials were made: {}\n", path.display());
    }
    let mut out = std::io::stdout();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        tracing::warn!(%error, "nobody reads where the server listens");
    }
}

async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

fn token(config: Config, args: &TokenArgs) -> Result<(), Failure> {
    let config = credentials::complete(config)?.config;
    let app = match (args.app, config.apps.as_slice()) {
        (Some(id), apps) => apps.iter().find(|app| app.id == id),
        (None, [app]) => Some(app),
        (None, _) => return Err(Failure::Usage("there are several apps: name one with --app".to_owned())),
    };
    let Some(app) = app else {
        return Err(Failure::Usage("no app with this id is configured".to_owned()));
    };
    if let Err(invalid) = zim_proto::validate::user_id(&args.user, "USER") {
        return Err(Failure::Usage(invalid.to_string()));
    }
    if args.seconds > config.limits.max_token_s {
        let limit = config.limits.max_token_s;
        return Err(Failure::Usage(format!("--seconds: the server accepts {limit} at most")));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    match token04::generate(app.id, &args.user, &app.server_secret, args.seconds, now) {
        Some(token) => println!("{token}"),
        None => return Err(Failure::Usage("--seconds: must be above 0".to_owned())),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_arguments_serve_with_defaults() {
        let cli = Cli::parse_from(["zim-server"]);
        assert!(cli.command.is_none());
        let overrides = cli.global.overrides(std::iter::empty());
        assert!(Config::load(None, &overrides).is_ok());
    }

    #[test]
    fn flags_reach_the_configuration_before_and_after_the_command() {
        let cli = Cli::parse_from([
            "zim-server",
            "--listen",
            "127.0.0.1:0",
            "serve",
            "--set",
            "limits.requests_per_second=10",
            "--data-dir",
            "elsewhere",
        ]);
        let config = Config::load(None, &cli.global.overrides(std::iter::empty())).unwrap();
        assert_eq!(config.listen.port(), 0);
        assert_eq!(config.limits.requests_per_second, 10);
        assert_eq!(config.data_dir, PathBuf::from("elsewhere"));
    }

    #[test]
    fn every_command_parses() {
        for line in [
            "zim-server token alice --seconds 60 --app 1",
            "zim-server push-log --user alice --push-id z1.x --request r --subject message:1 --follow",
            "zim-server push z1.x --title t --content c --payload p --resources-id r --reveal-token",
            "zim-server push-log --vendor fcm --stage vendor --outcome delivered --since 1 --until 2",
            "zim-server push-log --id 7 --json",
            "zim-server overview --minutes 5 --json",
            "zim-server certificates list --json",
            "zim-server certificates add apns.toml --app 1",
            "zim-server certificates remove 7",
            "zim-server strategies list",
            "zim-server strategies put quiet quiet.toml",
            "zim-server strategies remove quiet",
            "zim-server strategies preview quiet --kind call --title t --badge 3",
            "zim-server strategies preview --file quiet.toml",
            "zim-server users al --after alice --limit 5",
            "zim-server users alice --devices",
            "zim-server push-id z1.x --reveal",
            "zim-server config check --config file.toml",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
        assert!(Cli::try_parse_from(["zim-server", "push", "z1.x"]).is_err(), "--content is needed");
        assert!(Cli::try_parse_from(["zim-server", "--set", "nonsense"]).is_err());
        assert!(Cli::try_parse_from(["zim-server", "--tls-key", "k"]).is_err());
    }
}
