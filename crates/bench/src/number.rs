//! Numbers between counting and dividing, and a small source of random ones.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A count as a divisor or dividend: exact below 2⁵³.
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// A length as a count: both have 64 bits where this runs.
pub(crate) fn count(length: usize) -> u64 {
    length as u64
}

/// A count as an index or length.
pub(crate) fn index(count: u64) -> usize {
    count as usize
}

/// Microseconds of `total` for each of `count`; nothing when nothing was counted.
pub(crate) fn micros_each(total: Duration, count: u64) -> f64 {
    if count == 0 {
        return 0.0;
    }
    total.as_secs_f64() * 1e6 / float(count)
}

/// SplitMix64: fast, and good enough to pick texts and contacts.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// A source that differs from run to run.
    pub(crate) fn from_clock() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self(since.as_secs().wrapping_mul(1_000_000_007) ^ u64::from(since.subsec_nanos()))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which must not be zero.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
