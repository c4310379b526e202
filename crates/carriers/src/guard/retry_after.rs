//! The `Retry-After` header: seconds, or a date.
//!
//! Of the three forms of date that HTTP knows only the living one is read. How long a wait is too long is the caller's to say.

use std::time::Duration;

use domain::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

static DATE: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// How long the header asks to wait from `now`; none when it is neither, when it is past, and when it is zero, since a
/// caller that came back at once would never stop.
#[must_use]
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = if value.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(value.parse().ok()?)
    } else {
        let until = DATE.parse_timestamp(value).ok()?;
        Duration::try_from(until.duration_since(now)).ok()?
    };
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_waits_and_nothing_else_is() {
        let now = Timestamp::from_second(784_111_777).unwrap();
        for (value, expected) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("4294967296", Some(4_294_967_296)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Mon, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:30 GMT", None),
            ("0", None),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("99999999999999999999999", None),
            ("1994-11-06T08:49:47Z", None),
        ] {
            let wait = retry_after(value, now).map(|wait| wait.as_secs());
            assert_eq!(wait, expected, "{value}");
        }
    }
}
