//! Every documented key of every object, with a value of the documented kind.

use super::{shape::check, *};

// === ChatApp ===

fn enveloped(item: Value) -> Value {
    json!({ "queue": "string", "payload": with_meta(item, "number") })
}

fn with_meta(item: Value, license: &str) -> Value {
    let meta = json!({ "type": "string", "licenseId": license, "messengerType": "string" });
    json!({ "data": [item], "meta": meta })
}

fn message_item() -> Value {
    json!({
        "id": "number",
        "fromApi": "bool",
        "fromMe": "bool",
        "side": "string",
        "time": "number",
        "isForwarded": "bool",
        "type": "string",
        "subtype": "string?",
        "message": { "text": "string", "caption": "string", "file": "object?" },
        "quotedMessage": "object?",
        "fromUser": { "id": "number", "username": "string?", "name": "string", "phone": "string" },
        "chat": {
            "id": "string",
            "hash": "string?",
            "type": "string",
            "phone": "string",
            "username": "string?",
            "name": "string",
            "image": "string?",
        },
        "fromApp": "object?",
        "utm": "object?",
        "created": "object?",
    })
}

fn status_item() -> Value {
    json!({
        "id": "number",
        "type": "string",
        "chat": {
            "id": "string",
            "hash": "string?",
            "type": "string",
            "phone": "string",
            "username": "string?",
        },
        "fromApp": "object?",
        "error": "object?",
    })
}

#[tokio::test]
async fn chatapp_objects_have_their_documented_shape() {
    let (demo, _connector) = start().await;
    let mut node = pusher(&demo, "pusher-js-7", &[&messenger_channel(&demo)]);
    ready(&mut node).await;
    let meta = |kind: &str| json!({ "type": kind, "licenseId": demo.card["license_id"], "messengerType": "ctlive" });

    customer_writes(&demo, FRANK, "hello").await;
    let came_in = node.expect_event("message").await;
    check("message", &enveloped(message_item()), &came_in);
    assert_eq!(came_in["queue"], "Ctlive.Broadcast.Message");
    assert_eq!(came_in["payload"]["meta"], meta("message"));
    let item = &came_in["payload"]["data"][0];
    assert_eq!(
        (&item["side"], &item["fromMe"]),
        (&json!("in"), &json!(false))
    );
    assert_eq!(
        item["message"],
        json!({ "text": "hello", "caption": "", "file": null })
    );
    assert_eq!(
        (&item["chat"]["id"], &item["chat"]["phone"]),
        (&json!(FRANK), &json!(FRANK))
    );
    assert_eq!(
        (&item["fromUser"]["name"], &item["fromUser"]["phone"]),
        (&json!("Frank"), &json!(FRANK))
    );

    let id = agent_writes(&demo, 1, "How can I help?").await;
    let went_out = node.expect_event("message").await;
    check("message", &enveloped(message_item()), &went_out);
    let sent = node.expect_event("messageStatus").await;
    check("messageStatus", &enveloped(status_item()), &sent);
    assert_eq!(sent["queue"], "Ctlive.Broadcast.Message.Status");
    assert_eq!(sent["payload"]["meta"], meta("messageStatus"));
    assert_eq!(sent["payload"]["data"][0]["id"], id);
    assert_eq!(sent["payload"]["data"][0]["chat"]["id"], FRANK);

    agent_does(
        &demo,
        1,
        "assignments",
        json!({ "assignee_id": demo.card["agents"][1]["id"] }),
    )
    .await;
    let given = node.expect_event("chatResponsible").await;
    let person = json!({ "id": "number" });
    let item = json!({
        "responsible": person, "chat": { "id": "string" }, "fromApp": "object?", "edited": person,
    });
    check("chatResponsible", &enveloped(item), &given);
    agent_does(&demo, 1, "update_last_seen", json!({})).await;
    let read = node.expect_event("chatRead").await;
    check(
        "chatRead",
        &with_meta(json!({ "chat": { "id": "string" } }), "string"),
        &read,
    );
    agent_does(&demo, 1, "toggle_status", json!({})).await;
    let closed = node.expect_event("chatStatus").await;
    let item = json!({ "type": "string", "chat": { "id": "string" } });
    check("chatStatus", &enveloped(item), &closed);
    assert_eq!(
        closed["payload"]["data"],
        json!([{ "type": "close", "chat": { "id": FRANK } }])
    );
}

// === OneChat ===

fn contact() -> Value {
    json!({
        "additional_attributes": "object",
        "custom_attributes": "object",
        "email": "string?",
        "id": "number",
        "identifier": "string?",
        "name": "string",
        "phone_number": "string?",
        "pubsub_token": "string",
        "thumbnail": "string",
        "type": "string",
    })
}

fn user() -> Value {
    json!({
        "id": "number",
        "name": "string",
        "available_name": "string",
        "avatar_url": "string",
        "type": "string",
        "availability_status": "string",
    })
}

fn message(sender: Value) -> Value {
    json!({
        "id": "number",
        "content": "string",
        "account_id": "number",
        "inbox_id": "number",
        "conversation_id": "number",
        "message_type": "number",
        "created_at": "number",
        "updated_at": "string",
        "private": "bool",
        "status": "string",
        "source_id": "string?",
        "content_type": "string?",
        "content_attributes": "object",
        "sender_type": "string",
        "sender_id": "number",
        "external_source_ids": "object",
        "sender": sender,
    })
}

fn conversation(messages: Value, assignee: Value) -> Value {
    json!({
        "additional_attributes": "object",
        "can_reply": "bool",
        "channel": "string",
        "id": "number",
        "inbox_id": "number",
        "contact_inbox": {
            "id": "number",
            "contact_id": "number",
            "inbox_id": "number",
            "source_id": "string",
            "created_at": "string",
            "updated_at": "string",
            "hmac_verified": "bool",
        },
        "messages": messages,
        "meta": { "sender": contact(), "assignee": assignee },
        "status": "string",
        "unread_count": "number",
        "agent_last_seen_at": "number",
        "contact_last_seen_at": "number",
        "timestamp": "number",
        "account_id": "number",
    })
}

fn with_account(mut shape: Value) -> Value {
    shape["account_id"] = json!("number");
    shape
}

#[tokio::test]
async fn onechat_objects_have_their_documented_shape_for_agents() {
    let (demo, _connector) = start().await;
    let mut node = cable(&demo, "actioncable-8", &agent_room(&demo, 0));
    ready(&mut node).await;
    let presence = json!({ "account_id": "number", "users": "object", "contacts": "object" });
    check(
        "presence.update",
        &presence,
        &node.expect_event("presence.update").await,
    );

    customer_writes(&demo, FRANK, "hello").await;
    let created = node.expect_event("contact.created").await;
    check("contact.created", &with_account(contact()), &created);
    let created = node.expect_event("conversation.created").await;
    check(
        "conversation.created",
        &conversation(json!("array"), json!("null")),
        &created,
    );
    let created = node.expect_event("message.created").await;
    check("message.created", &message(contact()), &created);

    let mut renamed = demo.inbound(FRANK, "renamed", "call me Francis");
    renamed["contact"]["name"] = json!("Francis");
    demo.post(json!([renamed])).await.ok();
    let is_renamed =
        |line: &Value| line["event"] == "contact.updated" && line["data"]["name"] == "Francis";
    let updated = node.expect("the new name", is_renamed).await;
    let updated = updated["data"].clone();
    check("contact.updated", &with_account(contact()), &updated);

    agent_does(
        &demo,
        1,
        "assignments",
        json!({ "assignee_id": demo.card["agents"][0]["id"] }),
    )
    .await;
    let newest = json!([message(contact())]);
    let changed = node.expect_event("assignee.changed").await;
    check("assignee.changed", &conversation(newest, user()), &changed);
    let mut activity = message(user());
    activity["sender_type"] = json!("null");
    activity["sender_id"] = json!("null");
    activity.as_object_mut().unwrap().remove("sender");
    let created = node.expect_event("message.created").await;
    check("message.created", &activity, &created);
    agent_writes(&demo, 1, "Hello Francis").await;
    let created = node.expect_event("message.created").await;
    check("message.created", &message(user()), &created);
    let updated = node.expect_event("message.updated").await;
    check("message.updated", &message(user()), &updated);
    agent_does(&demo, 1, "toggle_status", json!({})).await;
    let changed = node.expect_event("conversation.status_changed").await;
    let newest = json!([message(user())]);
    check(
        "conversation.status_changed",
        &conversation(newest, user()),
        &changed,
    );

    let account = &demo.card["account_id"];
    let lines = node.lines();
    let events = lines.iter().filter(|line| line.get("event").is_some());
    assert!(
        events
            .map(|line| &line["data"]["account_id"])
            .all(|it| it == account)
    );
}

#[tokio::test]
async fn onechat_objects_have_their_documented_shape_for_contacts() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let room = contact_room(&contact_token(&demo, 1).await);
    let mut node = cable(&demo, "actioncable-6", &room);
    ready(&mut node).await;
    let presence = json!({ "account_id": "number", "users": "object" });
    check(
        "presence.update",
        &presence,
        &node.expect_event("presence.update").await,
    );
    customer_writes(&demo, FRANK, "anybody there?").await;
    let created = node.expect_event("message.created").await;
    check("message.created", &message(contact()), &created);
    agent_writes(&demo, 1, "Hello").await;
    let created = node.expect_event("message.created").await;
    check("message.created", &message(user()), &created);
    let updated = node.expect_event("message.updated").await;
    check("message.updated", &message(user()), &updated);
    agent_does(&demo, 1, "toggle_status", json!({})).await;
    let changed = node.expect_event("conversation.status_changed").await;
    let newest = json!([message(user())]);
    check(
        "conversation.status_changed",
        &conversation(newest, json!("object?")),
        &changed,
    );
}
