//! A desk that remembers what it was asked, over a node that is only maps.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;

use crate::pusher::desk::{Desk, Full, Joined, Said, Seat, Watched};
use crate::pusher::member::Member;

/// What all connections of a test share.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Everything that was asked, as `join topic member`.
    pub(super) asked: Vec<String>,
    /// Connections by topic and, on presence channels, member.
    pub(super) seats: BTreeMap<(String, String), u32>,
    /// Members as they came first.
    pub(super) members: BTreeMap<String, Vec<Arc<Member>>>,
    /// Connections by user.
    pub(super) users: BTreeMap<String, u32>,
    /// The last events of cache channels.
    pub(super) cached: BTreeMap<String, Bytes>,
    /// What the next join is answered, if not with success.
    pub(super) full: Option<Full>,
}

/// One connection's way to it.
#[derive(Debug, Clone, Default)]
pub(super) struct FakeDesk(pub(super) Rc<RefCell<Node>>);

/// Where everything stands, always.
pub(super) const NUMBER: u64 = 42;

fn id(seat: &Seat<'_>) -> String {
    seat.member.map(|it| it.id().to_owned()).unwrap_or_default()
}

impl Desk for FakeDesk {
    fn join(&mut self, seat: &Seat<'_>) -> Result<Joined, Full> {
        let mut node = self.0.borrow_mut();
        assert_eq!(seat.channel.kind().presence, seat.member.is_some());
        node.asked.push(format!("join {} {}", seat.topic, id(seat)));
        if let Some(full) = node.full.take() {
            return Err(full);
        }
        let key = (seat.topic.to_owned(), id(seat));
        let connections = node.seats.entry(key).or_default();
        *connections += 1;
        let is_new = *connections == 1;
        let members = node.members.entry(seat.topic.to_owned()).or_default();
        if let Some(member) = seat.member.filter(|_| is_new) {
            members.push(member.clone());
        }
        Ok(Joined {
            after: NUMBER,
            members: members.clone(),
            cached: node.cached.get(seat.topic).cloned(),
        })
    }

    fn leave(&mut self, seat: &Seat<'_>) {
        let mut node = self.0.borrow_mut();
        node.asked
            .push(format!("leave {} {}", seat.topic, id(seat)));
        let key = (seat.topic.to_owned(), id(seat));
        let connections = node.seats.get_mut(&key).expect("nobody sits there");
        *connections -= 1;
        if *connections == 0 {
            node.seats.remove(&key);
            let members = node.members.entry(seat.topic.to_owned()).or_default();
            members.retain(|member| member.id() != key.1);
        }
    }

    fn says(&mut self, said: &Said<'_>) {
        let mut node = self.0.borrow_mut();
        let data = said.data.unwrap_or("nothing");
        let who = said.user_id.unwrap_or("somebody");
        let (channel, event) = (said.channel, said.event);
        node.asked
            .push(format!("{who} says {event} {data} in {channel}"));
    }

    fn members(&self, topic: &str) -> Vec<Arc<Member>> {
        let node = self.0.borrow();
        node.members.get(topic).cloned().unwrap_or_default()
    }

    fn sign_in(&mut self, app_id: &str, user_id: &str) {
        let mut node = self.0.borrow_mut();
        node.asked.push(format!("sign in {app_id} {user_id}"));
        *node.users.entry(user_id.to_owned()).or_default() += 1;
    }

    fn sign_out(&mut self, app_id: &str, user_id: &str) {
        let mut node = self.0.borrow_mut();
        node.asked.push(format!("sign out {app_id} {user_id}"));
        let connections = node.users.get_mut(user_id).expect("nobody is signed in");
        *connections -= 1;
        if *connections == 0 {
            node.users.remove(user_id);
        }
    }

    fn watch(&self, _: &str, user_id: &str) -> Watched {
        Watched {
            online: self.0.borrow().users.contains_key(user_id),
            after: NUMBER,
        }
    }
}
