//! Conditions: what a filter, a saved filter or an automation rule asks of a thing,
//! `[{attribute_key, filter_operator, values, query_operator}]` (digest, 4.3).
//!
//! `query_operator` stands on the left condition and joins it to the next; AND binds more closely than OR. Which
//! attribute takes which operators is the original's own table ([`Model`]); whatever is not in it is a free attribute
//! of the account. Whether conditions hold of one thing is decided by [`hold`]; finding the things of which they do
//! among many is somebody else's work.

mod attributes;
mod hold;

use serde_json::Value;

use crate::onechat::words::words;

pub use attributes::{Holds, Model, Standard};
pub use hold::{Actual, hold};

use attributes::refused;

/// Conditions of one list.
pub const CONDITIONS_MAX: usize = 50;
/// Values of one condition.
pub const VALUES_MAX: usize = 200;

words! {
    /// How a condition compares.
    Operator {
        /// One of the values.
        EqualTo = "equal_to",
        /// None of the values.
        NotEqualTo = "not_equal_to",
        /// Has a value in it.
        Contains = "contains",
        /// Has no value in it.
        DoesNotContain = "does_not_contain",
        /// Is there.
        IsPresent = "is_present",
        /// Is not there.
        IsNotPresent = "is_not_present",
        /// Greater, or later.
        IsGreaterThan = "is_greater_than",
        /// Less, or earlier.
        IsLessThan = "is_less_than",
        /// More than so many days ago.
        DaysBefore = "days_before",
        /// Begins with a value.
        StartsWith = "starts_with",
    }
}

/// One condition as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What it looks at.
    pub key: String,
    /// How.
    pub operator: Operator,
    /// With what; numbers and flags in their spelling.
    pub values: Vec<String>,
    /// Whose free attribute it is, if it is one and somebody says: `conversation_attribute`, `contact_attribute`.
    pub custom: Option<String>,
}

/// Conditions that mean nothing, in the original's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCondition {
    /// Nothing to filter by.
    #[error("param is missing or the value is empty: payload")]
    NoPayload,
    /// A condition is no object, or there are too many.
    #[error("conditions are a list of at most {CONDITIONS_MAX} objects")]
    NotConditions,
    /// No such attribute.
    #[error(
        "Invalid attribute key - [{key}]. The key should be one of [{allowed}] or a custom attribute defined in the account."
    )]
    Key {
        /// What was sent.
        key: String,
        /// What could have been.
        allowed: String,
    },
    /// No such operator for this attribute.
    #[error("Invalid operator. The allowed operators for {key} are [{allowed}].")]
    Operator {
        /// The attribute.
        key: String,
        /// What could have been.
        allowed: String,
    },
    /// Conditions are not joined.
    #[error("Query operator must be either \"AND\" or \"OR\".")]
    Joint,
    /// Values that the attribute cannot have, none, or too many.
    #[error("Invalid value. The values provided for {0} are invalid")]
    Value(String),
}

/// Reads a payload into groups: all conditions of one of them must hold.
pub fn groups(model: Model, payload: Option<&Value>) -> Result<Vec<Vec<Condition>>, BadCondition> {
    let all = match payload {
        None | Some(Value::Null) => return Err(BadCondition::NoPayload),
        Some(Value::Array(all)) if all.is_empty() => return Ok(Vec::new()),
        Some(Value::Array(all)) if all.len() <= CONDITIONS_MAX => all,
        Some(_) => return Err(BadCondition::NotConditions),
    };
    let mut groups = vec![Vec::new()];
    for (place, value) in all.iter().enumerate() {
        let condition = condition(model, value)?;
        if let Some(group) = groups.last_mut() {
            group.push(condition);
        }
        let is_last = place + 1 == all.len();
        match joint(value)? {
            Some(Joint::Or) if !is_last => groups.push(Vec::new()),
            None if !is_last => return Err(BadCondition::Joint),
            _ => {}
        }
    }
    Ok(groups)
}

enum Joint {
    And,
    Or,
}

fn joint(value: &Value) -> Result<Option<Joint>, BadCondition> {
    match value.get("query_operator") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) => match word.trim().to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "and" => Ok(Some(Joint::And)),
            "or" => Ok(Some(Joint::Or)),
            _ => Err(BadCondition::Joint),
        },
        Some(_) => Err(BadCondition::Joint),
    }
}

fn condition(model: Model, value: &Value) -> Result<Condition, BadCondition> {
    if !value.is_object() {
        return Err(BadCondition::NotConditions);
    }
    let word = |name: &str| value.get(name).and_then(Value::as_str);
    let key = word("attribute_key").unwrap_or_default().to_owned();
    if key.is_empty() {
        return Err(model.no_such(&key));
    }
    let operator = word("filter_operator").and_then(Operator::find);
    let operator = operator.ok_or_else(|| {
        let known = model.standard(&key);
        refused(
            &key,
            known.map_or_else(|| Holds::Text.operators(), |it| it.operators()),
        )
    })?;
    let bad = || BadCondition::Value(key.clone());
    let values = match value.get("values") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(all)) if all.len() <= VALUES_MAX => {
            let all = all.iter().filter(|it| !it.is_null());
            all.map(|it| spelled(it).ok_or_else(bad))
                .collect::<Result<_, _>>()?
        }
        Some(one) => vec![spelled(one).ok_or_else(bad)?],
    };
    let needs_none = matches!(operator, Operator::IsPresent | Operator::IsNotPresent);
    if values.is_empty() && !needs_none {
        return Err(bad());
    }
    let custom = word("custom_attribute_type").filter(|it| !it.is_empty());
    Ok(Condition {
        operator,
        values,
        custom: custom.map(str::to_owned),
        key,
    })
}

/// A value in its spelling. The dashboard keeps `{"id":…,"name":…}` in saved filters, of which the id is meant.
fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(all) => all.get("id").and_then(spelled),
        Value::Null | Value::Array(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(payload: &Value) -> Result<Vec<Vec<String>>, BadCondition> {
        let groups = groups(Model::Conversations, Some(payload))?;
        let keys = |group: Vec<Condition>| group.into_iter().map(|it| it.key).collect();
        Ok(groups.into_iter().map(keys).collect())
    }

    fn one(key: &str, operator: &str, next: Value) -> Value {
        json!({ "attribute_key": key, "filter_operator": operator, "values": ["x"], "query_operator": next })
    }

    #[test]
    fn and_binds_more_closely_than_or() {
        let payload = json!([
            one("status", "equal_to", json!("AND")),
            one("labels", "equal_to", json!("or")),
            one("tier", "contains", json!(null)),
        ]);
        let expected = vec![
            vec!["status".to_owned(), "labels".to_owned()],
            vec!["tier".to_owned()],
        ];
        assert_eq!(keys(&payload), Ok(expected));
        assert_eq!(keys(&json!([])), Ok(Vec::new()));
    }

    #[test]
    fn what_means_nothing_is_refused_in_the_originals_words() {
        let said = |payload: Value| keys(&payload).unwrap_err().to_string();
        assert_eq!(
            said(json!([one("status", "resembles", json!(null))])),
            "Invalid operator. The allowed operators for status are [equal_to,not_equal_to]."
        );
        for bad in [json!("XOR"), json!(null), json!(1)] {
            let payload = json!([
                one("status", "equal_to", bad),
                one("status", "equal_to", json!(null)),
            ]);
            assert_eq!(
                said(payload),
                "Query operator must be either \"AND\" or \"OR\"."
            );
        }
        let without =
            json!([{ "attribute_key": "status", "filter_operator": "equal_to", "values": [] }]);
        assert_eq!(
            said(without),
            "Invalid value. The values provided for status are invalid"
        );
        for bad in [json!({}), json!("status"), json!([1])] {
            assert!(keys(&bad).is_err(), "{bad}");
        }
        let text = Model::Contacts.no_such("shoe").to_string();
        assert!(
            text.starts_with("Invalid attribute key - [shoe]. The key should be one of [name,"),
            "{text}"
        );
        assert_eq!(groups(Model::Contacts, None), Err(BadCondition::NoPayload));
    }

    #[test]
    fn values_come_in_any_spelling() {
        let payload = json!([{
            "attribute_key": "assignee_id", "filter_operator": "equal_to",
            "values": [1, "2", true, { "id": 4, "name": "Ann" }, null],
        }]);
        let groups = groups(Model::Conversations, Some(&payload)).unwrap();
        assert_eq!(groups[0][0].values, ["1", "2", "true", "4"]);
    }
}
