//! One attempt at one delivery, from the lease to the settlement.

use std::time::Instant;

use domain::{EndpointId, Timestamp};

use super::{
    Delivery, Parcel, Receiver,
    hand_over::hand_over,
    letter,
    outcome::{Effect, Made, Outcome, Settled},
    part, post,
    settings::Shared,
    settle::settle,
};
use crate::{Result, pacing::HELD_MAX, ports::Tx};

/// One attempt at one delivery, or none if it has waited for too long. Returns when the next is due, if there is to be
/// one.
pub(super) async fn make(
    shared: &Shared,
    delivery: Delivery,
    too_old: bool,
) -> Result<Option<Timestamp>> {
    let at = shared.core.clock.now();
    if delivery.attempts == 0 {
        // What was not to leave before a time has not waited until then.
        let after = at.duration_since(delivery.happened_at.max(delivery.next_at));
        shared.figures.first_attempt(after.unsigned_abs());
    }
    let began = Instant::now();
    let made = match (delivery.to, &delivery.what) {
        _ if too_old => {
            let hours = HELD_MAX.as_secs() / 3600;
            Made::refused(format!("it waited for more than {hours} hours to be sent"))
        }
        (Receiver::Endpoint(to), Parcel::Event(told)) => {
            post::make(shared, to, delivery.id, told).await
        }
        (
            Receiver::Inbox(to),
            Parcel::Part {
                message_id, part, ..
            },
        ) => part::make(shared, to, *message_id, *part).await?,
        (Receiver::Mail(_), Parcel::Letter(what)) => {
            letter::make(shared, delivery.id, delivery.happened_at, what).await?
        }
        (Receiver::Endpoint(_) | Receiver::Inbox(_) | Receiver::Mail(_), _) => {
            Made::refused("nobody takes such a thing".to_owned())
        }
    };
    let outcome = Outcome {
        at,
        duration: began.elapsed(),
        made,
    };
    let to = delivery.to;
    shared.figures.attempted(to, outcome.verdict());
    if let Err(error) = &outcome.made.result {
        tracing::info!(delivery.id = delivery.id.0, ?to, %error, "a delivery was not made");
    }
    let (settings, directory) = (shared.settings.clone(), shared.core.directory.clone());
    let program = program(shared, to).filter(|_| outcome.made.result.is_err());
    let settle = move |tx: &mut dyn Tx| {
        let settled = settle(tx, &directory, &settings, &delivery, &outcome)?;
        if let Some(endpoint) = program {
            hand_over(tx, &directory, endpoint, &delivery)?;
        }
        Ok(settled)
    };
    let Settled { again_at, effect } = shared.core.store.transact(settle).await?;
    match effect {
        Effect::Closed => shared.figures.closed(to),
        Effect::Worrying if shared.figures.worries(to) => tracing::warn!(
            ?to,
            "an endpoint fails; it will be disabled if that goes on as long again"
        ),
        Effect::Worrying | Effect::None => {}
    }
    Ok(again_at)
}

/// The endpoint, if conversations wait for whoever is behind it.
fn program(shared: &Shared, to: Receiver) -> Option<EndpointId> {
    let Receiver::Endpoint(id) = to else {
        return None;
    };
    let tables = shared.core.directory.tables();
    let endpoint = tables.endpoints.get(&id)?;
    let dialect = shared.dialects.get(endpoint.dialect.as_str())?;
    dialect.answers_first().then_some(id)
}
