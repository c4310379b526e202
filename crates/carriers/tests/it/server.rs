//! A server that takes one request per connection and then does what the test wants with the socket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What came in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// Method, target and version.
    pub(crate) line: String,
    /// With names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Stops when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    accepting: JoinHandle<()>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Server {
    /// Does this with every connection once its request is read.
    pub(crate) async fn start<F, B>(behave: F) -> Self
    where
        F: Fn(TcpStream) -> B + Send + Sync + 'static,
        B: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let taken = requests.clone();
        let accepting = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let request = read(&mut socket).await;
                taken.lock().unwrap().push(request);
                tokio::spawn(behave(socket));
            }
        });
        Self {
            address,
            requests,
            accepting,
        }
    }

    /// Answers every request with these bytes and closes.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer: Arc<[u8]> = answer.into().into();
        Self::start(move |mut socket| {
            let answer = answer.clone();
            async move {
                socket.write_all(&answer).await.unwrap();
                socket.shutdown().await.unwrap();
            }
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request so far. A connection that asked nothing counts as an empty one.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// An answer with its length.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// Writes this for as long as the other side listens.
pub(crate) async fn forever(mut socket: TcpStream, piece: &[u8]) {
    while socket.write_all(piece).await.is_ok() {}
}

async fn read(socket: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break at;
        }
        if socket.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return Request::default();
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap();
    let mut request = Request {
        line: line.to_owned(),
        ..Request::default()
    };
    for header in headers.split("\r\n") {
        let (name, value) = header.split_once(": ").unwrap();
        let pair = (name.to_ascii_lowercase(), value.to_owned());
        request.headers.push(pair);
    }
    let length = request.header("content-length").unwrap_or("0");
    let length: usize = length.parse().unwrap();
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        assert_ne!(socket.read_buf(&mut body).await.unwrap(), 0);
    }
    request.body = String::from_utf8(body).unwrap();
    request
}
