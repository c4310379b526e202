//! Nobody waits for anybody else's endpoint.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::receiver::{Receiver, Reply};
use wire::hooks::signature::ID;

use super::{ask, demo, endpoint, endpoint_as, hook_in, say_all, texts};

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("m{n}")).collect()
}

#[tokio::test]
async fn endpoints_that_never_answer_do_not_delay_one_that_does() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    for n in 0..20 {
        let path = format!("/stuck{n}");
        receiver.answer(&path, Reply::never());
        endpoint(&demo, &receiver.url(&path)).await;
    }
    endpoint(&demo, &receiver.url("/healthy")).await;
    let all = numbered(200);
    let began = Instant::now();
    say_all(&demo, &all).await;
    let got = receiver.wait_for("/healthy", 200).await;
    // The first of the stuck ones has not even been given up on.
    assert!(
        began.elapsed() < Duration::from_secs(14),
        "{:?}",
        began.elapsed()
    );
    let (mut got, mut all) = (texts(&got), all);
    got.sort();
    all.sort();
    assert_eq!(got, all);
    assert!(receiver.most_under_way("/stuck0") <= 20);
}

#[tokio::test]
async fn first_attempts_do_not_wait_behind_a_backlog_of_retries() {
    let (demo, receiver) = (
        demo("[200,200,200,200,200,200,200]").await,
        Receiver::start().await,
    );
    receiver.answer("/in", Reply::status(500));
    endpoint(&demo, &receiver.url("/in")).await;
    say_all(&demo, &numbered(100)).await;
    // Every one was tried once by then: first attempts and retries take turns.
    receiver.wait_for("/in", 210).await;
    let before = receiver.count("/in");
    say_all(&demo, &["now".to_owned()]).await;
    let is_now = |it: &testkit::receiver::Hook| it.json()["data"]["message"]["content"] == "now";
    let place = testkit::wait::until("the new one", async || {
        receiver.got("/in").iter().position(is_now)
    })
    .await;
    assert!(place < before + 50, "{before} {place}");
}

#[tokio::test]
async fn an_ordered_endpoint_is_told_one_after_another_whatever_fails() {
    let (demo, receiver) = (demo("[10,10,10,10,10,10]").await, Receiver::start().await);
    for n in 0..120 {
        let status = [500, 200, 503, 429, 200, 200][n % 6];
        let reply = Reply::status(status).after(Duration::from_millis(n as u64 % 3));
        receiver.answer_next("/in", reply);
    }
    let wanted =
        json!({ "url": receiver.url("/in"), "events": ["message.created"], "ordered": true });
    let id = endpoint_as(&demo, wanted).await;
    let all = numbered(80);
    say_all(&demo, &all).await;
    let done = async || {
        let pending = ask(&demo, "GET", id, "/deliveries?state=pending", None)
            .await
            .ok();
        let done = ask(&demo, "GET", id, "/deliveries?state=done", None)
            .await
            .ok();
        let count = |page: &serde_json::Value| page["deliveries"].as_array().unwrap().len();
        (count(&pending) == 0 && count(&done) == 50).then_some(())
    };
    testkit::wait::until("all to be delivered", done).await;
    let mut told = texts(&receiver.got("/in"));
    assert!(told.len() > 80);
    told.dedup();
    assert_eq!(told, all);
    assert_eq!(receiver.most_under_way("/in"), 1);
}

#[tokio::test]
async fn an_ordered_endpoint_goes_on_after_a_hook_that_is_given_up_on() {
    let (demo, receiver) = (demo("[10]").await, Receiver::start().await);
    receiver.answer_next("/in", Reply::status(500));
    receiver.answer_next("/in", Reply::status(500));
    let wanted =
        json!({ "url": receiver.url("/in"), "events": ["message.created"], "ordered": true });
    let id = endpoint_as(&demo, wanted).await;
    say_all(&demo, &numbered(3)).await;
    let told = texts(&receiver.wait_for("/in", 4).await);
    assert_eq!(told, ["m0", "m0", "m1", "m2"]);
    hook_in(&demo, id, "done").await;
}

#[tokio::test]
async fn an_endpoint_has_no_more_posts_under_way_than_it_may() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    receiver.answer("/in", Reply::status(200).after(Duration::from_millis(20)));
    let wanted =
        json!({ "url": receiver.url("/in"), "events": ["message.created"], "in_flight": 3 });
    endpoint_as(&demo, wanted).await;
    say_all(&demo, &numbered(60)).await;
    let got = receiver.wait_for("/in", 60).await;
    assert_eq!(receiver.most_under_way("/in"), 3);
    let ids: std::collections::BTreeSet<&str> = got.iter().map(|it| it.header(ID)).collect();
    assert_eq!(ids.len(), 60);
}

#[tokio::test]
async fn an_endpoint_with_a_limit_is_posted_to_at_its_pace_and_no_faster() {
    let waits = format!("{:?}", [20; 40]);
    let (demo, receiver) = (demo(&waits).await, Receiver::start().await);
    // Every other one fails: retries count like any other post.
    for n in 0..40 {
        receiver.answer_next("/in", Reply::status(if n % 2 == 0 { 500 } else { 200 }));
    }
    let wanted =
        json!({ "url": receiver.url("/in"), "events": ["message.created"], "per_second": 20 });
    endpoint_as(&demo, wanted).await;
    say_all(&demo, &numbered(20)).await;
    let got = receiver.wait_for("/in", 40).await;
    let took = got[39].at - got[0].at;
    // 39 shares of 50 ms: a little sooner because the first came late, much later on a busy machine.
    let (least, most) = (Duration::from_millis(1_800), Duration::from_secs(8));
    assert!((least..most).contains(&took), "{took:?}");
}
