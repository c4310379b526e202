//! Whether conditions hold of one thing, whose values somebody gives.

use super::{Condition, Operator};
use crate::onechat::time::day_start;

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

/// Whether all conditions of one group hold at a time, in seconds since 1970. Without any group they do.
pub fn hold(groups: &[Vec<Condition>], now: i64, actual: impl Fn(&Condition) -> Actual) -> bool {
    let mut groups_hold = groups
        .iter()
        .map(|group| group.iter().all(|it| holds(it, now, &actual(it))));
    groups.is_empty() || groups_hold.any(|it| it)
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
        Operator::EqualTo => any(|it, wanted| it == wanted),
        Operator::NotEqualTo => !any(|it, wanted| it == wanted),
        Operator::Contains => any(|it, wanted| it.contains(wanted)),
        Operator::DoesNotContain => !any(|it, wanted| it.contains(wanted)),
        Operator::StartsWith => any(|it, wanted| it.starts_with(wanted)),
        Operator::IsPresent => texts.iter().any(|it| !it.is_empty()),
        Operator::IsNotPresent => texts.iter().all(String::is_empty),
        Operator::IsGreaterThan => order(|a, b| a > b),
        Operator::IsLessThan => order(|a, b| a < b),
        Operator::DaysBefore => false,
    }
}

const DAY: i64 = 24 * 3600;

fn time_holds(operator: Operator, time: i64, wanted: &str, now: i64) -> bool {
    let day = || day_start(wanted);
    match operator {
        Operator::IsGreaterThan => day().is_some_and(|it| time > it),
        Operator::IsLessThan => day().is_some_and(|it| time < it),
        Operator::DaysBefore => {
            let days: Option<i64> = wanted.trim().parse().ok();
            let today = now.div_euclid(DAY).saturating_mul(DAY);
            days.is_some_and(|days| time < today.saturating_sub(days.saturating_mul(DAY)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        super::{Model, groups},
        *,
    };

    fn one(key: &str, operator: &str, values: Value) -> Value {
        json!({ "attribute_key": key, "filter_operator": operator, "values": values })
    }

    fn conditions(list: &Value) -> Vec<Vec<Condition>> {
        groups(Model::Events, Some(list)).unwrap()
    }

    fn decide(list: Value, has: &[(&str, &str)]) -> bool {
        hold(&conditions(&list), 1_000_000, |it| {
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
        let at = |list: Value, time| hold(&conditions(&list), 10 * DAY, |_| Actual::Time(time));
        let after = || json!([one("created_at", "is_greater_than", json!(["1970-01-03"]))]);
        assert!(at(after(), 2 * DAY + 1) && !at(after(), DAY));
        let old = || json!([one("created_at", "days_before", json!(["3"]))]);
        assert!(at(old(), 6 * DAY) && !at(old(), 8 * DAY));
    }
}
