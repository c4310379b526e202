//! Receivers that do what no receiver should. What came of each is recorded, and nobody else notices.

use std::{sync::Arc, time::Duration};

use testkit::{
    demo::Demo,
    receiver::{Bare, Receiver},
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use super::{ask, demo, endpoint, hook_in, say};

/// Memory that the server may come to use on the way, in KiB.
const GROWTH_KIB: u64 = 100 * 1024;

/// What a receiver does once it has read the request.
#[derive(Clone, Copy)]
enum Tune {
    DripBody,
    EndlessHeaders,
    EndlessHead,
    GibibyteWithLength,
    GibibyteInChunks,
    GzipBomb,
    ResetInBody,
    Http10,
    Http10Failure,
    NotHttp,
    Silence,
    ShortBody,
    TwoAnswers,
}

/// What plays, what comes of it, its reason in part, and how its answer begins.
const TABLE: [(Tune, &str, &str, &str); 13] = [
    // A status is an answer, whatever becomes of its body.
    (Tune::DripBody, "done", "", "drip"),
    (Tune::EndlessHeaders, "dead", "broke off", ""),
    (Tune::EndlessHead, "dead", "broke off", ""),
    (Tune::GibibyteWithLength, "done", "", "aaaa"),
    (Tune::GibibyteInChunks, "done", "", "aaaa"),
    (Tune::GzipBomb, "done", "", "aaaa"),
    (Tune::ResetInBody, "done", "", "half"),
    (Tune::Http10, "done", "", "old"),
    (Tune::Http10Failure, "dead", "it answered 500", "old"),
    (Tune::NotHttp, "dead", "broke off", ""),
    (Tune::Silence, "dead", "broke off", ""),
    (Tune::ShortBody, "done", "", "half"),
    (Tune::TwoAnswers, "done", "", "one"),
];

async fn play(tune: Tune, mut stream: TcpStream) {
    // It ends when the other side has had enough.
    let written = match tune {
        Tune::DripBody => drip(&mut stream).await,
        Tune::EndlessHeaders => {
            endless(&mut stream, b"HTTP/1.1 200 OK\r\n", b"x-more: and more\r\n").await
        }
        Tune::EndlessHead => endless(&mut stream, b"HTTP/1.1 200 ", b"OKOKOKOKOKOKOKOK").await,
        Tune::GibibyteWithLength => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n";
            endless(&mut stream, head, b"aaaaaaaaaaaaaaaa").await
        }
        Tune::GibibyteInChunks => {
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            endless(&mut stream, head, b"10\r\naaaaaaaaaaaaaaaa\r\n").await
        }
        Tune::GzipBomb => bomb(&mut stream).await,
        Tune::ResetInBody => {
            let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
            let written = stream.write_all(half).await;
            // So that what was written arrives before the reset does.
            tokio::time::sleep(Duration::from_millis(100)).await;
            stream.set_zero_linger().unwrap();
            written
        }
        Tune::Http10 => stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nold").await,
        Tune::Http10Failure => stream.write_all(b"HTTP/1.0 500 No\r\n\r\nold").await,
        Tune::NotHttp => stream.write_all(b"220 mail.example ESMTP\r\n").await,
        Tune::Silence => Ok(()),
        Tune::ShortBody => {
            let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
            stream.write_all(half).await
        }
        Tune::TwoAnswers => {
            let one = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none";
            stream.write_all(one.repeat(2).as_bytes()).await
        }
    };
    drop(written);
}

async fn drip(stream: &mut TcpStream) -> std::io::Result<()> {
    stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        .await?;
    loop {
        stream.write_all(b"drip").await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn endless(stream: &mut TcpStream, head: &[u8], piece: &[u8]) -> std::io::Result<()> {
    stream.write_all(head).await?;
    let pieces = piece.repeat(1024);
    // A gibibyte, or until it is cut off.
    for _ in 0..1 << 30 >> 14 {
        stream.write_all(&pieces).await?;
    }
    Ok(())
}

/// Half a mebibyte that unpacks to 80 MiB: one `a`, and from there on "the last byte, 258 times".
async fn bomb(stream: &mut TcpStream) -> std::io::Result<()> {
    const BYTES: usize = 512 * 1024;
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {BYTES}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // A block with the fixed code that is not the last; `a`; then length code 285 and distance code 0.
    let mut bits = vec![0, 1, 0];
    bits.extend(code(0x30 + u32::from(b'a'), 8));
    while packed.len() + bits.len() / 8 < BYTES {
        bits.extend(code(0b1100_0101, 8));
        bits.extend(code(0, 5));
    }
    let bytes = bits
        .chunks(8)
        .map(|bits| bits.iter().rev().fold(0, |byte: u8, bit| byte << 1 | bit));
    packed.extend(bytes);
    packed.truncate(BYTES);
    stream.write_all(&packed).await
}

/// A code's bits, the highest first.
fn code(value: u32, bits: u32) -> impl Iterator<Item = u8> {
    (0..bits)
        .rev()
        .map(move |bit| u8::from(value >> bit & 1 == 1))
}

/// The most memory that the server has used, in KiB.
fn memory_kib(demo: &Demo) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", demo.pid())).unwrap();
    let peak = status
        .lines()
        .find_map(|it| it.strip_prefix("VmHWM:"))
        .unwrap();
    peak.trim_end_matches("kB").trim().parse().unwrap()
}

#[tokio::test]
async fn whatever_a_receiver_answers_is_recorded_and_hurts_nobody_else() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let before_kib = memory_kib(&demo);
    let mut endpoints = Vec::new();
    for (tune, ..) in TABLE {
        let bare = Arc::new(Bare::start(move |stream| play(tune, stream)).await);
        endpoints.push((endpoint(&demo, &bare.url("/in")).await, bare));
    }
    endpoint(&demo, &receiver.url("/healthy")).await;
    say(&demo, "hello").await;
    receiver.wait_for("/healthy", 1).await;
    let ready = demo.client.send("GET", &demo.url("/readyz"), &[], "").await;
    assert_eq!(ready.status, 200);
    for (row, ((id, bare), (_, state, reason, answer))) in endpoints.iter().zip(TABLE).enumerate() {
        let hook = hook_in(&demo, *id, state).await;
        let attempt = &hook["attempts_made"][0];
        let said = attempt["error"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "row {row}: {attempt}");
        let begins = attempt["answer"].as_str().unwrap();
        assert!(
            begins.starts_with(answer) && begins.len() <= 4096,
            "row {row}: {attempt}"
        );
        let attempts = if state == "done" { 1 } else { 2 };
        assert_eq!(
            (&hook["attempts"], bare.connections()),
            (&attempts.into(), attempts),
            "row {row}"
        );
    }
    let grown_kib = memory_kib(&demo) - before_kib;
    assert!(grown_kib < GROWTH_KIB, "{grown_kib}");
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_a_reason_in_plain_words() {
    let demo = demo("[20]").await;
    let mut endpoints = Vec::new();
    for (url, why) in [
        ("http://127.0.0.1:1/in", "cannot connect"),
        (
            "http://name.invalid/in",
            "cannot connect: the name cannot be resolved",
        ),
        ("https://127.0.0.1:1/in", "cannot connect"),
    ] {
        endpoints.push((endpoint(&demo, url).await, why));
    }
    say(&demo, "hello").await;
    for (id, why) in endpoints {
        let hook = hook_in(&demo, id, "dead").await;
        let error = hook["attempts_made"][0]["error"].as_str().unwrap();
        assert!(error.contains(why), "{error}");
        // The reason never repeats an address, which may hold a secret.
        assert!(!error.contains("/in"), "{error}");
        assert_eq!(ask(&demo, "GET", id, "", None).await.ok()["failures"], 2);
    }
}
