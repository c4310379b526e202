//! The last events of cache channels, for as long as they are replayed and within a number of bytes.
//!
//! A value that is told the time. The oldest events go first, whether they were replayed or not.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use bytes::Bytes;

/// What an entry costs besides its frame and its name.
const ENTRY_BYTES: usize = 128;

/// The last event of each cache channel.
pub(super) struct Cache {
    ttl: Duration,
    bytes_max: usize,
    bytes: usize,
    by_topic: HashMap<Box<str>, Last>,
    /// Every event in the order of publication. One that is not its channel's last any more is skipped.
    order: VecDeque<(Box<str>, u64)>,
    published: u64,
}

struct Last {
    frame: Bytes,
    at: Instant,
    number: u64,
}

impl Cache {
    pub(super) fn new(ttl: Duration, bytes_max: usize) -> Self {
        Self {
            ttl,
            bytes_max,
            bytes: 0,
            by_topic: HashMap::new(),
            order: VecDeque::new(),
            published: 0,
        }
    }

    /// Keeps a channel's last event.
    pub(super) fn put(&mut self, topic: &str, frame: Bytes, now: Instant) {
        self.published += 1;
        self.forget(topic);
        self.bytes += cost(topic, &frame);
        let last = Last {
            frame,
            at: now,
            number: self.published,
        };
        self.by_topic.insert(topic.into(), last);
        self.order.push_back((topic.into(), self.published));
        self.sweep(now);
    }

    /// A channel's last event, and how long it is still replayed.
    pub(super) fn find(&self, topic: &str, now: Instant) -> Option<(Bytes, Duration)> {
        let last = self.by_topic.get(topic)?;
        let left = self
            .ttl
            .checked_sub(now.saturating_duration_since(last.at))?;
        (!left.is_zero()).then(|| (last.frame.clone(), left))
    }

    /// Drops what is too old, and then the oldest until the rest fits.
    fn sweep(&mut self, now: Instant) {
        while let Some((topic, number)) = self.order.front() {
            let last = self.by_topic.get(topic).filter(|it| it.number == *number);
            if let Some(last) = last
                && now.saturating_duration_since(last.at) < self.ttl
                && self.bytes <= self.bytes_max
            {
                break;
            }
            let is_last = last.is_some();
            if let Some((topic, _)) = self.order.pop_front()
                && is_last
            {
                self.forget(&topic);
            }
        }
        // A channel that is published to again and again behind an older one that stays.
        if self.order.len() > 2 * self.by_topic.len() + 64 {
            let by_topic = &self.by_topic;
            self.order.retain(|(topic, number)| {
                by_topic.get(topic).is_some_and(|it| it.number == *number)
            });
        }
    }

    fn forget(&mut self, topic: &str) {
        if let Some(last) = self.by_topic.remove(topic) {
            self.bytes -= cost(topic, &last.frame);
        }
    }
}

fn cost(topic: &str, frame: &Bytes) -> usize {
    ENTRY_BYTES + 2 * topic.len() + frame.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_secs(1800);

    fn found(cache: &Cache, topic: &str, now: Instant) -> Option<Bytes> {
        cache.find(topic, now).map(|(frame, _)| frame)
    }

    #[test]
    fn the_last_event_is_kept_for_its_time() {
        let (mut cache, began) = (Cache::new(TTL, 10_000), Instant::now());
        cache.put("a", Bytes::from_static(b"1"), began);
        cache.put("a", Bytes::from_static(b"2"), began + TTL / 2);
        let (frame, left) = cache.find("a", began + TTL).unwrap();
        assert_eq!((&*frame, left), (&b"2"[..], TTL / 2));
        assert_eq!(found(&cache, "a", began + TTL / 2 + TTL), None);
        assert_eq!(found(&cache, "b", began), None);
        cache.put("b", Bytes::from_static(b"3"), began + 3 * TTL);
        assert_eq!(
            (cache.by_topic.len(), cache.order.len()),
            (1, 1),
            "what is old is dropped"
        );
    }

    #[test]
    fn it_stays_within_its_bytes_and_the_oldest_goes_first() {
        let (mut cache, now) = (Cache::new(TTL, 2_000), Instant::now());
        for round in 0..100 {
            for topic in ["a", "b", "c"] {
                cache.put(topic, Bytes::from(vec![round; 500]), now);
            }
        }
        assert!(cache.bytes <= 2_000 && cache.order.len() <= 70);
        assert_eq!(cache.by_topic.len(), 3);
        cache.put("d", Bytes::from(vec![0; 500]), now);
        assert_eq!(found(&cache, "a", now), None);
        assert!(found(&cache, "b", now).is_some());
        cache.put("e", Bytes::from(vec![0; 5_000]), now);
        assert!(
            cache.by_topic.is_empty() && cache.bytes == 0,
            "what is too large alone is not kept"
        );
    }
}
