//! When a hook is tried again, and what counts as an answer.

use std::time::Duration;

use domain::Timestamp;
use serde_json::json;
use testkit::receiver::{Receiver, Reply};

use super::{demo, endpoint, hook_in, hook_when, say, time};

#[tokio::test]
async fn only_a_2xx_is_success_and_a_redirect_is_not_followed() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let trap = Receiver::start().await;
    let mut endpoints = Vec::new();
    for (path, status, location) in [
        ("/301", 301, trap.url("/trap")),
        ("/302", 302, trap.url("/trap")),
        ("/303", 303, receiver.url("/trap")),
        ("/307", 307, trap.url("/trap")),
        (
            "/308",
            308,
            "http://169.254.169.254/latest/meta-data/".to_owned(),
        ),
        ("/304", 304, trap.url("/trap")),
    ] {
        receiver.answer(path, Reply::status(status).with("location", location));
        let reason = format!("it answered {status}; redirects are not followed");
        endpoints.push((endpoint(&demo, &receiver.url(path)).await, "dead", reason));
    }
    for status in [400, 401, 404, 422, 500, 502] {
        let path = format!("/{status}");
        receiver.answer(&path, Reply::status(status));
        let reason = format!("it answered {status}");
        endpoints.push((endpoint(&demo, &receiver.url(&path)).await, "dead", reason));
    }
    for status in [200, 201, 202, 204, 299] {
        let path = format!("/{status}");
        receiver.answer(&path, Reply::status(status));
        let id = endpoint(&demo, &receiver.url(&path)).await;
        endpoints.push((id, "done", String::new()));
    }
    say(&demo, "hello").await;
    for (id, state, reason) in endpoints {
        let hook = hook_in(&demo, id, state).await;
        let error = hook["attempts_made"][0]["error"].as_str();
        assert_eq!(error.unwrap_or_default(), reason);
    }
    assert_eq!(trap.count("/trap") + receiver.count("/trap"), 0);
}

#[tokio::test]
async fn retry_after_is_honoured_between_the_schedule_and_a_day() {
    let (demo, receiver) = (demo("[20000,20]").await, Receiver::start().await);
    let in_two_minutes = Timestamp::now() + Duration::from_secs(120);
    let date = in_two_minutes
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let mut endpoints = Vec::new();
    // The schedule says 20 s, give or take a tenth.
    for (path, retry_after, wait_s) in [
        ("/seconds", "90", 89..=91),
        ("/date", date.as_str(), 100..=121),
        ("/past", "Sun, 06 Nov 1994 08:49:37 GMT", 17..=23),
        ("/garbage", "soon", 17..=23),
        ("/negative", "-5", 17..=23),
        ("/zero", "0", 17..=23),
        // Sooner than the schedule: who says so again and again would have used up every attempt at once.
        ("/sooner", "1", 17..=23),
        ("/huge", "999999999", 86_398..=86_401),
    ] {
        let status = if path == "/seconds" { 503 } else { 429 };
        receiver.answer(path, Reply::status(status).with("retry-after", retry_after));
        endpoints.push((endpoint(&demo, &receiver.url(path)).await, path, wait_s));
    }
    say(&demo, "hello").await;
    for (id, path, wait_s) in endpoints {
        let hook = hook_when(&demo, id, path, |it| it["attempts"] == 1).await;
        let at = time(&hook["attempts_made"][0]["at"]);
        let wait = time(&hook["next_at"]).duration_since(at).as_secs();
        assert!(wait_s.contains(&wait), "{path}: {wait}");
        assert_eq!(hook["state"], json!("pending"));
    }
}
