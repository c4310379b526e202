//! What is refused, with a sentence that says which rule, and without a trace.

use serde_json::{Value, json};
use testkit::{demo::Demo, receiver::Receiver};

use super::{ask, demo, endpoint};

async fn endpoints(demo: &Demo) -> usize {
    let all = demo.agent("GET", "/endpoints", None).await.ok();
    all["endpoints"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_address_that_may_not_be_called_is_refused_and_nothing_is_stored() {
    let demo = demo("[20]").await;
    let long = format!("https://example.com/{}", "a".repeat(2048));
    for (url, why) in [
        ("http://10.0.0.1/in", "private network"),
        ("http://192.168.1.1/in", "private network"),
        ("http://0xa.1/in", "private network"),
        ("http://167772161/in", "private network"),
        ("http://012.0.0.1/in", "private network"),
        ("http://[::ffff:10.0.0.1]/in", "private network"),
        ("http://[64:ff9b::a00:1]/in", "private network"),
        ("http://[fd00::1]/in", "private network"),
        ("http://169.254.169.254/latest/meta-data", "link-local"),
        ("http://[fe80::1]/in", "link-local"),
        ("http://0.0.0.0/in", "this host itself"),
        ("http://user:pw@example.com/in", "user name or a password"),
        (
            "ftp://example.com/in",
            "must start with https:// or http://",
        ),
        ("file:///etc/passwd", "must start with https:// or http://"),
        ("example.com/in", "not a URL"),
        ("", "not a URL"),
        (&long, "longer than 2048 bytes"),
    ] {
        let refused = demo
            .agent("POST", "/endpoints", Some(json!({ "url": url })))
            .await;
        assert_eq!(refused.status, 422, "{url}: {}", refused.text());
        assert_eq!(refused.header("content-type"), "application/problem+json");
        let detail = refused.json()["detail"].to_string();
        assert!(detail.contains(why), "{url}: {detail}");
    }
    assert_eq!(endpoints(&demo).await, 0);
}

#[tokio::test]
async fn what_an_endpoint_cannot_be_is_refused_and_changes_nothing() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let url = receiver.url("/in");
    for (wanted, status) in [
        (json!({}), 422),
        (json!({ "url": url, "dialect": "morse" }), 422),
        (json!({ "url": url, "inbox_id": 999 }), 422),
        (json!({ "url": 7 }), 400),
        (json!({ "url": url, "colour": "red" }), 400),
        (json!([]), 422),
    ] {
        let refused = demo.agent("POST", "/endpoints", Some(wanted.clone())).await;
        assert_eq!(refused.status, status, "{wanted}: {}", refused.text());
        assert_eq!(refused.header("content-type"), "application/problem+json");
    }
    assert_eq!(endpoints(&demo).await, 0);
    let id = endpoint(&demo, &url).await;
    for wanted in [
        json!({ "url": "http://10.0.0.1/" }),
        json!({ "dialect": "onechat" }),
        json!({ "inbox_id": 999 }),
    ] {
        let refused = ask(&demo, "PATCH", id, "", Some(wanted.clone())).await;
        assert_eq!(refused.status, 422, "{wanted}: {}", refused.text());
    }
    let found = ask(&demo, "GET", id, "", None).await.ok();
    assert_eq!(
        (&found["url"], &found["dialect"]),
        (&json!(url), &json!("standard"))
    );
    assert_eq!(found["inbox_id"], Value::Null);
}

#[tokio::test]
async fn only_an_administrator_of_the_account_may_ask() {
    let demo = demo("[20]").await;
    let path = demo.url("/api/v1/accounts/1/endpoints");
    let elsewhere = demo.url("/api/v1/accounts/2/endpoints");
    let (alice, bob) = (
        demo.text("/agents/0/access_token"),
        demo.text("/agents/1/access_token"),
    );
    for (url, token, status) in [
        (&path, alice.as_str(), 200),
        (&path, bob.as_str(), 403),
        (&path, "nonsense", 401),
        (&elsewhere, alice.as_str(), 404),
    ] {
        let answer = demo
            .client
            .send("GET", url, &[("api_access_token", token)], "")
            .await;
        assert_eq!(answer.status, status, "{url} {}", answer.text());
    }
}
