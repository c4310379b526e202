//! The grammar of filters: `{"payload":[{attribute_key, filter_operator, values, query_operator}]}` (digest, 4.3).
//!
//! `query_operator` stands on the left condition and joins it to the next; AND binds more closely than OR. Which
//! attribute takes which operators is the original's own table (`onechat-filter-keys.yml`); whatever is not in it is
//! a free attribute of the account.

use serde_json::Value;

use crate::onechat::words::words;

/// Conditions of one filter.
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

/// What is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Conversations.
    Conversations,
    /// Contacts.
    Contacts,
}

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A text, or a word of a list.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// Titles of labels.
    Labels,
    /// A day, or a time.
    Date,
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
}

/// An attribute of the original's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard {
    /// What it holds.
    pub holds: Holds,
    /// Whether it stands in the additional attributes.
    pub additional: bool,
    operators: &'static [Operator],
}

/// A filter that means nothing, in the original's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFilter {
    /// Nothing to filter by.
    #[error("param is missing or the value is empty: payload")]
    NoPayload,
    /// A condition is no object, or there are too many.
    #[error("a filter is a list of at most {CONDITIONS_MAX} conditions")]
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

const EQUAL: &[Operator] = &[Operator::EqualTo, Operator::NotEqualTo];
const EQUAL_PRESENT: &[Operator] = &[
    Operator::EqualTo,
    Operator::NotEqualTo,
    Operator::IsPresent,
    Operator::IsNotPresent,
];
const TEXT: &[Operator] = &[
    Operator::EqualTo,
    Operator::NotEqualTo,
    Operator::Contains,
    Operator::DoesNotContain,
];
const PHONE: &[Operator] = &[
    Operator::EqualTo,
    Operator::NotEqualTo,
    Operator::Contains,
    Operator::DoesNotContain,
    Operator::StartsWith,
];
const DATE: &[Operator] = &[
    Operator::IsGreaterThan,
    Operator::IsLessThan,
    Operator::DaysBefore,
];
const CUSTOM_TEXT: &[Operator] = &[
    Operator::EqualTo,
    Operator::NotEqualTo,
    Operator::Contains,
    Operator::DoesNotContain,
    Operator::IsPresent,
    Operator::IsNotPresent,
    Operator::StartsWith,
];
const CUSTOM_NUMBER: &[Operator] = &[
    Operator::EqualTo,
    Operator::NotEqualTo,
    Operator::IsPresent,
    Operator::IsNotPresent,
    Operator::IsGreaterThan,
    Operator::IsLessThan,
];
const CUSTOM_DATE: &[Operator] = &[
    Operator::EqualTo,
    Operator::NotEqualTo,
    Operator::IsPresent,
    Operator::IsNotPresent,
    Operator::IsGreaterThan,
    Operator::IsLessThan,
    Operator::DaysBefore,
];

/// A row: key, what it holds, whether it is an additional attribute, operators.
type Row = (&'static str, Holds, bool, &'static [Operator]);

const CONVERSATIONS: &[Row] = &[
    ("status", Holds::Text, false, EQUAL),
    ("assignee_id", Holds::Number, false, EQUAL_PRESENT),
    ("inbox_id", Holds::Number, false, EQUAL_PRESENT),
    ("team_id", Holds::Number, false, EQUAL_PRESENT),
    ("contact_id", Holds::Number, false, EQUAL),
    ("priority", Holds::Text, false, EQUAL),
    ("display_id", Holds::Number, false, TEXT),
    ("campaign_id", Holds::Text, true, EQUAL_PRESENT),
    ("labels", Holds::Labels, false, EQUAL_PRESENT),
    ("browser_language", Holds::Text, true, EQUAL),
    ("conversation_language", Holds::Text, true, EQUAL),
    ("referer", Holds::Text, true, TEXT),
    ("created_at", Holds::Date, false, DATE),
    ("last_activity_at", Holds::Date, false, DATE),
    ("mail_subject", Holds::Text, true, TEXT),
];
const CONTACTS: &[Row] = &[
    ("name", Holds::Text, false, TEXT),
    ("phone_number", Holds::Text, false, PHONE),
    ("email", Holds::Text, false, TEXT),
    ("identifier", Holds::Text, false, EQUAL),
    ("country_code", Holds::Text, true, EQUAL),
    ("city", Holds::Text, true, TEXT),
    ("company_name", Holds::Text, true, TEXT),
    ("labels", Holds::Labels, false, EQUAL_PRESENT),
    ("created_at", Holds::Date, false, DATE),
    ("last_activity_at", Holds::Date, false, DATE),
    ("blocked", Holds::Flag, false, EQUAL),
];

impl Model {
    fn rows(self) -> &'static [Row] {
        match self {
            Self::Conversations => CONVERSATIONS,
            Self::Contacts => CONTACTS,
        }
    }

    /// What `attribute_model` calls the free attributes of these.
    pub fn attribute_model(self) -> &'static str {
        match self {
            Self::Conversations => "conversation_attribute",
            Self::Contacts => "contact_attribute",
        }
    }

    /// The standard attribute of this key.
    pub fn standard(self, key: &str) -> Option<Standard> {
        let row = self.rows().iter().find(|it| it.0 == key)?;
        Some(Standard {
            holds: row.1,
            additional: row.2,
            operators: row.3,
        })
    }

    /// The refusal of a key that is nothing.
    pub fn no_such(self, key: &str) -> BadFilter {
        let allowed: Vec<&str> = self.rows().iter().map(|it| it.0).collect();
        BadFilter::Key {
            key: key.to_owned(),
            allowed: allowed.join(","),
        }
    }
}

impl Standard {
    /// Refuses an operator that the attribute does not take.
    pub fn takes(&self, condition: &Condition) -> Result<(), BadFilter> {
        takes(condition, self.operators)
    }
}

impl Holds {
    /// What a free attribute of this display type holds: by its name or its number.
    pub fn of_display_type(text: &str) -> Self {
        match text {
            "number" | "currency" | "percent" | "1" | "2" | "3" => Self::Number,
            "date" | "5" => Self::Date,
            "checkbox" | "7" => Self::Flag,
            _ => Self::Text,
        }
    }

    /// Refuses an operator that a free attribute does not take.
    pub fn takes(self, condition: &Condition) -> Result<(), BadFilter> {
        let operators = match self {
            Self::Text | Self::Labels => CUSTOM_TEXT,
            Self::Number => CUSTOM_NUMBER,
            Self::Date => CUSTOM_DATE,
            Self::Flag => EQUAL_PRESENT,
        };
        takes(condition, operators)
    }
}

fn takes(condition: &Condition, operators: &[Operator]) -> Result<(), BadFilter> {
    if operators.contains(&condition.operator) {
        return Ok(());
    }
    Err(refused(&condition.key, operators))
}

fn refused(key: &str, operators: &[Operator]) -> BadFilter {
    let allowed: Vec<&str> = operators.iter().map(|it| it.as_str()).collect();
    BadFilter::Operator {
        key: key.to_owned(),
        allowed: allowed.join(","),
    }
}

/// Reads a payload into groups: all conditions of one of them must hold.
pub fn groups(model: Model, payload: Option<&Value>) -> Result<Vec<Vec<Condition>>, BadFilter> {
    let all = match payload {
        None | Some(Value::Null) => return Err(BadFilter::NoPayload),
        Some(Value::Array(all)) if all.is_empty() => return Ok(Vec::new()),
        Some(Value::Array(all)) if all.len() <= CONDITIONS_MAX => all,
        Some(_) => return Err(BadFilter::NotConditions),
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
            None if !is_last => return Err(BadFilter::Joint),
            _ => {}
        }
    }
    Ok(groups)
}

enum Joint {
    And,
    Or,
}

fn joint(value: &Value) -> Result<Option<Joint>, BadFilter> {
    match value.get("query_operator") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) => match word.trim().to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "and" => Ok(Some(Joint::And)),
            "or" => Ok(Some(Joint::Or)),
            _ => Err(BadFilter::Joint),
        },
        Some(_) => Err(BadFilter::Joint),
    }
}

fn condition(model: Model, value: &Value) -> Result<Condition, BadFilter> {
    if !value.is_object() {
        return Err(BadFilter::NotConditions);
    }
    let word = |name: &str| value.get(name).and_then(Value::as_str);
    let key = word("attribute_key").unwrap_or_default().to_owned();
    if key.is_empty() {
        return Err(model.no_such(&key));
    }
    let operator = word("filter_operator").and_then(Operator::find);
    let operator = operator.ok_or_else(|| {
        let known = model.standard(&key);
        refused(&key, known.map_or(CUSTOM_TEXT, |it| it.operators))
    })?;
    let bad = || BadFilter::Value(key.clone());
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
    Ok(Condition {
        key,
        operator,
        values,
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

    fn keys(payload: &Value) -> Result<Vec<Vec<String>>, BadFilter> {
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
        assert_eq!(groups(Model::Contacts, None), Err(BadFilter::NoPayload));
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

    #[test]
    fn free_attributes_take_what_their_type_takes() {
        let condition = Condition {
            key: "age".into(),
            operator: Operator::IsGreaterThan,
            values: vec!["3".into()],
        };
        assert_eq!(Holds::of_display_type("number").takes(&condition), Ok(()));
        assert!(Holds::of_display_type("text").takes(&condition).is_err());
        let created = Model::Contacts.standard("created_at").unwrap();
        assert_eq!(created.takes(&condition), Ok(()));
        assert_eq!(Model::Contacts.standard("age"), None);
    }
}
