//! `PUT …/chats/{chat}/responsible`: who answers.

use app::{Error, conversations};
use axum::extract::State;
use domain::{AgentId, Kind};
use wire::chatapp::rest::changes::SetResponsible;

use super::{
    find::{Place, number},
    show::told,
};
use crate::{
    Edge,
    chatapp::{body::Json, errors::Answer, path::Path, scope::Caller},
};

pub(super) async fn set(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
    Json(body): Json<SetResponsible>,
) -> Answer {
    let number = number(&edge, &caller, &place)?;
    let scope = caller.scope();
    let directory = edge.core.directory.clone();
    let employee = body.employee_id.map(AgentId);
    let tracking = body.tracking.filter(|it| !it.is_empty());
    let thread = edge
        .core
        .store
        .transact(move |tx| {
            let tracking = tracking.as_deref();
            conversations::assign_tracked(tx, &directory, &scope, number, employee, tracking)
        })
        .await;
    // The chat was there a moment ago, and chats stay: it is the employee who is not.
    let thread = thread.map_err(|error| match error.kind() {
        Kind::NotFound => Error::refused(Kind::Invalid, "employeeId is no employee's"),
        _ => error,
    })?;
    Ok(told(&thread))
}
