//! Text is text.

use app::messages::Received;

use super::{Bench, inbound, samples::AWKWARD, text};

/// Takes a text in and sends it, and compares rows and journal.
fn there_and_back(bench: &Bench, content: &str) {
    let shop = bench.shop("acme");
    let mut from = inbound(
        &format!("from {AWKWARD}"),
        &format!("id {AWKWARD}"),
        content,
    );
    from.from.name = Some(AWKWARD.to_owned());
    let Received::Fresh(id) = bench.receive(&shop.inbox, from) else {
        panic!("it had been received before")
    };
    assert_eq!(bench.message(id).content.as_deref(), Some(content));
    let row = bench.conversation(shop.account.id, 1);
    assert_eq!(row.contact.name, AWKWARD);
    assert_eq!(row.address.source_id, format!("from {AWKWARD}"));
    let sent = bench.send(&shop, 1, text(content)).spoken.message;
    assert_eq!(bench.message(sent.id).content.as_deref(), Some(content));
    let told: Vec<_> = bench
        .journal()
        .into_iter()
        .filter_map(|it| match it.event {
            domain::Event::MessageCreated { spoken, .. } => spoken.message.content,
            _ => None,
        })
        .collect();
    assert_eq!(told, [content, content]);
}

pub fn any_text_comes_back_as_it_was(bench: Bench) {
    there_and_back(&bench, AWKWARD);
}

pub fn a_very_long_text_comes_back_as_it_was(bench: Bench) {
    // As long as a message may be, in letters of four bytes.
    there_and_back(&bench, &"𝒜".repeat(app::limits::CONTENT_CHARS));
}

pub fn texts_that_look_like_sql_are_texts(bench: Bench) {
    there_and_back(&bench, "'); DROP TABLE messages; -- ?1 $1 :name %_");
    assert!(
        bench
            .view(|view| view.find_password("' OR '1'='1"))
            .is_none()
    );
}
