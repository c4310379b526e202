//! Every type of message that a bot sends, its id, and what may be done to it later.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use testkit::receiver::{Receiver, Reply};

use super::{ANN, Bot, DORA, hook, refused};

const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\nnot really";

#[tokio::test]
async fn a_text_is_answered_with_its_chat_and_the_id_that_it_keeps() {
    let bot = Bot::start().await;
    for to in [ANN, &format!("+{ANN}"), &format!("{ANN}@c.us")] {
        let body = json!({ "to_number": to, "type": "text", "message": format!("to {to}") });
        let sent = bot.post("sendMessage", body).await;
        assert_eq!(sent["success"], true);
        assert_eq!(sent["data"]["chatId"], format!("{ANN}@c.us"));
        let id = sent["data"]["msgId"].as_str().unwrap();
        assert!(id.len() == 20 && id.starts_with("3EB0"), "{id}");
        let seen = bot
            .seen("it to be read", |it| {
                it["content"] == format!("to {to}") && it["status"] == "read"
            })
            .await;
        assert_eq!(
            seen["source_id"], id,
            "the network's id is the one that was answered"
        );
    }
    // Whoever has said nothing of themselves is called by their number, and by their name when they do.
    let name = async || {
        let list = bot.demo.agent("GET", "/conversations?status=all", None);
        let list = list.await.ok();
        let sender = &list["data"]["payload"][0]["meta"]["sender"];
        (sender["name"].clone(), sender["phone_number"].clone())
    };
    assert_eq!(name().await, (json!(ANN), json!(format!("+{ANN}"))));
    bot.world("say", json!({ "from": ANN, "name": "Ann", "text": "Hi" }))
        .await;
    bot.send_text(ANN, "and again").await;
    assert_eq!(name().await.0, "Ann");
}

#[tokio::test]
async fn media_by_address_and_by_base64() {
    let bot = Bot::start().await;
    let files = Receiver::start().await;
    let jpeg = Reply::status(200)
        .with("content-type", "image/jpeg")
        .saying("x");
    files.answer("/a.jpg", jpeg);
    let pdf = Reply::status(200)
        .with("content-type", "application/pdf")
        .saying("%PDF-1.4");
    files.answer("/b.pdf", pdf);
    let ogg = Reply::status(200)
        .with("content-type", "audio/ogg")
        .saying("OggS");
    files.answer("/c.ogg", ogg);
    let data = format!("data:image/png;base64,{}", STANDARD.encode(PIXEL));
    for (message, kind, name) in [
        (files.url("/a.jpg"), "image", "a.jpg"),
        (files.url("/b.pdf"), "file", "b.pdf"),
        (files.url("/c.ogg"), "audio", "c.ogg"),
        (data, "image", "image.png"),
    ] {
        let body = json!({ "to_number": ANN, "type": "media", "message": message, "text": name });
        let id = bot.send(body).await;
        let seen = bot.seen(name, |it| it["source_id"] == id.as_str()).await;
        assert_eq!(seen["content"], name);
        assert_eq!(seen["attachments"][0]["file_type"], kind, "{seen}");
    }
    let body = json!({ "to_number": ANN, "type": "media", "message": files.url("/b.pdf"),
        "filename": "invoice.pdf" });
    let id = bot.send(body).await;
    let seen = bot
        .seen("the file", |it| it["source_id"] == id.as_str())
        .await;
    let url = seen["attachments"][0]["data_url"].as_str().unwrap();
    assert!(url.ends_with("/invoice.pdf"), "{url}");
}

#[tokio::test]
async fn places_cards_links_and_choices() {
    let bot = Bot::start().await;
    let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nEND:VCARD";
    for (body, sees) in [
        (
            json!({ "type": "location", "latitude": "41.09", "longitude": "29.06", "text": "Bridge" }),
            None,
        ),
        (
            json!({ "type": "contact", "message": "447700900777@c.us" }),
            None,
        ),
        (
            json!({ "type": "media", "message": "data:audio/ogg;base64,T2dnUw==" }),
            None,
        ),
        (
            json!({ "type": "vcard", "message": { "displayName": "Bob", "vcard": card } }),
            None,
        ),
        (
            json!({ "type": "link", "message": "https://shop.example/", "text": "Our shop" }),
            Some("Our shop\nhttps://shop.example/"),
        ),
        (
            json!({ "type": "buttons", "message": "Choose", "title": "Menu", "footer": "Bye",
            "buttons": [{ "id": "a", "text": "Tea" }, { "id": "b", "text": "Coffee" }] }),
            Some("*Menu*\n\nChoose\n\n1. Tea\n2. Coffee\n\n_Bye_"),
        ),
    ] {
        let mut body = body;
        body["to_number"] = json!(ANN);
        let id = bot.send(body.clone()).await;
        let seen = bot
            .seen("it to be read", |it| {
                it["source_id"] == id.as_str() && it["status"] == "read"
            })
            .await;
        match sees {
            Some(text) => assert_eq!(seen["content"], text),
            None => assert_eq!(seen["attachments"].as_array().unwrap().len(), 1, "{body}"),
        }
    }
}

#[tokio::test]
async fn a_reply_a_forward_a_reaction_an_edit_and_a_deletion() {
    let bot = Bot::start().await;
    bot.world(
        "say",
        json!({ "from": ANN, "text": "Question?", "id": "false-3EB0A1" }),
    )
    .await;
    let theirs = bot
        .seen("the question", |it| it["content"] == "Question?")
        .await;
    let long = format!("false_{ANN}@c.us_false-3EB0A1");
    let body = json!({ "to_number": ANN, "type": "text", "message": "Answer!", "reply_to": long });
    let answer = bot.send(body).await;
    let seen = bot
        .seen("the answer", |it| it["content"] == "Answer!")
        .await;
    assert_eq!(seen["content_attributes"]["in_reply_to"], theirs["id"]);

    let body = json!({ "to_number": DORA, "type": "forward", "message": answer });
    bot.send(body).await;
    bot.seen("the echo of what was forwarded", |it| {
        it["content"] == "You said: Answer!"
    })
    .await;

    let body = json!({ "to_number": ANN, "type": "reaction", "message": "😀", "reply_to": long });
    let reacted = bot.post("sendMessage", body).await;
    assert_eq!(reacted["data"]["chatId"], format!("{ANN}@c.us"));
    assert_ne!(reacted["data"]["msgId"], answer.as_str());

    let body =
        json!({ "to_number": ANN, "type": "edit", "message": "Better!", "reply_to": answer });
    bot.post("sendMessage", body).await;
    bot.seen("the new text", |it| {
        it["content"] == "Better!" && it["source_id"] == answer.as_str()
    })
    .await;

    let body = json!({ "to_number": ANN, "type": "delete", "message": answer });
    bot.post("sendMessage", body.clone()).await;
    bot.seen("nothing of it", |it| {
        it["source_id"] == answer.as_str()
            && it["content"] == "This message was deleted"
            && it["content_attributes"]["deleted"] == true
    })
    .await;
    let again = bot
        .call("POST", &bot.phone("sendMessage"), Some(body))
        .await;
    refused(&again, 404);
    for body in [
        json!({ "to_number": DORA, "type": "forward", "message": answer }),
        json!({ "to_number": ANN, "type": "reaction", "message": "😀", "reply_to": answer }),
        json!({ "to_number": ANN, "type": "text", "message": "Oh", "reply_to": answer }),
    ] {
        let gone = bot
            .call("POST", &bot.phone("sendMessage"), Some(body))
            .await;
        assert!(refused(&gone, 404).contains("was deleted"));
    }
    let body = json!({ "to_number": ANN, "type": "delete", "message": long });
    let theirs = bot
        .call("POST", &bot.phone("sendMessage"), Some(body))
        .await;
    assert!(refused(&theirs, 409).contains("our own"));
}

#[tokio::test]
async fn a_message_that_waits_is_changed_before_it_goes() {
    let bot = Bot::start().await;
    bot.world("offline", json!({})).await;
    let sent = bot.send_text(DORA, "first").await;
    let gone = bot.send_text(DORA, "never").await;
    // While the phone is out of reach, only what waits here can be changed.
    let edit = json!({ "to_number": DORA, "type": "edit", "message": "second", "reply_to": sent });
    bot.post("sendMessage", edit).await;
    let delete = json!({ "to_number": DORA, "type": "delete", "message": gone });
    bot.post("sendMessage", delete).await;
    assert_eq!(bot.get("queue").await["stats"]["sending"], 1);
    bot.world("online", json!({})).await;
    bot.seen("the echo of the new text", |it| {
        it["content"] == "You said: second"
    })
    .await;
}

#[tokio::test]
async fn the_same_again_is_spam_unless_it_is_not_to_be_filtered() {
    let bot = Bot::start().await;
    let say = |text: &str| json!({ "to_number": ANN, "type": "text", "message": text });
    for text in ["a", "b", "a", "b", "a"] {
        bot.post("sendMessage", say(text)).await;
    }
    let path = bot.phone("sendMessage");
    let refusal = bot.call("POST", &path, Some(say("a"))).await;
    assert!(refused(&refusal, 429).contains("skip_filter"));
    let mut skipping = say("a");
    skipping["skip_filter"] = json!(true);
    bot.post("sendMessage", skipping).await;
    // Another chat has had none of it, and three others push it out.
    bot.send_text(DORA, "a").await;
    for text in ["c", "d", "e"] {
        bot.post("sendMessage", say(text)).await;
    }
    bot.post("sendMessage", say("a")).await;
}

#[tokio::test]
async fn one_key_sends_once() {
    let bot = Bot::start().await;
    let headers = [
        ("x-maytapi-key", bot.token.as_str()),
        ("idempotency-key", "order-7"),
    ];
    let body = json!({ "to_number": ANN, "type": "text", "message": "once" }).to_string();
    let url = bot.demo.url(&bot.phone("sendMessage"));
    let first = bot
        .demo
        .client
        .send("POST", &url, &headers, body.clone())
        .await
        .ok();
    let again = bot
        .demo
        .client
        .send("POST", &url, &headers, body)
        .await
        .ok();
    assert_eq!(first, again);
}

#[tokio::test]
async fn contacts_are_those_we_talk_to_and_anybody_can_be_looked_up() {
    let bot = Bot::start().await;
    bot.world("say", json!({ "from": ANN, "name": "Ann", "text": "Hi" }))
        .await;
    let list = bot.get("contacts").await;
    let ann = json!({ "id": format!("{ANN}@c.us"), "name": "Ann", "type": "chat" });
    assert_eq!(list, json!({ "success": true, "data": [ann] }));
    let one = bot.get(&format!("contact/{ANN}@c.us")).await;
    assert_eq!(one, json!({ "success": true, "data": [ann] }));
    let stranger = bot.get(&format!("contact/{DORA}")).await;
    assert_eq!(stranger["data"][0]["id"], format!("{DORA}@c.us"));
    let nobody = bot
        .call("GET", &bot.phone("contact/447700900000"), None)
        .await;
    assert!(refused(&nobody, 404).contains("not on the network"));
    assert_eq!(
        bot.get("catalog").await,
        json!({ "success": true, "data": [] })
    );
}

#[tokio::test]
async fn what_was_forwarded_outlives_what_it_was_forwarded_from() {
    let bot = Bot::start().await;
    let data = format!("data:image/png;base64,{}", STANDARD.encode(PIXEL));
    let body = json!({ "to_number": ANN, "type": "media", "message": data, "text": "look" });
    let first = bot.send(body).await;
    let body = json!({ "to_number": DORA, "type": "forward", "message": first,
        "forward_caption": true });
    let copy = bot.send(body).await;
    let body = json!({ "to_number": ANN, "type": "delete", "message": first });
    bot.post("sendMessage", body).await;
    let seen = bot
        .seen("the copy", |it| it["source_id"] == copy.as_str())
        .await;
    assert_eq!(seen["content"], "look");
    let url = seen["attachments"][0]["data_url"].as_str().unwrap();
    let file = bot.demo.client.send("GET", url, &[], "").await;
    assert_eq!((file.status, &*file.body), (200, PIXEL));
}

#[tokio::test]
async fn a_product_of_the_catalog_is_sent_and_seen_as_one() {
    let bot = Bot::start().await;
    let added = json!({ "number": "447700900300" });
    let added = bot
        .call("POST", &bot.product("addPhone"), Some(added))
        .await;
    let other = added.ok()["id"].as_i64().unwrap();
    let path = bot.product(&format!("{other}/qrCode?format=text"));
    let code = bot.call("GET", &path, None).await.text();
    let scan = json!({ "code": code });
    bot.call("POST", "/sandbox/scan", Some(scan)).await.ok();
    bot.when_in("active", other).await;
    let tea = json!({ "productId": "77", "title": "Tea", "description": "Green", "price": 12,
        "price1000": 12_500, "currency": "EUR", "url": "https://shop.example/tea",
        "image": "https://shop.example/tea.png", "retailerId": "T-1" });
    bot.world("catalog", json!({ "products": [tea] })).await;
    let mut listed = tea.clone();
    listed["type"] = json!("product");
    listed["business"] = json!("447700900200@c.us");
    let all = json!({ "success": true, "data": [listed] });
    assert_eq!(bot.get("catalog").await, all);

    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "current").await;
    let body = json!({ "to_number": "447700900300", "type": "product", "productId": "77" });
    let id = bot.send(body).await;
    let told = hook(&receiver, "/bot", "the product", |it| {
        it["message"]["type"] == "product"
    })
    .await;
    listed["id"] = json!(id);
    listed["fromMe"] = json!(false);
    assert_eq!(told["message"], listed);
    let seen = bot
        .seen("it as a text", |it| it["source_id"] == id.as_str())
        .await;
    assert_eq!(
        seen["content"],
        "*Tea*\nGreen\n12.50 EUR\nhttps://shop.example/tea"
    );
    for (product, status) in [(json!("78"), 404), (json!(null), 400)] {
        let body = json!({ "to_number": ANN, "type": "product", "productId": product });
        let answer = bot
            .call("POST", &bot.phone("sendMessage"), Some(body))
            .await;
        assert!(refused(&answer, status).contains("catalog"));
    }
}
