//! The account's agents (onechat.md, 4.3). Administrators invite, change and remove them; every agent sees them.

use std::sync::Arc;

use app::{
    Scope,
    agents::{self, AgentChange, Invited, Leaving, NewAgent, hash_password},
    letters,
    seal::Sealer,
    tokens::random_text,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{AccountId, Agent, AgentId, Availability, Role};
use wire::onechat::{Params, errors::Refusal, words};

use super::{caller::Caller, errors::Answer, given::Given, password, path::Path, to_wire::rest};
use crate::{Edge, http::json};

/// Addresses of one invitation.
const INVITED: usize = 100;
/// Conversations taken from an agent in one transaction, so that nobody waits for it.
const BITE: i64 = 100;

/// `GET …/agents`: a bare array.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
) -> Answer {
    let scope = caller.within(account)?;
    let tables = edge.core.directory.tables();
    let all: Vec<_> = tables
        .agents_of(scope.account_id)
        .map(|it| rest::agent(&edge.core, it))
        .collect();
    Ok(json(StatusCode::OK, &all))
}

/// `POST …/agents {email, name, role, availability, auto_offline}`: bare.
///
/// Whoever is invited without a `password`, which is ours, is written to and chooses one; on a server without a mail
/// server an administrator's program sets one later. Whoever works for another account keeps theirs, and their name.
pub(super) async fn create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let params = Given::read(&edge, request).await?.params.unwrapped("agent");
    let wanted = Wanted::read(&params)?;
    let email = params.text("email")?.unwrap_or_default();
    let password = params.text("password")?.filter(|it| !it.is_empty());
    let new = NewAgent {
        account_id: scope.account_id,
        name: name_for(wanted.change.name.as_deref(), &email),
        email,
        password_hash: hashed(password.clone()).await?,
        role: wanted.change.role.unwrap_or(Role::Agent),
    };
    let invitation = Invitation::of(&edge, &caller, scope.account_id);
    let invitation = invitation.filter(|_| password.is_none());
    let (by, made) = (scope.clone(), wanted.change.clone());
    let directory = edge.core.directory.clone();
    let invite = move |tx: &mut dyn app::ports::Tx| {
        let invited = agents::invite(tx, &new)?;
        Invitation::send(&invitation, tx, &invited)?;
        let agent = invited.agent;
        let rest = AgentChange {
            auto_offline: made.auto_offline,
            ..AgentChange::default()
        };
        agents::change(tx, &directory, &by, agent.id, &rest)
    };
    let mut agent = edge.core.store.transact(invite).await?;
    edge.hooks.news.notify_one();
    if let Some(availability) = wanted.availability {
        agent = edge.set_availability(scope, agent.id, availability).await?;
    }
    Ok(shown(&edge, &agent))
}

/// `POST …/agents/bulk_create {emails}`: an empty 200. Addresses that somebody of the account has are passed over.
pub(super) async fn bulk_create(
    State(edge): State<Edge>,
    caller: Caller,
    Path(account): Path<i64>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let emails = Given::read(&edge, request).await?.params.texts("emails")?;
    if emails.is_empty() {
        return Err(Refusal::missing_param("emails").into());
    }
    if emails.len() > INVITED {
        let text = format!("emails: at most {INVITED} at once");
        return Err(Refusal::unprocessable(&text).into());
    }
    // A password that nobody knows is nobody's, so one does for all.
    let password_hash = hashed(None).await?;
    let invitation = Invitation::of(&edge, &caller, scope.account_id);
    for email in emails {
        let new = NewAgent {
            account_id: scope.account_id,
            name: name_for(None, &email),
            email,
            password_hash: password_hash.clone(),
            role: Role::Agent,
        };
        let invitation = invitation.clone();
        let made = edge.core.store.transact(move |tx| {
            let invited = agents::invite(tx, &new)?;
            Invitation::send(&invitation, tx, &invited)
        });
        match made.await {
            Ok(()) => {}
            Err(error) if error.field() == Some("email") => {}
            Err(error) => return Err(error.into()),
        }
    }
    edge.hooks.news.notify_one();
    Ok(StatusCode::OK.into_response())
}

/// What somebody who is invited is told.
#[derive(Clone)]
struct Invitation {
    sealer: Arc<Sealer>,
    account: String,
    by: String,
    page: String,
}

impl Invitation {
    /// None if the server cannot write to anybody.
    fn of(edge: &Edge, caller: &Caller, account: AccountId) -> Option<Self> {
        edge.core.post.as_ref()?;
        let tables = edge.core.directory.tables();
        Some(Self {
            sealer: edge.core.sealer.clone(),
            account: tables.accounts.get(&account)?.name.clone(),
            by: caller.agent.name.clone(),
            page: password::page_url(edge),
        })
    }

    /// Whoever is known has a password, and is not asked to choose one.
    fn send(it: &Option<Self>, tx: &mut dyn app::ports::Tx, whom: &Invited) -> app::Result<()> {
        let agent = &whom.agent;
        match it.as_ref().filter(|_| whom.is_new) {
            Some(it) => letters::invite(tx, &it.sealer, agent, &it.account, &it.by, &it.page),
            None => Ok(()),
        }
    }
}

/// `PATCH …/agents/{id} {name, role, availability, auto_offline}`: bare.
pub(super) async fn update(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, agent)): Path<(i64, i64)>,
    request: Request,
) -> Answer {
    let scope = caller.administers(account)?;
    let params = Given::read(&edge, request).await?.params.unwrapped("agent");
    let wanted = Wanted::read(&params)?;
    let (id, by) = (AgentId(agent), scope.clone());
    let directory = edge.core.directory.clone();
    let change =
        move |tx: &mut dyn app::ports::Tx| agents::change(tx, &directory, &by, id, &wanted.change);
    let mut agent = edge.core.store.transact(change).await?;
    if let Some(availability) = wanted.availability {
        agent = edge.set_availability(scope, id, availability).await?;
    }
    Ok(shown(&edge, &agent))
}

/// `DELETE …/agents/{id}`: an empty 200. What they had is nobody's, and whatever they show is refused at once.
pub(super) async fn delete(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, agent)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    remove(&edge, scope, AgentId(agent)).await?;
    Ok(StatusCode::OK.into_response())
}

/// Removes an agent, after taking from them what they have.
pub(super) async fn remove(edge: &Edge, scope: Scope, id: AgentId) -> app::Result<()> {
    release_all(edge, &scope, id, Leaving::Account).await?;
    let directory = edge.core.directory.clone();
    let removed = edge
        .core
        .store
        .transact(move |tx| agents::remove(tx, &directory, &scope, id));
    removed.await
}

/// Takes from an agent what they do not see any more when they have left, bite by bite.
pub(super) async fn release_all(
    edge: &Edge,
    scope: &Scope,
    id: AgentId,
    leaving: Leaving,
) -> app::Result<()> {
    let store = &edge.core.store;
    let mut taken = usize::MAX;
    while taken > 0 {
        let (directory, by) = (edge.core.directory.clone(), scope.clone());
        let take = store.transact(move |tx| {
            if leaving == Leaving::Account {
                agents::may_leave(tx, &by, id)?;
            }
            agents::release(tx, &directory, &by, id, leaving, BITE)
        });
        taken = take.await?;
    }
    Ok(())
}

/// What a request says of an agent.
struct Wanted {
    change: AgentChange,
    availability: Option<Availability>,
}

impl Wanted {
    fn read(params: &Params) -> Answer<Self> {
        let role = match params.text("role")?.as_deref() {
            None | Some("") => None,
            Some("agent") => Some(Role::Agent),
            Some("administrator") => Some(Role::Administrator),
            Some(_) => return Err(Refusal::unprocessable("role: not a role").into()),
        };
        let change = AgentChange {
            name: params.text("name")?.filter(|it| !it.trim().is_empty()),
            role,
            auto_offline: params.flag("auto_offline")?,
            ..AgentChange::default()
        };
        Ok(Self {
            change,
            availability: read_availability(params)?,
        })
    }
}

/// What a request wants an agent to say of themselves.
pub(super) fn read_availability(params: &Params) -> Answer<Option<Availability>> {
    let word = params.text("availability")?.unwrap_or_default();
    if word.is_empty() {
        return Ok(None);
    }
    let found = words::Availability::find(&word);
    let found = found.ok_or_else(|| Refusal::unprocessable("availability: not an availability"))?;
    Ok(Some(match found {
        words::Availability::Online => Availability::Online,
        words::Availability::Busy => Availability::Busy,
        words::Availability::Offline => Availability::Offline,
    }))
}

/// Somebody without a name goes by their address.
pub(super) fn name_for(name: Option<&str>, email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    name.unwrap_or(local).to_owned()
}

/// The hash of a password, or of one that nobody knows.
pub(super) async fn hashed(password: Option<String>) -> Answer<String> {
    let password = match password {
        Some(password) => password,
        None => random_text()?,
    };
    // Slow on purpose, so not here.
    let hash = tokio::task::spawn_blocking(move || hash_password(&password)).await;
    match hash {
        Ok(hash) => Ok(hash?),
        Err(_) => Err(Refusal::broken().into()),
    }
}

fn shown(edge: &Edge, agent: &Agent) -> Response {
    json(StatusCode::OK, &rest::agent(&edge.core, agent))
}
