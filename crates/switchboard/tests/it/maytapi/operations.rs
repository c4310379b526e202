//! Every operation of the source document, in each of the places where bots look for it, and every path of the OpenAPI
//! file, with each method: called as the document has it, and the answer's fields compared with the document's.

use serde_json::{Value, json};
use testkit::{http::Answer, receiver::Receiver};

use super::{ANN, Bot, keys, refused};

/// What an answer is to be.
enum Shape<'a> {
    /// A picture.
    Image,
    /// An object with these fields.
    Object(&'a [&'a str]),
    /// A list of objects with these fields.
    List(&'a [&'a str]),
    /// `success`, and an object with these fields under this name.
    With(&'a str, &'a [&'a str]),
    /// `success`, and a list of objects with these fields under this name.
    Listed(&'a str, &'a [&'a str]),
}
use Shape::{Image, List, Listed, Object, With};

const PRODUCT: Shape<'_> = Object(&["ack_delivery", "phone_limit", "pid", "webhook"]);
const DONE: Shape<'_> = Object(&["success"]);
const STATUS: [&str; 5] = ["connRetry", "isQr", "loading", "loggedIn", "message"];

impl Shape<'_> {
    fn check(&self, what: &str, answer: &Answer) {
        assert_eq!(answer.status, 200, "{what}: {}", answer.text());
        if let Image = self {
            assert_eq!(answer.header("content-type"), "image/png", "{what}");
            assert!(answer.body.starts_with(b"\x89PNG"), "{what}");
            return;
        }
        let body = answer.json();
        let list = |list: &Value, fields: &[&str]| {
            for it in list.as_array().unwrap() {
                assert_eq!(keys(it), fields, "{what}: {body}");
            }
        };
        let success = |name: &str| {
            assert_eq!(body["success"], true, "{what}: {body}");
            assert!(keys(&body).contains(&name), "{what}: {body}");
        };
        match self {
            Image => {}
            Object(fields) => assert_eq!(keys(&body), *fields, "{what}: {body}"),
            List(fields) => list(&body, fields),
            With(name, fields) => {
                success(name);
                assert_eq!(keys(&body[*name]), *fields, "{what}: {body}");
            }
            Listed(name, fields) => {
                success(name);
                list(&body[*name], fields);
            }
        }
    }
}

/// Calls an operation with each of its methods.
async fn walk(bot: &Bot, below: &str, operation: &str, body: &Value, shape: &Shape<'_>) {
    let (methods, path) = operation.split_once(' ').unwrap();
    for method in methods.split('|') {
        let path = format!("{below}/{path}");
        let body = (method == "POST").then(|| body.clone());
        let answer = bot.call(method, &path, body).await;
        shape.check(&format!("{method} {path}"), &answer);
    }
}

#[tokio::test]
async fn every_operation_of_the_source_document_in_every_place() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    let hook = json!({ "webhook": receiver.url("/bot") });
    let none = json!({});
    let places = [
        (format!("/api/{}", bot.product), format!("/{}", bot.phone)),
        (format!("/{}", bot.product), format!("/{}", bot.phone)),
        (String::new(), String::new()),
    ];
    for (product, phone) in &places {
        for (operation, body, shape) in [
            ("GET product", &none, PRODUCT),
            ("GET listPhones", &none, List(&["id", "number"])),
            ("POST setWebhook", &hook, PRODUCT),
            (
                "POST setAckPreference",
                &json!({ "preference": true }),
                PRODUCT,
            ),
        ] {
            walk(&bot, product, operation, body, &shape).await;
        }
        let below = format!("{product}{phone}");
        let text = json!({ "to_number": ANN, "message": format!("in {below}"), "type": "text" });
        for (operation, body, shape) in [
            ("GET screen", &none, Image),
            ("GET status", &none, With("status", &STATUS)),
            (
                "POST sendMessage",
                &text,
                With("data", &["chatId", "msgId"]),
            ),
            ("POST restart", &none, DONE),
        ] {
            walk(&bot, &below, operation, body, &shape).await;
        }
        bot.when_in("active", bot.phone).await;
        let backup = bot
            .call("POST", &format!("{below}/backup"), None)
            .await
            .ok();
        assert_eq!(keys(&backup), ["data", "success"]);
        walk(&bot, &below, "POST logout", &none, &DONE).await;
        walk(&bot, &below, "GET qrCode", &none, &Image).await;
        walk(&bot, &below, "GET screen", &none, &Image).await;
        walk(&bot, &below, "POST restore", &backup["data"], &DONE).await;
        bot.when_in("active", bot.phone).await;
    }
    // Last, since the bare addresses mean the only phone.
    for (product, _) in &places {
        let new = Object(&["id", "number", "pid"]);
        walk(&bot, product, "POST addPhone", &none, &new).await;
    }
}

#[tokio::test]
async fn every_path_of_the_current_api_with_either_method() {
    let bot = Bot::start().await;
    let receiver = Receiver::start().await;
    bot.told_at(&receiver, "/bot", "current").await;
    let product = format!("/api/{}", bot.product);
    let hook = json!({ "webhook": receiver.url("/bot") });
    let none = json!({});
    let phone = ["id", "number", "status"];
    for (operation, body, shape) in [
        ("GET product", &none, PRODUCT),
        ("GET listPhones", &none, List(&phone)),
        (
            "GET queues",
            &none,
            Listed("queues", &["id", "queue", "status"]),
        ),
        ("POST setWebhook", &hook, PRODUCT),
        (
            "POST setAckPreference",
            &json!({ "ack_delivery": true }),
            PRODUCT,
        ),
        ("GET logs", &none, With("data", &["count", "list"])),
        (
            "POST addPhone",
            &json!({ "number": "447700900300" }),
            Object(&["id", "number", "pid"]),
        ),
    ] {
        walk(&bot, &product, operation, body, &shape).await;
    }
    let below = format!("{product}/{}", bot.phone);
    let mut status = STATUS.to_vec();
    status.extend(["multidevice", "number", "state", "version"]);
    status.sort_unstable();
    let config = ["ack_delivery", "webhook"];
    let text = json!({ "to_number": ANN, "message": "Hello", "type": "text" });
    let who = ["id", "name", "type"];
    for (operation, body, shape) in [
        ("GET screen", &none, Image),
        ("GET status", &none, With("status", &status)),
        (
            "POST sendMessage",
            &text,
            With("data", &["chatId", "msgId"]),
        ),
        ("GET contacts", &none, Listed("data", &who)),
        (
            &*format!("GET contact/{ANN}@c.us"),
            &none,
            Listed("data", &who),
        ),
        ("GET catalog", &none, Listed("data", &[])),
        ("POST|GET config", &hook, With("status", &config)),
        ("GET|POST redeploy", &none, Object(&["message", "success"])),
        ("GET|POST restart", &none, DONE),
    ] {
        walk(&bot, &below, operation, body, &shape).await;
    }
    bot.when_in("active", bot.phone).await;
    groups(&bot, &below).await;
    // These close the session, or throw away what it would send.
    let queue = bot.call("GET", &format!("{below}/queue"), None).await.ok();
    assert!(queue["stats"]["sending"].is_i64(), "{queue}");
    for method in ["GET", "POST"] {
        let below = |path: &str| format!("{below}/{path}");
        DONE.check(method, &bot.call(method, &below("purgeQueue"), None).await);
        let backup = bot.call(method, &below("backup"), None).await.ok();
        for path in ["logout", "factoryreset"] {
            DONE.check(path, &bot.call(method, &below(path), None).await);
        }
        Image.check("qrCode", &bot.call("GET", &below("qrCode"), None).await);
        let deleted = Object(&["phone_id", "pid", "success", "type"]);
        deleted.check("delete", &bot.call(method, &below("delete"), None).await);
        let data = Some(backup["data"].clone());
        DONE.check("restore", &bot.call("POST", &below("restore"), data).await);
        bot.when_in("active", bot.phone).await;
    }
}

/// The paths about groups.
async fn groups(bot: &Bot, below: &str) {
    let group = [
        "admins",
        "config",
        "id",
        "image",
        "invite",
        "name",
        "participants",
    ];
    let group: Vec<&str> = group.into_iter().filter(|it| *it != "image").collect();
    let body = json!({ "name": "Team", "numbers": [ANN] });
    let path = format!("{below}/createGroup");
    let made = bot.call("POST", &path, Some(body)).await;
    With("data", &group).check("createGroup", &made);
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let listed: Vec<&str> = group.iter().copied().filter(|it| *it != "invite").collect();
    let other = json!({ "conversation_id": id, "number": "447700900777@c.us" });
    let config =
        json!({ "conversation_id": id, "config": { "edit": "admins", "disappear": true } });
    let picture = json!({ "conversation_id": id, "image": "data:image/png;base64,iVBORw0KGgoA" });
    let none = json!({});
    for (operation, body, shape) in [
        ("GET getGroups", &none, Listed("data", &listed)),
        (
            &*format!("GET getGroups/{id}?invite=true"),
            &none,
            With("data", &group),
        ),
        (
            "POST group/config",
            &config,
            With("data", &["disappear", "edit", "send"]),
        ),
        ("POST group/add", &other, DONE),
        ("POST group/promote", &other, DONE),
        ("POST group/demote", &other, DONE),
        ("POST group/remove", &other, DONE),
        ("POST setProfileImage", &picture, DONE),
        (
            "POST leaveGroup",
            &json!({ "id": id }),
            Object(&["data", "success"]),
        ),
    ] {
        walk(bot, below, operation, body, &shape).await;
    }
}

#[tokio::test]
async fn what_is_not_offered_is_refused_in_the_same_form() {
    let bot = Bot::start().await;
    for path in ["labels", "stories", "checkNumberStatus"] {
        for method in ["GET", "POST"] {
            let answer = bot.call(method, &bot.phone(path), None).await;
            assert!(refused(&answer, 404).contains("no such operation"));
            let answer = bot.call(method, &bot.product(path), None).await;
            assert!(refused(&answer, 404).contains("no such operation"));
        }
    }
    for kind in ["poll", "list"] {
        let body = json!({ "to_number": ANN, "type": kind, "message": "x" });
        let answer = bot
            .call("POST", &bot.phone("sendMessage"), Some(body))
            .await;
        assert!(!refused(&answer, 400).is_empty());
    }
    assert_eq!(bot.get("queue").await["stats"]["sending"], 0);
    // Other interfaces' addresses are not the bots' business.
    let other = bot.call("GET", "/api/v1/nothing", None).await;
    assert!(!other.text().contains("no such operation"));
}
