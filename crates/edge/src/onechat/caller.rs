//! Who calls the agents' interface: by `api_access_token`, or by the headers of a sign-in (onechat.md, 4.1).

use std::{collections::HashMap, sync::Arc};

use app::{Actor, Scope, directory::Tables, ports::TokenKind, tokens};
use axum::{
    extract::{FromRequestParts, MatchedPath, RawPathParams},
    http::{HeaderMap, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{AccountId, Agent, Role};
use wire::onechat::errors::Refusal;

use super::errors::{Answer, Refused};
use crate::{
    Edge, credentials,
    http::{named, pairs},
};

/// What bots may call: methods, and addresses below an account's (onechat.md, 4.1).
const FOR_BOTS: [(&str, &str); 11] = [
    ("POST", "/conversations"),
    ("GET", "/conversations/{conversation}"),
    ("PATCH", "/conversations/{conversation}"),
    ("PUT", "/conversations/{conversation}"),
    ("POST", "/conversations/{conversation}/toggle_status"),
    ("POST", "/conversations/{conversation}/toggle_typing_status"),
    ("POST", "/conversations/{conversation}/toggle_priority"),
    ("POST", "/conversations/{conversation}/custom_attributes"),
    ("POST", "/conversations/{conversation}/messages"),
    ("POST", "/conversations/{conversation}/assignments"),
    // Showing and setting them.
    ("*", "/conversations/{conversation}/labels"),
];

/// Whether a bot may call this.
fn is_for_bots(parts: &Parts) -> bool {
    let path = parts.extensions.get::<MatchedPath>();
    let path = path.and_then(|it| it.as_str().strip_prefix("/api/v1/accounts/{account}"));
    path.is_some_and(|path| {
        let path = path.trim_end_matches('/');
        let mut all = FOR_BOTS.iter();
        all.any(|(method, it)| *it == path && (*method == "*" || parts.method == *method))
    })
}

/// The agent who calls.
pub(super) struct Caller {
    /// As they are in the account that the address names, or in the first that they work for.
    pub(super) agent: Arc<Agent>,
    tables: Arc<Tables>,
}

impl Caller {
    /// The person behind this agent, in the account that the address names if they work for it.
    async fn new(edge: &Edge, parts: &mut Parts, agent: Arc<Agent>) -> Self {
        let tables = edge.core.directory.tables();
        let named = RawPathParams::from_request_parts(parts, edge).await;
        let named = named.ok().and_then(|all| {
            let mut all = all.into_iter();
            let (_, account) = all.find(|(name, _)| *name == "account")?;
            account.parse().ok()
        });
        let seat = named.and_then(|account| tables.seat(AccountId(account), agent.id).cloned());
        Self {
            agent: seat.unwrap_or(agent),
            tables,
        }
    }

    /// Who they are in this account.
    fn seat(&self, account: i64) -> Answer<&Arc<Agent>> {
        let seat = self.tables.seat(AccountId(account), self.agent.id);
        Ok(seat.ok_or_else(Refusal::not_in_account)?)
    }

    /// The scope of a call in this account.
    pub(super) fn within(&self, account: i64) -> Answer<Scope> {
        let seat = self.seat(account)?;
        Ok(Scope {
            account_id: seat.account_id,
            actor: match self.tables.sight(seat).map(Arc::new) {
                None => Actor::Agent(seat.id),
                Some(sight) if seat.is_bot() => Actor::Bot(seat.id, sight),
                Some(sight) => Actor::Member(seat.id, sight),
            },
        })
    }

    /// The same, for what only an administrator may do.
    pub(super) fn administers(&self, account: i64) -> Answer<Scope> {
        if self.seat(account)?.role != Role::Administrator {
            return Err(Refusal::not_authorized().into());
        }
        self.within(account)
    }
}

impl FromRequestParts<Edge> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Refused> {
        let headers = &parts.headers;
        if let Some(token) = credentials::shown_token(headers) {
            let agent = credentials::agent_or_bot_of(edge, token);
            let agent = agent.ok_or_else(Refusal::invalid_access_token)?;
            if agent.is_bot() && !is_for_bots(parts) {
                return Err(Refusal::not_for_bots().into());
            }
            return Ok(Self::new(edge, parts, agent).await);
        }
        let signed_in = SignedIn::find(headers, parts.uri.query().unwrap_or_default());
        let agent = signed_in
            .and_then(|it| it.agent(edge))
            .ok_or_else(Refusal::not_signed_in)?;
        Ok(Self::new(edge, parts, agent).await)
    }
}

/// What a signed-in client repeats with every call.
pub(super) struct SignedIn {
    pub(super) access_token: String,
    client: String,
    uid: String,
}

impl SignedIn {
    /// From the headers, from the one header that holds them all, or from the query.
    pub(super) fn find(headers: &HeaderMap, query: &str) -> Option<Self> {
        let from = |find: &dyn Fn(&str) -> Option<String>| {
            Some(Self {
                access_token: find("access-token")?,
                client: find("client")?,
                uid: find("uid")?,
            })
        };
        from(&|name| named(headers, name).map(str::to_owned))
            .or_else(|| {
                let bearer = named(headers, "authorization")?.strip_prefix("Bearer ")?;
                let decoded = STANDARD.decode(bearer.trim()).ok()?;
                let all: HashMap<String, serde_json::Value> =
                    serde_json::from_slice(&decoded).ok()?;
                from(&|name| all.get(name)?.as_str().map(str::to_owned))
            })
            .or_else(|| {
                let all: HashMap<String, String> = pairs(query.as_bytes()).into_iter().collect();
                from(&|name| all.get(name).cloned())
            })
    }

    /// The agent, if the sign-in lives and is theirs.
    pub(super) fn agent(&self, edge: &Edge) -> Option<Arc<Agent>> {
        let now = edge.core.clock.now();
        let find = |view: &dyn app::ports::View| {
            tokens::find(view, TokenKind::SignIn, &self.access_token, now)
        };
        let token = edge.core.store.view(find).ok()?;
        let agent = edge.core.directory.agent(token.agent_id)?;
        let works = agent.account_id != AccountId::NOBODYS;
        (works && token.client == self.client && agent.email == self.uid.to_lowercase())
            .then_some(agent)
    }
}
