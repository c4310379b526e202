//! What Telegram refuses, and what becomes of it.

use serde_json::{Value, json};
use testkit::wait::until;

use super::Bot;

#[tokio::test]
async fn a_person_who_blocked_the_bot_and_too_many_messages() {
    let bot = Bot::start(&[]).await;
    bot.fake.says(10, json!({ "message_id": 7, "text": "Hi" }));
    let heard = bot.demo.seen(|it| it["content"] == "Hi").await;
    let blocked = "Forbidden: bot was blocked by the user";
    bot.fake.refuses("sendMessage", 403, blocked, Value::Null);
    bot.agent_says(&heard["conversation_id"], json!({ "content": "One" }))
        .await;
    let failed = bot
        .demo
        .seen(|it| it["content"] == "One" && it["status"] == "failed")
        .await;
    assert_eq!(
        failed["content_attributes"]["external_error"],
        format!("Telegram: {blocked}")
    );
    let slow = "Too Many Requests: retry after 1";
    let after = json!({ "retry_after": 1 });
    bot.fake.refuses("sendMessage", 429, slow, after);
    bot.agent_says(&heard["conversation_id"], json!({ "content": "Two" }))
        .await;
    bot.demo
        .seen(|it| it["content"] == "Two" && it["source_id"] == "42:1001")
        .await;
}

#[tokio::test]
async fn a_file_that_a_bot_may_not_have_keeps_nothing_else_waiting() {
    let bot = Bot::start(&[]).await;
    let text = "Bad Request: file is too big";
    bot.fake.refuses("getFile", 400, text, Value::Null);
    let film = json!({ "file_id": "f", "file_name": "film.mp4", "file_size": 90_000_000 });
    bot.fake.says(
        10,
        json!({ "message_id": 7, "video": film, "caption": "Look" }),
    );
    bot.fake
        .says(11, json!({ "message_id": 8, "text": "And?" }));
    bot.demo.seen(|it| it["content"] == "And?").await;
    let seen = bot.demo.seen(|it| it["source_id"] == "42:7").await;
    assert_eq!(
        seen["content"],
        format!("Look\n[film.mp4: Telegram: {text}]")
    );
}

#[tokio::test]
async fn a_token_that_is_none_any_more_pauses_the_inbox() {
    let bot = Bot::start(&[]).await;
    bot.fake.says(10, json!({ "message_id": 7, "text": "Hi" }));
    bot.demo.seen(|it| it["content"] == "Hi").await;
    bot.fake
        .refuses("getUpdates", 401, "Unauthorized", Value::Null);
    let path = format!("/inboxes/{}", bot.inbox);
    until("the inbox to pause", async || {
        let shown = bot.demo.agent("GET", &path, None).await.ok();
        (shown["paused_because"] == "Telegram: Unauthorized").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_somebody_set_is_taken_away_again() {
    let bot = Bot::start(&[]).await;
    bot.fake.called("deleteWebhook", 1).await;
    let text = "Conflict: can't use getUpdates method while webhook is active";
    bot.fake.refuses("getUpdates", 409, text, Value::Null);
    bot.fake.called("deleteWebhook", 2).await;
    bot.fake.says(10, json!({ "message_id": 7, "text": "Hi" }));
    bot.demo.seen(|it| it["content"] == "Hi").await;
}
