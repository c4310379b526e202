//! A page of conversations, and how many there are of each sort.

use domain::{AccountId, AgentId};

use crate::{
    Result,
    ports::{ConversationFilter, ConversationRow, Counts, View},
};

/// So many conversations after so many others, with the counts that go with them. The counts are asked for first: a
/// page behind the last conversation is not looked for, and the last page no further than its end.
pub fn list<V: View + ?Sized>(
    view: &V,
    account: AccountId,
    filter: &ConversationFilter,
    me: AgentId,
    (limit, offset): (i64, i64),
) -> Result<(Vec<ConversationRow>, Counts)> {
    let counts = view.count_conversations(account, filter, me)?;
    let here = match filter.assignee {
        Some(None) => counts.unassigned,
        Some(Some(agent)) if agent == me => counts.mine,
        None if filter.assigned => counts.assigned,
        Some(Some(_)) | None => counts.all,
    };
    let limit = limit.min(here - offset);
    let rows = match limit {
        1.. => view.list_conversations(account, filter, limit, offset)?,
        _ => Vec::new(),
    };
    Ok((rows, counts))
}
