//! The agents' interface as an unmodified @figuro/chatwoot-sdk uses it, and what strangers and nonsense get.

mod services;
pub(crate) mod strangers;

use serde_json::{Value, json};
use testkit::{demo::Demo, node::Node};

use crate::BINARY;

/// A program with the library, as the first agent.
struct Sdk {
    demo: Demo,
    node: Node,
}

impl Sdk {
    async fn start() -> Self {
        let demo = Demo::start(BINARY, None).await;
        let token = demo.text("/agents/0/access_token");
        Self::with(demo, &token)
    }

    /// The same with another token.
    fn with(demo: Demo, token: &str) -> Self {
        let config = json!({
            "client": "@figuro/chatwoot-sdk", "base": demo.url(""), "token": token,
        });
        let node = Node::run("chatwoot-sdk.mjs", config);
        Self { demo, node }
    }

    async fn asks(&mut self, service: &str, method: &str, mut parameters: Value) -> Value {
        if parameters.get("accountId").is_none() {
            parameters["accountId"] = json!(1);
        }
        let call = json!({ "call": [service, method, parameters] });
        self.node.send(call).await;
        let is_over = |line: &Value| line.get("answer").is_some() || line.get("refused").is_some();
        self.node.expect(method, is_over).await
    }

    async fn call(&mut self, service: &str, method: &str, parameters: Value) -> Value {
        let mut line = self.asks(service, method, parameters).await;
        assert!(line.get("answer").is_some(), "{service}.{method}: {line}");
        line["answer"].take()
    }

    async fn refused(&mut self, service: &str, method: &str, parameters: Value) -> i64 {
        let line = self.asks(service, method, parameters).await;
        line["refused"]
            .as_i64()
            .unwrap_or_else(|| panic!("{service}.{method}: {line}"))
    }

    fn api_inbox(&self) -> i64 {
        let all = self.demo.card["onechat"]["inboxes"].as_array().unwrap();
        let found = all.iter().find(|it| it["kind"] == "api").unwrap();
        found["id"].as_i64().unwrap()
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn contacts_are_added_found_changed_and_removed() {
    let mut sdk = Sdk::start().await;
    let inbox = sdk.api_inbox();
    let data = json!({
        "inbox_id": inbox, "name": "Jana", "email": "Jana@shop.example",
        "phone_number": "+420601000001", "identifier": "c-7", "custom_attributes": { "plan": "gold" },
    });
    let made = sdk
        .call("contacts", "create", json!({ "data": data }))
        .await;
    let contact = &made["payload"]["contact"];
    let id = contact["id"].clone();
    assert_eq!(contact["email"], "jana@shop.example");
    assert_eq!(made["payload"]["contact_inbox"]["inbox"]["id"], inbox);
    assert!(made["payload"]["contact_inbox"]["source_id"].is_string());
    assert_eq!(
        sdk.refused("contacts", "create", json!({ "data": data }))
            .await,
        422
    );
    for n in 0..20 {
        let data = json!({ "name": format!("Guest {n:02}"), "identifier": format!("g-{n}") });
        sdk.call("contacts", "create", json!({ "data": data }))
            .await;
    }
    let page = sdk
        .call("contacts", "list", json!({ "sort": "name" }))
        .await;
    assert_eq!(page["meta"], json!({ "count": 21, "current_page": 1 }));
    assert_eq!(page["payload"].as_array().unwrap().len(), 15);
    assert_eq!(page["payload"][0]["name"], "Guest 00");
    let page = sdk
        .call("contacts", "list", json!({ "sort": "name", "page": 2 }))
        .await;
    assert_eq!(page["payload"][5]["name"], "Jana");
    assert_eq!(
        page["payload"][5]["contact_inboxes"][0]["inbox"]["id"],
        inbox
    );
    for q in ["jan", "SHOP.example", "601000", "c-7"] {
        let found = sdk.call("contacts", "search", json!({ "q": q })).await;
        assert_eq!(found["payload"][0]["id"], id, "{q}");
        assert_eq!(found["meta"]["count"], 1);
    }
    let found = sdk
        .call("contacts", "search", json!({ "q": "100%_" }))
        .await;
    assert_eq!(found["payload"], json!([]), "signs mean themselves");
    // As connectors look somebody up: one of several spellings of a number, or an identifier.
    let condition = |key: &str, value: &str, next: Value| json!({ "attribute_key": key, "filter_operator": "equal_to", "values": [value], "query_operator": next });
    let payload = json!([
        condition("phone_number", "+420999", json!("OR")),
        condition("phone_number", "420601000001", json!("OR")),
        condition("identifier", "c-7", Value::Null),
    ]);
    let found = sdk
        .call("contacts", "filter", json!({ "payload": payload }))
        .await;
    assert_eq!(
        (&found["meta"]["count"], &found["payload"][0]["id"]),
        (&json!(1), &id)
    );

    let data = json!({ "name": "Jana N.", "custom_attributes": { "size": "L" } });
    sdk.call("contacts", "update", json!({ "id": id, "data": data }))
        .await;
    let shown = sdk.call("contacts", "get", json!({ "id": id })).await;
    let attributes = &shown["payload"]["custom_attributes"];
    assert_eq!(attributes, &json!({ "plan": "gold", "size": "L" }));
    assert_eq!(shown["payload"]["email"], "jana@shop.example");
    let places = sdk
        .call("contact", "getContactable", json!({ "id": id }))
        .await;
    let kinds: Vec<_> = places["payload"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["inbox"]["channel_type"])
        .collect();
    assert!(kinds.len() >= 2 && !kinds.contains(&&json!("Channel::WebWidget")));
    let data = json!({ "inbox_id": inbox, "source_id": "crm-7" });
    let place = sdk
        .call("contact", "create", json!({ "id": id, "data": data }))
        .await;
    assert_eq!(place["source_id"], "crm-7");

    // Two records of one person.
    let other = sdk
        .demo
        .agent("GET", "/contacts/search?q=g-3", None)
        .await
        .ok();
    let body = json!({ "base_contact_id": id, "mergee_contact_id": other["payload"][0]["id"] });
    let merged = sdk
        .demo
        .agent("POST", "/actions/contact_merge", Some(body))
        .await
        .ok();
    assert_eq!(merged["id"], id);
    let note = sdk
        .demo
        .agent(
            "POST",
            &format!("/contacts/{id}/notes"),
            Some(json!({ "content": "likes lamps" })),
        )
        .await
        .ok();
    assert_eq!(
        (&note["content"], &note["user"]["id"]),
        (&json!("likes lamps"), &json!(1))
    );
    sdk.call("contacts", "delete", json!({ "id": id })).await;
    assert_eq!(
        sdk.refused("contacts", "get", json!({ "id": id })).await,
        404
    );
    let page = sdk.call("contacts", "list", json!({})).await;
    assert_eq!(page["meta"]["count"], 19);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn conversations_and_messages_are_begun_changed_and_removed() {
    let mut sdk = Sdk::start().await;
    let inbox = sdk.api_inbox();
    let data = json!({ "name": "Jana", "identifier": "c-7" });
    let made = sdk
        .call("contacts", "create", json!({ "data": data }))
        .await;
    let contact = made["payload"]["contact"]["id"].clone();
    // Connectors send numbers as text.
    let data = json!({
        "inbox_id": inbox.to_string(), "contact_id": contact.to_string(), "source_id": "crm-7",
        "additional_attributes": { "referer": "crm" }, "custom_attributes": { "order": "A-1" },
        "message": { "content": "Hello Jana" },
    });
    let begun = sdk
        .call("conversations", "create", json!({ "data": data }))
        .await;
    assert_eq!(begun["messages"][0]["content"], "Hello Jana");
    assert_eq!(begun["custom_attributes"], json!({ "order": "A-1" }));
    let number = begun["id"].as_i64().unwrap();
    let at = |more: Value| {
        let mut all = json!({ "conversationId": number });
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        all
    };
    let of = sdk
        .call("contacts", "listConversations", json!({ "id": contact }))
        .await;
    assert_eq!(of["payload"][0]["id"], number);
    let list = sdk.call("conversations", "list", json!({})).await;
    assert_eq!(list["data"]["meta"]["all_count"], 1);
    let meta = sdk.call("conversations", "getMeta", json!({})).await;
    assert_eq!(meta["meta"]["unassigned_count"], 1);
    let toggled = sdk
        .call(
            "conversations",
            "toggleStatus",
            at(json!({ "data": { "status": "resolved" } })),
        )
        .await;
    assert_eq!(toggled["payload"]["current_status"], "resolved");

    let said = sdk
        .call(
            "messages",
            "create",
            at(json!({ "data": { "content": "Second" } })),
        )
        .await;
    let path = format!("/conversations/{number}/messages/{}", said["id"]);
    let body = json!({ "status": "delivered" });
    let reported = sdk.demo.agent("PATCH", &path, Some(body)).await.ok();
    assert_eq!(reported["status"], "delivered");
    sdk.call("messages", "delete", at(json!({ "messageId": said["id"] })))
        .await;
    let page = sdk.call("messages", "list", at(json!({}))).await;
    let last = &page["payload"][2];
    assert_eq!(last["content"], "This message was deleted");
    assert_eq!(last["content_attributes"]["deleted"], true);
    // What has not failed is not sent again; what has is.
    let retry = format!("{path}/retry");
    assert_eq!(sdk.demo.agent("POST", &retry, None).await.status, 422);
    let other = sdk
        .demo
        .agent(
            "POST",
            &format!("/conversations/{number}/messages"),
            Some(json!({ "content": "Third" })),
        )
        .await
        .ok();
    let path = format!("/conversations/{number}/messages/{}", other["id"]);
    let failed = json!({ "status": "failed", "external_error": "no such number" });
    let failed = sdk.demo.agent("PATCH", &path, Some(failed)).await.ok();
    assert_eq!(
        failed["content_attributes"]["external_error"],
        "no such number"
    );
    let again = sdk
        .demo
        .agent("POST", &format!("{path}/retry"), None)
        .await
        .ok();
    assert_eq!(
        (&again["id"], &again["status"]),
        (&other["id"], &json!("sent"))
    );
}

#[tokio::test]
async fn what_agents_keep_about_a_conversation() {
    let mut sdk = Sdk::start().await;
    let inbox = sdk.api_inbox();
    let data = json!({ "name": "Jana", "identifier": "c-7" });
    let made = sdk
        .call("contacts", "create", json!({ "data": data }))
        .await;
    let contact = made["payload"]["contact"]["id"].clone();
    let data = json!({ "inbox_id": inbox, "contact_id": contact });
    let begun = sdk
        .call("conversations", "create", json!({ "data": data }))
        .await;
    let path = format!("/conversations/{}", begun["id"]);
    let demo = &sdk.demo;
    let priority = json!({ "priority": "urgent" });
    let changed = demo.agent("PATCH", &path, Some(priority)).await.ok();
    assert_eq!(changed["priority"], "urgent");
    let none = json!({ "priority": null });
    demo.agent("POST", &format!("{path}/toggle_priority"), Some(none))
        .await;
    let kept = json!({ "custom_attributes": { "order": "A-2" } });
    let told = demo
        .agent(
            "POST",
            &format!("{path}/custom_attributes"),
            Some(kept.clone()),
        )
        .await
        .ok();
    assert_eq!(told, kept);
    let incoming = json!({ "content": "hi", "message_type": "incoming" });
    demo.agent("POST", &format!("{path}/messages"), Some(incoming))
        .await
        .ok();
    demo.agent("POST", &format!("{path}/update_last_seen"), None)
        .await
        .ok();
    let unread = demo
        .agent("POST", &format!("{path}/unread"), None)
        .await
        .ok();
    assert_eq!(unread["unread_count"], 1);
    assert_eq!(
        demo.agent("POST", &format!("{path}/mute"), None)
            .await
            .status,
        200
    );
    let muted = demo.agent("GET", &path, None).await.ok();
    assert_eq!(
        (&muted["muted"], &muted["status"]),
        (&json!(true), &json!("resolved"))
    );
    assert_eq!(
        (&muted["priority"], &muted["custom_attributes"]),
        (&Value::Null, &kept["custom_attributes"])
    );
    demo.agent("POST", &format!("{path}/unmute"), None).await;
    assert_eq!(demo.agent("GET", &path, None).await.ok()["muted"], false);
    let url = demo.url("/api/v1/profile/availability");
    let token = demo.text("/agents/0/access_token");
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = json!({ "profile": { "availability": "busy", "account_id": 1 } }).to_string();
    let profile = demo.client.send("POST", &url, &headers, body).await.ok();
    assert_eq!(profile["accounts"][0]["availability"], "busy");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn what_people_write_down_is_kept() {
    let mut sdk = Sdk::start().await;
    let data = json!({ "short_code": "hello", "content": "Good day!" });
    let made = sdk
        .call("cannedResponses", "create", json!({ "data": data }))
        .await;
    assert_eq!(
        sdk.refused("cannedResponses", "create", json!({ "data": data }))
            .await,
        422
    );
    let data = json!({ "content": "Good evening!" });
    let changed = sdk
        .call(
            "cannedResponses",
            "update",
            json!({ "id": made["id"], "data": data }),
        )
        .await;
    assert_eq!(
        (&changed["short_code"], &changed["content"]),
        (&json!("hello"), &json!("Good evening!"))
    );
    let found = sdk
        .demo
        .agent("GET", "/canned_responses?search=EVENING", None)
        .await
        .ok();
    assert_eq!(found, json!([changed]));
    let found = sdk
        .demo
        .agent("GET", "/canned_responses?search=night", None)
        .await
        .ok();
    assert_eq!(found, json!([]));
    sdk.call("cannedResponses", "delete", json!({ "id": made["id"] }))
        .await;
    assert_eq!(
        sdk.call("cannedResponses", "list", json!({})).await,
        json!([])
    );

    let data = json!({
        "attribute_display_name": "Plan", "attribute_key": "plan", "attribute_display_type": 0,
        "attribute_model": 1, "attribute_description": "what they pay",
    });
    let made = sdk
        .call("customAttributes", "create", json!({ "data": data }))
        .await;
    let shown = sdk
        .call("customAttributes", "get", json!({ "id": made["id"] }))
        .await;
    assert_eq!(shown, made);
    let none = sdk
        .call("customAttributes", "list", json!({ "attributeModel": "0" }))
        .await;
    assert_eq!(none, json!([]));
    let data = json!({ "name": "Mine", "filter_type": "conversation", "query": { "payload": [] } });
    let made = sdk
        .call(
            "customFilters",
            "create",
            json!({ "data": data, "filterType": "conversation" }),
        )
        .await;
    let shown = sdk
        .call(
            "customFilters",
            "get",
            json!({ "customFilterId": made["id"] }),
        )
        .await;
    assert_eq!(shown["query"], json!({ "payload": [] }));
    // A filter is its agent's own.
    let bob = sdk.demo.text("/agents/1/access_token");
    let url = sdk
        .demo
        .url(&format!("/api/v1/accounts/1/custom_filters/{}", made["id"]));
    let theirs = sdk
        .demo
        .client
        .send("GET", &url, &[("api_access_token", &bob)], "")
        .await;
    assert_eq!(theirs.status, 404);
    sdk.call(
        "customFilters",
        "delete",
        json!({ "customFilterId": made["id"] }),
    )
    .await;

    let inboxes = sdk.call("inboxes", "list", json!({})).await;
    assert!(inboxes["payload"].as_array().unwrap().len() >= 3);
    let inbox = sdk
        .call("inboxes", "get", json!({ "id": sdk.api_inbox() }))
        .await;
    assert_eq!(inbox["channel_type"], "Channel::Api");
    let data = json!({ "name": "Bridge", "channel": { "type": "api" } });
    let inbox = sdk.call("inboxes", "create", json!({ "data": data })).await;
    let data = json!({ "name": "Bridge 2" });
    let changed = sdk
        .call(
            "inboxes",
            "update",
            json!({ "id": inbox["id"], "data": data }),
        )
        .await;
    assert_eq!(changed["name"], "Bridge 2");
    assert_eq!(
        sdk.call("agents", "list", json!({})).await[0]["role"],
        "administrator"
    );
}

#[tokio::test]
async fn a_client_finds_out_whom_it_speaks_to_and_who_may_answer() {
    let mut sdk = Sdk::start().await;
    let inbox = json!({ "inboxId": sdk.api_inbox() });
    let members = sdk.call("inboxes", "listAgents", inbox).await;
    assert_eq!(members["payload"].as_array().unwrap().len(), 2);
    assert_eq!(
        sdk.refused("inboxes", "listAgents", json!({ "inboxId": 99 }))
            .await,
        404
    );
    let demo = &sdk.demo;
    let path = format!("/assignable_agents?inbox_ids[]={}", sdk.api_inbox());
    let assignable = demo.agent("GET", &path, None).await.ok();
    assert_eq!(assignable["payload"], members["payload"]);
    for (path, status) in [("", 422), ("?inbox_ids[]=99", 404), ("?inbox_ids[]=x", 422)] {
        let path = format!("/assignable_agents{path}");
        assert_eq!(demo.agent("GET", &path, None).await.status, status);
    }
    let health = demo.client.send("GET", &demo.url("/health"), &[], "").await;
    assert_eq!(health.ok(), json!({ "status": "woot" }));
    let about = demo
        .client
        .send("GET", &demo.url("/api"), &[], "")
        .await
        .ok();
    assert_eq!(
        (&about["queue_services"], &about["data_services"]),
        (&json!("ok"), &json!("ok"))
    );
    assert_eq!(about["timestamp"].as_str().unwrap().len(), 19);
}

#[tokio::test]
async fn a_conversation_that_was_put_off_comes_back_by_itself() {
    let mut sdk = Sdk::start().await;
    let inbox = sdk.api_inbox();
    let data = json!({ "name": "Jana", "identifier": "c-7" });
    let made = sdk
        .call("contacts", "create", json!({ "data": data }))
        .await;
    let contact = made["payload"]["contact"]["id"].clone();
    let mut begin = async |until: Option<i64>| {
        let data = json!({ "inbox_id": inbox, "contact_id": contact });
        let begun = sdk
            .call("conversations", "create", json!({ "data": data }))
            .await;
        let path = format!("/conversations/{}", begun["id"]);
        let body = json!({ "status": "snoozed", "snoozed_until": until });
        let demo = &sdk.demo;
        demo.agent("POST", &format!("{path}/toggle_status"), Some(body))
            .await
            .ok();
        path
    };
    let soon = domain::Timestamp::now().as_second() + 1;
    let (comes, stays) = (begin(Some(soon)).await, begin(Some(soon + 86_400)).await);
    let waits = begin(None).await;
    let demo = &sdk.demo;
    testkit::wait::until("that it is open", async || {
        let shown = demo.agent("GET", &comes, None).await.ok();
        (shown["status"] == "open" && shown["snoozed_until"].is_null()).then_some(())
    })
    .await;
    for path in [stays, waits] {
        let shown = demo.agent("GET", &path, None).await.ok();
        assert_eq!(shown["status"], "snoozed");
    }
}
