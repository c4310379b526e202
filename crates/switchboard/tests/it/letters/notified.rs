//! Agents are written to of what becomes their business, if they want that.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Says of what the second agent wants to be written to.
async fn wish(demo: &Demo, flags: &[&str]) {
    let body = json!({ "notification_settings": { "selected_email_flags": flags, "selected_push_flags": [] } });
    bob(demo, "PUT", "/notification_settings", body).await.ok();
}

async fn bob(demo: &Demo, method: &str, path: &str, body: Value) -> Answer {
    let token = demo.text("/agents/1/access_token");
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let url = demo.url(&format!("/api/v1/accounts/1{path}"));
    demo.client
        .send(method, &url, &headers, body.to_string())
        .await
}

async fn assign(demo: &Demo, to: &Value) {
    let body = json!({ "assignee_id": to });
    demo.agent("POST", "/conversations/1/assignments", Some(body))
        .await
        .ok();
}

#[tokio::test]
async fn an_agent_is_written_to_of_what_they_want() {
    let (demo, server) = start().await;
    let (email, id) = (
        demo.text("/agents/1/email"),
        demo.card["agents"][1]["id"].clone(),
    );
    wish(
        &demo,
        &[
            "email_conversation_assignment",
            "email_conversation_mention",
        ],
    )
    .await;
    assign(&demo, &id).await;
    let taken = server.wait_for(1).await;
    assert_eq!(taken[0].to, [email]);
    let mail = read(&taken[0]);
    assert_eq!(mail.subject, "[#1] Assigned to you");
    assert!(mail.text.contains("With: Frank"), "{}", mail.text);
    // What is said in it they do not want to be told of,
    demo.post(json!([demo.inbound("447700900999", "two", "Still there?")]))
        .await
        .ok();
    // but where they are named.
    let note = format!("[@Bob](mention://user/{id}/Bob) have a look");
    let note = json!({ "content": note, "private": true });
    demo.agent("POST", "/conversations/1/messages", Some(note))
        .await
        .ok();
    let taken = server.wait_for(2).await;
    let mail = read(&taken[1]);
    assert_eq!(mail.subject, "[#1] You are mentioned");
    assert!(mail.text.contains("have a look"), "{}", mail.text);
    wish(&demo, &[]).await;
    assign(&demo, &json!(null)).await;
    assign(&demo, &id).await;
    wish(&demo, &["email_assigned_conversation_new_message"]).await;
    demo.post(json!([demo.inbound("447700900999", "three", "Hello???")]))
        .await
        .ok();
    let taken = server.wait_for(3).await;
    assert!(read(&taken[2]).text.contains("Hello???"));
    assert_eq!(kept(&demo), 3);
}

#[tokio::test]
async fn what_was_seen_in_time_or_is_no_longer_theirs_to_see_is_not_written() {
    let server = MailServer::start(Security::None).await;
    let wait = ("SWITCHBOARD__MAIL__NOTIFY_AFTER_S", "2".to_owned());
    let demo = start_with(&server, vec![wait]).await;
    let id = demo.card["agents"][1]["id"].clone();
    wish(&demo, &["email_conversation_assignment"]).await;
    for n in 1..=3 {
        let from = format!("44770090000{n}");
        demo.post(json!([demo.inbound(&from, &from, "Hello?")]))
            .await
            .ok();
        let path = format!("/conversations/{n}/assignments");
        demo.agent("POST", &path, Some(json!({ "assignee_id": id })))
            .await
            .ok();
    }
    testkit::wait::until("three letters to be owed", async || {
        (kept(&demo) == 3).then_some(())
    })
    .await;
    // The first is seen, the last too: only of the second they are written to.
    for n in [1, 3] {
        let list = bob(&demo, "GET", "/notifications", json!(null)).await.ok();
        let all = list["data"]["payload"].as_array().unwrap();
        let of = |it: &&Value| it["primary_actor"]["id"] == n;
        let it = all.iter().find(of).unwrap()["id"].clone();
        bob(&demo, "PATCH", &format!("/notifications/{it}"), json!({}))
            .await
            .ok();
    }
    let taken = server.wait_for(1).await;
    assert_eq!(read(&taken[0]).subject, "[#2] Assigned to you");
    testkit::wait::until("nothing to be owed", async || {
        (demo.figure("switchboard_deliveries_pending").await == 0).then_some(())
    })
    .await;
    assert_eq!(server.taken().len(), 1);
    // Whoever does not answer there any more is not told of it either.
    demo.post(json!([demo.inbound("447700900004", "four", "Hello?")]))
        .await
        .ok();
    demo.agent(
        "POST",
        "/conversations/4/assignments",
        Some(json!({ "assignee_id": id })),
    )
    .await
    .ok();
    testkit::wait::until("a fourth letter", async || (kept(&demo) == 4).then_some(())).await;
    let inbox = demo.card["ctlive"]["inbox_id"].clone();
    let others = json!({ "inbox_id": inbox, "user_ids": [demo.card["agents"][0]["id"]] });
    demo.agent("PATCH", "/inbox_members", Some(others))
        .await
        .ok();
    testkit::wait::until("nothing to be owed", async || {
        (demo.figure("switchboard_deliveries_pending").await == 0).then_some(())
    })
    .await;
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_kill_loses_no_letter_and_doubles_none() {
    let server = MailServer::start(Security::None).await;
    let wait = ("SWITCHBOARD__MAIL__NOTIFY_AFTER_S", "1".to_owned());
    let mut demo = start_with(&server, vec![wait]).await;
    let id = demo.card["agents"][1]["id"].clone();
    wish(&demo, &["email_conversation_assignment"]).await;
    for n in 1..=6 {
        let from = format!("44770090000{n}");
        demo.post(json!([demo.inbound(&from, &from, "Hello?")]))
            .await
            .ok();
        let path = format!("/conversations/{n}/assignments");
        demo.agent("POST", &path, Some(json!({ "assignee_id": id })))
            .await
            .ok();
        demo.kill();
        demo.restart().await;
    }
    // One that was taken as the server died comes again, as the same mail.
    let all = testkit::wait::until("six mails", async || {
        let taken = server.taken();
        let ids: BTreeMap<String, Vec<u8>> = taken
            .iter()
            .map(|it| (read(it).id, it.bytes.clone()))
            .collect();
        assert!(taken.iter().all(|it| ids[&read(it).id] == it.bytes));
        (ids.len() >= 6).then_some(taken)
    })
    .await;
    let subjects: BTreeSet<String> = all.iter().map(|it| read(it).subject).collect();
    assert_eq!(subjects.len(), 6);
    assert_eq!(kept(&demo), 6);
}
