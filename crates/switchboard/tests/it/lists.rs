//! Lists as an agent's program asks for them: filters, orders, counts, labels of contacts.

mod filters;
mod reports;
mod search;

use serde_json::{Value, json};
use testkit::demo::Demo;

use crate::BINARY;

async fn get(demo: &Demo, path: &str) -> Value {
    demo.agent("GET", path, None).await.ok()
}

async fn post(demo: &Demo, path: &str, body: Value) -> Value {
    let answer = demo.agent("POST", path, Some(body)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    serde_json::from_str(&answer.text()).unwrap_or_default()
}

fn numbers(list: &Value) -> Vec<i64> {
    let all = list.as_array().unwrap();
    all.iter().map(|it| it["id"].as_i64().unwrap()).collect()
}

async fn listed(demo: &Demo, query: &str) -> (Vec<i64>, [i64; 4]) {
    let page = get(demo, &format!("/conversations?{query}")).await;
    let meta = &page["data"]["meta"];
    let counts = [
        "mine_count",
        "assigned_count",
        "unassigned_count",
        "all_count",
    ];
    let counts = counts.map(|it| meta[it].as_i64().unwrap());
    let same = get(demo, &format!("/conversations/meta?{query}")).await;
    assert_eq!(&same["meta"], meta, "{query}");
    (numbers(&page["data"]["payload"]), counts)
}

/// Four people write, in this order; the second is answered and resolved, the third is assigned to the first agent,
/// urgent and labeled, the fourth is labeled otherwise.
async fn start() -> Demo {
    let demo = Demo::start(BINARY, None).await;
    for (from, text) in [
        ("447700900001", "My kettle leaks"),
        ("447700900002", "Where is my parcel?"),
        ("447700900003", "A kettle, please"),
        ("447700900004", "Good morning"),
    ] {
        demo.post(json!([demo.inbound(from, text, text)]))
            .await
            .ok();
    }
    let said = json!({ "content": "On its way" });
    post(&demo, "/conversations/2/messages", said).await;
    let resolved = json!({ "status": "resolved" });
    post(&demo, "/conversations/2/toggle_status", resolved).await;
    let me = demo.card["agents"][0]["id"].clone();
    post(
        &demo,
        "/conversations/3/assignments",
        json!({ "assignee_id": me }),
    )
    .await;
    let urgent = json!({ "priority": "urgent" });
    post(&demo, "/conversations/3/toggle_priority", urgent).await;
    for (number, labels) in [(3, json!(["kitchen", "vip"])), (4, json!(["vip"]))] {
        let path = format!("/conversations/{number}/labels");
        post(&demo, &path, json!({ "labels": labels })).await;
    }
    demo
}

#[tokio::test]
async fn a_list_takes_every_filter_and_order_and_its_counts_are_exact() {
    let demo = start().await;
    // mine, assigned, unassigned, all.
    assert_eq!(listed(&demo, "").await, (vec![4, 3, 1], [1, 1, 2, 3]));
    let all = listed(&demo, "status=all").await;
    assert_eq!(all, (vec![4, 3, 2, 1], [1, 1, 3, 4]));
    for (query, expected) in [
        ("status=all&assignee_type=me", vec![3]),
        ("status=all&assignee_type=assigned", vec![3]),
        ("status=all&assignee_type=unassigned", vec![4, 2, 1]),
        ("status=resolved", vec![2]),
        ("status=snoozed", vec![]),
        ("inbox_id=1", vec![4, 3, 1]),
        ("inbox_id=2", vec![]),
        ("team_id=77", vec![]),
        ("labels[]=vip", vec![4, 3]),
        ("labels[]=kitchen&labels[]=vip&status=all", vec![4, 3]),
        ("labels=kitchen", vec![3]),
        ("labels[]=nobody", vec![]),
        ("labels[]=nobody&labels[]=kitchen", vec![3]),
        ("conversation_type=unattended&status=all", vec![4, 3, 1]),
        ("source_id=447700900002&status=all", vec![2]),
        ("updated_within=3600&page=7", vec![4, 3, 1]),
        ("sort_by=last_activity_at_asc", vec![1, 3, 4]),
        ("sort_by=created_at_desc&status=all", vec![4, 3, 2, 1]),
        ("sort_by=created_at_asc&status=all", vec![1, 2, 3, 4]),
        ("sort_by=priority_desc&status=all", vec![3, 4, 2, 1]),
        ("sort_by=priority_asc&status=all", vec![3, 4, 2, 1]),
        ("sort_by=priority_desc_created_at_asc", vec![3, 1, 4]),
        ("sort_by=waiting_since_asc&status=all", vec![1, 3, 4, 2]),
        ("sort_by=waiting_since_desc&status=all", vec![4, 3, 1, 2]),
        ("sort_by=sideways", vec![4, 3, 1]),
        ("page=2", vec![]),
        ("page=9223372036854775807", vec![]),
    ] {
        let (found, _) = listed(&demo, query).await;
        assert_eq!(found, expected, "{query}");
    }
    let (_, counts) = listed(&demo, "labels[]=vip&assignee_type=me").await;
    assert_eq!(counts, [1, 1, 1, 2]);
    let (_, counts) = listed(&demo, "labels[]=vip&labels[]=kitchen").await;
    assert_eq!(counts, [1, 1, 1, 2]);
    for bad in [
        "status=shut",
        "assignee_type=you",
        "page=two",
        "updated_within=x",
    ] {
        let path = format!("/conversations?{bad}");
        let answer = demo.agent("GET", &path, None).await;
        assert_eq!(answer.status, 422, "{bad}");
        assert!(answer.json()["error"].is_string(), "{bad}");
    }
}

#[tokio::test]
async fn a_transcript_that_cannot_be_sent_is_not_promised() {
    let demo = start().await;
    let ask = async |number: i64, body: Value| {
        let path = format!("/conversations/{number}/transcript");
        demo.agent("POST", &path, Some(body)).await
    };
    let answer = ask(1, json!({ "email": "jana@shop.example" })).await;
    let said = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(
        answer.status == 422 && said.contains("not configured"),
        "{said}"
    );
    let answer = ask(1, json!({})).await;
    assert_eq!(answer.json()["error"], "email param missing");
    assert_eq!(ask(99, json!({ "email": "a@b.example" })).await.status, 404);
}

#[tokio::test]
async fn unread_counts_are_exact_until_somebody_looks() {
    let demo = start().await;
    for n in 0..12 {
        let id = format!("more {n}");
        demo.post(json!([demo.inbound("447700900001", &id, "Hello?")]))
            .await
            .ok();
    }
    let unread = async || {
        let page = get(&demo, "/conversations?sort_by=created_at_asc").await;
        let all = page["data"]["payload"].as_array().unwrap().clone();
        all.iter()
            .map(|it| it["unread_count"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(unread().await, [13, 1, 1]);
    post(&demo, "/conversations/1/update_last_seen", json!({})).await;
    assert_eq!(unread().await, [0, 1, 1]);
}

#[tokio::test]
async fn a_contact_is_labeled_and_listed_by_label() {
    let demo = start().await;
    let made = json!({ "name": "Jana", "email": "jana@shop.example" });
    let made = post(&demo, "/contacts", made).await;
    let id = made["payload"]["contact"]["id"].as_i64().unwrap();
    let path = format!("/contacts/{id}/labels");
    assert_eq!(get(&demo, &path).await, json!({ "payload": [] }));
    let labels = json!({ "labels": ["VIP", "abroad"] });
    let told = post(&demo, &path, labels).await;
    assert_eq!(told, json!({ "payload": ["vip", "abroad"] }));
    assert_eq!(get(&demo, &path).await, told);
    let of = async |query: &str| {
        let page = get(&demo, &format!("/contacts?{query}")).await;
        (numbers(&page["payload"]), page["meta"]["count"].clone())
    };
    assert_eq!(of("labels[]=abroad").await, (vec![id], json!(1)));
    assert_eq!(of("labels[]=kitchen").await, (vec![], json!(0)));
    let (all, count) = of("").await;
    assert_eq!((all.first(), count), (Some(&id), json!(5)));
    let told = post(&demo, &path, json!({ "labels": [] })).await;
    assert_eq!(told, json!({ "payload": [] }));
    assert_eq!(of("labels[]=abroad").await, (vec![], json!(0)));
    let nobody = "/contacts/77/labels";
    assert_eq!(demo.agent("GET", nobody, None).await.status, 404);
}

#[tokio::test]
async fn contacts_are_listed_in_every_order() {
    let demo = Demo::start(BINARY, None).await;
    let mut ids = Vec::new();
    for (name, email, city) in [("Bo", "z@a.example", "Ulm"), ("Al", "y@a.example", "Bern")] {
        let body =
            json!({ "name": name, "email": email, "additional_attributes": { "city": city } });
        let made = post(&demo, "/contacts", body).await;
        ids.push(made["payload"]["contact"]["id"].as_i64().unwrap());
    }
    let (first, second) = (ids[0], ids[1]);
    for (sort, expected) in [
        ("name", [second, first]),
        ("-name", [first, second]),
        ("email", [second, first]),
        ("-city", [first, second]),
        ("created_at", [first, second]),
        ("-created_at", [second, first]),
        ("-last_activity_at", [second, first]),
        ("phone_number", [first, second]),
        ("", [second, first]),
    ] {
        let page = get(&demo, &format!("/contacts?sort={sort}")).await;
        assert_eq!(numbers(&page["payload"]), expected, "{sort}");
    }
}
