//! Who has this password? Asked by every dialect that lets an agent sign in.

use app::{Error, Result, agents::check_password};
use domain::{AgentId, Kind};

use crate::Edge;

/// The agent with this e-mail address and password. A wrong address takes as long as a wrong password and is
/// refused alike.
pub(crate) async fn find_agent(edge: &Edge, email: &str, password: &str) -> Result<AgentId> {
    let email = email.trim().to_lowercase();
    let found = edge.core.store.view(|view| view.find_password(&email))?;
    let (password, hash) = (password.to_owned(), found.as_ref().map(|(_, hash)| hash.clone()));
    // Slow on purpose, so not here.
    let fits = tokio::task::spawn_blocking(move || check_password(&password, hash.as_deref())).await;
    match (fits, found) {
        (Ok(true), Some((agent, _))) => Ok(agent),
        _ => Err(Error::refused(
            Kind::Unauthenticated,
            "the e-mail address or the password is wrong",
        )),
    }
}
