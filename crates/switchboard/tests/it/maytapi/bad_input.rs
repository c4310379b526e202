//! What is wrong is said in a sentence, and nothing is queued.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use testkit::receiver::{Receiver, Reply};

use super::{ANN, Bot, refused};

#[tokio::test]
async fn strangers_are_turned_away() {
    let bot = Bot::start().await;
    let other = "00000000-0000-0001-0000-000000000000";
    let path = format!("/api/{other}/product");
    assert!(refused(&bot.call("GET", &path, None).await, 404).contains("no such product"));
    let path = bot.product("999/status");
    assert!(refused(&bot.call("GET", &path, None).await, 404).contains("no such phone"));
    let path = bot.product("x/status");
    assert!(refused(&bot.call("GET", &path, None).await, 404).contains("no such phone"));
    // The demo's connector inbox is no phone.
    let connector = bot.demo.text("/ctlive/inbox_id");
    let path = bot.product(&format!("{connector}/status"));
    refused(&bot.call("GET", &path, None).await, 404);
    let path = bot.phone("status");
    for token in ["", "wrong", &bot.demo.text("/agents/0/access_token")] {
        let refusal = bot.call_as(token, "GET", &path, None).await;
        assert!(refused(&refusal, 401).contains("token"));
    }
    let bare = bot
        .demo
        .client
        .send("GET", &bot.demo.url("/status"), &[], "")
        .await;
    assert!(refused(&bare, 401).contains("x-maytapi-key"));
    let wrong = bot.call("POST", &bot.phone("status"), None).await;
    assert!(refused(&wrong, 405).contains("method"));
    let act = format!("/sandbox/{}/offline", bot.phone);
    refused(&bot.call_as("wrong", "POST", &act, None).await, 401);
    let scan = json!({ "code": "2@guess,1" });
    refused(&bot.call("POST", "/sandbox/scan", Some(scan)).await, 404);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_and_not_queued() {
    let bot = Bot::start().await;
    bot.world("offline", json!({})).await;
    let files = Receiver::start().await;
    files.answer("/gone", Reply::status(404));
    let large = Reply::status(200)
        .with("content-type", "video/mp4")
        .saying("x".repeat(101 * 1024 * 1024));
    files.answer("/large", large);
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    image.resize(1024 * 1024 + 1, 7);
    let with = |change: Value| {
        let mut body = json!({ "to_number": ANN, "type": "text", "message": "Hi" });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let media = |message: String| with(json!({ "type": "media", "message": message }));
    for (body, sentence) in [
        (with(json!({ "to_number": "Ann" })), "no telephone number"),
        (with(json!({ "to_number": null })), "to_number is required"),
        (with(json!({ "type": "fax" })), "type is not one"),
        (with(json!({ "message": "" })), "message is required"),
        (media(STANDARD.encode("only text")), "not of a PNG"),
        (media("?".to_owned()), "nor the base64"),
        (media(STANDARD.encode(&image)), "1 MB at most"),
        (media("data:video/mp4,words".to_owned()), "not base64"),
        (
            media(format!(
                "data:video/mp4;base64,{}",
                "A".repeat(7 * 1024 * 1024)
            )),
            "5 MB at most",
        ),
        (media("http://10.0.0.1/a.png".to_owned()), "not allowed"),
        (media(files.url("/gone")), "404"),
        (media(files.url("/large")), "large"),
        (with(json!({ "reply_to": "3EB0NONE" })), "knows no message"),
        (with(json!({ "type": "forward" })), "knows no message"),
        (
            with(json!({ "type": "edit", "reply_to": "3EB0NONE" })),
            "knows no message",
        ),
    ] {
        let answer = bot
            .call("POST", &bot.phone("sendMessage"), Some(body.clone()))
            .await;
        assert!((400..500).contains(&answer.status), "{}", answer.text());
        let told = refused(&answer, answer.status);
        assert!(told.contains(sentence), "{told} does not say {sentence}");
    }
    let url = bot.demo.url(&bot.phone("sendMessage"));
    let headers = [("x-maytapi-key", bot.token.as_str())];
    for body in ["{", "[]", "", "\u{0}"] {
        let answer = bot.demo.client.send("POST", &url, &headers, body).await;
        refused(&answer, 400);
    }
    let huge = format!(r#"{{"message":"{}"}}"#, "A".repeat(9 * 1024 * 1024));
    refused(
        &bot.demo.client.send("POST", &url, &headers, huge).await,
        413,
    );
    assert_eq!(bot.get("queue").await["stats"]["sending"], 0);
    assert_eq!(bot.get("contacts").await["data"], json!([]));
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused() {
    let bot = Bot::start().await;
    for (path, body) in [
        ("setWebhook", json!({})),
        ("setWebhook", json!({ "webhook": "ftp://x" })),
        ("setWebhook", json!({ "webhook": "http://10.0.0.1/" })),
        ("setWebhook", json!({ "webhook": "", "form": "old" })),
        ("setAckPreference", json!({})),
        ("setAckPreference", json!({ "preference": "perhaps" })),
        ("addPhone", json!({ "number": "Ann" })),
    ] {
        let answer = bot
            .call("POST", &bot.product(path), Some(body.clone()))
            .await;
        let told = refused(&answer, 400);
        assert!(!told.is_empty(), "{body}");
    }
    let product = bot.call("GET", &bot.product("product"), None).await.ok();
    assert_eq!(
        (&product["webhook"], &product["ack_delivery"]),
        (&json!(""), &json!(0))
    );
    for (path, body) in [
        ("config", json!({ "ack_delivery": true })),
        ("restore", json!({ "WABrowserId": "x" })),
        ("restore", json!([])),
        ("createGroup", json!({ "name": "Team" })),
        ("group/add", json!({ "conversation_id": "1@g.us" })),
        ("group/config", json!({ "conversation_id": "1@g.us" })),
        ("leaveGroup", json!({ "id": ANN })),
        ("setProfileImage", json!({ "image": "?" })),
        ("pairCode", json!({})),
    ] {
        let answer = bot.call("POST", &bot.phone(path), Some(body)).await;
        refused(&answer, 400);
    }
    refused(
        &bot.call("POST", &bot.phone("group/dance"), None).await,
        404,
    );
    refused(
        &bot.call("GET", &bot.phone("qrCode?format=gif"), None).await,
        400,
    );
}
