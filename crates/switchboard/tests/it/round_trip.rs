//! One message goes round: in through a connector, out through the agent's answer, and its ticks back.

use serde_json::{Value, json};
use testkit::{connector::Connector, demo::Demo, wait::until};

use crate::BINARY;

#[tokio::test]
async fn a_message_comes_in_is_answered_and_reported_on() {
    let connector = Connector::start().await;
    let demo = Demo::start(BINARY, Some(&connector.url())).await;
    let item = demo.inbound("385919998888", "in-1", "Support hello");
    let taken = demo.post(json!([item])).await.ok();
    assert_eq!(taken["messages"][0]["status"], "accepted");
    let again = demo.post(json!([item])).await.ok();
    assert_eq!(again["messages"][0]["status"], "duplicate");

    let page = demo
        .agent("GET", "/conversations/1/messages", None)
        .await
        .ok();
    assert_eq!(page["payload"].as_array().unwrap().len(), 1);
    assert_eq!(page["payload"][0]["content"], "Support hello");

    let answer = json!({ "content": "How can I help?", "echo_id": "e-1" });
    let answer = demo
        .agent("POST", "/conversations/1/messages", Some(answer))
        .await
        .ok();
    assert_eq!(answer["echo_id"], "e-1");
    let sent = until("the connector to get the answer", async || {
        connector.sent().pop()
    })
    .await;
    assert_eq!(
        sent.body,
        json!({
            "scenarioKey": demo.text("/ctlive/scenario_key"),
            "destinations": [{ "to": { "phoneNumber": "385919998888" } }],
            "whatsApp": { "text": "How can I help?" },
        })
    );
    assert_eq!(sent.authorization, demo.basic());

    let status = async |wanted: &str| {
        until(wanted, async || {
            let page = demo
                .agent("GET", "/conversations/1/messages", None)
                .await
                .ok();
            let found: &Value = &page["payload"][1];
            (found["status"] == wanted && found["source_id"] == sent.message_id.as_str())
                .then_some(())
        })
        .await;
    };
    status("sent").await;
    let delivered = json!([{
        "bulkId": "", "messageId": sent.message_id, "to": "385919998888", "channel": "WHATSAPP",
        "status": { "id": 5, "groupId": 3, "groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET" },
        "doneAt": "2026-11-20T16:01:56.494-0300", "sentAt": "2026-11-20T16:00:58.647-0300",
    }]);
    demo.post(delivered.clone()).await.ok();
    status("delivered").await;
    let seen = json!([{
        "messageId": sent.message_id, "to": "385919998888",
        "sentAt": "2026-11-20T19:01:57.793+0000", "seenAt": "2026-11-20T19:01:58.251+0000",
    }]);
    demo.post(seen).await.ok();
    status("read").await;
    // A late lower report changes nothing.
    let late = demo.post(delivered).await.ok();
    assert_eq!(late["messages"][0]["status"], "duplicate");
    status("read").await;
}
