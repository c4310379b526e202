//! Teams, with who is in them.

use app::{Result, StoreError};
use domain::{AccountId, AgentId, Team, TeamId};

use super::{Writing, all, codes, directory::micros, number};
use crate::engine::Engine;

pub(super) fn list(engine: &impl Engine) -> Result<Vec<Team>> {
    let sql = "SELECT id, account_id, name, description, assigns, members, created_at, updated_at \
               FROM teams WHERE removed = 0 ORDER BY id";
    all(engine, sql, &[], |row| {
        Ok(Team {
            id: TeamId(row.int()?),
            account_id: AccountId(row.int()?),
            name: row.text()?,
            description: row.maybe_text()?,
            assigns: row.flag()?,
            members: from_text(&row.text()?)?,
            created_at: codes::time(row.int()?)?,
            updated_at: codes::time(row.int()?)?,
        })
    })
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Team) -> Result<TeamId> {
    let id = 1 + number(tx.reading.0, "SELECT max(id) FROM teams", &[])?;
    tx.put(
        "INSERT INTO teams (id, account_id, name, description, assigns, members, removed, \
         created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8)",
        &[
            id.into(),
            it.account_id.0.into(),
            (&it.name).into(),
            it.description.as_ref().into(),
            it.assigns.into(),
            (&to_text(&it.members)).into(),
            micros(it.created_at),
            micros(it.updated_at),
        ],
    )?;
    Ok(TeamId(id))
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Team) -> Result<()> {
    tx.put(
        "UPDATE teams SET name = ?2, description = ?3, assigns = ?4, members = ?5, \
         updated_at = ?6 WHERE id = ?1",
        &[
            it.id.0.into(),
            (&it.name).into(),
            it.description.as_ref().into(),
            it.assigns.into(),
            (&to_text(&it.members)).into(),
            micros(it.updated_at),
        ],
    )
}

pub(super) fn remove<E: Engine>(tx: &mut Writing<'_, E>, id: TeamId) -> Result<()> {
    let sql = "UPDATE teams SET removed = 1 WHERE id = ?1";
    tx.put(sql, &[id.0.into()])
}

/// Agents as a row keeps them.
pub(super) fn to_text(agents: &[AgentId]) -> String {
    let numbers: Vec<String> = agents.iter().map(ToString::to_string).collect();
    numbers.join(",")
}

/// The agents in a row's text.
pub(super) fn from_text(text: &str) -> Result<Vec<AgentId>> {
    let bad = || StoreError::Corrupt(format!("{text} are no agents"));
    let ids = text.split(',').filter(|it| !it.is_empty());
    ids.map(|id| id.parse().map(AgentId).map_err(|_| bad().into()))
        .collect()
}
