//! Somebody who works for two accounts: in each they are told of that one alone, and what they may do in one they may
//! not do in the other.

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{
    AT_ONCE, METHODS, ask, bodies,
    sockets::{follow, next},
    world::{MARKER, Stranger, World, as_other, sign_in},
};

/// What only administrators do, in the first account.
fn for_administrators(world: &World) -> Vec<(&'static str, String, Value)> {
    let of = |word: &str| format!("/{word}/{}", world.ids[word]);
    let url = "http://127.0.0.1:9/x";
    vec![
        (
            "POST",
            "/agents".to_owned(),
            json!({ "email": "x@x.example" }),
        ),
        (
            "PATCH",
            "/agents/2".to_owned(),
            json!({ "role": "administrator" }),
        ),
        ("DELETE", "/agents/1".to_owned(), Value::Null),
        (
            "POST",
            "/inboxes".to_owned(),
            json!({ "name": "x", "channel": { "type": "api" } }),
        ),
        (
            "POST",
            "/inbox_members".to_owned(),
            json!({ "inbox_id": 1, "user_ids": [2] }),
        ),
        ("POST", "/labels".to_owned(), json!({ "title": "x" })),
        ("DELETE", of("labels"), Value::Null),
        ("POST", "/teams".to_owned(), json!({ "name": "x" })),
        ("DELETE", of("teams"), Value::Null),
        ("POST", "/webhooks".to_owned(), json!({ "url": url })),
        ("GET", "/webhooks".to_owned(), Value::Null),
        ("GET", "/automation_rules".to_owned(), Value::Null),
        ("DELETE", of("agent_bots"), Value::Null),
        ("PATCH", String::new(), json!({ "name": "x" })),
    ]
}

/// Mallory administers the second account and, invited by the first, works there too, in no inbox.
async fn invite(world: &World) -> Stranger {
    let new = json!({ "email": "mallory@other.example", "role": "agent" });
    let invited = world.demo.agent("POST", "/agents", Some(new)).await.ok();
    assert_eq!(invited["name"], "Mallory");
    let all = world.strangers.iter();
    let mut mallory = all.filter(|it| it.name == "other's administrator");
    mallory.next().unwrap().clone()
}

#[tokio::test]
async fn who_works_for_two_accounts_finds_nothing_of_one_in_the_other() {
    let world = World::start().await;
    let mallory = invite(&world).await;
    let token = mallory.headers[0].1.as_str();
    let addresses = edge::addresses();
    let before = world.everything(&addresses).await;
    // Everything of the first account's by its numbers, asked for in the second.
    let within = "/api/v1/accounts/{";
    let mut questions = Vec::new();
    for address in addresses.iter().filter(|it| it.starts_with(within)) {
        for method in METHODS {
            for body in bodies(method, &world) {
                questions.push((address, method, body));
            }
        }
    }
    let (world_ref, mallory_ref) = (&world, &mallory);
    let asked: Vec<_> = stream::iter(questions)
        .map(async |(address, method, body)| {
            let path = world_ref.path(address);
            let path = path.replacen("/accounts/1", "/accounts/2", 1);
            ask(world_ref, mallory_ref, method, &path, &body).await
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    assert!(asked.len() > 200);
    for it in &asked {
        let what = &it.what;
        assert!(it.status < 500, "{what}: {}", it.status);
        assert!(!it.body.contains(MARKER), "{what}: {:.300}", it.body);
    }
    assert!(asked.iter().any(|it| it.status == 200));
    // In the first account she administers nothing and sees no conversation.
    for (method, path, body) in for_administrators(&world) {
        let path = format!("/api/v1/accounts/1{path}");
        let answer = ask(&world, &mallory, method, &path, &body).await;
        assert_eq!(answer.status, 401, "{}: {:.200}", answer.what, answer.body);
    }
    for path in ["/conversations", "/conversations/1", "/inboxes"] {
        let path = format!("/api/v1/accounts/1{path}");
        let answer = ask(&world, &mallory, "GET", &path, &Value::Null).await;
        assert!(!answer.body.contains("447700900911"), "{}", answer.what);
    }
    let after = world.everything(&addresses).await;
    for (path, was) in &before {
        assert_eq!(after.get(path), Some(was), "{path} has changed");
    }
    // Nobody of the first account is put anywhere in the second.
    let inboxes = as_other(&world.demo, token, "GET", "/inboxes", Value::Null).await;
    let inbox = inboxes.ok()["payload"][0]["id"].clone();
    let team = as_other(
        &world.demo,
        token,
        "POST",
        "/teams",
        json!({ "name": "them" }),
    );
    let team = team.await.ok()["id"].clone();
    let members = json!({ "inbox_id": inbox, "user_ids": [1] });
    let path = format!("/teams/{team}/team_members");
    for (path, body) in [
        ("/inbox_members", members),
        (&path, json!({ "user_ids": [1] })),
    ] {
        let answer = as_other(&world.demo, token, "POST", path, body).await;
        assert!(
            matches!(answer.status, 401 | 404 | 422),
            "{path}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn who_works_for_two_accounts_is_told_of_each_where_they_follow_it() {
    let world = World::start().await;
    invite(&world).await;
    let signed_in = sign_in(&world.demo, "mallory@other.example").await;
    let token = signed_in["pubsub_token"].as_str().unwrap();
    let room = |account: i64| {
        let room = json!({
            "channel": "RoomChannel", "pubsub_token": token, "account_id": account, "user_id": signed_in["id"],
        });
        room.to_string()
    };
    let mut sockets = Vec::new();
    for account in [1, 2] {
        let identifier = serde_json::from_str(&room(account)).unwrap();
        let (stream, told) = follow(&world, &identifier).await;
        assert_eq!(told, "confirm_subscription", "{account}");
        sockets.push(stream);
    }
    let (_, told) = follow(&world, &serde_json::from_str(&room(3)).unwrap()).await;
    assert_eq!(told, "reject_subscription");
    let owners = json!({
        "channel": "RoomChannel", "pubsub_token": world.demo.text("/agents/0/pubsub_token"), "account_id": 1,
        "user_id": 1,
    });
    let (mut owner, _) = follow(&world, &owners).await;
    // She answers in no inbox of the first account, and is everything in the second.
    let text = format!("{MARKER} five");
    let item = world.demo.inbound("447700900911", "in-2", &text);
    world.demo.post(json!([item])).await.ok();
    let access = signed_in["access_token"].as_str().unwrap();
    let label = json!({ "title": "theirs" });
    as_other(&world.demo, access, "POST", "/labels", label)
        .await
        .ok();
    let [mut first, mut second] = sockets.try_into().unwrap();
    let told = |it: &Value| it["message"]["event"] == "account.cache_invalidated";
    loop {
        let frame = next(&mut second).await;
        assert!(!frame.to_string().contains(MARKER), "{frame}");
        if told(&frame) {
            assert_eq!(frame["message"]["data"]["account_id"], 2);
            break;
        }
    }
    // Its own people are told, and two pings later whatever was on its way to her has come.
    while next(&mut owner).await["message"]["data"]["content"] != *text {}
    let mut pings = 0;
    while pings < 2 {
        let frame = next(&mut first).await;
        assert!(!frame.to_string().contains(&text), "{frame}");
        pings += i32::from(frame["type"] == "ping");
    }
}
