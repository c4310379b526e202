//! The journal as it is read back.

use domain::{AccountId, AppId, Event};

use super::{Bench, samples};

pub fn every_kind_of_event_is_read_back_equal(mut bench: Bench) {
    let events = samples::events();
    let appended = events.clone();
    bench.tx(move |tx| {
        for (index, event) in (1..).zip(&appended) {
            tx.append(AccountId(index), event.clone())?;
        }
        Ok(())
    });
    let now = bench.tx(|tx| Ok(tx.now()));
    bench.reopen();
    let journal = bench.journal();
    assert_eq!(journal.len(), events.len());
    for (index, (entry, event)) in (1..).zip(journal.iter().zip(&events)) {
        assert_eq!(
            (entry.seq, entry.account_id, entry.at),
            (index, AccountId(index), now)
        );
        assert_eq!(&entry.event, event);
    }
}

pub fn pages_of_the_journal_join_without_gap_or_overlap(bench: Bench) {
    bench.tx(|tx| {
        (1..=50)
            .try_for_each(|n| tx.append(AccountId(1), Event::SocketAppChanged { app_id: AppId(n) }))
    });
    let whole = bench.journal();
    for limit in [1, 7, 50, 51] {
        let (mut pages, mut cursor) = (Vec::new(), 0);
        loop {
            let page = bench.view(|view| view.read_journal(cursor, limit));
            let Some(last) = page.last() else { break };
            cursor = last.seq;
            pages.extend(page);
        }
        assert_eq!(pages, whole);
    }
    assert_eq!(bench.view(|view| view.journal_head()), 50);
}
