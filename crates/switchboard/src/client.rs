//! Asking a running server over HTTP, for the commands that do.

use std::time::Duration;

use anyhow::{Result, bail};
use carriers::guard::{Answer, Bounds, Guard, HeaderMap, HeaderName, HeaderValue, Policy};
use serde_json::Value;

/// How long an answer may take, and how long it may be.
const BOUNDS: Bounds = Bounds {
    whole: Duration::from_secs(30),
    answer_bytes: 16 * 1024 * 1024,
};

/// A running server.
pub(crate) struct Client {
    guard: Guard,
    server: String,
    headers: HeaderMap,
}

impl Client {
    /// A server at this address. The operator names it, and it may be anywhere.
    pub(crate) fn new(server: &str) -> Result<Self> {
        let policy = Policy {
            allow: vec!["0.0.0.0/0".parse()?, "::/0".parse()?],
            https_only: false,
        };
        let mut headers = HeaderMap::new();
        let json = HeaderValue::from_static("application/json");
        headers.insert(HeaderName::from_static("content-type"), json);
        Ok(Self {
            guard: Guard::new(policy)?,
            server: server.trim_end_matches('/').to_owned(),
            headers,
        })
    }

    /// The same, for an agent with this access token.
    pub(crate) fn with_token(mut self, token: &str) -> Result<Self> {
        let mut token = HeaderValue::from_str(token)?;
        token.set_sensitive(true);
        self.headers
            .insert(HeaderName::from_static("api_access_token"), token);
        Ok(self)
    }

    /// Gets what a path says.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.server);
        let answer = self.guard.get(&url, self.headers.clone(), BOUNDS).await?;
        told(answer)
    }

    /// Posts a body to a path, and returns what it is answered.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.server);
        let (headers, body) = (self.headers.clone(), body.to_string());
        told(self.guard.post(&url, headers, body.into(), BOUNDS).await?)
    }
}

/// What an answer says, or the sentence in which it refuses.
fn told(answer: Answer) -> Result<Value> {
    let refused = !answer.is_success();
    let body: Value = serde_json::from_slice(&answer.body?).unwrap_or_default();
    if !refused {
        return Ok(body);
    }
    let sentence = ["detail", "message", "error", "title"]
        .iter()
        .find_map(|name| body.get(name)?.as_str());
    match sentence {
        Some(sentence) => bail!("{sentence}"),
        None => bail!("the server answered {}", answer.status),
    }
}
