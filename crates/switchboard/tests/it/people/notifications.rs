//! What agents are notified of: participants, mentions, and the list with everything that can be done to it.

use super::*;

/// Bob's notifications.
async fn list(demo: &Demo, query: &str) -> Value {
    let path = format!("/notifications{query}");
    let mut answer = by(demo, 1, "GET", &path, None).await.ok();
    answer["data"].take()
}

fn kinds(list: &Value) -> Vec<&str> {
    let all = list["payload"].as_array().unwrap().iter();
    all.map(|it| it["notification_type"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn whoever_is_given_a_conversation_is_notified_of_it_and_of_what_is_said() {
    let demo = Demo::start(BINARY, None).await;
    customer_writes(&demo, "447700900901", "hello").await;
    let (mut bob, mut other) = (follow(&demo, 1).await, follow(&demo, 0).await);
    assert_eq!(
        list(&demo, "").await["meta"],
        json!({ "unread_count": 0, "count": 0, "current_page": 1 })
    );
    let path = "/conversations/1/assignments";
    alice(&demo, "POST", path, json!({ "assignee_id": 2 })).await;
    let told_of = told(&mut bob, "notification.created").await;
    assert_eq!(
        (&told_of["unread_count"], &told_of["count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(told_of["account_id"], 1);
    let it = &told_of["notification"];
    for (key, value) in [
        ("notification_type", json!("conversation_assignment")),
        ("primary_actor_type", json!("Conversation")),
        ("primary_actor_id", json!(1)),
        ("read_at", Value::Null),
        ("snoozed_until", Value::Null),
        ("meta", json!({})),
        ("account_id", json!(1)),
    ] {
        assert_eq!(it[key], value, "{key}");
    }
    assert_eq!(
        (&it["user"]["id"], &it["secondary_actor"]["id"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(it["primary_actor"]["meta"]["assignee"]["id"], 2);
    let listed = list(&demo, "").await;
    assert_eq!(
        testkit::json::keys(&listed["payload"][0]),
        testkit::json::keys(it)
    );

    // What the customer says next takes its place.
    customer_writes(&demo, "447700900901", "are you there?").await;
    let gone = told(&mut bob, "notification.deleted").await;
    assert_eq!(gone["notification"], json!({ "id": it["id"] }));
    let told_of = told(&mut bob, "notification.created").await;
    let said = &told_of["notification"];
    assert_eq!(
        said["notification_type"],
        "assigned_conversation_new_message"
    );
    assert_eq!(said["secondary_actor"]["content"], "are you there?");
    assert_eq!(said["push_message_body"], "Frank: are you there?");
    assert_eq!(
        kinds(&list(&demo, "").await),
        ["assigned_conversation_new_message"]
    );
    // Nobody is notified of their own words or doings, and nobody is told of another's.
    by(
        &demo,
        1,
        "POST",
        "/conversations/1/messages",
        json!({ "content": "yes" }),
    )
    .await
    .ok();
    by(&demo, 1, "POST", path, json!({ "assignee_id": null }))
        .await
        .ok();
    by(&demo, 1, "POST", path, json!({ "assignee_id": 2 }))
        .await
        .ok();
    let listed = list(&demo, "").await;
    assert_eq!(listed["payload"][0]["id"], said["id"]);
    let is_his =
        |line: &Value| line["event"] == "message.created" && line["data"]["content"] == "yes";
    let his = other.expect("his words", is_his).await;
    assert_eq!(his["data"]["performer"]["id"], 2);
    let all = other.events("message.created");
    let theirs = all.iter().find(|it| it["content"] == "are you there?");
    assert!(theirs.unwrap().get("performer").is_none());
    assert!(other.events("notification.created").is_empty());
}

#[tokio::test]
async fn a_note_that_names_somebody_brings_them_in() {
    let demo = Demo::start(BINARY, None).await;
    customer_writes(&demo, "447700900901", "hello").await;
    let mut bob = follow(&demo, 1).await;
    let path = "/conversations/1/messages";
    let public = json!({ "content": "[@Bob](mention://user/2/Bob), hear?" });
    alice(&demo, "POST", path, public).await;
    let note = json!({ "content": "[@Bob](mention://user/2/Bob) please look", "private": true });
    alice(&demo, "POST", path, note).await;
    let mentioned = told(&mut bob, "conversation.mentioned").await;
    assert_eq!(
        (&mentioned["id"], &mentioned["performer"]["id"]),
        (&json!(1), &json!(1))
    );
    let it = told(&mut bob, "notification.created").await;
    assert_eq!(
        it["notification"]["notification_type"],
        "conversation_mention"
    );
    assert_eq!(
        bob.events("conversation.mentioned").len(),
        1,
        "a note, and no public word"
    );
    let participants = alice(&demo, "GET", "/conversations/1/participants", None).await;
    assert_eq!(participants[0]["id"], 2);
    for kind in ["mention", "participating"] {
        let path = format!("/conversations?conversation_type={kind}");
        let page = by(&demo, 1, "GET", &path, None).await.ok();
        assert_eq!(page["data"]["payload"][0]["id"], 1, "{kind}");
        assert_eq!(page["data"]["meta"]["all_count"], 1, "{kind}");
        let page = alice(&demo, "GET", &path, None).await;
        assert_eq!(page["data"]["payload"], json!([]), "{kind}");
    }
    customer_writes(&demo, "447700900901", "and?").await;
    let it = told(&mut bob, "notification.created").await;
    assert_eq!(
        it["notification"]["notification_type"],
        "participating_conversation_new_message"
    );
}

#[tokio::test]
async fn participants_come_and_go() {
    let demo = Demo::start(BINARY, None).await;
    customer_writes(&demo, "447700900901", "hello").await;
    let path = "/conversations/1/participants";
    let ids = |all: &Value| -> Vec<i64> {
        let all = all.as_array().unwrap().iter();
        all.map(|it| it["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(alice(&demo, "GET", path, None).await, json!([]));
    assert_eq!(
        ids(&alice(&demo, "POST", path, json!({ "user_ids": [1] })).await),
        [1]
    );
    assert_eq!(
        ids(&alice(&demo, "POST", path, json!({ "user_ids": [1, 2] })).await),
        [2]
    );
    assert_eq!(
        ids(&alice(&demo, "PATCH", path, json!({ "user_ids": [2] })).await),
        [2]
    );
    let gone = by(&demo, 0, "DELETE", path, json!({ "user_ids": [2] })).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    for (body, status) in [(json!({}), 422), (json!({ "user_ids": [9] }), 404)] {
        assert_eq!(by(&demo, 0, "POST", path, body).await.status, status);
    }
    let out = json!({ "inbox_id": 1, "user_ids": [2] });
    by(&demo, 0, "DELETE", "/inbox_members", out).await;
    let answer = by(&demo, 0, "POST", path, json!({ "user_ids": [2] })).await;
    let told = json!({ "message": "User must have inbox access", "attributes": ["user"] });
    assert_eq!((answer.status, answer.json()), (422, told));
    assert_eq!(alice(&demo, "GET", path, None).await, json!([]));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn notifications_are_read_put_off_and_thrown_away() {
    let demo = Demo::start(BINARY, None).await;
    for n in 1..=17 {
        let from = format!("4477009010{n:02}");
        customer_writes(&demo, &from, &format!("hello {n}")).await;
        let path = format!("/conversations/{n}/assignments");
        alice(&demo, "POST", &path, json!({ "assignee_id": 2 })).await;
    }
    let first = list(&demo, "").await;
    assert_eq!(first["payload"].as_array().unwrap().len(), 15);
    assert_eq!(
        first["meta"],
        json!({ "unread_count": 17, "count": 17, "current_page": 1 })
    );
    assert_eq!(
        first["payload"][0]["primary_actor_id"], 17,
        "the latest first"
    );
    let second = list(&demo, "?page=2").await;
    assert_eq!(second["payload"].as_array().unwrap().len(), 2);
    let oldest = list(&demo, "?sort_order=asc").await;
    assert_eq!(oldest["payload"][0]["primary_actor_id"], 1);
    let unread = || async {
        by(&demo, 1, "GET", "/notifications/unread_count", None)
            .await
            .json()
    };
    assert_eq!(unread().await, 17);

    let mut bob = follow(&demo, 1).await;
    let id = first["payload"][0]["id"].clone();
    let one = format!("/notifications/{id}");
    let row = by(&demo, 1, "PATCH", &one, None).await.ok();
    assert!(row["read_at"].is_string(), "{row}");
    let updated = told(&mut bob, "notification.updated").await;
    assert_eq!(
        (&updated["notification"]["id"], &updated["unread_count"]),
        (&id, &json!(16))
    );
    assert_eq!(unread().await, 16);
    let read = list(&demo, "?includes[]=read").await;
    assert_eq!(
        (&read["meta"]["count"], &read["meta"]["unread_count"]),
        (&json!(17), &json!(16))
    );
    let row = by(&demo, 1, "POST", &format!("{one}/unread"), None)
        .await
        .ok();
    assert_eq!(row["read_at"], Value::Null);

    // One that is put off until a time that has come is back before long.
    let later = json!({ "snoozed_until": 4_102_444_800_i64 });
    let row = by(&demo, 1, "POST", &format!("{one}/snooze"), later)
        .await
        .ok();
    assert_eq!(row["snoozed_until"], "2100-01-01T00:00:00.000Z");
    assert_eq!(unread().await, 16);
    assert_eq!(
        list(&demo, "?includes[]=snoozed").await["meta"]["count"],
        17
    );
    let now = json!({ "snoozed_until": "2026-01-01T00:00:00Z" });
    by(&demo, 1, "POST", &format!("{one}/snooze"), now)
        .await
        .ok();
    testkit::wait::until("that it is back", async || {
        (unread().await == 17).then_some(())
    })
    .await;

    let gone = by(&demo, 1, "DELETE", &one, None).await;
    assert_eq!((gone.status, gone.text()), (200, String::new()));
    assert_eq!(
        told(&mut bob, "notification.deleted").await["notification"]["id"],
        id
    );
    let of_one = json!({ "primary_actor_type": "Conversation", "primary_actor_id": 1 });
    by(&demo, 1, "POST", "/notifications/read_all", of_one).await;
    assert_eq!(unread().await, 15);
    by(
        &demo,
        1,
        "POST",
        "/notifications/destroy_all",
        json!({ "type": "read" }),
    )
    .await;
    assert_eq!(list(&demo, "?includes[]=read").await["meta"]["count"], 15);
    by(&demo, 1, "POST", "/notifications/read_all", json!({})).await;
    assert_eq!(unread().await, 0);
    by(
        &demo,
        1,
        "POST",
        "/notifications/destroy_all",
        json!({ "type": "all" }),
    )
    .await;
    assert_eq!(list(&demo, "?includes[]=read").await["payload"], json!([]));

    // They are Bob's alone.
    customer_writes(&demo, "447700901001", "hello again").await;
    let listed = list(&demo, "").await;
    let one = format!("/notifications/{}", listed["payload"][0]["id"]);
    for (method, path) in [
        ("PATCH", one.clone()),
        ("POST", format!("{one}/unread")),
        ("POST", format!("{one}/snooze")),
        ("DELETE", one.clone()),
    ] {
        let body = json!({ "snoozed_until": 4_102_444_800_i64 });
        assert_eq!(
            by(&demo, 0, method, &path, body).await.status,
            404,
            "{method} {path}"
        );
    }
    assert_eq!(
        by(&demo, 1, "POST", &format!("{one}/snooze"), json!({}))
            .await
            .status,
        422
    );
    assert_eq!(list(&demo, "").await, listed);
}

#[tokio::test]
async fn agents_say_of_what_they_want_to_be_told() {
    let demo = Demo::start(BINARY, None).await;
    let path = "/notification_settings";
    let before = by(&demo, 1, "GET", path, None).await.ok();
    assert_eq!(
        before["selected_email_flags"],
        json!(["email_conversation_assignment"])
    );
    assert_eq!(
        before["selected_push_flags"],
        json!(["push_conversation_assignment"])
    );
    assert_eq!(before["all_email_flags"].as_array().unwrap().len(), 5);
    // A conversation that begins is nobody's business who does not ask for it.
    customer_writes(&demo, "447700900901", "hello").await;
    assert_eq!(list(&demo, "").await["payload"], json!([]));
    let wishes = json!({ "notification_settings": {
        "selected_email_flags": [], "selected_push_flags": ["push_conversation_creation"],
    } });
    let set = by(&demo, 1, "PATCH", path, wishes).await.ok();
    assert_eq!(set["selected_email_flags"], json!([]));
    assert_eq!(by(&demo, 1, "GET", path, None).await.ok(), set);
    customer_writes(&demo, "447700900902", "hello too").await;
    let listed = list(&demo, "").await;
    assert_eq!(kinds(&listed), ["conversation_creation"]);
    assert_eq!(listed["payload"][0]["primary_actor_id"], 2);
    let bad = json!({ "selected_push_flags": ["push_everything"] });
    assert_eq!(by(&demo, 1, "PATCH", path, bad).await.status, 422);
    assert_eq!(by(&demo, 1, "GET", path, None).await.ok(), set);
}

#[tokio::test]
async fn another_accounts_notifications_are_not_there() {
    let (demo, eve) = with_eve().await;
    customer_writes(&demo, "447700900901", "hello").await;
    let path = "/conversations/1/assignments";
    alice(&demo, "POST", path, json!({ "assignee_id": 2 })).await;
    let before = list(&demo, "").await;
    let one = format!("/notifications/{}", before["payload"][0]["id"]);
    let (unread, snooze) = (format!("{one}/unread"), format!("{one}/snooze"));
    let ids = json!({ "user_ids": [1] });
    let routes = [
        ("PATCH", one.as_str(), Value::Null),
        ("POST", &unread, Value::Null),
        (
            "POST",
            &snooze,
            json!({ "snoozed_until": 4_102_444_800_i64 }),
        ),
        ("DELETE", &one, Value::Null),
        (
            "POST",
            "/notifications/read_all",
            json!({ "primary_actor_id": 1 }),
        ),
        ("GET", "/conversations/1/participants", Value::Null),
        ("POST", "/conversations/1/participants", ids.clone()),
        ("PATCH", "/conversations/1/participants", ids.clone()),
        ("DELETE", "/conversations/1/participants", ids),
    ];
    is_not_eves(&demo, &eve, &routes).await;
    assert_eq!(list(&demo, "").await, before);
}

#[tokio::test]
async fn who_begins_a_conversation_or_changes_a_contact_is_told_as_its_performer() {
    let demo = Demo::start(BINARY, None).await;
    let mut bob = follow(&demo, 1).await;
    customer_writes(&demo, "447700900901", "hello").await;
    for event in ["contact.created", "conversation.created"] {
        let by_nobody = told(&mut bob, event).await;
        assert_eq!(by_nobody.get("performer"), None, "{event}");
    }
    let made = alice(&demo, "POST", "/contacts", json!({ "name": "Ann" })).await;
    let ann = made["payload"]["contact"]["id"].clone();
    let path = format!("/contacts/{ann}");
    alice(&demo, "PUT", &path, json!({ "name": "Ann B." })).await;
    let other = alice(&demo, "POST", "/contacts", json!({ "name": "Ann too" })).await;
    let other = &other["payload"]["contact"]["id"];
    let both = json!({ "base_contact_id": ann, "mergee_contact_id": other });
    alice(&demo, "POST", "/actions/contact_merge", both).await;
    let shown = alice(&demo, "GET", "/conversations/1", None).await;
    let new = json!({ "inbox_id": 1, "contact_id": shown["meta"]["sender"]["id"] });
    alice(&demo, "POST", "/conversations", new).await;
    let gone = by(&demo, 0, "DELETE", &path, None).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    for event in [
        "contact.created",
        "contact.updated",
        "contact.merged",
        "conversation.created",
        "contact.deleted",
    ] {
        let is_hers = |line: &Value| {
            let performer = &line["data"]["performer"];
            line["event"] == event && performer["id"] == 1 && performer["type"] == "user"
        };
        bob.expect(event, is_hers).await;
    }
}
