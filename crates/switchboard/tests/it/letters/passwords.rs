//! New passwords and invitations.

use std::time::Instant;

use super::*;

const JSON: (&str, &str) = ("content-type", "application/json");

async fn post(demo: &Demo, method: &str, path: &str, body: Value) -> Answer {
    demo.client
        .send(method, &demo.url(path), &[JSON], body.to_string())
        .await
}

async fn sign_in(demo: &Demo, email: &str, password: &str) -> Answer {
    post(
        demo,
        "POST",
        "/auth/sign_in",
        json!({ "email": email, "password": password }),
    )
    .await
}

/// The token in a letter.
fn token(mail: &Taken) -> String {
    let text = read(mail).text;
    let (_, rest) = text.split_once("reset_password_token=").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_forgot_a_password_chooses_another_once() {
    let (demo, server) = start().await;
    let [email, old] = ["/agents/1/email", "/agents/1/password"].map(|it| demo.text(it));
    let shown = demo.text("/agents/1/access_token");
    let before = sign_in(&demo, &email, &old).await;
    assert_eq!(before.status, 200);
    let asked = post(
        &demo,
        "POST",
        "/auth/password",
        json!({ "email": email.to_uppercase() }),
    )
    .await;
    assert_eq!(asked.status, 200);
    let mail = server.wait_for(1).await.remove(0);
    assert_eq!(mail.to, std::slice::from_ref(&email));
    let token = token(&mail);
    // Nothing that is kept opens anything.
    let sql = rusqlite::Connection::open(demo.data().join("switchboard.db")).unwrap();
    let kept: i64 = sql
        .query_row(
            "SELECT (SELECT count(*) FROM deliveries WHERE body LIKE '%' || ?1 || '%') \
             + (SELECT count(*) FROM tokens WHERE hash LIKE '%' || ?1 || '%')",
            [&token],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(kept, 0);
    let choose = async |token: &str, password: &str, again: &str| {
        let body = json!({ "reset_password_token": token, "password": password, "password_confirmation": again });
        post(&demo, "PUT", "/auth/password", body).await
    };
    for (shown, password, again) in [
        ("x", "a new password", "a new password"),
        ("", "a new password", "a new password"),
        (token.as_str(), "short", "short"),
        (&token, "a new password", "another password"),
    ] {
        assert_eq!(choose(shown, password, again).await.status, 422);
    }
    assert_eq!(sign_in(&demo, &email, &old).await.status, 200);
    let chosen = choose(&token, "a new password", "a new password").await;
    assert_eq!(chosen.status, 200, "{}", chosen.text());
    assert_eq!(chosen.json()["data"]["email"], email.as_str());
    assert!(!chosen.header("access-token").is_empty());
    // Everything that was shown before is void, the token too.
    let again = choose(&token, "yet another one", "yet another one").await;
    assert_eq!(again.status, 422);
    assert_eq!(
        again.json(),
        json!({ "message": "Invalid token", "redirect_url": "/" })
    );
    assert_eq!(sign_in(&demo, &email, &old).await.status, 401);
    assert_eq!(sign_in(&demo, &email, "a new password").await.status, 200);
    for answer in [&before, &chosen] {
        let names = ["access-token", "client", "uid", "token-type"];
        let headers = names.map(|name| (name, answer.header(name)));
        let url = demo.url("/auth/validate_token");
        let status = demo.client.send("GET", &url, &headers, "").await.status;
        let expected = if std::ptr::eq(answer, &before) {
            401
        } else {
            200
        };
        assert_eq!(status, expected);
    }
    let headers = [("api_access_token", shown.as_str())];
    let url = demo.url("/api/v1/profile");
    assert_eq!(
        demo.client.send("GET", &url, &headers, "").await.status,
        401
    );
}

#[tokio::test]
async fn whether_somebody_is_here_is_not_told() {
    let (demo, server) = start().await;
    let email = demo.text("/agents/1/email");
    let mut told = Vec::new();
    for email in [email.as_str(), "nobody@demo.example", "no address"] {
        let began = Instant::now();
        let answer = post(&demo, "POST", "/auth/password", json!({ "email": email })).await;
        assert!(began.elapsed().as_millis() >= 300);
        told.push((answer.status, answer.text()));
    }
    assert!(
        told.iter().all(|it| *it == told[0] && it.0 == 200),
        "{told:?}"
    );
    assert_eq!(
        post(&demo, "POST", "/auth/password", json!({}))
            .await
            .status,
        422
    );
    // One agent is written to so many times an hour, and told nothing of that either.
    for _ in 0..6 {
        let answer = post(&demo, "POST", "/auth/password", json!({ "email": email })).await;
        assert_eq!((answer.status, answer.text()), told[0]);
    }
    server.wait_for(5).await;
    assert_eq!(kept(&demo), 5);
}

#[tokio::test]
async fn a_page_in_a_browser_lets_them_choose() {
    let (demo, server) = start().await;
    let email = demo.text("/agents/1/email");
    post(&demo, "POST", "/auth/password", json!({ "email": email }))
        .await
        .ok();
    let mail = server.wait_for(1).await.remove(0);
    let text = read(&mail).text;
    let url = text
        .split_whitespace()
        .find(|it| it.starts_with("http"))
        .unwrap();
    let page = demo.client.send("GET", url, &[], "").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains(&email) && page.text().contains("name=\"password\""));
    for (name, part) in [
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("content-security-policy", "frame-ancestors 'none'"),
    ] {
        assert!(page.header(name).contains(part), "{name}");
    }
    let submit = async |password: &str, again: &str| {
        let form = format!(
            "reset_password_token={}&password={password}&password_confirmation={again}",
            token(&mail)
        );
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let url = demo.url("/app/auth/password/edit");
        demo.client.send("POST", &url, &headers, form).await
    };
    let wrong = submit("new+password", "other+password").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("role=\"alert\"") && wrong.text().contains("<form"));
    assert_eq!(submit("new+password", "new+password").await.status, 200);
    assert_eq!(submit("new+password", "new+password").await.status, 404);
    assert_eq!(demo.client.send("GET", url, &[], "").await.status, 404);
    assert_eq!(sign_in(&demo, &email, "new password").await.status, 200);
    // Beside it, sockets are opened as ever.
    let socket = demo
        .client
        .send("GET", &demo.url("/app/auth"), &[], "")
        .await;
    assert_eq!(socket.status, 426);
}

#[tokio::test]
async fn who_is_invited_chooses_their_password() {
    let (demo, server) = start().await;
    let new = json!({ "email": "eva@demo.example", "name": "Eva\r\nBcc: eve@evil.example", "role": "agent" });
    demo.agent("POST", "/agents", Some(new)).await.ok();
    let mail = server.wait_for(1).await.remove(0);
    assert_eq!(mail.to, ["eva@demo.example"]);
    let said = read(&mail);
    assert!(said.text.contains("Alice"), "{}", said.text);
    let body = json!({ "reset_password_token": token(&mail), "password": "my own password" });
    assert_eq!(post(&demo, "PUT", "/auth/password", body).await.status, 200);
    assert_eq!(
        sign_in(&demo, "eva@demo.example", "my own password")
            .await
            .status,
        200
    );
    let many = json!({ "emails": ["ina@demo.example", "eva@demo.example", "uwe@demo.example"] });
    demo.agent("POST", "/agents/bulk_create", Some(many)).await;
    let taken = server.wait_for(3).await;
    let mut to: Vec<_> = taken[1..].iter().map(|it| it.to.join(",")).collect();
    to.sort();
    assert_eq!(to, ["ina@demo.example", "uwe@demo.example"]);
    // Whose password is sent along is not written to.
    let new = json!({ "email": "max@demo.example", "password": "known to both" });
    demo.agent("POST", "/agents", Some(new)).await.ok();
    assert_eq!(
        sign_in(&demo, "max@demo.example", "known to both")
            .await
            .status,
        200
    );
    assert_eq!(kept(&demo), 3);
}

#[tokio::test]
async fn without_a_mail_server_nothing_is_promised() {
    let demo = Demo::start(BINARY, None).await;
    let answer = post(
        &demo,
        "POST",
        "/auth/password",
        json!({ "email": demo.text("/agents/1/email") }),
    )
    .await;
    assert_eq!(answer.status, 422);
    let new = json!({ "email": "eva@demo.example", "name": "Eva" });
    demo.agent("POST", "/agents", Some(new)).await.ok();
    assert_eq!(kept(&demo), 0);
}
