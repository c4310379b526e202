//! The pace of an inbox: how much may leave its number, and when the next may.
//!
//! For networks that shut out numbers which write like machines. Pure: the time, and what was sent so far, are given.

use std::time::Duration;

use jiff::{
    civil::Time,
    tz::{self, TimeZone},
};

use crate::{Kind, Refusal, Timestamp};

/// Messages a minute that a pace may allow at most; more is no pace.
pub const PER_MINUTE_MAX: u32 = 6_000;
/// How much a wait may grow by chance, in percent.
pub const JITTER_PERCENT_MAX: u32 = 400;
/// Days that a warm-up may take.
pub const WARM_UP_DAYS_MAX: usize = 90;
const MINUTE: Duration = Duration::from_secs(60);
const DAY_SECONDS: i64 = 24 * 3600;

/// How fast an inbox sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Messages a minute, evenly apart; 0 for any number.
    pub per_minute: u32,
    /// Each wait between two of them is longer by up to this part of it, in percent, as chance has it.
    pub jitter_percent: u32,
    /// Messages a day; 0 for any number.
    pub per_day: u32,
    /// And fewer on a number's first days: on the first, on the second and so on.
    pub warm_up: Vec<u32>,
    /// When nothing is sent.
    pub quiet: Option<Quiet>,
    /// Where days begin and quiet hours are.
    pub zone: TimeZone,
}

/// The hours of every day in which nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// From this time of the day
    pub from: Time,
    /// until that, on the next day if it is earlier.
    pub until: Time,
}

/// What has left a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spent {
    /// The number; another one begins anew.
    pub number: String,
    /// The day on which it sent for the first time, in days since 1970 where the inbox is.
    pub first_day: Option<i64>,
    /// The day of the last message,
    pub day: i64,
    /// how many left on it,
    pub today: i64,
    /// when the last one did,
    pub last_at: Option<Timestamp>,
    /// and how much longer than needed the wait after it is: 0 to 255 for nothing to all of the jitter.
    pub spread: u8,
}

/// When the next may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Not before this; now, if nothing keeps it.
    pub at: Timestamp,
    /// How many may then leave together, at least 1.
    pub room: i64,
    /// What keeps it.
    pub because: Option<Brake>,
}

/// What keeps a message back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brake {
    /// One has just left.
    Rate,
    /// The day has had all of its messages.
    Day,
    /// Quiet hours.
    Quiet,
}

/// The time zone of this name in the IANA database, such as `Europe/Kyiv`.
pub fn zone(name: &str) -> Result<TimeZone, Refusal> {
    tz::db().get(name).map_err(|_| {
        let text = format!("\"{name}\" is no time zone: it is named as in Europe/Kyiv");
        Refusal::new(Kind::Invalid, text).of_field("zone")
    })
}

// === impl Pace ===

impl Pace {
    /// One that holds nothing back.
    pub fn free() -> Self {
        Self {
            per_minute: 0,
            jitter_percent: 0,
            per_day: 0,
            warm_up: Vec::new(),
            quiet: None,
            zone: TimeZone::UTC,
        }
    }

    /// Refuses what cannot be meant.
    pub fn check(&self) -> Result<(), Refusal> {
        let invalid = |field: &'static str, text: String| {
            Err(Refusal::new(Kind::Invalid, text).of_field(field))
        };
        if self.per_minute > PER_MINUTE_MAX {
            return invalid("per_minute", format!("per_minute is 0 to {PER_MINUTE_MAX}"));
        }
        if self.jitter_percent > JITTER_PERCENT_MAX {
            let text = format!("jitter_percent is 0 to {JITTER_PERCENT_MAX}");
            return invalid("jitter_percent", text);
        }
        if self.warm_up.len() > WARM_UP_DAYS_MAX || self.warm_up.contains(&0) {
            let text =
                format!("warm_up is the messages of each of at most {WARM_UP_DAYS_MAX} days");
            return invalid("warm_up", text);
        }
        if self.quiet.is_some_and(|it| it.from == it.until) {
            let text = "quiet hours that end when they begin would never end";
            return invalid("quiet", text.to_owned());
        }
        Ok(())
    }

    /// When the next may leave a number from which this much has.
    pub fn next(&self, spent: &Spent, now: Timestamp) -> Next {
        let (mut at, mut because) = (now, None);
        if let Some(rested) = self.rested(spent).filter(|it| *it > at) {
            (at, because) = (rested, Some(Brake::Rate));
        }
        if self.left(spent, at) == 0 {
            (at, because) = (self.tomorrow(at), Some(Brake::Day));
        }
        if let Some(morning) = self.morning(at) {
            (at, because) = (morning, Some(Brake::Quiet));
        }
        let left = self.left(spent, at).max(1);
        let room = if self.per_minute > 0 { 1 } else { left };
        Next { at, room, because }
    }

    /// So many leave now. `chance` decides how long the next one waits.
    pub fn spend(&self, spent: &mut Spent, now: Timestamp, count: i64, chance: u8) {
        let day = self.day(now);
        if spent.day != day {
            spent.today = 0;
        }
        spent.day = day;
        spent.today += count;
        spent.first_day.get_or_insert(day);
        spent.last_at = Some(now);
        spent.spread = chance;
    }

    /// How many have left on the day of a time.
    pub fn sent_on_the_day_of(&self, spent: &Spent, at: Timestamp) -> i64 {
        if spent.day == self.day(at) {
            spent.today
        } else {
            0
        }
    }

    /// How many a number may send on its n-th day, counted from 0; `None` for any number.
    pub fn daily(&self, nth: i64) -> Option<i64> {
        let nth = usize::try_from(nth).unwrap_or(0);
        let most = (self.per_day > 0).then_some(self.per_day);
        let warm = self.warm_up.get(nth).copied();
        let least = [most, warm].into_iter().flatten().min();
        least.map(i64::from)
    }

    /// When the wait after the last one is over.
    fn rested(&self, spent: &Spent) -> Option<Timestamp> {
        let last = spent.last_at.filter(|_| self.per_minute > 0)?;
        let gap = MINUTE / self.per_minute;
        let jitter = gap * self.jitter_percent / 100 * u32::from(spent.spread) / 255;
        last.checked_add(gap + jitter).ok()
    }

    /// How many may still leave on the day of a time.
    fn left(&self, spent: &Spent, at: Timestamp) -> i64 {
        let day = self.day(at);
        let nth = day - spent.first_day.unwrap_or(day);
        let used = self.sent_on_the_day_of(spent, at);
        self.daily(nth)
            .map_or(i64::MAX, |most| (most - used).max(0))
    }

    /// The day of a time, in days since 1970.
    fn day(&self, at: Timestamp) -> i64 {
        let offset = i64::from(self.zone.to_offset(at).seconds());
        (at.as_second() + offset).div_euclid(DAY_SECONDS)
    }

    /// When the day after begins.
    fn tomorrow(&self, at: Timestamp) -> Timestamp {
        let next = at.to_zoned(self.zone.clone()).tomorrow();
        let begins = next.and_then(|it| it.start_of_day());
        begins.map_or(Timestamp::MAX, |it| it.timestamp())
    }

    /// When quiet hours end, if a time is in them.
    fn morning(&self, at: Timestamp) -> Option<Timestamp> {
        let quiet = self.quiet?;
        let local = at.to_zoned(self.zone.clone()).datetime();
        let (time, over_night) = (local.time(), quiet.until < quiet.from);
        let inside = if over_night {
            time >= quiet.from || time < quiet.until
        } else {
            time >= quiet.from && time < quiet.until
        };
        if !inside {
            return None;
        }
        let date = if time < quiet.until {
            local.date()
        } else {
            local.date().tomorrow().ok()?
        };
        let end = date.to_datetime(quiet.until).to_zoned(self.zone.clone());
        // Where the clocks are set back a time of the day comes twice.
        Some(end.ok()?.timestamp()).filter(|end| *end > at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn spent(pace: &Pace, times: &[&str]) -> Spent {
        let mut spent = Spent::default();
        for time in times {
            pace.spend(&mut spent, at(time), 1, 0);
        }
        spent
    }

    #[test]
    fn a_minute_has_its_messages_and_not_one_more() {
        let pace = Pace {
            per_minute: 20,
            ..Pace::free()
        };
        let (mut spent, mut now, mut left) = (Spent::default(), at("2026-03-01T10:00:00Z"), 0);
        let end = now + MINUTE;
        while now < end {
            let next = pace.next(&spent, now);
            assert_eq!(next.room, 1);
            if next.at == now {
                pace.spend(&mut spent, now, 1, 0);
                left += 1;
            } else {
                assert_eq!(next.because, Some(Brake::Rate));
                // Not a microsecond early.
                let early = next.at - Duration::from_micros(1);
                assert!(pace.next(&spent, early).at > early);
            }
            now = pace.next(&spent, now).at;
        }
        assert_eq!((left, now), (20, end));
    }

    #[test]
    fn chance_only_makes_a_wait_longer() {
        let pace = Pace {
            per_minute: 60,
            jitter_percent: 50,
            ..Pace::free()
        };
        let now = at("2026-03-01T10:00:00Z");
        for (chance, millis) in [(0, 1_000), (51, 1_100), (255, 1_500)] {
            let mut spent = Spent::default();
            pace.spend(&mut spent, now, 1, chance);
            let next = pace.next(&spent, now).at;
            assert_eq!(next.duration_since(now).as_millis(), millis, "{chance}");
        }
    }

    #[test]
    fn a_new_number_sends_more_from_day_to_day() {
        let pace = Pace {
            per_day: 5,
            warm_up: vec![1, 3, 9],
            zone: zone("Asia/Tokyo").unwrap(),
            ..Pace::free()
        };
        let first = "2026-03-01T14:59:59Z";
        let used_up = spent(&pace, &[first]);
        let next = pace.next(&used_up, at(first));
        // The second day begins in Tokyo a second later, and has three.
        let expected = Next {
            at: at("2026-03-01T15:00:00Z"),
            room: 3,
            because: Some(Brake::Day),
        };
        assert_eq!(next, expected);
        let daily = [0, 1, 2, 3].map(|nth| pace.daily(nth));
        assert_eq!(daily, [Some(1), Some(3), Some(5), Some(5)]);
        assert_eq!(Pace::free().daily(0), None);
    }

    #[test]
    fn nothing_leaves_in_quiet_hours_wherever_the_number_is() {
        let quiet = |from: &str, until: &str, name: &str| Pace {
            quiet: Some(Quiet {
                from: from.parse().unwrap(),
                until: until.parse().unwrap(),
            }),
            zone: zone(name).unwrap(),
            ..Pace::free()
        };
        let kyiv = quiet("22:00", "07:00", "Europe/Kyiv");
        let nap = quiet("12:00", "13:00", "UTC");
        for (pace, now, next) in [
            (&kyiv, "2026-01-10T19:59:59Z", "2026-01-10T19:59:59Z"),
            (&kyiv, "2026-01-10T20:00:00Z", "2026-01-11T05:00:00Z"),
            (&kyiv, "2026-01-11T04:59:59Z", "2026-01-11T05:00:00Z"),
            (&kyiv, "2026-01-11T05:00:00Z", "2026-01-11T05:00:00Z"),
            // Clocks go forward in that night.
            (&kyiv, "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"),
            (&nap, "2026-01-10T12:30:00Z", "2026-01-10T13:00:00Z"),
            (&nap, "2026-01-10T13:00:00Z", "2026-01-10T13:00:00Z"),
        ] {
            let found = pace.next(&Spent::default(), at(now));
            assert_eq!(found.at, at(next), "{now}");
            let kept = (now != next).then_some(Brake::Quiet);
            assert_eq!(found.because, kept, "{now}");
        }
    }

    #[test]
    fn a_day_that_is_used_up_ends_with_the_quiet_hours_after_it() {
        let pace = Pace {
            per_day: 1,
            quiet: Some(Quiet {
                from: "23:00".parse().unwrap(),
                until: "08:00".parse().unwrap(),
            }),
            ..Pace::free()
        };
        let now = "2026-05-05T15:00:00Z";
        let next = pace.next(&spent(&pace, &[now]), at(now));
        assert_eq!(next.at, at("2026-05-06T08:00:00Z"));
        assert_eq!(next.because, Some(Brake::Quiet));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let noon: Time = "12:00".parse().unwrap();
        for (pace, field) in [
            (
                Pace {
                    per_minute: PER_MINUTE_MAX + 1,
                    ..Pace::free()
                },
                "per_minute",
            ),
            (
                Pace {
                    jitter_percent: JITTER_PERCENT_MAX + 1,
                    ..Pace::free()
                },
                "jitter_percent",
            ),
            (
                Pace {
                    warm_up: vec![10, 0],
                    ..Pace::free()
                },
                "warm_up",
            ),
            (
                Pace {
                    quiet: Some(Quiet {
                        from: noon,
                        until: noon,
                    }),
                    ..Pace::free()
                },
                "quiet",
            ),
        ] {
            assert_eq!(pace.check().unwrap_err().field.as_deref(), Some(field));
        }
        assert!(Pace::free().check().is_ok());
        assert!(zone("Mars/Olympus").is_err());
    }
}
