//! The agents' interface as an agent's program uses it, and what a stop leaves behind.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    http::{Answer, Form as Upload},
    json::keys,
};

use crate::BINARY;

/// Somebody writes; their conversation gets the next number.
async fn write(demo: &Demo, from: &str, message_id: &str) {
    demo.post(json!([demo.inbound(from, message_id, message_id)]))
        .await
        .ok();
}

async fn get(demo: &Demo, path: &str) -> Value {
    demo.agent("GET", path, None).await.ok()
}

async fn post(demo: &Demo, path: &str, body: Value) -> Value {
    demo.agent("POST", path, Some(body)).await.ok()
}

async fn sign_in(demo: &Demo, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password }).to_string();
    let headers = [("content-type", "application/json")];
    demo.client
        .send("POST", &demo.url("/auth/sign_in"), &headers, body)
        .await
}

/// What a client keeps of a sign-in.
struct SignedIn {
    shown: Vec<(&'static str, String)>,
    profile: Value,
}

/// The ways in which a client may show it.
#[derive(Debug, Clone, Copy)]
enum Form {
    Headers,
    Bearer,
    Query,
}

const FORMS: [Form; 3] = [Form::Headers, Form::Bearer, Form::Query];

impl SignedIn {
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let names = ["access-token", "token-type", "client", "expiry", "uid"];
        let shown = names.map(|name| (name, answer.header(name).to_owned()));
        assert!(shown.iter().all(|(_, it)| !it.is_empty()), "{shown:?}");
        Self {
            shown: shown.to_vec(),
            profile: answer.json()["data"].clone(),
        }
    }

    async fn call(&self, demo: &Demo, method: &str, path: &str, form: Form) -> Answer {
        let all = self
            .shown
            .iter()
            .map(|(name, it)| ((*name).to_owned(), json!(it)));
        let bearer = Value::Object(all.collect()).to_string();
        let bearer = format!("Bearer {}", STANDARD.encode(bearer));
        let headers: Vec<(&str, &str)> = match form {
            Form::Headers => self
                .shown
                .iter()
                .map(|(name, it)| (*name, it.as_str()))
                .collect(),
            Form::Bearer => vec![("authorization", &bearer)],
            Form::Query => Vec::new(),
        };
        let mut url = demo.url(path);
        if matches!(form, Form::Query) {
            let query: Vec<String> = self
                .shown
                .iter()
                .map(|(n, it)| format!("{n}={it}"))
                .collect();
            url = format!("{url}?{}", query.join("&"));
        }
        demo.client.send(method, &url, &headers, "").await
    }
}

#[tokio::test]
async fn a_sign_in_works_in_every_form() {
    let demo = Demo::start(BINARY, None).await;
    let email = demo.text("/agents/1/email");
    let answer = sign_in(
        &demo,
        &email.to_uppercase(),
        &demo.text("/agents/1/password"),
    )
    .await;
    assert_eq!(answer.header("uid"), email);
    let signed_in = SignedIn::of(&answer);

    let profile = &signed_in.profile;
    assert_eq!(profile["id"].to_string(), demo.text("/agents/1/id"));
    assert_eq!(profile["access_token"], demo.text("/agents/1/access_token"));
    assert_eq!(profile["pubsub_token"], demo.text("/agents/1/pubsub_token"));
    #[rustfmt::skip]
    let expected = [
        "access_token", "account_id", "accounts", "available_name", "avatar_url", "confirmed",
        "display_name", "email", "id", "inviter_id", "message_signature", "name", "provider",
        "pubsub_token", "role", "type", "ui_settings", "uid",
    ];
    assert_eq!(keys(profile), expected);
    assert_eq!(profile["accounts"][0]["role"], "agent");

    let inboxes = format!("/api/v1/accounts/{}/inboxes", demo.text("/account_id"));
    for form in FORMS {
        let shown = signed_in.call(&demo, "GET", "/api/v1/profile", form).await;
        assert_eq!(&shown.ok(), profile, "{form:?}");
        let valid = signed_in
            .call(&demo, "GET", "/auth/validate_token", form)
            .await
            .ok();
        assert_eq!(
            valid["payload"],
            json!({ "success": true, "data": profile }),
            "{form:?}"
        );
        assert_eq!(
            signed_in.call(&demo, "GET", &inboxes, form).await.status,
            200,
            "{form:?}"
        );
    }
}

#[tokio::test]
async fn a_sign_out_ends_one_sign_in_in_every_form_and_no_other() {
    let demo = Demo::start(BINARY, None).await;
    let (email, password) = (
        demo.text("/agents/1/email"),
        demo.text("/agents/1/password"),
    );
    let signed_in = SignedIn::of(&sign_in(&demo, &email, &password).await);
    let mut other = SignedIn::of(&sign_in(&demo, &email, &password).await);
    let ended = signed_in
        .call(&demo, "DELETE", "/auth/sign_out", Form::Bearer)
        .await;
    assert_eq!(ended.ok(), json!({ "success": true }));

    let not_signed_in = json!({ "errors": ["You need to sign in or sign up before continuing."] });
    for form in FORMS {
        let again = signed_in
            .call(&demo, "DELETE", "/auth/sign_out", form)
            .await;
        assert_eq!(
            (again.status, &again.json()["success"]),
            (404, &json!(false))
        );
        let ended = signed_in
            .call(&demo, "GET", "/auth/validate_token", form)
            .await;
        assert_eq!(
            (ended.status, &ended.json()["success"]),
            (401, &json!(false))
        );
        let ended = signed_in.call(&demo, "GET", "/api/v1/profile", form).await;
        assert_eq!((ended.status, ended.json()), (401, not_signed_in.clone()));
    }
    let profile = other
        .call(&demo, "GET", "/api/v1/profile", Form::Headers)
        .await;
    assert_eq!(profile.status, 200);
    // A token of another device, another device, and another person do not fit.
    let first_token = signed_in.shown[0].1.clone();
    for (at, wrong) in [
        (0, first_token.as_str()),
        (2, "x"),
        (4, "alice@demo.example"),
    ] {
        let right = std::mem::replace(&mut other.shown[at].1, wrong.to_owned());
        let refused = other
            .call(&demo, "GET", "/api/v1/profile", Form::Headers)
            .await;
        assert_eq!(refused.status, 401, "{wrong}");
        other.shown[at].1 = right;
    }
}

#[tokio::test]
async fn conversations_are_listed_by_status_assignee_and_inbox_in_pages() {
    let demo = Demo::start(BINARY, None).await;
    for number in 1..=30 {
        write(
            &demo,
            &format!("3859100000{number:02}"),
            &format!("m-{number}"),
        )
        .await;
    }
    let (alice, bob) = (demo.text("/agents/0/id"), demo.text("/agents/1/id"));
    for (number, agent) in [(1, &alice), (2, &alice), (3, &bob)] {
        post(
            &demo,
            &format!("/conversations/{number}/assignments"),
            json!({ "assignee_id": agent }),
        )
        .await;
    }
    for number in [3, 4, 5] {
        post(
            &demo,
            &format!("/conversations/{number}/toggle_status"),
            json!({ "status": "resolved" }),
        )
        .await;
    }
    post(
        &demo,
        "/conversations/6/toggle_status",
        json!({ "status": "pending" }),
    )
    .await;

    let inbox = demo.text("/ctlive/inbox_id");
    let numbers = |range: std::ops::RangeInclusive<i64>| range.rev().collect::<Vec<i64>>();
    // Whatever was done with one last comes first.
    let open: Vec<i64> = [vec![2, 1], numbers(7..=30)].concat();
    // Counts are of the status and inbox, whoever asked for whose: mine, assigned, unassigned, all.
    #[rustfmt::skip]
    let table: Vec<(String, Vec<i64>, [i64; 4])> = vec![
        (String::new(), open[..25].to_vec(), [2, 2, 24, 26]),
        ("?page=2".to_owned(), open[25..].to_vec(), [2, 2, 24, 26]),
        ("?page=3".to_owned(), vec![], [2, 2, 24, 26]),
        ("?page=0".to_owned(), open[..25].to_vec(), [2, 2, 24, 26]),
        ("?status=resolved".to_owned(), vec![5, 4, 3], [0, 1, 2, 3]),
        ("?status=pending".to_owned(), vec![6], [0, 0, 1, 1]),
        ("?status=snoozed".to_owned(), vec![], [0, 0, 0, 0]),
        ("?status=all&page=2".to_owned(), numbers(7..=11), [2, 3, 27, 30]),
        ("?assignee_type=me".to_owned(), vec![2, 1], [2, 2, 24, 26]),
        ("?assignee_type=assigned&status=all".to_owned(), vec![3, 2, 1], [2, 3, 27, 30]),
        ("?assignee_type=unassigned&status=resolved".to_owned(), vec![5, 4], [0, 1, 2, 3]),
        (format!("?inbox_id={inbox}&status=resolved"), vec![5, 4, 3], [0, 1, 2, 3]),
        ("?inbox_id=999&status=all".to_owned(), vec![], [0, 0, 0, 0]),
        (format!("?inbox_id={inbox}&assignee_type=me&status=all"), vec![2, 1], [2, 3, 27, 30]),
    ];
    for (query, expected, counts) in table {
        let page = get(&demo, &format!("/conversations{query}")).await["data"].clone();
        let listed: Vec<i64> = page["payload"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_i64().unwrap())
            .collect();
        assert_eq!(listed, expected, "{query}");
        let [mine, assigned, unassigned, all] = counts;
        let meta = json!({
            "mine_count": mine, "assigned_count": assigned, "unassigned_count": unassigned,
            "all_count": all,
        });
        assert_eq!(page["meta"], meta, "{query}");
        let query = query.replace("page=", "x=");
        assert_eq!(
            get(&demo, &format!("/conversations/meta{query}")).await["meta"],
            meta,
            "{query}"
        );
    }
    // A new message brings a conversation to the front.
    write(&demo, "385910000001", "again").await;
    assert_eq!(
        get(&demo, "/conversations").await["data"]["payload"][0]["id"],
        1
    );
}

#[tokio::test]
async fn messages_come_in_ascending_pages_from_either_end() {
    let demo = Demo::start(BINARY, None).await;
    for number in 0..130 {
        write(&demo, "385910000001", &format!("m-{number}")).await;
    }
    let all = demo.messages(1).await;
    let ids: Vec<i64> = all.iter().map(|it| it["id"].as_i64().unwrap()).collect();
    assert_eq!(ids.len(), 130);
    assert!(ids.is_sorted());
    let (first, middle, last) = (ids[0], ids[50], ids[129]);
    #[rustfmt::skip]
    let table = [
        (String::new(), &ids[110..]),
        (format!("?before={middle}"), &ids[30..50]),
        (format!("?before={first}"), &ids[..0]),
        (format!("?before={}", ids[3]), &ids[..3]),
        (format!("?after={middle}"), &ids[51..]),
        (format!("?after={first}"), &ids[1..101]),
        (format!("?after={last}"), &ids[..0]),
        (format!("?after={first}&before={last}"), &ids[..129]),
        (format!("?after={middle}&before={}", ids[52]), &ids[50..52]),
        ("?before=&after=".to_owned(), &ids[110..]),
    ];
    for (query, expected) in table {
        let page = get(&demo, &format!("/conversations/1/messages{query}")).await;
        let page = page["payload"].as_array().unwrap();
        let listed: Vec<i64> = page.iter().map(|it| it["id"].as_i64().unwrap()).collect();
        assert_eq!(listed, expected, "{query}");
    }
    let page = get(&demo, "/conversations/1/messages").await;
    assert_eq!(page["meta"]["contact"]["name"], "Frank");
    assert_eq!(page["meta"]["agent_last_seen_at"], Value::Null);
    #[rustfmt::skip]
    let expected = [
        "account_id", "additional_attributes", "content", "content_attributes", "content_type", "conversation",
        "conversation_id", "created_at", "external_source_ids", "id", "inbox_id", "message_type", "private",
        "processed_message_content", "sender", "sender_id", "sender_type", "sentiment", "source_id", "status",
        "updated_at",
    ];
    assert_eq!(keys(&page["payload"][0]), expected);
    assert_eq!(page["payload"][0]["message_type"], 0);
}

#[tokio::test]
async fn a_message_may_bring_files_and_say_what_it_answers() {
    let demo = Demo::start(BINARY, None).await;
    write(&demo, "385910000001", "in-1").await;
    let theirs = demo.messages(1).await[0]["id"].clone();
    let path = "/conversations/1/messages";

    let form = Upload::default()
        .text("content", "See file")
        .text("private", "false")
        .text("echo_id", "e-7")
        .text(
            "content_attributes",
            &json!({ "in_reply_to": theirs, "mood": "fine" }).to_string(),
        )
        .file("attachments[]", "notes.txt", "text/plain", b"some notes");
    let said = demo.agent_form(path, form).await.ok();
    assert_eq!(
        (&said["content"], &said["echo_id"]),
        (&json!("See file"), &json!("e-7"))
    );
    let attributes =
        json!({ "in_reply_to": theirs, "in_reply_to_external_id": "in-1", "mood": "fine" });
    assert_eq!(said["content_attributes"], attributes);
    assert_eq!(said["sender"]["email"], Value::Null);
    assert_eq!(said["sender"]["name"], "Alice Demo");
    let file = &said["attachments"][0];
    assert_eq!(
        (&file["file_type"], &file["file_size"], &file["extension"]),
        (&json!("file"), &json!(10), &json!("txt"))
    );
    let got = demo
        .client
        .send("GET", file["data_url"].as_str().unwrap(), &[], "")
        .await;
    assert_eq!((got.status, &got.body[..]), (200, &b"some notes"[..]));
    let picture =
        Upload::default().file("attachments[]", "x.png", "image/png", b"\x89PNG\r\n\x1a\n");
    let picture = demo.agent_form(path, picture).await.ok();
    assert_eq!(
        (&picture["content"], &picture["attachments"][0]["file_type"]),
        (&Value::Null, &json!("image"))
    );
}

#[tokio::test]
async fn a_message_may_be_a_note_and_may_come_as_a_plain_form() {
    let demo = Demo::start(BINARY, None).await;
    write(&demo, "385910000001", "in-1").await;
    let path = "/conversations/1/messages";
    let note = post(
        &demo,
        path,
        json!({ "content": "between us", "private": "true" }),
    )
    .await;
    assert_eq!(
        (&note["private"], &note["status"]),
        (&json!(true), &json!("sent"))
    );
    let url = demo.url(&format!(
        "/api/v1/accounts/{}{path}",
        demo.text("/account_id")
    ));
    let token = demo.text("/agents/0/access_token");
    let headers = [
        ("Api-Access-Token", token.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let said = demo
        .client
        .send("POST", &url, &headers, "content=a+form+%C3%BC&private=0")
        .await
        .ok();
    assert_eq!(
        (&said["content"], &said["message_type"]),
        (&json!("a form ü"), &json!(1))
    );
}

#[tokio::test]
async fn the_same_key_is_the_same_message_and_the_same_echo_is_not() {
    let demo = Demo::start(BINARY, None).await;
    write(&demo, "385910000001", "in-1").await;
    write(&demo, "385910000002", "in-2").await;
    let token = demo.text("/agents/0/access_token");
    let say = async |conversation: i64, key: Option<&str>, body: Value| {
        let path = format!("/conversations/{conversation}/messages");
        let url = demo.url(&format!(
            "/api/v1/accounts/{}{path}",
            demo.text("/account_id")
        ));
        let mut headers = vec![("api_access_token", token.as_str())];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        demo.client
            .send("POST", &url, &headers, body.to_string())
            .await
            .ok()
    };
    let body = json!({ "content": "once", "echo_id": "e-1" });
    let first = say(1, Some("k-1"), body.clone()).await;
    let second = say(1, Some("k-1"), body.clone()).await;
    assert_eq!(
        (&first["id"], &first["echo_id"]),
        (&second["id"], &json!("e-1"))
    );
    assert_eq!(second["echo_id"], "e-1");
    assert_ne!(say(1, Some("k-2"), body.clone()).await["id"], first["id"]);
    assert_ne!(say(2, Some("k-1"), body).await["id"], first["id"]);
    // An echo id only finds its way back: a program that always sends the same loses nothing by it.
    for content in ["a", "b", "b"] {
        let said = say(1, None, json!({ "content": content, "echo_id": 1 })).await;
        assert_eq!(
            (&said["content"], &said["echo_id"]),
            (&json!(content), &json!("1"))
        );
    }
    let all = demo.messages(1).await;
    let said: Vec<&str> = all
        .iter()
        .map(|it| it["content"].as_str().unwrap())
        .collect();
    assert_eq!(said, ["in-1", "once", "once", "a", "b", "b"]);

    let at_once = (0..16).map(|_| say(2, Some("k-9"), json!({ "content": "sixteen" })));
    let all = futures_util::future::join_all(at_once).await;
    assert!(all.iter().all(|it| it["id"] == all[0]["id"]));
    let all = demo.messages(2).await;
    assert_eq!(
        all.iter().filter(|it| it["content"] == "sixteen").count(),
        1
    );
}

#[tokio::test]
async fn a_conversation_changes_its_status_its_agent_and_what_is_unread() {
    let demo = Demo::start(BINARY, None).await;
    write(&demo, "385910000001", "in-1").await;
    write(&demo, "385910000001", "in-2").await;
    let toggle = async |body: Value| post(&demo, "/conversations/1/toggle_status", body).await;
    #[rustfmt::skip]
    let table = [
        (json!({}), "resolved", Value::Null),
        (json!({}), "open", Value::Null),
        (json!({ "status": "pending" }), "pending", Value::Null),
        (json!({}), "open", Value::Null),
        (json!({ "status": "snoozed", "snoozed_until": 2_000_000_000 }), "snoozed", json!(2_000_000_000)),
        (json!({ "status": "snoozed" }), "snoozed", Value::Null),
        (json!({ "status": "resolved" }), "resolved", Value::Null),
        (json!({ "status": "resolved" }), "resolved", Value::Null),
    ];
    for (body, status, until) in table {
        let toggled = toggle(body.clone()).await;
        let payload = json!({
            "success": true, "conversation_id": 1, "current_status": status, "snoozed_until": until,
        });
        assert_eq!(toggled["payload"], payload, "{body}");
        assert_eq!(
            get(&demo, "/conversations/1").await["status"],
            status,
            "{body}"
        );
    }
    write(&demo, "385910000001", "in-3").await;
    let opened = get(&demo, "/conversations/1").await;
    assert_eq!(
        (&opened["status"], &opened["unread_count"]),
        (&json!("open"), &json!(3))
    );
    // An empty body is as good as an empty object.
    assert_eq!(
        demo.agent("POST", "/conversations/1/toggle_status", None)
            .await
            .ok()["payload"]["current_status"],
        "resolved"
    );
    toggle(json!({ "status": "snoozed" })).await;
    write(&demo, "385910000001", "in-4").await;
    assert_eq!(get(&demo, "/conversations/1").await["status"], "open");

    let assign = async |body: Value| post(&demo, "/conversations/1/assignments", body).await;
    let bob = demo.text("/agents/1/id");
    let assigned = assign(json!({ "assignee_id": bob })).await;
    assert_eq!(
        (&assigned["name"], assigned["id"].to_string()),
        (&json!("Bob Demo"), bob)
    );
    assert_eq!(
        get(&demo, "/conversations/1").await["meta"]["assignee"],
        assigned
    );
    for nobody in [json!(0), Value::Null] {
        assign(json!({ "assignee_id": 1 })).await;
        assert_eq!(assign(json!({ "assignee_id": nobody })).await, Value::Null);
        assert_eq!(
            get(&demo, "/conversations/1").await["meta"]["assignee"],
            Value::Null
        );
    }

    let before = get(&demo, "/conversations/1").await;
    assert_eq!(
        (&before["unread_count"], &before["agent_last_seen_at"]),
        (&json!(4), &json!(0))
    );
    let seen = post(&demo, "/conversations/1/update_last_seen", json!({})).await;
    assert_eq!((&seen["id"], &seen["unread_count"]), (&json!(1), &json!(0)));
    assert!(seen["agent_last_seen_at"].as_i64().unwrap() > 0);
    assert_eq!(get(&demo, "/conversations/1").await["unread_count"], 0);
    write(&demo, "385910000001", "in-5").await;
    assert_eq!(get(&demo, "/conversations/1").await["unread_count"], 1);
}

#[tokio::test]
async fn agents_inboxes_and_contacts_have_their_documented_shapes() {
    let demo = Demo::start(BINARY, None).await;
    write(&demo, "385910000001", "in-1").await;
    let agents = get(&demo, "/agents").await;
    let names: Vec<&str> = agents
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Alice Demo", "Bob Demo"]);
    #[rustfmt::skip]
    let expected = [
        "account_id", "auto_offline", "availability_status", "available_name", "confirmed",
        "email", "id", "name", "provider", "role", "thumbnail",
    ];
    assert_eq!(keys(&agents[0]), expected);
    assert_eq!(
        (&agents[0]["role"], &agents[1]["role"]),
        (&json!("administrator"), &json!("agent"))
    );

    let inboxes = get(&demo, "/inboxes").await;
    let inbox = &inboxes["payload"][0];
    assert_eq!(inbox["id"].to_string(), demo.text("/ctlive/inbox_id"));
    assert_eq!(
        (&inbox["channel_type"], &inbox["phone_number"]),
        (&json!("Channel::Api"), &json!(demo.text("/ctlive/to")))
    );
    assert_eq!(
        &get(&demo, &format!("/inboxes/{}", inbox["id"])).await,
        inbox
    );
    assert!(!inbox.to_string().contains(&demo.text("/ctlive/password")));

    let conversation = get(&demo, "/conversations/1").await;
    #[rustfmt::skip]
    let expected = [
        "account_id", "additional_attributes", "agent_last_seen_at", "assignee_last_seen_at",
        "can_reply", "contact_last_seen_at", "created_at", "custom_attributes",
        "first_reply_created_at", "id", "inbox_id", "labels", "last_activity_at",
        "last_non_activity_message", "messages", "meta", "muted", "priority", "sla_policy_id",
        "snoozed_until", "status", "timestamp", "unread_count", "updated_at", "uuid",
        "waiting_since",
    ];
    assert_eq!(keys(&conversation), expected);
    let mut contact = get(
        &demo,
        &format!("/contacts/{}", conversation["meta"]["sender"]["id"]),
    )
    .await;
    // Alone, a contact is shown with its addresses and when it was last active.
    let shown = contact["payload"].as_object_mut().unwrap();
    let addresses = shown.remove("contact_inboxes").unwrap();
    assert_eq!(addresses[0]["source_id"], "385910000001");
    let active = shown.remove("last_activity_at").unwrap();
    assert_eq!(active, conversation["last_activity_at"]);
    assert_eq!(contact["payload"], conversation["meta"]["sender"]);
    assert_eq!(contact["payload"]["phone_number"], "+385910000001");
    let missing = demo.agent("GET", "/contacts/1", None).await;
    assert_eq!(
        (missing.status, missing.json()),
        (404, json!({ "error": "Resource could not be found" }))
    );
}

#[tokio::test]
async fn a_stop_is_orderly_and_a_second_start_finds_everything() {
    let mut demo = Demo::start(BINARY, None).await;
    write(&demo, "385910000001", "in-1").await;
    let headers_of = sign_in(
        &demo,
        &demo.text("/agents/0/email"),
        &demo.text("/agents/0/password"),
    )
    .await;
    let card = demo.card.clone();
    let messages = demo.messages(1).await;

    let began = Instant::now();
    assert!(
        demo.terminate(),
        "it did not end well: {}",
        std::fs::read_to_string(demo.log()).unwrap()
    );
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    // Nothing is left beside the one file of the database.
    assert!(!demo.data().join("switchboard.db-wal").exists());
    demo.restart().await;

    let mut again = demo.card.clone();
    let (old, new) = (
        &card["chatapp"]["access_token"],
        &mut again["chatapp"]["access_token"],
    );
    assert_ne!(old, new);
    *new = old.clone();
    assert_eq!(again, card);
    assert_eq!(demo.messages(1).await, messages);
    // Tokens of before still work: those that are sealed and those that are stored.
    let shown = ["access-token", "client", "uid"].map(|name| (name, headers_of.header(name)));
    assert_eq!(
        demo.client
            .send("GET", &demo.url("/api/v1/profile"), &shown, "")
            .await
            .status,
        200
    );
    let token = card["chatapp"]["access_token"].as_str().unwrap();
    let checked = demo
        .client
        .send(
            "GET",
            &demo.url("/v1/tokens/check"),
            &[("authorization", token)],
            "",
        )
        .await;
    assert_eq!(checked.status, 200);
    write(&demo, "385910000001", "in-2").await;
    assert_eq!(demo.messages(1).await.len(), 2);
}
