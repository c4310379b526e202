//! Deliveries: their order, and when they are due.

use std::time::Duration;

use app::{
    deliveries::settle,
    ports::{Clock as _, Delivery},
};
use domain::{ConversationId, DeliveryId, InboxId, MessageId};

use super::{Bench, samples::at, text};

/// Adds a delivery that is due at a time.
fn add(bench: &Bench, inbox: i64, conversation: i64, due: i64) -> DeliveryId {
    bench.tx(move |tx| {
        let id = DeliveryId(tx.new_id());
        tx.insert_delivery(&Delivery {
            id,
            inbox_id: InboxId(inbox),
            conversation_id: ConversationId(conversation),
            message_id: MessageId(id.0),
            part: 0,
            parts: 1,
            attempts: 0,
            next_at: at(due),
            created_at: at(0),
        })?;
        Ok(id)
    })
}

fn heads(bench: &Bench, inbox: i64, limit: i64) -> Vec<DeliveryId> {
    let heads = bench.view(|view| view.list_delivery_heads(InboxId(inbox), limit));
    heads.into_iter().map(|it| it.id).collect()
}

pub fn heads_are_one_per_conversation_and_soonest_due_first(bench: Bench) {
    let a = add(&bench, 1, 10, 30);
    let b = add(&bench, 1, 20, 10);
    add(&bench, 1, 10, 5);
    add(&bench, 1, 20, 5);
    let c = add(&bench, 1, 30, 20);
    let d = add(&bench, 1, 40, 10);
    let elsewhere = add(&bench, 2, 50, 1);
    assert_eq!(heads(&bench, 1, 100), [b, d, c, a]);
    assert_eq!(heads(&bench, 1, 2), [b, d]);
    assert_eq!(heads(&bench, 2, 100), [elsewhere]);
    assert_eq!(heads(&bench, 3, 100), []);
}

pub fn the_next_part_comes_up_when_the_one_before_is_settled(bench: Bench) {
    let first = add(&bench, 1, 10, 0);
    let second = add(&bench, 1, 10, 0);
    let third = add(&bench, 1, 10, 0);
    for id in [first, second, third] {
        assert_eq!(heads(&bench, 1, 100), [id]);
        bench.tx(move |tx| tx.delete_delivery(id));
    }
    assert_eq!(heads(&bench, 1, 100), []);
}

pub fn a_postponed_delivery_still_holds_its_conversation_back(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    bench.hear(&shop.inbox, "bob", "m2");
    bench.send(&shop, 1, text("first"));
    bench.send(&shop, 1, text("second"));
    bench.send(&shop, 2, text("to bob"));
    let before = bench.heads(&shop.inbox);
    let later = bench.clock.now() + Duration::from_secs(60);
    let first = before[0].clone();
    bench.tx(move |tx| settle::postponed(tx, &first, later));
    let after = bench.heads(&shop.inbox);
    assert_eq!(after.len(), 2);
    assert_eq!(after[0], before[1]);
    let postponed = Delivery {
        attempts: 1,
        next_at: later,
        ..before[0].clone()
    };
    assert_eq!(after[1], postponed);
}

pub fn hastened_deliveries_are_due_now_in_their_inbox_only(bench: Bench) {
    let here = add(&bench, 1, 10, 9_000_000_000);
    let elsewhere = add(&bench, 2, 20, 9_000_000_000);
    bench.tx(|tx| tx.hasten_deliveries(InboxId(1)));
    let due = |inbox| bench.view(|view| view.list_delivery_heads(InboxId(inbox), 1));
    let (first, second) = (due(1).pop().unwrap(), due(2).pop().unwrap());
    assert_eq!((first.id, first.next_at), (here, bench.clock.now()));
    assert_eq!((second.id, second.next_at), (elsewhere, at(9_000_000_000)));
}

pub fn a_delivery_is_settled_once(bench: Bench) {
    let id = add(&bench, 1, 10, 0);
    assert!(bench.tx(move |tx| tx.delete_delivery(id)));
    assert!(!bench.tx(move |tx| tx.delete_delivery(id)));
    // Putting off what is settled is too late, and no mistake.
    bench.tx(move |tx| tx.postpone_delivery(id, 1, at(1)));
    assert_eq!(heads(&bench, 1, 100), []);
}

pub fn only_inboxes_with_deliveries_are_listed(bench: Bench) {
    let listed = || bench.view(|view| view.inboxes_with_deliveries());
    assert_eq!(listed(), []);
    for (inbox, conversation) in [(9, 1), (2, 2), (2, 3), (5, 4)] {
        add(&bench, inbox, conversation, 0);
    }
    assert_eq!(listed(), [InboxId(2), InboxId(5), InboxId(9)]);
    let settled = heads(&bench, 5, 1)[0];
    bench.tx(move |tx| tx.delete_delivery(settled));
    assert_eq!(listed(), [InboxId(2), InboxId(9)]);
}
