//! What each call answers.

use serde_json::{Value, json};

use super::{FRANK, Program, items, keys};

#[tokio::test]
async fn the_account_is_told_as_licences_companies_and_employees() {
    let program = Program::start().await;
    let demo = &program.demo;
    let (alice, company) = (&demo.card["agents"][0], &demo.card["company_id"]);

    let me = json!({
        "id": alice["id"], "cabinetUserId": alice["id"], "fullName": alice["name"],
        "email": alice["email"], "role": { "name": "Administrator" }, "companyId": company,
    });
    assert_eq!(program.get("/v1/me").await, me);
    let licenses = json!([{
        "licenseId": 1, "licenseTo": 4_102_444_800_i64, "licenseName": "Demo", "meOwner": true,
        "active": true, "status": { "id": 4, "code": "paid" },
        "messenger": [{
            "type": "ctlive", "name": "Demo connector", "info": { "phone": "447700900100" },
        }],
        "app": [], "access": [],
    }]);
    let mut told = program.get("/v1/licenses").await;
    // The demo's other inboxes follow, its phone under a licence of its own.
    assert_eq!(told[1]["messenger"][0]["type"], "grWhatsApp");
    told.as_array_mut().unwrap().truncate(1);
    let messengers = told[0]["messenger"].as_array_mut().unwrap();
    assert!(messengers.len() > 1);
    messengers.truncate(1);
    assert_eq!(told, licenses);
    let companies = json!({ "items": [{ "companyId": company, "name": "Demo" }] });
    assert_eq!(program.get("/v1/companies").await, companies);
    let path = format!("/v1/companies/{company}/employees");
    let employees = program.get(&path).await;
    let role = |name: &str| json!({ "name": name });
    let expected: Vec<Value> = demo.card["agents"]
        .as_array()
        .unwrap()
        .iter()
        .zip([role("Administrator"), role("Employee")])
        .map(|(it, role)| {
            json!({
                "id": it["id"], "fullName": it["name"], "email": it["email"], "role": role,
                "status": "offline", "workday": "end",
            })
        })
        .collect();
    assert_eq!(employees, json!({ "items": expected }));
}

#[tokio::test]
async fn a_chat_is_told_alike_alone_and_in_lists() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    let chat = program.get(&program.chat(FRANK, "")).await;
    let expected = json!({
        "id": FRANK, "internalId": 1, "licenseId": 1, "messengerType": "ctlive",
        "type": "private", "phone": FRANK, "name": "Frank", "lastTime": chat["lastTime"],
        "responsible": null, "status": "open", "tags": [],
    });
    assert_eq!(chat, expected);
    assert!(chat["lastTime"].as_i64().unwrap() > 1_700_000_000);
    for spelling in [
        format!("%2B{FRANK}"),
        format!("+{FRANK}"),
        format!("{FRANK}@c.us"),
    ] {
        assert_eq!(program.get(&program.chat(&spelling, "")).await, chat);
    }
    let page = json!({ "items": [chat], "nextPage": null });
    assert_eq!(program.get("/v1/chats").await, page);
    let company = program.demo.text("/company_id");
    for query in [
        format!("companyId={company}"),
        "companyId=personal".to_owned(),
        "filter[licenseIds]=7,1".to_owned(),
        "filter%5BlicenseIds%5D%5B%5D=1".to_owned(),
        "filter[messengerTypes]=ctlive".to_owned(),
    ] {
        assert_eq!(program.get(&format!("/v1/chats?{query}")).await, page);
    }
    assert_eq!(
        program.get(&program.messenger("/chats?limit=1")).await,
        page
    );
    let none = json!({ "items": [], "nextPage": null });
    for query in [
        "filter[licenseIds]=2",
        "filter[messengerTypes]=telegram",
        "lastTime=1",
    ] {
        assert_eq!(program.get(&format!("/v1/chats?{query}")).await, none);
    }
}

#[tokio::test]
async fn a_message_in_the_history_is_the_object_of_the_event() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    let history = program.get(&program.chat(FRANK, "/messages")).await;
    let message = &items(&history)[0];
    #[rustfmt::skip]
    let expected = [
        "chat", "created", "destroyed", "fromApi", "fromApp", "fromMe", "fromUser", "id",
        "internalId", "isForwarded", "message", "quotedMessage", "side", "subtype", "time", "type",
        "utm",
    ];
    assert_eq!(keys(message), expected);
    assert_eq!(
        message["message"],
        json!({ "text": "in-1", "caption": "", "file": null })
    );
    assert_eq!(
        (&message["side"], &message["type"]),
        (&json!("in"), &json!("text"))
    );
    assert_eq!(message["chat"]["id"], FRANK);
    assert_eq!(message["fromUser"]["name"], "Frank");
}
