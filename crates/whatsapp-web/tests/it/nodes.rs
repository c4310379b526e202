//! Several servers on one database: one of them opens a phone.

use std::time::Duration;

use domain::MessageStatus;
use serde_json::json;
use testkit::{postgres::Cluster, wait::until};
use tokio::time::{Instant, sleep};

use crate::{
    fake::{Device, FakeWhatsApp},
    place::Server,
};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";
/// How long a dead server may be missed, and a little for a slow machine.
const MISSED: Duration = Duration::from_secs(60);

async fn is_back(whatsapp: &FakeWhatsApp, device: &Device) {
    let began = Instant::now();
    while !whatsapp.is_online(device) {
        assert!(began.elapsed() < MISSED, "nobody opened the phone");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_opens_a_phone_and_another_when_it_has_gone_or_died() {
    let database = tokio::task::spawn_blocking(|| Cluster::shared().database());
    let database = database.await.unwrap();
    let url = database.url();
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let one = Server::start_on(&url, "one", place.path(), &whatsapp).await;
    let device = one.link(&whatsapp, SHOP).await;
    let two = Server::start_on(&url, "two", place.path(), &whatsapp).await;
    assert_eq!(two.phone, one.phone);
    let named = |id: &str| {
        let id = id.to_owned();
        move |it: &domain::Message| it.external_id.as_deref() == Some(&*id)
    };

    // Both know how it stands, both hear, and what either is given goes out.
    assert_eq!(two.state().await, "LoggedIn");
    let said = ann.say(SHOP, "Hello").await;
    two.hears("the greeting", named(&said)).await;
    for server in [&one, &two] {
        let id = server.say(ANN, "Hello to you").await;
        ann.hears("the answer", |it| it.info.id == id).await;
        server.until_status(&id, MessageStatus::Delivered).await;
    }
    // What is asked of the phone is done by the server that has it, whichever is asked.
    let made = json!({ "name": "Plans", "numbers": [ANN] });
    let made = two.post("createGroup", made).await["data"].clone();
    let all = one.get("getGroups").await;
    assert_eq!(all["data"][0]["id"], made["id"]);
    let asked = ["getGroups", &format!("contact/{ANN}")];
    for operation in asked {
        assert_eq!(one.get(operation).await, two.get(operation).await);
    }
    let none = two.call("GET", "contact/447700900999", json!(null)).await;
    assert_eq!(none.status, 404, "{}", none.text());
    let paired = two.call("GET", "qrCode", json!(null)).await;
    assert_eq!(paired.status, 409, "{}", paired.text());
    let group = json!({ "conversation_id": made["id"], "number": "447700900999" });
    let refused = two.call("POST", "group/remove", group).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let id = two.say(ANN, "To be taken back").await;
    two.until_status(&id, MessageStatus::Delivered).await;
    let body = json!({ "to_number": ANN, "type": "delete", "message": id });
    two.post("sendMessage", body).await;
    assert!(whatsapp.is_online(&device));
    two.post("restart", json!({})).await;
    is_back(&whatsapp, &device).await;
    one.until("LoggedIn").await;
    let rows = one.kept("whatsapp_web answers");
    assert_eq!(rows, 0, "answers stay no longer than they are waited for");

    // It goes in order: the other has it at once.
    one.stop().await;
    is_back(&whatsapp, &device).await;
    two.until("LoggedIn").await;
    let id = two.say(ANN, "from the other").await;
    ann.hears("the other", |it| it.info.id == id).await;

    // It dies: the other has it when it is missed, and nothing is lost meanwhile.
    let one = Server::start_on(&url, "one", place.path(), &whatsapp).await;
    two.kill().await;
    whatsapp.cut(&device);
    let began = Instant::now();
    while whatsapp.is_online(&device) && began.elapsed() < MISSED {
        sleep(Duration::from_millis(20)).await;
    }
    let missed = ann.say(SHOP, "Anybody there?").await;
    let id = one.say(ANN, "A moment").await;
    is_back(&whatsapp, &device).await;
    one.until("LoggedIn").await;
    one.hears("what was missed", named(&missed)).await;
    ann.hears("the first again", |it| it.info.id == id).await;
    assert_eq!(whatsapp.times_sent(SHOP, &id), 1);
    assert_eq!(whatsapp.connections_at_most(&device), 1);
    one.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_shown_by_every_server_and_so_is_a_backup() {
    let database = tokio::task::spawn_blocking(|| Cluster::shared().database());
    let database = database.await.unwrap();
    let url = database.url();
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let place = tempfile::tempdir().unwrap();
    let one = Server::start_on(&url, "one", place.path(), &whatsapp).await;
    let two = Server::start_on(&url, "two", place.path(), &whatsapp).await;
    // What a server has left that died while it waited for an answer.
    let old = ["whatsapp_web wishes", "whatsapp_web answers"];
    for keeper in old {
        one.keep(keeper, "1 1000000 7", "sealed").await;
    }
    let code = async |server: &Server| {
        let path = "qrCode?format=text";
        let answer = server.call("GET", path, json!(null)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    };
    // One of them has the phone, and the other shows the code of that one. Codes change now and then.
    let shown = until("both to show the same code", async || {
        let (first, second) = (code(&one).await, code(&two).await);
        (first == second).then_some(first)
    });
    whatsapp.scan(&shown.await, SHOP).unwrap();
    for keeper in old {
        until(keeper, async || (one.kept(keeper) == 0).then_some(())).await;
    }
    for server in [&one, &two] {
        server.until("LoggedIn").await;
    }
    let backup = two.post("backup", json!({})).await["data"].clone();
    two.post("logout", json!({})).await;
    for server in [&one, &two] {
        server.until("Unpaired").await;
    }
    two.post("restore", backup).await;
    for server in [&one, &two] {
        server.until("LoggedIn").await;
    }
    for server in [one, two] {
        server.stop().await;
    }
}
