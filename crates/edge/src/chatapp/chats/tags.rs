//! `…/chats/{chat}/tags`: what a chat is tagged with. Every call answers the chat's tags.

use app::{
    Error,
    conversations::{self, Relabel},
};
use axum::extract::State;
use domain::{Kind, LabelId, Thread};
use wire::chatapp::rest::{Items, tags::AddTags};

use super::find::{Place, number};
use crate::{
    Edge,
    chatapp::{
        body::Json,
        errors::{Answer, ok},
        path::Path,
        scope::Caller,
        to_wire,
    },
};

/// A chat's place in an address, and a tag.
type PlaceOfTag = (i64, String, String, i64);

/// `GET …/tags`.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
) -> Answer {
    let number = number(&edge, &caller, &place)?;
    let scope = caller.scope();
    let store = &edge.core.store;
    let row = store.view(|view| conversations::load(view, &scope, number))?;
    Ok(told(&conversations::thread(&edge.core.directory, row)?))
}

/// `POST …/tags`: one, or several.
pub(super) async fn add(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
    Json(body): Json<AddTags>,
) -> Answer {
    let number = number(&edge, &caller, &place)?;
    let ids = body.ids().iter().map(|id| LabelId(*id)).collect();
    let changed = change(&edge, &caller, number, Relabel::Add(ids)).await;
    // The chat was there a moment ago, and chats stay: it is the tag that is not.
    let changed = changed.map_err(|error| match error.kind() {
        Kind::NotFound => Error::refused(Kind::Invalid, "a tag is none of this company's"),
        _ => error,
    })?;
    Ok(told(&changed))
}

/// `PUT …/tags/{tag}`.
pub(super) async fn put(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger, chat, tag)): Path<PlaceOfTag>,
) -> Answer {
    let number = number(&edge, &caller, &(license, messenger, chat))?;
    let add = Relabel::Add(vec![LabelId(tag)]);
    Ok(told(&change(&edge, &caller, number, add).await?))
}

/// `DELETE …/tags/{tag}`.
pub(super) async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger, chat, tag)): Path<PlaceOfTag>,
) -> Answer {
    let number = number(&edge, &caller, &(license, messenger, chat))?;
    let remove = Relabel::Remove(vec![LabelId(tag)]);
    Ok(told(&change(&edge, &caller, number, remove).await?))
}

async fn change(edge: &Edge, caller: &Caller, number: i64, change: Relabel) -> app::Result<Thread> {
    let (scope, directory) = (caller.scope(), edge.core.directory.clone());
    let store = &edge.core.store;
    let changed =
        store.transact(move |tx| conversations::label(tx, &directory, &scope, number, &change));
    changed.await
}

fn told(thread: &Thread) -> axum::response::Response {
    let items: Vec<_> = thread.labels.iter().map(|it| to_wire::tag(it)).collect();
    ok(Items { items })
}
