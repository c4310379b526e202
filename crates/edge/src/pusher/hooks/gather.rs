//! What was heard, until it is told: for a moment, so that several events share a post, and what went for a while
//! longer, because it may come back.
//!
//! A value that is told the time. A channel or a member that returns within [`RETURN_WAIT`] was never gone: neither its
//! going nor its return is told.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Instant,
};

use wire::hooks::pusher::{BATCH_WAIT, Event, RETURN_WAIT};

use super::herald::Heard;

/// A channel of an application, or a member of one.
type Who = (Box<str>, String, Option<String>);

/// Events by their application's key, each application's in order.
pub(super) type Batch = Vec<(Box<str>, Vec<Event<'static>>)>;

#[derive(Default)]
pub(super) struct Gathered {
    /// To be told when this batch is complete.
    batch: Vec<Heard>,
    /// When the oldest of it came.
    since: Option<Instant>,
    /// Who went, and which going of theirs it was.
    gone: HashMap<Who, u64>,
    /// The same in the order in which they went.
    going: VecDeque<(Instant, u64, Who, Heard)>,
    goings: u64,
    /// Whose cache was missed in this batch.
    missed: HashSet<Who>,
}

impl Gathered {
    /// Takes one event in.
    pub(super) fn hear(&mut self, heard: Heard, now: Instant) {
        match &heard.event {
            Event::ChannelVacated { channel } => {
                let who = (heard.key.clone(), channel.to_string(), None);
                self.go(who, heard, now);
            }
            Event::MemberRemoved { channel, user_id } => {
                let who = (
                    heard.key.clone(),
                    channel.to_string(),
                    Some(user_id.to_string()),
                );
                self.go(who, heard, now);
            }
            Event::ChannelOccupied { channel } => {
                let who = (heard.key.clone(), channel.to_string(), None);
                self.come(&who, heard, now);
            }
            Event::MemberAdded { channel, user_id } => {
                let who = (
                    heard.key.clone(),
                    channel.to_string(),
                    Some(user_id.to_string()),
                );
                self.come(&who, heard, now);
            }
            Event::CacheMiss { channel } => {
                // However many miss it at once, it need be filled once.
                let who = (heard.key.clone(), channel.to_string(), None);
                if self.missed.insert(who) {
                    self.add(heard, now);
                }
            }
            Event::ClientEvent { .. } | Event::SubscriptionCount { .. } => self.add(heard, now),
        }
    }

    fn go(&mut self, who: Who, heard: Heard, now: Instant) {
        self.goings += 1;
        self.gone.insert(who.clone(), self.goings);
        self.going
            .push_back((now + RETURN_WAIT, self.goings, who, heard));
    }

    fn come(&mut self, who: &Who, heard: Heard, now: Instant) {
        if self.gone.remove(who).is_none() {
            self.add(heard, now);
        }
    }

    fn add(&mut self, heard: Heard, now: Instant) {
        self.since.get_or_insert(now);
        self.batch.push(heard);
    }

    /// When there is something to do next.
    pub(super) fn next(&self) -> Option<Instant> {
        let batch = self.since.map(|since| since + BATCH_WAIT);
        let going = self.going.front().map(|(due, ..)| *due);
        batch.into_iter().chain(going).min()
    }

    /// What is to be told by now.
    pub(super) fn take(&mut self, now: Instant) -> Batch {
        while self.going.front().is_some_and(|(due, ..)| *due <= now) {
            self.settle_first(now);
        }
        if self.since.is_none_or(|since| now < since + BATCH_WAIT) {
            return Batch::new();
        }
        self.take_batch()
    }

    /// Everything, because nobody will come back here.
    pub(super) fn take_all(&mut self, now: Instant) -> Batch {
        while !self.going.is_empty() {
            self.settle_first(now);
        }
        self.take_batch()
    }

    /// Whoever went first is gone, unless they came back.
    fn settle_first(&mut self, now: Instant) {
        if let Some((_, number, who, heard)) = self.going.pop_front()
            && self.gone.get(&who) == Some(&number)
        {
            self.gone.remove(&who);
            self.add(heard, now);
        }
    }

    fn take_batch(&mut self) -> Batch {
        self.since = None;
        self.missed.clear();
        let mut places: HashMap<Box<str>, usize> = HashMap::new();
        let mut all = Batch::new();
        for Heard { key, event } in self.batch.drain(..) {
            let at = *places.entry(key.clone()).or_insert_with(|| {
                all.push((key, Vec::new()));
                all.len() - 1
            });
            if let Some((_, events)) = all.get_mut(at) {
                events.push(event);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(event: Event<'static>) -> Heard {
        let key = "key".into();
        Heard { key, event }
    }

    fn occupied() -> Heard {
        let channel = "c".into();
        heard(Event::ChannelOccupied { channel })
    }

    fn vacated() -> Heard {
        let channel = "c".into();
        heard(Event::ChannelVacated { channel })
    }

    fn words(batch: &Batch) -> Vec<&'static str> {
        let events = batch.iter().flat_map(|(_, events)| events);
        events.map(|it| it.kind().as_str()).collect()
    }

    #[test]
    fn events_of_a_moment_are_told_together_and_in_order() {
        let (mut gathered, now) = (Gathered::default(), Instant::now());
        assert_eq!(gathered.next(), None);
        gathered.hear(occupied(), now);
        let (channel, data) = ("c", None);
        let said = Event::ClientEvent {
            channel: channel.into(),
            event: "client-x".into(),
            data,
            socket_id: "1.2".into(),
            user_id: None,
        };
        gathered.hear(heard(said), now + BATCH_WAIT / 2);
        assert_eq!(gathered.next(), Some(now + BATCH_WAIT));
        assert!(gathered.take(now + BATCH_WAIT / 2).is_empty());
        let batch = gathered.take(now + BATCH_WAIT);
        assert_eq!(batch.len(), 1);
        assert_eq!(words(&batch), ["channel_occupied", "client_event"]);
        assert_eq!(gathered.next(), None);
    }

    #[test]
    fn whoever_comes_back_in_time_was_never_gone() {
        let (mut gathered, now) = (Gathered::default(), Instant::now());
        for _ in 0..3 {
            gathered.hear(vacated(), now);
            gathered.hear(occupied(), now + RETURN_WAIT / 2);
        }
        assert!(gathered.take(now + 2 * RETURN_WAIT).is_empty());
        assert_eq!((gathered.next(), gathered.gone.len()), (None, 0));

        // Goes, comes back, and goes again: the time counts from the second going.
        gathered.hear(vacated(), now);
        gathered.hear(occupied(), now + RETURN_WAIT / 2);
        gathered.hear(vacated(), now + RETURN_WAIT / 2);
        assert!(gathered.take(now + RETURN_WAIT + BATCH_WAIT).is_empty());
        let late = now + 2 * RETURN_WAIT;
        assert!(gathered.take(late).is_empty());
        assert_eq!(
            words(&gathered.take(late + BATCH_WAIT)),
            ["channel_vacated"]
        );
        gathered.hear(occupied(), late);
        gathered.hear(vacated(), late);
        let rest = gathered.take_all(late);
        assert_eq!(words(&rest), ["channel_occupied", "channel_vacated"]);
    }

    #[test]
    fn a_cache_is_missed_once_however_many_miss_it() {
        let (mut gathered, now) = (Gathered::default(), Instant::now());
        for _ in 0..2 {
            for channel in ["cache-a", "cache-b", "cache-a"] {
                let channel = channel.into();
                gathered.hear(heard(Event::CacheMiss { channel }), now);
            }
            assert_eq!(words(&gathered.take(now + BATCH_WAIT)).len(), 2);
        }
    }
}
