//! Writing first: a conversation that begins before its contact has written.

use app::{
    Error,
    contacts::Told,
    conversations,
    messages::{self, Draft, Sent},
};
use domain::{Event, Kind};

use super::{Bench, Shop, text};

fn told(source_id: &str) -> Told {
    Told {
        source_id: source_id.to_owned(),
        name: None,
        phone: Some(format!("+{source_id}")),
    }
}

/// Writes to somebody, known or not.
fn write(bench: &Bench, shop: &Shop, to: &str, draft: Draft) -> Result<Sent, Error> {
    let (directory, scope) = (bench.directory.clone(), shop.scope.clone());
    let (inbox, told) = (shop.inbox.clone(), told(to));
    bench.try_tx(move |tx| {
        let begun = conversations::begin(tx, &directory, &scope, &inbox, &told)?;
        messages::send(tx, &directory, &scope, begun.number, &draft)
    })
}

fn kinds(bench: &Bench, after: i64) -> Vec<&'static str> {
    let entries = bench.journal_after(after);
    let kind = |event: &Event| match event {
        Event::ContactCreated { .. } => "contact",
        Event::ConversationCreated { .. } => "conversation",
        Event::MessageCreated { .. } => "message",
        _ => "other",
    };
    entries.iter().map(|it| kind(&it.event)).collect()
}

pub fn the_first_word_makes_contact_address_and_conversation(bench: Bench) {
    let shop = bench.shop("acme");
    let before = bench.feed.head();
    let sent = write(&bench, &shop, "12025550101", text("good day")).unwrap();
    assert_eq!(
        kinds(&bench, before),
        ["contact", "conversation", "message"]
    );
    let row = bench.conversation(shop.account.id, 1);
    assert_eq!(row.conversation, sent.thread.conversation);
    assert_eq!(row.conversation.unread_count, 0);
    assert_eq!(row.contact.phone.as_deref(), Some("+12025550101"));
    assert_eq!(row.contact.name, "12025550101");
    assert_eq!(row.address.source_id, "12025550101");
    assert_eq!(row.last_message, Some(sent.spoken.message));
    // Their answer comes to the same conversation.
    let heard = bench.hear(&shop.inbox, "12025550101", "m1");
    assert_eq!(heard.conversation_id, row.conversation.id);
    let before = bench.feed.head();
    write(&bench, &shop, "12025550101", text("and again")).unwrap();
    assert_eq!(kinds(&bench, before), ["message"]);
}

pub fn sixteen_first_words_at_once_begin_one_conversation(bench: Bench) {
    let shop = bench.shop("acme");
    let before = bench.feed.head();
    let numbers: Vec<i64> = std::thread::scope(|scope| {
        let one = || write(&bench, &shop, "12025550101", text("good day")).unwrap();
        let tasks: Vec<_> = (0..16).map(|_| scope.spawn(one)).collect();
        let sent = tasks.into_iter().map(|it| it.join().unwrap());
        sent.map(|it| it.thread.conversation.number).collect()
    });
    assert_eq!(numbers, [1; 16]);
    let kinds = kinds(&bench, before);
    let count = |kind: &str| kinds.iter().filter(|it| **it == kind).count();
    assert_eq!(
        (count("contact"), count("conversation"), count("message")),
        (1, 1, 16)
    );
}

pub fn a_first_word_that_is_refused_leaves_nothing(bench: Bench) {
    let (shop, other) = (bench.shop("acme"), bench.shop("other"));
    let before = bench.journal();
    let refused = write(&bench, &shop, "12025550101", Draft::default());
    assert_eq!(refused.err().unwrap().kind(), Kind::Invalid);
    let stranger = Shop {
        scope: other.scope,
        ..shop
    };
    let refused = write(&bench, &stranger, "12025550101", text("good day"));
    assert_eq!(refused.err().unwrap().kind(), Kind::NotFound);
    assert_eq!(bench.journal(), before);
    let known = bench.view(|view| view.find_address(stranger.inbox.id, "12025550101"));
    assert_eq!(known, None);
}

pub fn a_conversation_is_found_by_the_first_address_that_has_one(bench: Bench) {
    let (shop, other) = (bench.shop("acme"), bench.shop("other"));
    let heard = bench.hear(&shop.inbox, "+12025550101", "m1");
    let names = ["12025550101".to_owned(), "+12025550101".to_owned()];
    let find = |scope, names: &[String]| {
        bench.view(|view| {
            let found = conversations::find_at(view, scope, &shop.inbox, names);
            Ok(found.map(|it| it.map(|it| it.id)).map_err(|it| it.kind()))
        })
    };
    assert_eq!(find(&shop.scope, &names), Ok(Some(heard.conversation_id)));
    assert_eq!(find(&shop.scope, &names[..1]), Ok(None));
    assert_eq!(find(&other.scope, &names), Err(Kind::NotFound));
}
