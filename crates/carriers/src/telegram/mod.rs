//! The port to a network, for inboxes behind a Telegram bot.
//!
//! What is said to the bot comes by long polling, or at our webhook; either way through [`intake`]. Telegram tells
//! nothing of delivery and reading, so a message stays sent.

mod change;
mod form;
mod intake;
mod moved;
mod parts;
mod polling;
mod send;
mod settings;
mod topic;

use std::{collections::HashMap, sync::Arc, time::Duration};

use app::{
    Core,
    ports::{Accepted, BoxFuture, Carrier, Intake, Outgoing, Placed, SendError, Signs},
};
use bytes::Bytes;
use domain::Inbox;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wire::telegram::answer::{Failure, read};

pub use polling::kept_name;
pub use settings::{BASE_URL, TelegramSettings};

use crate::guard::{Bounds, Guard, HeaderMap, HeaderName, HeaderValue};

/// The carrier's name in an inbox.
pub const NAME: &str = "telegram";

/// One call.
const CALL: Bounds = Bounds {
    whole: Duration::from_secs(30),
    answer_bytes: 4 * 1024 * 1024,
};

/// Speaks for bots. Cheap to clone.
#[derive(Clone)]
pub struct Telegram {
    core: Core,
    guard: Guard,
    /// Which of the servers on its store this is.
    node: Option<i64>,
}

impl Telegram {
    /// A carrier that calls through this guard, on this node of those that share the store.
    pub fn new(core: Core, guard: Guard, node: Option<i64>) -> Self {
        Self { core, guard, node }
    }

    async fn call<T: DeserializeOwned>(
        &self,
        settings: &TelegramSettings,
        method: &str,
        body: &Value,
        bounds: Bounds,
    ) -> Result<T, Failure> {
        let body = Bytes::from(body.to_string());
        self.post(settings, method, "application/json", body, bounds)
            .await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        settings: &TelegramSettings,
        method: &str,
        content_type: &str,
        body: Bytes,
        bounds: Bounds,
    ) -> Result<T, Failure> {
        let mut headers = HeaderMap::new();
        if let Ok(kind) = HeaderValue::from_str(content_type) {
            headers.insert(HeaderName::from_static("content-type"), kind);
        }
        let unreached = |reason: String| Failure {
            code: 0,
            reason,
            retry_after_s: None,
            moved_to: None,
        };
        let url = settings.method(method);
        let answer = self.guard.post(&url, headers, body, bounds).await;
        let answer = answer.map_err(|error| unreached(error.to_string()))?;
        let body = answer.body.map_err(|error| unreached(error.to_string()))?;
        read(answer.status, &body)
    }
}

impl Carrier for Telegram {
    fn send<'a>(
        &'a self,
        inbox: &'a Inbox,
        settings: &'a str,
        outgoing: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Accepted, SendError>> {
        Box::pin(self.take(inbox, settings, outgoing))
    }

    fn edit<'a>(
        &'a self,
        inbox: &'a Inbox,
        settings: &'a str,
        placed: Placed<'a>,
        text: &'a str,
    ) -> BoxFuture<'a, app::Result<()>> {
        Box::pin(self.edited(inbox, settings, placed, text))
    }

    fn retract<'a>(
        &'a self,
        inbox: &'a Inbox,
        settings: &'a str,
        placed: Placed<'a>,
    ) -> BoxFuture<'a, app::Result<bool>> {
        Box::pin(self.retracted(inbox, settings, placed))
    }

    fn signs(&self) -> Option<&dyn Signs> {
        Some(self)
    }
}

impl Intake for Telegram {
    fn take<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        settings: &'a str,
        body: &'a [u8],
    ) -> BoxFuture<'a, app::Result<()>> {
        Box::pin(self.brought(inbox, settings, body))
    }
}

/// Which bots are looked after, by inbox: with which settings.
type Tended = HashMap<domain::InboxId, (Arc<str>, tokio::task::JoinHandle<()>)>;
