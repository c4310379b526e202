//! A server that is built with the WhatsApp Web engine. Nothing here asks WhatsApp for anything.

use serde_json::{Value, json};
use testkit::{
    connector::Connector,
    demo::{Demo, Options},
    http::Answer,
};

use crate::BINARY;

async fn call(demo: &Demo, method: &str, operation: &str) -> Answer {
    let product = demo.text("/maytapi/product_id");
    let url = demo.url(&format!("/api/{product}/{operation}"));
    let token = demo.text("/maytapi/token");
    let headers = [("x-maytapi-key", token.as_str())];
    demo.client.send(method, &url, &headers, "{}").await
}

#[tokio::test]
async fn a_server_with_the_engine_starts_adds_phones_and_stops() {
    let connector = Connector::start().await;
    let env = [
        ("SWITCHBOARD__WHATSAPP_WEB__NEW_PHONES", "true"),
        ("SWITCHBOARD__WHATSAPP_WEB__READ_RECEIPTS", "false"),
        ("SWITCHBOARD__WHATSAPP_WEB__VERSION", "2.3000.1"),
    ];
    let options = Options {
        ctlive_url: Some(connector.url()),
        env: env.map(|(name, value)| (name, value.to_owned())).to_vec(),
        ..Options::default()
    };
    let mut demo = Demo::start_with(BINARY, options).await;
    let added = call(&demo, "POST", "addPhone").await.ok();
    let phone = added["id"].as_i64().or(added["data"]["id"].as_i64());
    let phone = phone.unwrap_or_else(|| panic!("{added}"));
    let status = format!("{phone}/status");
    for _ in 0..2 {
        let told: Value = call(&demo, "GET", &status).await.ok();
        assert_eq!(told["status"]["isQr"], json!(true), "{told}");
        assert_eq!(told["status"]["loggedIn"], json!(false), "{told}");
        assert!(demo.terminate(), "it did not end well");
        demo.restart().await;
    }
}
