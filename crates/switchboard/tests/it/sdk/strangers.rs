//! Another account's agent, and what makes no sense.

use super::*;

/// Every route about something of an account, with a body that it takes. `C` is the contact, `N` the conversation,
/// `M` the message, `D` the canned response, `I` the inbox.
const ROUTES: [(&str, &str, &str); 44] = [
    ("GET", "/contacts", ""),
    ("POST", "/contacts", r#"{"name":"x"}"#),
    ("GET", "/contacts/search?q=jana", ""),
    ("GET", "/contacts/active", ""),
    ("POST", "/contacts/filter", r#"{"payload":[]}"#),
    ("GET", "/contacts/C", ""),
    ("PUT", "/contacts/C", r#"{"name":"x"}"#),
    ("DELETE", "/contacts/C", ""),
    ("GET", "/contacts/C/conversations", ""),
    ("POST", "/contacts/C/contact_inboxes", r#"{"inbox_id":I}"#),
    ("GET", "/contacts/C/contactable_inboxes", ""),
    (
        "POST",
        "/contacts/C/destroy_custom_attributes",
        r#"{"custom_attributes":["a"]}"#,
    ),
    ("GET", "/contacts/C/notes", ""),
    ("POST", "/contacts/C/notes", r#"{"content":"x"}"#),
    (
        "POST",
        "/actions/contact_merge",
        r#"{"base_contact_id":C,"mergee_contact_id":C}"#,
    ),
    (
        "POST",
        "/contact_inboxes/filter",
        r#"{"inbox_id":I,"source_id":"jana"}"#,
    ),
    ("GET", "/conversations", ""),
    ("GET", "/conversations/meta", ""),
    ("POST", "/conversations", r#"{"inbox_id":I,"contact_id":C}"#),
    ("GET", "/conversations/N", ""),
    ("PATCH", "/conversations/N", r#"{"priority":"low"}"#),
    (
        "POST",
        "/conversations/N/toggle_priority",
        r#"{"priority":"low"}"#,
    ),
    (
        "POST",
        "/conversations/N/custom_attributes",
        r#"{"custom_attributes":{}}"#,
    ),
    ("POST", "/conversations/N/mute", ""),
    ("POST", "/conversations/N/unmute", ""),
    ("POST", "/conversations/N/unread", ""),
    ("POST", "/conversations/N/toggle_status", "{}"),
    (
        "POST",
        "/conversations/N/toggle_typing_status",
        r#"{"typing_status":"on"}"#,
    ),
    (
        "POST",
        "/conversations/N/assignments",
        r#"{"assignee_id":0}"#,
    ),
    ("POST", "/conversations/N/update_last_seen", ""),
    ("GET", "/conversations/N/messages", ""),
    ("POST", "/conversations/N/messages", r#"{"content":"x"}"#),
    (
        "PATCH",
        "/conversations/N/messages/M",
        r#"{"status":"read"}"#,
    ),
    ("DELETE", "/conversations/N/messages/M", ""),
    ("POST", "/conversations/N/messages/M/retry", ""),
    ("GET", "/canned_responses", ""),
    ("GET", "/canned_responses/D", ""),
    ("PATCH", "/canned_responses/D", r#"{"content":"x"}"#),
    ("DELETE", "/canned_responses/D", ""),
    ("GET", "/custom_attribute_definitions", ""),
    ("GET", "/inboxes", ""),
    ("GET", "/inboxes/I", ""),
    ("PATCH", "/inboxes/I", r#"{"name":"x"}"#),
    ("GET", "/cache_keys", ""),
];

/// Starts the demo again with a second account, and returns the access token of its administrator.
pub(crate) async fn stranger(demo: &mut Demo) -> String {
    assert!(demo.terminate());
    demo.setup(&["account", "Theirs"], "");
    let eve = [
        "agent",
        "--account",
        "2",
        "--name",
        "Eve",
        "--email",
        "eve@m.test",
        "--administrator",
    ];
    demo.setup(&eve, "correct horse\n");
    demo.restart().await;
    let body = json!({ "email": "eve@m.test", "password": "correct horse" }).to_string();
    let headers = [("content-type", "application/json")];
    let signed = demo
        .client
        .send("POST", &demo.url("/auth/sign_in"), &headers, body)
        .await
        .ok();
    signed["data"]["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn another_accounts_things_are_not_there() {
    let mut sdk = Sdk::start().await;
    let inbox = sdk.api_inbox();
    let data =
        json!({ "name": "jana", "identifier": "c-7", "inbox_id": inbox, "source_id": "jana" });
    let made = sdk
        .call("contacts", "create", json!({ "data": data }))
        .await;
    let contact = made["payload"]["contact"]["id"].clone();
    let data = json!({ "inbox_id": inbox, "contact_id": contact, "message": { "content": "hi" } });
    let begun = sdk
        .call("conversations", "create", json!({ "data": data }))
        .await;
    let canned = json!({ "short_code": "a", "content": "b" });
    let canned = sdk
        .call("cannedResponses", "create", json!({ "data": canned }))
        .await;
    let token = stranger(&mut sdk.demo).await;
    // A stopping server waits for what is on its way: from here on nothing changes by itself.
    let before = sdk.demo.agent("GET", "/conversations/1", None).await.ok();
    let (demo, token) = (&sdk.demo, token.as_str());
    let message = &begun["messages"][0]["id"];
    for (method, path, body) in ROUTES {
        let fill = |text: &str| {
            text.replace("/C", &format!("/{contact}"))
                .replace(":C", &format!(":{contact}"))
                .replace("/N", "/1")
                .replace("/M", &format!("/{message}"))
                .replace("/D", &format!("/{}", canned["id"]))
                .replace("/I", &format!("/{inbox}"))
                .replace(":I", &format!(":{inbox}"))
        };
        let headers = [
            ("api_access_token", token),
            ("content-type", "application/json"),
        ];
        for (account, expected) in [(1, 401), (2, 404)] {
            let url = demo.url(&format!("/api/v1/accounts/{account}{}", fill(path)));
            let answer = demo.client.send(method, &url, &headers, fill(body)).await;
            if account == 1 {
                assert_eq!(answer.status, expected, "{method} {path} {}", answer.text());
            } else if fill(path) != path || fill(body) != body {
                // In her own account, by the number of somebody else's.
                assert_eq!(answer.status, expected, "{method} {path} {}", answer.text());
            } else {
                let told = answer.text();
                assert!(
                    answer.status < 500 && !told.contains("jana"),
                    "{method} {path} {told}"
                );
            }
        }
    }
    assert_eq!(
        demo.agent("GET", "/conversations/1", None).await.ok(),
        before
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn what_makes_no_sense_is_refused_and_stores_nothing() {
    let mut sdk = Sdk::start().await;
    let inbox = sdk.api_inbox();
    let data = json!({ "name": "jana", "identifier": "c-7" });
    let made = sdk
        .call("contacts", "create", json!({ "data": data }))
        .await;
    let contact = made["payload"]["contact"]["id"].clone();
    let long = "x".repeat(70_000);
    for (method, path, body, status) in [
        ("POST", "/contacts", json!({ "email": "no address" }), 422),
        ("POST", "/contacts", json!({ "phone_number": "12" }), 422),
        ("POST", "/contacts", json!({ "name": {} }), 422),
        ("POST", "/contacts", json!({ "inbox_id": 99 }), 404),
        (
            "POST",
            "/contacts",
            json!({ "custom_attributes": { "x": long } }),
            422,
        ),
        ("POST", "/contacts", json!([]), 400),
        ("GET", "/contacts/search", json!({}), 422),
        ("GET", "/contacts?page=x", json!({}), 422),
        ("GET", "/contacts/x", json!({}), 404),
        ("POST", "/contacts/filter", json!({}), 422),
        (
            "POST",
            "/contacts/filter",
            json!({ "payload": [{ "attribute_key": "shoe_size" }] }),
            422,
        ),
        ("POST", "/contacts/filter", json!({ "payload": [5] }), 422),
        (
            "POST",
            "/actions/contact_merge",
            json!({ "base_contact_id": contact }),
            422,
        ),
        ("POST", "/conversations", json!({}), 422),
        ("POST", "/conversations", json!({ "inbox_id": inbox }), 422),
        (
            "POST",
            "/conversations",
            json!({ "inbox_id": inbox, "contact_id": 7 }),
            404,
        ),
        (
            "POST",
            "/conversations",
            json!({ "inbox_id": 1, "contact_id": contact }),
            422,
        ),
        (
            "POST",
            "/conversations",
            json!({ "inbox_id": inbox, "contact_id": contact, "status": "lost" }),
            422,
        ),
        (
            "POST",
            "/conversations",
            json!({ "inbox_id": inbox, "contact_id": contact, "assignee_id": 99 }),
            404,
        ),
        (
            "POST",
            "/canned_responses",
            json!({ "short_code": "a" }),
            422,
        ),
        (
            "POST",
            "/canned_responses",
            json!({ "short_code": "a", "content": long }),
            422,
        ),
        ("POST", "/custom_filters", json!({ "name": " " }), 422),
        ("GET", "/canned_responses/7", json!({}), 404),
    ] {
        let answer = sdk.demo.agent(method, path, Some(body.clone())).await;
        assert_eq!(
            answer.status,
            status,
            "{method} {path} {} {}",
            body.to_string()
                .get(..80.min(body.to_string().len()))
                .unwrap(),
            answer.text()
        );
    }
    let page = sdk.call("contacts", "list", json!({})).await;
    assert_eq!(page["meta"]["count"], 1);
    let list = sdk
        .call("conversations", "list", json!({ "status": "all" }))
        .await;
    assert_eq!(list["data"]["meta"]["all_count"], 0);
    assert_eq!(
        sdk.call("cannedResponses", "list", json!({})).await,
        json!([])
    );
}
