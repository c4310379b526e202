//! Conditions in SQL, for conversations (`f`) and contacts (`t`) alike. `?1` is the account.
//!
//! What stands in a row of its own is compared there. Labels and free attributes are sets of owners, found by their
//! own index, and there are three ways to ask for one:
//!
//! - small ones are **followed**: the set leads to its owners;
//! - for a page that ends early, each candidate is **probed**;
//! - where all are read, the set is made once and each candidate **sought** in it.

use app::{
    Error, Result,
    ports::{Condition, Conditions, Field, Given, Test},
};
use domain::{Kind, LabelId};

use super::{
    attributes::{ADDITIONAL, CUSTOM, Noun},
    codes,
    draft::{Bound, Draft},
    notifications, words,
};
use crate::engine::{Engine, Words};

/// How far a statement reads, which says how a set is best asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Until a page is full: each candidate is looked up.
    Page,
    /// Everything: each candidate is sought in what was found once.
    Whole,
}

impl Reach {
    /// Members up to which a set is followed.
    fn followed(self) -> i64 {
        match self {
            Self::Page => 5_000,
            Self::Whole => 50_000,
        }
    }

    /// Whether so many members of all are worth following: one that is followed costs as much as several that are read
    /// in a row.
    fn follows(self, members: i64, all: i64) -> bool {
        self == Self::Page || members.saturating_mul(5) <= all
    }
}

/// Members up to which a set is not compared with others.
const RARE: i64 = 1_000;

/// The condition whose set leads to what is listed, by its place in the only group.
pub(super) type Lead = Option<usize>;

/// What a set's members are found by, and whether those outside it are meant.
struct Set {
    table: &'static str,
    owner: &'static str,
    matches: String,
    outside: bool,
}

impl Set {
    /// Whoever the members lead to.
    fn followed(&self, id: &str) -> String {
        let (table, owner, matches) = (self.table, self.owner, &self.matches);
        format!("{id} IN (SELECT {owner} FROM {table} WHERE {matches})")
    }

    /// Whether a candidate is a member, looked up.
    fn probed(&self, id: &str) -> String {
        let (table, owner, matches, not) = (self.table, self.owner, &self.matches, self.not());
        format!("{not}EXISTS (SELECT 1 FROM {table} WHERE {owner} = {id} AND {matches})")
    }

    /// Whether a candidate is among the members, who are found once.
    fn sought(&self, by: Words, id: &str) -> String {
        let (table, owner, matches, not) = (self.table, self.owner, &self.matches, self.not());
        match by {
            Words::Tables => {
                format!("{not}in_set((SELECT id_set({owner}) FROM {table} WHERE {matches}), {id})")
            }
            // The sign keeps an engine from following the set after all.
            Words::Index => format!("+{id} {not}IN (SELECT {owner} FROM {table} WHERE {matches})"),
        }
    }

    fn not(&self) -> &'static str {
        if self.outside { "NOT " } else { "" }
    }
}

/// The condition to follow: of the only group the one whose set is the smallest, or the first that is rare.
pub(super) fn lead(
    engine: &impl Engine,
    account: i64,
    noun: Noun,
    groups: &[Vec<Condition>],
    reach: Reach,
) -> Result<Lead> {
    let [group] = groups else {
        return Ok(None);
    };
    // Nobody has many.
    let with = |it: &Condition| it.field == Field::Contact && matches!(it.test, Test::Is(_));
    if let Some(place) = group.iter().position(with) {
        return Ok(Some(place));
    }
    let mut smallest = (reach.followed() + 1, None);
    for (place, condition) in group.iter().enumerate() {
        let mut draft = Draft::of([Bound::Int(account)]);
        let set = match set_of(&mut draft, noun, condition)? {
            Some(set) => Some(set).filter(|it| !it.outside),
            None => leading(&mut draft, noun, engine.words(), condition),
        };
        let Some(set) = set else {
            continue;
        };
        let most = draft.bind(smallest.0);
        let sql = format!(
            "SELECT count(*), ({}) FROM (SELECT {} FROM {} WHERE {} AND CAST(?1 AS BIGINT) > 0 LIMIT {most}) s",
            noun.kept(),
            set.owner,
            set.table,
            set.matches
        );
        let counted = draft.first(engine, &sql, |row| Ok((row.int()?, row.maybe_int()?)))?;
        let (members, all) = counted.unwrap_or_default();
        if members < smallest.0 && reach.follows(members, all.unwrap_or(0)) {
            smallest = (members, Some(place));
        }
        if members <= RARE {
            break;
        }
    }
    Ok(smallest.1)
}

/// Whether nothing is asked.
pub(super) fn are_none(groups: &[Vec<Condition>]) -> bool {
    groups.iter().all(Vec::is_empty)
}

/// Takes the first condition away that asks for one label, if there is no other group.
pub(super) fn take_label(groups: &mut [Vec<Condition>]) -> Option<LabelId> {
    let [group] = groups else {
        return None;
    };
    let label = |it: &Condition| match (&it.field, &it.test) {
        (Field::Label, Test::Is(values)) => match values.as_slice() {
            [Given::Number(id)] => Some(LabelId(*id)),
            _ => None,
        },
        _ => None,
    };
    let (place, label) = group
        .iter()
        .enumerate()
        .find_map(|(place, it)| Some((place, label(it)?)))?;
    group.remove(place);
    Some(label)
}

/// The only group without the one condition in it that asks for whoever is outside a set, and with the members of
/// that set instead.
pub(super) fn without_outsiders(groups: &[Vec<Condition>]) -> Option<(Conditions, Conditions)> {
    let [group] = groups else {
        return None;
    };
    let members = |it: &Condition| {
        let is_set = matches!(
            it.field,
            Field::Label | Field::Custom(_) | Field::Additional(_)
        );
        let test = match &it.test {
            Test::IsNot(values) => Test::Is(values.clone()),
            Test::Lacks(texts) => Test::Contains(texts.clone()),
            Test::Absent => Test::Present,
            _ => return None,
        };
        let field = it.field.clone();
        is_set.then_some(Condition { field, test })
    };
    let mut found = group.iter().enumerate();
    let (place, members) = found.find_map(|(place, it)| Some((place, members(it)?)))?;
    let (mut rest, mut inside) = (group.clone(), group.clone());
    rest.remove(place);
    *inside.get_mut(place)? = members;
    Some((vec![rest], vec![inside]))
}

/// The groups as one text in parentheses; empty for none.
pub(super) fn groups(
    draft: &mut Draft,
    noun: Noun,
    groups: &[Vec<Condition>],
    reach: Reach,
    lead: Lead,
    by: Words,
) -> Result<String> {
    // Where a set leads, few are looked at.
    let reach = lead.map_or(reach, |_| Reach::Page);
    let mut any = Vec::new();
    for group in groups.iter().filter(|it| !it.is_empty()) {
        let mut all = Vec::new();
        for (place, condition) in group.iter().enumerate() {
            let leads = lead == Some(place);
            all.push(one(draft, noun, condition, reach, (by, leads))?);
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
    reach: Reach,
    (by, leads): (Words, bool),
) -> Result<String> {
    let id = noun.id();
    if let Some(set) = set_of(draft, noun, condition)? {
        return Ok(match reach {
            _ if leads => set.followed(id),
            Reach::Page => set.probed(id),
            Reach::Whole => set.sought(by, id),
        });
    }
    if leads && let Some(set) = leading(draft, noun, by, condition) {
        let looked_at = one(draft, noun, condition, reach, (by, false))?;
        return Ok(format!("{} AND {looked_at}", set.followed(id)));
    }
    if (noun, &condition.field, reach) == (Noun::Contact, &Field::ActiveAt, Reach::Whole)
        && let Some(active) = active(draft, by, &condition.test)
    {
        return Ok(active);
    }
    let Some((column, kind)) = column(noun, &condition.field) else {
        let text = format!("{:?} is no field of these", condition.field);
        return Err(Error::refused(Kind::Invalid, text));
    };
    Ok(compared(draft, column, kind, &condition.test))
}

/// Contacts whose last message was written after or before a time, along the index of lists: [`LAST_ACTIVE`] looks
/// for each of them.
fn active(draft: &mut Draft, by: Words, test: &Test) -> Option<String> {
    let (Test::Above(time) | Test::Below(time)) = test else {
        return None;
    };
    let mut with = |outside, sign: &str| {
        let set = written_to(draft, sign, time);
        Set { outside, ..set }.sought(by, "t.id")
    };
    Some(match test {
        Test::Above(_) => with(false, ">"),
        _ => format!("{} AND {}", with(false, "<"), with(true, ">=")),
    })
}

/// Contacts with a conversation that was last active before or after a time.
fn written_to(draft: &mut Draft, sign: &str, time: &Given) -> Set {
    let time = draft.bind(bound(time));
    Set {
        table: "conversations x",
        owner: "x.contact_id",
        matches: format!(
            "x.account_id = ?1 AND x.status IN (0, 1, 2, 3) AND x.last_activity_at {sign} {time}"
        ),
        outside: false,
    }
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

/// Contacts among whom are all that meet a condition, besides others that do not.
fn leading(draft: &mut Draft, noun: Noun, by: Words, condition: &Condition) -> Option<Set> {
    let texts = match (noun, &condition.field, &condition.test) {
        (Noun::Contact, Field::ActiveAt, Test::Above(time)) => {
            return Some(written_to(draft, ">", time));
        }
        (
            Noun::Contact,
            Field::Name | Field::Email | Field::Phone | Field::Identifier,
            Test::Contains(texts) | Test::Starts(texts),
        ) => texts,
        _ => return None,
    };
    let [text] = texts.as_slice() else {
        return None;
    };
    Some(Set {
        table: "contact_words w",
        owner: "w.rowid",
        matches: words::contacts(draft, by, text)?,
        outside: false,
    })
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
