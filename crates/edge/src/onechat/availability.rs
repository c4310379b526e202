//! `POST /api/v1/profile/availability`: what the caller says of themselves (onechat.md, 4.2).

use axum::{extract::State, http::StatusCode};
use bytes::Bytes;
use domain::Availability;
use wire::onechat::{errors::Refusal, request::SetAvailability, words};

use super::{caller::Caller, conversations::body, errors::Answer, to_wire::rest};
use crate::{Edge, http::json};

/// Answers the profile.
pub(super) async fn set(State(edge): State<Edge>, caller: Caller, bytes: Bytes) -> Answer {
    let wanted: SetAvailability = body(&bytes)?;
    let wanted = wanted.profile;
    let account = wanted.account_id.unwrap_or(caller.agent.account_id.0);
    let scope = caller.within(account)?;
    let availability = match wanted.availability {
        None => return Err(Refusal::missing_param("availability").into()),
        Some(words::Availability::Online) => Availability::Online,
        Some(words::Availability::Busy) => Availability::Busy,
        Some(words::Availability::Offline) => Availability::Offline,
    };
    let set = edge.set_availability(scope, caller.agent.id, availability);
    let agent = set.await?;
    let tables = edge.core.directory.tables();
    let account = tables.accounts.get(&agent.account_id);
    let profile = rest::profile(&edge.core, &agent, account.map(|it| &**it));
    Ok(json(StatusCode::OK, &profile))
}
