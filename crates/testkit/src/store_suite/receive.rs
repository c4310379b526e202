//! Messages from contacts: exactly once, with everything they bring about.

use std::sync::Arc;

use app::{
    Result,
    contacts::Told,
    conversations::{NewStatus, set_status},
    messages::{Inbound, Received},
    ports::Tx,
};
use domain::{
    Address, AddressId, Contact, ConversationStatus, Direction, Event, MessageId, MessageStatus,
    Sender, Timestamp,
};

use super::{Bench, Shop, inbound, samples};

/// A message from somebody who tells a name.
fn named(name: Option<&str>, external_id: &str) -> Inbound {
    Inbound {
        from: Told {
            source_id: "ann".to_owned(),
            name: name.map(str::to_owned),
            phone: None,
        },
        ..inbound("ann", external_id, "hello")
    }
}

fn fresh(received: Received) -> MessageId {
    match received {
        Received::Fresh(id) => id,
        Received::Duplicate => panic!("it had been received before"),
    }
}

fn set(bench: &Bench, shop: &Shop, status: ConversationStatus) {
    let (directory, scope) = (bench.directory.clone(), shop.scope.clone());
    bench.tx(move |tx| set_status(tx, &directory, &scope, 1, NewStatus::To(status, None)));
}

pub fn the_first_message_makes_contact_address_and_conversation(bench: Bench) {
    let shop = bench.shop("acme");
    let before = bench.feed.head();
    let told = Told {
        source_id: "49301234567@c.us".to_owned(),
        name: Some("Ann".to_owned()),
        phone: Some("+49301234567".to_owned()),
    };
    let id = fresh(bench.receive(
        &shop.inbox,
        Inbound {
            from: told.clone(),
            external_id: "m1".to_owned(),
            content: Some("hello".to_owned()),
            extra: Some(r#"{"forwarded":true}"#.to_owned()),
            sent_at: Some(samples::at(5)),
            ..Inbound::default()
        },
    ));
    let (address, contact, conversation) = bench
        .view(|view| view.find_address(shop.inbox.id, &told.source_id))
        .unwrap();
    let conversation = conversation.unwrap();
    let message = bench.message(id);
    assert_eq!(
        (contact.name.as_str(), &contact.phone),
        ("Ann", &told.phone)
    );
    assert_eq!(
        (address.contact_id, &address.told_name),
        (contact.id, &told.name)
    );
    assert_eq!(conversation.number, 1);
    assert_eq!(conversation.status, ConversationStatus::Open);
    assert_eq!(
        (conversation.unread_count, conversation.last_message_id),
        (1, Some(id))
    );
    assert_eq!(
        (message.direction, message.status),
        (Direction::In, MessageStatus::Sent)
    );
    assert_eq!(message.sender, Sender::Contact(contact.id));
    assert_eq!(
        (message.content.as_deref(), message.sent_at),
        (Some("hello"), samples::at(5))
    );
    assert_eq!(message.extra.as_deref(), Some(r#"{"forwarded":true}"#));

    let journal = bench.journal_after(before);
    let [created, began, said] = &journal[..] else {
        panic!("{journal:?}")
    };
    assert!(
        matches!(&created.event, Event::ContactCreated { contact: it, address: Some(at), .. }
            if *it == contact && **at == address)
    );
    let Event::ConversationCreated { thread, .. } = &began.event else {
        panic!("{began:?}")
    };
    assert_eq!(
        (thread.conversation.id, thread.conversation.unread_count),
        (conversation.id, 0)
    );
    let Event::MessageCreated { thread, spoken, .. } = &said.event else {
        panic!("{said:?}")
    };
    assert_eq!(
        (&thread.conversation, &spoken.message),
        (&conversation, &message)
    );
}

pub fn the_same_message_twice_is_one_message(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let before = (bench.journal(), bench.conversation(shop.account.id, 1));
    for other_words in ["hello", "other words"] {
        let again = bench.receive(&shop.inbox, inbound("ann", "m1", other_words));
        assert_eq!(again, Received::Duplicate);
    }
    let renamed = bench.receive(&shop.inbox, named(Some("New Name"), "m1"));
    assert_eq!(renamed, Received::Duplicate);
    assert_eq!(
        (bench.journal(), bench.conversation(shop.account.id, 1)),
        before
    );
}

pub fn the_same_message_from_sixteen_threads_is_one_message(bench: Bench) {
    let shop = bench.shop("acme");
    for round in 0..10 {
        let received: Vec<Received> = std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..16)
                .map(|_| {
                    scope.spawn(|| {
                        let it = inbound(&format!("from {round}"), &format!("m{round}"), "hello");
                        bench.receive(&shop.inbox, it)
                    })
                })
                .collect();
            tasks.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let fresh = received
            .iter()
            .filter(|it| matches!(it, Received::Fresh(_)));
        assert_eq!(fresh.count(), 1);
    }
    let journal = bench.journal();
    let created = journal
        .iter()
        .filter(|it| matches!(it.event, Event::MessageCreated { .. }));
    assert_eq!(created.count(), 10);
    assert_eq!(
        bench
            .conversation(shop.account.id, 10)
            .conversation
            .unread_count,
        1
    );
}

pub fn the_same_message_id_from_another_address_is_a_duplicate_that_changes_nothing(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let before = bench.journal();
    let again = bench.receive(&shop.inbox, inbound("bob", "m1", "hello"));
    assert_eq!(again, Received::Duplicate);
    assert_eq!(bench.journal(), before);
    assert!(
        bench
            .view(|view| view.find_address(shop.inbox.id, "bob"))
            .is_none()
    );
    bench.hear(&shop.inbox, "bob", "m2");
    assert_eq!(
        bench.conversation(shop.account.id, 2).address.source_id,
        "bob"
    );
}

pub fn a_duplicate_takes_no_conversation_number(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    // Somebody whom the inbox knows, and who has not written yet.
    let inbox = shop.inbox.clone();
    bench.tx(move |tx| know(tx, &inbox, "bob"));
    let again = bench.receive(&shop.inbox, inbound("bob", "m1", "hello"));
    assert_eq!(again, Received::Duplicate);
    bench.hear(&shop.inbox, "bob", "m2");
    assert_eq!(
        bench.conversation(shop.account.id, 2).address.source_id,
        "bob"
    );
}

/// Adds a contact and an address without a conversation.
fn know(tx: &mut dyn Tx, inbox: &domain::Inbox, source_id: &str) -> Result<()> {
    let contact = Contact {
        id: domain::ContactId(tx.new_id()),
        account_id: inbox.account_id,
        ..samples::contact()
    };
    let address = Address {
        id: AddressId(tx.new_id()),
        contact_id: contact.id,
        inbox_id: inbox.id,
        source_id: source_id.to_owned(),
        ..samples::address()
    };
    tx.insert_contact(&contact)?;
    tx.insert_address(&address)
}

pub fn the_same_message_id_in_another_inbox_is_another_message(bench: Bench) {
    let shop = bench.shop("acme");
    let other = bench.inbox(shop.account.id, "another address");
    let first = bench.hear(&shop.inbox, "ann", "m1");
    let second = bench.hear(&other, "ann", "m1");
    assert_ne!(first.id, second.id);
    let find = |inbox: &Arc<domain::Inbox>| {
        bench.view(|view| view.find_message_by_external(inbox.id, Direction::In, "m1"))
    };
    assert_eq!(find(&shop.inbox), Some(first));
    assert_eq!(find(&other), Some(second));
}

pub fn a_resolved_conversation_opens_again_with_both_events(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    for (status, external_id) in [
        (ConversationStatus::Resolved, "m2"),
        (ConversationStatus::Snoozed, "m3"),
    ] {
        set(&bench, &shop, status);
        let before = bench.feed.head();
        let message = bench.hear(&shop.inbox, "ann", external_id);
        let row = bench.conversation(shop.account.id, 1);
        assert_eq!(row.conversation.status, ConversationStatus::Open);
        let journal = bench.journal_after(before);
        let [opened, said] = &journal[..] else {
            panic!("{journal:?}")
        };
        let Event::ConversationStatusChanged {
            thread,
            last_message,
            was,
            by,
            ..
        } = &opened.event
        else {
            panic!("{opened:?}")
        };
        assert_eq!((*was, *by), (status, None));
        assert_eq!(thread.conversation, row.conversation);
        assert_eq!(last_message.as_ref().unwrap().message, message);
        assert!(
            matches!(&said.event, Event::MessageCreated { spoken, .. } if spoken.message == message)
        );
    }
}

pub fn a_pending_conversation_stays_pending(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    set(&bench, &shop, ConversationStatus::Pending);
    let before = bench.feed.head();
    bench.hear(&shop.inbox, "ann", "m2");
    let row = bench.conversation(shop.account.id, 1);
    assert_eq!(row.conversation.status, ConversationStatus::Pending);
    assert_eq!(bench.journal_after(before).len(), 1);
}

pub fn a_typed_name_stays_until_the_told_name_changes(bench: Bench) {
    let shop = bench.shop("acme");
    bench.receive(&shop.inbox, named(Some("Ann"), "m1"));
    let name = || bench.conversation(shop.account.id, 1).contact.name;
    let mut contact = bench.conversation(shop.account.id, 1).contact;
    contact.name = "Ann from Berlin".to_owned();
    bench.tx(move |tx| tx.update_contact(&contact));

    let before = bench.feed.head();
    bench.receive(&shop.inbox, named(Some("Ann"), "m2"));
    assert_eq!(name(), "Ann from Berlin");
    assert_eq!(bench.journal_after(before).len(), 1);

    let before = bench.feed.head();
    bench.receive(&shop.inbox, named(Some("Ann B."), "m3"));
    assert_eq!(name(), "Ann B.");
    let journal = bench.journal_after(before);
    let [renamed, said] = &journal[..] else {
        panic!("{journal:?}")
    };
    assert!(
        matches!(&renamed.event, Event::ContactUpdated { contact, .. } if contact.name == "Ann B.")
    );
    assert!(
        matches!(&said.event, Event::MessageCreated { thread, .. } if thread.contact.name == "Ann B.")
    );
    let address = bench.conversation(shop.account.id, 1).address;
    assert_eq!(address.told_name.as_deref(), Some("Ann B."));
}

pub fn a_message_without_a_name_leaves_the_name_alone(bench: Bench) {
    let shop = bench.shop("acme");
    bench.receive(&shop.inbox, named(None, "m1"));
    let name = || bench.conversation(shop.account.id, 1).contact.name;
    assert_eq!(name(), "ann");
    bench.receive(&shop.inbox, named(Some("Ann"), "m2"));
    bench.receive(&shop.inbox, named(None, "m3"));
    assert_eq!(name(), "Ann");
}

pub fn a_quoted_message_of_theirs_is_linked(bench: Bench) {
    let shop = bench.shop("acme");
    let quoted = bench.hear(&shop.inbox, "ann", "m1");
    let mut quoting = inbound("ann", "m2", "as I said");
    quoting.reply_to_external = Some("m1".to_owned());
    let message = bench.message(fresh(bench.receive(&shop.inbox, quoting)));
    assert_eq!(message.reply_to, Some(quoted.id));
    let newest = bench.journal().pop().unwrap().event;
    assert!(
        matches!(newest, Event::MessageCreated { spoken, .. } if spoken.quoted.as_deref() == Some(&quoted))
    );
    assert_eq!(message.reply_to_external.as_deref(), Some("m1"));
}

pub fn a_quoted_message_of_ours_is_linked(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let ours = bench.sent(&shop, 1, "ours");
    let mut quoting = inbound("ann", "m2", "as you said");
    quoting.reply_to_external = Some("ours".to_owned());
    let message = bench.message(fresh(bench.receive(&shop.inbox, quoting)));
    assert_eq!(message.reply_to, Some(ours));
}

pub fn a_quote_from_another_conversation_is_kept_as_told_only(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    let mut quoting = inbound("bob", "m2", "as she said");
    quoting.reply_to_external = Some("m1".to_owned());
    let message = bench.message(fresh(bench.receive(&shop.inbox, quoting)));
    assert_eq!(message.reply_to, None);
    assert_eq!(message.reply_to_external.as_deref(), Some("m1"));
}

pub fn attachments_come_back_as_they_were(bench: Bench) {
    let shop = bench.shop("acme");
    let mut with_files = inbound("ann", "m1", "see these");
    with_files.attachments = samples::new_attachments();
    let message = bench.message(fresh(bench.receive(&shop.inbox, with_files)));
    assert_eq!(message.attachments.len(), 8);
    for (kept, mut sent) in message.attachments.iter().zip(samples::attachments()) {
        sent.id = kept.id;
        assert_eq!(kept, &sent);
    }
    assert!(
        message
            .attachments
            .windows(2)
            .all(|pair| pair[0].id < pair[1].id)
    );
}

pub fn a_time_finer_than_a_microsecond_is_told_as_it_is_kept(bench: Bench) {
    let shop = bench.shop("acme");
    let before = bench.feed.head();
    let mut fine = inbound("ann", "m1", "hello");
    fine.sent_at = Some(Timestamp::new(1_767_225_600, 123_456_789).unwrap());
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = told.clone();
    bench.feed.observe(Box::new(move |entries| {
        seen.lock().unwrap().extend_from_slice(entries);
    }));
    bench.receive(&shop.inbox, fine);
    let until = samples::at(123_456);
    let (directory, scope) = (bench.directory.clone(), shop.scope.clone());
    bench.tx(move |tx| {
        let until = until + std::time::Duration::from_nanos(789);
        let snoozed = NewStatus::To(ConversationStatus::Snoozed, Some(until));
        set_status(tx, &directory, &scope, 1, snoozed)
    });
    let kept = bench.journal_after(before);
    assert!(told.lock().unwrap().iter().map(|it| &**it).eq(&kept));
    let row = bench.conversation(shop.account.id, 1);
    assert_eq!(row.last_message.unwrap().sent_at, samples::at(123_456));
    assert_eq!(row.conversation.snoozed_until, Some(until));
}
