//! Texts go out once, and come back with what the program called them.

use serde_json::{Value, json};
use testkit::wait::until;

use super::{FRANK, Program, items, refusal, refused};

async fn history(program: &Program, chat: &str) -> Vec<Value> {
    let path = program.chat(
        chat,
        "/messages?limit=100&direction=next&includeSystemMessages=1",
    );
    items(&program.get(&path).await).clone()
}

#[tokio::test]
async fn a_text_reaches_the_connector_and_is_told_with_its_tracking() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    let path = program.chat(FRANK, "/messages/text");
    let body = json!({ "text": "How can I help?", "tracking": "t-1" });
    let sent = program.data("POST", &path, Some(body)).await;
    assert_eq!(sent, json!({ "id": sent["id"], "chatId": FRANK }));
    assert!(sent["id"].is_i64());
    let got = until("the connector to get it", async || {
        program.connector.sent().pop()
    })
    .await;
    assert_eq!((got.text(), got.to()), ("How can I help?", FRANK));

    let told = history(&program, FRANK).await.pop().unwrap();
    assert_eq!(told["id"], sent["id"]);
    assert_eq!(
        told["fromApp"],
        json!({ "id": "app_1_1", "tracking": "t-1" })
    );
    let flags = json!([told["fromApi"], told["fromMe"], told["side"]]);
    assert_eq!(flags, json!([true, true, "out"]));
    assert_eq!(told["created"]["id"], program.demo.card["agents"][0]["id"]);

    let body = json!({ "text": "We are closed", "sender": "system" });
    program.data("POST", &path, Some(body)).await;
    let told = history(&program, FRANK).await.pop().unwrap();
    let app = json!({ "id": "app_1_1", "tracking": null, "sender": "system" });
    assert_eq!((&told["fromApp"], &told["created"]), (&app, &Value::Null));
}

#[tokio::test]
async fn the_same_tracking_is_the_same_message() {
    let program = Program::start().await;
    let path = program.chat(FRANK, "/messages/text");
    let body = json!({ "text": "Once", "tracking": "t-1" });
    // Nobody knows the number yet: eight at once begin one chat and write one message.
    let eight = (0..8).map(|_| program.data("POST", &path, Some(body.clone())));
    let sent = futures_util::future::join_all(eight).await;
    assert!(sent.iter().all(|it| it == &sent[0]), "{sent:?}");
    assert_eq!(program.data("POST", &path, Some(body)).await, sent[0]);
    // Some programs call everything that they send by one name: something else is another message.
    let other = json!({ "text": "Something else", "tracking": "t-1" });
    let another = program.data("POST", &path, Some(other)).await;
    assert_ne!(another["id"], sent[0]["id"]);
    let told = history(&program, FRANK).await.pop().unwrap();
    assert_eq!(
        (&told["id"], &told["fromApp"]["tracking"]),
        (&another["id"], &json!("t-1"))
    );
    // An empty one is none.
    for _ in 0..2 {
        let body = json!({ "text": "Twice", "tracking": "" });
        program.data("POST", &path, Some(body)).await;
    }
    let texts: Vec<Value> = history(&program, FRANK)
        .await
        .iter()
        .map(|it| it["message"]["text"].clone())
        .collect();
    assert_eq!(texts, ["Once", "Something else", "Twice", "Twice"]);
    let four = async || Some(program.connector.sent()).filter(|it| it.len() == 4);
    until("the connector to get four", four).await;
}

#[tokio::test]
async fn a_number_without_a_chat_can_be_written_to() {
    let program = Program::start().await;
    let chats = program.get("/v1/chats").await;
    assert_eq!(items(&chats).len(), 0);
    let path = program.chat("%2B385911112222", "/messages/text");
    let sent = program
        .data("POST", &path, Some(json!({ "text": "Good day" })))
        .await;
    assert_eq!(sent["chatId"], "385911112222");
    let got = until("the connector to get it", async || {
        program.connector.sent().pop()
    })
    .await;
    assert_eq!(got.to(), "385911112222");
    let chat = program.get(&program.chat("385911112222", "")).await;
    assert_eq!(
        (&chat["phone"], &chat["internalId"]),
        (&json!("385911112222"), &json!(1))
    );
    // Their answer comes to the same chat, and so does whatever spells the number otherwise.
    program.hear("385911112222", &["in-1"]).await;
    let path = program.chat("385911112222@c.us", "/messages/text");
    let again = program
        .data("POST", &path, Some(json!({ "text": "Fine" })))
        .await;
    assert_eq!(again["chatId"], "385911112222");
    assert_eq!(items(&program.get("/v1/chats").await).len(), 1);
    assert_eq!(history(&program, "385911112222").await.len(), 3);
    // Agents see it as any other.
    let seen = program
        .demo
        .agent("GET", "/conversations/1", None)
        .await
        .ok();
    assert_eq!(seen["meta"]["sender"]["phone_number"], "+385911112222");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_and_begins_nothing() {
    let program = Program::start().await;
    let path = program.chat(FRANK, "/messages/text");
    let long = "k".repeat(256);
    for (body, expected) in [
        (json!({ "text": "" }), 422),
        (json!({}), 422),
        (json!({ "text": 7 }), 422),
        (json!({ "text": "Hi", "sender": "bot" }), 422),
        (json!({ "text": "Hi", "tracking": long }), 422),
        (json!({ "text": "x".repeat(150_001) }), 422),
    ] {
        let answer = program.call("POST", &path, Some(body)).await;
        assert_eq!(refusal(&answer), refused(expected, "ApiValidationError"));
    }
    let answer = program.call("POST", &path, None).await;
    assert_eq!(refusal(&answer), refused(400, "ApiBadRequestError"));
    for chat in ["private-90001h5", "group-1", "12", "0123456789"] {
        let path = program.chat(chat, "/messages/text");
        let answer = program
            .call("POST", &path, Some(json!({ "text": "Hi" })))
            .await;
        assert_eq!(refusal(&answer), refused(404, "ApiNotFoundError"), "{chat}");
    }
    assert_eq!(items(&program.get("/v1/chats").await).len(), 0);
    assert!(program.connector.sent().is_empty());
}
