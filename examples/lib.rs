//! What the examples share: a narrator that tells a story line by line and keeps score.

#![forbid(unsafe_code)]

use serde_json::Value;
use zim_tests::Recorded;

/// Tells what happens, shows what left the server, and remembers what deviated.
#[derive(Debug, Default)]
pub struct Story {
    step: usize,
    held: usize,
    deviations: Vec<String>,
}

impl Story {
    /// Begins the next chapter.
    pub fn chapter(&mut self, title: &str) {
        self.step += 1;
        println!("\n{}. {title}", self.step);
    }

    /// One sentence.
    pub fn say(&self, sentence: &str) {
        println!("   {sentence}");
    }

    /// A request as it arrived at a vendor; device tokens and authentication are cut short.
    pub fn request(&self, vendor: &str, request: &Recorded) {
        println!(
            "   → {vendor}: {} {}",
            request.method,
            request.path.replace(&request.token, &short(&request.token))
        );
        for (name, value) in &request.headers {
            match name.as_str() {
                "authorization" => println!("       {name}: {}", short(value)),
                name if name.starts_with("apns-") => println!("       {name}: {value}"),
                _ => {}
            }
        }
        let mut body = request.body.clone();
        if let Some(token) = body.pointer_mut("/message/token") {
            *token = Value::String(short(&request.token));
        }
        let pretty = serde_json::to_string_pretty(&body).unwrap_or_default();
        for line in pretty.lines() {
            println!("       {line}");
        }
    }

    /// Something that must hold.
    pub fn check(&mut self, what: &str, holds: bool) {
        if holds {
            self.held += 1;
            println!("   ✓ {what}");
        } else {
            println!("   ✗ {what}");
            self.deviations.push(what.to_owned());
        }
    }

    /// Something that must be exactly so; the difference is shown if it is not.
    pub fn check_same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            println!("     found    {found:?}\n     expected {expected:?}");
        }
        self.check(what, found == expected);
    }

    /// Ends the story: whether all of it held.
    #[must_use]
    pub fn end(self) -> bool {
        println!();
        if self.deviations.is_empty() {
            println!("✓ {} of {} hold: this is the whole offline-push story.", self.held, self.held);
        } else {
            println!("✗ {} of {} deviate:", self.deviations.len(), self.held + self.deviations.len());
            for what in &self.deviations {
                println!("  ✗ {what}");
            }
        }
        self.deviations.is_empty()
    }
}

/// The beginning of a secret.
fn short(text: &str) -> String {
    match text.char_indices().nth(14) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
