//! The same with unmodified client libraries, which are their own back end.

use testkit::node::Node;

use super::*;

/// A program of the application's.
fn program(app: &App, client: &str, user: Value, channels: &[&str]) -> Node {
    let address = app.demo.url("");
    let (host, port) = address
        .strip_prefix("http://")
        .unwrap()
        .split_once(':')
        .unwrap();
    let config = json!({
        "client": client,
        "key": app.key,
        "secret": app.demo.text("/pusher/secret"),
        "host": host,
        "port": port.parse::<u16>().unwrap(),
        "user": user,
        "channels": channels,
    });
    Node::run("pusher-app.mjs", config)
}

async fn ready(node: &mut Node, channel: &str) -> Value {
    node.expect(channel, |line| line["ready"] == channel).await["members"].take()
}

async fn event(node: &mut Node, name: &str) -> Value {
    node.expect(name, |line| line["event"] == name).await
}

#[tokio::test]
async fn old_and_new_libraries_meet_on_a_presence_channel() {
    let app = App::start().await;
    let ann = json!({ "id": "ann", "info": { "name": "Ann" } });
    let bob = json!({ "id": 7, "info": { "name": "Bob" } });
    let mut old = program(&app, "pusher-js-7", ann, &["presence-c"]);
    let members = ready(&mut old, "presence-c").await;
    assert_eq!(
        members["me"],
        json!({ "id": "ann", "info": { "name": "Ann" } })
    );
    assert_eq!(members["count"], 1);

    let mut new = program(&app, "pusher-js-8", bob, &["presence-c"]);
    let members = ready(&mut new, "presence-c").await;
    assert_eq!(
        members["members"],
        json!({ "7": { "name": "Bob" }, "ann": { "name": "Ann" } })
    );
    let added = event(&mut old, "pusher:member_added").await;
    assert_eq!(added["data"], json!({ "id": 7, "info": { "name": "Bob" } }));

    let typing =
        json!({ "channel": "presence-c", "event": "client-typing", "data": { "at": [1] } });
    old.send(json!({ "trigger": typing })).await;
    let told = event(&mut new, "client-typing").await;
    assert_eq!(
        (&told["data"], &told["from"]),
        (&json!({ "at": [1] }), &json!("ann"))
    );

    new.send(json!({ "unsubscribe": "presence-c" })).await;
    let removed = event(&mut old, "pusher:member_removed").await;
    assert_eq!(
        removed["data"],
        json!({ "id": 7, "info": { "name": "Bob" } })
    );
}

#[tokio::test]
async fn libraries_get_the_last_event_or_are_told_that_there_is_none() {
    let app = App::start().await;
    app.publish("news", "private-cache-c", r#"{"n":1}"#).await;
    for client in ["pusher-js-7", "pusher-js-8"] {
        let channels = ["private-cache-c", "cache-none"];
        let mut node = program(&app, client, json!({ "id": "ann" }), &channels);
        ready(&mut node, "private-cache-c").await;
        assert_eq!(
            event(&mut node, "news").await["data"],
            json!({ "n": 1 }),
            "{client}"
        );
        assert_eq!(
            event(&mut node, "pusher:cache_miss").await["channel"],
            "cache-none",
            "{client}"
        );
    }
}

#[tokio::test]
async fn a_library_signs_in_watches_and_is_thrown_out_for_good() {
    let app = App::start().await;
    let ann = json!({ "id": "ann", "info": {}, "watchlist": ["bob"] });
    let mut node = program(&app, "pusher-js-8", ann, &[]);
    node.expect_key("id").await;
    node.send(json!({ "signin": true })).await;
    let watched = |wanted: &'static str| move |line: &Value| line["watch"] == wanted;
    node.expect("that bob is offline", watched("offline")).await;
    // The library says so in a promise of its own, before or after.
    until("that ann is signed in", async || {
        node.lines()
            .iter()
            .any(|line| line["signed_in"] == "ann")
            .then_some(())
    })
    .await;

    let mut bob = app.socket().await;
    app.sign_in(&mut bob, &json!({ "id": "bob" })).await;
    let line = node.expect("that bob is online", watched("online")).await;
    assert_eq!(line["ids"], json!(["bob"]));
    drop(bob);
    node.expect("that bob is gone", watched("offline")).await;

    app.followed_by("%23server-to-user-ann", 1).await;
    app.publish("hello", "#server-to-user-ann", r#"{"you":true}"#)
        .await;
    let line = node
        .expect("hello", |line| line["to_user"] == "hello")
        .await;
    assert_eq!(line["data"], json!({ "you": true }));

    let path = app.path("/users/ann/terminate_connections");
    assert_eq!(app.ask("POST", &path, &[], "{}").await.text(), "{}");
    assert_eq!(node.expect_key("error").await["code"], 4009);
    // Had it meant to come back, it would be connecting already.
    node.expect("that it is over", |line| line["state"] == "disconnected")
        .await;
}
