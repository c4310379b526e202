//! A customer's first word on WhatsApp opens a 24-hour window; and who gave a chat to whom.

use std::process::Command;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;

const PHONE: &str = "447700900300";

/// Adds an inbox of WhatsApp's to the stopped demo. Returns what its connector shows.
fn add_whatsapp(demo: &Demo) -> String {
    let config = demo.data().with_file_name("switchboard.toml");
    let text = format!("[store]\ndata = {:?}\n", demo.data());
    std::fs::write(&config, text).unwrap();
    let mut setup = Command::new(BINARY);
    setup.args(["setup", "--config"]).arg(&config);
    setup.args([
        "inbox",
        "--account",
        "1",
        "--name",
        "WhatsApp",
        "--address",
        PHONE,
    ]);
    setup.args(["--license", "1", "--messenger", "caWhatsApp"]);
    let made = setup.output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let said = String::from_utf8(made.stdout).unwrap();
    let shown = |name| {
        said.lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
    };
    let pair = format!("{}:{}", shown("username "), shown("password "));
    format!("Basic {}", STANDARD.encode(pair))
}

#[tokio::test]
async fn a_first_word_on_whatsapp_opens_a_window_and_a_second_does_not() {
    let (mut demo, _connector) = start().await;
    assert!(demo.terminate());
    let basic = add_whatsapp(&demo);
    demo.restart().await;
    let channels = [
        "private-v1.licenses.1.messengers.caWhatsApp",
        &messenger_channel(&demo),
    ];
    let mut program = pusher(&demo, "pusher-js-7", &channels);
    for _ in channels {
        ready(&mut program).await;
    }
    let token = demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    // The business writes first, which opens no window.
    let url = demo.url(&format!(
        "/v1/licenses/1/messengers/caWhatsApp/chats/{FRANK}/messages/text"
    ));
    let body = json!({ "text": "good morning" }).to_string();
    demo.client.send("POST", &url, &headers, body).await.ok();
    for text in ["first", "second"] {
        let mut item = demo.inbound(FRANK, text, text);
        item["to"] = json!(PHONE);
        let basic = [("authorization", basic.as_str())];
        let body = json!({ "results": [item] }).to_string();
        let url = demo.url("/imchannel/message");
        let answer = demo.client.send("POST", &url, &basic, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        told(&mut program, text).await;
    }
    // Elsewhere there are no windows.
    customer_writes(&demo, GRACE, "elsewhere").await;
    told(&mut program, "elsewhere").await;

    let opened = program.events("chatConversation");
    assert_eq!(opened.len(), 1, "{opened:?}");
    let first = program.events("message");
    let first = first
        .iter()
        .find(|it| it["payload"]["data"][0]["side"] == "in")
        .unwrap();
    assert_eq!(first["payload"]["data"][0]["message"]["text"], "first");
    let window = &opened[0]["payload"]["data"][0]["conversation"];
    let id = window["id"].as_str().unwrap();
    assert!(
        id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit()),
        "{id}"
    );
    let start = window["startTime"].as_i64().unwrap();
    let expected = json!({
        "queue": "CaWhatsApp.Broadcast.ChatConversation",
        "payload": {
            "data": [{
                "conversation": { "id": id, "type": "UIC", "startTime": start, "endTime": start + 86_400 },
                "chat": { "id": FRANK },
            }],
            "meta": { "type": "chatConversation", "licenseId": 1, "messengerType": "caWhatsApp" },
        },
    });
    assert_eq!(opened[0], expected);
}

#[tokio::test]
async fn who_gave_a_chat_away_is_told_with_the_program_that_did_it() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let channel = messenger_channel(&demo);
    let mut program = pusher(&demo, "pusher-js-8", &[&channel]);
    ready(&mut program).await;
    let (alice, bob) = (&demo.card["agents"][0]["id"], &demo.card["agents"][1]["id"]);
    let token = demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let url = demo.url(&format!(
        "/v1/licenses/1/messengers/ctlive/chats/{FRANK}/responsible"
    ));
    for body in [
        json!({ "employeeId": bob }),
        json!({ "employeeId": alice, "tracking": "job-7" }),
    ] {
        demo.client
            .send("PUT", &url, &headers, body.to_string())
            .await
            .ok();
    }
    agent_does(&demo, 1, "assignments", json!({ "assignee_id": null })).await;
    customer_writes(&demo, FRANK, "bye").await;
    told(&mut program, "bye").await;
    let told: Vec<Value> = program
        .events("chatResponsible")
        .iter()
        .map(|it| it["payload"]["data"][0].clone())
        .collect();
    let app = demo.text("/chatapp/app_id");
    let item = |responsible: Value, from_app: Value| {
        json!({
            "responsible": responsible, "chat": { "id": FRANK },
            "fromApp": from_app, "edited": { "id": alice },
        })
    };
    assert_eq!(
        told,
        [
            item(json!({ "id": bob }), json!({ "id": app })),
            item(
                json!({ "id": alice }),
                json!({ "id": app, "tracking": "job-7" })
            ),
            item(Value::Null, Value::Null),
        ]
    );
}
