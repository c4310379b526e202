//! Pages from a place: what happens meanwhile moves nothing into a page twice, or out of it.

use std::time::Duration;

use app::{
    messages::{Draft, Inbound},
    ports::{ConversationRow, HistoryPage, RecentPage},
};
use domain::{ConversationId, Direction, Message, MessageId, Timestamp};

use super::{Bench, Shop, inbound, samples, text};

const SECOND: Duration = Duration::from_secs(1);

/// Conversations 1 to 9, of which three at a time were active last in one moment.
fn nine(bench: &Bench) -> Shop {
    let shop = bench.shop("acme");
    for n in 0..9 {
        bench.hear(&shop.inbox, &format!("a{n}"), &format!("m{n}"));
        if n % 3 == 2 {
            bench.clock.advance(SECOND);
        }
    }
    shop
}

fn place(row: &ConversationRow) -> (Timestamp, ConversationId) {
    (row.conversation.last_activity_at, row.conversation.id)
}

pub fn recent_conversations_join_without_gap_or_overlap(bench: Bench) {
    let (shop, other) = (nine(&bench), bench.shop("other"));
    bench.hear(&other.inbox, "b", "m1");
    for inbox_id in [None, Some(shop.inbox.id)] {
        let (mut numbers, mut before) = (Vec::new(), None);
        loop {
            let page = RecentPage {
                label_id: None,
                inbox_id,
                before,
                limit: 2,
            };
            let rows = bench.view(|view| view.list_recent(shop.account.id, &page));
            let Some(last) = rows.last() else { break };
            before = Some(place(last));
            numbers.extend(rows.iter().map(|it| it.conversation.number));
        }
        assert_eq!(numbers, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    }
    let page = RecentPage {
        label_id: None,
        inbox_id: Some(shop.inbox.id),
        before: None,
        limit: 9,
    };
    let theirs = bench.view(|view| view.list_recent(other.account.id, &page));
    assert_eq!(theirs, []);
}

pub fn a_conversation_that_becomes_active_is_not_on_a_later_page(bench: Bench) {
    let shop = nine(&bench);
    let first = RecentPage {
        label_id: None,
        limit: 4,
        ..RecentPage::default()
    };
    let rows = bench.view(|view| view.list_recent(shop.account.id, &first));
    bench.hear(&shop.inbox, "a0", "m-new");
    let rest = RecentPage {
        label_id: None,
        before: rows.last().map(place),
        limit: 9,
        ..first
    };
    let rest = bench.view(|view| view.list_recent(shop.account.id, &rest));
    let numbers: Vec<i64> = rest.iter().map(|it| it.conversation.number).collect();
    assert_eq!(numbers, [5, 4, 3, 2]);
    // Before a moment is before all of it.
    let moment = rest[0].conversation.last_activity_at;
    let earlier = RecentPage {
        label_id: None,
        before: Some((moment, ConversationId(0))),
        limit: 9,
        ..first
    };
    let earlier = bench.view(|view| view.list_recent(shop.account.id, &earlier));
    let numbers: Vec<i64> = earlier.iter().map(|it| it.conversation.number).collect();
    assert_eq!(numbers, [3, 2]);
}

/// Ten messages a second apart, each with a note beside it, and one about the conversation itself.
fn ten(bench: &Bench, shop: &Shop) -> Vec<Message> {
    let mut told = Vec::new();
    for n in 0..10 {
        told.push(bench.hear(&shop.inbox, "ann", &format!("m{n}")));
        let note = Draft {
            private: true,
            ..text("a note")
        };
        bench.send(shop, 1, note);
        bench.clock.advance(SECOND);
    }
    let about = Message {
        id: MessageId(told[4].id.0 + 1000),
        account_id: shop.account.id,
        inbox_id: shop.inbox.id,
        conversation_id: told[4].conversation_id,
        direction: Direction::Activity,
        sent_at: told[4].sent_at,
        ..samples::bare_message()
    };
    bench.tx(move |tx| tx.insert_message(&about));
    told
}

fn read(bench: &Bench, of: &Message, page: HistoryPage) -> Vec<MessageId> {
    let found = bench.view(|view| view.list_history(of.conversation_id, &page));
    found.into_iter().map(|it| it.id).collect()
}

pub fn a_history_is_read_both_ways_without_notes(bench: Bench) {
    let shop = bench.shop("acme");
    let told = ten(&bench, &shop);
    let mut ids: Vec<MessageId> = told.iter().map(|it| it.id).collect();
    for forward in [true, false] {
        let (mut all, mut beyond) = (Vec::new(), None);
        loop {
            let page = HistoryPage {
                forward,
                beyond,
                limit: 3,
                ..HistoryPage::default()
            };
            let found = read(&bench, &told[0], page);
            let Some(last) = found.last() else { break };
            beyond = Some(*last);
            all.extend(found);
        }
        assert_eq!(all, ids, "{forward}");
        ids.reverse();
    }
    let everything = HistoryPage {
        activity: true,
        limit: 100,
        ..HistoryPage::default()
    };
    assert_eq!(read(&bench, &told[0], everything).len(), 11);
}

pub fn a_time_bounds_a_history_by_when_it_was_written(bench: Bench) {
    let shop = bench.shop("acme");
    let told = ten(&bench, &shop);
    let ids: Vec<MessageId> = told.iter().map(|it| it.id).collect();
    for (at, message) in told.iter().enumerate() {
        let mut page = HistoryPage {
            forward: true,
            time: Some(message.sent_at),
            limit: 100,
            ..HistoryPage::default()
        };
        assert_eq!(read(&bench, message, page), ids[at..]);
        page.forward = false;
        let mut before = ids[..at].to_vec();
        before.reverse();
        assert_eq!(read(&bench, message, page), before);
    }
    // One that came an hour late is where it came, and is found by when it was written.
    let hour = Duration::from_secs(3600);
    let written = told[9].sent_at + SECOND;
    bench.clock.advance(hour);
    let late = Inbound {
        sent_at: Some(written),
        ..inbound("ann", "late", "late")
    };
    bench.receive(&shop.inbox, late);
    let since = HistoryPage {
        forward: true,
        time: Some(written),
        limit: 100,
        ..HistoryPage::default()
    };
    assert_eq!(read(&bench, &told[0], since).len(), 1);
}
