//! Pictures of contacts, agents, bots and inboxes: brought as files or addresses, shown everywhere, taken away.

use testkit::http::{File, FileServer, Form};

use super::*;

/// The smallest images there are, more or less.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0";

async fn form(demo: &Demo, method: &str, path: &str, form: Form) -> Answer {
    let token = demo.text("/agents/0/access_token");
    let content_type = Form::content_type();
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", &content_type),
    ];
    demo.client
        .send(method, &demo.url(path), &headers, form.finish())
        .await
}

/// What there is at a picture's address.
async fn at(demo: &Demo, url: &Value) -> Answer {
    let url = url.as_str().unwrap();
    assert!(url.starts_with(&demo.url("/avatars/")), "{url}");
    demo.client.send("GET", url, &[], "").await
}

fn avatar(name: &str, bytes: &[u8]) -> Form {
    Form::default().file(name, "me.png", "image/png", bytes)
}

#[tokio::test]
async fn a_contact_has_a_picture_until_it_is_replaced_or_taken_away() {
    let demo = start().await;
    let contact = mine(&demo, "GET", "/conversations/1", Value::Null)
        .await
        .ok()["meta"]["sender"]
        .clone();
    assert_eq!(contact["thumbnail"], "");
    let path = format!("/api/v1/accounts/1/contacts/{}", contact["id"]);
    let changed = form(&demo, "PATCH", &path, avatar("avatar", PNG))
        .await
        .ok();
    let first = changed["payload"]["thumbnail"].clone();
    let picture = at(&demo, &first).await;
    assert_eq!(
        (
            picture.status,
            picture.header("content-type"),
            &picture.body[..]
        ),
        (200, "image/png", PNG)
    );
    // Wherever the contact is shown.
    let shown = mine(&demo, "GET", "/conversations/1", Value::Null)
        .await
        .ok();
    assert_eq!(shown["meta"]["sender"]["thumbnail"], first);
    assert_eq!(shown["messages"][0]["sender"]["thumbnail"], first);
    let other = form(&demo, "PUT", &path, avatar("contact[avatar]", GIF)).await;
    let second = other.ok()["payload"]["thumbnail"].clone();
    assert_eq!(at(&demo, &second).await.header("content-type"), "image/gif");
    assert_eq!(
        at(&demo, &first).await.status,
        404,
        "nobody has it any more"
    );

    let server = FileServer::start().await;
    let ann = server.put("/ann.png", File::Bytes("image/png", "", PNG));
    let page = server.put("/page", File::Bytes("image/png", "", b"<html>"));
    let none = server.put("/none", File::Status(404));
    let told = json!({ "avatar_url": ann });
    let third = call(&demo, 0, "PUT", &path, told).await.ok()["payload"]["thumbnail"].clone();
    assert_eq!(&at(&demo, &third).await.body[..], PNG);
    // What cannot be fetched, or is no picture, changes nothing.
    for url in [page, none] {
        let told = json!({ "avatar_url": url, "name": "Ann" });
        let kept = call(&demo, 0, "PUT", &path, told).await.ok();
        assert_eq!(
            (&kept["payload"]["thumbnail"], &kept["payload"]["name"]),
            (&third, &json!("Ann"))
        );
    }
    let gone = call(&demo, 0, "DELETE", &format!("{path}/avatar"), Value::Null).await;
    assert_eq!(gone.ok()["payload"]["thumbnail"], "");
    assert_eq!(at(&demo, &third).await.status, 404);
    let new = json!({ "name": "Omar", "identifier": "c-8", "avatar_url": ann });
    let made = mine(&demo, "POST", "/contacts", new).await.ok();
    let url = &made["payload"]["contact"]["thumbnail"];
    assert_eq!(&at(&demo, url).await.body[..], PNG);
}

#[tokio::test]
async fn agents_bots_and_inboxes_have_pictures() {
    let demo = start().await;
    let api = "/api/v1/accounts/1";
    let profile = "/api/v1/profile";
    let changed = form(&demo, "PUT", profile, avatar("profile[avatar]", PNG)).await;
    let url = changed.ok()["avatar_url"].clone();
    assert_eq!(&at(&demo, &url).await.body[..], PNG);
    let agents = mine(&demo, "GET", "/agents", Value::Null).await.ok();
    assert_eq!(agents[0]["thumbnail"], url);
    let said = json!({ "content": "Here I am" });
    let said = mine(&demo, "POST", "/conversations/1/messages", said)
        .await
        .ok();
    assert_eq!(said["sender"]["avatar_url"], url);
    let gone = call(&demo, 0, "DELETE", "/api/v1/profile/avatar", Value::Null).await;
    assert_eq!(gone.ok()["avatar_url"], "");
    assert_eq!(at(&demo, &url).await.status, 404);

    let bot = avatar("avatar", GIF).text("name", "Greeter");
    let bot = form(&demo, "POST", &format!("{api}/agent_bots"), bot)
        .await
        .ok();
    assert_eq!(&at(&demo, &bot["thumbnail"]).await.body[..], GIF);
    let path = format!("{api}/agent_bots/{}/avatar", bot["id"]);
    let bare = call(&demo, 0, "DELETE", &path, Value::Null).await.ok();
    assert_eq!(bare["thumbnail"], "");

    let changed = form(
        &demo,
        "PATCH",
        &format!("{api}/inboxes/1"),
        avatar("avatar", PNG),
    )
    .await;
    let url = changed.ok()["avatar_url"].clone();
    assert_eq!(&at(&demo, &url).await.body[..], PNG);
    let path = format!("{api}/inboxes/1/avatar");
    let gone = call(&demo, 0, "DELETE", &path, Value::Null).await;
    assert_eq!((gone.status, gone.text().as_str()), (200, ""));
    let inbox = mine(&demo, "GET", "/inboxes/1", Value::Null).await.ok();
    assert_eq!(inbox["avatar_url"], "");
}

#[tokio::test]
async fn pictures_stay_through_a_restart() {
    let mut demo = start().await;
    let api = "/api/v1/accounts/1";
    let inbox = form(
        &demo,
        "PATCH",
        &format!("{api}/inboxes/1"),
        avatar("avatar", PNG),
    )
    .await;
    let url = inbox.ok()["avatar_url"].clone();
    assert!(demo.terminate());
    demo.restart().await;
    let shown = mine(&demo, "GET", "/inboxes/1", Value::Null).await.ok();
    let same = |url: &Value| {
        url.as_str()
            .unwrap()
            .split_once("/avatars/")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(same(&shown["avatar_url"]), same(&url));
    assert_eq!(&at(&demo, &shown["avatar_url"]).await.body[..], PNG);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_nothing_changes() {
    let demo = start().await;
    let api = "/api/v1/accounts/1";
    let big = [PNG, &vec![0; 5 * 1024 * 1024]].concat();
    let svg: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    let sender = mine(&demo, "GET", "/conversations/1", Value::Null)
        .await
        .ok()["meta"]["sender"]
        .clone();
    let contact = format!("{api}/contacts/{}", sender["id"]);
    for (method, path, name) in [
        ("PUT", contact.as_str(), "avatar"),
        ("POST", &format!("{api}/contacts"), "avatar"),
        ("PUT", "/api/v1/profile", "profile[avatar]"),
        ("POST", &format!("{api}/agent_bots"), "avatar"),
        ("PATCH", &format!("{api}/inboxes/1"), "avatar"),
    ] {
        for bytes in [svg, &big, b""] {
            let body = avatar(name, bytes).text("name", "Changed");
            let answer = form(&demo, method, path, body).await;
            assert_eq!(answer.status, 422, "{method} {path}: {}", answer.text());
            assert_eq!(answer.json()["attributes"], json!(["avatar"]), "{path}");
        }
    }
    let shown = call(&demo, 0, "GET", &contact, Value::Null).await.ok();
    assert_eq!(shown["payload"]["name"], sender["name"]);
    let bots = mine(&demo, "GET", "/agent_bots", Value::Null).await.ok();
    assert_eq!(bots, json!([]));
    let profile = call(&demo, 0, "GET", "/api/v1/profile", Value::Null).await;
    assert_eq!(profile.ok()["name"], demo.card["agents"][0]["name"]);
    for (agent, path, status) in [
        (0, "/contacts/99/avatar", 404),
        (0, "/agent_bots/99/avatar", 404),
        (0, "/agent_bots/2/avatar", 404),
        (0, "/inboxes/99/avatar", 404),
        (1, "/inboxes/1/avatar", 401),
        (1, "/agent_bots/1/avatar", 401),
    ] {
        let path = format!("{api}{path}");
        let answer = call(&demo, agent, "DELETE", &path, Value::Null).await;
        assert_eq!(answer.status, status, "{path}");
    }
    for path in ["/avatars/x/y", "/avatars/eC5wbmc/AAAA.png"] {
        let answer = demo.client.send("GET", &demo.url(path), &[], "").await;
        assert_eq!(answer.status, 404);
    }
}
