//! What one application may use, and its keys.

use super::{
    apps::{apps, create, stopped, text},
    *,
};

/// The code with which a connection by this key is refused.
async fn refused(app: &App, key: &str) -> u16 {
    let url = app.demo.socket_url(&format!("/app/{key}?protocol=7"));
    let (stream, _) = connect_async(url).await.unwrap();
    Socket::of(stream).closed().await.1
}

#[tokio::test]
async fn an_application_over_its_quota_takes_nobody_until_somebody_leaves() {
    let mut demo = stopped(&[("SWITCHBOARD__PUSHER__APP_CONNECTIONS_MAX", "1")]).await;
    let own = ["--connections-max", "2", "--event-data-bytes-max", "10"];
    let [id, key, secret] = create(&demo, &own);
    let listed = text(&apps(&demo, &["list"]));
    assert!(listed.contains("limits of its own"), "{listed}");
    demo.restart().await;
    let chatapp = App::of(demo);
    let own_key = chatapp.key.clone();
    let kept = chatapp.socket().await;
    assert_eq!(refused(&chatapp, &own_key).await, 4004);

    let app = App::with([id.clone(), key.clone(), secret.clone()], chatapp.demo);
    let (first, mut second) = (app.socket().await, app.socket().await);
    assert_eq!(refused(&app, &key).await, 4004);
    drop(first);
    until("a place is free again", async || {
        let url = app.demo.socket_url(&format!("/app/{key}?protocol=7"));
        let (stream, _) = connect_async(url).await.unwrap();
        let told = Socket::of(stream).next().await;
        (told["event"] == "pusher:connection_established").then_some(())
    })
    .await;
    app.join(&mut second, "private-c", &Value::Null).await;
    let event = |data: &str| json!({ "name": "e", "channel": "private-c", "data": data });
    assert_eq!(app.post("/events", &event("1234567890")).await.status, 200);
    assert_eq!(app.post("/events", &event("12345678901")).await.status, 413);
    drop(kept);

    let mut demo = app.demo;
    assert!(demo.terminate());
    text(&apps(
        &demo,
        &["change", &id, "--disabled", "true", "--usual-limits"],
    ));
    demo.restart().await;
    let app = App::with([id.clone(), key.clone(), secret.clone()], demo);
    assert_eq!(refused(&app, &key).await, 4003);
    let answer = app.post("/events", &event("x")).await;
    assert_eq!((answer.status, answer.text().ends_with('\n')), (403, true));

    let mut demo = app.demo;
    assert!(demo.terminate());
    text(&apps(&demo, &["change", &id, "--disabled", "false"]));
    demo.restart().await;
    let app = App::with([id, key.clone(), secret], demo);
    let _one = app.socket().await;
    assert_eq!(
        refused(&app, &key).await,
        4004,
        "the settings' limit holds again"
    );
}

#[tokio::test]
async fn keys_are_changed_one_program_after_another() {
    let mut demo = stopped(&[]).await;
    let [id, key, secret] = create(&demo, &["--client-events"]);
    let rotated = text(&apps(&demo, &["rotate", &id]));
    let words: Vec<&str> = rotated.split_whitespace().collect();
    let ["key", new_key, "secret", new_secret] = words[..] else {
        panic!("{rotated}")
    };
    let new = [id.clone(), new_key.to_owned(), new_secret.to_owned()];
    assert!(!apps(&demo, &["retire", &id, "unknown"]).status.success());
    let chatapp = demo.text("/pusher/app_id");
    let needed = apps(&demo, &["retire", &chatapp, &demo.text("/pusher/key")]);
    assert!(!needed.status.success());
    demo.restart().await;

    // A client with either key, signed by either: they are in one application.
    let old = App::with([id.clone(), key.clone(), secret], demo);
    let mut with_old = old.socket().await;
    old.join(&mut with_old, "private-c", &Value::Null).await;
    let young = App::with(new.clone(), old.demo);
    let mut with_new = young.socket().await;
    young.join(&mut with_new, "private-c", &Value::Null).await;
    young.join(&mut with_old, "private-d", &Value::Null).await;
    young.sign_in(&mut with_old, &json!({ "id": "u" })).await;
    young.publish("e", "private-c", "x").await;
    assert_eq!(with_old.next().await["event"], "e");
    assert_eq!(with_new.next().await["event"], "e");
    let url = "http://127.0.0.1:9/in";
    let app_id: i64 = id.parse().unwrap();
    let endpoint = json!({ "dialect": "pusher", "app_id": app_id, "url": url });
    let made = young.demo.agent("POST", "/endpoints", Some(endpoint)).await;
    assert_eq!(made.status, 201, "{}", made.text());

    let mut demo = young.demo;
    assert!(demo.terminate());
    text(&apps(&demo, &["retire", &id, &key]));
    assert!(!apps(&demo, &["retire", &id, new_key]).status.success());
    demo.restart().await;
    let young = App::with(new, demo);
    assert_eq!(refused(&young, &key).await, 4001);
    drop(young.socket().await);
    // The application's webhooks go on, signed by what is left: its channels are told of.
    let listed = young.demo.agent("GET", "/endpoints", None).await.ok();
    let endpoint = listed["endpoints"][0]["id"].as_i64().unwrap();
    let mut socket = young.socket().await;
    young.join(&mut socket, "private-c", &Value::Null).await;
    let deliveries = format!("/endpoints/{endpoint}/deliveries");
    until("its webhook is told", async || {
        let found = young.demo.agent("GET", &deliveries, None).await.ok();
        (found["deliveries"] != json!([])).then_some(())
    })
    .await;
}

#[tokio::test]
async fn old_libraries_publish_to_a_channel_and_ask_for_its_figures() {
    let app = App::start().await;
    let (mut first, mut second) = (app.socket().await, app.socket().await);
    app.join(&mut first, "private-c", &Value::Null).await;
    app.join(&mut second, "private-c", &Value::Null).await;
    let path = app.path("/channels/private-c/events");
    let data = r#"{"some":"data"}"#;
    let query = [("name", "e"), ("socket_id", first.id.as_str())];
    let answer = app.ask("POST", &path, &query, data).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let event = json!({ "event": "e", "data": data, "channel": "private-c" });
    assert_eq!(second.next().await, event);
    assert!(first.told().await.is_empty(), "it was left out");
    for query in [&[][..], &[("name", "e"), ("socket_id", "x")]] {
        assert_eq!(app.ask("POST", &path, query, data).await.status, 400);
    }
    let bad = app.path("/channels/a b/events").replace(' ', "%20");
    assert_eq!(
        app.ask("POST", &bad, &[("name", "e")], data).await.status,
        400
    );
    let path = app.path("/channels/private-c/stats");
    let answer = app.ask("GET", &path, &[], "");
    let expected = json!({ "occupied": true, "subscription_count": 2 });
    assert_eq!(answer.await.ok(), expected);
}
