//! What an attempt does to its hook and its endpoint, in one transaction.

use std::time::Duration;

use domain::Timestamp;

use super::{
    Attempt, Endpoint, EndpointState, Hook, HookState, Posted, Settings, endpoints::told,
    health::Verdict,
};
use crate::{Result, ports::Tx};

/// Bytes of an answer that are kept.
const ANSWER_BYTES: usize = 4 * 1024;

/// An attempt that was made.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) at: Timestamp,
    pub(super) duration: Duration,
    pub(super) posted: Posted,
}

impl Outcome {
    /// Only 2xx is success: a redirect is not followed, and so is a failure.
    pub(super) fn is_success(&self) -> bool {
        matches!(
            self.posted,
            Posted::Answered {
                status: 200..=299,
                ..
            }
        )
    }

    fn is_gone(&self) -> bool {
        matches!(self.posted, Posted::Answered { status: 410, .. })
    }

    fn retry_after(&self) -> Option<Duration> {
        match &self.posted {
            Posted::Answered { retry_after, .. } => *retry_after,
            Posted::Failed { .. } => None,
        }
    }

    fn reason(&self) -> String {
        match &self.posted {
            Posted::Answered { status: 410, .. } => "it answered 410: gone for good".to_owned(),
            Posted::Answered {
                status: status @ 300..=399,
                ..
            } => {
                format!("it answered {status}; redirects are not followed")
            }
            Posted::Answered { status, .. } => format!("it answered {status}"),
            Posted::Failed { reason } => reason.clone(),
        }
    }

    fn record(&self, hook: &Hook) -> Attempt {
        let (status, answer) = match &self.posted {
            Posted::Answered { status, body, .. } => (Some(i64::from(*status)), head(body)),
            Posted::Failed { .. } => (None, String::new()),
        };
        Attempt {
            hook_id: hook.id,
            number: hook.attempts + 1,
            at: self.at,
            duration_ms: i64::try_from(self.duration.as_millis()).unwrap_or(i64::MAX),
            status,
            error: (!self.is_success()).then(|| self.reason()),
            answer,
        }
    }
}

/// How long until the next attempt: never sooner than the schedule says, or whoever asks for a second every time
/// would have used up all attempts in a few.
fn wait(settings: &Settings, attempts: i64, outcome: &Outcome, spread: u8) -> Duration {
    let scheduled = settings.schedule.wait(attempts, None, spread);
    let asked = outcome.retry_after();
    scheduled.max(settings.schedule.wait(attempts, asked, spread))
}

/// The beginning of a text, whole characters only.
fn head(text: &str) -> String {
    let mut end = text.len().min(ANSWER_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().replace('\0', "")
}

/// What an attempt did to its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing to speak of.
    None,
    /// It has failed for half of what is tolerated, or longer.
    Worrying,
    /// It was disabled.
    Disabled,
}

/// Records an attempt and settles its hook.
///
/// If somebody else took the hook over meanwhile, the attempt is recorded and nothing else is changed.
pub(super) fn settle(
    tx: &mut dyn Tx,
    settings: &Settings,
    hook: &Hook,
    outcome: &Outcome,
) -> Result<Effect> {
    let Some(mut current) = tx.find_hook(hook.id)? else {
        return Ok(Effect::None);
    };
    tx.insert_attempt(&outcome.record(hook))?;
    if current.attempts != hook.attempts || current.state != HookState::Pending {
        return Ok(Effect::None);
    }
    let now = tx.now();
    current.attempts += 1;
    let tried = usize::try_from(current.attempts).unwrap_or(usize::MAX);
    if outcome.is_success() {
        current.state = HookState::Done;
        current.settled_at = Some(now);
    } else if tried > settings.schedule.waits.len() && !outcome.is_gone() {
        current.state = HookState::Dead;
        current.settled_at = Some(now);
    } else {
        let spread = now.subsec_microsecond().to_le_bytes()[0];
        let wait = wait(settings, current.attempts, outcome, spread);
        current.next_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    }
    tx.settle_hook(&current)?;
    judge(tx, settings, &current, outcome)
}

fn judge(tx: &mut dyn Tx, settings: &Settings, hook: &Hook, outcome: &Outcome) -> Result<Effect> {
    let Some(mut endpoint) = tx.find_endpoint(hook.endpoint_id)? else {
        return Ok(Effect::None);
    };
    if outcome.is_success() {
        if endpoint.failing_since.take().is_some() {
            endpoint.failures = 0;
            tx.update_endpoint(&endpoint)?;
        }
        return Ok(Effect::None);
    }
    let now = tx.now();
    endpoint.failing_since.get_or_insert(outcome.at);
    endpoint.failures += 1;
    let verdict = settings.health.judge(&endpoint, now);
    let reason = match verdict {
        _ if outcome.is_gone() => Some(outcome.reason()),
        Verdict::Hopeless => Some(format!(
            "every one of {} attempts since {} failed; the last: {}",
            endpoint.failures,
            endpoint.failing_since.unwrap_or(now),
            outcome.reason()
        )),
        Verdict::Worrying | Verdict::Tolerable => None,
    };
    Ok(match (disable(tx, endpoint, reason)?, verdict) {
        (true, _) => Effect::Disabled,
        (false, Verdict::Worrying) => Effect::Worrying,
        (false, Verdict::Hopeless | Verdict::Tolerable) => Effect::None,
    })
}

fn disable(tx: &mut dyn Tx, mut endpoint: Endpoint, reason: Option<String>) -> Result<bool> {
    let disabled = endpoint.state == EndpointState::Active && reason.is_some();
    if let (true, Some(reason)) = (disabled, reason) {
        tracing::warn!(
            endpoint.id = endpoint.id.0,
            reason,
            "an endpoint is disabled"
        );
        endpoint.state = EndpointState::Disabled { reason };
    }
    tx.update_endpoint(&endpoint)?;
    if disabled {
        told(tx, &endpoint)?;
    }
    Ok(disabled)
}
