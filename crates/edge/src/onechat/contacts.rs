//! The account's contacts.

use app::Error;
use axum::{extract::State, http::StatusCode};
use domain::ContactId;
use wire::onechat::rest::Payload;

use super::{caller::Caller, errors::Answer, path::Path, to_wire::rest};
use crate::{Edge, http::json};

/// `GET …/contacts/{id}`.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((account, contact)): Path<(i64, i64)>,
) -> Answer {
    let scope = caller.within(account)?;
    let find =
        |view: &dyn app::ports::View| view.find_contact(scope.account_id, ContactId(contact));
    let found = edge
        .core
        .store
        .view(find)?
        .ok_or_else(|| Error::not_found("contact"))?;
    let payload = rest::contact(&edge.core, scope.account_id, &found);
    Ok(json(StatusCode::OK, &Payload { payload }))
}
