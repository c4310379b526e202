//! What was said is found by its words.

use serde_json::{Value, json};

use super::{FRANK, Program, items, refusal, refused};

fn texts(page: &Value) -> Vec<&str> {
    let texts = items(page)
        .iter()
        .map(|it| it["message"]["text"].as_str().unwrap());
    texts.collect()
}

#[tokio::test]
async fn messages_are_found_by_their_words_in_any_case_page_by_page() {
    let program = Program::start().await;
    program
        .hear(
            FRANK,
            &[
                "Straße one",
                "nothing",
                "two STRASSE",
                "die STRAẞE",
                "three straße",
            ],
        )
        .await;
    let sent = json!({ "text": "Our straße" });
    let path = program.chat(FRANK, "/messages/text");
    program.data("POST", &path, Some(sent)).await;
    let note = json!({ "content": "a note on a straße", "private": true });
    let path = "/conversations/1/messages";
    program.demo.agent("POST", path, Some(note)).await.ok();
    program.hear("385910000001", &["Straße elsewhere"]).await;

    let search = program.chat(FRANK, "/messages/search");
    let found = program.get(&format!("{search}?query=stra%C3%9Fe")).await;
    assert_eq!(
        texts(&found),
        ["Our straße", "three straße", "die STRAẞE", "Straße one"]
    );
    assert_eq!(found["nextPage"], Value::Null);
    // The same objects as in the history.
    let history = program.get(&program.chat(FRANK, "/messages?limit=1")).await;
    assert_eq!(items(&found)[0], items(&history)[0]);

    let mut page = format!("{search}?text=STRA%C3%9FE&direction=next&limit=2");
    let mut all = Vec::new();
    loop {
        let found = program.get(&page).await;
        assert!(items(&found).len() <= 2);
        all.extend(texts(&found).iter().map(|it| (*it).to_owned()));
        let Some(next) = found["nextPage"].as_str() else {
            break;
        };
        page = format!("{search}?text=STRA%C3%9FE&limit=2&nextPage={next}");
    }
    assert_eq!(
        all,
        ["Straße one", "die STRAẞE", "three straße", "Our straße"]
    );
    let none = program.get(&format!("{search}?query=%25")).await;
    assert_eq!(none, json!({ "items": [], "nextPage": null }));
}

#[tokio::test]
async fn a_search_without_words_is_refused() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    let search = program.chat(FRANK, "/messages/search");
    let long = "x".repeat(256);
    for query in [
        "",
        "?query=",
        "?query=%20",
        &format!("?query={long}"),
        "?query=x&limit=101",
        "?query=x&direction=up",
        "?query=x&nextPage=x",
    ] {
        let answer = program.call("GET", &format!("{search}{query}"), None).await;
        assert_eq!(
            refusal(&answer),
            refused(422, "ApiValidationError"),
            "{query}"
        );
    }
}
