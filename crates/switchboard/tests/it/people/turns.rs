//! An inbox gives the conversations that open in it to those who are here, by turns.

use super::*;

/// A demo in which these agents are always here, and its connector inbox gives by turns with this in its settings.
async fn dealing(here: &[usize], config: Value) -> Demo {
    let demo = Demo::start(BINARY, None).await;
    for index in here {
        stays(&demo, *index).await;
    }
    let wanted = json!({ "enable_auto_assignment": true, "auto_assignment_config": config });
    let inbox = alice(&demo, "PATCH", "/inboxes/1", wanted).await;
    assert_eq!(inbox["enable_auto_assignment"], true);
    assert_eq!(inbox["auto_assignment_config"], config);
    demo
}

/// An agent counts as here from now on, whether a socket of theirs is open or not.
async fn stays(demo: &Demo, index: usize) {
    let token = demo.text(&format!("/agents/{index}/access_token"));
    let body = json!({ "profile": { "account_id": 1, "auto_offline": false } });
    let path = "/api/v1/profile/auto_offline";
    call(demo, &token, "POST", path, body).await.ok();
}

/// Who has a conversation.
async fn holder(demo: &Demo, number: i64) -> Value {
    let shown = alice(demo, "GET", &format!("/conversations/{number}"), None).await;
    shown["meta"]["assignee"]["id"].clone()
}

#[tokio::test]
async fn what_opens_is_given_by_turns_to_those_who_are_here() {
    let demo = dealing(&[0, 1], json!({})).await;
    for (number, from) in ["447700900911", "447700900912", "447700900913"]
        .into_iter()
        .enumerate()
    {
        customer_writes(&demo, from, &format!("hello {number}")).await;
    }
    let had = [
        holder(&demo, 1).await,
        holder(&demo, 2).await,
        holder(&demo, 3).await,
    ];
    assert_eq!(had, [json!(1), json!(2), json!(1)]);
    // Nobody decided it, so nobody is named in the conversation.
    let all = demo.messages(1).await;
    assert!(all.iter().all(|it| it["message_type"] != 2), "{all:?}");

    // Who had it has it when it opens again; what is nobody's is given to the next.
    let path = "/conversations/1";
    let resolved = json!({ "status": "resolved" });
    alice(
        &demo,
        "POST",
        &format!("{path}/toggle_status"),
        resolved.clone(),
    )
    .await;
    customer_writes(&demo, "447700900911", "again").await;
    assert_eq!(holder(&demo, 1).await, 1);
    let nobody = json!({ "assignee_id": 0 });
    alice(&demo, "POST", &format!("{path}/assignments"), nobody).await;
    alice(&demo, "POST", &format!("{path}/toggle_status"), resolved).await;
    assert_eq!(holder(&demo, 1).await, Value::Null);
    customer_writes(&demo, "447700900911", "and again").await;
    assert_eq!(holder(&demo, 1).await, 2);
}

#[tokio::test]
async fn nobody_is_given_anything_who_is_away_or_where_nobody_asked_for_it() {
    let demo = dealing(&[], json!({})).await;
    customer_writes(&demo, "447700900911", "is anybody there").await;
    assert_eq!(holder(&demo, 1).await, Value::Null);
    stays(&demo, 1).await;
    customer_writes(&demo, "447700900912", "and now").await;
    assert_eq!(
        [holder(&demo, 1).await, holder(&demo, 2).await],
        [Value::Null, json!(2)]
    );
    alice(
        &demo,
        "PATCH",
        "/inboxes/1",
        json!({ "enable_auto_assignment": false }),
    )
    .await;
    customer_writes(&demo, "447700900913", "who is next").await;
    assert_eq!(holder(&demo, 3).await, Value::Null);
}

#[tokio::test]
async fn nobody_is_given_more_than_an_inbox_gives() {
    let demo = dealing(&[0, 1], json!({ "max_assignment_limit": 1 })).await;
    for from in ["447700900911", "447700900912", "447700900913"] {
        customer_writes(&demo, from, from).await;
    }
    assert_eq!(holder(&demo, 3).await, Value::Null);
    let done = json!({ "status": "resolved" });
    alice(&demo, "POST", "/conversations/2/toggle_status", done).await;
    customer_writes(&demo, "447700900914", "is somebody free").await;
    assert_eq!(holder(&demo, 4).await, 2);
    for (limit, status) in [(json!(0), 422), (json!(-1), 422), (json!("many"), 422)] {
        let body = json!({ "auto_assignment_config": { "max_assignment_limit": limit } });
        let answer = by(&demo, 0, "PATCH", "/inboxes/1", body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let shown = alice(&demo, "GET", "/inboxes/1", None).await;
    assert_eq!(shown["auto_assignment_config"]["max_assignment_limit"], 1);
    let body = json!({ "enable_auto_assignment": false });
    assert_eq!(by(&demo, 1, "PATCH", "/inboxes/1", body).await.status, 401);
}

#[tokio::test]
async fn what_a_bot_has_is_given_when_it_hands_it_over() {
    let demo = dealing(&[1], json!({})).await;
    let bot = alice(&demo, "POST", "/agent_bots", json!({ "name": "Robo" })).await;
    let set = json!({ "agent_bot": bot["id"] });
    by(&demo, 0, "POST", "/inboxes/1/set_agent_bot", set).await;
    customer_writes(&demo, "447700900911", "hello").await;
    assert_eq!(holder(&demo, 1).await, Value::Null);
    let token = bot["access_token"].as_str().unwrap();
    let path = "/api/v1/accounts/1/conversations/1/toggle_status";
    let body = json!({ "status": "open" });
    call(&demo, token, "POST", path, body).await.ok();
    assert_eq!(holder(&demo, 1).await, 2);
}
