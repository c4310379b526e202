//! Conversations alone, and every field of what they consist of.

use app::conversations::{NewStatus, assign, seen, set_status};
use domain::{
    Address, Contact, Conversation, ConversationStatus, Direction, Event, Message, Sender,
};

use super::{Bench, Shop, samples};

fn set(bench: &Bench, shop: &Shop, new: NewStatus) {
    let (directory, scope) = (bench.directory.clone(), shop.scope.clone());
    bench.tx(move |tx| set_status(tx, &directory, &scope, 1, new));
}

fn give(bench: &Bench, shop: &Shop, to: Option<domain::AgentId>) {
    let (directory, scope) = (bench.directory.clone(), shop.scope.clone());
    bench.tx(move |tx| assign(tx, &directory, &scope, 1, to));
}

pub fn numbers_count_from_one_in_each_account(bench: Bench) {
    let (one, two) = (bench.shop("one"), bench.shop("two"));
    for n in 1..=3 {
        for shop in [&one, &two] {
            bench.hear(&shop.inbox, &format!("from {n}"), &format!("m{n}"));
            let row = bench.conversation(shop.account.id, n);
            assert_eq!(row.address.source_id, format!("from {n}"));
            assert_eq!(row.conversation.account_id, shop.account.id);
        }
    }
}

pub fn a_change_that_changes_nothing_is_not_told(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    give(&bench, &shop, Some(shop.agent.id));
    let before = (bench.journal(), bench.conversation(shop.account.id, 1));
    set(&bench, &shop, NewStatus::To(ConversationStatus::Open, None));
    give(&bench, &shop, Some(shop.agent.id));
    assert_eq!(
        (bench.journal(), bench.conversation(shop.account.id, 1)),
        before
    );
}

pub fn assigning_and_resolving_are_told_with_the_newest_message(bench: Bench) {
    let shop = bench.shop("acme");
    let message = bench.hear(&shop.inbox, "ann", "m1");
    let before = bench.feed.head();
    give(&bench, &shop, Some(shop.agent.id));
    set(&bench, &shop, NewStatus::Toggled);
    give(&bench, &shop, None);
    set(&bench, &shop, NewStatus::Toggled);
    let by = Some(shop.agent.id);
    let told = bench
        .journal_after(before)
        .into_iter()
        .map(|it| match it.event {
            Event::ConversationAssigned {
                thread,
                last_message,
                was,
                by: who,
                via: None,
            } => {
                assert_eq!((last_message.unwrap().message, who), (message.clone(), by));
                assert_eq!(
                    thread.assignee.map(|it| it.id),
                    thread.conversation.assignee_id
                );
                format!("{:?} → {:?}", was, thread.conversation.assignee_id)
            }
            Event::ConversationStatusChanged {
                thread,
                last_message,
                was,
                by: who,
                ..
            } => {
                assert_eq!((last_message.unwrap().message, who), (message.clone(), by));
                format!("{:?} → {:?}", was, thread.conversation.status)
            }
            Event::MessageCreated { thread, spoken, .. } => {
                assert_eq!(spoken.message.direction, Direction::Activity);
                assert_eq!(thread.conversation.last_message_id, Some(message.id));
                spoken.message.content.unwrap()
            }
            other => panic!("{other:?}"),
        });
    let agent = format!("{by:?}");
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            format!("None → {agent}"),
            "ada self-assigned this conversation".to_owned(),
            "Open → Resolved".to_owned(),
            "Conversation was marked resolved by ada".to_owned(),
            format!("{agent} → None"),
            "Conversation unassigned by ada".to_owned(),
            "Resolved → Open".to_owned(),
            "Conversation was reopened by ada".to_owned(),
        ]
    );
    assert_eq!(
        bench.conversation(shop.account.id, 1).conversation.version,
        5
    );
}

pub fn a_conversation_is_seen_once(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    bench.hear(&shop.inbox, "ann", "m2");
    let before = bench.feed.head();
    for _ in 0..2 {
        let (directory, scope, by) = (bench.directory.clone(), shop.scope.clone(), shop.agent.id);
        bench.tx(move |tx| seen(tx, &directory, &scope, 1, by));
    }
    let row = bench.conversation(shop.account.id, 1);
    assert_eq!(row.conversation.unread_count, 0);
    assert!(row.conversation.agent_last_seen_at.is_some());
    let journal = bench.journal_after(before);
    assert_eq!(journal.len(), 1);
    assert!(matches!(journal[0].event, Event::ConversationSeen { by, .. } if by == shop.agent.id));
}

/// Stores a contact, an address, a conversation and a message.
fn store(bench: &Bench, people: (Contact, Address), talk: (Conversation, Message)) {
    bench.tx(move |tx| {
        tx.insert_contact(&people.0)?;
        tx.insert_address(&people.1)?;
        tx.insert_conversation(&talk.0)?;
        assert!(tx.insert_message(&talk.1)?);
        Ok(())
    });
}

pub fn every_field_of_a_conversation_is_kept(bench: Bench) {
    let full = Conversation {
        heard_at: Some(samples::at(26)),
        window_opened_by: Some(samples::message().id),
        ..samples::conversation()
    };
    let bare = samples::bare_conversation();
    let people = (samples::contact(), samples::address());
    store(&bench, people.clone(), (full.clone(), samples::message()));
    let find = || {
        let by_number = bench.conversation(full.account_id, full.number);
        let by_id = bench.view(|view| view.find_conversation_by_id(full.id));
        assert_eq!(by_id.as_ref(), Some(&by_number));
        by_number
    };
    let row = find();
    assert_eq!((row.contact, row.address), people);
    assert_eq!(
        (row.conversation, row.last_message),
        (full.clone(), Some(samples::message()))
    );

    let changed = bare.clone();
    bench.tx(move |tx| tx.update_conversation(&changed));
    let row = find();
    assert_eq!((row.conversation, row.last_message), (bare, None));
    for status in [
        ConversationStatus::Open,
        ConversationStatus::Resolved,
        ConversationStatus::Pending,
        ConversationStatus::Snoozed,
    ] {
        let changed = Conversation {
            status,
            ..full.clone()
        };
        let stored = changed.clone();
        bench.tx(move |tx| tx.update_conversation(&stored));
        assert_eq!(find().conversation, changed);
    }
}

pub fn every_field_of_a_contact_and_address_is_kept(bench: Bench) {
    let (contact, address) = (samples::contact(), samples::address());
    let talk = (samples::conversation(), samples::message());
    store(&bench, (contact.clone(), address.clone()), talk.clone());
    let find = || {
        let by_id = bench
            .view(|view| view.find_address_by_id(address.id))
            .unwrap();
        let (found, person, conversation) = bench
            .view(|view| view.find_address(address.inbox_id, &address.source_id))
            .unwrap();
        assert_eq!(conversation.as_ref(), Some(&talk.0));
        assert_eq!((&found, &person), (&by_id.0, &by_id.1));
        let alone = bench.view(|view| view.find_contact(contact.account_id, contact.id));
        assert_eq!(alone.as_ref(), Some(&person));
        (person, found)
    };
    assert_eq!(find(), (contact.clone(), address.clone()));

    let bare = samples::bare_thread();
    let changed = bare.clone();
    bench.tx(move |tx| {
        tx.update_contact(&changed.contact)?;
        tx.update_address(&changed.address)
    });
    assert_eq!(find(), (bare.contact, bare.address));
}

pub fn every_field_of_a_message_is_kept(bench: Bench) {
    let full = samples::message();
    let bare = Message {
        id: domain::MessageId(8_002),
        sender: Sender::System,
        ..samples::bare_message()
    };
    let (first, second) = (full.clone(), bare.clone());
    bench.tx(move |tx| {
        assert!(tx.insert_message(&first)?);
        assert!(tx.insert_message(&second)?);
        Ok(())
    });
    assert_eq!(bench.message(full.id), full);
    assert_eq!(bench.message(bare.id), bare);

    // What may change of a message: its content, its attachments, and what the network tells.
    let changed = Message {
        content: bare.content,
        attachments: bare.attachments,
        status: bare.status,
        error: bare.error,
        external_id: bare.external_id,
        extra: bare.extra,
        updated_at: samples::at(99),
        ..full
    };
    let stored = changed.clone();
    bench.tx(move |tx| tx.update_message(&stored));
    assert_eq!(bench.message(changed.id), changed);
}
