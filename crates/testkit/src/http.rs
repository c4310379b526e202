//! A plain HTTP client for tests: sends what it is told to, byte for byte, and gives back what came.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request};
use hyper_util::{client::legacy::Client as Inner, client::legacy::connect::HttpConnector, rt::TokioExecutor};
use serde_json::Value;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON of an answer that must be a 200.
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }
}

/// A client that keeps its connections.
#[derive(Clone)]
pub struct Client(Inner<HttpConnector, Full<Bytes>>);

impl Default for Client {
    fn default() -> Self {
        Self(Inner::builder(TokioExecutor::new()).build(HttpConnector::new()))
    }
}

impl Client {
    /// Sends a request. An error is one of transport: no answer came.
    pub async fn try_send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, String> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|it| it.to_string())?;
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).map_err(|it| it.to_string())?;
        let response = self.0.request(request).await.map_err(|it| it.to_string())?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|it| it.to_string())?.to_bytes();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// Sends a request that must be answered.
    pub async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        self.try_send(method, url, headers, body).await.unwrap()
    }
}
