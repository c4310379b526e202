//! The sandbox's world: people, phones that write to one another, bans, and many of them.

use serde_json::{Value, json};

use super::{ANN, Bot, DORA};

#[tokio::test]
async fn people_behave_as_their_numbers_end() {
    let bot = Bot::start().await;
    for (to, status) in [
        ("447700900000", "failed"),
        ("447700901111", "sent"),
        ("447700902222", "delivered"),
        (ANN, "read"),
    ] {
        let text = format!("to {to}");
        bot.send_text(to, &text).await;
        bot.seen(status, |it| {
            it["content"] == text.as_str() && it["status"] == status
        })
        .await;
    }
    bot.send_text(DORA, "ping").await;
    bot.seen("the echo", |it| it["content"] == "You said: ping")
        .await;
}

#[tokio::test]
async fn somebody_follows_a_script() {
    let bot = Bot::start().await;
    let script = json!({ "number": ANN, "name": "Ann", "rules": [
        { "when": "price", "say": "Too much" }, { "say": "I see: {text}" },
    ]});
    bot.world("script", script).await;
    bot.send_text(ANN, "The PRICE is 9").await;
    bot.seen("the first rule", |it| it["content"] == "Too much")
        .await;
    bot.send_text(ANN, "Sorry").await;
    bot.seen("the other", |it| it["content"] == "I see: Sorry")
        .await;
}

#[tokio::test]
async fn phones_of_one_server_reach_one_another() {
    let bot = Bot::start().await;
    let body = json!({ "number": "447700900300" });
    let added = bot
        .call("POST", &bot.product("addPhone"), Some(body))
        .await
        .ok();
    let other = added["id"].as_i64().unwrap();
    let path = bot.product(&format!("{other}/qrCode?format=text"));
    let code = bot.call("GET", &path, None).await.text();
    bot.call("POST", "/sandbox/scan", Some(json!({ "code": code })))
        .await
        .ok();
    bot.when_in("active", other).await;
    let id = bot.send_text("447700900300", "from one to the other").await;
    let got = bot
        .seen("it at the other", |it| {
            it["inbox_id"] == other && it["source_id"] == id.as_str()
        })
        .await;
    assert_eq!(
        (&got["content"], &got["message_type"]),
        (&json!("from one to the other"), &json!(0))
    );
}

#[tokio::test]
async fn what_is_written_to_a_phone_out_of_reach_arrives_later_in_order() {
    let bot = Bot::start().await;
    bot.world("offline", json!({})).await;
    for text in ["one", "two", "three"] {
        bot.world("say", json!({ "from": ANN, "text": text })).await;
    }
    assert_eq!(bot.get("contacts").await["data"], json!([]));
    bot.world("online", json!({})).await;
    let last = bot.seen("the last", |it| it["content"] == "three").await;
    let number = last["conversation_id"].as_i64().unwrap();
    let all = bot.demo.messages(number).await;
    let texts: Vec<&Value> = all.iter().map(|it| &it["content"]).collect();
    assert_eq!(texts, ["one", "two", "three"]);
}
