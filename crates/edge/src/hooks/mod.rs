//! The dialects in which endpoints are told what happens.

mod standard;

use std::sync::Arc;

use app::{
    Result, StoreError,
    hooks::{Dialects, HookDialect},
};

use wire::maytapi::Form;

use crate::{chatapp, maytapi, onechat, pusher};

/// Every dialect of this server by name.
pub fn dialects() -> Dialects {
    let all: [Arc<dyn HookDialect>; 9] = [
        Arc::new(standard::Standard),
        Arc::new(onechat::OneChatHooks::Account),
        Arc::new(onechat::OneChatHooks::Inbox),
        Arc::new(onechat::OneChatHooks::Bot),
        Arc::new(onechat::OneChatRules),
        Arc::new(chatapp::ChatAppHooks),
        Arc::new(pusher::hooks::PusherHooks),
        Arc::new(maytapi::MaytapiHooks(Form::Documented)),
        Arc::new(maytapi::MaytapiHooks(Form::Current)),
    ];
    all.into_iter()
        .map(|dialect| (dialect.name(), dialect))
        .collect()
}

/// Reads the rules that accounts' people wrote down.
pub fn rulebook(core: app::Core) -> Arc<dyn app::rules::Rulebook> {
    Arc::new(onechat::Book::new(core))
}

/// What a new secret is made from.
pub(crate) fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Unavailable(format!("no randomness: {error}")))?;
    Ok(bytes)
}
