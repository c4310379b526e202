//! Opening a store again.

use std::time::Duration;

use app::{StoreError, messages::Received, ports::Clock as _};
use domain::Kind;

use super::{Bench, inbound, text};

pub fn a_store_opened_again_is_as_it_was(mut bench: Bench) {
    let shop = bench.shop("acme");
    let message = bench.hear(&shop.inbox, "ann", "m1");
    let sent = bench.send(&shop, 1, text("good day"));
    let before = (
        bench.journal(),
        bench.conversation(shop.account.id, 1),
        bench.heads(&shop.inbox),
    );
    for _ in 0..3 {
        bench.reopen();
        let after = (
            bench.journal(),
            bench.conversation(shop.account.id, 1),
            bench.heads(&shop.inbox),
        );
        assert_eq!(after, before);
        assert_eq!(bench.feed.head(), before.0.last().unwrap().seq);
    }
    assert_eq!(bench.message(message.id), message);
    assert_eq!(bench.message(sent.spoken.message.id), sent.spoken.message);
    assert_eq!(
        bench.directory.agent(shop.agent.id).as_deref(),
        Some(&shop.agent)
    );
    assert_eq!(*bench.connected(&shop.inbox).inbox, *shop.inbox);
    assert_eq!(
        bench.receive(&shop.inbox, inbound("ann", "m1", "hello")),
        Received::Duplicate
    );
    bench.hear(&shop.inbox, "bob", "m2");
    assert_eq!(
        bench.conversation(shop.account.id, 2).address.source_id,
        "bob"
    );
}

pub fn numbers_grow_across_opening_even_if_the_clock_goes_back(mut bench: Bench) {
    let shop = bench.shop("acme");
    let before = bench.hear(&shop.inbox, "ann", "m1").id;
    bench.reopen();
    let same_time = bench.hear(&shop.inbox, "ann", "m2").id;
    assert!(same_time > before);
    let earlier = bench.clock.now() - Duration::from_secs(3600);
    bench.clock.set(earlier);
    bench.reopen();
    let set_back = bench.hear(&shop.inbox, "ann", "m3").id;
    assert!(set_back > same_time);
    assert_eq!(bench.journal_after(0).last().unwrap().at, earlier);
}

pub fn numbers_of_what_is_gone_do_not_come_again(mut bench: Bench) {
    let shop = bench.shop("acme");
    let mut with_file = inbound("ann", "m1", "see this");
    with_file.attachments = super::samples::new_attachments();
    bench.receive(&shop.inbox, with_file);
    let message = bench.conversation(shop.account.id, 1).last_message.unwrap();
    let attachment = message.attachments.last().unwrap().id;
    bench.reopen();
    assert!(bench.tx(|tx| Ok(tx.new_id())) > attachment);

    bench.sent(&shop, 1, "ours");
    bench.send(&shop, 1, text("the delivery's number is the greatest"));
    let delivery = bench.heads(&shop.inbox).pop().unwrap();
    bench.accept(&delivery, "ours too");
    bench.reopen();
    assert!(bench.tx(|tx| Ok(tx.new_id())) > delivery.id.0);
}

pub fn a_closed_store_refuses_work(mut bench: Bench) {
    bench.account("acme");
    bench.close();
    let refused = bench.try_tx(|tx| tx.insert_account("too late"));
    assert_eq!(refused.unwrap_err().kind(), Kind::Unavailable);
    let refused = bench.store.view(|view| view.accounts());
    assert!(matches!(
        refused,
        Err(app::Error::Store(StoreError::Unavailable(_)))
    ));
}
