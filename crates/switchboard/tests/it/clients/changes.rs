//! What the cable tells of what was before, and who did it (onechat.md, 1.3 and 1.7).

use super::*;

/// The names of what a client was told, but for how far messages have come and who is here.
fn names(node: &Node) -> Vec<String> {
    let lines = node.lines();
    let names = lines.iter().filter_map(|line| line["event"].as_str());
    let passing = ["message.updated", "presence.update"];
    names
        .filter(|it| !passing.contains(it))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_wait_that_begins_or_ends_and_a_contact_who_writes_are_told() {
    let (demo, _connector) = start().await;
    let mut agent = raw(&demo, &[&agent_room(&demo, 1)]);
    ready(&mut agent).await;
    customer_writes(&demo, FRANK, "hello").await;
    told(&mut agent, "hello").await;
    let mut contact = raw(&demo, &[&contact_room(&contact_token(&demo, 1).await)]);
    ready(&mut contact).await;
    customer_writes(&demo, FRANK, "anybody there?").await;
    agent_writes(&demo, 1, "Yes").await;
    agent_writes(&demo, 1, "How can I help?").await;
    customer_writes(&demo, FRANK, "my order").await;
    agent_writes(&demo, 1, "It is on its way").await;
    let note = json!({ "content": "the end", "private": true });
    agent_does(&demo, 1, "messages", note).await;
    told(&mut agent, "the end").await;
    told(&mut contact, "It is on its way").await;
    // What follows the answer in its own entry has come once something after it has.
    customer_writes(&demo, FRANK, "thanks").await;
    told(&mut contact, "thanks").await;

    let updated = "conversation.updated";
    let said = "message.created";
    let active = "contact.updated";
    let seen = names(&agent);
    assert_eq!(
        &seen[..16],
        [
            "contact.created",
            "conversation.created",
            said,
            updated,
            active, // hello
            said,
            active, // anybody there?
            said,
            "first.reply.created",
            updated, // Yes
            said,    // How can I help?
            said,
            updated,
            active, // my order
            said,
            updated, // It is on its way
        ]
    );
    let waits = |node: &Node| -> Vec<bool> {
        let all = node.events(updated);
        let waits = all.iter().map(|it| it["waiting_since"].as_i64() > Some(0));
        waits.take(4).collect()
    };
    assert_eq!(waits(&agent), [true, false, true, false]);
    let first = &agent.events(updated)[1];
    assert!(first["first_reply_created_at"].is_string(), "{first}");
    // The contact, who came after the first words, is told of the same.
    let expected = [
        said, said, updated, said, said, updated, said, updated, said,
    ];
    let seen = names(&contact);
    assert_eq!(&seen[..expected.len()], expected);
    assert_eq!(waits(&contact)[..3], [false, true, false]);
}

#[tokio::test]
async fn a_message_that_changes_is_told_with_what_it_was_and_who_did_it() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let mut node = cable(&demo, "actioncable-8", &agent_room(&demo, 1));
    ready(&mut node).await;
    let id = agent_writes(&demo, 1, "wrong words").await;
    // The network takes it, which is nobody's doing.
    let is_taken =
        |line: &Value| line["event"] == "message.updated" && line["data"]["source_id"].is_string();
    let taken = node.expect("that it was taken", is_taken).await["data"].clone();
    assert_eq!(taken.get("performer"), None);
    let changes = &taken["previous_changes"];
    assert_eq!(changes["source_id"], json!([null, taken["source_id"]]));
    assert_eq!(changes["updated_at"][1], taken["updated_at"]);
    assert_eq!(changes.get("content"), None, "{changes}");

    let path = format!("/conversations/1/messages/{id}");
    demo.agent("DELETE", &path, None).await.ok();
    let is_gone = |line: &Value| {
        line["event"] == "message.updated"
            && line["data"]["content_attributes"]["deleted"] == json!(true)
            && line["data"]["previous_changes"]["content"].is_array()
    };
    let gone = node.expect("that it is deleted", is_gone).await["data"].clone();
    assert_eq!(gone["performer"]["id"], demo.card["agents"][0]["id"]);
    assert_eq!(gone["performer"]["type"], "user");
    let changes = &gone["previous_changes"];
    assert_eq!(changes["content"], json!(["wrong words", gone["content"]]));
    assert_eq!(changes["processed_message_content"], changes["content"]);
    let attributes = json!([{}, { "deleted": true }]);
    assert_eq!(changes["content_attributes"], attributes);
}
