//! Who follows what, within one shard: adding and removing a follower is constant time however many there are.

use std::{collections::HashMap, sync::Arc};

use slab::Slab;
use wire::session::Envelope;

use super::{command::Publication, interest::Interest, limits::HELD};

/// One side of a following: a place in a topic's list.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// The connection's place in the shard.
    pub(super) connection: u32,
    /// The following's place in the connection's own list.
    pub(super) slot: u32,
}

/// The other side: a place in a connection's list.
pub(super) struct Following {
    topic: u32,
    position: u32,
    pub(super) subscription: u32,
    /// The number of the last publication that is not to be delivered; zero if all are.
    pub(super) after: u64,
    pub(super) envelope: Option<Box<Envelope>>,
    /// What waits until the connection was told what it missed.
    pub(super) held: Option<Box<Held>>,
}

/// Publications that a connection is not told yet.
#[derive(Default)]
pub(super) struct Held(Vec<Arc<Publication>>);

impl Held {
    /// Keeps more. Returns false if they are too many.
    pub(super) fn keep(&mut self, run: &[Arc<Publication>]) -> bool {
        self.0.extend_from_slice(run);
        self.0.len() <= HELD
    }

    /// Those with a higher number.
    pub(super) fn after(self, number: u64) -> Vec<Arc<Publication>> {
        let mut all = self.0;
        all.retain(|it| it.number > number);
        all
    }
}

/// What a connection asks for when it follows a topic.
#[derive(Default)]
pub(super) struct Terms {
    pub(super) subscription: u32,
    pub(super) after: u64,
    pub(super) envelope: Option<Envelope>,
    /// Whether everything is held back at first.
    pub(super) holds: bool,
}

struct Topic {
    name: Arc<str>,
    members: Vec<Member>,
}

/// The topics of one shard.
pub(super) struct Topics {
    by_name: HashMap<Arc<str>, u32>,
    topics: Slab<Topic>,
    interest: Arc<Interest>,
}

/// Where a connection's followings are kept.
pub(super) trait Followings {
    /// The list of the connection at this place.
    fn of(&mut self, connection: u32) -> Option<&mut Vec<Following>>;
}

impl Topics {
    pub(super) fn new(interest: Arc<Interest>) -> Self {
        Self {
            by_name: HashMap::new(),
            topics: Slab::new(),
            interest,
        }
    }

    /// The followers of a topic, in no particular order.
    pub(super) fn members(&self, name: &str) -> &[Member] {
        let topic = self
            .by_name
            .get(name)
            .and_then(|at| self.topics.get(*at as usize));
        topic.map_or(&[], |topic| &topic.members)
    }

    pub(super) fn follow(
        &mut self,
        all: &mut impl Followings,
        connection: u32,
        name: &str,
        terms: Terms,
    ) {
        let at = match self.by_name.get(name) {
            Some(at) => *at,
            None => self.add(name),
        };
        let Some(topic) = self.topics.get_mut(at as usize) else {
            return;
        };
        let Some(followings) = all.of(connection) else {
            return;
        };
        let position = small(topic.members.len());
        topic.members.push(Member {
            connection,
            slot: small(followings.len()),
        });
        followings.push(Following {
            topic: at,
            position,
            subscription: terms.subscription,
            after: terms.after,
            envelope: terms.envelope.map(Box::new),
            held: terms.holds.then(Box::default),
        });
    }

    fn add(&mut self, name: &str) -> u32 {
        let name: Arc<str> = name.into();
        let at = small(self.topics.insert(Topic {
            name: name.clone(),
            members: Vec::new(),
        }));
        // Before the subscription is confirmed, so that whatever is committed afterwards is rendered.
        self.interest.add(&name);
        self.by_name.insert(name, at);
        at
    }

    /// Ends every following of a subscription.
    pub(super) fn unfollow(
        &mut self,
        all: &mut impl Followings,
        connection: u32,
        subscription: u32,
    ) {
        let mut slot = 0;
        loop {
            let Some(followings) = all.of(connection) else {
                return;
            };
            match followings.get(slot) {
                None => return,
                Some(it) if it.subscription == subscription => self.end(all, connection, slot),
                Some(_) => slot += 1,
            }
        }
    }

    /// Ends every following of a connection.
    pub(super) fn unfollow_all(&mut self, all: &mut impl Followings, connection: u32) {
        while let Some(last) = all
            .of(connection)
            .and_then(|list| list.len().checked_sub(1))
        {
            self.end(all, connection, last);
        }
    }

    /// Takes one following out of both lists; whoever took its places is told the new ones.
    fn end(&mut self, all: &mut impl Followings, connection: u32, slot: usize) {
        let Some(followings) = all.of(connection) else {
            return;
        };
        if slot >= followings.len() {
            return;
        }
        let ended = followings.swap_remove(slot);
        let moved = followings.get(slot).map(|it| (it.topic, it.position));
        if let Some((topic, position)) = moved
            && let Some(topic) = self.topics.get_mut(topic as usize)
            && let Some(member) = topic.members.get_mut(position as usize)
        {
            member.slot = small(slot);
        }
        let Some(topic) = self.topics.get_mut(ended.topic as usize) else {
            return;
        };
        topic.members.swap_remove(ended.position as usize);
        if let Some(moved) = topic.members.get(ended.position as usize).copied()
            && let Some(list) = all.of(moved.connection)
            && let Some(following) = list.get_mut(moved.slot as usize)
        {
            following.position = ended.position;
        }
        if topic.members.is_empty() {
            let topic = self.topics.remove(ended.topic as usize);
            self.by_name.remove(&topic.name);
            self.interest.remove(&topic.name);
        }
    }
}

/// A place in a list that never holds more than four billion.
fn small(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Lists(Vec<Vec<Following>>);

    impl Followings for Lists {
        fn of(&mut self, connection: u32) -> Option<&mut Vec<Following>> {
            self.0.get_mut(connection as usize)
        }
    }

    fn terms(subscription: u32) -> Terms {
        Terms {
            subscription,
            ..Terms::default()
        }
    }

    fn members(topics: &Topics, name: &str) -> Vec<u32> {
        let mut list: Vec<u32> = topics
            .members(name)
            .iter()
            .map(|it| it.connection)
            .collect();
        list.sort_unstable();
        list
    }

    #[test]
    fn followers_come_and_go_in_any_order() {
        let mut topics = Topics::new(Arc::new(Interest::new()));
        let mut lists = Lists((0..5).map(|_| Vec::new()).collect());
        for connection in 0..5 {
            for (subscription, name) in ["a", "b", "c"].iter().enumerate() {
                topics.follow(&mut lists, connection, name, terms(subscription as u32));
            }
        }
        topics.unfollow(&mut lists, 2, 0);
        topics.unfollow(&mut lists, 0, 1);
        topics.unfollow(&mut lists, 0, 9);
        topics.unfollow_all(&mut lists, 3);
        assert_eq!(members(&topics, "a"), [0, 1, 4]);
        assert_eq!(members(&topics, "b"), [1, 2, 4]);
        assert_eq!(members(&topics, "c"), [0, 1, 2, 4]);
        for connection in 0..5 {
            topics.unfollow_all(&mut lists, connection);
        }
        assert_eq!(members(&topics, "c"), [0_u32; 0]);
        assert!(topics.by_name.is_empty() && topics.topics.is_empty());
    }

    #[test]
    fn one_connection_may_follow_one_topic_twice() {
        let interest = Arc::new(Interest::new());
        let mut topics = Topics::new(interest);
        let mut lists = Lists(vec![Vec::new()]);
        topics.follow(&mut lists, 0, "a", terms(1));
        topics.follow(&mut lists, 0, "a", terms(2));
        assert_eq!(members(&topics, "a"), [0, 0]);
        topics.unfollow(&mut lists, 0, 1);
        assert_eq!(members(&topics, "a"), [0]);
    }
}
