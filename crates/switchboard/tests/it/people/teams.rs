//! Teams: made by administrators, seen by all, given conversations.

use super::*;

#[tokio::test]
async fn administrators_make_change_and_remove_teams() {
    let demo = Demo::start(BINARY, None).await;
    assert_eq!(alice(&demo, "GET", "/teams", None).await, json!([]));
    let new = json!({ "name": " Sales ", "description": "sells", "allow_auto_assign": false });
    let made = alice(&demo, "POST", "/teams", new).await;
    let expected = json!({
        "id": 1, "name": "sales", "description": "sells", "allow_auto_assign": false,
        "account_id": 1, "is_member": false,
    });
    assert_eq!(made, expected);
    let wrapped = json!({ "team": { "name": "billing" } });
    let second = alice(&demo, "POST", "/teams", wrapped).await;
    assert_eq!(
        (&second["id"], &second["allow_auto_assign"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(
        alice(&demo, "GET", "/teams", None).await,
        json!([made, second])
    );
    let change = json!({ "name": "Field sales", "description": null });
    let changed = alice(&demo, "PATCH", "/teams/1", change).await;
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!("field sales"), &Value::Null)
    );
    assert_eq!(by(&demo, 1, "GET", "/teams/1", None).await.ok(), changed);

    let bad = [
        (json!({}), "Name must not be blank", "name"),
        (json!({ "name": "  " }), "Name must not be blank", "name"),
        (
            json!({ "name": "BILLING" }),
            "Name has already been taken",
            "name",
        ),
        (
            json!({ "name": "x".repeat(256) }),
            "Name is too long (maximum is 255 characters)",
            "name",
        ),
    ];
    for (body, message, field) in bad {
        let answer = by(&demo, 0, "POST", "/teams", body).await;
        let told = json!({ "message": message, "attributes": [field] });
        assert_eq!((answer.status, answer.json()), (422, told));
    }
    assert_eq!(
        alice(&demo, "GET", "/teams", None)
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for (method, path) in [
        ("POST", "/teams"),
        ("PATCH", "/teams/1"),
        ("DELETE", "/teams/1"),
    ] {
        let answer = by(&demo, 1, method, path, json!({ "name": "mine" })).await;
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_eq!(
            answer.json()["error"],
            "You are not authorized to do this action"
        );
    }
    let gone = by(&demo, 0, "DELETE", "/teams/1", None).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    assert_eq!(by(&demo, 0, "GET", "/teams/1", None).await.status, 404);
    let third = alice(&demo, "POST", "/teams", json!({ "name": "sales" })).await;
    assert_eq!(third["id"], 3, "a number is given once");
}

#[tokio::test]
async fn people_come_into_a_team_and_leave_it() {
    let demo = Demo::start(BINARY, None).await;
    alice(&demo, "POST", "/teams", json!({ "name": "sales" })).await;
    let path = "/teams/1/team_members";
    assert_eq!(alice(&demo, "GET", path, None).await, json!([]));
    let ids = |all: &Value| -> Vec<i64> {
        let all = all.as_array().unwrap().iter();
        all.map(|it| it["id"].as_i64().unwrap()).collect()
    };
    let added = alice(&demo, "POST", path, json!({ "user_ids": [2, "2"] })).await;
    assert_eq!(ids(&added), [2]);
    assert_eq!(added[0]["email"], demo.text("/agents/1/email"));
    let added = alice(&demo, "POST", path, json!({ "user_ids": [1, 2] })).await;
    assert_eq!(ids(&added), [1], "who was in it already is not new");
    assert_eq!(ids(&by(&demo, 1, "GET", path, None).await.ok()), [1, 2]);
    assert_eq!(
        by(&demo, 1, "GET", "/teams/1", None).await.ok()["is_member"],
        true
    );
    let set = alice(&demo, "PATCH", path, json!({ "user_ids": [2] })).await;
    assert_eq!(ids(&set), [2]);
    for (body, status, text) in [
        (json!({ "user_ids": [2, 99] }), 401, "Invalid User IDs"),
        (
            json!({}),
            422,
            "param is missing or the value is empty: user_ids",
        ),
    ] {
        let answer = by(&demo, 0, "POST", path, body).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (status, Some(text))
        );
    }
    assert_eq!(
        by(&demo, 1, "POST", path, json!({ "user_ids": [1] }))
            .await
            .status,
        401
    );
    let gone = by(&demo, 0, "DELETE", path, json!({ "user_ids": [2] })).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    assert_eq!(alice(&demo, "GET", path, None).await, json!([]));
}

#[tokio::test]
async fn a_team_is_given_a_conversation_and_everybody_is_told() {
    let demo = Demo::start(BINARY, None).await;
    customer_writes(&demo, "447700900901", "hello").await;
    alice(&demo, "POST", "/teams", json!({ "name": "sales" })).await;
    alice(
        &demo,
        "POST",
        "/teams",
        json!({ "name": "night", "allow_auto_assign": false }),
    )
    .await;
    alice(
        &demo,
        "POST",
        "/teams/1/team_members",
        json!({ "user_ids": [2] }),
    )
    .await;
    let mut node = follow(&demo, 0).await;
    // Nobody of the team is here, so nobody of it gets the conversation.
    let path = "/conversations/1/assignments";
    let row = alice(&demo, "POST", path, json!({ "team_id": "1" })).await;
    assert_eq!(
        testkit::json::keys(&row),
        [
            "account_id",
            "allow_auto_assign",
            "created_at",
            "description",
            "id",
            "name",
            "updated_at"
        ]
    );
    let data = told(&mut node, "team.changed").await;
    assert_eq!(data["meta"]["team"], row);
    assert_eq!(data["meta"]["assignee"], Value::Null);
    assert_eq!(
        told(&mut node, "conversation.updated").await["meta"]["team"],
        row
    );
    let shown = alice(&demo, "GET", "/conversations/1", None).await;
    assert_eq!(shown["meta"]["team"], row);

    // Alice is not in it, and gives it up to a team; Bob is here and takes what the other team is given.
    alice(&demo, "POST", path, json!({ "assignee_id": 1 })).await;
    alice(&demo, "POST", path, json!({ "team_id": 2 })).await;
    let shown = alice(&demo, "GET", "/conversations/1", None).await;
    assert_eq!(shown["meta"]["team"]["name"], "night");
    assert!(
        shown["meta"].get("assignee").is_none_or(Value::is_null),
        "{shown}"
    );
    let _bob = follow(&demo, 1).await;
    alice(&demo, "POST", path, json!({ "team_id": 1 })).await;
    let shown = alice(&demo, "GET", "/conversations/1", None).await;
    assert_eq!(shown["meta"]["assignee"]["id"], 2);
    assert_eq!(
        alice(&demo, "POST", path, json!({ "team_id": 0 })).await,
        Value::Null
    );
    let shown = alice(&demo, "GET", "/conversations/1", None).await;
    assert!(
        shown["meta"].get("team").is_none_or(Value::is_null),
        "{shown}"
    );
    assert_eq!(
        by(&demo, 0, "POST", path, json!({ "team_id": 9 }))
            .await
            .status,
        404
    );

    // A team that is gone has no conversations.
    alice(&demo, "POST", path, json!({ "team_id": 2 })).await;
    by(&demo, 0, "DELETE", "/teams/2", None).await;
    let shown = alice(&demo, "GET", "/conversations/1", None).await;
    assert!(
        shown["meta"].get("team").is_none_or(Value::is_null),
        "{shown}"
    );
}

#[tokio::test]
async fn another_accounts_teams_are_not_there() {
    let (demo, eve) = with_eve().await;
    alice(&demo, "POST", "/teams", json!({ "name": "sales" })).await;
    let before = alice(
        &demo,
        "POST",
        "/teams/1/team_members",
        json!({ "user_ids": [2] }),
    )
    .await;
    let routes = [
        ("GET", "/teams/1", Value::Null),
        ("PATCH", "/teams/1", json!({ "name": "x" })),
        ("DELETE", "/teams/1", Value::Null),
        ("GET", "/teams/1/team_members", Value::Null),
        ("POST", "/teams/1/team_members", json!({ "user_ids": [1] })),
        ("PATCH", "/teams/1/team_members", json!({ "user_ids": [1] })),
        (
            "DELETE",
            "/teams/1/team_members",
            json!({ "user_ids": [2] }),
        ),
    ];
    is_not_eves(&demo, &eve, &routes).await;
    let theirs = call(&demo, &eve, "GET", "/api/v1/accounts/2/teams", None).await;
    assert_eq!(theirs.ok(), json!([]));
    let members = alice(&demo, "GET", "/teams/1/team_members", None).await;
    assert_eq!(members[0]["id"], before[0]["id"]);
    // The same name in another account is another team.
    let made = json!({ "name": "sales" });
    let made = call(&demo, &eve, "POST", "/api/v1/accounts/2/teams", made).await;
    assert_eq!(made.ok()["id"], 2);
}
