//! Files go out as addresses that the connector can fetch.

use serde_json::{Value, json};
use testkit::{
    http::{Answer, File, FileServer, Form},
    wait::until,
};

use super::{FRANK, Program, items, refusal, refused};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const PDF: &[u8] = b"%PDF-1.4\n";

async fn post(program: &Program, form: Form) -> Answer {
    let content_type = Form::content_type();
    let headers = [
        ("authorization", program.token.as_str()),
        ("content-type", &content_type),
    ];
    let url = program.demo.url(&program.chat(FRANK, "/messages/file"));
    let client = &program.demo.client;
    client.send("POST", &url, &headers, form.finish()).await
}

async fn fetched(program: &Program, url: &Value) -> Vec<u8> {
    let url = url.as_str().unwrap();
    program
        .demo
        .client
        .send("GET", url, &[], "")
        .await
        .body
        .to_vec()
}

#[tokio::test]
async fn a_file_in_a_form_reaches_the_connector_once() {
    let program = Program::start().await;
    let form = || {
        Form::default()
            .file("file", "blob", "image/png", PNG)
            .text("fileName", "cat.png")
            .text("caption", "Look!")
            .text("tracking", "t-1")
    };
    let sent = post(&program, form()).await.ok();
    assert_eq!(sent["data"]["chatId"], FRANK);
    let again = post(&program, form()).await.ok();
    assert_eq!(again, sent);
    let got = until("the connector to get it", async || {
        program.connector.sent().pop()
    })
    .await;
    let said = &got.body["whatsApp"];
    assert_eq!(said["text"], "Look!");
    assert_eq!(fetched(&program, &said["imageUrl"]).await, PNG);

    let history = program.get(&program.chat(FRANK, "/messages")).await;
    assert_eq!(items(&history).len(), 1);
    let told = &items(&history)[0];
    assert_eq!(
        (&told["id"], &told["type"]),
        (&sent["data"]["id"], &json!("image"))
    );
    assert_eq!(told["message"]["caption"], "Look!");
    let file = &told["message"]["file"];
    assert_eq!(
        (&file["name"], &file["size"]),
        (&json!("cat.png"), &json!(PNG.len()))
    );
    assert_eq!(fetched(&program, &file["link"]).await, PNG);
    assert_eq!(told["fromApp"]["tracking"], "t-1");
}

#[tokio::test]
async fn a_file_at_an_address_is_fetched() {
    let program = Program::start().await;
    let files = FileServer::start().await;
    let url = files.put("/x", File::Bytes("application/pdf", "", PDF));
    let path = program.chat(FRANK, "/messages/file");
    let body = json!({ "file": url, "fileName": "offer.pdf", "text": "Our offer" });
    let sent = program.data("POST", &path, Some(body)).await;
    assert_eq!(sent["chatId"], FRANK);
    let two = async || Some(program.connector.sent()).filter(|it| it.len() == 2);
    // A document has its name where its text would be, so the text goes before it.
    let got = until("the connector to get both", two).await;
    assert_eq!(got[0].text(), "Our offer");
    let said = &got[1].body["whatsApp"];
    assert_eq!(said["text"], "offer.pdf");
    assert_eq!(fetched(&program, &said["fileUrl"]).await, PDF);
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    let program = Program::start().await;
    let png = |name: &str| Form::default().file(name, "a.png", "image/png", PNG);
    for form in [
        Form::default().text("caption", "no file"),
        png("picture"),
        png("file").file("file", "b.png", "image/png", PNG),
        png("file").text("sender", "bot"),
        Form::default().file("file", "empty", "image/png", b""),
    ] {
        let answer = post(&program, form).await;
        assert_eq!(refusal(&answer), refused(422, "ApiValidationError"));
    }
    let path = program.chat(FRANK, "/messages/file");
    for body in [json!({}), json!({ "file": "file:///etc/passwd" })] {
        let answer = program.call("POST", &path, Some(body)).await;
        assert_eq!(refusal(&answer), refused(422, "ApiValidationError"));
    }
    assert_eq!(items(&program.get("/v1/chats").await).len(), 0);
}
