//! Filters from the wire: what a payload means in the account's own words (onechat.md, 4.3, "Filter grammar").

use app::{
    Scope,
    limits::DOCUMENTS,
    ports::{Condition, Conditions, Field, Given as Value, Test, View},
};
use domain::{Document, DocumentKind, LabelId, Priority, Timestamp};
use jiff::{SignedDuration, civil::Date, tz::TimeZone};
use wire::onechat::{
    condition::{self, BadCondition, Holds, Model, Operator, Standard},
    errors::Refusal,
    params::Params,
    time::day_start,
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
    let groups = condition::groups(model, params.value("payload")).map_err(refused)?;
    let reader = Reader::new(edge, scope, model, &groups)?;
    let mut conditions = Vec::new();
    for group in &groups {
        let read = |it| reader.condition(it).map_err(refused);
        let group: Vec<Condition> = group.iter().map(read).collect::<Result<_, Refusal>>()?;
        conditions.push(group);
    }
    Ok(conditions)
}

fn refused(bad: BadCondition) -> Refusal {
    Refusal::unprocessable(&bad.to_string())
}

/// The account's free attributes, as far as some conditions need them.
pub(super) struct Defined(Vec<serde_json::Value>);

impl Defined {
    /// Reads them if any condition names one.
    pub(super) fn load(
        edge: &Edge,
        scope: &Scope,
        model: Model,
        groups: &[Vec<condition::Condition>],
    ) -> Answer<Self> {
        let mut all = groups.iter().flatten();
        if !all.any(|it| model.standard(&it.key).is_none()) {
            return Ok(Self(Vec::new()));
        }
        let kind = DocumentKind::AttributeDefinition;
        let list = |view: &dyn View| view.list_documents(scope.account_id, kind, None, DOCUMENTS);
        let parse = |it: Document| serde_json::from_str(&it.body).unwrap_or_default();
        let all = edge.core.store.view(list)?;
        Ok(Self(all.into_iter().map(parse).collect()))
    }

    /// What the free attribute of a key holds.
    pub(super) fn holds(&self, model: Model, key: &str) -> Option<Holds> {
        let word = |it: &serde_json::Value, name: &str| match it.get(name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let mut all = self.0.iter();
        let found = all.find(|it| {
            word(it, "attribute_key") == key && model.has(&word(it, "attribute_model"))
        })?;
        Some(Holds::of_display_type(&word(
            found,
            "attribute_display_type",
        )))
    }
}

/// What is needed to understand a filter.
struct Reader<'a> {
    edge: &'a Edge,
    scope: &'a Scope,
    model: Model,
    /// The account's free attributes, if the filter names any.
    defined: Defined,
    now: Timestamp,
}

impl<'a> Reader<'a> {
    fn new(
        edge: &'a Edge,
        scope: &'a Scope,
        model: Model,
        groups: &[Vec<condition::Condition>],
    ) -> Answer<Self> {
        Ok(Self {
            edge,
            scope,
            model,
            defined: Defined::load(edge, scope, model, groups)?,
            now: edge.core.clock.now(),
        })
    }

    fn condition(&self, it: &condition::Condition) -> Result<Condition, BadCondition> {
        let free = self.defined.holds(self.model, &it.key);
        self.model.check(it, free)?;
        if let Some(standard) = self.model.standard(&it.key) {
            return self.standard(it, standard);
        }
        let holds = free.unwrap_or(Holds::Text);
        Ok(Condition {
            field: Field::Custom(it.key.clone()),
            test: self.test(it, |text| free_value(holds, text))?,
        })
    }

    fn standard(&self, it: &condition::Condition, of: Standard) -> Result<Condition, BadCondition> {
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
        found.map_or(LabelId::NOBODYS, |it| it.id)
    }

    fn test(
        &self,
        it: &condition::Condition,
        value: impl Fn(&str) -> Option<Value>,
    ) -> Result<Test, BadCondition> {
        let bad = || BadCondition::Value(it.key.clone());
        let all = || -> Result<Vec<Value>, BadCondition> {
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
    Timestamp::from_second(day_start(text)?).ok()
}
