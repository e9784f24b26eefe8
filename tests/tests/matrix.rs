//! Every host language beside every other: one small program per language (`peer`) logs in, and each message that one of
//! them sends arrives in each of them, once and unchanged.
//!
//! The programs lie in `target/hosts/<language>/peer`, made by the language's suite of `cargo xtask test`. They read commands
//! on standard input and answer each with a line: `login URL APPID USER TOKEN`, `send USER TEXT…`, `quit`; a peer message
//! that arrives is a line `message FROM TEXT`.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use zim_tests::{APP_ID, PATIENCE, SeparateServer, Settings, token};

/// Each language with the suite that makes its program.
const LANGUAGES: [(&str, &str); 9] = [
    ("rust", "matrix"),
    ("c", "matrix"),
    ("cpp", "matrix"),
    ("node", "arkts"),
    ("arkts", "arkts"),
    ("objc", "objc"),
    ("swift", "swift"),
    ("java", "kotlin"),
    ("kotlin", "kotlin"),
];

/// What every message must survive, whatever the language's strings are made of.
const TEXTS: [&str; 3] =
    ["plain", "Grüße 你好 👨‍👩‍👧‍👦 \u{1F510}", "two  spaces, \"quotes\", back\\slash, {json: [1]}"];

fn program(language: &str) -> PathBuf {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    root.join("target/hosts").join(language).join("peer")
}

/// Those whose program is there. A missing one is a failure where everything has to run, and said loudly elsewhere.
fn present() -> Vec<&'static str> {
    let in_ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    let is_there = |(language, suite): &(&'static str, &str)| {
        let found = program(language).exists();
        assert!(found || !in_ci, "no {language}: `cargo xtask test {suite}` makes its program");
        if !found {
            eprintln!("NOT RUN: {language}; `cargo xtask test {suite}` makes its program");
        }
        found
    };
    LANGUAGES.iter().filter(|language| is_there(language)).map(|(language, _)| *language).collect()
}

/// A running program of one language, logged in under the language's name.
struct Peer {
    language: &'static str,
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
    received: Vec<String>,
}

impl Peer {
    fn start(language: &'static str) -> Self {
        let mut child = Command::new(program(language))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{language} does not start: {error}"));
        let stdin = child.stdin.take().expect("stdin is piped");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { language, child, stdin, lines, received: Vec::new() }
    }

    /// The next line it says.
    fn line(&mut self, what: &str) -> String {
        let line = self.lines.recv_timeout(PATIENCE);
        line.unwrap_or_else(|error| panic!("{}: no {what}: {error}; {:?}", self.language, self.received))
    }

    /// Says a command; the answer is the next line that is no message.
    fn ask(&mut self, command: &str) -> String {
        writeln!(self.stdin, "{command}").and_then(|()| self.stdin.flush()).expect("the program reads");
        loop {
            let line = self.line("answer");
            match line.strip_prefix("message ") {
                Some(message) => self.received.push(message.to_owned()),
                None => return line,
            }
        }
    }

    /// Reads until `count` messages have arrived.
    fn wait_for(&mut self, count: usize) {
        while self.received.len() < count {
            let line = self.line("message");
            let message = line.strip_prefix("message ");
            let message = message.unwrap_or_else(|| panic!("{}: unasked: {line}", self.language));
            self.received.push(message.to_owned());
        }
    }

    /// Ends it in good order.
    fn quit(mut self) {
        assert_eq!(self.ask("quit"), "ok quit", "{}", self.language);
        let status = self.child.wait().expect("the program ends");
        assert!(status.success(), "{}: {status}", self.language);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Only a failed test leaves one running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_language_receives_what_each_other_sends() {
    let languages = present();
    let server = SeparateServer::start(Settings::default());
    let url = server.service().url;
    let mut peers: Vec<Peer> = languages.iter().map(|language| Peer::start(language)).collect();
    for peer in &mut peers {
        let language = peer.language;
        let answer = peer.ask(&format!("login {url} {APP_ID} {language} {}", token(language)));
        assert_eq!(answer, "ok login", "{language}");
    }
    for sender in &mut peers {
        let own = sender.language;
        for receiver in languages.iter().filter(|language| **language != own) {
            for text in TEXTS {
                let answer = sender.ask(&format!("send {receiver} {text}"));
                assert!(answer.starts_with("ok send "), "{own} to {receiver}: {answer}");
            }
        }
    }
    let mut table = String::new();
    for peer in &mut peers {
        peer.wait_for((languages.len() - 1) * TEXTS.len());
        let mut expected: Vec<String> = Vec::new();
        for sender in languages.iter().filter(|language| **language != peer.language) {
            expected.extend(TEXTS.iter().map(|text| format!("{sender} {text}")));
            // From one sender they come in the order they were sent.
            let from = format!("{sender} ");
            let of_sender: Vec<&String> =
                peer.received.iter().filter(|line| line.starts_with(&from)).collect();
            let sent: Vec<String> = TEXTS.iter().map(|text| format!("{sender} {text}")).collect();
            assert_eq!(of_sender, sent.iter().collect::<Vec<_>>(), "{sender} to {}", peer.language);
        }
        expected.sort();
        peer.received.sort();
        assert_eq!(peer.received, expected, "{}", peer.language);
        let _ = writeln!(
            table,
            "{:>7} received {} messages of {} senders",
            peer.language,
            expected.len(),
            languages.len() - 1
        );
    }
    peers.into_iter().for_each(Peer::quit);
    print!("{table}");
}
