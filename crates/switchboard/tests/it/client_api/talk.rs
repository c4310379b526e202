//! A contact and an agent talk, and each is told what concerns them.

use super::*;

/// The events that a client was told of, in order, without presence.
fn names(node: &Node) -> Vec<String> {
    let lines = node.lines();
    let names = lines.iter().filter_map(|line| line["event"].as_str());
    names
        .filter(|name| *name != "presence.update")
        .map(str::to_owned)
        .collect()
}

async fn told(node: &mut Node, text: &str) -> Value {
    let wanted =
        |line: &Value| line["event"] == "message.created" && line["data"]["content"] == text;
    node.expect(text, wanted).await["data"].take()
}

#[tokio::test]
async fn a_contact_and_an_agent_talk() {
    let program = Program::start().await;
    let visitor = program.visitor("jana").await;
    let mut agent = program.cable(&program.agent_room(1));
    let mut contact = program.cable(&visitor.room());
    agent.expect_key("ready").await;
    contact.expect_key("ready").await;

    let said = json!({ "content": "Is it in stock?", "echo_id": "e-1" });
    let message = program.post(&visitor.to("/messages"), said).await;
    #[rustfmt::skip]
    assert_eq!(keys(&message), [
        "content", "content_attributes", "content_type", "conversation_id", "created_at", "id",
        "message_type", "sender",
    ]);
    assert_eq!(message["message_type"], 0);
    assert_eq!(message["conversation_id"], visitor.number);
    assert_eq!(message["sender"]["type"], "contact");
    assert_eq!(
        told(&mut contact, "Is it in stock?").await["echo_id"],
        "e-1"
    );
    told(&mut agent, "Is it in stock?").await;

    let conversation = format!("/conversations/{}", visitor.number);
    let answer = json!({ "content": "It is." });
    let path = format!("{conversation}/messages");
    let answered = program.demo.agent("POST", &path, Some(answer)).await.ok();
    let note = json!({ "content": "cold feet?", "private": true });
    program.demo.agent("POST", &path, Some(note)).await.ok();
    told(&mut contact, "It is.").await;
    agent.expect_event("first.reply.created").await;
    told(&mut agent, "cold feet?").await;

    // The contact reads it: the agents see the conversation read, and the answer.
    program
        .call("POST", &visitor.to("/update_last_seen"), json!({}))
        .await;
    let read = agent.expect_event("conversation.read").await;
    assert_eq!(read["id"], visitor.number);
    assert!(read["contact_last_seen_at"].as_i64().unwrap() > 0);
    let is_read = |line: &Value| {
        line["event"] == "message.updated"
            && line["data"]["id"] == answered["id"]
            && line["data"]["status"] == "read"
    };
    agent.expect("that it is read", is_read).await;

    done_and_then_not(&program, &visitor, &mut agent, &mut contact).await;

    // The contact was told of nothing that agents keep to themselves.
    let seen = names(&contact);
    for name in &seen {
        let known = [
            "message.created",
            "message.updated",
            "conversation.status_changed",
            "conversation.updated",
        ];
        assert!(known.contains(&name.as_str()), "{seen:?}");
    }
    let texts = contact.events("message.created");
    assert!(texts.iter().all(|it| it["content"] != "cold feet?"));
}

/// The contact is done with it, and comes back.
async fn done_and_then_not(
    program: &Program,
    visitor: &Visitor,
    agent: &mut Node,
    contact: &mut Node,
) {
    let done = program.post(&visitor.to("/toggle_status"), json!({})).await;
    assert_eq!(done["status"], "resolved");
    let done = program.post(&visitor.to("/toggle_status"), json!({})).await;
    assert_eq!(done["status"], "resolved", "a contact does not open it so");
    program
        .post(
            &visitor.to("/messages"),
            json!({ "content": "One more thing" }),
        )
        .await;
    told(agent, "One more thing").await;
    let shown = told(contact, "One more thing").await;
    assert!(
        shown["conversation"]
            .get("assignee_id")
            .is_none_or(Value::is_null)
    );
    let shown = program.get(&visitor.path).await;
    assert_eq!(shown["status"], "open");
    let texts: Vec<_> = shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["content"])
        .collect();
    assert_eq!(texts, ["Is it in stock?", "It is.", "One more thing"]);
    let page = program.get(&visitor.to("/messages")).await;
    assert_eq!(page, shown["messages"]);
    let last = page[2]["id"].as_i64().unwrap();
    let before = program
        .get(&visitor.to(&format!("/messages?before={last}")))
        .await;
    assert_eq!(before.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn each_is_told_that_the_other_types_and_not_that_they_do_themselves() {
    let program = Program::start().await;
    let visitor = program.visitor("jana").await;
    let mut agents = [
        program.cable(&program.agent_room(0)),
        program.cable(&program.agent_room(1)),
    ];
    let mut contact = program.cable(&visitor.room());
    for node in agents.iter_mut().chain([&mut contact]) {
        node.expect_key("ready").await;
    }
    for word in ["on", "off", "sideways"] {
        let body = json!({ "typing_status": word });
        let answer = program
            .call("POST", &visitor.to("/toggle_typing"), body)
            .await;
        assert_eq!((answer.status, answer.text().as_str()), (200, ""));
    }
    for agent in &mut agents {
        let on = agent.expect_event("conversation.typing_on").await;
        assert_eq!(
            keys(&on),
            ["account_id", "conversation", "is_private", "user"]
        );
        assert_eq!(on["user"]["type"], "contact");
        assert_eq!(on["conversation"]["id"], visitor.number);
        assert!(on["conversation"].get("account_id").is_none());
        agent.expect_event("conversation.typing_off").await;
    }
    // Alice types: a note first, then to the contact.
    let path = format!("/conversations/{}/toggle_typing_status", visitor.number);
    for body in [
        json!({ "typing_status": "on", "is_private": true }),
        json!({ "typing_status": "on" }),
    ] {
        assert_eq!(
            program.demo.agent("POST", &path, Some(body)).await.status,
            200
        );
    }
    let on = contact.expect_event("conversation.typing_on").await;
    assert_eq!(
        (&on["user"]["type"], &on["is_private"]),
        (&json!("user"), &json!(false))
    );
    agents[1].expect_event("conversation.typing_on").await;
    agents[1].expect_event("conversation.typing_on").await;
    // Something that everybody is told, so that whatever came before has come.
    program
        .post(&visitor.to("/messages"), json!({ "content": "end" }))
        .await;
    for node in agents.iter_mut().chain([&mut contact]) {
        told(node, "end").await;
    }
    assert_eq!(contact.events("conversation.typing_on").len(), 1);
    assert_eq!(
        agents[0].events("conversation.typing_on").len(),
        1,
        "not of herself"
    );
}

#[tokio::test]
async fn a_note_that_names_an_agent_tells_that_agent() {
    let program = Program::start().await;
    let visitor = program.visitor("jana").await;
    let mut agents = [
        program.cable(&program.agent_room(0)),
        program.cable(&program.agent_room(1)),
    ];
    for node in &mut agents {
        node.expect_key("ready").await;
    }
    let bob = program.demo.text("/agents/1/id");
    let text = format!("[@Bob](mention://user/{bob}/Bob) please look");
    let note = json!({ "content": text, "private": true });
    let path = format!("/conversations/{}/messages", visitor.number);
    program.demo.agent("POST", &path, Some(note)).await.ok();
    let mention = agents[1].expect_event("conversation.mentioned").await;
    assert_eq!(mention["id"], visitor.number);
    told(&mut agents[0], &text).await;
    assert!(agents[0].events("conversation.mentioned").is_empty());
}

#[tokio::test]
async fn files_go_both_ways() {
    let program = Program::start().await;
    let visitor = program.visitor("jana").await;
    let form = Form::default().text("content", "Look").file(
        "attachments[]",
        "photo.png",
        "image/png",
        b"not really a picture",
    );
    let sent = program.form(&visitor.to("/messages"), form).await.ok();
    assert_eq!(sent["attachments"][0]["file_type"], "image");
    let url = sent["attachments"][0]["data_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = program.demo.client.send("GET", &url, &[], "").await;
    assert_eq!(file.text(), "not really a picture");

    let many = (0..16).fold(Form::default(), |form, n| {
        form.file("attachments[]", &format!("{n}.txt"), "text/plain", b"x")
    });
    let refused = program.form(&visitor.to("/messages"), many).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        program
            .get(&visitor.to("/messages"))
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_program_brings_what_was_said_elsewhere_once() {
    let program = Program::start().await;
    let visitor = program.visitor("jana").await;
    let path = format!("/conversations/{}/messages", visitor.number);
    let incoming = json!({
        "content": "Hi from WhatsApp", "message_type": "incoming", "source_id": "WAID:1",
    });
    let first = program
        .demo
        .agent("POST", &path, Some(incoming.clone()))
        .await
        .ok();
    assert_eq!(
        (&first["message_type"], &first["source_id"]),
        (&json!(0), &json!("WAID:1"))
    );
    let again = program.demo.agent("POST", &path, Some(incoming)).await.ok();
    assert_eq!(again["id"], first["id"]);
    let outgoing = json!({ "content": "Sent from the phone", "source_id": "WAID:2" });
    let first = program
        .demo
        .agent("POST", &path, Some(outgoing.clone()))
        .await
        .ok();
    let again = program.demo.agent("POST", &path, Some(outgoing)).await.ok();
    assert_eq!(
        (&again["id"], &again["status"]),
        (&first["id"], &json!("sent"))
    );
    assert_eq!(program.demo.messages(visitor.number).await.len(), 2);
    // The same key is the same message for a contact's program too.
    let url = format!("{}{}", program.base, visitor.to("/messages"));
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k-1"),
    ];
    let body = json!({ "content": "once" }).to_string();
    let one = program
        .demo
        .client
        .send("POST", &url, &headers, body.clone())
        .await
        .ok();
    let two = program
        .demo
        .client
        .send("POST", &url, &headers, body)
        .await
        .ok();
    assert_eq!(one["id"], two["id"]);
}

#[tokio::test]
async fn what_a_contact_fills_in_is_kept_with_the_question() {
    let program = Program::start().await;
    let visitor = program.visitor("jana").await;
    let path = format!("/conversations/{}/messages", visitor.number);
    let question = json!({
        "content": "Which size?", "content_type": "input_select",
        "content_attributes": { "items": [{ "title": "S", "value": "s" }] },
    });
    let asked = program.demo.agent("POST", &path, Some(question)).await.ok();
    assert_eq!(asked["content_type"], "input_select");
    let chosen = json!({ "submitted_values": [{ "title": "S", "value": "s" }] });
    let below = format!("/messages/{}", asked["id"]);
    let answered = program
        .call("PATCH", &visitor.to(&below), chosen.clone())
        .await
        .ok();
    let attributes = &answered["content_attributes"];
    assert_eq!(attributes["submitted_values"], chosen["submitted_values"]);
    assert_eq!(attributes["items"][0]["value"], "s");
    let seen = program.demo.messages(visitor.number).await;
    assert_eq!(
        seen[0]["content_attributes"]["submitted_values"],
        chosen["submitted_values"]
    );
}
