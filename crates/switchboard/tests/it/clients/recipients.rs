//! Every event of the cable, and exactly who is told of it (onechat.md, 1.7).

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// What agents keep to themselves is marked so.
const SECRET: &str = "for-agents-only";

/// An account in which Bob answers in one of two API inboxes, and everybody listens on one bare socket.
struct Stage {
    demo: Demo,
    /// The second inbox, where Bob does not answer: its number and its public name.
    second: (i64, String),
    names: BTreeMap<String, &'static str>,
    socket: Node,
}

impl Stage {
    async fn agent(&self, method: &str, path: &str, body: Value) -> Value {
        self.demo.agent(method, path, Some(body)).await.ok()
    }

    async fn bob(&self, method: &str, path: &str, body: Value) {
        let token = self.demo.text("/agents/1/access_token");
        let headers = [
            ("api_access_token", token.as_str()),
            ("content-type", "application/json"),
        ];
        let url = self.demo.url(&format!("/api/v1/accounts/1{path}"));
        let client = &self.demo.client;
        let answer = client.send(method, &url, &headers, body.to_string()).await;
        assert!(answer.status < 300, "{path} {}", answer.text());
    }

    /// A call of a contact's program.
    async fn public(&self, inbox: &str, method: &str, path: &str, body: Value) -> Value {
        let url = self
            .demo
            .url(&format!("/public/api/v1/inboxes/{inbox}{path}"));
        let headers = [("content-type", "application/json")];
        let client = &self.demo.client;
        let answer = client.send(method, &url, &headers, body.to_string()).await;
        assert_eq!(answer.status, 200, "{path} {}", answer.text());
        match answer.text() {
            text if text.is_empty() => Value::Null,
            _ => answer.json(),
        }
    }

    fn first(&self) -> String {
        let all = self.demo.card["onechat"]["inboxes"].as_array().unwrap();
        let api = all.iter().find(|it| it["kind"] == "api").unwrap();
        api["inbox_identifier"].as_str().unwrap().to_owned()
    }

    async fn listens(&mut self, name: &'static str, room: String) {
        let subscribe = json!({ "send": command("subscribe", &room) });
        self.socket.send(subscribe).await;
        let is_ours = |line: &Value| {
            line["frame"]["identifier"] == *room && line["frame"]["type"] == "confirm_subscription"
        };
        self.socket.expect(name, is_ours).await;
        self.names.insert(room, name);
    }

    /// Who was told of what, each event with the inbox it happened in (0 if in none).
    fn told(&self) -> BTreeMap<(String, i64), BTreeSet<&'static str>> {
        let mut all: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for line in self.socket.lines() {
            let Some(event) = line["event"].as_str() else {
                continue;
            };
            let data = &line["data"];
            let places = [
                "/inbox_id",
                "/conversation/inbox_id",
                "/notification/primary_actor/inbox_id",
            ];
            let inbox = places.iter().find_map(|it| data.pointer(it)?.as_i64());
            let who = self.names[line["identifier"].as_str().unwrap()];
            let key = (event.to_owned(), inbox.unwrap_or(0));
            all.entry(key).or_default().insert(who);
        }
        all
    }
}

async fn stage() -> Stage {
    let demo = Demo::start(BINARY, None).await;
    let new = json!({ "name": "Second", "channel": { "type": "api" } });
    let inbox = demo.agent("POST", "/inboxes", Some(new)).await.ok();
    let public = inbox["inbox_identifier"].as_str().unwrap().to_owned();
    let second = (inbox["id"].as_i64().unwrap(), public);
    let socket = raw(&demo, &[]);
    let mut stage = Stage {
        demo,
        second,
        names: BTreeMap::new(),
        socket,
    };
    stage.socket.expect_key("open").await;
    for (index, name) in [(0, "alice"), (1, "bob")] {
        let room = agent_room(&stage.demo, index);
        stage.listens(name, room).await;
    }
    stage
}

/// A contact in an inbox who listens and talks, with everything done to their conversation that can be done.
async fn happens(stage: &mut Stage, inbox: &str, name: &'static str) -> (i64, i64) {
    let made = stage
        .public(
            inbox,
            "POST",
            "/contacts",
            json!({ "source_id": name, "name": name }),
        )
        .await;
    let contact = made["id"].as_i64().unwrap();
    let room = contact_room(made["pubsub_token"].as_str().unwrap());
    stage.listens(name, room).await;
    let base = format!("/contacts/{name}/conversations");
    let made = stage.public(inbox, "POST", &base, json!({})).await;
    let number = made["id"].as_i64().unwrap();
    let own = format!("{base}/{number}");
    let talk = format!("/conversations/{number}");
    let to = |what: &str| format!("{talk}/{what}");
    stage
        .public(
            inbox,
            "POST",
            &format!("{own}/messages"),
            json!({ "content": "hello" }),
        )
        .await;
    for word in ["on", "off"] {
        let typing = json!({ "typing_status": word });
        stage
            .public(
                inbox,
                "POST",
                &format!("{own}/toggle_typing"),
                typing.clone(),
            )
            .await;
        let path = to("toggle_typing_status");
        let agent = stage.demo.agent("POST", &path, Some(typing));
        assert_eq!(agent.await.status, 200);
    }
    agents_act(stage, number, contact).await;
    let read = format!("{own}/update_last_seen");
    stage.public(inbox, "POST", &read, json!({})).await;
    let to = |what: &str| format!("{talk}/{what}");
    let assignee = if name == "jana" { 2 } else { 1 };
    for body in [json!({ "assignee_id": assignee }), json!({ "team_id": 1 })] {
        stage.agent("POST", &to("assignments"), body).await;
    }
    let resolved = json!({ "status": "resolved" });
    stage.agent("POST", &to("toggle_status"), resolved).await;
    let words = json!({ "content": "the end" });
    stage.agent("POST", &to("messages"), words).await;
    (contact, number)
}

/// What agents write and keep about a conversation and its contact.
async fn agents_act(stage: &Stage, number: i64, contact: i64) {
    let talk = format!("/conversations/{number}");
    let to = |what: &str| format!("{talk}/{what}");
    let secrets = json!({ "custom_attributes": { "a": SECRET } });
    let attributes = to("custom_attributes");
    stage.agent("POST", &attributes, secrets.clone()).await;
    let path = format!("/contacts/{contact}");
    stage.agent("PATCH", &path, secrets).await;
    let labels = json!({ "labels": [SECRET] });
    stage.agent("POST", &to("labels"), labels).await;
    let note = format!("{SECRET} [@Bob](mention://user/2/Bob)");
    let note = json!({ "content": note, "private": true });
    stage.agent("POST", &to("messages"), note).await;
    let words = json!({ "content": "good day" });
    stage.agent("POST", &to("messages"), words).await;
    let priority = json!({ "priority": "urgent" });
    let path = to("toggle_priority");
    let set = stage.demo.agent("POST", &path, Some(priority));
    assert_eq!(set.await.status, 200);
}

#[tokio::test]
async fn each_event_is_told_to_whom_it_concerns_and_to_nobody_else() {
    let mut stage = stage().await;
    stage
        .agent("POST", "/teams", json!({ "name": SECRET }))
        .await;
    let (first, second) = (stage.first(), stage.second.clone());
    let (jana, _) = happens(&mut stage, &first, "jana").await;
    happens(&mut stage, &second.1, "pavel").await;
    // Two records of one person, one of which is then no more.
    let double = stage
        .public(
            &first,
            "POST",
            "/contacts",
            json!({ "source_id": "double", "name": "double" }),
        )
        .await;
    stage
        .public(&first, "POST", "/contacts/double/conversations", json!({}))
        .await;
    let merge = json!({ "base_contact_id": jana, "mergee_contact_id": double["id"] });
    stage.agent("POST", "/actions/contact_merge", merge).await;
    let gone = stage
        .agent("POST", "/contacts", json!({ "name": "gone" }))
        .await;
    let path = format!("/contacts/{}", gone["payload"]["contact"]["id"]);
    assert_eq!(stage.demo.agent("DELETE", &path, None).await.status, 200);
    let told = stage.socket.events("notification.created");
    let last = told.last().unwrap();
    let notice = format!("/notifications/{}", last["notification"]["id"]);
    stage.bob("PATCH", &notice, json!({})).await;
    stage.bob("DELETE", &notice, json!({})).await;
    stage
        .agent("POST", "/labels", json!({ "title": "last" }))
        .await;
    // The last thing that each is told of.
    for (inbox, name) in [(&first, "jana"), (&second.1, "pavel")] {
        let conversations = format!("/contacts/{name}/conversations");
        let all = stage.public(inbox, "GET", &conversations, json!({})).await;
        let path = format!("/conversations/{}/messages", all[0]["id"]);
        stage
            .agent("POST", &path, json!({ "content": format!("over {name}") }))
            .await;
        let rooms = stage.names.clone();
        for (room, who) in rooms
            .iter()
            .filter(|(_, who)| **who == "alice" || **who == name)
        {
            let lines = stage.socket.lines();
            let over = |line: &Value| {
                line["identifier"] == **room && text_of(line) == Some(&format!("over {name}"))
            };
            if !lines.iter().any(over) {
                stage.socket.expect(who, over).await;
            }
        }
    }

    as_the_table_says(&stage.told(), second.0);
    nothing_more_than_their_own(&stage);
}

fn as_the_table_says(told: &BTreeMap<(String, i64), BTreeSet<&'static str>>, second: i64) {
    let here = told
        .keys()
        .map(|it| it.1)
        .filter(|it| *it != 0 && *it != second);
    let here = here.min().unwrap();
    let who = |event: &str, inbox: i64| -> Vec<&str> {
        let found = told.get(&(event.to_owned(), inbox));
        found.into_iter().flatten().copied().collect()
    };
    let (agents, nobody): (&[&str], &[&str]) = (&["alice", "bob"], &[]);
    // Beside the agents of the first inbox, of whom the second has Alice alone, contacts are told of some.
    for (event, contacts) in [
        ("conversation.created", true),
        ("conversation.read", false),
        ("conversation.status_changed", true),
        ("conversation.updated", true),
        ("conversation.typing_on", true),
        ("conversation.typing_off", true),
        ("message.created", true),
        ("message.updated", true),
        ("first.reply.created", false),
        ("assignee.changed", false),
        ("team.changed", false),
    ] {
        let (mut both, mut one) = (agents.to_vec(), vec!["alice"]);
        if contacts {
            both.push("jana");
            one.push("pavel");
        }
        assert_eq!(who(event, here), both, "{event} in Bob's inbox");
        assert_eq!(who(event, second), one, "{event} in the other inbox");
    }
    assert_eq!(who("conversation.contact_changed", here), agents);
    assert_eq!(who("conversation.mentioned", here), ["bob"]);
    assert_eq!(who("conversation.mentioned", second), nobody);
    for event in [
        "contact.created",
        "contact.updated",
        "contact.merged",
        "contact.deleted",
        "account.cache_invalidated",
    ] {
        assert_eq!(who(event, 0), agents, "{event}");
    }
    assert_eq!(who("notification.created", here), ["bob"]);
    assert_eq!(who("notification.updated", here), ["bob"]);
    let deleted: BTreeSet<_> = told
        .iter()
        .filter(|it| it.0.0 == "notification.deleted")
        .flat_map(|it| it.1)
        .collect();
    assert_eq!(deleted, BTreeSet::from([&"bob"]));
}

fn nothing_more_than_their_own(stage: &Stage) {
    // Typing is told to the others, and a contact sees nothing that agents keep to themselves.
    for line in stage.socket.lines() {
        let Some(event) = line["event"].as_str() else {
            continue;
        };
        let name = stage.names[line["identifier"].as_str().unwrap()];
        assert_eq!(line["data"]["account_id"], 1, "{line}");
        if event.contains("typing") {
            let by = &line["data"]["user"];
            let own = (name == "alice" && by["type"] == "user")
                || (by["type"] == "contact" && by["name"] == name);
            assert!(!own, "{name} is told of their own typing: {line}");
        }
        if name == "jana" || name == "pavel" {
            let text = line.to_string();
            assert!(!text.contains(SECRET), "{text}");
            let other = if name == "jana" { "pavel" } else { "jana" };
            assert!(!text.contains(other), "{text}");
            if event == "presence.update" {
                assert!(line["data"].get("contacts").is_none(), "{text}");
            }
            let conversation = line["data"]
                .get("conversation")
                .unwrap_or_else(|| &line["data"]);
            assert!(matches!(conversation["priority"], Value::Null), "{text}");
        }
    }
}
