//! Chats: an address of an inbox, with the conversation that is held with it.

mod create;
mod files;
mod find;
mod history;
mod list;
mod name;
mod read;
mod responsible;
mod send;
mod show;
mod status;
mod tags;
mod template;
mod to_wire;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, patch, post, put},
};

pub(super) use name::phone;

use crate::Edge;

/// Bytes of a request with a file.
const UPLOAD_BYTES: usize = 128 * 1024 * 1024;

/// The chats of a company.
pub(super) fn of_company() -> Router<Edge> {
    Router::new().route("/chats", get(list::of_company))
}

/// The chats of a messenger, below its own address.
pub(super) fn of_messenger() -> Router<Edge> {
    let file = post(files::send).layer(DefaultBodyLimit::max(UPLOAD_BYTES));
    Router::new()
        .route("/chats", get(list::of_messenger).post(create::create))
        .route("/chats/{chat}", get(show::show))
        .route("/chats/{chat}/messages", get(history::list))
        .route("/chats/{chat}/messages/search", get(history::search))
        .route("/chats/{chat}/messages/text", post(send::text))
        .route("/chats/{chat}/messages/file", file)
        .route("/chats/{chat}/messages/template", post(template::template))
        .route("/chats/{chat}/read", patch(read::read))
        .route(
            "/chats/{chat}/responsible",
            put(responsible::set).post(responsible::set),
        )
        .route("/chats/{chat}/tags", get(tags::list).post(tags::add))
        .route(
            "/chats/{chat}/tags/{tag}",
            put(tags::put).delete(tags::remove),
        )
        .route("/chats/{chat}/status", put(status::set).post(status::set))
}
