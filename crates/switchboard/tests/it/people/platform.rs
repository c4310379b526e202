//! The platform interface: an operator's program makes accounts and users.

use super::*;

/// A demo with two programs that the operator let in, and their tokens.
async fn start() -> (Demo, String, String) {
    start_in(Options::default()).await
}

/// The same with these options.
pub(super) async fn start_in(options: Options) -> (Demo, String, String) {
    let mut demo = Demo::start_with(BINARY, options).await;
    assert!(demo.terminate());
    let token = |name: &str| {
        let printed = demo.setup(&["platform", "--name", name], "");
        let token = printed.trim().strip_prefix("platform token ");
        token.unwrap().to_owned()
    };
    let (ours, theirs) = (token("ours"), token("theirs"));
    demo.restart().await;
    (demo, ours, theirs)
}

pub(super) async fn platform(
    demo: &Demo,
    token: &str,
    method: &str,
    path: &str,
    body: impl Into<Option<Value>>,
) -> Answer {
    call(
        demo,
        token,
        method,
        &format!("/platform/api/v1{path}"),
        body,
    )
    .await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn a_program_makes_an_account_and_who_works_for_it() {
    let (demo, ours, _) = start().await;
    let made = platform(&demo, &ours, "POST", "/accounts", json!({ "name": "Acme" }))
        .await
        .ok();
    assert_eq!((&made["id"], &made["name"]), (&json!(2), &json!("Acme")));
    let renamed = json!({ "name": "Acme Ltd" });
    let renamed = platform(&demo, &ours, "PATCH", "/accounts/2", renamed)
        .await
        .ok();
    assert_eq!(
        platform(&demo, &ours, "GET", "/accounts/2", None)
            .await
            .ok(),
        renamed
    );
    let new = json!({
        "name": "Ann", "display_name": "Annie", "email": "Ann@acme.example",
        "password": "correct horse", "custom_attributes": { "desk": 4 },
    });
    let ann = platform(&demo, &ours, "POST", "/users", new).await.ok();
    for (key, value) in [
        ("id", json!(3)),
        ("email", json!("ann@acme.example")),
        ("display_name", json!("Annie")),
        ("custom_attributes", json!({ "desk": 4 })),
        ("accounts", json!([])),
        ("account_id", Value::Null),
    ] {
        assert_eq!(ann[key], value, "{key}");
    }

    // Until she works for somebody she can do nothing.
    let token = ann["access_token"].as_str().unwrap();
    assert_eq!(
        sign_in(&demo, "ann@acme.example", "correct horse")
            .await
            .status,
        401
    );
    for account in [0, 2] {
        let path = format!("/api/v1/accounts/{account}/agents");
        assert_eq!(call(&demo, token, "GET", &path, None).await.status, 401);
    }
    let seat = json!({ "user_id": 3, "role": "administrator" });
    let seat = platform(&demo, &ours, "POST", "/accounts/2/account_users", seat)
        .await
        .ok();
    assert_eq!(
        (&seat["account_id"], &seat["user_id"], &seat["role"]),
        (&json!(2), &json!(3), &json!("administrator"))
    );
    let all = platform(&demo, &ours, "GET", "/accounts/2/account_users", None)
        .await
        .ok();
    assert_eq!(all, json!([seat]));
    let agents = call(&demo, token, "GET", "/api/v1/accounts/2/agents", None)
        .await
        .ok();
    assert_eq!(agents[0]["available_name"], "Annie");
    assert_eq!(
        call(&demo, token, "GET", "/api/v1/accounts/1/agents", None)
            .await
            .status,
        401
    );
    let shown = platform(&demo, &ours, "POST", "/users/3/token", None)
        .await
        .ok();
    assert_eq!(
        (&shown["access_token"], &shown["expiry"]),
        (&json!(token), &Value::Null)
    );
    assert_eq!(shown["user"]["accounts"][0]["name"], "Acme Ltd");

    // An address signs her in, once.
    let url = platform(&demo, &ours, "GET", "/users/3/login", None)
        .await
        .ok();
    let (start, link) = url["url"]
        .as_str()
        .unwrap()
        .split_once("&sso_auth_token=")
        .unwrap();
    assert!(
        start.ends_with("/app/login?email=ann%40acme.example"),
        "{start}"
    );
    for (email, status) in [
        ("eve@m.test", 401),
        ("ann@acme.example", 200),
        ("ann@acme.example", 401),
    ] {
        let body = json!({ "email": email, "sso_auth_token": link }).to_string();
        let headers = [("content-type", "application/json")];
        let answer = demo
            .client
            .send("POST", &demo.url("/auth/sign_in"), &headers, body)
            .await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let change = json!({ "name": "Ann B.", "password": "another horse" });
    let changed = platform(&demo, &ours, "PATCH", "/users/3", change)
        .await
        .ok();
    assert_eq!(changed["name"], "Ann B.");
    assert_eq!(
        call(&demo, token, "GET", "/api/v1/profile", None)
            .await
            .status,
        401
    );
    assert_eq!(
        sign_in(&demo, "ann@acme.example", "another horse")
            .await
            .status,
        200
    );

    // She leaves, and is gone.
    let only = json!({ "user_id": 3 });
    let last = platform(
        &demo,
        &ours,
        "DELETE",
        "/accounts/2/account_users",
        only.clone(),
    )
    .await;
    assert_eq!(last.json()["error"], "an account needs an administrator");
    let new = json!({ "name": "Ben", "email": "ben@acme.example" });
    platform(&demo, &ours, "POST", "/users", new).await.ok();
    let seat = json!({ "user_id": 4, "role": "administrator" });
    platform(&demo, &ours, "POST", "/accounts/2/account_users", seat)
        .await
        .ok();
    let left = platform(&demo, &ours, "DELETE", "/accounts/2/account_users", only).await;
    assert_eq!((left.status, left.text()), (200, String::new()));
    assert_eq!(
        sign_in(&demo, "ann@acme.example", "another horse")
            .await
            .status,
        401
    );
    let gone = platform(&demo, &ours, "DELETE", "/users/3", None).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    assert_eq!(
        platform(&demo, &ours, "GET", "/users/3", None).await.status,
        404
    );
}

#[tokio::test]
async fn a_user_works_for_several_accounts_of_a_program() {
    let (demo, ours, _) = start().await;
    for name in ["One", "Two"] {
        let account = json!({ "name": name });
        platform(&demo, &ours, "POST", "/accounts", account)
            .await
            .ok();
    }
    let new = json!({ "name": "Ann", "email": "ann@acme.example", "password": "correct horse" });
    let ann = platform(&demo, &ours, "POST", "/users", new).await.ok();
    let token = ann["access_token"].as_str().unwrap();
    for (account, role) in [(2, "administrator"), (3, "agent"), (3, "administrator")] {
        let seat = json!({ "user_id": 3, "role": role });
        let path = format!("/accounts/{account}/account_users");
        let seat = platform(&demo, &ours, "POST", &path, seat).await.ok();
        assert_eq!(
            (&seat["account_id"], &seat["role"]),
            (&json!(account), &json!(role))
        );
        let all = platform(&demo, &ours, "GET", &path, None).await.ok();
        assert_eq!(all, json!([seat]));
        let path = format!("/api/v1/accounts/{account}/agents");
        assert_eq!(call(&demo, token, "GET", &path, None).await.status, 200);
    }
    let shown = platform(&demo, &ours, "GET", "/users/3", None).await.ok();
    let accounts = shown["accounts"].as_array().unwrap().iter();
    let names: Vec<_> = accounts.map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["One", "Two"]);
    // Each needs somebody who administers it.
    let gone = platform(&demo, &ours, "DELETE", "/users/3", None).await;
    assert_eq!(gone.status, 422);
    let ben = json!({ "name": "Ben", "email": "ben@acme.example" });
    platform(&demo, &ours, "POST", "/users", ben).await.ok();
    for account in [2, 3] {
        let seat = json!({ "user_id": 4, "role": "administrator" });
        let path = format!("/accounts/{account}/account_users");
        platform(&demo, &ours, "POST", &path, seat).await.ok();
    }
    let only = json!({ "user_id": 3 });
    let left = platform(&demo, &ours, "DELETE", "/accounts/2/account_users", only).await;
    assert_eq!(left.status, 200);
    for (account, status) in [(2, 401), (3, 200)] {
        let path = format!("/api/v1/accounts/{account}/agents");
        assert_eq!(call(&demo, token, "GET", &path, None).await.status, status);
    }
    let gone = platform(&demo, &ours, "DELETE", "/users/3", None).await;
    assert_eq!(gone.status, 200);
    assert_eq!(
        call(&demo, token, "GET", "/api/v1/profile", None)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_program_reaches_what_it_made_and_nothing_else() {
    let (demo, ours, theirs) = start().await;
    platform(
        &demo,
        &theirs,
        "POST",
        "/accounts",
        json!({ "name": "Theirs" }),
    )
    .await
    .ok();
    let new = json!({ "name": "Tom", "email": "tom@t.example" });
    platform(&demo, &theirs, "POST", "/users", new).await.ok();
    platform(&demo, &ours, "POST", "/accounts", json!({ "name": "Ours" }))
        .await
        .ok();
    let seat = json!({ "user_id": 3, "role": "agent" });
    for (method, path, body) in [
        ("GET", "/accounts/2", Value::Null),
        ("PATCH", "/accounts/2", json!({ "name": "x" })),
        ("DELETE", "/accounts/2", Value::Null),
        ("GET", "/accounts/2/account_users", Value::Null),
        ("POST", "/accounts/2/account_users", seat.clone()),
        ("POST", "/accounts/3/account_users", seat.clone()),
        ("DELETE", "/accounts/2/account_users", seat),
        ("GET", "/users/3", Value::Null),
        ("PATCH", "/users/3", json!({ "name": "x" })),
        ("DELETE", "/users/3", Value::Null),
        ("GET", "/users/3/login", Value::Null),
        ("POST", "/users/3/token", Value::Null),
        // Nor what nobody's program made.
        ("GET", "/accounts/1", Value::Null),
        ("GET", "/users/1", Value::Null),
        ("POST", "/users/1/token", Value::Null),
    ] {
        let body = Some(body).filter(|it| !it.is_null());
        let answer = platform(&demo, &ours, method, path, body.clone()).await;
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_eq!(
            answer.json()["error"],
            "Non permissible resource",
            "{method} {path}"
        );
        for token in ["", "nonsense", &demo.text("/agents/0/access_token")] {
            let answer = platform(&demo, token, method, path, body.clone()).await;
            assert_eq!(answer.status, 401, "{method} {path}");
            assert_eq!(
                answer.json()["error"],
                "Invalid access_token",
                "{method} {path}"
            );
        }
    }
    let answer = call(&demo, &ours, "GET", "/api/v1/accounts/1/agents", None).await;
    assert_eq!(answer.status, 401);
    for (path, body) in [
        ("/accounts", json!({ "name": " " })),
        ("/users", json!({ "email": "alice@demo.example" })),
        ("/users", json!({ "email": "x" })),
        ("/users", json!({ "email": "x@y.z", "password": "short" })),
    ] {
        assert_eq!(
            platform(&demo, &ours, "POST", path, body).await.status,
            422,
            "{path}"
        );
    }
}
