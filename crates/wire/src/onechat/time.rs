//! The three ways in which OneChat writes a point in time.
//!
//! Each takes microseconds since the Unix epoch, and the field's type says how it is written, so a conversion
//! cannot mix them up. Nothing here reads a clock.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

const MICROS: i64 = 1_000_000;

/// Whole seconds since the Unix epoch, rounded down. Never null: what has not happened is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct Seconds(i64);

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`, milliseconds rounded down. Nullable fields are `Option<Iso>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Iso(i64);

/// Seconds since the Unix epoch with a fraction of microseconds, always written with a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FloatSeconds(i64);

// === impl Seconds ===

impl Seconds {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros.div_euclid(MICROS))
    }

    /// From microseconds since the epoch; nothing is 0.
    pub fn or_zero(micros: Option<i64>) -> Self {
        micros.map_or(Self(0), Self::from_micros)
    }

    /// The number as written.
    pub const fn get(self) -> i64 {
        self.0
    }
}

// === impl Iso ===

impl Iso {
    /// From microseconds since the epoch. Beyond the years that can be written, the epoch itself.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
}

impl fmt::Display for Iso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        let at = Offset::UTC.to_datetime(at);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

// === impl FloatSeconds ===

impl FloatSeconds {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
}

impl Serialize for FloatSeconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Microseconds of our era have 51 bits, so the division is the only rounding.
        serializer.serialize_f64(self.0 as f64 / MICROS as f64)
    }
}

/// The second in which a day begins, or that a time names: `2026-11-20`, `2026-11-20T09:00:00Z` or seconds since
/// the epoch.
pub fn day_start(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    let day: jiff::civil::Date = text.parse().ok()?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(start.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_three_ways() {
        let table = [
            (0, "0", "1970-01-01T00:00:00.000Z", "0.0"),
            (
                1_790_000_000_000_000,
                "1790000000",
                "2026-09-21T14:13:20.000Z",
                "1790000000.0",
            ),
            (
                1_790_000_000_657_999,
                "1790000000",
                "2026-09-21T14:13:20.657Z",
                "1790000000.657999",
            ),
            (
                951_782_399_999_999,
                "951782399",
                "2000-02-28T23:59:59.999Z",
                "951782399.999999",
            ),
            (-1, "-1", "1969-12-31T23:59:59.999Z", "-1e-6"),
        ];
        for (micros, seconds, iso, float) in table {
            let text = |value: &dyn erased::Text| value.text();
            assert_eq!(text(&Seconds::from_micros(micros)), seconds);
            assert_eq!(text(&Iso::from_micros(micros)), format!("\"{iso}\""));
            assert_eq!(text(&FloatSeconds::from_micros(micros)), float);
        }
        assert_eq!(Seconds::or_zero(None).get(), 0);
        assert_eq!(
            Iso::from_micros(i64::MAX).to_string(),
            "1970-01-01T00:00:00.000Z"
        );
    }

    mod erased {
        pub(super) trait Text {
            fn text(&self) -> String;
        }

        impl<T: serde::Serialize> Text for T {
            fn text(&self) -> String {
                serde_json::to_string(self).unwrap()
            }
        }
    }
}
