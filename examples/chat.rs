//! A small chat between two terminals, over a running `zim-server`. `cargo run --example chat -- --help` says how.

use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::Arc;
use zim_core::model::{
    ConnectionEvent, ConnectionState, ConversationType, Event, LoginConfig, Message, MessageBody,
    MessageQueryConfig, MessageRevokeConfig, MessageSendConfig, PushConfig,
};
use zim_core::{Client, ClientConfig, Error, EventHandler};

const HELP: &str = "\
A chat between two terminals.

Usage: cargo run --example chat -- USER PEER [options]

  USER              who you are (1 to 32 characters); the first login registers you
  PEER              whom you write to: a user, or with --group a group's id

Options:
  --token TOKEN     login token: zim-server token USER prints one (or ZIM_TOKEN)
  --app-sign SIGN   64 hexadecimal characters instead of a token (or ZIM_APP_SIGN)
  --server URL      default: ZIM_SERVER_URL, then ws://127.0.0.1:8480/zim
  --app ID          app id, default 1
  --folder FOLDER   keep the local store here; without it nothing outlives the program
  --group           PEER is a group

While it runs, each line you type is a message. /history shows the last 20 messages, /recall takes back the
last one you sent (for two minutes), /quit or Ctrl-D ends.
Who is offline gets the messages at the next login, and a push if the phone is registered.

Example, in two terminals beside a running server:

  cargo run --example chat -- alice bob --token \"$(cargo run -q -p zim-server -- token alice)\"
  cargo run --example chat -- bob alice --token \"$(cargo run -q -p zim-server -- token bob)\"
";

/// What the command line says.
#[derive(Debug, Default, PartialEq)]
struct Arguments {
    user: String,
    peer: String,
    token: String,
    app_sign: String,
    server: String,
    app: u32,
    folder: Option<String>,
    group: bool,
}

impl Arguments {
    /// `Err` = what is wrong with them.
    fn parse(
        words: impl Iterator<Item = String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let mut arguments = Self {
            token: variable("ZIM_TOKEN").unwrap_or_default(),
            app_sign: variable("ZIM_APP_SIGN").unwrap_or_default(),
            app: 1,
            ..Self::default()
        };
        let mut names = Vec::new();
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--token" => arguments.token = value()?,
                "--app-sign" => arguments.app_sign = value()?,
                "--server" => arguments.server = value()?,
                "--app" => arguments.app = value()?.parse().map_err(|_| "--app: not a number".to_owned())?,
                "--folder" => arguments.folder = Some(value()?),
                "--group" => arguments.group = true,
                option if option.starts_with("--") => return Err(format!("unknown option {option}")),
                _ => names.push(word),
            }
        }
        let [user, peer] =
            <[String; 2]>::try_from(names).map_err(|_| "USER and PEER are needed".to_owned())?;
        if arguments.token.is_empty() && arguments.app_sign.is_empty() {
            return Err("a --token or an --app-sign is needed".to_owned());
        }
        Ok(Self { user, peer, ..arguments })
    }
}

/// Prints what arrives.
struct Screen {
    user: String,
}

impl EventHandler for Screen {
    fn on_event(&self, _: &Client, event: Event) {
        match event {
            Event::MessageReceived { messages, .. } => {
                for message in messages {
                    show(&message, &self.user);
                }
            }
            Event::MessageRevokeReceived { message_list } => {
                for message in message_list {
                    show(&message, &self.user);
                }
            }
            Event::ConnectionStateChanged { event: ConnectionEvent::KickedOut, .. } => {
                println!("* you logged in on another device; this one is logged out");
            }
            Event::ConnectionStateChanged { state: ConnectionState::Reconnecting, .. } => {
                println!("* the connection is lost, trying again; what you write is sent then");
            }
            Event::ConnectionStateChanged { state: ConnectionState::Connected, .. } => {
                println!("* connected");
            }
            Event::TokenWillExpire { second } => println!("* the token ends in {second} s"),
            _ => {}
        }
    }
}

fn show(message: &Message, user: &str) {
    let from = if message.sender_user_id == user { "you" } else { &message.sender_user_id };
    let group = match message.conversation_type {
        ConversationType::Group => format!(" in {}", message.conversation_id),
        _ => String::new(),
    };
    match &message.body {
        MessageBody::Text(text) => println!("{from}{group}: {text}"),
        MessageBody::Revoked(revocation) => {
            println!("{from}{group}: (recalled by {})", revocation.operated_user_id);
        }
        _ => println!("{from}{group} sent something that is not text"),
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::parse(words.into_iter(), |name| std::env::var(name).ok()) {
        Ok(arguments) => arguments,
        Err(fault) => {
            eprintln!("chat: {fault}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("chat: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(chat(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chat: {error}{}", hint(&error));
            ExitCode::FAILURE
        }
    }
}

/// What to do about the errors a newcomer meets.
fn hint(error: &Error) -> &'static str {
    match error.code.code() {
        6_000_104 => "\nIs the server running? cargo run --release -p zim-server",
        6_000_101 | 6_000_103 | 6_000_106 | 6_000_107 | 6_000_108 => {
            "\nA new token: cargo run -q -p zim-server -- token USER, in the folder the server was started in"
        }
        6_000_204 => " (this user has never logged in: start the other terminal first)",
        _ => "",
    }
}

async fn chat(arguments: &Arguments) -> Result<(), Error> {
    let client = Client::new(ClientConfig {
        app_id: arguments.app,
        app_sign: arguments.app_sign.clone(),
        server_url: arguments.server.clone(),
        cache_path: arguments.folder.clone().map(Into::into),
        ..ClientConfig::default()
    })?;
    client.set_event_handler(Some(Arc::new(Screen { user: arguments.user.clone() })));
    let login = LoginConfig { token: arguments.token.clone(), ..LoginConfig::default() };
    client.login(&arguments.user, login).await?;
    println!("* you are {}, writing to {}; /history, /recall, /quit", arguments.user, arguments.peer);
    let kind = if arguments.group { ConversationType::Group } else { ConversationType::Peer };
    let mut last_sent = None;
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        match line.trim() {
            "" => {}
            "/quit" => break,
            "/history" => {
                let config = MessageQueryConfig { count: 20, reverse: true, ..MessageQueryConfig::default() };
                for message in client.query_history_message(&arguments.peer, kind, config).await? {
                    show(&message, &arguments.user);
                }
            }
            "/recall" => {
                let Some(message) = last_sent.take() else {
                    println!("* nothing to take back");
                    continue;
                };
                match client.revoke_message(message, MessageRevokeConfig::default()).await {
                    Ok(left) => show(&left, &arguments.user),
                    Err(error) => println!("* not taken back: {error}"),
                }
            }
            text => {
                let push_config = Some(PushConfig {
                    title: arguments.user.clone(),
                    content: text.chars().take(100).collect(),
                    ..PushConfig::default()
                });
                let config = MessageSendConfig { push_config, ..MessageSendConfig::default() };
                let message = Message::text(text);
                match client.send_message(message, &arguments.peer, kind, config).await {
                    Ok(sent) => last_sent = Some(Message::clone(&sent)),
                    Err(error) => println!("* not sent: {error}{}", hint(&error)),
                }
            }
        }
    }
    client.logout().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned), |_| None)
    }

    #[test]
    fn arguments_are_read_in_any_order() {
        let read = parse("--app 7 alice --token 04x bob --group --folder f --server ws://h/zim").unwrap();
        let expected = Arguments {
            user: "alice".into(),
            peer: "bob".into(),
            token: "04x".into(),
            server: "ws://h/zim".into(),
            app: 7,
            folder: Some("f".into()),
            group: true,
            ..Arguments::default()
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn what_is_missing_is_named() {
        for (line, word) in [
            ("alice", "PEER"),
            ("alice bob", "token"),
            ("a b --token", "--token"),
            ("a b --x", "--x"),
            ("a b --app z", "--app"),
        ] {
            let fault = parse(line).unwrap_err();
            assert!(fault.contains(word), "{line}: {fault}");
        }
    }
}
