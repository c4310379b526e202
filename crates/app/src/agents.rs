//! Agents: adding one, changing and removing them, and checking that one is who they say.

mod change;
mod join;
mod release;
mod remove;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use domain::{AccountId, Agent, AgentId, Availability, Event, Kind, Role, Wishes};
use std::sync::Arc;

use crate::{
    Error, Result, Scope, StoreError,
    directory::Directory,
    limits::AGENTS,
    ports::Tx,
    seal::{Purpose, Sealer},
};

pub(crate) use change::apply;
pub use change::{AgentChange, change};
pub use join::{Invited, invite, join};
pub(crate) use release::release_rest;
pub use release::{Leaving, release};
pub use remove::{leave, may_leave, remove, remove_person};

/// Shortest password that is accepted, in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;

/// What it takes to add an agent.
#[derive(Debug, Clone)]
pub struct NewAgent {
    /// The account they will work for.
    pub account_id: AccountId,
    /// Full name.
    pub name: String,
    /// Sign-in name; told apart without regard to case.
    pub email: String,
    /// From [`hash_password`].
    pub password_hash: String,
    /// What they may do.
    pub role: Role,
}

/// Adds an agent. Refuses an address that is taken or none.
pub fn create(tx: &mut dyn Tx, new: &NewAgent) -> Result<Agent> {
    let email = change::address(&*tx, &new.email, None)?;
    has_room(&*tx, new.account_id)?;
    let mut agent = Agent {
        id: AgentId(0),
        account_id: new.account_id,
        name: new.name.trim().to_owned(),
        display_name: None,
        email,
        role: new.role,
        availability: Availability::Online,
        auto_offline: true,
        wishes: Wishes::default(),
        working_since: None,
        token_generation: 1,
        created_at: tx.now(),
    };
    agent.id = tx.insert_agent(&agent, &new.password_hash)?;
    tx.append(
        agent.account_id,
        Event::AgentChanged {
            agent: Arc::new(agent.clone()),
            was: None,
        },
    )?;
    Ok(agent)
}

/// Refuses one more than an account may have.
fn has_room(tx: &dyn Tx, account: AccountId) -> Result<()> {
    let mine = tx.agents()?.into_iter();
    if account == AccountId::NOBODYS || mine.filter(|it| it.account_id == account).count() < AGENTS
    {
        return Ok(());
    }
    let text = format!("an account has at most {AGENTS} agents");
    Err(Error::refused(Kind::Invalid, text))
}

/// Says for an agent whether they take conversations. Saying what was said already changes nothing.
pub fn set_availability(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: AgentId,
    availability: Availability,
) -> Result<Arc<Agent>> {
    let mut agent = load(tx, directory, scope, id)?;
    let was = std::mem::replace(&mut agent.availability, availability);
    if was == availability {
        return Ok(Arc::new(agent));
    }
    tx.update_agent(&agent)?;
    let agent = Arc::new(agent);
    let told = agent.clone();
    tx.append(
        scope.account_id,
        Event::AvailabilityChanged { agent: told, was },
    )?;
    Ok(agent)
}

/// Begins an agent's working day, or ends it. Beginning a day that has begun changes nothing.
pub fn set_workday(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: AgentId,
    works: bool,
) -> Result<Arc<Agent>> {
    let mut agent = load(tx, directory, scope, id)?;
    if agent.working_since.is_some() == works {
        return Ok(Arc::new(agent));
    }
    agent.working_since = works.then(|| tx.now());
    tx.update_agent(&agent)?;
    let agent = Arc::new(agent);
    let told = agent.clone();
    let event = if works {
        Event::WorkdayStarted { agent: told }
    } else {
        Event::WorkdayEnded { agent: told }
    };
    tx.append(scope.account_id, event)?;
    Ok(agent)
}

/// An agent of the scope's account whom the asker may speak for: themselves, or anybody for an administrator.
fn load(tx: &dyn Tx, directory: &Directory, scope: &Scope, id: AgentId) -> Result<Agent> {
    let found = tx.find_agent(scope.account_id, id)?;
    let agent = found.filter(|it| !it.is_bot());
    let agent = agent.ok_or_else(|| Error::not_found("agent"))?;
    let asker = scope.agent_id();
    let asker = asker.and_then(|id| directory.seat(scope.account_id, id));
    if asker.is_some_and(|it| it.id == id || it.role == Role::Administrator) {
        return Ok(agent);
    }
    let text = "only an administrator may do this for somebody else";
    Err(Error::refused(Kind::Forbidden, text))
}

/// What an agent's programs call with. It is sealed, not stored, so it can be shown again.
pub fn access_token(sealer: &Sealer, agent: &Agent) -> String {
    sealer.seal(Purpose::AgentAccess, agent.id.0, agent.token_generation)
}

/// What an agent's programs follow events with.
pub fn follow_token(sealer: &Sealer, agent: &Agent) -> String {
    sealer.seal(Purpose::AgentFollow, agent.id.0, agent.token_generation)
}

/// Of the recommended equally strong costs the one with the least memory: 7 MiB a sign-in, five passes.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(7 * 1024, 5, 1, None)
        .map_err(|error| StoreError::Unavailable(format!("no password costs: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password. Takes tens of milliseconds on purpose: call it where blocking is allowed.
pub fn hash_password(password: &str) -> Result<String> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(Error::refused(
            Kind::Invalid,
            format!("a password needs at least {PASSWORD_CHARS_MIN} characters"),
        ));
    }
    let hash = argon2()?
        .hash_password(password.as_bytes())
        .map_err(|error| {
            StoreError::Unavailable(format!("the password cannot be hashed: {error}"))
        })?;
    Ok(hash.to_string())
}

/// Whether a password fits a hash; without a hash it takes as long and is false, so that time does not tell
/// which agents exist. Call it where blocking is allowed.
pub fn check_password(password: &str, hash: Option<&str>) -> bool {
    // A hash of a password that nobody has, with the default costs.
    const NOBODY: &str = "$argon2id$v=19$m=7168,t=5,p=1$c3dpdGNoYm9hcmQtbm9ib2R5\
                          $0Yxb9bTyaJrx0o0vQ6gDoVQqB2hiwJwCVqXoSo0gGqU";
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else {
        return false;
    };
    let fits = Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    fits && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let hash = hash_password("correct horse").unwrap();
        assert!(check_password("correct horse", Some(&hash)));
        assert!(!check_password("correct hors", Some(&hash)));
        assert!(!check_password("correct horse", None));
        assert_eq!(hash_password("short").unwrap_err().kind(), Kind::Invalid);
    }
}
