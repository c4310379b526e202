//! Filters from the wire: what a payload means in the account's own words (onechat.md, 4.3, "Filter grammar").

use app::{
    Scope,
    limits::DOCUMENTS,
    ports::{Condition, Conditions, Field, Given as Value, Test, View},
};
use domain::{Document, DocumentKind, LabelId, Priority, Timestamp};
use jiff::{SignedDuration, civil::Date, tz::TimeZone};
use wire::onechat::{
    errors::Refusal,
    params::Params,
    request::filter::{self, BadFilter, Holds, Model, Operator, Standard},
    words,
};

use super::{conversations::status_of, errors::Answer};
use crate::Edge;

/// Days beyond which nothing happened.
const DAYS_MAX: i64 = 40_000;

/// The conditions of a request's `payload`. None at all list everything.
pub(super) fn conditions(
    edge: &Edge,
    scope: &Scope,
    model: Model,
    params: &Params,
) -> Answer<Conditions> {
    let groups = filter::groups(model, params.value("payload")).map_err(refused)?;
    let reader = Reader::new(edge, scope, model, &groups)?;
    let mut conditions = Vec::new();
    for group in &groups {
        let read = |it| reader.condition(it).map_err(refused);
        let group: Vec<Condition> = group.iter().map(read).collect::<Result<_, Refusal>>()?;
        conditions.push(group);
    }
    Ok(conditions)
}

fn refused(bad: BadFilter) -> Refusal {
    Refusal::unprocessable(&bad.to_string())
}

/// What is needed to understand a filter.
struct Reader<'a> {
    edge: &'a Edge,
    scope: &'a Scope,
    model: Model,
    /// The account's free attributes, if the filter names any.
    defined: Vec<serde_json::Value>,
    now: Timestamp,
}

impl<'a> Reader<'a> {
    fn new(
        edge: &'a Edge,
        scope: &'a Scope,
        model: Model,
        groups: &[Vec<filter::Condition>],
    ) -> Answer<Self> {
        let mut all = groups.iter().flatten();
        let defined = match all.any(|it| model.standard(&it.key).is_none()) {
            false => Vec::new(),
            true => {
                let kind = DocumentKind::AttributeDefinition;
                let list =
                    |view: &dyn View| view.list_documents(scope.account_id, kind, None, DOCUMENTS);
                let parse = |it: Document| serde_json::from_str(&it.body).unwrap_or_default();
                edge.core.store.view(list)?.into_iter().map(parse).collect()
            }
        };
        Ok(Self {
            edge,
            scope,
            model,
            defined,
            now: edge.core.clock.now(),
        })
    }

    fn condition(&self, it: &filter::Condition) -> Result<Condition, BadFilter> {
        match self.model.standard(&it.key) {
            Some(standard) => {
                standard.takes(it)?;
                self.standard(it, standard)
            }
            None => {
                let holds = self.holds(&it.key)?;
                holds.takes(it)?;
                let field = Field::Custom(it.key.clone());
                Ok(Condition {
                    field,
                    test: self.test(it, |text| free_value(holds, text))?,
                })
            }
        }
    }

    /// What a free attribute of the account holds.
    fn holds(&self, key: &str) -> Result<Holds, BadFilter> {
        let word = |it: &serde_json::Value, name: &str| match it.get(name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let number = match self.model {
            Model::Conversations => "0",
            Model::Contacts => "1",
        };
        let mut found = self.defined.iter().filter(|it| {
            let model = word(it, "attribute_model");
            word(it, "attribute_key") == key
                // Without a model it is of conversations, as in the original.
                && (model == self.model.attribute_model()
                    || model == number
                    || (model.is_empty() && self.model == Model::Conversations))
        });
        let found = found.next().ok_or_else(|| self.model.no_such(key))?;
        Ok(Holds::of_display_type(&word(
            found,
            "attribute_display_type",
        )))
    }

    fn standard(&self, it: &filter::Condition, of: Standard) -> Result<Condition, BadFilter> {
        let field = match (self.model, it.key.as_str()) {
            (_, key) if of.additional => Field::Additional(key.to_owned()),
            (_, "status") => Field::Status,
            (_, "assignee_id") => Field::Assignee,
            (_, "inbox_id") => Field::Inbox,
            (_, "team_id") => Field::Team,
            (_, "contact_id") => Field::Contact,
            (_, "priority") => Field::Priority,
            (_, "display_id") => Field::Number,
            (_, "labels") => Field::Label,
            (_, "created_at") => Field::CreatedAt,
            (_, "last_activity_at") => Field::ActiveAt,
            (Model::Contacts, "name") => Field::Name,
            (Model::Contacts, "email") => Field::Email,
            (Model::Contacts, "phone_number") => Field::Phone,
            (Model::Contacts, "identifier") => Field::Identifier,
            (Model::Contacts, "blocked") => Field::Blocked,
            (model, key) => return Err(model.no_such(key)),
        };
        // "all" among the statuses is no condition on them.
        if field == Field::Status && it.values.iter().any(|it| it == "all") {
            let test = Test::Present;
            return Ok(Condition { field, test });
        }
        let test = self.test(it, |text| self.value(&field, of.holds, text))?;
        Ok(Condition { field, test })
    }

    fn value(&self, field: &Field, holds: Holds, text: &str) -> Option<Value> {
        let text = text.trim();
        Some(match (field, holds) {
            (Field::Status, _) => Value::Status(status_of(words::ConversationStatus::find(text)?)),
            (Field::Priority, _) => Value::Priority(priority_of(words::Priority::find(text)?)),
            (Field::Email, _) => Value::Text(text.to_lowercase()),
            // Connectors leave the plus away.
            (Field::Phone, _) if !text.starts_with('+') => Value::Text(format!("+{text}")),
            (_, Holds::Labels) => Value::Number(self.label(text).0),
            (_, Holds::Number) => Value::Number(text.parse().ok()?),
            (_, Holds::Flag) => Value::Number(i64::from(flag(text)?)),
            (_, Holds::Date) => Value::Time(time(text)?),
            (_, Holds::Text) => Value::Text(text.to_owned()),
        })
    }

    /// A title that no label has is a label that nothing carries.
    fn label(&self, title: &str) -> LabelId {
        let tables = self.edge.core.directory.tables();
        let mine = tables.labels_of(self.scope.account_id);
        let found = mine.iter().find(|it| it.is_titled(title));
        found.map_or(LabelId(0), |it| it.id)
    }

    fn test(
        &self,
        it: &filter::Condition,
        value: impl Fn(&str) -> Option<Value>,
    ) -> Result<Test, BadFilter> {
        let bad = || BadFilter::Value(it.key.clone());
        let all = || -> Result<Vec<Value>, BadFilter> {
            let values = it.values.iter();
            values.map(|text| value(text).ok_or_else(bad)).collect()
        };
        let first = it.values.first().map(String::as_str).unwrap_or_default();
        Ok(match it.operator {
            Operator::EqualTo => Test::Is(all()?),
            Operator::NotEqualTo => Test::IsNot(all()?),
            Operator::Contains => Test::Contains(it.values.clone()),
            Operator::DoesNotContain => Test::Lacks(it.values.clone()),
            Operator::StartsWith => Test::Starts(it.values.clone()),
            Operator::IsPresent => Test::Present,
            Operator::IsNotPresent => Test::Absent,
            Operator::IsGreaterThan => Test::Above(value(first).ok_or_else(bad)?),
            Operator::IsLessThan => Test::Below(value(first).ok_or_else(bad)?),
            Operator::DaysBefore => {
                let days: i64 = first.trim().parse().map_err(|_| bad())?;
                let day = self.days_ago(days).ok_or_else(bad)?;
                Test::Below(value(&day.to_string()).ok_or_else(bad)?)
            }
        })
    }

    /// So many days before today, in UTC.
    fn days_ago(&self, days: i64) -> Option<Date> {
        let days = (0..=DAYS_MAX).contains(&days).then_some(days)?;
        let then = self.now.checked_sub(SignedDuration::from_hours(24 * days));
        Some(then.ok()?.to_zoned(TimeZone::UTC).date())
    }
}

/// A value of a free attribute.
fn free_value(holds: Holds, text: &str) -> Option<Value> {
    let text = text.trim();
    match holds {
        Holds::Number => {
            let number: f64 = text.parse().ok()?;
            #[expect(clippy::cast_possible_truncation, reason = "bounded just here")]
            let millionths = (number.abs() < 9e12).then(|| (number * 1e6).round() as i64);
            millionths.map(Value::Millionths)
        }
        Holds::Flag => flag(text).map(|it| Value::Text(it.to_string())),
        // Days are kept as texts that sort by time.
        Holds::Date => time(text).map(|_| Value::Text(text.to_owned())),
        Holds::Text | Holds::Labels => Some(Value::Text(text.to_owned())),
    }
}

fn priority_of(word: words::Priority) -> Priority {
    match word {
        words::Priority::Low => Priority::Low,
        words::Priority::Medium => Priority::Medium,
        words::Priority::High => Priority::High,
        words::Priority::Urgent => Priority::Urgent,
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A day, which begins at midnight in UTC, or a time.
fn time(text: &str) -> Option<Timestamp> {
    let day: Option<Date> = text.parse().ok();
    match day {
        Some(day) if text.len() <= "2026-11-20".len() => {
            Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
        }
        _ => text.parse().ok(),
    }
}
