//! A number at Meta's WhatsApp Cloud API, with a fake of that API.

mod brought;
mod shown;

use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    http::Answer,
    receiver::{Receiver, Reply},
    wait::until,
};
use wire::whatsapp_cloud::signature;

use crate::BINARY;

const ANN: &str = "447700900123";
const SECRET: &str = "the app's secret";

/// A demo with a number, and what Meta would be.
pub(crate) struct Cloud {
    pub(crate) demo: Demo,
    pub(crate) meta: Receiver,
    pub(crate) inbox: i64,
}

impl Cloud {
    pub(crate) async fn start() -> Self {
        let mut demo = Demo::start(BINARY, None).await;
        let meta = Receiver::start().await;
        demo.kill();
        let base_url = meta.url("/v21.0");
        let mut arguments = vec!["whatsapp", "--account", "1", "--name", "Main line"];
        arguments.extend(["--number", "447700900400", "--phone-number-id", "111"]);
        arguments.extend(["--verify-token", "our word", "--business-account-id", "222"]);
        arguments.extend(["--base-url", &base_url]);
        let said = demo.setup(&arguments, &format!("the token\n{SECRET}\n"));
        let inbox = said.lines().find_map(|it| it.strip_prefix("inbox "));
        let inbox = inbox.unwrap().parse().unwrap();
        demo.restart().await;
        Self { demo, meta, inbox }
    }

    /// Posts as Meta does.
    async fn post_signed(&self, secret: &str, value: Value) -> Answer {
        self.post_all(secret, &[("messages", "111", value)]).await
    }

    /// The same of several fields and numbers.
    async fn post_all(&self, secret: &str, all: &[(&str, &str, Value)]) -> Answer {
        let changes = all.iter().map(|(field, number, value)| {
            let mut value = value.clone();
            value["messaging_product"] = json!("whatsapp");
            value["metadata"] =
                json!({ "display_phone_number": "447700900400", "phone_number_id": number });
            json!({ "field": field, "value": value })
        });
        let changes: Vec<Value> = changes.collect();
        let body = json!({ "object": "whatsapp_business_account",
            "entry": [{ "id": "222", "changes": changes }] })
        .to_string();
        let shown = signature::sign(secret, body.as_bytes());
        let headers = [
            ("content-type", "application/json"),
            (signature::HEADER, &shown),
        ];
        let url = self.demo.url("/whatsapp/webhook");
        self.demo.client.send("POST", &url, &headers, body).await
    }

    pub(crate) async fn brings(&self, message: Value) -> Answer {
        let mut message = message;
        message["from"] = json!(ANN);
        message["timestamp"] = json!("1795176000");
        let contacts = json!([{ "profile": { "name": "Ann" }, "wa_id": ANN }]);
        self.post_signed(
            SECRET,
            json!({ "contacts": contacts, "messages": [message] }),
        )
        .await
    }

    async fn hears(&self, id: &str, text: &str) -> i64 {
        let message = json!({ "id": id, "type": "text", "text": { "body": text } });
        assert_eq!(self.brings(message).await.status, 200);
        self.demo.seen(|it| it["source_id"] == id).await["conversation_id"]
            .as_i64()
            .unwrap()
    }

    async fn reports(&self, status: Value) {
        let answer = self
            .post_signed(SECRET, json!({ "statuses": [status] }))
            .await;
        assert_eq!(answer.status, 200);
    }

    /// What Meta answers to the next send.
    pub(crate) fn takes(&self, id: &str) {
        let taken = json!({ "messaging_product": "whatsapp", "messages": [{ "id": id }] });
        let reply = Reply::status(200).saying(taken.to_string());
        self.meta.answer_next("/v21.0/111/messages", reply);
    }

    pub(crate) async fn agent_says(&self, conversation: i64, body: Value) {
        let path = format!("/conversations/{conversation}/messages");
        self.demo.agent("POST", &path, Some(body)).await.ok();
    }

    /// What Meta got, once it got so much.
    pub(crate) async fn got(&self, count: usize) -> Value {
        let all = self.meta.wait_for("/v21.0/111/messages", count).await;
        let last = all.last().unwrap();
        assert_eq!(last.header("authorization"), "Bearer the token");
        last.json()
    }
}

#[tokio::test]
async fn meta_asks_whether_the_webhook_is_ours() {
    let cloud = Cloud::start().await;
    let ask = async |word: &str| {
        let query = format!("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={word}");
        let url = cloud.demo.url(&format!("/whatsapp/webhook?{query}"));
        cloud.demo.client.send("GET", &url, &[], "").await
    };
    let ours = ask("our+word").await;
    assert_eq!((ours.status, ours.text().as_str()), (200, "1158201444"));
    for wrong in ["", "another"] {
        assert_eq!(ask(wrong).await.status, 403);
    }
}

#[tokio::test]
async fn a_message_comes_in_is_answered_and_ticked_off() {
    let cloud = Cloud::start().await;
    let conversation = cloud.hears("wamid.A", "Hi").await;
    let again = json!({ "id": "wamid.A", "type": "text", "text": { "body": "Hi" } });
    assert_eq!(cloud.brings(again).await.status, 200);
    let all = cloud.demo.messages(conversation).await;
    assert_eq!(all.len(), 1);
    assert_eq!(
        (&all[0]["inbox_id"], &all[0]["sender"]["name"]),
        (&json!(cloud.inbox), &json!("Ann"))
    );

    cloud.takes("wamid.B");
    let body =
        json!({ "content": "Hello Ann", "content_attributes": { "in_reply_to": all[0]["id"] } });
    cloud.agent_says(conversation, body).await;
    assert_eq!(
        cloud.got(1).await,
        json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "to": ANN, "type": "text",
            "text": { "body": "Hello Ann", "preview_url": true }, "context": { "message_id": "wamid.A" } })
    );
    for status in ["delivered", "read"] {
        let report = json!({ "id": "wamid.B", "status": status, "recipient_id": ANN });
        cloud.reports(report).await;
        cloud
            .demo
            .seen(|it| it["source_id"] == "wamid.B" && it["status"] == status)
            .await;
    }
}

#[tokio::test]
async fn files_places_and_choices_come_in() {
    let cloud = Cloud::start().await;
    let place = json!({ "url": cloud.meta.url("/file"), "mime_type": "image/png", "id": "77" });
    cloud.meta.answer("/v21.0/77", Reply::status(500));
    cloud
        .meta
        .answer("/file", Reply::status(200).saying("\u{0}picture"));
    let image =
        json!({ "id": "wamid.I", "type": "image", "image": { "id": "77", "caption": "Look" } });
    // Meta is asked to come again while it does not hand its own file out.
    assert_eq!(cloud.brings(image.clone()).await.status, 503);
    cloud
        .meta
        .answer("/v21.0/77", Reply::status(200).saying(place.to_string()));
    assert_eq!(cloud.brings(image).await.status, 200);
    let seen = cloud.demo.seen(|it| it["source_id"] == "wamid.I").await;
    assert_eq!(seen["content"], "Look");
    assert_eq!(seen["attachments"][0]["file_type"], "image");
    assert_eq!(
        cloud.meta.got("/file")[0].header("authorization"),
        "Bearer the token"
    );
    let chosen = json!({ "id": "wamid.J", "type": "interactive", "interactive": {
        "type": "button_reply", "button_reply": { "id": "a", "title": "Tea" } } });
    assert_eq!(cloud.brings(chosen).await.status, 200);
    assert_eq!(
        cloud.demo.seen(|it| it["source_id"] == "wamid.J").await["content"],
        "Tea"
    );
    let here = json!({ "id": "wamid.K", "type": "location",
        "location": { "latitude": 51.5, "longitude": -0.1, "name": "Here" } });
    assert_eq!(cloud.brings(here).await.status, 200);
    cloud.demo.seen(|it| it["source_id"] == "wamid.K").await;
}

#[tokio::test]
async fn after_a_day_only_a_template_is_taken() {
    let cloud = Cloud::start().await;
    let conversation = cloud.hears("wamid.A", "Hi").await;
    let late =
        json!({ "error": { "message": "(#131047) Re-engagement message", "code": 131_047 } });
    let reply = Reply::status(400).saying(late.to_string());
    cloud.meta.answer_next("/v21.0/111/messages", reply);
    cloud
        .agent_says(conversation, json!({ "content": "Still there?" }))
        .await;
    let failed = cloud
        .demo
        .seen(|it| it["content"] == "Still there?" && it["status"] == "failed")
        .await;
    assert!(failed.to_string().contains("only a template"), "{failed}");
    cloud.takes("wamid.T");
    let params = json!({ "name": "hello", "language": "en", "processed_params": { "1": "Ann" } });
    let body =
        json!({ "content": "Hello Ann", "content_attributes": { "template_params": params } });
    cloud.agent_says(conversation, body).await;
    let got = cloud.got(2).await;
    assert_eq!(
        got["template"],
        json!({ "name": "hello", "language": { "code": "en" }, "components": [
            { "type": "body", "parameters": [{ "type": "text", "text": "Ann" }] }] })
    );
    cloud
        .demo
        .seen(|it| it["source_id"] == "wamid.T" && it["status"] == "sent")
        .await;
}

#[tokio::test]
async fn a_token_that_has_ended_stops_the_inbox_and_not_the_message() {
    let cloud = Cloud::start().await;
    let conversation = cloud.hears("wamid.A", "Hi").await;
    let ended = json!({ "error": { "message": "Session has expired", "code": 190 } });
    let reply = Reply::status(401).saying(ended.to_string());
    cloud.meta.answer_next("/v21.0/111/messages", reply);
    cloud
        .agent_says(conversation, json!({ "content": "Hello" }))
        .await;
    cloud.got(1).await;
    let path = format!("/inboxes/{}/resume", cloud.inbox);
    cloud.takes("wamid.B");
    until("the message to be sent", async || {
        cloud.demo.agent("POST", &path, None).await.ok();
        let all = cloud.demo.messages(conversation).await;
        all.into_iter().find(|it| it["source_id"] == "wamid.B")
    })
    .await;
}

#[tokio::test]
async fn what_meta_did_not_sign_is_not_taken() {
    let cloud = Cloud::start().await;
    let message = json!({ "id": "wamid.X", "from": ANN, "type": "text", "text": { "body": "Hi" } });
    let value = json!({ "messages": [message] });
    assert_eq!(
        cloud.post_signed("another", value.clone()).await.status,
        401
    );
    let url = cloud.demo.url("/whatsapp/webhook");
    for (body, status) in [
        ("{", 400),
        ("", 400),
        (r#"{"entry":[{"changes":[{}]}]}"#, 401),
    ] {
        let answer = cloud.demo.client.send("POST", &url, &[], body).await;
        assert_eq!(answer.status, status, "{body}");
    }
    let list = cloud
        .demo
        .agent("GET", "/conversations?status=all", None)
        .await
        .ok();
    assert_eq!(list["data"]["payload"], json!([]));
}

/// Asks ChatApp's interface for something of the number's messenger.
async fn program(cloud: &Cloud, method: &str, path: &str, body: Value) -> Answer {
    let url = format!("/v1/licenses/1/messengers/WhatsApp{path}");
    let token = cloud.demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let url = cloud.demo.url(&url);
    cloud.demo.client.send(method, &url, &headers, body).await
}

/// What Meta answers to the next question for templates.
fn has_templates(cloud: &Cloud) {
    let template = |id: &str, status: &str, text: &str| {
        json!({ "id": id, "name": "order_shipped", "language": "en_US", "status": status, "category": "UTILITY",
            "components": [{ "type": "HEADER", "format": "IMAGE" }, { "type": "BODY", "text": text }] })
    };
    let first = json!({
        "data": [template("71", "APPROVED", "Hello {{1}}, your order {{2}} is on its way.")],
        "paging": { "cursors": { "before": "x", "after": "y" }, "next": "https://graph.example/more" },
    });
    let last = json!({ "data": [template("72", "REJECTED", "Buy!")], "paging": { "cursors": { "after": "z" } } });
    for page in [first, last] {
        let reply = Reply::status(200).saying(page.to_string());
        cloud
            .meta
            .answer_next("/v21.0/222/message_templates", reply);
    }
}

#[tokio::test]
async fn chatapps_programs_begin_with_an_approved_template() {
    let cloud = Cloud::start().await;
    has_templates(&cloud);
    let listed = program(&cloud, "GET", "/templates", Value::Null).await.ok();
    let approved = json!({
        "id": "71", "elementName": "order_shipped", "languageCode": "en_US", "category": "UTILITY",
        "status": "APPROVED", "text": "Hello {{1}}, your order {{2}} is on its way.",
    });
    assert_eq!(listed["data"]["items"][0], approved);
    assert_eq!(listed["data"]["items"][1]["status"], "REJECTED");

    let path = format!("/chats/{ANN}/messages/template");
    for (body, code) in [
        (
            json!({ "templateId": "73", "params": [] }),
            "ApiValidationError",
        ),
        (
            json!({ "templateId": "72", "params": [] }),
            "ApiValidationError",
        ),
        (
            json!({ "templateId": 71, "params": ["Ann"] }),
            "ApiValidationError",
        ),
    ] {
        has_templates(&cloud);
        let answer = program(&cloud, "POST", &path, body).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert_eq!(answer.json()["error"]["code"], code);
    }
    has_templates(&cloud);
    cloud.takes("wamid.T");
    let body = json!({ "templateId": 71, "params": ["Ann", 1007], "tracking": "t-1" });
    let sent = program(&cloud, "POST", &path, body).await.ok();
    assert_eq!(sent["data"]["chatId"], ANN);
    let expected = json!({
        "name": "order_shipped", "language": { "code": "en_US" },
        "components": [{ "type": "body", "parameters": [
            { "type": "text", "text": "Ann" }, { "type": "text", "text": "1007" },
        ] }],
    });
    let got = cloud.got(1).await;
    assert_eq!(
        (&got["type"], &got["template"]),
        (&json!("template"), &expected)
    );
    let text = "Hello Ann, your order 1007 is on its way.";
    let seen = cloud.demo.seen(|it| it["content"] == *text).await;
    assert_eq!(
        seen["content_attributes"]["template_params"]["name"],
        "order_shipped"
    );

    // What Meta does not tell is said to be its fault, and nothing is sent.
    let broken = Reply::status(500);
    cloud
        .meta
        .answer_next("/v21.0/222/message_templates", broken);
    let answer = program(&cloud, "GET", "/templates", Value::Null).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
}
