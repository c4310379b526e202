//! Employees: their status and working day. What the company's channel is told of them is with the clients' tests.

use serde_json::json;

use super::{Program, refusal, refused};

const EMPLOYEES: &str = "/v1/companies/1/employees";

#[tokio::test]
async fn a_program_says_for_its_employee_whether_they_are_there() {
    let program = Program::start().await;
    let path = format!("{EMPLOYEES}/1");
    let alice = program.get(&path).await;
    assert_eq!(
        (&alice["status"], &alice["workday"]),
        (&json!("offline"), &json!("end"))
    );
    for (method, status) in [("PUT", "online"), ("POST", "busy"), ("PUT", "online")] {
        let body = json!({ "status": status });
        let told = program
            .data(method, &format!("{path}/status"), Some(body))
            .await;
        assert_eq!(told["status"], status);
        assert_eq!(program.get(&path).await, told);
    }
    // The words of the events do as well.
    let body = json!({ "type": "start" });
    let told = program
        .data("PUT", &format!("{path}/workday"), Some(body))
        .await;
    assert_eq!(told["workday"], "start");
    let listed = program.get(EMPLOYEES).await;
    assert_eq!(listed["items"][0], told);
}

#[tokio::test]
async fn what_is_no_status_and_who_is_no_employee_is_refused() {
    let program = Program::start().await;
    let invalid = refused(422, "ApiValidationError");
    for (path, body) in [
        ("1/status", json!({})),
        ("1/status", json!({ "status": "away" })),
        ("1/status", json!({ "status": null })),
        ("1/workday", json!({})),
        ("1/workday", json!({ "workday": "begin" })),
        ("1/workday", json!({ "workday": true })),
    ] {
        let answer = program
            .call("PUT", &format!("{EMPLOYEES}/{path}"), Some(body))
            .await;
        assert_eq!(refusal(&answer), invalid, "{path}");
    }
    let headers = [("authorization", program.token.as_str())];
    let url = program.demo.url(&format!("{EMPLOYEES}/1/status"));
    let broken = program.demo.client.send("PUT", &url, &headers, "{").await;
    assert_eq!(refusal(&broken), refused(400, "ApiBadRequestError"));
    let missing = refused(404, "ApiNotFoundError");
    let good = [
        ("status", json!({ "status": "busy" })),
        ("workday", json!({ "workday": "start" })),
    ];
    for (what, body) in &good {
        for path in [
            format!("{EMPLOYEES}/99/{what}"),
            format!("{EMPLOYEES}/x/{what}"),
            format!("/v1/companies/2/employees/1/{what}"),
            format!("/v1/companies/99/employees/1/{what}"),
        ] {
            let answer = program.call("PUT", &path, Some(body.clone())).await;
            assert_eq!(refusal(&answer), missing, "{path}");
        }
        let path = format!("{EMPLOYEES}/1/{what}");
        let answer = program.call_as("", "PUT", &path, Some(body.clone())).await;
        assert_eq!(refusal(&answer), refused(401, "ApiInvalidTokenError"));
    }
    for path in [
        format!("{EMPLOYEES}/99"),
        "/v1/companies/2/employees/1".to_owned(),
    ] {
        let answer = program.call("GET", &path, None).await;
        assert_eq!(refusal(&answer), missing, "{path}");
    }
}

#[tokio::test]
async fn employees_speak_for_themselves_only() {
    let program = Program::start().await;
    let bob = program.bob().await;
    let good = [
        ("status", json!({ "status": "busy" })),
        ("workday", json!({ "workday": "start" })),
    ];
    for (what, body) in good {
        let of = |id: i64| format!("{EMPLOYEES}/{id}/{what}");
        let answer = program
            .call_as(&bob, "PUT", &of(1), Some(body.clone()))
            .await;
        assert_eq!(refusal(&answer), refused(403, "ApiForbiddenError"));
        let answer = program.call_as(&bob, "PUT", &of(2), Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let alice = program.get(&format!("{EMPLOYEES}/1")).await;
    assert_eq!(
        (&alice["status"], &alice["workday"]),
        (&json!("offline"), &json!("end"))
    );

    // And in OneChat's words.
    let token = program.demo.text("/agents/1/access_token");
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let url = program.demo.url("/api/v1/profile/availability");
    for (body, status) in [
        (json!({}), 422),
        (json!({ "profile": { "availability": "away" } }), 422),
        (
            json!({ "profile": { "availability": "busy", "account_id": 2 } }),
            401,
        ),
        (
            json!({ "profile": { "availability": "busy", "account_id": "1" } }),
            200,
        ),
    ] {
        let answer = program
            .demo
            .client
            .send("POST", &url, &headers, body.to_string())
            .await;
        assert_eq!(answer.status, status, "{body} {}", answer.text());
    }
}
