//! Drafts, the files of a conversation, and the same done to many.

use testkit::http::Form;

use super::*;

#[tokio::test]
async fn a_draft_waits_for_whoever_opens_the_conversation_next() {
    let demo = start().await;
    let path = "/api/v1/accounts/1/conversations/1/draft_messages";
    let none = json!({ "has_draft": false });
    assert_eq!(call(&demo, 0, "GET", path, Value::Null).await.ok(), none);
    let draft = json!({ "draft_message": { "message": "Dear Jana," } });
    let kept = call(&demo, 0, "PATCH", path, draft).await;
    assert_eq!((kept.status, kept.text().as_str()), (200, ""));
    let there = json!({ "has_draft": true, "message": "Dear Jana," });
    assert_eq!(call(&demo, 1, "GET", path, Value::Null).await.ok(), there);
    for body in [
        json!({ "draft_message": { "message": "x".repeat(150_001) } }),
        json!({ "draft_message": { "message": ["x"] } }),
    ] {
        assert_eq!(call(&demo, 0, "PATCH", path, body).await.status, 422);
    }
    assert_eq!(call(&demo, 0, "GET", path, Value::Null).await.ok(), there);
    assert_eq!(
        call(&demo, 0, "DELETE", path, Value::Null).await.status,
        200
    );
    assert_eq!(call(&demo, 0, "GET", path, Value::Null).await.ok(), none);
    let other = "/api/v1/accounts/1/conversations/99/draft_messages";
    for method in ["GET", "PATCH", "DELETE"] {
        assert_eq!(call(&demo, 0, method, other, json!({})).await.status, 404);
    }
}

#[tokio::test]
async fn the_files_of_a_conversation_are_listed_the_newest_first() {
    let demo = start().await;
    for name in ["one.txt", "two.png"] {
        let form = Form::default().text("content", "Look").file(
            "attachments[]",
            name,
            "text/plain",
            b"hello",
        );
        demo.agent_form("/conversations/1/messages", form)
            .await
            .ok();
    }
    let path = "/conversations/1/attachments";
    let page = mine(&demo, "GET", path, Value::Null).await.ok();
    assert_eq!(page["meta"], json!({ "total_count": 2 }));
    let files = page["payload"].as_array().unwrap();
    assert_eq!(
        (&files[0]["extension"], &files[1]["extension"]),
        (&json!("png"), &json!("txt"))
    );
    assert_eq!(files[0]["sender"]["id"], demo.card["agents"][0]["id"]);
    assert!(files[0]["message_id"].is_i64() && files[0]["created_at"].is_i64());
    let url = files[1]["data_url"].as_str().unwrap();
    let file = demo.client.send("GET", url, &[], "").await;
    assert_eq!(file.text(), "hello");
    for (path, status, count) in [
        ("?page=2", 200, 0),
        ("?page=x", 422, 0),
        ("?page=-5", 200, 2),
    ] {
        let path = format!("/conversations/1/attachments{path}");
        let answer = mine(&demo, "GET", &path, Value::Null).await;
        assert_eq!(answer.status, status, "{path}");
        let shown = answer.json()["payload"].as_array().map_or(0, Vec::len);
        assert_eq!(shown, count, "{path}");
    }
    let path = "/conversations/99/attachments";
    assert_eq!(mine(&demo, "GET", path, Value::Null).await.status, 404);
}

#[tokio::test]
async fn many_conversations_are_changed_at_once() {
    let demo = start().await;
    let me = demo.card["agents"][0]["id"].clone();
    let body = json!({
        "type": "Conversation", "ids": [1, 2, 3, 3, 99], "fields": { "status": "snoozed", "assignee_id": me },
        "labels": { "add": ["Kitchen"], "remove": ["parcel"] }, "snoozed_until": 4_102_444_800_i64,
    });
    let done = mine(&demo, "POST", "/bulk_actions", body).await;
    assert_eq!((done.status, done.text().as_str()), (200, ""));
    for number in 1..=3 {
        let path = format!("/conversations/{number}");
        let it = mine(&demo, "GET", &path, Value::Null).await.ok();
        assert_eq!(
            (&it["status"], &it["labels"], &it["meta"]["assignee"]["id"]),
            (&json!("snoozed"), &json!(["kitchen"]), &me)
        );
        assert_eq!(it["snoozed_until"], "2100-01-01T00:00:00.000Z");
    }
    let nobody = json!({ "type": "Conversation", "ids": ["1"], "fields": { "assignee_id": null } });
    mine(&demo, "POST", "/bulk_actions", nobody).await;
    let it = mine(&demo, "GET", "/conversations/1", Value::Null)
        .await
        .ok();
    assert_eq!(
        (&it["meta"]["assignee"], &it["status"]),
        (&Value::Null, &json!("snoozed"))
    );
}

#[tokio::test]
async fn what_cannot_be_done_to_many_is_done_to_none() {
    let demo = start().await;
    let many: Vec<i64> = (1..=1_001).collect();
    let of = |more: Value| {
        let mut all = json!({ "type": "Conversation", "ids": [1, 2, 3] });
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        all
    };
    for (body, status) in [
        (json!({ "ids": [1] }), 422),
        (of(json!({ "type": "Galaxy" })), 422),
        (of(json!({ "ids": many })), 422),
        (of(json!({ "ids": ["x"] })), 422),
        (of(json!({ "fields": { "status": "shut" } })), 422),
        (
            of(json!({ "fields": { "status": "resolved", "assignee_id": 99 } })),
            404,
        ),
        (
            of(json!({ "fields": { "status": "resolved", "team_id": 99 } })),
            404,
        ),
        (of(json!({ "labels": { "add": [{ "a": 1 }] } })), 422),
    ] {
        let answer = mine(&demo, "POST", "/bulk_actions", body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
    let path = "/api/v1/accounts/2/bulk_actions";
    assert_eq!(
        call(&demo, 0, "POST", path, of(json!({}))).await.status,
        401
    );
    let it = mine(&demo, "GET", "/conversations/1", Value::Null)
        .await
        .ok();
    assert_eq!((&it["status"], &it["labels"]), (&json!("open"), &json!([])));
}

#[tokio::test]
async fn open_conversations_with_something_unread_are_counted_by_inbox_label_and_team() {
    let demo = start().await;
    let get = async |agent: usize| {
        let path = "/api/v1/accounts/1/conversations/unread_counts";
        call(&demo, agent, "GET", path, Value::Null).await.ok()["payload"].clone()
    };
    let inbox = demo.text("/ctlive/inbox_id");
    let counted = async |open: i64| {
        let all = mine(&demo, "GET", "/conversations?status=open", Value::Null).await;
        let all = all.ok()["data"]["payload"].clone();
        let unread = all.as_array().unwrap().iter();
        let unread = unread
            .filter(|it| it["unread_count"].as_i64() > Some(0))
            .count();
        assert_eq!(i64::try_from(unread).unwrap(), open);
        match open {
            0 => json!({}),
            _ => json!({ inbox.as_str(): open }),
        }
    };
    // The second is resolved, so that what was said there counts no more.
    let before = get(0).await;
    assert_eq!(before["inboxes"], counted(2).await);
    assert_eq!(
        (&before["labels"], &before["teams"]),
        (&json!({}), &json!({}))
    );
    let team = mine(&demo, "POST", "/teams", json!({ "name": "kitchen" }))
        .await
        .ok();
    let given = json!({ "team_id": team["id"] });
    mine(&demo, "POST", "/conversations/1/assignments", given)
        .await
        .ok();
    let label = mine(&demo, "GET", "/labels", Value::Null).await.ok()["payload"][0]["id"].clone();
    let labels = json!({ "labels": ["parcel"] });
    mine(&demo, "POST", "/conversations/1/labels", labels)
        .await
        .ok();
    let after = get(0).await;
    assert_eq!(after["labels"], json!({ label.to_string(): 1 }));
    assert_eq!(after["teams"], json!({ team["id"].to_string(): 1 }));
    assert_eq!(get(1).await, after);
    // Whoever answers nowhere is shown nothing.
    let members = json!({ "inbox_id": inbox.parse::<i64>().unwrap(), "user_ids": [] });
    mine(&demo, "PATCH", "/inbox_members", members).await.ok();
    assert_eq!(get(1).await["inboxes"], json!({}));
    // Seen, and opened again by what is said in it.
    mine(
        &demo,
        "POST",
        "/conversations/1/update_last_seen",
        Value::Null,
    )
    .await
    .ok();
    let seen = get(0).await;
    assert_eq!(seen["inboxes"], counted(1).await);
    assert_eq!((&seen["labels"], &seen["teams"]), (&json!({}), &json!({})));
    let again = json!([demo.inbound("447700900002", "more", "And now?")]);
    demo.post(again).await.ok();
    let heard = get(0).await;
    assert_eq!(heard["inboxes"], counted(2).await);
    assert_eq!(heard["labels"], json!({ label.to_string(): 1 }));
    mine(&demo, "DELETE", "/conversations/2", Value::Null).await;
    let removed = get(0).await;
    assert_eq!(removed["inboxes"], counted(1).await);
    assert_eq!(removed["labels"], json!({}));
}
