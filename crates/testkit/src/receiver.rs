//! Receivers of webhooks: one that remembers what it was sent and answers as it is told to, path by path, and one
//! that plays any tune on the bare connection.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::wait::until;

/// One post, as it came.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Where it came to.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, byte for byte.
    pub body: Bytes,
    /// When it came.
    pub at: Instant,
}

/// How to answer a post.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    after: Option<Duration>,
}

#[derive(Default)]
struct Shared {
    got: Vec<Hook>,
    /// What to answer, soonest first, by path.
    next: HashMap<String, VecDeque<Reply>>,
    /// What to answer when there is no next, by path.
    always: HashMap<String, Reply>,
    under_way: HashMap<String, usize>,
    most_under_way: HashMap<String, usize>,
}

/// A running receiver. Answers 200 unless it is told otherwise.
#[derive(Clone)]
pub struct Receiver {
    shared: Arc<Mutex<Shared>>,
    address: SocketAddr,
}

/// A running receiver of bare connections.
pub struct Bare {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

// === impl Hook ===

impl Hook {
    /// A header as text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

// === impl Reply ===

impl Reply {
    /// This status.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: format!("answer {status}"),
            after: None,
        }
    }

    /// No answer, for longer than anybody waits.
    pub fn never() -> Self {
        Self::status(200).after(Duration::from_secs(3600))
    }

    /// With this header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn saying(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Only after so long.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.after = Some(wait);
        self
    }
}

// === impl Receiver ===

impl Receiver {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let router = Router::new().fallback(take).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, address }
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything that came to a path, in order.
    pub fn got(&self, path: &str) -> Vec<Hook> {
        let shared = self.shared.lock().unwrap();
        let mine = shared.got.iter().filter(|it| it.path == path);
        mine.cloned().collect()
    }

    /// How much came to a path.
    pub fn count(&self, path: &str) -> usize {
        let shared = self.shared.lock().unwrap();
        shared.got.iter().filter(|it| it.path == path).count()
    }

    /// Waits until so much has come to a path, and gives all of it.
    pub async fn wait_for(&self, path: &str, count: usize) -> Vec<Hook> {
        let what = format!("{count} hooks at {path}");
        until(&what, async || {
            (self.count(path) >= count).then(|| self.got(path))
        })
        .await
    }

    /// Answers the next post to a path so. Several queue up.
    pub fn answer_next(&self, path: &str, reply: Reply) {
        let mut shared = self.shared.lock().unwrap();
        let next = shared.next.entry(path.to_owned()).or_default();
        next.push_back(reply);
    }

    /// Answers every post to a path so, from now on.
    pub fn answer(&self, path: &str, reply: Reply) {
        let mut shared = self.shared.lock().unwrap();
        shared.always.insert(path.to_owned(), reply);
    }

    /// The most posts that were under way at a path at once.
    pub fn most_under_way(&self, path: &str) -> usize {
        let shared = self.shared.lock().unwrap();
        shared.most_under_way.get(path).copied().unwrap_or(0)
    }
}

async fn take(
    State(shared): State<Arc<Mutex<Shared>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let hook = Hook {
        path: path.clone(),
        headers,
        body,
        at: Instant::now(),
    };
    let reply = shared.lock().unwrap().begin(hook);
    if let Some(wait) = reply.after {
        tokio::time::sleep(wait).await;
    }
    let status = StatusCode::from_u16(reply.status).unwrap();
    let mut response = (status, reply.body).into_response();
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    shared.lock().unwrap().end(&path);
    response
}

impl Shared {
    fn begin(&mut self, hook: Hook) -> Reply {
        let path = hook.path.clone();
        self.got.push(hook);
        let under_way = self.under_way.entry(path.clone()).or_default();
        *under_way += 1;
        let most = self.most_under_way.entry(path.clone()).or_default();
        *most = (*most).max(*under_way);
        let next = self.next.get_mut(&path).and_then(VecDeque::pop_front);
        let always = || self.always.get(&path).cloned();
        next.or_else(always).unwrap_or_else(|| Reply::status(200))
    }

    fn end(&mut self, path: &str) {
        if let Some(under_way) = self.under_way.get_mut(path) {
            *under_way -= 1;
        }
    }
}

// === impl Bare ===

impl Bare {
    /// Starts one on a free port. `play` gets each connection once the whole request has been read.
    pub async fn start<P>(play: impl Fn(TcpStream) -> P + Send + Sync + 'static) -> Self
    where
        P: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        let play = Arc::new(play);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                let play = play.clone();
                tokio::spawn(async move {
                    if read_request(&mut stream).await.is_some() {
                        play(stream).await;
                    }
                });
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Reads a request with a length to its end; `None` if it never comes.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut reader = BufReader::with_capacity(1, stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(reader.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(0, |it| it.trim().parse().unwrap())];
    reader.read_exact(&mut body).await.ok()?;
    Some(())
}
