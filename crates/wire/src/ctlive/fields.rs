//! Reading the fields of a JSON object by name, with the sentence for each that is wrong.
//!
//! Values stay slices of the body until somebody asks for one, so a field nobody reads costs only its scan, and the
//! JSON of a message we do not know can be kept as it was written. Null is the same as absent; of a name written twice the
//! last counts.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::bad::{Bad, Problem};
use super::{dates, limits};

/// The values of the named fields, in the order of the names, each as JSON.
pub(super) fn pick<'a, const N: usize>(
    json: &'a str,
    names: [&'static str; N],
) -> serde_json::Result<[Option<&'a str>; N]> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let found = reader.deserialize_map(Pick(names))?;
    reader.end()?;
    Ok(found)
}

/// The elements of an array, each as JSON; reading stops one past `limit`.
pub(super) fn elements(json: &str, limit: usize) -> serde_json::Result<Vec<&str>> {
    let mut reader = serde_json::Deserializer::from_str(json);
    reader.deserialize_seq(Elements(limit))
}

/// The named fields of a nested object.
pub(super) fn object<'a, const N: usize>(
    field: &'static str,
    json: &'a str,
    names: [&'static str; N],
) -> Result<[Option<&'a str>; N], Bad> {
    pick(json, names).map_err(|_| Bad::new(field, Problem::NotObject))
}

/// Text without U+0000; none when absent or blank.
pub(super) fn text<'a>(
    field: &'static str,
    json: Option<&'a str>,
    limit_bytes: usize,
) -> Result<Option<Cow<'a, str>>, Bad> {
    let Some(json) = json else { return Ok(None) };
    let Some(inner) = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Err(Bad::new(field, Problem::NotText));
    };
    let too_long = Bad::new(field, Problem::TooLong { limit_bytes });
    // An escape takes six bytes at most, so this is too long whatever it spells.
    if inner.len() > limit_bytes.saturating_mul(6) {
        return Err(too_long);
    }
    let text = if inner.contains('\\') {
        let read: String =
            serde_json::from_str(json).map_err(|_| Bad::new(field, Problem::NotText))?;
        // PostgreSQL's text and every C string end at U+0000; no person means to send it.
        Cow::Owned(if read.contains('\0') {
            read.replace('\0', "")
        } else {
            read
        })
    } else {
        Cow::Borrowed(inner)
    };
    if text.len() > limit_bytes {
        return Err(too_long);
    }
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// Text that may be absent, owned.
pub(super) fn optional(
    field: &'static str,
    json: Option<&str>,
    limit_bytes: usize,
) -> Result<Option<String>, Bad> {
    text(field, json, limit_bytes).map(|text| text.map(Cow::into_owned))
}

/// Text that must be there and say something.
pub(super) fn required(
    field: &'static str,
    json: Option<&str>,
    limit_bytes: usize,
) -> Result<String, Bad> {
    let absent = if json.is_some() {
        Problem::Blank
    } else {
        Problem::Missing
    };
    optional(field, json, limit_bytes)?.ok_or_else(|| Bad::new(field, absent))
}

/// A web address that must be there.
pub(super) fn url(field: &'static str, json: Option<&str>) -> Result<String, Bad> {
    let url = required(field, json, limits::URL_BYTES)?;
    let starts = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if starts("https://") || starts("http://") {
        Ok(url)
    } else {
        Err(Bad::new(field, Problem::NotUrl))
    }
}

/// Text nobody decides on: cut at [`limits::NAME_BYTES`] rather than refused.
pub(super) fn remark(field: &'static str, json: Option<&str>) -> Result<Option<String>, Bad> {
    let mut remark = optional(field, json, limits::TEXT_BYTES)?;
    if let Some(remark) = &mut remark {
        let end = (0..=limits::NAME_BYTES)
            .rev()
            .find(|at| remark.is_char_boundary(*at));
        remark.truncate(end.unwrap_or(0));
    }
    Ok(remark)
}

/// A whole number.
pub(super) fn integer(field: &'static str, json: Option<&str>) -> Result<Option<i64>, Bad> {
    json.map(|json| {
        json.parse()
            .map_err(|_| Bad::new(field, Problem::NotNumber))
    })
    .transpose()
}

/// A number that must be there, from `-limit` to `limit`.
pub(super) fn coordinate(field: &'static str, json: Option<&str>, limit: f64) -> Result<f64, Bad> {
    let json = json.ok_or_else(|| Bad::new(field, Problem::Missing))?;
    let number: f64 =
        serde_json::from_str(json).map_err(|_| Bad::new(field, Problem::NotNumber))?;
    if number.abs() <= limit {
        Ok(number)
    } else {
        Err(Bad::new(field, Problem::OutOfRange))
    }
}

/// True or false.
pub(super) fn flag(field: &'static str, json: Option<&str>) -> Result<Option<bool>, Bad> {
    json.map(|json| json.parse().map_err(|_| Bad::new(field, Problem::NotFlag)))
        .transpose()
}

/// A date, in microseconds since 1970; none when absent or blank.
pub(super) fn date(field: &'static str, json: Option<&str>) -> Result<Option<i64>, Bad> {
    let Some(text) = text(field, json, limits::ID_BYTES)? else {
        return Ok(None);
    };
    dates::parse(&text)
        .map(Some)
        .ok_or_else(|| Bad::new(field, Problem::NotDate))
}

struct Pick<const N: usize>([&'static str; N]);

impl<'de, const N: usize> Visitor<'de> for Pick<N> {
    type Value = [Option<&'de str>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(at) = map.next_key_seed(Name(&self.0))? {
            if let Some(slot) = at.and_then(|at| found.get_mut(at)) {
                let json = map.next_value::<&RawValue>()?.get();
                *slot = (json != "null").then_some(json);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// A key, read as its place among the names.
struct Name<'n>(&'n [&'static str]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| *name == key))
    }
}

struct Elements(usize);

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while found.len() <= self.0
            && let Some(element) = seq.next_element::<&RawValue>()?
        {
            found.push(element.get());
        }
        Ok(found)
    }
}
