//! What is refused: to whom it does not belong, and what makes no sense.

use super::*;

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    let program = Program::start().await;
    let jana = program.visitor("jana").await;
    program.visitor("pavel").await;
    program
        .post(&jana.to("/messages"), json!({ "content": "mine" }))
        .await;
    let message = program.get(&jana.to("/messages")).await[0]["id"].clone();
    let theirs = format!("/contacts/pavel/conversations/{}", jana.number);
    let missing = json!({ "status": 404, "error": "Not Found" });
    let body = json!({ "content": "not mine", "typing_status": "on" });
    for (method, path) in [
        ("GET", theirs.clone()),
        ("POST", format!("{theirs}/toggle_status")),
        ("POST", format!("{theirs}/toggle_typing")),
        ("POST", format!("{theirs}/update_last_seen")),
        ("GET", format!("{theirs}/messages")),
        ("POST", format!("{theirs}/messages")),
        ("PATCH", format!("{theirs}/messages/{message}")),
        ("GET", "/contacts/nobody".to_owned()),
        ("PATCH", "/contacts/nobody".to_owned()),
        ("GET", "/contacts/nobody/conversations".to_owned()),
        ("POST", "/contacts/nobody/conversations".to_owned()),
        ("GET", "/contacts/jana/conversations/99".to_owned()),
        ("GET", "/contacts/jana/conversations/x".to_owned()),
        ("GET", "/elsewhere".to_owned()),
    ] {
        let body = if method == "GET" {
            Value::Null
        } else {
            body.clone()
        };
        let answer = program.call(method, &path, body).await;
        assert_eq!(
            (answer.status, answer.json()),
            (404, missing.clone()),
            "{method} {path}"
        );
    }
    let website = inbox(&program.demo, "widget")["website_token"]
        .as_str()
        .unwrap();
    for identifier in ["nobody", website, "447700900100"] {
        let url = program
            .demo
            .url(&format!("/public/api/v1/inboxes/{identifier}"));
        let answer = program.demo.client.send("GET", &url, &[], "").await;
        assert_eq!(
            (answer.status, answer.json()),
            (404, missing.clone()),
            "{identifier}"
        );
    }
    assert_eq!(program.demo.messages(jana.number).await.len(), 1);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_stores_nothing() {
    let program = Program::start().await;
    let jana = program.visitor("jana").await;
    let long = "x".repeat(150_001);
    for body in [
        json!({}),
        json!({ "content": "" }),
        json!({ "content": {} }),
        json!({ "content": long }),
        json!({ "content": "x", "echo_id": "e".repeat(256) }),
    ] {
        let answer = program.call("POST", &jana.to("/messages"), body).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
    }
    let too_long = program
        .call("POST", &jana.to("/messages"), json!({ "content": long }))
        .await;
    let told = json!({
        "message": "Content is too long (maximum is 150000 characters)", "attributes": ["content"],
    });
    assert_eq!(too_long.json(), told);
    for (body, status) in [
        (json!({ "email": "no address" }), 422),
        (json!({ "phone_number": "0123" }), 422),
        (json!({ "source_id": "x".repeat(256) }), 422),
        (json!({ "name": "x".repeat(256) }), 422),
        (json!({ "custom_attributes": 5 }), 422),
        (
            json!({ "custom_attributes": { "x": "y".repeat(70_000) } }),
            422,
        ),
        (json!([1]), 400),
    ] {
        let answer = program.call("POST", "/contacts", body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let url = format!("{}/contacts", program.base);
    let headers = [("content-type", "application/json")];
    let broken = program.demo.client.send("POST", &url, &headers, "{").await;
    assert_eq!(broken.status, 400);
    assert_eq!(program.demo.messages(jana.number).await.len(), 0);
    let listed = program.get("/contacts/jana/conversations").await;
    assert_eq!(listed.as_array().unwrap().len(), 1);
}
