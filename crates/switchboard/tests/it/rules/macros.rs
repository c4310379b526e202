//! Macros as agents make and execute them.

use testkit::{json::keys, receiver::Receiver};

use super::*;
use crate::sdk::strangers::stranger;

fn wanted(name: &str, visibility: &str, actions: Value) -> Value {
    json!({ "name": name, "visibility": visibility, "actions": actions })
}

#[tokio::test]
async fn a_macro_is_done_with_each_conversation_at_once() {
    let demo = demo().await;
    let receiver = Receiver::start().await;
    say(&demo, FRANK, "hello").await;
    say(&demo, "385919990000", "good morning").await;
    let actions = json!([
        action("assign_agent", json!(["self"])),
        action("add_label", json!(["done"])),
        action("send_message", json!(["Thank you"])),
        action("add_private_note", json!(["was easy"])),
        action("send_webhook_event", json!([receiver.url("/macro")])),
        action("resolve_conversation", json!([])),
    ]);
    let made = ok(
        &demo,
        "POST",
        "/macros",
        wanted("thank", "personal", actions),
    )
    .await;
    let path = format!("/macros/{}/execute", made["payload"]["id"]);
    ok(
        &demo,
        "POST",
        &path,
        json!({ "conversation_ids": [1, "2", 99] }),
    )
    .await;
    for number in [1, 2] {
        let it = demo
            .agent("GET", &format!("/conversations/{number}"), None)
            .await
            .ok();
        assert_eq!(it["status"], "resolved");
        assert_eq!(it["labels"], json!(["done"]));
        assert_eq!(
            it["meta"]["assignee"]["id"],
            *demo.card.pointer("/agents/0/id").unwrap()
        );
        let said = demo.messages(number).await;
        let thanks = said.iter().find(|it| it["content"] == "Thank you").unwrap();
        assert_eq!(thanks["sender"]["id"], it["meta"]["assignee"]["id"]);
        assert_eq!(it["waiting_since"], 0, "a person's answer");
    }
    let told = receiver.wait_for("/macro", 2).await;
    assert_eq!(told[0].json()["event"], "macro.executed");
}

#[tokio::test]
async fn macros_are_their_writers_or_everybodys() {
    let mut demo = demo().await;
    let actions = json!([action("add_label", json!(["done"]))]);
    let own = ok(
        &demo,
        "POST",
        "/macros",
        wanted("own", "personal", actions.clone()),
    )
    .await;
    let all = ok(
        &demo,
        "POST",
        "/macros",
        wanted("all", "global", actions.clone()),
    )
    .await;
    #[rustfmt::skip]
    let expected = ["account_id", "actions", "created_by", "id", "name", "updated_by", "visibility"];
    assert_eq!(keys(&own["payload"]), expected);
    assert_eq!(
        own["payload"]["created_by"]["name"],
        demo.text("/agents/0/name")
    );
    let eve = stranger(&mut demo).await;
    let bob = demo.text("/agents/1/access_token");
    let (own, all) = (own["payload"]["id"].clone(), all["payload"]["id"].clone());

    // An agent makes personal ones only, uses everybody's, and changes their own.
    let his = wanted("his", "global", actions.clone());
    let his = as_other(&demo, &bob, "POST", "1/macros", his).await.ok();
    assert_eq!(his["payload"]["visibility"], "personal");
    let list = as_other(&demo, &bob, "GET", "1/macros", json!({}))
        .await
        .ok();
    let names: Vec<&Value> = list["payload"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["all", "his"]);
    let list = ok(&demo, "GET", "/macros", json!({})).await;
    let names: Vec<&Value> = list["payload"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["own", "all"]);
    let renamed = json!({ "name": "mine" });
    let path = format!("1/macros/{}", his["payload"]["id"]);
    let changed = as_other(&demo, &bob, "PATCH", &path, renamed.clone())
        .await
        .ok();
    assert_eq!(changed["payload"]["name"], "mine");
    assert_eq!(changed["payload"]["actions"], actions);
    let none = json!({ "conversation_ids": [] });
    #[rustfmt::skip]
    let table = [
        (&bob, "GET", format!("1/macros/{own}"), 401),
        (&bob, "POST", format!("1/macros/{own}/execute"), 401),
        (&bob, "PATCH", format!("1/macros/{all}"), 401),
        (&bob, "DELETE", format!("1/macros/{all}"), 401),
        (&bob, "GET", format!("1/macros/{all}"), 200),
        (&bob, "POST", format!("1/macros/{all}/execute"), 200),
        (&eve, "GET", "1/macros".to_owned(), 401),
        (&eve, "GET", format!("2/macros/{all}"), 404),
        (&eve, "POST", format!("2/macros/{all}/execute"), 404),
        (&eve, "DELETE", format!("2/macros/{all}"), 404),
        (&bob, "DELETE", path.clone(), 200),
        (&bob, "GET", path, 404),
    ];
    for (token, method, path, status) in table {
        let answer = as_other(&demo, token, method, &path, none.clone()).await;
        assert_eq!(answer.status, status, "{method} {path} {}", answer.text());
    }
}

#[tokio::test]
async fn what_makes_no_macro_is_refused() {
    let demo = demo().await;
    let good = json!([action("add_label", json!(["a"]))]);
    let table = [
        wanted("", "personal", good.clone()),
        wanted("x", "secret", good.clone()),
        wanted("x", "global", json!([action("launch", json!([]))])),
        wanted("x", "global", json!(7)),
        wanted(
            "x",
            "global",
            json!([action("send_webhook_event", json!(["nowhere"]))]),
        ),
    ];
    for body in table {
        let answer = call(&demo, "POST", "/macros", body.clone()).await;
        assert_eq!(answer.status, 422, "{body} {}", answer.text());
        assert_eq!(keys(&answer.json()), ["attributes", "message"]);
    }
    let all = ok(&demo, "GET", "/macros", json!({})).await;
    assert_eq!(all["payload"], json!([]));
}
