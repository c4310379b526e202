//! Who is signed in, and who wants to know ("Watchlist events").
//!
//! A user is online while any connection is signed in as them.

use std::sync::atomic::Ordering;

use wire::pusher::{desk::Watched, people_frames::watchlist_events, watch_topic};

use super::Register;
use crate::socket::Hub;

impl Register {
    /// One more connection is signed in as a user.
    pub(crate) fn sign_in(&self, hub: &Hub, app_id: &str, user_id: &str) {
        let topic = watch_topic(app_id, user_id);
        let mut section = self.section(&topic);
        let connections = section.users.entry(topic.as_str().into()).or_default();
        *connections += 1;
        if *connections == 1 {
            self.tell(hub, &topic, watchlist_events(&[user_id], &[]));
        }
    }

    /// One connection less.
    pub(crate) fn sign_out(&self, hub: &Hub, app_id: &str, user_id: &str) {
        let topic = watch_topic(app_id, user_id);
        let mut section = self.section(&topic);
        let Some(connections) = section.users.get_mut(&*topic) else {
            return;
        };
        *connections -= 1;
        if *connections == 0 {
            section.users.remove(&*topic);
            self.tell(hub, &topic, watchlist_events(&[], &[user_id]));
        }
    }

    /// Whether a user is online.
    pub(crate) fn watch(&self, app_id: &str, user_id: &str) -> Watched {
        let topic = watch_topic(app_id, user_id);
        let section = self.section(&topic);
        Watched {
            online: section.users.contains_key(&*topic),
            after: self.last.load(Ordering::Relaxed),
        }
    }
}
