//! `POST …/labels {label}` and `DELETE …/labels/{label}`: what the page labels the visitor's conversation with. Only
//! labels that the account has: a page makes none.

use app::{
    Scope,
    conversations::{self, Relabel},
    directory::Directory,
    ports::Tx,
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use domain::LabelId;

use super::{conversations::visit, visitor::Visitor};
use crate::{
    Edge,
    onechat::{errors::Answer, path::Path},
};

/// The account's labels of these titles.
pub(super) fn known(directory: &Directory, scope: &Scope, titles: &[String]) -> Vec<LabelId> {
    let tables = directory.tables();
    let wanted = |title: &str| titles.iter().any(|it| it.trim().to_lowercase() == title);
    let all = tables.labels_of(scope.account_id).into_iter();
    all.filter(|it| wanted(&it.title.to_lowercase()))
        .map(|it| it.id)
        .collect()
}

pub(super) async fn add(State(edge): State<Edge>, request: Request) -> Answer {
    let (visitor, params) = visit(&edge, request).await?;
    let title = params.text("label")?.unwrap_or_default();
    change(&edge, visitor, title, Relabel::Add).await
}

pub(super) async fn remove(
    State(edge): State<Edge>,
    Path(title): Path<String>,
    request: Request,
) -> Answer {
    let (visitor, _) = visit(&edge, request).await?;
    change(&edge, visitor, title, Relabel::Remove).await
}

/// A visitor who has said nothing has nothing to label, which is not an error.
async fn change(
    edge: &Edge,
    visitor: Visitor,
    title: String,
    how: impl Fn(Vec<LabelId>) -> Relabel,
) -> Answer {
    let ids = known(&edge.core.directory, &visitor.scope, &[title]);
    let found = edge.core.store.view(|view| visitor.last(view))?;
    if let Some(row) = found.filter(|_| !ids.is_empty()) {
        let (directory, number) = (edge.core.directory.clone(), row.conversation.number);
        let (scope, wanted) = (visitor.scope, how(ids));
        let label = move |tx: &mut dyn Tx| {
            conversations::label(tx, &directory, &scope, number, &wanted).map(drop)
        };
        edge.core.store.transact(label).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
