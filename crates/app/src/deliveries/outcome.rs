//! What an attempt came to, and what that means.

use std::time::Duration;

use domain::Timestamp;

use super::{Attempt, Delivery, figures::Verdict};
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
    pub(super) fn verdict(&self) -> Verdict {
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

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// When the next attempt is due, if there is to be one.
    pub again_at: Option<Timestamp>,
    /// What it means for the receiver.
    pub effect: Effect,
}

/// What an attempt means for its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing to speak of.
    None,
    /// It has failed for half of what is tolerated, or longer.
    Worrying,
    /// It gets nothing more until somebody resumes it.
    Closed,
}
