//! The channels that one connection follows, with their subscription numbers.
//!
//! A sorted list: no memory while empty, one small allocation per channel, and found by halving.

/// Channel names in order, each with the number that its `Follow` carried.
#[derive(Debug, Default)]
pub(super) struct Followed {
    sorted: Vec<(Box<str>, u32)>,
    next: u32,
}

impl Followed {
    /// Whether the channel is followed.
    pub(super) fn contains(&self, channel: &str) -> bool {
        self.find(channel).is_ok()
    }

    /// How many channels are followed.
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Adds a channel and returns its new number; `None` if it is there already.
    pub(super) fn add(&mut self, channel: &str) -> Option<u32> {
        let at = self.find(channel).err()?;
        // Numbers would come round again after four billion subscriptions on one connection.
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        self.sorted.insert(at, (channel.into(), number));
        Some(number)
    }

    /// Removes a channel and returns its number; `None` if it was not there.
    pub(super) fn remove(&mut self, channel: &str) -> Option<u32> {
        let at = self.find(channel).ok()?;
        let (_, number) = self.sorted.remove(at);
        if self.sorted.is_empty() {
            self.sorted = Vec::new();
        }
        Some(number)
    }

    fn find(&self, channel: &str) -> Result<usize, usize> {
        self.sorted
            .binary_search_by(|(name, _)| (**name).cmp(channel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_there_once_and_numbers_are_not_reused() {
        let mut followed = Followed::default();
        assert_eq!(followed.add("b"), Some(0));
        assert_eq!(followed.add("a"), Some(1));
        assert_eq!(followed.add("b"), None);
        assert!(followed.contains("a") && !followed.contains("c"));
        assert_eq!(followed.remove("b"), Some(0));
        assert_eq!(followed.remove("b"), None);
        assert_eq!(followed.add("b"), Some(2));
        assert_eq!(followed.len(), 2);
    }
}
