//! Who calls, for which account, and in which of its messengers: by the raw access token in `Authorization`
//! (digest 3.1).

use std::sync::Arc;

use app::{Actor, Error, Scope, directory::Tables};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use domain::{AccountId, Agent, Inbox};

use super::{errors::Refused, tokens::program};
use crate::Edge;

/// The employee whose program calls, and what the program calls itself.
pub(super) struct Caller {
    /// As they are in the company that the address names or that has the licence, or in the first that they work for.
    pub(super) agent: Arc<Agent>,
    app: String,
    tables: Arc<Tables>,
}

impl Caller {
    /// The employee in each company that they work for.
    pub(super) fn seats(&self) -> impl Iterator<Item = &Arc<Agent>> {
        self.tables.seats_of(self.agent.id)
    }

    /// Whether the employee works for this company.
    pub(super) fn is_of(&self, company: AccountId) -> bool {
        self.seats().any(|it| it.account_id == company)
    }

    /// The same caller in a company that they work for.
    pub(super) fn in_company(self, company: i64) -> app::Result<Self> {
        let agent = self.tables.colleague(AccountId(company), self.agent.id);
        let agent = agent.cloned();
        let agent = agent.ok_or_else(|| Error::not_found("company"))?;
        Ok(Self { agent, ..self })
    }

    /// The scope of what the program does for its employee.
    pub(super) fn scope(&self) -> Scope {
        Scope {
            account_id: self.agent.account_id,
            actor: Actor::App(self.agent.id, self.app.clone()),
        }
    }

    /// The scope of what the program does in nobody's name.
    pub(super) fn scope_of_program(&self) -> Scope {
        Scope {
            account_id: self.agent.account_id,
            actor: Actor::Program(self.app.clone()),
        }
    }

    /// The inbox behind a messenger of a licence, if it is the account's. What is another's is not there.
    pub(super) fn messenger(
        &self,
        edge: &Edge,
        license: i64,
        messenger: &str,
    ) -> app::Result<Arc<Inbox>> {
        let tables = edge.core.directory.tables();
        let mut mine = tables.inboxes_of(self.agent.account_id);
        let found =
            mine.find(|it| it.inbox.license_id == license && it.inbox.messenger == messenger);
        found
            .map(|it| it.inbox.clone())
            .ok_or_else(|| Error::not_found("messenger"))
    }
}

impl FromRequestParts<Edge> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Refused> {
        let (agent, app) = program(edge, &parts.headers)?;
        let named = RawPathParams::from_request_parts(parts, edge).await;
        let tables = edge.core.directory.tables();
        let seat = named.ok().and_then(|all| seat(&tables, &agent, &all));
        Ok(Self {
            agent: seat.unwrap_or(agent),
            app,
            tables,
        })
    }
}

/// The caller in the company that an address names, or whose licence it names, if they work for it.
fn seat(tables: &Tables, agent: &Agent, named: &RawPathParams) -> Option<Arc<Agent>> {
    let find = |name: &str| -> Option<i64> {
        let (_, value) = named.iter().find(|it| it.0 == name)?;
        value.parse().ok()
    };
    let mut seats = tables.seats_of(agent.id);
    if let Some(company) = find("company") {
        return seats.find(|it| it.account_id.0 == company).cloned();
    }
    let license = find("license")?;
    let has = |account| {
        let mut inboxes = tables.inboxes_of(account);
        inboxes.any(|it| it.inbox.license_id == license)
    };
    seats.find(|it| has(it.account_id)).cloned()
}
