//! Whose turn it is to be given a conversation.

use domain::{AgentId, Conversation, ConversationStatus, Team, Thread};

use super::assign;
use crate::{
    Actor, Result, Scope,
    directory::Directory,
    ports::{ConversationFilter, Tx},
};

/// Under what it is kept who was given the last one.
const KEEPER: &str = "turns";

/// Gives a conversation that has just opened to whoever's turn it is, if its inbox does that and nobody has it who
/// may. Returns it as it is then; `None` if it stays as it is.
pub(crate) fn deal(
    tx: &mut dyn Tx,
    directory: &Directory,
    opened: &Thread,
) -> Result<Option<Thread>> {
    let it = &opened.conversation;
    let tables = directory.tables();
    let is_taken = it.assignee_id.is_some_and(|id| tables.sees(id, it));
    if it.status != ConversationStatus::Open || is_taken || !directory.habits(it.inbox_id).assigns {
        return Ok(None);
    }
    let Some(next) = next(tx, directory, it, None)? else {
        return Ok(None);
    };
    let scope = Scope {
        account_id: it.account_id,
        actor: Actor::System,
    };
    assign(tx, directory, &scope, it.number, Some(next)).map(Some)
}

/// The next of those who answer in the conversation's inbox, are here, and are in the team if there is one: one after
/// the other, in the order of their numbers, without those who have as much as the inbox gives them. None if there is
/// nobody.
pub(super) fn next(
    tx: &mut dyn Tx,
    directory: &Directory,
    conversation: &Conversation,
    team: Option<&Team>,
) -> Result<Option<AgentId>> {
    let tables = directory.tables();
    let available = directory.available(conversation.account_id, tx.now());
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
    let before = free.partition_point(|id| Some(*id) <= last);
    free.rotate_left(before);
    let most = directory.habits(conversation.inbox_id).assigns_max;
    for id in free {
        if let Some(most) = most
            && count_open(tx, conversation, id)? >= most
        {
            continue;
        }
        tx.keep(KEEPER, &queue, Some(&id.to_string()))?;
        return Ok(Some(id));
    }
    Ok(None)
}

/// How many open conversations an agent has in the inbox of this one, which is not theirs.
fn count_open(tx: &dyn Tx, conversation: &Conversation, id: AgentId) -> Result<i64> {
    let filter = ConversationFilter {
        status: Some(ConversationStatus::Open),
        inbox_id: Some(conversation.inbox_id),
        ..ConversationFilter::default()
    };
    Ok(tx
        .count_conversations(conversation.account_id, &filter, id)?
        .mine)
}
