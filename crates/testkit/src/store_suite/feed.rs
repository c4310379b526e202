//! What the feed tells, and what a reader makes of it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{
    Result,
    journal::Reader,
    limits::{BATCH_ENTRIES, FEED_ENTRIES},
    ports::Tx,
};
use domain::{AccountId, AppId, Entry, Event, Kind};

use super::{Bench, text};

/// Appends entries that tell of nothing that is there: a reader only passes them on.
fn append(tx: &mut dyn Tx, count: usize) -> Result<()> {
    for _ in 0..count {
        tx.append(AccountId(1), Event::SocketAppChanged { app_id: AppId(1) })?;
    }
    Ok(())
}

/// Reads until the entry with this number, and checks that none is missing or comes twice.
fn read_until(mut reader: Reader, after: i64, last: i64) -> Vec<Arc<Entry>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let mut seen = Vec::new();
    runtime.block_on(async {
        while seen
            .last()
            .is_none_or(|entry: &Arc<Entry>| entry.seq < last)
        {
            let batch = tokio::time::timeout(Duration::from_secs(60), reader.next());
            let batch = batch.await.unwrap().unwrap();
            assert!(!batch.is_empty() && batch.len() <= BATCH_ENTRIES);
            seen.extend(batch);
        }
    });
    let numbers: Vec<i64> = seen.iter().map(|entry| entry.seq).collect();
    let whole: Vec<i64> = (after + 1..=last).collect();
    assert_eq!(numbers, whole);
    seen
}

pub fn entries_are_told_after_the_commit_and_before_the_answer(bench: Bench) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (store, seen) = (Arc::downgrade(&bench.store), told.clone());
    bench.feed.observe(Box::new(move |entries| {
        // A view sees only what is committed.
        let committed = store.upgrade().unwrap().view(|view| {
            let from = entries.first().map_or(0, |entry| entry.seq - 1);
            view.read_journal(from, i64::MAX)
        });
        seen.lock()
            .unwrap()
            .push((entries.to_vec(), committed.unwrap()));
    }));
    for n in 1..=20 {
        bench.tx(|tx| append(tx, 2));
        assert_eq!(bench.feed.head(), 2 * n);
        let told = told.lock().unwrap();
        let (entries, committed) = told.last().unwrap();
        assert_eq!(told.len(), usize::try_from(n).unwrap());
        assert_eq!(entries.last().unwrap().seq, 2 * n);
        assert!(entries.iter().map(|it| &**it).eq(committed));
    }
}

pub fn nothing_is_told_of_what_failed(bench: Bench) {
    let told = Arc::new(Mutex::new(0));
    let count = told.clone();
    bench.feed.observe(Box::new(move |entries| {
        *count.lock().unwrap() += entries.len();
    }));
    let failed = bench.try_tx::<()>(|tx| {
        append(tx, 3)?;
        Err(app::Error::refused(Kind::Conflict, "no"))
    });
    assert!(failed.is_err());
    assert_eq!((*told.lock().unwrap(), bench.feed.head()), (0, 0));
    bench.tx(|tx| append(tx, 1));
    assert_eq!((*told.lock().unwrap(), bench.feed.head()), (1, 1));
}

pub fn a_reader_sees_everything_once_in_order_while_others_write(bench: Bench) {
    let readers: Vec<_> = (0..3).map(|_| bench.reader(0)).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    bench.tx(|tx| append(tx, 3));
                }
            });
        }
        for reader in readers {
            scope.spawn(|| read_until(reader, 0, 1200));
        }
    });
}

pub fn a_reader_that_falls_behind_memory_misses_nothing(bench: Bench) {
    let behind = bench.reader(0);
    let last = i64::try_from(FEED_ENTRIES + 2 * BATCH_ENTRIES + 1).unwrap();
    bench.tx(move |tx| append(tx, FEED_ENTRIES));
    let part_way = bench.reader(BATCH_ENTRIES.try_into().unwrap());
    bench.tx(move |tx| append(tx, 2 * BATCH_ENTRIES + 1));
    read_until(behind, 0, last);
    read_until(part_way, BATCH_ENTRIES.try_into().unwrap(), last);
    // One that memory reaches exactly, and one that it does not reach by one.
    let edge = last - i64::try_from(FEED_ENTRIES).unwrap();
    read_until(bench.reader(edge), edge, last);
    read_until(bench.reader(edge - 1), edge - 1, last);
}

pub fn a_reader_from_the_start_of_a_store_opened_again_misses_nothing(mut bench: Bench) {
    bench.tx(|tx| append(tx, 3 * BATCH_ENTRIES / 2));
    let before = i64::try_from(3 * BATCH_ENTRIES / 2).unwrap();
    bench.reopen();
    read_until(bench.reader(0), 0, before);
    let reader = bench.reader(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..100 {
                bench.tx(|tx| append(tx, 5));
            }
        });
        scope.spawn(|| read_until(reader, 0, before + 500));
    });
}

pub fn a_reader_from_now_sees_only_what_follows(bench: Bench) {
    bench.tx(|tx| append(tx, 5));
    let reader = Reader::from_now(bench.feed.clone(), bench.store.clone());
    bench.tx(|tx| append(tx, 2));
    read_until(reader, 5, 7);
}

pub fn what_is_told_equals_what_is_kept(bench: Bench) {
    let shop = bench.shop("acme");
    bench.hear(&shop.inbox, "ann", "m1");
    bench.send(&shop, 1, text("good day"));
    let kept = bench.journal();
    let told = read_until(bench.reader(0), 0, bench.feed.head());
    assert!(told.iter().map(|it| &**it).eq(&kept));
}
