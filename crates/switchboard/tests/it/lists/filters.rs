//! Filters by conditions, as the dashboard composes them.

use serde_json::{Value, json};
use testkit::demo::Demo;

use super::{get, numbers, post, start};
use crate::BINARY;

fn condition(key: &str, operator: &str, values: Value, next: &str) -> Value {
    let next = if next.is_empty() {
        Value::Null
    } else {
        json!(next)
    };
    json!({ "attribute_key": key, "filter_operator": operator, "values": values, "query_operator": next })
}

fn only(key: &str, operator: &str, values: Value) -> Value {
    json!([condition(key, operator, values, "")])
}

async fn filtered(demo: &Demo, payload: Value) -> Vec<i64> {
    let page = post(demo, "/conversations/filter", json!({ "payload": payload })).await;
    let found = numbers(&page["payload"]);
    assert_eq!(page["meta"]["all_count"], found.len(), "{payload}");
    found
}

async fn refusal(demo: &Demo, noun: &str, body: Value) -> String {
    let path = format!("/{noun}/filter");
    let answer = demo.agent("POST", &path, Some(body.clone())).await;
    assert_eq!(answer.status, 422, "{body}: {}", answer.text());
    answer.json()["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn conversations_are_filtered_by_standard_attributes() {
    let demo = start().await;
    for (payload, expected) in [
        (only("status", "equal_to", json!(["resolved"])), vec![2]),
        (only("status", "equal_to", json!(["all"])), vec![4, 3, 2, 1]),
        (only("status", "not_equal_to", json!(["open"])), vec![2]),
        (only("assignee_id", "is_present", json!([])), vec![3]),
        (
            only("assignee_id", "is_not_present", json!([])),
            vec![4, 2, 1],
        ),
        (only("inbox_id", "equal_to", json!([1])), vec![4, 3, 2, 1]),
        (only("inbox_id", "not_equal_to", json!(["1"])), vec![]),
        (
            only("team_id", "is_not_present", json!([])),
            vec![4, 3, 2, 1],
        ),
        (
            only("priority", "equal_to", json!(["urgent", "high"])),
            vec![3],
        ),
        (only("display_id", "contains", json!(["4"])), vec![4]),
        (
            only("display_id", "equal_to", json!([{ "id": 1, "name": "x" }])),
            vec![1],
        ),
        (only("labels", "equal_to", json!(["vip"])), vec![4, 3]),
        (
            only("labels", "not_equal_to", json!(["kitchen"])),
            vec![4, 2, 1],
        ),
        (only("labels", "is_not_present", json!([])), vec![2, 1]),
        (
            only("created_at", "is_greater_than", json!(["2020-01-31"])),
            vec![4, 3, 2, 1],
        ),
        (only("created_at", "days_before", json!(["2"])), vec![]),
        (
            only("last_activity_at", "is_less_than", json!(["2020-01-31"])),
            vec![],
        ),
        (
            json!([
                condition("labels", "equal_to", json!(["vip"]), "AND"),
                condition("assignee_id", "is_not_present", json!([]), "OR"),
                condition("status", "equal_to", json!(["resolved"]), ""),
            ]),
            vec![4, 2],
        ),
        (json!([]), vec![4, 3, 2, 1]),
    ] {
        assert_eq!(
            filtered(&demo, payload.clone()).await,
            expected,
            "{payload}"
        );
    }
    let second = json!({ "payload": only("status", "equal_to", json!(["all"])) });
    let page = post(&demo, "/conversations/filter?page=2", second).await;
    assert_eq!(
        (&page["payload"], &page["meta"]["all_count"]),
        (&json!([]), &json!(4))
    );
    let meta = testkit::json::keys(&page["meta"]);
    assert!(
        ["mine_count", "unassigned_count", "all_count"]
            .iter()
            .all(|it| meta.contains(it))
    );
}

/// Makes free attributes of conversations.
async fn define(demo: &Demo, model: &str) {
    for (key, kind) in [
        ("tier", "text"),
        ("seats", "number"),
        ("until", "date"),
        ("vip", "checkbox"),
    ] {
        let body = json!({
            "attribute_display_name": key, "attribute_key": key, "attribute_display_type": kind,
            "attribute_model": model,
        });
        post(demo, "/custom_attribute_definitions", body).await;
    }
}

#[tokio::test]
async fn conversations_are_filtered_by_the_accounts_own_attributes() {
    let demo = start().await;
    define(&demo, "conversation_attribute").await;
    for (number, custom) in [
        (
            1,
            json!({ "tier": "Gold", "seats": 2.5, "until": "2026-03-01", "vip": true }),
        ),
        (3, json!({ "tier": "golden", "seats": 40, "vip": false })),
    ] {
        let path = format!("/conversations/{number}/custom_attributes");
        post(&demo, &path, json!({ "custom_attributes": custom })).await;
    }
    for (payload, expected) in [
        (only("tier", "equal_to", json!(["gold"])), vec![1]),
        (only("tier", "not_equal_to", json!(["gold"])), vec![4, 3, 2]),
        (only("tier", "contains", json!(["OLD"])), vec![3, 1]),
        (only("tier", "is_present", json!([])), vec![3, 1]),
        (only("tier", "is_not_present", json!([])), vec![4, 2]),
        (only("seats", "equal_to", json!([2.5])), vec![1]),
        (only("seats", "is_greater_than", json!(["3"])), vec![3]),
        (
            only("until", "is_less_than", json!(["2026-03-02"])),
            vec![1],
        ),
        (only("until", "days_before", json!([1])), vec![1]),
        (only("vip", "equal_to", json!([true])), vec![1]),
    ] {
        assert_eq!(
            filtered(&demo, payload.clone()).await,
            expected,
            "{payload}"
        );
    }
    // What is said anew is found anew.
    let gone = json!({ "custom_attributes": { "tier": "tin" } });
    post(&demo, "/conversations/1/custom_attributes", gone).await;
    let gold = only("tier", "contains", json!(["old"]));
    assert_eq!(filtered(&demo, gold).await, [3]);
    let tin = only("tier", "equal_to", json!(["tin"]));
    assert_eq!(filtered(&demo, tin).await, [1]);
}

#[tokio::test]
async fn contacts_are_filtered_by_every_operator() {
    let demo = Demo::start(BINARY, None).await;
    define(&demo, "contact_attribute").await;
    let mut ids = Vec::new();
    for body in [
        json!({ "name": "Jana Nová", "email": "Jana@shop.example", "identifier": "c-7",
            "additional_attributes": { "city": "Brno", "company_name": "Acme", "country_code": "CZ" },
            "custom_attributes": { "tier": "gold", "seats": 3 } }),
        json!({ "name": "Frank", "phone_number": "+447700900123", "blocked": true }),
    ] {
        let made = post(&demo, "/contacts", body).await;
        ids.push(made["payload"]["contact"]["id"].as_i64().unwrap());
    }
    let (jana, frank) = (ids[0], ids[1]);
    for (payload, expected) in [
        (only("name", "equal_to", json!(["FRANK"])), vec![frank]),
        (only("name", "contains", json!(["an"])), vec![frank, jana]),
        (
            only("name", "does_not_contain", json!(["jan"])),
            vec![frank],
        ),
        (
            only("email", "equal_to", json!(["JANA@shop.example"])),
            vec![jana],
        ),
        (
            only("email", "not_equal_to", json!(["jana@shop.example"])),
            vec![frank],
        ),
        (
            only("phone_number", "equal_to", json!(["447700900123"])),
            vec![frank],
        ),
        (
            only("phone_number", "starts_with", json!(["+4477"])),
            vec![frank],
        ),
        (only("identifier", "equal_to", json!(["c-7"])), vec![jana]),
        (only("city", "contains", json!(["brn"])), vec![jana]),
        (
            only("company_name", "equal_to", json!(["acme"])),
            vec![jana],
        ),
        (
            only("country_code", "not_equal_to", json!(["cz"])),
            vec![frank],
        ),
        (only("blocked", "equal_to", json!([true])), vec![frank]),
        (
            only("created_at", "is_less_than", json!(["2020-01-31"])),
            vec![],
        ),
        (
            only("last_activity_at", "is_greater_than", json!(["2020-01-31"])),
            vec![],
        ),
        (only("tier", "equal_to", json!(["Gold"])), vec![jana]),
        (only("seats", "is_less_than", json!([4])), vec![jana]),
        (
            only("labels", "is_not_present", json!([])),
            vec![frank, jana],
        ),
    ] {
        let body = json!({ "payload": payload });
        let page = post(&demo, "/contacts/filter", body.clone()).await;
        assert_eq!(numbers(&page["payload"]), expected, "{body}");
        assert_eq!(
            page["meta"],
            json!({ "count": expected.len(), "current_page": 1 })
        );
    }
}

#[tokio::test]
async fn a_filter_that_means_nothing_is_refused_in_the_originals_words() {
    let demo = Demo::start(BINARY, None).await;
    let said =
        async |payload: Value| refusal(&demo, "conversations", json!({ "payload": payload })).await;
    let text = said(only("shoe_size", "equal_to", json!([1]))).await;
    assert!(
        text.starts_with("Invalid attribute key - [shoe_size]."),
        "{text}"
    );
    let text = said(only("status", "contains", json!(["open"]))).await;
    assert_eq!(
        text,
        "Invalid operator. The allowed operators for status are [equal_to,not_equal_to]."
    );
    let text = said(only("status", "resembles", json!(["open"]))).await;
    assert!(text.starts_with("Invalid operator."), "{text}");
    for values in [json!(["shut"]), json!([]), json!([[1]])] {
        let text = said(only("status", "equal_to", values)).await;
        assert_eq!(
            text,
            "Invalid value. The values provided for status are invalid"
        );
    }
    for (key, operator, value) in [
        ("assignee_id", "equal_to", "me"),
        ("created_at", "is_less_than", "yesterday"),
        ("created_at", "days_before", "-1"),
        ("created_at", "days_before", "99999999999999999999"),
    ] {
        let text = said(only(key, operator, json!([value]))).await;
        assert!(text.starts_with("Invalid value."), "{key} {text}");
    }
    let unjoined = json!([
        condition("status", "equal_to", json!(["open"]), "XOR"),
        condition("status", "equal_to", json!(["open"]), ""),
    ]);
    assert_eq!(
        said(unjoined).await,
        "Query operator must be either \"AND\" or \"OR\"."
    );
    let many: Vec<Value> = (0..51)
        .map(|_| condition("status", "equal_to", json!(["open"]), "OR"))
        .collect();
    said(json!(many)).await;
    said(json!("status")).await;
    let text = refusal(&demo, "contacts", json!({})).await;
    assert_eq!(text, "param is missing or the value is empty: payload");
    let text = refusal(
        &demo,
        "contacts",
        json!({ "payload": only("status", "equal_to", json!(["open"])) }),
    )
    .await;
    assert!(text.contains("[name,phone_number,email,"), "{text}");
    assert_eq!(
        get(&demo, "/conversations").await["data"]["payload"],
        json!([])
    );
}
