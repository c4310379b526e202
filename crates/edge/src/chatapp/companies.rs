//! `GET /v1/companies` and `GET /v1/companies/{company}/employees`. A company is an account.

use app::Error;
use axum::extract::State;
use domain::{Agent, Role};
use wire::chatapp::{
    employees::Workday,
    rest::{
        Items,
        company::{self, Company, Employee},
    },
};

use super::{
    errors::{Answer, ok},
    path::Path,
    scope::Caller,
    statuses::status_of,
    to_wire::availability_word,
};
use crate::Edge;

/// Every company of the caller.
pub(super) async fn list(State(edge): State<Edge>, caller: Caller) -> Answer {
    let tables = edge.core.directory.tables();
    let all = caller.seats();
    let all = all.filter_map(|it| tables.accounts.get(&it.account_id));
    let items: Vec<Company<'_>> = all
        .map(|account| Company {
            company_id: account.id.0,
            name: account.name.as_str().into(),
        })
        .collect();
    Ok(ok(Items { items }))
}

/// Everybody who works for a company of the caller.
pub(super) async fn employees(
    State(edge): State<Edge>,
    caller: Caller,
    Path(company): Path<i64>,
) -> Answer {
    must_be_own(&caller, company)?;
    let tables = edge.core.directory.tables();
    let all = tables.agents_of(caller.agent.account_id);
    let items: Vec<Employee<'_>> = all.map(|it| employee(&edge, it)).collect();
    Ok(ok(Items { items }))
}

/// An employee.
pub(super) fn employee<'a>(edge: &Edge, it: &'a Agent) -> Employee<'a> {
    let workday = match it.working_since {
        Some(_) => Workday::Start,
        None => Workday::End,
    };
    Employee {
        id: it.id.0,
        full_name: it.name.as_str().into(),
        email: it.email.as_str().into(),
        role: role(it.role),
        status: availability_word(status_of(edge, it)).into(),
        workday,
    }
}

/// Another's company is not there.
pub(super) fn must_be_own(caller: &Caller, company: i64) -> app::Result<()> {
    if caller.agent.account_id.0 == company {
        return Ok(());
    }
    Err(Error::not_found("company"))
}

/// A role in the vendor's words.
pub(super) fn role(role: Role) -> company::Role<'static> {
    let name = match role {
        Role::Agent | Role::Bot => "Employee",
        Role::Administrator => "Administrator",
    };
    company::Role { name: name.into() }
}
