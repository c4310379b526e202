//! Who is here.

use testkit::wait::until;

use super::*;

/// Waits until a snapshot has this, and returns it.
async fn snapshot(node: &mut Node, what: &str, has: impl Fn(&Value) -> bool) -> Value {
    let snapshot = |line: &Value| line["event"] == "presence.update" && has(&line["data"]);
    node.expect(what, snapshot).await["data"].take()
}

#[tokio::test]
async fn everybody_learns_who_is_here_and_contacts_only_of_agents() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let contact = contact_room(&contact_token(&demo, 1).await);
    let (alice_id, bob_id) = (demo.text("/agents/0/id"), demo.text("/agents/1/id"));

    let mut alice = cable(&demo, "actioncable-8", &agent_room(&demo, 0));
    ready(&mut alice).await;
    let first = snapshot(&mut alice, "a snapshot", |_| true).await;
    let account = demo.card["account_id"].clone();
    let alone = json!({ "account_id": account, "users": { &alice_id: "online" }, "contacts": {} });
    assert_eq!(first, alone);

    let mut bob = cable(&demo, "actioncable-6", &agent_room(&demo, 1));
    ready(&mut bob).await;
    for node in [&mut alice, &mut bob] {
        let both = snapshot(node, "that Bob is here", |it| {
            !it["users"][&bob_id].is_null()
        })
        .await;
        assert_eq!(
            both["users"],
            json!({ &alice_id: "online", &bob_id: "online" })
        );
    }

    // Two arrivals make three snapshots at most, so the rest are answers.
    for _ in 0..5 {
        alice.send(json!({ "perform": "update_presence" })).await;
    }
    until("an answer to each sign of life", async || {
        (alice.events("presence.update").len() >= 6).then_some(())
    })
    .await;

    let mut frank = cable(&demo, "actioncable-8", &contact);
    ready(&mut frank).await;
    let here = snapshot(&mut frank, "a snapshot", |_| true).await;
    let agents = json!({ &alice_id: "online", &bob_id: "online" });
    assert_eq!(here, json!({ "account_id": account, "users": agents }));
    for node in [&mut alice, &mut bob] {
        let has_contact = |it: &Value| it["contacts"].as_object().is_some_and(|it| !it.is_empty());
        let seen = snapshot(node, "that Frank is here", has_contact).await;
        assert_eq!(
            seen["contacts"]
                .as_object()
                .unwrap()
                .values()
                .next()
                .unwrap(),
            "online"
        );
    }
    for _ in 0..5 {
        frank.send(json!({ "perform": "update_presence" })).await;
    }
    until("an answer to each sign of life", async || {
        (frank.events("presence.update").len() >= 6).then_some(())
    })
    .await;
    assert!(
        frank
            .events("presence.update")
            .iter()
            .all(|it| it.get("contacts").is_none())
    );
}

/// As many as one connection may follow, less some.
const CROWD: usize = 80;

#[tokio::test]
async fn many_who_come_together_are_one_piece_of_news() {
    let (demo, _connector) = start().await;
    let mut alice = raw(&demo, &[&agent_room(&demo, 0)]);
    ready(&mut alice).await;
    let all = demo.card["onechat"]["inboxes"].as_array().unwrap();
    let api = all.iter().find(|it| it["kind"] == "api").unwrap();
    let public = api["inbox_identifier"].as_str().unwrap();
    let url = demo.url(&format!("/public/api/v1/inboxes/{public}/contacts"));
    let mut rooms = Vec::new();
    for _ in 0..CROWD {
        let headers = [("content-type", "application/json")];
        let made = demo.client.send("POST", &url, &headers, "{}").await.ok();
        rooms.push(contact_room(made["pubsub_token"].as_str().unwrap()));
    }
    let rooms: Vec<&str> = rooms.iter().map(String::as_str).collect();
    let _crowd = raw(&demo, &rooms);
    snapshot(&mut alice, "everybody", |it| {
        it["contacts"]
            .as_object()
            .is_some_and(|it| it.len() == CROWD)
    })
    .await;
    let told = alice.events("presence.update").len();
    assert!(told < CROWD / 2, "{told} snapshots of {CROWD} arrivals");
}
