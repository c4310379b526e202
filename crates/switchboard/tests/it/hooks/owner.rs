//! What an owner sees of an endpoint, and does about it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    receiver::{Receiver, Reply},
    wait::until,
};
use wire::hooks::signature::ID;

use super::{
    ask, demo, demo_with, endpoint, endpoint_as, hook_in, hook_when, hooks, say, say_all, shown,
    texts, time,
};

async fn state(demo: &Demo, endpoint: i64, wanted: &str) -> Value {
    until(wanted, async || {
        let found = shown(demo, endpoint).await;
        (found["state"] == wanted).then_some(found)
    })
    .await
}

#[tokio::test]
async fn attempts_are_listed_with_status_reason_answer_and_the_next_time() {
    let (demo, receiver) = (demo("[20,60000]").await, Receiver::start().await);
    let refusal = Reply::status(500).saying("x".repeat(5000));
    receiver.answer_next("/in", refusal);
    receiver.answer_next("/in", Reply::status(404).saying("who?"));
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "hello").await;
    let hook = hook_when(&demo, id, "two attempts", |it| it["attempts"] == 2).await;
    assert_eq!(hook["state"], "pending");
    assert_eq!(hook["event"], "message.created");
    assert_eq!(hook["settled_at"], Value::Null);
    let attempts = hook["attempts_made"].as_array().unwrap();
    let column = |name: &str| {
        attempts
            .iter()
            .map(|it| it[name].clone())
            .collect::<Value>()
    };
    assert_eq!(column("number"), json!([1, 2]));
    assert_eq!(column("status"), json!([500, 404]));
    assert_eq!(
        column("error"),
        json!(["it answered 500", "it answered 404"])
    );
    assert_eq!(column("answer"), json!(["x".repeat(4096), "who?"]));
    assert!(
        attempts
            .iter()
            .all(|it| it["duration_ms"].as_i64().unwrap() < 10_000)
    );
    let wait = time(&hook["next_at"])
        .duration_since(time(&attempts[1]["at"]))
        .as_secs();
    assert!((53..=67).contains(&wait), "{wait}");

    let found = shown(&demo, id).await;
    assert_eq!(found["failures"], 2);
    assert_eq!(found["failing_since"], attempts[0]["at"]);
    let all = demo.agent("GET", "/endpoints", None).await.ok();
    let mine = &all["endpoints"][0];
    assert_eq!(
        (&mine["id"], &mine["state"]),
        (&json!(id), &json!("active"))
    );
    assert_eq!(mine.get("secret"), None);
}

#[tokio::test]
async fn hooks_are_listed_by_state_in_pages_newest_first() {
    let (demo, receiver) = (demo("[]").await, Receiver::start().await);
    let id = endpoint(&demo, &receiver.url("/in")).await;
    let all: Vec<String> = (0..60).map(|n| format!("m{n}")).collect();
    say_all(&demo, &all).await;
    until("all to be done", async || {
        (demo.figure("switchboard_deliveries_pending").await == 0 && receiver.count("/in") == 60)
            .then_some(())
    })
    .await;
    let first = hooks(&demo, id).await;
    let rest = format!("/deliveries?state=done&before={}", first[49]["id"]);
    let rest = ask(&demo, "GET", id, &rest, None).await.ok();
    assert_eq!(rest["deliveries"].as_array().unwrap().len(), 10);
    receiver.answer("/in", Reply::status(503));
    say(&demo, "too late").await;
    let dead = hook_in(&demo, id, "dead").await;
    let in_state = async |state: &str| {
        let page = ask(
            &demo,
            "GET",
            id,
            &format!("/deliveries?state={state}"),
            None,
        )
        .await
        .ok();
        page["deliveries"].as_array().unwrap().clone()
    };
    assert_eq!(in_state("dead").await[0]["id"], dead["id"]);
    assert_eq!(in_state("done").await.len(), 50);
    assert_eq!(in_state("pending").await.len(), 0);
    let newest = hooks(&demo, id).await;
    assert_eq!(newest.len(), 50);
    assert_eq!(newest[0]["id"], dead["id"]);
    assert!(newest.is_sorted_by_key(|it| std::cmp::Reverse(it["id"].as_i64().unwrap())));
    let nonsense = ask(&demo, "GET", id, "/deliveries?state=lost", None).await;
    assert_eq!(nonsense.status, 422);
}

#[tokio::test]
async fn a_paused_endpoint_gets_nothing_and_everything_at_once_when_it_is_resumed() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let id = endpoint(&demo, &receiver.url("/in")).await;
    let mut quickest = Duration::MAX;
    for round in 0..5 {
        let paused = ask(&demo, "POST", id, "/pause", None).await.ok();
        assert_eq!(paused["state"], "paused");
        let before = receiver.count("/in");
        say(&demo, &format!("held {round}")).await;
        let hook = hook_in(&demo, id, "pending").await;
        assert_eq!(hook["attempts"], 0);
        assert_eq!(receiver.count("/in"), before);
        let began = Instant::now();
        let resumed = ask(&demo, "POST", id, "/resume", None).await.ok();
        assert_eq!(resumed["state"], "active");
        let got = receiver.wait_for("/in", before + 1).await;
        quickest = quickest.min(got[before].at - began);
    }
    // Nobody waits for the next look at the clock.
    assert!(quickest < Duration::from_millis(300), "{quickest:?}");
}

#[tokio::test]
async fn a_hook_is_dead_after_the_last_wait_and_can_be_replayed_under_its_own_id() {
    let (demo, receiver) = (demo("[20,20]").await, Receiver::start().await);
    receiver.answer("/in", Reply::status(500));
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "hello").await;
    let dead = hook_in(&demo, id, "dead").await;
    assert_eq!(dead["attempts"], 3);
    assert_eq!(dead["next_at"], Value::Null);
    assert_ne!(dead["settled_at"], Value::Null);
    assert_eq!(receiver.count("/in"), 3);

    let replay = format!("/deliveries/{}/replay", dead["id"]);
    assert_eq!(ask(&demo, "POST", id, &replay, None).await.status, 202);
    receiver.wait_for("/in", 4).await;
    hook_when(&demo, id, "dead again", |it| {
        it["state"] == "dead" && it["attempts"].as_i64() > Some(3)
    })
    .await;

    receiver.answer("/in", Reply::status(204));
    assert_eq!(ask(&demo, "POST", id, &replay, None).await.status, 202);
    let done = hook_in(&demo, id, "done").await;
    let numbers: Vec<i64> = done["attempts_made"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["number"].as_i64().unwrap())
        .collect();
    assert_eq!(
        numbers,
        (1..=done["attempts"].as_i64().unwrap()).collect::<Vec<_>>()
    );
    let (got, hook) = (receiver.got("/in"), dead["id"].to_string());
    assert!(got.iter().all(|it| it.header(ID) == hook));

    // What was delivered can be had again too.
    let before = receiver.count("/in");
    assert_eq!(ask(&demo, "POST", id, &replay, None).await.status, 202);
    receiver.wait_for("/in", before + 1).await;
    hook_in(&demo, id, "done").await;
    let other = endpoint(&demo, &receiver.url("/other")).await;
    assert_eq!(ask(&demo, "POST", other, &replay, None).await.status, 404);
}

#[tokio::test]
async fn an_answer_that_comes_after_another_attempt_has_settled_the_hook_is_only_recorded() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let late = Reply::status(410).after(Duration::from_secs(1));
    receiver.answer_next("/in", late);
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "hello").await;
    receiver.wait_for("/in", 1).await;
    // The replay ends the lease of the attempt that is under way, as time would have.
    let replay = format!("/deliveries/{}/replay", hooks(&demo, id).await[0]["id"]);
    assert_eq!(ask(&demo, "POST", id, &replay, None).await.status, 202);
    let hook = hook_when(&demo, id, "both attempts", |it| {
        it["attempts_made"].as_array().unwrap().len() == 2
    })
    .await;
    assert_eq!(hook["attempts_made"][0]["status"], 200);
    assert_eq!(hook["attempts_made"][1]["status"], 410);
    assert_eq!(
        (&hook["state"], &hook["attempts"]),
        (&json!("done"), &json!(1))
    );
    assert_eq!(shown(&demo, id).await["state"], "active");
}

#[tokio::test]
async fn gone_for_good_disables_at_once_with_the_reason() {
    let (demo, receiver) = (demo("[20,20]").await, Receiver::start().await);
    receiver.answer_next("/in", Reply::status(410));
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "hello").await;
    let disabled = state(&demo, id, "disabled").await;
    assert_eq!(disabled["reason"], "it answered 410: gone for good");
    assert_eq!(
        demo.figure("switchboard_endpoint_state_changes_total{state=\"disabled\"}")
            .await,
        1
    );
    say(&demo, "meanwhile").await;
    hook_when(&demo, id, "the second hook", |it| it["attempts"] == 0).await;
    assert_eq!(receiver.count("/in"), 1);
    let enabled = ask(&demo, "POST", id, "/resume", None).await.ok();
    assert_eq!(
        (&enabled["state"], &enabled["reason"]),
        (&json!("active"), &Value::Null)
    );
    let mut all = texts(&receiver.wait_for("/in", 3).await);
    all.sort();
    assert_eq!(all, ["hello", "hello", "meanwhile"]);
}

#[tokio::test]
async fn an_endpoint_that_fails_too_long_is_disabled_and_gets_what_it_missed_replayed() {
    let (demo, receiver) = (demo_with("[20]", 0, 4).await, Receiver::start().await);
    receiver.answer("/in", Reply::status(500));
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "first").await;
    hook_in(&demo, id, "dead").await;
    let failing = shown(&demo, id).await;
    assert_eq!(
        (&failing["state"], &failing["failures"]),
        (&json!("active"), &json!(2))
    );
    say(&demo, "second").await;
    let disabled = state(&demo, id, "disabled").await;
    let since = disabled["failing_since"].as_str().unwrap().to_owned();
    let reason = format!("every one of 4 attempts since {since} failed; the last: it answered 500");
    assert_eq!(disabled["reason"], reason.as_str());
    say(&demo, "third").await;
    hook_when(&demo, id, "the third hook", |it| it["attempts"] == 0).await;

    receiver.answer("/in", Reply::status(200));
    let before = receiver.count("/in");
    let enabled = ask(&demo, "POST", id, "/resume", None).await.ok();
    assert_eq!(
        (&enabled["failing_since"], &enabled["failures"]),
        (&Value::Null, &json!(0))
    );
    let got = receiver.wait_for("/in", before + 1).await;
    assert_eq!(texts(&got[before..]), ["third"]);
    let replay = async |since: &str| {
        let body = json!({ "since": since });
        let answer = ask(&demo, "POST", id, "/replay", Some(body)).await;
        (answer.status, answer.json()["replayed"].clone())
    };
    assert_eq!(replay("2100-01-01T00:00:00Z").await, (202, json!(0)));
    assert_eq!(replay("yesterday").await.0, 422);
    assert_eq!(replay(&since).await, (202, json!(2)));
    let got = receiver.wait_for("/in", before + 3).await;
    let mut replayed = texts(&got[before + 1..]);
    replayed.sort();
    assert_eq!(replayed, ["first", "second"]);
}

#[tokio::test]
async fn replaying_without_a_time_covers_the_whole_failure_even_its_first_hook() {
    let (demo, receiver) = (demo("[]").await, Receiver::start().await);
    receiver.answer("/in", Reply::status(500));
    let id = endpoint(&demo, &receiver.url("/in")).await;
    for text in ["first", "second"] {
        say(&demo, text).await;
        hook_when(&demo, id, "dead", |it| {
            it["state"] == "dead" && it["body"].to_string().contains(text)
        })
        .await;
    }
    receiver.answer("/in", Reply::status(200));
    let replayed = ask(&demo, "POST", id, "/replay", None).await;
    assert_eq!(
        (replayed.status, replayed.json()),
        (202, json!({ "replayed": 2 }))
    );
    receiver.wait_for("/in", 4).await;
}

#[tokio::test]
async fn a_warning_is_logged_once_at_half_of_the_patience() {
    let waits = format!("{:?}", [100; 40]);
    let (demo, receiver) = (demo_with(&waits, 2, 3).await, Receiver::start().await);
    receiver.answer("/in", Reply::status(500));
    let id = endpoint(&demo, &receiver.url("/in")).await;
    say(&demo, "hello").await;
    state(&demo, id, "disabled").await;
    let log = std::fs::read_to_string(demo.log()).unwrap();
    let warned = log
        .lines()
        .filter(|it| it.contains("it will be disabled if that goes on"));
    assert_eq!(warned.count(), 1, "{log}");
}

#[tokio::test]
async fn an_endpoint_is_changed_and_removed_with_everything_of_it() {
    let (demo, receiver) = (demo("[60000]").await, Receiver::start().await);
    receiver.answer("/in", Reply::status(500));
    let lost = json!({ "url": receiver.url("/in"), "events": ["message.lost"] });
    let refused = demo.agent("POST", "/endpoints", Some(lost.clone())).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(
        refused.text().contains("message.lost"),
        "{}",
        refused.text()
    );
    let wanted = json!({
        "url": receiver.url("/in"), "name": "CRM", "events": ["message.created"],
        "per_second": 7, "in_flight": 3, "ordered": true, "inbox_id": 1,
    });
    let id = endpoint_as(&demo, wanted.clone()).await;
    let found = shown(&demo, id).await;
    for (key, value) in wanted.as_object().unwrap() {
        assert_eq!(found[key], *value, "{key}");
    }
    say(&demo, "hello").await;
    hook_when(&demo, id, "an attempt", |it| it["attempts"] == 1).await;
    assert_eq!(ask(&demo, "PATCH", id, "", Some(lost)).await.status, 422);
    assert_eq!(shown(&demo, id).await["events"], wanted["events"]);
    let change =
        json!({ "url": receiver.url("/there"), "name": "ERP", "ordered": false, "inbox_id": null });
    let changed = ask(&demo, "PATCH", id, "", Some(change)).await.ok();
    assert_eq!(
        (&changed["name"], &changed["in_flight"]),
        (&json!("ERP"), &json!(3))
    );
    assert_eq!(changed["inbox_id"], Value::Null);
    say(&demo, "again").await;
    assert_eq!(texts(&receiver.wait_for("/there", 1).await), ["again"]);

    assert_eq!(ask(&demo, "DELETE", id, "", None).await.status, 200);
    assert_eq!(ask(&demo, "GET", id, "", None).await.status, 404);
    assert_eq!(ask(&demo, "GET", id, "/deliveries", None).await.status, 404);
    say(&demo, "to nobody").await;
    assert_eq!(demo.figure("switchboard_deliveries_pending").await, 0);
    assert_eq!(receiver.count("/there"), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_as_a_problem() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let id = endpoint(&demo, &receiver.url("/in")).await;
    let hooks = |rest: &str| format!("/endpoints/{id}/deliveries{rest}");
    for (path, status) in [
        ("/endpoints/one".to_owned(), 404),
        (hooks("/one"), 404),
        (hooks("?before=one"), 400),
        (hooks("?state=lost"), 422),
    ] {
        let answer = demo.agent("GET", &path, None).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["status"], status);
    }
}
