//! Tokens: a race for a new pair, and how many a program may make.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, future::join_all, stream};
use serde_json::{Value, json};
use testkit::http::Answer;

use super::{Program, refusal, refused};

impl Program {
    async fn make(&self, app: &str) -> Answer {
        let body = json!({
            "email": self.demo.text("/chatapp/email"),
            "password": self.demo.text("/chatapp/password"),
            "appId": app,
        });
        self.call_as("", "POST", "/v1/tokens", Some(body)).await
    }

    async fn refresh(&self, token: &str) -> Answer {
        let url = self.demo.url("/v1/tokens/refresh");
        let headers = [("refresh", token)];
        self.demo.client.send("POST", &url, &headers, "").await
    }

    async fn status(&self, token: &Value) -> u16 {
        let token = token.as_str().unwrap();
        self.call_as(token, "GET", "/v1/me", None).await.status
    }
}

#[tokio::test]
async fn fifty_who_refresh_at_once_get_one_new_pair() {
    let program = Program::start().await;
    let old = program.make("app_7_1").await.ok();
    let old = &old["data"];
    assert_eq!(program.status(&old["accessToken"]).await, 200);
    let token = old["refreshToken"].as_str().unwrap();
    let answers = join_all((0..50).map(|_| program.refresh(token))).await;
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for answer in &answers {
        *counts.entry(answer.status).or_default() += 1;
    }
    assert_eq!(counts, BTreeMap::from([(200, 1), (403, 49)]));
    let new = answers.iter().find(|it| it.status == 200).unwrap().json();
    assert_eq!(program.status(&old["accessToken"]).await, 401);
    assert_eq!(program.status(&new["data"]["accessToken"]).await, 200);
    let lost = answers.iter().find(|it| it.status == 403).unwrap();
    assert_eq!(refusal(lost), refused(403, "ApiForbiddenError"));
    // The one pair can be refreshed again.
    let token = new["data"]["refreshToken"].as_str().unwrap();
    assert_eq!(program.refresh(token).await.status, 200);
}

#[tokio::test]
async fn a_program_makes_a_hundred_pairs_a_day_and_refreshes_as_often_as_it_likes() {
    let mut program = Program::start().await;
    // A day may end meanwhile, and then nothing is refused.
    let before = program.demo.card["chatapp"].clone();
    let made: Vec<u16> = stream::iter(0..100)
        .map(|_| async { program.make("app_7_1").await.status })
        .buffer_unordered(4)
        .collect()
        .await;
    assert!(made.iter().all(|it| *it == 200), "{made:?}");
    let too_many = program.make("app_7_1").await;
    assert_eq!(refusal(&too_many), refused(429, "ApiTooManyRequestsError"));
    // Neither another program, nor who has a pair, nor who is not let in anyway, notices.
    let other = program.make("app_7_2").await.ok();
    let token = other["data"]["refreshToken"].as_str().unwrap();
    assert_eq!(program.refresh(token).await.status, 200);
    let body = json!({ "email": before["email"], "password": "wrong", "appId": "app_7_1" });
    let wrong = program.call_as("", "POST", "/v1/tokens", Some(body)).await;
    assert_eq!(refusal(&wrong).0, 401);
    // A restart does not give it another hundred.
    program.demo.kill();
    program.demo.restart().await;
    let too_many = program.make("app_7_1").await;
    assert_eq!(too_many.status, 429, "{}", too_many.text());
}
