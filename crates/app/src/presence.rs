//! Who is here. Presence lives in memory only: it is about now, and now does not survive a restart.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{AccountId, AgentId, ContactId, Timestamp};

/// Somebody who can be here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    /// An agent.
    Agent(AgentId),
    /// A contact.
    Contact(ContactId),
}

/// When each person of an account was last heard of.
type Board = BTreeMap<Person, Timestamp>;

/// Who was heard of within the window.
pub struct Presence {
    window: Duration,
    boards: Mutex<HashMap<AccountId, Board>>,
}

impl Presence {
    /// How long somebody stays here after a sign of life. Clients send one every 30 seconds, and browsers slow
    /// the timers of hidden pages to one a minute.
    pub const WINDOW: Duration = Duration::from_secs(90);

    /// An empty board with this window.
    pub fn new(window: Duration) -> Self {
        Self {
            window,
            boards: Mutex::default(),
        }
    }

    /// A sign of life. Returns true if the person was not here before.
    pub fn touch(&self, account: AccountId, person: Person, now: Timestamp) -> bool {
        let mut boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let before = boards.entry(account).or_default().insert(person, now);
        before.is_none_or(|seen| !self.fresh(seen, now))
    }

    /// Everybody who is here.
    pub fn here(&self, account: AccountId, now: Timestamp) -> Vec<Person> {
        let boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let board = boards.get(&account);
        board
            .into_iter()
            .flatten()
            .filter(|(_, seen)| self.fresh(**seen, now))
            .map(|(person, _)| *person)
            .collect()
    }

    /// Whether this person is here.
    pub fn is_here(&self, account: AccountId, person: Person, now: Timestamp) -> bool {
        let boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        boards
            .get(&account)
            .and_then(|board| board.get(&person))
            .is_some_and(|seen| self.fresh(*seen, now))
    }

    /// Forgets everybody whose window has passed. Returns the accounts where somebody left.
    pub fn sweep(&self, now: Timestamp) -> Vec<AccountId> {
        let mut boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = Vec::new();
        boards.retain(|account, board| {
            let before = board.len();
            board.retain(|_, seen| self.fresh(*seen, now));
            if board.len() < before {
                left.push(*account);
            }
            !board.is_empty()
        });
        left
    }

    fn fresh(&self, seen: Timestamp, now: Timestamp) -> bool {
        now.duration_since(seen).unsigned_abs() < self.window || now < seen
    }
}

impl Default for Presence {
    /// With the usual window.
    fn default() -> Self {
        Self::new(Self::WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_here_for_the_window_and_arrives_once() {
        let presence = Presence::new(Duration::from_secs(90));
        let at = |second| Timestamp::from_second(second).unwrap();
        let (account, person) = (AccountId(1), Person::Agent(AgentId(4)));
        assert!(presence.touch(account, person, at(0)));
        assert!(!presence.touch(account, person, at(60)));
        assert_eq!(presence.here(account, at(149)), [person]);
        assert_eq!(presence.sweep(at(149)), []);
        assert_eq!(presence.here(AccountId(2), at(149)), []);
        assert!(!presence.is_here(account, person, at(150)));
        assert_eq!(presence.sweep(at(150)), [account]);
        assert!(presence.touch(account, person, at(151)));
    }
}
