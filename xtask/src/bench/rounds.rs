//! The measurement: every program stays up for the whole run and they take turns, so that whatever else the machine does
//! meets all of them alike.

use super::program::Program;
use super::server::Server;
use std::error::Error;

const WARM_UP: usize = 3;
const ROUNDS: usize = 15;

/// The columns of the table.
const MEASURES: usize = 3;

/// Calls begun at once, calls one after another, and messages of a backlog.
const TOGETHER: u32 = 20_000;
const SEQUENTIAL: u32 = 3_000;
const BACKLOG: u32 = 10_000;

/// A program that takes its turns.
pub(super) struct Participant {
    title: &'static str,
    user: String,
    program: Program,
    /// Microseconds of each round, in the order of the table's columns.
    rounds: [Vec<f64>; MEASURES],
}

/// Medians of one program: a call with many under way, one call after another, a delivered message.
pub(super) struct Figures {
    pub(super) title: &'static str,
    pub(super) microseconds: [f64; MEASURES],
}

impl Participant {
    pub(super) fn start(
        title: &'static str,
        server: &Server,
        user: &str,
        line: &[String],
    ) -> Result<Self, Box<dyn Error>> {
        let program =
            Program::start(line, &server.arguments(user)).map_err(|error| format!("{title}: {error}"))?;
        Ok(Self { title, user: user.to_owned(), program, rounds: [const { Vec::new() }; MEASURES] })
    }

    /// One turn; microseconds by call or message.
    fn turn(&mut self, measure: usize, sender: &mut Program) -> Result<f64, Box<dyn Error>> {
        let (took, count) = match measure {
            0 => (self.program.ask(&format!("together {TOGETHER}"))?, TOGETHER),
            1 => (self.program.ask(&format!("sequential {SEQUENTIAL}"))?, SEQUENTIAL),
            _ => {
                self.program.ask("leave")?;
                sender.ask(&format!("send {} {BACKLOG}", self.user))?;
                (self.program.ask(&format!("backlog {BACKLOG}"))?, BACKLOG)
            }
        };
        Ok(took / f64::from(count))
    }
}

/// Runs all rounds. Each measure is taken of all programs before the next one is, and every round begins with another
/// program: what one leaves to be done does not always fall on the same other one.
pub(super) fn run(
    mut participants: Vec<Participant>,
    mut sender: Program,
) -> Result<Vec<Figures>, Box<dyn Error>> {
    let count = participants.len();
    for round in 0..WARM_UP + ROUNDS {
        for measure in 0..MEASURES {
            for turn in 0..count {
                let participant = &mut participants[(round + turn) % count];
                let title = participant.title;
                let figure =
                    participant.turn(measure, &mut sender).map_err(|error| format!("{title}: {error}"))?;
                if round >= WARM_UP {
                    participant.rounds[measure].push(figure);
                }
            }
        }
        println!("round {} of {}", round + 1, WARM_UP + ROUNDS);
    }
    Ok(participants
        .into_iter()
        .map(|Participant { title, rounds, .. }| Figures { title, microseconds: rounds.map(median) })
        .collect())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_round_that_met_something_else_does_not_count() {
        assert!((median(vec![3.0, 1.0, 900.0, 2.0, 4.0]) - 3.0).abs() < f64::EPSILON);
    }
}
