//! Pacing: what leaves an inbox, no faster than its number bears, and nothing while its network will not have it.
//!
//! What has left is counted in a row, in the transaction that leases what is to leave: so it survives everything, and
//! servers that share a store share it. The row also says from when on something may leave, so that whoever looks for
//! what is due finds nothing before.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    DeliveryId, Inbox, InboxId, InboxState, Pace, Session, SessionState, Timestamp,
    pace::{Next, Spent},
};

use crate::{
    Result,
    deliveries::{Delivery, Receiver},
    ports::{Claim, Lease, Tx, View},
};

/// How long a message may have waited for a phone that was closed or an inbox that was paused: when it opens again,
/// what waited longer has failed, because nobody wants it any more. Waiting for the pace alone makes nothing too old.
pub const HELD_MAX: Duration = Duration::from_secs(24 * 3600);

/// The paces of inboxes whose owners have said nothing, by the name of the carrier. Others have none.
#[derive(Debug, Clone, Default)]
pub struct Paces(pub BTreeMap<String, Pace>);

/// What is kept of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paced {
    /// Which.
    pub inbox_id: InboxId,
    /// What its owner has said; `None` for what is usual.
    pub own: Option<Pace>,
    /// What has left it.
    pub spent: Spent,
    /// Nothing leaves before this.
    pub free_at: Timestamp,
    /// Since when it is closed or paused.
    pub held_since: Option<Timestamp>,
    /// What was said before this has waited for too long.
    pub stale_before: Option<Timestamp>,
}

/// What was leased.
#[derive(Debug, Default)]
pub struct Leased {
    /// What may leave now.
    pub deliveries: Vec<Delivery>,
    /// Those of them that have waited for too long.
    pub stale: Vec<DeliveryId>,
    /// When to look again, if the pace holds something back.
    pub again_at: Option<Timestamp>,
}

/// What keeps an inbox from sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// Its owner or its network stopped it, for this reason.
    Paused(String),
    /// Its phone is not open.
    Closed(SessionState),
    /// Its pace.
    Pace(Next),
}

// === impl Paces ===

impl Paces {
    /// The pace of an inbox.
    pub fn of(&self, inbox: &Inbox, paced: Option<&Paced>) -> Option<Pace> {
        let own = paced.and_then(|it| it.own.clone());
        own.or_else(|| self.0.get(&inbox.carrier).cloned())
    }

    /// What keeps an inbox from sending now, if anything does.
    pub fn hold<V: View + ?Sized>(
        &self,
        view: &V,
        inbox: &Inbox,
        now: Timestamp,
    ) -> Result<Option<Hold>> {
        if let InboxState::Paused { reason } = &inbox.state {
            return Ok(Some(Hold::Paused(reason.clone())));
        }
        let session = view.find_session(inbox.id)?;
        if let Some(closed) = session.filter(|it| it.state != SessionState::LoggedIn) {
            return Ok(Some(Hold::Closed(closed.state)));
        }
        let paced = view.find_pace(inbox.id)?;
        let Some(pace) = self.of(inbox, paced.as_ref()) else {
            return Ok(None);
        };
        let spent = paced.unwrap_or_else(|| Paced::new(inbox)).spent_by(inbox);
        let next = pace.next(&spent, now);
        Ok((next.at > now).then_some(Hold::Pace(next)))
    }

    /// Leases what may leave an inbox now.
    pub fn lease(
        &self,
        tx: &mut dyn Tx,
        inbox: &Inbox,
        claim: &Claim,
        lease: &Lease,
    ) -> Result<Leased> {
        let found = tx.find_pace(inbox.id)?;
        let Some(pace) = self.of(inbox, found.as_ref()) else {
            let deliveries = tx.claim_deliveries(claim, lease)?;
            return Ok(Leased::of(deliveries, found.as_ref()));
        };
        let known = found.unwrap_or_else(|| Paced::new(inbox));
        let mut paced = known.clone();
        paced.spent = known.clone().spent_by(inbox);
        let next = pace.next(&paced.spent, lease.now);
        if next.at > lease.now {
            paced.free_at = next.at;
            paced.keep_if_other(tx, &known)?;
            return Ok(Leased {
                again_at: Some(next.at),
                ..Leased::default()
            });
        }
        let leased = tx.claim_deliveries(&claim.at_most(next.room), lease)?;
        let leased = Leased::of(leased, Some(&paced));
        let leaving = leased.deliveries.len() - leased.stale.len();
        if leaving > 0 {
            let count = i64::try_from(leaving).unwrap_or(i64::MAX);
            let chance = lease.now.subsec_microsecond().to_le_bytes()[0];
            pace.spend(&mut paced.spent, lease.now, count, chance);
            paced.free_at = pace.next(&paced.spent, lease.now).at;
            paced.keep_if_other(tx, &known)?;
        }
        Ok(Leased {
            again_at: Some(paced.free_at).filter(|at| *at > lease.now),
            ..leased
        })
    }
}

// === impl Paced ===

impl Paced {
    /// Of an inbox that has sent nothing.
    fn new(inbox: &Inbox) -> Self {
        Self {
            inbox_id: inbox.id,
            own: None,
            spent: Spent::default(),
            free_at: Timestamp::UNIX_EPOCH,
            held_since: None,
            stale_before: None,
        }
    }

    /// What has left the number that the inbox has now.
    fn spent_by(self, inbox: &Inbox) -> Spent {
        if self.spent.number == inbox.address {
            return self.spent;
        }
        Spent {
            number: inbox.address.clone(),
            ..Spent::default()
        }
    }

    fn keep_if_other(&self, tx: &mut dyn Tx, known: &Self) -> Result<()> {
        if self == known {
            return Ok(());
        }
        tx.put_pace(self)
    }
}

// === impl Leased ===

impl Leased {
    fn of(deliveries: Vec<Delivery>, paced: Option<&Paced>) -> Self {
        let before = paced.and_then(|it| it.stale_before);
        let stale = deliveries
            .iter()
            .filter(|it| before.is_some_and(|before| it.happened_at < before))
            .map(|it| it.id)
            .collect();
        Self {
            deliveries,
            stale,
            again_at: None,
        }
    }
}

/// What is kept of an inbox.
pub fn load<V: View + ?Sized>(view: &V, inbox: &Inbox) -> Result<Paced> {
    let found = view.find_pace(inbox.id)?;
    Ok(found.unwrap_or_else(|| Paced::new(inbox)))
}

/// The owner gives an inbox a pace of its own, or takes it away. It holds from the next message on.
pub fn set(tx: &mut dyn Tx, inbox: &Inbox, own: Option<Pace>) -> Result<()> {
    if let Some(pace) = &own {
        pace.check()?;
    }
    let known = load(&*tx, inbox)?;
    let paced = Paced {
        own,
        // What may leave when is found out anew.
        free_at: Timestamp::UNIX_EPOCH,
        ..known.clone()
    };
    paced.keep_if_other(tx, &known)?;
    tx.hasten_deliveries(Receiver::Inbox(inbox.id))
}

/// An inbox has come to be closed or paused, or to send again.
pub(crate) fn held(tx: &mut dyn Tx, inbox: &Inbox, session: &Session) -> Result<()> {
    let open = session.state == SessionState::LoggedIn && inbox.state == InboxState::Active;
    let known = load(&*tx, inbox)?;
    let mut paced = known.clone();
    let now = tx.now();
    if open {
        let too_old = now.saturating_sub(HELD_MAX).unwrap_or(Timestamp::MIN);
        if paced.held_since.take().is_some_and(|it| it < too_old) {
            paced.stale_before = Some(too_old);
        }
    } else {
        paced.held_since.get_or_insert(now);
    }
    paced.keep_if_other(tx, &known)
}

/// When the patience with a delivery began: with its first attempt, where what waits may wait for long.
pub(crate) fn began(tx: &dyn Tx, delivery: &Delivery) -> Result<Timestamp> {
    let Receiver::Inbox(inbox) = delivery.to else {
        return Ok(delivery.happened_at);
    };
    if tx.find_pace(inbox)?.is_none() {
        return Ok(delivery.happened_at);
    }
    let attempts = tx.list_attempts(delivery.id)?;
    Ok(attempts.first().map_or(delivery.happened_at, |it| it.at))
}
