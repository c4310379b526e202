//! `GET /v1/me`: whose token it is.

use axum::{extract::State, response::Response};
use wire::chatapp::rest::me::Me;

use super::{companies::role, errors::ok, scope::Caller};
use crate::Edge;

pub(super) async fn show(State(_): State<Edge>, caller: Caller) -> Response {
    let agent = &caller.agent;
    ok(Me {
        id: agent.id.0,
        cabinet_user_id: agent.id.0,
        full_name: agent.name.as_str().into(),
        email: agent.email.as_str().into(),
        role: role(agent.role),
        company_id: agent.account_id.0,
    })
}
