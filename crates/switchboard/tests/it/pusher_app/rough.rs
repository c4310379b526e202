//! Clients that break the rules: each gets the protocol's answer or close code, and the neighbours notice nothing.

use std::time::{Duration, Instant};

use testkit::demo::Options;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::*;

/// The longest message from a client, as docs/pusher.md says.
const MESSAGE_BYTES: usize = 128 * 1024;

impl Socket {
    async fn send_raw(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }
}

/// Another program's connection, on the same channel, that must go on as if nothing happened.
struct Neighbour {
    socket: Socket,
    events: u32,
}

impl Neighbour {
    async fn new(app: &App) -> Self {
        let mut socket = app.socket().await;
        app.join(&mut socket, "private-c", &Value::Null).await;
        Self { socket, events: 0 }
    }

    /// It is told the next event, and nothing else but clients' events before; how many those were.
    async fn goes_on(&mut self, app: &App) -> usize {
        self.events += 1;
        let data = self.events.to_string();
        app.publish("tick", "private-c", &data).await;
        let mut others = 0;
        loop {
            let frame = self.socket.next().await;
            if frame["event"] == "tick" {
                assert_eq!(frame["data"], data);
                return others;
            }
            assert_eq!(frame["event"], "client-x", "{frame}");
            others += 1;
        }
    }
}

#[tokio::test]
async fn frames_that_make_no_sense_are_answered_and_the_connection_stays() {
    let app = App::start().await;
    let mut neighbour = Neighbour::new(&app).await;
    let mut socket = app.socket().await;
    app.join(&mut socket, "private-c", &Value::Null).await;
    #[rustfmt::skip]
    let table = [
        ("{\"event\":", "not a JSON object"),
        ("", "not a JSON object"),
        ("[1,2]", "not a JSON object"),
        ("null", "not a JSON object"),
        (r#"{"event":7}"#, "not a JSON object"),
        (r#"{"data":{}}"#, "not a JSON object"),
        (r#"{"event":"pusher:unknown","data":{}}"#, "Unknown or reserved"),
        (r#"{"event":"pusher_internal:member_added","data":"{}","channel":"private-c"}"#, "Unknown or reserved"),
        (r#"{"event":"message","channel":"private-c","data":{}}"#, "must start with 'client-'"),
        (r#"{"event":"pusher:subscribe"}"#, "object with a channel name"),
        (r#"{"event":"pusher:subscribe","data":{"channel":["c"]}}"#, "object with a channel name"),
        (r#"{"event":"pusher:subscribe","data":{"channel":"a b"}}"#, "not allowed"),
        (r#"{"event":"pusher:signin","data":7}"#, "auth and user_data"),
        (r#"{"event":"client-x","channel":"public","data":{}}"#, "only supported on private and presence"),
        (r#"{"event":"client-x","channel":"private-other","data":{}}"#, "no current subscription"),
        (r#"{"event":"client-x","data":{}}"#, "only supported on private and presence"),
    ];
    for (text, part) in table {
        socket.send_raw(Message::text(text)).await;
        let error = socket.next().await;
        assert_eq!(error["event"], "pusher:error", "{text}: {error}");
        assert_eq!(error["data"]["code"], Value::Null, "{text}");
        let said = error["data"]["message"].as_str().unwrap();
        assert!(said.contains(part), "{text}: {said}");
    }
    let nested = "[".repeat(60_000);
    socket.send_raw(Message::text(nested)).await;
    assert_eq!(socket.next().await["event"], "pusher:error");
    for channel in ["private-x", "presence-x", "private-cache-x"] {
        let data = json!({ "channel": channel, "auth": format!("{}:00", app.key) });
        let ask = json!({ "event": "pusher:subscribe", "data": data });
        socket.send(&ask).await;
        let refused = socket.next().await;
        assert_eq!(refused["event"], "pusher:subscription_error");
        assert_eq!(refused["data"]["status"], 401);
    }
    assert_eq!(neighbour.goes_on(&app).await, 0);
    assert_eq!(socket.next().await["event"], "tick", "it stays");
}

#[tokio::test]
async fn frames_that_are_none_of_the_protocols_close_the_connection() {
    let app = App::start().await;
    let mut neighbour = Neighbour::new(&app).await;
    let text = |bytes: usize| Message::text("x".repeat(bytes));
    for (message, code) in [
        (Message::binary(Bytes::from_static(b"\x00\x01")), 1003),
        (text(MESSAGE_BYTES + 1), 1009),
        (text(8 * MESSAGE_BYTES), 1009),
    ] {
        let mut socket = app.socket().await;
        app.join(&mut socket, "private-c", &Value::Null).await;
        // The server may hang up before it has taken everything.
        socket.stream.send(message).await.ok();
        assert_eq!(socket.closed().await.1, code);
        assert_eq!(neighbour.goes_on(&app).await, 0);
    }
    // The largest message that is read is only not understood.
    let mut socket = app.socket().await;
    socket.send_raw(text(MESSAGE_BYTES)).await;
    assert_eq!(socket.next().await["event"], "pusher:error");
}

#[tokio::test]
async fn one_connection_too_many_is_told_to_come_back_later() {
    let env = vec![("SWITCHBOARD__PUSHER__CONNECTIONS_MAX", "2".to_owned())];
    let options = Options {
        env,
        ..Options::default()
    };
    let app = App::of(Demo::start_with(BINARY, options).await);
    let mut neighbour = Neighbour::new(&app).await;
    let second = app.socket().await;
    let path = format!("/app/{}?protocol=7", app.key);
    let (stream, _) = connect_async(app.demo.socket_url(&path)).await.unwrap();
    let mut third = Socket::of(stream);
    let (told, code) = third.closed().await;
    assert_eq!((told[0]["data"]["code"].clone(), code), (json!(4100), 4100));
    assert_eq!(neighbour.goes_on(&app).await, 0);
    drop((second, third));
    until("a place", async || {
        let (stream, _) = connect_async(app.demo.socket_url(&path)).await.unwrap();
        let first = Socket::of(stream).message().await;
        first
            .is_ok_and(|it| it["event"] == "pusher:connection_established")
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_subscriptions_of_one_connection_are_a_thousand() {
    const ASKED: usize = 10_000;
    const TAKEN: usize = 1_000;
    let app = App::start().await;
    let mut neighbour = Neighbour::new(&app).await;
    let mut socket = app.socket().await;
    let (mut taken, mut refused) = (0, 0);
    for block in 0..ASKED / 100 {
        for at in 0..100 {
            let data = json!({ "channel": format!("c-{block}-{at}") });
            let ask = json!({ "event": "pusher:subscribe", "data": data });
            socket
                .stream
                .feed(Message::text(ask.to_string()))
                .await
                .unwrap();
        }
        socket.stream.flush().await.unwrap();
        for _ in 0..100 {
            let answer = socket.next().await;
            if answer["event"] == "pusher_internal:subscription_succeeded" {
                taken += 1;
            } else {
                assert_eq!(answer["event"], "pusher:subscription_error");
                assert_eq!(answer["data"]["type"], "LimitReached");
                refused += 1;
            }
        }
    }
    assert_eq!((taken, refused), (TAKEN, ASKED - TAKEN));
    assert_eq!(neighbour.goes_on(&app).await, 0);
    // What is left makes room.
    let leave = json!({ "event": "pusher:unsubscribe", "data": { "channel": "c-0-0" } });
    socket.send(&leave).await;
    app.join(&mut socket, "private-c", &Value::Null).await;
    drop(socket);
    app.followed_by("c-0-1", 0).await;
}

#[tokio::test]
async fn a_flood_of_client_events_is_ten_a_second() {
    let app = App::start().await;
    let mut neighbour = Neighbour::new(&app).await;
    let mut socket = app.socket().await;
    app.join(&mut socket, "private-c", &Value::Null).await;
    let event = json!({ "event": "client-x", "channel": "private-c", "data": { "n": 1 } });
    let began = Instant::now();
    const SENT: usize = 5_000;
    for _ in 0..SENT {
        let message = Message::text(event.to_string());
        socket.stream.feed(message).await.unwrap();
    }
    socket.stream.flush().await.unwrap();
    let told = socket.told().await;
    let windows = 1 + usize::try_from(began.elapsed().as_secs()).unwrap();
    let refused = told.len();
    for error in told {
        assert_eq!(error["event"], "pusher:error");
        assert_eq!(error["data"]["code"], 4301);
        assert_eq!(error["channel"], "private-c");
    }
    let passed = neighbour.goes_on(&app).await;
    assert_eq!(passed + refused, SENT);
    assert!(
        (10..=10 * windows + 10).contains(&passed),
        "{passed} in {windows}"
    );
    // It is not punished for longer.
    assert_eq!(socket.next().await["event"], "tick");
    until("that it may again", async || {
        socket.send(&event).await;
        let told = socket.told().await;
        told.is_empty().then_some(())
    })
    .await;
    assert!(began.elapsed() < Duration::from_secs(60));
}
