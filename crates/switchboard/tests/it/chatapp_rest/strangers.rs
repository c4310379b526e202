//! What is refused, and that no refusal tells a stranger what exists.

use serde_json::json;

use super::{FRANK, Program, refusal, refused};

/// Every call about a chat, with a body that it takes.
const CALLS: [(&str, &str, &str); 14] = [
    ("GET", "", ""),
    ("GET", "/messages", ""),
    ("GET", "/messages/search?query=x", ""),
    ("POST", "/messages/text", r#"{"text":"Hi"}"#),
    (
        "POST",
        "/messages/file",
        r#"{"file":"http://127.0.0.1:1/x"}"#,
    ),
    ("PATCH", "/read", ""),
    (
        "PUT",
        "/responsible",
        r#"{"employeeId":null,"tracking":"t"}"#,
    ),
    ("GET", "/tags", ""),
    ("POST", "/tags", r#"{"tagId":1}"#),
    ("PUT", "/tags/1", ""),
    ("DELETE", "/tags/1", ""),
    ("PUT", "/responsible", r#"{"employeeId":null}"#),
    ("PUT", "/status", r#"{"status":"close"}"#),
    ("POST", "/status", r#"{"status":"close"}"#),
];

const LISTS: [&str; 4] = ["/v1/me", "/v1/licenses", "/v1/companies", "/v1/chats"];

async fn raw(
    program: &Program,
    token: &str,
    method: &str,
    path: &str,
    body: &str,
) -> (u16, String) {
    let body = (!body.is_empty()).then(|| serde_json::from_str(body).unwrap());
    refusal(&program.call_as(token, method, path, body).await)
}

#[tokio::test]
async fn nobody_comes_in_without_a_token() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    let unknown = refused(401, "ApiInvalidTokenError");
    for token in ["", "Bearer", "$2y$10$nobody"] {
        for path in LISTS {
            assert_eq!(
                raw(&program, token, "GET", path, "").await,
                unknown,
                "{path}"
            );
        }
        for (method, below, body) in CALLS {
            let path = program.chat(FRANK, below);
            let told = raw(&program, token, method, &path, body).await;
            assert_eq!(told, unknown, "{method} {path}");
        }
    }
    // A scheme's word before a good one does no harm.
    let with_word = format!("Bearer {}", program.token);
    assert_eq!(
        program
            .call_as(&with_word, "GET", "/v1/me", None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    let invalid = refused(422, "ApiValidationError");
    let lists = [
        "/v1/chats".to_owned(),
        program.messenger("/chats"),
        program.chat(FRANK, "/messages"),
    ];
    for list in &lists {
        for query in [
            "limit=101",
            "limit=0",
            "limit=x",
            "lastTime=x",
            "nextPage=x",
        ] {
            let path = format!("{list}?{query}");
            let told = raw(&program, &program.token, "GET", &path, "").await;
            assert_eq!(told, invalid, "{path}");
        }
        assert_eq!(
            program
                .call("GET", &format!("{list}?limit=100"), None)
                .await
                .status,
            200
        );
    }
    let nothing = refused(404, "ApiNotFoundError");
    for path in [
        "/v1/nothing",
        "/v1/companies/x/employees",
        "/v1/licenses/x/messengers/ctlive/chats",
    ] {
        assert_eq!(
            raw(&program, &program.token, "GET", path, "").await,
            nothing,
            "{path}"
        );
    }
    let wrong = refused(405, "ApiMethodNotAllowedError");
    for path in ["/v1/me".to_owned(), program.chat(FRANK, "/read")] {
        assert_eq!(
            raw(&program, &program.token, "DELETE", &path, "").await,
            wrong,
            "{path}"
        );
    }
    let cannot = refused(422, "ApiNotSupportedError");
    for path in [
        format!("/phones/+{FRANK}/check"),
        "/users/frank/check".to_owned(),
    ] {
        let path = program.messenger(&path);
        assert_eq!(
            raw(&program, &program.token, "GET", &path, "").await,
            cannot
        );
    }
    let path = "/v1/licenses/1/messengers/telegram/phones/1/check";
    assert_eq!(
        raw(&program, &program.token, "GET", path, "").await,
        nothing
    );
}

/// Sets the stopped server up with a company of Eve's, and an inbox of hers in licence 7.
fn add_eve(program: &Program) {
    for (arguments, input) in [
        (vec!["account", "Other"], ""),
        (
            vec![
                "agent",
                "--account",
                "2",
                "--name",
                "Eve",
                "--email",
                "eve@m.test",
            ],
            "correct horse",
        ),
        (
            vec![
                "inbox",
                "--account",
                "2",
                "--name",
                "Theirs",
                "--address",
                "447700900200",
                "--license",
                "7",
            ],
            "",
        ),
    ] {
        program.demo.setup(&arguments, input);
    }
}

#[tokio::test]
async fn another_companys_things_are_not_there() {
    let mut program = Program::start().await;
    program.hear(FRANK, &["in-1"]).await;
    assert!(program.demo.terminate());
    add_eve(&program);
    program.demo.restart().await;
    program.token = program.demo.text("/chatapp/access_token");
    let body = json!({ "email": "eve@m.test", "password": "correct horse", "appId": "app_2_1" });
    let pair = program
        .call_as("", "POST", "/v1/tokens", Some(body))
        .await
        .ok();
    let eve = pair["data"]["accessToken"].as_str().unwrap();

    // What is Frank's company's is to Eve what is nobody's, and nothing is to be seen in her lists.
    let nothing = program.call_as(
        eve,
        "GET",
        "/v1/licenses/99/messengers/ctlive/chats/1",
        None,
    );
    let nothing = nothing.await.text();
    for (method, below, body) in CALLS {
        let path = program.chat(FRANK, below);
        let body = (!body.is_empty()).then(|| serde_json::from_str(body).unwrap());
        let answer = program.call_as(eve, method, &path, body).await;
        assert_eq!(
            (answer.status, answer.text()),
            (404, nothing.clone()),
            "{path}"
        );
    }
    let missing = refused(404, "ApiNotFoundError");
    for path in [
        program.messenger("/chats"),
        "/v1/chats?companyId=1".to_owned(),
        "/v1/companies/1/employees".to_owned(),
        "/v1/companies/99/employees".to_owned(),
        "/v1/companies/1/tags".to_owned(),
        "/v1/companies/99/tags".to_owned(),
        program.messenger("/tags"),
        program.messenger("/templates"),
        program.messenger("/phones/1202555/check"),
        program.messenger("/users/ann/check"),
        "/v1/companies/1/employees/1".to_owned(),
        "/v1/companies/99/employees/1".to_owned(),
    ] {
        assert_eq!(
            raw(&program, eve, "GET", &path, "").await,
            missing,
            "{path}"
        );
    }
    for query in ["", "?filter[licenseIds]=1", "?companyId=2"] {
        let path = format!("/v1/chats{query}");
        let page = program.call_as(eve, "GET", &path, None).await.ok();
        assert_eq!(
            page["data"],
            json!({ "items": [], "nextPage": null }),
            "{query}"
        );
    }
    let licenses = program.call_as(eve, "GET", "/v1/licenses", None).await.ok();
    assert_eq!(licenses["data"][0]["licenseId"], 7);
    assert_eq!(licenses["data"].as_array().unwrap().len(), 1);
    assert_eq!(licenses["data"][0]["meOwner"], false);

    // An employee of another company is none.
    let path = program.chat(FRANK, "/responsible");
    let id = pair["data"]["cabinetUserId"].as_i64().unwrap();
    let answer = program
        .call("PUT", &path, Some(json!({ "employeeId": id })))
        .await;
    assert_eq!(refusal(&answer), refused(422, "ApiValidationError"));
    // Unknown chats of one's own are not there either.
    for (method, below, body) in CALLS {
        let path = program.chat("group-404", below);
        let told = raw(&program, &program.token, method, &path, body).await;
        assert_eq!(told, missing, "{method} {path}");
    }
}
