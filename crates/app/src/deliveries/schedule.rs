//! When to try again, and when to give up.

use std::time::Duration;

/// The waits between attempts, and when to give up.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The wait after each attempt.
    pub waits: Vec<Duration>,
    /// When to give up.
    pub give_up: GiveUp,
    /// The longest wait that a receiver may ask for.
    pub asked_wait_max: Duration,
}

/// When to give up on a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveUp {
    /// When the attempt after the last wait has failed.
    AfterTheLastWait,
    /// This long after it was owed; until then the last wait repeats.
    AfterAge(Duration),
}

impl Schedule {
    /// For what a person waits for: quick at first; for a day, because networks come back.
    pub fn for_messages() -> Self {
        Self {
            waits: [1, 2, 5, 15, 30, 60, 120, 300, 600]
                .map(Duration::from_secs)
                .to_vec(),
            give_up: GiveUp::AfterAge(Duration::from_secs(24 * 3600)),
            asked_wait_max: Duration::from_secs(3600),
        }
    }

    /// For letters: mail servers that put something off want to be asked again in minutes; for a day.
    pub fn for_letters() -> Self {
        Self {
            waits: [15, 60, 300, 900, 1800, 3600]
                .map(Duration::from_secs)
                .to_vec(),
            give_up: GiveUp::AfterAge(Duration::from_secs(24 * 3600)),
            asked_wait_max: Duration::from_secs(3600),
        }
    }

    /// For what programs are told: three days and a bit, as the field has settled on.
    pub fn for_events() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 3600;
        let waits = [
            5,
            30,
            5 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            5 * HOUR,
            10 * HOUR,
            14 * HOUR,
            20 * HOUR,
            24 * HOUR,
        ];
        Self {
            waits: waits.map(Duration::from_secs).to_vec(),
            give_up: GiveUp::AfterTheLastWait,
            asked_wait_max: Duration::from_secs(24 * HOUR),
        }
    }

    /// How long to wait after this many failed tries, at least 1, of something this old; `None` to give up.
    ///
    /// A receiver that asked for a wait gets it, within reason. If attempts are counted, it gets no less than the
    /// schedule's: whoever asks for a second every time would have used up all attempts in a few. A tenth is added
    /// or taken by `spread` (0 to 255), so that many do not come back at once.
    pub fn next(
        &self,
        tries: i64,
        age: Duration,
        asked: Option<Duration>,
        spread: u8,
    ) -> Option<Duration> {
        let index = usize::try_from(tries.max(1) - 1).unwrap_or(usize::MAX);
        let asked = asked.map(|it| it.min(self.asked_wait_max));
        let spread = |wait: &Duration| wait.mul_f64(0.9 + 0.2 * f64::from(spread) / 255.0);
        match self.give_up {
            GiveUp::AfterTheLastWait => {
                let wait = self.waits.get(index).map(spread)?;
                Some(asked.map_or(wait, |it| it.max(wait)))
            }
            GiveUp::AfterAge(most) if age >= most => None,
            GiveUp::AfterAge(_) => {
                let wait = self.waits.get(index).or_else(|| self.waits.last());
                asked.or_else(|| wait.map(spread)).or(Some(Duration::ZERO))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YOUNG: Duration = Duration::ZERO;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn waits_grow_and_stay_within_a_tenth() {
        let schedule = Schedule::for_messages();
        let mut before = Duration::ZERO;
        for tries in 1..50 {
            let [low, high] = [0, 255].map(|spread| schedule.next(tries, YOUNG, None, spread));
            let (low, high) = (low.unwrap(), high.unwrap());
            assert!(before <= high && low <= high, "{tries}");
            assert!(high <= seconds(660), "{tries}");
            before = low;
        }
    }

    #[test]
    fn a_message_is_given_up_on_by_its_age_and_waits_as_asked() {
        let schedule = Schedule::for_messages();
        let next = |asked| schedule.next(9, YOUNG, Some(asked), 9);
        assert_eq!(next(seconds(7)), Some(seconds(7)));
        assert_eq!(next(Duration::MAX), Some(seconds(3600)));
        assert!(schedule.next(999, seconds(86_399), None, 9).is_some());
        assert_eq!(schedule.next(1, seconds(86_400), None, 9), None);
    }

    #[test]
    fn an_event_is_given_up_on_after_the_last_wait_and_asking_never_shortens_one() {
        let schedule = Schedule {
            waits: vec![seconds(10), seconds(20)],
            ..Schedule::for_events()
        };
        let next = |tries, asked| schedule.next(tries, Duration::MAX, asked, 0);
        assert_eq!(next(1, None), Some(seconds(9)));
        assert_eq!(next(1, Some(seconds(1))), Some(seconds(9)));
        assert_eq!(next(2, Some(seconds(60))), Some(seconds(60)));
        assert_eq!(next(2, Some(Duration::MAX)), Some(seconds(86_400)));
        assert_eq!(next(3, None), None);
        assert_eq!(next(3, Some(seconds(60))), None);
    }
}
