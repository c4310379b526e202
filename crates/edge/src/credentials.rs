//! Which agent is this? By password or by access token: asked by every dialect that knows agents.

use std::sync::Arc;

use app::{Error, Result, agents::check_password, seal::Purpose};
use axum::http::HeaderMap;
use domain::{AccountId, Agent, AgentId, Kind};

use crate::{Edge, http::named};

/// The agent with this e-mail address and password. A wrong address takes as long as a wrong password and is
/// refused alike.
pub(crate) async fn find_agent(edge: &Edge, email: &str, password: &str) -> Result<AgentId> {
    let email = email.trim().to_lowercase();
    let found = edge.core.store.view(|view| view.find_password(&email))?;
    let (password, hash) = (
        password.to_owned(),
        found.as_ref().map(|(_, hash)| hash.clone()),
    );
    // Slow on purpose, so not here.
    let fits =
        tokio::task::spawn_blocking(move || check_password(&password, hash.as_deref())).await;
    // Whoever works for nobody has nothing to sign in to.
    let works = |id: &AgentId| {
        let agent = edge.core.directory.agent(*id);
        agent.is_some_and(|it| it.account_id != AccountId::NOBODYS)
    };
    match (fits, found) {
        (Ok(true), Some((agent, _))) if works(&agent) => Ok(agent),
        _ => Err(Error::refused(
            Kind::Unauthenticated,
            "the e-mail address or the password is wrong",
        )),
    }
}

/// The agent whose access token a request shows in `api_access_token`, under either spelling.
pub(crate) fn agent(edge: &Edge, headers: &HeaderMap) -> Option<Arc<Agent>> {
    agent_of(edge, shown_token(headers)?)
}

/// The access token that a request shows.
pub(crate) fn shown_token(headers: &HeaderMap) -> Option<&str> {
    // The dash is what some programs make of the underscore.
    named(headers, "api_access_token").or_else(|| named(headers, "api-access-token"))
}

/// The person of an access token, while its generation lives. A bot's token is good for what bots may call alone.
pub(crate) fn agent_of(edge: &Edge, token: &str) -> Option<Arc<Agent>> {
    agent_or_bot_of(edge, token).filter(|it| !it.is_bot())
}

/// The agent of an access token, a person or a bot, while its generation lives.
pub(crate) fn agent_or_bot_of(edge: &Edge, token: &str) -> Option<Arc<Agent>> {
    let (id, generation) = edge.core.sealer.open(Purpose::AgentAccess, token.trim())?;
    let agent = edge.core.directory.agent(AgentId(id))?;
    let works = agent.account_id != AccountId::NOBODYS;
    (works && agent.token_generation == generation).then_some(agent)
}
