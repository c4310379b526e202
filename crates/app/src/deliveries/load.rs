//! How much each receiver may have under way, so that nobody waits for anybody else's.

use std::{collections::BTreeMap, time::Duration};

use domain::{InboxState, Timestamp};

use super::{Receiver, figures::Figures};
use crate::{
    directory::Tables,
    hooks::EndpointState,
    limits::{FREE_SHARE, IN_FLIGHT, IN_FLIGHT_FAILING, IN_FLIGHT_PER_INBOX},
    ports::Claim,
};

/// What is under way.
#[derive(Default)]
pub(super) struct Load {
    receivers: BTreeMap<Receiver, Share>,
    all: usize,
    /// Who was planned for last.
    last: Option<Receiver>,
    was_full: bool,
}

/// What is under way to one receiver.
#[derive(Default)]
struct Share {
    first: usize,
    again: usize,
    /// Not before this, if the receiver has a pace.
    not_before: Option<Timestamp>,
    /// Whether the only place was last given to a retry.
    retried: bool,
}

/// What a receiver allows.
struct Allowance {
    in_flight: usize,
    /// Time between two posts.
    pace: Option<Duration>,
}

/// What to lease now.
pub(super) struct Plan {
    /// For whom, and how much.
    pub(super) claims: Vec<Claim>,
    /// When the next one may go to somebody whose pace holds it back.
    pub(super) next: Option<Timestamp>,
}

impl Load {
    /// Plans what to lease for those to whom something is due. If there are not places for all, those who come
    /// after whoever was planned for last have them first.
    pub(super) fn plan(
        &mut self,
        tables: &Tables,
        figures: &Figures,
        due: &[Receiver],
        now: Timestamp,
    ) -> Plan {
        let mut plan = Plan {
            claims: Vec::new(),
            next: None,
        };
        let mut places = IN_FLIGHT.saturating_sub(self.all);
        let last = self.last;
        let (before, after): (Vec<_>, Vec<_>) = due.iter().partition(|to| Some(**to) <= last);
        self.was_full = false;
        for to in after.into_iter().chain(before).copied() {
            if places == 0 {
                self.was_full = true;
                break;
            }
            let Some(allowed) = allowance(tables, to) else {
                continue;
            };
            let share = self.receivers.entry(to).or_default();
            if let Some(at) = share.not_before.filter(|at| now < *at) {
                plan.next = plan.next.into_iter().chain([at]).min();
                continue;
            }
            let failing = figures.is_failing(to);
            if let Some(claim) = share.claim(to, &allowed, failing, places) {
                places = places.saturating_sub(usize::try_from(claim.all).unwrap_or(usize::MAX));
                self.last = Some(to);
                plan.claims.push(claim);
            }
        }
        plan
    }

    /// Whether somebody got no place in the last plan because all were taken.
    pub(super) fn was_full(&self) -> bool {
        self.was_full
    }

    /// One is under way.
    pub(super) fn started(&mut self, tables: &Tables, to: Receiver, retry: bool, now: Timestamp) {
        let pace = allowance(tables, to).and_then(|it| it.pace);
        let share = self.receivers.entry(to).or_default();
        *share.of(retry) += 1;
        self.all += 1;
        share.not_before = pace.map(|pace| {
            let from = share.not_before.unwrap_or(now).max(now);
            from.saturating_add(pace).unwrap_or(now)
        });
    }

    /// One has ended.
    pub(super) fn ended(&mut self, to: Receiver, retry: bool) {
        self.all = self.all.saturating_sub(1);
        if let Some(share) = self.receivers.get_mut(&to) {
            let count = share.of(retry);
            *count = count.saturating_sub(1);
        }
    }
}

impl Share {
    /// What to lease for a receiver; `None` if it has no place free.
    fn claim(
        &mut self,
        to: Receiver,
        allowed: &Allowance,
        failing: bool,
        places: usize,
    ) -> Option<Claim> {
        let most = if failing {
            IN_FLIGHT_FAILING
        } else {
            // However many hang, there is always room for one who does not.
            (places / FREE_SHARE).max(1)
        };
        let cap = allowed.in_flight.min(most);
        let paced = if allowed.pace.is_some() {
            1
        } else {
            usize::MAX
        };
        let all = cap
            .saturating_sub(self.first + self.again)
            .min(paced)
            .min(places);
        if all == 0 {
            return None;
        }
        // Retries have at most half of the places,
        let again = (cap / 2).max(1).saturating_sub(self.again).min(all);
        // and one of them in any case; if there is only one place, they have it by turns.
        self.retried = all == 1 && !self.retried;
        let turn = all > 1 || self.retried;
        let kept = usize::from(self.again == 0 && turn).min(again);
        let [all, again, kept] = [all, again, kept].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
        Some(Claim {
            to,
            all,
            again,
            kept,
        })
    }

    fn of(&mut self, retry: bool) -> &mut usize {
        if retry {
            &mut self.again
        } else {
            &mut self.first
        }
    }
}

/// What a receiver allows; `None` if it takes nothing now.
fn allowance(tables: &Tables, to: Receiver) -> Option<Allowance> {
    match to {
        Receiver::Endpoint(id) => {
            let endpoint = tables.endpoints.get(&id)?;
            let in_flight = if endpoint.ordered {
                1
            } else {
                endpoint.in_flight
            };
            let pace = u32::try_from(endpoint.per_second).ok().filter(|it| *it > 0);
            (endpoint.state == EndpointState::Active).then(|| Allowance {
                in_flight: usize::try_from(in_flight.max(1)).unwrap_or(1),
                pace: pace.map(|per_second| Duration::from_secs(1) / per_second),
            })
        }
        Receiver::Inbox(id) => {
            let connected = tables.inboxes.get(&id)?;
            (connected.inbox.state == InboxState::Active).then_some(Allowance {
                in_flight: IN_FLIGHT_PER_INBOX,
                pace: None,
            })
        }
    }
}
