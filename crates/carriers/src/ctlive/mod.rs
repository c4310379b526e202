//! The port to a network, for inboxes behind the CTLive Channel API: we are the platform, the connector is theirs.
//!
//! One part is one post to the inbox's connector. The dialect has no key against sending twice, so a part whose answer was lost
//! arrives twice if it is sent again. What comes in, reports included, is the door's; nothing here retries.

mod answer;
mod content;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use app::ports::{Accepted, BoxFuture, Carrier, Clock, Outgoing, SendError};
use domain::Inbox;
use wire::ctlive::auth;
use wire::ctlive::outbound::Send as Body;

pub use settings::{CtliveSettings, InboundAuth};

use crate::guard::{Bounds, Guard, HeaderMap, HeaderName, HeaderValue};
use crate::limits;

/// The carrier's name in an inbox.
pub const NAME: &str = "ctlive";

/// Sends to connectors.
#[derive(Clone)]
pub struct Ctlive {
    guard: Guard,
    clock: Arc<dyn Clock>,
    bounds: Bounds,
}

impl Ctlive {
    /// A carrier that calls through this guard.
    #[must_use]
    pub fn new(guard: Guard, clock: Arc<dyn Clock>) -> Self {
        let bounds = Bounds {
            whole: limits::CTLIVE_SEND,
            answer_bytes: limits::CTLIVE_ANSWER_BYTES,
        };
        Self {
            guard,
            clock,
            bounds,
        }
    }

    /// The same with another limit for one send. The port asks for less than a minute.
    #[must_use]
    pub fn with_timeout(mut self, whole: Duration) -> Self {
        self.bounds.whole = whole;
        self
    }

    async fn send(
        &self,
        inbox: &Inbox,
        settings: &str,
        outgoing: &Outgoing,
    ) -> Result<Accepted, SendError> {
        let settings = CtliveSettings::parse(settings).map_err(|error| {
            SendError::for_now(format!("the inbox's settings cannot be read: {error}"))
        })?;
        // Not a broken inbox, only an unfinished one: its messages wait until somebody fills it in.
        let Some(url) = settings.url.as_deref().filter(|url| !url.is_empty()) else {
            return Err(SendError::for_now("the inbox has no connector URL yet"));
        };
        let content = content::of(outgoing).map_err(|reason| SendError::ForGood {
            reason: reason.to_owned(),
        })?;
        let body = Body::new(&settings.scenario_key, &outgoing.to, content).to_json();
        let answered = self
            .guard
            .post(url, headers(&settings), body.into(), self.bounds)
            .await;
        // Also for an address that is not allowed: the operator may allow it, and the message should then go.
        let answer =
            answered.map_err(|error| SendError::for_now(format!("the connector: {error}")))?;
        let told = answer::conclude(&answer, self.clock.now());
        if matches!(&told, Ok(accepted) if accepted.external_id.is_none()) {
            tracing::warn!(
                inbox.id = inbox.id.0,
                message.id = outgoing.message.id.0,
                "the connector took a message and gave no id; its reports will not be found"
            );
        }
        told
    }
}

impl Carrier for Ctlive {
    fn send<'a>(
        &'a self,
        inbox: &'a Inbox,
        settings: &'a str,
        outgoing: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Accepted, SendError>> {
        Box::pin(self.send(inbox, settings, outgoing))
    }
}

fn headers(settings: &CtliveSettings) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let json = HeaderValue::from_static("application/json");
    headers.insert(HeaderName::from_static("content-type"), json.clone());
    headers.insert(HeaderName::from_static("accept"), json);
    let nobody = settings.username.is_empty() && settings.password.is_empty();
    let basic = auth::to_basic(&settings.username, &settings.password);
    if let Ok(mut basic) = HeaderValue::try_from(basic)
        && !nobody
    {
        basic.set_sensitive(true);
        headers.insert(HeaderName::from_static("authorization"), basic);
    }
    headers
}
