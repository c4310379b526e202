//! What networks say of messages: answers to deliveries, and reports before and after them.

use app::{
    limits::EARLY_REPORTS_PER_INBOX,
    messages::Reported,
    ports::{EarlyReport, SendError},
};
use domain::{
    Event, InboxState,
    MessageStatus::{self, Delivered, Failed, Queued, Read, Sent},
};

use super::{Bench, Shop, part_of, samples, text};

/// A shop with one conversation.
fn shop(bench: &Bench) -> Shop {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    shop
}

/// The statuses that the journal says a message moved between.
fn moves(bench: &Bench, after: i64) -> Vec<(MessageStatus, MessageStatus)> {
    let journal = bench.journal_after(after);
    let moves = journal.into_iter().filter_map(|it| match it.event {
        Event::MessageUpdated { spoken, was, .. } => Some((was.status, spoken.message.status)),
        _ => None,
    });
    moves.collect()
}

pub fn a_report_moves_a_message_up_its_ladder_only(bench: Bench) {
    let shop = shop(&bench);
    let before = bench.feed.head();
    let id = bench.sent(&shop, 1, "ours");
    assert_eq!(bench.message(id).status, Sent);
    for (report, reported, status) in [
        (Sent, Reported::Nothing, Sent),
        (Delivered, Reported::Moved, Delivered),
        (Sent, Reported::Nothing, Delivered),
        (Delivered, Reported::Nothing, Delivered),
        (Failed, Reported::Nothing, Delivered),
        (Read, Reported::Moved, Read),
        (Delivered, Reported::Nothing, Read),
        (Failed, Reported::Nothing, Read),
    ] {
        assert_eq!(bench.report(&shop.inbox, "ours", report), reported);
        assert_eq!(bench.message(id).status, status);
        assert_eq!(bench.message(id).error, None);
    }
    assert_eq!(
        moves(&bench, before),
        [(Queued, Sent), (Sent, Delivered), (Delivered, Read)]
    );
}

pub fn a_failed_message_stays_failed(bench: Bench) {
    let shop = shop(&bench);
    let id = bench.sent(&shop, 1, "ours");
    assert_eq!(bench.report(&shop.inbox, "ours", Failed), Reported::Moved);
    assert_eq!(bench.message(id).error.as_deref(), Some("no such number"));
    for report in [Sent, Delivered, Read, Failed] {
        assert_eq!(bench.report(&shop.inbox, "ours", report), Reported::Nothing);
    }
    assert_eq!(bench.message(id).status, Failed);
}

pub fn a_report_in_another_inbox_is_not_about_this_message(bench: Bench) {
    let shop = shop(&bench);
    let other = bench.inbox(shop.account.id, "another address");
    let id = bench.sent(&shop, 1, "ours");
    assert_eq!(bench.report(&other, "ours", Read), Reported::Early);
    // Nor is one about a message of theirs.
    assert_eq!(bench.report(&shop.inbox, "m1", Read), Reported::Early);
    assert_eq!(bench.message(id).status, Sent);
}

pub fn reports_before_the_answer_are_applied_in_order_after_it(bench: Bench) {
    let shop = shop(&bench);
    let id = bench.send(&shop, 1, text("good day")).spoken.message.id;
    let head = bench.heads(&shop.inbox).pop().unwrap();
    let before = bench.feed.head();
    for report in [Sent, Delivered, Read] {
        assert_eq!(bench.report(&shop.inbox, "ours", report), Reported::Early);
    }
    assert_eq!(bench.feed.head(), before);
    bench.accept(&head, "ours");
    let message = bench.message(id);
    assert_eq!(
        (message.status, message.external_id.as_deref()),
        (Read, Some("ours"))
    );
    assert_eq!(
        moves(&bench, before),
        [(Queued, Sent), (Sent, Delivered), (Delivered, Read)]
    );
}

pub fn early_reports_are_taken_once_and_by_inbox(bench: Bench) {
    let shop = shop(&bench);
    let other = bench.inbox(shop.account.id, "another address");
    bench.report(&shop.inbox, "x", Delivered);
    bench.report(&other, "x", Read);
    bench.report(&shop.inbox, "y", Read);
    bench.report(&shop.inbox, "x", Failed);
    let take = |inbox: &domain::Inbox| {
        let inbox = inbox.id;
        bench.tx(move |tx| tx.take_early_reports(inbox, "x"))
    };
    let report = |status, error: Option<&str>| EarlyReport {
        status,
        error: error.map(str::to_owned),
    };
    assert_eq!(
        take(&shop.inbox),
        [
            report(Delivered, None),
            report(Failed, Some("no such number"))
        ]
    );
    assert_eq!(take(&shop.inbox), []);
    assert_eq!(take(&other), [report(Read, None)]);
}

pub fn the_oldest_early_reports_give_way(bench: Bench) {
    let shop = shop(&bench);
    let other = bench.inbox(shop.account.id, "another address");
    bench.report(&other, "0", Read);
    let inbox = shop.inbox.id;
    let report = EarlyReport {
        status: Read,
        error: None,
    };
    bench.tx(move |tx| {
        (0..EARLY_REPORTS_PER_INBOX + 200)
            .try_for_each(|n| tx.insert_early_report(inbox, &n.to_string(), &report))
    });
    let kept = |inbox, n: i64| {
        bench
            .tx(move |tx| tx.take_early_reports(inbox, &n.to_string()))
            .len()
    };
    assert_eq!(kept(inbox, 0), 0);
    assert_eq!(kept(inbox, 99), 0);
    assert_eq!(kept(inbox, 200), 1);
    assert_eq!(kept(inbox, EARLY_REPORTS_PER_INBOX + 199), 1);
    assert_eq!(kept(other.id, 0), 1);
}

pub fn a_message_is_sent_when_its_last_part_is(bench: Bench) {
    let shop = shop(&bench);
    let mut draft = text("two files");
    draft.attachments = samples::new_attachments()[4..6].to_vec();
    let id = bench.send(&shop, 1, draft).spoken.message.id;
    for (part, status) in [(0, Queued), (1, Queued), (2, Sent)] {
        let head = bench.heads(&shop.inbox).pop().unwrap();
        assert_eq!(part_of(&head).1, part);
        bench.accept(&head, &format!("ours {part}"));
        let message = bench.message(id);
        assert_eq!(message.status, status);
        // It is known by its first part.
        assert_eq!(message.external_id.as_deref(), Some("ours 0"));
    }
    assert_eq!(bench.heads(&shop.inbox), []);
}

/// Sends a message of three parts, of which the network has taken the first.
fn half_sent(bench: &Bench, shop: &Shop) -> domain::MessageId {
    let mut draft = text("two files");
    draft.attachments = samples::new_attachments()[4..6].to_vec();
    let id = bench.send(shop, 1, draft).spoken.message.id;
    let head = bench.heads(&shop.inbox).pop().unwrap();
    bench.accept(&head, "ours");
    id
}

pub fn a_message_that_fails_for_good_takes_its_deliveries_along(bench: Bench) {
    let shop = shop(&bench);
    let failing = half_sent(&bench, &shop);
    let next = bench.send(&shop, 1, text("and this")).spoken.message.id;
    let head = bench.heads(&shop.inbox).pop().unwrap();
    assert_eq!(part_of(&head), (failing, 1, 3));
    let reason = "too large".to_owned();
    bench.answer(&head, Err(SendError::ForGood { reason }));
    let message = bench.message(failing);
    assert_eq!(
        (message.status, message.error.as_deref()),
        (Failed, Some("too large"))
    );
    let head = bench.heads(&shop.inbox).pop().unwrap();
    assert_eq!(part_of(&head).0, next);
    bench.accept(&head, "the next");
    assert_eq!(bench.heads(&shop.inbox), []);
}

pub fn a_message_reported_failed_takes_its_deliveries_along(bench: Bench) {
    let shop = shop(&bench);
    let failing = half_sent(&bench, &shop);
    let under_way = bench.heads(&shop.inbox).pop().unwrap();
    assert_eq!(bench.report(&shop.inbox, "ours", Failed), Reported::Moved);
    assert_eq!(bench.heads(&shop.inbox), []);
    let before = bench.journal();
    bench.accept(&under_way, "too late");
    assert_eq!(bench.message(failing).status, Failed);
    assert_eq!(bench.journal(), before);
}

pub fn an_answer_for_a_settled_delivery_changes_nothing(bench: Bench) {
    let shop = shop(&bench);
    let id = bench.send(&shop, 1, text("good day")).spoken.message.id;
    let head = bench.heads(&shop.inbox).pop().unwrap();
    bench.accept(&head, "ours");
    let before = (bench.journal(), bench.message(id));
    bench.accept(&head, "another id");
    assert_eq!((bench.journal(), bench.message(id)), before);
}

pub fn an_inbox_that_is_refused_pauses_and_keeps_its_deliveries(bench: Bench) {
    let shop = shop(&bench);
    let id = bench.send(&shop, 1, text("good day")).spoken.message.id;
    let head = bench.heads(&shop.inbox).pop().unwrap();
    let reason = "the token is void".to_owned();
    bench.answer(&head, Err(SendError::Closed { reason }));
    let paused = bench.connected(&shop.inbox).inbox.state.clone();
    assert_eq!(
        paused,
        InboxState::Paused {
            reason: "the token is void".to_owned()
        }
    );
    let kept = bench.heads(&shop.inbox).pop().unwrap();
    assert_eq!((kept.id, kept.attempts), (head.id, 1));
    let message = bench.message(id);
    assert_eq!(message.status, Queued);
    assert!(message.error.unwrap().contains("the token is void"));
    bench.accept(&kept, "ours");
    let message = bench.message(id);
    assert_eq!((message.status, message.error), (Sent, None));
}
