//! A database that goes away, and servers that should not be on one.

use std::{path::Path, process::Command};

use serde_json::json;
use testkit::{
    demo::{Demo, Options},
    postgres::Cluster,
    wait::until,
};

use super::environment;
use crate::BINARY;

/// Runs the binary until it ends, and returns what it says when it fails.
fn complaint(data: &Path, env: Vec<(&'static str, String)>) -> String {
    let mut command = Command::new(BINARY);
    command.args(["demo", "--listen", "127.0.0.1:0", "--data"]);
    let done = command.arg(data).envs(env).output().unwrap();
    assert!(!done.status.success());
    String::from_utf8(done.stderr).unwrap()
}

// The receiver must be able to answer while the test waits for a process to end.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_another_key_is_refused() {
    let database = Cluster::shared().database();
    let options = Options {
        env: environment(&database.url(), "one"),
        ..Options::default()
    };
    let _demo = Demo::start_with(BINARY, options).await;
    let other = tempfile::tempdir().unwrap();
    let told = complaint(other.path(), environment(&database.url(), "two"));
    assert!(told.contains("server.key"), "{told}");
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_said_at_once_without_its_password() {
    let data = tempfile::tempdir().unwrap();
    let url = "postgres://me:secret@127.0.0.1:1/chat";
    let told = complaint(data.path(), environment(url, "one"));
    assert!(told.contains("cannot be reached"), "{told}");
    assert!(!told.contains("secret"), "{told}");
}

#[tokio::test]
async fn a_server_outlives_its_connections() {
    let database = Cluster::shared().database();
    let options = Options {
        env: environment(&database.url(), "one"),
        ..Options::default()
    };
    let demo = Demo::start_with(BINARY, options).await;
    for round in 0..3 {
        let text = format!("m{round}");
        let item = json!([demo.inbound("385919998888", &text, &text)]);
        until("a message to be taken", async || {
            (demo.post(item.clone()).await.status == 200).then_some(())
        })
        .await;
        database.disconnect_all();
    }
    until("every message", async || {
        let page = demo.agent("GET", "/conversations/1/messages", None).await;
        let count = || page.json()["payload"].as_array().map(Vec::len);
        (page.status == 200 && count() == Some(3)).then_some(())
    })
    .await;
}
