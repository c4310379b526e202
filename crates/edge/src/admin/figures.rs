//! `/metrics`: figures in Prometheus' text format.

use std::fmt::Write as _;

use app::hooks::FIRST_ATTEMPT_MS;
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
    hooks(&mut text, &edge);
    text
}

fn one(text: &mut String, name: &str, kind: &str, value: u64) {
    // Writing to a string cannot fail.
    writeln!(text, "# TYPE {name} {kind}\n{name} {value}").ok();
}

fn hooks(text: &mut String, edge: &Edge) {
    let [delivered, failed, disabled] = edge.hooks.figures.counts();
    text.push_str("# TYPE switchboard_hook_attempts_total counter\n");
    for (outcome, value) in [("delivered", delivered), ("failed", failed)] {
        writeln!(
            text,
            "switchboard_hook_attempts_total{{outcome=\"{outcome}\"}} {value}"
        )
        .ok();
    }
    one(
        text,
        "switchboard_hook_endpoints_disabled_total",
        "counter",
        disabled,
    );
    let now = edge.core.clock.now();
    if let Ok((pending, oldest)) = edge.core.store.view(|view| view.count_pending_hooks()) {
        let age = oldest.map_or(0, |at| now.duration_since(at).unsigned_abs().as_secs());
        one(
            text,
            "switchboard_hooks_pending",
            "gauge",
            u64::try_from(pending).unwrap_or(0),
        );
        one(
            text,
            "switchboard_hooks_oldest_pending_seconds",
            "gauge",
            age,
        );
    }
    let (buckets, count, sum_ms) = edge.hooks.figures.first_attempts();
    let name = "switchboard_hook_first_attempt_ms";
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
