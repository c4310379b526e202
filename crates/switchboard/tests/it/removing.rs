//! What an administrator removes for good: gone at once for everybody, and erased in the background, whatever happens to
//! the server.

mod conversations;
mod inboxes;

use serde_json::{Value, json};
use testkit::{
    demo::{Demo, Options},
    http::{Answer, Form},
    wait::until,
};

use crate::BINARY;

/// A call below the account as the agent of the demo with this index: 0 administers it, 1 does not.
async fn by(demo: &Demo, index: usize, method: &str, path: &str, body: Value) -> Answer {
    let token = demo.text(&format!("/agents/{index}/access_token"));
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let url = demo.url(&format!("/api/v1/accounts/1{path}"));
    demo.client.send(method, &url, &headers, body).await
}

/// The same as the administrator.
async fn mine(demo: &Demo, method: &str, path: &str, body: Value) -> Answer {
    by(demo, 0, method, path, body).await
}

/// What a statement counts in the store.
fn number(demo: &Demo, sql: &str) -> i64 {
    let file = demo.data().join("switchboard.db");
    let store = rusqlite::Connection::open(file).unwrap();
    store.busy_timeout(testkit::wait::PATIENCE).unwrap();
    store.query_row(sql, [], |row| row.get(0)).unwrap()
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

/// Waits until nothing is left to be erased of what was removed.
async fn erased(demo: &Demo) {
    until("what was removed to be erased", async || {
        (number(demo, "SELECT count(*) FROM removed_conversations") == 0).then_some(())
    })
    .await;
}
