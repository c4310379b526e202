//! Finding messages, conversations and contacts by words.

use app::{
    Actor, Scope,
    contacts::{self, Change},
    ports::{ContactPage, ConversationFilter, MessageSearch},
    words::words,
};
use domain::{AccountId, Contact, ContactId};

use super::{Bench, Shop, inbound, samples};

fn hear(bench: &Bench, shop: &Shop, from: &str, id: &str, content: &str) {
    bench.receive(&shop.inbox, inbound(from, id, content));
}

fn search(words: &[String]) -> MessageSearch<'_> {
    MessageSearch {
        words,
        inboxes: None,
        limit: 100,
        offset: 0,
    }
}

/// Indexes a little at a time, until nothing waits.
fn index(bench: &Bench) {
    while bench.tx(|tx| tx.index_messages(2)) {}
    assert!(!bench.view(|view| view.has_unindexed_messages()));
}

fn found(bench: &Bench, account: AccountId, text: &str) -> Vec<String> {
    index(bench);
    now_found(bench, account, text)
}

/// What is found before anything is indexed.
fn now_found(bench: &Bench, account: AccountId, text: &str) -> Vec<String> {
    let rows = bench.view(|view| view.find_messages(account, &search(&words(text))));
    let messages = rows.into_iter().map(|it| it.last_message.unwrap());
    messages.map(|it| it.content.unwrap()).collect()
}

pub fn messages_are_found_by_the_beginnings_of_their_words(bench: Bench) {
    let (shop, other) = (bench.shop("acme"), bench.shop("other"));
    hear(&bench, &shop, "a", "1", "My KETTLE leaks, again!");
    hear(
        &bench,
        &shop,
        "a",
        "2",
        "the kettle-bell of ann@shop.example costs 12.50",
    );
    hear(&bench, &shop, "b", "3", "Süßer Tee 日本");
    hear(&bench, &other, "c", "4", "their kettle");
    let account = shop.account.id;
    let (leaks, bell) = (
        "My KETTLE leaks, again!",
        "the kettle-bell of ann@shop.example costs 12.50",
    );
    for (text, expected) in [
        ("kettle", vec![bell, leaks]),
        ("ket", vec![bell, leaks]),
        ("KETTLE again", vec![leaks]),
        ("bell", vec![bell]),
        ("shop.example", vec![bell]),
        ("12.50", vec![bell]),
        ("ettle", vec![]),
        ("kettle tea", vec![]),
        ("süß", vec!["Süßer Tee 日本"]),
        ("日本", vec!["Süßer Tee 日本"]),
    ] {
        assert_eq!(found(&bench, account, text), expected, "{text}");
    }
    assert_eq!(found(&bench, other.account.id, "kettle"), ["their kettle"]);
    let (kettle, inbox) = (words("kettle"), [shop.inbox.id]);
    let second = MessageSearch {
        inboxes: Some(&inbox),
        limit: 1,
        offset: 1,
        ..search(&kettle)
    };
    let page = bench.view(|view| view.find_messages(account, &second));
    for inboxes in [&[other.inbox.id][..], &[]] {
        let elsewhere = MessageSearch {
            inboxes: Some(inboxes),
            ..search(&kettle)
        };
        let none = bench.view(|view| view.find_messages(account, &elsewhere));
        assert_eq!(none, []);
    }
    let [row] = page.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(
        row.last_message.as_ref().unwrap().content.as_deref(),
        Some(leaks)
    );
    assert_eq!(row.conversation.number, 1);
    // What is changed is found by what it says now.
    let id = row.last_message.as_ref().unwrap().id;
    let mut message = bench.message(id);
    message.content = Some("A teapot after all".to_owned());
    bench.tx(move |tx| tx.update_message(&message));
    assert_eq!(now_found(&bench, account, "kettle"), [bell]);
    assert_eq!(found(&bench, account, "kettle"), [bell]);
    assert_eq!(found(&bench, account, "teapot"), ["A teapot after all"]);
}

pub fn conversations_are_found_by_what_was_said(bench: Bench) {
    let shop = bench.shop("acme");
    for n in 1..=3 {
        hear(
            &bench,
            &shop,
            &format!("from {n}"),
            &format!("{n}"),
            "hello there",
        );
    }
    hear(&bench, &shop, "from 1", "4", "a kettle");
    hear(&bench, &shop, "from 1", "5", "one more kettle");
    hear(&bench, &shop, "from 3", "6", "no kettles");
    hear(&bench, &shop, "from 2", "7", "bye");
    index(&bench);
    let listed = |text: &str| {
        let filter = ConversationFilter {
            words: Some(words(text)),
            ..ConversationFilter::default()
        };
        bench.view(|view| {
            let rows = view.list_conversations(shop.account.id, &filter, 10, 0)?;
            let counts = view.count_conversations(shop.account.id, &filter, shop.agent.id)?;
            let numbers: Vec<i64> = rows.iter().map(|it| it.conversation.number).collect();
            Ok((numbers, counts.all))
        })
    };
    assert_eq!(listed("kettle"), (vec![3, 1], 2));
    assert_eq!(listed("hello"), (vec![3, 2, 1], 3));
    assert_eq!(listed("one kettle"), (vec![1], 1));
    assert_eq!(listed("samovar"), (vec![], 0));
    assert_eq!(listed("!?"), (vec![], 0));
}

pub fn what_is_said_is_found_once_whenever_it_is_indexed(mut bench: Bench) {
    let shop = bench.shop("acme");
    let account = shop.account.id;
    let mut said = Vec::new();
    for n in 0..7 {
        said.insert(0, format!("kettle {n}"));
        hear(
            &bench,
            &shop,
            &format!("from {}", n % 2),
            &format!("{n}"),
            &said[0],
        );
    }
    // The store is closed before everything is indexed.
    bench.tx(|tx| tx.index_messages(3));
    bench.reopen();
    assert_eq!(found(&bench, account, "kettle"), said);
    assert!(!bench.tx(|tx| tx.index_messages(3)));
    assert_eq!(found(&bench, account, "kettle"), said);

    // One that is changed twice, one that is changed before it is indexed, one whose text is taken away.
    hear(&bench, &shop, "from 2", "7", "kettle 7");
    let rows = bench.view(|view| view.find_messages(account, &search(&words("kettle 3"))));
    let mut old = rows[0].last_message.clone().unwrap();
    let newest = bench.conversation(account, 3).last_message.unwrap();
    for text in ["samovar 3", "teapot 3"] {
        old.content = Some(text.to_owned());
        let old = old.clone();
        bench.tx(move |tx| tx.update_message(&old));
    }
    let mut changed = newest.clone();
    changed.content = Some("teapot 7".to_owned());
    bench.tx(move |tx| tx.update_message(&changed));
    assert_eq!(found(&bench, account, "teapot"), ["teapot 7", "teapot 3"]);
    assert_eq!(found(&bench, account, "samovar"), [] as [&str; 0]);
    assert_eq!(found(&bench, account, "kettle").len(), 6);
    let mut emptied = newest;
    emptied.content = None;
    bench.tx(move |tx| tx.update_message(&emptied));
    assert_eq!(now_found(&bench, account, "teapot"), ["teapot 3"]);
    assert_eq!(found(&bench, account, "teapot"), ["teapot 3"]);

    // A contact goes with everything that was said, indexed, changed or neither.
    hear(&bench, &shop, "from 1", "8", "kettle 8");
    let row = bench.conversation(account, 2);
    bench.tx(move |tx| {
        tx.remove_conversation(&row.conversation)?;
        tx.delete_contact(row.contact.id)
    });
    let left = ["kettle 6", "kettle 4", "kettle 2", "kettle 0"];
    assert_eq!(now_found(&bench, account, "kettle"), left);
    assert_eq!(found(&bench, account, "kettle"), left);
    assert_eq!(found(&bench, account, "teapot"), [] as [&str; 0]);
}

pub fn beginnings_of_any_length_are_found(bench: Bench) {
    let (shop, other) = (bench.shop("acme"), bench.shop("other"));
    let account = shop.account.id;
    for n in 0..60 {
        let text = format!("order{n:02} x{n}x number {}", n % 10);
        hear(&bench, &shop, "a", &format!("{n}"), &text);
    }
    hear(&bench, &other, "b", "1", "order00 of somebody else");
    for (text, count) in [
        ("o", 60),
        ("or", 60),
        ("ord", 60),
        // Longer ones that many words begin with, and that few do.
        ("orde", 60),
        ("order", 60),
        ("order1", 10),
        ("order17", 1),
        ("orders", 0),
        ("number", 60),
        ("numb 3", 6),
        ("x5", 11),
        ("x59x order number", 1),
    ] {
        assert_eq!(found(&bench, account, text).len(), count, "{text}");
    }
    // Many long texts are indexed a part at a time, and found by how they begin.
    let long = format!("beginning {} ending", "filling ".repeat(20_000));
    for n in 60..66 {
        hear(&bench, &shop, "a", &format!("{n}"), &long);
    }
    assert_eq!(found(&bench, account, "beginn fill").len(), 6);
    assert_eq!(found(&bench, account, "ending").len(), 0);
}

pub fn contacts_are_found_by_any_part_of_what_they_are_known_by(bench: Bench) {
    let shop = bench.shop("acme");
    let other = bench.shop("other");
    for (id, account, name, email) in [
        (1, shop.account.id, "Jana Nová", "jana@shop.example"),
        (2, shop.account.id, "100%_sure \"Bo\"", "bo@shop.example"),
        (3, other.account.id, "Jana Other", "jana@else.example"),
    ] {
        let contact = Contact {
            id: ContactId(id),
            account_id: account,
            name: name.to_owned(),
            email: Some(email.to_owned()),
            phone: Some(format!("+44770090{id}")),
            identifier: Some(format!("Customer/{id}")),
            ..samples::bare_contact()
        };
        bench.tx(move |tx| tx.insert_contact(&contact));
    }
    let listed = |text: &str| {
        let page = ContactPage {
            containing: Some(text),
            descending: true,
            limit: 10,
            ..ContactPage::default()
        };
        bench.view(|view| {
            let found = view.list_contacts(shop.account.id, &page)?;
            let count = view.count_contacts(shop.account.id, &page)?;
            let ids: Vec<i64> = found.iter().map(|it| it.id.0).collect();
            assert_eq!(i64::try_from(ids.len()), Ok(count));
            Ok(ids)
        })
    };
    for (text, expected) in [
        ("jana", vec![1]),
        ("ana nov", vec![1]),
        ("shop.ex", vec![2, 1]),
        ("o", vec![2, 1]),
        ("bo", vec![2]),
        ("%_s", vec![2]),
        ("\"bo\"", vec![2]),
        ("0090", vec![2, 1]),
        ("customer/2", vec![2]),
        ("jana bo", vec![]),
        // Parts of two things that are known are part of neither.
        ("nováj", vec![]),
    ] {
        assert_eq!(listed(text), expected, "{text}");
    }
    let scope = Scope {
        account_id: shop.account.id,
        actor: Actor::Agent(shop.agent.id),
    };
    let change = Change {
        name: Some("Petra".to_owned()),
        ..Change::default()
    };
    bench.tx(move |tx| contacts::change(tx, &scope, ContactId(1), &change));
    assert_eq!((listed("petr"), listed("nov")), (vec![1], vec![]));
    bench.tx(|tx| tx.delete_contact(ContactId(1)));
    assert_eq!(listed("petr"), Vec::<i64>::new());
}

pub fn no_text_that_is_sought_breaks_anything(bench: Bench) {
    let shop = bench.shop("acme");
    hear(
        &bench,
        &shop,
        "a",
        "1",
        "aⒶb हिन्दी \u{1f600} NEAR OR AND NOT",
    );
    for text in [
        "\"",
        "'",
        "*",
        "a*b",
        "NEAR",
        "NOT OR AND",
        "( ) : ^ -",
        "aⒶb",
        "हिन्दी",
        "\u{1f600}",
        "words:x",
        "' | 'x",
        "\\",
        "\u{0}",
        "a\u{301}",
        "%_~",
        "ꟐꟐ",
    ] {
        found(&bench, shop.account.id, text);
        let page = ContactPage {
            containing: Some(text),
            limit: 10,
            ..ContactPage::default()
        };
        if !text.contains('\0') {
            bench.view(|view| view.list_contacts(shop.account.id, &page));
        }
    }
    assert_eq!(found(&bench, shop.account.id, "near or").len(), 1);
    assert_eq!(found(&bench, shop.account.id, "हिन्दी").len(), 1);
}
