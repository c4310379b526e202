//! Products: the source document's "Account Information Retrieval", and what the current API has beside it.

use serde_json::json;
use testkit::receiver::Receiver;

use super::{Bot, keys, refused};

#[tokio::test]
async fn a_product_and_its_settings_in_the_documented_form() {
    let bot = Bot::start().await;
    let product = bot.call("GET", &bot.product("product"), None).await.ok();
    let expected =
        json!({ "pid": bot.product, "webhook": "", "ack_delivery": 0, "phone_limit": 10 });
    assert_eq!(product, expected);

    let receiver = Receiver::start().await;
    let url = receiver.url("/bot");
    let path = bot.product("setWebhook");
    let set = bot
        .call("POST", &path, Some(json!({ "webhook": url })))
        .await
        .ok();
    let with = json!({ "pid": bot.product, "webhook": url, "ack_delivery": 0, "phone_limit": 10 });
    assert_eq!(set, with);
    let path = bot.product("setAckPreference");
    let set = bot
        .call("POST", &path, Some(json!({ "preference": true })))
        .await
        .ok();
    let on = json!({ "pid": bot.product, "webhook": url, "ack_delivery": 1, "phone_limit": 10 });
    assert_eq!(set, on);
    assert_eq!(
        bot.call("GET", &bot.product("product"), None).await.ok(),
        on
    );
}

#[tokio::test]
async fn a_product_in_the_current_form() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "current").await;
    let path = bot.product("setAckPreference");
    let set = bot
        .call("POST", &path, Some(json!({ "ack_delivery": true })))
        .await
        .ok();
    assert_eq!(set["ack_delivery"], true);
    let phones = bot.call("GET", &bot.product("listPhones"), None).await.ok();
    let expected = json!([{ "id": bot.phone, "number": "447700900200", "status": "active" }]);
    assert_eq!(phones, expected);
    let status = bot.get("status").await;
    let status = &status["status"];
    assert_eq!(
        status["state"],
        json!({ "state": "CONNECTED", "canSend": true })
    );
    assert_eq!(status["number"], "447700900200");
    assert_eq!(status["multidevice"], true);
}

#[tokio::test]
async fn phones_are_listed_and_added_up_to_the_limit() {
    let bot = Bot::start().await;
    let phones = bot.call("GET", &bot.product("listPhones"), None).await.ok();
    assert_eq!(
        phones,
        json!([{ "id": bot.phone, "number": "447700900200" }])
    );
    let path = bot.product("addPhone");
    let body = json!({ "number": "447700900300" });
    let added = bot.call("POST", &path, Some(body.clone())).await.ok();
    assert_eq!(keys(&added), ["id", "number", "pid"]);
    assert_eq!(
        (&added["pid"], &added["number"]),
        (&json!(bot.product), &json!("447700900300"))
    );
    let taken = bot.call("POST", &path, Some(body)).await;
    assert!(refused(&taken, 409).contains("added already"));
    for _ in 2..10 {
        let added = bot.call("POST", &path, None).await.ok();
        assert_eq!(added["number"], json!(null));
    }
    let full = bot.call("POST", &path, None).await;
    assert!(refused(&full, 409).contains("all of its 10 phones"));
    let phones = bot.call("GET", &bot.product("listPhones"), None).await.ok();
    assert_eq!(phones.as_array().unwrap().len(), 10);
    assert_eq!(phones[9]["number"], "");
}

#[tokio::test]
async fn an_added_phone_takes_the_number_that_it_is_paired_with() {
    let bot = Bot::start().await;
    let added = bot.call("POST", &bot.product("addPhone"), None).await.ok();
    let phone = added["id"].as_i64().unwrap();
    let path = bot.product(&format!("{phone}/qrCode?format=text"));
    let code = bot.call("GET", &path, None).await.text();
    let taken = json!({ "code": code, "number": "447700900200" });
    refused(&bot.call("POST", "/sandbox/scan", Some(taken)).await, 409);
    let body = json!({ "code": code, "number": "447700900300" });
    bot.call("POST", "/sandbox/scan", Some(body)).await.ok();
    bot.when_in("active", phone).await;
    let phones = bot.call("GET", &bot.product("listPhones"), None).await.ok();
    assert_eq!(phones[1], json!({ "id": phone, "number": "447700900300" }));
}

#[tokio::test]
async fn queues_are_counted_and_emptied() {
    let bot = Bot::start().await;
    bot.world("offline", json!({})).await;
    let sent = bot.send_text(super::ANN, "one").await;
    bot.send_text(super::ANN, "two").await;
    assert_eq!(
        bot.get("queue").await,
        json!({ "success": true, "stats": { "sending": 2, "held": "closed",
            "because": "the phone is not open: the network cannot be reached" } })
    );
    let queues = bot.call("GET", &bot.product("queues"), None).await.ok();
    let expected = json!({ "success": true, "queues": [
        { "id": bot.phone, "status": "phone-error", "queue": 2 }
    ]});
    assert_eq!(queues, expected);
    assert_eq!(bot.get("purgeQueue").await, json!({ "success": true }));
    assert_eq!(bot.get("queue").await["stats"]["sending"], 0);
    bot.seen("the first to have failed", |it| {
        it["content"] == "one" && it["status"] == "failed"
    })
    .await;
    let logs = bot.call("GET", &bot.product("logs"), None).await.ok();
    let list = logs["data"]["list"].as_array().unwrap();
    let kinds: Vec<_> = list.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len().to_string(), logs["data"]["count"]);
    assert!(
        kinds.contains(&"error") && kinds.contains(&"outgoing"),
        "{kinds:?}"
    );
    let first = list
        .iter()
        .find(|it| it["data"]["body"]["message"]["id"] == sent.as_str());
    let first = first.unwrap();
    let ids: Vec<_> = list.iter().map(|it| it["id"].as_i64()).collect();
    assert_eq!(ids.len(), 4, "two were said, and two failed: {list:?}");
    assert_eq!(
        keys(&first["data"]["body"]),
        [
            "conversation",
            "message",
            "phoneId",
            "phone_id",
            "productId",
            "product_id",
            "receiver",
            "reply",
            "timestamp",
            "type",
            "user"
        ]
    );
    assert_eq!(
        keys(first),
        [
            "created_at",
            "data",
            "id",
            "phone",
            "pid",
            "type",
            "updated_at"
        ]
    );
}

#[tokio::test]
async fn a_phone_has_a_webhook_of_its_own() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/product", "documented").await;
    let none = json!({ "success": true, "status": { "webhook": "", "ack_delivery": false } });
    assert_eq!(bot.get("config").await, none);
    let url = receiver.url("/phone");
    let set = bot
        .post("config", json!({ "webhook": url, "ack_delivery": false }))
        .await;
    let own = json!({ "success": true, "status": { "webhook": url, "ack_delivery": false } });
    assert_eq!(set, own);
    bot.world("say", json!({ "from": super::ANN, "text": "to the phone" }))
        .await;
    receiver.wait_for("/phone", 1).await;
    assert_eq!(bot.post("config", json!({ "webhook": "" })).await, none);
    bot.world(
        "say",
        json!({ "from": super::ANN, "text": "to the product" }),
    )
    .await;
    let told = receiver.wait_for("/product", 1).await;
    assert_eq!(told[0].json()["message"]["text"], "to the product");
    assert_eq!(receiver.count("/phone"), 1);
}

#[tokio::test]
async fn the_bare_addresses_of_the_source_document_work_as_well() {
    let bot = Bot::start().await;
    let product = bot.call("GET", "/product", None).await.ok();
    assert_eq!(product["pid"], bot.product);
    let status = bot.call("GET", "/status", None).await.ok();
    assert_eq!(status["status"]["loggedIn"], true);
    let body = json!({ "to_number": super::ANN, "message": "Hi", "type": "text" });
    let sent = bot
        .call("POST", "/sendMessage", Some(body.clone()))
        .await
        .ok();
    assert_eq!(sent["data"]["chatId"], format!("{}@c.us", super::ANN));
    let path = format!("/{}/{}/sendMessage", bot.product, bot.phone);
    bot.call("POST", &path, Some(body.clone())).await.ok();
    bot.call("POST", "/addPhone", None).await.ok();
    let which = bot.call("POST", "/sendMessage", Some(body.clone())).await;
    assert!(refused(&which, 400).contains("?phone_id="));
    let path = format!("/sendMessage?phone_id={}", bot.phone);
    bot.call("POST", &path, Some(body)).await.ok();
}
