//! What a customer is shown of us, and what cannot be done to a message that is out.

use serde_json::json;
use testkit::receiver::Reply;

use super::Cloud;

#[tokio::test]
async fn a_customer_sees_that_an_agent_reads_and_types() {
    let cloud = Cloud::start().await;
    cloud.hears("wamid.A", "Hi").await;
    let conversation = cloud.hears("wamid.B", "Anybody?").await;
    let seen = format!("/conversations/{conversation}/update_last_seen");
    for _ in 0..2 {
        cloud.demo.agent("POST", &seen, None).await.ok();
    }
    assert_eq!(
        cloud.got(1).await,
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.B" })
    );
    // A network that does not take it is nobody's trouble.
    cloud
        .meta
        .answer_next("/v21.0/111/messages", Reply::status(500));
    let types = format!("/conversations/{conversation}/toggle_typing_status");
    for word in ["on", "off", "on"] {
        let body = json!({ "typing_status": word });
        let told = cloud.demo.agent("POST", &types, Some(body)).await;
        assert_eq!(told.status, 200);
    }
    assert_eq!(
        cloud.got(3).await,
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.B",
            "typing_indicator": { "type": "text" } })
    );
    assert_eq!(cloud.meta.got("/v21.0/111/messages").len(), 3);
}

#[tokio::test]
async fn what_meta_lets_nobody_change_stays_as_it_is() {
    let cloud = Cloud::start().await;
    let conversation = cloud.hears("wamid.A", "Hi").await;
    cloud.takes("wamid.B");
    cloud
        .agent_says(conversation, json!({ "content": "Helo" }))
        .await;
    let said = cloud.demo.seen(|it| it["source_id"] == "wamid.B").await;
    let path = format!("/conversations/{conversation}/messages/{}", said["id"]);
    let body = json!({ "content": "Hello" });
    let refused = cloud.demo.agent("PATCH", &path, Some(body)).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("lets nobody change"),
        "{}",
        refused.text()
    );
    let now = cloud.demo.seen(|it| it["id"] == said["id"]).await;
    assert_eq!(now["content"], "Helo");
    // A note is ours alone.
    let note = json!({ "content": "Nte", "private": true });
    cloud.agent_says(conversation, note).await;
    let note = cloud.demo.seen(|it| it["content"] == "Nte").await;
    let path = format!("/conversations/{conversation}/messages/{}", note["id"]);
    let body = json!({ "content": "Note" });
    cloud.demo.agent("PATCH", &path, Some(body)).await.ok();
    cloud.demo.seen(|it| it["content"] == "Note").await;
    assert_eq!(cloud.meta.got("/v21.0/111/messages").len(), 1);
}
