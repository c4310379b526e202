//! ChatApp's callbacks: one address for each messenger of a licence, checked with an empty post, told flat.

use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    http::Answer,
    receiver::{Receiver, Reply},
    wait::until,
};

use super::{demo, say};

async fn call(demo: &Demo, method: &str, path: &str, body: Option<Value>) -> Answer {
    let token = demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.map(|it| it.to_string()).unwrap_or_default();
    demo.client
        .send(method, &demo.url(path), &headers, body)
        .await
}

fn path(demo: &Demo) -> String {
    let (license, messenger) = (demo.text("/license_id"), demo.text("/chatapp/messengers/0"));
    format!("/v1/licenses/{license}/messengers/{messenger}/callbackUrl")
}

async fn put(demo: &Demo, url: &str, events: &[&str]) -> Answer {
    let body = json!({ "url": url, "events": events });
    call(demo, "PUT", &path(demo), Some(body)).await
}

async fn listed(demo: &Demo) -> Value {
    let answer = call(demo, "GET", "/v1/callbackUrls", None).await.ok();
    assert_eq!(answer["success"], true);
    answer["data"]["items"].clone()
}

#[tokio::test]
async fn an_address_must_answer_200_to_an_empty_post_and_nothing_is_stored_before() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    for status in [201, 204, 302, 404, 500] {
        receiver.answer("/in", Reply::status(status));
        let refused = put(&demo, &receiver.url("/in"), &["message"]).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert_eq!(refused.json()["success"], false);
        let said = refused.json()["error"]["message"].to_string();
        assert!(
            said.contains(&format!("answered {status} to an empty post")),
            "{said}"
        );
    }
    for (url, why) in [
        ("http://10.0.0.1/in", "private network"),
        ("http://127.0.0.1:1/in", "did not answer an empty post"),
        ("gopher://example.com/", "must start with"),
    ] {
        let refused = put(&demo, url, &["message"]).await;
        assert_eq!(refused.status, 422, "{url}");
        assert!(refused.text().contains(why), "{url}: {}", refused.text());
    }
    assert_eq!(listed(&demo).await, json!([]));
    let checks = receiver.got("/in");
    assert_eq!(checks.len(), 5);
    assert!(checks.iter().all(|it| it.body.is_empty()));

    receiver.answer("/in", Reply::status(200));
    put(&demo, &receiver.url("/in"), &["message"]).await.ok();
    let elsewhere = "/v1/licenses/999/messengers/ctlive/callbackUrl";
    let body = json!({ "url": receiver.url("/in"), "events": [] });
    assert_eq!(call(&demo, "PUT", elsewhere, Some(body)).await.status, 404);
    let anonymous = demo
        .client
        .send("GET", &demo.url("/v1/callbackUrls"), &[], "")
        .await;
    assert_eq!(anonymous.status, 401);
}

#[tokio::test]
async fn messages_and_their_statuses_are_told_in_the_flat_envelope() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    put(&demo, &receiver.url("/in"), &["message", "messageStatus"])
        .await
        .ok();
    say(&demo, "hello").await;
    let told = receiver.wait_for("/in", 2).await.remove(1);
    assert_eq!(told.header("content-type"), "application/json");
    let body = told.json();
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["data", "meta"]);
    let messenger = demo.text("/chatapp/messengers/0");
    let meta = |kind: &str| json!({ "type": kind, "licenseId": 1, "messengerType": messenger });
    assert_eq!(body["meta"], meta("message"));
    let message = &body["data"][0];
    assert_eq!(body["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&message["side"], &message["fromMe"]),
        (&json!("in"), &json!(false))
    );
    assert_eq!(
        (&message["type"], &message["message"]["text"]),
        (&json!("text"), &json!("hello"))
    );
    assert_eq!(message["chat"]["id"], "385919998888");
    assert!(message["time"].is_i64() && message["id"].is_i64());

    let answer = json!({ "content": "How can I help?" });
    let sent = demo
        .agent("POST", "/conversations/1/messages", Some(answer))
        .await
        .ok();
    let of_kind = |kind: &str| {
        let got = receiver.got("/in").into_iter().map(|it| it.json());
        got.filter(|it| it["meta"]["type"] == kind)
            .collect::<Vec<_>>()
    };
    let status = until("a status", async || {
        of_kind("messageStatus").into_iter().next()
    })
    .await;
    assert_eq!(status["meta"], meta("messageStatus"));
    let item = &status["data"][0];
    assert_eq!((&item["id"], &item["type"]), (&sent["id"], &json!("sent")));
    assert_eq!(item["chat"]["id"], "385919998888");
    let echo = &of_kind("message")[1]["data"][0];
    assert_eq!(
        (&echo["side"], &echo["fromMe"]),
        (&json!("out"), &json!(true))
    );
}

#[tokio::test]
async fn only_the_events_asked_for_are_told() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    put(&demo, &receiver.url("/in"), &["chatStatus"]).await.ok();
    say(&demo, "hello").await;
    let resolved = json!({ "status": "resolved" });
    demo.agent("POST", "/conversations/1/toggle_status", Some(resolved))
        .await
        .ok();
    let told = receiver.wait_for("/in", 2).await.remove(1).json();
    assert_eq!(told["meta"]["type"], "chatStatus");
    assert_eq!(told["data"][0]["type"], "close");
}

#[tokio::test]
async fn there_is_one_address_for_a_messenger_and_deleting_it_stops_the_posts() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    put(&demo, &receiver.url("/one"), &["message"]).await.ok();
    put(&demo, &receiver.url("/two"), &["message"]).await.ok();
    let messenger = demo.text("/chatapp/messengers/0");
    let expected = json!([{
        "licenseId": 1, "messengerType": messenger,
        "url": receiver.url("/two"), "events": ["message"],
    }]);
    assert_eq!(listed(&demo).await, expected);
    say(&demo, "hello").await;
    receiver.wait_for("/two", 2).await;
    let gone = call(&demo, "DELETE", &path(&demo), None).await;
    assert_eq!(
        (gone.status, gone.json()),
        (200, json!({ "success": true, "data": {} }))
    );
    assert_eq!(listed(&demo).await, json!([]));
    assert_eq!(call(&demo, "DELETE", &path(&demo), None).await.status, 404);
    say(&demo, "to nobody").await;
    assert_eq!(demo.figure("switchboard_deliveries_pending").await, 0);
    assert_eq!((receiver.count("/one"), receiver.count("/two")), (1, 2));
}

#[tokio::test]
async fn setting_an_address_that_was_given_up_on_again_enables_it() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    put(&demo, &receiver.url("/in"), &["message"]).await.ok();
    receiver.answer_next("/in", Reply::status(410));
    say(&demo, "gone").await;
    until("it to be disabled", async || {
        let all = demo.agent("GET", "/endpoints", None).await.ok();
        (all["endpoints"][0]["state"] == "disabled").then_some(())
    })
    .await;
    put(&demo, &receiver.url("/again"), &["message"]).await.ok();
    say(&demo, "back").await;
    // The check, what was held back, and what is new.
    receiver.wait_for("/again", 3).await;
}
