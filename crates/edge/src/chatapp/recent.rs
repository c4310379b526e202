//! What was read of the journal lately, with what it is on the channels that somebody missed.
//!
//! Those who come back together, as after a restart, missed the same: it is read and rendered once for all of them.
//! Entries are kept in spans that begin at fixed numbers, so that whoever missed more meets the others' spans.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use app::{Core, limits::BATCH_ENTRIES};
use bytes::Bytes;
use domain::Entry;

use super::tell::{positioned_frame, told_on};

/// Spans that are kept.
const SPANS: usize = 4;
/// For so long: addresses of files in what is rendered end some time.
const LIFE: Duration = Duration::from_secs(60);
/// Channels that one span is kept rendered for.
const CHANNELS: usize = 256;

/// Events of one channel, each with its position, in order.
pub(super) type Told = Arc<[(u64, Bytes)]>;

#[derive(Default)]
pub(super) struct Recent(VecDeque<Span>);

/// Entries that follow one another.
pub(super) struct Span {
    start: i64,
    read_at: Instant,
    entries: Vec<Arc<Entry>>,
    told: HashMap<Box<str>, Told>,
}

impl Recent {
    /// The cursor from which on to read, so as to find what comes after `cursor`.
    pub(super) fn start(cursor: i64) -> i64 {
        cursor - cursor % i64::try_from(BATCH_ENTRIES).unwrap_or(1)
    }

    /// The span with the entry after `cursor`, if it was read lately.
    pub(super) fn find(&mut self, cursor: i64, now: Instant) -> Option<&mut Span> {
        self.0
            .retain(|span| now.duration_since(span.read_at) < LIFE);
        self.0.iter_mut().find(|span| span.has_next(cursor))
    }

    /// Keeps what was read after `start`.
    pub(super) fn keep(
        &mut self,
        start: i64,
        entries: Vec<Arc<Entry>>,
        now: Instant,
    ) -> Option<&mut Span> {
        // The newest span grows: it was read again.
        self.0.retain(|span| span.start != start);
        self.0.truncate(SPANS - 1);
        self.0.push_front(Span {
            start,
            read_at: now,
            entries,
            told: HashMap::new(),
        });
        self.0.front_mut()
    }
}

impl Span {
    /// Whether the entry after `cursor` is in it.
    pub(super) fn has_next(&self, cursor: i64) -> bool {
        let first = self.entries.first().map_or(i64::MAX, |it| it.seq);
        first <= cursor + 1 && cursor < self.last()
    }

    /// The number of its last entry.
    pub(super) fn last(&self) -> i64 {
        self.entries.last().map_or(0, |it| it.seq)
    }

    /// What it is on a channel.
    pub(super) fn told(&mut self, core: &Core, channel: &str) -> Told {
        if let Some(told) = self.told.get(channel) {
            return told.clone();
        }
        let told = self.entries.iter().flat_map(|entry| {
            let told = told_on(core, entry, channel).into_iter();
            told.map(|(told, number)| (number, positioned_frame(channel, &told, number)))
        });
        let told: Told = told.collect();
        if self.told.len() < CHANNELS {
            self.told.insert(channel.into(), told.clone());
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use domain::{AccountId, AppId, Event, Timestamp};

    use super::*;

    fn entries(numbers: std::ops::RangeInclusive<i64>) -> Vec<Arc<Entry>> {
        let entry = |seq| Entry {
            seq,
            account_id: AccountId(1),
            at: Timestamp::UNIX_EPOCH,
            event: Event::SocketAppChanged { app_id: AppId(1) },
        };
        numbers.map(|seq| Arc::new(entry(seq))).collect()
    }

    #[test]
    fn spans_are_found_by_what_comes_next_and_grow_and_go() {
        let (mut recent, now) = (Recent::default(), Instant::now());
        assert_eq!(
            [0, 1, 511, 512, 600].map(Recent::start),
            [0, 0, 0, 512, 512]
        );
        recent.keep(0, entries(1..=512), now);
        recent.keep(512, entries(513..=520), now);
        for (cursor, last) in [(0, 512), (511, 512), (512, 520), (519, 520)] {
            let found = recent.find(cursor, now).map(|span| span.last());
            assert_eq!(found, Some(last), "{cursor}");
        }
        assert!(recent.find(520, now).is_none(), "that is not read yet");
        recent.keep(512, entries(513..=530), now);
        assert_eq!(recent.find(520, now).map(|span| span.last()), Some(530));
        assert_eq!(recent.0.len(), 2);
        for start in [1024, 1536, 2048] {
            recent.keep(start, entries(start + 1..=start + 512), now);
        }
        assert_eq!(recent.0.len(), SPANS);
        assert!(recent.find(0, now).is_none(), "the oldest has gone");
        assert!(recent.find(2048, now + LIFE).is_none());
        assert!(recent.0.is_empty());
    }

    #[test]
    fn what_was_cut_off_is_in_no_span() {
        let (mut recent, now) = (Recent::default(), Instant::now());
        let span = recent.keep(0, entries(40..=50), now).unwrap();
        assert!(!span.has_next(30) && span.has_next(39) && span.has_next(45));
    }
}
