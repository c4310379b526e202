//! When contacts were last active, and who of them is here.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::*;

/// The contact of a conversation, and the token by which they follow it.
async fn contact(demo: &Demo, conversation: i64) -> (i64, String) {
    let path = format!("/conversations/{conversation}/messages");
    let said = mine(demo, "GET", &path, Value::Null).await.ok();
    let by = &said["payload"][0]["sender"];
    let token = by["pubsub_token"].as_str().unwrap();
    (by["id"].as_i64().unwrap(), token.to_owned())
}

#[tokio::test]
async fn a_contact_tells_when_they_were_last_active_wherever_they_are_shown() {
    let demo = start().await;
    let silent = json!({ "name": "Silent", "email": "silent@mail.example" });
    let silent = mine(&demo, "POST", "/contacts", silent).await.ok();
    let silent = &silent["payload"]["contact"];
    assert_eq!(silent.get("last_activity_at"), None, "{silent}");
    let (id, _) = contact(&demo, 3).await;
    let shown = mine(&demo, "GET", "/conversations/3", Value::Null).await;
    let at = shown.ok()["last_activity_at"].clone();
    assert!(at.is_i64(), "{at}");
    let path = format!("/contacts/{id}");
    let one = mine(&demo, "GET", &path, Value::Null).await.ok();
    assert_eq!(one["payload"]["last_activity_at"], at);
    for path in [
        "/contacts?sort=-last_activity_at",
        "/contacts?include_contact_inboxes=false",
        "/contacts/search?q=447700900003",
    ] {
        let page = mine(&demo, "GET", path, Value::Null).await.ok();
        let all = page["payload"].as_array().unwrap();
        let found = all.iter().find(|it| it["id"] == id).unwrap();
        assert_eq!(found["last_activity_at"], at, "{path}");
        let silent = all.iter().find(|it| it["name"] == "Silent");
        assert!(silent.is_none_or(|it| it.get("last_activity_at").is_none()));
    }
}

#[tokio::test]
async fn contacts_who_are_here_are_shown_and_no_others() {
    let demo = start().await;
    let mut here = Vec::new();
    let mut sockets = Vec::new();
    for number in [3, 1] {
        let (id, token) = contact(&demo, number).await;
        here.push(id);
        let (mut socket, _) = connect_async(demo.socket_url("/cable")).await.unwrap();
        let room = json!({ "channel": "RoomChannel", "pubsub_token": token }).to_string();
        let subscribe = json!({ "command": "subscribe", "identifier": room }).to_string();
        socket.send(Message::text(subscribe)).await.unwrap();
        loop {
            let frame = socket.next().await.unwrap().unwrap();
            if frame.to_text().unwrap().contains("confirm_subscription") {
                break;
            }
        }
        sockets.push(socket);
    }
    here.sort_unstable();
    let page = mine(&demo, "GET", "/contacts/active", Value::Null)
        .await
        .ok();
    assert_eq!(page["meta"], json!({ "count": 2, "current_page": 1 }));
    let all = page["payload"].as_array().unwrap();
    let ids: Vec<i64> = all.iter().map(|it| it["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, here);
    for it in all {
        assert_eq!(it["availability_status"], "online");
        assert!(it["last_activity_at"].is_i64(), "{it}");
    }
    let next = "/contacts/active?page=2";
    let next = mine(&demo, "GET", next, Value::Null).await.ok();
    assert_eq!(next["payload"], json!([]));
}
