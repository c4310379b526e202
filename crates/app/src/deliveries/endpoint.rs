//! What an attempt means for the endpoint it was made at.

use domain::EndpointId;

use super::{
    Health,
    health::Verdict,
    outcome::{Effect, Outcome},
};
use crate::{
    Result,
    hooks::{Endpoint, EndpointState, endpoints::told},
    ports::{SendError, Tx},
};

/// Counts a failure, forgets them after a success, and disables the endpoint if it has failed for too long.
pub(super) fn judge(
    tx: &mut dyn Tx,
    health: &Health,
    id: EndpointId,
    outcome: &Outcome,
) -> Result<Effect> {
    let Some(mut endpoint) = tx.find_endpoint(id)? else {
        return Ok(Effect::None);
    };
    let Err(error) = &outcome.made.result else {
        if endpoint.failing_since.take().is_some() {
            endpoint.failures = 0;
            tx.update_endpoint(&endpoint)?;
        }
        return Ok(Effect::None);
    };
    let now = tx.now();
    endpoint.failing_since.get_or_insert(outcome.at);
    endpoint.failures += 1;
    let verdict = health.judge(&endpoint, now);
    let reason = match (error, verdict) {
        (SendError::Closed { reason }, _) => Some(reason.clone()),
        (_, Verdict::Hopeless) => Some(format!(
            "every one of {} attempts since {} failed; the last: {error}",
            endpoint.failures,
            endpoint.failing_since.unwrap_or(now),
        )),
        (_, Verdict::Worrying | Verdict::Tolerable) => None,
    };
    Ok(match (disable(tx, endpoint, reason)?, verdict) {
        (true, _) => Effect::Closed,
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
