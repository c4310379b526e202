//! Every operation of OneChat's description, called with a request that it takes, and its answer compared with what
//! the description shows: status, fields and their types. What differs is in [`DIFFERS`], what is not served in
//! [`NOT_SERVED`], each with the reason; a difference that is not listed fails, and so does one that is no longer one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Answer, receiver::Receiver};

use super::{
    ledger::{DIFFERS, NOT_SERVED},
    schema::differences,
};
use crate::BINARY;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A client that knows the description.
struct Walker {
    demo: Demo,
    described: Value,
    platform: String,
    /// What was called: each operation and how its answers differed.
    walked: BTreeMap<String, BTreeSet<String>>,
}

impl Walker {
    async fn start() -> Self {
        let mut demo = Demo::start(BINARY, None).await;
        assert!(demo.terminate());
        let printed = demo.setup(&["platform", "--name", "ours"], "");
        let platform = printed
            .trim()
            .strip_prefix("platform token ")
            .unwrap()
            .to_owned();
        demo.restart().await;
        Self {
            demo,
            described: serde_json::from_str(include_str!("onechat.json")).unwrap(),
            platform,
            walked: BTreeMap::new(),
        }
    }

    /// The operation that a path means: what is written out goes before what stands for anything.
    fn operation(&self, method: &str, path: &str) -> String {
        let all = self.described["paths"].as_object().unwrap();
        let fits = |described: &str| {
            let (described, path): (Vec<_>, Vec<_>) =
                (described.split('/').collect(), path.split('/').collect());
            described.len() == path.len()
                && described
                    .iter()
                    .zip(&path)
                    .all(|(d, p)| d == p || (d.starts_with('{') && !p.is_empty()))
        };
        let with_method = |it: &&String| all[*it].get(method).is_some();
        let found = all.keys().filter(with_method).filter(|it| fits(it));
        let found = found.min_by_key(|it| it.matches('{').count());
        found
            .unwrap_or_else(|| panic!("{method} {path} is not described"))
            .clone()
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let token = if path.starts_with("/platform/") {
            self.platform.clone()
        } else {
            self.demo.text("/agents/0/access_token")
        };
        let headers = [
            ("api_access_token", token.as_str()),
            ("content-type", "application/json"),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let method = method.to_uppercase();
        self.demo
            .client
            .send(&method, &self.demo.url(path), &headers, body)
            .await
    }

    /// Calls an operation, and compares.
    async fn call(&mut self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.send(method, path, &body).await;
        let bare = path.split('?').next().unwrap();
        let address = self.operation(method, bare);
        let operation = format!("{} {address}", method.to_uppercase());
        let (status, text) = (answer.status, answer.text());
        assert!((200..300).contains(&status), "{operation}: {status} {text}");
        let responses = &self.described["paths"][&address][method]["responses"];
        let successes = responses
            .as_object()
            .unwrap()
            .keys()
            .filter(|it| it.starts_with('2'));
        let documented = successes.map(String::as_str).next().unwrap();
        let mut found = BTreeSet::new();
        if documented != status.to_string() {
            found.insert(format!("status {status} instead of {documented}"));
        }
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let schema = &responses[documented]["content"]["application/json"]["schema"];
        if schema.is_object() {
            found.extend(differences(&self.described, schema, &body, ""));
        }
        self.walked.entry(operation).or_default().extend(found);
        body
    }

    async fn get(&mut self, path: &str) -> Value {
        self.call("get", path, Value::Null).await
    }

    /// The same below the demo's account.
    async fn mine(&mut self, method: &str, path: &str, body: Value) -> Value {
        self.call(method, &format!("/api/v1/accounts/1{path}"), body)
            .await
    }

    fn inbox(&self, kind: &str) -> Value {
        let all = self.demo.card["onechat"]["inboxes"].as_array().unwrap();
        all.iter().find(|it| it["kind"] == kind).unwrap().clone()
    }
}

#[tokio::test]
async fn every_described_operation_answers_as_described() {
    let mut walker = Walker::start().await;
    platform(&mut walker).await;
    let (contact, conversation) = visitor(&mut walker).await;
    account(&mut walker).await;
    people(&mut walker).await;
    contacts(&mut walker, &contact).await;
    conversations(&mut walker, conversation).await;
    inboxes(&mut walker).await;
    written_down(&mut walker).await;
    reports(&mut walker, conversation).await;
    judge(&walker);
}

/// What was found against what is listed.
fn judge(walker: &Walker) {
    let paths = walker.described["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(address, item)| {
        let there = METHODS.iter().filter(|it| item.get(**it).is_some());
        there.map(move |it| format!("{} {address}", it.to_uppercase()))
    });
    let left_out: BTreeSet<String> = NOT_SERVED.iter().map(|it| it.0.to_owned()).collect();
    let all: BTreeSet<String> = all.collect();
    assert!(
        left_out.is_subset(&all),
        "not described: {:?}",
        left_out.difference(&all)
    );
    let walked: BTreeSet<String> = walker.walked.keys().cloned().collect();
    let missing: Vec<_> = all
        .difference(&walked)
        .filter(|it| !left_out.contains(*it))
        .collect();
    assert!(missing.is_empty(), "not walked: {missing:#?}");
    let mut used = BTreeSet::new();
    let mut unlisted = Vec::new();
    for (operation, found) in &walker.walked {
        for difference in found {
            let listed = DIFFERS.iter().position(|(where_, what, _)| {
                (*where_ == "*" || *where_ == operation) && matches(what, difference)
            });
            match listed {
                Some(place) => drop(used.insert(place)),
                None => unlisted.push(format!("{operation}  {difference}")),
            }
        }
    }
    assert!(
        unlisted.is_empty(),
        "differs and is not listed:\n{}",
        unlisted.join("\n")
    );
    let stale: Vec<_> = (0..DIFFERS.len())
        .filter(|it| !used.contains(it))
        .map(|it| DIFFERS[it])
        .collect();
    assert!(stale.is_empty(), "listed and does not differ: {stale:#?}");
}

/// Whether a listed difference is this one: a star stands for anything.
fn matches(listed: &str, found: &str) -> bool {
    let parts: Vec<&str> = listed.split('*').collect();
    let [first, between @ .., last] = &parts[..] else {
        return listed == found;
    };
    let inside = found
        .strip_prefix(first)
        .and_then(|it| it.strip_suffix(last));
    let Some(mut rest) = inside else {
        return false;
    };
    between.iter().all(|part| match rest.find(part) {
        Some(place) => {
            rest = &rest[place + part.len()..];
            true
        }
        None => false,
    })
}

async fn platform(walker: &mut Walker) {
    let api = "/platform/api/v1";
    let account = json!({ "name": "Acme", "locale": "en", "domain": "acme.example", "support_email": "a@acme.example" });
    let account = walker
        .call("post", &format!("{api}/accounts"), account)
        .await;
    let id = account["id"].clone();
    let bot = json!({ "name": "Greeter", "description": "says hello", "outgoing_url": walker.demo.url("/bot"), "account_id": id });
    let bot = walker.call("post", &format!("{api}/agent_bots"), bot).await;
    let bot = format!("{api}/agent_bots/{}", bot["id"]);
    walker.get(&format!("{api}/agent_bots")).await;
    walker.get(&bot).await;
    walker
        .call("patch", &bot, json!({ "description": "says good day" }))
        .await;
    walker.call("delete", &bot, Value::Null).await;
    let account = format!("{api}/accounts/{id}");
    walker.get(&account).await;
    walker
        .call("patch", &account, json!({ "name": "Acme Ltd" }))
        .await;
    let user = json!({
        "name": "Ann", "display_name": "Annie", "email": "ann@acme.example", "password": "correct horse",
        "custom_attributes": { "desk": 4 },
    });
    let user = walker.call("post", &format!("{api}/users"), user).await;
    let id = user["id"].clone();
    let user = format!("{api}/users/{id}");
    walker.get(&user).await;
    walker
        .call("patch", &user, json!({ "name": "Ann B." }))
        .await;
    let seat = json!({ "user_id": id, "role": "agent" });
    walker
        .call("post", &format!("{account}/account_users"), seat)
        .await;
    walker.get(&format!("{account}/account_users")).await;
    walker.get(&format!("{user}/login")).await;
    walker
        .call(
            "delete",
            &format!("{account}/account_users"),
            json!({ "user_id": id }),
        )
        .await;
    walker.call("delete", &user, Value::Null).await;
}

/// A customer who writes through the API inbox. Returns the contact, and the conversation's number.
async fn visitor(walker: &mut Walker) -> (Value, i64) {
    let inbox = walker.inbox("api")["inbox_identifier"]
        .as_str()
        .unwrap()
        .to_owned();
    let api = format!("/public/api/v1/inboxes/{inbox}");
    walker.get(&api).await;
    let jana = json!({
        "identifier": "c-7", "email": "jana@shop.example", "name": "Jana", "phone_number": "+420601000001",
        "custom_attributes": { "plan": "gold" },
    });
    let jana = walker.call("post", &format!("{api}/contacts"), jana).await;
    let jana = format!("{api}/contacts/{}", jana["source_id"].as_str().unwrap());
    walker.get(&jana).await;
    let contact = walker
        .call("patch", &jana, json!({ "name": "Jana N." }))
        .await;
    let begun = json!({ "custom_attributes": { "order": "A-1" } });
    let begun = walker
        .call("post", &format!("{jana}/conversations"), begun)
        .await;
    let number = begun["id"].as_i64().unwrap();
    let talk = format!("{jana}/conversations/{number}");
    let said = json!({ "content": "Where is my parcel?", "echo_id": "e-1" });
    walker.call("post", &format!("{talk}/messages"), said).await;
    let form = json!({
        "content": "Which one?", "content_type": "form",
        "content_attributes": { "items": [{ "name": "order", "type": "text", "label": "Order" }] },
    });
    let path = format!("/conversations/{number}/messages");
    let asked = walker.mine("post", &path, form).await;
    walker.get(&format!("{talk}/messages")).await;
    let filled =
        json!({ "submitted_values": [{ "name": "order", "title": "Order", "value": "A-1" }] });
    walker
        .call("patch", &format!("{talk}/messages/{}", asked["id"]), filled)
        .await;
    walker.get(&format!("{jana}/conversations")).await;
    walker.get(&talk).await;
    walker
        .call(
            "post",
            &format!("{talk}/toggle_typing"),
            json!({ "typing_status": "on" }),
        )
        .await;
    walker
        .call("post", &format!("{talk}/update_last_seen"), Value::Null)
        .await;
    walker
        .call("post", &format!("{talk}/toggle_status"), Value::Null)
        .await;
    (contact["id"].clone(), number)
}

async fn account(walker: &mut Walker) {
    let settings = json!({
        "name": "Acme", "locale": "en", "domain": "acme.example", "support_email": "help@acme.example",
        "industry": "Retail", "company_size": "10", "timezone": "Europe/Prague",
    });
    walker.mine("patch", "", settings).await;
    walker.mine("get", "", Value::Null).await;
    let profile = json!({ "profile": { "name": "Ann", "display_name": "Annie", "ui_settings": { "is_open": true } } });
    walker.call("put", "/api/v1/profile", profile).await;
    walker.get("/api/v1/profile").await;
}

/// Agents, teams and bots.
async fn people(walker: &mut Walker) {
    let eve = json!({ "name": "Eve", "email": "eve@acme.example", "role": "agent", "availability": "online" });
    let eve = walker.mine("post", "/agents", eve).await["id"].clone();
    walker.mine("get", "/agents", Value::Null).await;
    walker
        .mine(
            "patch",
            &format!("/agents/{eve}"),
            json!({ "role": "administrator" }),
        )
        .await;
    let team =
        json!({ "name": "returns", "description": "what comes back", "allow_auto_assign": false });
    let team = walker.mine("post", "/teams", team).await["id"].clone();
    let path = format!("/teams/{team}");
    walker
        .mine("patch", &path, json!({ "description": "what goes back" }))
        .await;
    walker.mine("get", "/teams", Value::Null).await;
    walker.mine("get", &path, Value::Null).await;
    let members = format!("{path}/team_members");
    walker
        .mine("post", &members, json!({ "user_ids": [1] }))
        .await;
    walker
        .mine("patch", &members, json!({ "user_ids": [1, eve] }))
        .await;
    walker.mine("get", &members, Value::Null).await;
    walker
        .mine("delete", &members, json!({ "user_ids": [eve] }))
        .await;
    walker
        .mine("delete", &format!("/agents/{eve}"), Value::Null)
        .await;
    walker.mine("delete", &path, Value::Null).await;
}

async fn contacts(walker: &mut Walker, jana: &Value) {
    let inbox = walker.inbox("api")["id"].clone();
    let omar = json!({
        "inbox_id": inbox, "name": "Omar", "email": "omar@shop.example", "phone_number": "+447700900001",
        "identifier": "c-8", "blocked": false, "additional_attributes": { "city": "Leeds" },
        "custom_attributes": { "plan": "silver" },
    });
    let omar = walker.mine("post", "/contacts", omar).await;
    let omar = omar["payload"]["contact"]["id"].clone();
    let path = format!("/contacts/{omar}");
    walker
        .mine("put", &path, json!({ "name": "Omar K." }))
        .await;
    walker.mine("get", &path, Value::Null).await;
    walker.mine("get", "/contacts?sort=name", Value::Null).await;
    walker
        .mine("get", "/contacts/search?q=jana", Value::Null)
        .await;
    let condition = json!([{ "attribute_key": "name", "filter_operator": "equal_to", "values": ["Jana N."], "query_operator": null }]);
    walker
        .mine("post", "/contacts/filter", json!({ "payload": condition }))
        .await;
    walker
        .mine(
            "post",
            &format!("{path}/labels"),
            json!({ "labels": ["vip"] }),
        )
        .await;
    walker
        .mine("get", &format!("{path}/labels"), Value::Null)
        .await;
    let place = json!({ "inbox_id": inbox, "source_id": "crm-8" });
    walker
        .mine("post", &format!("{path}/contact_inboxes"), place)
        .await;
    walker
        .mine("get", &format!("{path}/contactable_inboxes"), Value::Null)
        .await;
    walker
        .mine(
            "get",
            &format!("/contacts/{jana}/conversations"),
            Value::Null,
        )
        .await;
    let merge = json!({ "base_contact_id": jana, "mergee_contact_id": omar });
    walker.mine("post", "/actions/contact_merge", merge).await;
    let gone = json!({ "inbox_id": inbox, "name": "Nobody" });
    let gone = walker.mine("post", "/contacts", gone).await;
    let gone = format!("/contacts/{}", gone["payload"]["contact"]["id"]);
    walker.mine("delete", &gone, Value::Null).await;
}

async fn conversations(walker: &mut Walker, number: i64) {
    let new = json!({
        "source_id": "crm-8", "custom_attributes": { "order": "A-2" }, "additional_attributes": { "referer": "crm" },
        "status": "open", "message": { "content": "Hello Jana" },
    });
    let new = walker.mine("post", "/conversations", new).await;
    let path = format!("/conversations/{number}");
    for (end, body) in [
        ("/toggle_status", json!({ "status": "open" })),
        ("/toggle_priority", json!({ "priority": "none" })),
        (
            "/toggle_typing_status",
            json!({ "typing_status": "on", "is_private": false }),
        ),
        (
            "/custom_attributes",
            json!({ "custom_attributes": { "order": "A-3" } }),
        ),
        ("/assignments", json!({ "assignee_id": 1 })),
        ("/labels", json!({ "labels": ["vip", "parcel"] })),
    ] {
        walker.mine("post", &format!("{path}{end}"), body).await;
    }
    walker
        .mine("patch", &path, json!({ "priority": "high" }))
        .await;
    walker.mine("get", &path, Value::Null).await;
    walker
        .mine("get", &format!("{path}/labels"), Value::Null)
        .await;
    let messages = format!("{path}/messages");
    let said = json!({ "content": "Which order?", "message_type": "outgoing", "private": false });
    let said = walker.mine("post", &messages, said).await;
    walker.mine("get", &messages, Value::Null).await;
    walker.get(&format!("/accounts/1{messages}")).await;
    walker
        .mine("delete", &format!("{messages}/{}", said["id"]), Value::Null)
        .await;
    walker
        .mine("get", "/conversations?status=all", Value::Null)
        .await;
    walker
        .mine("get", "/conversations/meta?status=all", Value::Null)
        .await;
    let condition = json!([{ "attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": null }]);
    walker
        .mine(
            "post",
            "/conversations/filter",
            json!({ "payload": condition }),
        )
        .await;
    let resolved = json!({ "status": "resolved" });
    walker
        .mine(
            "post",
            &format!("/conversations/{}/toggle_status", new["id"]),
            resolved,
        )
        .await;
}

/// Inboxes, who answers in them, and bots.
async fn inboxes(walker: &mut Walker) {
    let new = json!({
        "name": "Bridge", "greeting_enabled": true, "greeting_message": "Good day",
        "channel": { "type": "api", "webhook_url": "" },
    });
    let id = walker.mine("post", "/inboxes", new).await["id"].clone();
    let path = format!("/inboxes/{id}");
    walker
        .mine("patch", &path, json!({ "name": "Bridge 2" }))
        .await;
    walker.mine("get", "/inboxes", Value::Null).await;
    walker.mine("get", &path, Value::Null).await;
    for (method, users) in [
        ("post", json!([1])),
        ("patch", json!([1, 2])),
        ("delete", json!([2])),
    ] {
        let body = json!({ "inbox_id": id, "user_ids": users });
        walker.mine(method, "/inbox_members", body).await;
    }
    walker
        .mine("get", &format!("/inbox_members/{id}"), Value::Null)
        .await;
    let receiver = Receiver::start().await;
    let bot = json!({ "name": "Greeter", "description": "says hello", "outgoing_url": receiver.url("/bot") });
    let bot = walker.mine("post", "/agent_bots", bot).await["id"].clone();
    let at = format!("/agent_bots/{bot}");
    walker
        .mine("patch", &at, json!({ "description": "says good day" }))
        .await;
    walker.mine("get", "/agent_bots", Value::Null).await;
    walker.mine("get", &at, Value::Null).await;
    walker
        .mine(
            "post",
            &format!("{path}/set_agent_bot"),
            json!({ "agent_bot": bot }),
        )
        .await;
    walker
        .mine("get", &format!("{path}/agent_bot"), Value::Null)
        .await;
    walker.mine("delete", &at, Value::Null).await;
}

/// Labels, canned responses, definitions, filters, rules and webhooks.
async fn written_down(walker: &mut Walker) {
    let receiver = Receiver::start().await;
    let rule_actions = json!([{ "action_name": "add_label", "action_params": ["vip"] }]);
    let conditions = json!([{
        "attribute_key": "content", "filter_operator": "contains", "query_operator": null, "values": ["help"],
    }]);
    for (noun, new, change, has_show) in [
        (
            "labels",
            json!({ "title": "returned", "description": "came back", "color": "#112233", "show_on_sidebar": true }),
            json!({ "color": "#332211" }),
            true,
        ),
        (
            "canned_responses",
            json!({ "short_code": "hello", "content": "Good day!" }),
            json!({ "content": "Good evening!" }),
            false,
        ),
        (
            "custom_attribute_definitions",
            json!({
                "attribute_display_name": "Plan", "attribute_display_type": 6, "attribute_description": "what they pay",
                "attribute_key": "plan", "attribute_values": ["gold", "silver"], "attribute_model": 1,
                "regex_pattern": "^[a-z]+$", "regex_cue": "one word",
            }),
            json!({ "attribute_description": "what they paid" }),
            true,
        ),
        (
            "custom_filters",
            json!({ "name": "Mine", "type": "contact", "query": { "payload": [] } }),
            json!({ "name": "Ours" }),
            true,
        ),
        (
            "automation_rules",
            json!({
                "name": "Help", "description": "labels calls for help", "event_name": "message_created",
                "active": true, "conditions": conditions, "actions": rule_actions,
            }),
            json!({ "active": false }),
            true,
        ),
        (
            "webhooks",
            json!({ "url": receiver.url("/in"), "name": "Ours", "subscriptions": ["message_created"] }),
            json!({ "subscriptions": ["conversation_created"] }),
            false,
        ),
    ] {
        let made = walker.mine("post", &format!("/{noun}"), new).await;
        let places = ["/id", "/payload/webhook/id"];
        let id = places
            .iter()
            .find_map(|it| made.pointer(it))
            .unwrap()
            .clone();
        let path = format!("/{noun}/{id}");
        walker.mine("patch", &path, change).await;
        walker.mine("get", &format!("/{noun}"), Value::Null).await;
        if has_show {
            walker.mine("get", &path, Value::Null).await;
        }
        walker.mine("delete", &path, Value::Null).await;
    }
}

async fn reports(walker: &mut Walker, number: i64) {
    let api = "/api/v2/accounts/1";
    for path in [
        "reports?metric=avg_first_response_time&type=account",
        "reports/summary?type=account",
        "reports/conversations?type=account",
        "reports/conversations/?type=agent",
        "summary_reports/channel",
        "summary_reports/inbox",
        "summary_reports/agent",
        "summary_reports/team",
        "reports/first_response_time_distribution",
        "reports/inbox_label_matrix",
        "reports/outgoing_messages_count?group_by=agent",
    ] {
        let told = walker.get(&format!("{api}/{path}")).await;
        let is_told = told.as_array().is_none_or(|it| !it.is_empty()) && told != json!({});
        assert!(is_told || path.ends_with("/team"), "{path}: {told}");
    }
    walker.mine("get", "/reporting_events", Value::Null).await;
    walker
        .mine(
            "get",
            &format!("/conversations/{number}/reporting_events"),
            Value::Null,
        )
        .await;
}
