//! ChatApp's door: tokens, its REST calls, the authorization of private channels, and what its channels are told.

mod authorize;
mod body;
mod callbacks;
mod chats;
mod checks;
mod companies;
mod employees;
mod errors;
mod hooks;
mod licenses;
mod me;
mod missed;
mod pace;
mod path;
mod position;
mod recent;
mod scope;
mod statuses;
mod tags;
mod tell;
mod templates;
mod to_wire;
mod tokens;

use app::ports::{SocketApp, SocketLimits};
use axum::{
    Router,
    routing::{get, patch, post, put},
};
use domain::{AccountId, AppId};
use tower_http::cors::CorsLayer;

pub(crate) use hooks::ChatAppHooks;
pub(crate) use missed::Missed;
pub use pace::REQUESTS_PER_SECOND;
pub(crate) use pace::{Paces, paced};
pub(crate) use statuses::{Statuses, tell_statuses};
pub(crate) use tell::tell;

use crate::Edge;

/// The key of the socket application in which ChatApp's channels live: the one its documentation tells every
/// client to connect with (ChatApp events, "Set up the connection settings").
pub const SOCKET_KEY: &str = "ChatsAppApiProdKey";

/// That application, to be made with a server's first account.
pub fn socket_app(account_id: AccountId, secret: &str) -> SocketApp {
    SocketApp {
        id: AppId(0),
        account_id,
        name: "ChatApp".to_owned(),
        key: SOCKET_KEY.to_owned(),
        secret: secret.to_owned(),
        more_keys: Vec::new(),
        disabled: false,
        limits: SocketLimits::default(),
        client_events: false,
        subscription_counts: false,
        authorized_only: false,
    }
}

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .nest("/v1", rest())
        .route("/broadcasting/auth", post(authorize::authorize))
        // Pages of other origins authorize their channels here, with their token in a header.
        .layer(CorsLayer::very_permissive().allow_credentials(false))
}

/// The REST calls (digest 3.2).
fn rest() -> Router<Edge> {
    let messenger = chats::of_messenger()
        .route(
            "/callbackUrl",
            put(callbacks::put).delete(callbacks::delete),
        )
        .route("/tags", get(tags::of_messenger))
        .route("/templates", get(templates::list))
        .route("/phones/{phone}/check", get(checks::phone_check))
        .route("/users/{user}/check", get(checks::user_check));
    chats::of_company()
        .route("/tokens", post(tokens::make))
        .route("/tokens/check", get(tokens::check))
        .route("/tokens/refresh", post(tokens::refresh))
        .route("/callbackUrls", get(callbacks::list))
        .route("/me", get(me::show))
        .route("/licenses", get(licenses::list))
        .route("/companies", get(companies::list))
        .route("/companies/{company}/employees", get(companies::employees))
        .route(
            "/companies/{company}/employees/{employee}",
            get(employees::show),
        )
        .route(
            "/companies/{company}/employees/{employee}/status",
            put(employees::set_status).post(employees::set_status),
        )
        .route(
            "/companies/{company}/employees/{employee}/workday",
            put(employees::set_workday).post(employees::set_workday),
        )
        .route(
            "/companies/{company}/tags",
            get(tags::of_company).post(tags::create),
        )
        .route(
            "/companies/{company}/tags/{tag}",
            patch(tags::update).put(tags::update).delete(tags::delete),
        )
        .nest("/licenses/{license}/messengers/{messenger}", messenger)
        .fallback(errors::no_route)
        .method_not_allowed_fallback(errors::wrong_method)
}
