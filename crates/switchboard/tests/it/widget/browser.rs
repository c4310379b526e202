//! A visitor with a real browser.

use std::{path::Path, process::Command, sync::OnceLock};

pub(super) use testkit::{
    http::{File, FileServer},
    node::Node,
    wait::until,
};

use super::*;

/// Where Chromium is; installed from the system's packages if it is missing and we may.
fn chromium() -> &'static str {
    static FOUND: OnceLock<&'static str> = OnceLock::new();
    FOUND.get_or_init(|| {
        let known = [
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/snap/bin/chromium",
        ];
        let find = || known.into_iter().find(|it| Path::new(it).exists());
        if find().is_none() {
            for arguments in [
                &["update", "-q"][..],
                &["install", "-y", "-q", "--no-install-recommends", "chromium"],
            ] {
                // Whether it worked is seen by what is there.
                Command::new("apt-get").args(arguments).output().ok();
            }
        }
        find().expect("this test needs Chromium: install the package `chromium`")
    })
}

/// A website with the demo's widget on it.
pub(super) async fn shop(demo: &Demo) -> (FileServer, String) {
    let server = FileServer::start().await;
    let html = format!(
        "<!doctype html><title>Shop</title><h1>Shop</h1><script>\
         (function(d,t){{var g=d.createElement(t),s=d.getElementsByTagName(t)[0];\
         g.src='{base}/packs/js/sdk.js';g.async=true;s.parentNode.insertBefore(g,s);\
         g.onload=function(){{window.chatwootSDK.run({{websiteToken:'{token}',baseUrl:'{base}'}})}}\
         }})(document,'script');</script>",
        base = demo.url(""),
        token = website_token(demo),
    );
    let html: &'static [u8] = html.into_bytes().leak();
    let url = server.put("/shop", File::Bytes("text/html", "", html));
    (server, url)
}

pub(super) async fn visitor(url: &str, viewport: Value) -> Node {
    let config = json!({
        "client": "widget.mjs", "executable": chromium(), "url": url, "viewport": viewport,
    });
    let mut visitor = Node::run("widget.mjs", config);
    visitor.expect_key("open").await;
    visitor
}

/// The visitor does something, and it works.
pub(super) async fn does(visitor: &mut Node, what: &str, argument: Value) {
    visitor.send(json!({ what: argument })).await;
    let is_over = |line: &Value| line["done"] == what || line.get("problem").is_some();
    let line = visitor.expect(what, is_over).await;
    assert_eq!(line["done"], what, "{line}");
}

pub(super) async fn sees(visitor: &mut Node, text: &str) {
    does(visitor, "sees", json!(text)).await;
}

pub(super) async fn agent_says(demo: &Demo, number: i64, text: &str) {
    let path = format!("/conversations/{number}/messages");
    let body = json!({ "content": text });
    demo.agent("POST", &path, Some(body)).await.ok();
}

/// The number of a conversation, once there is one whose newest message is this text.
pub(super) async fn conversation(demo: &Demo, text: &str) -> i64 {
    until("the visitor's words", async || {
        let list = demo.agent("GET", "/conversations", None).await.ok();
        let all = list["data"]["payload"].as_array().unwrap();
        let found = all.iter().find(|it| it["messages"][0]["content"] == text)?;
        found["id"].as_i64()
    })
    .await
}

pub(super) async fn shown_to_agents(demo: &Demo, number: i64) -> Value {
    let path = format!("/conversations/{number}");
    demo.agent("GET", &path, None).await.ok()
}

#[tokio::test]
async fn a_visitor_writes_an_agent_answers_and_it_is_there_after_a_reload() {
    let mut demo = Demo::start(BINARY, None).await;
    let (_shop, url) = shop(&demo).await;
    let mut visitor = visitor(&url, Value::Null).await;
    does(&mut visitor, "open", json!(true)).await;
    does(&mut visitor, "email", json!("jana@shop.example")).await;
    does(&mut visitor, "write", json!("Is the lamp in stock?")).await;
    sees(&mut visitor, "Is the lamp in stock?").await;
    let number = conversation(&demo, "Is the lamp in stock?").await;
    let seen = shown_to_agents(&demo, number).await;
    assert_eq!(seen["meta"]["sender"]["email"], "jana@shop.example");

    let typing = format!("/conversations/{number}/toggle_typing_status");
    let body = json!({ "typing_status": "on" });
    demo.agent("POST", &typing, Some(body)).await;
    does(&mut visitor, "sees_typing", json!(true)).await;
    agent_says(&demo, number, "It is, in three colours.").await;
    sees(&mut visitor, "It is, in three colours.").await;
    // They look at it, and the agents know.
    until("that it is read", async || {
        let all = demo.messages(number).await;
        (all.last()?["status"] == "read").then_some(())
    })
    .await;
    does(&mut visitor, "attach", json!(["list.txt", "lamps"])).await;
    until("the file", async || {
        let all = demo.messages(number).await;
        let url = all.last()?["attachments"][0]["data_url"].as_str()?;
        let file = demo.client.send("GET", url, &[], "").await;
        (file.text() == "lamps").then_some(())
    })
    .await;

    does(&mut visitor, "reload", json!(true)).await;
    does(&mut visitor, "open", json!(true)).await;
    sees(&mut visitor, "It is, in three colours.").await;

    // The server goes and comes back, and an agent writes before the visitor is connected again.
    demo.kill();
    demo.restart().await;
    agent_says(&demo, number, "Still there?").await;
    sees(&mut visitor, "Still there?").await;
    does(&mut visitor, "write", json!("Yes!")).await;
    sees(&mut visitor, "Yes!").await;
    visitor.send(json!({ "said": true })).await;
    let all = visitor.expect_key("said").await;
    let all: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(all.len(), 5, "{all:?}");
    assert_eq!(
        all[..2],
        ["Is the lamp in stock?", "It is, in three colours."]
    );
    assert_eq!(all[3..], ["Still there?", "Yes!"]);
    let problems = visitor.lines();
    assert!(problems.iter().all(|it| it.get("problem").is_none()));
}

#[tokio::test]
async fn it_works_on_a_phone_and_for_whoever_the_page_says_they_are() {
    let demo = Demo::start(BINARY, None).await;
    let phone = json!({ "width": 390, "height": 800 });
    let (_shop, url) = shop(&demo).await;
    let mut jana = visitor(&url, phone.clone()).await;
    let hmac = website(&demo)["hmac_token"].as_str().unwrap();
    let proof = wire::pusher::signature::Secret::new(hmac).sign(b"customer-7");
    let script = format!(
        "new Promise((done) => {{ const go = () => {{ $chatwoot.setUser('customer-7', \
         {{ name: 'Jana', identifier_hash: '{proof}' }}); done(); }}; \
         window.$chatwoot ? go() : addEventListener('chatwoot:ready', go); }})"
    );
    does(&mut jana, "does", json!(script)).await;
    does(&mut jana, "open", json!(true)).await;
    does(&mut jana, "skip", json!(true)).await;
    does(&mut jana, "write", json!("It is me")).await;
    let number = conversation(&demo, "It is me").await;
    let sender = until("who it is", async || {
        let sender = shown_to_agents(&demo, number).await["meta"]["sender"].take();
        (sender["identifier"] == "customer-7").then_some(sender)
    })
    .await;
    assert_eq!(sender["name"], "Jana");

    // The page in the frame, opened as a page.
    let page = demo.url(&format!("/widget?website_token={}", website_token(&demo)));
    let mut pavel = visitor(&url, phone).await;
    does(&mut pavel, "direct", json!(page)).await;
    does(&mut pavel, "skip", json!(true)).await;
    does(&mut pavel, "write", json!("From my phone")).await;
    let number = conversation(&demo, "From my phone").await;
    agent_says(&demo, number, "We see you.").await;
    sees(&mut pavel, "We see you.").await;
    does(&mut pavel, "direct", json!(page)).await;
    sees(&mut pavel, "We see you.").await;
}
