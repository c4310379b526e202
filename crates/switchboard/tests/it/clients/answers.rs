//! An agent's answer, and how far it came, as every client is told.

use testkit::wait::until;

use super::*;

/// How far a message came, as a client was told, in order.
fn states(node: &Node, id: &Value) -> Vec<String> {
    let state = |line: &Value| {
        let (item, key) = match line["event"].as_str()? {
            "messageStatus" => (line.pointer("/data/payload/data/0")?, "type"),
            "message.updated" => (&line["data"], "status"),
            _ => return None,
        };
        (item["id"] == *id).then(|| item[key].as_str().unwrap().to_owned())
    };
    node.lines().iter().filter_map(state).collect()
}

/// Waits until a client was told that a message came this far.
async fn came(node: &Node, id: &Value, state: &str) {
    until(state, async || {
        states(node, id).iter().any(|it| it == state).then_some(())
    })
    .await;
}

fn delivered(message_id: &str) -> Value {
    json!({
        "bulkId": "", "messageId": message_id, "to": FRANK, "channel": "WHATSAPP",
        "status": {
            "id": 5, "groupId": 3, "groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET",
        },
        "doneAt": "2026-11-20T16:01:56.494-0300", "sentAt": "2026-11-20T16:00:58.647-0300",
    })
}

fn seen(message_id: &str) -> Value {
    json!({
        "messageId": message_id, "to": FRANK,
        "sentAt": "2026-11-20T19:01:57.793+0000", "seenAt": "2026-11-20T19:01:58.251+0000",
    })
}

#[tokio::test]
async fn an_answer_and_its_ticks_reach_every_client_once_and_in_order() {
    let (demo, connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let agent = agent_room(&demo, 0);
    let contact = contact_room(&contact_token(&demo, 1).await);
    let channel = messenger_channel(&demo);
    let mut pushers = PUSHERS.map(|client| pusher(&demo, client, &[&channel]));
    let mut cables = [
        cable(&demo, "actioncable-6", &agent),
        cable(&demo, "actioncable-8", &agent),
        raw(&demo, &[&contact]),
    ];
    for client in pushers.iter_mut().chain(&mut cables) {
        ready(client).await;
    }

    let id = agent_writes(&demo, 1, "How can I help?").await;
    let on_pusher = pushers.first().unwrap();
    came(on_pusher, &id, "sent").await;
    let message_id = connector.sent().pop().unwrap().message_id;
    demo.post(json!([delivered(&message_id)])).await.ok();
    demo.post(json!([delivered(&message_id)])).await.ok();
    came(on_pusher, &id, "delivered").await;
    demo.post(json!([seen(&message_id)])).await.ok();
    came(on_pusher, &id, "viewed").await;
    demo.post(json!([seen(&message_id), delivered(&message_id)]))
        .await
        .ok();
    agent_writes(&demo, 1, "Bye!").await;

    for client in &mut pushers {
        told(client, "Bye!").await;
        assert_eq!(texts(client), ["How can I help?", "Bye!"]);
        assert_eq!(states(client, &id), ["sent", "delivered", "viewed"]);
        let message = client.events("message")[0]["payload"]["data"][0].clone();
        assert_eq!(message["id"], id);
        assert_eq!(message["side"], "out");
        assert_eq!(message["fromMe"], true);
    }
    for client in &mut cables {
        told(client, "Bye!").await;
        assert_eq!(texts(client), ["How can I help?", "Bye!"]);
        assert_eq!(states(client, &id), ["sent", "delivered", "read"]);
        let message = client.events("message.created")[0].clone();
        assert_eq!(message["id"], id);
        assert_eq!(message["message_type"], 1);
        assert_eq!(message["sender"]["name"], "Alice Demo");
    }
}
