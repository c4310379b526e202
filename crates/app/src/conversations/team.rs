//! Giving a conversation to a team.

use domain::{AgentId, Team, TeamId, Thread};

use super::{assign, describe, load};
use crate::{Result, Scope, directory::Directory, ports::Tx, teams};

/// Gives a conversation to a team of its account, or takes it from the one that has it.
///
/// An agent who is not in the team gives the conversation up. If nobody has it then and the team wants it, one of
/// its agents does who is among those `available`: by turns, as conversations are numbered.
pub fn assign_team(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    team: Option<TeamId>,
    available: &[AgentId],
) -> Result<Thread> {
    let wanted = team.map(|id| teams::find(directory, scope, id));
    let wanted = wanted.transpose()?;
    let before = load(tx, scope, number)?.conversation;
    let thread = describe(tx, directory, scope, number, |details| {
        details.team_id = team;
        Ok(())
    })?;
    let Some(wanted) = wanted.filter(|_| before.details.team_id != team) else {
        return Ok(thread);
    };
    let kept = before.assignee_id.filter(|id| wanted.members.contains(id));
    let assignee = kept.or_else(|| whose_turn(&wanted, number, available));
    assign(tx, directory, scope, number, assignee)
}

fn whose_turn(team: &Team, number: i64, available: &[AgentId]) -> Option<AgentId> {
    let members = team.members.iter().filter(|_| team.assigns);
    let free: Vec<AgentId> = members
        .copied()
        .filter(|id| available.contains(id))
        .collect();
    let turn = usize::try_from(number).ok()?.checked_rem(free.len())?;
    free.get(turn).copied()
}
