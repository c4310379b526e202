//! The account: shown to its people, changed by its administrators.

use super::*;

#[tokio::test]
async fn an_account_is_shown_and_changed() {
    let demo = start().await;
    let settings = json!({
        "name": "Lamps Ltd", "support_email": "help@lamps.example", "domain": "lamps.example", "locale": "en",
        "industry": "Retail", "timezone": "Europe/Prague",
    });
    let changed = mine(&demo, "PATCH", "", settings).await.ok();
    assert_eq!(
        (
            &changed["name"],
            &changed["support_email"],
            &changed["custom_attributes"]["timezone"]
        ),
        (
            &json!("Lamps Ltd"),
            &json!("help@lamps.example"),
            &json!("Europe/Prague")
        )
    );
    let wrapped = json!({ "account": { "industry": "Light" } });
    mine(&demo, "PUT", "", wrapped).await.ok();
    let shown = call(&demo, 1, "GET", "/api/v1/accounts/1", Value::Null)
        .await
        .ok();
    assert_eq!(
        (
            &shown["name"],
            &shown["domain"],
            &shown["custom_attributes"]
        ),
        (
            &json!("Lamps Ltd"),
            &json!("lamps.example"),
            &json!({ "industry": "Light", "timezone": "Europe/Prague" })
        )
    );
    assert_eq!(
        shown["cache_keys"],
        mine(&demo, "GET", "/cache_keys", Value::Null).await.ok()["cache_keys"]
    );
    assert_eq!(
        (
            &shown["features"]["macros"],
            &shown["features"]["help_center"]
        ),
        (&json!(true), &json!(false))
    );
    let profile = call(&demo, 0, "GET", "/api/v1/profile", Value::Null).await;
    assert_eq!(profile.ok()["accounts"][0]["active_at"], Value::Null);
    let active = mine(&demo, "POST", "/update_active_at", Value::Null).await;
    assert_eq!((active.status, active.text().as_str()), (200, ""));
    let profile = call(&demo, 0, "GET", "/api/v1/profile", Value::Null).await;
    let account = profile.ok()["accounts"][0].clone();
    assert_eq!(account["name"], "Lamps Ltd");
    assert!(account["active_at"].is_string(), "{account}");
}

#[tokio::test]
async fn what_an_account_cannot_be_is_refused_and_not_kept() {
    let demo = start().await;
    let before = mine(&demo, "GET", "", Value::Null).await.ok();
    for body in [
        json!({ "name": "" }),
        json!({ "name": "x".repeat(300) }),
        json!({ "name": ["x"] }),
        json!({ "locale": "xx" }),
        json!({ "domain": "x".repeat(300) }),
        json!({ "name": "Fine", "support_email": { "a": 1 } }),
        json!({ "name": "Fine", "auto_resolve_after": 9 }),
        json!({ "auto_resolve_after": 1_439_857 }),
        json!({ "auto_resolve_after": "soon" }),
        json!({ "auto_resolve_after": 60, "auto_resolve_message": "x".repeat(150_001) }),
        json!({ "auto_resolve_after": 60, "auto_resolve_ignore_waiting": "perhaps" }),
    ] {
        let answer = mine(&demo, "PATCH", "", body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
    }
    let body = json!({ "name": "Theirs" });
    for (agent, path) in [(1, "/api/v1/accounts/1"), (0, "/api/v1/accounts/2")] {
        let answer = call(&demo, agent, "PATCH", path, body.clone()).await;
        assert_eq!(answer.status, 401);
    }
    let active = "/api/v1/accounts/2/update_active_at";
    assert_eq!(
        call(&demo, 0, "POST", active, Value::Null).await.status,
        401
    );
    assert_eq!(mine(&demo, "GET", "", Value::Null).await.ok(), before);
}
