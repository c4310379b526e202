//! Posts events through the guarded client.
//!
//! What counts is the status: an answer whose body cannot be read, or never ends, has been an answer.

use std::time::Duration;

use app::{
    hooks::{HookPoster, Posted},
    ports::{BoxFuture, Clock},
};
use bytes::Bytes;
use std::sync::Arc;

use crate::guard::{Bounds, Guard, HeaderMap, HeaderName, HeaderValue, Incoming};

/// The whole exchange, and how much of an answer is read.
const BOUNDS: Bounds = Bounds {
    whole: Duration::from_secs(15),
    answer_bytes: 64 * 1024,
};

/// Posts to whatever address the guard allows.
pub struct Poster {
    guard: Guard,
    clock: Arc<dyn Clock>,
    bounds: Bounds,
}

impl Poster {
    /// A poster that calls through this guard.
    pub fn new(guard: Guard, clock: Arc<dyn Clock>) -> Self {
        Self {
            guard,
            clock,
            bounds: BOUNDS,
        }
    }

    /// The same with other bounds.
    #[must_use]
    pub fn with_bounds(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }
}

impl HookPoster for Poster {
    fn post<'a>(
        &'a self,
        url: &'a str,
        headers: &'a [(String, String)],
        body: &'a str,
    ) -> BoxFuture<'a, Posted> {
        Box::pin(async move {
            let headers = match header_map(headers) {
                Ok(headers) => headers,
                Err(reason) => return Posted::Failed { reason },
            };
            let body = Bytes::copy_from_slice(body.as_bytes());
            // The beginning is wanted even of what is too long, and even if it says so itself: the end is ours.
            let bounds = Bounds {
                answer_bytes: u64::MAX,
                ..self.bounds
            };
            match self.guard.post_stream(url, headers, body, bounds).await {
                Ok(answer) => Posted::Answered {
                    status: answer.status(),
                    retry_after: answer.wait(self.clock.now()),
                    body: beginning(answer, self.bounds.answer_bytes).await,
                },
                Err(error) => Posted::Failed {
                    reason: error.to_string(),
                },
            }
        })
    }

    fn check(&self, url: &str) -> Result<(), String> {
        self.guard.check(url).map_err(|error| error.to_string())
    }
}

/// The beginning of a body: as much as came, up to a limit.
async fn beginning(mut answer: Incoming, limit: u64) -> String {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut body = Vec::new();
    while let Ok(Some(piece)) = answer.next().await {
        let room = limit.saturating_sub(body.len());
        body.extend(piece.iter().take(room));
        if piece.len() > room {
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let bad = || format!("the header {name} cannot be sent");
        let name_value = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        map.append(name_value, HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    Ok(map)
}
