//! How many open conversations have something that no agent has seen, as the asker sees them.

use std::collections::BTreeMap;

use domain::{InboxId, LabelId, TeamId};

use crate::{Result, Scope, directory::Tables, ports::View};

/// By where they take place, what they are labeled with and which team has them; what there is none of is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnreadCounts {
    /// By inbox.
    pub inboxes: BTreeMap<InboxId, i64>,
    /// By label.
    pub labels: BTreeMap<LabelId, i64>,
    /// By team.
    pub teams: BTreeMap<TeamId, i64>,
}

/// Counts those in the inboxes that the asker sees, as lists do: one statement, which reads sums.
pub fn unread_counts<V: View + ?Sized>(
    view: &V,
    tables: &Tables,
    scope: &Scope,
) -> Result<UnreadCounts> {
    let mut counts = UnreadCounts::default();
    for it in view.count_unread(scope.account_id)? {
        if !scope.sees_inbox(it.inbox_id) {
            continue;
        }
        if let Some(label) = it.label_id {
            // One that was removed may still be named.
            if tables.labels.contains_key(&label) {
                *counts.labels.entry(label).or_default() += it.count;
            }
            continue;
        }
        *counts.inboxes.entry(it.inbox_id).or_default() += it.count;
        if let Some(team) = it.team_id.filter(|id| tables.teams.contains_key(id)) {
            *counts.teams.entry(team).or_default() += it.count;
        }
    }
    Ok(counts)
}
