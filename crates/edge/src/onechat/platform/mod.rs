//! The platform interface: an operator's program makes accounts and users, and brings them together
//! (onechat.md, 4.4). Its token is made by the operator and kept as a hash; a program reaches what it made itself.

mod accounts;
mod bots;
mod desk;
mod users;

use axum::{Router, routing::get};

pub use desk::create as create_app;
pub(in crate::onechat) use desk::{forget, made_user};

use super::errors;
use crate::Edge;

/// Everything under `/platform/api/v1`.
pub(super) fn routes() -> Router<Edge> {
    let api = Router::new()
        .route("/accounts", axum::routing::post(accounts::create))
        .route(
            "/accounts/{account}",
            get(accounts::show)
                .patch(accounts::update)
                .put(accounts::update)
                .delete(accounts::delete),
        )
        .route(
            "/accounts/{account}/account_users",
            get(accounts::users)
                .post(accounts::add_user)
                .delete(accounts::remove_user),
        )
        .route("/users", axum::routing::post(users::create))
        .route(
            "/users/{user}",
            get(users::show)
                .patch(users::update)
                .put(users::update)
                .delete(users::delete),
        )
        .route("/users/{user}/login", get(users::login))
        .route("/users/{user}/token", axum::routing::post(users::token))
        .route("/agent_bots", get(bots::list).post(bots::create))
        .route(
            "/agent_bots/{bot}",
            get(bots::show)
                .patch(bots::update)
                .put(bots::update)
                .delete(bots::delete),
        )
        .fallback(errors::no_route);
    Router::new().nest("/platform/api/v1", api)
}
