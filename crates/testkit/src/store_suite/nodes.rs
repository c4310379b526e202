//! Nodes that share a store.

use app::nodes::{bury, join};
use domain::Kind;

use super::Bench;

pub fn a_node_keeps_its_number_over_restarts_and_shares_it_with_nobody(mut bench: Bench) {
    let one = bench.tx(|tx| join(tx, "one", "mark"));
    let two = bench.tx(|tx| join(tx, "two", "mark"));
    assert_ne!(one.id, two.id);
    bench.reopen();
    let again = bench.tx(|tx| join(tx, "one", "mark"));
    assert_eq!(again.id, one.id);
    assert_eq!(bench.view(|view| view.nodes()), [again, two]);
}

pub fn a_node_with_another_key_is_refused_unless_it_is_alone(bench: Bench) {
    bench.tx(|tx| join(tx, "one", "old"));
    let refused = bench.try_tx(|tx| join(tx, "two", "new")).unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    assert!(refused.public().contains("server.key"));
    bench.tx(|tx| join(tx, "one", "new"));
    bench.tx(|tx| join(tx, "two", "new"));
}

pub fn a_node_is_buried_only_as_it_was_last_seen(bench: Bench) {
    let mut seen = bench.tx(|tx| join(tx, "one", "mark"));
    let living = app::nodes::Node {
        beats: seen.beats + 1,
        ..seen.clone()
    };
    bench.tx({
        let living = living.clone();
        move |tx| tx.put_node(&living)
    });
    let late = seen.clone();
    assert!(!bench.tx(move |tx| bury(tx, &late)));
    seen = living;
    assert!(bench.tx(move |tx| bury(tx, &seen)));
    assert_eq!(bench.view(|view| view.nodes()), []);
}
