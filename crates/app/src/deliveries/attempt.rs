//! One attempt at one delivery, from the lease to the settlement.

use std::time::{Duration, Instant};

use domain::Timestamp;

use super::{
    Attempt, Delivery, Parcel, Receiver,
    figures::Verdict,
    part, post,
    sender::Shared,
    settle::{Effect, Settled, settle},
};
use crate::{
    Result,
    ports::{Accepted, SendError},
};

/// What an attempt came to.
#[derive(Debug, Clone)]
pub struct Made {
    /// The status that came back, if one did and the receiver speaks HTTP.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: String,
    /// Whether it was taken, or why not.
    pub result: Result<Accepted, SendError>,
}

impl Made {
    /// What a receiver said that answers in its own way.
    pub fn of(result: Result<Accepted, SendError>) -> Self {
        Self {
            status: None,
            answer: String::new(),
            result,
        }
    }

    /// Nobody will ever take it.
    pub(super) fn refused(reason: String) -> Self {
        Self::of(Err(SendError::ForGood { reason }))
    }
}

/// An attempt that was made.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// What it came to.
    pub made: Made,
}

impl Outcome {
    /// What it says of its receiver.
    fn verdict(&self) -> Verdict {
        match &self.made.result {
            Ok(_) => Verdict::Took,
            Err(SendError::ForGood { .. }) => Verdict::Refused,
            Err(SendError::ForNow { .. } | SendError::Closed { .. }) => Verdict::Failed,
        }
    }

    /// What is kept of it. Its number is given by the store.
    pub(super) fn record(&self, delivery: &Delivery) -> Attempt {
        Attempt {
            delivery_id: delivery.id,
            number: 0,
            at: self.at,
            duration_ms: i64::try_from(self.duration.as_millis()).unwrap_or(i64::MAX),
            status: self.made.status.map(i64::from),
            error: self.made.result.as_ref().err().map(ToString::to_string),
            answer: self.made.answer.clone(),
        }
    }
}

/// One attempt at one delivery. Returns when the next is due, if there is to be one.
pub(super) async fn make(shared: &Shared, delivery: Delivery) -> Result<Option<Timestamp>> {
    let at = shared.core.clock.now();
    if delivery.attempts == 0 {
        let after = at.duration_since(delivery.happened_at);
        shared.figures.first_attempt(after.unsigned_abs());
    }
    let began = Instant::now();
    let made = match (delivery.to, &delivery.what) {
        (Receiver::Endpoint(to), Parcel::Event(told)) => {
            post::make(shared, to, delivery.id, told).await
        }
        (
            Receiver::Inbox(to),
            Parcel::Part {
                message_id, part, ..
            },
        ) => part::make(shared, to, *message_id, *part).await?,
        (Receiver::Endpoint(_), Parcel::Part { .. }) | (Receiver::Inbox(_), Parcel::Event(_)) => {
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
    let Settled { again_at, effect } = shared
        .core
        .store
        .transact(move |tx| settle(tx, &directory, &settings, &delivery, &outcome))
        .await?;
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
