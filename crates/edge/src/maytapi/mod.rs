//! Maytapi's door: products, their phones, what is sent through them, and what their webhooks are told.
//!
//! A product is an account, a phone an inbox whose carrier is one of [`CARRIERS`]. The same routes are served where
//! the current API has them (`/api/{product}/{phone}/…`), where the marketplace of the source document had them
//! (`/{product}/{phone}/…`), and bare as that document writes them (`/sendMessage`): then the token says which
//! product, and `?phone_id=` which phone unless there is only one.

mod bot;
mod drawing;
pub(crate) mod errors;
mod hooks;
mod messages;
mod phone;
mod product;
mod settings;
mod to_wire;
mod webhook;

use axum::{
    Router,
    routing::{any, get, post},
};

pub(crate) use bot::account_of_token;
pub(crate) use hooks::MaytapiHooks;
pub(crate) use settings::forget;
pub use settings::{Credentials, Settings, credentials, new_phone};
pub use webhook::set_all as set;

use crate::Edge;

/// The carriers whose inboxes are phones.
pub const CARRIERS: [&str; 2] = ["sandbox", "whatsapp_web"];
/// What ChatApp's programs call the network of these phones.
pub const MESSENGER: &str = "grWhatsApp";

/// Whether an inbox is a phone.
pub(crate) fn is_phone(inbox: &domain::Inbox) -> bool {
    CARRIERS.contains(&inbox.carrier.as_str())
}

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .nest("/api/{pid}", of_product())
        .nest("/api/{pid}/{phone}", of_phone())
        .route("/api/{pid}/{phone}", any(errors::not_offered))
        .route("/api/{pid}/{phone}/{operation}", any(errors::not_offered))
        .nest("/{pid}", of_product())
        .nest("/{pid}/{phone}", of_phone())
        .merge(of_product())
        .merge(of_phone())
}

fn of_product() -> Router<Edge> {
    Router::new()
        .route("/product", get(product::show))
        .route("/listPhones", get(product::phones))
        .route("/addPhone", post(product::add_phone))
        .route("/setWebhook", post(webhook::set))
        .route("/setAckPreference", post(webhook::set_acks))
        .route("/queues", get(product::queues))
        .route("/logs", get(messages::logs))
        .method_not_allowed_fallback(errors::wrong_method)
}

fn of_phone() -> Router<Edge> {
    use phone::{chats, control, groups, shown};
    let group = post(groups::member);
    Router::new()
        .route("/screen", get(shown::screen))
        .route("/status", get(shown::status))
        .route("/qrCode", get(shown::qr_code))
        .route("/pairCode", post(control::pairing_code))
        .route("/restart", get(control::restart).post(control::restart))
        .route("/redeploy", get(control::redeploy).post(control::redeploy))
        .route("/backup", get(control::backup).post(control::backup))
        .route("/restore", post(control::restore))
        .route("/logout", get(control::log_out).post(control::log_out))
        .route("/factoryreset", get(control::reset).post(control::reset))
        .route("/delete", get(control::delete).post(control::delete))
        .route("/sendMessage", post(messages::send))
        .route("/queue", get(control::queue))
        .route("/purgeQueue", get(control::purge).post(control::purge))
        .route("/resumeQueue", post(control::resume))
        .route("/config", get(webhook::config).post(webhook::configure))
        .route("/contacts", get(chats::list))
        .route("/contact/{conversation}", get(chats::show))
        .route("/catalog", get(chats::catalog))
        .route("/getGroups", get(groups::list))
        .route("/getGroups/{conversation}", get(groups::show))
        .route("/createGroup", post(groups::create))
        .route("/leaveGroup", post(groups::leave))
        .route("/setProfileImage", post(groups::picture))
        .route("/group/config", post(groups::configure))
        .route("/group/{verb}", group)
        .method_not_allowed_fallback(errors::wrong_method)
}
