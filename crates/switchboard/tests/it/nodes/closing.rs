//! An account is closed on a database that servers share: gone on each of them, and erased.

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Answer, wait::until};

use super::Pair;

/// Tables of which nothing is left, each with how its rows are known.
const ERASED: [&str; 13] = [
    "contacts WHERE account_id = 2",
    "conversations WHERE account_id = 2",
    "messages WHERE account_id = 2",
    "tallies WHERE account_id = 2",
    "timings WHERE account_id = 2",
    "attributes WHERE account_id = 2",
    "conversation_counts WHERE account_id = 2 AND n <> 0",
    "addresses WHERE contact_id NOT IN (SELECT id FROM contacts)",
    "labels WHERE account_id = 2",
    "inboxes WHERE account_id = 2",
    "seats WHERE account_id = 2",
    "accounts WHERE name = 'Acme'",
    "journal WHERE account_id = 2",
];
/// Contacts that write.
const CONTACTS: usize = 12;

async fn call(demo: &Demo, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let headers = [
        ("api_access_token", token),
        ("content-type", "application/json"),
    ];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let url = demo.url(path);
    demo.client.send(method, &url, &headers, body).await
}

/// What an operator's program shows.
fn program(pair: &Pair) -> String {
    let data = pair.one.data().display().to_string();
    let url = pair.database.url();
    let settings = format!("[store]\ndata = {data:?}\nurl = {url:?}\nnode = \"setup\"\n");
    let named = ["platform", "--name", "ours"];
    let printed = pair.one.setup_with(&settings, &named, "");
    let token = printed.trim().strip_prefix("platform token ");
    token.unwrap().to_owned()
}

/// The second account, with an administrator, an inbox and contacts who wrote through both servers. Returns what the
/// administrator shows, and the inbox's name.
async fn build(pair: &Pair, program: &str) -> (String, String) {
    let new = json!({ "name": "Acme" });
    let path = "/platform/api/v1/accounts";
    let made = call(&pair.one, program, "POST", path, new).await.ok();
    assert_eq!(made["id"], 2);
    let new = json!({ "name": "Ann", "email": "ann@acme.example", "password": "correct horse" });
    let path = "/platform/api/v1/users";
    let ann = call(&pair.one, program, "POST", path, new).await.ok();
    let seat = json!({ "user_id": ann["id"], "role": "administrator" });
    let path = "/platform/api/v1/accounts/2/account_users";
    call(&pair.one, program, "POST", path, seat).await.ok();
    let token = ann["access_token"].as_str().unwrap().to_owned();
    let new = json!({ "name": "Shop", "channel": { "type": "api" } });
    let path = "/api/v1/accounts/2/inboxes";
    let inbox = call(&pair.one, &token, "POST", path, new).await.ok();
    let identifier = inbox["inbox_identifier"].as_str().unwrap().to_owned();
    let path = "/api/v1/accounts/2/labels";
    let new = json!({ "title": "vip" });
    call(&pair.one, &token, "POST", path, new).await.ok();
    let base = format!("/public/api/v1/inboxes/{identifier}");
    // The other server knows the inbox a moment later.
    until("the other server to know the inbox", async || {
        let shown = call(&pair.two, "", "GET", &base, Value::Null).await;
        (shown.status == 200).then_some(())
    })
    .await;
    for n in 0..CONTACTS {
        let demo = if n % 2 == 0 { &pair.one } else { &pair.two };
        let source = format!("visitor-{n}");
        let told = json!({ "source_id": source, "custom_attributes": { "plan": "gold" } });
        let contacts = format!("{base}/contacts");
        call(demo, "", "POST", &contacts, told).await.ok();
        let path = format!("{contacts}/{source}/conversations");
        let begun = call(demo, "", "POST", &path, json!({})).await.ok();
        let path = format!("{path}/{}/messages", begun["id"]);
        let words = json!({ "content": "Hello?" });
        call(demo, "", "POST", &path, words).await.ok();
    }
    (token, identifier)
}

#[tokio::test]
async fn an_account_that_one_server_closes_is_gone_on_each_and_erased() {
    let mut pair = Pair::start().await;
    let ours = program(&pair);
    // A program that was added is known from the start.
    for demo in [&mut pair.one, &mut pair.two] {
        assert!(demo.terminate());
        demo.restart().await;
    }
    let hello = |id: &str| json!([pair.one.inbound("447700900999", id, "Hello?")]);
    pair.one.post(hello("one")).await.ok();
    let (token, identifier) = build(&pair, &ours).await;
    let count = |rows: &str| pair.database.sql(&format!("SELECT count(*) FROM {rows}"));
    let wanted = CONTACTS.to_string();
    assert_eq!(count("conversations WHERE account_id = 2"), wanted);

    let path = "/platform/api/v1/accounts/2";
    let closed = call(&pair.one, &ours, "DELETE", path, Value::Null).await;
    assert_eq!(closed.status, 200, "{}", closed.text());
    let gone = async |demo: &Demo| {
        let list = "/api/v1/accounts/2/conversations";
        let list = call(demo, &token, "GET", list, Value::Null).await.status;
        let inbox = format!("/public/api/v1/inboxes/{identifier}");
        let inbox = call(demo, "", "GET", &inbox, Value::Null).await.status;
        (list, inbox) == (401, 404)
    };
    assert!(gone(&pair.one).await, "the server that closed it lets in");
    until("the other server to know", async || {
        gone(&pair.two).await.then_some(())
    })
    .await;
    let mut more = 0;
    until("the account to be erased", async || {
        // The newest entry of all stays until there is another.
        more += 1;
        pair.two.post(hello(&format!("more-{more}"))).await.ok();
        ERASED.iter().all(|it| count(it) == "0").then_some(())
    })
    .await;
    // The first account has what it had, on both.
    for demo in [&pair.one, &pair.two] {
        assert!(gone(demo).await);
        let all = demo.messages(1).await;
        assert_eq!(all[0]["content"], "Hello?");
    }
}
