//! What an attempt does to its delivery, its receiver and its message, in one transaction.

use std::time::Duration;

use domain::Timestamp;

use super::{
    Delivery, DeliveryState, Receiver, Settings, endpoint, message,
    outcome::{Effect, Outcome, Settled},
};
use crate::{
    Result,
    directory::Directory,
    pacing,
    ports::{SendError, Tx},
};

/// Records an attempt and settles its delivery, or puts it off.
///
/// If somebody else took the delivery over meanwhile, or it was settled otherwise, the attempt is recorded and
/// nothing else is changed.
pub fn settle(
    tx: &mut dyn Tx,
    directory: &Directory,
    settings: &Settings,
    delivery: &Delivery,
    outcome: &Outcome,
) -> Result<Settled> {
    let late = Settled {
        again_at: None,
        effect: Effect::None,
    };
    let Some(mut current) = tx.find_delivery(delivery.id)? else {
        return Ok(late);
    };
    tx.insert_attempt(&outcome.record(delivery))?;
    if current.attempts != delivery.attempts || current.state != DeliveryState::Pending {
        return Ok(late);
    }
    let now = tx.now();
    current.attempts += 1;
    current.tries += 1;
    let wait = match &outcome.made.result {
        Ok(_) => None,
        Err(error) => {
            let age = now.duration_since(pacing::began(&*tx, &current)?);
            wait(settings, &current, error, now, age.unsigned_abs())
        }
    };
    if let Some(wait) = wait {
        current.next_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    } else {
        let taken = outcome.made.result.is_ok();
        current.state = if taken {
            DeliveryState::Done
        } else {
            DeliveryState::Dead
        };
        current.settled_at = Some(now);
    }
    tx.settle_delivery(&current)?;
    let effect = match current.to {
        Receiver::Endpoint(id) => endpoint::judge(tx, &settings.health, id, outcome)?,
        Receiver::Inbox(id) => message::tell(tx, directory, id, &current, outcome)?,
        Receiver::Mail(_) => Effect::None,
    };
    Ok(Settled {
        again_at: wait.map(|_| current.next_at),
        effect,
    })
}

/// How long until the next attempt of something tried for so long; `None` if there is to be none.
fn wait(
    settings: &Settings,
    delivery: &Delivery,
    error: &SendError,
    now: Timestamp,
    age: Duration,
) -> Option<Duration> {
    let schedule = settings.schedule(delivery.to);
    let spread = now.subsec_microsecond().to_le_bytes()[0];
    match error {
        SendError::ForGood { .. } => None,
        SendError::ForNow { retry_after, .. } => {
            schedule.next(delivery.tries, age, *retry_after, spread)
        }
        // Nothing is wrong with what it was given: that waits until the receiver is resumed.
        SendError::Closed { .. } => Some(
            schedule
                .next(delivery.tries, age, None, spread)
                .unwrap_or_default(),
        ),
    }
}
