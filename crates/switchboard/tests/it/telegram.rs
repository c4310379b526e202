//! A Telegram bot, with a fake of the Bot API.

mod changes;
mod chats;
mod failures;
mod fake;

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Form, wait::until};
use wire::telegram::update::ALLOWED;

use crate::BINARY;

pub(crate) use fake::Fake;
use fake::update;

/// A demo with a bot.
pub(crate) struct Bot {
    pub(crate) demo: Demo,
    pub(crate) fake: Fake,
    pub(crate) inbox: i64,
}

impl Bot {
    pub(crate) async fn start(more: &[&str]) -> Self {
        let mut demo = Demo::start(BINARY, None).await;
        let fake = Fake::start().await;
        demo.kill();
        let inbox = fake.set_up(&demo, None, more);
        demo.restart().await;
        Self { demo, fake, inbox }
    }

    pub(crate) async fn agent_says(&self, conversation: &Value, body: Value) {
        let path = format!("/conversations/{conversation}/messages");
        self.demo.agent("POST", &path, Some(body)).await.ok();
    }
}

#[tokio::test]
async fn a_bot_asks_for_news_and_answers() {
    let bot = Bot::start(&[]).await;
    bot.fake.says(10, json!({ "message_id": 7, "text": "Hi" }));
    let heard = bot.demo.seen(|it| it["content"] == "Hi").await;
    assert_eq!(
        (&heard["inbox_id"], &heard["source_id"]),
        (&json!(bot.inbox), &json!("42:7"))
    );
    assert_eq!(heard["sender"]["name"], "Ann");
    let body = json!({ "content": "Hello", "content_attributes": { "in_reply_to": heard["id"] } });
    bot.agent_says(&heard["conversation_id"], body).await;
    let sent: Value = serde_json::from_slice(&bot.fake.call("sendMessage").await).unwrap();
    assert_eq!(
        sent,
        json!({ "chat_id": 42, "text": "Hello",
            "reply_parameters": { "message_id": 7, "allow_sending_without_reply": true } })
    );
    bot.demo
        .seen(|it| it["source_id"] == "42:1001" && it["status"] == "sent")
        .await;

    bot.fake.tells(
        11,
        "edited_message",
        json!({ "message_id": 7, "text": "Hi there" }),
    );
    bot.demo
        .seen(|it| it["source_id"] == "42:7" && it["content"] == "Hi there")
        .await;
    // What was taken in is asked for no more.
    until("the next place", async || {
        let asked = bot.fake.calls("getUpdates").pop()?;
        let asked: Value = serde_json::from_slice(&asked).unwrap();
        (asked["offset"] == 12).then_some(())
    })
    .await;
}

#[tokio::test]
async fn files_go_both_ways() {
    let bot = Bot::start(&[]).await;
    let photo = json!([{ "file_id": "small" }, { "file_id": "large" }]);
    bot.fake.says(
        10,
        json!({ "message_id": 7, "photo": photo, "caption": "Look" }),
    );
    let heard = bot.demo.seen(|it| it["content"] == "Look").await;
    assert_eq!(heard["attachments"].as_array().unwrap().len(), 1);
    let file: Value = serde_json::from_slice(&bot.fake.call("getFile").await).unwrap();
    assert_eq!(file["file_id"], "large");

    let form = Form::default().text("content", "Here").file(
        "attachments[]",
        "a.txt",
        "text/plain",
        b"some words",
    );
    let path = format!("/conversations/{}/messages", heard["conversation_id"]);
    bot.demo.agent_form(&path, form).await.ok();
    let sent = String::from_utf8(bot.fake.call("sendDocument").await).unwrap();
    for part in [
        "name=\"chat_id\"\r\n\r\n42",
        "filename=\"a.txt\"",
        "some words",
    ] {
        assert!(sent.contains(part), "{sent}");
    }
}

#[tokio::test]
async fn a_bot_with_a_webhook_is_told_there() {
    let bot = Bot::start(&["--webhook-secret", "our-word"]).await;
    let told: Value = serde_json::from_slice(&bot.fake.call("setWebhook").await).unwrap();
    let path = format!("/telegram/{}", bot.inbox);
    assert_eq!(
        told,
        json!({ "url": bot.demo.url(&path), "secret_token": "our-word", "allowed_updates": ALLOWED })
    );
    let post = async |secret: &str, body: String| {
        let headers = [("x-telegram-bot-api-secret-token", secret)];
        let url = bot.demo.url(&path);
        bot.demo
            .client
            .send("POST", &url, &headers, body)
            .await
            .status
    };
    let hi = update(10, "message", json!({ "message_id": 7, "text": "Hi" })).to_string();
    assert_eq!(post("another", hi.clone()).await, 401);
    assert_eq!(post("our-word", "{".to_owned()).await, 400);
    for _ in 0..2 {
        assert_eq!(post("our-word", hi.clone()).await, 200);
    }
    let heard = bot.demo.seen(|it| it["content"] == "Hi").await;
    let number = heard["conversation_id"].as_i64().unwrap();
    assert_eq!(bot.demo.messages(number).await.len(), 1);
    assert!(bot.fake.calls("getUpdates").is_empty());
}
