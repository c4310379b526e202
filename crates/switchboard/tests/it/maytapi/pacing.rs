//! Queues: how fast a number sends, and what stops it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use testkit::{receiver::Receiver, wait::until};

use super::{ANN, Bot, DORA, hook, refused};

/// The address of a phone's pace.
fn pace(bot: &Bot) -> String {
    format!("/inboxes/{}/pace", bot.phone)
}

async fn stats(bot: &Bot) -> Value {
    bot.get("queue").await["stats"].clone()
}

async fn read(bot: &Bot, text: &str) {
    bot.seen(text, |it| it["content"] == text && it["status"] == "read")
        .await;
}

#[tokio::test]
async fn a_new_number_sends_what_it_may_on_its_first_day_and_the_rest_waits_in_order() {
    let mut bot = Bot::start_with(&[
        ("SWITCHBOARD__PACING__CARRIERS", r#"["sandbox"]"#),
        ("SWITCHBOARD__PACING__PER_MINUTE", "1200"),
        ("SWITCHBOARD__PACING__WARM_UP", "[3, 4]"),
    ])
    .await;
    let texts = ["one", "two", "three", "four", "five"];
    for text in texts {
        bot.send_text(ANN, text).await;
    }
    read(&bot, "three").await;
    let held = until("the day to be used up", async || {
        let stats = stats(&bot).await;
        (stats["held"] == "day").then_some(stats)
    })
    .await;
    assert_eq!(held["sending"], 2);
    assert!(held["until"].is_i64() && held["because"].is_string());
    let queues = bot.call("GET", &bot.product("queues"), None).await.ok();
    assert_eq!(queues["queues"][0]["queue"], 2);
    // What was spent is not forgotten.
    bot.demo.kill();
    bot.demo.restart().await;
    bot.when_in("active", bot.phone).await;
    assert_eq!(stats(&bot).await, held);
    let shown = bot.demo.agent("GET", &pace(&bot), None).await.ok();
    let usual = json!({ "per_minute": 1200, "jitter_percent": 50, "per_day": 1000, "warm_up": [3, 4],
        "quiet": null, "zone": "UTC" });
    let expected = json!({ "own": false, "pace": usual, "sent_today": 3, "waiting": 2, "held": "day",
        "until": shown["until"] });
    assert_eq!(shown, expected);

    let own = json!({ "warm_up": [4] });
    let set = bot.demo.agent("PUT", &pace(&bot), Some(own)).await.ok();
    assert_eq!(
        (&set["own"], &set["pace"]["warm_up"], &set["pace"]["zone"]),
        (&json!(true), &json!([4]), &json!("UTC"))
    );
    read(&bot, "four").await;
    bot.demo
        .agent("PUT", &pace(&bot), Some(json!({ "warm_up": [] })))
        .await
        .ok();
    read(&bot, "five").await;
    let all = bot.demo.messages(1).await;
    let sent: Vec<&Value> = all.iter().map(|it| &it["content"]).collect();
    assert_eq!(sent, texts);
    assert_eq!(stats(&bot).await, json!({ "sending": 0 }));
}

#[tokio::test]
async fn quiet_hours_hold_a_queue_until_they_are_taken_away() {
    let bot = Bot::start().await;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let hours = seconds.as_secs() / 3600;
    let hour = |by: u64| format!("{:02}:00", (hours + by) % 24);
    let quiet = json!({ "quiet": { "from": hour(23), "until": hour(2) }, "zone": "UTC" });
    let set = bot.demo.agent("PUT", &pace(&bot), Some(quiet)).await.ok();
    assert_eq!((&set["own"], &set["held"]), (&json!(true), &json!("quiet")));
    let id = bot.send_text(DORA, "good night").await;
    assert_eq!(
        (&stats(&bot).await["held"], &stats(&bot).await["sending"]),
        (&json!("quiet"), &json!(1))
    );
    let gone = bot.demo.agent("DELETE", &pace(&bot), None).await.ok();
    assert_eq!((&gone["own"], &gone["pace"]), (&json!(false), &Value::Null));
    bot.seen("it to be read", |it| {
        it["source_id"] == id.as_str() && it["status"] == "read"
    })
    .await;
}

#[tokio::test]
async fn a_pace_that_cannot_be_is_refused() {
    let bot = Bot::start().await;
    for (body, status, sentence) in [
        (json!({ "per_minute": 1_000_000 }), 422, "per_minute"),
        (json!({ "per_minute": -1 }), 400, "per_minute"),
        (json!({ "warm_up": [0] }), 422, "warm_up"),
        (json!({ "zone": "Mars" }), 422, "no time zone"),
        (json!({ "speed": 1 }), 400, "speed"),
        (
            json!({ "quiet": { "from": "25:00", "until": "07:00" } }),
            422,
            "no time of the day",
        ),
    ] {
        let answer = bot.demo.agent("PUT", &pace(&bot), Some(body.clone())).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert!(answer.text().contains(sentence), "{}", answer.text());
    }
    let none = bot.demo.agent("GET", "/inboxes/999/pace", None).await;
    assert_eq!(none.status, 404);
    let shown = bot.demo.agent("GET", &pace(&bot), None).await.ok();
    assert_eq!(shown["own"], false);
}

#[tokio::test]
async fn a_ban_stops_the_queue_until_its_owner_resumes_it() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "documented").await;
    let ban = json!({ "reason": "too many strangers" });
    bot.world("ban", ban).await;
    bot.when_in("phone-error", bot.phone).await;
    let status =
        |word: &'static str| move |it: &Value| it["type"] == "status" && it["status"] == word;
    hook(&receiver, "/bot", "phone-error", status("phone-error")).await;
    let shown = bot.get("status").await;
    assert_eq!(shown["status"]["message"], "too many strangers");
    let first = bot.send_text(ANN, "into the ban").await;
    let second = bot.send_text(ANN, "and after it").await;
    assert_eq!(
        stats(&bot).await,
        json!({ "sending": 2, "held": "paused", "because": "banned: too many strangers" })
    );
    let restart = bot.call("POST", &bot.phone("restart"), None).await;
    assert!(refused(&restart, 409).contains("banned"));
    // Let in again it could send, but whatever made the network ban it may be what waits.
    bot.world("forgive", json!({})).await;
    bot.when_in("disabled", bot.phone).await;
    hook(&receiver, "/bot", "disabled", status("disabled")).await;
    let shown = bot.get("status").await;
    let sentence = shown["status"]["message"].as_str().unwrap();
    assert!(sentence.contains("paused: banned"), "{sentence}");
    assert_eq!(stats(&bot).await["sending"], 2);
    assert_eq!(
        bot.post("resumeQueue", json!({})).await,
        json!({ "success": true })
    );
    bot.when_in("active", bot.phone).await;
    hook(&receiver, "/bot", "active", status("active")).await;
    read(&bot, "and after it").await;
    let sent: Vec<Value> = bot.demo.messages(1).await;
    let ids: Vec<&Value> = sent.iter().map(|it| &it["source_id"]).collect();
    assert_eq!(ids, [first.as_str(), second.as_str()]);
}

#[tokio::test]
async fn a_ban_for_a_while_ends_by_itself_and_the_owner_decides_what_goes() {
    let bot = Bot::start().await;
    bot.world("ban", json!({ "reason": "slow down", "seconds": 1 }))
        .await;
    let shown = bot.get("status").await;
    let sentence = shown["status"]["message"].as_str().unwrap();
    assert!(sentence.starts_with("slow down (until 2"), "{sentence}");
    bot.send_text(ANN, "later").await;
    bot.when_in("disabled", bot.phone).await;
    // The agents' interface resumes it as well.
    let path = format!("/inboxes/{}/resume", bot.phone);
    bot.demo.agent("POST", &path, None).await.ok();
    read(&bot, "later").await;
}

#[tokio::test]
async fn a_banned_number_does_not_pair_and_another_one_sends_what_waits() {
    let bot = Bot::start().await;
    bot.world("ban", json!({})).await;
    bot.send_text(ANN, "from whatever number").await;
    bot.get("logout").await;
    let code = async || {
        let path = bot.phone("qrCode?format=text");
        bot.call("GET", &path, None).await.text()
    };
    let scan = json!({ "code": code().await, "number": "447700900200" });
    let refusal = bot.call("POST", "/sandbox/scan", Some(scan)).await;
    assert!(refused(&refusal, 409).contains("banned this number"));
    let scan = json!({ "code": code().await, "number": "447700900201" });
    bot.call("POST", "/sandbox/scan", Some(scan)).await.ok();
    bot.when_in("active", bot.phone).await;
    read(&bot, "from whatever number").await;
}

#[tokio::test]
async fn what_was_sent_while_the_phone_was_taken_away_goes_when_it_is_paired_again() {
    let bot = Bot::start().await;
    bot.world("unlink", json!({})).await;
    for text in ["first", "second"] {
        bot.send_text(ANN, text).await;
    }
    let waits = stats(&bot).await;
    assert_eq!(
        (&waits["sending"], &waits["held"]),
        (&json!(2), &json!("closed"))
    );
    // Nothing was tried in vain meanwhile.
    let path = format!("/inboxes/{}/deliveries", bot.phone);
    let owed = bot.demo.agent("GET", &path, None).await.ok();
    assert_eq!(owed["deliveries"][0]["attempts"], 0, "{owed}");
    let path = bot.phone("qrCode?format=text");
    let code = bot.call("GET", &path, None).await.text();
    bot.call("POST", "/sandbox/scan", Some(json!({ "code": code })))
        .await
        .ok();
    read(&bot, "second").await;
    let all = bot.demo.messages(1).await;
    let texts: Vec<&Value> = all.iter().map(|it| &it["content"]).collect();
    assert_eq!(texts, ["first", "second"]);
}
