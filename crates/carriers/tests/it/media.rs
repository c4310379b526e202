//! Files from servers, and the files that stay.

use std::path::Path;
use std::time::Duration;

use app::Error;
use app::limits::FILE_BYTES;
use app::ports::Media as _;
use bytes::Bytes;
use carriers::media::ObjectMedia;
use domain::{Kind, StoredFile};
use futures_util::TryStreamExt as _;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

use crate::server::{Server, answer, forever};
use crate::{IMPATIENCE, PATIENCE, bounds, guard};

/// More than one part of the store's.
const CAP: u64 = 12 * 1024 * 1024;

fn media(whole: Duration) -> (TempDir, ObjectMedia) {
    let directory = tempfile::tempdir().unwrap();
    let media = ObjectMedia::in_directory(guard(), &directory.path().join("media")).unwrap();
    (directory, media.with_bounds(bounds(whole, CAP)))
}

fn files(directory: &Path) -> usize {
    let count = |entry: std::fs::DirEntry| {
        let is_directory = entry.file_type().is_ok_and(|it| it.is_dir());
        if is_directory {
            files(&entry.path())
        } else {
            1
        }
    };
    let Ok(entries) = std::fs::read_dir(directory) else {
        return 0;
    };
    entries.filter_map(Result::ok).map(count).sum()
}

async fn read(media: &ObjectMedia, file: &StoredFile) -> Vec<u8> {
    let pieces: Vec<Bytes> = media
        .open(&file.key)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    pieces.concat()
}

/// Fetches and asserts that it is refused, this way and without a trace.
async fn refused(server: &Server, whole: Duration) -> (Kind, String) {
    let (directory, media) = media(whole);
    let error = media.fetch(&server.url("/f"), None).await.unwrap_err();
    assert_eq!(files(directory.path()), 0);
    (error.kind(), error.public())
}

#[tokio::test]
async fn a_file_is_fetched_kept_opened_and_forgotten() {
    let png = b"\x89PNG\r\n\x1a\nrest";
    let headers = "Content-Disposition: attachment; filename=\"cat one.png\"\r\n";
    let server = Server::answering(answer("200 OK", headers, png)).await;
    let (directory, media) = media(PATIENCE);
    let file = media.fetch(&server.url("/f?token=1"), None).await.unwrap();
    assert_eq!(
        (file.name.as_str(), file.content_type.as_str()),
        ("cat one.png", "image/png")
    );
    assert_eq!(file.bytes, 12);
    assert!(file.key.len() >= 34, "{}", file.key);
    assert_eq!(read(&media, &file).await, png);
    assert_eq!(server.requests()[0].line, "GET /f?token=1 HTTP/1.1");
    assert_eq!(
        server.requests()[0].header("accept-encoding"),
        Some("identity")
    );
    let named = media.fetch(&server.url("/f"), Some("asked")).await.unwrap();
    assert_eq!(named.name, "asked");
    assert_ne!(named.key, file.key);
    assert_eq!(files(directory.path()), 2);
    for key in [&file.key, &file.key, "never/was", "../../etc", ""] {
        media.forget(key).await;
    }
    assert_eq!(files(directory.path()), 1);
    let Err(gone) = media.open(&file.key).await else {
        panic!("still there")
    };
    assert_eq!(gone.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_file_larger_than_a_part_comes_whole() {
    let server = Server::start(async |mut socket| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {CAP}\r\n\r\n");
        socket.write_all(head.as_bytes()).await.unwrap();
        forever(socket, &[7; 4096]).await;
    })
    .await;
    let (directory, media) = media(PATIENCE);
    let file = media.fetch(&server.url("/big.bin"), None).await.unwrap();
    assert_eq!(u64::try_from(file.bytes).unwrap(), CAP);
    let bytes = read(&media, &file).await;
    assert!(bytes.len() == usize::try_from(CAP).unwrap() && bytes.iter().all(|it| *it == 7));
    assert_eq!(files(directory.path()), 1);
}

#[tokio::test]
async fn only_success_is_a_file() {
    for (status, kind) in [
        ("301", Kind::Invalid),
        ("400", Kind::Invalid),
        ("401", Kind::Invalid),
        ("403", Kind::Invalid),
        ("404", Kind::Invalid),
        ("408", Kind::Upstream),
        ("410", Kind::Invalid),
        ("429", Kind::Upstream),
        ("500", Kind::Upstream),
        ("503", Kind::Upstream),
    ] {
        let server = Server::answering(answer(&format!("{status} X"), "", "a page")).await;
        let (told, text) = refused(&server, PATIENCE).await;
        assert_eq!(told, kind, "{status}");
        assert!(
            text.starts_with(&format!("the media address answered {status}")),
            "{text}"
        );
    }
    for empty in [answer("200 OK", "", ""), answer("204 No", "", "")] {
        let server = Server::answering(empty).await;
        let told = refused(&server, PATIENCE).await;
        assert_eq!(told, (Kind::Invalid, "the file is empty".to_owned()));
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_leaves_nothing() {
    let text = format!("the file is larger than {CAP} bytes");
    let endless = Server::start(async |mut socket| {
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let piece = vec![0; 1_000_000];
        for _ in 0..200 {
            if socket.write_all(&piece).await.is_err() {
                return;
            }
        }
        panic!("all was read");
    })
    .await;
    assert_eq!(refused(&endless, PATIENCE).await, (Kind::TooLarge, text));
    let (directory, _) = media(PATIENCE);
    let media = ObjectMedia::in_directory(guard(), directory.path()).unwrap();
    let told = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
        FILE_BYTES + 1
    );
    let server = Server::answering(told).await;
    let error = media.fetch(&server.url("/"), None).await.unwrap_err();
    assert_eq!(error.kind(), Kind::TooLarge);
    assert_eq!(files(directory.path()), 0);
}

#[tokio::test]
async fn a_server_that_fails_half_way_leaves_nothing() {
    let slow = Server::start(async |mut socket| {
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        socket.write_all(&vec![1; 6 * 1024 * 1024]).await.unwrap();
        std::future::pending().await
    })
    .await;
    let told = refused(&slow, 2 * IMPATIENCE).await;
    let text = "the file cannot be fetched: no complete answer in time".to_owned();
    assert_eq!(told, (Kind::Upstream, text));
    let cut = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await;
    assert_eq!(refused(&cut, PATIENCE).await.0, Kind::Upstream);
    let nonsense = Server::answering("hello\r\n\r\n").await;
    assert_eq!(refused(&nonsense, PATIENCE).await.0, Kind::Upstream);
}

#[tokio::test]
async fn a_fetch_that_nobody_waits_for_any_more_leaves_nothing() {
    let server = Server::start(async |mut socket| {
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        socket.write_all(&vec![1; 6 * 1024 * 1024]).await.unwrap();
        std::future::pending().await
    })
    .await;
    let (directory, media) = media(PATIENCE);
    let url = server.url("/f");
    let fetching = tokio::spawn(async move { media.fetch(&url, None).await });
    until(|| files(directory.path()) == 1).await;
    fetching.abort();
    until(|| files(directory.path()) == 0).await;
}

#[tokio::test]
async fn an_address_that_may_not_be_called_is_the_askers_fault() {
    let (_directory, media) = media(PATIENCE);
    for (url, text) in [
        (
            "http://10.0.0.1/f",
            "the address is not allowed (a private network)",
        ),
        ("nonsense", "the URL cannot be used: it is not a URL"),
        (
            "file:///etc/passwd",
            "the URL cannot be used: it must start with https:// or http://",
        ),
    ] {
        let error = media.fetch(url, None).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{url}");
        assert_eq!(
            error.public(),
            format!("the file cannot be fetched: {text}")
        );
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    let error = media.fetch(&url, None).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Upstream);
}

#[tokio::test]
async fn bytes_at_hand_are_kept_as_well() {
    let (directory, media) = media(PATIENCE);
    let file = media
        .put("../a.pdf", None, "%PDF-1.7".into())
        .await
        .unwrap();
    assert_eq!(
        (file.name.as_str(), file.content_type.as_str()),
        (".._a.pdf", "application/pdf")
    );
    assert_eq!(read(&media, &file).await, b"%PDF-1.7");
    let file = media
        .put("", Some("text/plain; charset=utf-8"), "x".into())
        .await
        .unwrap();
    assert_eq!(
        (file.name.as_str(), file.content_type.as_str()),
        ("file.txt", "text/plain")
    );
    let kind = |result: Result<StoredFile, Error>| result.unwrap_err().kind();
    assert_eq!(
        kind(media.put("a", None, Bytes::new()).await),
        Kind::Invalid
    );
    let large = vec![0; usize::try_from(CAP + 1).unwrap()];
    assert_eq!(
        kind(media.put("a", None, large.into()).await),
        Kind::TooLarge
    );
    assert_eq!(files(directory.path()), 2);
}

#[tokio::test]
async fn a_key_is_not_a_way_out_of_the_store() {
    let (directory, media) = media(PATIENCE);
    std::fs::write(directory.path().join("outside"), "x").unwrap();
    for key in [
        "../outside",
        "a/../../outside",
        "/etc/passwd",
        "..",
        "",
        ".",
        "a//b",
        "%2e%2e/outside",
    ] {
        let Err(error) = media.open(key).await else {
            panic!("{key} opened")
        };
        assert_eq!(error.kind(), Kind::NotFound, "{key}");
        media.forget(key).await;
    }
    assert_eq!(files(directory.path()), 1);
}

/// Waits for another task's doing.
async fn until(done: impl Fn() -> bool) {
    let wait = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap();
}
