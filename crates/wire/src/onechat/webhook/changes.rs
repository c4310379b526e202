//! What changed: `[{"status":{"previous_value":"open","current_value":"resolved"}}]`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::onechat::json::Json;

/// At least one attribute with what it was and is, in their order. Nothing changed is `None` around it.
#[derive(Debug, Clone)]
pub struct ChangedAttributes(Vec<(String, Change)>);

/// What an attribute was and is, as JSON text.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Change {
    /// Before.
    pub previous_value: Box<RawValue>,
    /// Now.
    pub current_value: Box<RawValue>,
}

// === impl ChangedAttributes ===

impl ChangedAttributes {
    /// From names and values; `None` if there are none.
    pub fn new(changes: Vec<(String, Change)>) -> Option<Self> {
        (!changes.is_empty()).then_some(Self(changes))
    }

    /// From `{"name":[old,new],…}`, as socket events have it under `previous_changes`. `None` if it is empty or
    /// not of that form.
    pub fn from_previous_changes(changes: &Json) -> Option<Self> {
        let pairs: Pairs = serde_json::from_str(changes.as_str()).ok()?;
        Self::new(pairs.0)
    }
}

impl ChangedAttributes {
    /// The same as `{"name":[old,new],…}`, for socket events.
    pub fn to_previous_changes(&self) -> Json {
        let pairs = self.0.iter();
        let pairs = pairs.map(|(name, it)| (name, [&it.previous_value, &it.current_value]));
        let mut text = Vec::new();
        let written = serde_json::Serializer::new(&mut text).collect_map(pairs);
        let text = written.ok().and_then(|()| String::from_utf8(text).ok());
        Json::parse_or_empty(&text.unwrap_or_default())
    }
}

impl Serialize for ChangedAttributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct One<'a>(&'a str, &'a Change);

        impl Serialize for One<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(self.0, self.1)?;
                map.end()
            }
        }
        serializer.collect_seq(self.0.iter().map(|(name, change)| One(name, change)))
    }
}

// === impl Change ===

impl Change {
    /// From the two values. Fails only if their own serialization does.
    pub fn between<T: Serialize>(previous: &T, current: &T) -> Result<Self, serde_json::Error> {
        Ok(Self {
            previous_value: to_raw_value(previous)?,
            current_value: to_raw_value(current)?,
        })
    }
}

/// The object's members in the order they were written.
struct Pairs(Vec<(String, Change)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of pairs")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut changes = Vec::new();
                while let Some((name, values)) = map.next_entry::<_, [_; 2]>()? {
                    let [previous_value, current_value] = values;
                    let change = Change {
                        previous_value,
                        current_value,
                    };
                    changes.push((name, change));
                }
                Ok(Pairs(changes))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Option<String> {
        let changes = ChangedAttributes::from_previous_changes(&Json::parse(text).unwrap())?;
        Some(serde_json::to_string(&changes).unwrap())
    }

    #[test]
    fn each_attribute_is_an_object_of_its_own() {
        assert_eq!(
            from(
                r#"{"status":["open","resolved"],"a":[null,{"z":1,"b":12345678901234567890123}]}"#
            )
            .unwrap(),
            concat!(
                r#"[{"status":{"previous_value":"open","current_value":"resolved"}},"#,
                r#"{"a":{"previous_value":null,"current_value":{"z":1,"b":12345678901234567890123}}}]"#
            )
        );
        for nothing in ["{}", r#"{"a":1}"#, r#"{"a":[1]}"#, r#"{"a":[1,2,3]}"#] {
            assert_eq!(from(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn sockets_are_told_pairs() {
        let text = r#"{"status":["open","resolved"],"a":[null,{"z":1}]}"#;
        let changes = ChangedAttributes::from_previous_changes(&Json::parse(text).unwrap());
        assert_eq!(changes.unwrap().to_previous_changes().as_str(), text);
    }

    #[test]
    fn changes_are_made_of_values_too() {
        let priority = Change::between(&None, &Some("high")).unwrap();
        let changes = ChangedAttributes::new(vec![("priority".to_owned(), priority)]).unwrap();
        assert_eq!(
            serde_json::to_string(&changes).unwrap(),
            r#"[{"priority":{"previous_value":null,"current_value":"high"}}]"#
        );
        assert!(ChangedAttributes::new(Vec::new()).is_none());
    }
}
