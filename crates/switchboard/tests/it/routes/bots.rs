//! Bots that an operator's programs put into their accounts.

use super::*;

/// A call below the platform's address with a program's token.
async fn platform(demo: &Demo, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let url = demo.url(&format!("/platform/api/v1{path}"));
    let headers = [
        ("api_access_token", token),
        ("content-type", "application/json"),
    ];
    demo.client
        .send(method, &url, &headers, body.to_string())
        .await
}

#[tokio::test]
async fn a_program_has_bots_in_its_own_accounts_alone() {
    let mut demo = Demo::start(BINARY, None).await;
    assert!(demo.terminate());
    let let_in = |name: &str| {
        let printed = demo.setup(&["platform", "--name", name], "");
        let token = printed.trim().strip_prefix("platform token ");
        token.unwrap().to_owned()
    };
    let (ours, theirs) = (let_in("ours"), let_in("theirs"));
    demo.restart().await;
    let account = platform(&demo, &ours, "POST", "/accounts", json!({ "name": "Acme" }))
        .await
        .ok()["id"]
        .clone();
    let new = json!({ "name": "Greeter", "description": "says hello", "account_id": account });
    let bot = platform(&demo, &ours, "POST", "/agent_bots", new.clone())
        .await
        .ok();
    assert_eq!(
        (&bot["name"], &bot["account_id"], &bot["bot_type"]),
        (&json!("Greeter"), &account, &json!("webhook"))
    );
    assert!(bot["access_token"].is_string() && bot["secret"].is_string());
    let path = format!("/agent_bots/{}", bot["id"]);
    let change = json!({ "description": "says good day" });
    let changed = platform(&demo, &ours, "PATCH", &path, change).await.ok();
    let list = platform(&demo, &ours, "GET", "/agent_bots", json!({}))
        .await
        .ok();
    assert_eq!(list, json!([changed]));
    let shown = platform(&demo, &ours, "GET", &path, json!({})).await.ok();
    assert_eq!(shown, changed);

    // Others' bots and accounts, and what is no bot.
    for (token, method, path, body, status) in [
        (&theirs, "GET", &*path, json!({}), 401),
        (&theirs, "PATCH", &path, json!({ "name": "x" }), 401),
        (&theirs, "DELETE", &path, json!({}), 401),
        (&theirs, "POST", "/agent_bots", new.clone(), 401),
        (&ours, "GET", "/agent_bots/1", json!({}), 404),
        (&ours, "GET", "/agent_bots/99", json!({}), 404),
        (
            &ours,
            "POST",
            "/agent_bots",
            json!({ "name": "x", "account_id": 1 }),
            401,
        ),
        (&ours, "POST", "/agent_bots", json!({ "name": "x" }), 422),
        (
            &ours,
            "POST",
            "/agent_bots",
            json!({ "name": " ", "account_id": account }),
            422,
        ),
        (
            &ours,
            "PATCH",
            &path,
            json!({ "name": "x".repeat(300) }),
            422,
        ),
        (&ours, "PATCH", &path, json!({ "bot_type": "oracle" }), 422),
        (
            &ours,
            "PATCH",
            &path,
            json!({ "outgoing_url": "gopher://x" }),
            422,
        ),
    ] {
        let answer = platform(&demo, token, method, path, body.clone()).await;
        assert_eq!(answer.status, status, "{method} {path} {body}");
    }
    let list = platform(&demo, &theirs, "GET", "/agent_bots", json!({})).await;
    assert_eq!(list.ok(), json!([]));
    let shown = platform(&demo, &ours, "GET", &path, json!({})).await.ok();
    assert_eq!(shown, changed, "nothing was kept");
    let gone = platform(&demo, &ours, "DELETE", &path, json!({})).await;
    assert_eq!((gone.status, gone.text().as_str()), (200, ""));
    let list = platform(&demo, &ours, "GET", "/agent_bots", json!({})).await;
    assert_eq!(list.ok(), json!([]));
}
