//! What a program changes is changed for everybody.

use serde_json::{Value, json};

use super::{FRANK, Program, refusal, refused};

async fn conversation(program: &Program) -> Value {
    program
        .demo
        .agent("GET", "/conversations/1", None)
        .await
        .ok()
}

#[tokio::test]
async fn reading_a_chat_clears_what_is_unread() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1", "in-2"]).await;
    assert_eq!(conversation(&program).await["unread_count"], 2);
    let path = program.chat(FRANK, "/read");
    for _ in 0..2 {
        assert_eq!(program.data("PATCH", &path, None).await, json!({}));
        assert_eq!(conversation(&program).await["unread_count"], 0);
    }
}

#[tokio::test]
async fn a_responsible_employee_is_the_assignee() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    let path = program.chat(FRANK, "/responsible");
    let bob = &program.demo.card["agents"][1]["id"];
    for method in ["PUT", "POST"] {
        let body = json!({ "employeeId": bob });
        let chat = program.data(method, &path, Some(body)).await;
        assert_eq!(chat["responsible"], json!({ "id": bob }));
        assert_eq!(chat, program.get(&program.chat(FRANK, "")).await);
        let assignee = &conversation(&program).await["meta"]["assignee"];
        assert_eq!(&assignee["id"], bob);
        let body = json!({ "employeeId": null });
        let chat = program.data(method, &path, Some(body)).await;
        assert_eq!(chat["responsible"], Value::Null);
        assert_eq!(
            conversation(&program).await["meta"]["assignee"],
            Value::Null
        );
    }
    for body in [
        json!({ "employeeId": 999 }),
        json!({}),
        json!({ "employeeId": "x" }),
    ] {
        let answer = program.call("PUT", &path, Some(body)).await;
        assert_eq!(refusal(&answer), refused(422, "ApiValidationError"));
    }
}

#[tokio::test]
async fn a_closed_chat_is_a_resolved_conversation() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    let path = program.chat(FRANK, "/status");
    for (method, status, word) in [
        ("PUT", "close", "resolved"),
        ("POST", "open", "open"),
        ("POST", "close", "resolved"),
    ] {
        let body = json!({ "status": status });
        let chat = program.data(method, &path, Some(body)).await;
        assert_eq!(chat["status"], status);
        assert_eq!(conversation(&program).await["status"], word);
    }
    for body in [
        json!({}),
        json!({ "status": "resolved" }),
        json!({ "status": null }),
    ] {
        let answer = program.call("PUT", &path, Some(body)).await;
        assert_eq!(refusal(&answer), refused(422, "ApiValidationError"));
    }
    // Whoever writes again opens it.
    program.hear(FRANK, &["in-2"]).await;
    let chat = program.get(&program.chat(FRANK, "")).await;
    assert_eq!(chat["status"], "open");
}
