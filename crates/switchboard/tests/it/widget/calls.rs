//! The calls of the page in the frame.

use super::*;

/// A page that draws the widget itself.
struct Page {
    demo: Demo,
    token: String,
    config: Value,
}

impl Page {
    async fn open() -> Self {
        let demo = Demo::start(BINARY, None).await;
        let mut page = Self {
            demo,
            token: String::new(),
            config: Value::Null,
        };
        page.config = page.call("POST", "/config", json!({})).await.ok();
        let channel = &page.config["website_channel_config"];
        page.token = channel["auth_token"].as_str().unwrap().to_owned();
        page
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.call_as(&self.token, method, path, body).await
    }

    async fn call_as(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = self.demo.url(&format!(
            "/api/v1/widget{path}{separator}website_token={}",
            website_token(&self.demo)
        ));
        let headers = [
            ("content-type", "application/json"),
            ("x-auth-token", token),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.demo.client.send(method, &url, &headers, body).await
    }

    async fn get(&self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await.ok()
    }

    async fn says(&self, text: &str) -> Value {
        let message = json!({ "content": text, "referer_url": "https://shop.example/cart" });
        self.call("POST", "/messages", json!({ "message": message }))
            .await
            .ok()
    }

    async fn seen_by_agent(&self, number: i64) -> Value {
        let path = format!("/conversations/{number}");
        self.demo.agent("GET", &path, None).await.ok()
    }
}

fn texts(page: &Value) -> Vec<&str> {
    let all = page["payload"].as_array().unwrap().iter();
    all.map(|it| it["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_visitor_has_one_conversation_from_the_first_words_on() {
    let page = Page::open().await;
    assert_eq!(page.get("/conversations").await, json!({}));
    assert_eq!(page.get("/messages").await["payload"], json!([]));
    let said = page.says("Is it in stock?").await;
    let conversation = page.get("/conversations").await;
    let expected = ["contact_last_seen_at", "id", "inbox_id", "status"];
    assert_eq!(keys(&conversation), expected);
    let number = conversation["id"].as_i64().unwrap();
    assert_eq!(said["conversation_id"], number);
    page.says("Hello?").await;
    let seen = page.seen_by_agent(number).await;
    assert_eq!(seen["meta"]["channel"], "Channel::WebWidget");
    let referer = &seen["additional_attributes"]["referer"];
    assert_eq!(referer, "https://shop.example/cart");
    let path = format!("/conversations/{number}/messages");
    for body in [
        json!({ "content": "It is." }),
        json!({ "content": "a note", "private": true }),
    ] {
        page.demo.agent("POST", &path, Some(body)).await.ok();
    }
    let all = page.get("/messages").await;
    assert_eq!(texts(&all), ["Is it in stock?", "Hello?", "It is."]);
    let after = page.get(&format!("/messages?after={}", said["id"])).await;
    assert_eq!(texts(&after), ["Hello?", "It is."]);
}

#[tokio::test]
async fn a_conversation_is_read_described_and_done_with() {
    let page = Page::open().await;
    page.says("hi").await;
    page.call("POST", "/conversations/update_last_seen", json!({}))
        .await;
    let shown = page.get("/conversations").await;
    assert!(shown["contact_last_seen_at"].as_i64().unwrap() > 0);
    let number = shown["id"].as_i64().unwrap();
    let custom = json!({ "custom_attributes": { "cart": 3, "old": true } });
    page.call("POST", "/conversations/set_custom_attributes", custom)
        .await;
    let gone = json!({ "custom_attribute": ["old"] });
    page.call("POST", "/conversations/destroy_custom_attributes", gone)
        .await;
    let seen = page.seen_by_agent(number).await;
    assert_eq!(seen["custom_attributes"], json!({ "cart": 3 }));
    let done = page
        .call("GET", "/conversations/toggle_status", Value::Null)
        .await;
    assert_eq!(done.status, 200);
    assert_eq!(page.get("/conversations").await["status"], "resolved");
    page.says("One more").await;
    let shown = page.get("/conversations").await;
    assert_eq!(
        (&shown["status"], &shown["id"]),
        (&json!("open"), &json!(number))
    );
}

#[tokio::test]
async fn a_page_says_who_the_visitor_is_and_proves_it() {
    let page = Page::open().await;
    page.says("hi").await;
    let hmac = website(&page.demo)["hmac_token"].as_str().unwrap();
    let proof = wire::pusher::signature::Secret::new(hmac).sign(b"customer-7");
    let wrong = json!({ "identifier": "customer-7", "identifier_hash": "00" });
    let refused = page.call("PATCH", "/contact/set_user", wrong).await;
    assert_eq!(refused.status, 401);
    let told = refused.json();
    assert!(told["error"].as_str().unwrap().starts_with("HMAC failed"));
    let right = json!({
        "identifier": "customer-7", "identifier_hash": proof, "email": "j@shop.example", "name": "Jana",
    });
    let told = page.call("PATCH", "/contact/set_user", right).await.ok();
    assert_eq!(told["has_email"], true);
    assert_eq!(told["identifier"], "customer-7");
    assert!(told.get("widget_auth_token").is_none());
    let path = format!("/contacts/{}", told["id"]);
    let shown = page.demo.agent("GET", &path, None).await.ok();
    assert_eq!(shown["payload"]["name"], "Jana");
    // Somebody else signs in on the same page: nothing of Jana's is theirs.
    let other = json!({ "identifier": "customer-8", "name": "Pavel" });
    let told = page.call("PATCH", "/contact/set_user", other).await.ok();
    let token = told["widget_auth_token"].as_str().unwrap();
    let theirs = page
        .call_as(token, "GET", "/messages", Value::Null)
        .await
        .ok();
    assert_eq!(theirs["payload"], json!([]));
    // And who only claims to be Jana does not become her.
    let fresh = page.call_as("", "POST", "/config", json!({})).await.ok();
    let eve = fresh["website_channel_config"]["auth_token"]
        .as_str()
        .unwrap();
    let claim = json!({ "identifier": "customer-7", "name": "Eve" });
    let told = page
        .call_as(eve, "PATCH", "/contact/set_user", claim)
        .await
        .ok();
    assert_eq!(told["identifier"], Value::Null);
}

#[tokio::test]
async fn whoever_is_not_known_gets_nothing() {
    let page = Page::open().await;
    page.says("mine").await;
    let forged = format!("A{}", &page.token[1..page.token.len() - 1]);
    let contact = page.config["contact"]["pubsub_token"].as_str().unwrap();
    let agent = page.demo.text("/agents/0/access_token");
    for token in ["", "nonsense", &forged, contact, &agent] {
        for (method, path) in [
            ("GET", "/contact"),
            ("PATCH", "/contact"),
            ("PATCH", "/contact/set_user"),
            ("GET", "/conversations"),
            ("POST", "/conversations"),
            ("POST", "/conversations/update_last_seen"),
            ("POST", "/conversations/toggle_typing"),
            ("GET", "/conversations/toggle_status"),
            ("GET", "/messages"),
            ("POST", "/messages"),
            ("PATCH", "/messages/1"),
            ("POST", "/events"),
        ] {
            let body = match method {
                "GET" => Value::Null,
                _ => json!({ "identifier": "x", "message": { "content": "x" } }),
            };
            let answer = page.call_as(token, method, path, body).await;
            assert_eq!(answer.status, 404, "{method} {path} {}", answer.text());
        }
    }
    let inboxes = &page.demo.card["onechat"]["inboxes"];
    let api = inboxes[1]["inbox_identifier"].as_str().unwrap();
    for website in ["", "nobody", api] {
        let url = page.demo.url(&format!("/widget?website_token={website}"));
        let answer = page.demo.client.send("GET", &url, &[], "").await;
        assert_eq!(answer.status, 404);
    }
    for (body, status) in [
        (json!({ "message": { "content": "" } }), 422),
        (
            json!({ "message": { "content": "x".repeat(150_001) } }),
            422,
        ),
        (json!({ "message": 5 }), 422),
        (json!([]), 400),
    ] {
        let answer = page.call("POST", "/messages", body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let bad = json!({ "email": "no address" });
    assert_eq!(page.call("PATCH", "/contact", bad).await.status, 422);
    assert_eq!(texts(&page.get("/messages").await), ["mine"]);
}

#[tokio::test]
async fn the_page_runs_nothing_but_its_own_script() {
    let page = Page::open().await;
    page.says("</script><script>alert(1)</script>").await;
    let url = page.demo.url(&format!(
        "/widget?website_token={}&cw_conversation={}",
        website_token(&page.demo),
        page.token
    ));
    let html = page.demo.client.send("GET", &url, &[], "").await;
    let policy = html.header("content-security-policy");
    assert!(policy.contains("script-src 'self'"), "{policy}");
    assert!(!html.text().contains("<script>alert"));
    assert!(html.text().contains("alert(1)"), "it is shown");
    let members = page.get("/inbox_members").await;
    assert_eq!(
        keys(&members["payload"][0]),
        ["availability_status", "avatar_url", "id", "name"]
    );
    let url = page.demo.url("/packs/js/sdk.js");
    let sdk = page.demo.client.send("GET", &url, &[], "").await;
    assert!(sdk.header("content-type").starts_with("text/javascript"));
}

#[tokio::test]
async fn that_the_widget_was_opened_is_told_to_webhooks() {
    let (page, receiver) = (Page::open().await, Receiver::start().await);
    let body = json!({ "url": receiver.url("/in"), "subscriptions": ["webwidget_triggered"] });
    page.demo.agent("POST", "/webhooks", Some(body)).await.ok();
    let info = json!({ "referer": "https://shop.example/cart" });
    let opened = async |name: &str| {
        let body = json!({ "name": name, "event_info": info });
        page.call("POST", "/events", body).await.status
    };
    assert_eq!(opened("webwidget.triggered").await, 204);
    receiver.wait_for("/in", 1).await;
    page.says("Is anybody there?").await;
    assert_eq!(opened("campaign.triggered").await, 204);
    assert_eq!(opened("webwidget.triggered").await, 204);
    let got = receiver.wait_for("/in", 2).await;
    let told: Vec<Value> = got.iter().map(|it| it.json()).collect();
    for it in &told {
        assert_eq!(it["event"], "webwidget_triggered");
        assert_eq!(it["event_info"], info);
        assert_eq!(it["inbox"]["id"], website(&page.demo)["id"]);
    }
    assert_eq!(told[0]["current_conversation"], Value::Null);
    assert!(told[1]["current_conversation"]["id"].is_number());
    assert_eq!(told[0]["source_id"], told[1]["source_id"]);
}

#[tokio::test]
async fn one_address_brings_so_many_visitors_an_hour() {
    let env = vec![
        ("SWITCHBOARD__WIDGET__VISITORS_PER_HOUR", "3".to_owned()),
        (
            "SWITCHBOARD__LISTEN__PROXIES",
            r#"["127.0.0.0/8"]"#.to_owned(),
        ),
    ];
    let options = testkit::demo::Options {
        env,
        ..testkit::demo::Options::default()
    };
    let demo = Demo::start_with(BINARY, options).await;
    let token = website_token(&demo);
    let url = demo.url(&format!("/widget?website_token={token}"));
    let open = async |from: &str, cookie: &str| {
        let headers = [("x-forwarded-for", from), ("cookie", cookie)];
        demo.client.send("GET", &url, &headers, "").await
    };
    let mut cookie = String::new();
    for _ in 0..3 {
        let page = open("203.0.113.9", "").await;
        assert_eq!(page.status, 200);
        page.header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .clone_into(&mut cookie);
    }
    let config = demo.url(&format!("/api/v1/widget/config?website_token={token}"));
    let before = demo.agent("GET", "/contacts/search?q=a", None).await.ok();
    for (method, url) in [("GET", &url), ("POST", &config)] {
        let headers = [("x-forwarded-for", "9.9.9.9, 203.0.113.9")];
        let refused = demo.client.send(method, url, &headers, "").await;
        assert_eq!(
            (refused.status, refused.text().as_str()),
            (429, "Retry later\n")
        );
        assert!(refused.header("content-type").starts_with("text/plain"));
    }
    // Whoever is known comes back, and others come.
    assert_eq!(open("203.0.113.9", &cookie).await.status, 200);
    assert_eq!(open("203.0.113.10", "").await.status, 200);
    assert_eq!(before["meta"]["has_more"], false);
}

/// Changes the widget's inbox as an administrator does.
async fn set(page: &Page, change: Value) -> Value {
    let path = format!("/inboxes/{}", website(&page.demo)["id"]);
    page.demo.agent("PATCH", &path, Some(change)).await.ok()
}

fn kinds(page: &Value) -> Vec<[Value; 3]> {
    let all = page["payload"].as_array().unwrap().iter();
    all.map(|it| {
        [
            it["message_type"].clone(),
            it["content_type"].clone(),
            it["content"].clone(),
        ]
    })
    .collect()
}

#[tokio::test]
async fn an_inbox_greets_asks_and_says_that_nobody_is_there() {
    let page = Page::open().await;
    // Closed on every day, wherever the test runs.
    let closed: Vec<Value> = (0..7)
        .map(|day| json!({ "day_of_week": day, "closed_all_day": true }))
        .collect();
    let told = set(
        &page,
        json!({
            "greeting_enabled": true, "greeting_message": "Welcome!", "timezone": "Europe/Prague",
            "working_hours_enabled": true, "working_hours": closed, "out_of_office_message": "Back tomorrow.",
            "channel": { "pre_chat_form_enabled": false, "selected_feature_flags": ["attachments"] },
        }),
    )
    .await;
    assert_eq!(told["working_hours"][1]["closed_all_day"], true);
    assert_eq!(
        [
            &told["timezone"],
            &told["out_of_office_message"],
            &told["pre_chat_form_enabled"]
        ],
        [
            &json!("Europe/Prague"),
            &json!("Back tomorrow."),
            &json!(false)
        ]
    );
    assert_eq!(told["selected_feature_flags"], json!(["attachments"]));
    let config = page.call("POST", "/config", json!({})).await.ok();
    let channel = &config["website_channel_config"];
    assert_eq!(
        [
            &channel["isOpen"],
            &channel["preChatFormEnabled"],
            &channel["enabledFeatures"]
        ],
        [&json!(false), &json!(false), &json!(["attachments"])]
    );
    page.says("hi").await;
    page.says("anybody?").await;
    let all = page.get("/messages").await;
    let said = |kind: i64, what: &str, text: &str| [json!(kind), json!(what), json!(text)];
    let question = said(3, "input_email", "Get notified by email");
    assert_eq!(
        kinds(&all),
        [
            said(0, "text", "hi"),
            said(3, "text", "Back tomorrow."),
            said(3, "text", "Welcome!"),
            question,
            said(0, "text", "anybody?"),
        ]
    );
    the_question_is_answered(&page, &all["payload"][3]["id"]).await;
    let number = all["payload"][0]["conversation_id"].as_i64().unwrap();
    let shown = page.demo.messages(number).await;
    assert_eq!(shown[2]["message_type"], 3);
    for bad in [
        json!({ "working_hours": [{ "day_of_week": 9, "open_all_day": true }] }),
        json!({ "timezone": "Nowhere/At_All" }),
    ] {
        let path = format!("/inboxes/{}", website(&page.demo)["id"]);
        let refused = page.demo.agent("PATCH", &path, Some(bad)).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
    }
}

/// And everybody is told so (document, `message_updated`).
async fn the_question_is_answered(page: &Page, id: &Value) {
    let room =
        json!({ "channel": "RoomChannel", "pubsub_token": page.config["contact"]["pubsub_token"] });
    let agent = &page.demo.card["agents"][0];
    let agents = json!({
        "channel": "RoomChannel", "pubsub_token": agent["pubsub_token"], "account_id": 1, "user_id": agent["id"],
    });
    let first: Vec<Value> = [&room, &agents]
        .map(|it| json!({ "command": "subscribe", "identifier": it.to_string() }))
        .into();
    let config = json!({ "url": page.demo.socket_url("/cable"), "first": first });
    let mut socket = testkit::node::Node::run("raw.mjs", config);
    for _ in 0..2 {
        let confirmed = |line: &Value| line["frame"]["type"] == "confirm_subscription";
        socket.expect("the room", confirmed).await;
    }
    let answer = json!({ "contact": { "email": "jana@shop.example" } });
    let told = page
        .call("PATCH", &format!("/messages/{id}"), answer)
        .await
        .ok();
    assert_eq!(told["contact"]["email"], "jana@shop.example");
    for _ in 0..2 {
        let told = socket.expect_event("message.updated").await;
        assert_eq!(
            told["content_attributes"],
            json!({ "submitted_email": "jana@shop.example" })
        );
        assert_eq!(
            [
                &told["message_type"],
                &told["sender_type"],
                &told["sender_id"]
            ],
            [&json!(3), &Value::Null, &Value::Null]
        );
        assert!(told.get("sender").is_none(), "{told}");
    }
}

#[tokio::test]
async fn only_who_answers_here_is_shown_and_only_known_labels_are_put_on() {
    let page = Page::open().await;
    let inbox = website(&page.demo)["id"].clone();
    let names = |told: &Value| -> Vec<Value> {
        let all = told["payload"].as_array().unwrap().iter();
        all.map(|it| it["name"].clone()).collect()
    };
    assert_eq!(names(&page.get("/inbox_members").await).len(), 2);
    let bob = json!({ "inbox_id": inbox, "user_ids": [2] });
    page.demo.agent("DELETE", "/inbox_members", Some(bob)).await;
    assert_eq!(names(&page.get("/inbox_members").await), ["Alice Demo"]);

    let vip = json!({ "title": "vip" });
    page.demo.agent("POST", "/labels", Some(vip)).await.ok();
    let put = async |label: &str| {
        page.call("POST", "/labels", json!({ "label": label }))
            .await
    };
    assert_eq!(
        put("vip").await.status,
        204,
        "there is nothing to label yet"
    );
    page.says("hi").await;
    assert_eq!(put("vip").await.status, 204);
    assert_eq!(put("unheard-of").await.status, 204);
    let number = page.get("/conversations").await["id"].as_i64().unwrap();
    assert_eq!(page.seen_by_agent(number).await["labels"], json!(["vip"]));
    let all = page.demo.agent("GET", "/labels", None).await.ok();
    assert_eq!(all["payload"].as_array().unwrap().len(), 1);
    let gone = page.call("DELETE", "/labels/vip", Value::Null).await;
    assert_eq!(gone.status, 204);
    assert_eq!(page.seen_by_agent(number).await["labels"], json!([]));
}

#[tokio::test]
async fn what_is_too_much_is_refused_and_stores_nothing() {
    let page = Page::open().await;
    let url = page.demo.url(&format!(
        "/api/v1/widget/messages?website_token={}",
        website_token(&page.demo)
    ));
    let content_type = Form::content_type();
    let headers = [
        ("content-type", content_type.as_str()),
        ("x-auth-token", page.token.as_str()),
    ];
    let file = |form: Form, bytes: &[u8]| {
        form.file(
            "message[attachments][]",
            "a.bin",
            "application/octet-stream",
            bytes,
        )
    };
    let large = file(Form::default(), &vec![0; 41 * 1024 * 1024]);
    let many = (0..16).fold(Form::default(), |form, _| file(form, b"x"));
    for form in [large, many] {
        let client = &page.demo.client;
        let refused = client.send("POST", &url, &headers, form.finish()).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
    }
    assert_eq!(page.get("/conversations").await, json!({}));

    // Nobody writes so fast; whoever else is there may write.
    page.says("first").await;
    for n in 0..200 {
        page.says(&n.to_string()).await;
    }
    let one_more = json!({ "message": { "content": "one more" } });
    let refused = page.call("POST", "/messages", one_more.clone()).await;
    let told = json!({ "error": "Too many messages" });
    assert_eq!((refused.status, refused.json()), (422, told));
    let fresh = page.call_as("", "POST", "/config", json!({})).await.ok();
    let other = fresh["website_channel_config"]["auth_token"]
        .as_str()
        .unwrap();
    page.call_as(other, "POST", "/messages", one_more)
        .await
        .ok();
    let number = page.get("/conversations").await["id"].as_i64().unwrap();
    assert_eq!(page.demo.messages(number).await.len(), 201);
}

#[tokio::test]
async fn whoever_names_somebody_elses_address_learns_nothing_of_them() {
    let page = Page::open().await;
    let known = json!({
        "name": "Victoria", "email": "victoria@shop.example", "phone_number": "+420601000009", "identifier": "vip-1",
    });
    page.demo.agent("POST", "/contacts", Some(known)).await.ok();
    let room =
        json!({ "channel": "RoomChannel", "pubsub_token": page.config["contact"]["pubsub_token"] });
    let subscribe = json!({ "command": "subscribe", "identifier": room.to_string() });
    let config = json!({ "url": page.demo.socket_url("/cable"), "first": [subscribe] });
    let mut socket = testkit::node::Node::run("raw.mjs", config);
    let confirmed = |line: &Value| line["frame"]["type"] == "confirm_subscription";
    socket.expect("the room", confirmed).await;
    // With their first words, as a page with a form of its own asks.
    let begins =
        json!({ "contact": { "email": "Victoria@shop.example" }, "message": { "content": "hi" } });
    let mut told = vec![page.call("POST", "/conversations", begins).await.ok()];
    let claim = json!({ "email": "victoria@shop.example" });
    told.push(page.call("PATCH", "/contact", claim).await.ok());
    told.push(page.says("me again").await);
    for path in ["/contact", "/messages", "/conversations"] {
        told.push(page.get(path).await);
    }
    told.push(page.call("POST", "/config", json!({})).await.ok());
    let number = page.get("/conversations").await["id"].as_i64().unwrap();
    let path = format!("/conversations/{number}/messages");
    let answer = json!({ "content": "the end" });
    page.demo.agent("POST", &path, Some(answer)).await.ok();
    let the_end = |line: &Value| line["data"]["content"] == "the end";
    socket.expect("the end", the_end).await;
    told.extend(socket.lines());
    for it in told {
        let text = it.to_string();
        for secret in ["Victoria", "victoria@", "601000009", "vip-1"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    // The agents know whom it may be.
    let seen = page.seen_by_agent(number).await;
    assert_eq!(seen["meta"]["sender"]["name"], "Victoria");
}
