//! Sessions: everything of the source document's "Session Information Getters" and "Session Controlling Operations".

use serde_json::{Value, json};
use testkit::wait::until;

use super::{Bot, keys, refused};
use crate::BINARY;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

async fn status(bot: &Bot) -> Value {
    let status = bot.get("status").await;
    assert_eq!(status["success"], true);
    status["status"].clone()
}

#[tokio::test]
async fn a_paired_phone_shows_its_status_and_its_screen() {
    let bot = Bot::start().await;
    let shown = status(&bot).await;
    assert_eq!(
        keys(&shown),
        ["connRetry", "isQr", "loading", "loggedIn", "message"]
    );
    assert_eq!(
        shown,
        json!({ "loggedIn": true, "isQr": false, "loading": false, "connRetry": false,
            "message": "connected" })
    );
    let screen = bot.call("GET", &bot.phone("screen"), None).await;
    assert_eq!(
        (screen.status, screen.header("content-type")),
        (200, "image/png")
    );
    assert!(screen.body.starts_with(PNG));
    let none = bot.call("GET", &bot.phone("qrCode"), None).await;
    assert!(refused(&none, 409).contains("paired"));
}

#[tokio::test]
async fn logged_out_it_shows_a_code_that_somebody_scans() {
    let bot = Bot::start().await;
    assert_eq!(
        bot.post("logout", json!({})).await,
        json!({ "success": true })
    );
    let shown = status(&bot).await;
    assert_eq!(
        (&shown["loggedIn"], &shown["isQr"]),
        (&json!(false), &json!(true))
    );
    for (format, kind) in [("png", "image/png"), ("svg", "image/svg+xml")] {
        let path = bot.phone(&format!("qrCode?format={format}"));
        let code = bot.call("GET", &path, None).await;
        assert_eq!((code.status, code.header("content-type")), (200, kind));
    }
    let png = bot.call("GET", &bot.phone("qrCode"), None).await;
    assert!(png.body.starts_with(PNG));
    let screen = bot.call("GET", &bot.phone("screen"), None).await;
    assert!(screen.body.starts_with(PNG));

    let code = bot
        .call("GET", &bot.phone("qrCode?format=text"), None)
        .await
        .text();
    let scanned = std::process::Command::new(BINARY)
        .args(["sandbox", "scan", &code, "--server", &bot.demo.url("")])
        .output()
        .unwrap();
    assert!(scanned.status.success(), "{scanned:?}");
    bot.when_in("active", bot.phone).await;
    let again = std::process::Command::new(BINARY)
        .args(["sandbox", "scan", &code, "--server", &bot.demo.url("")])
        .output()
        .unwrap();
    assert!(!again.status.success(), "one code pairs once");
}

#[tokio::test]
async fn a_code_is_typed_in_instead() {
    let bot = Bot::start().await;
    bot.get("logout").await;
    let code = bot
        .post("pairCode", json!({ "number": "447700900200" }))
        .await;
    let code = code["data"]["code"].as_str().unwrap();
    assert_eq!(code.len(), 8);
    let scanned = bot
        .call("POST", "/sandbox/scan", Some(json!({ "code": code })))
        .await
        .ok();
    assert_eq!(scanned["phone"], bot.phone);
    bot.when_in("active", bot.phone).await;
}

#[tokio::test]
async fn a_session_is_restarted_by_either_name_and_method() {
    let bot = Bot::start().await;
    for method in ["GET", "POST"] {
        let restarted = bot.call(method, &bot.phone("restart"), None).await.ok();
        assert_eq!(restarted, json!({ "success": true }));
        let redeployed = bot.call(method, &bot.phone("redeploy"), None).await.ok();
        let sentence = format!("Phone {} is restarted.", bot.phone);
        assert_eq!(redeployed, json!({ "success": true, "message": sentence }));
    }
    bot.when_in("active", bot.phone).await;
}

#[tokio::test]
async fn a_backup_opens_what_was_logged_out_and_wiped_without_a_code() {
    let bot = Bot::start().await;
    let backup = bot.post("backup", json!({})).await;
    assert_eq!(keys(&backup), ["data", "success"]);
    for name in [
        "WABrowserId",
        "debugCursor",
        "remember-me",
        "whatsapp-mutex",
    ] {
        assert!(backup["data"][name].is_string(), "{name}");
    }
    bot.post("logout", json!({})).await;
    let empty = bot.call("POST", &bot.phone("backup"), None).await;
    assert!(refused(&empty, 409).contains("not paired"));
    assert_eq!(bot.get("factoryreset").await, json!({ "success": true }));
    assert_eq!(status(&bot).await["isQr"], true);
    let restored = bot.post("restore", backup["data"].clone()).await;
    assert_eq!(restored, json!({ "success": true }));
    bot.when_in("active", bot.phone).await;
    bot.send_text(super::ANN, "still here").await;
    bot.seen("the message to be read", |it| {
        it["content"] == "still here" && it["status"] == "read"
    })
    .await;

    let mut forged = backup["data"].clone();
    forged["WANumber"] = json!("447700900999");
    bot.post("logout", json!({})).await;
    let refusal = bot.call("POST", &bot.phone("restore"), Some(forged)).await;
    assert!(refused(&refusal, 400).contains("no backup"));
}

#[tokio::test]
async fn what_its_owner_took_away_is_not_restored() {
    let bot = Bot::start().await;
    let backup = bot.get("backup").await;
    bot.world("unlink", json!({})).await;
    let shown = status(&bot).await;
    assert_eq!(
        (&shown["loggedIn"], &shown["isQr"]),
        (&json!(false), &json!(true))
    );
    assert!(shown["message"].as_str().unwrap().contains("logged us out"));
    let path = bot.phone("restore");
    let refusal = bot.call("POST", &path, Some(backup["data"].clone())).await;
    assert!(refused(&refusal, 409).contains("taken this device away"));
}

#[tokio::test]
async fn a_code_that_nobody_scans_goes_idle_and_is_shown_again_when_asked_for() {
    let bot = Bot::start_with(&[("SWITCHBOARD__SANDBOX__IDLES_MS", "100")]).await;
    bot.get("logout").await;
    bot.when_in("idle", bot.phone).await;
    let shown = status(&bot).await;
    assert_eq!(
        (&shown["isQr"], &shown["loggedIn"]),
        (&json!(false), &json!(false))
    );
    // It may be idle again before it is scanned.
    until("a code to be scanned", async || {
        let path = bot.phone("qrCode?format=text");
        let code = bot.call("GET", &path, None).await.text();
        let body = json!({ "code": code, "number": "447700900200" });
        let scanned = bot.call("POST", "/sandbox/scan", Some(body)).await;
        (scanned.status == 200).then_some(())
    })
    .await;
    bot.when_in("active", bot.phone).await;
}

#[tokio::test]
async fn a_code_to_type_in_survives_a_kill() {
    let mut bot = Bot::start().await;
    let added = bot.call("POST", &bot.product("addPhone"), None).await.ok();
    let phone = added["id"].as_i64().unwrap();
    let path = bot.product(&format!("{phone}/pairCode"));
    let body = json!({ "number": "447700900300" });
    let told = bot.call("POST", &path, Some(body)).await.ok();
    bot.demo.kill();
    bot.demo.restart().await;
    let typed = json!({ "code": told["data"]["code"] });
    bot.call("POST", "/sandbox/scan", Some(typed)).await.ok();
    bot.when_in("active", phone).await;
}

#[tokio::test]
async fn a_session_survives_a_kill() {
    let mut bot = Bot::start().await;
    bot.world("offline", json!({})).await;
    let waiting = bot.send_text(super::ANN, "sent while out of reach").await;
    bot.demo.kill();
    bot.demo.restart().await;
    let shown = status(&bot).await;
    assert_eq!(
        (&shown["loggedIn"], &shown["connRetry"]),
        (&json!(true), &json!(true))
    );
    bot.world("online", json!({})).await;
    bot.when_in("active", bot.phone).await;
    bot.seen("what waited to be read", |it| {
        it["source_id"] == waiting.as_str() && it["status"] == "read"
    })
    .await;
}

/// Posts a backup, and waits until the phone is open.
async fn restore(bot: &Bot, backup: &Value) {
    let restored = bot.post("restore", backup.clone()).await;
    assert_eq!(restored, json!({ "success": true }));
    bot.when_in("active", bot.phone).await;
    bot.send_text(super::ANN, "still here").await;
    bot.seen("the message to be read", |it| {
        it["content"] == "still here" && it["status"] == "read"
    })
    .await;
}

#[tokio::test]
async fn a_backup_opens_a_wiped_session_after_a_restart() {
    let mut bot = Bot::start().await;
    // The demo pairs its own phone whenever it starts.
    let added = bot.call("POST", &bot.product("addPhone"), None).await.ok();
    bot.phone = added["id"].as_i64().unwrap();
    let path = bot.phone("qrCode?format=text");
    let code = bot.call("GET", &path, None).await.text();
    let scan = json!({ "code": code, "number": "447700900300" });
    bot.call("POST", "/sandbox/scan", Some(scan)).await.ok();
    bot.when_in("active", bot.phone).await;
    let backup = bot.post("backup", json!({})).await;
    bot.post("logout", json!({})).await;
    bot.post("factoryreset", json!({})).await;
    bot.demo.kill();
    bot.demo.restart().await;
    assert_eq!(status(&bot).await["isQr"], true);
    // The whole answer will do as well as the data in it.
    restore(&bot, &backup).await;
}

#[tokio::test]
async fn a_backup_opens_its_session_on_another_server_with_the_same_key_only() {
    let one = Bot::start().await;
    let backup = one.post("backup", json!({})).await["data"].clone();
    let key = one.demo.data().join("server.key");
    let other = Bot::start_as(&[], Some(key)).await;
    other.post("logout", json!({})).await;
    restore(&other, &backup).await;
    let stranger = Bot::start().await;
    stranger.post("logout", json!({})).await;
    let path = stranger.phone("restore");
    let refusal = stranger.call("POST", &path, Some(backup)).await;
    assert!(refused(&refusal, 400).contains("no backup"));
}
