//! Values as clients really send them: numbers in strings, flags in words, blanks for nothing.
//!
//! Connectors in the field send `"inbox_id":"3"` where the document has a number, and forms have only text. These
//! functions are for `#[serde(deserialize_with = …)]`; null and blank count as absent, anything that cannot be
//! meant as the type is an error.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

/// A whole number, or one written as text.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let text = deserializer.deserialize_any(Scalar)?;
    text.map(|text| number_text(&text).map_err(Error::custom))
        .transpose()
        .map(Option::flatten)
}

/// Like [`number`], but tells an absent key (`None`, with `#[serde(default)]`) from an empty one (`Some(None)`).
pub fn given_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<i64>>, D::Error> {
    number(deserializer).map(Some)
}

/// A flag: true and false, 1 and 0, or these words as text.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let text = deserializer.deserialize_any(Scalar)?;
    text.map(|text| flag_text(&text).map_err(Error::custom))
        .transpose()
        .map(Option::flatten)
}

/// Text; numbers and flags become their spelling. Blank text stays, null is absent.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_any(Scalar)
}

/// Like [`text`], but tells an absent key (`None`, with `#[serde(default)]`) from null (`Some(None)`).
pub fn given_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    text(deserializer).map(Some)
}

/// A value in text form does not have the type its key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WrongType(pub(crate) &'static str);

/// A whole number written as text; blank is absent.
pub fn number_text(text: &str) -> Result<Option<i64>, WrongType> {
    match text.trim() {
        "" => Ok(None),
        digits => digits
            .parse()
            .map(Some)
            .map_err(|_| WrongType("not a whole number")),
    }
}

/// A flag written as text; blank is absent.
pub fn flag_text(text: &str) -> Result<Option<bool>, WrongType> {
    match text.trim() {
        "" => Ok(None),
        "true" | "t" | "1" | "on" | "yes" => Ok(Some(true)),
        "false" | "f" | "0" | "off" | "no" => Ok(Some(false)),
        _ => Err(WrongType("not true or false")),
    }
}

/// Takes any single value in its textual form.
struct Scalar;

impl<'de> Visitor<'de> for Scalar {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a single value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Self::Value, E> {
        Ok(Some(value))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct All {
        #[serde(deserialize_with = "number")]
        n: Option<i64>,
        #[serde(deserialize_with = "given_number")]
        g: Option<Option<i64>>,
        #[serde(deserialize_with = "flag")]
        f: Option<bool>,
        #[serde(deserialize_with = "text")]
        t: Option<String>,
    }

    #[test]
    fn what_is_meant_is_understood() {
        let table = [
            ("{}", All::default()),
            (
                r#"{"n":null,"g":null,"f":null,"t":null}"#,
                All {
                    g: Some(None),
                    ..All::default()
                },
            ),
            (
                r#"{"n":"","g":"","f":""}"#,
                All {
                    g: Some(None),
                    ..All::default()
                },
            ),
            (
                r#"{"n":3,"g":0,"f":true,"t":"x"}"#,
                All {
                    n: Some(3),
                    g: Some(Some(0)),
                    f: Some(true),
                    t: Some("x".into()),
                },
            ),
            (
                r#"{"n":" 3","g":"7","f":"1","t":12}"#,
                All {
                    n: Some(3),
                    g: Some(Some(7)),
                    f: Some(true),
                    t: Some("12".into()),
                },
            ),
            (
                r#"{"f":0,"t":""}"#,
                All {
                    f: Some(false),
                    t: Some(String::new()),
                    ..All::default()
                },
            ),
        ];
        for (given, expected) in table {
            assert_eq!(
                serde_json::from_str::<All>(given).unwrap(),
                expected,
                "{given}"
            );
        }
        for bad in [
            r#"{"n":"x"}"#,
            r#"{"n":1.5}"#,
            r#"{"n":[]}"#,
            r#"{"f":"maybe"}"#,
            r#"{"t":{}}"#,
        ] {
            assert!(serde_json::from_str::<All>(bad).is_err(), "{bad}");
        }
    }
}
