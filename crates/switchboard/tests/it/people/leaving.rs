//! Whoever may not see a conversation any more is told nothing of it, has it no longer, and is given none.

use super::*;

/// Bob leaves the connector's inbox, or comes back to it.
async fn bob(demo: &Demo, method: &str) {
    let body = json!({ "inbox_id": 1, "user_ids": [2] });
    let done = by(demo, 0, method, "/inbox_members", body).await;
    assert_eq!(done.status, 200, "{}", done.text());
}

/// A note of Alice's in the first conversation.
async fn note(demo: &Demo, text: &str) {
    let body = json!({ "content": text, "private": true });
    alice(demo, "POST", "/conversations/1/messages", body).await;
}

async fn assign(demo: &Demo, number: i64, body: Value) -> Answer {
    let path = format!("/conversations/{number}/assignments");
    by(demo, 0, "POST", &path, body).await
}

/// Who has the conversation, and who takes part in it, as Alice sees them.
async fn people_of(demo: &Demo, number: i64) -> (Value, Value) {
    let path = format!("/conversations/{number}");
    let mut shown = alice(demo, "GET", &path, None).await;
    let all = alice(demo, "GET", &format!("{path}/participants"), None).await;
    let ids = all.as_array().unwrap().iter().map(|it| it["id"].clone());
    (shown["meta"]["assignee"]["id"].take(), ids.collect())
}

/// Bob's notifications, read and put off ones among them: how many are shown, counted, and unread.
async fn notifications(demo: &Demo) -> (usize, Value, Value) {
    let path = "/notifications?includes[]=read&includes[]=snoozed";
    let listed = by(demo, 1, "GET", path, None).await.ok();
    let unread = by(demo, 1, "GET", "/notifications/unread_count", None).await;
    let (data, meta) = (&listed["data"], &listed["data"]["meta"]);
    assert_eq!(meta["unread_count"], unread.json());
    let shown = data["payload"].as_array().unwrap().len();
    (shown, meta["count"].clone(), unread.json())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn whoever_leaves_an_inbox_hears_nothing_of_it_any_more() {
    let demo = Demo::start(BINARY, None).await;
    customer_writes(&demo, "447700900901", "hello").await;
    customer_writes(&demo, "447700900902", "hello too").await;
    let wishes = json!({ "notification_settings": {
        "selected_push_flags": ["push_conversation_creation"],
    } });
    by(&demo, 1, "PATCH", "/notification_settings", wishes)
        .await
        .ok();
    assign(&demo, 1, json!({ "assignee_id": 2 })).await.ok();
    let path = "/conversations/2/participants";
    alice(&demo, "POST", path, json!({ "user_ids": [2] })).await;
    customer_writes(&demo, "447700900902", "still here").await;
    assert_eq!(notifications(&demo).await, (2, json!(2), json!(2)));
    let listed = by(&demo, 1, "GET", "/notifications", None).await.ok();
    let one = format!("/notifications/{}", listed["data"]["payload"][0]["id"]);
    let mut node = follow(&demo, 1).await;

    bob(&demo, "DELETE").await;
    assert_eq!(people_of(&demo, 1).await, (Value::Null, json!([])));
    assert_eq!(people_of(&demo, 2).await, (Value::Null, json!([])));
    let before = node.events("message.created").len();
    // He cannot be given it, brought in, or named to effect.
    let refused = assign(&demo, 1, json!({ "assignee_id": 2 })).await;
    let why = json!({ "message": "Assignee must have inbox access", "attributes": ["assignee"] });
    assert_eq!((refused.status, refused.json()), (422, why));
    let refused = by(&demo, 0, "POST", path, json!({ "user_ids": [2] })).await;
    assert_eq!(refused.status, 422);
    note(&demo, "[@Bob](mention://user/2/Bob) look").await;
    customer_writes(&demo, "447700900901", "a secret").await;
    customer_writes(&demo, "447700900903", "somebody new").await;
    assert_eq!(people_of(&demo, 1).await, (Value::Null, json!([])));
    let mut shown = alice(&demo, "GET", "/conversations/1", None).await;
    let contact = shown["meta"]["sender"]["id"].take();
    let new = json!({ "inbox_id": 1, "contact_id": contact, "assignee_id": 2 });
    let refused = by(&demo, 0, "POST", "/conversations", new).await;
    assert_eq!(refused.status, 422, "{}", refused.text());

    // Nor does he find anything of it.
    assert_eq!(notifications(&demo).await, (0, json!(0), json!(0)));
    let later = json!({ "snoozed_until": 4_102_444_800_i64 });
    for (method, path) in [
        ("PATCH", one.clone()),
        ("POST", format!("{one}/unread")),
        ("POST", format!("{one}/snooze")),
        ("GET", "/conversations/4".to_owned()),
    ] {
        let answer = by(&demo, 1, method, &path, later.clone()).await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
    for path in ["", "/messages", "/participants", "/labels"] {
        let path = format!("/conversations/1{path}");
        assert_eq!(by(&demo, 1, "GET", &path, None).await.status, 401, "{path}");
    }
    for (path, at) in [
        (
            "/conversations?status=all&assignee_type=all",
            "/data/payload",
        ),
        ("/conversations?conversation_type=mention", "/data/payload"),
        (
            "/conversations?conversation_type=participating",
            "/data/payload",
        ),
        ("/conversations/search?q=secret", "/payload"),
        ("/search/messages?q=secret", "/payload/messages"),
        ("/search/conversations?q=Frank", "/payload/conversations"),
        (&format!("/contacts/{contact}/conversations"), "/payload"),
    ] {
        let page = by(&demo, 1, "GET", path, None).await.ok();
        assert_eq!(page.pointer(at), Some(&json!([])), "{path}: {page}");
    }
    let counts = by(&demo, 1, "GET", "/conversations/meta?status=all", None).await;
    let nothing = json!({
        "mine_count": 0, "assigned_count": 0, "unassigned_count": 0, "all_count": 0,
    });
    assert_eq!(counts.ok()["meta"], nothing);
    alice(&demo, "POST", "/labels", json!({ "title": "after" })).await;
    told(&mut node, "account.cache_invalidated").await;
    assert_eq!(node.events("message.created").len(), before);
    for event in [
        "notification.created",
        "notification.updated",
        "conversation.mentioned",
    ] {
        assert!(node.events(event).is_empty(), "{event}");
    }

    // Whoever comes back sees again, and has what they are given then.
    bob(&demo, "POST").await;
    assert_eq!(notifications(&demo).await, (2, json!(2), json!(2)));
    assert_eq!(people_of(&demo, 1).await, (Value::Null, json!([])));
    assign(&demo, 1, json!({ "assignee_id": 2 })).await.ok();
    told(&mut node, "notification.created").await;
}

#[tokio::test]
async fn what_is_seen_by_a_team_alone_ends_with_the_team() {
    let demo = Demo::start(BINARY, None).await;
    bob(&demo, "DELETE").await;
    for n in 1..=3 {
        customer_writes(&demo, &format!("44770090090{n}"), &format!("hello {n}")).await;
        let name = json!({ "name": format!("team {n}"), "allow_auto_assign": false });
        alice(&demo, "POST", "/teams", name).await;
        let path = format!("/teams/{n}/team_members");
        alice(&demo, "POST", &path, json!({ "user_ids": [2] })).await;
        assert_eq!(
            assign(&demo, n, json!({ "assignee_id": 2 })).await.status,
            422
        );
        assign(&demo, n, json!({ "team_id": n })).await.ok();
        assign(&demo, n, json!({ "assignee_id": 2 })).await.ok();
        assert_eq!(people_of(&demo, n).await, (json!(2), json!([2])));
    }
    assert_eq!(notifications(&demo).await, (3, json!(3), json!(3)));
    assign(&demo, 1, json!({ "team_id": null })).await.ok();
    assert_eq!(people_of(&demo, 1).await, (Value::Null, json!([])));
    assert_eq!(notifications(&demo).await, (2, json!(2), json!(2)));
    let path = "/teams/2/team_members";
    by(&demo, 0, "DELETE", path, json!({ "user_ids": [2] })).await;
    assert_eq!(people_of(&demo, 2).await, (Value::Null, json!([])));
    assert_eq!(notifications(&demo).await, (1, json!(1), json!(1)));
    by(&demo, 0, "DELETE", "/teams/3", None).await;
    assert_eq!(people_of(&demo, 3).await, (Value::Null, json!([])));
    assert_eq!(notifications(&demo).await, (0, json!(0), json!(0)));
}

#[tokio::test]
async fn whoever_administers_no_more_has_what_they_answer_alone() {
    let demo = Demo::start(BINARY, None).await;
    bob(&demo, "DELETE").await;
    customer_writes(&demo, "447700900901", "hello").await;
    alice(
        &demo,
        "PATCH",
        "/agents/2",
        json!({ "role": "administrator" }),
    )
    .await;
    assign(&demo, 1, json!({ "assignee_id": 2 })).await.ok();
    assert_eq!(people_of(&demo, 1).await, (json!(2), json!([2])));
    alice(&demo, "PATCH", "/agents/2", json!({ "role": "agent" })).await;
    assert_eq!(people_of(&demo, 1).await, (Value::Null, json!([])));
    assert_eq!(notifications(&demo).await, (0, json!(0), json!(0)));
}

#[tokio::test]
async fn a_team_takes_turns_among_those_who_are_here_and_answer_in_the_inbox() {
    let demo = Demo::start(BINARY, None).await;
    alice(&demo, "POST", "/teams", json!({ "name": "sales" })).await;
    let path = "/teams/1/team_members";
    alice(&demo, "POST", path, json!({ "user_ids": [1, 2] })).await;
    let _here = (follow(&demo, 0).await, follow(&demo, 1).await);
    let mut given = Vec::new();
    for n in 1..=5 {
        // Others come in between, and nobody is passed over for it.
        for other in ["", "1", "2"] {
            let from = format!("4477009009{n}{other}");
            customer_writes(&demo, &from, &format!("hello {n} {other}")).await;
        }
        let number = 3 * (n - 1) + 1;
        if n == 5 {
            bob(&demo, "DELETE").await;
        }
        assign(&demo, number, json!({ "team_id": 1 })).await.ok();
        given.push(people_of(&demo, number).await.0);
    }
    assert_eq!(given, [1, 2, 1, 2, 1].map(|id| json!(id)));
    assign(&demo, 2, json!({ "team_id": 1 })).await.ok();
    assert_eq!(
        people_of(&demo, 2).await.0,
        json!(1),
        "nobody else answers here"
    );
}

#[tokio::test]
async fn a_note_that_names_a_team_names_everybody_in_it_who_may_see() {
    let demo = Demo::start(BINARY, None).await;
    customer_writes(&demo, "447700900901", "hello").await;
    alice(&demo, "POST", "/teams", json!({ "name": "sales" })).await;
    let path = "/teams/1/team_members";
    alice(&demo, "POST", path, json!({ "user_ids": [2] })).await;
    let mut node = follow(&demo, 1).await;
    note(&demo, "[@none](mention://team/9/none) anybody?").await;
    note(&demo, "[@sales](mention://team/1/sales) please look").await;
    let mentioned = told(&mut node, "conversation.mentioned").await;
    assert_eq!(mentioned["id"], 1);
    let it = told(&mut node, "notification.created").await;
    let kind = &it["notification"]["notification_type"];
    assert_eq!(kind, "conversation_mention");
    assert_eq!(people_of(&demo, 1).await.1, json!([2]));
    bob(&demo, "DELETE").await;
    note(&demo, "[@sales](mention://team/1/sales) and again").await;
    assert_eq!(people_of(&demo, 1).await.1, json!([]));
    assert_eq!(node.events("conversation.mentioned").len(), 1);
}
