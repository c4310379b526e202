//! What raw sockets are told: members, last events, users.

use super::*;

#[tokio::test]
async fn members_come_once_and_go_once_however_many_sockets_they_have() {
    let app = App::start().await;
    let ann = json!({ "user_id": "ann", "user_info": { "name": "Ann" } });
    let bob = json!({ "user_id": 7, "user_info": null });
    let mut first = app.socket().await;
    let presence = app.join(&mut first, "presence-c", &ann).await;
    let expected = json!({ "count": 1, "ids": ["ann"], "hash": { "ann": { "name": "Ann" } } });
    assert_eq!(presence["presence"], expected);

    let (mut second, mut third) = (app.socket().await, app.socket().await);
    let presence = app.join(&mut second, "presence-c", &bob).await;
    assert_eq!(presence["presence"]["ids"], json!(["7", "ann"]));
    app.join(&mut third, "presence-c", &bob).await;
    let typing = json!({ "event": "client-typing", "channel": "presence-c", "data": { "a": 1 } });
    third.send(&typing).await;
    assert_eq!(
        third.told().await,
        Vec::<Value>::new(),
        "not told of itself"
    );

    drop(second);
    app.followed_by("presence-c", 2).await;
    drop(third);
    app.followed_by("presence-c", 1).await;
    let frame = |event: &str, data: Value| {
        let data = data.to_string();
        json!({ "event": event, "data": data, "channel": "presence-c" })
    };
    app.publish("end", "presence-c", "").await;
    let told = first.told().await;
    let mut relayed = typing;
    relayed["user_id"] = json!("7");
    let expected = [
        frame(
            "pusher_internal:member_added",
            json!({ "user_id": 7, "user_info": null }),
        ),
        relayed,
        frame("pusher_internal:member_removed", json!({ "user_id": 7 })),
        json!({ "event": "end", "data": "", "channel": "presence-c" }),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn the_last_event_of_a_cache_channel_waits_for_newcomers() {
    let app = App::start().await;
    let who = json!({ "user_id": 1 });
    for (channel, who) in [
        ("cache-c", &Value::Null),
        ("private-cache-c", &Value::Null),
        ("private-encrypted-cache-c", &Value::Null),
        ("presence-cache-c", &who),
    ] {
        let mut early = app.socket().await;
        app.join(&mut early, channel, who).await;
        let miss = json!({ "event": "pusher:cache_miss", "data": "{}", "channel": channel });
        assert_eq!(early.next().await, miss);
        let path = format!("/channels/{channel}");
        let cached = app.get(&path, &[("info", "cache")]).await;
        assert_eq!(cached.text(), r#"{"occupied":true,"cache":null}"#);

        app.publish("e", channel, "first").await;
        app.publish("e", channel, r#"{"n": "last"}"#).await;
        if channel.starts_with("presence-") {
            let event = json!({ "event": "client-x", "channel": channel, "data": {} });
            early.send(&event).await;
        }
        let mut late = app.socket().await;
        app.join(&mut late, channel, who).await;
        let last = json!({ "event": "e", "data": r#"{"n": "last"}"#, "channel": channel });
        assert_eq!(late.next().await, last);
        assert_eq!(late.told().await, Vec::<Value>::new());

        let cached = app.get(&path, &[("info", "cache")]).await.ok()["cache"].clone();
        assert_eq!(cached["data"], r#"{"n": "last"}"#);
        assert!((1790..=1800).contains(&cached["ttl"].as_u64().unwrap()));
    }
}

#[tokio::test]
async fn a_user_is_reached_watched_and_thrown_out() {
    let app = App::start().await;
    let mut watcher = app.socket().await;
    let watching = json!({ "id": "boss", "watchlist": ["ann", "bob"] });
    app.sign_in(&mut watcher, &watching).await;
    let events = |name: &str, ids: Value| json!({ "events": [{ "name": name, "user_ids": ids }] });
    let told = watcher.next().await;
    assert_eq!(told["event"], "pusher_internal:watchlist_events");
    assert_eq!(text_data(&told), events("offline", json!(["ann", "bob"])));

    let (mut one, mut two) = (app.socket().await, app.socket().await);
    for socket in [&mut one, &mut two] {
        app.sign_in(
            socket,
            &json!({ "id": "ann", "user_info": { "name": "Ann" } }),
        )
        .await;
        app.join(socket, "#server-to-user-ann", &Value::Null).await;
        app.join(socket, "presence-c", &Value::Null).await;
    }
    assert_eq!(
        text_data(&watcher.next().await),
        events("online", json!(["ann"]))
    );
    let data = json!({ "channel": "#server-to-user-ann" });
    watcher
        .send(&json!({ "event": "pusher:subscribe", "data": data }))
        .await;
    assert_eq!(watcher.next().await["event"], "pusher:subscription_error");

    app.publish("hello", "#server-to-user-ann", "you").await;
    let channels = app.get("/channels", &[]).await;
    assert_eq!(channels.text(), r#"{"channels":{"presence-c":{}}}"#);
    let path = app.path("/users/ann/terminate_connections");
    assert_eq!(app.ask("POST", &path, &[], "{}").await.text(), "{}");
    for socket in [&mut one, &mut two] {
        let (told, code) = socket.closed().await;
        let hello = json!({ "event": "hello", "data": "you", "channel": "#server-to-user-ann" });
        assert!(told.contains(&hello), "{told:?}");
        let error = told.last().unwrap();
        assert_eq!(
            (&error["event"], &error["data"]["code"]),
            (&json!("pusher:error"), &json!(4009))
        );
        assert_eq!(code, 4009);
    }
    assert_eq!(
        text_data(&watcher.next().await),
        events("offline", json!(["ann"]))
    );

    let bare = "/users/boss/terminate_connections";
    assert_eq!(app.ask("POST", bare, &[], "").await.text(), "{}");
    assert_eq!(watcher.closed().await.1, 4009);
}
