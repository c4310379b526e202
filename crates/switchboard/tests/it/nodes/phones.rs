//! Simulated phones: every server shows their codes, and any takes them.

use serde_json::{Value, json};
use testkit::{demo::Demo, http::Answer, wait::until};

use super::Pair;

/// An operation of the product that the first server has printed.
async fn call(pair: &Pair, on: &Demo, method: &str, path: &str, body: &Value) -> Answer {
    let (product, token) = (
        pair.one.text("/maytapi/product_id"),
        pair.one.text("/maytapi/token"),
    );
    let url = match path.strip_prefix('/') {
        Some(_) => on.url(path),
        None => on.url(&format!("/api/{product}/{path}")),
    };
    let headers = [("x-maytapi-key", &*token)];
    on.client
        .send(method, &url, &headers, body.to_string())
        .await
}

#[tokio::test]
async fn a_phone_shows_one_code_on_every_node_and_is_paired_through_any() {
    let pair = Pair::start().await;
    let (one, two) = (&pair.one, &pair.two);
    let added = call(&pair, one, "POST", "addPhone", &json!({})).await.ok();
    let phone = added["id"].as_i64().unwrap();
    let path = format!("{phone}/qrCode?format=text");
    // The other hears of it in a moment; and codes change now and then.
    let code = until("one code on both", async || {
        let first = call(&pair, one, "GET", &path, &Value::Null).await;
        let second = call(&pair, two, "GET", &path, &Value::Null).await;
        let same = second.status == 200 && first.text() == second.text();
        same.then(|| first.text())
    });
    assert!(code.await.starts_with("2@"));
    let path = format!("{phone}/pairCode");
    let number = json!({ "number": "447700900300" });
    let code = call(&pair, one, "POST", &path, &number).await.ok();
    let scan = json!({ "code": code["data"]["code"] });
    call(&pair, two, "POST", "/sandbox/scan", &scan).await.ok();
    for node in [one, two] {
        until("the phone to be open", async || {
            let path = format!("{phone}/status");
            let told = call(&pair, node, "GET", &path, &Value::Null).await.ok();
            (told["status"]["loggedIn"] == true).then_some(())
        })
        .await;
    }
}
