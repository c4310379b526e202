//! Numbers made by the program: 53 bits, exact in JavaScript, ordered by time.

use domain::Timestamp;

/// Low bits that tell apart the numbers of one millisecond.
const COUNTER_BITS: u32 = 12;
/// The numbers count from the start of 2024, so that 41 bits of milliseconds last until 2093.
const EPOCH_MS: i64 = 1_704_067_200_000;

/// Makes numbers that only grow.
#[derive(Debug)]
pub(crate) struct Ids {
    last: i64,
}

impl Ids {
    /// Numbers greater than `last`.
    pub(crate) fn after(last: i64) -> Self {
        Self { last }
    }

    /// Those of a second, to be reserved at once.
    pub(crate) const AHEAD: i64 = 1000 << COUNTER_BITS;

    /// The least number of a moment: what is made from then on is not below it, as long as the clock runs forward.
    pub(crate) fn at(time: Timestamp) -> i64 {
        (time.as_millisecond() - EPOCH_MS).max(0) << COUNTER_BITS
    }

    /// The last one made.
    pub(crate) fn last(&self) -> i64 {
        self.last
    }

    /// The next number. A burst of more than 4,096 in a millisecond borrows from the next one.
    pub(crate) fn next(&mut self, now: Timestamp) -> i64 {
        self.last = Self::at(now).max(self.last + 1);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_whatever_the_clock_does_and_fit_javascript() {
        let mut ids = Ids::after(0);
        let late = Timestamp::from_second(3_800_000_000).unwrap();
        let mut before = 0;
        for second in [1_750_000_000, 1_750_000_000, 1_700_000_000, 3_800_000_000] {
            let id = ids.next(Timestamp::from_second(second).unwrap());
            assert!(id > before);
            before = id;
        }
        assert!(Ids::after(0).next(late) < 1 << 53);
    }
}
