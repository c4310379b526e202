//! Bots that answer before people do: told by their inboxes, calling with their own token.

use serde_json::{Value, json};
use testkit::{
    connector::Connector,
    demo::{Demo, Options},
    http::Answer,
    json::keys,
    receiver::{Hook, Receiver, Reply},
    wait::until,
};

use super::{onechat::signature, say};
use crate::{BINARY, sdk::strangers::stranger};

async fn call(demo: &Demo, token: &Value, method: &str, path: &str, body: Value) -> Answer {
    let headers = [
        ("api_access_token", token.as_str().unwrap()),
        ("content-type", "application/json"),
    ];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    demo.client
        .send(method, &demo.url(path), &headers, body)
        .await
}

/// A call in the demo's account.
async fn here(demo: &Demo, token: &Value, method: &str, path: &str, body: Value) -> Answer {
    call(
        demo,
        token,
        method,
        &format!("/api/v1/accounts/1{path}"),
        body,
    )
    .await
}

/// A bot that answers first in the connector's inbox.
async fn greeter(demo: &Demo, url: &str) -> Value {
    let wanted = json!({
        "name": "Greeter", "description": "Says hello", "outgoing_url": url, "bot_type": 0,
        "bot_config": { "tongue": "en" },
    });
    let bot = demo.agent("POST", "/agent_bots", Some(wanted)).await.ok();
    serve(demo, &bot["id"]).await;
    bot
}

async fn serve(demo: &Demo, bot: &Value) {
    let body = json!({ "agent_bot": bot });
    let set = demo.agent("POST", "/inboxes/1/set_agent_bot", Some(body));
    let set = set.await;
    assert_eq!((set.status, set.text()), (200, String::new()));
}

async fn conversation(demo: &Demo) -> Value {
    demo.agent("GET", "/conversations/1", None).await.ok()
}

/// The first of these that was told, with its headers.
async fn told(receiver: &Receiver, path: &str, wanted: impl Fn(&Value) -> bool) -> Hook {
    until("the bot to be told", async || {
        let mut got = receiver.got(path).into_iter();
        got.find(|it| wanted(&it.json()))
    })
    .await
}

#[tokio::test]
async fn a_bot_answers_first_and_the_customer_reads_it() {
    let (connector, receiver) = (Connector::start().await, Receiver::start().await);
    let options = Options {
        ctlive_url: Some(connector.url()),
        ..Options::default()
    };
    let demo = Demo::start_with(BINARY, options).await;
    let hook = json!({ "url": receiver.url("/account") });
    demo.agent("POST", "/webhooks", Some(hook)).await.ok();
    let bot = greeter(&demo, &receiver.url("/bot")).await;
    let token = &bot["access_token"];

    // The customer writes, and the bot is told.
    say(&demo, "Is anybody there?").await;
    let first = told(&receiver, "/bot", |it| it["content"] == "Is anybody there?").await;
    let signed = signature(bot["secret"].as_str().unwrap(), &first);
    assert_eq!(first.header("x-chatwoot-signature"), signed);
    let first = first.json();
    assert_eq!(first["event"], "message_created");
    assert_eq!(first["conversation"]["status"], "pending");
    assert_eq!(conversation(&demo).await["status"], "pending");

    // It answers, and the customer reads it.
    let path = "/conversations/1/messages";
    let said = here(
        &demo,
        token,
        "POST",
        path,
        json!({ "content": "A bot is." }),
    )
    .await;
    let me = json!({ "id": bot["id"], "name": "Greeter", "avatar_url": "", "type": "agent_bot" });
    assert_eq!(said.ok()["sender"], me);
    until("the customer to be told", async || {
        let sent = connector.sent();
        sent.iter().any(|it| it.text() == "A bot is.").then_some(())
    })
    .await;
    let shown = conversation(&demo).await;
    assert_eq!(shown["messages"][0]["sender_type"], "AgentBot");
    assert_eq!(shown["messages"][0]["sender_id"], bot["id"]);
    assert_eq!(shown["messages"][0]["sender"], me);
    assert_ne!(shown["waiting_since"], 0, "nobody has answered yet");
    assert_eq!(shown["first_reply_created_at"], 0);
    let author = json!({ "id": bot["id"], "name": "Greeter", "type": "agent_bot" });
    for path in ["/bot", "/account"] {
        let own = told(&receiver, path, |it| it["content"] == "A bot is.").await;
        assert_eq!(own.json()["sender"], author, "{path}");
    }
}

#[tokio::test]
async fn a_bot_hands_over_and_is_handed_back() {
    let (demo, receiver) = (Demo::start(BINARY, None).await, Receiver::start().await);
    let bot = greeter(&demo, &receiver.url("/bot")).await;
    let token = &bot["access_token"];
    let flags = json!({ "selected_email_flags": ["email_conversation_creation"] });
    let wishes = json!({ "notification_settings": flags });
    demo.agent("PATCH", "/notification_settings", Some(wishes))
        .await
        .ok();
    let unread = async || {
        let count = demo.agent("GET", "/notifications/unread_count", None).await;
        count.ok()
    };
    say(&demo, "Is anybody there?").await;

    assert_eq!(unread().await, 0, "it is the bot's until then");
    let open = json!({ "status": "open" });
    let path = "/conversations/1/toggle_status";
    let opened = here(&demo, token, "POST", path, open).await.ok();
    assert_eq!(opened["payload"]["current_status"], "open");
    assert_eq!(unread().await, 1, "whoever answers there is notified");
    let opened = told(&receiver, "/bot", |it| it["event"] == "conversation_opened").await;
    let opened = opened.json();
    assert_eq!(
        (&opened["id"], &opened["status"]),
        (&json!(1), &json!("open"))
    );
    let changed = told(&receiver, "/bot", |it| {
        it["event"] == "conversation_status_changed"
    });
    let status = json!([{ "status": { "previous_value": "pending", "current_value": "open" } }]);
    assert_eq!(changed.await.json()["changed_attributes"], status);
    let page = demo.agent("GET", "/conversations?status=open", None).await;
    let page = page.ok();
    assert_eq!(page["data"]["payload"][0]["id"], 1);
    assert_eq!(
        page["data"]["payload"][0]["meta"]["assignee"],
        Value::Null,
        "a bot takes nothing"
    );

    // What an agent has resolved is the bot's again when the customer writes.
    let resolved = json!({ "status": "resolved" });
    demo.agent("POST", path, Some(resolved)).await.ok();
    told(&receiver, "/bot", |it| {
        it["event"] == "conversation_resolved"
    })
    .await;
    say(&demo, "One more thing.").await;
    let again = told(&receiver, "/bot", |it| it["content"] == "One more thing.").await;
    assert_eq!(again.json()["conversation"]["status"], "pending");

    let told = receiver.got("/bot").into_iter();
    let events = told.map(|it| it.json()["event"].as_str().unwrap().to_owned());
    let other = |it: &String| !it.starts_with("message_") && !it.starts_with("conversation_");
    let events: Vec<String> = events.collect();
    assert!(!events.iter().any(other), "{events:?}");
    assert!(!events.contains(&"conversation_created".to_owned()));
}

/// What a bot may call below a conversation.
fn may() -> [(&'static str, &'static str, Value); 10] {
    [
        ("GET", "", Value::Null),
        ("PATCH", "", json!({ "priority": "low" })),
        ("POST", "/toggle_priority", json!({ "priority": "high" })),
        (
            "POST",
            "/toggle_typing_status",
            json!({ "typing_status": "on" }),
        ),
        (
            "POST",
            "/custom_attributes",
            json!({ "custom_attributes": { "a": 1 } }),
        ),
        (
            "POST",
            "/messages",
            json!({ "content": "note", "private": true }),
        ),
        ("POST", "/assignments", json!({ "assignee_id": 2 })),
        ("POST", "/labels", json!({ "labels": ["vip"] })),
        ("GET", "/labels", Value::Null),
        ("POST", "/toggle_status", json!({ "status": "pending" })),
    ]
}

#[tokio::test]
async fn a_bots_token_is_good_for_what_bots_may_call_where_they_answer() {
    let (demo, receiver) = (Demo::start(BINARY, None).await, Receiver::start().await);
    let bot = greeter(&demo, &receiver.url("/bot")).await;
    let token = &bot["access_token"];
    say(&demo, "hello").await;
    let n = "/conversations/1";
    let may = may();
    for (method, path, body) in &may {
        let answer = here(&demo, token, method, &format!("{n}{path}"), body.clone()).await;
        assert_eq!(answer.status, 200, "{method} {path} {}", answer.text());
    }
    let sender = conversation(&demo).await["meta"]["sender"]["id"].clone();
    let begin = json!({ "inbox_id": 1, "contact_id": sender });
    let begun = here(&demo, token, "POST", "/conversations", begin)
        .await
        .ok();
    assert_eq!(begun["status"], "pending");

    let text = "Access to this endpoint is not authorized for bots";
    for (method, path) in [
        ("GET", "/conversations"),
        ("GET", "/conversations/meta"),
        ("POST", "/conversations/filter"),
        ("GET", "/conversations/1/messages"),
        ("DELETE", "/conversations/1/messages/1"),
        ("POST", "/conversations/1/update_last_seen"),
        ("POST", "/conversations/1/mute"),
        ("GET", "/contacts"),
        ("GET", "/inboxes"),
        ("GET", "/agents"),
        ("GET", "/agent_bots"),
        ("POST", "/agent_bots"),
        ("POST", "/inboxes/1/set_agent_bot"),
        ("GET", "/labels"),
        ("GET", "/webhooks"),
    ] {
        let answer = here(&demo, token, method, path, json!({})).await;
        assert_eq!(answer.status, 401, "{method} {path} {}", answer.text());
        assert_eq!(answer.json()["error"], text, "{method} {path}");
    }
    let profile = call(&demo, token, "GET", "/api/v1/profile", Value::Null).await;
    assert_eq!(
        (profile.status, &profile.json()["error"]),
        (401, &json!(text))
    );
    let endpoints = here(&demo, token, "GET", "/endpoints", Value::Null).await;
    assert_eq!(endpoints.status, 401, "{}", endpoints.text());
}

#[tokio::test]
async fn where_a_bot_no_longer_answers_it_sees_nothing() {
    let (demo, receiver) = (Demo::start(BINARY, None).await, Receiver::start().await);
    let bot = greeter(&demo, &receiver.url("/bot")).await;
    let token = &bot["access_token"];
    say(&demo, "hello").await;
    let n = "/conversations/1";
    let sender = conversation(&demo).await["meta"]["sender"]["id"].clone();
    serve(&demo, &Value::Null).await;
    let none = demo.agent("GET", "/inboxes/1/agent_bot", None).await.ok();
    assert_eq!(none, json!({}));
    for (method, path, body) in &may() {
        let answer = here(&demo, token, method, &format!("{n}{path}"), body.clone()).await;
        assert_eq!(answer.status, 401, "{method} {path} {}", answer.text());
    }
    let begin = json!({ "inbox_id": 1, "contact_id": sender });
    let begun = here(&demo, token, "POST", "/conversations", begin).await;
    assert_eq!(begun.status, 401, "{}", begun.text());

    // A new token voids the one before, and nothing is valid of a bot that is gone.
    serve(&demo, &bot["id"]).await;
    let own = format!("/agent_bots/{}", bot["id"]);
    let reset = format!("{own}/reset_access_token");
    let fresh = demo.agent("POST", &reset, None).await.ok()["access_token"].clone();
    let old = here(&demo, token, "GET", n, Value::Null).await;
    assert_eq!(old.json()["error"], "Invalid Access Token");
    here(&demo, &fresh, "GET", n, Value::Null).await.ok();
    assert_eq!(demo.agent("DELETE", &own, None).await.status, 200);
    let gone = here(&demo, &fresh, "GET", n, Value::Null).await;
    assert_eq!(gone.json()["error"], "Invalid Access Token");
    assert_eq!(demo.agent("GET", &own, None).await.status, 404);
    let none = demo.agent("GET", "/inboxes/1/agent_bot", None).await.ok();
    assert_eq!(none, json!({}));
    let endpoints = demo.agent("GET", "/endpoints", None).await.ok();
    assert_eq!(endpoints["endpoints"], json!([]));
}

#[tokio::test]
async fn administrators_make_bots_which_are_nobody() {
    let (demo, receiver) = (Demo::start(BINARY, None).await, Receiver::start().await);
    let bot = greeter(&demo, &receiver.url("/bot")).await;
    #[rustfmt::skip]
    let expected = [
        "access_token", "account_id", "bot_config", "bot_type", "description", "id", "name",
        "outgoing_url", "secret", "system_bot", "thumbnail",
    ];
    assert_eq!(keys(&bot), expected);
    assert_eq!(bot["bot_type"], "webhook");
    assert_eq!(bot["bot_config"], json!({ "tongue": "en" }));
    let own = format!("/agent_bots/{}", bot["id"]);
    assert_eq!(demo.agent("GET", &own, None).await.ok(), bot);
    let served = demo.agent("GET", "/inboxes/1/agent_bot", None).await.ok();
    assert_eq!(served, json!({ "agent_bot": bot }));
    let moved = json!({ "name": "Usher", "outgoing_url": receiver.url("/there") });
    let moved = demo.agent("PATCH", &own, Some(moved)).await.ok();
    assert_eq!(
        (&moved["name"], &moved["description"]),
        (&json!("Usher"), &bot["description"])
    );
    let reset = format!("{own}/reset_secret");
    let reset = demo.agent("POST", &reset, None).await.ok();
    assert_ne!(reset["secret"], bot["secret"]);
    say(&demo, "hello").await;
    let hook = told(&receiver, "/there", |it| it["content"] == "hello").await;
    let signed = signature(reset["secret"].as_str().unwrap(), &hook);
    assert_eq!(hook.header("x-chatwoot-signature"), signed);
    assert_eq!(receiver.count("/bot"), 0);

    // An agent sees bots without what is secret, and changes none.
    let bob = json!(demo.text("/agents/1/access_token"));
    let seen = here(&demo, &bob, "GET", "/agent_bots", Value::Null)
        .await
        .ok();
    assert_eq!(seen[0]["name"], "Usher");
    assert!(
        !keys(&seen[0])
            .iter()
            .any(|it| *it == "access_token" || *it == "secret")
    );
    for (method, path) in [
        ("POST", "/agent_bots"),
        ("PATCH", own.as_str()),
        ("DELETE", own.as_str()),
        ("POST", &format!("{own}/reset_access_token")),
        ("POST", &format!("{own}/reset_secret")),
        ("POST", "/inboxes/1/set_agent_bot"),
    ] {
        let refused = here(&demo, &bob, method, path, json!({ "name": "x" })).await;
        assert_eq!(refused.status, 401, "{method} {path} {}", refused.text());
    }
}

#[tokio::test]
async fn a_bot_is_nobody_among_people_and_nonsense_makes_none() {
    let (demo, receiver) = (Demo::start(BINARY, None).await, Receiver::start().await);
    let bot = greeter(&demo, &receiver.url("/bot")).await;
    say(&demo, "hello").await;
    let people = demo.agent("GET", "/agents", None).await.ok();
    let ids: Vec<&Value> = people
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert!(!ids.contains(&&bot["id"]), "{ids:?}");
    for (method, path, body) in [
        (
            "PATCH",
            format!("/agents/{}", bot["id"]),
            json!({ "role": "administrator" }),
        ),
        ("DELETE", format!("/agents/{}", bot["id"]), Value::Null),
        (
            "POST",
            "/conversations/1/assignments".to_owned(),
            json!({ "assignee_id": bot["id"] }),
        ),
        (
            "POST",
            "/inbox_members".to_owned(),
            json!({ "inbox_id": 1, "user_ids": [bot["id"]] }),
        ),
        ("DELETE", "/agent_bots/1".to_owned(), Value::Null),
    ] {
        let refused = demo.agent(method, &path, Some(body)).await;
        assert_eq!(refused.status, 404, "{method} {path} {}", refused.text());
    }

    // What makes no sense changes nothing.
    for body in [
        json!({}),
        json!({ "name": " " }),
        json!({ "name": "x".repeat(256) }),
        json!({ "name": "x", "outgoing_url": "ftp://bot.example" }),
        json!({ "name": "x", "outgoing_url": "http://10.0.0.1/" }),
        json!({ "name": "x", "bot_type": "mind" }),
        json!({ "name": "x", "bot_config": 4 }),
    ] {
        let refused = demo.agent("POST", "/agent_bots", Some(body.clone())).await;
        assert_eq!(refused.status, 422, "{body} {}", refused.text());
    }
    let nobody = json!({ "agent_bot": 999 });
    let refused = demo.agent("POST", "/inboxes/1/set_agent_bot", Some(nobody));
    assert_eq!(refused.await.status, 404);
    let all = demo.agent("GET", "/agent_bots", None).await.ok();
    assert_eq!(all, json!([bot]));
    let served = demo.agent("GET", "/inboxes/1/agent_bot", None).await.ok();
    assert_eq!(served["agent_bot"], bot);
}

#[tokio::test]
async fn another_accounts_bots_are_not_there() {
    let (mut demo, receiver) = (Demo::start(BINARY, None).await, Receiver::start().await);
    let bot = greeter(&demo, &receiver.url("/bot")).await;
    say(&demo, "hello").await;
    let eve = json!(stranger(&mut demo).await);
    let own = format!("/agent_bots/{}", bot["id"]);
    let routes = [
        ("GET", own.clone(), Value::Null),
        ("PATCH", own.clone(), json!({ "name": "x" })),
        ("POST", format!("{own}/reset_access_token"), Value::Null),
        ("POST", format!("{own}/reset_secret"), Value::Null),
        ("GET", "/inboxes/1/agent_bot".to_owned(), Value::Null),
        (
            "POST",
            "/inboxes/1/set_agent_bot".to_owned(),
            json!({ "agent_bot": null }),
        ),
        ("DELETE", own.clone(), Value::Null),
    ];
    for (method, path, body) in routes {
        for (account, expected) in [(1, 401), (2, 404)] {
            let path = format!("/api/v1/accounts/{account}{path}");
            let answer = call(&demo, &eve, method, &path, body.clone()).await;
            assert_eq!(answer.status, expected, "{method} {path} {}", answer.text());
        }
    }
    let theirs = "/api/v1/accounts/2/agent_bots";
    let none = call(&demo, &eve, "GET", theirs, Value::Null).await.ok();
    assert_eq!(none, json!([]));
    let made = call(&demo, &eve, "POST", theirs, json!({ "name": "Spy" }))
        .await
        .ok();
    let wanted = json!({ "agent_bot": made["id"] });
    let refused = demo.agent("POST", "/inboxes/1/set_agent_bot", Some(wanted));
    assert_eq!(refused.await.status, 404);
    let spied = here(
        &demo,
        &made["access_token"],
        "GET",
        "/conversations/1",
        Value::Null,
    )
    .await;
    assert_eq!(spied.status, 401, "{}", spied.text());

    // Kept through the restart, as it was.
    let served = demo.agent("GET", "/inboxes/1/agent_bot", None).await.ok();
    assert_eq!(served["agent_bot"], bot);
    let seen = here(
        &demo,
        &bot["access_token"],
        "GET",
        "/conversations/1",
        Value::Null,
    )
    .await;
    assert_eq!(seen.ok()["status"], "pending");
}

#[tokio::test]
async fn a_bot_that_cannot_be_reached_three_times_in_a_row_hands_over() {
    let (demo, receiver) = (
        super::demo("[20,20,20,600000]").await,
        Receiver::start().await,
    );
    let flags = json!({ "selected_push_flags": ["push_conversation_creation"] });
    let wishes = json!({ "notification_settings": flags });
    let set = demo.agent("PATCH", "/notification_settings", Some(wishes));
    set.await.ok();
    greeter(&demo, &receiver.url("/bot")).await;
    // It stumbles twice, and goes on.
    for _ in 0..2 {
        receiver.answer_next("/bot", Reply::status(500));
    }
    say(&demo, "hello").await;
    receiver.wait_for("/bot", 3).await;
    assert_eq!(conversation(&demo).await["status"], "pending");
    receiver.answer("/bot", Reply::status(503));
    say(&demo, "anybody?").await;
    until("the conversation to be people's", async || {
        (conversation(&demo).await["status"] == "open").then_some(())
    })
    .await;
    let note = "Conversation was opened because its bot cannot be reached";
    let all = demo.messages(1).await;
    let notes: Vec<&Value> = all.iter().filter(|it| it["message_type"] == 2).collect();
    assert_eq!((notes.len(), &notes[0]["content"]), (1, &json!(note)));
    let unread = demo.agent("GET", "/notifications/unread_count", None).await;
    assert_eq!(unread.ok(), 1, "for people it begins here");
    // What fails for others is nobody's conversation.
    serve(&demo, &Value::Null).await;
    let pending = json!({ "status": "pending" });
    let path = "/conversations/1/toggle_status";
    demo.agent("POST", path, Some(pending)).await.ok();
    let hook = json!({ "url": receiver.url("/account") });
    demo.agent("POST", "/webhooks", Some(hook)).await.ok();
    receiver.answer("/account", Reply::status(500));
    say(&demo, "still there?").await;
    receiver.wait_for("/account", 4).await;
    assert_eq!(conversation(&demo).await["status"], "pending");
}

#[tokio::test]
async fn a_conversation_is_given_to_a_bot_that_answers_there() {
    let (demo, receiver) = (Demo::start(BINARY, None).await, Receiver::start().await);
    let bot = greeter(&demo, &receiver.url("/bot")).await;
    let other = json!({ "name": "Elsewhere" });
    let other = demo.agent("POST", "/agent_bots", Some(other)).await.ok();
    say(&demo, "hello").await;
    let path = "/conversations/1/assignments";
    let to = |id: &Value| json!({ "assignee_id": id, "assignee_type": "AgentBot" });
    for (id, status) in [(&other["id"], 422), (&json!(1), 404), (&json!(99), 404)] {
        let refused = demo.agent("POST", path, Some(to(id))).await;
        assert_eq!(refused.status, status, "{}", refused.text());
    }
    let me = json!({ "id": bot["id"], "name": "Greeter", "avatar_url": "", "type": "agent_bot" });
    let given = demo.agent("POST", path, Some(to(&bot["id"]))).await.ok();
    assert_eq!(given, me);
    let shown = conversation(&demo).await;
    assert_eq!(shown["meta"]["assignee"], me);
    assert_eq!(shown["meta"]["assignee_type"], "AgentBot");
    let hook = told(&receiver, "/bot", |it| !it["meta"]["assignee"].is_null()).await;
    assert_eq!(hook.json()["meta"]["assignee"]["id"], bot["id"]);
    let people = demo.agent("GET", "/conversations/1/participants", None);
    assert_eq!(people.await.ok(), json!([]));
    // It answers there no more, and has nothing there.
    serve(&demo, &other["id"]).await;
    let shown = conversation(&demo).await;
    assert_eq!(shown["meta"].get("assignee"), None);
    demo.agent("POST", path, Some(to(&other["id"]))).await.ok();
    let gone = format!("/agent_bots/{}", other["id"]);
    assert_eq!(demo.agent("DELETE", &gone, None).await.status, 200);
    assert_eq!(conversation(&demo).await["meta"].get("assignee"), None);
    let counts = demo
        .agent("GET", "/conversations/meta?status=all", None)
        .await;
    assert_eq!(counts.ok()["meta"]["unassigned_count"], 1);
}
