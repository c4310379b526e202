//! The HTTP API: what is published, what is told of channels, and what is refused before anything happens.

use super::*;

#[tokio::test]
async fn channels_are_told_as_objects_with_what_was_asked() {
    let app = App::start().await;
    assert_eq!(app.get("/channels", &[]).await.text(), r#"{"channels":{}}"#);
    let (mut a, mut b) = (app.socket().await, app.socket().await);
    app.join(&mut a, "c", &Value::Null).await;
    app.join(&mut a, "presence-c", &json!({ "user_id": 10 }))
        .await;
    app.join(&mut b, "presence-c", &json!({ "user_id": "10" }))
        .await;
    app.join(&mut b, "private-c", &Value::Null).await;

    let channels = app.get("/channels", &[]).await;
    assert_eq!(
        channels.header("content-type"),
        "application/json; charset=utf-8"
    );
    assert_eq!(
        channels.text(),
        r#"{"channels":{"c":{},"presence-c":{},"private-c":{}}}"#
    );
    let counted = [("filter_by_prefix", "presence-"), ("info", "user_count")];
    let channels = app.get("/channels", &counted).await;
    assert_eq!(
        channels.text(),
        r#"{"channels":{"presence-c":{"user_count":1}}}"#
    );

    let info = [("info", "user_count,subscription_count")];
    let channel = app.get("/channels/presence-c", &info).await;
    assert_eq!(
        channel.text(),
        r#"{"occupied":true,"user_count":1,"subscription_count":2}"#
    );
    assert_eq!(
        app.get("/channels/none", &[]).await.text(),
        r#"{"occupied":false}"#
    );
    let users = app.get("/channels/presence-c/users", &[]).await;
    assert_eq!(users.text(), r#"{"users":[{"id":"10"}]}"#);
    assert_eq!(
        app.get("/channels/presence-none/users", &[]).await.text(),
        r#"{"users":[]}"#
    );

    drop(a);
    app.followed_by("presence-c", 1).await;
    drop(b);
    until("nobody to be there", async || {
        (app.get("/channels", &[]).await.text() == r#"{"channels":{}}"#).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_publisher_is_told_how_many_were_told() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.join(&mut socket, "c", &Value::Null).await;
    app.join(&mut socket, "presence-c", &json!({ "user_id": 1 }))
        .await;
    let info = "user_count,subscription_count";
    let event =
        json!({ "name": "e", "channels": ["c", "presence-c", "none"], "data": "", "info": info });
    assert_eq!(
        app.post("/events", &event).await.text(),
        r#"{"channels":{"c":{"subscription_count":1},"presence-c":{"user_count":1,"subscription_count":1},"none":{"subscription_count":0}}}"#
    );
    let item = |channel: &str, info: &str| json!({ "name": "e", "channel": channel, "data": "", "info": info });
    let batch = json!({ "batch": [item("presence-c", info), item("c", "")] });
    assert_eq!(
        app.post("/batch_events", &batch).await.text(),
        r#"{"batch":[{"user_count":1,"subscription_count":1},{}]}"#
    );
    let batch = json!({ "batch": [item("c", ""), item("presence-c", "")] });
    assert_eq!(app.post("/batch_events", &batch).await.text(), "{}");
    let channels: Vec<Value> = socket
        .told()
        .await
        .iter()
        .map(|it| it["channel"].clone())
        .collect();
    assert_eq!(
        channels,
        ["c", "presence-c", "presence-c", "c", "c", "presence-c"]
    );
}

#[tokio::test]
async fn a_request_is_published_whole_or_not_at_all() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.join(&mut socket, "c", &Value::Null).await;
    let large = "x".repeat(102_401);
    let item = |channel: &str, data: &str| json!({ "name": "e", "channel": channel, "data": data });
    let table = [
        (
            "/events",
            json!({ "name": "e", "channels": ["c", "a b"], "data": "" }),
            400,
        ),
        (
            "/events",
            json!({ "name": "e", "channels": ["c"], "data": "", "socket_id": "x" }),
            400,
        ),
        (
            "/events",
            json!({ "name": "e", "channels": vec!["c"; 101], "data": "" }),
            400,
        ),
        (
            "/events",
            json!({ "name": "e", "channels": ["c"], "data": "", "info": "cache" }),
            400,
        ),
        ("/events", item("c", &large), 413),
        (
            "/batch_events",
            json!({ "batch": [item("c", ""), item("c", &large)] }),
            413,
        ),
        (
            "/batch_events",
            json!({ "batch": vec![item("c", ""); 11] }),
            400,
        ),
    ];
    for (path, body, status) in table {
        let answer = app.post(path, &body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert!(answer.text().ends_with('\n'));
    }
    app.publish("last", "c", "").await;
    let told = socket.told().await;
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_in_plain_text() {
    let app = App::start().await;
    let table = [
        ("/channels", vec![("info", "user_count")], 400),
        ("/channels", vec![("info", "colour")], 400),
        ("/channels/c", vec![("info", "user_count")], 400),
        ("/channels/c", vec![("info", "cache")], 400),
        ("/channels/a:b", vec![], 400),
        ("/channels/private-c/users", vec![], 400),
    ];
    for (path, query, status) in table {
        let answer = app.get(path, &query).await;
        assert_eq!(answer.status, status, "{path} {}", answer.text());
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    }
    let unsigned = app.demo.url(&app.path("/channels"));
    assert_eq!(
        app.demo.client.send("GET", &unsigned, &[], "").await.status,
        401
    );
    assert_eq!(
        app.ask("GET", "/apps/999999/channels", &[], "")
            .await
            .status,
        404
    );
    let bad = app
        .ask(
            "POST",
            &app.path("/users/a:b/terminate_connections"),
            &[],
            "{}",
        )
        .await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn one_socket_can_be_left_out() {
    let app = App::start().await;
    let (mut a, mut b) = (app.socket().await, app.socket().await);
    for channel in ["c", "cache-c"] {
        for socket in [&mut a, &mut b] {
            app.join(socket, channel, &Value::Null).await;
            if channel == "cache-c" {
                assert_eq!(socket.next().await["event"], "pusher:cache_miss");
            }
        }
        let event = json!({ "name": "e", "channel": channel, "data": "x", "socket_id": a.id });
        assert_eq!(app.post("/events", &event).await.text(), "{}");
        app.publish("end", channel, "").await;
        assert_eq!(a.next().await["event"], "end");
        assert_eq!(b.next().await["event"], "e");
        assert_eq!(b.next().await["event"], "end");
    }
}
