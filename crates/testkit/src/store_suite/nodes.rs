//! Nodes that share a store.

use app::nodes::{bury, hold, holds, join, let_go};
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

pub fn what_one_node_holds_another_takes_only_when_that_one_is_dead_or_lets_go(mut bench: Bench) {
    let one = bench.tx(|tx| join(tx, "one", "mark"));
    let two = bench.tx(|tx| join(tx, "two", "mark"));
    let takes = |bench: &Bench, node: i64| bench.tx(move |tx| hold(tx, "a bot", Some(node)));
    assert!(takes(&bench, one.id));
    assert!(!takes(&bench, two.id));
    assert!(bench.tx(move |tx| hold(tx, "another bot", Some(two.id))));
    bench.reopen();
    assert!(takes(&bench, one.id), "it is the same after a restart");
    let id = one.id;
    assert!(bench.tx(move |tx| bury(tx, &one)));
    assert!(takes(&bench, two.id));
    // Whoever was taken for dead finds that it holds it no more.
    assert!(!bench.view(|view| holds(view, "a bot", Some(id))));
    assert!(bench.view(|view| holds(view, "a bot", Some(two.id))));
    bench.tx(move |tx| let_go(tx, "a bot", Some(id)));
    assert!(bench.view(|view| holds(view, "a bot", Some(two.id))));
    bench.tx(move |tx| let_go(tx, "a bot", Some(two.id)));
    assert!(takes(&bench, id));
    // A server alone is no node, and holds everything.
    assert!(bench.tx(|tx| hold(tx, "a bot", None)));
    assert!(bench.view(|view| holds(view, "a bot", None)));
}
