//! What a vendor's answer means: for the credential, for the binding, for the job.

use crate::breaker::Verdict;
use crate::job::{ClaimedJob, Feedback};
use crate::metrics::{OUTCOMES, outcome_index};
use crate::model::{Exchange, Outcome, RateScope};
use crate::provider::{Push, Rendered};
use crate::providers::Lane;
use std::time::Duration;

/// An answer with what was exchanged.
pub(crate) struct Answered {
    pub(crate) outcome: Outcome,
    pub(crate) exchange: Exchange,
}

impl Answered {
    /// Stable word for the delivery log.
    pub(crate) fn word(&self) -> &'static str {
        OUTCOMES[outcome_index(&self.outcome)]
    }

    /// Sentence for the delivery log.
    pub(crate) fn detail(&self) -> String {
        match &self.outcome {
            Outcome::Delivered { vendor_id } => format!("accepted as {vendor_id}"),
            Outcome::TokenInvalid { since: Some(since) } => format!("token is dead since {since} (UTC ms)"),
            Outcome::TokenInvalid { since: None } => "token is dead".into(),
            Outcome::TokenSuspect { why }
            | Outcome::Misconfigured { why }
            | Outcome::WrongSender { why }
            | Outcome::Rejected { why }
            | Outcome::Retry { why, .. }
            | Outcome::Unknown { why } => why.clone(),
            Outcome::AuthExpired => "the access token was refused".into(),
            Outcome::RateLimited { after, scope } => {
                let who = match scope {
                    RateScope::Credential => "this credential",
                    RateScope::Device => "this device",
                    RateScope::Service => "this push service",
                };
                match after {
                    Some(after) => format!("{who} is limited for {} s", after.as_secs()),
                    None => format!("{who} is limited"),
                }
            }
            Outcome::TooLarge => "the vendor finds the push too large".into(),
        }
    }
}

/// Sends a rendered push. A refused access token is refreshed and the push repeated once; a push the vendor finds too
/// large is cut smaller and repeated once. In both cases the vendor has refused the first request, so nothing doubles.
pub(crate) async fn exchange(lane: &Lane, push: Push<'_>, rendered: Rendered) -> Answered {
    let provider = &lane.provider;
    let (mut outcome, mut exchange) = provider.send(push.target, &rendered).await;
    if outcome == Outcome::AuthExpired {
        (outcome, exchange) = provider.send(push.target, &rendered).await;
        if outcome == Outcome::AuthExpired {
            let why = "the vendor refuses a fresh access token; check the server's clock and the credential";
            outcome = Outcome::Retry { after: None, why: why.into() };
        }
    }
    if outcome == Outcome::TooLarge {
        let smaller = Push { size_limit: Some(rendered.body.len() * 3 / 4), ..push };
        if let Ok(smaller) = provider.render(&smaller)
            && smaller.body.len() < rendered.body.len()
        {
            (outcome, exchange) = provider.send(push.target, &smaller).await;
        }
    }
    Answered { outcome, exchange }
}

/// For the credential.
pub(crate) fn of(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::TokenInvalid { .. } => Verdict::DeadToken,
        Outcome::RateLimited { after, scope: RateScope::Credential } => {
            Verdict::Limited { after: *after, why: "the vendor limits this credential".into() }
        }
        Outcome::Retry { after, why } => Verdict::Failed { after: *after, why: why.clone() },
        Outcome::Unknown { why } => Verdict::Failed { after: None, why: why.clone() },
        Outcome::Delivered { .. }
        | Outcome::TokenSuspect { .. }
        | Outcome::Misconfigured { .. }
        | Outcome::WrongSender { .. }
        | Outcome::AuthExpired
        | Outcome::RateLimited { scope: RateScope::Device | RateScope::Service, .. }
        | Outcome::TooLarge
        | Outcome::Rejected { .. } => Verdict::Works,
    }
}

/// How a job goes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Next {
    /// The vendor's wish.
    pub(crate) wish: Option<Duration>,
    pub(crate) uses_try: bool,
    pub(crate) unanswered: bool,
}

/// For the binding and for the job; `None` = the job is over. `flowing`: the breaker is closed after this answer.
pub(crate) fn consequence(
    outcome: &Outcome,
    job: &ClaimedJob,
    suspect_limit: u32,
    flowing: bool,
) -> (Feedback, Option<Next>) {
    let next = |wish, uses_try, unanswered| Some(Next { wish, uses_try, unanswered });
    match outcome {
        Outcome::Delivered { .. } => (Feedback::TokenWorks, None),
        // In a burst nothing is deleted; the push waits until the vendor is believed again.
        Outcome::TokenInvalid { .. } if !flowing => (Feedback::None, next(None, true, false)),
        Outcome::TokenInvalid { since } => {
            // Without a time only the very registration that was tried is dead.
            let registered_before = since.unwrap_or(job.target.registered_at + 1);
            (Feedback::TokenDead { registered_before }, None)
        }
        Outcome::TokenSuspect { .. } => (Feedback::TokenSuspect { limit: suspect_limit }, None),
        Outcome::Misconfigured { .. }
        | Outcome::WrongSender { .. }
        | Outcome::TooLarge
        | Outcome::Rejected { .. } => (Feedback::None, None),
        Outcome::AuthExpired => (Feedback::None, next(None, flowing, false)),
        Outcome::RateLimited { after, scope: RateScope::Credential | RateScope::Service } => {
            (Feedback::None, next(*after, false, false))
        }
        Outcome::RateLimited { after, scope: RateScope::Device } => {
            (Feedback::None, next(*after, true, false))
        }
        Outcome::Retry { after, .. } => (Feedback::None, next(*after, flowing, false)),
        Outcome::Unknown { .. } => (Feedback::None, next(None, true, true)),
    }
}
