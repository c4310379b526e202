//! What happens in a phone is seen by ChatApp's and OneChat's programs, and answered from there.

use serde_json::{Value, json};

use super::{ANN, Bot, DORA};

/// Calls ChatApp's REST interface.
async fn chatapp(bot: &Bot, method: &str, path: &str, body: Option<Value>) -> Value {
    let license = bot.demo.text("/maytapi/phones/0/license_id");
    let path = format!("/v1/licenses/{license}/messengers/grWhatsApp{path}");
    let token = bot.demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.map(|it| it.to_string()).unwrap_or_default();
    let answer = bot
        .demo
        .client
        .send(method, &bot.demo.url(&path), &headers, body)
        .await;
    let mut answer = answer.ok();
    assert_eq!(answer["success"], true);
    answer["data"].take()
}

#[tokio::test]
async fn chatapps_programs_see_and_answer_it() {
    let bot = Bot::start().await;
    bot.world("say", json!({ "from": ANN, "name": "Ann", "text": "Hi" }))
        .await;
    let chat = format!("{ANN}@c.us");
    let chats = chatapp(&bot, "GET", "/chats", None).await;
    assert_eq!(chats["items"][0]["id"], chat.as_str(), "{chats}");
    let path = format!("/chats/{chat}/messages/text");
    chatapp(&bot, "POST", &path, Some(json!({ "text": "Hello Ann" }))).await;
    bot.seen("it to be read", |it| {
        it["content"] == "Hello Ann" && it["status"] == "read"
    })
    .await;
    // A number that never wrote is written to as well.
    let path = format!("/chats/{DORA}/messages/text");
    chatapp(&bot, "POST", &path, Some(json!({ "text": "ping" }))).await;
    bot.seen("the echo", |it| it["content"] == "You said: ping")
        .await;
}

#[tokio::test]
async fn an_agent_answers_with_files_in_parts() {
    let bot = Bot::start().await;
    bot.world("say", json!({ "from": DORA, "text": "Send me something" }))
        .await;
    let asked = bot
        .seen("the question", |it| it["content"] == "Send me something")
        .await;
    let number = asked["conversation_id"].as_i64().unwrap();
    let body = json!({ "content": "Here you are" });
    let path = format!("/conversations/{number}/messages");
    bot.demo.agent("POST", &path, Some(body)).await.ok();
    bot.seen("the echo", |it| it["content"] == "You said: Here you are")
        .await;
}
