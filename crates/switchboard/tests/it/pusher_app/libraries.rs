//! The server libraries of Node and Python, laravel-echo and Pysher, unmodified.

use testkit::node::Node;

use super::*;

/// A master key, as a back end keeps it.
const MASTER: &str = "bWFzdGVyIGtleSBvZiBleGFjdGx5IDMyIGJ5dGVzISE=";

impl App {
    /// What any of the programs needs, and more.
    pub(super) fn config(&self, more: Value) -> Value {
        let address = self.demo.url("");
        let (host, port) = address
            .strip_prefix("http://")
            .unwrap()
            .split_once(':')
            .unwrap();
        let mut config = json!({
            "id": self.id,
            "key": self.key,
            "secret": self.secret_text,
            "host": host,
            "port": port.parse::<u16>().unwrap(),
            "encryption": MASTER,
        });
        config
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        config
    }

    /// A back end written with a server library.
    pub(super) fn back_end(&self, program: &str) -> Node {
        Node::run(program, self.config(json!({})))
    }
}

/// What a library answers to a command.
async fn ask(back_end: &mut Node, command: Value) -> Value {
    back_end.send(command).await;
    let answered = |line: &Value| line.get("answer").is_some() || line.get("failed").is_some();
    back_end.expect("an answer", answered).await
}

/// The same of one that must not fail, read as JSON if it is text.
pub(super) async fn answer(back_end: &mut Node, command: Value) -> Value {
    let mut line = ask(back_end, command.clone()).await;
    assert_eq!(line.get("failed"), None, "{command}: {line}");
    match line["answer"].take() {
        Value::String(text) => serde_json::from_str(&text).unwrap(),
        other => other,
    }
}

#[tokio::test]
async fn nodes_server_library_publishes_asks_and_signs() {
    let app = App::start().await;
    let mut back_end = app.back_end("pusher-server.mjs");
    let (mut a, mut b) = (app.socket().await, app.socket().await);

    // What it signs opens channels and signs users in.
    let user = json!({ "user_id": "ann", "user_info": { "name": "Ann \"A\" ☃" } });
    for (channel, who) in [("private-c", Value::Null), ("presence-c", user)] {
        let command = json!({ "authorize": [a.id, channel, who] });
        let mut data = answer(&mut back_end, command).await;
        data["channel"] = json!(channel);
        a.send(&json!({ "event": "pusher:subscribe", "data": data }))
            .await;
        let told = a.next().await;
        assert_eq!(told["event"], "pusher_internal:subscription_succeeded");
    }
    let command = json!({ "authenticate": [a.id, { "id": "ann" }] });
    let data = answer(&mut back_end, command).await;
    a.send(&json!({ "event": "pusher:signin", "data": data }))
        .await;
    assert_eq!(a.next().await["event"], "pusher:signin_success");
    app.join(&mut a, "#server-to-user-ann", &Value::Null).await;
    app.join(&mut b, "private-c", &Value::Null).await;

    // The library compares this answer as a text.
    let command = json!({ "trigger": ["private-c", "e", { "n": "☃" }, { "socket_id": b.id }] });
    assert_eq!(ask(&mut back_end, command).await["answer"], "{}");
    assert_eq!(a.next().await["data"], r#"{"n":"☃"}"#);
    let asked = json!({ "info": "user_count,subscription_count" });
    let command = json!({ "trigger": [["private-c", "presence-c"], "e", "text", asked] });
    let told = answer(&mut back_end, command).await;
    let counts = json!({
        "private-c": { "subscription_count": 2 },
        "presence-c": { "subscription_count": 1, "user_count": 1 },
    });
    assert_eq!(told["channels"], counts);
    let one = |channel: &str| json!({ "channel": channel, "name": "b", "data": [1] });
    let command = json!({ "batch": [one("private-c"), one("presence-c")] });
    assert_eq!(ask(&mut back_end, command).await["answer"], "{}");
    let command = json!({ "to_user": ["ann", "hello", "you"] });
    assert_eq!(ask(&mut back_end, command).await["answer"], "{}");
    let told = a.told().await;
    let names: Vec<_> = told.iter().map(|it| it["event"].clone()).collect();
    assert_eq!(names, ["e", "e", "b", "b", "hello"]);
    let told = b.told().await;
    assert_eq!(told.len(), 2, "left out once: {told:?}");

    let command = json!({ "get": { "path": "/channels", "params": { "filter_by_prefix": "presence-", "info": "user_count" } } });
    let told = answer(&mut back_end, command).await;
    assert_eq!(
        told,
        json!({ "channels": { "presence-c": { "user_count": 1 } } })
    );
    let command = json!({ "get": { "path": "/channels/presence-c/users", "params": {} } });
    let told = answer(&mut back_end, command).await;
    assert_eq!(told, json!({ "users": [{ "id": "ann" }] }));
    let large = json!({ "trigger": ["private-c", "e", "x".repeat(102_401)] });
    assert_eq!(ask(&mut back_end, large).await["status"], 413);

    let command = json!({ "terminate": "ann" });
    assert_eq!(ask(&mut back_end, command).await["answer"], "{}");
    assert_eq!(a.closed().await.1, 4009);
}

#[tokio::test]
async fn pythons_server_library_publishes_asks_and_signs() {
    let app = App::start().await;
    let mut back_end = app.back_end("pusher_server.py");
    let (mut a, mut b) = (app.socket().await, app.socket().await);
    let user = json!({ "user_id": 10, "user_info": { "name": "Ann ☃" } });
    for (channel, who) in [("private-c", Value::Null), ("presence-c", user)] {
        let command = json!({ "authorize": [channel, a.id, who] });
        let mut data = answer(&mut back_end, command).await;
        data["channel"] = json!(channel);
        a.send(&json!({ "event": "pusher:subscribe", "data": data }))
            .await;
        let told = a.next().await;
        assert_eq!(told["event"], "pusher_internal:subscription_succeeded");
    }
    let command = json!({ "authenticate": [a.id, { "id": "ann" }] });
    let data = answer(&mut back_end, command).await;
    a.send(&json!({ "event": "pusher:signin", "data": data }))
        .await;
    assert_eq!(a.next().await["event"], "pusher:signin_success");
    app.join(&mut b, "private-c", &Value::Null).await;

    let command = json!({ "trigger": [["private-c", "presence-c"], "e", { "n": "☃" }, b.id] });
    assert_eq!(answer(&mut back_end, command).await, json!({}));
    let data = |frame: Value| text_data(&frame);
    assert_eq!(data(a.next().await), json!({ "n": "☃" }));
    let one =
        |channel: &str| json!({ "channel": channel, "name": "b", "data": "x", "socket_id": null });
    let command = json!({ "batch": [one("private-c"), one("presence-c")] });
    assert_eq!(answer(&mut back_end, command).await, json!({}));
    let told = a.told().await;
    let names: Vec<_> = told.iter().map(|it| it["event"].clone()).collect();
    assert_eq!(names, ["e", "b", "b"]);
    assert_eq!(b.told().await.len(), 1, "left out once");

    let command = json!({ "channels": ["presence-", ["user_count"]] });
    let told = answer(&mut back_end, command).await;
    assert_eq!(
        told,
        json!({ "channels": { "presence-c": { "user_count": 1 } } })
    );
    let command = json!({ "channel": ["presence-c", ["user_count", "subscription_count"]] });
    let told = answer(&mut back_end, command).await;
    let expected = json!({ "occupied": true, "user_count": 1, "subscription_count": 1 });
    assert_eq!(told, expected);
    let command = json!({ "users": "presence-c" });
    let told = answer(&mut back_end, command).await;
    assert_eq!(told, json!({ "users": [{ "id": "10" }] }));
    let command = json!({ "channels": [null, ["user_count"]] });
    assert_eq!(
        ask(&mut back_end, command).await["kind"],
        "PusherBadRequest"
    );

    // The library leaves the application out of this path.
    let command = json!({ "terminate": "ann" });
    assert_eq!(answer(&mut back_end, command).await, json!({}));
    assert_eq!(a.closed().await.1, 4009);
}

#[tokio::test]
async fn what_a_back_end_encrypts_only_its_clients_read() {
    let app = App::start().await;
    let mut back_end = app.back_end("pusher-server.mjs");
    let channel = "private-encrypted-c";
    let mut bare = app.socket().await;
    app.join(&mut bare, channel, &Value::Null).await;
    for client in ["pusher-js-7", "pusher-js-8"] {
        let more = json!({ "client": client, "channels": [channel], "user": { "id": "ann" } });
        let mut node = Node::run("pusher-app.mjs", app.config(more));
        node.expect(channel, |line| line["ready"] == channel).await;
        let command = json!({ "trigger": [channel, "secret", { "text": "for you ☃" }] });
        answer(&mut back_end, command).await;
        let data = node.expect_event("secret").await;
        assert_eq!(data, json!({ "text": "for you ☃" }), "{client}");
        let sealed = text_data(&bare.next().await);
        assert!(sealed["ciphertext"].is_string() && sealed["nonce"].is_string());
    }
}

#[tokio::test]
async fn laravel_echo_whispers_and_knows_who_is_there() {
    let app = App::start().await;
    let user = |id: &str| json!({ "user": { "id": id, "info": { "name": id } } });
    let mut ann = Node::run("echo.mjs", app.config(user("ann")));
    ann.send(json!({ "join": "room" })).await;
    let here = ann.expect_key("here").await;
    assert_eq!(here, json!([{ "name": "ann" }]));
    let mut bob = Node::run("echo.mjs", app.config(user("bob")));
    bob.send(json!({ "join": "room" })).await;
    let here = bob.expect_key("here").await;
    assert_eq!(here.as_array().unwrap().len(), 2);
    assert_eq!(ann.expect_key("joining").await, json!({ "name": "bob" }));

    let whisper = json!({ "channel": "room", "name": "typing", "data": { "at": 1 } });
    bob.send(json!({ "whisper": whisper })).await;
    let heard = ann
        .expect("a whisper", |line| line["whisper"] == "typing")
        .await;
    assert_eq!(heard["data"], json!({ "at": 1 }));

    let asked = json!({ "channel": "orders.1", "events": ["OrderShipped"] });
    ann.send(json!({ "private": asked })).await;
    ann.expect("the orders", |line| line["ready"] == "private-orders.1")
        .await;
    app.publish("OrderShipped", "private-orders.1", r#"{"id":7}"#)
        .await;
    assert_eq!(ann.expect_event("OrderShipped").await, json!({ "id": 7 }));

    // It leaves every variant of the name, of which it follows one; that is no error.
    bob.send(json!({ "leave": "room" })).await;
    assert_eq!(ann.expect_key("leaving").await, json!({ "name": "bob" }));
    let asked = json!({ "channel": "after", "events": [] });
    bob.send(json!({ "listen": asked })).await;
    bob.expect("that it goes on", |line| line["ready"] == "after")
        .await;
    let stderr = |line: &Value| line.get("stderr").is_some();
    assert!(!bob.lines().iter().any(stderr), "{:?}", bob.lines());
}

#[tokio::test]
async fn laravel_echo_follows_chatapps_channels() {
    let app = App::start().await;
    let token = app.demo.text("/chatapp/access_token");
    let more = json!({
        "secret": null,
        "authEndpoint": app.demo.url("/broadcasting/auth"),
        "headers": { "Authorization": token },
    });
    let mut echo = Node::run("echo.mjs", app.config(more));
    // Echo puts the prefix in front of the name.
    let own = format!(
        "v1.licenses.{}.messengers.ctlive",
        app.demo.text("/license_id")
    );
    for (channel, verdict) in [
        (own.as_str(), "ready"),
        ("v1.licenses.99.messengers.ctlive", "refused"),
    ] {
        let asked = json!({ "channel": channel, "events": ["message"] });
        echo.send(json!({ "private": asked })).await;
        let line = echo
            .expect(channel, |line| line.get(verdict).is_some())
            .await;
        assert_eq!(line[verdict], format!("private-{channel}"));
    }
    app.demo
        .post(json!([app.demo.inbound("447700900901", "m-1", "hello")]))
        .await
        .ok();
    let told = echo.expect_event("message").await;
    assert_eq!(told["payload"]["data"][0]["message"]["text"], "hello");
}

/// Waits until Pysher is subscribed and listens, in either order.
async fn subscribed(pysher: &mut Node, channel: &str) {
    until("the subscription", async || {
        let lines = pysher.lines();
        let bound = lines.iter().any(|it| it["bound"] == channel);
        let acknowledged = lines.iter().any(|it| {
            it["frame"]["event"] == "pusher_internal:subscription_succeeded"
                && it["frame"]["channel"] == channel
        });
        (bound && acknowledged).then_some(())
    })
    .await;
}

#[tokio::test]
async fn pysher_speaks_protocol_6_and_hears_everything() {
    let app = App::start().await;
    let user = json!({ "user": { "user_id": "pat", "user_info": { "name": "Pat" } } });
    let mut pysher = Node::run("pysher_app.py", app.config(user));
    pysher.expect_key("connected").await;
    let mut other = app.socket().await;
    for channel in ["news", "private-c", "presence-c"] {
        let asked =
            json!({ "subscribe": [channel, ["e", "client-x", "pusher_internal:member_added"]] });
        pysher.send(asked).await;
        subscribed(&mut pysher, channel).await;
        app.publish("e", channel, r#"{"a":1}"#).await;
        assert_eq!(pysher.expect_event("e").await, r#"{"a":1}"#);
    }
    app.join(&mut other, "private-c", &Value::Null).await;
    app.join(&mut other, "presence-c", &json!({ "user_id": 7 }))
        .await;
    let added = pysher.expect_event("pusher_internal:member_added").await;
    assert_eq!(
        added,
        json!({ "user_id": 7, "user_info": null }).to_string()
    );
    pysher
        .send(json!({ "trigger": ["private-c", "client-x", { "b": 2 }] }))
        .await;
    assert_eq!(other.next().await["data"], json!({ "b": 2 }));
    other
        .send(&json!({ "event": "client-x", "channel": "private-c", "data": { "c": 3 } }))
        .await;
    assert_eq!(pysher.expect_event("client-x").await, json!({ "c": 3 }));
    pysher.send(json!({ "unsubscribe": "presence-c" })).await;
    assert_eq!(
        other.next().await["event"],
        "pusher_internal:member_removed"
    );
    assert!(!pysher.lines().iter().any(|it| it.get("error").is_some()));
}

#[tokio::test]
async fn pysher_follows_chatapps_channels() {
    let app = App::start().await;
    let token = app.demo.text("/chatapp/access_token");
    let more = json!({
        "secret": "",
        "authEndpoint": app.demo.url("/broadcasting/auth"),
        "headers": { "Authorization": token },
    });
    let mut pysher = Node::run("pysher_app.py", app.config(more));
    pysher.expect_key("connected").await;
    let channel = format!(
        "private-v1.licenses.{}.messengers.ctlive",
        app.demo.text("/license_id")
    );
    pysher
        .send(json!({ "subscribe": [channel, ["message"]] }))
        .await;
    subscribed(&mut pysher, &channel).await;
    app.demo
        .post(json!([app.demo.inbound("447700900901", "m-1", "hello")]))
        .await
        .ok();
    let told = pysher.expect_event("message").await;
    let told: Value = serde_json::from_str(told.as_str().unwrap()).unwrap();
    assert_eq!(told["payload"]["data"][0]["message"]["text"], "hello");
}
