//! Two accounts: one that has something of everything, and one whose people are strangers to it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Answer};

use crate::BINARY;

/// What is told of that changes by itself: the time, and how it stands with receivers that are not there.
const MOVING: [&str; 5] = [
    "timestamp",
    "uptime",
    "failures",
    "failing_since",
    "deliveries",
];
/// In everything that the first account's people say and are called.
pub(crate) const MARKER: &str = "zanzibar";
/// The shapes of OneChat's described addresses.
const DESCRIBED: &str = include_str!("../openapi/onechat.json");

/// Somebody who has no business in the first account.
#[derive(Clone)]
pub(crate) struct Stranger {
    pub(crate) name: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
}

pub(crate) struct World {
    pub(crate) demo: Demo,
    /// The first account's things, by the word before their id in addresses.
    pub(crate) ids: BTreeMap<&'static str, String>,
    /// A customer of the first account, as its API inbox calls them.
    pub(crate) source: String,
    pub(crate) strangers: Vec<Stranger>,
    /// The second account's API inbox.
    other_inbox: String,
    /// What the agents of the second account follow the cable with: the token and their number.
    pub(crate) other_room: (String, i64),
    /// What a customer of the second account follows it with.
    pub(crate) other_contact: String,
}

/// The addresses that OneChat's description has.
pub(crate) fn described() -> Vec<String> {
    let all: Value = serde_json::from_str(DESCRIBED).unwrap();
    all["paths"].as_object().unwrap().keys().cloned().collect()
}

/// An address without the names of its parameters.
pub(crate) fn shape(address: &str) -> String {
    let parts = address.trim_end_matches('/').split('/');
    let parts = parts.map(|it| if it.starts_with('{') { "{}" } else { it });
    parts.collect::<Vec<_>>().join("/")
}

/// The names of the parameters of an address, each with the word before it.
fn parameters(address: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = address.split('/').collect();
    let named = parts.windows(2).filter(|it| it[1].starts_with('{'));
    named
        .map(|it| (it[0].to_owned(), it[1].to_owned()))
        .collect()
}

impl World {
    pub(crate) async fn start() -> Self {
        let mut demo = Demo::start(BINARY, None).await;
        let (ids, source) = fill(&demo).await;
        assert!(demo.terminate());
        setup(&demo, &["account", "Other"], "");
        let agent = |name: &'static str, email: &'static str| {
            vec!["agent", "--account", "2", "--name", name, "--email", email]
        };
        let eve = setup(&demo, &agent("Eve", "eve@other.example"), "correct horse");
        let mut arguments = agent("Mallory", "mallory@other.example");
        arguments.push("--administrator");
        let mallory = setup(&demo, &arguments, "correct horse");
        let product = setup(&demo, &["product", "--account", "2"], "");
        demo.restart().await;

        let inbox = as_other(
            &demo,
            &mallory,
            "POST",
            "/inboxes",
            json!({
                "name": "Theirs", "channel": { "type": "api" },
            }),
        );
        let other_inbox = inbox.await.ok()["inbox_identifier"]
            .as_str()
            .unwrap()
            .to_owned();
        let url = demo.url(&format!("/public/api/v1/inboxes/{other_inbox}/contacts"));
        let headers = [("content-type", "application/json")];
        let made = demo
            .client
            .send("POST", &url, &headers, r#"{"name":"Theirs"}"#)
            .await
            .ok();
        let signed_in = sign_in(&demo, "eve@other.example").await;
        let strangers = vec![
            Stranger {
                name: "nobody",
                headers: Vec::new(),
            },
            Stranger {
                name: "forger",
                headers: forged(),
            },
            other(&demo, "other's agent", "eve@other.example", &eve, &product).await,
            other(
                &demo,
                "other's administrator",
                "mallory@other.example",
                &mallory,
                &product,
            )
            .await,
        ];
        Self {
            ids,
            source,
            strangers,
            other_inbox,
            other_room: (
                signed_in["pubsub_token"].as_str().unwrap().to_owned(),
                signed_in["id"].as_i64().unwrap(),
            ),
            other_contact: made["pubsub_token"].as_str().unwrap().to_owned(),
            demo,
        }
    }

    /// An address with the first account's things in it. Customers of its API inbox are looked for in the second's:
    /// who knows an inbox's own name may begin there anyway.
    pub(crate) fn path(&self, address: &str) -> String {
        let mut path = address.to_owned();
        let is_public = address.starts_with("/public/api/v1/inboxes/{");
        for (before, parameter) in parameters(address) {
            let value = match (before.as_str(), parameter.as_str()) {
                ("inboxes", _) if is_public => self.other_inbox.clone(),
                ("contacts", _) if is_public => self.source.clone(),
                (_, "{pid}") => self.demo.text("/maytapi/product_id"),
                (_, "{phone}") if before != "phones" => self.demo.text("/maytapi/phones/0/id"),
                (_, "{messenger}") => self.demo.text("/ctlive/messenger"),
                (_, "{key}") => "unknown".to_owned(),
                (word, _) => self
                    .ids
                    .get(word)
                    .cloned()
                    .unwrap_or_else(|| "1".to_owned()),
            };
            path = path.replacen(&parameter, &value, 1);
        }
        if path.starts_with("/api/v1/widget/") {
            let website = self.ids["website_token"].as_str();
            path = format!("{path}?website_token={website}");
        }
        path
    }

    /// Whether the server has a route there, whatever it answers.
    pub(crate) async fn serves(&self, address: &str) -> bool {
        let answer = self.owner("GET", &self.path(address)).await;
        answer.status != 404
    }

    async fn owner(&self, method: &str, path: &str) -> Answer {
        let headers = owner(&self.demo);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let url = self.demo.url(path);
        self.demo.client.send(method, &url, &headers, "").await
    }

    /// Everything that the owner is shown of the first account, by address.
    pub(crate) async fn everything(&self, addresses: &[String]) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for address in addresses {
            // What changes by itself, or by being asked.
            let moves = [
                "/metrics",
                "/screen",
                "/qrCode",
                "/pairCode",
                "/restart",
                "/redeploy",
                "/logout",
                "/delete",
                "/factoryreset",
                "/backup",
                "/purgeQueue",
                "/logs",
                "/cable",
                "/widget",
                "/v1/tokens",
                "/sandbox",
                // A new address for the contact each time.
                "contactable_inboxes",
            ];
            let is_moving = moves.iter().any(|it| address.contains(it));
            let is_other = address.starts_with("/public/") || address.starts_with("/api/v1/widget");
            if is_moving || is_other {
                continue;
            }
            let path = self.path(address);
            let answer = self.owner("GET", &path).await;
            if answer.status == 200 {
                all.insert(path, without_moments(&answer));
            }
        }
        all
    }
}

/// An answer without what is different each time it is asked for: addresses of files, and the time.
fn without_moments(answer: &Answer) -> String {
    let text = answer.text();
    let Ok(mut body) = serde_json::from_str::<Value>(&text) else {
        return text;
    };
    still(&mut body);
    body.to_string()
}

fn still(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.ends_with("_url") && !MOVING.contains(&key.as_str()));
            map.values_mut().for_each(still);
        }
        Value::Array(list) => list.iter_mut().for_each(still),
        _ => {}
    }
}

/// Everything by which the first account's administrator shows who they are.
fn owner(demo: &Demo) -> Vec<(&'static str, String)> {
    vec![
        ("api_access_token", demo.text("/agents/0/access_token")),
        ("authorization", demo.text("/chatapp/access_token")),
        ("x-maytapi-key", demo.text("/maytapi/token")),
    ]
}

/// The same of somebody in the second account.
async fn other(
    demo: &Demo,
    name: &'static str,
    email: &str,
    token: &str,
    product: &str,
) -> Stranger {
    let make = json!({ "email": email, "password": "correct horse", "appId": "app_2_1" });
    let headers = [("content-type", "application/json")];
    let url = demo.url("/v1/tokens");
    let pair = demo
        .client
        .send("POST", &url, &headers, make.to_string())
        .await
        .ok();
    let access = pair["data"]["accessToken"].as_str().unwrap().to_owned();
    Stranger {
        name,
        headers: vec![
            ("api_access_token", token.to_owned()),
            ("authorization", access),
            ("x-maytapi-key", product.to_owned()),
            ("x-auth-token", forged_visitor()),
        ],
    }
}

/// What looks like credentials and is none.
fn forged() -> Vec<(&'static str, String)> {
    let token = "A".repeat(43);
    vec![
        ("api_access_token", token.clone()),
        ("authorization", token.clone()),
        ("x-maytapi-key", token),
        ("x-auth-token", forged_visitor()),
    ]
}

/// A visitor's token that nobody has signed: its algorithm is none.
fn forged_visitor() -> String {
    "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzb3VyY2VfaWQiOiJqYW5hIiwiaW5ib3hfaWQiOjF9.".to_owned()
}

/// Gives the first account something of everything: its things by the word before their id in addresses, and a customer
/// as its API inbox calls them. What a route does not know yet is not there yet.
async fn fill(demo: &Demo) -> (BTreeMap<&'static str, String>, String) {
    let said = format!("{MARKER} one");
    let mut item = demo.inbound("447700900911", "in-1", &said);
    item["contact"]["name"] = format!("Ann {MARKER}").into();
    demo.post(json!([item])).await.ok();
    let message = demo.seen(|it| it["content"] == *said).await;
    let conversation = demo.agent("GET", "/conversations/1", None).await.ok();
    let contact = conversation["meta"]["sender"]["id"].to_string();
    let mut ids = BTreeMap::from([
        ("accounts", "1".to_owned()),
        ("licenses", "1".to_owned()),
        ("companies", "1".to_owned()),
        ("conversations", "1".to_owned()),
        ("chats", "447700900911".to_owned()),
        ("messages", message["id"].to_string()),
        ("contacts", contact.clone()),
        ("apps", demo.text("/pusher/app_id")),
        ("website_token", inbox(demo, "widget", "website_token")),
    ]);
    for (word, path, body) in things(&contact) {
        let answer = demo.agent("POST", &path, Some(body)).await;
        let is_there = answer.status == 200 || answer.status == 201;
        let is_unknown = matches!(answer.status, 404 | 405);
        assert!(is_there || is_unknown, "{path}: {}", answer.text());
        if is_there {
            let made = answer.json();
            let places = ["/id", "/payload/id", "/payload/webhook/id", "/endpoint/id"];
            let id = places.iter().find_map(|it| made.pointer(it));
            let id = id.unwrap_or_else(|| panic!("{path}: {made}")).to_string();
            ids.insert(word, id.trim_matches('"').to_owned());
        }
    }
    let note = json!({ "content": format!("{MARKER} three"), "private": true });
    for (path, body) in [
        ("/conversations/1/labels", json!({ "labels": [MARKER] })),
        ("/conversations/1/assignments", json!({ "assignee_id": 2 })),
        ("/conversations/1/messages", note),
    ] {
        demo.agent("POST", path, Some(body)).await.ok();
    }
    begin(demo, &inbox(demo, "api", "inbox_identifier")).await;
    (ids, "jana".to_owned())
}

/// What somebody can make in an account: the word before its id, the address and the body.
fn things(contact: &str) -> Vec<(&'static str, String, Value)> {
    let (marked, url) = (
        format!("{MARKER} two"),
        format!("http://127.0.0.1:9/{MARKER}"),
    );
    let canned = json!({ "short_code": MARKER, "content": marked });
    let definition = json!({
        "attribute_display_name": MARKER, "attribute_display_type": 0, "attribute_key": MARKER, "attribute_model": 0,
        "attribute_description": marked,
    });
    let filter = json!({ "name": MARKER, "type": "conversation", "query": { "payload": [] } });
    let webhook = json!({ "url": url, "subscriptions": ["message_created"] });
    let resolve = json!([{ "action_name": "resolve_conversation", "action_params": [] }]);
    let condition = json!({
        "attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": null,
    });
    let rule = json!({
        "name": MARKER, "description": marked, "event_name": "conversation_created", "conditions": [condition],
        "actions": [{ "action_name": "mute_conversation", "action_params": [] }],
    });
    vec![
        ("labels", "/labels".into(), json!({ "title": MARKER })),
        (
            "notes",
            format!("/contacts/{contact}/notes"),
            json!({ "content": marked }),
        ),
        ("canned_responses", "/canned_responses".into(), canned),
        (
            "custom_attribute_definitions",
            "/custom_attribute_definitions".into(),
            definition,
        ),
        ("custom_filters", "/custom_filters".into(), filter),
        ("webhooks", "/webhooks".into(), webhook),
        (
            "endpoints",
            "/endpoints".into(),
            json!({ "url": url, "name": MARKER }),
        ),
        (
            "teams",
            "/teams".into(),
            json!({ "name": MARKER, "description": marked }),
        ),
        (
            "macros",
            "/macros".into(),
            json!({ "name": MARKER, "visibility": "global", "actions": resolve }),
        ),
        ("automation_rules", "/automation_rules".into(), rule),
        (
            "agent_bots",
            "/agent_bots".into(),
            json!({ "name": MARKER, "outgoing_url": url }),
        ),
    ]
}

/// Something of the demo's inbox of this kind.
fn inbox(demo: &Demo, kind: &str, what: &str) -> String {
    let mut all = demo.card["onechat"]["inboxes"].as_array().unwrap().iter();
    let found = all.find(|it| it["kind"] == kind).unwrap();
    found[what].as_str().unwrap().to_owned()
}

/// Jana writes through the API inbox of this name.
async fn begin(demo: &Demo, inbox: &str) {
    let headers = [("content-type", "application/json")];
    let url = demo.url(&format!("/public/api/v1/inboxes/{inbox}/contacts"));
    let jana = json!({ "source_id": "jana", "name": format!("Jana {MARKER}") }).to_string();
    demo.client.send("POST", &url, &headers, jana).await.ok();
    let url = format!("{url}/jana/conversations");
    let begun = demo.client.send("POST", &url, &headers, "{}").await.ok();
    let url = format!("{url}/{}/messages", begun["id"]);
    let text = json!({ "content": format!("{MARKER} four") }).to_string();
    demo.client.send("POST", &url, &headers, text).await.ok();
}

/// Sets something up while the server is stopped; returns the token that is printed, if there is one.
fn setup(demo: &Demo, arguments: &[&str], input: &str) -> String {
    let told = demo.setup(arguments, input);
    let token = told.lines().find_map(|it| it.split_once("token "));
    token
        .map(|(_, it)| it.trim().to_owned())
        .unwrap_or_default()
}

pub(super) async fn as_other(
    demo: &Demo,
    token: &str,
    method: &str,
    path: &str,
    body: Value,
) -> Answer {
    let url = demo.url(&format!("/api/v1/accounts/2{path}"));
    let headers = [
        ("api_access_token", token),
        ("content-type", "application/json"),
    ];
    demo.client
        .send(method, &url, &headers, body.to_string())
        .await
}

pub(super) async fn sign_in(demo: &Demo, email: &str) -> Value {
    let body = json!({ "email": email, "password": "correct horse" }).to_string();
    let headers = [("content-type", "application/json")];
    let url = demo.url("/auth/sign_in");
    let mut answer = demo.client.send("POST", &url, &headers, body).await.ok();
    answer["data"].take()
}
