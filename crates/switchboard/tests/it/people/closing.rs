//! An account is closed: unreachable from then on, and erased in the background, whatever happens to the server.

use std::collections::BTreeMap;

use futures_util::{SinkExt as _, StreamExt as _};
use testkit::{
    http::Form,
    receiver::Receiver,
    wait::{PATIENCE, until},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::{
    platform::{platform, start_in},
    *,
};

/// Tables of which nothing is left.
const ERASED: [&str; 23] = [
    "contacts",
    "addresses",
    "conversations",
    "messages",
    "conversation_labels",
    "contact_labels",
    "attributes",
    "notifications",
    "involvements",
    "documents",
    "deliveries",
    "attempts",
    "tallies",
    "timings",
    "inbox_members",
    "inbox_bots",
    "inbox_habits",
    "endpoint_secrets",
    "conversation_counts",
    "contact_counts",
    "sessions",
    "session_keys",
    "socket_app_keys",
];
/// The account's settings, which are kept under its number.
const KEPT: &str =
    "SELECT count(*) FROM kept WHERE keeper IN ('idle', 'onechat/account') AND name = '2'";
/// Contacts that write, and what each says.
const CONTACTS: usize = 60;
const WORDS: usize = 4;

pub(super) fn number(demo: &Demo, sql: &str) -> i64 {
    let file = demo.data().join("switchboard.db");
    let sql_of = rusqlite::Connection::open(file).unwrap();
    sql_of.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// How many rows there are of each table.
fn rows(demo: &Demo) -> BTreeMap<&'static str, i64> {
    let count = |table: &&'static str| {
        let counts = if table.ends_with("_counts") {
            "WHERE n <> 0"
        } else {
            ""
        };
        (
            *table,
            number(demo, &format!("SELECT count(*) FROM {table} {counts}")),
        )
    };
    ERASED.iter().map(count).collect()
}

/// The files that are kept.
fn files(demo: &Demo) -> usize {
    fn count(place: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(place) else {
            return 0;
        };
        let entries = entries.map(|it| it.unwrap().path());
        entries
            .map(|it| if it.is_dir() { count(&it) } else { 1 })
            .sum()
    }
    count(&demo.data().join("media"))
}

pub(crate) type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A socket that is in a room of the cable.
pub(crate) async fn follow(demo: &Demo, room: Value) -> Socket {
    let (mut socket, _) = connect_async(demo.socket_url("/cable")).await.unwrap();
    let subscribe = json!({ "command": "subscribe", "identifier": room.to_string() });
    socket
        .send(Message::text(subscribe.to_string()))
        .await
        .unwrap();
    loop {
        let frame = socket.next().await.unwrap().unwrap();
        if frame.to_text().unwrap().contains("confirm_subscription") {
            return socket;
        }
    }
}

/// Reads until the other side closes.
pub(crate) async fn ends(mut socket: Socket) {
    let reading = async { while let Some(Ok(_)) = socket.next().await {} };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
}

/// The second account, with a bit of everything.
struct Acme {
    ann: Value,
    ben: String,
    identifier: String,
    contact: String,
    file: String,
}

async fn call_in(demo: &Demo, token: &str, method: &str, path: &str, body: Value) -> Value {
    let path = format!("/api/v1/accounts/2{path}");
    let body = Some(body).filter(|it| !it.is_null());
    call(demo, token, method, &path, body).await.ok()
}

async fn build(demo: &Demo, program: &str, receiver: &Receiver) -> Acme {
    platform(
        demo,
        program,
        "POST",
        "/accounts",
        json!({ "name": "Acme" }),
    )
    .await
    .ok();
    let new = json!({ "name": "Ann", "email": "ann@acme.example", "password": "correct horse" });
    let ann = platform(demo, program, "POST", "/users", new).await.ok();
    let seat = json!({ "user_id": ann["id"], "role": "administrator" });
    platform(demo, program, "POST", "/accounts/2/account_users", seat)
        .await
        .ok();
    let token = ann["access_token"].as_str().unwrap();
    let does = async |method: &str, path: &str, body: Value| {
        call_in(demo, token, method, path, body).await
    };
    let new = json!({ "name": "Ben", "email": "ben@acme.example", "password": "correct horse" });
    let ben = does("POST", "/agents", new).await;
    let new = json!({
        "name": "Shop", "channel": { "type": "api" }, "enable_auto_assignment": true,
        "auto_assignment_config": { "max_assignment_limit": 7 },
    });
    let inbox = does("POST", "/inboxes", new).await;
    let members = json!({ "inbox_id": inbox["id"], "user_ids": [ann["id"], ben["id"]] });
    does("POST", "/inbox_members", members).await;
    does("POST", "/labels", json!({ "title": "vip" })).await;
    does("POST", "/teams", json!({ "name": "Kitchen" })).await;
    does(
        "POST",
        "/canned_responses",
        json!({ "short_code": "hi", "content": "Hello" }),
    )
    .await;
    let hook = json!({ "url": receiver.url("/hook"), "subscriptions": ["message_created"] });
    does("POST", "/webhooks", hook).await;
    let about = json!({ "domain": "acme.example", "auto_resolve_after": 1_440 });
    does("PATCH", "", about).await;
    let identifier = inbox["inbox_identifier"].as_str().unwrap().to_owned();
    let contact = talk(demo, &identifier).await;
    let file = work(demo, token, &ben["id"]).await;
    Acme {
        ben: ben["email"].as_str().unwrap().to_owned(),
        ann,
        identifier,
        contact,
        file,
    }
}

/// Many contacts write much. Returns what the last one follows their events with.
async fn talk(demo: &Demo, identifier: &str) -> String {
    let base = format!("/public/api/v1/inboxes/{identifier}/contacts");
    let post = async |path: String, body: Value| {
        let headers = [("content-type", "application/json")];
        demo.client
            .send("POST", &demo.url(&path), &headers, body.to_string())
            .await
            .ok()
    };
    let mut contact = String::new();
    for n in 0..CONTACTS {
        let source = format!("visitor-{n}");
        let told =
            json!({ "source_id": source, "name": source, "custom_attributes": { "plan": "gold" } });
        let made = post(base.clone(), told).await;
        contact = made["pubsub_token"].as_str().unwrap().to_owned();
        let path = format!("{base}/{source}/conversations");
        let begun = post(path.clone(), json!({})).await;
        let path = format!("{path}/{}/messages", begun["id"]);
        for word in 0..WORDS {
            post(path.clone(), json!({ "content": format!("word {word}") })).await;
        }
    }
    contact
}

/// Agents do a bit of everything with what was written. Returns where their file is.
async fn work(demo: &Demo, token: &str, ben: &Value) -> String {
    let does = async |method: &str, path: &str, body: Value| {
        call_in(demo, token, method, path, body).await
    };
    does(
        "POST",
        "/conversations/1/labels",
        json!({ "labels": ["vip"] }),
    )
    .await;
    does("POST", "/contacts/filter", json!({ "payload": [] })).await;
    does(
        "POST",
        "/conversations/2/assignments",
        json!({ "assignee_id": ben }),
    )
    .await;
    let snooze = json!({ "status": "snoozed", "snoozed_until": 1_795_000_000 });
    does("POST", "/conversations/3/toggle_status", snooze).await;
    let form = Form::default().text("content", "A file").file(
        "attachments[]",
        "a.txt",
        "text/plain",
        b"the file",
    );
    let content_type = Form::content_type();
    let headers = [("api_access_token", token), ("content-type", &content_type)];
    let url = demo.url("/api/v1/accounts/2/conversations/1/messages");
    let sent = demo
        .client
        .send("POST", &url, &headers, form.finish())
        .await
        .ok();
    sent["attachments"][0]["data_url"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Nobody is let in, whatever they show.
async fn nobody_gets_in(demo: &Demo, acme: &Acme) {
    let token = acme.ann["access_token"].as_str().unwrap();
    let headers = [("api_access_token", token)];
    let get = async |path: &str| {
        demo.client
            .send("GET", &demo.url(path), &headers, "")
            .await
            .status
    };
    assert_eq!(get("/api/v1/profile").await, 401);
    assert_eq!(get("/api/v1/accounts/2/conversations").await, 401);
    for email in ["ann@acme.example", "ben@acme.example"] {
        assert_eq!(sign_in(demo, email, "correct horse").await.status, 401);
    }
    let path = format!("/public/api/v1/inboxes/{}", acme.identifier);
    assert_eq!(get(&path).await, 404);
    assert_eq!(
        demo.client.send("GET", &acme.file, &[], "").await.status,
        404
    );
    let alice = [("api_access_token", demo.text("/agents/0/access_token"))];
    let alice = alice
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let url = demo.url("/api/v1/accounts/2/conversations");
    assert_eq!(demo.client.send("GET", &url, &alice, "").await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn a_closed_account_is_gone_at_once_and_erased_over_kills_while_others_notice_nothing() {
    let options = Options {
        env: vec![(
            "SWITCHBOARD__OUTSIDE__ALLOW",
            r#"["127.0.0.0/8"]"#.to_owned(),
        )],
        ..Options::default()
    };
    let (mut demo, ours, theirs) = start_in(options).await;
    let receiver = Receiver::start().await;
    demo.post(json!([demo.inbound("447700900999", "one", "Hello?")]))
        .await
        .ok();
    let form = Form::default().text("content", "Ours").file(
        "attachments[]",
        "b.txt",
        "text/plain",
        b"another file",
    );
    let kept = demo
        .agent_form("/conversations/1/messages", form)
        .await
        .ok();
    let kept = kept["attachments"][0]["data_url"]
        .as_str()
        .unwrap()
        .to_owned();
    until("nothing to be owed", async || {
        (demo.figure("switchboard_deliveries_pending").await == 0).then_some(())
    })
    .await;
    let (before, files_before) = (rows(&demo), files(&demo));
    let messages_before = demo.messages(1).await;
    let acme = build(&demo, &ours, &receiver).await;
    assert!(rows(&demo)["messages"] > before["messages"] + 200);
    assert_eq!(files(&demo), files_before + 1);
    assert_eq!(number(&demo, KEPT), 2);
    let room = |token: &Value, account: i64, user: &Value| json!({ "channel": "RoomChannel", "pubsub_token": token, "account_id": account, "user_id": user });
    let ann = follow(&demo, room(&acme.ann["pubsub_token"], 2, &acme.ann["id"])).await;
    let visitor = json!({ "channel": "RoomChannel", "pubsub_token": acme.contact });
    let visitor = follow(&demo, visitor).await;
    let own = &demo.card["agents"][0];
    let mut alice = follow(&demo, room(&own["pubsub_token"], 1, &own["id"])).await;
    receiver.wait_for("/hook", 1).await;

    // Only whose it is closes it.
    assert_eq!(
        platform(&demo, &theirs, "DELETE", "/accounts/2", None)
            .await
            .status,
        401
    );
    let closed = platform(&demo, &ours, "DELETE", "/accounts/2", None).await;
    assert_eq!((closed.status, closed.text()), (200, String::new()));
    nobody_gets_in(&demo, &acme).await;
    assert_eq!(
        platform(&demo, &ours, "GET", "/accounts/2", None)
            .await
            .status,
        404
    );
    assert_eq!(
        platform(&demo, &ours, "DELETE", "/accounts/2", None)
            .await
            .status,
        404
    );
    ends(ann).await;
    ends(visitor).await;
    // Others are told what happens to them as ever, on the socket that they had.
    demo.post(json!([demo.inbound("447700900999", "two", "Still there?")]))
        .await
        .ok();
    loop {
        let frame = tokio::time::timeout(PATIENCE, alice.next()).await.unwrap();
        let frame = frame.unwrap().unwrap();
        if frame.to_text().is_ok_and(|it| it.contains("Still there?")) {
            break;
        }
    }
    drop(alice);
    for _ in 0..3 {
        demo.kill();
        demo.restart().await;
        nobody_gets_in(&demo, &acme).await;
    }
    until("the account to be erased", async || {
        // The newest entry of all stays until there is another.
        demo.post(json!([demo.inbound("447700900998", "three", "Me too")])).await.ok();
        let entries = number(&demo, "SELECT count(*) FROM journal WHERE account_id = 2");
        let agents = number(&demo, "SELECT (SELECT count(*) FROM agents WHERE email LIKE 'ben@%') + (SELECT count(*) FROM seats WHERE account_id = 2)");
        let named = "SELECT (SELECT count(*) FROM inboxes WHERE account_id = 2) + (SELECT count(*) FROM labels \
                     WHERE account_id = 2) + (SELECT count(*) FROM teams WHERE account_id = 2) + (SELECT count(*) \
                     FROM endpoints WHERE account_id = 2) + (SELECT count(*) FROM accounts WHERE name = 'Acme')";
        let named = number(&demo, named);
        (entries + agents + named == 0 && files(&demo) == files_before).then_some(())
    })
    .await;
    // What came for the first account meanwhile is there and nothing else is more.
    let mut more = rows(&demo);
    for table in ERASED {
        let of_first = format!("SELECT count(*) FROM {table} WHERE account_id = 1");
        if matches!(
            table,
            "contacts" | "conversations" | "messages" | "tallies" | "timings" | "attributes"
        ) {
            assert_eq!(more[table], number(&demo, &of_first), "{table}");
            more.remove(table);
        }
    }
    for table in [
        "addresses",
        "conversation_counts",
        "contact_counts",
        "notifications",
    ] {
        more.remove(table);
    }
    for (table, count) in more {
        assert_eq!(count, before[table], "{table}");
    }
    assert_eq!(
        number(
            &demo,
            "SELECT count(*) FROM addresses WHERE contact_id NOT IN (SELECT id FROM contacts)"
        ),
        0
    );
    assert_eq!(
        number(
            &demo,
            "SELECT count(*) FROM conversation_counts WHERE account_id = 2"
        ),
        0
    );
    assert_eq!(
        number(
            &demo,
            "SELECT count(*) FROM notifications WHERE account_id = 2"
        ),
        0
    );
    assert_eq!(number(&demo, KEPT), 0);
    let tokens = "SELECT count(*) FROM tokens WHERE agent_id NOT IN (SELECT agent_id FROM seats WHERE account_id = 1)";
    assert_eq!(number(&demo, tokens), 0);
    // How far they have come, and what is unread, is as it may be.
    let said = |all: &[Value]| -> Vec<[Value; 3]> {
        let of = |it: &Value| ["id", "content", "sender_id"].map(|key| it[key].clone());
        all.iter().map(of).collect()
    };
    let messages = demo.messages(1).await;
    let count = messages_before.len();
    assert_eq!(said(&messages[..count]), said(&messages_before));
    assert_eq!(
        demo.client.send("GET", &kept, &[], "").await.text(),
        "another file"
    );
    // Whom the program made works for nobody; whom the account invited is nobody, and may be invited elsewhere.
    let path = format!("/users/{}", acme.ann["id"]);
    assert_eq!(platform(&demo, &ours, "GET", &path, None).await.status, 200);
    let new = json!({ "name": "Ben", "email": acme.ben, "password": "correct horse" });
    demo.agent("POST", "/agents", Some(new)).await.ok();
    assert_eq!(sign_in(&demo, &acme.ben, "correct horse").await.status, 200);
    // Its number is not given again.
    let made = platform(&demo, &ours, "POST", "/accounts", json!({ "name": "Next" }))
        .await
        .ok();
    assert_eq!(made["id"], 3);
}
