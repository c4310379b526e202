//! Rules as administrators make them, and what they do.

use testkit::{json::keys, receiver::Receiver, wait::until};

use super::*;
use crate::sdk::strangers::stranger;

#[tokio::test]
async fn a_rule_does_what_it_asks_once_and_no_rule_chases_another() {
    let demo = demo().await;
    let bob = demo.card.pointer("/agents/1/id").unwrap();
    let team = ok(
        &demo,
        "POST",
        "/teams",
        json!({ "name": "care", "allow_auto_assign": false }),
    );
    let team = team.await;
    let wanted = rule_about(
        "help",
        json!([
            action("assign_agent", json!([bob])),
            action("add_label", json!(["urgent", "bug"])),
            action("remove_label", json!(["bug"])),
            action("change_priority", json!(["high"])),
            action("send_message", json!(["We are on it"])),
            action("add_private_note", json!(["he needs help"])),
            // Nobody has such an agent: it is left out, and what follows is done.
            action("assign_agent", json!([4711])),
            action("change_status", json!(["pending"])),
        ]),
    );
    ok(&demo, "POST", "/automation_rules", wanted).await;
    // What a rule does is no rule's business: neither its words nor the labels and the status.
    for event in ["message_created", "conversation_updated"] {
        let other = json!({
            "name": "echo", "event_name": event,
            "conditions": [condition("content", "contains", json!(["on it", "needs help"]), None)],
            "actions": [action("send_message", json!(["an echo"]))],
        });
        ok(&demo, "POST", "/automation_rules", other).await;
    }
    say(&demo, FRANK, "hello").await;
    say(&demo, FRANK, "please HELP me").await;
    until("the rule to have run", async || {
        let it = demo.agent("GET", "/conversations/1", None).await.ok();
        (it["status"] == "pending").then_some(())
    })
    .await;
    let it = demo.agent("GET", "/conversations/1", None).await.ok();
    assert_eq!(it["labels"], json!(["urgent"]));
    assert_eq!(it["priority"], "high");
    assert_eq!(it["meta"]["assignee"]["id"], *bob);
    assert!(
        it["waiting_since"].as_i64().unwrap() > 0,
        "a program's words are no answer"
    );

    // Another rule, of which all follows: whatever the first ones asked is done by then.
    let give = json!({
        "name": "to the team", "event_name": "message_created",
        "conditions": [condition("content", "equal_to", json!(["last"]), None)],
        "actions": [action("assign_team", json!([team["id"]]))],
    });
    ok(&demo, "POST", "/automation_rules", give).await;
    say(&demo, FRANK, "last").await;
    until("the team to have it", async || {
        let it = demo.agent("GET", "/conversations/1", None).await.ok();
        (it["meta"]["team"]["id"] == team["id"]).then_some(())
    })
    .await;
    let bob = demo.text("/agents/1/name");
    let expected = [
        "hello".to_owned(),
        "please HELP me".to_owned(),
        format!("Assigned to {bob} by Automation System"),
        "Automation System added urgent, bug".to_owned(),
        "Automation System removed bug".to_owned(),
        "Automation System set the priority to high".to_owned(),
        "We are on it".to_owned(),
        "he needs help".to_owned(),
        "Conversation was marked as pending by Automation System".to_owned(),
        "last".to_owned(),
        "Assigned to care by Automation System".to_owned(),
        "Conversation unassigned by Automation System".to_owned(),
    ];
    assert_eq!(texts(&demo, 1).await, expected);
    let said = &demo.messages(1).await[6];
    assert!(said["content_attributes"]["automation_rule_id"].is_number());
    assert_eq!(said["message_type"], 1);
    assert_eq!(demo.messages(1).await[7]["private"], true);
}

#[tokio::test]
async fn every_event_and_every_kind_of_condition() {
    let demo = demo().await;
    let definition = json!({
        "attribute_display_name": "Plan", "attribute_key": "plan", "attribute_display_type": "text",
        "attribute_model": "conversation_attribute",
    });
    ok(&demo, "POST", "/custom_attribute_definitions", definition).await;
    #[rustfmt::skip]
    let marks = [
        ("conversation_created", vec![condition("phone_number", "starts_with", json!(["+385"]), None)], "began"),
        ("conversation_created", vec![condition("name", "equal_to", json!(["grace"]), None)], "never"),
        ("conversation_opened", vec![condition("status", "equal_to", json!(["open"]), None)], "opened"),
        ("conversation_resolved", vec![], "resolved"),
        ("conversation_updated", vec![condition("plan", "equal_to", json!(["Gold"]), None)], "gold"),
        ("conversation_updated", vec![
            condition("priority", "equal_to", json!(["urgent"]), Some("or")),
            condition("assignee_id", "is_present", json!([]), Some("AND")),
            condition("labels", "not_equal_to", json!(["odd"]), None),
        ], "urgent-or-taken"),
    ];
    for (event, conditions, mark) in marks {
        let rule = json!({
            "name": mark, "event_name": event, "conditions": conditions,
            "actions": [action("add_label", json!([mark]))],
        });
        ok(&demo, "POST", "/automation_rules", rule).await;
    }
    let labeled = async |label: &str| {
        until(label, async || {
            let it = demo
                .agent("GET", "/conversations/1/labels", None)
                .await
                .ok();
            it["payload"]
                .as_array()
                .unwrap()
                .contains(&json!(label))
                .then_some(())
        })
        .await;
    };
    say(&demo, FRANK, "hello").await;
    labeled("began").await;
    ok(
        &demo,
        "POST",
        "/conversations/1/toggle_status",
        json!({ "status": "resolved" }),
    )
    .await;
    labeled("resolved").await;
    say(&demo, FRANK, "again").await;
    labeled("opened").await;
    let plan = json!({ "custom_attributes": { "plan": "gold" } });
    ok(&demo, "POST", "/conversations/1/custom_attributes", plan).await;
    labeled("gold").await;
    ok(
        &demo,
        "POST",
        "/conversations/1/toggle_priority",
        json!({ "priority": "urgent" }),
    )
    .await;
    labeled("urgent-or-taken").await;
    let all = demo
        .agent("GET", "/conversations/1/labels", None)
        .await
        .ok();
    assert!(!all["payload"].as_array().unwrap().contains(&json!("never")));
}

#[tokio::test]
async fn a_rule_that_is_switched_off_or_removed_does_nothing() {
    let demo = demo().await;
    let mark = |mark: &str| rule_about("help", json!([action("add_label", json!([mark]))]));
    let off = ok(&demo, "POST", "/automation_rules", mark("off")).await;
    let gone = ok(&demo, "POST", "/automation_rules", mark("gone")).await;
    let path = |it: &Value| format!("/automation_rules/{}", it["id"]);
    ok(&demo, "PATCH", &path(&off), json!({ "active": false })).await;
    ok(&demo, "DELETE", &path(&gone), json!({})).await;
    ok(&demo, "POST", "/automation_rules", mark("on")).await;
    say(&demo, FRANK, "help").await;
    until("the last rule to have run", async || {
        let it = demo
            .agent("GET", "/conversations/1/labels", None)
            .await
            .ok();
        (it["payload"] == json!(["on"])).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_rule_posts_the_conversation_to_an_address() {
    let env = vec![("SWITCHBOARD__HOOKS__WAITS_MS", "[20,20]".to_owned())];
    let options = testkit::demo::Options {
        env,
        ..testkit::demo::Options::default()
    };
    let demo = Demo::start_with(BINARY, options).await;
    let receiver = Receiver::start().await;
    receiver.answer_next("/rule", testkit::receiver::Reply::status(500));
    let url = receiver.url("/rule");
    let rule = rule_about(
        "help",
        json!([
            action("add_label", json!(["told"])),
            action("send_webhook_event", json!([url])),
        ]),
    );
    ok(&demo, "POST", "/automation_rules", rule).await;
    say(&demo, FRANK, "help").await;
    // It is tried again like any other delivery, under the same id and with the same bytes.
    let told = receiver.wait_for("/rule", 2).await;
    let (first, body) = (&told[0], told[1].json());
    assert_eq!(first.body, told[1].body);
    assert_eq!(
        first.header("x-chatwoot-delivery"),
        told[1].header("x-chatwoot-delivery")
    );
    assert_eq!(body["event"], "automation_event.message_created");
    assert_eq!(body["id"], 1);
    assert_eq!(body["labels"], json!(["told"]));
    assert_eq!(body["messages"][0]["content"], "help");
    assert_eq!(body["meta"]["sender"]["name"], "Frank");
    say(&demo, FRANK, "help again").await;
    receiver.wait_for("/rule", 3).await;
    // One address is one endpoint.
    let all = demo.agent("GET", "/endpoints", None).await.ok();
    assert_eq!(all["endpoints"].as_array().unwrap().len(), 1, "{all}");
}

#[tokio::test]
async fn rules_are_made_shown_changed_copied_and_removed() {
    let demo = demo().await;
    let wanted = rule_about("bug", json!([action("add_label", json!(["bug"]))]));
    let made = ok(&demo, "POST", "/automation_rules", wanted.clone()).await;
    #[rustfmt::skip]
    let expected = [
        "account_id", "actions", "active", "conditions", "created_on", "description", "event_name",
        "id", "name",
    ];
    assert_eq!(keys(&made), expected);
    for key in ["name", "description", "event_name", "conditions", "actions"] {
        assert_eq!(made[key], wanted[key], "{key}");
    }
    assert_eq!(made["active"], true);
    let path = format!("/automation_rules/{}", made["id"]);
    let shown = ok(&demo, "GET", &path, json!({})).await;
    assert_eq!(shown["payload"], made);
    let changed = ok(
        &demo,
        "PATCH",
        &path,
        json!({ "automation_rule": { "name": "other" } }),
    )
    .await;
    assert_eq!(changed["payload"]["name"], "other");
    assert_eq!(changed["payload"]["conditions"], wanted["conditions"]);
    let copy = ok(&demo, "POST", &format!("{path}/clone"), json!({})).await;
    assert_ne!(copy["payload"]["id"], made["id"]);
    assert_eq!(copy["payload"]["name"], "other");
    ok(&demo, "DELETE", &path, json!({})).await;
    let left = ok(&demo, "GET", "/automation_rules", json!({})).await;
    assert_eq!(left["payload"], json!([copy["payload"]]));
    assert_eq!(call(&demo, "GET", &path, json!({})).await.status, 404);
}

#[tokio::test]
async fn what_makes_no_rule_is_refused_and_stores_nothing() {
    let demo = demo().await;
    let good = || rule_about("bug", json!([action("add_label", json!(["bug"]))]));
    let with = |key: &str, value: Value| {
        let mut rule = good();
        rule[key] = value;
        rule
    };
    #[rustfmt::skip]
    let table = [
        (with("name", json!(" ")), "name"),
        (with("event_name", json!("moon_rose")), "event_name"),
        (with("conditions", json!([condition("shoe_size", "equal_to", json!([1]), None)])), "conditions"),
        (with("conditions", json!([condition("status", "contains", json!(["o"]), None)])), "conditions"),
        (with("conditions", json!("open")), "conditions"),
        (with("actions", json!([action("launch", json!([]))])), "actions"),
        (with("actions", json!([action("send_webhook_event", json!(["ftp://x"]))])), "actions"),
        (with("actions", json!({ "a": 1 })), "actions"),
    ];
    for (rule, field) in table {
        let answer = call(&demo, "POST", "/automation_rules", rule.clone()).await;
        assert_eq!(answer.status, 422, "{rule} {}", answer.text());
        assert_eq!(keys(&answer.json()["error"]), [field], "{rule}");
    }
    let all = ok(&demo, "GET", "/automation_rules", json!({})).await;
    assert_eq!(all["payload"], json!([]));
}

#[tokio::test]
async fn only_administrators_of_the_account_may() {
    let mut demo = demo().await;
    let wanted = rule_about("bug", json!([action("add_label", json!(["bug"]))]));
    let made = ok(&demo, "POST", "/automation_rules", wanted.clone()).await;
    let eve = stranger(&mut demo).await;
    let bob = demo.text("/agents/1/access_token");
    let id = &made["id"];
    let calls = [
        ("GET", String::new()),
        ("POST", String::new()),
        ("GET", format!("/{id}")),
        ("PATCH", format!("/{id}")),
        ("POST", format!("/{id}/clone")),
        ("DELETE", format!("/{id}")),
    ];
    for (method, path) in calls {
        for (token, account) in [(&bob, 1), (&eve, 1)] {
            let path = format!("{account}/automation_rules{path}");
            let answer = as_other(&demo, token, method, &path, wanted.clone()).await;
            assert_eq!(answer.status, 401, "{method} {path} {}", answer.text());
        }
        if !path.is_empty() {
            let path = format!("2/automation_rules{path}");
            let answer = as_other(&demo, &eve, method, &path, json!({})).await;
            assert_eq!(answer.status, 404, "{method} {path} {}", answer.text());
        }
    }
    let all = ok(&demo, "GET", "/automation_rules", json!({})).await;
    assert_eq!(all["payload"], json!([made]));
}

#[tokio::test]
async fn the_first_answer_and_the_beginning_of_a_wait_change_a_conversation() {
    let demo = demo().await;
    let rule = json!({
        "name": "count", "event_name": "conversation_updated",
        "conditions": [condition("content", "contains", json!(["word"]), None)],
        "actions": [action("add_private_note", json!(["it has changed"]))],
    });
    ok(&demo, "POST", "/automation_rules", rule).await;
    let changes = async || {
        let all = texts(&demo, 1).await.into_iter();
        all.filter(|it| it == "it has changed").count()
    };
    let settle = async |text: &str, count: usize| {
        // What comes after it has been looked at after it.
        let name = format!("done {text}");
        say(&demo, FRANK, &name).await;
        until(text, async || (changes().await == count).then_some(())).await;
    };
    let path = "/conversations/1/messages";
    say(&demo, FRANK, "first word").await;
    settle("he waits", 1).await;
    say(&demo, FRANK, "second word").await;
    settle("he waits already", 1).await;
    ok(&demo, "POST", path, json!({ "content": "a word back" })).await;
    until("the first answer", async || {
        (changes().await == 2).then_some(())
    })
    .await;
    ok(&demo, "POST", path, json!({ "content": "another word" })).await;
    say(&demo, FRANK, "third word").await;
    until("he waits again", async || {
        (changes().await == 3).then_some(())
    })
    .await;
    let all = texts(&demo, 1).await;
    let third = all.iter().position(|it| it == "third word");
    let last = all.iter().rposition(|it| it == "it has changed");
    assert!(
        third < last,
        "nothing but what begins a wait counts: {all:?}"
    );
}
