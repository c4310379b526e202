//! Reports of what was done.

use serde_json::{Value, json};
use testkit::demo::Demo;

use super::{post, start};

async fn report(demo: &Demo, path: &str) -> Value {
    let url = demo.url(&format!("/api/v2/accounts/1/reports{path}"));
    let token = demo.text("/agents/0/access_token");
    let headers = [("api_access_token", token.as_str())];
    let answer = demo.client.send("GET", &url, &headers, "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

fn total(series: &Value) -> i64 {
    let all = series.as_array().unwrap();
    all.iter().map(|it| it["value"].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn what_was_done_is_added_up_by_account_inbox_agent_team_and_label() {
    let demo = start().await;
    let me = demo.card["agents"][0]["id"].as_i64().unwrap();
    let summary = report(&demo, "/summary?type=account").await;
    for (key, expected) in [
        ("conversations_count", 4),
        ("incoming_messages_count", 4),
        ("outgoing_messages_count", 1),
        ("resolutions_count", 1),
    ] {
        assert_eq!(summary[key], expected, "{key}");
        assert_eq!(summary["previous"][key], 0, "{key}");
    }
    for key in [
        "avg_first_response_time",
        "avg_resolution_time",
        "reply_time",
    ] {
        let text = summary[key].as_str().unwrap();
        assert!(text.parse::<f64>().is_ok(), "{key} {text}");
    }
    // A note is no message to anybody.
    let note = json!({ "content": "psst", "private": true });
    post(&demo, "/conversations/3/messages", note).await;
    let said = json!({ "content": "Which one?" });
    post(&demo, "/conversations/3/messages", said).await;
    for (query, expected) in [
        ("metric=outgoing_messages_count&type=account".to_owned(), 2),
        (
            format!("metric=outgoing_messages_count&type=agent&id={me}"),
            2,
        ),
        (
            "metric=outgoing_messages_count&type=inbox&id=1".to_owned(),
            2,
        ),
        (
            "metric=outgoing_messages_count&type=inbox&id=2".to_owned(),
            0,
        ),
        (
            "metric=outgoing_messages_count&type=label&id=1".to_owned(),
            1,
        ),
        ("metric=conversations_count&type=label&id=2".to_owned(), 2),
        (format!("metric=conversations_count&type=agent&id={me}"), 1),
        (
            "metric=conversations_count&type=account&group_by=hour&timezone_offset=5.5".to_owned(),
            4,
        ),
        (
            "metric=resolutions_count&type=account&group_by=month".to_owned(),
            1,
        ),
        (
            "metric=incoming_messages_count&type=account&since=0&until=86400".to_owned(),
            0,
        ),
    ] {
        let series = report(&demo, &format!("?{query}")).await;
        assert_eq!(total(&series), expected, "{query} {series}");
    }
    let series = report(&demo, "?metric=conversations_count&type=account").await;
    let points = series.as_array().unwrap();
    assert_eq!(points.len(), 8, "a week and today: {series}");
    assert!(
        points
            .iter()
            .all(|it| it["timestamp"].as_i64().unwrap() % 86_400 == 0)
    );
    let answers = report(&demo, "?metric=avg_first_response_time&type=account").await;
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.last().unwrap()["count"], 2);
    assert!(answers.iter().all(|it| it["value"].is_string()));
}

#[tokio::test]
async fn open_conversations_are_told_from_what_is_counted() {
    let demo = start().await;
    let now = report(&demo, "/conversations?type=account").await;
    let expected = json!({ "open": 3, "unattended": 3, "unassigned": 2, "pending": 0 });
    assert_eq!(now, expected);
    let said = json!({ "content": "Which one?" });
    post(&demo, "/conversations/3/messages", said).await;
    let agents = report(&demo, "/conversations/?type=agent").await;
    let me = agents
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == demo.card["agents"][0]["id"]);
    assert_eq!(me.unwrap()["metric"], json!({ "open": 1, "unattended": 0 }));
}

#[tokio::test]
async fn a_report_that_cannot_be_is_refused() {
    let demo = start().await;
    let admin = demo.text("/agents/0/access_token");
    let agent = demo.text("/agents/1/access_token");
    let ask = async |token: &str, path: &str| {
        let url = demo.url(&format!("/api/v2/accounts/1/reports{path}"));
        let headers = [("api_access_token", token)];
        demo.client.send("GET", &url, &headers, "").await.status
    };
    assert_eq!(ask(&agent, "/summary?type=account").await, 401);
    for (path, status) in [
        ("?metric=happiness&type=account", 422),
        ("?type=account", 422),
        ("?metric=reply_time&type=galaxy", 422),
        ("?metric=reply_time&type=inbox", 422),
        ("?metric=reply_time&type=inbox&id=99", 404),
        ("?metric=reply_time&type=account&since=yesterday", 422),
        ("?metric=reply_time&type=account&since=20&until=10", 422),
        ("?metric=reply_time&type=account&since=0&group_by=hour", 422),
        ("?metric=reply_time&type=account&group_by=minute", 422),
        ("?metric=reply_time&type=account&timezone_offset=99", 422),
        ("/conversations?type=inbox", 422),
        ("/nothing", 404),
    ] {
        assert_eq!(ask(&admin, path).await, status, "{path}");
    }
}
