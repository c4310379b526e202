//! What a REST client sends, whatever it sends it as: query, JSON, form or multipart, all into one tree.
//!
//! The original reads its parameters so (digest 4.2): `a[b]=c` and `{"a":{"b":"c"}}` are the same, `a[]=1&a[]=2` is a
//! list, numbers may be text, and what nobody asks for is skipped. Files of a multipart form are not part of it.

use serde_json::{Map, Value};

use super::loose::{WrongType, flag_text, number_text};

/// Levels of nesting that a form's keys may name; a deeper one is skipped.
const DEPTH: usize = 8;

/// The parameters of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Params(Map<String, Value>);

/// A parameter that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {why}")]
pub struct BadParam {
    /// Its name.
    pub key: String,
    /// What is wrong with its value.
    pub why: WrongType,
}

/// A body is not one JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a JSON object")]
pub struct NotAnObject;

impl Params {
    /// Adds the keys of a JSON object over those that are there. Nothing is as good as `{}`.
    pub fn add_json(&mut self, body: &[u8]) -> Result<(), NotAnObject> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let all: Map<String, Value> = serde_json::from_slice(body).map_err(|_| NotAnObject)?;
        self.0.extend(all);
        Ok(())
    }

    /// Adds decoded pairs of a query or a form.
    pub fn add_pairs<'a>(&mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
        for (key, value) in pairs {
            let Some((first, rest)) = path(key) else {
                continue;
            };
            let place = self.0.entry(first).or_insert(Value::Null);
            insert(place, &rest, value);
        }
    }

    /// Whether the parameter was sent, empty or not.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The parameter as it came; null counts as absent.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|it| !it.is_null())
    }

    /// The parameters wrapped under a name, over those that are not: `{"title":1}` and `{"label":{"title":1}}` are
    /// one.
    pub fn unwrapped(&self, name: &str) -> Self {
        let mut all = self.0.clone();
        if let Some(Value::Object(inner)) = self.0.get(name) {
            all.extend(inner.clone());
        }
        Self(all)
    }

    /// The parameters inside one; none if it is no object.
    pub fn within(&self, key: &str) -> Self {
        match self.0.get(key) {
            Some(Value::Object(inner)) => Self(inner.clone()),
            _ => Self::default(),
        }
    }

    /// A text; numbers and flags become their spelling.
    pub fn text(&self, key: &str) -> Result<Option<String>, BadParam> {
        match self.value(key) {
            None => Ok(None),
            Some(value) => text(value).map(Some).ok_or_else(|| bad(key, "not a text")),
        }
    }

    /// A whole number; blank is absent.
    pub fn number(&self, key: &str) -> Result<Option<i64>, BadParam> {
        let text = self.text(key)?.unwrap_or_default();
        number_text(&text).map_err(|why| BadParam {
            key: key.to_owned(),
            why,
        })
    }

    /// A flag; blank is absent.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, BadParam> {
        let text = self.text(key)?.unwrap_or_default();
        flag_text(&text).map_err(|why| BadParam {
            key: key.to_owned(),
            why,
        })
    }

    /// An object as its text, from an object or from a text that holds one; blank is absent.
    pub fn object(&self, key: &str) -> Result<Option<String>, BadParam> {
        let refused = || bad(key, "not an object");
        match self.value(key) {
            None => Ok(None),
            Some(Value::Object(all)) => Ok(Some(Value::Object(all.clone()).to_string())),
            Some(Value::String(blank)) if blank.trim().is_empty() => Ok(None),
            Some(Value::String(inner)) => {
                let all: Map<String, Value> = serde_json::from_str(inner).map_err(|_| refused())?;
                Ok(Some(Value::Object(all).to_string()))
            }
            Some(_) => Err(refused()),
        }
    }

    /// A list of texts; a single value is a list of one.
    pub fn texts(&self, key: &str) -> Result<Vec<String>, BadParam> {
        let refused = || bad(key, "not a list of texts");
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(all)) => all
                .iter()
                .filter(|it| !it.is_null())
                .map(|it| text(it).ok_or_else(refused))
                .collect(),
            Some(one) => Ok(vec![text(one).ok_or_else(refused)?]),
        }
    }

    /// A list of whole numbers; a single value is a list of one.
    pub fn numbers(&self, key: &str) -> Result<Vec<i64>, BadParam> {
        let mut all = Vec::new();
        for text in self.texts(key)? {
            let number = number_text(&text).map_err(|why| BadParam {
                key: key.to_owned(),
                why,
            })?;
            all.extend(number);
        }
        Ok(all)
    }
}

fn bad(key: &str, why: &'static str) -> BadParam {
    BadParam {
        key: key.to_owned(),
        why: WrongType(why),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `a[b][]` as `a` and `["b", ""]`.
fn path(key: &str) -> Option<(String, Vec<&str>)> {
    let Some((first, mut rest)) = key.split_once('[') else {
        return Some((key.to_owned(), Vec::new()));
    };
    let mut parts = Vec::new();
    loop {
        let (part, after) = rest.split_once(']')?;
        parts.push(part);
        if after.is_empty() {
            break;
        }
        rest = after.strip_prefix('[')?;
    }
    (parts.len() <= DEPTH).then(|| (first.to_owned(), parts))
}

/// What stands in the way of a key's shape gives way to it.
fn insert(place: &mut Value, rest: &[&str], value: &str) {
    match rest.split_first() {
        None => *place = Value::from(value),
        Some((&"", rest)) => {
            if !place.is_array() {
                *place = Value::Array(Vec::new());
            }
            if let Some(list) = place.as_array_mut() {
                // `a[][b]=1&a[][c]=2` is one object until a key comes again, as in the original.
                let continues = rest.first().is_some_and(|key| {
                    list.last()
                        .and_then(Value::as_object)
                        .is_some_and(|last| !last.contains_key(*key))
                });
                if !continues {
                    list.push(Value::Null);
                }
                if let Some(last) = list.last_mut() {
                    insert(last, rest, value);
                }
            }
        }
        Some((key, rest)) => {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            if let Some(all) = place.as_object_mut() {
                insert(all.entry(*key).or_insert(Value::Null), rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(value: Value) -> Params {
        let mut params = Params::default();
        params.add_json(value.to_string().as_bytes()).unwrap();
        params
    }

    #[test]
    fn a_form_and_json_are_the_same_parameters() {
        let mut form = Params::default();
        form.add_pairs([
            ("name", "Iva"),
            ("custom_attributes[plan]", "gold"),
            ("labels[]", "a"),
            ("labels[]", "b"),
            ("payload[][attribute_key]", "name"),
            ("payload[][values][]", "x"),
            ("payload[][attribute_key]", "email"),
        ]);
        let json = json!({
            "name": "Iva", "custom_attributes": { "plan": "gold" }, "labels": ["a", "b"],
            "payload": [
                { "attribute_key": "name", "values": ["x"] }, { "attribute_key": "email" },
            ],
        });
        assert_eq!(form, of(json));
    }

    #[test]
    fn values_are_read_as_what_they_are_meant_to_be() {
        let params = of(json!({
            "id": "3", "n": 4, "blank": " ", "yes": "1", "none": null, "list": [1, "2", null],
            "object": "{\"a\":1}", "label": { "title": "x" },
        }));
        assert_eq!(params.number("id"), Ok(Some(3)));
        assert_eq!(params.text("n"), Ok(Some("4".to_owned())));
        assert_eq!(params.number("blank"), Ok(None));
        assert_eq!(params.flag("yes"), Ok(Some(true)));
        assert_eq!(params.text("none"), Ok(None));
        assert!(params.has("none"));
        assert_eq!(params.numbers("list"), Ok(vec![1, 2]));
        assert_eq!(params.object("object"), Ok(Some("{\"a\":1}".to_owned())));
        assert_eq!(
            params.unwrapped("label").text("title"),
            Ok(Some("x".to_owned()))
        );
        assert_eq!(params.number("yes").unwrap(), Some(1));
        assert!(params.number("label").is_err());
        assert!(params.object("n").is_err());
        assert!(params.texts("label").is_err());
        assert_eq!(Params::default().add_json(b"[1]"), Err(NotAnObject));
        assert_eq!(Params::default().add_json(b" \n"), Ok(()));
    }

    proptest! {
        #[test]
        fn no_key_is_too_odd(key in r"[a\[\]b]{0,40}", value in ".{0,8}") {
            let mut params = Params::default();
            params.add_pairs([(key.as_str(), value.as_str()), (key.as_str(), "x")]);
        }
    }
}
