//! Who may follow what on the cable, and who is told of what.

use super::*;

/// The events of a room's socket, in order, without presence.
fn names(node: &Node) -> Vec<String> {
    let lines = node.lines();
    let names = lines.iter().filter_map(|line| line["event"].as_str());
    names
        .filter(|name| *name != "presence.update")
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_new_customer_is_told_of_in_order() {
    let (demo, _connector) = start().await;
    let mut nodes: Vec<Node> = CABLES
        .map(|client| cable(&demo, client, &agent_room(&demo, 1)))
        .into();
    nodes.push(raw(&demo, &[&agent_room(&demo, 0)]));
    for node in &mut nodes {
        ready(node).await;
    }
    customer_writes(&demo, FRANK, "hello").await;
    customer_writes(&demo, FRANK, "anybody there?").await;
    for node in &mut nodes {
        told(node, "anybody there?").await;
        let news = [
            "contact.created",
            "conversation.created",
            "message.created",
            "conversation.updated",
            "contact.updated",
            "message.created",
        ];
        // What is told of the contact who wrote follows their words.
        assert_eq!(names(node)[..news.len()], news);
        let contact = &node.events("contact.created")[0];
        let conversation = &node.events("conversation.created")[0];
        let message = &node.events("message.created")[0];
        assert_eq!(contact["name"], "Frank");
        assert_eq!(conversation["meta"]["sender"]["id"], contact["id"]);
        assert_eq!(message["conversation_id"], conversation["id"]);
        assert_eq!(message["sender"]["id"], contact["id"]);
        // The contact follows with what the agents were told.
        let token = contact_token(&demo, 1).await;
        assert_eq!(conversation["contact_inbox"]["pubsub_token"], *token);
        assert_eq!(conversation["meta"]["sender"]["pubsub_token"], *token);
    }
}

#[tokio::test]
async fn a_contact_is_told_what_concerns_them_and_nothing_that_agents_keep_to_themselves() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let room = contact_room(&contact_token(&demo, 1).await);
    let mut agents = [
        cable(&demo, "actioncable-8", &agent_room(&demo, 0)),
        raw(&demo, &[&agent_room(&demo, 1)]),
    ];
    let mut contacts = [cable(&demo, "actioncable-6", &room), raw(&demo, &[&room])];
    let mut program = pusher(&demo, "pusher-js-8", &[&messenger_channel(&demo)]);
    for node in agents.iter_mut().chain(&mut contacts).chain([&mut program]) {
        ready(node).await;
    }

    let bob = demo.card["agents"][1]["id"].clone();
    agent_does(&demo, 1, "assignments", json!({ "assignee_id": bob })).await;
    let note = json!({ "content": "he sounds odd", "private": true });
    agent_does(&demo, 1, "messages", note).await;
    agent_does(&demo, 1, "toggle_status", json!({ "status": "resolved" })).await;
    agent_does(&demo, 1, "assignments", json!({ "assignee_id": null })).await;
    agent_does(&demo, 1, "toggle_status", json!({})).await;
    agent_writes(&demo, 1, "Bye!").await;

    let [by, to] = [0, 1].map(|index| demo.text(&format!("/agents/{index}/name")));
    for node in &mut agents {
        told(node, "Bye!").await;
        let assignees: Vec<Value> = node
            .events("assignee.changed")
            .iter()
            .map(|data| data["meta"]["assignee"]["id"].clone())
            .collect();
        assert_eq!(assignees, [bob.clone(), Value::Null]);
        let expected = [
            format!("Assigned to {to} by {by}"),
            "he sounds odd".to_owned(),
            format!("Conversation was marked resolved by {by}"),
            format!("Conversation unassigned by {by}"),
            format!("Conversation was reopened by {by}"),
            "Bye!".to_owned(),
        ];
        assert_eq!(texts(node), expected);
        let told = &node.events("message.created")[0];
        assert_eq!(
            (&told["message_type"], &told["sender_type"]),
            (&json!(2), &Value::Null)
        );
        assert!(told.get("sender").is_none(), "{told}");
        let note = &node.events("message.created")[1];
        assert_eq!(
            (&note["private"], &note["message_type"]),
            (&json!(true), &json!(1))
        );
    }
    for node in &mut contacts {
        told(node, "Bye!").await;
        assert_eq!(texts(node), ["Bye!"]);
        let expected = [
            "conversation.status_changed",
            "conversation.updated",
            "message.created",
            "message.updated",
        ];
        let names = names(node);
        assert!(
            names.iter().all(|it| expected.contains(&it.as_str())),
            "{names:?}"
        );
        let all = json!(node.lines()).to_string();
        assert!(
            !all.contains("he sounds odd"),
            "a contact read a private note: {all}"
        );
    }
    // ChatApp has no notes: its programs see conversations as the customer does.
    told(&mut program, "Bye!").await;
    assert_eq!(texts(&program), ["Bye!"]);
    for node in agents.iter().chain(&contacts) {
        let statuses: Vec<Value> = node
            .events("conversation.status_changed")
            .iter()
            .map(|data| data["status"].clone())
            .collect();
        assert_eq!(statuses, ["resolved", "open"]);
    }
}

#[tokio::test]
async fn a_room_opens_only_to_its_own_token() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let good = agent_room(&demo, 0);
    let contact = contact_token(&demo, 1).await;
    let alice = demo.text("/agents/0/pubsub_token");
    let account = &demo.card["account_id"];
    let [alice_id, bob_id] = [0, 1].map(|index: usize| &demo.card["agents"][index]["id"]);
    let mut altered = alice.clone();
    let last = if altered.pop() == Some('A') { 'B' } else { 'A' };
    altered.push(last);
    let bad = [
        room("nonsense", account, alice_id),
        room(&altered, account, alice_id),
        room(&alice.to_lowercase(), account, alice_id),
        // Another's name, a foreign account, a contact's token for an agent and the other way round.
        room(&alice, account, bob_id),
        room(&alice, &json!(2), alice_id),
        room(&alice, &Value::Null, alice_id),
        room(&contact, account, alice_id),
        contact_room(&alice),
        contact_room("nonsense"),
        contact_room(&demo.text("/agents/0/access_token")),
        r#"{"channel":"RoomChannel"}"#.to_owned(),
        contact_room(&contact).replace("RoomChannel", "OtherChannel"),
    ];
    let mut rooms: Vec<&str> = bad.iter().map(String::as_str).collect();
    rooms.push(&good);
    let mut node = raw(&demo, &rooms);
    ready(&mut node).await;
    customer_writes(&demo, FRANK, "anybody there?").await;
    told(&mut node, "anybody there?").await;
    for identifier in &bad {
        let lines = node.lines();
        let of_room = |line: &&Value| {
            line["identifier"] == **identifier || line["frame"]["identifier"] == **identifier
        };
        let heard: Vec<&Value> = lines.iter().filter(of_room).collect();
        let rejection = json!({ "identifier": identifier, "type": "reject_subscription" });
        assert_eq!(heard, [&json!({ "frame": rejection })]);
    }
    for client in CABLES {
        let mut node = cable(&demo, client, &room(&alice, account, bob_id));
        assert_eq!(node.expect_key("refused").await, true);
    }
}

#[tokio::test]
async fn a_contact_is_never_told_of_another_contact() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    customer_writes(&demo, GRACE, "good morning").await;
    let mut frank = raw(&demo, &[&contact_room(&contact_token(&demo, 1).await)]);
    let mut grace = cable(
        &demo,
        "actioncable-8",
        &contact_room(&contact_token(&demo, 2).await),
    );
    ready(&mut frank).await;
    ready(&mut grace).await;

    customer_writes(&demo, GRACE, "my secret").await;
    agent_writes(&demo, 2, "our secret").await;
    agent_does(&demo, 2, "toggle_status", json!({})).await;
    customer_writes(&demo, GRACE, "thanks").await;
    customer_writes(&demo, FRANK, "anybody there?").await;
    told(&mut grace, "thanks").await;
    told(&mut frank, "anybody there?").await;
    assert_eq!(names(&frank), ["message.created"]);
    assert_eq!(texts(&grace), ["my secret", "our secret", "thanks"]);
    for (node, others) in [(&frank, GRACE), (&grace, FRANK)] {
        let all = json!(node.lines()).to_string();
        assert!(!all.contains(others), "{all}");
    }
}
