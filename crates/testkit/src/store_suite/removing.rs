//! What is left to read of what is removed.

use app::{conversations, ports::MessagePage};
use domain::{ConversationId, Entry, Event};

use super::{Bench, Shop, inbound};

/// Two people write in turn. Returns the conversation with the first.
fn talk(bench: &Bench, shop: &Shop) -> ConversationId {
    for n in 0..6 {
        let from = if n % 2 == 0 { "ann" } else { "ben" };
        let said = format!("{from} says {n}");
        bench.receive(&shop.inbox, inbound(from, &n.to_string(), &said));
    }
    bench.conversation(shop.account.id, 1).conversation.id
}

/// Nothing is missing, and the conversation is named and no more.
fn check(entries: &[Entry], gone: ConversationId) {
    let numbers: Vec<i64> = entries.iter().map(|it| it.seq).collect();
    let first = numbers[0];
    let whole: Vec<i64> = (first..).take(numbers.len()).collect();
    assert_eq!(numbers, whole);
    assert!(
        entries
            .iter()
            .all(|it| it.event.conversation_id() != Some(gone))
    );
    let named = Event::ConversationRemoved {
        conversation_id: gone,
    };
    let named = entries.iter().filter(|it| it.event == named);
    // It began, three messages, and that it was removed.
    assert!(named.count() >= 5);
    let others = entries
        .iter()
        .filter(|it| matches!(it.event, Event::MessageCreated { .. }));
    assert_eq!(others.count(), 3);
}

pub fn of_a_removed_conversation_nobody_reads_what_was_said(bench: Bench) {
    let shop = bench.shop("acme");
    let gone = talk(&bench, &shop);
    let page = MessagePage {
        limit: 10,
        ..MessagePage::default()
    };
    let said = bench.view(|view| view.list_messages(gone, page));
    let (directory, scope) = (bench.directory.clone(), shop.scope);
    bench.tx(move |tx| conversations::remove(tx, &directory, &scope, 1));
    assert!(
        bench
            .view(|view| view.find_conversation_by_id(gone))
            .is_none()
    );
    assert_eq!(said.len(), 3);
    check(&bench.journal(), gone);
    // Who keeps up reads memory, and is told the same.
    let mut reader = bench.reader(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let read = runtime.block_on(reader.next()).unwrap();
    let read: Vec<Entry> = read.iter().map(|it| it.as_ref().clone()).collect();
    assert_eq!(read, bench.journal());

    let removed = bench.view(|view| view.removed_conversations(10));
    assert_eq!(removed.len(), 1);
    let (it, before) = (removed[0], bench.journal());
    assert_eq!((it.id, it.number), (gone, 1));
    let first = bench.view(|view| view.journal_at(it.began_at));
    assert!(first >= 1 && first <= it.until);
    bench.tx(move |tx| tx.replace_entries(&[gone], first - 1, it.until));
    bench.tx(move |tx| tx.end_removing(&it));
    assert_eq!(bench.view(|view| view.removed_conversations(10)), []);
    assert_eq!(bench.journal(), before);
}
