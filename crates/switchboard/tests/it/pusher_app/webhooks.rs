//! What becomes of channels and their members, posted to whoever asked for it.

use testkit::receiver::{Hook, Receiver, Reply};

use super::{
    apps::{create, stopped},
    libraries::answer,
    *,
};

/// An application with everything switched on.
async fn shop() -> App {
    let mut demo = stopped(&[(
        "SWITCHBOARD__HOOKS__WAITS_MS",
        "[300,300,300,300,300,300,300,300]",
    )])
    .await;
    let own = create(&demo, &["--client-events", "--subscription-counts"]);
    demo.restart().await;
    App::with(own, demo)
}

impl App {
    /// Makes an endpoint of this application that is told these kinds.
    async fn endpoint(&self, url: &str, events: &[&str]) -> Value {
        let app_id: i64 = self.id.parse().unwrap();
        let wanted = json!({ "dialect": "pusher", "app_id": app_id, "url": url, "events": events });
        let made = self.demo.agent("POST", "/endpoints", Some(wanted)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()
    }
}

/// The events of some posts, in order.
fn events(posts: &[Hook]) -> Vec<Value> {
    let all = posts.iter().flat_map(|post| {
        let body = post.json();
        assert!(body["time_ms"].is_i64());
        let events = body["events"].as_array().unwrap().clone();
        assert!((1..=20).contains(&events.len()));
        events
    });
    all.collect()
}

/// Waits until so many events were posted, and tells which.
async fn told(receiver: &Receiver, path: &str, count: usize) -> Vec<Value> {
    until("the events", async || {
        let told = events(&receiver.got(path));
        (told.len() >= count).then_some(told)
    })
    .await
}

/// Subscribes, whatever else the socket is told meanwhile.
async fn follow(app: &App, socket: &mut Socket, channel: &str, who: &Value) {
    let who = (!who.is_null()).then(|| who.to_string());
    let auth = channel_auth(&app.key, &app.secret, &socket.id, channel, who.as_deref());
    let data = json!({ "channel": channel, "auth": auth, "channel_data": who });
    socket
        .send(&json!({ "event": "pusher:subscribe", "data": data }))
        .await;
    loop {
        let frame = socket.next().await;
        if frame["event"] == "pusher_internal:subscription_succeeded" && frame["channel"] == channel
        {
            return;
        }
    }
}

/// Follows every step of a channel's life that anybody can be told of.
async fn live(app: &App) {
    let mut first = app.socket().await;
    let mut second = app.socket().await;
    follow(app, &mut first, "private-c", &Value::Null).await;
    follow(app, &mut second, "private-c", &Value::Null).await;
    let said = json!({ "event": "client-x", "channel": "private-c", "data": { "a": [1] } });
    second.send(&said).await;
    // The other socket goes on only when this was taken.
    second.told().await;
    follow(app, &mut first, "presence-c", &json!({ "user_id": 10 })).await;
    follow(app, &mut second, "presence-c", &json!({ "user_id": "10" })).await;
    let said = json!({ "event": "client-x", "channel": "presence-c", "data": "text" });
    first.send(&said).await;
    follow(app, &mut first, "cache-c", &Value::Null).await;
    app.publish("e", "cache-c", "").await;
    follow(app, &mut second, "cache-c", &Value::Null).await;
    drop((first, second));
}

#[tokio::test]
async fn everything_that_can_be_told_is_told_in_order_and_signed() {
    let (app, receiver) = (shop().await, Receiver::start().await);
    app.endpoint(&receiver.url("/all"), &[]).await;
    app.endpoint(&receiver.url("/members"), &["member_removed", "cache_miss"])
        .await;
    live(&app).await;
    let all = told(&receiver, "/all", 17).await;
    let mut sorted: Vec<Value> = all
        .into_iter()
        .map(|mut it| {
            if let Some(id) = it.as_object_mut().unwrap().remove("socket_id") {
                assert!(id.as_str().unwrap().contains('.'));
            }
            it
        })
        .collect();
    let channel = |name: &str, channel: &str| json!({ "name": name, "channel": channel });
    let count = |channel: &str, count: u32| json!({ "name": "subscription_count", "channel": channel, "subscription_count": count });
    let member = |name: &str| json!({ "name": name, "channel": "presence-c", "user_id": "10" });
    let here = sorted.drain(..9).collect::<Vec<_>>();
    let expected = [
        channel("channel_occupied", "private-c"),
        count("private-c", 1),
        count("private-c", 2),
        json!({ "name": "client_event", "channel": "private-c", "event": "client-x", "data": r#"{"a":[1]}"# }),
        channel("channel_occupied", "presence-c"),
        member("member_added"),
        json!({ "name": "client_event", "channel": "presence-c", "event": "client-x", "data": "text", "user_id": "10" }),
        channel("channel_occupied", "cache-c"),
        count("cache-c", 1),
    ];
    assert_eq!(here, expected);
    let miss = sorted.remove(0);
    assert_eq!(miss, channel("cache_miss", "cache-c"));
    assert_eq!(sorted.remove(0), count("cache-c", 2));
    // The two sockets close in any order, and who is gone is told later than how many are left.
    let gone: Vec<&str> = sorted
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(gone[..2], ["subscription_count"; 2]);
    let (left, members) = (&sorted[2..], member("member_removed"));
    let removed = left.iter().position(|it| *it == members).unwrap();
    let vacated = |name: &str| {
        let wanted = channel("channel_vacated", name);
        left.iter().position(|it| *it == wanted).unwrap()
    };
    assert!(removed < vacated("presence-c"));
    assert_ne!(vacated("private-c"), vacated("cache-c"));
    assert_eq!(left.len(), 4);

    let some = told(&receiver, "/members", 2).await;
    assert_eq!(some, [channel("cache_miss", "cache-c"), members]);

    // Both server libraries know it for ours, and nothing else.
    let post = receiver.got("/all").remove(0);
    assert_eq!(post.header("content-type"), "application/json");
    assert_eq!(post.header("x-pusher-key"), app.key);
    let body = String::from_utf8(post.body.to_vec()).unwrap();
    let mut node = app.back_end("pusher-server.mjs");
    let mut python = app.back_end("pusher_server.py");
    for (body, is_ours) in [(body.clone(), true), (body + " ", false)] {
        let headers: serde_json::Map<String, Value> = post
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())))
            .collect();
        let command = json!({ "webhook": { "headers": headers, "body": body } });
        let read = answer(&mut node, command).await;
        assert_eq!(read["valid"], is_ours, "{read}");
        let signature = post.header("x-pusher-signature");
        let command =
            json!({ "webhook": { "key": app.key, "signature": signature, "body": body } });
        let read = answer(&mut python, command).await;
        assert_eq!(read.is_object(), is_ours, "{read}");
    }
}

#[tokio::test]
async fn whoever_is_back_at_once_was_never_gone() {
    let (app, receiver) = (shop().await, Receiver::start().await);
    let kinds = [
        "channel_occupied",
        "channel_vacated",
        "member_added",
        "member_removed",
    ];
    app.endpoint(&receiver.url("/in"), &kinds).await;
    let who = json!({ "user_id": "ann" });
    let mut socket = app.socket().await;
    app.join(&mut socket, "presence-c", &who).await;
    for _ in 0..5 {
        drop(socket);
        app.followed_by("presence-c", 0).await;
        socket = app.socket().await;
        app.join(&mut socket, "presence-c", &who).await;
    }
    let gone_at = std::time::Instant::now();
    drop(socket);
    let told = told(&receiver, "/in", 4).await;
    assert!(gone_at.elapsed() >= std::time::Duration::from_secs(3));
    let names: Vec<&str> = told.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "channel_occupied",
            "member_added",
            "member_removed",
            "channel_vacated"
        ]
    );
}

#[tokio::test]
async fn what_is_owed_survives_a_crash_and_goes_out_byte_for_byte() {
    let (mut app, receiver) = (shop().await, Receiver::start().await);
    receiver.answer("/in", Reply::status(500));
    let made = app
        .endpoint(&receiver.url("/in"), &["channel_occupied"])
        .await;
    let mut socket = app.socket().await;
    app.join(&mut socket, "c", &Value::Null).await;
    let first = receiver.wait_for("/in", 1).await.remove(0);
    app.demo.kill();
    receiver.answer("/in", Reply::status(200));
    let before = receiver.got("/in").len();
    app.demo.restart().await;
    let again = receiver.wait_for("/in", before + 1).await.pop().unwrap();
    assert_eq!(again.body, first.body);
    let header = "x-pusher-signature";
    assert_eq!(again.header(header), first.header(header));
    let path = format!("/endpoints/{}/deliveries", made["id"]);
    let listed = until("that it is delivered", async || {
        let page = app.demo.agent("GET", &path, None).await.ok();
        let found = page["deliveries"][0].clone();
        (found["state"] == "done").then_some(found)
    })
    .await;
    assert_eq!(listed["event"], "channel_occupied");
}

#[tokio::test]
async fn an_endpoint_is_one_applications_and_its_owners() {
    let (app, receiver) = (shop().await, Receiver::start().await);
    let app_id: i64 = app.id.parse().unwrap();
    let url = receiver.url("/in");
    for wrong in [
        json!({ "dialect": "pusher", "url": url }),
        json!({ "dialect": "pusher", "url": url, "app_id": 99 }),
        json!({ "dialect": "pusher", "url": url, "app_id": app_id, "events": ["message.created"] }),
        json!({ "dialect": "standard", "url": url, "app_id": app_id }),
    ] {
        let answer = app
            .demo
            .agent("POST", "/endpoints", Some(wrong.clone()))
            .await;
        assert_eq!(answer.status, 422, "{wrong} {}", answer.text());
    }
    let made = app.endpoint(&url, &[]).await;
    assert_eq!(made["secret"], format!("{}:{}", app.key, app.secret_text));
    assert_eq!(made["ordered"], true);
    let path = format!("/endpoints/{}", made["id"]);
    let answer = app
        .demo
        .agent("POST", &format!("{path}/rotate"), None)
        .await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    let change = json!({ "app_id": 1 });
    let answer = app.demo.agent("PATCH", &path, Some(change)).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    app.demo.agent("POST", &format!("{path}/test"), None).await;
    let test = receiver.wait_for("/in", 1).await.remove(0);
    assert_eq!(test.json()["events"], json!([]));

    // What happens in another application is not its business.
    let other = App::of(app.demo);
    let mut socket = other.socket().await;
    other.join(&mut socket, "c", &Value::Null).await;
    let app = App::with([app.id, app.key, app.secret_text], other.demo);
    let mut socket = app.socket().await;
    app.join(&mut socket, "own", &Value::Null).await;
    let posts = receiver.wait_for("/in", 2).await;
    assert_eq!(posts[1].json()["events"][0]["channel"], "own");
}
