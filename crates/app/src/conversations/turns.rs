//! Whose turn it is to be given a conversation.

use domain::{AgentId, Conversation, Team};

use crate::{Result, directory::Directory, ports::Tx};

/// Under what it is kept who was given the last one.
const KEEPER: &str = "turns";

/// The next of those who answer in the conversation's inbox, are among those `available`, and are in the team if there
/// is one: one after the other, in the order of their numbers. None if there is nobody.
pub(super) fn next(
    tx: &mut dyn Tx,
    directory: &Directory,
    conversation: &Conversation,
    team: Option<&Team>,
    available: &[AgentId],
) -> Result<Option<AgentId>> {
    let tables = directory.tables();
    let members = tables.members_of(conversation.inbox_id).iter().copied();
    let free = members
        .filter(|id| available.contains(id))
        .filter(|id| team.is_none_or(|it| it.members.contains(id)))
        .filter(|id| tables.sees(*id, conversation));
    let mut free: Vec<AgentId> = free.collect();
    free.sort_unstable();
    let queue = match team {
        Some(team) => format!("team/{}", team.id),
        None => format!("inbox/{}", conversation.inbox_id),
    };
    let last = tx.find_kept(KEEPER, &queue)?;
    let last = last.and_then(|it| it.parse().ok()).map(AgentId);
    let after = free.iter().find(|id| Some(**id) > last);
    let next = after.or_else(|| free.first()).copied();
    if let Some(id) = next {
        tx.keep(KEEPER, &queue, Some(&id.to_string()))?;
    }
    Ok(next)
}
