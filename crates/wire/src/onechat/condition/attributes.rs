//! What may be asked about what, and with which operators: the original's own table (`onechat-filter-keys.yml`).

use super::{BadCondition, Condition, Operator};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Conversations.
    Conversations,
    /// Contacts.
    Contacts,
    /// What an automation rule is told of: a conversation, its contact and a message.
    Events,
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

/// An attribute of the original's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard {
    /// What it holds.
    pub holds: Holds,
    /// Whether it stands in the additional attributes.
    pub additional: bool,
    operators: &'static [Operator],
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
/// What rules ask besides.
const EVENTS: &[Row] = &[
    ("company", Holds::Text, true, TEXT),
    ("message_type", Holds::Text, false, EQUAL),
    ("private_note", Holds::Flag, false, EQUAL),
    ("content", Holds::Text, false, TEXT),
];

impl Model {
    fn rows(self) -> impl Iterator<Item = &'static Row> {
        let tables: &[&[Row]] = match self {
            Self::Conversations => &[CONVERSATIONS],
            Self::Contacts => &[CONTACTS],
            Self::Events => &[CONVERSATIONS, CONTACTS, EVENTS],
        };
        tables.iter().copied().flatten()
    }

    /// Whether a free attribute of this `attribute_model`, by its name or its number, is one of these. Without any it is
    /// of conversations, as in the original.
    pub fn has(self, attribute_model: &str) -> bool {
        match attribute_model {
            "conversation_attribute" | "0" | "" => self != Self::Contacts,
            "contact_attribute" | "1" => self != Self::Conversations,
            _ => false,
        }
    }

    /// The standard attribute of this key.
    pub fn standard(self, key: &str) -> Option<Standard> {
        let row = self.rows().find(|it| it.0 == key)?;
        Some(Standard {
            holds: row.1,
            additional: row.2,
            operators: row.3,
        })
    }

    /// The refusal of a key that is nothing.
    pub fn no_such(self, key: &str) -> BadCondition {
        let allowed: Vec<&str> = self.rows().map(|it| it.0).collect();
        BadCondition::Key {
            key: key.to_owned(),
            allowed: allowed.join(","),
        }
    }

    /// Refuses a condition on what nobody has, or with an operator that does not fit. `free` is what the free attribute of
    /// its key holds, if the account has one.
    ///
    /// # Errors
    ///
    /// The original's words.
    pub fn check(self, it: &Condition, free: Option<Holds>) -> Result<(), BadCondition> {
        let operators = match (self.standard(&it.key), free) {
            (Some(standard), _) => standard.operators,
            (None, Some(holds)) => holds.operators(),
            (None, None) => return Err(self.no_such(&it.key)),
        };
        if operators.contains(&it.operator) {
            return Ok(());
        }
        Err(refused(&it.key, operators))
    }
}

impl Standard {
    /// The operators that it takes.
    pub fn operators(&self) -> &'static [Operator] {
        self.operators
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

    /// The operators that a free attribute takes.
    pub fn operators(self) -> &'static [Operator] {
        match self {
            Self::Text | Self::Labels => CUSTOM_TEXT,
            Self::Number => CUSTOM_NUMBER,
            Self::Date => CUSTOM_DATE,
            Self::Flag => EQUAL_PRESENT,
        }
    }
}

pub(super) fn refused(key: &str, operators: &[Operator]) -> BadCondition {
    let allowed: Vec<&str> = operators.iter().map(|it| it.as_str()).collect();
    BadCondition::Operator {
        key: key.to_owned(),
        allowed: allowed.join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_attributes_take_what_their_type_takes() {
        let condition = Condition {
            key: "age".into(),
            operator: Operator::IsGreaterThan,
            values: vec!["3".into()],
            custom: None,
        };
        let check = |model: Model, holds| model.check(&condition, holds);
        let number = Holds::of_display_type("number");
        assert_eq!(check(Model::Contacts, Some(number)), Ok(()));
        let text = Holds::of_display_type("text");
        assert!(check(Model::Contacts, Some(text)).is_err());
        assert_eq!(
            check(Model::Contacts, None),
            Err(Model::Contacts.no_such("age"))
        );
        let created = Condition {
            key: "created_at".into(),
            ..condition.clone()
        };
        assert_eq!(Model::Contacts.check(&created, None), Ok(()));
    }

    #[test]
    fn rules_ask_about_conversations_contacts_and_messages() {
        for key in ["status", "email", "content"] {
            assert!(Model::Events.standard(key).is_some(), "{key}");
        }
        assert_eq!(Model::Conversations.standard("email"), None);
        assert!(Model::Events.has("0") && Model::Events.has("contact_attribute"));
        assert!(Model::Conversations.has("") && !Model::Contacts.has(""));
    }
}
