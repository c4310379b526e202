//! OneChat's webhooks: their keys, their signature, and the resource that keeps them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::{
    demo::Demo,
    receiver::{Hook, Receiver, Reply},
    wait::until,
};

use super::{demo, now_s, say};

async fn webhook(demo: &Demo, wanted: Value) -> Value {
    let made = demo.agent("POST", "/webhooks", Some(wanted)).await.ok();
    made["payload"]["webhook"].clone()
}

/// Everything told of an event, in order.
fn told(receiver: &Receiver, event: &str) -> Vec<Value> {
    let got = receiver.got("/in").into_iter().map(|it| it.json());
    got.filter(|it| it["event"] == event).collect()
}

async fn wait_for(receiver: &Receiver, event: &str, count: usize) -> Vec<Value> {
    until(event, async || {
        let told = told(receiver, event);
        (told.len() >= count).then_some(told)
    })
    .await
}

/// Everything told of an event by which an attribute changed, in order.
async fn wait_for_change(
    receiver: &Receiver,
    event: &str,
    attribute: &str,
    count: usize,
) -> Vec<Value> {
    until(attribute, async || {
        let mut told = told(receiver, event);
        told.retain(|it| change_of(it, attribute).is_some());
        (told.len() >= count).then_some(told)
    })
    .await
}

/// What an attribute was and is.
fn change_of(told: &Value, attribute: &str) -> Option<(Value, Value)> {
    let all = told["changed_attributes"].as_array()?;
    let it = all.iter().find_map(|it| it.get(attribute))?;
    Some((it["previous_value"].clone(), it["current_value"].clone()))
}

/// Checks keys and the kinds of their values: `n` number, `s` text, `b` flag, `o` object, `a` list, `0` null, and
/// `?` anything.
fn assert_keys(value: &Value, expected: &[(&str, &str)]) {
    let object = value.as_object().unwrap();
    for (key, kinds) in expected {
        let found = object
            .get(*key)
            .unwrap_or_else(|| panic!("no {key} in {value}"));
        let kind = match found {
            Value::Null => '0',
            Value::Bool(_) => 'b',
            Value::Number(_) => 'n',
            Value::String(_) => 's',
            Value::Array(_) => 'a',
            Value::Object(_) => 'o',
        };
        assert!(*kinds == "?" || kinds.contains(kind), "{key}: {found}");
    }
    let unknown: Vec<&String> = object
        .keys()
        .filter(|key| !expected.iter().any(|(name, _)| name == key))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

const NAMED: [(&str, &str); 2] = [("id", "n"), ("name", "s")];

const CONTACT: [(&str, &str); 11] = [
    ("account", "o"),
    ("additional_attributes", "o"),
    ("avatar", "s0"),
    ("custom_attributes", "o"),
    ("email", "s0"),
    ("id", "n"),
    ("identifier", "s0"),
    ("name", "s"),
    ("phone_number", "s0"),
    ("thumbnail", "s"),
    ("blocked", "b"),
];

const CONVERSATION: [(&str, &str); 24] = [
    ("id", "n"),
    ("account", "o"),
    ("inbox_id", "n"),
    ("channel", "s"),
    ("can_reply", "b"),
    ("status", "s"),
    ("additional_attributes", "o"),
    ("contact_inbox", "o"),
    ("messages", "a"),
    ("meta", "o"),
    ("labels", "a"),
    ("custom_attributes", "o"),
    ("snoozed_until", "s0"),
    ("unread_count", "n"),
    ("first_reply_created_at", "s0"),
    ("priority", "s0"),
    ("waiting_since", "n"),
    ("agent_last_seen_at", "n"),
    ("contact_last_seen_at", "n"),
    ("last_activity_at", "n"),
    ("timestamp", "n"),
    ("created_at", "n"),
    ("updated_at", "n"),
    ("account_id", "?"),
];

const MESSAGE: [(&str, &str); 14] = [
    ("event", "s"),
    ("id", "n"),
    ("content", "s"),
    ("content_type", "s"),
    ("content_attributes", "o"),
    ("created_at", "s"),
    ("message_type", "s"),
    ("private", "b"),
    ("source_id", "s0"),
    ("additional_attributes", "o"),
    ("account", "o"),
    ("inbox", "o"),
    ("sender", "o0"),
    ("conversation", "o"),
];

/// The document's keys of a conversation, with what an event adds.
fn assert_conversation(value: &Value, more: &[(&str, &str)]) {
    let keys = CONVERSATION.iter().filter(|(key, _)| *key != "account_id");
    let expected: Vec<(&str, &str)> = keys.chain(more).copied().collect();
    assert_keys(value, &expected);
    assert_keys(&value["account"], &NAMED);
    assert!(value["meta"]["sender"].is_object());
}

fn with<'a>(keys: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    keys.iter().chain(more).copied().collect()
}

#[tokio::test]
async fn what_happens_is_told_with_the_documented_keys_and_types() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    webhook(&demo, json!({ "url": receiver.url("/in") })).await;
    say(&demo, "hello").await;

    let message = &wait_for(&receiver, "message_created", 1).await[0];
    assert_keys(message, &MESSAGE);
    assert_eq!(
        (&message["content"], &message["message_type"]),
        (&json!("hello"), &json!("incoming"))
    );
    assert_eq!(
        (&message["content_type"], &message["private"]),
        (&json!("text"), &json!(false))
    );
    let created_at = message["created_at"].as_str().unwrap();
    assert!(
        created_at.ends_with('Z') && created_at.len() == 24,
        "{created_at}"
    );
    assert_keys(&message["account"], &NAMED);
    assert_keys(&message["inbox"], &NAMED);
    assert_keys(&message["sender"], &CONTACT);
    assert_conversation(&message["conversation"], &[]);
    let nested = &message["conversation"]["messages"][0];
    // The nested one is in the socket's style: numbers where the outer one has words.
    assert_eq!(
        (&nested["id"], &nested["message_type"]),
        (&message["id"], &json!(0))
    );
    assert!(nested["created_at"].is_i64());

    let conversation = &wait_for(&receiver, "conversation_created", 1).await[0];
    assert_conversation(conversation, &[("event", "s")]);
    assert_eq!(
        (&conversation["id"], &conversation["status"]),
        (&json!(1), &json!("open"))
    );

    let contact = &wait_for(&receiver, "contact_created", 1).await[0];
    assert_keys(contact, &with(&CONTACT, &[("event", "s")]));
    assert_eq!(contact["name"], "Frank");

    let answer = json!({ "content": "How can I help?", "private": false });
    let sent = demo
        .agent("POST", "/conversations/1/messages", Some(answer))
        .await
        .ok();
    let outgoing = &wait_for(&receiver, "message_created", 2).await[1];
    assert_keys(outgoing, &MESSAGE);
    assert_eq!(
        (&outgoing["id"], &outgoing["message_type"]),
        (&sent["id"], &json!("outgoing"))
    );
    assert_keys(
        &outgoing["sender"],
        &[("id", "n"), ("name", "s"), ("email", "s"), ("type", "s")],
    );
    assert_eq!(outgoing["sender"]["type"], "user");
    let updated = &wait_for(&receiver, "message_updated", 1).await[0];
    assert_keys(updated, &MESSAGE);
    assert_eq!(updated["id"], sent["id"]);

    let note = json!({ "content": "between us", "private": true });
    demo.agent("POST", "/conversations/1/messages", Some(note))
        .await
        .ok();
    let all = wait_for(&receiver, "message_created", 3).await;
    assert_eq!(
        (&all[2]["private"], &all[2]["content"]),
        (&json!(true), &json!("between us"))
    );
}

#[tokio::test]
async fn a_change_of_status_or_assignee_is_told_with_what_changed() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    webhook(&demo, json!({ "url": receiver.url("/in") })).await;
    say(&demo, "hello").await;
    let resolved = json!({ "status": "resolved" });
    demo.agent("POST", "/conversations/1/toggle_status", Some(resolved))
        .await
        .ok();
    let more = [("event", "s"), ("changed_attributes", "a")];
    let changed = json!([{ "status": { "previous_value": "open", "current_value": "resolved" } }]);
    for event in ["conversation_status_changed", "conversation_updated"] {
        let told = &wait_for_change(&receiver, event, "status", 1).await[0];
        assert_conversation(told, &more);
        assert_eq!(
            (&told["status"], &told["changed_attributes"]),
            (&json!("resolved"), &changed)
        );
    }
    let assignee = json!({ "assignee_id": demo.card["agents"][0]["id"] });
    demo.agent("POST", "/conversations/1/assignments", Some(assignee))
        .await
        .ok();
    let told = wait_for_change(&receiver, "conversation_updated", "assignee_id", 1).await;
    let told = &told[0];
    assert_eq!(
        told["changed_attributes"][0]["assignee_id"]["previous_value"],
        Value::Null
    );
    assert_eq!(told["meta"]["assignee"]["name"], "Alice Demo");
    assert_eq!(
        self::told(&receiver, "conversation_status_changed").len(),
        1
    );
    // What the conversation says of itself is no message to anybody.
    assert_eq!(self::told(&receiver, "message_created").len(), 1);
}

#[tokio::test]
async fn what_changes_of_contacts_and_waits_is_told_with_what_it_was() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    webhook(&demo, json!({ "url": receiver.url("/in") })).await;
    say(&demo, "hello").await;
    // The contact begins to wait,
    let change = async |attribute: &str, count: usize| {
        let told = wait_for_change(&receiver, "conversation_updated", attribute, count).await;
        change_of(&told[count - 1], attribute).unwrap()
    };
    let (was, now) = change("waiting_since", 1).await;
    assert_eq!((was, now.is_string()), (Value::Null, true), "{now}");
    // is answered,
    let answer = json!({ "content": "How can I help?" });
    let path = "/conversations/1/messages";
    demo.agent("POST", path, Some(answer)).await.ok();
    let (was, then) = change("waiting_since", 2).await;
    assert_eq!((was, then), (now, Value::Null));
    let (was, now) = change("first_reply_created_at", 1).await;
    assert_eq!((was, now.is_string()), (Value::Null, true), "{now}");
    // and is put off twice.
    for (count, until) in [(1, 4_000_000_000_i64), (2, 4_100_000_000)] {
        let snoozed = json!({ "status": "snoozed", "snoozed_until": until });
        let path = "/conversations/1/toggle_status";
        demo.agent("POST", path, Some(snoozed)).await.ok();
        change("snoozed_until", count).await;
    }
    let (was, now) = change("snoozed_until", 2).await;
    assert_eq!(was, "2096-10-02T07:06:40.000Z");
    assert_eq!(now, "2099-12-03T16:53:20.000Z");

    let shown = demo.agent("GET", "/conversations/1", None).await.ok();
    let path = format!("/contacts/{}", shown["meta"]["sender"]["id"]);
    let changed = json!({ "email": "frank@mail.example", "custom_attributes": { "plan": "gold" } });
    demo.agent("PATCH", &path, Some(changed)).await.ok();
    let told = wait_for(&receiver, "contact_updated", 1).await.remove(0);
    let of = |name| change_of(&told, name);
    assert_eq!(
        of("email"),
        Some((Value::Null, json!("frank@mail.example")))
    );
    assert_eq!(
        of("custom_attributes"),
        Some((json!({}), json!({ "plan": "gold" })))
    );
    assert_eq!(of("name"), None, "{told}");
    assert!(of("updated_at").is_some(), "{told}");
}

pub(super) fn signature(secret: &str, hook: &Hook) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(hook.header("x-chatwoot-timestamp").as_bytes());
    mac.update(b".");
    mac.update(&hook.body);
    let bytes = mac.finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

#[tokio::test]
async fn every_post_is_signed_over_its_time_and_exactly_its_bytes() {
    let (demo, receiver) = (demo("[1200]").await, Receiver::start().await);
    receiver.answer_next("/in", Reply::status(500));
    let wanted = json!({ "url": receiver.url("/in"), "subscriptions": ["message_created"] });
    let made = webhook(&demo, wanted).await;
    let secret = made["secret"].as_str().unwrap();
    say(&demo, "Grüße, 👋 <b>\"quoted\"</b>").await;
    let got = receiver.wait_for("/in", 2).await;
    for hook in &got {
        assert_eq!(hook.header("x-chatwoot-signature"), signature(secret, hook));
        assert_eq!(hook.header("content-type"), "application/json");
        assert_eq!(hook.header("accept"), "application/json");
        let sent_s: i64 = hook.header("x-chatwoot-timestamp").parse().unwrap();
        assert!((now_s() - 60..=now_s()).contains(&sent_s), "{sent_s}");
    }
    let [first, second] = [&got[0], &got[1]];
    let delivery = |hook: &Hook| hook.header("x-chatwoot-delivery").to_owned();
    assert_eq!(delivery(first), delivery(second));
    let lengths: Vec<usize> = delivery(first).split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_ne!(
        first.header("x-chatwoot-timestamp"),
        second.header("x-chatwoot-timestamp")
    );
}

#[tokio::test]
async fn only_what_is_subscribed_to_is_told() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let subscriptions = ["conversation_created", "conversation_status_changed"];
    let wanted = json!({ "url": receiver.url("/in"), "subscriptions": subscriptions });
    let made = webhook(&demo, wanted).await;
    say(&demo, "hello").await;
    let toggle = async |status: &str| {
        let status = json!({ "status": status });
        demo.agent("POST", "/conversations/1/toggle_status", Some(status))
            .await
            .ok();
    };
    toggle("resolved").await;
    wait_for(&receiver, "conversation_status_changed", 1).await;
    wait_for(&receiver, "conversation_created", 1).await;
    assert_eq!(receiver.count("/in"), 2);

    let path = format!("/webhooks/{}", made["id"]);
    let change = json!({ "webhook": { "subscriptions": ["message_created"] } });
    let changed = demo.agent("PATCH", &path, Some(change)).await.ok();
    let changed = &changed["payload"]["webhook"];
    assert_eq!(changed["subscriptions"], json!(["message_created"]));
    assert_eq!(
        (&changed["url"], &changed["secret"]),
        (&made["url"], &made["secret"])
    );
    toggle("open").await;
    say(&demo, "again").await;
    wait_for(&receiver, "message_created", 1).await;
    assert_eq!(receiver.count("/in"), 3);
}

#[tokio::test]
async fn an_inbox_is_kept_and_shown_and_does_not_filter() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let inbox = &demo.card["onechat"]["inboxes"][0]["id"];
    let made = webhook(
        &demo,
        json!({ "url": receiver.url("/in"), "inbox_id": inbox }),
    )
    .await;
    assert_eq!(
        made["inbox"],
        json!({ "id": inbox, "name": "Demo connector" })
    );
    say(&demo, "hello").await;
    wait_for(&receiver, "message_created", 1).await;
    let path = format!("/webhooks/{}", made["id"]);
    let without = demo
        .agent("PATCH", &path, Some(json!({ "inbox_id": null })))
        .await
        .ok();
    assert_eq!(without["payload"]["webhook"].get("inbox"), None);
}

#[tokio::test]
async fn webhooks_are_made_listed_changed_and_deleted() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let (url, other) = (receiver.url("/in"), receiver.url("/other"));
    let made = webhook(&demo, json!({ "url": url, "name": "CRM" })).await;
    let expected = [
        ("id", "n"),
        ("name", "s0"),
        ("url", "s"),
        ("account_id", "n"),
        ("subscriptions", "a"),
        ("secret", "s"),
    ];
    assert_keys(&made, &expected);
    let defaults = json!([
        "conversation_created",
        "conversation_status_changed",
        "conversation_updated",
        "contact_created",
        "contact_updated",
        "message_created",
        "message_updated",
        "webwidget_triggered",
    ]);
    assert_eq!(
        (&made["subscriptions"], &made["name"]),
        (&defaults, &json!("CRM"))
    );
    let second = webhook(&demo, json!({ "url": other })).await;
    let listed = async || {
        let all = demo.agent("GET", "/webhooks", None).await.ok();
        all["payload"]["webhooks"].clone()
    };
    assert_eq!(listed().await, json!([made, second]));

    let path = format!("/webhooks/{}", made["id"]);
    // Its own address is not somebody else's.
    let same = demo
        .agent("PATCH", &path, Some(json!({ "url": url, "name": "ERP" })))
        .await
        .ok();
    assert_eq!(same["payload"]["webhook"]["name"], "ERP");

    let bob = demo.text("/agents/1/access_token");
    let all = demo.url("/api/v1/accounts/1/webhooks");
    let refused = demo
        .client
        .send("GET", &all, &[("api_access_token", &bob)], "")
        .await;
    assert_eq!(refused.status, 401, "{}", refused.text());
    let gone = demo.agent("DELETE", &path, None).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    assert_eq!(listed().await, json!([second]));
    say(&demo, "hello").await;
    receiver.wait_for("/other", 3).await;
    assert_eq!(receiver.count("/in"), 0);
}

#[tokio::test]
async fn a_bad_webhook_is_refused_and_changes_nothing() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let (url, other) = (receiver.url("/in"), receiver.url("/other"));
    let made = webhook(&demo, json!({ "url": url })).await;
    let second = webhook(&demo, json!({ "url": other })).await;
    let path = format!("/webhooks/{}", made["id"]);
    for (method, path, body, status) in [
        ("POST", "/webhooks", json!({ "url": url }), 422),
        (
            "POST",
            "/webhooks",
            json!({ "url": "http://10.0.0.1/" }),
            422,
        ),
        (
            "POST",
            "/webhooks",
            json!({ "url": "gopher://example.com/" }),
            422,
        ),
        (
            "POST",
            "/webhooks",
            json!({ "url": receiver.url("/x"), "subscriptions": ["lost"] }),
            422,
        ),
        (
            "POST",
            "/webhooks",
            json!({ "url": receiver.url("/x"), "subscriptions": [] }),
            422,
        ),
        ("POST", "/webhooks", json!({ "name": "nowhere" }), 422),
        ("PATCH", path.as_str(), json!({ "url": other }), 422),
        (
            "PATCH",
            path.as_str(),
            json!({ "url": "http://10.0.0.1/" }),
            422,
        ),
        (
            "PATCH",
            path.as_str(),
            json!({ "subscriptions": ["lost"] }),
            422,
        ),
        ("PATCH", "/webhooks/999", json!({ "name": "x" }), 404),
        ("DELETE", "/webhooks/999", json!({}), 404),
    ] {
        let answer = demo.agent(method, path, Some(body.clone())).await;
        assert_eq!(
            answer.status,
            status,
            "{method} {path} {body}: {}",
            answer.text()
        );
        assert!(answer.json().is_object(), "{}", answer.text());
    }
    let all = demo.agent("GET", "/webhooks", None).await.ok();
    assert_eq!(all["payload"]["webhooks"], json!([made, second]));
}

#[tokio::test]
async fn labels_put_on_and_taken_off_are_a_change_of_the_label_list() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let wanted = json!({ "url": receiver.url("/in"), "subscriptions": ["conversation_updated"] });
    webhook(&demo, wanted).await;
    say(&demo, "hello").await;
    // One after the other has arrived: this endpoint is not an ordered one.
    let mut told = Vec::new();
    for labels in [json!(["vip", "late"]), json!(["late", "new"])] {
        let body = json!({ "labels": labels });
        let path = "/conversations/1/labels";
        demo.agent("POST", path, Some(body)).await.ok();
        let count = told.len() + 1;
        told = wait_for_change(&receiver, "conversation_updated", "label_list", count).await;
    }
    let list = |it: &Value| it["changed_attributes"][0]["label_list"].clone();
    let expected = json!({ "previous_value": [], "current_value": ["vip", "late"] });
    assert_eq!(list(&told[0]), expected);
    let expected = json!({ "previous_value": ["late", "vip"], "current_value": ["late", "new"] });
    assert_eq!(list(&told[1]), expected);
    assert_eq!(told[1]["labels"], json!(["late", "new"]));
}

#[tokio::test]
async fn inboxes_made_and_renamed_are_told_without_their_secrets() {
    let (demo, receiver) = (demo("[20]").await, Receiver::start().await);
    let wanted = json!({
        "url": receiver.url("/in"), "subscriptions": ["inbox_created", "inbox_updated"],
    });
    webhook(&demo, wanted).await;
    let body = json!({ "name": "Bridge", "channel": { "type": "api" } });
    let made = demo.agent("POST", "/inboxes", Some(body)).await.ok();
    let told = wait_for(&receiver, "inbox_created", 1).await.remove(0);
    assert_eq!(told["channel"]["id"], made["id"]);
    assert_eq!(told["account"]["id"], 1);
    for secret in ["secret", "hmac_token"] {
        assert!(!told.to_string().contains(made[secret].as_str().unwrap()));
    }
    let path = format!("/inboxes/{}", made["id"]);
    let greeted = json!({ "greeting_enabled": true });
    demo.agent("PATCH", &path, Some(greeted)).await.ok();
    let renamed = json!({ "name": "Bridge two" });
    demo.agent("PATCH", &path, Some(renamed)).await.ok();
    let told = wait_for(&receiver, "inbox_updated", 1).await.remove(0);
    let name = json!({ "previous_value": "Bridge", "current_value": "Bridge two" });
    assert_eq!(told["changed_attributes"], json!([{ "name": name }]));
    assert_eq!(told["greeting_enabled"], true);
    assert_eq!(receiver.count("/in"), 2);
}
