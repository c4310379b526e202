//! What a network of phones can do beside messages: groups, and saying who is there.

use serde_json::{Value, json};
use testkit::wait::until;

use super::{Program, items, refusal, refused};

impl Program {
    /// Below the demo's phone.
    fn phone(&self, path: &str) -> String {
        let license = self.demo.text("/maytapi/phones/0/license_id");
        let messenger = self.demo.text("/maytapi/phones/0/messenger");
        format!("/v1/licenses/{license}/messengers/{messenger}{path}")
    }
}

/// Waits until the demo's phone is connected, and asks it.
async fn ask(program: &Program, path: &str) -> Value {
    until("the phone to be connected", async || {
        let answer = program.call("GET", path, None).await;
        (answer.status == 200).then(|| answer.json()["data"].clone())
    })
    .await
}

#[tokio::test]
async fn a_group_is_made_and_is_a_chat_that_can_be_written_to() {
    let program = Program::start().await;
    ask(&program, &program.phone("/phones/447700905555/check")).await;
    let path = program.phone("/chats");
    let body = json!({
        "type": "group", "name": "Trip", "participantsType": "phone",
        "participantsItems": [{ "value": "+447700905555" }, { "value": 447700900123_i64 }],
    });
    let made = program.data("POST", &path, Some(body)).await;
    let id = made["id"].as_str().unwrap();
    assert!(id.ends_with("@g.us"), "{made}");
    assert!(made["inviteLink"].as_str().unwrap().starts_with("https://"));
    let chats = program.get(&path).await;
    let chat = &items(&chats)[0];
    let shown = json!([chat["id"], chat["type"], chat["name"], chat["phone"]]);
    assert_eq!(shown, json!([id, "group", "Trip", null]));
    let path = program.phone(&format!("/chats/{id}"));
    let said = json!({ "text": "Where to?" });
    let sent = program
        .data("POST", &format!("{path}/messages/text"), Some(said))
        .await;
    assert_eq!(sent["chatId"], id);
    until("the group to have it", async || {
        let page = program
            .get(&format!("{path}/messages?direction=next"))
            .await;
        let first = items(&page)[0].clone();
        let chat = json!([first["chat"]["id"], first["chat"]["type"]]);
        (chat == json!([id, "group"])).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_phone_says_who_has_a_number_and_others_cannot() {
    let program = Program::start().await;
    let somebody = ask(&program, &program.phone("/phones/+447700905555/check")).await;
    let (name, chat) = (somebody["name"].clone(), "447700905555@c.us");
    let expected = json!({ "phone": "447700905555", "exists": true, "chatId": chat, "name": name });
    assert_eq!(somebody, expected);
    let nobody = ask(&program, &program.phone("/phones/447700900000/check")).await;
    let expected =
        json!({ "phone": "447700900000", "exists": false, "chatId": null, "name": null });
    assert_eq!(nobody, expected);
    let invalid = refused(422, "ApiValidationError");
    let answer = program
        .call("GET", &program.phone("/phones/nobody/check"), None)
        .await;
    assert_eq!(refusal(&answer), invalid);
    let create = program.phone("/chats");
    let group = |name: &str, items: Value| json!({ "type": "group", "name": name, "participantsItems": items });
    let one = json!([{ "value": "447700905555" }]);
    for body in [
        json!({}),
        group(" ", one.clone()),
        group(&"x".repeat(101), one.clone()),
        group("x", json!([])),
        group("x", json!([{ "value": "nobody" }])),
        group("x", json!(vec![json!({ "value": "447700905555" }); 257])),
        json!({ "type": "private", "name": "x", "participantsItems": one }),
        json!({ "type": "group", "name": "x", "participantsType": "id", "participantsItems": one }),
    ] {
        let answer = program.call("POST", &create, Some(body)).await;
        assert_eq!(refusal(&answer), invalid, "{}", answer.text());
    }
    let chats = program.get(&create).await;
    assert_eq!(items(&chats).len(), 0);

    // A connector takes messages and brings them; nothing has user names or templates.
    let cannot = refused(422, "ApiNotSupportedError");
    let template = json!({ "templateId": "1", "params": [] });
    for (method, path, body) in [
        ("GET", program.messenger("/phones/447700905555/check"), None),
        ("POST", program.messenger("/chats"), Some(group("x", one))),
        ("GET", program.phone("/users/frank/check"), None),
        ("GET", program.messenger("/templates"), None),
        ("GET", program.phone("/templates"), None),
        (
            "POST",
            program.phone("/chats/1/messages/template"),
            Some(template),
        ),
    ] {
        let answer = program.call(method, &path, body).await;
        assert_eq!(refusal(&answer), cannot, "{method} {path}");
    }
}
