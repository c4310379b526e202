//! Conditions in SQL, for conversations (`f`) and contacts (`t`) alike. `?1` is the account.
//!
//! What stands in a row of its own is compared there. Labels and free attributes are sets of owners, found by their
//! own index, and there are three ways to ask for one:
//!
//! - rare ones are **followed**: the set leads to its owners;
//! - for a page that ends early, each candidate is **probed**;
//! - for a count, the set is made once and each candidate **sought** in it.

use app::{
    Error, Result,
    ports::{Condition, Field, Given, Test},
};
use domain::Kind;

use super::{
    attributes::{ADDITIONAL, CUSTOM, Noun},
    codes,
    draft::{Bound, Draft},
    notifications,
};
use crate::engine::Engine;

/// Members up to which a set is rare.
const RARE: i64 = 5_000;

/// How a set is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sets {
    /// Each candidate is looked up.
    Probed,
    /// Each candidate is sought in what was found once.
    Sought,
}

/// The condition whose set leads to what is listed, by its place in the only group.
pub(super) type Lead = Option<usize>;

/// What a set's members are found by, and whether those outside it are meant.
struct Set {
    table: &'static str,
    owner: &'static str,
    matches: String,
    outside: bool,
}

/// The condition to follow: the first of the only group whose set is rare.
pub(super) fn lead(
    engine: &impl Engine,
    account: i64,
    noun: Noun,
    groups: &[Vec<Condition>],
) -> Result<Lead> {
    let [group] = groups else {
        return Ok(None);
    };
    for (place, condition) in group.iter().enumerate() {
        // Nobody has that many.
        if condition.field == Field::Contact && matches!(condition.test, Test::Is(_)) {
            return Ok(Some(place));
        }
        let mut draft = Draft::of([Bound::Int(account)]);
        let Some(set) = set_of(&mut draft, noun, condition)?.filter(|it| !it.outside) else {
            continue;
        };
        let most = draft.bind(RARE + 1);
        let sql = format!(
            "SELECT count(*) FROM (SELECT {} FROM {} WHERE {} AND CAST(?1 AS BIGINT) > 0 LIMIT {most}) s",
            set.owner, set.table, set.matches
        );
        let members = draft.first(engine, &sql, |row| row.int())?;
        if members.unwrap_or(0) <= RARE {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// The groups as one text in parentheses; empty for none.
pub(super) fn groups(
    draft: &mut Draft,
    noun: Noun,
    groups: &[Vec<Condition>],
    sets: Sets,
    lead: Lead,
) -> Result<String> {
    let mut any = Vec::new();
    for group in groups.iter().filter(|it| !it.is_empty()) {
        let mut all = Vec::new();
        for (place, condition) in group.iter().enumerate() {
            let leads = lead == Some(place);
            all.push(one(draft, noun, condition, sets, leads)?);
        }
        any.push(all.join(" AND "));
    }
    match any.is_empty() {
        true => Ok(String::new()),
        false => Ok(format!("({})", any.join(" OR "))),
    }
}

/// Whether all of them look only at what conversations are counted by.
pub(super) fn are_counted(groups: &[Vec<Condition>]) -> bool {
    let mut all = groups.iter().flatten();
    all.all(|it| {
        matches!(
            it.field,
            Field::Status | Field::Assignee | Field::Inbox | Field::Team | Field::Priority
        )
    })
}

fn one(
    draft: &mut Draft,
    noun: Noun,
    condition: &Condition,
    sets: Sets,
    leads: bool,
) -> Result<String> {
    let id = noun.id();
    if let Some(set) = set_of(draft, noun, condition)? {
        let Set {
            table,
            owner,
            matches,
            outside,
        } = set;
        let not = if outside { "NOT " } else { "" };
        return Ok(match sets {
            _ if leads => format!("{id} IN (SELECT {owner} FROM {table} WHERE {matches})"),
            Sets::Probed => {
                format!("{not}EXISTS (SELECT 1 FROM {table} WHERE {owner} = {id} AND {matches})")
            }
            // The sign keeps an engine from following the set after all.
            Sets::Sought => format!("+{id} {not}IN (SELECT {owner} FROM {table} WHERE {matches})"),
        });
    }
    let Some((column, kind)) = column(noun, &condition.field) else {
        let text = format!("{:?} is no field of these", condition.field);
        return Err(Error::refused(Kind::Invalid, text));
    };
    Ok(compared(draft, column, kind, &condition.test))
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Number,
    Text,
    /// People's words, which are told apart without regard to case.
    Words,
}

fn column(noun: Noun, field: &Field) -> Option<(&'static str, Holds)> {
    Some(match (noun, field) {
        (Noun::Conversation, Field::Status) => ("f.status", Holds::Number),
        // Signs keep engines to the one index that has everything.
        (Noun::Conversation, Field::Assignee) => ("+f.assignee_id", Holds::Number),
        (Noun::Conversation, Field::Inbox) => ("+f.inbox_id", Holds::Number),
        (Noun::Conversation, Field::Team) => ("f.team_id", Holds::Number),
        (Noun::Conversation, Field::Contact) => ("f.contact_id", Holds::Number),
        (Noun::Conversation, Field::Priority) => ("f.priority", Holds::Number),
        (Noun::Conversation, Field::Number) => ("f.number", Holds::Number),
        (Noun::Conversation, Field::CreatedAt) => ("f.created_at", Holds::Number),
        (Noun::Conversation, Field::ActiveAt) => ("f.last_activity_at", Holds::Number),
        (Noun::Contact, Field::Name) => ("t.name", Holds::Words),
        (Noun::Contact, Field::Email) => ("t.email", Holds::Text),
        (Noun::Contact, Field::Phone) => ("t.phone", Holds::Text),
        (Noun::Contact, Field::Identifier) => ("t.identifier", Holds::Text),
        (Noun::Contact, Field::Blocked) => ("t.blocked", Holds::Number),
        (Noun::Contact, Field::CreatedAt) => ("t.created_at", Holds::Number),
        (Noun::Contact, Field::ActiveAt) => (LAST_ACTIVE, Holds::Number),
        _ => return None,
    })
}

/// When the last message with a contact was written.
pub(super) const LAST_ACTIVE: &str =
    "(SELECT max(x.last_activity_at) FROM conversations x WHERE x.contact_id = t.id)";

fn compared(draft: &mut Draft, column: &str, holds: Holds, test: &Test) -> String {
    let words = holds == Holds::Words;
    let equal = |draft: &mut Draft, values: &[Given]| {
        let places: Vec<String> = values
            .iter()
            .map(|it| {
                let place = draft.bind(bound(it));
                match words {
                    true => format!("lower(CAST({place} AS TEXT))"),
                    false => place,
                }
            })
            .collect();
        let list = places.join(", ");
        match words {
            true => format!("lower({column}) IN ({list})"),
            false => format!("{column} IN ({list})"),
        }
    };
    let text = match holds {
        Holds::Number => format!("CAST({column} AS TEXT)"),
        Holds::Text | Holds::Words => format!("lower({column})"),
    };
    match test {
        Test::Is(values) => equal(draft, values),
        Test::IsNot(values) => {
            let equal = equal(draft, values);
            format!("({column} IS NULL OR NOT {equal})")
        }
        Test::Contains(texts) => like(draft, &text, texts, "%"),
        Test::Starts(texts) => like(draft, &text, texts, ""),
        Test::Lacks(texts) => {
            let like = like(draft, &text, texts, "%");
            format!("({column} IS NULL OR NOT {like})")
        }
        Test::Present => format!("{column} IS NOT NULL"),
        Test::Absent => format!("{column} IS NULL"),
        Test::Above(value) => format!("{column} > {}", draft.bind(bound(value))),
        Test::Below(value) => format!("{column} < {}", draft.bind(bound(value))),
    }
}

/// A column's text with any of these in it.
fn like(draft: &mut Draft, column: &str, texts: &[String], before: &str) -> String {
    let any: Vec<String> = texts
        .iter()
        .map(|text| {
            let place = draft.bind(format!("{before}{}%", plain(&text.to_lowercase())));
            format!("{column} LIKE {place} ESCAPE '~'")
        })
        .collect();
    format!("({})", any.join(" OR "))
}

/// A text for a pattern in which no sign means anything.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        if ['~', '%', '_'].contains(&sign) {
            plain.push('~');
        }
        plain.push(sign);
    }
    plain
}

fn bound(given: &Given) -> Bound {
    match given {
        Given::Number(value) | Given::Millionths(value) => Bound::Int(*value),
        Given::Text(text) => Bound::Text(text.clone()),
        Given::Status(status) => codes::CONVERSATION_STATUSES.code(*status).into(),
        Given::Priority(priority) => codes::PRIORITIES.code(*priority).into(),
        Given::Time(time) => time.as_microsecond().into(),
    }
}

/// The set that a condition on a label or an attribute is about.
fn set_of(draft: &mut Draft, noun: Noun, condition: &Condition) -> Result<Option<Set>> {
    match &condition.field {
        Field::Label => labeled(draft, noun, &condition.test).map(Some),
        Field::Participant => {
            involved(draft, notifications::PARTICIPANT, &condition.test).map(Some)
        }
        Field::Named => involved(draft, notifications::NAMED, &condition.test).map(Some),
        Field::Custom(key) => {
            attributed(draft, noun.attributes(CUSTOM), key, &condition.test).map(Some)
        }
        Field::Additional(key) => {
            attributed(draft, noun.attributes(ADDITIONAL), key, &condition.test).map(Some)
        }
        _ => Ok(None),
    }
}

fn labeled(draft: &mut Draft, noun: Noun, test: &Test) -> Result<Set> {
    let (table, owner) = match noun {
        Noun::Conversation => ("conversation_labels w", "w.conversation_id"),
        Noun::Contact => ("contact_labels w", "w.contact_id"),
    };
    let (matches, outside) = match test {
        Test::Is(values) => (values.as_slice(), false),
        Test::IsNot(values) => (values.as_slice(), true),
        Test::Present | Test::Absent => (&[][..], *test == Test::Absent),
        _ => {
            let text = "labels are equal, not equal, present or not present";
            return Err(Error::refused(Kind::Invalid, text));
        }
    };
    let matches = match matches {
        // Labels that were removed are on nothing any more.
        [] => "w.label_id IN (SELECT l.id FROM labels l WHERE l.account_id = ?1 AND l.removed = 0)"
            .to_owned(),
        values => {
            let list = draft.bind_all(values.iter().map(bound));
            format!("w.label_id IN ({list})")
        }
    };
    Ok(Set {
        table,
        owner,
        matches,
        outside,
    })
}

/// Conversations in which one of these agents is involved in this way.
fn involved(draft: &mut Draft, kind: i64, test: &Test) -> Result<Set> {
    let Test::Is(agents) = test else {
        let text = "who takes part is asked for by equality";
        return Err(Error::refused(Kind::Invalid, text));
    };
    let kind = draft.bind(kind);
    let agents = draft.bind_all(agents.iter().map(bound));
    Ok(Set {
        table: "involvements i",
        owner: "i.conversation_id",
        matches: format!("i.kind = {kind} AND i.agent_id IN ({agents})"),
        outside: false,
    })
}

fn attributed(draft: &mut Draft, kind: i64, key: &str, test: &Test) -> Result<Set> {
    let (kind, key) = (draft.bind(kind), draft.bind(key.to_owned()));
    let lowered = |values: &[Given]| -> Vec<Given> {
        let lower = |it: &Given| match it {
            Given::Text(text) => Given::Text(text.to_lowercase()),
            other => other.clone(),
        };
        values.iter().map(lower).collect()
    };
    // What is a number is compared as one.
    let column = |value: Option<&Given>| match value {
        Some(Given::Millionths(_)) => "v.number",
        _ => "v.value",
    };
    let (matches, outside) = match test {
        Test::Is(values) | Test::IsNot(values) => {
            let column = column(values.first());
            let list = draft.bind_all(lowered(values).iter().map(bound));
            (
                format!("{column} IN ({list})"),
                matches!(test, Test::IsNot(_)),
            )
        }
        Test::Contains(texts) => (like(draft, "v.value", texts, "%"), false),
        Test::Lacks(texts) => (like(draft, "v.value", texts, "%"), true),
        Test::Starts(texts) => (like(draft, "v.value", texts, ""), false),
        Test::Present => (String::new(), false),
        Test::Absent => (String::new(), true),
        Test::Above(value) | Test::Below(value) => {
            let sign = if matches!(test, Test::Above(_)) {
                ">"
            } else {
                "<"
            };
            let place = draft.bind(bound(value));
            (format!("{} {sign} {place}", column(Some(value))), false)
        }
    };
    let and = if matches.is_empty() { "" } else { " AND " };
    Ok(Set {
        table: "attributes v",
        owner: "v.owner_id",
        matches: format!("v.account_id = ?1 AND v.kind = {kind} AND v.key = {key}{and}{matches}"),
        outside,
    })
}
