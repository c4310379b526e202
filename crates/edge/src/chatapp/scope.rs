//! Who calls, for which account, and in which of its messengers: by the raw access token in `Authorization`
//! (digest 3.1).

use std::sync::Arc;

use app::{Actor, Error, Scope};
use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{Agent, Inbox};

use super::{errors::Refused, tokens::program};
use crate::Edge;

/// The employee whose program calls, and what the program calls itself.
pub(super) struct Caller {
    pub(super) agent: Arc<Agent>,
    app: String,
}

impl Caller {
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
        Ok(Self { agent, app })
    }
}
