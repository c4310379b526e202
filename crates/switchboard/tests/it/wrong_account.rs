//! One account can never read or change anything of another's: a walk over every address that the server has, and
//! every topic of its sockets, with everybody's credentials but the right ones.
//!
//! The addresses are the server's own list, so that a new route is walked the day it is written. A route that needs an
//! id of a kind that nobody has thought of yet is asked for number 1.

mod seats;
mod sockets;
pub(crate) mod world;

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use self::world::{MARKER, Stranger, World};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// Requests at a time.
const AT_ONCE: usize = 8;

/// Addresses that answer anybody by design, and why. They too may tell nothing and change nothing of anybody's.
const OPEN: [(&str, &str); 20] = [
    ("/healthz", "whether the server lives"),
    ("/readyz", "whether the server answers"),
    ("/metrics", "figures, for who watches the server"),
    ("/health", "OneChat's clients ask it first"),
    ("/api", "OneChat's clients ask it for the version"),
    ("/app/{key}", "whoever opens no socket there is told so"),
    ("/v1/tokens", "whoever signs in is nobody yet"),
    ("/auth/sign_in", "whoever signs in is nobody yet"),
    (
        "/auth/password",
        "whoever forgot their password is nobody yet",
    ),
    ("/sandbox/scan", "the QR code says which phone"),
    (
        "/whatsapp/webhook",
        "Meta tells of numbers that are not ours as well",
    ),
    ("/widget", "the page of a website's visitors"),
    ("/packs/js/sdk.js", "the script of a website's visitors"),
    ("/packs/js/widget.js", "the script of a website's visitors"),
    (
        "/api/v1/widget/config",
        "begins a new visitor, who knows the website's token",
    ),
    (
        "/api/v1/widget/inbox_members",
        "who answers a website's visitors",
    ),
    (
        "/api/v1/widget/campaigns",
        "what a website's visitors are greeted with",
    ),
    (
        "/public/api/v1/inboxes/{inbox}",
        "an API inbox, by its own name",
    ),
    (
        "/public/api/v1/inboxes/{inbox}/",
        "an API inbox, by its own name",
    ),
    (
        "/public/api/v1/inboxes/{inbox}/contacts",
        "begins a new contact in the strangers' own inbox",
    ),
];

/// Addresses that are about the caller's own product, whatever they name.
const OWN: [&str; 3] = ["/contact/{}", "/getGroups/{}", "/group/{}"];

/// What a stranger may be told: that they are nobody, that they may not, that there is no such thing.
fn turns_away(status: u16) -> bool {
    matches!(status, 401 | 403 | 404 | 405)
}

/// Everybody's words for everything, in the second account's hands.
fn bodies(method: &str, world: &World) -> Vec<Value> {
    if method == "GET" {
        return vec![Value::Null];
    }
    let contact = &world.ids["contacts"];
    let mine = json!({
        "content": "x", "name": "x", "title": "x", "short_code": "x", "message": "x", "text": "x", "typing_status": "on",
        "priority": "low", "url": "https://stranger.example/", "labels": ["x"], "custom_attributes": { "x": "x" },
        "inbox_id": 1, "contact_id": contact, "source_id": "x", "assignee_id": 1, "team_id": 1, "user_ids": [1],
        "agent_ids": [1], "user_id": 1, "base_contact_id": contact, "mergee_contact_id": contact,
        "to_number": "447700905555", "conversation": "447700905555@c.us", "employeeId": 1, "tagId": 1, "payload": [],
        "query": { "payload": [] }, "webhook": "https://stranger.example/", "events": ["message"], "socket_id": "1.1",
        "channel_name": "private-v1.licenses.1.messengers.ctlive", "email": "x@x.example", "availability": "busy",
        "workday": "start", "actions": [], "conditions": [], "ids": [1], "participantsType": "phone",
        "participantsItems": [{ "value": "447700905555" }],
    });
    let with = |more: Value| {
        let mut all = mine.clone();
        let words = more.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(words);
        all
    };
    vec![
        Value::Null,
        with(json!({ "status": "resolved", "type": "text" })),
        with(json!({ "status": "close", "type": "group" })),
        with(json!({ "status": "busy", "templateId": "1" })),
    ]
}

/// One question of a stranger's and its answer.
struct Asked {
    what: String,
    address: String,
    status: u16,
    body: String,
}

async fn ask(
    world: &World,
    stranger: &Stranger,
    method: &str,
    address: &str,
    body: &Value,
) -> Asked {
    let path = world.path(address);
    let text = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let headers: Vec<(&str, &str)> = stranger
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .chain([("content-type", "application/json")])
        .collect();
    let url = world.demo.url(&path);
    let answer = world.demo.client.send(method, &url, &headers, text).await;
    Asked {
        what: format!("{} {method} {path}", stranger.name),
        address: address.to_owned(),
        status: answer.status,
        body: answer.text(),
    }
}

#[tokio::test]
async fn strangers_find_and_change_nothing_at_any_address() {
    let world = World::start().await;
    let mut addresses = edge::addresses();
    // What ends the strangers' own credentials is asked last.
    addresses.sort_by_key(|it| it.starts_with("/api/v1/profile") || it.starts_with("/auth/"));
    for known in [
        "/api/v1/accounts/{account}/conversations/{conversation}/messages",
        "/v1/licenses/{license}/messengers/{messenger}/chats/{chat}",
        "/api/{pid}/{phone}/sendMessage",
        "/apps/{id}/events",
    ] {
        assert!(
            addresses.iter().any(|it| it == known),
            "{known} is in the list"
        );
    }
    for described in world::described() {
        let has_one = |it: &String| world::shape(it) == world::shape(&described);
        let is_there = addresses.iter().any(has_one);
        assert!(
            is_there || !world.serves(&described).await,
            "{described} is walked"
        );
    }
    let before = world.everything(&addresses).await;
    assert!(before.len() > 40, "{before:?}");
    let told: usize = before.values().filter(|it| it.contains(MARKER)).count();
    assert!(told > 10, "the owner is told of the marked things");

    let mut questions = Vec::new();
    for address in &addresses {
        for stranger in &world.strangers {
            for method in METHODS {
                for body in bodies(method, &world) {
                    questions.push((address, stranger, method, body));
                }
            }
        }
    }
    let count = questions.len();
    let world_ref = &world;
    let asked: Vec<Asked> = stream::iter(questions)
        .map(async |(address, stranger, method, body)| {
            ask(world_ref, stranger, method, address, &body).await
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    assert_eq!(asked.len(), count);
    // A body that a route does not take may be refused before anybody looks whose things it is about. One that it
    // takes is not.
    let mut refused: BTreeMap<&str, bool> = BTreeMap::new();
    let mut wrong: BTreeMap<&str, String> = BTreeMap::new();
    for it in &asked {
        let shape = world::shape(&it.address);
        let is_open = OPEN
            .iter()
            .any(|(address, _)| world::shape(address) == shape);
        // What names nobody's things may answer whoever is somebody, about themselves.
        let is_own = !it.address.contains('{') || OWN.contains(&&*shape);
        let is_theirs = is_own && it.what.starts_with("other");
        let is_malformed = matches!(it.status, 400 | 422);
        if it.body.contains(MARKER) || it.status >= 500 {
            wrong.insert(&it.what, format!("{} {:.200}", it.status, it.body));
        } else if !is_open && !is_theirs {
            *refused.entry(&it.what).or_default() |= turns_away(it.status);
            if !turns_away(it.status) && !is_malformed {
                wrong.insert(&it.what, format!("{} {:.200}", it.status, it.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}: {wrong:#?}", wrong.len());
    refused.retain(|_, turned_away| !*turned_away);
    assert!(refused.is_empty(), "never turned away: {refused:#?}");
    let after = world.everything(&addresses).await;
    for (path, was) in &before {
        assert_eq!(after.get(path), Some(was), "{path} has changed");
    }
}

#[tokio::test]
async fn no_answer_tells_whether_a_licence_or_an_account_exists() {
    let world = World::start().await;
    // The same question about what is there and what is not: the same answer, but for the name in it.
    let pairs = [
        (
            "/v1/licenses/1/messengers/ctlive",
            "/v1/licenses/99/messengers/ctlive",
        ),
        ("/v1/companies/1", "/v1/companies/99"),
        ("/api/v1/accounts/1", "/api/v1/accounts/99"),
    ];
    for address in edge::addresses() {
        for (theirs, nobodys) in pairs {
            let path = world.path(&address);
            let Some(rest) = path.strip_prefix(theirs) else {
                continue;
            };
            let other = format!("{nobodys}{rest}");
            for stranger in &world.strangers {
                for method in ["GET", "POST", "DELETE"] {
                    let there = ask(&world, stranger, method, &path, &json!({})).await;
                    let nowhere = ask(&world, stranger, method, &other, &json!({})).await;
                    let told = (there.status, there.body);
                    assert_eq!(told, (nowhere.status, nowhere.body), "{}", there.what);
                }
            }
        }
    }
}
