//! Groups: the current API's "Group Chat Operations".

use serde_json::{Value, json};
use testkit::receiver::Receiver;

use super::{ANN, Bot, DORA, hook, keys, refused};

async fn made(bot: &Bot) -> (String, Value) {
    let made = bot
        .post(
            "createGroup",
            json!({ "name": "Team", "numbers": [ANN, DORA] }),
        )
        .await;
    assert_eq!(made["success"], true);
    (
        made["data"]["id"].as_str().unwrap().to_owned(),
        made["data"].clone(),
    )
}

#[tokio::test]
async fn a_group_is_made_shown_changed_and_left() {
    let bot = Bot::start().await;
    let (group, shown) = made(&bot).await;
    assert!(
        group.starts_with("447700900200-") && group.ends_with("@g.us"),
        "{group}"
    );
    let us = "447700900200@c.us";
    assert_eq!(
        shown["participants"],
        json!([us, format!("{ANN}@c.us"), format!("{DORA}@c.us")])
    );
    assert_eq!(shown["admins"], json!([us]));
    let config = json!({ "edit": "all", "send": "all", "disappear": false });
    assert_eq!(shown["config"], config);

    let list = bot.get("getGroups?sort=true").await;
    assert_eq!(
        keys(&list),
        ["count", "data", "limit", "page", "success", "total"]
    );
    assert_eq!((&list["count"], &list["total"]), (&json!(1), &json!(1)));
    assert_eq!(list["data"][0]["id"], group.as_str());
    let one = bot.get(&format!("getGroups/{group}?invite=true")).await;
    assert!(
        one["data"]["invite"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );

    let member = |number: &str| json!({ "conversation_id": group, "number": number });
    let done = json!({ "success": true });
    let bob = "447700900777";
    for verb in ["add", "promote", "demote", "remove"] {
        assert_eq!(
            bot.post(&format!("group/{verb}"), member(bob)).await,
            done,
            "{verb}"
        );
    }
    let twice = bot
        .call("POST", &bot.phone("group/remove"), Some(member(bob)))
        .await;
    assert!(refused(&twice, 409).contains("not in this group"));
    let wanted = json!({ "edit": "admins", "send": "admins", "disappear": true });
    let body = json!({ "conversation_id": group, "config": wanted });
    let changed = bot.post("group/config", body).await;
    assert_eq!(changed, json!({ "success": true, "data": wanted }));
    pictures_are_set_and_shown(&bot, &group).await;
    let left = bot.post("leaveGroup", json!({ "id": group })).await;
    assert_eq!(left, json!({ "success": true, "data": true }));
    assert_eq!(bot.get("getGroups").await["total"], 0);
    let gone = bot
        .call("GET", &bot.phone(&format!("getGroups/{group}")), None)
        .await;
    refused(&gone, 404);
}

async fn pictures_are_set_and_shown(bot: &Bot, group: &str) {
    let image = "data:image/png;base64,iVBORw0KGgoAAAA=";
    let body = json!({ "conversation_id": group, "image": image });
    let done = json!({ "success": true });
    assert_eq!(bot.post("setProfileImage", body).await, done);
    assert_eq!(
        bot.post("setProfileImage", json!({ "image": image })).await,
        done
    );
    let bytes = &b"\x89PNG\r\n\x1a\n\0\0\0"[..];
    for (operation, at) in [
        ("getGroups", "/data/0/image"),
        (&*format!("getGroups/{group}"), "/data/image"),
        ("contact/447700900200", "/data/0/image"),
    ] {
        let shown = bot.get(operation).await;
        let url = shown.pointer(at).and_then(Value::as_str);
        let url = url.unwrap_or_else(|| panic!("{operation}: {shown}"));
        let picture = bot.demo.client.send("GET", url, &[], "").await;
        assert_eq!(
            (picture.status, &*picture.body),
            (200, bytes),
            "{operation}"
        );
    }
    let body = json!({ "image": "no image" });
    let wrong = bot
        .call("POST", &bot.phone("setProfileImage"), Some(body))
        .await;
    assert!(refused(&wrong, 400).starts_with("image is neither"));
}

#[tokio::test]
async fn people_write_in_a_group_and_a_bot_answers_there() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "current").await;
    let (group, _) = made(&bot).await;
    let say = json!({ "from": ANN, "name": "Ann", "group": group, "text": "Hello @447700900200" });
    bot.world("say", say).await;
    let told = hook(&receiver, "/bot", "the message", |it| {
        it["conversation"] == group.as_str()
    })
    .await;
    assert_eq!(
        (&told["user"]["phone"], &told["user"]["name"]),
        (&json!(ANN), &json!("Ann"))
    );
    assert_eq!(told["message"]["mentions"], json!(["447700900200@c.us"]));
    let id = bot.send_text(&group, "Hello all").await;
    bot.seen("it to be read by all", |it| {
        it["source_id"] == id.as_str() && it["status"] == "read"
    })
    .await;
    hook(&receiver, "/bot", "the echo", |it| {
        it["message"]["text"] == "You said: Hello all"
    })
    .await;
    let contacts = bot.get("contacts").await;
    assert_eq!(
        contacts["data"],
        json!([{ "id": group, "name": "Team", "type": "group" }])
    );
    let body = json!({ "by": ANN, "group": group, "verb": "leave" });
    bot.world("group", body).await;
    let told = hook(&receiver, "/bot", "the leaving", |it| {
        it["message"]["type"] == "info"
    })
    .await;
    assert_eq!(told["message"]["subtype"], "group/leave");
    assert_eq!(told["message"]["participant"], format!("{ANN}@c.us"));
}

#[tokio::test]
async fn who_is_not_in_a_group_cannot_write_in_it() {
    let bot = Bot::start().await;
    let id = bot
        .send_text("447700900123-1574072436@g.us", "Hello?")
        .await;
    let seen = bot
        .seen("it to have failed", |it| {
            it["source_id"] == Value::Null && it["status"] == "failed"
        })
        .await;
    assert!(!id.is_empty() && seen["content"] == "Hello?");
}
