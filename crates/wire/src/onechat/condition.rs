//! Conditions: what a saved filter, a search or an automation rule asks of a thing (onechat.md, 4.3: filter grammar).
//!
//! A list of conditions is read here, checked against the attributes that may be asked for, and decided for a thing
//! whose values somebody gives. Finding the things that fit among many is somebody else's work.

use serde_json::Value;

/// Conditions of one list.
pub const CONDITIONS: usize = 50;
/// Values of one condition.
pub const VALUES: usize = 200;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// It is one of the values.
    EqualTo,
    /// It is none of them.
    NotEqualTo,
    /// It contains one of them, in any case.
    Contains,
    /// It contains none of them.
    DoesNotContain,
    /// It is there.
    IsPresent,
    /// It is not.
    IsNotPresent,
    /// It is more, or later.
    IsGreaterThan,
    /// It is less, or earlier.
    IsLessThan,
    /// It is a time more than so many days ago.
    DaysBefore,
    /// It begins with one of the values, in any case.
    StartsWith,
}

use Operator::{
    Contains, DaysBefore, DoesNotContain, EqualTo, IsGreaterThan, IsLessThan, IsNotPresent,
    IsPresent, NotEqualTo, StartsWith,
};

/// The document's words.
const WORDS: [(&str, Operator); 10] = [
    ("equal_to", EqualTo),
    ("not_equal_to", NotEqualTo),
    ("contains", Contains),
    ("does_not_contain", DoesNotContain),
    ("is_present", IsPresent),
    ("is_not_present", IsNotPresent),
    ("is_greater_than", IsGreaterThan),
    ("is_less_than", IsLessThan),
    ("days_before", DaysBefore),
    ("starts_with", StartsWith),
];

impl Operator {
    /// The operator of a word.
    pub fn find(word: &str) -> Option<Self> {
        let found = WORDS.iter().find(|(known, _)| *known == word);
        found.map(|(_, operator)| *operator)
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        let found = WORDS.iter().find(|(_, known)| *known == self);
        found.map_or("", |(word, _)| word)
    }

    /// Whether it compares with values.
    pub fn takes_values(self) -> bool {
        !matches!(self, IsPresent | IsNotPresent)
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What is asked about.
    pub key: String,
    /// How.
    pub operator: Operator,
    /// With what.
    pub values: Vec<String>,
    /// The next condition is another way (`OR`), not a further demand (`AND`).
    pub or_next: bool,
    /// Whose free attribute it is, if it is one and somebody says: `conversation_attribute`, `contact_attribute`.
    pub custom: Option<String>,
}

/// What is wrong with a list of conditions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCondition {
    /// It is no list of objects, or too long.
    #[error("conditions are a list of at most {CONDITIONS} objects")]
    Shape,
    /// Nobody has such an attribute.
    #[error("there is no attribute {0}")]
    Attribute(String),
    /// The operator does not exist, or not for this attribute.
    #[error("{operator} is no operator of {key}")]
    Operator {
        /// Of what.
        key: String,
        /// Which.
        operator: String,
    },
    /// It needs something to compare with.
    #[error("{0} needs values: at most {VALUES}")]
    Values(String),
    /// Conditions are joined by `and` or `or`.
    #[error("conditions are joined by AND or OR, not by {0}")]
    Join(String),
}

const SAME: &[Operator] = &[EqualTo, NotEqualTo];
const MAYBE: &[Operator] = &[EqualTo, NotEqualTo, IsPresent, IsNotPresent];
const TEXT: &[Operator] = &[EqualTo, NotEqualTo, Contains, DoesNotContain];
const PHONE: &[Operator] = &[EqualTo, NotEqualTo, Contains, DoesNotContain, StartsWith];
const TIME: &[Operator] = &[IsGreaterThan, IsLessThan, DaysBefore];
/// A free attribute may be anything.
const FREE: &[Operator] = &[
    EqualTo,
    NotEqualTo,
    Contains,
    DoesNotContain,
    IsPresent,
    IsNotPresent,
    IsGreaterThan,
    IsLessThan,
    DaysBefore,
    StartsWith,
];

/// What may be asked about a conversation, and how.
pub const OF_CONVERSATION: &[(&str, &[Operator])] = &[
    ("status", SAME),
    ("assignee_id", MAYBE),
    ("inbox_id", MAYBE),
    ("team_id", MAYBE),
    ("contact_id", SAME),
    ("priority", SAME),
    ("display_id", TEXT),
    ("campaign_id", MAYBE),
    ("labels", MAYBE),
    ("browser_language", SAME),
    ("conversation_language", SAME),
    ("referer", TEXT),
    ("created_at", TIME),
    ("last_activity_at", TIME),
    ("mail_subject", TEXT),
];

/// What may be asked about a contact, and how.
pub const OF_CONTACT: &[(&str, &[Operator])] = &[
    ("name", TEXT),
    ("phone_number", PHONE),
    ("email", TEXT),
    ("identifier", SAME),
    ("country_code", SAME),
    ("city", TEXT),
    ("company_name", TEXT),
    ("company", TEXT),
    ("blocked", SAME),
];

/// What may be asked about a message, and how.
pub const OF_MESSAGE: &[(&str, &[Operator])] = &[
    ("message_type", SAME),
    ("private_note", SAME),
    ("content", TEXT),
];

/// Reads a list of conditions about what these tables name, and free attributes where `is_free` knows the key.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn read(
    list: &Value,
    tables: &[&[(&str, &[Operator])]],
    is_free: impl Fn(&str) -> bool,
) -> Result<Vec<Condition>, BadCondition> {
    let list = list.as_array().filter(|it| it.len() <= CONDITIONS);
    let list = list.ok_or(BadCondition::Shape)?;
    let last = list.len().saturating_sub(1);
    list.iter()
        .enumerate()
        .map(|(at, one)| read_one(one, tables, &is_free, at == last))
        .collect()
}

fn read_one(
    one: &Value,
    tables: &[&[(&str, &[Operator])]],
    is_free: &impl Fn(&str) -> bool,
    is_last: bool,
) -> Result<Condition, BadCondition> {
    let word = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
    let key = word("attribute_key");
    if !one.is_object() || key.is_empty() {
        return Err(BadCondition::Shape);
    }
    let mut rows = tables.iter().flat_map(|it| it.iter());
    let custom = word("custom_attribute_type");
    let operators = match rows.find(|(known, _)| *known == key) {
        Some((_, operators)) => *operators,
        None if !custom.is_empty() || is_free(key) => FREE,
        None => return Err(BadCondition::Attribute(key.to_owned())),
    };
    let operator = word("filter_operator");
    let found = Operator::find(operator).filter(|it| operators.contains(it));
    let found = found.ok_or_else(|| BadCondition::Operator {
        key: key.to_owned(),
        operator: operator.to_owned(),
    })?;
    let values = texts(one.get("values"));
    if values.len() > VALUES || values.is_empty() && found.takes_values() {
        return Err(BadCondition::Values(key.to_owned()));
    }
    let join = word("query_operator").to_lowercase();
    let or_next = match join.as_str() {
        "or" => true,
        "and" => false,
        "" if is_last => false,
        other => return Err(BadCondition::Join(other.to_owned())),
    };
    Ok(Condition {
        key: key.to_owned(),
        operator: found,
        values,
        or_next,
        custom: Some(custom.to_owned()).filter(|it| !it.is_empty()),
    })
}

/// A list of texts, whatever it is written as; the dashboard also sends a chosen thing as `{"id":…}`.
fn texts(values: Option<&Value>) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(chosen) => chosen.get("id").map(|id| match id {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }),
        Value::Null | Value::Array(_) => None,
    };
    match values {
        Some(Value::Array(all)) => all.iter().filter_map(text).collect(),
        Some(one) => text(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// What a thing has under a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Actual {
    /// Texts; none if there is nothing. A number is its spelling.
    Texts(Vec<String>),
    /// A time in seconds since 1970.
    Time(i64),
}

impl Actual {
    /// What may be there or not.
    pub fn maybe(text: Option<impl ToString>) -> Self {
        Self::Texts(text.into_iter().map(|it| it.to_string()).collect())
    }
}

/// Whether all conditions hold that must: `AND` binds stronger than `OR`. Without any they do.
pub fn hold(conditions: &[Condition], now: i64, actual: impl Fn(&Condition) -> Actual) -> bool {
    let mut ways = conditions.split_inclusive(|it| it.or_next);
    conditions.is_empty() || ways.any(|way| way.iter().all(|it| holds(it, now, &actual(it))))
}

fn holds(condition: &Condition, now: i64, actual: &Actual) -> bool {
    match actual {
        Actual::Texts(texts) => texts_hold(condition, texts),
        Actual::Time(time) => {
            let wanted = condition.values.first().map(String::as_str);
            wanted.is_some_and(|it| time_holds(condition.operator, *time, it, now))
        }
    }
}

fn texts_hold(condition: &Condition, texts: &[String]) -> bool {
    let any = |fits: fn(&str, &str) -> bool| {
        let lower: Vec<String> = texts.iter().map(|it| it.to_lowercase()).collect();
        let mut wanted = condition.values.iter().map(|it| it.to_lowercase());
        wanted.any(|wanted| lower.iter().any(|it| fits(it, &wanted)))
    };
    let order = |fits: fn(f64, f64) -> bool| {
        let number = |text: Option<&String>| text.and_then(|it| it.trim().parse::<f64>().ok());
        let both = number(texts.first()).zip(number(condition.values.first()));
        both.is_some_and(|(a, b)| fits(a, b))
    };
    match condition.operator {
        EqualTo => any(|it, wanted| it == wanted),
        NotEqualTo => !any(|it, wanted| it == wanted),
        Contains => any(|it, wanted| it.contains(wanted)),
        DoesNotContain => !any(|it, wanted| it.contains(wanted)),
        StartsWith => any(|it, wanted| it.starts_with(wanted)),
        IsPresent => texts.iter().any(|it| !it.is_empty()),
        IsNotPresent => texts.iter().all(String::is_empty),
        IsGreaterThan => order(|a, b| a > b),
        IsLessThan => order(|a, b| a < b),
        DaysBefore => false,
    }
}

const DAY: i64 = 24 * 3600;

fn time_holds(operator: Operator, time: i64, wanted: &str, now: i64) -> bool {
    let day = || super::time::day_start(wanted);
    match operator {
        IsGreaterThan => day().is_some_and(|it| time > it),
        IsLessThan => day().is_some_and(|it| time < it),
        DaysBefore => {
            let days: Option<i64> = wanted.trim().parse().ok();
            days.is_some_and(|days| time < now.saturating_sub(days.saturating_mul(DAY)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(key: &str, operator: &str, values: Value) -> Value {
        json!({ "attribute_key": key, "filter_operator": operator, "values": values })
    }

    fn conditions(list: Value) -> Result<Vec<Condition>, BadCondition> {
        read(&list, &[OF_CONVERSATION, OF_CONTACT, OF_MESSAGE], |key| {
            key == "plan"
        })
    }

    fn decide(list: Value, has: &[(&str, &str)]) -> bool {
        let read = conditions(list).unwrap();
        hold(&read, 1_000_000, |it| {
            let found = has.iter().find(|(key, _)| *key == it.key);
            Actual::maybe(found.map(|(_, text)| text))
        })
    }

    #[test]
    fn every_operator_decides() {
        let has = [
            ("content", "Good Morning"),
            ("phone_number", "+447700900123"),
            ("plan", "7"),
        ];
        let table = [
            (one("content", "equal_to", json!(["good morning"])), true),
            (one("content", "equal_to", json!(["good"])), false),
            (one("content", "not_equal_to", json!(["good"])), true),
            (one("content", "contains", json!(["night", "MORN"])), true),
            (one("content", "does_not_contain", json!(["morn"])), false),
            (one("phone_number", "starts_with", json!(["+44"])), true),
            (one("plan", "is_present", json!([])), true),
            (one("plan", "is_greater_than", json!(["6.5"])), true),
            (one("plan", "is_less_than", json!([6])), false),
            (one("assignee_id", "is_not_present", json!([])), true),
            (one("assignee_id", "equal_to", json!([1])), false),
            (
                one("assignee_id", "not_equal_to", json!([{ "id": 1 }])),
                true,
            ),
        ];
        for (condition, expected) in table {
            assert_eq!(decide(json!([condition]), &has), expected, "{condition}");
        }
    }

    #[test]
    fn and_binds_stronger_than_or() {
        let has = [("status", "open"), ("content", "help")];
        let yes = || one("status", "equal_to", json!(["open"]));
        let no = || one("content", "equal_to", json!(["x"]));
        let joined = |mut it: Value, join: &str| {
            it["query_operator"] = json!(join);
            it
        };
        assert!(decide(
            json!([joined(yes(), "or"), joined(no(), "and"), no()]),
            &has
        ));
        assert!(decide(
            json!([joined(no(), "AND"), joined(no(), "OR"), yes()]),
            &has
        ));
        assert!(!decide(
            json!([joined(no(), "or"), joined(yes(), "and"), no()]),
            &has
        ));
        assert!(!decide(json!([joined(yes(), "and"), no()]), &has));
        assert!(decide(json!([]), &has));
    }

    #[test]
    fn times_are_compared_by_day_and_by_age() {
        let at =
            |list: Value, time| hold(&conditions(list).unwrap(), 10 * DAY, |_| Actual::Time(time));
        let after = || json!([one("created_at", "is_greater_than", json!(["1970-01-03"]))]);
        assert!(at(after(), 2 * DAY + 1) && !at(after(), DAY));
        let old = || json!([one("created_at", "days_before", json!(["3"]))]);
        assert!(at(old(), 6 * DAY) && !at(old(), 8 * DAY));
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        use BadCondition::{Attribute, Join, Shape, Values};
        assert_eq!(conditions(json!({})), Err(Shape));
        assert_eq!(conditions(json!(["x"])), Err(Shape));
        assert_eq!(
            conditions(json!(vec![one("status", "equal_to", json!(["open"])); 51])),
            Err(Shape)
        );
        let odd = one("shoe_size", "equal_to", json!([1]));
        assert_eq!(conditions(json!([odd])), Err(Attribute("shoe_size".into())));
        let odd = one("status", "contains", json!(["o"]));
        assert!(matches!(
            conditions(json!([odd])),
            Err(BadCondition::Operator { .. })
        ));
        let odd = one("status", "equal_to", json!([]));
        assert_eq!(conditions(json!([odd])), Err(Values("status".into())));
        let both = json!([
            one("status", "equal_to", json!(["open"])),
            one("plan", "is_present", json!([]))
        ]);
        assert_eq!(conditions(both), Err(Join(String::new())));
    }
}
