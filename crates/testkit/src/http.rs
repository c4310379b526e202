//! Plain HTTP for tests: a client that sends what it is told to, byte for byte, and gives back what came; a form
//! with files; and a server of files that remembers who asked.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Method, Request,
    body::{Frame, SizeHint},
    header,
};
use hyper_util::{
    client::legacy::Client as Inner, client::legacy::connect::HttpConnector, rt::TokioExecutor,
};
use serde_json::Value;

use crate::wait::PATIENCE;

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

    /// A header as text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default()
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
        let request = request
            .body(Full::new(body.into()))
            .map_err(|it| it.to_string())?;
        let response = self.0.request(request).await.map_err(|it| it.to_string())?;
        let (parts, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|it| it.to_string())?
            .to_bytes();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
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

    /// Sends a request again and again until it is answered with a 200, as whoever must not lose it would: after
    /// an error of transport and after a 503. Any other answer fails the test.
    pub async fn insist(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let (body, began) = (body.into(), Instant::now());
        loop {
            match self.try_send(method, url, headers, body.clone()).await {
                Ok(answer) if answer.status == 200 => return answer,
                Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text()),
                Err(_) => {}
            }
            assert!(
                began.elapsed() < PATIENCE,
                "insisted in vain: {method} {url}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The body of a form, as browsers write it.
#[derive(Default)]
pub struct Form(Vec<u8>);

impl Form {
    const BOUNDARY: &str = "----testkit-7MA4YWxkTrZu0gW";

    /// With this text.
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.part(&format!("name=\"{name}\"\r\n"), value.as_bytes());
        self
    }

    /// With this file.
    pub fn file(mut self, name: &str, file: &str, content_type: &str, bytes: &[u8]) -> Self {
        let head =
            format!("name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {content_type}\r\n");
        self.part(&head, bytes);
        self
    }

    fn part(&mut self, head: &str, bytes: &[u8]) {
        let head = format!(
            "--{}\r\nContent-Disposition: form-data; {head}\r\n",
            Self::BOUNDARY
        );
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
    }

    /// Its `Content-Type`.
    pub fn content_type() -> String {
        format!("multipart/form-data; boundary={}", Self::BOUNDARY)
    }

    /// Its bytes.
    pub fn finish(mut self) -> Bytes {
        self.0
            .extend_from_slice(format!("--{}--\r\n", Self::BOUNDARY).as_bytes());
        self.0.into()
    }
}

/// What a [`FileServer`] answers at a path.
#[derive(Debug, Clone)]
pub enum File {
    /// A file with its type and what its `Content-Disposition` says, if not empty.
    Bytes(&'static str, &'static str, &'static [u8]),
    /// So many zeros; the flag tells whether their number is told in advance.
    Zeros(u64, bool),
    /// Nothing but this status.
    Status(u16),
}

#[derive(Default)]
struct Files {
    by_path: HashMap<String, File>,
    asked: Vec<(String, String)>,
}

/// A server of files on a free port of this machine.
#[derive(Clone)]
pub struct FileServer {
    files: Arc<Mutex<Files>>,
    address: SocketAddr,
}

impl FileServer {
    /// Starts one without files.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let files = Arc::new(Mutex::new(Files::default()));
        let router = Router::new().fallback(serve).with_state(files.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { files, address }
    }

    /// Puts a file at a path, and returns its address.
    pub fn put(&self, path: &str, file: File) -> String {
        self.files
            .lock()
            .unwrap()
            .by_path
            .insert(path.to_owned(), file);
        format!("http://{}{path}", self.address)
    }

    /// The methods by which this path was asked for so far.
    pub fn asked(&self, path: &str) -> Vec<String> {
        let files = self.files.lock().unwrap();
        let all = files.asked.iter().filter(|(asked, _)| asked == path);
        all.map(|(_, method)| method.clone()).collect()
    }
}

async fn serve(State(files): State<Arc<Mutex<Files>>>, request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    let mut files = files.lock().unwrap();
    files
        .asked
        .push((path.clone(), request.method().to_string()));
    match files.by_path.get(&path).cloned() {
        Some(File::Bytes(content_type, disposition, bytes)) => {
            let mut response = ([(header::CONTENT_TYPE, content_type)], bytes).into_response();
            if !disposition.is_empty() {
                let value = header::HeaderValue::from_static(disposition);
                response
                    .headers_mut()
                    .insert(header::CONTENT_DISPOSITION, value);
            }
            response
        }
        Some(File::Zeros(left, told)) => Body::new(Zeros { left, told }).into_response(),
        Some(File::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

struct Zeros {
    left: u64,
    told: bool,
}

impl hyper::body::Body for Zeros {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        static PIECE: [u8; 64 * 1024] = [0; 64 * 1024];
        let bytes = self.left.min(PIECE.len() as u64);
        self.left -= bytes;
        let piece = PIECE
            .get(..usize::try_from(bytes).unwrap())
            .filter(|it| !it.is_empty());
        Poll::Ready(piece.map(|piece| Ok(Frame::data(Bytes::from_static(piece)))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.told {
            SizeHint::with_exact(self.left)
        } else {
            SizeHint::default()
        }
    }
}
