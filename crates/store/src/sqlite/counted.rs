//! What a page costs: so many statements, whatever the history.

use std::{cell::Cell, sync::Arc};

use app::{
    Actor, Result, Scope, Sight, notifications,
    ports::{ContactPage, ConversationFilter, NotificationPage, Tx as _, View as _},
};
use domain::{
    AccountId, Address, AddressId, AgentId, Contact, ContactId, Conversation, ConversationId,
    ConversationStatus, InboxId, Message, MessageId, Notification, NotificationId,
};
use testkit::store_suite::samples;

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
                client_key: None,
                ..samples::bare_message()
            };
            assert!(tx.insert_message(&message).unwrap());
        }
    }
    connection
}

#[test]
fn a_page_of_25_conversations_with_its_counts_is_two_statements_and_a_page_of_contacts_too() {
    for count in [30, 300] {
        let directory = tempfile::tempdir().unwrap();
        let connection = filled(&directory.path().join("store.db"), count);
        let engine = Counted {
            engine: &connection,
            asked: Cell::new(0),
        };
        let view = Reading(&engine);
        let (account, filter) = (AccountId(1), ConversationFilter::default());
        let page = view.list_conversations(account, &filter, 25, 0).unwrap();
        let counts = view
            .count_conversations(account, &filter, AgentId(1))
            .unwrap();
        assert_eq!((page.len(), counts.all), (25, count));
        // People, addresses and newest messages came with them.
        assert!(page.iter().all(|row| row.last_message.is_some()));
        assert_eq!(engine.asked.take(), 2);

        let page = ContactPage {
            limit: 15,
            ..ContactPage::default()
        };
        assert_eq!(view.list_contacts(account, &page).unwrap().len(), 15);
        assert_eq!(view.count_contacts(account, &page).unwrap(), count);
        assert_eq!(engine.asked.take(), 2);
    }
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
