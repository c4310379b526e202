//! Applications that an operator makes, each with its own switches, and the limits that a configuration sets.

use std::process::{Command, Output};

use testkit::demo::Options;

use super::*;

/// Runs `switchboard app` on the data of a stopped demo.
pub(super) fn apps(demo: &Demo, arguments: &[&str]) -> Output {
    let config = demo.data().join("apps.toml");
    let text = format!("[store]\ndata = {:?}\n", demo.data());
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new(BINARY);
    command.args(["app", "--config"]).arg(&config);
    command.args(arguments).output().unwrap()
}

pub(super) fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Makes one: its id, key and secret.
pub(super) fn create(demo: &Demo, more: &[&str]) -> [String; 3] {
    let arguments = [&["create", "--account", "1", "--name", "Shop"], more].concat();
    let told = text(&apps(demo, &arguments));
    let words: Vec<&str> = told.split_whitespace().collect();
    let ["id", id, "key", key, "secret", secret] = words[..] else {
        panic!("{told}")
    };
    [id, key, secret].map(str::to_owned)
}

pub(super) async fn stopped(env: &[(&'static str, &str)]) -> Demo {
    let env = env
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let options = Options {
        env,
        ..Options::default()
    };
    let mut demo = Demo::start_with(BINARY, options).await;
    assert!(demo.terminate());
    demo
}

#[tokio::test]
async fn an_application_of_ones_own_works_and_is_alone() {
    let mut demo = stopped(&[]).await;
    let [id, key, secret] = create(&demo, &["--client-events", "--subscription-counts"]);
    let listed = text(&apps(&demo, &["list"]));
    assert!(listed.contains(&format!("{id}  account 1  key {key}  Shop")));
    assert!(listed.contains("client events, subscription counts"));
    assert!(!listed.contains(&secret), "a secret is shown once");
    demo.restart().await;
    let chatapp = App::of(demo);
    let shop = App::with([id.clone(), key, secret], chatapp.demo);

    let mut first = shop.socket().await;
    shop.join(&mut first, "private-c", &Value::Null).await;
    let count = |n: u32| {
        let data = json!({ "subscription_count": n }).to_string();
        json!({ "event": "pusher_internal:subscription_count", "data": data, "channel": "private-c" })
    };
    assert_eq!(first.next().await, count(1));
    let mut second = shop.socket().await;
    shop.join(&mut second, "private-c", &Value::Null).await;
    assert_eq!(first.next().await, count(2));
    assert_eq!(second.next().await, count(2));
    shop.publish("e", "private-c", "x").await;
    assert_eq!(first.next().await["event"], "e");
    let typing = json!({ "event": "client-x", "channel": "private-c", "data": {} });
    first.send(&typing).await;
    // A publisher and a client have no order between them.
    let told = [second.next().await, second.next().await];
    assert!(told.contains(&typing), "{told:?}");
    assert!(told.iter().any(|it| it["event"] == "e"), "{told:?}");
    drop(second);
    assert_eq!(first.next().await, count(1));

    // What happens there is no other application's business, and its secret opens no other.
    let others = App::of(shop.demo);
    let channels = others.get("/channels", &[]).await;
    assert_eq!(channels.text(), r#"{"channels":{}}"#);
    let path = format!("/apps/{id}/channels");
    assert_eq!(others.ask("GET", &path, &[], "").await.status, 401);
}

#[tokio::test]
async fn a_key_may_be_brought_along_and_is_gone_when_it_is_removed() {
    let mut demo = stopped(&[]).await;
    let own = ["--key", "0123456789abcdef0123"];
    let [id, key, secret] = create(&demo, &own);
    assert_eq!(key, own[1]);
    for wrong in [
        own,
        ["--key", "0123456789ABCDEF0123"],
        ["--key", "a:b"],
        ["--key", ""],
    ] {
        let arguments = [&["create", "--account", "1", "--name", "x"], &wrong[..]].concat();
        assert!(!apps(&demo, &arguments).status.success(), "{wrong:?}");
    }
    let nobody = apps(&demo, &["create", "--account", "7", "--name", "x"]);
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("there is no account 7"));
    let chatapps = demo.text("/pusher/app_id");
    assert!(!apps(&demo, &["remove", &chatapps]).status.success());

    demo.restart().await;
    let mut app = App::with([id.clone(), key, secret], demo);
    drop(app.socket().await);
    let endpoint = |app_id: &str| {
        let app_id: i64 = app_id.parse().unwrap();
        json!({ "dialect": "pusher", "app_id": app_id, "url": "http://127.0.0.1:9/in" })
    };
    for app_id in [&id, &chatapps] {
        let wanted = Some(endpoint(app_id));
        let made = app.demo.agent("POST", "/endpoints", wanted).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    let busy = apps(&app.demo, &["list"]);
    assert!(String::from_utf8_lossy(&busy.stderr).contains("another server works on"));
    assert!(app.demo.terminate());
    assert!(apps(&app.demo, &["remove", &id]).status.success());
    assert!(!apps(&app.demo, &["remove", &id]).status.success());
    app.demo.restart().await;
    let left = app.demo.agent("GET", "/endpoints", None).await.ok();
    assert_eq!(left["endpoints"].as_array().unwrap().len(), 1, "{left}");
    let url = app.demo.socket_url(&format!("/app/{}?protocol=7", app.key));
    let (stream, _) = connect_async(url).await.unwrap();
    assert_eq!(Socket::of(stream).closed().await.1, 4001);
}

#[tokio::test]
async fn limits_are_settings() {
    let mut demo = stopped(&[
        ("SWITCHBOARD__PUSHER__ACTIVITY_TIMEOUT_S", "77"),
        ("SWITCHBOARD__PUSHER__AUTHORIZE_WITHIN_S", "1"),
        ("SWITCHBOARD__PUSHER__EVENT_DATA_BYTES_MAX", "10"),
        ("SWITCHBOARD__PUSHER__CHANNELS_PER_CONNECTION_MAX", "2"),
        ("SWITCHBOARD__PUSHER__CLIENT_EVENTS_PER_SECOND_MAX", "1"),
        ("SWITCHBOARD__PUSHER__PRESENCE_MEMBERS_MAX", "1"),
    ])
    .await;
    let [id, key, secret] = create(&demo, &["--authorized-only", "--client-events"]);
    demo.restart().await;
    let app = App::with([id, key, secret], demo);
    // It shows nothing in time. The others did, and are not even counted.
    let (mut silent, mut shown, mut other) =
        (app.socket().await, app.socket().await, app.socket().await);
    assert_eq!(shown.established["activity_timeout"], 77);
    let subscribe = json!({ "event": "pusher:subscribe", "data": { "channel": "news" } });
    silent.send(&subscribe).await;
    app.join(&mut shown, "presence-c", &json!({ "user_id": 1 }))
        .await;
    app.sign_in(&mut other, &json!({ "id": "2" })).await;
    let (told, code) = silent.closed().await;
    assert_eq!(
        (told.last().unwrap()["data"]["code"].clone(), code),
        (json!(4009), 4009)
    );

    app.join(&mut other, "private-c", &Value::Null).await;
    app.join(&mut shown, "private-c", &Value::Null).await;
    other.send(&subscribe).await;
    other
        .send(&json!({ "event": "pusher:subscribe", "data": { "channel": "more" } }))
        .await;
    let answers = [other.next().await, other.next().await];
    let names = answers.each_ref().map(|it| it["event"].as_str().unwrap());
    let expected = [
        "pusher_internal:subscription_succeeded",
        "pusher:subscription_error",
    ];
    assert_eq!(names, expected);
    shown
        .send(&json!({ "event": "client-x", "channel": "private-c", "data": "1234567890" }))
        .await;
    let event = json!({ "event": "client-x", "channel": "private-c", "data": 1 });
    shown.send(&event).await;
    shown.send(&event).await;
    let refused = shown.told().await;
    let texts: Vec<_> = refused.iter().map(|it| &it["data"]["code"]).collect();
    assert_eq!(texts, [&Value::Null, &json!(4301)], "{refused:?}");
    app.publish("end", "private-c", "").await;
    assert_eq!(other.next().await["event"], "client-x");
    assert_eq!(other.next().await["event"], "end");
    let large = json!({ "name": "e", "channel": "private-c", "data": "12345678901" });
    assert_eq!(app.post("/events", &large).await.status, 413);
}
