//! Pictures that clients bring, as a file under `avatar` or by an address under `avatar_url`, and take away.

use app::{
    Core, Scope,
    pictures::{self, Owner},
    ports::Tx,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse as _};
use bytes::Bytes;
use domain::{Contact, ContactId};
use wire::onechat::Params;

use super::{caller::Caller, errors::Answer, given::Given, inboxes, path::Path, profile};
use crate::Edge;

/// A picture that a request brings.
pub(super) enum Brought {
    Nothing,
    File(Bytes),
    At(String),
}

impl Brought {
    /// Refuses a file that is no picture, before anything else is done.
    pub(super) fn read(given: &Given, params: &Params) -> Answer<Self> {
        if let Some(bytes) = &given.picture {
            pictures::check(bytes)?;
            return Ok(Self::File(bytes.clone()));
        }
        let url = params.text("avatar_url")?.unwrap_or_default();
        let is_url = url.starts_with("https://") || url.starts_with("http://");
        Ok(if is_url { Self::At(url) } else { Self::Nothing })
    }

    /// Keeps it. What cannot be fetched is none, as in the original, which fetches later.
    async fn kept(self, core: &Core) -> Answer<Option<String>> {
        match self {
            Self::Nothing => Ok(None),
            Self::File(bytes) => Ok(Some(pictures::keep(core, bytes).await?)),
            Self::At(url) => match pictures::fetch(core, &url).await {
                Ok(picture) => Ok(Some(picture)),
                Err(error) => {
                    tracing::info!(%error, "a picture could not be fetched");
                    Ok(None)
                }
            },
        }
    }

    /// Gives it to a contact. Returns them as they are then.
    pub(super) async fn give_contact(
        self,
        edge: &Edge,
        scope: &Scope,
        of: Contact,
    ) -> Answer<Contact> {
        match self.kept(&edge.core).await? {
            Some(picture) => set_of_contact(edge, scope, of.id, Some(picture)).await,
            None => Ok(of),
        }
    }

    /// Gives it to an agent, a bot or an inbox.
    pub(super) async fn give(self, edge: &Edge, scope: &Scope, owner: Owner) -> Answer<()> {
        match self.kept(&edge.core).await? {
            Some(picture) => set(edge, scope, owner, Some(picture)).await,
            None => Ok(()),
        }
    }
}

/// What is to be let go of after a change: the old picture if it was made, the new one if it was not.
async fn let_go<T>(
    core: &Core,
    done: app::Result<(T, Option<String>)>,
    new: Option<&str>,
) -> Answer<T> {
    let gone = match &done {
        Ok((_, gone)) => gone.as_deref(),
        Err(_) => new,
    };
    forget(core, gone.map(str::to_owned)).await;
    Ok(done?.0)
}

/// Gives a contact a picture, or takes theirs away.
pub(super) async fn set_of_contact(
    edge: &Edge,
    scope: &Scope,
    id: ContactId,
    picture: Option<String>,
) -> Answer<Contact> {
    let (by, new) = (scope.clone(), picture.clone());
    let set = move |tx: &mut dyn Tx| pictures::set_of_contact(tx, &by, id, new.as_deref());
    let done = edge.core.store.transact(set).await;
    let_go(&edge.core, done, picture.as_deref()).await
}

async fn set(edge: &Edge, scope: &Scope, owner: Owner, picture: Option<String>) -> Answer<()> {
    let (by, new) = (scope.clone(), picture.clone());
    let set = move |tx: &mut dyn Tx| {
        let gone = pictures::set(tx, &by, owner, new.as_deref())?;
        Ok(((), gone))
    };
    let done = edge.core.store.transact(set).await;
    let_go(&edge.core, done, picture.as_deref()).await
}

/// Takes the picture of an agent, a bot or an inbox away.
pub(super) async fn take(edge: &Edge, scope: &Scope, owner: Owner) -> Answer<()> {
    set(edge, scope, owner, None).await
}

/// Lets go of a picture that nobody has any more.
pub(super) async fn forget(core: &Core, picture: Option<String>) {
    if let Some(picture) = picture {
        pictures::forget(core, &picture).await;
    }
}

/// Lets go of the picture of somebody who is gone.
pub(super) async fn forget_of(edge: &Edge, owner: Owner) -> Answer<()> {
    let drop = move |tx: &mut dyn Tx| {
        let name = owner.name();
        let gone = tx.find_kept(pictures::KEEPER, &name)?;
        if gone.is_some() {
            tx.keep(pictures::KEEPER, &name, None)?;
        }
        Ok(gone)
    };
    forget(&edge.core, edge.core.store.transact(drop).await?).await;
    Ok(())
}

/// `DELETE /api/v1/profile/avatar`: answers the profile.
pub(super) async fn delete_mine(State(edge): State<Edge>, caller: Caller) -> Answer {
    let scope = caller.within(caller.agent.account_id.0)?;
    take(&edge, &scope, Owner::Agent(caller.agent.id)).await?;
    profile::show(State(edge), caller).await
}

/// `DELETE …/inboxes/{id}/avatar`: an empty 200.
pub(super) async fn delete_of_inbox(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, inbox)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.administers(account)?;
    let inbox = inboxes::find(&edge, &caller, account, inbox)?.inbox.id;
    take(&edge, &scope, Owner::Inbox(inbox)).await?;
    Ok(StatusCode::OK.into_response())
}
