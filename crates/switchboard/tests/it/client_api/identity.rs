//! A contact proves who it is, where the inbox wants it and where it tries.

use super::*;

/// The hash of an identifier, as a business's own server makes it.
fn hash(demo: &Demo, identifier: &str) -> String {
    let token = inbox(demo, "api")["hmac_token"].as_str().unwrap();
    wire::pusher::signature::Secret::new(token).sign(identifier.as_bytes())
}

#[tokio::test]
async fn a_wrong_hash_is_refused_and_stores_nothing() {
    let program = Program::start().await;
    let good = hash(&program.demo, "customer-7");
    for (identifier, shown) in [
        ("customer-7", "0".repeat(64)),
        ("customer-8", good.clone()),
        ("", good.clone()),
        ("customer-7", good[1..].to_owned()),
        ("customer-7", "nonsense".to_owned()),
    ] {
        let body =
            json!({ "source_id": "s-1", "identifier": identifier, "identifier_hash": shown });
        let refused = program.call("POST", "/contacts", body).await;
        assert_eq!(refused.status, 401, "{identifier} {shown}");
    }
    assert_eq!(
        program
            .call("GET", "/contacts/s-1", Value::Null)
            .await
            .status,
        404
    );
    let body = json!({ "source_id": "s-1", "identifier": "customer-7", "identifier_hash": good });
    program.post("/contacts", body).await;
}

#[tokio::test]
async fn where_it_must_be_proved_it_must() {
    let program = Program::start().await;
    let id = &inbox(&program.demo, "api")["id"];
    let body = json!({ "channel": { "hmac_mandatory": true } });
    program
        .demo
        .agent("PATCH", &format!("/inboxes/{id}"), Some(body))
        .await
        .ok();
    assert_eq!(program.get("").await["identity_validation_enabled"], true);
    let refused = program
        .call("POST", "/contacts", json!({ "source_id": "s-1" }))
        .await;
    assert_eq!(refused.status, 401);
    let proof = hash(&program.demo, "customer-7");
    let body = json!({ "source_id": "s-1", "identifier": "customer-7", "identifier_hash": proof });
    program.post("/contacts", body.clone()).await;
    assert_eq!(
        program
            .call("GET", "/contacts/s-1", Value::Null)
            .await
            .status,
        401
    );
    let query = format!("/contacts/s-1?identifier=customer-7&identifier_hash={proof}");
    program.get(&query).await;
    assert_eq!(
        program
            .call("PATCH", "/contacts/s-1", json!({ "name": "x" }))
            .await
            .status,
        401
    );
    program.call("PATCH", "/contacts/s-1", body).await.ok();
}

#[tokio::test]
async fn whoever_proved_who_they_are_sees_all_their_conversations() {
    let program = Program::start().await;
    let proof = hash(&program.demo, "customer-7");
    let told = json!({ "identifier": "customer-7", "identifier_hash": proof });
    let mut visitors = Vec::new();
    for source_id in ["phone", "laptop"] {
        let mut body = told.clone();
        body["source_id"] = json!(source_id);
        program.post("/contacts", body).await;
        visitors.push(program.visitor(source_id).await);
    }
    let list = async |source_id: &str| {
        let path = format!("/contacts/{source_id}/conversations");
        program.get(&path).await.as_array().unwrap().len()
    };
    // To create one proves nothing of the address yet.
    assert_eq!(list("phone").await, 1);
    let other = format!("/contacts/phone/conversations/{}", visitors[1].number);
    assert_eq!(program.call("GET", &other, Value::Null).await.status, 404);
    for source_id in ["phone", "laptop"] {
        let path = format!("/contacts/{source_id}");
        program.call("PATCH", &path, told.clone()).await.ok();
    }
    assert_eq!((list("phone").await, list("laptop").await), (2, 2));
    program.get(&other).await;

    // And is told of all of them on one socket, of each thing once.
    let mut phone = program.cable(&visitors[0].room());
    phone.expect_key("ready").await;
    for (visitor, text) in visitors.iter().zip(["from the phone", "from the laptop"]) {
        program
            .post(&visitor.to("/messages"), json!({ "content": text }))
            .await;
        let wanted = |line: &Value| line["data"]["content"] == text;
        phone.expect(text, wanted).await;
    }
    assert_eq!(phone.events("message.created").len(), 2);
}

#[tokio::test]
async fn two_records_of_one_person_become_one() {
    let program = Program::start().await;
    let mut agent = program.cable(&program.agent_room(0));
    agent.expect_key("ready").await;
    let known = json!({ "source_id": "old", "name": "Jana", "email": "jana@shop.example" });
    let known = program.post("/contacts", known).await;
    let visitor = program.visitor("new").await;
    program
        .post(&visitor.to("/messages"), json!({ "content": "it is me" }))
        .await;
    let told = json!({ "email": "jana@shop.example", "phone_number": "+420601000001" });
    let merged = program.call("PATCH", "/contacts/new", told).await.ok();
    assert_eq!(
        (&merged["id"], &merged["name"]),
        (&known["id"], &json!("Jana"))
    );
    assert_eq!(merged["phone_number"], "+420601000001");
    let moved = agent.expect_event("conversation.contact_changed").await;
    assert_eq!(moved["meta"]["sender"]["id"], known["id"]);
    assert_eq!(
        agent.expect_event("contact.merged").await["id"],
        known["id"]
    );
    let shown = program.get(&visitor.path).await;
    assert_eq!(shown["contact"]["id"], known["id"]);
    assert_eq!(shown["messages"][0]["content"], "it is me");
    // Two who contradict one another stay two.
    let other = json!({ "source_id": "third", "email": "pavel@shop.example" });
    program.post("/contacts", other).await;
    let told = json!({ "email": "jana@shop.example", "name": "Pavel" });
    let kept = program.call("PATCH", "/contacts/third", told).await.ok();
    assert_eq!(
        (&kept["name"], &kept["email"]),
        (&json!("Pavel"), &json!("pavel@shop.example"))
    );
}
