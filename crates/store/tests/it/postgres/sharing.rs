//! Two nodes on one database.

use std::sync::{Arc, Mutex};

use app::{Result, ports::Tx};
use domain::{AccountId, AppId, Entry, Event};
use testkit::{postgres::Cluster, wait::until_blocking};

use super::Node;

/// Everything that a node's feed tells.
fn told(node: &Node) -> Arc<Mutex<Vec<Arc<Entry>>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = told.clone();
    node.feed.observe(Box::new(move |entries| {
        seen.lock().unwrap().extend_from_slice(entries);
    }));
    told
}

/// Appends entries that tell of new numbers.
fn append(tx: &mut dyn Tx, count: usize) -> Result<()> {
    for _ in 0..count {
        let app_id = AppId(tx.new_id());
        tx.append(AccountId(1), Event::SocketAppChanged { app_id })?;
    }
    Ok(())
}

/// Waits until a feed has told so many entries, and checks that they are all there are, in order.
fn whole(told: &Mutex<Vec<Arc<Entry>>>, count: usize) -> Vec<Arc<Entry>> {
    until_blocking("every entry to be told", || {
        (told.lock().unwrap().len() >= count).then_some(())
    });
    let told = told.lock().unwrap().clone();
    let numbers: Vec<i64> = told.iter().map(|it| it.seq).collect();
    let expected: Vec<i64> = (1..).take(count).collect();
    assert_eq!(numbers, expected);
    told
}

#[test]
fn every_node_is_told_of_every_entry_once_in_the_order_of_their_numbers() {
    const JOBS: usize = 60;
    let database = Cluster::shared().database();
    let nodes = [Node::open(&database.url()), Node::open(&database.url())];
    let feeds = nodes.each_ref().map(told);
    std::thread::scope(|scope| {
        for node in &nodes {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..JOBS {
                        node.store.transact_blocking(|tx| append(tx, 3)).unwrap();
                    }
                });
            }
        }
    });
    let [one, other] = feeds.each_ref().map(|told| whole(told, 2 * 4 * JOBS * 3));
    assert_eq!(one, other);
    // Numbers made by both are one series, in the order of the commits.
    let made: Vec<i64> = one
        .iter()
        .map(|entry| match entry.event {
            Event::SocketAppChanged { app_id } => app_id.0,
            _ => unreachable!(),
        })
        .collect();
    assert!(made.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_node_that_only_listens_is_told_and_so_is_one_that_writes_next() {
    let database = Cluster::shared().database();
    let (writes, listens) = (Node::open(&database.url()), Node::open(&database.url()));
    let (own, others) = (told(&writes), told(&listens));
    writes.store.transact_blocking(|tx| append(tx, 2)).unwrap();
    whole(&others, 2);
    // Whoever answers has told what came before, whether it had heard of it or not.
    for n in 1..=10 {
        writes.store.transact_blocking(|tx| append(tx, 1)).unwrap();
        listens.store.transact_blocking(|tx| append(tx, 1)).unwrap();
        assert_eq!(listens.feed.head(), 2 + 2 * n);
    }
    whole(&own, 22);
    whole(&others, 22);
}

#[test]
fn small_numbers_are_given_once() {
    const JOBS: usize = 25;
    let database = Cluster::shared().database();
    let nodes = [Node::open(&database.url()), Node::open(&database.url())];
    std::thread::scope(|scope| {
        for node in &nodes {
            scope.spawn(|| {
                for _ in 0..JOBS {
                    let create = |tx: &mut dyn Tx| app::accounts::create(tx, "acme").map(drop);
                    node.store.transact_blocking(create).unwrap();
                }
            });
        }
    });
    let accounts = nodes[0].store.view(|view| view.accounts()).unwrap();
    let numbers: Vec<i64> = accounts.iter().map(|it| it.id.0).collect();
    let expected: Vec<i64> = (1..).take(2 * JOBS).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn a_node_that_is_opened_later_goes_on_after_the_others() {
    let database = Cluster::shared().database();
    let first = Node::open(&database.url());
    first.store.transact_blocking(|tx| append(tx, 5)).unwrap();
    let second = Node::open(&database.url());
    assert_eq!(second.feed.head(), 5);
    let made = second
        .store
        .transact_blocking(|tx| Ok(tx.new_id()))
        .unwrap();
    let next = first.store.transact_blocking(|tx| Ok(tx.new_id())).unwrap();
    assert!(next > made);
}
