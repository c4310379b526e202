//! Teams: making, changing and removing them, and who is in them. Giving one a conversation is
//! [`conversations::assign_team`](crate::conversations::assign_team).

use std::sync::Arc;

use domain::{AgentId, Event, Kind, Refusal, Team, TeamId};

use crate::{
    Error, Result, Scope,
    agents::{self, Leaving},
    directory::Directory,
    limits::{NAME_CHARS, TEAM_DESCRIPTION_CHARS, TEAMS},
    ports::{Tx, View},
};

/// A team as somebody wants it. In a new team what is absent takes its default; in an old one it stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTeam {
    /// What people read. A new team needs one.
    pub name: Option<String>,
    /// What it is for; `Some(None)` takes that away.
    pub description: Option<Option<String>>,
    /// Whether its conversations find one of its agents by themselves; true if nobody says.
    pub assigns: Option<bool>,
}

/// Makes a team. Refuses a name that the account has.
pub fn create(tx: &mut dyn Tx, scope: &Scope, new: &NewTeam) -> Result<Arc<Team>> {
    let known = tx.teams()?;
    let mine = known.iter().filter(|it| it.account_id == scope.account_id);
    if mine.count() >= TEAMS {
        let text = format!("an account has at most {TEAMS} teams");
        return Err(Error::refused(Kind::Invalid, text));
    }
    let now = tx.now();
    let mut team = Team {
        id: TeamId(0),
        account_id: scope.account_id,
        name: String::new(),
        description: None,
        assigns: true,
        members: Vec::new(),
        created_at: now,
        updated_at: now,
    };
    apply(&mut team, new);
    check(&team, &known)?;
    team.id = tx.insert_team(&team)?;
    tell(tx, team)
}

/// Changes a team of the scope's account.
pub fn change(tx: &mut dyn Tx, scope: &Scope, id: TeamId, new: &NewTeam) -> Result<Arc<Team>> {
    let known = tx.teams()?;
    let mut team = load(&*tx, scope, id)?;
    apply(&mut team, new);
    check(&team, &known)?;
    update(tx, team)
}

/// Removes a team of the scope's account. No conversation is its any more, and nobody's who saw it by the team alone.
pub fn remove(tx: &mut dyn Tx, directory: &Directory, scope: &Scope, id: TeamId) -> Result<()> {
    let team = Arc::new(load(&*tx, scope, id)?);
    for member in &team.members {
        agents::release_rest(tx, directory, scope, *member, Leaving::Team(id))?;
    }
    tx.remove_team(id)?;
    tx.append(scope.account_id, Event::TeamRemoved { team })
}

/// Says who is in a team: `alter` changes its list. Everybody on it must work for the account. Whoever is not on it any
/// more has no conversation that they saw by the team alone.
pub fn set_members(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: TeamId,
    alter: impl FnOnce(&mut Vec<AgentId>),
) -> Result<Arc<Team>> {
    let mut team = load(&*tx, scope, id)?;
    let before = team.members.clone();
    alter(&mut team.members);
    team.members.sort_unstable();
    team.members.dedup();
    if team.members == before {
        return Ok(Arc::new(team));
    }
    for member in &team.members {
        let agent = tx.find_agent(scope.account_id, *member)?;
        if agent.is_none_or(|it| it.is_bot()) {
            return Err(Error::not_found("agent"));
        }
    }
    for gone in before.iter().filter(|it| !team.members.contains(it)) {
        agents::release_rest(tx, directory, scope, *gone, Leaving::Team(id))?;
    }
    update(tx, team)
}

/// A team of the scope's account.
pub fn find(directory: &Directory, scope: &Scope, id: TeamId) -> Result<Arc<Team>> {
    let found = directory.tables().teams.get(&id).cloned();
    found
        .filter(|it| it.account_id == scope.account_id)
        .ok_or_else(|| Error::not_found("team"))
}

fn load<V: View + ?Sized>(view: &V, scope: &Scope, id: TeamId) -> Result<Team> {
    let mut known = view.teams()?.into_iter();
    known
        .find(|it| it.id == id && it.account_id == scope.account_id)
        .ok_or_else(|| Error::not_found("team"))
}

fn update(tx: &mut dyn Tx, mut team: Team) -> Result<Arc<Team>> {
    team.updated_at = tx.now();
    tx.update_team(&team)?;
    tell(tx, team)
}

fn tell(tx: &mut dyn Tx, team: Team) -> Result<Arc<Team>> {
    let team = Arc::new(team);
    let told = team.clone();
    tx.append(team.account_id, Event::TeamChanged { team: told })?;
    Ok(team)
}

fn apply(team: &mut Team, new: &NewTeam) {
    if let Some(name) = &new.name {
        team.name = name.trim().to_lowercase();
    }
    if let Some(description) = &new.description {
        team.description = description.clone().filter(|it| !it.is_empty());
    }
    team.assigns = new.assigns.unwrap_or(team.assigns);
}

fn check(team: &Team, known: &[Team]) -> Result<()> {
    if team.name.is_empty() {
        return invalid("name", "Name must not be blank".to_owned());
    }
    if team.name.chars().count() > NAME_CHARS {
        let text = format!("Name is too long (maximum is {NAME_CHARS} characters)");
        return invalid("name", text);
    }
    let description = team.description.as_deref().unwrap_or_default();
    if description.chars().count() > TEAM_DESCRIPTION_CHARS {
        let text =
            format!("Description is too long (maximum is {TEAM_DESCRIPTION_CHARS} characters)");
        return invalid("description", text);
    }
    let mut others = known
        .iter()
        .filter(|it| it.account_id == team.account_id && it.id != team.id);
    if others.any(|it| it.name == team.name) {
        return invalid("name", "Name has already been taken".to_owned());
    }
    Ok(())
}

fn invalid(field: &'static str, text: String) -> Result<()> {
    Err(Error::Refused(
        Refusal::new(Kind::Invalid, text).of_field(field),
    ))
}
