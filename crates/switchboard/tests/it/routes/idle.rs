//! Conversations in which nothing happens end by themselves, where their account wants that.

use testkit::wait::until;

use super::*;

const HOUR_MICROS: i64 = 3_600_000_000;

/// Lets an hour pass in every conversation, while the server is away.
async fn let_an_hour_pass(demo: &mut Demo) {
    assert!(demo.terminate());
    let file = demo.data().join("switchboard.db");
    let sql = rusqlite::Connection::open(file).unwrap();
    let back = "UPDATE conversations SET last_activity_at = last_activity_at - ?1";
    sql.execute(back, [HOUR_MICROS]).unwrap();
    drop(sql);
    demo.restart().await;
}

async fn conversation(demo: &Demo, number: i64) -> Value {
    let path = format!("/conversations/{number}");
    mine(demo, "GET", &path, Value::Null).await.ok()
}

async fn is_resolved(demo: &Demo, number: i64) {
    until("the conversation to end", async || {
        let status = conversation(demo, number).await["status"].clone();
        (status == "resolved").then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_silent_for_long_is_told_labeled_and_resolved_once() {
    let mut demo = start().await;
    // The first waits for an answer, the third has it.
    let wanted = json!({
        "auto_resolve_after": 30, "auto_resolve_message": "We close this now.",
        "auto_resolve_label": "quiet", "auto_resolve_ignore_waiting": true,
    });
    let account = mine(&demo, "PATCH", "", wanted.clone()).await.ok();
    assert_eq!(account["settings"], wanted);
    let_an_hour_pass(&mut demo).await;
    is_resolved(&demo, 3).await;
    let shown = conversation(&demo, 3).await;
    assert_eq!(shown["labels"], json!(["quiet"]));
    let texts = |all: Vec<Value>| -> Vec<(Value, i64)> {
        let all = all.into_iter();
        all.map(|it| (it["content"].clone(), it["message_type"].as_i64().unwrap()))
            .collect()
    };
    let note = "Conversation was marked resolved by system due to 30 minutes of inactivity";
    let expected = vec![
        (json!("A kettle, please"), 0),
        (json!("On its way"), 1),
        (json!("We close this now."), 3),
        (json!(note), 2),
    ];
    assert_eq!(texts(demo.messages(3).await), expected);

    // Whoever waits for an answer is not sent away, until the account says so.
    assert_eq!(conversation(&demo, 1).await["status"], "open");
    let all = json!({ "auto_resolve_ignore_waiting": false, "auto_resolve_message": "" });
    let account = mine(&demo, "PATCH", "", all).await.ok();
    let expected = json!({
        "auto_resolve_after": 30, "auto_resolve_label": "quiet", "auto_resolve_ignore_waiting": false,
    });
    assert_eq!(account["settings"], expected);
    is_resolved(&demo, 1).await;
    let note = json!(note);
    assert_eq!(
        texts(demo.messages(1).await),
        [(json!("My kettle leaks"), 0), (note, 2)]
    );
}

#[tokio::test]
async fn what_nobody_wants_ended_stays_open() {
    let mut demo = start().await;
    let wanted = json!({ "auto_resolve_after": 30 });
    mine(&demo, "PATCH", "", wanted).await.ok();
    let nothing = json!({ "auto_resolve_after": null });
    let account = mine(&demo, "PATCH", "", nothing).await.ok();
    assert_eq!(account["settings"], json!({}));
    let_an_hour_pass(&mut demo).await;
    demo.post(json!([demo.inbound("447700900003", "three", "Thanks")]))
        .await
        .ok();
    let half = json!({ "auto_resolve_after": 59 });
    mine(&demo, "PATCH", "", half).await.ok();
    is_resolved(&demo, 1).await;
    assert_eq!(conversation(&demo, 3).await["status"], "open");
}
