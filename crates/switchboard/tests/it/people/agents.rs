//! Agents: invited, changed, and gone with everything that was theirs.

use super::*;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn administrators_invite_and_change_agents() {
    let demo = Demo::start(BINARY, None).await;
    let new = json!({
        "email": "Cleo@demo.example", "name": "Cleo", "role": "agent", "availability": "busy",
        "auto_offline": false, "password": "a long password",
    });
    let made = alice(&demo, "POST", "/agents", new.clone()).await;
    let expected = json!({
        "id": 3, "account_id": 1, "availability_status": "busy", "auto_offline": false,
        "confirmed": true, "email": "cleo@demo.example", "provider": "email",
        "available_name": "Cleo", "name": "Cleo", "role": "agent", "thumbnail": "",
    });
    assert_eq!(made, expected);
    assert_eq!(alice(&demo, "GET", "/agents", None).await[2], expected);
    let signed_in = sign_in(&demo, "cleo@demo.example", "a long password")
        .await
        .ok();
    assert_eq!(signed_in["data"]["id"], 3);

    let change = json!({ "agent": { "name": "Cleo B.", "role": "administrator", "availability": "online" } });
    let changed = alice(&demo, "PATCH", "/agents/3", change).await;
    assert_eq!(
        (&changed["name"], &changed["role"]),
        (&json!("Cleo B."), &json!("administrator"))
    );
    assert_eq!(changed["availability_status"], "online");
    let emails = json!({ "emails": ["dan@demo.example", "bob@demo.example", "eli@demo.example"] });
    let invited = by(&demo, 0, "POST", "/agents/bulk_create", emails).await;
    assert_eq!((invited.status, invited.text()), (200, String::new()));
    let all = alice(&demo, "GET", "/agents", None).await;
    let names: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names, ["Alice Demo", "Bob Demo", "Cleo B.", "dan", "eli"]);

    let bad = [
        ("POST", "/agents", new, 422, "Email has already been taken"),
        (
            "POST",
            "/agents",
            json!({ "name": "x" }),
            422,
            "Email is invalid",
        ),
        (
            "POST",
            "/agents",
            json!({ "email": "x@y.z", "role": "king" }),
            422,
            "role: not a role",
        ),
        (
            "POST",
            "/agents",
            json!({ "email": "x@y.z", "password": "short" }),
            422,
            "characters",
        ),
        ("POST", "/agents/bulk_create", json!({}), 422, "emails"),
        (
            "PATCH",
            "/agents/99",
            json!({ "name": "x" }),
            404,
            "Resource could not be found",
        ),
        (
            "DELETE",
            "/agents/99",
            Value::Null,
            404,
            "Resource could not be found",
        ),
    ];
    for (method, path, body, status, text) in bad {
        let answer = by(&demo, 0, method, path, Some(body)).await;
        assert_eq!(answer.status, status, "{method} {path} {}", answer.text());
        assert!(answer.text().contains(text), "{}", answer.text());
    }
    for (method, path) in [
        ("POST", "/agents"),
        ("POST", "/agents/bulk_create"),
        ("PATCH", "/agents/1"),
        ("DELETE", "/agents/1"),
    ] {
        let body = json!({ "email": "x@y.z", "emails": ["x@y.z"], "name": "x" });
        assert_eq!(
            by(&demo, 1, method, path, body).await.status,
            401,
            "{method} {path}"
        );
    }
    assert_eq!(alice(&demo, "GET", "/agents", None).await, all);
}

#[tokio::test]
async fn who_is_removed_has_nothing_and_is_thrown_out_at_once() {
    let mut demo = Demo::start(BINARY, None).await;
    for n in 1..=3 {
        customer_writes(&demo, &format!("4477009009{n:02}"), &format!("hello {n}")).await;
        let path = format!("/conversations/{n}/assignments");
        alice(&demo, "POST", &path, json!({ "assignee_id": 2 })).await;
    }
    alice(&demo, "POST", "/teams", json!({ "name": "sales" })).await;
    alice(
        &demo,
        "POST",
        "/teams/1/team_members",
        json!({ "user_ids": [1, 2] }),
    )
    .await;
    let (email, password) = (
        demo.text("/agents/1/email"),
        demo.text("/agents/1/password"),
    );
    let mut bob = follow(&demo, 1).await;
    let mut node = follow(&demo, 0).await;
    let gone = by(&demo, 0, "DELETE", "/agents/2", None).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    for _ in 0..3 {
        let data = told(&mut node, "assignee.changed").await;
        assert_eq!(data["meta"]["assignee"], Value::Null);
    }
    bob.expect("that it is thrown out", |line| line.get("gone").is_some())
        .await;

    assert_eq!(
        by(&demo, 1, "GET", "/conversations", None).await.status,
        401
    );
    assert_eq!(sign_in(&demo, &email, &password).await.status, 401);
    let counts = alice(&demo, "GET", "/conversations/meta?status=all", None).await;
    assert_eq!(counts["meta"]["unassigned_count"], 3);
    let members = alice(&demo, "GET", "/teams/1/team_members", None).await;
    assert_eq!(members.as_array().unwrap().len(), 1);
    let members = alice(&demo, "GET", "/inbox_members/1", None).await;
    assert_eq!(members["payload"].as_array().unwrap().len(), 1);
    // Somebody with their address is somebody else.
    let new = json!({ "email": email, "name": "Bob II", "password": "a long password" });
    assert_eq!(alice(&demo, "POST", "/agents", new).await["id"], 3);
    assert_eq!(
        by(&demo, 1, "GET", "/conversations", None).await.status,
        401
    );
    // Somebody must be able to invite others.
    for (method, body) in [
        ("DELETE", Value::Null),
        ("PATCH", json!({ "role": "agent" })),
    ] {
        let answer = by(&demo, 0, method, "/agents/1", Some(body)).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.json()["error"], "an account needs an administrator");
    }
    assert!(demo.terminate());
    demo.restart().await;
    let all = alice(&demo, "GET", "/agents", None).await;
    let ids: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    assert_eq!(ids, [1, 3]);
}

#[tokio::test]
async fn another_accounts_agents_are_not_there() {
    let (demo, eve) = with_eve().await;
    let routes = [
        ("PATCH", "/agents/2", json!({ "name": "x" })),
        ("DELETE", "/agents/2", Value::Null),
        ("GET", "/inbox_members/1", Value::Null),
        (
            "POST",
            "/inbox_members",
            json!({ "inbox_id": 1, "user_ids": [3] }),
        ),
        (
            "PATCH",
            "/inbox_members",
            json!({ "inbox_id": 1, "user_ids": [3] }),
        ),
        (
            "DELETE",
            "/inbox_members",
            json!({ "inbox_id": 1, "user_ids": [2] }),
        ),
        ("GET", "/assignable_agents?inbox_ids[]=1", Value::Null),
    ];
    is_not_eves(&demo, &eve, &routes).await;
    let theirs = call(&demo, &eve, "GET", "/api/v1/accounts/2/agents", None).await;
    assert_eq!(theirs.ok().as_array().unwrap().len(), 1);
    // Nor can anybody of hers come in.
    let body = json!({ "inbox_id": 1, "user_ids": [3] });
    assert_eq!(
        by(&demo, 0, "POST", "/inbox_members", body).await.status,
        404
    );
    let members = alice(&demo, "GET", "/inbox_members/1", None).await;
    assert_eq!(members["payload"].as_array().unwrap().len(), 2);
}
