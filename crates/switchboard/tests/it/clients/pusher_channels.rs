//! Which channels a program of ChatApp's may follow, and what it is told when it may not.

use std::collections::BTreeMap;

use super::*;

/// Waits until every channel was granted (200) or refused with a status.
async fn verdicts(node: &mut Node, count: usize) -> BTreeMap<String, i64> {
    let mut verdicts = BTreeMap::new();
    while verdicts.len() < count {
        let told = |line: &Value| line.get("ready").is_some() || line.get("refused").is_some();
        let line = node.expect("yes or no", told).await;
        let (channel, status) = match line["ready"].as_str() {
            Some(channel) => (channel, 200),
            None => (
                line["refused"].as_str().unwrap(),
                line["data"]["status"].as_i64().unwrap(),
            ),
        };
        assert_eq!(
            verdicts.insert(channel.to_owned(), status),
            None,
            "{channel} twice"
        );
    }
    verdicts
}

#[tokio::test]
async fn a_program_follows_its_own_channels_and_no_others() {
    let (demo, _connector) = start().await;
    let number = |pointer| demo.card.pointer(pointer).unwrap().as_i64().unwrap();
    let (company, license) = (number("/company_id"), number("/license_id"));
    let (no_company, no_license) = (company + 1, license + 1);
    let messenger = demo.text("/ctlive/messenger");
    let expected = BTreeMap::from([
        (
            format!("private-v1.licenses.{license}.messengers.{messenger}"),
            200,
        ),
        (format!("private-v1.companies.{company}"), 200),
        ("news".to_owned(), 200),
        (format!("private-v1.companies.{no_company}"), 403),
        (
            format!("private-v1.licenses.{no_license}.messengers.{messenger}"),
            403,
        ),
        (
            format!("private-v1.licenses.{license}.messengers.telegram"),
            403,
        ),
        (
            format!("private-v2.licenses.{license}.messengers.{messenger}"),
            422,
        ),
        (
            format!("private-v1.licenses.0{license}.messengers.{messenger}"),
            422,
        ),
        (format!("private-v1.licenses.{license}.messengers."), 422),
        (format!("private-v1.companies.{company}x"), 422),
        ("private-everything".to_owned(), 422),
    ]);
    let channels: Vec<&str> = expected.keys().map(String::as_str).collect();
    for client in PUSHERS {
        let mut node = pusher(&demo, client, &channels);
        assert_eq!(
            verdicts(&mut node, expected.len()).await,
            expected,
            "{client}"
        );
    }
}

#[tokio::test]
async fn a_wrong_and_an_ended_token_are_refused_and_a_new_one_works() {
    let (demo, _connector) = start().await;
    let make = json!({
        "email": demo.text("/chatapp/email"),
        "password": demo.text("/chatapp/password"),
        "appId": demo.text("/chatapp/app_id"),
    });
    let tokens = async |path: &str, header: (&str, &str), body: String| {
        let answer = demo
            .client
            .send("POST", &demo.url(path), &[header], body)
            .await;
        answer.ok()["data"].take()
    };
    let ended = tokens(
        "/v1/tokens",
        ("Content-Type", "application/json"),
        make.to_string(),
    )
    .await;
    let refresh = ("Refresh", ended["refreshToken"].as_str().unwrap());
    let new = tokens("/v1/tokens/refresh", refresh, String::new()).await;

    let own = messenger_channel(&demo);
    let wrong = demo.text("/chatapp/access_token") + "x";
    let pubsub_token = demo.card["agents"][0]["pubsub_token"].clone();
    let shown = [
        (json!(wrong), 403),
        (ended["accessToken"].clone(), 403),
        (ended["refreshToken"].clone(), 403),
        (new["refreshToken"].clone(), 403),
        (pubsub_token, 403),
        (json!(""), 403),
        (new["accessToken"].clone(), 200),
    ];
    for (place, (token, status)) in shown.into_iter().enumerate() {
        let client = PUSHERS[place % 2];
        let other = json!({ "authorization": token });
        let mut node = pusher_with(&demo, client, &[&own], other);
        let expected = BTreeMap::from([(own.clone(), status)]);
        assert_eq!(
            verdicts(&mut node, 1).await,
            expected,
            "token {place}, {client}"
        );
    }
}

#[tokio::test]
async fn an_unknown_application_is_refused_for_good() {
    let (demo, _connector) = start().await;
    for client in PUSHERS {
        let mut node = pusher_with(&demo, client, &["news"], json!({ "key": "nobody" }));
        let error = node.expect_key("error").await;
        assert_eq!(error["code"], 4001, "{client}: {error}");
        // Had it meant to come back, it would be connecting already.
        node.expect("that it is over", |line| line["state"] == "disconnected")
            .await;
        node.send(json!({ "tell_state": true })).await;
        assert_eq!(node.expect_key("told").await, "disconnected", "{client}");
    }
    let path = demo.socket_url("/app/nobody?protocol=7");
    let mut node = Node::run("raw.mjs", json!({ "url": path, "first": [] }));
    let error = node.expect_key("frame").await;
    assert_eq!(
        (&error["event"], &error["data"]["code"]),
        (&json!("pusher:error"), &json!(4001))
    );
    assert_eq!(node.expect_key("closed").await, 4001);
}
