//! What a product's webhook is told, in either form.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use testkit::{
    receiver::{Hook, Receiver, Reply},
    wait::until,
};

use super::{ANN, Bot, DORA, hook, keys};

#[tokio::test]
async fn a_message_in_the_documented_form_and_the_answer_to_its_address() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "documented").await;
    bot.world(
        "say",
        json!({ "from": ANN, "name": "Ann", "text": "Is it there?", "id": "M1" }),
    )
    .await;
    let told = hook(&receiver, "/bot", "the message", |it| {
        it["type"] == "message"
    })
    .await;
    let reply = told["reply"].as_str().unwrap().to_owned();
    let expected = json!({
        "productId": bot.product, "phoneId": bot.phone,
        "message": { "type": "text", "id": "M1", "text": "Is it there?", "fromMe": false },
        "user": { "id": format!("{ANN}@c.us"), "name": "Ann", "phone": ANN, "image": "" },
        "conversation": format!("{ANN}@c.us"), "receiver": "447700900200",
        "timestamp": told["timestamp"], "type": "message", "reply": reply,
    });
    assert_eq!(told, expected);
    let path = reply.strip_prefix(&bot.demo.url("")).unwrap();
    let body = json!({ "to_number": told["conversation"], "type": "text", "message": "Yes" });
    bot.call("POST", path, Some(body)).await.ok();
}

#[tokio::test]
async fn a_message_of_every_type_in_either_form() {
    for form in ["documented", "current"] {
        every_type(form).await;
    }
}

/// What somebody says, and the type of the message that it is.
fn everything() -> Vec<(Value, &'static str)> {
    let data = |kind: &str| format!("data:{kind};base64,{}", STANDARD.encode(b"words"));
    let picture = STANDARD.encode(b"\x89PNG\r\n\x1a\nnot really");
    vec![
        (json!({ "text": "plain" }), "text"),
        (json!({ "media": picture, "text": "look" }), "image"),
        (json!({ "media": data("video/mp4") }), "video"),
        (json!({ "media": data("audio/mpeg") }), "audio"),
        (
            json!({ "media": data("application/pdf"), "filename": "offer.pdf" }),
            "document",
        ),
        (json!({ "media": picture, "kind": "sticker" }), "sticker"),
        (json!({ "media": picture, "kind": "voice" }), "ptt"),
        (
            json!({ "location": [38.39, 28.96], "title": "Here" }),
            "location",
        ),
        (
            json!({ "vcard": { "displayName": "Bob", "vcard": "BEGIN:VCARD" } }),
            "vcard",
        ),
        (json!({ "text": "😀", "reaction_to": "M-text" }), "reaction"),
    ]
}

async fn every_type(form: &str) {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", form).await;
    for (say, kind) in everything() {
        let mut say = say;
        say["from"] = json!(ANN);
        say["id"] = json!(format!("M-{kind}"));
        bot.world("say", say).await;
        let told = hook(&receiver, "/bot", kind, |it| it["message"]["type"] == kind).await;
        let (product, phone) = match form {
            "current" => (&told["productId"], &told["phoneId"]),
            _ => (&Value::Null, &Value::Null),
        };
        assert_eq!((&told["product_id"], &told["phone_id"]), (product, phone));
        assert_eq!(
            (&told["productId"], &told["phoneId"]),
            (&json!(bot.product), &json!(bot.phone))
        );
        let message = &told["message"];
        assert_eq!(message["id"], format!("M-{kind}"));
        match kind {
            "image" => {
                assert_eq!(
                    (&message["caption"], &message["mime"]),
                    (&json!("look"), &json!("image/png"))
                );
                let url = message["url"].as_str().unwrap();
                let file = bot.demo.client.send("GET", url, &[], "").await;
                assert!(file.body.starts_with(b"\x89PNG"));
            }
            "document" => assert_eq!(
                (&message["filename"], &message["mime"]),
                (&json!("offer.pdf"), &json!("application/pdf"))
            ),
            "location" => assert_eq!(message["payload"], "38.39,28.96"),
            "vcard" => assert_eq!(
                message["vcardList"],
                json!([{ "displayName": "Bob", "vcard": "BEGIN:VCARD" }])
            ),
            "reaction" => assert_eq!(
                (&message["text"], &message["msgId"]),
                (&json!("😀"), &json!("M-text"))
            ),
            _ => {}
        }
    }
    bot.world(
        "say",
        json!({ "from": ANN, "text": "About that", "reply_to": "M-text" }),
    )
    .await;
    let told = hook(&receiver, "/bot", "the reply", |it| {
        it["message"]["text"] == "About that"
    })
    .await;
    if form == "current" {
        assert_eq!(
            (&told["quoted"]["id"], &told["quoted"]["text"]),
            (&json!("M-text"), &json!("plain"))
        );
        assert_eq!(told["quoted"]["user"]["phone"], ANN);
    }
}

async fn set_acks(bot: &Bot, on: bool) {
    let path = bot.product("setAckPreference");
    bot.call("POST", &path, Some(json!({ "preference": on })))
        .await
        .ok();
}

/// The acknowledgements of a message, over all posts, as they came.
fn acks(hooks: &[Hook], list: impl Fn(&Value) -> Option<Vec<Value>>, id: &str) -> Vec<String> {
    let all = hooks.iter().filter_map(|it| list(&it.json())).flatten();
    let mine = all.filter(|it| it["msgId"] == id);
    mine.map(|it| it["ackType"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn acknowledgements_come_in_a_bare_array_only_if_they_are_wanted() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "documented").await;
    bot.send_text(DORA, "unwanted").await;
    hook(&receiver, "/bot", "the answer", |it| {
        it["type"] == "message"
    })
    .await;
    set_acks(&bot, true).await;
    let first = bot.send_text(ANN, "wanted").await;
    let second = bot.send_text(ANN, "wanted too").await;
    let list = |it: &Value| it.as_array().cloned();
    let told = until("every tick", async || {
        let hooks = receiver.got("/bot");
        let done = |id: &str| acks(&hooks, list, id).contains(&"seen".to_owned());
        (done(&first) && done(&second)).then_some(hooks)
    })
    .await;
    let posts: Vec<Value> = told
        .iter()
        .map(Hook::json)
        .filter(Value::is_array)
        .collect();
    let item = posts[0][0].clone();
    assert_eq!(keys(&item), ["ackType", "chatId", "msgId"]);
    assert_eq!(item["chatId"], format!("{ANN}@c.us"));
    // Gathered: both messages' ticks take fewer posts than there are ticks.
    let ticks: usize = posts.iter().map(|it| it.as_array().unwrap().len()).sum();
    assert!(posts.len() < ticks, "{posts:?}");
    assert_eq!(acks(&told, list, &first).last().unwrap(), "seen");
    set_acks(&bot, false).await;
}

#[tokio::test]
async fn a_deletion_is_no_tick_in_the_documented_form() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "documented").await;
    set_acks(&bot, true).await;
    let gone = bot.send_text("447700901111", "to be deleted").await;
    bot.seen("it to have left", |it| {
        it["source_id"] == gone.as_str() && it["status"] == "sent"
    })
    .await;
    let body = json!({ "to_number": "447700901111", "type": "delete", "message": gone });
    bot.post("sendMessage", body).await;
    // What comes later is posted later, or with it.
    let after = bot.send_text(ANN, "after it").await;
    let list = |it: &Value| it.as_array().cloned();
    let told = until("the tick after it", async || {
        let hooks = receiver.got("/bot");
        let done = acks(&hooks, list, &after).contains(&"seen".to_owned());
        done.then_some(hooks)
    })
    .await;
    let all: Vec<String> = told.iter().map(|it| it.json().to_string()).collect();
    assert!(all.iter().all(|it| !it.contains("\"deleted\"")), "{all:?}");
}

#[tokio::test]
async fn acknowledgements_in_the_current_form() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "current").await;
    set_acks(&bot, true).await;
    let id = bot
        .send_text("447700901111", "to a phone that is off")
        .await;
    let told = hook(&receiver, "/bot", "the tick", |it| it["type"] == "ack").await;
    let expected = json!({
        "type": "ack", "product_id": bot.product,
        "data": [{ "ackType": "delivered", "ackCode": 1, "chatId": "447700901111@c.us",
            "msgId": id, "time": told["data"][0]["time"] }],
    });
    assert_eq!(told, expected);
    let body = json!({ "to_number": "447700901111", "type": "delete", "message": id });
    bot.post("sendMessage", body).await;
    hook(&receiver, "/bot", "the deletion", |it| {
        it["data"][0]["ackType"] == "deleted"
    })
    .await;
}

#[tokio::test]
async fn who_has_a_picture_is_told_of_with_it() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    let gif = Reply::status(200)
        .with("content-type", "image/gif")
        .saying("GIF89a");
    receiver.answer("/ann.gif", gif);
    let say = |text: &str| json!({ "from": ANN, "name": "Ann", "text": text });
    bot.world("say", say("Hi")).await;
    let said = bot.seen("the message", |it| it["content"] == "Hi").await;
    let path = format!("/contacts/{}", said["sender"]["id"]);
    let body = json!({ "avatar_url": receiver.url("/ann.gif") });
    bot.demo.agent("PUT", &path, Some(body)).await.ok();
    bot.told_at(&receiver, "/bot", "documented").await;
    bot.world("say", say("Again")).await;
    let told = hook(&receiver, "/bot", "the message", |it| {
        it["message"]["text"] == "Again"
    })
    .await;
    let shown = bot.get(&format!("contact/{ANN}")).await;
    assert_eq!(shown["data"][0]["image"], told["user"]["image"]);
    let url = told["user"]["image"].as_str().unwrap();
    let picture = bot.demo.client.send("GET", url, &[], "").await;
    assert_eq!((picture.status, &*picture.body), (200, &b"GIF89a"[..]));
}

#[tokio::test]
async fn changes_of_a_phones_status_are_told() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "documented").await;
    let status =
        |word: &'static str| move |it: &Value| it["type"] == "status" && it["status"] == word;
    bot.world("offline", json!({})).await;
    let told = hook(&receiver, "/bot", "phone-error", status("phone-error")).await;
    let expected = json!({ "type": "status", "pid": bot.product, "phone_id": bot.phone,
        "status": "phone-error" });
    assert_eq!(told, expected);
    bot.world("online", json!({})).await;
    hook(&receiver, "/bot", "loading", status("loading")).await;
    hook(&receiver, "/bot", "active", status("active")).await;
    bot.get("logout").await;
    hook(&receiver, "/bot", "qr-code", status("qr-code")).await;
}

#[tokio::test]
async fn a_bot_is_told_when_an_agent_takes_over() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "documented").await;
    bot.world("say", json!({ "from": ANN, "text": "A person, please" }))
        .await;
    let number = bot
        .seen("the message", |it| it["content"] == "A person, please")
        .await;
    let number = number["conversation_id"].as_i64().unwrap();
    let assign = |to: Value| {
        let path = format!("/conversations/{number}/assignments");
        let body = json!({ "assignee_id": to });
        async move { (path, body) }
    };
    let (path, body) = assign(json!(1)).await;
    bot.demo.agent("POST", &path, Some(body)).await.ok();
    let told = hook(&receiver, "/bot", "taken", |it| {
        it["data"]["event"] == "taken_by_agent"
    })
    .await;
    assert_eq!(told["conversation"], format!("{ANN}@c.us"));
    let path = format!("/conversations/{number}/toggle_status");
    let body = json!({ "status": "resolved" });
    bot.demo.agent("POST", &path, Some(body)).await.ok();
    hook(&receiver, "/bot", "closed", |it| {
        it["data"]["event"] == "closed"
    })
    .await;
}
