//! Groups: heard, answered, made and changed.

use serde_json::{Value, json};
use wire::maytapi::extra::Extra;

use crate::{fake::FakeWhatsApp, place::Server};
use whatsapp_rust::{GroupSubject, wacore::proto_helpers::MessageExt as _};

const SHOP: &str = "447700900200";
const ANN: &str = "447700900301";
const BOB: &str = "447700900302";
const TEAM: &str = "120363000000000001@g.us";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_heard_and_answered() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    let bob = whatsapp.somebody(BOB, "Bob").await;
    whatsapp.add_group("120363000000000001", "The team", &[ANN, SHOP, BOB]);
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    for (who, name, number) in [(&ann, "Ann", ANN), (&bob, "Bob", BOB), (&ann, "Ann", ANN)] {
        let said = who.say(TEAM, &format!("from {name}")).await;
        let named = |it: &domain::Message| it.external_id.as_deref() == Some(&*said);
        let heard = server.hears(name, named).await;
        let author = Extra::read(heard.extra.as_deref()).author.unwrap();
        assert_eq!(
            (author.name.as_str(), author.number.as_str()),
            (name, number)
        );
    }
    let contacts = server.get("contacts").await;
    assert_eq!(
        contacts["data"],
        json!([{ "id": TEAM, "name": "The team", "type": "group" }])
    );
    for text in ["to all", "to all again"] {
        let id = server.say(TEAM, text).await;
        for who in [&ann, &bob] {
            let heard = who.hears(text, |it| it.info.id == id).await;
            assert_eq!(heard.message.text_content(), Some(text));
            assert_eq!(heard.info.source.chat.to_string(), TEAM);
        }
    }
    // Neither sending nor listing asks of every group by itself, which WhatsApp dislikes.
    assert_eq!(server.get("getGroups").await["total"], 1);
    assert_eq!(whatsapp.times_asked_of_groups("invite"), 0);
    assert_eq!(whatsapp.times_asked_of_groups("participating"), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_made_and_changed() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    whatsapp.add(BOB, "Bob");
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    let made = server
        .post("createGroup", json!({ "name": "Plans", "numbers": [ANN] }))
        .await;
    let id = made["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made["data"]["name"], "Plans");
    let change = async |verb: &str, number: &str| {
        let body = json!({ "conversation_id": id, "number": number });
        server.call("POST", &format!("group/{verb}"), body).await
    };
    let group = async || {
        let all = server.get("getGroups?full=true&invite=true").await;
        all["data"][0].clone()
    };
    assert_eq!(change("add", BOB).await.status, 200);
    assert_eq!(change("promote", BOB).await.status, 200);
    let shown = group().await;
    let named = |it: &Value| {
        let mut all: Vec<String> = it
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap().trim_end_matches("@c.us").to_owned())
            .collect();
        all.sort();
        all
    };
    assert_eq!(named(&shown["participants"]), [SHOP, ANN, BOB]);
    assert_eq!(named(&shown["admins"]), [SHOP, BOB]);
    assert!(shown["invite"].as_str().unwrap().contains("AbCdEfGh"));
    let image = "data:image/png;base64,iVBORw0KGgoAAAA=";
    let body = json!({ "conversation_id": id, "image": image });
    server.post("setProfileImage", body).await;
    for operation in [format!("getGroups/{id}"), format!("contact/{id}")] {
        let shown = server.get(&operation).await["data"].clone();
        let shown = shown.get(0).unwrap_or(&shown);
        let url = format!("https://files.test/{id}");
        assert_eq!(shown["image"], url.as_str(), "{operation}");
    }
    let nobody = server.get(&format!("contact/{ANN}")).await["data"][0].clone();
    assert_eq!(nobody.get("image"), None, "{nobody}");
    assert_eq!(change("remove", "447700900999").await.status, 409);
    assert_eq!(change("demote", BOB).await.status, 200);
    assert_eq!(change("remove", BOB).await.status, 200);
    let config = json!({ "conversation_id": id,
        "config": { "edit": "admins", "send": "admins", "disappear": true } });
    server.post("group/config", config).await;
    let shown = group().await;
    assert_eq!(
        shown["config"],
        json!({ "edit": "admins", "send": "admins", "disappear": true })
    );
    assert_eq!(named(&shown["participants"]), [SHOP, ANN]);
    let sent = server.say(&id, "for admins").await;
    ann.hears("the message", |it| it.info.id == sent).await;
    server.post("leaveGroup", json!({ "id": id })).await;
    assert_eq!(server.get("getGroups").await["data"], json!([]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_in_a_group_is_told() {
    let whatsapp = FakeWhatsApp::new();
    whatsapp.add(SHOP, "The shop");
    let ann = whatsapp.somebody(ANN, "Ann").await;
    whatsapp.add(BOB, "Bob");
    whatsapp.add_group("120363000000000001", "The team", &[ANN, SHOP]);
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path(), &whatsapp).await;
    server.link(&whatsapp, SHOP).await;
    let (team, bob) = (ann.chat(TEAM), ann.chat(BOB));
    ann.client
        .groups()
        .add_participants(&team, &[bob])
        .await
        .unwrap();
    let happened = async |subtype: &str| {
        let told = server
            .hears(subtype, |it| {
                let info = Extra::read(it.extra.as_deref()).info;
                info.is_some_and(|it| it.subtype == subtype)
            })
            .await;
        let info = Extra::read(told.extra.as_deref()).info.unwrap();
        (info.participant, told)
    };
    assert_eq!(happened("group/add").await.0, BOB);
    let name = GroupSubject::new("Plans").unwrap();
    ann.client.groups().set_subject(&team, name).await.unwrap();
    let (by, told) = happened("group/subject").await;
    assert_eq!(by, ANN);
    let text = told.content.clone().unwrap();
    assert!(text.contains("\"Plans\""), "{text}");
    assert_eq!(server.conversation(&told).contact.name, "Plans");
    ann.client.groups().set_announce(&team, true).await.unwrap();
    assert_eq!(happened("group/announcement").await.0, ANN);
    ann.client.groups().leave(&team).await.unwrap();
    let (gone, told) = happened("group/leave").await;
    assert_eq!(gone, ANN);
    assert_eq!(told.content, Some(format!("{ANN} left")));
    server.stop().await;
}
