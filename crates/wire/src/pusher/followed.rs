//! The channels that one connection follows: with their subscription numbers, and who the connection is there.
//!
//! A sorted list: no memory while empty, one small allocation per channel, and found by halving.

use std::sync::Arc;

use super::member::Member;

/// One channel of a connection's.
#[derive(Debug)]
pub(super) struct Entry {
    /// The channel's name.
    pub(super) channel: Box<str>,
    /// The number that its `Follow` carried.
    pub(super) subscription: u32,
    /// Who the connection is on a presence channel.
    pub(super) member: Option<Arc<Member>>,
}

/// Channels in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Followed {
    sorted: Vec<Entry>,
    next: u32,
}

impl Followed {
    /// The channel, if it is followed.
    pub(super) fn find(&self, channel: &str) -> Option<&Entry> {
        self.place(channel).ok().and_then(|at| self.sorted.get(at))
    }

    /// How many channels are followed.
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// A number that no other subscription of this connection has. They would come round again after four
    /// billion subscriptions.
    pub(super) fn next_number(&mut self) -> u32 {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        number
    }

    /// Adds a channel and returns its new number; `None` if it is there already.
    pub(super) fn add(&mut self, channel: &str, member: Option<Arc<Member>>) -> Option<u32> {
        let at = self.place(channel).err()?;
        let subscription = self.next_number();
        if self.sorted.is_empty() {
            // Most connections follow one channel; a growing vector would reserve room for four.
            self.sorted.reserve_exact(1);
        }
        let entry = Entry {
            channel: channel.into(),
            subscription,
            member,
        };
        self.sorted.insert(at, entry);
        Some(subscription)
    }

    /// Removes a channel; `None` if it was not there.
    pub(super) fn remove(&mut self, channel: &str) -> Option<Entry> {
        let at = self.place(channel).ok()?;
        let entry = self.sorted.remove(at);
        if self.sorted.is_empty() {
            self.sorted = Vec::new();
        }
        Some(entry)
    }

    /// Removes all channels.
    pub(super) fn take_all(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.sorted)
    }

    fn place(&self, channel: &str) -> Result<usize, usize> {
        self.sorted
            .binary_search_by(|entry| (*entry.channel).cmp(channel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_there_once_and_numbers_are_not_reused() {
        let mut followed = Followed::default();
        assert_eq!(followed.add("b", None), Some(0));
        assert_eq!(followed.add("a", None), Some(1));
        assert_eq!(followed.add("b", None), None);
        assert!(followed.find("a").is_some() && followed.find("c").is_none());
        assert_eq!(followed.remove("b").map(|it| it.subscription), Some(0));
        assert!(followed.remove("b").is_none());
        assert_eq!(followed.add("b", None), Some(2));
        assert_eq!(followed.len(), 2);
        assert_eq!(followed.take_all().len(), 2);
        assert_eq!((followed.len(), followed.next_number()), (0, 3));
    }
}
