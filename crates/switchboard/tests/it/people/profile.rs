//! What agents say and keep of themselves.

use super::*;

async fn profile(demo: &Demo, token: &str, body: Value) -> Answer {
    call(
        demo,
        token,
        "PUT",
        "/api/v1/profile",
        json!({ "profile": body }),
    )
    .await
}

#[tokio::test]
async fn an_agent_changes_their_profile() {
    let demo = Demo::start(BINARY, None).await;
    let token = demo.text("/agents/1/access_token");
    let change = json!({
        "name": "Bob Builder", "display_name": "Bob", "email": "builder@demo.example",
        "message_signature": "Yours, Bob", "ui_settings": { "wide": true },
    });
    let changed = profile(&demo, &token, change).await.ok();
    let shown = call(&demo, &token, "GET", "/api/v1/profile", None)
        .await
        .ok();
    assert_eq!(changed, shown);
    for (key, value) in [
        ("name", json!("Bob Builder")),
        ("display_name", json!("Bob")),
        ("available_name", json!("Bob")),
        ("email", json!("builder@demo.example")),
        ("uid", json!("builder@demo.example")),
        ("message_signature", json!("Yours, Bob")),
        ("ui_settings", json!({ "wide": true })),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    let password = demo.text("/agents/1/password");
    assert_eq!(
        sign_in(&demo, "builder@demo.example", &password)
            .await
            .status,
        200
    );
    // Contacts read the name that is shown.
    customer_writes(&demo, "447700900901", "hello").await;
    let said = json!({ "content": "hi" });
    let said = by(&demo, 1, "POST", "/conversations/1/messages", said)
        .await
        .ok();
    assert_eq!(said["sender"]["available_name"], "Bob");
    let bare = profile(&demo, &token, json!({ "display_name": "" }))
        .await
        .ok();
    assert_eq!(
        (&bare["display_name"], &bare["available_name"]),
        (&Value::Null, &json!("Bob Builder"))
    );
    assert_eq!(
        bare["ui_settings"],
        json!({ "wide": true }),
        "what is not sent stays"
    );

    let alices = demo.text("/agents/0/email");
    for (body, text) in [
        (json!({ "email": alices }), "Email has already been taken"),
        (json!({ "email": "nobody" }), "Email is invalid"),
        (json!({ "name": " " }), "Name can't be blank"),
        (
            json!({ "display_name": "x".repeat(256) }),
            "Name is too long",
        ),
        (json!({ "ui_settings": "x" }), "ui_settings: not an object"),
    ] {
        let answer = profile(&demo, &token, body).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(answer.text().contains(text), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_new_password_ends_everything_that_was_shown_before() {
    let demo = Demo::start(BINARY, None).await;
    let (email, old) = (
        demo.text("/agents/1/email"),
        demo.text("/agents/1/password"),
    );
    let token = demo.text("/agents/1/access_token");
    let mut node = follow(&demo, 1).await;
    for (body, text) in [
        (
            json!({ "password": "correct horse" }),
            "Invalid current password",
        ),
        (
            json!({ "password": "correct horse", "current_password": "x" }),
            "Invalid current password",
        ),
        (
            json!({ "password": "short", "current_password": old }),
            "Password is too short",
        ),
        (
            json!({ "password": "correct horse", "current_password": old, "password_confirmation": "x" }),
            "Password confirmation doesn't match Password",
        ),
    ] {
        let answer = profile(&demo, &token, body).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains(text), "{}", answer.text());
    }
    let body = json!({
        "password": "correct horse", "current_password": old, "password_confirmation": "correct horse",
    });
    let changed = profile(&demo, &token, body).await.ok();
    node.expect("that it is thrown out", |line| line.get("gone").is_some())
        .await;
    assert_eq!(profile(&demo, &token, json!({})).await.status, 401);
    assert_eq!(sign_in(&demo, &email, &old).await.status, 401);
    let signed_in = sign_in(&demo, &email, "correct horse").await.ok();
    assert_eq!(signed_in["data"]["access_token"], changed["access_token"]);
    follow_as(
        &demo,
        changed["pubsub_token"].as_str().unwrap(),
        &changed["id"],
    )
    .await;
}

#[tokio::test]
async fn a_token_is_reset_and_availability_said() {
    let demo = Demo::start(BINARY, None).await;
    let token = demo.text("/agents/1/access_token");
    let path = "/api/v1/profile/auto_offline";
    let body = json!({ "profile": { "account_id": 1, "auto_offline": false } });
    let shown = call(&demo, &token, "POST", path, body).await.ok();
    assert_eq!(shown["accounts"][0]["auto_offline"], false);
    assert_eq!(shown["accounts"][0]["availability_status"], "online");
    // Whoever stays as they say is listed although they are not connected.
    let mut node = follow(&demo, 0).await;
    let here = told(&mut node, "presence.update").await;
    assert_eq!(here["users"]["2"], "online");
    let path = "/api/v1/profile/availability";
    let body = json!({ "profile": { "account_id": 1, "availability": "busy" } });
    let shown = call(&demo, &token, "POST", path, body).await.ok();
    assert_eq!(shown["accounts"][0]["availability"], "busy");
    for (path, body, status) in [
        (
            path,
            json!({ "profile": { "account_id": 2, "availability": "busy" } }),
            401,
        ),
        (
            path,
            json!({ "profile": { "availability": "asleep" } }),
            422,
        ),
        ("/api/v1/profile/auto_offline", json!({}), 422),
    ] {
        assert_eq!(call(&demo, &token, "POST", path, body).await.status, status);
    }
    let active = json!({ "profile": { "account_id": 1 } });
    let active = call(
        &demo,
        &token,
        "PUT",
        "/api/v1/profile/set_active_account",
        active,
    )
    .await;
    assert_eq!((active.status, active.text()), (200, String::new()));

    let path = "/api/v1/profile/reset_access_token";
    let reset = call(&demo, &token, "POST", path, None).await.ok();
    let new = reset["access_token"].as_str().unwrap();
    assert_ne!(new, token);
    assert_eq!(
        call(&demo, &token, "GET", "/api/v1/profile", None)
            .await
            .status,
        401
    );
    assert_eq!(
        call(&demo, new, "GET", "/api/v1/profile", None).await.ok(),
        reset
    );
}
