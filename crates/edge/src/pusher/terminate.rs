//! `POST /apps/{id}/users/{user}/terminate_connections`: an application throws a user out.
//!
//! Every connection that is signed in as the user is closed with 4009, after whatever was published before.

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use wire::pusher::{api_answers, queries, user_topic};

use super::signed::{self, Refused};
use crate::{Edge, http::json_text};

pub(super) async fn of_app(
    State(edge): State<Edge>,
    Path((id, user)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    terminate(&edge, Some(&id), &user, request).await
}

/// The same without the application in the path, as the Python library asks.
pub(super) async fn bare(
    State(edge): State<Edge>,
    Path(user): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    terminate(&edge, None, &user, request).await
}

async fn terminate(
    edge: &Edge,
    app_id: Option<&str>,
    user: &str,
    request: Request,
) -> Result<Response, Refused> {
    let signed = signed::read(edge, app_id, request).await?;
    let user = queries::parse_user(user)?;
    edge.hub.dismiss(&user_topic(&signed.app.id, user)).await;
    Ok(json_text(StatusCode::OK, api_answers::EMPTY))
}
