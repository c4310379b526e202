//! Exchanges that go well, and the many ways in which they do not.

use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use carriers::guard::{Answer, GuardError, HeaderMap, USER_AGENT};
use domain::Timestamp;
use tokio::io::AsyncWriteExt as _;

use crate::server::{Server, answer, forever};
use crate::{IMPATIENCE, PATIENCE, bounds, guard};

const CAP: u64 = 100_000;

async fn post(url: &str, whole: Duration) -> Result<Answer, GuardError> {
    let body = Bytes::from_static(b"hello");
    guard()
        .post(url, HeaderMap::new(), body, bounds(whole, CAP))
        .await
}

/// Posts and returns what became of the body.
async fn body(server: &Server, whole: Duration) -> Result<Bytes, GuardError> {
    let answer = post(&server.url("/"), whole).await.unwrap();
    assert_eq!(answer.status, 200);
    answer.body
}

fn zeros(bytes: u64) -> Vec<u8> {
    vec![0; usize::try_from(bytes).unwrap()]
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_post_arrives_and_its_answer_comes_back() {
    let headers = "Retry-After: 7\r\nContent-Type: text/plain\r\n";
    let server = Server::answering(answer("429 Slow", headers, "so so")).await;
    let mut headers = HeaderMap::new();
    headers.insert("x-own", "1".parse().unwrap());
    let posted = guard()
        .post(
            &server.url("/a?b=c"),
            headers,
            "hello".into(),
            bounds(PATIENCE, CAP),
        )
        .await
        .unwrap();
    assert_eq!(posted.status, 429);
    assert!(!posted.is_success());
    assert_eq!(posted.content_type.as_deref(), Some("text/plain"));
    assert_eq!(
        posted.wait(Timestamp::UNIX_EPOCH),
        Some(Duration::from_secs(7))
    );
    assert_eq!(posted.body, Ok("so so".into()));
    let request = server.requests().remove(0);
    assert_eq!(request.line, "POST /a?b=c HTTP/1.1");
    assert_eq!(request.header("user-agent"), Some(USER_AGENT));
    assert_eq!(request.header("x-own"), Some("1"));
    assert_eq!(request.header("cookie"), None);
    assert_eq!(request.body, "hello");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let inner = Server::answering(answer("200 OK", "", "secret")).await;
    for status in ["301 M", "302 M", "307 M", "308 M"] {
        let location = format!("Location: {}\r\n", inner.url("/"));
        let outer = Server::answering(answer(status, &location, "")).await;
        let answer = post(&outer.url("/"), PATIENCE).await.unwrap();
        assert_eq!(answer.status.to_string(), status[..3]);
    }
    assert_eq!(inner.requests().len(), 0);
}

#[tokio::test]
async fn a_body_is_read_up_to_its_cap() {
    let server = Server::answering(answer("200 OK", "", zeros(CAP))).await;
    assert_eq!(body(&server, PATIENCE).await, Ok(zeros(CAP).into()));
    let too_large = Err(GuardError::TooLarge { limit: CAP });
    let server = Server::answering(answer("200 OK", "", zeros(CAP + 1))).await;
    assert_eq!(body(&server, PATIENCE).await, too_large);
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n").await;
    assert_eq!(body(&server, PATIENCE).await, too_large);
    let server = Server::start(async |mut socket| {
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        forever(socket, &[0; 1000]).await;
    })
    .await;
    assert_eq!(body(&server, PATIENCE).await, too_large);
    let server = Server::start(async |mut socket| {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        socket.write_all(head).await.unwrap();
        forever(socket, b"1\r\n0\r\n").await;
    })
    .await;
    assert_eq!(body(&server, PATIENCE).await, too_large);
}

#[tokio::test]
async fn the_cap_is_for_what_comes_out_of_a_compressed_body() {
    let small = gzip(&zeros(CAP));
    assert!(small.len() < 1000);
    let server = Server::answering(answer("200 OK", "Content-Encoding: gzip\r\n", small)).await;
    assert_eq!(body(&server, PATIENCE).await, Ok(zeros(CAP).into()));
    let bomb = gzip(&zeros(50_000_000));
    assert!(bomb.len() < 100_000);
    let server = Server::answering(answer("200 OK", "Content-Encoding: gzip\r\n", bomb)).await;
    assert_eq!(
        body(&server, PATIENCE).await,
        Err(GuardError::TooLarge { limit: CAP })
    );
    let broken = answer("200 OK", "Content-Encoding: gzip\r\n", "not gzip at all");
    let server = Server::answering(broken).await;
    assert!(matches!(
        body(&server, PATIENCE).await,
        Err(GuardError::Broken(_))
    ));
}

#[tokio::test]
async fn one_clock_runs_over_the_whole_exchange() {
    let silent = Server::start(|socket| async {
        let _held = socket;
        std::future::pending().await
    })
    .await;
    let told = post(&silent.url("/"), IMPATIENCE).await;
    assert_eq!(told.unwrap_err(), GuardError::Timeout);
    let dripping = Server::start(async |mut socket| {
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while socket.write_all(b".").await.is_ok() {
            tick.tick().await;
        }
    })
    .await;
    assert_eq!(body(&dripping, IMPATIENCE).await, Err(GuardError::Timeout));
    let early = Server::start(async |socket| {
        forever(socket, b"HTTP/1.1 100 Continue\r\n\r\n").await;
    })
    .await;
    assert_eq!(
        post(&early.url("/"), IMPATIENCE).await.unwrap_err(),
        GuardError::Timeout
    );
}

#[tokio::test]
async fn headers_without_end_are_given_up() {
    let many = Server::start(async |mut socket| {
        socket.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
        forever(socket, b"X-More: and more\r\n").await;
    })
    .await;
    let one = Server::start(async |mut socket| {
        socket
            .write_all(b"HTTP/1.1 200 OK\r\nX-Long: ")
            .await
            .unwrap();
        forever(socket, &[b'a'; 1000]).await;
    })
    .await;
    for server in [many, one] {
        let told = post(&server.url("/"), PATIENCE).await;
        assert!(matches!(told, Err(GuardError::Broken(_))), "{told:?}");
    }
}

#[tokio::test]
async fn an_exchange_that_breaks_off_is_broken() {
    let cut = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await;
    assert!(matches!(
        body(&cut, PATIENCE).await,
        Err(GuardError::Broken(_))
    ));
    let reset = Server::start(async |mut socket| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
        socket.write_all(head).await.unwrap();
        socket.set_zero_linger().unwrap();
    })
    .await;
    // The reset may overtake the status.
    match post(&reset.url("/"), PATIENCE).await {
        Ok(Answer { body, .. }) => assert!(matches!(body, Err(GuardError::Broken(_))), "{body:?}"),
        Err(error) => assert!(matches!(error, GuardError::Broken(_)), "{error:?}"),
    }
    for nonsense in [
        "",
        "HTTP/1.1\r\n",
        "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 999999 X\r\n\r\n",
    ] {
        let server = Server::answering(nonsense).await;
        let told = post(&server.url("/"), PATIENCE).await;
        assert!(
            matches!(told, Err(GuardError::Broken(_))),
            "{nonsense}: {told:?}"
        );
    }
}

#[tokio::test]
async fn an_old_server_is_understood() {
    let server = Server::answering("HTTP/1.0 200 OK\r\nX-A: \u{e7}\r\n\r\nto the end").await;
    assert_eq!(body(&server, PATIENCE).await, Ok("to the end".into()));
}

#[tokio::test]
async fn a_server_that_is_not_there_cannot_be_connected_to() {
    let server = Server::answering("").await;
    let url = server.url("/secret");
    drop(server);
    let told = loop {
        // Dropping stops the server soon, not at once.
        let told = post(&url, PATIENCE).await.unwrap_err();
        if matches!(told, GuardError::Connect(_)) {
            break told;
        }
    };
    assert!(told.to_string().starts_with("cannot connect: "), "{told}");
    assert!(!told.to_string().contains("secret"), "{told}");
}

#[tokio::test]
async fn tls_is_spoken_where_the_url_says_so() {
    let server = Server::answering("").await;
    let url = server.url("/").replace("http:", "https:");
    let raw = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url.replace(
        &server.address.to_string(),
        &raw.local_addr().unwrap().to_string(),
    );
    let answering = tokio::spawn(async move {
        let (mut socket, _) = raw.accept().await.unwrap();
        let mut hello = [0; 6];
        tokio::io::AsyncReadExt::read_exact(&mut socket, &mut hello)
            .await
            .unwrap();
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        hello
    });
    let told = post(&url, PATIENCE).await;
    assert!(matches!(told, Err(GuardError::Connect(_))), "{told:?}");
    // A handshake record that holds a ClientHello.
    let hello = answering.await.unwrap();
    assert_eq!((hello[0], hello[5]), (22, 1));
}
