//! A connector's side of CTLive: what it may post, what it is sent, and what its answers and reports do.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{
    connector::{Connector, Reply, Reports, Sent, delivered},
    demo::Demo,
    http::{Answer, File, FileServer, Form},
    wait::until,
};

use crate::BINARY;

/// Who writes, unless a test needs somebody else too.
const FRANK: &str = "385919998888";
const CARLA: &str = "385919997777";

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n with a picture behind it";
const PDF: &[u8] = b"%PDF-1.7\n with a page behind it";

/// A message of any kind, as the connector posts it.
fn item(demo: &Demo, from: &str, message_id: &str, message: Value) -> Value {
    let mut item = demo.inbound(from, message_id, "");
    item["message"] = message;
    item
}

async fn post_to(demo: &Demo, path: &str, results: Value) -> Answer {
    let (url, basic) = (demo.url(path), demo.basic());
    let headers = [("authorization", basic.as_str())];
    demo.client
        .send(
            "POST",
            &url,
            &headers,
            json!({ "results": results }).to_string(),
        )
        .await
}

/// What became of each item of a post that was taken.
fn taken(answer: Answer) -> Vec<String> {
    let answer = answer.ok();
    let all = answer["messages"].as_array().unwrap();
    all.iter()
        .map(|it| it["status"].as_str().unwrap().to_owned())
        .collect()
}

/// An agent answers in a conversation.
async fn say(demo: &Demo, conversation: i64, content: &str) -> i64 {
    let path = format!("/conversations/{conversation}/messages");
    let said = demo
        .agent("POST", &path, Some(json!({ "content": content })))
        .await
        .ok();
    said["id"].as_i64().unwrap()
}

async fn find(demo: &Demo, conversation: i64, id: i64) -> Value {
    let all = demo.messages(conversation).await;
    all.into_iter().find(|it| it["id"] == id).unwrap()
}

/// Waits until a message has this status and the network's id.
async fn reaches(demo: &Demo, conversation: i64, id: i64, status: &str) -> Value {
    until(&format!("message {id} to be {status}"), async || {
        let it = find(demo, conversation, id).await;
        (it["status"] == status && it["source_id"].is_string()).then_some(it)
    })
    .await
}

/// Waits until the connector was sent this much.
async fn sends(connector: &Connector, count: usize) -> Vec<Sent> {
    until(&format!("{count} sends"), async || {
        Some(connector.sent()).filter(|it| it.len() >= count)
    })
    .await
}

fn texts(sent: &[Sent]) -> Vec<&str> {
    sent.iter().map(Sent::text).collect()
}

async fn inbox(demo: &Demo) -> Value {
    let path = format!("/inboxes/{}", demo.text("/ctlive/inbox_id"));
    demo.agent("GET", &path, None).await.ok()
}

/// A row of a table: the message as posted, and what agents see of it.
type Row = (Value, Value);

/// What agents see of a message and its first attachment, without what is not there.
fn shown(message: &Value) -> Value {
    let it = &message["attachments"][0];
    let all = json!({
        "content": message["content"], "type": message["content_type"], "file": it["file_type"],
        "mime": it["content_type"], "extension": it["extension"], "title": it["fallback_title"],
        "lat": it["coordinates_lat"], "long": it["coordinates_long"],
    });
    let all = all.as_object().unwrap().clone();
    Value::Object(
        all.into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
    )
}

#[rustfmt::skip]
fn every_type(files: &FileServer) -> Vec<Row> {
    let file = |path: &str, content_type, bytes: &'static [u8]| {
        files.put(path, File::Bytes(content_type, "", bytes))
    };
    let png = file("/a/12345", "image/png", PNG);
    let pdf = file("/a/opaque-id", "application/pdf", PDF);
    let film = file("/a/film.mp4", "video/mp4", b"film");
    let sound = file("/a/sound.mp3", "audio/mpeg", b"sound");
    let voice = file("/a/voice", "audio/ogg; codecs=opus", b"voice");
    let sticker = file("/a/sticker.webp", "image/webp", b"sticker");
    let named = "attachment; filename=\"bill.pdf\"; filename*=UTF-8''R%C3%A9sum%C3%A9.pdf";
    let disposed = files.put("/a/x", File::Bytes("application/pdf", named, PDF));
    vec![
        (
            json!({ "type": "TEXT", "text": "Support hello" }),
            json!({ "type": "text", "content": "Support hello" }),
        ),
        (
            json!({ "type": "IMAGE", "caption": "Image Caption", "url": png }),
            json!({ "type": "text", "content": "Image Caption", "file": "image", "mime": "image/png", "extension": "png" }),
        ),
        (
            json!({ "type": "DOCUMENT", "caption": "Offer 7.pdf", "url": pdf }),
            json!({ "type": "text", "file": "file", "mime": "application/pdf", "extension": "pdf" }),
        ),
        (
            json!({ "type": "DOCUMENT", "url": disposed }),
            json!({ "type": "text", "file": "file", "mime": "application/pdf", "extension": "pdf" }),
        ),
        (
            json!({ "type": "VIDEO", "caption": "Look", "url": film }),
            json!({ "type": "text", "content": "Look", "file": "video", "mime": "video/mp4", "extension": "mp4" }),
        ),
        (
            json!({ "type": "AUDIO", "url": sound }),
            json!({ "type": "text", "file": "audio", "mime": "audio/mpeg", "extension": "mp3" }),
        ),
        (
            json!({ "type": "VOICE", "url": voice }),
            json!({ "type": "text", "file": "audio", "mime": "audio/ogg", "extension": "ogg" }),
        ),
        (
            json!({ "type": "STICKER", "url": sticker }),
            json!({ "type": "sticker", "file": "image", "mime": "image/webp", "extension": "webp" }),
        ),
        (
            json!({ "type": "LOCATION", "latitude": 45.8, "longitude": -15.97, "name": "Office", "address": "Ilica 1" }),
            json!({ "type": "text", "file": "location", "title": "Office, Ilica 1", "lat": 45.8, "long": -15.97 }),
        ),
        (
            json!({ "type": "CONTACT", "contacts": [{ "name": { "formattedName": "Ana" } }] }),
            json!({ "type": "text", "file": "contact", "title": "Ana" }),
        ),
        (
            json!({ "type": "BUTTON", "text": "Yes", "payload": "yes-1" }),
            json!({ "type": "text", "content": "Yes" }),
        ),
        (
            json!({ "type": "HOLOGRAM", "beam": { "depth": 3 } }),
            json!({ "type": "text" }),
        ),
    ]
}

#[tokio::test]
async fn every_type_of_message_is_taken_over_both_paths() {
    let (demo, files) = (Demo::start(BINARY, None).await, FileServer::start().await);
    for (at, path) in ["/imchannel/message", "/imchanne/message"]
        .into_iter()
        .enumerate()
    {
        let conversation = i64::try_from(at).unwrap() + 1;
        let from = format!("38591000000{at}");
        let table = every_type(&files);
        for (number, (message, expected)) in table.iter().enumerate() {
            let id = format!("{at}-{number}");
            let answer = post_to(
                &demo,
                path,
                json!([item(&demo, &from, &id, message.clone())]),
            )
            .await;
            assert_eq!(answer.status, 200, "{message}: {}", answer.text());
            assert_eq!(taken(answer), ["accepted"], "{message}");
            let all = demo.messages(conversation).await;
            assert_eq!(all.len(), number + 1, "{message}");
            let last = all.last().unwrap();
            assert_eq!(&shown(last), expected, "{message}");
            assert_eq!(last["source_id"], id);
            assert_eq!(last["sender"]["phone_number"], format!("+{from}"));
        }
        let all = demo.messages(conversation).await;
        let raw = &all.last().unwrap()["content_attributes"];
        assert_eq!(raw["is_unsupported"], true);
        assert_eq!(raw["data"], table.last().unwrap().0);
        assert_eq!(all[10]["content_attributes"]["data"]["payload"], "yes-1");
        assert_eq!(
            all[9]["attachments"][0]["meta"]["contacts"][0]["name"]["formattedName"],
            "Ana"
        );
        let file_of = async |message: &Value| {
            let url = message["attachments"][0]["data_url"].as_str().unwrap();
            demo.client.send("GET", url, &[], "").await
        };
        let (picture, offer) = (file_of(&all[1]).await, file_of(&all[2]).await);
        assert_eq!((picture.status, &picture.body[..]), (200, PNG));
        assert!(picture.header("content-disposition").contains("12345.png"));
        assert_eq!(&offer.body[..], PDF);
        assert!(
            offer
                .header("content-disposition")
                .contains("filename*=UTF-8''Offer%207.pdf")
        );
        let disposed = file_of(&all[3]).await;
        let disposition = disposed.header("content-disposition");
        assert!(
            disposition.contains("R%C3%A9sum%C3%A9.pdf"),
            "{disposition}"
        );
    }
    // Of every file that the two paths spoke of there is one copy each, and each was got once for each message.
    assert_eq!(files.asked("/a/12345"), ["GET", "GET"]);
}

#[tokio::test]
async fn a_quote_finds_the_quoted_message_whoever_wrote_it() {
    let connector = Connector::start().await;
    let demo = Demo::start(BINARY, Some(&connector.url())).await;
    demo.post(json!([demo.inbound(FRANK, "in-1", "first")]))
        .await
        .ok();
    let ours = say(&demo, 1, "our answer").await;
    let network_id = reaches(&demo, 1, ours, "sent").await["source_id"]
        .as_str()
        .unwrap()
        .to_owned();

    let theirs = demo.messages(1).await[0]["id"].clone();
    #[rustfmt::skip]
    let table = [
        ("pairedMessageId", "in-1", theirs.clone()),
        ("pairedMessageId", network_id.as_str(), json!(ours)),
        ("pairedMessageID", "in-1", theirs),
        ("pairedMessageId", "never-seen", Value::Null),
    ];
    for (at, (key, quoted, expected)) in table.into_iter().enumerate() {
        let mut item = demo.inbound(FRANK, &format!("quote-{at}"), "this one");
        item.as_object_mut().unwrap().remove("pairedMessageId");
        item[key] = json!(quoted);
        assert_eq!(taken(demo.post(json!([item])).await), ["accepted"]);
        let all = demo.messages(1).await;
        let attributes = &all.last().unwrap()["content_attributes"];
        assert_eq!(attributes["in_reply_to"], expected, "{quoted}");
        assert_eq!(attributes["in_reply_to_external_id"], quoted);
    }
    // What somebody else was told is nobody else's to quote.
    let mut stranger = demo.inbound(CARLA, "quote-foreign", "this one");
    stranger["pairedMessageId"] = json!("in-1");
    demo.post(json!([stranger])).await.ok();
    assert_eq!(
        demo.messages(2).await[0]["content_attributes"]["in_reply_to"],
        Value::Null
    );
}

#[tokio::test]
async fn one_post_may_bring_messages_and_reports_of_several_people_and_times() {
    let connector = Connector::start().await;
    let demo = Demo::start(BINARY, Some(&connector.url())).await;
    demo.post(json!([demo.inbound(FRANK, "in-1", "first")]))
        .await
        .ok();
    let ours = say(&demo, 1, "our answer").await;
    reaches(&demo, 1, ours, "sent").await;
    let network_id = sends(&connector, 1).await[0].message_id.clone();

    let seconds = 1_795_173_687;
    let at = |id: &str, when: &str| {
        let mut item = demo.inbound(FRANK, id, id);
        item["receivedAt"] = json!(when);
        item
    };
    let mut nameless = demo.inbound(CARLA, "carla", "hello");
    nameless.as_object_mut().unwrap().remove("contact");
    let mut renamed = demo.inbound(FRANK, "renamed", "I married");
    renamed["contact"]["name"] = json!("Frank Castle");
    #[rustfmt::skip]
    let dates = [
        ("utc", "2026-11-20T11:21:27.861+0000"),
        ("west", "2026-11-20T08:21:27.861-0300"),
        ("zulu", "2026-11-20T11:21:27.861Z"),
        ("colon", "2026-11-20T12:21:27.861+01:00"),
    ];
    let mut results: Vec<Value> = dates.iter().map(|(id, when)| at(id, when)).collect();
    results.extend([
        nameless.clone(),
        delivered(&network_id, FRANK),
        renamed,
        nameless,
    ]);
    results.push(json!({
        "messageId": network_id, "to": FRANK, "sendAt": "2026-11-20T19:01:57.793+0000",
        "seenAt": "2026-11-20T19:01:58.251+0000",
    }));
    #[rustfmt::skip]
    let expected = [
        "accepted", "accepted", "accepted", "accepted", "accepted", "accepted", "accepted",
        "duplicate", "accepted",
    ];
    assert_eq!(taken(demo.post(Value::Array(results)).await), expected);

    reaches(&demo, 1, ours, "read").await;
    let said: Vec<Value> = demo
        .messages(1)
        .await
        .iter()
        .map(|it| it["content"].clone())
        .collect();
    let order = [
        "first",
        "our answer",
        "utc",
        "west",
        "zulu",
        "colon",
        "I married",
    ];
    assert_eq!(said, order.map(Value::from));
    let frank = demo.agent("GET", "/conversations/1", None).await.ok()["meta"]["sender"].clone();
    assert_eq!(frank["name"], "Frank Castle");
    let path = format!("/contacts/{}", frank["id"]);
    assert_eq!(
        demo.agent("GET", &path, None).await.ok()["payload"]["name"],
        "Frank Castle"
    );
    let carla = demo.agent("GET", "/conversations/2", None).await.ok();
    assert_eq!(carla["meta"]["sender"]["name"], CARLA);

    let path = demo.data().join("switchboard.db");
    let database =
        rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)
            .unwrap();
    for (id, _) in dates {
        let sql = "SELECT sent_at FROM messages WHERE external_id = ?1";
        let sent_at: i64 = database.query_row(sql, [id], |row| row.get(0)).unwrap();
        assert_eq!(sent_at, seconds * 1_000_000 + 861_000, "{id}");
    }
}

#[tokio::test]
async fn a_message_is_taken_once_and_its_file_got_once_however_often_it_is_brought() {
    let mut demo = Demo::start(BINARY, None).await;
    let files = FileServer::start().await;
    let picture = File::Bytes("image/png", "", PNG);
    let url = files.put("/once.png", picture.clone());
    let image = json!({ "type": "IMAGE", "url": url });

    for (id, count, message) in [
        ("text", 16, json!({ "type": "TEXT", "text": "hello" })),
        ("image", 8, image.clone()),
    ] {
        let posts: Vec<_> = (0..count)
            .map(|_| demo.post(json!([item(&demo, FRANK, id, message.clone())])))
            .collect();
        let mut all: Vec<String> = futures_util::future::join_all(posts)
            .await
            .into_iter()
            .flat_map(taken)
            .collect();
        all.sort();
        assert_eq!(all.len(), count);
        assert_eq!(
            all.iter().filter(|it| *it == "accepted").count(),
            1,
            "{id}: {all:?}"
        );
        assert_eq!(
            all.iter().filter(|it| *it == "duplicate").count(),
            count - 1,
            "{id}: {all:?}"
        );
    }
    assert_eq!(files.asked("/once.png"), ["GET"]);

    // In one post, after a restart, and in another order with a message that has a file of its own.
    let twice_url = files.put("/twice.png", picture);
    let twice = json!({ "type": "IMAGE", "url": twice_url });
    let both = json!([
        item(&demo, FRANK, "pair", twice.clone()),
        item(&demo, FRANK, "pair", twice)
    ]);
    assert_eq!(taken(demo.post(both).await), ["accepted", "duplicate"]);
    assert_eq!(files.asked("/twice.png"), ["GET"]);
    demo.kill();
    demo.restart().await;
    let again = json!([item(&demo, FRANK, "image", image.clone())]);
    assert_eq!(taken(demo.post(again).await), ["duplicate"]);
    assert_eq!(files.asked("/once.png"), ["GET"]);
    assert_eq!(demo.messages(1).await.len(), 3);

    // The same id in another inbox would be another message; from another person it is the same.
    let other = json!([item(&demo, CARLA, "image", image)]);
    assert_eq!(taken(demo.post(other).await), ["duplicate"]);
    assert_eq!(files.asked("/once.png"), ["GET"]);
    assert_eq!(
        demo.agent("GET", "/conversations/2", None).await.status,
        404
    );
}

#[tokio::test]
async fn files_go_out_as_addresses_that_the_connector_can_fetch() {
    let connector = Connector::start().await;
    let demo = Demo::start(BINARY, Some(&connector.url())).await;
    demo.post(json!([demo.inbound(FRANK, "in-1", "first")]))
        .await
        .ok();
    let path = "/conversations/1/messages";

    // A picture takes its text along; a document does not, because its text is its name.
    let form =
        Form::default()
            .text("content", "Look!")
            .file("attachments[]", "a b.png", "image/png", PNG);
    demo.agent_form(path, form).await.ok();
    let form = Form::default().text("content", "Our offer").file(
        "attachments[]",
        "Angebot für Sie.pdf",
        "application/pdf",
        PDF,
    );
    demo.agent_form(path, form).await.ok();
    // Two files are two posts, the text with the first.
    let form = Form::default()
        .text("content", "Both")
        .file("attachments[]", "1.png", "image/png", PNG)
        .file("attachments[]", "2.png", "image/png", PNG);
    let both = demo.agent_form(path, form).await.ok();
    assert_eq!(both["attachments"].as_array().unwrap().len(), 2);

    let sent = sends(&connector, 5).await;
    let whats_app: Vec<&Value> = sent.iter().map(|it| &it.body["whatsApp"]).collect();
    let file = |at: usize, key: &str| whats_app[at][key].as_str().unwrap_or_default().to_owned();
    assert_eq!(whats_app[0]["text"], "Look!");
    assert_eq!(whats_app[1], &json!({ "text": "Our offer" }));
    assert_eq!(whats_app[2]["text"], "Angebot für Sie.pdf");
    assert_eq!(whats_app[3]["text"], "Both");
    assert_eq!(whats_app[4]["text"], Value::Null);
    assert_ne!(file(3, "imageUrl"), file(4, "imageUrl"));

    for (url, bytes, content_type, name) in [
        (file(0, "imageUrl"), PNG, "image/png", "a%20b.png"),
        (
            file(2, "fileUrl"),
            PDF,
            "application/pdf",
            "Angebot%20f%C3%BCr%20Sie.pdf",
        ),
        (file(4, "imageUrl"), PNG, "image/png", "2.png"),
    ] {
        // No credentials: the dialect gives a connector none to show.
        for method in ["GET", "HEAD", "GET"] {
            let got = demo.client.send(method, &url, &[], "").await;
            assert_eq!(
                (got.status, got.header("content-type")),
                (200, content_type),
                "{url}"
            );
            assert_eq!(got.header("content-length"), bytes.len().to_string());
            let disposition = got.header("content-disposition");
            assert!(
                disposition.ends_with(&format!("filename*=UTF-8''{name}")),
                "{disposition}"
            );
            assert_eq!(&got.body[..], if method == "GET" { bytes } else { b"" });
        }
    }
    forged_addresses_open_nothing(&demo, &file(0, "imageUrl")).await;
}

async fn forged_addresses_open_nothing(demo: &Demo, url: &str) {
    let path = url.strip_prefix(&demo.url("/media/")).unwrap();
    let (token, name) = path.split_once('/').unwrap();
    let mut forged = vec![
        String::new(),
        "x".to_owned(),
        token[1..].to_owned(),
        token.repeat(2),
    ];
    for at in 0..token.len() {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        forged.push(format!("{}{other}{}", &token[..at], &token[at + 1..]));
    }
    // A token for something else is none for a file.
    forged.push(demo.text("/agents/0/access_token"));
    for token in forged {
        let got = demo
            .client
            .send("GET", &demo.url(&format!("/media/{token}/{name}")), &[], "")
            .await;
        assert_eq!(got.status, 404, "{token}");
    }
    // The name is for people, so it may be anything.
    let got = demo
        .client
        .send("GET", &demo.url(&format!("/media/{token}/other")), &[], "")
        .await;
    assert_eq!((got.status, &got.body[..]), (200, PNG));
}

#[tokio::test]
async fn a_connector_that_does_not_know_us_pauses_the_inbox_until_somebody_resumes_it() {
    let connector = Connector::start().await;
    let mut demo = Demo::start(BINARY, Some(&connector.url())).await;
    demo.post(json!([
        demo.inbound(FRANK, "f-1", "hello"),
        demo.inbound(CARLA, "c-1", "hello")
    ]))
    .await
    .ok();
    let active = inbox(&demo).await;
    assert_eq!(
        (
            &active["reauthorization_required"],
            &active["paused_because"]
        ),
        (&json!(false), &Value::Null)
    );

    let error = json!({ "requestError": { "serviceException": { "messageId": "UNAUTHORIZED", "text": "Who are you?" } } });
    connector.refuse_next(Reply {
        body: error,
        ..Reply::status(401)
    });
    let first = say(&demo, 1, "one").await;
    let paused = until("the inbox to pause", async || {
        Some(inbox(&demo).await).filter(|it| it["reauthorization_required"] == true)
    })
    .await;
    assert_eq!(
        paused["paused_because"],
        "the connector answered 401: UNAUTHORIZED: Who are you?"
    );
    let waiting = find(&demo, 1, first).await;
    assert_eq!(waiting["status"], "sent");
    assert_eq!(
        waiting["content_attributes"]["external_error"],
        "waiting: the inbox is paused because the connector answered 401: UNAUTHORIZED: Who are you?"
    );

    // What is said meanwhile waits too, in every conversation, and over a restart.
    say(&demo, 1, "two").await;
    demo.kill();
    demo.restart().await;
    let last = say(&demo, 1, "three").await;
    say(&demo, 2, "four").await;
    // It still takes what customers write.
    demo.post(json!([demo.inbound(FRANK, "f-2", "are you there?")]))
        .await
        .ok();
    assert_eq!(texts(&connector.sent()), ["one"]);

    let path = format!("/inboxes/{}/resume", demo.text("/ctlive/inbox_id"));
    let bob = demo.text("/agents/1/access_token");
    let url = demo.url(&format!(
        "/api/v1/accounts/{}{path}",
        demo.text("/account_id")
    ));
    let refused = demo
        .client
        .send("POST", &url, &[("api_access_token", &bob)], "")
        .await;
    assert_eq!(refused.status, 401, "{}", refused.text());
    let resumed = demo.agent("POST", &path, None).await.ok();
    assert_eq!(
        (
            &resumed["reauthorization_required"],
            &resumed["paused_because"]
        ),
        (&json!(false), &Value::Null)
    );
    reaches(&demo, 1, last, "sent").await;
    let sent = sends(&connector, 5).await;
    let to_frank: Vec<&str> = sent
        .iter()
        .filter(|it| it.to() == FRANK)
        .map(Sent::text)
        .collect();
    assert_eq!(to_frank, ["one", "one", "two", "three"]);
    let first = reaches(&demo, 1, first, "sent").await;
    assert_eq!(first["content_attributes"]["external_error"], Value::Null);
}

#[tokio::test]
async fn what_a_connector_cannot_take_now_is_sent_again_in_order_and_delays_nobody_else() {
    let connector = Connector::start().await;
    let demo = Demo::start(BINARY, Some(&connector.url())).await;
    demo.post(json!([
        demo.inbound(FRANK, "f-1", "hello"),
        demo.inbound(CARLA, "c-1", "hello")
    ]))
    .await
    .ok();
    connector.refuse_next_to(FRANK, Reply::status(500));
    connector.refuse_next_to(
        FRANK,
        Reply {
            retry_after: Some("3".to_owned()),
            ..Reply::status(429)
        },
    );
    say(&demo, 1, "one").await;
    let second = say(&demo, 1, "two").await;
    sends(&connector, 1).await;
    let other = say(&demo, 2, "meanwhile").await;
    reaches(&demo, 2, other, "sent").await;
    reaches(&demo, 1, second, "sent").await;

    let sent = connector.sent();
    let to_frank: Vec<&Sent> = sent.iter().filter(|it| it.to() == FRANK).collect();
    let said: Vec<&str> = to_frank.iter().map(|it| it.text()).collect();
    assert_eq!(said, ["one", "one", "one", "two"]);
    let to_carla = sent.iter().find(|it| it.to() == CARLA).unwrap();
    assert!(to_carla.at < to_frank[1].at, "another conversation waited");
    let after_500 = to_frank[1].at - to_frank[0].at;
    let after_429 = to_frank[2].at - to_frank[1].at;
    assert!(
        after_500 >= Duration::from_millis(900) && after_500 < Duration::from_secs(3),
        "{after_500:?}"
    );
    assert!(after_429 >= Duration::from_secs(3), "{after_429:?}");
}

#[tokio::test]
async fn what_a_connector_will_never_take_has_failed_and_the_next_message_goes() {
    let connector = Connector::start().await;
    let demo = Demo::start(BINARY, Some(&connector.url())).await;
    demo.post(json!([demo.inbound(FRANK, "f-1", "hello")]))
        .await
        .ok();
    let error = json!({ "requestError": { "serviceException": { "messageId": "BAD_REQUEST", "text": "No such number" } } });
    connector.refuse_next(Reply {
        body: error,
        ..Reply::status(400)
    });
    let (first, second) = (say(&demo, 1, "one").await, say(&demo, 1, "two").await);
    reaches(&demo, 1, second, "sent").await;
    let failed = find(&demo, 1, first).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(
        failed["content_attributes"]["external_error"],
        "the connector answered 400: BAD_REQUEST: No such number"
    );
    assert_eq!(texts(&connector.sent()), ["one", "two"]);
}

#[tokio::test]
async fn a_report_that_is_faster_than_the_answer_counts() {
    let connector = Connector::start().await;
    let demo = Demo::start(BINARY, Some(&connector.url())).await;
    connector.report_to(Reports::First, demo.url("/imchannel/message"), demo.basic());
    demo.post(json!([demo.inbound(FRANK, "f-1", "hello")]))
        .await
        .ok();
    for content in ["one", "two", "three"] {
        let id = say(&demo, 1, content).await;
        reaches(&demo, 1, id, "delivered").await;
    }
    assert_eq!(texts(&connector.sent()), ["one", "two", "three"]);
}

#[tokio::test]
async fn the_group_of_a_status_decides_whatever_its_id() {
    let connector = Connector::start().await;
    let demo = Demo::start(BINARY, Some(&connector.url())).await;
    demo.post(json!([demo.inbound(FRANK, "f-1", "hello")]))
        .await
        .ok();
    let error = json!({ "groupId": 2, "id": 7010, "name": "EC_NO_SESSION", "permanent": false });
    #[rustfmt::skip]
    let table = [
        (json!({ "groupId": 1, "id": 7 }), Value::Null, "duplicate", "sent", Value::Null),
        (json!({ "groupId": 3, "id": 9999 }), Value::Null, "accepted", "delivered", Value::Null),
        (json!({ "groupId": 3, "id": 2 }), Value::Null, "duplicate", "sent", Value::Null),
        (json!({ "groupId": 5, "id": 23 }), Value::Null, "duplicate", "sent", Value::Null),
        (json!({ "groupId": 9, "id": 5 }), Value::Null, "ignored", "sent", Value::Null),
        (
            json!({ "groupId": 5, "id": 4242, "name": "REJECTED_MOON", "description": "Full moon" }),
            Value::Null,
            "accepted",
            "failed",
            json!("REJECTED_MOON (4242): Full moon"),
        ),
        (json!({ "groupId": 4, "id": 15 }), Value::Null, "accepted", "failed", json!("EXPIRED_EXPIRED (15)")),
        (json!({ "groupId": 2, "id": 4 }), error, "accepted", "failed", json!("EC_NO_SESSION (7010)")),
    ];
    for (status, error, reported, expected, why) in table {
        let id = say(&demo, 1, &status.to_string()).await;
        let network_id = reaches(&demo, 1, id, "sent").await["source_id"].clone();
        let mut report = delivered(network_id.as_str().unwrap(), FRANK);
        report["status"] = status.clone();
        if !error.is_null() {
            report["error"] = error;
        }
        assert_eq!(
            taken(demo.post(json!([report])).await),
            [reported],
            "{status}"
        );
        let it = find(&demo, 1, id).await;
        assert_eq!(it["status"], expected, "{status}");
        assert_eq!(it["content_attributes"]["external_error"], why, "{status}");
    }
    // A failure is the end: nothing that comes later is believed.
    let all = demo.messages(1).await;
    let failed = all.last().unwrap()["source_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        taken(demo.post(json!([delivered(&failed, FRANK)])).await),
        ["duplicate"]
    );
    assert_eq!(demo.messages(1).await.last().unwrap()["status"], "failed");
}
