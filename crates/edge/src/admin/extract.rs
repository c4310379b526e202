//! What a request says, refused as a problem when it cannot be read.

use app::Error;
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use domain::{AccountId, Kind, Role};

use super::errors::Problem;
use crate::{Edge, credentials};

/// The variable parts of the route, in order.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(super) struct Path<T>(pub(super) T);

/// The pairs after the question mark.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(super) struct Query<T>(pub(super) T);

/// An administrator of the account that the route names.
pub(super) struct Owner {
    /// That account.
    pub(super) account_id: AccountId,
}

impl FromRequestParts<Edge> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let agent = credentials::agent(edge, &parts.headers).ok_or_else(|| {
            let text = "an administrator's api_access_token is needed";
            Error::refused(Kind::Unauthenticated, text)
        })?;
        let named = RawPathParams::from_request_parts(parts, edge).await.ok();
        let account = named.as_ref().and_then(|named| {
            let mut named = named.iter().filter(|(name, _)| *name == "account");
            named.next().and_then(|(_, text)| text.parse().ok())
        });
        if account != Some(agent.account_id.0) {
            return Err(Error::not_found("account").into());
        }
        if agent.role != Role::Administrator {
            let text = "only an administrator may do this";
            return Err(Error::refused(Kind::Forbidden, text).into());
        }
        Ok(Self {
            account_id: agent.account_id,
        })
    }
}
