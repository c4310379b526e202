//! Files that come before their message.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use testkit::{http::Form, wait::until};

use super::*;

fn number(demo: &Demo, sql: &str) -> i64 {
    let store = rusqlite::Connection::open(demo.data().join("switchboard.db")).unwrap();
    store.busy_timeout(testkit::wait::PATIENCE).unwrap();
    store.query_row(sql, [], |row| row.get(0)).unwrap()
}

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

async fn upload(demo: &Demo, name: &str, bytes: &[u8]) -> Answer {
    let form = Form::default().file("attachment", name, "text/plain", bytes);
    demo.agent_form("/upload", form).await
}

#[tokio::test]
async fn an_uploaded_file_is_attached_by_its_name_once() {
    let demo = start().await;
    let sent = upload(&demo, "a.txt", b"boil").await.ok();
    let url = sent["file_url"].as_str().unwrap();
    assert_eq!(demo.client.send("GET", url, &[], "").await.text(), "boil");
    let message = json!({ "content": "Look", "attachments": [sent["blob_id"]] });
    let path = "/conversations/1/messages";
    let said = mine(&demo, "POST", path, message.clone()).await.ok();
    assert_eq!(said["attachments"][0]["extension"], "txt");
    let data = said["attachments"][0]["data_url"].as_str().unwrap();
    assert_eq!(demo.client.send("GET", data, &[], "").await.text(), "boil");
    // It is the message's now, and nobody else's.
    let before = number(&demo, "SELECT count(*) FROM messages");
    assert_eq!(mine(&demo, "POST", path, message).await.status, 422);
    assert_eq!(number(&demo, "SELECT count(*) FROM messages"), before);
    assert_eq!(demo.client.send("GET", url, &[], "").await.status, 404);
    let forged = json!({ "content": "Look", "attachments": ["forged"] });
    assert_eq!(mine(&demo, "POST", path, forged).await.status, 422);
    assert_eq!(number(&demo, "SELECT count(*) FROM loose_files"), 0);
}

#[tokio::test]
async fn what_cannot_be_uploaded_leaves_nothing() {
    let demo = start().await;
    let before = files(&demo);
    let large = vec![b'x'; 41 * 1024 * 1024];
    assert_eq!(upload(&demo, "large.txt", &large).await.status, 413);
    assert_eq!(mine(&demo, "POST", "/upload", json!({})).await.status, 422);
    for url in ["http://127.0.0.1:9/a", "file:///etc/passwd", "nonsense"] {
        let told = json!({ "external_url": url });
        let refused = mine(&demo, "POST", "/upload", told).await;
        assert_eq!(refused.status, 422, "{url}");
        assert!(refused.json()["error"].is_string());
    }
    for blob in [
        json!({}),
        json!({ "filename": "a", "byte_size": 1, "checksum": "x" }),
    ] {
        let told = json!({ "blob": blob });
        assert_eq!(
            mine(&demo, "POST", "/direct_uploads", told).await.status,
            422
        );
    }
    assert_eq!(number(&demo, "SELECT count(*) FROM loose_files"), 0);
    assert_eq!(files(&demo), before);
}

#[tokio::test]
async fn a_file_is_brought_directly_and_its_bytes_are_those_that_were_announced() {
    let demo = start().await;
    // The MD5 of "hello".
    let sum = STANDARD.encode([
        0x5d, 0x41, 0x40, 0x2a, 0xbc, 0x4b, 0x2a, 0x76, 0xb9, 0x71, 0x9d, 0x91, 0x10, 0x17, 0xc5,
        0x92,
    ]);
    let blob = json!({ "filename": "hello.txt", "byte_size": 5, "checksum": sum, "content_type": "text/plain" });
    let path = "/conversations/1/direct_uploads";
    let told = mine(&demo, "POST", path, json!({ "blob": blob }))
        .await
        .ok();
    let at = told["direct_upload"]["url"].as_str().unwrap();
    let kind = told["direct_upload"]["headers"]["Content-Type"]
        .as_str()
        .unwrap();
    assert_eq!(kind, "text/plain");
    let message = json!({ "attachments": [told["signed_id"]] });
    let messages = "/conversations/1/messages";
    let early = mine(&demo, "POST", messages, message.clone()).await;
    assert_eq!(early.status, 422);
    let headers = [("content-type", kind)];
    let put = async |body: &'static str| demo.client.send("PUT", at, &headers, body).await.status;
    assert_eq!(put("jello").await, 422);
    assert_eq!(put("hello!").await, 422);
    assert_eq!(put("hello").await, 204);
    assert_eq!(put("hello").await, 404);
    let said = mine(&demo, "POST", messages, message).await.ok();
    let data = said["attachments"][0]["data_url"].as_str().unwrap();
    assert_eq!(demo.client.send("GET", data, &[], "").await.text(), "hello");
    let other = "/conversations/99/direct_uploads";
    let told = json!({ "blob": blob });
    assert_eq!(mine(&demo, "POST", other, told).await.status, 404);
}

#[tokio::test]
async fn what_nobody_uses_for_a_day_goes_and_so_do_pictures_of_agents_who_left() {
    let mut demo = start().await;
    let before = files(&demo);
    upload(&demo, "old.txt", b"old").await.ok();
    let new = upload(&demo, "new.txt", b"new").await.ok();
    let told = json!({ "name": "Cleo", "email": "cleo@acme.example", "password": "correct horse" });
    let cleo = mine(&demo, "POST", "/agents", told).await.ok();
    assert_eq!(files(&demo), before + 2);
    demo.kill();
    let store = rusqlite::Connection::open(demo.data().join("switchboard.db")).unwrap();
    // As if it had come long ago: numbers are times.
    let aged = "UPDATE loose_files SET id = 1 WHERE name = 'old.txt'";
    assert_eq!(store.execute(aged, []).unwrap(), 1);
    drop(store);
    demo.restart().await;
    until("the old file to go", async || {
        (files(&demo) == before + 1).then_some(())
    })
    .await;
    let url = new["file_url"].as_str().unwrap();
    assert_eq!(demo.client.send("GET", url, &[], "").await.text(), "new");
    // A picture of somebody who leaves.
    let path = format!("/agents/{}", cleo["id"]);
    let bob = demo.card["agents"][1]["id"].clone();
    let png = b"\x89PNG\r\n\x1a\n and so on";
    let form = Form::default().file("profile[avatar]", "b.png", "image/png", png);
    let bobs = demo.text("/agents/1/access_token");
    let content_type = Form::content_type();
    let headers = [
        ("api_access_token", bobs.as_str()),
        ("content-type", &content_type),
    ];
    let url = demo.url("/api/v1/profile");
    demo.client
        .send("PUT", &url, &headers, form.finish())
        .await
        .ok();
    assert_eq!(files(&demo), before + 2);
    assert_eq!(mine(&demo, "DELETE", &path, Value::Null).await.status, 200);
    let path = format!("/agents/{bob}");
    assert_eq!(mine(&demo, "DELETE", &path, Value::Null).await.status, 200);
    until("the picture to go", async || {
        (files(&demo) == before + 1).then_some(())
    })
    .await;
}
