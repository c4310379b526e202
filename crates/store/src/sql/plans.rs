//! Every statement that the ports run finds its rows by index: nothing reads a whole table that grows.
//!
//! A [`Recorder`] stands in for an engine while every method of [`View`] and [`Tx`] is called once; what it was
//! asked to run is then explained by SQLite on the real schema, and read by PostgreSQL on its own: one text for both.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use app::{
    Result, Sight,
    deliveries::{DeliveryState, Notice, Receiver},
    letters::LetterKind,
    nodes::Node,
    ports::{
        Claim, ContactKey, ContactOrder, ContactPage, ConversationFilter, EarlyReport, HistoryPage,
        Lease, MessagePage, MessageSearch, NotificationPage, RecentPage, Removed, SessionKey,
        Silence, StoredInbox, Token, TokenKind, Tx, View, With,
    },
    reports::{Group, Measure, Scoped, Span, TimingPage},
};
use domain::{
    AccountId, AddressId, AgentId, AppId, ContactId, ConversationId, ConversationStatus,
    DeliveryId, Direction, EndpointId, Habits, InboxId, LabelId, MessageId, MessageStatus, TeamId,
    UploadId,
};
use testkit::{
    postgres::{Cluster, Database},
    store_suite::{conditions, samples},
};

use super::{Reading, WriterState, Writing};
use crate::{
    engine::{Engine, Row, Value, Words},
    migrations::MIGRATIONS,
    sqlite::sets,
};

/// Tables that grow with use, and the names that statements give them.
const GROWING: [&str; 32] = [
    "loose_files",
    "removed_conversations",
    "tallies",
    "timings",
    "session_keys",
    "attributes",
    "v",
    "contact_labels",
    "x",
    "o",
    "token_makes",
    "kept",
    "contacts",
    "t",
    "addresses",
    "a",
    "conversations",
    "c",
    "f",
    "conversation_labels",
    "w",
    "messages",
    "m",
    "deliveries",
    "d",
    "early_reports",
    "attempts",
    "journal",
    "tokens",
    "notifications",
    "n",
    "involvements",
];

/// An engine that finds nothing and remembers what it was asked.
struct Recorder(RefCell<BTreeSet<String>>, Words);

impl Engine for Recorder {
    fn words(&self) -> Words {
        self.1
    }

    fn run(&self, sql: &'static str, _: &[Value<'_>]) -> Result<usize> {
        self.0.borrow_mut().insert(sql.to_owned());
        Ok(1)
    }

    fn rows(
        &self,
        sql: &'static str,
        _: &[Value<'_>],
        _: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        self.0.borrow_mut().insert(sql.to_owned());
        Ok(())
    }

    fn ask(
        &self,
        sql: &str,
        _: &[Value<'_>],
        _: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        self.0.borrow_mut().insert(sql.to_owned());
        Ok(())
    }
}

/// The statements of every method.
fn statements(words: Words) -> BTreeSet<String> {
    let recorder = Recorder(RefCell::default(), words);
    let mut state = WriterState::load(&recorder).unwrap();
    read_all(&Reading(&recorder)).unwrap();
    let mut tx = Writing::new(&recorder, &mut state, samples::at(0));
    write_all(&mut tx).unwrap();
    tx.finish().unwrap();
    recorder.0.into_inner()
}

fn read_people(view: &dyn View) -> Result<()> {
    for page in contact_pages() {
        view.list_contacts(AccountId(1), &page)?;
        view.count_contacts(AccountId(1), &page)?;
    }
    for groups in conditions::of_contacts() {
        let page = ContactPage {
            conditions: &groups,
            ..ContactPage::default()
        };
        view.list_contacts(AccountId(1), &page)?;
        view.count_contacts(AccountId(1), &page)?;
    }
    view.labels_of_contact(ContactId(1))?;
    for key in [
        ContactKey::Identifier(""),
        ContactKey::Email(""),
        ContactKey::Phone(""),
    ] {
        view.find_contact_by(AccountId(1), key)?;
    }
    for with in [With::Address(AddressId(1)), With::Contact(ContactId(1))] {
        view.list_conversations_with(with, 20)?;
    }
    view.list_addresses(ContactId(1))?;
    view.list_addresses_of(&[ContactId(1), ContactId(2)])?;
    view.find_contacts(AccountId(1), &[ContactId(1), ContactId(2)])?;
    view.last_active(&[ContactId(1), ContactId(2)])?;
    view.list_snoozed(samples::at(0), 100)?;
    for beyond in [None, Some((samples::at(0), ConversationId(1)))] {
        let of = Silence {
            beyond,
            until: samples::at(1),
            limit: 100,
        };
        view.list_quiet(AccountId(1), &of)?;
    }
    view.find_document(AccountId(1), samples::document().id)?;
    view.list_documents(AccountId(1), samples::document().kind, None, 10)?;
    Ok(())
}

/// Every order of contacts, known ones and all.
fn contact_pages() -> Vec<ContactPage<'static>> {
    let orders = [
        ContactOrder::Added,
        ContactOrder::Name,
        ContactOrder::Email,
        ContactOrder::Phone,
        ContactOrder::ActiveAt,
        ContactOrder::Additional("city"),
    ];
    let mut pages = Vec::new();
    for order in orders {
        for descending in [false, true] {
            for containing in [None, Some("ann")] {
                // Few and many.
                for (total, offset) in [(Some(9), 0), (Some(1_000_000), 15), (None, 0)] {
                    pages.push(ContactPage {
                        order,
                        descending,
                        containing,
                        known: true,
                        total,
                        offset,
                        ..ContactPage::default()
                    });
                }
            }
        }
    }
    pages
}

fn read_reports(view: &dyn View) -> Result<()> {
    for label_id in [None, Some(LabelId(1))] {
        let of = Scoped {
            inbox_id: None,
            agent_id: None,
            team_id: None,
            label_id,
            since: samples::at(0),
            until: samples::at(1),
        };
        view.list_tallies(AccountId(1), Measure::Reply, &of)?;
        view.list_begun(AccountId(1), &of)?;
    }
    let page = TimingPage {
        limit: 25,
        ..TimingPage::default()
    };
    view.list_timings(AccountId(1), &page)?;
    view.count_timings(AccountId(1), &page)?;
    view.list_timings_of(AccountId(1), 1)?;
    let span = Span {
        since: samples::at(0),
        until: samples::at(1),
    };
    for by in [Group::Inbox, Group::Agent, Group::Team, Group::Label] {
        view.sum_tallies(AccountId(1), Measure::Reply, by, span)?;
        view.sum_begun(AccountId(1), by, span)?;
    }
    view.count_by_status(AccountId(1), span)?;
    view.count_by_label(AccountId(1), span)?;
    view.count_first_responses(AccountId(1), span)?;
    for inboxes in [None, Some([InboxId(1)].as_slice())] {
        let search = MessageSearch {
            words: &["kettle".to_owned()],
            inboxes,
            limit: 15,
            offset: 0,
        };
        view.find_messages(AccountId(1), &search)?;
    }
    Ok(())
}

fn read_all(view: &dyn View) -> Result<()> {
    view.accounts()?;
    view.agents()?;
    view.find_agent(AccountId(1), AgentId(1))?;
    view.seats_of(AgentId(1))?;
    view.inbox_members()?;
    view.inbox_habits()?;
    view.inbox_bots()?;
    view.closed_accounts()?;
    view.removed_conversations(1)?;
    view.removed_inboxes()?;
    view.find_upload(UploadId(1))?;
    view.count_uploads(AccountId(1))?;
    view.has_loose_files(samples::at(0))?;
    view.count_unread(AccountId(1))?;
    view.list_notifications_of(ConversationId(1))?;
    view.journal_at(samples::at(0))?;
    view.list_messages_of_account(AccountId(1), 100)?;
    view.inboxes()?;
    view.labels()?;
    view.labels_of(AccountId(1))?;
    view.label_categories_of(AccountId(1))?;
    view.teams()?;
    view.socket_apps()?;
    view.find_password("")?;
    view.find_token(&[0; 32])?;
    view.find_address(InboxId(1), "")?;
    view.find_address_by_id(AddressId(1))?;
    view.find_contact(AccountId(1), ContactId(1))?;
    view.find_conversation(AccountId(1), 1)?;
    view.find_conversation_by_id(ConversationId(1))?;
    list_all(view)?;
    for forward in [false, true] {
        let page = HistoryPage {
            forward,
            ..HistoryPage::default()
        };
        view.list_history(ConversationId(1), &page)?;
    }
    view.find_message(MessageId(1))?;
    for direction in [Direction::In, Direction::Out, Direction::Activity] {
        view.find_message_by_external(InboxId(1), direction, "")?;
    }
    view.find_message_by_client_key(ConversationId(1), "")?;
    for after in [None, Some(MessageId(1))] {
        let page = MessagePage {
            before: None,
            after,
            limit: 20,
        };
        view.list_messages(ConversationId(1), page)?;
    }
    read_notifications(view)?;
    read_reports(view)?;
    view.sessions()?;
    read_people(view)?;
    view.find_session(InboxId(1))?;
    view.find_pace(InboxId(1))?;
    view.find_session_key(InboxId(1), "", "")?;
    view.list_session_keys(InboxId(1), "", "", 10)?;
    view.find_kept("", "")?;
    view.list_kept("", 100)?;
    read_deliveries(view)?;
    view.find_cursor("")?;
    view.has_unindexed_messages()?;
    view.nodes()?;
    view.journal_head()?;
    view.read_journal(0, 512)?;
    Ok(())
}

fn read_deliveries(view: &dyn View) -> Result<()> {
    view.endpoints()?;
    view.find_endpoint(EndpointId(1))?;
    let to = samples::event_owed().to;
    view.find_delivery(DeliveryId(1))?;
    for state in [None, Some(DeliveryState::Dead)] {
        view.list_deliveries(to, state, None, 50)?;
    }
    view.list_open_deliveries(InboxId(1), 50)?;
    view.count_open_deliveries(to)?;
    for lane in [None, Some(1)] {
        let (account, kind) = (AccountId(1), LetterKind::Transcript);
        view.count_letters(account, kind, lane, samples::at(0))?;
    }
    view.find_gathering(
        Receiver::Inbox(InboxId(1)),
        "",
        samples::at(0),
        samples::at(1),
    )?;
    view.list_attempts(DeliveryId(1))?;
    view.receivers_due(samples::at(0))?;
    view.is_due(to, samples::at(0))?;
    view.next_delivery_at(samples::at(0))?;
    view.count_owed(samples::at(0))?;
    Ok(())
}

fn read_notifications(view: &dyn View) -> Result<()> {
    let it = samples::notified().notification;
    view.find_notification(it.id)?;
    view.find_notification_of(it.agent_id, it.conversation_id)?;
    let sight = Sight {
        inboxes: [InboxId(1)].into(),
        teams: [TeamId(1)].into(),
    };
    for ascending in [false, true] {
        for sight in [None, Some(Arc::new(sight.clone()))] {
            let page = NotificationPage {
                sight,
                ascending,
                ..NotificationPage::default()
            };
            view.list_notifications(it.account_id, it.agent_id, &page)?;
            view.list_notified(it.account_id, it.agent_id, &page)?;
            view.count_notifications(it.account_id, it.agent_id, &page)?;
        }
    }
    view.list_snoozed_notifications(samples::at(0), 100)?;
    Ok(())
}

fn list_all(view: &dyn View) -> Result<()> {
    for status in [None, Some(ConversationStatus::Open)] {
        for inbox_id in [None, Some(InboxId(1))] {
            for assignee in [None, Some(None), Some(Some(AgentId(1)))] {
                for label_id in [None, Some(LabelId(1))] {
                    let filter = ConversationFilter {
                        status,
                        inbox_id,
                        assignee,
                        label_id,
                        ..ConversationFilter::default()
                    };
                    view.list_conversations(AccountId(1), &filter, 25, 0)?;
                    view.count_conversations(AccountId(1), &filter, AgentId(1))?;
                }
            }
        }
    }
    for filter in conditions::filters() {
        view.list_conversations(AccountId(1), &filter, 25, 0)?;
        view.count_conversations(AccountId(1), &filter, AgentId(1))?;
    }
    for inbox_id in [None, Some(InboxId(1))] {
        for label_id in [None, Some(LabelId(1))] {
            let page = RecentPage {
                inbox_id,
                label_id,
                ..RecentPage::default()
            };
            view.list_recent(AccountId(1), &page)?;
        }
    }
    Ok(())
}

fn erase(tx: &mut dyn Tx) -> Result<()> {
    tx.erase(AccountId(9), 100)?;
    tx.erase_messages(&[MessageId(1)])?;
    tx.erase_seat(AccountId(9), AgentId(9))?;
    tx.erase_agent(AgentId(9))?;
    tx.erase_entries(AccountId(9), 0, 1)?;
    tx.remove_conversation(&samples::conversation())?;
    tx.put_upload(&samples::upload())?;
    tx.discard_file(AccountId(1), "")?;
    tx.let_go_of_files(samples::at(0), 1)?;
    tx.delete_upload(UploadId(1))?;
    tx.remove_inbox(InboxId(1))?;
    tx.erase_inbox(InboxId(1), 1)?;
    tx.end_removing_inbox(InboxId(1))?;
    tx.replace_entries(&[ConversationId(1)], 0, 1)?;
    tx.end_removing(&Removed {
        id: ConversationId(1),
        account_id: AccountId(1),
        number: 1,
        began_at: samples::at(0),
        until: 1,
    })?;
    tx.remove_account(AccountId(9))?;
    tx.end_erasing(AccountId(9))
}

fn write_session_keys(tx: &mut dyn Tx) -> Result<()> {
    tx.put_session_key(&SessionKey {
        inbox_id: InboxId(1),
        kind: String::new(),
        key: String::new(),
        value: String::new(),
        mark: 0,
    })?;
    tx.delete_session_key(InboxId(1), "", "")?;
    tx.expire_session_keys(InboxId(1), "", 0)?;
    tx.delete_session_keys(InboxId(1))
}

fn write_bots(tx: &mut dyn Tx) -> Result<()> {
    tx.set_inbox_bot(InboxId(1), Some(AgentId(1)))?;
    tx.set_inbox_habits(InboxId(1), &Habits::default())?;
    tx.set_inbox_bot(InboxId(1), None)
}

fn write_notifications(tx: &mut dyn Tx) -> Result<()> {
    let it = samples::notified().notification;
    tx.put_notification(&it)?;
    tx.delete_notification(it.id)?;
    tx.read_notifications(it.account_id, it.agent_id)?;
    tx.delete_notifications_of(it.account_id, it.agent_id)?;
    tx.put_participants(&samples::conversation())?;
    tx.name_in(it.agent_id, it.conversation_id)?;
    Ok(())
}

fn write_all(tx: &mut dyn Tx) -> Result<()> {
    let account = tx.insert_account("")?;
    tx.update_account(&account)?;
    // Finds no account to count in, because the recorder finds nothing.
    assert!(tx.next_conversation_number(account.id).is_err());
    for event in samples::events() {
        tx.append(account.id, event)?;
    }
    tx.insert_agent(&samples::agent(), "")?;
    tx.update_agent(&samples::agent())?;
    tx.set_password(samples::agent().id, "")?;
    tx.delete_seat(samples::agent().account_id, samples::agent().id)?;
    tx.remove_agent(samples::agent().id)?;
    tx.set_inbox_members(InboxId(1), &[AgentId(1)])?;
    write_bots(tx)?;
    tx.delete_tokens_of(AgentId(1))?;
    let stored = StoredInbox {
        inbox: samples::paused_inbox(),
        settings: String::new(),
    };
    tx.insert_inbox(&stored)?;
    tx.update_inbox(&stored)?;
    tx.insert_label(&samples::label())?;
    tx.update_label(&samples::label())?;
    tx.remove_label(samples::label().id)?;
    tx.insert_label_category(account.id, "", 1)?;
    if let Some(category) = samples::label().category {
        tx.update_label_category(&category)?;
    }
    tx.insert_team(&samples::team())?;
    tx.update_team(&samples::team())?;
    tx.remove_team(samples::team().id)?;
    let mut app = samples::socket_app(AccountId(1), "a key");
    app.id = tx.insert_socket_app(&app)?;
    tx.update_socket_app(&app)?;
    tx.delete_socket_app(AppId(1))?;
    tx.insert_token(&Token {
        hash: [0; 32],
        kind: TokenKind::Access,
        agent_id: AgentId(1),
        pair: 1,
        client: String::new(),
        expires_at: samples::at(0),
    })?;
    tx.delete_tokens(1)?;
    tx.delete_expired_tokens()?;
    tx.count_token_make(AgentId(1), "", 1)?;
    tx.insert_contact(&samples::contact())?;
    tx.update_contact(&samples::contact())?;
    tx.label_contact(ContactId(1), &[LabelId(1)])?;
    tx.insert_address(&samples::address())?;
    tx.update_address(&samples::address())?;
    tx.insert_conversation(&samples::conversation())?;
    tx.update_conversation(&samples::conversation())?;
    tx.label_conversation(&samples::labeled_thread().conversation)?;
    tx.describe_conversation(&samples::conversation())?;
    tx.move_contact(ContactId(1), ContactId(2))?;
    tx.delete_contact(ContactId(1))?;
    erase(tx)?;
    tx.insert_document(&samples::document())?;
    tx.update_document(&samples::document())?;
    tx.delete_document(samples::document().id)?;
    tx.insert_message(&samples::message())?;
    tx.update_message(&samples::message())?;
    write_notifications(tx)?;
    tx.put_session(&samples::session())?;
    tx.put_pace(&app::pacing::load(&*tx, &samples::paused_inbox())?)?;
    tx.keep("", "", Some(""))?;
    tx.keep("", "", None)?;
    tx.forget_kept("")?;
    write_deliveries(tx)?;
    let report = EarlyReport {
        status: MessageStatus::Read,
        error: None,
    };
    // Not every one sweeps.
    for _ in 0..100 {
        tx.insert_early_report(InboxId(1), "", &report)?;
    }
    tx.take_early_reports(InboxId(1), "")?;
    Ok(())
}

fn write_deliveries(tx: &mut dyn Tx) -> Result<()> {
    write_session_keys(tx)?;
    let endpoint = samples::endpoint();
    tx.insert_endpoint(&endpoint)?;
    tx.update_endpoint(&endpoint)?;
    tx.delete_endpoint(endpoint.id)?;
    let mut delivery = samples::part_owed();
    tx.insert_delivery(&delivery)?;
    let claim = Claim {
        to: delivery.to,
        all: 10,
        again: 5,
        kept: 1,
    };
    let lease = Lease {
        owner: 1,
        now: samples::at(0),
        until: samples::at(1),
    };
    tx.claim_deliveries(&claim, &lease)?;
    tx.release_deliveries(1)?;
    tx.settle_delivery(&delivery)?;
    delivery.state = DeliveryState::Dead;
    tx.settle_delivery(&delivery)?;
    tx.end_deliveries_of(MessageId(1))?;
    let told = Notice {
        event: String::new(),
        body: String::new(),
        seq: 1,
    };
    tx.change_notice(delivery.id, &told)?;
    tx.hasten_deliveries(delivery.to)?;
    tx.replay_delivery(&delivery)?;
    tx.replay_dead_deliveries(delivery.to, samples::at(0))?;
    tx.sweep_deliveries(samples::at(0), samples::at(0), 500)?;
    tx.insert_attempt(&samples::attempt())?;
    tx.put_node(&Node {
        id: 1,
        name: String::new(),
        mark: String::new(),
        beats: 1,
    })?;
    tx.delete_node(1)?;
    tx.index_messages(1)?;
    tx.set_cursor("", 1)
}

/// SQLite's plan for a statement, a line per step.
fn plan(schema: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut explained = schema
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    // Values do not matter to a plan: what is not bound is null.
    let mut rows = explained.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}

fn schema() -> rusqlite::Connection {
    let schema = rusqlite::Connection::open_in_memory().unwrap();
    sets::register(&schema).unwrap();
    for step in MIGRATIONS {
        let sql = step.sql.replace("{PK}", "INTEGER PRIMARY KEY");
        schema.execute_batch(&sql).unwrap();
        schema.execute_batch(step.sqlite).unwrap();
    }
    schema
}

/// How many steps of a statement may sort: only pages that a limit has made small already, and what an owner
/// asks for once.
fn sorts_allowed(sql: &str) -> usize {
    // What a page shows is put into order once more; and what no index orders is sorted, along an index.
    let page = sql.contains(" p JOIN conversations c ");
    let ordered = sql.contains("FROM conversations f WHERE") && !sql.contains("UNION ALL");
    // What began is grouped by when it did, or by what it is.
    let begun = ["GROUP BY 1 ORDER BY 1", "GROUP BY 1, 2 ORDER BY 1, 2"];
    let begun = begun.iter().any(|it| sql.contains(it));
    // A page of messages with words is put into order once more.
    let found = sql.contains(" p JOIN messages m ");
    // A page of contacts too, which few are sorted for.
    let people = sql.contains(" p JOIN contacts t ON t.id = p.id");
    let sorted = people && sql.contains("WHEN") || sql.contains("ORDER BY t.name");
    // Four pages, one of each state, are merged.
    let merged = sql.contains("FROM deliveries") && sql.ends_with("ORDER BY 1 DESC LIMIT ?3");
    // Lanes are few, and replaying is rare.
    let lanes = sql.starts_with("SELECT DISTINCT lane FROM deliveries");
    if merged {
        4
    } else if page {
        1 + usize::from(ordered)
    } else if people {
        1 + usize::from(sorted)
    } else {
        usize::from(begun || found || lanes)
    }
}

#[test]
fn no_statement_reads_or_sorts_a_table_that_grows() {
    let schema = schema();
    let statements = statements(Words::Tables);
    assert!(statements.len() > 50);
    let mut faults = Vec::new();
    for sql in statements {
        let steps = plan(&schema, &sql);
        let scans = steps.iter().any(|step| {
            // Words are looked up in their table; its plan begins so all the same.
            let scanned = step
                .strip_prefix("SCAN ")
                .filter(|it| !it.contains("VIRTUAL TABLE INDEX"));
            let table = scanned.and_then(|rest| rest.split(' ').next());
            table.is_some_and(|table| GROWING.contains(&table))
        });
        let builds = steps.iter().any(|step| step.contains("AUTOMATIC"));
        // Equals among what an index has put into order are sorted as they come.
        let sorts = steps
            .iter()
            .filter(|step| step.contains("TEMP B-TREE") && !step.contains("FOR LAST TERM"));
        if scans || builds || sorts.count() > sorts_allowed(&sql) {
            faults.push(format!("{sql}\n    {}", steps.join("\n    ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn conversations_are_chosen_and_counted_without_reading_one() {
    let schema = schema();
    // What a conversation itself says stands in an index: no order and no condition on it reads a row.
    let own = |sql: &String| {
        let chosen = sql.contains("p JOIN conversations c") || sql.contains("count(f.assignee_id)");
        let led = [
            "conversation_labels",
            " attributes v ",
            "message_words",
            "address_id IN",
            "f.number IN",
            "f.contact_id IN",
        ];
        chosen && !led.iter().any(|it| sql.contains(it))
    };
    let own: Vec<String> = statements(Words::Tables).into_iter().filter(own).collect();
    assert!(own.len() > 20, "{own:#?}");
    for sql in own {
        let steps = plan(&schema, &sql);
        let mut chosen = steps
            .iter()
            .filter(|step| step.starts_with("SEARCH f") || step.starts_with("SEARCH conversations"))
            .peekable();
        assert!(chosen.peek().is_some(), "{sql}\n{steps:#?}");
        assert!(
            chosen.all(|step| step.contains("USING COVERING INDEX")),
            "{sql}\n{steps:#?}"
        );
    }
}

#[test]
fn what_is_counted_by_triggers_is_only_added_up() {
    let schema = schema();
    let kept = |sql: &String| sql.contains("FROM conversation_counts f");
    let kept: Vec<String> = statements(Words::Tables).into_iter().filter(kept).collect();
    assert!(kept.len() > 5, "{kept:#?}");
    for sql in kept {
        let steps = plan(&schema, &sql);
        assert_eq!(steps.len(), 1, "{sql}\n{steps:#?}");
        assert!(
            steps[0].contains("SEARCH f USING INDEX"),
            "{sql}\n{steps:#?}"
        );
    }
}

/// How PostgreSQL would run a statement, whatever its values, if reading whole tables were very dear.
fn plan_of_postgres(database: &Database, sql: &str) -> std::result::Result<String, String> {
    let values = (1..100).take_while(|n| sql.contains(&format!("?{n}")));
    let nulls: Vec<&str> = values.map(|_| "NULL").collect();
    let given = if nulls.is_empty() {
        String::new()
    } else {
        format!("({})", nulls.join(", "))
    };
    database.try_sql(&format!(
        "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; \
         PREPARE it AS {}; EXPLAIN EXECUTE it{given}",
        sql.replace('?', "$")
    ))
}

#[test]
fn postgres_understands_every_statement_and_finds_an_index_for_it() {
    let database = Cluster::shared().database();
    for step in MIGRATIONS {
        database.sql(&step.sql.replace("{PK}", "BIGINT PRIMARY KEY"));
        if !step.postgres.is_empty() {
            database.sql(step.postgres);
        }
    }
    let mut faults = Vec::new();
    for sql in statements(Words::Index) {
        match plan_of_postgres(&database, &sql) {
            Ok(plan) => {
                let scans = plan.lines().any(|step| {
                    let scanned = step.split("Seq Scan on ").nth(1);
                    let table = scanned.and_then(|rest| rest.split(' ').next());
                    table.is_some_and(|table| GROWING.contains(&table))
                });
                if scans {
                    faults.push(format!("{sql}\n{plan}"));
                }
            }
            Err(fault) => faults.push(format!("{sql}\n{fault}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
