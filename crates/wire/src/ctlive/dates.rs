//! Dates as this dialect writes them: `2019-07-19T11:21:27.861+0000`.
//!
//! Every sample of the source document has milliseconds and an offset without a colon (`+0000`, `-0300`). Other spellings are
//! read because senders' libraries differ; only the documented one is written. No clock is read here.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads a date into microseconds since 1970.
///
/// Takes an offset as `Z`, `+0000`, `+00:00` or `+00`, and a fraction of any length or none; digits past the microsecond
/// are dropped. A leap second counts as the second before it. None when it is not such a date, or has no offset.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked("yyyy-MM-ddTHH:mm:ss".len())?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = *date.as_bytes()
    else {
        return None;
    };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let second = match two(s1, s2)? {
        60 => 59,
        second => second,
    };
    let (micros, offset) = fraction(rest)?;
    let civil = DateTime::new(
        year,
        two(m1, m2)?,
        two(d1, d2)?,
        two(h1, h2)?,
        two(n1, n2)?,
        second,
        0,
    )
    .ok()?;
    let instant = self::offset(offset)?.to_timestamp(civil).ok()?;
    instant.as_microsecond().checked_add(micros)
}

/// Writes microseconds since 1970 as `yyyy-MM-dd'T'HH:mm:ss.SSS+0000`.
///
/// What is finer than a millisecond is dropped, towards the past; dates outside the years 0000 to 9999 are written as the
/// nearest inside.
#[must_use]
pub fn format(micros: i64) -> String {
    let first = -62_167_219_200_000_000;
    let instant = Timestamp::from_microsecond(micros.max(first)).unwrap_or(Timestamp::MAX);
    let at = Offset::UTC.to_datetime(instant);
    let (year, month, day) = (at.year(), at.month(), at.day());
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    let milli = at.millisecond();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}+0000")
}

fn digit(byte: u8) -> Option<i8> {
    i8::try_from(byte.checked_sub(b'0').filter(|digit| *digit <= 9)?).ok()
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

/// Splits off the fraction, in microseconds.
fn fraction(rest: &str) -> Option<(i64, &str)> {
    let Some(rest) = rest.strip_prefix(['.', ',']) else {
        return Some((0, rest));
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, offset) = rest.split_at_checked(end)?;
    if digits.is_empty() {
        return None;
    }
    let padded = digits.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = padded.fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
    Some((micros, offset))
}

fn offset(text: &str) -> Option<Offset> {
    let (hours, minutes, sign) = match *text.as_bytes() {
        [b'Z' | b'z'] => return Some(Offset::UTC),
        [sign, h1, h2] => (two(h1, h2)?, 0, sign),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => (two(h1, h2)?, two(m1, m2)?, sign),
        _ => return None,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    match sign {
        b'+' => Offset::from_seconds(seconds).ok(),
        b'-' => Offset::from_seconds(-seconds).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: i64 = 1_767_268_800_000_000; // 2026-01-01T12:00:00Z

    #[test]
    fn every_spelling_of_an_offset_and_a_fraction_is_read() {
        for (text, micros) in [
            ("2026-01-01T12:00:00.000+0000", NOON),
            ("2026-01-01T12:00:00.861+0000", NOON + 861_000),
            ("2026-01-01T09:00:00.000-0300", NOON),
            ("2026-01-01T17:30:00+0530", NOON),
            ("2026-01-01T12:00:00+00:00", NOON),
            ("2026-01-01T13:00:00+01", NOON),
            ("2026-01-01T12:00:00Z", NOON),
            ("2026-01-01 12:00:00.5z", NOON + 500_000),
            ("2026-01-01T12:00:00.1234567899Z", NOON + 123_456),
            (" 2026-01-01T12:00:00Z ", NOON),
            ("2026-01-01T11:59:60Z", NOON - 1_000_000),
            ("1969-12-31T23:59:59.999Z", -1_000),
        ] {
            assert_eq!(parse(text), Some(micros), "{text}");
        }
    }

    #[test]
    fn what_is_not_such_a_date_is_refused() {
        for text in [
            "",
            "now",
            "2026-01-01",
            "2026-01-01T12:00:00",
            "2026-01-01T12:00:00.+0000",
            "2026-01-01T12:00:00.000 0000",
            "2026-01-01T12:00:00.000+000",
            "2026-01-01T12:00:00.000+2400",
            "2026-01-01T12:00:00.000+0060",
            "2026-02-30T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T12:00:61Z",
            "2026-01-01T12:00:0é+0000",
            "+026-01-01T12:00:00Z",
            "9999-12-31T23:59:59-2359",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_is_written_with_milliseconds_and_no_colon() {
        assert_eq!(format(NOON + 1_999), "2026-01-01T12:00:00.001+0000");
        assert_eq!(format(0), "1970-01-01T00:00:00.000+0000");
        assert_eq!(format(-1), "1969-12-31T23:59:59.999+0000");
        assert_eq!(format(i64::MIN), "0000-01-01T00:00:00.000+0000");
        assert!(format(i64::MAX).starts_with("9999-12-30T"));
    }

    proptest! {
        #[test]
        fn a_written_date_reads_back(millis in -62_167_219_200_000_i64..253_402_200_000_000) {
            prop_assert_eq!(parse(&format(millis * 1000)), Some(millis * 1000));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,40}") {
            let _seen = parse(&text);
        }
    }
}
