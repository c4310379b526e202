//! Attribute objects whose content is nobody's business but the client's.
//!
//! They are kept as the text they came in, so key order, large numbers and escapes survive, and copying one is
//! a reference count. The text is checked once, on the way in, and never parsed again.

use std::sync::Arc;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, value::RawValue};

/// A JSON object as text. The default is `{}` and costs no memory.
#[derive(Debug, Clone, Default)]
pub struct Json(Option<Arc<RawValue>>);

/// The text is not one JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON object")]
pub struct NotAnObject;

impl Json {
    /// Checks `text` once. Space around the object is dropped.
    pub fn parse(text: &str) -> Result<Self, NotAnObject> {
        let raw: Box<RawValue> = serde_json::from_str(text).map_err(|_| NotAnObject)?;
        Self::try_from(raw)
    }

    /// For text that was checked when it was stored: anything but an object becomes `{}`.
    pub fn parse_or_empty(text: &str) -> Self {
        Self::parse(text).unwrap_or_default()
    }

    /// The object's text.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().map_or("{}", RawValue::get)
    }
}

/// Two objects as one: what is told goes over what is kept, objects inside included. What is no object counts as `{}`.
pub fn joined(kept: &str, told: &str) -> String {
    let read = |text| serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default();
    let mut all = read(kept);
    join(&mut all, read(told));
    Value::Object(all).to_string()
}

/// An object without the keys of another; what those keys hold does not matter. What is no object counts as `{}`.
pub fn without(kept: &str, keys: &str) -> String {
    let read = |text| serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default();
    let (mut all, keys) = (read(kept), read(keys));
    all.retain(|key, _| !keys.contains_key(key));
    Value::Object(all).to_string()
}

/// The object that [`without`] takes away by: these keys, holding nothing.
pub fn keyed(keys: &[String]) -> String {
    let all: Map<_, _> = keys.iter().map(|it| (it.clone(), Value::Null)).collect();
    Value::Object(all).to_string()
}

fn join(kept: &mut Map<String, Value>, told: Map<String, Value>) {
    for (key, value) in told {
        match (kept.get_mut(&key), value) {
            (Some(Value::Object(kept)), Value::Object(told)) => join(kept, told),
            (_, value) => drop(kept.insert(key, value)),
        }
    }
}

impl TryFrom<Box<RawValue>> for Json {
    type Error = NotAnObject;

    fn try_from(raw: Box<RawValue>) -> Result<Self, NotAnObject> {
        match raw.get() {
            "{}" => Ok(Self(None)),
            text if text.starts_with('{') => Ok(Self(Some(raw.into()))),
            _ => Err(NotAnObject),
        }
    }
}

impl PartialEq for Json {
    /// Compares the texts: two spellings of one object are different.
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(raw) => raw.serialize(serializer),
            None => serializer.serialize_map(Some(0))?.end(),
        }
    }
}

/// From an object, from a string that holds one, or from nothing (null, or text that is no object: `{}`).
///
/// Clients that send multipart forms put attributes into a JSON string, and some do so in JSON bodies too.
/// Works with serde_json only, and not under `flatten`.
impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('"') {
            let inner: String = serde_json::from_str(raw.get()).unwrap_or_default();
            return Ok(Self::parse_or_empty(&inner));
        }
        Ok(Self::try_from(raw).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_survives() {
        let text = r#"{"z":1,"a":12345678901234567890123,"é":"\u00e9"}"#;
        let json = Json::parse(&format!(" {text}\n")).unwrap();
        assert_eq!(json.as_str(), text);
        assert_eq!(serde_json::to_string(&json).unwrap(), text);
        assert_eq!(serde_json::to_string(&Json::default()).unwrap(), "{}");
        assert_eq!(Json::parse("{}"), Ok(Json::default()));
    }

    #[test]
    fn keys_are_taken_away() {
        let keys = keyed(&["gone".to_owned(), "never there".to_owned()]);
        assert_eq!(
            without(r#"{"plan":"gold","gone":{"a":1}}"#, &keys),
            r#"{"plan":"gold"}"#
        );
        assert_eq!(without("no object", &keys), "{}");
    }

    #[test]
    fn only_objects_are_taken() {
        for text in ["", "null", "[]", "\"{}\"", "{", "{} {}", "1"] {
            assert_eq!(Json::parse(text), Err(NotAnObject), "{text}");
            assert_eq!(Json::parse_or_empty(text), Json::default());
        }
    }

    #[test]
    fn requests_may_wrap_the_object_in_a_string() {
        let table = [
            (r#"{"a":1}"#, r#"{"a":1}"#),
            (r#""{\"a\":1}""#, r#"{"a":1}"#),
            (r#""""#, "{}"),
            (r#""oops""#, "{}"),
            ("null", "{}"),
            ("[1]", "{}"),
        ];
        for (given, expected) in table {
            let json: Json = serde_json::from_str(given).unwrap();
            assert_eq!(json.as_str(), expected, "{given}");
        }
    }
}
