//! What this node knows of its channels and users: who follows, who is present, what was said last, who is online.
//!
//! All connections share it; a session asks it synchronously through its [`Desk`](super::desk). It is cut into
//! sections, each behind a lock that is held for a few look-ups. Whatever changes is told **under the section's
//! lock**, by posting to the hub, so that the order of the changes is the order in which everybody hears of them.
//! Each change of a presence or cache channel, and of a user's being online, has a number: whoever joins is told
//! the state and the number it stands at, and then only what has a higher one. Numbers rise over the whole node,
//! so that nothing need be kept of a channel that nobody follows.
//!
//! The [`Herald`] hears of first and last followers, members, counts and misses under the same locks.

mod cache;
mod channel;
mod counts;
mod users;

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use wire::pusher::{
    Member, Seat, Settings,
    desk::{Full, Joined},
    people_frames, topic,
};

use self::{cache::Cache, channel::Channel};
use super::hooks::Herald;
use crate::socket::{Hub, Publication};

const SECTIONS: usize = 16;

/// The state of a node.
pub(crate) struct Register {
    settings: Arc<Settings>,
    hasher: RandomState,
    sections: [Mutex<Section>; SECTIONS],
    /// The last number given out.
    last: AtomicU64,
    /// Who must be told outside.
    herald: Arc<Herald>,
}

struct Section {
    /// Those that somebody follows, by topic.
    channels: HashMap<Box<str>, Channel>,
    cache: Cache,
    /// Connections of those who are signed in, by the topic of those who watch them.
    users: HashMap<Box<str>, u32>,
}

/// How many follow a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Followers {
    /// Connections.
    pub(super) connections: u64,
    /// Different members; zero unless it is a presence channel.
    pub(super) members: u64,
}

impl Register {
    pub(super) fn new(settings: Arc<Settings>, herald: Arc<Herald>) -> Self {
        let ttl = Duration::from_secs(settings.cache_ttl_s.into());
        let bytes_max = settings.cache_bytes_max / SECTIONS;
        let section = |_| {
            Mutex::new(Section {
                channels: HashMap::new(),
                cache: Cache::new(ttl, bytes_max),
                users: HashMap::new(),
            })
        };
        Self {
            settings,
            hasher: RandomState::new(),
            sections: std::array::from_fn(section),
            last: AtomicU64::new(0),
            herald,
        }
    }

    /// Tells whoever must be told outside.
    pub(super) fn herald(&self) -> &Arc<Herald> {
        &self.herald
    }

    pub(super) fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    fn section(&self, topic: &str) -> MutexGuard<'_, Section> {
        let at = self.hasher.hash_one(topic) % SECTIONS as u64;
        let [first, ..] = &self.sections;
        let section = usize::try_from(at)
            .ok()
            .and_then(|at| self.sections.get(at));
        section
            .unwrap_or(first)
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A new number. Only under the lock of the section that it is for.
    fn next_number(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// One more connection follows a channel.
    pub(super) fn join(
        self: &Arc<Self>,
        hub: &Arc<Hub>,
        seat: &Seat<'_>,
        now: Instant,
    ) -> Result<Joined, Full> {
        if seat.channel.kind().presence && hub.is_behind() {
            return Err(Full::Node);
        }
        let mut section = self.section(seat.topic);
        let section = &mut *section;
        let members_max = seat.app.settings.presence_members_max;
        let channel = match section.channels.get_mut(seat.topic) {
            Some(channel) => channel,
            None => section.channels.entry(seat.topic.into()).or_default(),
        };
        let is_new = match channel.join(seat.member, members_max) {
            Ok(is_new) => is_new,
            Err(full) => {
                if channel.count == 0 {
                    section.channels.remove(seat.topic);
                }
                return Err(full);
            }
        };
        if channel.count == 1 {
            self.herald.occupied(seat);
        }
        if is_new {
            self.herald.member_added(seat);
        }
        if is_new
            && channel.count > 1
            && let Some(member) = seat.member
        {
            let frame = people_frames::member_added(seat.channel.as_str(), member);
            self.tell(hub, seat.topic, frame);
        }
        let members = channel.members();
        self.count_changed(hub, seat, channel, now);
        let cached = if seat.channel.kind().cache {
            section.cache.find(seat.topic, now).map(|(frame, _)| frame)
        } else {
            None
        };
        if seat.channel.kind().cache && cached.is_none() {
            self.herald.cache_miss(seat);
        }
        // After the newcomer's own number: it is not told of itself.
        let after = self.last.load(Ordering::Relaxed);
        Ok(Joined {
            after,
            members,
            cached,
        })
    }

    /// One connection less follows a channel.
    pub(super) fn leave(self: &Arc<Self>, hub: &Arc<Hub>, seat: &Seat<'_>, now: Instant) {
        let mut section = self.section(seat.topic);
        let Some(channel) = section.channels.get_mut(seat.topic) else {
            return;
        };
        let gone = channel.leave(seat.member);
        if gone.is_some() {
            self.herald.member_removed(seat);
        }
        if channel.count == 0 {
            self.herald.vacated(seat);
            section.channels.remove(seat.topic);
            return;
        }
        if let Some(member) = gone {
            let frame = people_frames::member_removed(seat.channel.as_str(), &member);
            self.tell(hub, seat.topic, frame);
        }
        self.count_changed(hub, seat, channel, now);
    }

    /// Tells a numbered change. Only under the lock of the topic's section.
    fn tell(&self, hub: &Hub, topic: &str, frame: Bytes) {
        let number = self.next_number();
        hub.post(Publication::new(topic, frame, None).numbered(number));
    }

    /// Publishes an event of a cache channel and keeps it, as one step.
    pub(super) async fn publish_cached(
        &self,
        hub: &Hub,
        topic: &str,
        frame: Bytes,
        except: Option<u128>,
    ) {
        let reserved = hub.reserve().await;
        let mut section = self.section(topic);
        section.cache.put(topic, frame.clone(), Instant::now());
        let number = self.next_number();
        if section.channels.contains_key(topic) {
            reserved.publish(Publication::new(topic, frame, except).numbered(number));
        }
    }

    /// The frame of a cache channel's last event, and how long it is still replayed.
    pub(super) fn cached(&self, topic: &str) -> Option<(Bytes, Duration)> {
        self.section(topic).cache.find(topic, Instant::now())
    }

    /// Everybody on a presence channel.
    pub(super) fn members(&self, topic: &str) -> Vec<Arc<Member>> {
        let section = self.section(topic);
        section
            .channels
            .get(topic)
            .map(Channel::members)
            .unwrap_or_default()
    }

    /// How many follow a channel.
    pub(super) fn followers(&self, topic: &str) -> Followers {
        let section = self.section(topic);
        section
            .channels
            .get(topic)
            .map(Followers::of)
            .unwrap_or_default()
    }

    /// The channels of an application that somebody follows and whose names start like this, in order. Users' own
    /// channels are not among them.
    pub(super) fn occupied(&self, app_id: &str, prefix: &str) -> Vec<(String, Followers)> {
        let of_app = topic(app_id, "");
        let mut all = Vec::new();
        for section in &self.sections {
            let section = section.lock().unwrap_or_else(PoisonError::into_inner);
            all.extend(section.channels.iter().filter_map(|(topic, channel)| {
                let name = topic.strip_prefix(&*of_app)?;
                let listed = name.starts_with(prefix) && !name.starts_with('#');
                listed.then(|| (name.to_owned(), Followers::of(channel)))
            }));
        }
        all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        all
    }
}

impl Followers {
    fn of(channel: &Channel) -> Self {
        Self {
            connections: channel.count.into(),
            members: u64::try_from(channel.member_count()).unwrap_or(u64::MAX),
        }
    }
}
