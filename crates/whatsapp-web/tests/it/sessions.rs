//! Sessions: paired by either code, kept through restarts and kills, ended by either side.

use domain::Direction;
use serde_json::{Value, json};
use testkit::wait::until;
use whatsapp_rust::wacore::proto_helpers::MessageExt as _;

use crate::{
    fake::FakeWhatsApp,
    place::{Server, rows},
};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_is_paired_by_scanning_talks_and_is_logged_out() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    assert_eq!(server.get("status").await["status"]["isQr"], true);
    let code = server.call("GET", "qrCode?format=text", Value::Null).await;
    assert_eq!(code.status, 200, "{}", code.text());
    whatsapp.scan(&code.text(), SHOP).unwrap();
    server.until("LoggedIn").await;
    let phones = server.get("listPhones").await;
    assert_eq!(phones[0]["number"], SHOP);
    let none = server.call("GET", "qrCode", Value::Null).await;
    assert_eq!(none.status, 409);

    let said = ann.say(SHOP, "Is anybody there?").await;
    let heard = server
        .hears("the question", |it| {
            it.external_id.as_deref() == Some(&said)
        })
        .await;
    assert_eq!(heard.content.as_deref(), Some("Is anybody there?"));
    let id = server.say(ANN, "Yes").await;
    let answer = ann.hears("the answer", |it| it.info.id == id).await;
    assert_eq!(answer.message.text_content(), Some("Yes"));

    // Everything that a session remembers is sealed.
    let kept = rows(place.path());
    let sorts: Vec<&str> = kept.iter().map(|(kind, ..)| kind.as_str()).collect();
    for sort in ["device", "session", "identity", "prekey"] {
        assert!(sorts.contains(&sort), "{sort} is not in {sorts:?}");
    }
    for (kind, key, value) in &kept {
        assert!(!value.contains(SHOP), "{kind} {key}");
        assert!(
            serde_json::from_str::<Value>(value).is_err(),
            "{kind} {key}"
        );
    }

    assert_eq!(whatsapp.devices(SHOP).len(), 1);
    server.post("logout", json!({})).await;
    assert_eq!(server.get("status").await["status"]["isQr"], true);
    assert!(whatsapp.devices(SHOP).is_empty());
    assert!(rows(place.path()).is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_is_paired_by_typing_a_code() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let asked = server.post("pairCode", json!({ "number": SHOP })).await;
    let code = asked["data"]["code"].as_str().unwrap().to_owned();
    assert_eq!(code.len(), 8);
    // Whoever asks again has lost the one before.
    let again = server.post("pairCode", json!({ "number": SHOP })).await;
    let again = again["data"]["code"].as_str().unwrap().to_owned();
    assert_ne!(again, code);
    whatsapp.enter(&again, SHOP).unwrap();
    server.until("LoggedIn").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_kept_through_a_restart_and_a_kill() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let mut server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    for round in 0..4 {
        let text = format!("to the shop {round}");
        let said = ann.say(SHOP, &text).await;
        let fits = |it: &domain::Message| it.external_id.as_deref() == Some(&*said);
        let heard = server.hears(&text, fits).await;
        assert_eq!(heard.content.as_deref(), Some(&*text));
        let id = server.say(ANN, &format!("to Ann {round}")).await;
        ann.hears("the answer", |it| it.info.id == id).await;
        if round % 2 == 0 {
            server.kill().await;
            // The system closes what a dead process had open.
            whatsapp.cut(&device);
        } else {
            server.stop().await;
        }
        let gone = async || (!whatsapp.is_online(&device)).then_some(());
        until("the connection to end", gone).await;
        // Said while nobody is there.
        let said = ann.say(SHOP, "hello?").await;
        server = Server::start(place.path(), &whatsapp).await;
        server.until("LoggedIn").await;
        let fits = |it: &domain::Message| it.external_id.as_deref() == Some(&*said);
        server.hears("what was said meanwhile", fits).await;
    }
    // Nothing came twice, and nobody was asked to pair again.
    let all = server.messages().into_iter();
    let came = all.filter(|it| it.direction == Direction::In);
    let mut ids: Vec<_> = came.map(|it| it.external_id).collect();
    let before = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((before, ids.len()), (8, 8));
    assert_eq!(whatsapp.devices(SHOP), [device.1]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_forgets_nothing_and_an_unlinked_phone_everything() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let device = server.link(&whatsapp, SHOP).await;
    whatsapp.cut(&device);
    // It comes back by itself.
    let said = ann.say(SHOP, "still there?").await;
    let fits = |it: &domain::Message| it.external_id.as_deref() == Some(&*said);
    server.hears("what was said meanwhile", fits).await;
    server.until("LoggedIn").await;
    whatsapp.unlink(&device);
    server.until("LoggedOut").await;
    let status = server.get("status").await["status"].clone();
    assert_eq!(
        (&status["loggedIn"], &status["isQr"]),
        (&json!(false), &json!(true))
    );
    assert!(
        status["message"]
            .as_str()
            .unwrap()
            .contains("logged us out")
    );
    assert!(rows(place.path()).is_empty());
    server.stop().await;
    // It stays so after a restart, and shows a code.
    let server = Server::start(place.path(), &whatsapp).await;
    assert_eq!(server.state().await, "LoggedOut");
    let code = server.call("GET", "qrCode?format=text", Value::Null).await;
    assert_eq!(code.status, 200, "{}", code.text());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_opens_the_session_again_without_a_code() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    let none = server.call("POST", "backup", json!({})).await;
    assert_eq!(none.status, 409);
    server.link(&whatsapp, SHOP).await;
    let said = ann.say(SHOP, "before").await;
    let fits = |it: &domain::Message| it.external_id.as_deref() == Some(&*said);
    server.hears("what was said before", fits).await;
    let backup = server.post("backup", json!({})).await["data"].clone();
    server.post("logout", json!({})).await;
    server.post("factoryreset", json!({})).await;
    assert!(rows(place.path()).is_empty());
    let forged = json!({ "WASession": "AAAA", "WAKeys": "" });
    let refused = server.call("POST", "restore", forged).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    server.post("restore", backup).await;
    server.until("LoggedIn").await;
    // Ann's program believes in the conversation of before; both begin anew by themselves.
    let said = ann.say(SHOP, "after").await;
    let fits = |it: &domain::Message| it.external_id.as_deref() == Some(&*said);
    server.hears("what was said after", fits).await;
    let id = server.say(ANN, "here again").await;
    ann.hears("the answer", |it| it.info.id == id).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ban_stops_the_queue_until_it_is_over() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    whatsapp.ban(SHOP, 7200);
    server.until("Banned").await;
    let status = server.get("status").await["status"].clone();
    assert!(
        status["message"].as_str().unwrap().contains("same message"),
        "{status}"
    );
    let id = server.say(ANN, "held back").await;
    assert_eq!(server.get("queue").await["stats"]["sending"], 1);
    // Asked too early, it is shut out still.
    server.post("restart", json!({})).await;
    server.until("Banned").await;
    assert_eq!(whatsapp.times_sent(SHOP, &id), 0);
    whatsapp.forgive(SHOP);
    server.post("restart", json!({})).await;
    server.until("LoggedIn").await;
    // It is for the owner to say that what waits may go.
    assert_eq!(whatsapp.times_sent(SHOP, &id), 0);
    server.post("resumeQueue", json!({})).await;
    ann.hears("what was held back", |it| it.info.id == id).await;
    server.stop().await;
}
