//! A user at the keyboard: reads commands on standard input, tells on standard output what arrives. It needs a terminal for
//! each user; the cross-language test drives one such program per language.
//!
//! `login URL APPID USER TOKEN` | `send USER TEXT…` | `quit`

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::sync::Arc;
use zim_core::model::{ConversationType, Event, LoginConfig, Message, MessageBody, MessageSendConfig};
use zim_core::{Client, ClientConfig, EventHandler};

struct Screen;

impl EventHandler for Screen {
    fn on_event(&self, _: &Client, event: Event) {
        if let Event::MessageReceived { messages, .. } = event {
            for message in messages {
                if let MessageBody::Text(text) = &message.body {
                    say(&format!("message {} {text}", message.sender_user_id));
                }
            }
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever does not listen any more has closed our input too.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

async fn login(url: &str, app_id: &str, user: &str, token: &str) -> Result<Client, Box<dyn Error>> {
    let app_id = app_id.parse()?;
    let client = Client::new(ClientConfig { app_id, server_url: url.to_owned(), ..ClientConfig::default() })?;
    client.set_event_handler(Some(Arc::new(Screen)));
    client.login(user, LoginConfig { token: token.to_owned(), ..LoginConfig::default() }).await?;
    Ok(client)
}

/// Does what `line` says; the answer is a line too.
async fn obey(client: &mut Option<Client>, line: &str) -> Result<String, Box<dyn Error>> {
    let words: Vec<&str> = line.split(' ').collect();
    match (words.as_slice(), client.as_ref()) {
        (["login", url, app_id, user, token], None) => {
            *client = Some(login(url, app_id, user, token).await?);
            Ok("ok login".to_owned())
        }
        (["send", user, text @ ..], Some(client)) => {
            let message = Message::text(text.join(" "));
            let config = MessageSendConfig::default();
            let sent = client.send_message(message, user, ConversationType::Peer, config).await?;
            Ok(format!("ok send {}", sent.message_id))
        }
        (["quit"], Some(client)) => {
            client.logout().await?;
            Ok("ok quit".to_owned())
        }
        _ => Err(format!("not understood: {}", words[0]).into()),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut client = None;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        match runtime.block_on(obey(&mut client, &line)) {
            Ok(answer) => say(&answer),
            Err(error) => {
                let code = error.downcast_ref::<zim_core::Error>().map_or(1, |error| error.code.code());
                say(&format!("error {code} {error}"));
            }
        }
        if line == "quit" {
            break;
        }
    }
    Ok(())
}
