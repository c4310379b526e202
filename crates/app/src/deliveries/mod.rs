//! Deliveries: what is owed to somebody outside, and the one engine that hands it over.
//!
//! A delivery is a row from the moment the transaction that owes it is committed, so it survives everything. It is
//! owed to a [`Receiver`]: an endpoint is told of events, a network gets the parts of messages, the mail server letters. The [`Sender`]
//! leases what is due and attempts it, and [`settle`] is what an attempt does to its delivery, its receiver and its
//! message, in one transaction. Every delivery is made at least once, under one id
//! over all attempts, or given up on. The [`Sweeper`] removes what was settled long ago.

mod attempt;
mod endpoint;
mod figures;
mod hand_over;
mod health;
mod letter;
mod load;
mod message;
mod outcome;
mod part;
mod post;
mod schedule;
mod sender;
mod settings;
pub mod settle;
mod sweeper;

use domain::{AccountId, DeliveryId, EndpointId, InboxId, MessageId, Timestamp};

pub use figures::{Change, FIRST_ATTEMPT_MS, Figures};
pub use health::Health;
pub(crate) use message::catch_up;
pub use outcome::{Effect, Made, Outcome, Settled};
pub use part::{Part, parts};
pub use schedule::{GiveUp, Schedule};
pub use sender::Sender;
pub use settings::{Carriers, Settings};
pub use sweeper::{Retention, Sweeper};

use crate::letters::Letter;

/// To whom something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// An endpoint, which is told of events.
    Endpoint(EndpointId),
    /// The network behind an inbox, which gets messages.
    Inbox(InboxId),
    /// The mail server, which gets this account's letters.
    Mail(AccountId),
}

/// One thing owed to one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The same over all attempts; time-ordered.
    pub id: DeliveryId,
    /// To whom.
    pub to: Receiver,
    /// Those of one receiver in one lane are made one after another, in the order of their ids; 0 is no lane.
    pub lane: i64,
    /// What.
    pub what: Parcel,
    /// What became of it.
    pub state: DeliveryState,
    /// Attempts made.
    pub attempts: i64,
    /// Attempts made since it was owed or replayed: what its schedule counts.
    pub tries: i64,
    /// Not before this.
    pub next_at: Timestamp,
    /// When what it tells of happened.
    pub happened_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// What is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parcel {
    /// An event, for an endpoint.
    Event(Notice),
    /// A part of a message, for a network.
    Part {
        /// Of which message.
        message_id: MessageId,
        /// Which part of it, from 0.
        part: i64,
        /// How many parts it has.
        parts: i64,
    },
    /// A letter, for the mail server.
    Letter(Box<Letter>),
}

/// An event as an endpoint is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The event, in the endpoint's dialect.
    pub event: String,
    /// Exactly the bytes to send.
    pub body: String,
    /// The entry it tells of; 0 for a test.
    pub seq: i64,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Not settled yet; it may be attempted.
    Pending,
    /// Made.
    Done,
    /// Given up on. It can be replayed.
    Dead,
    /// Not settled yet; another goes before it in its lane.
    Behind,
}

impl DeliveryState {
    /// Whether it is still owed.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Behind)
    }
}

/// One attempt at a delivery. Never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// At which delivery.
    pub delivery_id: DeliveryId,
    /// Counted from 1.
    pub number: i64,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The status that came back, if one did and the receiver speaks HTTP.
    pub status: Option<i64>,
    /// Why it failed, in plain words.
    pub error: Option<String>,
    /// The first 4 KiB of the answer.
    pub answer: String,
}

impl Delivery {
    /// One that is due now, and that nothing has been tried for.
    pub fn new(
        id: DeliveryId,
        to: Receiver,
        what: Parcel,
        now: Timestamp,
        happened_at: Timestamp,
    ) -> Self {
        Self {
            id,
            to,
            lane: 0,
            what,
            state: DeliveryState::Pending,
            attempts: 0,
            tries: 0,
            next_at: now,
            happened_at,
            settled_at: None,
        }
    }

    /// The message that it is a part of, if it is.
    pub fn message(&self) -> Option<MessageId> {
        match &self.what {
            Parcel::Part { message_id, .. } => Some(*message_id),
            Parcel::Event(_) | Parcel::Letter(_) => None,
        }
    }

    /// The same in a lane.
    #[must_use]
    pub fn in_lane(self, lane: i64) -> Self {
        Self { lane, ..self }
    }
}
