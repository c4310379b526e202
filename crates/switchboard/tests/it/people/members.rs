//! Who answers in an inbox sees what happens there, and nobody else but administrators.

use super::*;

#[tokio::test]
async fn administrators_say_who_answers_where() {
    let demo = Demo::start(BINARY, None).await;
    let ids = |answer: &Value| -> Vec<i64> {
        let all = answer["payload"].as_array().unwrap().iter();
        all.map(|it| it["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(
        ids(&alice(&demo, "GET", "/inbox_members/1", None).await),
        [1, 2]
    );
    let both = json!({ "inbox_id": "1", "user_ids": [2] });
    let gone = by(&demo, 0, "DELETE", "/inbox_members", both.clone()).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    assert_eq!(
        ids(&alice(&demo, "GET", "/inbox_members/1", None).await),
        [1]
    );
    assert_eq!(
        ids(&alice(&demo, "POST", "/inbox_members", both.clone()).await),
        [1, 2]
    );
    assert_eq!(
        ids(&alice(&demo, "PATCH", "/inbox_members", both).await),
        [2]
    );
    let path = "/assignable_agents?inbox_ids[]=1&inbox_ids[]=2";
    assert_eq!(
        ids(&alice(&demo, "GET", path, None).await),
        [2, 1],
        "members, then administrators"
    );
    let nobody = json!({ "inbox_id": 2, "user_ids": [] });
    assert_eq!(
        ids(&alice(&demo, "PATCH", "/inbox_members", nobody).await),
        [0_i64; 0]
    );
    assert_eq!(ids(&alice(&demo, "GET", path, None).await), [1]);
    for (body, status) in [
        (json!({ "inbox_id": 99, "user_ids": [2] }), 404),
        (json!({ "inbox_id": 1, "user_ids": [99] }), 404),
        (json!({ "inbox_id": 1 }), 422),
        (json!({ "user_ids": [1] }), 422),
    ] {
        assert_eq!(
            by(&demo, 0, "POST", "/inbox_members", body).await.status,
            status
        );
    }
    let body = json!({ "inbox_id": 2, "user_ids": [2] });
    assert_eq!(
        by(&demo, 1, "POST", "/inbox_members", body).await.status,
        401
    );
}

#[tokio::test]
async fn whoever_does_not_answer_there_neither_sees_nor_is_told() {
    let demo = Demo::start(BINARY, None).await;
    customer_writes(&demo, "447700900901", "hello").await;
    let connector = json!({ "inbox_id": 1, "user_ids": [2] });
    by(&demo, 0, "DELETE", "/inbox_members", connector.clone()).await;
    let (mut alices, mut bobs) = (follow(&demo, 0).await, follow(&demo, 1).await);

    for (method, path) in [
        ("GET", "/conversations/1"),
        ("GET", "/conversations/1/messages"),
        ("POST", "/conversations/1/messages"),
        ("POST", "/conversations/1/toggle_status"),
        ("POST", "/conversations/1/update_last_seen"),
        ("GET", "/conversations/1/labels"),
        ("GET", "/inboxes/1"),
        ("GET", "/inbox_members/1"),
    ] {
        let answer = by(&demo, 1, method, path, json!({ "content": "x" })).await;
        assert_eq!(answer.status, 401, "{method} {path} {}", answer.text());
        assert_eq!(
            answer.json()["error"],
            "You are not authorized to do this action"
        );
    }
    let inboxes = by(&demo, 1, "GET", "/inboxes", None).await.ok();
    assert_eq!(
        inboxes["payload"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["id"] == 1)
            .count(),
        0
    );
    let page = alice(&demo, "GET", "/conversations/1", None).await;
    let contact = page["meta"]["sender"]["id"].clone();
    let path = format!("/contacts/{contact}/conversations");
    assert_eq!(
        by(&demo, 1, "GET", &path, None).await.ok()["payload"],
        json!([])
    );

    let page = by(&demo, 1, "GET", "/conversations?status=all", None)
        .await
        .ok();
    assert_eq!(
        (&page["data"]["payload"], &page["data"]["meta"]["all_count"]),
        (&json!([]), &json!(0))
    );
    let counts = by(&demo, 1, "GET", "/conversations/meta?status=all", None)
        .await
        .ok();
    assert_eq!(counts["meta"]["all_count"], 0);
    let open = json!({ "payload": [{
        "attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": null,
    }] });
    let found = by(&demo, 1, "POST", "/conversations/filter", open.clone())
        .await
        .ok();
    assert_eq!(found["payload"], json!([]));
    assert_eq!(
        alice(&demo, "POST", "/conversations/filter", open).await["meta"]["all_count"],
        1
    );

    // Alice is told; Bob first of what happens after he came in.
    customer_writes(&demo, "447700900901", "are you there?").await;
    told(&mut alices, "message.created").await;
    let note = json!({ "content": "look, [@Bob](mention://user/2/Bob)", "private": true });
    alice(&demo, "POST", "/conversations/1/messages", note).await;
    alice(&demo, "POST", "/inbox_members", connector).await;
    customer_writes(&demo, "447700900901", "hello?").await;
    let first = told(&mut bobs, "message.created").await;
    assert_eq!(first["content"], "hello?");
    assert!(bobs.events("conversation.mentioned").is_empty());
    assert_eq!(
        by(&demo, 1, "GET", "/conversations/1", None).await.status,
        200
    );
}

#[tokio::test]
async fn whoever_is_in_the_team_of_a_conversation_sees_it() {
    let demo = Demo::start(BINARY, None).await;
    customer_writes(&demo, "447700900901", "hello").await;
    let connector = json!({ "inbox_id": 1, "user_ids": [2] });
    by(&demo, 0, "DELETE", "/inbox_members", connector).await;
    alice(&demo, "POST", "/teams", json!({ "name": "sales" })).await;
    alice(
        &demo,
        "POST",
        "/teams/1/team_members",
        json!({ "user_ids": [2] }),
    )
    .await;
    assert_eq!(
        by(&demo, 1, "GET", "/conversations/1", None).await.status,
        401
    );
    let path = "/conversations/1/assignments";
    alice(&demo, "POST", path, json!({ "team_id": 1 })).await;
    assert_eq!(
        by(&demo, 1, "GET", "/conversations/1", None).await.status,
        200
    );
}
