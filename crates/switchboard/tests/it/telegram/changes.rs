//! What is done to messages that are out, emoji, and what a chat is shown of us.

use serde_json::{Value, json};
use testkit::http::{Answer, Form};

use super::Bot;

impl Bot {
    /// What Ann said first.
    async fn greeted(&self) -> Value {
        self.fake.says(10, json!({ "message_id": 7, "text": "Hi" }));
        self.demo.seen(|it| it["content"] == "Hi").await
    }

    /// What an agent said, once Telegram has it.
    async fn said(&self, heard: &Value, text: &str) -> Value {
        self.agent_says(&heard["conversation_id"], json!({ "content": text }))
            .await;
        self.demo
            .seen(|it| it["content"] == text && it["source_id"] != Value::Null)
            .await
    }

    async fn change(&self, method: &str, message: &Value, body: Option<Value>) -> Answer {
        let path = format!(
            "/conversations/{}/messages/{}",
            message["conversation_id"], message["id"]
        );
        self.demo.agent(method, &path, body).await
    }
}

#[tokio::test]
async fn what_was_said_is_changed_and_taken_back() {
    let bot = Bot::start(&[]).await;
    let heard = bot.greeted().await;
    let said = bot.said(&heard, "Helo").await;
    let changed = bot.change("PATCH", &said, Some(json!({ "content": "Hello" })));
    assert_eq!(changed.await.ok()["content"], "Hello");
    assert_eq!(
        bot.fake.called("editMessageText", 1).await,
        json!({ "chat_id": 42, "message_id": 1001, "text": "Hello" })
    );
    let text = "message can't be edited";
    bot.fake.refuses(
        "editMessageText",
        400,
        &format!("Bad Request: {text}"),
        Value::Null,
    );
    let refused = bot
        .change("PATCH", &said, Some(json!({ "content": "Too late" })))
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains(text), "{}", refused.text());
    for (whose, body) in [
        (&heard, json!({ "content": "Not mine" })),
        (&said, json!({ "content": "" })),
    ] {
        assert_eq!(bot.change("PATCH", whose, Some(body)).await.status, 422);
    }
    let text = "message can't be deleted for everyone";
    bot.fake.refuses(
        "deleteMessage",
        400,
        &format!("Bad Request: {text}"),
        Value::Null,
    );
    let refused = bot.change("DELETE", &said, None).await;
    assert!(refused.text().contains(text), "{}", refused.text());
    // Nothing of all that was told to anybody.
    let now = bot.demo.seen(|it| it["id"] == said["id"]).await;
    assert_eq!(now["content"], "Hello");
    bot.change("DELETE", &said, None).await.ok();
    assert_eq!(
        bot.fake.called("deleteMessage", 2).await,
        json!({ "chat_id": 42, "message_id": 1001 })
    );
    bot.demo
        .seen(|it| it["id"] == said["id"] && it["content_attributes"]["deleted"] == true)
        .await;
    assert_eq!(bot.fake.calls("editMessageText").len(), 2);
}

#[tokio::test]
async fn every_part_is_taken_back_and_a_caption_is_a_caption() {
    let bot = Bot::start(&[]).await;
    let heard = bot.greeted().await;
    let path = format!("/conversations/{}/messages", heard["conversation_id"]);
    let form = Form::default()
        .text("content", "Two things")
        .file("attachments[]", "a.txt", "text/plain", b"words")
        .file("attachments[]", "b.txt", "text/plain", b"words");
    bot.demo.agent_form(&path, form).await.ok();
    let sent = |text: &'static str| {
        bot.demo
            .seen(move |it| it["content"] == text && it["source_id"] != Value::Null)
    };
    bot.fake.call("sendDocument").await;
    testkit::wait::until("both files", async || {
        (bot.fake.calls("sendDocument").len() == 2).then_some(())
    })
    .await;
    let said = sent("Two things").await;
    testkit::wait::until("the last part to be settled", async || {
        let all = bot.demo.figure("switchboard_deliveries_pending").await;
        (all == 0).then_some(())
    })
    .await;
    bot.change("DELETE", &said, None).await.ok();
    for (times, number) in [(1, 1001), (2, 1002), (3, 1003)] {
        let deleted = bot.fake.called("deleteMessage", times).await;
        assert_eq!(deleted["message_id"], number);
    }
    let form = Form::default().text("content", "Lok").file(
        "attachments[]",
        "a.png",
        "image/png",
        b"\x89PNG\r\n\x1a\n",
    );
    bot.demo.agent_form(&path, form).await.ok();
    let said = sent("Lok").await;
    bot.change("PATCH", &said, Some(json!({ "content": "Look" })))
        .await
        .ok();
    assert_eq!(
        bot.fake.called("editMessageCaption", 1).await,
        json!({ "chat_id": 42, "message_id": 1004, "caption": "Look" })
    );
}

#[tokio::test]
async fn emoji_are_put_beside_messages_and_taken_away() {
    let bot = Bot::start(&[]).await;
    let heard = bot.greeted().await;
    let said = bot.said(&heard, "Hello").await;
    let reacts = |update: i64, emoji: Value| {
        bot.fake
            .brings(json!({ "update_id": update, "message_reaction": {
            "chat": { "id": 42, "type": "private" }, "message_id": 1001, "date": 1_795_176_000,
            "user": { "id": 42, "is_bot": false, "first_name": "Ann" },
            "old_reaction": [], "new_reaction": emoji } }));
    };
    reacts(11, json!([{ "type": "emoji", "emoji": "👍" }]));
    let beside = bot.demo.seen(|it| it["content"] == "👍").await;
    assert_eq!(beside["content_attributes"]["in_reply_to"], said["id"]);
    assert_eq!(beside["conversation_id"], said["conversation_id"]);
    reacts(12, json!([]));
    let number = beside["conversation_id"].as_i64().unwrap();
    let all = testkit::wait::until("the emoji to go", async || {
        let all = bot.demo.messages(number).await;
        (all.len() == 4).then_some(all)
    })
    .await;
    assert_eq!(all[3]["content"], Value::Null);
    assert_eq!(all[3]["content_attributes"]["in_reply_to"], said["id"]);
    let body = json!({ "content": "🎉", "content_attributes": { "reaction_to": "42:7" } });
    bot.agent_says(&heard["conversation_id"], body).await;
    assert_eq!(
        bot.fake.called("setMessageReaction", 1).await,
        json!({ "chat_id": 42, "message_id": 7,
            "reaction": [{ "type": "emoji", "emoji": "🎉" }] })
    );
}

#[tokio::test]
async fn a_customer_sees_that_an_agent_types() {
    let bot = Bot::start(&[]).await;
    let heard = bot.greeted().await;
    let path = format!(
        "/conversations/{}/toggle_typing_status",
        heard["conversation_id"]
    );
    for body in [
        json!({ "typing_status": "on", "is_private": true }),
        json!({ "typing_status": "off" }),
        json!({ "typing_status": "on" }),
    ] {
        let told = bot.demo.agent("POST", &path, Some(body)).await;
        assert_eq!(told.status, 200);
    }
    assert_eq!(
        bot.fake.called("sendChatAction", 1).await,
        json!({ "chat_id": 42, "action": "typing" })
    );
    assert_eq!(bot.fake.calls("sendChatAction").len(), 1);
}
