//! Who says that they are in a room, by the extended cable's presence: in the memory of this server, as it is about
//! now (action-cable.md, 2.5).
//!
//! Somebody is in a room under an id of their own choice for as long as one session says so. The room is told when
//! the first one comes and when the last one goes. A session whose connection broke off is kept for a while.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a session that broke off still counts.
const KEPT: Duration = Duration::from_secs(15);
/// Ids in one room. One more is refused.
const PEOPLE: usize = 10_000;

/// The rooms of this server.
#[derive(Default)]
pub(crate) struct Gatherings(Mutex<State>);

#[derive(Default)]
struct State {
    rooms: HashMap<String, BTreeMap<String, Present>>,
    members: HashMap<u64, Member>,
    last: u64,
}

/// Somebody in a room.
struct Present {
    /// What they say about themselves, as JSON.
    info: String,
    sessions: usize,
}

/// A session's part in a room.
struct Member {
    room: String,
    id: String,
    lost: Option<Instant>,
}

impl Gatherings {
    /// A session says that somebody is in a room, or says something else about them. Returns the session's number
    /// here, and whether that is news to the room; nothing if it came under another id before, or the room is full.
    pub(super) fn join(
        &self,
        room: &str,
        session: Option<u64>,
        id: &str,
        info: &str,
    ) -> Option<(u64, bool)> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let State {
            rooms,
            members,
            last,
        } = &mut *state;
        let people = rooms.entry(room.to_owned()).or_default();
        if let Some(number) = session {
            members.get(&number).filter(|it| it.id == id)?;
            people.get_mut(id)?.info = info.to_owned();
            return Some((number, false));
        }
        let news = !people.contains_key(id);
        if news && people.len() >= PEOPLE {
            return None;
        }
        let present = people.entry(id.to_owned()).or_insert_with(|| Present {
            info: String::new(),
            sessions: 0,
        });
        info.clone_into(&mut present.info);
        present.sessions += 1;
        *last += 1;
        let member = Member {
            room: room.to_owned(),
            id: id.to_owned(),
            lost: None,
        };
        members.insert(*last, member);
        Some((*last, news))
    }

    /// A session says that somebody is gone. Returns their id if no other session says otherwise.
    pub(super) fn leave(&self, session: u64) -> Option<String> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.leave(session).map(|(_, id)| id)
    }

    /// A session broke off. It may come back under another number.
    pub(super) fn lose(&self, session: u64, now: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(member) = state.members.get_mut(&session) {
            member.lost = Some(now);
        }
    }

    /// Everybody in a room, each with what they say.
    pub(super) fn here(&self, room: &str) -> Vec<(String, String)> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let people = state.rooms.get(room).into_iter().flatten();
        people
            .map(|(id, it)| (id.clone(), it.info.clone()))
            .collect()
    }

    /// Forgets the sessions that broke off too long ago. Returns who is gone with them, each with their room.
    pub(super) fn sweep(&self, now: Instant) -> Vec<(String, String)> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |it: &Member| it.lost.is_some_and(|at| now.duration_since(at) >= KEPT);
        let gone: Vec<u64> = state
            .members
            .iter()
            .filter(|(_, it)| over(it))
            .map(|(number, _)| *number)
            .collect();
        gone.into_iter().filter_map(|it| state.leave(it)).collect()
    }
}

impl State {
    fn leave(&mut self, session: u64) -> Option<(String, String)> {
        let Member { room, id, .. } = self.members.remove(&session)?;
        let people = self.rooms.get_mut(&room)?;
        let present = people.get_mut(&id)?;
        present.sessions -= 1;
        if present.sessions > 0 {
            return None;
        }
        people.remove(&id);
        if people.is_empty() {
            self.rooms.remove(&room);
        }
        Some((room, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_here_from_their_first_session_to_their_last() {
        let (rooms, now) = (Gatherings::default(), Instant::now());
        let (one, news) = rooms.join("r", None, "7", "1").unwrap();
        assert!(news);
        let (two, news) = rooms.join("r", None, "7", "2").unwrap();
        assert!(!news);
        assert_eq!(rooms.join("r", Some(one), "7", "3"), Some((one, false)));
        assert_eq!(rooms.join("r", Some(one), "8", "3"), None);
        assert_eq!(rooms.here("r"), [("7".to_owned(), "3".to_owned())]);
        assert_eq!(rooms.leave(one), None);
        assert_eq!(rooms.leave(one), None);
        rooms.lose(two, now);
        assert!(rooms.sweep(now + KEPT / 2).is_empty());
        assert_eq!(rooms.here("r").len(), 1);
        assert_eq!(rooms.sweep(now + KEPT), [("r".to_owned(), "7".to_owned())]);
        assert!(rooms.here("r").is_empty());
    }

    #[test]
    fn whoever_comes_back_in_time_was_never_gone() {
        let (rooms, now) = (Gatherings::default(), Instant::now());
        let (one, _) = rooms.join("r", None, "7", "1").unwrap();
        rooms.lose(one, now);
        let (_, news) = rooms.join("r", None, "7", "1").unwrap();
        assert!(!news);
        assert!(rooms.sweep(now + KEPT).is_empty());
        assert_eq!(rooms.here("r").len(), 1);
    }
}
