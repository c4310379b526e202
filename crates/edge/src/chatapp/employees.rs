//! `…/employees/{employee}`: one employee, what they say of themselves, and their working day. Employees speak for
//! themselves, administrators for everybody.

use app::{Error, agents};
use axum::extract::State;
use domain::{AgentId, Availability};
use wire::chatapp::{
    employees::Workday,
    rest::company::{NewStatus, SetStatus, SetWorkday},
};

use super::{
    body::Json,
    companies::{employee, must_be_own},
    errors::{Answer, ok},
    path::Path,
    scope::Caller,
};
use crate::Edge;

/// `GET …/employees/{employee}`.
pub(super) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((company, id)): Path<(i64, i64)>,
) -> Answer {
    must_be_own(&caller, company)?;
    let tables = edge.core.directory.tables();
    let agent = tables
        .colleague(caller.agent.account_id, AgentId(id))
        .cloned();
    let agent = agent.ok_or_else(|| Error::not_found("employee"))?;
    Ok(ok(employee(&edge, &agent)))
}

/// `PUT …/status`: answers the employee.
pub(super) async fn set_status(
    State(edge): State<Edge>,
    caller: Caller,
    Path((company, id)): Path<(i64, i64)>,
    Json(body): Json<SetStatus>,
) -> Answer {
    must_be_own(&caller, company)?;
    let availability = match body.status {
        NewStatus::Online => Availability::Online,
        NewStatus::Busy => Availability::Busy,
        NewStatus::Offline => Availability::Offline,
    };
    let agent = edge.set_availability(caller.scope(), AgentId(id), availability);
    Ok(ok(employee(&edge, &*agent.await?)))
}

/// `PUT …/workday`: answers the employee.
pub(super) async fn set_workday(
    State(edge): State<Edge>,
    caller: Caller,
    Path((company, id)): Path<(i64, i64)>,
    Json(body): Json<SetWorkday>,
) -> Answer {
    must_be_own(&caller, company)?;
    let (scope, directory) = (caller.scope(), edge.core.directory.clone());
    let works = body.workday == Workday::Start;
    let store = &edge.core.store;
    let set =
        store.transact(move |tx| agents::set_workday(tx, &directory, &scope, AgentId(id), works));
    Ok(ok(employee(&edge, &*set.await?)))
}
