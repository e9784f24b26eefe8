//! `cargo xtask bench`: the benches of the core and the server, and those of the host languages.

mod languages;
mod program;
mod release;
mod rounds;
mod server;
mod sizes;

use crate::test::command;
use crate::test::setup;
use crate::test::summary::Summary;
use languages::Language;
use release::Release;
use rounds::{Figures, Participant};
use std::error::Error;

/// Runs the cargo benches named, or all.
pub(crate) fn rust(names: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut arguments = vec!["bench", "--package", "zim-benches", "--"];
    arguments.extend(names);
    if command::run("cargo", &arguments) { Ok(()) } else { Err("a bench failed".into()) }
}

/// Measures the languages named, or all, and always C, which the others are compared with. Prints the tables of
/// `docs/benchmarks.md`. A language that cannot be built on this machine is named and left out.
pub(crate) fn hosts(names: &[&str]) -> Result<(), Box<dyn Error>> {
    let known = languages::all();
    if let Some(unknown) = names.iter().find(|name| !known.iter().any(|language| language.name == **name)) {
        let known: Vec<&str> = known.iter().map(|language| language.name).collect();
        return Err(format!("there is no bench in {unknown:?}; there are {}", known.join(", ")).into());
    }
    let release = Release::build()?;
    let mut left_out = Vec::new();
    let mut built = Vec::new();
    for language in known {
        if !names.is_empty() && !names.contains(&language.name) && language.name != languages::FLOOR {
            continue;
        }
        match command_line(&language, &release) {
            Ok(line) => built.push((language, line)),
            Err(why) => left_out.push(format!("{}: {why}", language.title)),
        }
    }
    let figures = measure(&release, &built)?;
    println!("\n{}\n{}", table(&figures), sizes::table(&release, &built)?);
    for line in &left_out {
        println!("LEFT OUT: {line}");
    }
    if setup::in_ci() && !left_out.is_empty() {
        return Err("a language was left out".into());
    }
    Ok(())
}

/// Builds the bench program of a language and says how it is started.
fn command_line(language: &Language, release: &Release) -> Result<Vec<String>, Box<dyn Error>> {
    println!("\n==> the bench program in {}", language.title);
    let mut summary = Summary::default();
    setup::run(language.tools, &mut summary)?;
    if let Some(missing) = summary.not_run.first() {
        return Err(missing.clone().into());
    }
    (language.build)(release)
}

fn measure(release: &Release, built: &[(Language, Vec<String>)]) -> Result<Vec<Figures>, Box<dyn Error>> {
    let server = server::Server::start(release)?;
    let mut participants = Vec::new();
    for (language, line) in built {
        participants.push(Participant::start(language.title, &server, language.name, line)?);
    }
    let floor = built.iter().find(|(language, _)| language.name == languages::FLOOR);
    let (_, line) = floor.ok_or("without C there is nothing to compare with")?;
    let sender = program::Program::start(line, &server.arguments("sender"))?;
    rounds::run(participants, sender)
}

/// Markdown: a row for each language, a pair of columns for each measure; the first row is the floor.
fn table(figures: &[Figures]) -> String {
    let mut text = String::from(
        "| Host | Call with its callback, many under way | × C | One call after another | × C | Delivered message | × C |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for figure in figures {
        text += &format!("| {} |", figure.title);
        for (ours, floor) in figure.microseconds.iter().zip(&figures[0].microseconds) {
            text += &format!(" {ours:.1} µs | {:.1} |", ours / floor);
        }
        text += "\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_compared_with_the_first() {
        let figures = [
            Figures { title: "C", microseconds: [4.0, 10.0, 2.5] },
            Figures { title: "Java", microseconds: [30.0, 40.0, 5.0] },
        ];
        let text = table(&figures);
        assert!(text.contains("| C | 4.0 µs | 1.0 | 10.0 µs | 1.0 | 2.5 µs | 1.0 |\n"), "{text}");
        assert!(text.contains("| Java | 30.0 µs | 7.5 | 40.0 µs | 4.0 | 5.0 µs | 2.0 |\n"), "{text}");
    }
}
