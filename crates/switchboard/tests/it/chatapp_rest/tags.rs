//! Tags of a company and of a chat: labels by another name.

use serde_json::{Value, json};

use super::{FRANK, Program, items, refusal, refused};

const TAGS: &str = "/v1/companies/1/tags";

#[tokio::test]
async fn tags_have_categories_and_stand_in_order() {
    let program = Program::start().await;
    assert_eq!(program.get(TAGS).await, json!({ "items": [] }));
    let body = json!({
        "name": "VIP guest", "color": "#1a2b3c", "sort": 20, "category": { "name": "People", "sort": 5 },
    });
    let vip = program.data("POST", TAGS, Some(body)).await;
    let people = json!({ "id": 1, "name": "People", "sort": 5 });
    let expected = json!({
        "id": 1, "name": "VIP guest", "color": "#1a2b3c", "sort": 20, "category": people,
    });
    assert_eq!(vip, expected);
    let body = json!({ "name": "Late", "sort": 10, "category": { "name": "people" } });
    let late = program.data("POST", TAGS, Some(body)).await;
    assert_eq!(
        (&late["color"], &late["category"]),
        (&json!("#1f93ff"), &people)
    );
    let all = json!({ "items": [late, vip] });
    assert_eq!(program.get(TAGS).await, all);
    assert_eq!(program.get(&program.messenger("/tags")).await, all);
    let path = format!("{TAGS}/2");
    let body = json!({ "name": "Too late", "category": null });
    let changed = program.data("PATCH", &path, Some(body)).await;
    assert_eq!(
        (&changed["name"], &changed["category"], &changed["sort"]),
        (&json!("Too late"), &Value::Null, &json!(10))
    );
    assert_eq!(program.data("DELETE", &path, None).await, json!({}));
    assert_eq!(program.get(TAGS).await, json!({ "items": [vip] }));
}

#[tokio::test]
async fn a_chats_tags_are_its_conversations_labels() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    program.hear("385910000001", &["in-2"]).await;
    for name in ["one", "two", "three"] {
        program
            .data("POST", TAGS, Some(json!({ "name": name })))
            .await;
    }
    let path = program.chat(FRANK, "/tags");
    let names = |page: &Value| -> Vec<String> {
        let names = items(page)
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned());
        names.collect()
    };
    let added = program
        .data("POST", &path, Some(json!({ "tagId": 1 })))
        .await;
    assert_eq!(names(&added), ["one"]);
    let body = json!({ "tagIds": [1, 2] });
    let added = program.data("POST", &path, Some(body)).await;
    assert_eq!(names(&added), ["one", "two"]);
    let third = format!("{path}/3");
    for _ in 0..2 {
        let added = program.data("PUT", &third, None).await;
        assert_eq!(names(&added), ["one", "two", "three"]);
    }
    for _ in 0..2 {
        let left = program.data("DELETE", &format!("{path}/1"), None).await;
        assert_eq!(names(&left), ["two", "three"]);
        assert_eq!(program.get(&path).await, left);
    }
    let shown = program.get(&program.chat(FRANK, "")).await;
    assert_eq!(names(&json!({ "items": shown["tags"] })), ["two", "three"]);
    let conversation = program
        .demo
        .agent("GET", "/conversations/1/labels", None)
        .await
        .ok();
    assert_eq!(conversation["payload"], json!(["two", "three"]));

    // Lists by tag: any of them, each chat once.
    for (ids, count) in [("2", 1), ("2,3", 1), ("1", 0), ("99", 0), ("", 2)] {
        for list in ["/v1/chats".to_owned(), program.messenger("/chats")] {
            let page = program.get(&format!("{list}?filter[tagIds]={ids}")).await;
            assert_eq!(items(&page).len(), count, "{list} {ids}");
            assert_eq!(page["nextPage"], Value::Null);
        }
    }
}

#[tokio::test]
async fn what_is_no_tag_is_refused() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    program
        .data("POST", TAGS, Some(json!({ "name": "one" })))
        .await;
    let invalid = refused(422, "ApiValidationError");
    let chat = program.chat(FRANK, "/tags");
    for (path, body) in [
        (TAGS, json!({})),
        (TAGS, json!({ "name": "" })),
        (TAGS, json!({ "name": "ONE" })),
        (TAGS, json!({ "name": 7 })),
        (TAGS, json!({ "name": "x", "category": { "name": "" } })),
        (TAGS, json!({ "name": "x".repeat(256) })),
        (chat.as_str(), json!({})),
        (chat.as_str(), json!({ "tagId": "1" })),
        (chat.as_str(), json!({ "tagId": 99 })),
        (chat.as_str(), json!({ "tagIds": [1, 99] })),
    ] {
        let answer = program.call("POST", path, Some(body)).await;
        assert_eq!(refusal(&answer), invalid, "{path} {}", answer.text());
    }
    let missing = refused(404, "ApiNotFoundError");
    for (method, path) in [
        ("PATCH", format!("{TAGS}/99")),
        ("DELETE", format!("{TAGS}/99")),
        ("DELETE", format!("{TAGS}/x")),
        ("PUT", format!("{chat}/99")),
        ("DELETE", format!("{chat}/99")),
    ] {
        let answer = program.call(method, &path, Some(json!({}))).await;
        assert_eq!(refusal(&answer), missing, "{method} {path}");
    }
    let many: Vec<String> = (1..=21).map(|id| id.to_string()).collect();
    let path = format!("/v1/chats?filter[tagIds]={}", many.join(","));
    let answer = program.call("GET", &path, None).await;
    assert_eq!(refusal(&answer), invalid);
    assert_eq!(items(&program.get(&chat).await).len(), 0);
    assert_eq!(items(&program.get(TAGS).await).len(), 1);

    // An employee who is no administrator reads tags and makes none.
    let bob = program.bob().await;
    assert_eq!(program.call_as(&bob, "GET", TAGS, None).await.status, 200);
    let forbidden = refused(403, "ApiForbiddenError");
    for (method, path) in [("POST", TAGS.to_owned()), ("DELETE", format!("{TAGS}/1"))] {
        let body = json!({ "name": "x" });
        let answer = program.call_as(&bob, method, &path, Some(body)).await;
        assert_eq!(refusal(&answer), forbidden);
    }
}
