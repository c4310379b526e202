//! What Meta brings beside texts and files, and for whom.

use serde_json::{Value, json};
use testkit::{receiver::Reply, wait::until};

use super::{ANN, Cloud, SECRET};

#[tokio::test]
async fn orders_forms_news_and_what_meta_does_not_hand_on_are_told_in_words() {
    let cloud = Cloud::start().await;
    let item = json!({ "product_retailer_id": "tea-1", "quantity": "2", "item_price": 3.5,
        "currency": "GBP" });
    let all = [
        (
            json!({ "type": "order", "order": { "catalog_id": "9", "text": "Please",
                "product_items": [item] } }),
            "Please\n2 × tea-1 (3.5 GBP)",
        ),
        (
            json!({ "type": "system", "system": { "type": "user_changed_number",
                "body": "Ann changed from 447700900123 to 447700900124", "wa_id": "447700900124" } }),
            "Ann changed from 447700900123 to 447700900124",
        ),
        (
            json!({ "type": "interactive", "interactive": { "type": "list_reply",
                "list_reply": { "id": "b", "title": "Coffee", "description": "black" } } }),
            "Coffee",
        ),
        (
            json!({ "type": "interactive", "interactive": { "type": "nfm_reply",
                "nfm_reply": { "name": "flow", "body": "Sent", "response_json": "{\"size\":2}" } } }),
            "Sent\n{\"size\":2}",
        ),
        (
            json!({ "type": "button", "button": { "payload": "yes", "text": "Yes, please" } }),
            "Yes, please",
        ),
        (
            json!({ "type": "unsupported", "errors": [{ "code": 131_051,
                "title": "Message type unknown" }] }),
            "[unsupported] Message type unknown (131051)",
        ),
    ];
    for (number, (message, text)) in all.into_iter().enumerate() {
        let id = format!("wamid.{number}");
        let mut message = message;
        message["id"] = json!(id);
        assert_eq!(cloud.brings(message).await.status, 200);
        let seen = cloud.demo.seen(|it| it["source_id"] == *id).await;
        assert_eq!(seen["content"], text);
    }
}

#[tokio::test]
async fn an_emoji_that_is_taken_away_leaves_no_words() {
    let cloud = Cloud::start().await;
    cloud.hears("wamid.A", "Hi").await;
    for (id, emoji, content) in [
        ("wamid.R", json!("👍"), json!("👍")),
        ("wamid.S", json!(""), Value::Null),
    ] {
        let reaction = json!({ "message_id": "wamid.A", "emoji": emoji });
        let message = json!({ "id": id, "type": "reaction", "reaction": reaction });
        assert_eq!(cloud.brings(message).await.status, 200);
        let seen = cloud.demo.seen(|it| it["source_id"] == id).await;
        assert_eq!(seen["content"], content);
        assert_eq!(
            seen["content_attributes"]["in_reply_to_external_id"],
            "wamid.A"
        );
    }
}

#[tokio::test]
async fn a_file_that_meta_has_no_more_is_told_of_and_one_that_it_may_have_is_asked_for_again() {
    let cloud = Cloud::start().await;
    let message = json!({ "id": "wamid.I", "type": "document",
        "document": { "id": "77", "filename": "offer.pdf", "caption": "Look" } });
    let place = json!({ "url": cloud.meta.url("/file"), "mime_type": "application/pdf" });
    let here = Reply::status(200).saying(place.to_string());
    cloud.meta.answer("/v21.0/77", here);
    cloud.meta.answer("/file", Reply::status(503));
    assert_eq!(cloud.brings(message.clone()).await.status, 503);
    cloud.meta.answer("/file", Reply::status(404));
    assert_eq!(cloud.brings(message).await.status, 200);
    let seen = cloud.demo.seen(|it| it["source_id"] == "wamid.I").await;
    let text = seen["content"].as_str().unwrap();
    assert!(text.starts_with("Look\n[offer.pdf: "), "{text}");
    assert!(text.contains("404"), "{text}");
}

#[tokio::test]
async fn numbers_that_are_not_ours_and_other_fields_are_passed_over() {
    let cloud = Cloud::start().await;
    let message = |id: &str| {
        json!({ "messages": [{ "id": id, "from": ANN, "timestamp": "1795176000", "type": "text",
            "text": { "body": id } }] })
    };
    let all = [
        ("messages", "999", message("wamid.X")),
        (
            "phone_number_quality_update",
            "111",
            json!({ "event": "FLAGGED" }),
        ),
        (
            "message_template_status_update",
            "",
            json!({ "event": "APPROVED", "reason": null }),
        ),
        ("messages", "111", message("wamid.A")),
    ];
    assert_eq!(cloud.post_all("another", &all).await.status, 401);
    for _ in 0..2 {
        assert_eq!(cloud.post_all(SECRET, &all).await.status, 200);
    }
    let seen = cloud.demo.seen(|it| it["source_id"] == "wamid.A").await;
    let number = seen["conversation_id"].as_i64().unwrap();
    assert_eq!(cloud.demo.messages(number).await.len(), 1);
    let list = cloud.demo.agent("GET", "/conversations?status=all", None);
    let list = list.await.ok();
    assert_eq!(list["data"]["payload"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn bans_stop_the_number() {
    let cloud = Cloud::start().await;
    let conversation = cloud.hears("wamid.A", "Hi").await;
    let path = format!("/inboxes/{}", cloud.inbox);
    let paused = async |because: &str| {
        until("the inbox to pause", async || {
            let shown = cloud.demo.agent("GET", &path, None).await.ok();
            (shown["paused_because"] == because).then_some(())
        })
        .await;
        let resume = format!("{path}/resume");
        cloud.demo.agent("POST", &resume, None).await.ok();
    };
    // In the answer to a message, which waits,
    let spam = json!({ "error": { "code": 131_048, "message": "Spam rate limit hit" } });
    let reply = Reply::status(400).saying(spam.to_string());
    cloud.meta.answer_next("/v21.0/111/messages", reply);
    cloud.takes("wamid.B");
    cloud
        .agent_says(conversation, json!({ "content": "Hello" }))
        .await;
    paused("the Cloud API: Spam rate limit hit (131048)").await;
    cloud
        .demo
        .seen(|it| it["source_id"] == "wamid.B" && it["status"] == "sent")
        .await;
    // in what became of one,
    let locked = json!({ "code": 131_031, "title": "Account has been locked" });
    let report = json!({ "id": "wamid.B", "status": "failed", "errors": [locked] });
    cloud.reports(report).await;
    paused("the Cloud API: Account has been locked (131031)").await;
    let failed = cloud
        .demo
        .seen(|it| it["source_id"] == "wamid.B" && it["status"] == "failed")
        .await;
    assert_eq!(
        failed["content_attributes"]["external_error"],
        "Account has been locked (131031)"
    );
    // and for the whole account.
    let ban = json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": "DISABLE" } });
    let all = [("account_update", "", ban)];
    assert_eq!(cloud.post_all(SECRET, &all).await.status, 200);
    paused("the Cloud API: the business account was disabled").await;
}

#[tokio::test]
async fn limits_of_rates_are_waited_for() {
    let cloud = Cloud::start().await;
    let conversation = cloud.hears("wamid.A", "Hi").await;
    for (status, code, id) in [(429, 130_429, "wamid.B"), (400, 131_056, "wamid.C")] {
        let slow = json!({ "error": { "code": code, "message": "Too many" } });
        let reply = Reply::status(status).saying(slow.to_string());
        cloud
            .meta
            .answer_next("/v21.0/111/messages", reply.with("retry-after", "0"));
        cloud.takes(id);
        cloud
            .agent_says(conversation, json!({ "content": format!("{code}") }))
            .await;
        cloud
            .demo
            .seen(|it| it["source_id"] == id && it["status"] == "sent")
            .await;
    }
}
