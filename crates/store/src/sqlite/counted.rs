//! What a page costs: so many statements, whatever the history.

use std::{cell::Cell, sync::Arc};

use app::{
    Actor, Result, Scope, Sight, notifications,
    ports::{
        ContactOrder, ContactPage, ConversationFilter, MessagePage, MessageSearch,
        NotificationPage, Tx as _, View as _,
    },
};
use domain::{
    AccountId, Address, AddressId, AgentId, Contact, ContactId, Conversation, ConversationId,
    ConversationStatus, InboxId, Message, MessageId, Notification, NotificationId,
};
use testkit::store_suite::{conditions, samples};

use super::connection::Connection;
use crate::{
    engine::{Engine, Row, Value, Words},
    sql::{Reading, WriterState, Writing},
};

/// Counts what is asked of an engine.
struct Counted<'a> {
    engine: &'a Connection,
    asked: Cell<usize>,
}

impl Engine for Counted<'_> {
    fn words(&self) -> Words {
        self.engine.words()
    }

    fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<usize> {
        self.asked.set(self.asked.get() + 1);
        self.engine.run(sql, values)
    }

    fn rows(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        self.asked.set(self.asked.get() + 1);
        self.engine.rows(sql, values, each)
    }

    fn ask(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        self.asked.set(self.asked.get() + 1);
        self.engine.ask(sql, values, each)
    }
}

/// A store with so many conversations, each with two messages.
fn filled(path: &std::path::Path, count: i64) -> Connection {
    let connection = Connection::open_writer(path).unwrap();
    connection.migrate().unwrap();
    let mut state = WriterState::load(&connection).unwrap();
    let mut tx = Writing::new(&connection, &mut state, samples::at(0));
    for n in 1..=count {
        let contact = Contact {
            id: ContactId(10_000 + n),
            ..samples::contact()
        };
        let address = Address {
            id: AddressId(20_000 + n),
            contact_id: contact.id,
            source_id: n.to_string(),
            ..samples::address()
        };
        let conversation = Conversation {
            id: ConversationId(30_000 + n),
            number: n,
            contact_id: contact.id,
            address_id: address.id,
            status: ConversationStatus::Open,
            last_message_id: Some(MessageId(50_000 + n)),
            last_activity_at: samples::at(n),
            ..samples::bare_conversation()
        };
        tx.insert_contact(&contact).unwrap();
        tx.insert_address(&address).unwrap();
        tx.insert_conversation(&conversation).unwrap();
        for id in [40_000 + n, 50_000 + n] {
            let message = Message {
                id: MessageId(id),
                conversation_id: conversation.id,
                content: Some("hello".to_owned()),
                client_key: None,
                ..samples::bare_message()
            };
            assert!(tx.insert_message(&message).unwrap());
        }
    }
    while tx.index_messages(1000).unwrap() {}
    connection
}

/// What the lists of an account's people ask, by name: how many statements each takes.
fn asked(engine: &Counted<'_>) -> Vec<(String, usize)> {
    let (view, account, me) = (Reading(engine), AccountId(1), AgentId(1));
    let mut asked = Vec::new();
    let mut note = |name: String| asked.push((name, engine.asked.take()));
    let mut filters = conditions::filters();
    filters.push(ConversationFilter::default());
    for filter in &filters {
        view.count_conversations(account, filter, me).unwrap();
        let rows = view.list_conversations(account, filter, 25, 0).unwrap();
        // People, addresses and newest messages came with them.
        assert!(rows.iter().all(|row| row.last_message.is_some()));
        note(format!("conversations {filter:?}"));
    }
    let mut groups = conditions::of_contacts();
    groups.push(Vec::new());
    for conditions in &groups {
        for order in [ContactOrder::Added, ContactOrder::ActiveAt] {
            let page = ContactPage {
                order,
                conditions,
                limit: 15,
                ..ContactPage::default()
            };
            view.count_contacts(account, &page).unwrap();
            let found = view.list_contacts(account, &page).unwrap();
            let ids: Vec<ContactId> = found.iter().map(|it| it.id).collect();
            let addresses = view.list_addresses_of(&ids).unwrap();
            assert_eq!(addresses.len(), ids.len());
            assert_eq!(view.last_active(&ids).unwrap().len(), ids.len());
            note(format!("contacts {page:?}"));
        }
    }
    let ids: Vec<ContactId> = (1..=15).map(ContactId).collect();
    view.find_contacts(account, &ids).unwrap();
    note("contacts who are here".to_owned());
    let page = MessagePage {
        limit: 20,
        ..MessagePage::default()
    };
    view.list_messages(ConversationId(30_001), page).unwrap();
    note("messages".to_owned());
    let search = MessageSearch {
        words: &["hello".to_owned()],
        inboxes: None,
        limit: 15,
        offset: 0,
    };
    assert_eq!(view.find_messages(account, &search).unwrap().len(), 15);
    note("search".to_owned());
    let page = ContactPage {
        containing: Some("ann"),
        limit: 16,
        ..ContactPage::default()
    };
    view.list_contacts(account, &page).unwrap();
    note("contacts with a text".to_owned());
    asked
}

#[test]
fn a_page_takes_the_same_number_of_statements_whatever_the_history() {
    let [few, many] = [30, 300].map(|count| {
        let directory = tempfile::tempdir().unwrap();
        let connection = filled(&directory.path().join("store.db"), count);
        let engine = Counted {
            engine: &connection,
            asked: Cell::new(0),
        };
        asked(&engine)
    });
    assert!(few.len() > 100);
    assert_eq!(few, many);
    // A condition on a set takes one statement more for each of the page and the counts; there are at most three.
    let most = few.iter().map(|(_, asked)| *asked).max();
    assert!(most <= Some(9), "{most:?}");
    let plain = format!("conversations {:?}", ConversationFilter::default());
    let plain = few.iter().find(|(name, _)| *name == plain);
    assert_eq!(plain.map(|(_, asked)| *asked), Some(2));
    let single = [
        "contacts who are here",
        "messages",
        "search",
        "contacts with a text",
    ];
    let single = few
        .iter()
        .filter(|(name, _)| single.contains(&name.as_str()));
    // A search first looks up the words that begin so.
    assert!(single.map(|(_, asked)| *asked).eq([1, 1, 2, 1]));
}

#[test]
fn a_page_of_notifications_with_its_conversations_and_counts_is_three_statements() {
    let directory = tempfile::tempdir().unwrap();
    let connection = filled(&directory.path().join("store.db"), 60);
    let mut state = WriterState::load(&connection).unwrap();
    let mut tx = Writing::new(&connection, &mut state, samples::at(0));
    let agent = AgentId(1);
    for n in 1..=60 {
        let notification = Notification {
            id: NotificationId(60_000 + n),
            account_id: AccountId(1),
            agent_id: agent,
            conversation_id: ConversationId(30_000 + n),
            message_id: (n % 2 == 0).then_some(MessageId(40_000 + n)),
            read_at: (n <= 20).then(|| samples::at(n)),
            snoozed_until: None,
            active_at: samples::at(n),
            ..samples::notified().notification
        };
        tx.put_notification(&notification).unwrap();
    }
    let inbox = samples::bare_conversation().inbox_id;
    let sight = |inboxes: &[InboxId]| {
        let inboxes = inboxes.iter().copied().collect();
        let sight = Sight {
            inboxes,
            ..Sight::default()
        };
        Actor::Member(agent, Arc::new(sight))
    };
    for (actor, seen) in [
        (Actor::Agent(agent), true),
        (sight(&[inbox]), true),
        (sight(&[InboxId(99)]), false),
        (sight(&[]), false),
    ] {
        let engine = Counted {
            engine: &connection,
            asked: Cell::new(0),
        };
        let scope = Scope {
            account_id: AccountId(1),
            actor,
        };
        let page = NotificationPage {
            limit: 15,
            ..NotificationPage::default()
        };
        let listed = notifications::list(&Reading(&engine), &scope, agent, page).unwrap();
        assert_eq!(engine.asked.take(), 3);
        if !seen {
            assert_eq!((listed.rows.len(), listed.count, listed.unread), (0, 0, 0));
            continue;
        }
        assert_eq!(
            (listed.rows.len(), listed.count, listed.unread),
            (15, 40, 40)
        );
        for (notification, row) in listed.rows {
            assert_eq!(row.conversation.id, notification.conversation_id);
            let said = row.last_message.map(|it| it.id);
            assert_eq!(
                said, notification.message_id,
                "what was said, and nothing newer"
            );
        }
    }
}
