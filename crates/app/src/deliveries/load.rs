//! How much each receiver may have under way, so that nobody waits for anybody else's.

use std::{collections::BTreeMap, time::Duration};

use domain::{AccountId, InboxState, Timestamp};

use super::{Receiver, figures::Figures};
use crate::{
    directory::Tables,
    hooks::EndpointState,
    limits::{
        FAILING_PER_SECOND, IN_FLIGHT, IN_FLIGHT_FAILING, IN_FLIGHT_LETTERS, IN_FLIGHT_PER_INBOX,
    },
    ports::Claim,
};

/// What is under way.
#[derive(Default)]
pub(super) struct Load {
    receivers: BTreeMap<Receiver, Share>,
    all: usize,
    /// Receivers with something under way.
    busy: usize,
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
        // Half of all places are shared evenly, so that however many hang, there is room for one who does not.
        let most = (IN_FLIGHT / 2 / due.len().max(self.busy).max(1)).max(1);
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
            let failing = figures.is_failing(to);
            let paced = failing || allowed.pace.is_some();
            if let Some(at) = share.not_before.filter(|at| paced && now < *at) {
                plan.next = plan.next.into_iter().chain([at]).min();
                continue;
            }
            if let Some(claim) = share.claim(to, &allowed, failing, (places, most)) {
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
    pub(super) fn started(
        &mut self,
        tables: &Tables,
        figures: &Figures,
        to: Receiver,
        retry: bool,
        now: Timestamp,
    ) {
        let own = allowance(tables, to).and_then(|it| it.pace);
        // Those that fail share a pace: however many refuse at once, and however much waits for them, trying them
        // costs little.
        let failing = figures.failing_count(to);
        let shared = (failing > 0).then(|| Duration::from_secs(1) * failing / FAILING_PER_SECOND);
        let pace = own.max(shared);
        let share = self.receivers.entry(to).or_default();
        self.busy += usize::from(share.first + share.again == 0);
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
            let idle = share.first + share.again == 0;
            self.busy = self.busy.saturating_sub(usize::from(idle));
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
        (places, most): (usize, usize),
    ) -> Option<Claim> {
        let cap = if failing { IN_FLIGHT_FAILING } else { most };
        let cap = allowed.in_flight.min(cap);
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
        Receiver::Mail(account) => {
            let known = account == AccountId::NOBODYS || tables.accounts.contains_key(&account);
            known.then_some(Allowance {
                in_flight: IN_FLIGHT_LETTERS,
                pace: None,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::EndpointId;

    use super::{super::figures::Verdict, *};
    use crate::hooks::Endpoint;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn tables(endpoints: i64) -> Tables {
        let endpoint = |id| Endpoint {
            id: EndpointId(id),
            account_id: AccountId(1),
            dialect: "standard".to_owned(),
            name: String::new(),
            url: String::new(),
            events: Vec::new(),
            inbox_id: None,
            state: EndpointState::Active,
            ordered: false,
            per_second: 0,
            in_flight: 100,
            since: 0,
            failing_since: None,
            failures: 0,
            secrets: Vec::new(),
            created_at: NOW,
        };
        let all = (1..=endpoints).map(|id| (EndpointId(id), Arc::new(endpoint(id))));
        Tables {
            endpoints: all.collect(),
            ..Tables::default()
        }
    }

    fn to(id: i64) -> Receiver {
        Receiver::Endpoint(EndpointId(id))
    }

    #[test]
    fn those_that_fail_share_a_pace_and_nobody_else_waits() {
        let (tables, figures, mut load) = (tables(3), Figures::default(), Load::default());
        for id in [1, 2] {
            figures.attempted(to(id), Verdict::Failed);
        }
        let due = [to(1), to(2), to(3)];
        let whom = |plan: &Plan| plan.claims.iter().map(|it| it.to).collect::<Vec<_>>();
        let plan = load.plan(&tables, &figures, &due, NOW);
        assert_eq!(whom(&plan), due);
        assert_eq!(plan.claims[0].all, 1);
        for it in due {
            load.started(&tables, &figures, it, true, NOW);
            load.ended(it, true);
        }
        let plan = load.plan(&tables, &figures, &due, NOW);
        assert_eq!(whom(&plan), [to(3)]);
        let pace = Duration::from_secs(2) / FAILING_PER_SECOND;
        assert_eq!(plan.next, Some(NOW + pace));
        assert_eq!(whom(&load.plan(&tables, &figures, &due, NOW + pace)), due);
        // Who takes something again waits no longer.
        figures.attempted(to(1), Verdict::Took);
        let plan = load.plan(&tables, &figures, &due, NOW);
        assert_eq!(whom(&plan), [to(1), to(3)]);
    }

    #[test]
    fn however_many_hang_there_is_room_for_one_who_does_not() {
        let (tables, figures, mut load) = (tables(500), Figures::default(), Load::default());
        let hanging: Vec<Receiver> = (1..500).map(to).collect();
        for _ in 0..20 {
            for claim in load.plan(&tables, &figures, &hanging, NOW).claims {
                assert!(claim.all <= 1);
                for _ in 0..claim.all {
                    load.started(&tables, &figures, claim.to, false, NOW);
                }
            }
        }
        let plan = load.plan(&tables, &figures, &[to(500)], NOW);
        assert!(plan.claims[0].all >= 1);
    }
}
