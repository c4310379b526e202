//! Sessions of the extended cable that broke off, for a while: whoever shows one's name gets its subscriptions back.
//!
//! A name is a secret that works once. What it opens is decided anew: each identifier must still be good.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a session is kept.
const KEPT: Duration = Duration::from_secs(300);
/// Sessions kept at once. One more, and those that come back begin anew.
const SESSIONS: usize = 100_000;

/// The sessions of this node.
#[derive(Default)]
pub(crate) struct ParkedSessions(Mutex<HashMap<String, (Instant, Vec<String>)>>);

impl ParkedSessions {
    /// Keeps a session's identifiers.
    pub(super) fn park(&self, sid: &str, identifiers: Vec<String>, now: Instant) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SESSIONS {
            all.retain(|_, (at, _)| now.duration_since(*at) < KEPT);
        }
        if all.len() < SESSIONS {
            all.insert(sid.to_owned(), (now, identifiers));
        }
    }

    /// Takes a session's identifiers, if it is still there.
    pub(super) fn take(&self, sid: &str, now: Instant) -> Vec<String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.remove(sid) {
            Some((at, identifiers)) if now.duration_since(at) < KEPT => identifiers,
            Some(_) | None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_back_once_and_not_too_late() {
        let (sessions, now) = (ParkedSessions::default(), Instant::now());
        sessions.park("a", vec!["room".to_owned()], now);
        sessions.park("b", vec!["room".to_owned()], now);
        assert_eq!(sessions.take("a", now), ["room"]);
        assert!(sessions.take("a", now).is_empty());
        assert!(sessions.take("b", now + KEPT).is_empty());
    }
}
