//! What was said in a conversation, sent to somebody.

use testkit::http::Form;

use super::{super::widget, *};

#[tokio::test]
async fn an_agent_sends_what_was_said_and_nothing_that_was_not_said_to_the_customer() {
    let (demo, server) = start().await;
    let say = async |body: Value| {
        demo.agent("POST", "/conversations/1/messages", Some(body))
            .await
    };
    say(json!({ "content": "Among us: he is angry", "private": true }))
        .await
        .ok();
    let form = Form::default().text("content", "Yes & how?").file(
        "attachments[]",
        "Preis neu.pdf",
        "application/pdf",
        b"%PDF-1.4 the file",
    );
    demo.agent_form("/conversations/1/messages", form)
        .await
        .ok();
    let resolve = json!({ "status": "resolved" });
    demo.agent("POST", "/conversations/1/toggle_status", Some(resolve))
        .await
        .ok();

    let answer = transcript(&demo, 1, json!({ "email": " Jana@Shop.EXAMPLE" })).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, ""));
    let taken = server.wait_for(1).await;
    assert_eq!(taken[0].from, "chat@acme.example");
    assert_eq!(taken[0].to, ["Jana@shop.example"]);
    let mail = read(&taken[0]);
    assert_eq!(mail.subject, "[#1] Conversation Transcript");
    assert_eq!(mail.to, "Jana@shop.example");
    let frank = mail.text.find("Frank (").unwrap();
    let alice = mail
        .text
        .find("Alice Demo (")
        .unwrap_or_else(|| panic!("{}", mail.text));
    assert!(frank < alice, "{}", mail.text);
    for (text, html) in [
        (
            "Is <b>anybody</b> there?",
            "Is &lt;b&gt;anybody&lt;/b&gt; there?",
        ),
        ("Yes & how?", "Yes &amp; how?"),
        (" UTC):", " UTC</small>"),
    ] {
        assert!(mail.text.contains(text), "{text} in {}", mail.text);
        assert!(mail.html.contains(html), "{html} in {}", mail.html);
    }
    for silent in ["angry", "resolved"] {
        assert!(
            !mail.text.contains(silent) && !mail.html.contains(silent),
            "{}",
            mail.text
        );
    }
    // The file can be fetched by its address.
    let line = mail
        .text
        .lines()
        .find(|it| it.starts_with("[Preis neu.pdf]"))
        .unwrap();
    let url = line.rsplit(' ').next().unwrap();
    assert_eq!(
        demo.client.send("GET", url, &[], "").await.text(),
        "%PDF-1.4 the file"
    );
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_nothing_is_owed() {
    let (demo, server) = start().await;
    for bad in [
        json!({ "email": "jana" }),
        json!({ "email": "jana@shop.example, eve@evil.example" }),
        json!({ "email": "jana@shop.example\r\nBcc: eve@evil.example" }),
        json!({ "email": "jana@shop.example\nDATA" }),
        json!({ "email": "Jana <jana@shop.example>" }),
        json!({ "email": ["jana@shop.example"] }),
        json!({}),
    ] {
        let answer = transcript(&demo, 1, bad.clone()).await;
        assert_eq!(answer.status, 422, "{bad}: {}", answer.text());
    }
    let good = json!({ "email": "jana@shop.example" });
    assert_eq!(transcript(&demo, 99, good.clone()).await.status, 404);
    // Somebody who does not answer in the inbox.
    let path = demo.url("/api/v1/accounts/1/inboxes");
    let token = demo.text("/agents/1/access_token");
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let inbox = demo.card["ctlive"]["inbox_id"].as_i64().unwrap();
    let leave = json!({ "inbox_id": inbox, "user_ids": [demo.card["agents"][0]["id"]] });
    demo.agent("PATCH", "/inbox_members", Some(leave))
        .await
        .ok();
    assert_eq!(
        demo.client.send("GET", &path, &headers, "").await.status,
        200
    );
    let path = demo.url("/api/v1/accounts/1/conversations/1/transcript");
    let answer = demo
        .client
        .send("POST", &path, &headers, good.to_string())
        .await;
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert_eq!((kept(&demo), server.connections()), (0, 0));
}

#[tokio::test]
async fn an_account_and_a_conversation_send_so_many_an_hour_over_restarts() {
    let server = MailServer::start(Security::None).await;
    let limit = ("SWITCHBOARD__MAIL__TRANSCRIPTS_PER_HOUR", "7".to_owned());
    let mut demo = start_with(&server, vec![limit]).await;
    for n in 1..=2 {
        let from = format!("44770090000{n}");
        demo.post(json!([demo.inbound(&from, &from, "Hello?")]))
            .await
            .ok();
    }
    let good = || json!({ "email": "jana@shop.example" });
    for _ in 0..5 {
        assert_eq!(transcript(&demo, 1, good()).await.status, 200);
    }
    assert_eq!(transcript(&demo, 1, good()).await.status, 429);
    demo.kill();
    demo.restart().await;
    assert_eq!(transcript(&demo, 1, good()).await.status, 429);
    for _ in 0..2 {
        assert_eq!(transcript(&demo, 2, good()).await.status, 200);
    }
    assert_eq!(transcript(&demo, 2, good()).await.status, 429);
    assert_eq!(server.wait_for(7).await.len(), 7);
    assert_eq!(kept(&demo), 7);
}

#[tokio::test]
async fn a_visitor_gets_their_own_conversation_at_their_own_address_alone() {
    let (demo, server) = start().await;
    let website = widget::website_token(&demo);
    let token = demo.url(&format!("/api/v1/widget/config?website_token={website}"));
    let begun = demo.client.send("POST", &token, &[], "").await.ok();
    let shown = begun["website_channel_config"]["auth_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let visit = async |method: &str, path: &str, body: Value| {
        let url = demo.url(&format!("/api/v1/widget{path}?website_token={website}"));
        let headers = [
            ("x-auth-token", shown.as_str()),
            ("content-type", "application/json"),
        ];
        demo.client
            .send(method, &url, &headers, body.to_string())
            .await
    };
    let ask = async || {
        let elsewhere = json!({ "email": "eve@evil.example" });
        visit("POST", "/conversations/transcript", elsewhere).await
    };
    assert_eq!(ask().await.status, 404);
    let words = json!({ "message": { "content": "Anybody?" } });
    visit("POST", "/messages", words).await.ok();
    assert_eq!(ask().await.status, 422);
    let told = json!({ "email": "vera@shop.example" });
    visit("PATCH", "/contact", told).await.ok();
    assert_eq!(ask().await.status, 200);
    let taken = server.wait_for(1).await;
    assert_eq!(taken[0].to, ["vera@shop.example"]);
    assert!(read(&taken[0]).text.contains("Anybody?"));
    assert_eq!(kept(&demo), 1);
}
