//! What each door says to whoever gets it wrong, and that nothing comes of it.

use std::{fmt::Write as _, path::Path};

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{
    demo::Demo,
    http::{Answer, File, FileServer, Form},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use wire::pusher::{request, signature::Secret};

use crate::BINARY;

const FRANK: &str = "385919998888";

/// What there is: conversations, and entries of the journal.
async fn extent(demo: &Demo) -> (Value, i64) {
    let all = demo
        .agent("GET", "/conversations?status=all", None)
        .await
        .ok();
    let head = demo.figure("switchboard_journal_head").await;
    (all["data"]["payload"].clone(), head)
}

/// Nothing has changed since, and a good message is still taken.
async fn nothing_came_of_it(demo: &Demo, before: &(Value, i64)) {
    assert_eq!(&extent(demo).await, before);
    assert_eq!(
        files_below(&demo.data().join("media")),
        0,
        "a file was left behind"
    );
    let good = demo
        .post(json!([demo.inbound(FRANK, "good", "hello")]))
        .await
        .ok();
    assert_eq!(good["messages"][0]["status"], "accepted");
    let (_, head) = extent(demo).await;
    assert!(head > before.1);
}

fn files_below(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory)
        .unwrap()
        .map(|it| it.unwrap().path());
    entries
        .map(|it| if it.is_dir() { files_below(&it) } else { 1 })
        .sum()
}

/// The word and the sentence of one of CTLive's refusals.
fn refusal(answer: &Answer) -> (String, String) {
    let body = answer.json();
    let exception = &body["requestError"]["serviceException"];
    let text = |key: &str| exception[key].as_str().unwrap_or_default().to_owned();
    (text("messageId"), text("text"))
}

/// Bytes as they are on a connection of their own; everything that comes back until it ends. If it is cut off, we
/// say no more after them.
async fn raw(demo: &Demo, bytes: &[u8], cut_off: bool) -> String {
    let address = demo.url("").replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may answer and close before it has read everything.
    stream.write_all(bytes).await.ok();
    if cut_off {
        stream.shutdown().await.ok();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Bodies that are not a post, with the status, the word and a part of the sentence.
#[rustfmt::skip]
fn bad_posts(demo: &Demo) -> Vec<(Vec<u8>, u16, &'static str, &'static str)> {
    let good = demo.inbound(FRANK, "bad-1", "hello");
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut item = good.clone();
        change(&mut item);
        json!({ "results": [demo.inbound(FRANK, "bad-0", "hello"), item] })
            .to_string()
            .into_bytes()
    };
    let set = |key: &'static str, value: Value| changed(&|it| it[key] = value.clone());
    let said = |message: Value| changed(&|it| it["message"] = message.clone());
    let without = |key: &'static str| changed(&|it| drop(it.as_object_mut().unwrap().remove(key)));
    let too_many: Vec<Value> = (0..1001)
        .map(|at| demo.inbound(FRANK, &format!("n-{at}"), "x"))
        .collect();
    let bad = "BAD_REQUEST";
    vec![
        (b"{\"results\":\n [{\"from\" 1}]}".to_vec(), 400, bad, "expected `:` at line 2 column 11"),
        (b"{\"results\":[".to_vec(), 400, bad, "at line 1 column 12"),
        (b"not json".to_vec(), 400, bad, "at line 1 column 2"),
        (b"\x1f\x8b\x08\x00packed".to_vec(), 400, bad, "not UTF-8 at line 1 column 2"),
        (b"{\"results\":[,]}".to_vec(), 400, bad, "the body is not JSON"),
        (b"[]".to_vec(), 400, bad, "body is not an object"),
        (b"{}".to_vec(), 400, bad, "results is missing"),
        (b"{\"results\":null}".to_vec(), 400, bad, "results is missing"),
        (b"{\"results\":{}}".to_vec(), 400, bad, "results is not an array"),
        (b"{\"results\":[]}".to_vec(), 400, bad, "results is empty"),
        (b"{\"results\":[7]}".to_vec(), 400, bad, "results[0] is not an object"),
        (json!({ "results": too_many }).to_string().into(), 400, bad, "results has more than 1000 items"),
        (without("messageId"), 400, bad, "results[1].messageId is missing"),
        (without("from"), 400, bad, "results[1].from is missing"),
        (without("to"), 400, bad, "results[1].to is missing"),
        (without("message"), 400, bad, "results[1] has neither message, seenAt nor status"),
        (set("from", json!(" ")), 400, bad, "results[1].from is blank"),
        (set("from", json!(385_919_998)), 400, bad, "results[1].from is not a string"),
        (set("messageId", json!({})), 400, bad, "results[1].messageId is not a string"),
        (set("messageId", json!("x".repeat(256))), 400, bad, "results[1].messageId is longer than 255 bytes"),
        (set("receivedAt", json!("yesterday")), 400, bad, "results[1].receivedAt is not a date"),
        (set("contact", json!("Frank")), 400, bad, "results[1].contact is not an object"),
        (set("message", json!([])), 400, bad, "results[1].message is not an object"),
        (said(json!({ "type": "TEXT" })), 400, bad, "results[1].message.text is missing"),
        (said(json!({ "type": "TEXT", "text": "" })), 400, bad, "results[1].message.text is blank"),
        (said(json!({ "type": "TEXT", "text": "x".repeat(65_537) })), 400, bad, "is longer than 65536 bytes"),
        (said(json!({ "text": "x" })), 400, bad, "results[1].message.type is missing"),
        (said(json!({ "type": "IMAGE" })), 400, bad, "results[1].message.url is missing"),
        (said(json!({ "type": "IMAGE", "url": "ftp://x/y" })), 400, bad, "is not an http or https address"),
        (said(json!({ "type": "LOCATION", "latitude": 91, "longitude": 0 })), 400, bad, "latitude is out of range"),
        (set("to", json!("1234")), 404, "NOT_FOUND", "no inbox of these credentials has the address \"1234\""),
        (vec![b' '; 2 << 20], 413, "TOO_LARGE", "a post has at most 1048576 bytes"),
    ]
}

#[tokio::test]
async fn a_post_that_is_wrong_anywhere_is_refused_whole_with_the_place_and_the_reason() {
    let demo = Demo::start(BINARY, None).await;
    let before = extent(&demo).await;
    for (body, status, word, part) in bad_posts(&demo) {
        let shown = String::from_utf8_lossy(body.get(..60).unwrap_or(&body)).into_owned();
        let answer = demo.post_raw(body).await;
        assert_eq!(answer.status, status, "{shown}: {}", answer.text());
        let (said, sentence) = refusal(&answer);
        assert_eq!(said, word, "{shown}");
        assert!(sentence.contains(part), "{shown}: {sentence}");
    }
    let probe = demo.post_raw("").await;
    assert_eq!((probe.status, probe.body.len()), (200, 0));
    assert_eq!(extent(&demo).await, before);

    // A stray comma is forgiven, because the documents' own samples have one.
    let item = demo.inbound(FRANK, "comma", "hello").to_string();
    let body = format!(
        "{{\"results\": [{},}},]\n,}}",
        item.strip_suffix('}').unwrap()
    );
    assert_eq!(
        demo.post_raw(body).await.ok()["messages"][0]["status"],
        "accepted"
    );
    let now = extent(&demo).await;
    assert_eq!(demo.messages(1).await.len(), 1);
    nothing_came_of_it(&demo, &now).await;
}

#[tokio::test]
async fn whoever_is_not_the_connector_learns_only_that() {
    let demo = Demo::start(BINARY, None).await;
    let before = extent(&demo).await;
    let body = json!({ "results": [demo.inbound(FRANK, "bad-1", "hello")] }).to_string();
    let (right, url) = (demo.basic(), demo.url("/imchannel/message"));
    let other = right.replace("Basic ", "Bearer ");
    let cut = &right[..right.len() - 4];
    #[rustfmt::skip]
    let table = [
        "", "Basic", "Basic !!!", "Basic Og==", "Basic Y29ubmVjdG9yOng=", cut, &other, "Digest x",
    ];
    for shown in table {
        // Not even a body that could not be read tells more, nor one that is too large.
        for body in [
            body.clone(),
            "not json".to_owned(),
            String::new(),
            "x".repeat(2 << 20),
        ] {
            let headers: &[(&str, &str)] = if shown.is_empty() {
                &[]
            } else {
                &[("authorization", shown)]
            };
            let answer = demo.client.send("POST", &url, headers, body).await;
            assert_eq!(answer.status, 401, "{shown}: {}", answer.text());
            assert_eq!(
                answer.header("www-authenticate"),
                "Basic realm=\"switchboard\""
            );
            let (word, sentence) = refusal(&answer);
            assert_eq!(word, "UNAUTHORIZED");
            assert_eq!(
                sentence,
                "these credentials belong to no inbox of this server"
            );
        }
    }
    for path in ["/imchannel/message", "/imchanne/message"] {
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let answer = demo.client.send(method, &demo.url(path), &[], "").await;
            assert_eq!(
                (answer.status, refusal(&answer).0.as_str()),
                (405, "METHOD_NOT_ALLOWED"),
                "{method}"
            );
        }
    }
    nothing_came_of_it(&demo, &before).await;
}

#[tokio::test]
async fn a_post_may_come_in_pieces_but_not_in_part() {
    let demo = Demo::start(BINARY, None).await;
    let before = extent(&demo).await;
    let body = json!({ "results": [demo.inbound(FRANK, "in-pieces", "hello")] }).to_string();
    let head = format!(
        "POST /imchannel/message HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\n",
        demo.basic()
    );
    let chunked = format!("{head}transfer-encoding: chunked\r\nconnection: close\r\n\r\n");
    let many = |count: usize| {
        (0..count).fold(head.clone(), |mut head, at| {
            write!(head, "x-header-{at}: x\r\n").unwrap();
            head
        })
    };
    // Whoever hangs up half-way may not be there for the answer.
    #[rustfmt::skip]
    let table = [
        format!("{head}content-length: {}\r\n\r\n{body}", body.len() + 1),
        format!("{chunked}{:x}\r\n{}", body.len(), &body[..20]),
        format!("{chunked}{:x}\r\n{body}\r\n", body.len()),
        format!("{head}content-length: {}\r\n\r\n", 2_u64 << 40),
    ];
    for bytes in table {
        let answer = raw(&demo, bytes.as_bytes(), true).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{bytes}: {answer}"
        );
    }
    #[rustfmt::skip]
    let table = [
        (format!("{chunked}zz\r\n{body}\r\n0\r\n\r\n"), "HTTP/1.1 400"),
        (format!("{head}content-length: -1\r\n\r\n{body}"), "HTTP/1.1 400"),
        (format!("{head}x: {}\r\n\r\n", "y".repeat(1 << 20)), "HTTP/1.1 431"),
        (format!("{}content-length: {}\r\n\r\n{body}", many(200), body.len()), "HTTP/1.1 431"),
        (format!("{head}na me: x\r\n\r\n"), "HTTP/1.1 400"),
        ("\0\0\0\0\r\n\r\n".to_owned(), "HTTP/1.1 400"),
        (format!("POST /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(70_000)), "HTTP/1.1 414"),
    ];
    for (bytes, expected) in table {
        let answer = raw(&demo, bytes.as_bytes(), false).await;
        assert!(
            answer.starts_with(expected),
            "{}: {answer}",
            &bytes[..bytes.len().min(400)]
        );
    }
    assert_eq!(extent(&demo).await, before);

    let mut pieces = chunked;
    for piece in body.as_bytes().chunks(7) {
        write!(
            pieces,
            "{:x};x=y\r\n{}\r\n",
            piece.len(),
            std::str::from_utf8(piece).unwrap()
        )
        .unwrap();
    }
    let answer = raw(
        &demo,
        format!("{pieces}0\r\ntrailer: x\r\n\r\n").as_bytes(),
        false,
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(demo.messages(1).await.len(), 1);
    let now = extent(&demo).await;
    nothing_came_of_it(&demo, &now).await;
}

/// Takes every connection, says this, and hangs up.
async fn hangs_up(says: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/file", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _: usize = stream.read(&mut request).await.unwrap_or(0);
            stream.write_all(says).await.ok();
        }
    });
    url
}

async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/file", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_message_whose_file_cannot_be_had_is_refused_with_all_that_came_with_it() {
    let (demo, files) = (Demo::start(BINARY, None).await, FileServer::start().await);
    let before = extent(&demo).await;
    let good = files.put("/good", File::Bytes("image/png", "", b"good"));
    let moved =
        hangs_up(b"HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n")
            .await;
    let not_allowed = "the address is not allowed";
    #[rustfmt::skip]
    let table = [
        ("http://10.0.0.1/x".to_owned(), 422, not_allowed),
        ("http://169.254.169.254/latest/meta-data".to_owned(), 422, not_allowed),
        ("http://192.168.1.1:8080/x".to_owned(), 422, not_allowed),
        ("http://[fd00::1]/x".to_owned(), 422, not_allowed),
        ("http://[::ffff:10.0.0.1]/x".to_owned(), 422, not_allowed),
        ("http://0x0a.1/x".to_owned(), 422, not_allowed),
        ("http://167772161/x".to_owned(), 422, not_allowed),
        ("http://0.0.0.0/x".to_owned(), 422, not_allowed),
        ("https://user:pass@example.com/x".to_owned(), 422, "it holds a user name or a password"),
        ("http://".to_owned(), 422, "it is not a URL"),
        ("file:///etc/passwd".to_owned(), 400, "is not an http or https address"),
        (files.put("/missing", File::Status(404)), 422, "the media address answered 404"),
        (files.put("/secret", File::Status(401)), 422, "the media address answered 401"),
        (moved, 422, "the media address answered 302; redirects are not followed"),
        (files.put("/empty", File::Zeros(0, true)), 422, "the file is empty"),
        (files.put("/later", File::Status(503)), 503, "the media address answered 503"),
        (nobody().await, 503, "cannot connect"),
        (hangs_up(b"").await, 503, "the exchange broke off"),
        (hangs_up(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await, 503, "the exchange broke off"),
        (hangs_up(b"SSH-2.0-OpenSSH_9.6\r\n").await, 503, "the exchange broke off"),
        (files.put("/told", File::Zeros(200 << 20, true)), 413, "the file is larger than 104857600 bytes"),
        (files.put("/untold", File::Zeros(200 << 20, false)), 413, "the file is larger than 104857600 bytes"),
    ];
    for (url, status, part) in table {
        let image = |id: &str, url: &str| {
            let mut item = demo.inbound(FRANK, id, "");
            item["message"] = json!({ "type": "IMAGE", "url": url });
            item
        };
        let text = demo.inbound(FRANK, "bad-text", "hello");
        let answer = demo
            .post(json!([text, image("bad-1", &good), image("bad-2", &url)]))
            .await;
        assert_eq!(answer.status, status, "{url}: {}", answer.text());
        let sentence = refusal(&answer).1;
        assert!(sentence.contains(part), "{url}: {sentence}");
        let errors = &answer.json()["requestError"]["serviceException"]["validationErrors"];
        assert!(errors["results[2].message.url"].is_array(), "{errors}");
    }
    assert_eq!(files.asked("/told"), ["GET"]);
    nothing_came_of_it(&demo, &before).await;
}

/// The status and the code of one of ChatApp's refusals.
fn refused(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    assert_eq!(body["success"], false, "{}", answer.text());
    assert!(!body["error"]["message"].as_str().unwrap().is_empty());
    (
        answer.status,
        body["error"]["code"].as_str().unwrap().to_owned(),
    )
}

async fn make_tokens(demo: &Demo, body: String) -> Answer {
    demo.client
        .send("POST", &demo.url("/v1/tokens"), &[], body)
        .await
}

fn right_password(demo: &Demo) -> Value {
    let (email, password) = (demo.text("/chatapp/email"), demo.text("/chatapp/password"));
    json!({ "email": email, "password": password, "appId": "app_1_1" })
}

#[tokio::test]
async fn tokens_are_made_for_those_who_ask_rightly() {
    let demo = Demo::start(BINARY, None).await;
    let before = demo.figure("switchboard_journal_head").await;
    let with = |key: &str, value: Value| {
        let mut body = right_password(&demo);
        body[key] = value;
        body.to_string()
    };
    #[rustfmt::skip]
    let table = [
        ("{".to_owned(), 400, "ApiBadRequestError"),
        (String::new(), 400, "ApiBadRequestError"),
        ("[]".to_owned(), 400, "ApiBadRequestError"),
        (with("email", json!(7)), 400, "ApiBadRequestError"),
        ("{}".to_owned(), 422, "ApiValidationError"),
        (with("email", Value::Null), 422, "ApiValidationError"),
        (with("password", json!(" ")), 422, "ApiValidationError"),
        (with("appId", json!("")), 422, "ApiValidationError"),
        (with("password", json!("wrong password")), 401, "ApiInvalidTokenError"),
        (with("email", json!("nobody@demo.example")), 401, "ApiInvalidTokenError"),
        ("x".repeat(20_000), 413, "ApiPayloadTooLargeError"),
    ];
    for (body, status, code) in table {
        let answer = make_tokens(&demo, body.clone()).await;
        assert_eq!(refused(&answer), (status, code.to_owned()), "{body:.60}");
    }
    assert_eq!(
        make_tokens(&demo, right_password(&demo).to_string())
            .await
            .status,
        200
    );
    assert_eq!(demo.figure("switchboard_journal_head").await, before);
}

#[tokio::test]
async fn a_dead_token_opens_nothing_and_a_refresh_token_works_once() {
    let demo = Demo::start(BINARY, None).await;
    let check = async |token: &str| {
        let shown = [("authorization", token)];
        demo.client
            .send("GET", &demo.url("/v1/tokens/check"), &shown, "")
            .await
    };
    let refresh = async |token: &str| {
        let shown = [("refresh", token)];
        demo.client
            .send("POST", &demo.url("/v1/tokens/refresh"), &shown, "")
            .await
    };
    let (invalid, forbidden) = (
        (401, "ApiInvalidTokenError".to_owned()),
        (403, "ApiForbiddenError".to_owned()),
    );
    let text = |pair: &Value, key: &str| pair["data"][key].as_str().unwrap().to_owned();
    let pair = make_tokens(&demo, right_password(&demo).to_string())
        .await
        .ok();
    let (access, trade) = (text(&pair, "accessToken"), text(&pair, "refreshToken"));
    let (long, agents) = ("x".repeat(5000), demo.text("/agents/0/access_token"));
    for garbage in ["", "x", "$2y$10$/.", &trade, &long, &agents] {
        assert_eq!(refused(&check(garbage).await), invalid, "{garbage:.60}");
    }
    for garbage in ["", "x", &access] {
        assert_eq!(refused(&refresh(garbage).await), forbidden, "{garbage:.60}");
    }
    assert_eq!(check(&access).await.status, 200);

    // Of twenty who trade the same token at once one gets a pair, and it works.
    let all = join_all((0..20).map(|_| refresh(&trade))).await;
    let (won, lost): (Vec<Answer>, Vec<Answer>) = all.into_iter().partition(|it| it.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 19));
    assert!(lost.iter().all(|it| refused(it) == forbidden));
    assert_eq!(refused(&refresh(&trade).await), forbidden);
    assert_eq!(refused(&check(&access).await), invalid);
    assert_eq!(
        check(&text(&won[0].json(), "accessToken")).await.status,
        200
    );
}

#[tokio::test]
async fn a_channel_is_opened_to_those_who_may_follow_it() {
    let demo = Demo::start(BINARY, None).await;
    let access = demo.text("/chatapp/access_token");
    let access = access.as_str();
    let url = demo.url("/broadcasting/auth");
    let license = demo.text("/license_id");
    let good = format!("private-v1.licenses.{license}.messengers.ctlive");
    let company = format!("private-v1.companies.{}", demo.text("/company_id"));
    let form = |socket_id: &str, channel: &str| {
        let mut form = "socket_id=".to_owned();
        write!(form, "{socket_id}&channel_name={channel}").unwrap();
        form
    };
    #[rustfmt::skip]
    let table = [
        (access, form("123.456", &good), 200),
        (access, form("123.456", &company), 200),
        ("", form("123.456", &good), 403),
        ("garbage", form("123.456", &good), 403),
        (access, form("123.456", "private-v1.licenses.999.messengers.ctlive"), 403),
        (access, form("123.456", &format!("private-v1.licenses.{license}.messengers.telegram")), 403),
        (access, form("123.456", "private-v1.companies.999"), 403),
        (access, form("123.456", "presence-v1.companies.1"), 422),
        (access, form("123.456", "private-v1.licenses.x.messengers.ctlive"), 422),
        (access, form("123.456", "my-channel"), 422),
        (access, form("123", &good), 422),
        (access, form("123.456:private-other", &good), 422),
        (access, form("", &good), 422),
        (access, String::new(), 422),
        (access, format!("channel_name={good}"), 422),
    ];
    for (token, body, status) in table {
        let headers = [
            ("authorization", token),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let answer = demo.client.send("POST", &url, &headers, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert_eq!(answer.json()["auth"].is_string(), status == 200, "{body}");
    }
    let headers = [
        ("authorization", access),
        ("content-type", "application/json"),
    ];
    assert_eq!(
        demo.client.send("POST", &url, &headers, "{").await.status,
        422
    );
}

#[tokio::test]
async fn agents_programs_are_refused_in_the_words_they_know() {
    let demo = Demo::start(BINARY, None).await;
    demo.post(json!([demo.inbound(FRANK, "in-1", "hello")]))
        .await
        .ok();
    let before = extent(&demo).await;
    let account = format!("/api/v1/accounts/{}", demo.text("/account_id"));
    let token = demo.text("/agents/0/access_token");
    let get = async |path: &str, headers: &[(&str, &str)]| {
        let answer = demo.client.send("GET", &demo.url(path), headers, "").await;
        (answer.status, answer.json())
    };
    let not_signed_in = json!({ "errors": ["You need to sign in or sign up before continuing."] });
    let not_a_token = json!({ "error": "Invalid Access Token" });
    let not_yours = json!({ "error": "You are not authorized to access this account" });
    let not_found = json!({ "error": "Resource could not be found" });
    let (bearer, follow) = (
        format!("Bearer {token}"),
        demo.text("/agents/0/pubsub_token"),
    );
    let known = [("api_access_token", token.as_str())];
    #[rustfmt::skip]
    let callers: [(&[(&str, &str)], &Value); 7] = [
        (&[], &not_signed_in),
        (&[("authorization", &bearer)], &not_signed_in),
        (&[("access-token", "x"), ("client", "y"), ("uid", "z")], &not_signed_in),
        (&[("api_access_token", "")], &not_a_token),
        (&[("api_access_token", "x")], &not_a_token),
        (&[("Api-Access-Token", &token[1..])], &not_a_token),
        (&[("api_access_token", &follow)], &not_a_token),
    ];
    for (headers, body) in callers {
        let found = get(&format!("{account}/conversations"), headers).await;
        assert_eq!(found, (401, body.clone()), "{headers:?}");
    }
    assert_eq!(
        get("/api/v1/accounts/999/conversations", &known).await,
        (401, not_yours)
    );
    #[rustfmt::skip]
    let nowhere = [
        "/conversations/2", "/conversations/0", "/conversations/-1", "/conversations/x",
        "/conversations/99999999999999999999", "/conversations/1/x", "/conversations/2/messages",
        "/contacts/x", "/inboxes/999", "/nothing", "x/conversations",
    ];
    for path in nowhere {
        let found = get(&format!("{account}{path}"), &known).await;
        assert_eq!(found, (404, not_found.clone()), "{path}");
    }
    for query in [
        "?status=closed",
        "?assignee_type=you",
        "?page=two",
        "/1/messages?after=last",
    ] {
        let (status, body) = get(&format!("{account}/conversations{query}"), &known).await;
        assert_eq!((status, body["error"].is_string()), (422, true), "{query}");
    }
    agents_bad_sign_ins(&demo).await;
    agents_bad_bodies(&demo).await;
    agents_bad_forms(&demo).await;
    nothing_came_of_it(&demo, &before).await;
}

async fn agents_bad_sign_ins(demo: &Demo) {
    let bad_sign_in =
        json!({ "success": false, "errors": ["Invalid login credentials. Please try again."] });
    let email = demo.text("/agents/0/email");
    for body in [
        json!({ "email": email, "password": "wrong" }).to_string(),
        "{".to_owned(),
        "{}".to_owned(),
    ] {
        let headers = [("content-type", "application/json")];
        let answer = demo
            .client
            .send("POST", &demo.url("/auth/sign_in"), &headers, body)
            .await;
        assert_eq!((answer.status, answer.json()), (401, bad_sign_in.clone()));
    }
}

async fn agents_bad_bodies(demo: &Demo) {
    let token = demo.text("/agents/0/access_token");
    let account = format!("/api/v1/accounts/{}", demo.text("/account_id"));
    let invalid = |message: &str| json!({ "message": message, "attributes": ["content"] });
    let error = |text: &str| json!({ "error": text });
    let empty = invalid("a message needs content or an attachment");
    let (messages, toggle, assign) = ("messages", "toggle_status", "assignments");
    #[rustfmt::skip]
    let table = [
        (messages, "{}".to_owned(), 422, empty.clone()),
        (messages, String::new(), 422, empty.clone()),
        (messages, json!({ "content": "" }).to_string(), 422, empty.clone()),
        (messages, json!({ "content": null, "private": true }).to_string(), 422, empty),
        (
            messages,
            json!({ "content": "ü".repeat(150_001) }).to_string(),
            422,
            invalid("Content is too long (maximum is 150000 characters)"),
        ),
        (
            messages,
            json!({ "content": "x", "message_type": "incoming" }).to_string(),
            422,
            error("Incoming messages are only allowed in Api inboxes"),
        ),
        (messages, "{\"content\":".to_owned(), 400, Value::Null),
        (messages, json!({ "content": {} }).to_string(), 422, Value::Null),
        (messages, json!({ "content": "x", "message_type": "sideways" }).to_string(), 422, Value::Null),
        (messages, json!({ "content": "x", "private": "perhaps" }).to_string(), 422, Value::Null),
        (toggle, json!({ "status": "closed" }).to_string(), 422, Value::Null),
        (toggle, "{".to_owned(), 400, Value::Null),
        (assign, json!({ "assignee_id": 999 }).to_string(), 404, error("Resource could not be found")),
        (assign, json!({ "assignee_id": "x" }).to_string(), 422, Value::Null),
        (assign, json!({ "team_id": 1 }).to_string(), 404, error("Resource could not be found")),
        (assign, "{}".to_owned(), 422, error("param is missing or the value is empty: assignee_id")),
    ];
    for (route, body, status, expected) in table {
        let url = demo.url(&format!("{account}/conversations/1/{route}"));
        let headers = [
            ("api_access_token", token.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = demo.client.send("POST", &url, &headers, body.clone()).await;
        assert_eq!(answer.status, status, "{body:.60}: {}", answer.text());
        if expected.is_null() {
            assert!(
                answer.json()["error"].is_string(),
                "{body:.60}: {}",
                answer.text()
            );
        } else {
            assert_eq!(answer.json(), expected, "{body:.60}");
        }
    }
    let key = "k".repeat(256);
    let headers = [
        ("api_access_token", token.as_str()),
        ("idempotency-key", &key),
    ];
    let url = demo.url(&format!("{account}/conversations/1/messages"));
    let answer = demo
        .client
        .send(
            "POST",
            &url,
            &headers,
            json!({ "content": "x" }).to_string(),
        )
        .await;
    assert_eq!(answer.status, 422, "{}", answer.text());
}

async fn agents_bad_forms(demo: &Demo) {
    let path = "/conversations/1/messages";
    let file = |form: Form| form.file("attachments[]", "a.txt", "text/plain", b"a");
    let sixteen = (0..16).fold(Form::default(), |form, _| file(form));
    let mixed = Form::default().text("private", "perhaps").file(
        "attachments[]",
        "a.txt",
        "text/plain",
        b"a",
    );
    let empty = Form::default().file("attachments[]", "a.txt", "text/plain", b"");
    let late = file(file(Form::default())).file("attachments[]", "b.txt", "text/plain", b"");
    let incoming = file(Form::default()).text("message_type", "incoming");
    #[rustfmt::skip]
    let table = [
        ("sixteen files", sixteen),
        ("a bad flag", mixed),
        ("an empty file", empty),
        ("a late empty file", late),
        ("not ours to write", incoming),
        ("nothing", Form::default()),
    ];
    for (what, form) in table {
        let answer = demo.agent_form(path, form).await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text());
    }
    let token = demo.text("/agents/0/access_token");
    let url = demo.url(&format!(
        "/api/v1/accounts/{}{path}",
        demo.text("/account_id")
    ));
    let content_type = Form::content_type();
    let whole = file(Form::default()).finish();
    for (content_type, body) in [
        ("multipart/form-data", whole.clone()),
        (content_type.as_str(), whole.slice(..whole.len() - 20)),
        ("multipart/form-data; boundary=other", whole),
    ] {
        let headers = [
            ("api_access_token", token.as_str()),
            ("content-type", content_type),
        ];
        let answer = demo.client.send("POST", &url, &headers, body).await;
        assert_eq!(
            (answer.status, answer.json()["error"].is_string()),
            (400, true),
            "{}",
            answer.text()
        );
    }
}

/// Publishes as this application (its id, key and secret), signed for another body perhaps.
async fn publish(demo: &Demo, app: &[&str; 3], at: u64, signed: &str, body: &str) -> Answer {
    let [id, key, secret] = app;
    let path = format!("/apps/{id}/events");
    let query = [
        ("auth_key", (*key).to_owned()),
        ("auth_timestamp", at.to_string()),
        ("auth_version", "1.0".to_owned()),
        ("body_md5", request::body_md5(signed.as_bytes())),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let text = request::string_to_sign(&request::Request {
        method: "POST",
        path: &path,
        query: &query,
        body: signed.as_bytes(),
    });
    let signature = Secret::new(secret).sign(text.as_bytes());
    let mut url = format!("{}?auth_signature={signature}", demo.url(&path));
    for (name, value) in &query {
        write!(url, "&{name}={value}").unwrap();
    }
    demo.client.send("POST", &url, &[], body.to_owned()).await
}

#[tokio::test]
async fn a_publisher_who_signs_or_says_it_wrong_is_refused() {
    let demo = Demo::start(BINARY, None).await;
    let (id, key, secret) = (
        demo.text("/pusher/app_id"),
        demo.text("/pusher/key"),
        demo.text("/pusher/secret"),
    );
    let now: u64 = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let post = async |id: &str, secret: &str, at: u64, signed: &str, body: &str| {
        publish(&demo, &[id, &key, secret], at, signed, body).await
    };
    let event = |data: &str| json!({ "name": "e", "channel": "c", "data": data }).to_string();
    let good = event("{}");
    assert_eq!(post(&id, &secret, now, &good, &good).await.text(), "{}");
    let long = event(&"x".repeat(102_401));
    let huge = "x".repeat(11 << 20);
    #[rustfmt::skip]
    let table = [
        (id.as_str(), "another secret", now, good.as_str(), good.as_str(), 401, "Invalid signature"),
        (&id, &secret, now - 700, &good, &good, 401, "Timestamp expired"),
        (&id, &secret, now + 700, &good, &good, 401, "Timestamp expired"),
        (&id, &secret, now, &good, &long, 401, "Invalid body_md5"),
        ("999", &secret, now, &good, &good, 404, "application"),
        (&id, &secret, now, &long, &long, 413, "exceeds the allowed maximum"),
        (&id, &secret, now, &huge, &huge, 413, "The body is over"),
        (&id, &secret, now, "{", "{", 400, "An event must be an object"),
        (
            &id,
            &secret,
            now,
            "{\"name\":\"e\",\"data\":\"\"}",
            "{\"name\":\"e\",\"data\":\"\"}",
            400,
            "must name 1 to 100 channels",
        ),
    ];
    for (id, secret, at, signed, body, status, part) in table {
        let answer = post(id, secret, at, signed, body).await;
        assert_eq!(answer.status, status, "{body:.60}: {}", answer.text());
        assert!(
            answer.text().contains(part),
            "{body:.60}: {}",
            answer.text()
        );
    }
    let bare = demo
        .client
        .send("POST", &demo.url(&format!("/apps/{id}/events")), &[], good)
        .await;
    assert_eq!(
        (bare.status, bare.text().as_str()),
        (401, "Missing parameter: auth_key\n")
    );
}
