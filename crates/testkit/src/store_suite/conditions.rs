//! Filters of conversations and contacts against a model: every condition, alone and joined, in every order.

use std::{cmp::Reverse, collections::BTreeMap};

use app::ports::{
    Condition, Conditions, ContactOrder, ContactPage, ConversationFilter, ConversationOrder,
    Counts, Field, Given, Test,
};
use domain::{
    AccountId, Address, AddressId, AgentId, Contact, ContactId, Conversation, ConversationId,
    ConversationStatus, Details, InboxId, Label, LabelId, Priority, TeamId, Timestamp,
};

use super::{Bench, samples};

const ME: AgentId = AgentId(1);
const TIERS: [Option<&str>; 4] = [None, Some("Gold"), Some("silver_1"), Some("100% gold")];

fn condition(field: Field, test: Test) -> Condition {
    Condition { field, test }
}

fn text(value: &str) -> Vec<Given> {
    vec![Given::Text(value.to_owned())]
}

fn number(value: i64) -> Vec<Given> {
    vec![Given::Number(value)]
}

fn tier() -> Field {
    Field::Custom("tier".to_owned())
}

/// Conditions on what conversations and contacts share: free attributes and labels.
fn shared() -> Vec<Condition> {
    let seats = || Field::Custom("seats".to_owned());
    let city = || Field::Additional("city".to_owned());
    vec![
        condition(tier(), Test::Is(text("gold"))),
        condition(tier(), Test::IsNot(text("GOLD"))),
        condition(tier(), Test::Contains(vec!["OLD".into()])),
        condition(tier(), Test::Contains(vec!["r_".into(), "0%".into()])),
        condition(tier(), Test::Lacks(vec!["old".into()])),
        condition(tier(), Test::Starts(vec!["SIL".into()])),
        condition(tier(), Test::Present),
        condition(tier(), Test::Absent),
        condition(seats(), Test::Is(vec![Given::Millionths(2_500_000)])),
        condition(seats(), Test::Above(Given::Millionths(2_000_000))),
        condition(seats(), Test::Below(Given::Millionths(2_500_000))),
        condition(city(), Test::Is(text("Ulm"))),
        condition(Field::Label, Test::Is(number(1))),
        condition(
            Field::Label,
            Test::Is(vec![Given::Number(1), Given::Number(2)]),
        ),
        condition(Field::Label, Test::IsNot(number(2))),
        condition(Field::Label, Test::Present),
        condition(Field::Label, Test::Absent),
    ]
}

fn of_conversations() -> Vec<Condition> {
    let mut all = shared();
    let open = Given::Status(ConversationStatus::Open);
    let snoozed = Given::Status(ConversationStatus::Snoozed);
    let urgent = Given::Priority(Priority::Urgent);
    all.extend([
        condition(Field::Status, Test::Is(vec![open.clone(), snoozed])),
        condition(Field::Status, Test::IsNot(vec![open])),
        condition(Field::Assignee, Test::Is(number(2))),
        condition(Field::Assignee, Test::IsNot(number(2))),
        condition(Field::Assignee, Test::Present),
        condition(Field::Assignee, Test::Absent),
        condition(Field::Inbox, Test::Is(number(3))),
        condition(Field::Team, Test::Is(number(7))),
        condition(Field::Team, Test::Absent),
        condition(Field::Contact, Test::Is(number(1003))),
        condition(Field::Priority, Test::Is(vec![urgent.clone()])),
        condition(Field::Priority, Test::IsNot(vec![urgent])),
        condition(Field::Number, Test::Is(number(12))),
        condition(Field::Number, Test::Contains(vec!["1".into()])),
        condition(Field::Number, Test::Lacks(vec!["1".into()])),
        condition(Field::CreatedAt, Test::Above(Given::Time(samples::at(50)))),
        condition(Field::ActiveAt, Test::Below(Given::Time(samples::at(10)))),
    ]);
    all
}

/// Each alone, and some joined by and and or.
fn joined(all: Vec<Condition>) -> Vec<Conditions> {
    let mut groups: Vec<Conditions> = all.iter().map(|it| vec![vec![it.clone()]]).collect();
    let pairs = all.iter().zip(all.iter().skip(1));
    for (one, other) in pairs {
        groups.push(vec![vec![one.clone(), other.clone()]]);
        groups.push(vec![vec![one.clone()], vec![other.clone()]]);
    }
    groups
}

const ORDERS: [ConversationOrder; 9] = [
    ConversationOrder::LatestActive,
    ConversationOrder::LongestSilent,
    ConversationOrder::Newest,
    ConversationOrder::Oldest,
    ConversationOrder::MostUrgent,
    ConversationOrder::LeastUrgent,
    ConversationOrder::MostUrgentOldest,
    ConversationOrder::WaitingLongest,
    ConversationOrder::WaitingShortest,
];

/// Filters of conversations by every condition, in every order.
pub fn filters() -> Vec<ConversationFilter> {
    let mut filters: Vec<ConversationFilter> = joined(of_conversations())
        .into_iter()
        .map(|conditions| ConversationFilter {
            conditions,
            ..ConversationFilter::default()
        })
        .collect();
    for order in ORDERS {
        for (status, label) in [
            (None, None),
            (Some(ConversationStatus::Open), None),
            (None, Some(LabelId(1))),
        ] {
            filters.push(ConversationFilter {
                status,
                label_id: label,
                order,
                ..ConversationFilter::default()
            });
        }
    }
    let open = Some(ConversationStatus::Open);
    let plain = ConversationFilter::default;
    filters.extend([
        ConversationFilter {
            team_id: Some(TeamId(7)),
            ..plain()
        },
        ConversationFilter {
            unattended: true,
            status: open,
            inbox_id: Some(InboxId(2)),
            ..plain()
        },
        ConversationFilter {
            changed_after: Some(samples::at(30)),
            assignee: Some(Some(ME)),
            ..plain()
        },
        ConversationFilter {
            source_id: Some("source 5".to_owned()),
            ..plain()
        },
        ConversationFilter {
            words: Some(Vec::new()),
            ..plain()
        },
        ConversationFilter {
            words: Some(vec!["never".to_owned(), "said".to_owned()]),
            ..plain()
        },
        ConversationFilter {
            label_id: Some(LabelId(2)),
            assigned: true,
            conditions: vec![vec![condition(tier(), Test::IsNot(text("gold")))]],
            ..plain()
        },
    ]);
    filters
}

/// Conditions on contacts.
pub fn of_contacts() -> Vec<Conditions> {
    let mut all = shared();
    all.extend([
        condition(Field::Name, Test::Is(text("PERSON 3"))),
        condition(Field::Name, Test::Contains(vec!["on 1".into()])),
        condition(Field::Name, Test::Lacks(vec!["on 1".into()])),
        condition(Field::Email, Test::Is(text("p4@mail.example"))),
        condition(Field::Email, Test::IsNot(text("p4@mail.example"))),
        condition(Field::Phone, Test::Starts(vec!["+4470".into()])),
        condition(Field::Identifier, Test::Is(text("id 5"))),
        condition(Field::Blocked, Test::Is(number(1))),
        condition(Field::CreatedAt, Test::Above(Given::Time(samples::at(50)))),
        condition(Field::ActiveAt, Test::Below(Given::Time(samples::at(10)))),
        condition(Field::ActiveAt, Test::Above(Given::Time(samples::at(10)))),
        condition(Field::ActiveAt, Test::Above(Given::Time(samples::at(25)))),
        condition(Field::ActiveAt, Test::Present),
    ]);
    joined(all)
}

/// What is stored: conversations, each with a contact of its own, and their labels.
struct Stored {
    conversations: Vec<Conversation>,
    contacts: BTreeMap<ContactId, (Contact, Vec<LabelId>)>,
}

fn attributes(n: usize) -> (String, String) {
    let mut custom = Vec::new();
    if let Some(tier) = TIERS[n % 4] {
        custom.push(format!("\"tier\":\"{tier}\""));
    }
    if n.is_multiple_of(3) {
        custom.push(format!(
            "\"seats\":{}",
            1.5 + f64::from(u8::try_from(n % 2).unwrap())
        ));
    }
    let city = if n.is_multiple_of(5) { "Ulm" } else { "Köln" };
    (
        format!("{{{}}}", custom.join(",")),
        format!("{{\"city\":\"{city}\"}}"),
    )
}

fn labels(n: usize) -> Vec<LabelId> {
    match n % 6 {
        0 => vec![LabelId(1)],
        1 => vec![LabelId(1), LabelId(2)],
        2 => vec![LabelId(2)],
        _ => Vec::new(),
    }
}

fn conversation(n: usize) -> Conversation {
    let id = i64::try_from(n).unwrap();
    let (custom, additional) = attributes(n);
    let some = |every: usize| n.is_multiple_of(every);
    Conversation {
        id: ConversationId(id),
        account_id: AccountId(if some(11) { 2 } else { 1 }),
        number: id,
        inbox_id: InboxId(1 + id % 3),
        contact_id: ContactId(1000 + id),
        address_id: AddressId(2000 + id),
        status: [
            ConversationStatus::Open,
            ConversationStatus::Resolved,
            ConversationStatus::Pending,
            ConversationStatus::Snoozed,
            ConversationStatus::Open,
        ][n % 5],
        assignee_id: [None, Some(ME), Some(AgentId(2))][n % 3],
        waiting_since: some(4).then(|| samples::at(500 - id)),
        first_reply_at: some(2).then(|| samples::at(1)),
        last_activity_at: samples::at(id * 7 % 40),
        created_at: samples::at(id),
        updated_at: samples::at(id * 3 % 50),
        details: Details {
            priority: [None, Some(Priority::Low), Some(Priority::Urgent)][n % 3],
            team_id: some(5).then_some(TeamId(7)),
            custom_attributes: Some(custom),
            additional_attributes: Some(additional),
        },
        ..samples::bare_conversation()
    }
}

fn contact(of: &Conversation) -> Contact {
    let n = usize::try_from(of.number).unwrap();
    let (custom_attributes, additional_attributes) = attributes(n + 1);
    Contact {
        id: of.contact_id,
        account_id: of.account_id,
        name: format!("Person {n}"),
        email: n.is_multiple_of(2).then(|| format!("p{n}@mail.example")),
        phone: n.is_multiple_of(3).then(|| format!("+44{n}700900")),
        identifier: n.is_multiple_of(5).then(|| format!("id {n}")),
        blocked: n.is_multiple_of(7),
        custom_attributes,
        additional_attributes,
        created_at: of.created_at,
        ..samples::bare_contact()
    }
}

fn fill(bench: &Bench) -> Stored {
    for (account, address) in [(1, "a"), (1, "b"), (1, "c")] {
        bench.inbox(AccountId(account), address);
    }
    let conversations: Vec<Conversation> = (1..=90).map(conversation).collect();
    let contacts = conversations.iter().map(|it| {
        let labels = labels(usize::try_from(it.number).unwrap() + 2);
        (it.contact_id, (contact(it), labels))
    });
    let contacts: BTreeMap<_, _> = contacts.collect();
    let (mut labeled, people) = (conversations, contacts.clone());
    let conversations = bench.tx(move |tx| {
        for title in ["one", "two", "gone"] {
            tx.insert_label(&Label {
                title: title.to_owned(),
                account_id: AccountId(1),
                category: None,
                ..samples::bare_label()
            })?;
        }
        for it in &mut labeled {
            let (contact, of_contact) = &people[&it.contact_id];
            tx.insert_contact(contact)?;
            tx.label_contact(contact.id, of_contact)?;
            tx.insert_address(&Address {
                id: it.address_id,
                contact_id: it.contact_id,
                inbox_id: it.inbox_id,
                source_id: format!("source {}", it.id),
                ..samples::address()
            })?;
            tx.insert_conversation(it)?;
            it.labels = labels(usize::try_from(it.number).unwrap());
            tx.label_conversation(it)?;
        }
        Ok(labeled.clone())
    });
    Stored {
        conversations,
        contacts,
    }
}

/// What a model sees of whatever is filtered.
struct Seen<'a> {
    numbers: Vec<(Field, Option<i64>)>,
    texts: Vec<(Field, Option<String>)>,
    custom: &'a str,
    additional: &'a str,
    labels: &'a [LabelId],
}

fn code(given: &Given) -> i64 {
    match given {
        Given::Number(it) | Given::Millionths(it) => *it,
        Given::Time(it) => it.as_microsecond(),
        Given::Status(it) => *it as i64,
        Given::Priority(it) => *it as i64,
        Given::Text(_) => unreachable!(),
    }
}

fn spelled(given: &Given) -> String {
    match given {
        Given::Text(text) => text.to_lowercase(),
        other => code(other).to_string(),
    }
}

fn texts_hold(value: Option<&str>, test: &Test) -> bool {
    let value = value.map(str::to_lowercase);
    let value = value.as_deref();
    let has = |texts: &[String]| {
        let lower = |it: &String| it.to_lowercase();
        value.is_some_and(|value| texts.iter().any(|it| value.contains(&lower(it))))
    };
    let is = |all: &[Given]| value.is_some_and(|value| all.iter().any(|it| spelled(it) == value));
    match test {
        Test::Is(all) => is(all),
        Test::IsNot(all) => !is(all),
        Test::Contains(texts) => has(texts),
        Test::Lacks(texts) => !has(texts),
        Test::Starts(texts) => value.is_some_and(|value| {
            let mut lower = texts.iter().map(|it| it.to_lowercase());
            lower.any(|it| value.starts_with(&it))
        }),
        Test::Present => value.is_some(),
        Test::Absent => value.is_none(),
        Test::Above(_) | Test::Below(_) => unreachable!(),
    }
}

fn numbers_hold(value: Option<i64>, test: &Test) -> bool {
    match test {
        Test::Above(given) => value.is_some_and(|it| it > code(given)),
        Test::Below(given) => value.is_some_and(|it| it < code(given)),
        other => texts_hold(value.map(|it| it.to_string()).as_deref(), other),
    }
}

/// A value of a flat object.
fn value_of(object: &str, key: &str) -> Option<String> {
    let (_, rest) = object.split_once(&format!("\"{key}\":"))?;
    let value = rest.split([',', '}']).next()?;
    Some(value.trim_matches('"').to_owned())
}

fn holds(seen: &Seen<'_>, it: &Condition) -> bool {
    let of_attribute = |object: &str, key: &str| {
        let value = value_of(object, key);
        let is_number = matches!(&it.test, Test::Above(_) | Test::Below(_))
            || matches!(&it.test, Test::Is(all) if matches!(all[0], Given::Millionths(_)));
        if !is_number {
            return texts_hold(value.as_deref(), &it.test);
        }
        #[expect(clippy::cast_possible_truncation, reason = "small")]
        let number = value
            .and_then(|it| it.parse::<f64>().ok())
            .map(|it| (it * 1e6) as i64);
        numbers_hold(number, &it.test)
    };
    match &it.field {
        Field::Custom(key) => of_attribute(seen.custom, key),
        Field::Additional(key) => of_attribute(seen.additional, key),
        Field::Label => {
            let has = |all: &[Given]| {
                let mut ids = all.iter().map(|it| LabelId(code(it)));
                ids.any(|id| seen.labels.contains(&id))
            };
            match &it.test {
                Test::Is(all) => has(all),
                Test::IsNot(all) => !has(all),
                Test::Present => !seen.labels.is_empty(),
                _ => seen.labels.is_empty(),
            }
        }
        field => {
            let number = seen.numbers.iter().find(|(of, _)| of == field);
            let text = seen.texts.iter().find(|(of, _)| of == field);
            match (number, text) {
                (Some((_, value)), _) => numbers_hold(*value, &it.test),
                (None, Some((_, value))) => texts_hold(value.as_deref(), &it.test),
                (None, None) => panic!("{field:?}"),
            }
        }
    }
}

fn meets(seen: &Seen<'_>, groups: &[Vec<Condition>]) -> bool {
    groups.is_empty() || groups.iter().any(|it| it.iter().all(|it| holds(seen, it)))
}

fn conversation_fits(it: &Conversation, filter: &ConversationFilter) -> bool {
    let micros = |time: Timestamp| Some(time.as_microsecond());
    let seen = Seen {
        numbers: vec![
            (Field::Status, Some(it.status as i64)),
            (Field::Assignee, it.assignee_id.map(|it| it.0)),
            (Field::Inbox, Some(it.inbox_id.0)),
            (Field::Team, it.details.team_id.map(|it| it.0)),
            (Field::Contact, Some(it.contact_id.0)),
            (Field::Priority, it.details.priority.map(|it| it as i64)),
            (Field::Number, Some(it.number)),
            (Field::CreatedAt, micros(it.created_at)),
            (Field::ActiveAt, micros(it.last_activity_at)),
        ],
        texts: Vec::new(),
        custom: it.details.custom_attributes.as_deref().unwrap(),
        additional: it.details.additional_attributes.as_deref().unwrap(),
        labels: &it.labels,
    };
    it.account_id == AccountId(1)
        && filter.status.is_none_or(|status| it.status == status)
        && filter.inbox_id.is_none_or(|id| it.inbox_id == id)
        && filter.label_id.is_none_or(|id| it.labels.contains(&id))
        && (filter.team_id.is_none() || it.details.team_id == filter.team_id)
        && (!filter.unattended || it.first_reply_at.is_none() || it.waiting_since.is_some())
        && filter.changed_after.is_none_or(|at| it.updated_at > at)
        && filter
            .source_id
            .as_ref()
            .is_none_or(|source| *source == format!("source {}", it.id))
        && filter.words.is_none()
        && meets(&seen, &filter.conditions)
}

fn sort(all: &mut [&Conversation], order: ConversationOrder) {
    let urgent = |it: &Conversation| it.details.priority.map(|it| it as i64);
    let silent = |it: &Conversation| (Reverse(it.last_activity_at), Reverse(it.id));
    let waits = |it: &Conversation| it.waiting_since.map(Timestamp::as_microsecond);
    all.sort_by_key(|it| (it.created_at, it.id));
    match order {
        ConversationOrder::LatestActive => all.sort_by_key(|it| silent(it)),
        ConversationOrder::LongestSilent => all.sort_by_key(|it| (it.last_activity_at, it.id)),
        ConversationOrder::Newest => all.reverse(),
        ConversationOrder::Oldest => {}
        ConversationOrder::MostUrgent => {
            all.sort_by_key(|it| (urgent(it).is_none(), Reverse(urgent(it)), silent(it)))
        }
        ConversationOrder::LeastUrgent => {
            all.sort_by_key(|it| (urgent(it).is_none(), urgent(it), silent(it)));
        }
        ConversationOrder::MostUrgentOldest => {
            all.sort_by_key(|it| (urgent(it).is_none(), Reverse(urgent(it))));
        }
        ConversationOrder::WaitingLongest => {
            all.sort_by_key(|it| (waits(it).is_none(), waits(it)));
        }
        ConversationOrder::WaitingShortest => {
            all.sort_by_key(|it| (waits(it).is_none(), Reverse(waits(it))));
        }
    }
}

pub fn conversations_by_every_condition_and_order_match_a_model(bench: Bench) {
    let stored = fill(&bench);
    let in_hands = |it: &Conversation, filter: &ConversationFilter| {
        filter
            .assignee
            .is_none_or(|wanted| it.assignee_id == wanted)
            && (!filter.assigned || it.assignee_id.is_some())
    };
    let mut found = 0;
    for filter in filters() {
        let fitting: Vec<&Conversation> = stored
            .conversations
            .iter()
            .filter(|it| conversation_fits(it, &filter))
            .collect();
        let mut expected: Vec<&Conversation> = fitting.clone();
        expected.retain(|it| in_hands(it, &filter));
        sort(&mut expected, filter.order);
        let listed = bench.view(|view| {
            let mut all = view.list_conversations(AccountId(1), &filter, 9, 0)?;
            all.extend(view.list_conversations(AccountId(1), &filter, 100, 9)?);
            Ok(all)
        });
        let listed: Vec<i64> = listed.iter().map(|it| it.conversation.number).collect();
        let expected: Vec<i64> = expected.iter().map(|it| it.number).collect();
        assert_eq!(listed, expected, "{filter:?}");
        found += expected.len();
        let count = |keep: &dyn Fn(&Conversation) -> bool| {
            i64::try_from(fitting.iter().filter(|it| keep(it)).count()).unwrap()
        };
        let counts = Counts {
            mine: count(&|it| it.assignee_id == Some(ME)),
            unassigned: count(&|it| it.assignee_id.is_none()),
            assigned: count(&|it| it.assignee_id.is_some()),
            all: count(&|_| true),
        };
        let counted = bench.view(|view| view.count_conversations(AccountId(1), &filter, ME));
        assert_eq!(counted, counts, "{filter:?}");
    }
    assert!(found > 500, "{found}");
}

/// Lets every third contact have a second conversation, before or after the first, and adds one who has none. Returns
/// when each was last active.
fn talk_again(bench: &Bench, stored: &mut Stored) -> BTreeMap<ContactId, Timestamp> {
    let again = |it: &Conversation| Conversation {
        id: ConversationId(it.id.0 + 100),
        number: it.number + 100,
        last_activity_at: samples::at(it.id.0 * 13 % 40),
        ..it.clone()
    };
    let again: Vec<Conversation> = stored.conversations.iter().step_by(3).map(again).collect();
    let mut silent = contact(&conversation(90));
    silent.id = ContactId(1500);
    stored
        .contacts
        .insert(silent.id, (silent.clone(), Vec::new()));
    let mut active = BTreeMap::new();
    for it in stored.conversations.iter().chain(&again) {
        let last = active.entry(it.contact_id).or_insert(it.last_activity_at);
        *last = it.last_activity_at.max(*last);
    }
    bench.tx(move |tx| {
        tx.insert_contact(&silent)?;
        again.iter().try_for_each(|it| tx.insert_conversation(it))
    });
    active
}

pub fn contacts_by_every_condition_match_a_model(bench: Bench) {
    let mut stored = fill(&bench);
    let active = talk_again(&bench, &mut stored);
    let active = |it: &Contact| active.get(&it.id).map(|it| it.as_microsecond());
    let mut found = 0;
    for groups in of_contacts() {
        let fits = |(it, labels): &(Contact, Vec<LabelId>)| {
            let seen = Seen {
                numbers: vec![
                    (Field::Blocked, Some(i64::from(it.blocked))),
                    (Field::CreatedAt, Some(it.created_at.as_microsecond())),
                    (Field::ActiveAt, active(it)),
                ],
                texts: vec![
                    (Field::Name, Some(it.name.clone())),
                    (Field::Email, it.email.clone()),
                    (Field::Phone, it.phone.clone()),
                    (Field::Identifier, it.identifier.clone()),
                ],
                custom: &it.custom_attributes,
                additional: &it.additional_attributes,
                labels,
            };
            it.account_id == AccountId(1) && meets(&seen, &groups)
        };
        let expected: Vec<ContactId> = stored
            .contacts
            .iter()
            .filter(|(_, it)| fits(it))
            .map(|(id, _)| *id)
            .collect();
        let page = ContactPage {
            conditions: &groups,
            limit: 1000,
            ..ContactPage::default()
        };
        let (listed, count) = bench.view(|view| {
            let listed = view.list_contacts(AccountId(1), &page)?;
            Ok((listed, view.count_contacts(AccountId(1), &page)?))
        });
        let listed: Vec<ContactId> = listed.iter().map(|it| it.id).collect();
        assert_eq!(listed, expected, "{groups:?}");
        assert_eq!(usize::try_from(count), Ok(expected.len()), "{groups:?}");
        found += listed.len();
    }
    assert!(found > 300, "{found}");
}

pub fn contacts_in_every_order_match_a_model(bench: Bench) {
    let stored = fill(&bench);
    let known = |it: &Contact| it.email.is_some() || it.phone.is_some() || it.identifier.is_some();
    let active: BTreeMap<ContactId, Timestamp> = stored
        .conversations
        .iter()
        .map(|it| (it.contact_id, it.last_activity_at))
        .collect();
    for (order, key) in [
        (ContactOrder::Added, "added"),
        (ContactOrder::Name, "name"),
        (ContactOrder::Email, "email"),
        (ContactOrder::Phone, "phone"),
        (ContactOrder::ActiveAt, "active"),
        (ContactOrder::Additional("city"), "city"),
    ] {
        for descending in [false, true] {
            let key = |it: &Contact| match key {
                "name" => Some(it.name.clone()),
                "email" => it.email.clone(),
                "phone" => it.phone.clone(),
                "city" => value_of(&it.additional_attributes, "city").map(|it| it.to_lowercase()),
                "active" => Some(active[&it.id].as_microsecond().to_string()),
                _ => Some(it.id.to_string()),
            };
            let mut expected: Vec<&Contact> = stored
                .contacts
                .values()
                .map(|(it, _)| it)
                .filter(|it| it.account_id == AccountId(1) && known(it))
                .collect();
            expected.sort_by_key(|it| (key(it), it.id));
            if descending {
                expected.reverse();
            }
            expected.sort_by_key(|it| key(it).is_none());
            let page = ContactPage {
                order,
                descending,
                known: true,
                limit: 1000,
                ..ContactPage::default()
            };
            let (listed, count) = bench.view(|view| {
                let listed = view.list_contacts(AccountId(1), &page)?;
                Ok((listed, view.count_contacts(AccountId(1), &page)?))
            });
            let listed: Vec<ContactId> = listed.iter().map(|it| it.id).collect();
            let expected: Vec<ContactId> = expected.iter().map(|it| it.id).collect();
            assert_eq!(listed, expected, "{order:?} {descending}");
            assert_eq!(usize::try_from(count), Ok(expected.len()));
            // As if there were many: in pages that end inside, at and behind those who have the key.
            for limit in [1, 4, 7] {
                let mut listed = Vec::new();
                loop {
                    let page = ContactPage {
                        total: Some(1_000_000),
                        limit,
                        offset: i64::try_from(listed.len()).unwrap(),
                        ..page
                    };
                    let found = bench.view(|view| view.list_contacts(AccountId(1), &page));
                    if found.is_empty() {
                        break;
                    }
                    listed.extend(found.iter().map(|it| it.id));
                }
                assert_eq!(listed, expected, "{order:?} {descending} by {limit}");
            }
        }
    }
}

pub fn counts_follow_every_change(bench: Bench) {
    let stored = fill(&bench);
    let all = |label_id| ConversationFilter {
        label_id,
        ..ConversationFilter::default()
    };
    let count = |filter: &ConversationFilter| {
        bench.view(|view| view.count_conversations(AccountId(1), filter, ME))
    };
    let (before, labeled) = (count(&all(None)), count(&all(Some(LabelId(1)))));
    // One with the first label and no assignee changes hands, status, team and labels; its contact goes.
    let picked = stored.conversations.iter().find(|it| {
        it.account_id == AccountId(1) && it.labels == [LabelId(1)] && it.assignee_id.is_none()
    });
    let mut it = picked.unwrap().clone();
    it.assignee_id = Some(ME);
    it.status = ConversationStatus::Resolved;
    it.details.team_id = Some(TeamId(9));
    let changed = it.clone();
    bench.tx(move |tx| {
        tx.update_conversation(&changed)?;
        tx.describe_conversation(&changed)
    });
    let mine = |counts: Counts| Counts {
        mine: counts.mine + 1,
        assigned: counts.assigned + 1,
        unassigned: counts.unassigned - 1,
        ..counts
    };
    assert_eq!(count(&all(None)), mine(before));
    assert_eq!(count(&all(Some(LabelId(1)))), mine(labeled));
    let of_team = ConversationFilter {
        team_id: Some(TeamId(9)),
        status: Some(ConversationStatus::Resolved),
        ..ConversationFilter::default()
    };
    assert_eq!(count(&of_team).all, 1);
    it.labels = vec![LabelId(2)];
    let relabeled = it.clone();
    bench.tx(move |tx| tx.label_conversation(&relabeled));
    assert_eq!(count(&all(Some(LabelId(1)))).all, labeled.all - 1);
    let contact = it.contact_id;
    let gone = it.clone();
    bench.tx(move |tx| {
        tx.remove_conversation(&gone)?;
        tx.delete_contact(contact)
    });
    assert_eq!(count(&all(None)).all, before.all - 1);
    assert_eq!(count(&of_team), Counts::default());
    let tier = ConversationFilter {
        conditions: vec![vec![condition(tier(), Test::Present)]],
        ..ConversationFilter::default()
    };
    let listed = bench.view(|view| view.list_conversations(AccountId(1), &tier, 1000, 0));
    assert!(listed.iter().all(|row| row.conversation.id != it.id));
}

pub fn a_merged_contact_brings_its_labels(bench: Bench) {
    let stored = fill(&bench);
    let (one, other) = (ContactId(1001), ContactId(1002));
    let mut expected = stored.contacts[&one].1.clone();
    expected.extend(&stored.contacts[&other].1);
    expected.sort_unstable();
    expected.dedup();
    bench.tx(move |tx| tx.move_contact(other, one));
    let labels =
        bench.view(|view| Ok((view.labels_of_contact(one)?, view.labels_of_contact(other)?)));
    assert_eq!(labels, (expected, Vec::new()));
}
