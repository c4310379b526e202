//! The one client that calls out.
//!
//! Whoever may tell this server a URL could make it call what only it can reach. So an address is judged three times:
//! in the URL, in every answer of the name service, and on the connection itself. Beyond that: no redirects, no proxies,
//! no cookies, HTTP/1.1 only, an answer read no further than its cap, and one clock over the whole exchange.
//!
//! It does not retry, does not interpret a status, and cannot stop what a network's own gateway forwards.

mod address;
mod answer;
mod error;
mod policy;
mod resolver;
mod retry_after;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, RequestBuilder, header, redirect};

pub use answer::{Answer, Incoming};
pub use error::GuardError;
pub use policy::{Forbidden, Policy};
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use resolver::{Names, Resolved, SystemNames};
pub use retry_after::retry_after;

use crate::limits;

/// What we call ourselves.
pub const USER_AGENT: &str = concat!("switchboard/", env!("CARGO_PKG_VERSION"));

/// How long one call may take and how much of its answer is read.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// From look-up to the last byte of the answer.
    pub whole: Duration,
    /// Bytes of the answer's body after decompression.
    pub answer_bytes: u64,
}

/// The guarded client. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Guard {
    policy: Arc<Policy>,
    client: Client,
}

impl Guard {
    /// A client that asks the system for names.
    ///
    /// # Errors
    ///
    /// [`GuardError::Broken`] when TLS cannot be set up.
    pub fn new(policy: Policy) -> Result<Self, GuardError> {
        Self::with_names(policy, Arc::new(SystemNames::default()), limits::CONNECT)
    }

    /// A client with its own source of names and its own limit for reaching a server.
    ///
    /// # Errors
    ///
    /// As [`Guard::new`].
    pub fn with_names(
        policy: Policy,
        names: Arc<dyn Names>,
        connect: Duration,
    ) -> Result<Self, GuardError> {
        let policy = Arc::new(policy);
        let resolver = resolver::Guarded::new(policy.clone(), names);
        let client = Client::builder()
            .tls_backend_preconfigured(tls::config()?)
            .http1_only()
            // A proxy, which the environment may name, would look names up out of our sight.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(connect)
            .pool_idle_timeout(limits::IDLE)
            .pool_max_idle_per_host(limits::IDLE_PER_HOST)
            .dns_resolver(Arc::new(resolver))
            .build()
            .map_err(GuardError::from_client)?;
        Ok(Self { policy, client })
    }

    /// Whether a URL may be called as far as it can be told without a look-up; for a friendly word when it is saved.
    ///
    /// # Errors
    ///
    /// [`GuardError::BadUrl`] or [`GuardError::Forbidden`].
    pub fn check(&self, url: &str) -> Result<(), GuardError> {
        self.policy.target(url).map(drop)
    }

    /// Posts `body`. `headers` should name its content type.
    ///
    /// # Errors
    ///
    /// Any [`GuardError`] if no status was answered. What goes wrong after the status is in [`Answer::body`].
    pub async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        bounds: Bounds,
    ) -> Result<Answer, GuardError> {
        let incoming = self.post_stream(url, headers, body, bounds).await?;
        Ok(incoming.into_answer().await)
    }

    /// The same; the answer's body comes piece by piece.
    ///
    /// # Errors
    ///
    /// Any [`GuardError`] if no status was answered.
    pub async fn post_stream(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        bounds: Bounds,
    ) -> Result<Incoming, GuardError> {
        let request = self.client.post(self.policy.target(url)?);
        let request = request.headers(headers).body(body);
        self.call(request, bounds).await
    }

    /// Gets `url` with these headers.
    ///
    /// # Errors
    ///
    /// As [`Guard::post`].
    pub async fn get(
        &self,
        url: &str,
        headers: HeaderMap,
        bounds: Bounds,
    ) -> Result<Answer, GuardError> {
        let request = self.client.get(self.policy.target(url)?).headers(headers);
        Ok(self.call(request, bounds).await?.into_answer().await)
    }

    /// Gets `url`; the body comes piece by piece.
    ///
    /// # Errors
    ///
    /// Any [`GuardError`] if no status was answered.
    pub async fn get_stream(&self, url: &str, bounds: Bounds) -> Result<Incoming, GuardError> {
        // Uncompressed, because then the length is told in advance; files are mostly compressed in their own way.
        let request = self
            .client
            .get(self.policy.target(url)?)
            .header(header::ACCEPT_ENCODING, "identity");
        self.call(request, bounds).await
    }

    async fn call(&self, request: RequestBuilder, bounds: Bounds) -> Result<Incoming, GuardError> {
        let sent = request.timeout(bounds.whole).send().await;
        let response = sent.map_err(GuardError::from_client)?;
        // The resolver has judged it already; this is for the day when something goes around the resolver.
        let Some(remote) = response.remote_addr() else {
            return Err(GuardError::Broken("an unknown server answered".to_owned()));
        };
        self.policy.judge(remote.ip())?;
        Ok(Incoming::new(response, bounds.answer_bytes))
    }
}
