//! Everything that is called: one router per dialect, and the driver of the sockets.
//!
//! A door turns vendor words into one call of a use case and its answer back into vendor words; what happened is
//! told from the journal ([`live`]). Each dialect has its own errors (`errors.rs`), so that a client never sees a
//! refusal in words it does not know. Nothing here is SQL, and nothing here decides.

mod admin;
pub mod chatapp;
mod credentials;
pub mod ctlive;
mod files;
pub mod hooks;
mod http;
mod linger;
pub mod live;
pub mod onechat;
pub mod pusher;
pub mod server;
pub mod socket;

use std::sync::Arc;

use app::{Core, hooks::HookDesk};
use axum::Router;
use socket::Hub;
use wire::pusher::Settings;

/// What every door shares.
#[derive(Clone)]
pub struct Edge {
    /// The server's parts.
    pub core: Core,
    /// The sockets.
    pub hub: Arc<Hub>,
    pusher: Arc<pusher::Applications>,
    ctlive: Arc<ctlive::Desk>,
    presence: Arc<onechat::PresenceDesk>,
    cache: Arc<onechat::CacheDesk>,
    hooks: HookDesk,
    started: std::time::Instant,
}

impl Edge {
    /// The doors of a server, on the runtime that serves them.
    pub fn new(core: Core, hub: Arc<Hub>, hooks: HookDesk, pusher: Settings) -> Self {
        let pusher = Arc::new(pusher::Applications::new(core.directory.clone(), pusher));
        let missed = chatapp::Missed::new(core.clone(), &hub, pusher.clone());
        hub.remember(Arc::new(missed));
        Self {
            pusher,
            ctlive: Arc::new(ctlive::Desk::new(core.directory.clone())),
            presence: Arc::new(onechat::PresenceDesk::default()),
            cache: Arc::new(onechat::CacheDesk::default()),
            core,
            hub,
            hooks,
            started: std::time::Instant::now(),
        }
    }

    /// Every route of every dialect.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(admin::routes())
            .merge(files::routes())
            .merge(ctlive::routes())
            .merge(pusher::routes())
            .merge(chatapp::routes())
            .merge(onechat::routes())
            .with_state(self.clone())
    }
}
