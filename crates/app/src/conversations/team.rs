//! Giving a conversation to a team.

use domain::{TeamId, Thread};

use super::{assign, describe, load, participants::shed, turns};
use crate::{Result, Scope, directory::Directory, ports::Tx, teams};

/// Gives a conversation to a team of its account, or takes it from the one that has it.
///
/// An agent who is not in the team gives the conversation up, and so does whoever saw it by the team before alone. If
/// nobody has it then and the team wants it, one of its agents does who answers in the inbox and is here: by
/// turns.
pub fn assign_team(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    team: Option<TeamId>,
) -> Result<Thread> {
    let wanted = team.map(|id| teams::find(directory, scope, id));
    let wanted = wanted.transpose()?;
    let before = load(tx, scope, number)?.conversation;
    let thread = describe(tx, directory, scope, number, |details| {
        details.team_id = team;
        Ok(())
    })?;
    if before.details.team_id == team {
        return Ok(thread);
    }
    let mut now = thread.conversation.clone();
    shed(tx, directory, &mut now)?;
    let tables = directory.tables();
    let stays = now.assignee_id.filter(|id| tables.sees(*id, &now));
    let assignee = match wanted {
        None => stays,
        Some(wanted) => match stays.filter(|id| wanted.members.contains(id)) {
            None if wanted.assigns => turns::next(tx, directory, &now, Some(&wanted))?,
            stays => stays,
        },
    };
    if assignee == now.assignee_id {
        return Ok(thread);
    }
    assign(tx, directory, scope, number, assignee)
}
