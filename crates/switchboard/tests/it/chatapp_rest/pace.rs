//! How many requests an address may make in a second.

use futures_util::future::join_all;
use testkit::{demo::Options, wait::until};

use super::{Program, refusal, refused};
use crate::{BINARY, chatapp_rest::Demo};

async fn status_from(demo: &Demo, from: &str) -> u16 {
    let token = demo.text("/chatapp/access_token");
    let headers = [("authorization", &*token), ("x-forwarded-for", from)];
    let url = demo.url("/v1/me");
    demo.client.send("GET", &url, &headers, "").await.status
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_to_wait_and_nobody_else_is() {
    let env = [
        ("SWITCHBOARD__CHATAPP__REQUESTS_PER_SECOND", "1"),
        ("SWITCHBOARD__LISTEN__PROXIES", r#"["127.0.0.0/8"]"#),
    ];
    let options = Options {
        env: env.map(|(name, value)| (name, value.to_owned())).into(),
        ..Options::default()
    };
    let demo = Demo::start_with(BINARY, options).await;
    let program = Program::of(demo).await;
    let asked = (0..30).map(|_| program.call("GET", "/v1/me", None));
    let answers = join_all(asked).await;
    let (taken, refused_ones): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == 200);
    assert!(!taken.is_empty());
    assert!(!refused_ones.is_empty(), "thirty at once in a second each");
    for answer in refused_ones {
        assert_eq!(refusal(answer), refused(429, "ApiTooManyRequestsError"));
        assert_eq!(answer.header("retry-after"), "1");
    }
    // Whoever comes through the proxy from elsewhere is somebody else.
    let others: Vec<String> = (1..20).map(|it| format!("198.51.100.{it}")).collect();
    let others = others.iter().map(|it| status_from(&program.demo, it));
    assert!(join_all(others).await.iter().all(|it| *it == 200));
    until("it may ask again", async || {
        let answer = program.call("GET", "/v1/me", None).await;
        (answer.status == 200).then_some(())
    })
    .await;
    // Authorizing channels is not asking: a client does it for each of its channels when it comes back.
    let path = "/broadcasting/auth";
    let body =
        || serde_json::json!({ "socket_id": "1.1", "channel_name": "private-v1.companies.1" });
    let asked = (0..10).map(|_| program.call("POST", path, Some(body())));
    assert!(join_all(asked).await.iter().all(|it| it.status == 200));
}
