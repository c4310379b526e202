//! Reports with a line for each agent, team, inbox or label, by two things at once, and case by case.

use super::*;

async fn report(demo: &Demo, path: &str) -> Value {
    let path = format!("/api/v2/accounts/1/{path}");
    call(demo, 0, "GET", &path, Value::Null).await.ok()
}

fn line(lines: &Value, id: i64) -> &Value {
    let found = lines.as_array().unwrap().iter().find(|it| it["id"] == id);
    found.unwrap_or_else(|| panic!("no {id} in {lines}"))
}

#[tokio::test]
async fn everybody_and_everything_has_a_line() {
    let demo = start().await;
    let me = demo.card["agents"][0]["id"].as_i64().unwrap();
    let inboxes = report(&demo, "summary_reports/inbox").await;
    assert_eq!(
        inboxes.as_array().unwrap().len(),
        mine(&demo, "GET", "/inboxes", Value::Null).await.ok()["payload"]
            .as_array()
            .unwrap()
            .len()
    );
    let first = line(&inboxes, 1);
    assert_eq!(
        (
            &first["conversations_count"],
            &first["resolved_conversations_count"]
        ),
        (&json!(3), &json!(1))
    );
    for key in [
        "avg_first_response_time",
        "avg_resolution_time",
        "avg_reply_time",
    ] {
        assert!(first[key].as_f64().unwrap() >= 0.0, "{key}: {first}");
        assert_eq!(line(&inboxes, 2)[key], Value::Null, "{key}: {inboxes}");
    }
    let agents = report(&demo, "summary_reports/agent").await;
    let mine_now = line(&agents, me);
    assert!(
        mine_now["avg_first_response_time"].is_number(),
        "{mine_now}"
    );
    assert_eq!(agents.as_array().unwrap().len(), 2, "also who did nothing");
    let labels = report(&demo, "summary_reports/label").await;
    let parcel = &labels.as_array().unwrap()[0];
    assert_eq!(
        (
            &parcel["name"],
            &parcel["conversations_count"],
            &parcel["resolved_conversations_count"]
        ),
        (&json!("parcel"), &json!(1), &json!(1))
    );
    let team = json!({ "name": "returns" });
    let team = mine(&demo, "POST", "/teams", team).await.ok()["id"]
        .as_i64()
        .unwrap();
    let to = json!({ "team_id": team });
    mine(&demo, "POST", "/conversations/1/assignments", to)
        .await
        .ok();
    let teams = report(&demo, "summary_reports/team").await;
    assert_eq!(line(&teams, team)["conversations_count"], 1);
    let nothing = report(&demo, "summary_reports/inbox?since=0&until=86400").await;
    assert_eq!(line(&nothing, 1)["conversations_count"], 0);
    let sent = report(&demo, "reports/outgoing_messages_count?group_by=agent").await;
    let name = demo.card["agents"][0]["name"].clone();
    assert_eq!(
        sent,
        json!([{ "id": me, "name": name, "outgoing_messages_count": 2 }])
    );
    for (by, count) in [("inbox", 1), ("label", 0), ("team", 0)] {
        let path = format!("reports/outgoing_messages_count?group_by={by}");
        let told = report(&demo, &path).await;
        assert_eq!(told.as_array().unwrap().len(), count, "{by}: {told}");
    }
}

#[tokio::test]
async fn channels_hours_and_labels_are_counted_together() {
    let demo = start().await;
    let channels = report(&demo, "summary_reports/channel").await;
    let expected = json!({ "open": 2, "resolved": 1, "pending": 0, "snoozed": 0, "total": 3 });
    assert_eq!(channels, json!({ "Channel::Api": expected }));
    let hours = report(&demo, "reports/first_response_time_distribution").await;
    let expected = json!({ "0-1h": 2, "1-4h": 0, "4-8h": 0, "8-24h": 0, "24h+": 0 });
    assert_eq!(hours, json!({ "Channel::Api": expected }));
    let labels = mine(&demo, "GET", "/labels", Value::Null).await.ok();
    let label = labels["payload"][0]["id"].as_i64().unwrap();
    let path =
        format!("reports/inbox_label_matrix?inbox_ids[]=1&inbox_ids[]=2&label_ids[]={label}");
    let matrix = report(&demo, &path).await;
    assert_eq!(matrix["matrix"], json!([[1], [0]]), "{matrix}");
    assert_eq!(matrix["inboxes"][0]["id"], 1);
    assert_eq!(
        matrix["labels"],
        json!([{ "id": label, "title": "parcel" }])
    );
    let now = report(&demo, "live_reports/conversation_metrics").await;
    let expected = json!({ "open": 2, "unattended": 1, "unassigned": 2, "pending": 0 });
    assert_eq!(now, expected);
}

#[tokio::test]
async fn what_took_time_is_told_case_by_case() {
    let demo = start().await;
    let all = mine(&demo, "GET", "/reporting_events", Value::Null)
        .await
        .ok();
    assert_eq!(all["meta"]["total_pages"], 1);
    let names = |all: &Value| -> Vec<String> {
        let all = all.as_array().unwrap().iter();
        all.map(|it| format!("{} {}", it["conversation_id"], it["name"].as_str().unwrap()))
            .collect()
    };
    let told = names(&all["payload"]);
    assert_eq!(told[0], "2 resolution", "the latest first: {told:?}");
    assert_eq!(all["meta"]["count"], told.len());
    let of = mine(
        &demo,
        "GET",
        "/conversations/2/reporting_events",
        Value::Null,
    )
    .await
    .ok();
    let of = names(&of);
    assert_eq!(
        of.last().unwrap(),
        "2 resolution",
        "the oldest first: {of:?}"
    );
    assert!(of.contains(&"2 first_response".to_owned()), "{of:?}");
    let path = "/reporting_events?name=first_response&inbox_id=1&user_id=1&since=0";
    let some = mine(&demo, "GET", path, Value::Null).await.ok();
    assert_eq!(some["meta"]["count"], 2);
    for (path, count) in [("?inbox_id=2", 0), ("?until=86400", 0), ("?page=2", 0)] {
        let path = format!("/reporting_events{path}");
        let found = mine(&demo, "GET", &path, Value::Null).await.ok();
        assert_eq!(found["payload"].as_array().unwrap().len(), count, "{path}");
    }
}

#[tokio::test]
async fn a_report_that_cannot_be_is_refused() {
    let demo = start().await;
    for (path, status) in [
        ("summary_reports/agent?since=yesterday", 422),
        ("summary_reports/agent?since=20&until=10", 422),
        ("summary_reports/galaxy", 404),
        ("summary_reports/channel?since=0", 400),
        ("reports/outgoing_messages_count", 422),
        ("reports/outgoing_messages_count?group_by=galaxy", 422),
        ("reports/inbox_label_matrix?inbox_ids[]=x", 422),
        ("live_reports/conversation_metrics?team_id=99", 404),
        ("live_reports/conversation_metrics?team_id=x", 422),
    ] {
        let path = format!("/api/v2/accounts/1/{path}");
        let answer = call(&demo, 0, "GET", &path, Value::Null).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.json()["error"].is_string(), "{path}");
        let answer = call(&demo, 1, "GET", &path, Value::Null).await;
        assert!(matches!(answer.status, 401 | 404), "{path}");
    }
    for (path, status) in [
        ("/reporting_events?name=happiness", 422),
        ("/reporting_events?page=x", 422),
        ("/conversations/99/reporting_events", 404),
    ] {
        let answer = mine(&demo, "GET", path, Value::Null).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
}
