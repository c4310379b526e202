//! `/metrics`: figures in Prometheus' text format.

use std::fmt::Write as _;

use app::deliveries::{Change, FIRST_ATTEMPT_MS};
use axum::extract::State;

use crate::Edge;

/// Every figure of this node.
pub(super) async fn metrics(State(edge): State<Edge>) -> String {
    let mut text = String::new();
    let open = u64::try_from(edge.hub.connections()).unwrap_or(u64::MAX);
    let head = u64::try_from(edge.core.feed.head()).unwrap_or(0);
    one(&mut text, "switchboard_socket_connections", "gauge", open);
    one(&mut text, "switchboard_journal_head", "counter", head);
    one(
        &mut text,
        "switchboard_uptime_seconds",
        "counter",
        edge.started.elapsed().as_secs(),
    );
    deliveries(&mut text, &edge);
    text
}

fn one(text: &mut String, name: &str, kind: &str, value: u64) {
    // Writing to a string cannot fail.
    writeln!(text, "# TYPE {name} {kind}\n{name} {value}").ok();
}

fn deliveries(text: &mut String, edge: &Edge) {
    let figures = &edge.hooks.figures;
    let name = "switchboard_delivery_attempts_total";
    // Writing to a string cannot fail, here and below.
    writeln!(text, "# TYPE {name} counter").ok();
    for (to, counts) in ["endpoint", "inbox", "mail"]
        .into_iter()
        .zip(figures.attempts())
    {
        for (outcome, count) in ["delivered", "failed"].into_iter().zip(counts) {
            writeln!(text, "{name}{{to=\"{to}\",outcome=\"{outcome}\"}} {count}").ok();
        }
    }
    let name = "switchboard_endpoint_state_changes_total";
    writeln!(text, "# TYPE {name} counter").ok();
    for (state, change) in [
        ("active", Change::Active),
        ("paused", Change::Paused),
        ("disabled", Change::Disabled),
    ] {
        let count = figures.entered(change);
        writeln!(text, "{name}{{state=\"{state}\"}} {count}").ok();
    }
    let now = edge.core.clock.now();
    if let Ok(owed) = edge.core.store.view(|view| view.count_owed(now)) {
        let age = |at| now.duration_since(at).unsigned_abs().as_secs();
        let count = |it: i64| u64::try_from(it).unwrap_or(0);
        for (name, value) in [
            ("switchboard_deliveries_pending", count(owed.open)),
            ("switchboard_deliveries_overdue", count(owed.overdue)),
            (
                "switchboard_deliveries_oldest_pending_seconds",
                owed.oldest.map_or(0, age),
            ),
        ] {
            one(text, name, "gauge", value);
        }
    }
    let (buckets, count, sum_ms) = figures.first_attempts();
    let name = "switchboard_delivery_first_attempt_ms";
    writeln!(text, "# TYPE {name} histogram").ok();
    for (end, value) in FIRST_ATTEMPT_MS.iter().zip(buckets) {
        writeln!(text, "{name}_bucket{{le=\"{end}\"}} {value}").ok();
    }
    writeln!(
        text,
        "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {sum_ms}\n{name}_count {count}"
    )
    .ok();
}
