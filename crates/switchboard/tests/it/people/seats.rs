//! Somebody who works for several accounts, as something else in each.

use futures_util::{SinkExt as _, StreamExt as _};
use testkit::wait::{PATIENCE, until};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::{
    closing::number,
    platform::{platform, start_in},
    *,
};

/// A call of Bob's, as he is in this account.
async fn bob(
    demo: &Demo,
    account: i64,
    method: &str,
    path: &str,
    body: impl Into<Option<Value>>,
) -> Answer {
    let token = demo.text("/agents/1/access_token");
    let path = format!("/api/v1/accounts/{account}{path}");
    call(demo, &token, method, &path, body).await
}

/// What Bob's profile says after this call of it.
async fn profile(demo: &Demo, method: &str, path: &str, body: impl Into<Option<Value>>) -> Value {
    let token = demo.text("/agents/1/access_token");
    let done = call(
        demo,
        &token,
        method,
        &format!("/api/v1/profile{path}"),
        body,
    )
    .await;
    assert_eq!(done.status, 200, "{}", done.text());
    call(demo, &token, "GET", "/api/v1/profile", None)
        .await
        .ok()
}

/// Eve's call in her own account.
async fn eves(demo: &Demo, eve: &str, method: &str, path: &str, body: Value) -> Answer {
    let path = format!("/api/v1/accounts/2{path}");
    call(demo, eve, method, &path, body).await
}

fn bobs_socket(demo: &Demo, account: i64) -> Node {
    let token = demo.text("/agents/1/pubsub_token");
    let room = json!({
        "channel": "RoomChannel", "pubsub_token": token, "account_id": account, "user_id": 2,
    });
    let url = demo.socket_url("/cable");
    let config = json!({ "client": "actioncable-8", "url": url, "room": room.to_string() });
    Node::run("actioncable.mjs", config)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn somebody_works_for_two_accounts_as_something_else_in_each() {
    let (demo, eve) = with_eve().await;
    let email = demo.text("/agents/1/email");
    assert_eq!(bob(&demo, 2, "GET", "/agents", None).await.status, 401);
    let new = json!({ "email": email.to_uppercase(), "name": "Robert", "role": "agent" });
    let joined = eves(&demo, &eve, "POST", "/agents", new.clone()).await.ok();
    assert_eq!(
        (&joined["id"], &joined["account_id"], &joined["name"]),
        (&json!(2), &json!(2), &json!("Bob Demo")),
        "he is who he is"
    );
    let again = eves(&demo, &eve, "POST", "/agents", new).await;
    assert_eq!(again.status, 422, "{}", again.text());

    // One token and one password for both, and one profile.
    let shown = profile(&demo, "GET", "", None).await;
    let accounts = shown["accounts"].as_array().unwrap();
    let ids: Vec<_> = accounts.iter().map(|it| it["id"].clone()).collect();
    assert_eq!(ids, [json!(1), json!(2)]);
    assert_eq!(
        (&shown["account_id"], &shown["role"]),
        (&json!(1), &json!("agent"))
    );
    for account in [1, 2] {
        assert_eq!(
            bob(&demo, account, "GET", "/agents", None).await.status,
            200
        );
    }
    assert_eq!(bob(&demo, 3, "GET", "/agents", None).await.status, 401);

    // What he is in one account he is not in the other.
    let role = json!({ "role": "administrator" });
    eves(&demo, &eve, "PATCH", "/agents/2", role).await.ok();
    let label = json!({ "title": "theirs" });
    assert_eq!(
        bob(&demo, 1, "POST", "/labels", label.clone()).await.status,
        401
    );
    assert_eq!(bob(&demo, 2, "POST", "/labels", label).await.status, 200);
    let busy = json!({ "profile": { "account_id": 2, "availability": "busy" } });
    let shown = profile(&demo, "POST", "/availability", busy).await;
    assert_eq!(shown["accounts"][0]["availability"], "online");
    assert_eq!(shown["accounts"][1]["availability"], "busy");
    assert_eq!(shown["accounts"][1]["role"], "administrator");
    let other = json!({ "profile": { "account_id": 2 } });
    let shown = profile(&demo, "PUT", "/set_active_account", other).await;
    assert_eq!(
        (&shown["account_id"], &shown["role"]),
        (&json!(2), &json!("administrator"))
    );
    let wishes = json!({ "notification_settings": { "selected_push_flags": [] } });
    bob(&demo, 2, "PATCH", "/notification_settings", wishes)
        .await
        .ok();
    let kept = bob(&demo, 1, "GET", "/notification_settings", None)
        .await
        .ok();
    assert_eq!(
        kept["selected_push_flags"],
        json!(["push_conversation_assignment"])
    );
    // Nobody there says what he is called here.
    let renamed = eves(&demo, &eve, "PATCH", "/agents/2", json!({ "name": "Rob" })).await;
    assert_eq!(renamed.status, 401);
    assert_eq!(
        alice(&demo, "GET", "/agents", None).await[1]["name"],
        "Bob Demo"
    );

    // He is told of each where he follows it.
    let ready = |line: &Value| line.get("ready").is_some();
    let (mut here, mut there) = (bobs_socket(&demo, 1), bobs_socket(&demo, 2));
    here.expect("that it is subscribed", ready).await;
    there.expect("that it is subscribed", ready).await;
    customer_writes(&demo, "447700900901", "hello").await;
    let given = json!({ "assignee_id": 2 });
    alice(&demo, "POST", "/conversations/1/assignments", given).await;
    told(&mut here, "notification.created").await;
    eves(&demo, &eve, "POST", "/labels", json!({ "title": "more" }))
        .await
        .ok();
    let news = told(&mut there, "account.cache_invalidated").await;
    assert_eq!(news["account_id"], 2);
    for event in [
        "message.created",
        "conversation.created",
        "notification.created",
    ] {
        assert!(there.events(event).is_empty(), "{event}");
    }
    for (account, count) in [(1, 1), (2, 0)] {
        let unread = bob(&demo, account, "GET", "/notifications/unread_count", None).await;
        assert_eq!(unread.json(), count);
    }

    // He leaves one, and still works for the other.
    let gone = eves(&demo, &eve, "DELETE", "/agents/2", Value::Null).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(bob(&demo, 2, "GET", "/agents", None).await.status, 401);
    let shown = profile(&demo, "GET", "", None).await;
    assert_eq!(shown["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(shown["account_id"], 1);
    let mine = bob(&demo, 1, "GET", "/conversations?assignee_type=me", None)
        .await
        .ok();
    assert_eq!(mine["data"]["meta"]["mine_count"], 1);
    by(&demo, 0, "DELETE", "/agents/2", None).await;
    assert_eq!(bob(&demo, 1, "GET", "/agents", None).await.status, 401);
    assert_eq!(sign_in(&demo, &email, "correct horse").await.status, 401);
}

/// Bob's room of an account, as a client names it.
fn bobs_room(demo: &Demo, account: i64) -> String {
    let token = demo.text("/agents/1/pubsub_token");
    let room = json!({
        "channel": "RoomChannel", "pubsub_token": token, "account_id": account, "user_id": 2,
    });
    room.to_string()
}

/// A socket of the cable that may be in several rooms.
struct Cable(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Cable {
    async fn open(demo: &Demo) -> Self {
        Self(connect_async(demo.socket_url("/cable")).await.unwrap().0)
    }

    async fn ask_for(&mut self, room: &str) {
        let command = json!({ "command": "subscribe", "identifier": room });
        let command = Message::text(command.to_string());
        self.0.send(command).await.unwrap();
    }

    async fn enter(&mut self, room: &str) {
        self.ask_for(room).await;
        let confirmed = |it: &Value| it["type"] == "confirm_subscription";
        self.until(|it| confirmed(it) && it["identifier"] == room)
            .await;
    }

    /// Reads until this comes. Returns what came before it.
    async fn until(&mut self, is: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut before = Vec::new();
        loop {
            let frame = timeout(PATIENCE, self.0.next()).await.unwrap();
            let Message::Text(text) = frame.unwrap().unwrap() else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if is(&frame) {
                return before;
            }
            before.push(frame);
        }
    }
}

#[tokio::test]
async fn who_leaves_one_account_goes_on_in_the_other_on_the_same_socket() {
    let (demo, eve) = with_eve().await;
    let new = json!({ "email": demo.text("/agents/1/email"), "role": "agent" });
    eves(&demo, &eve, "POST", "/agents", new).await.ok();
    let (here, there) = (bobs_room(&demo, 1), bobs_room(&demo, 2));
    let mut cable = Cable::open(&demo).await;
    cable.enter(&here).await;
    cable.enter(&there).await;
    let told = |room: &str, event: &str| {
        let (room, event) = (room.to_owned(), event.to_owned());
        move |it: &Value| it["identifier"] == *room && it["message"]["event"] == *event
    };
    let label = json!({ "title": "theirs" });
    eves(&demo, &eve, "POST", "/labels", label).await.ok();
    cable.until(told(&there, "account.cache_invalidated")).await;
    let gone = eves(&demo, &eve, "DELETE", "/agents/2", Value::Null).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    let rejected = |it: &Value| it["type"] == "reject_subscription" && it["identifier"] == *there;
    cable.until(rejected).await;
    let label = json!({ "title": "more" });
    eves(&demo, &eve, "POST", "/labels", label).await.ok();
    customer_writes(&demo, "447700900901", "hello").await;
    let before = cable.until(told(&here, "message.created")).await;
    assert!(
        before.iter().all(|it| it["identifier"] != *there),
        "{before:?}"
    );
    cable.ask_for(&there).await;
    cable.until(rejected).await;
}

/// What a program of Bob's is answered by ChatApp's interface.
async fn in_company(
    demo: &Demo,
    token: &str,
    method: &str,
    path: &str,
    body: impl Into<Option<Value>>,
) -> Answer {
    let headers = [
        ("authorization", token),
        ("content-type", "application/json"),
    ];
    let body = body.into().map(|it| it.to_string()).unwrap_or_default();
    let url = demo.url(&format!("/v1{path}"));
    demo.client.send(method, &url, &headers, body).await
}

#[tokio::test]
async fn an_employee_of_two_companies_is_something_else_in_each() {
    let (demo, eve) = with_eve().await;
    let email = demo.text("/agents/1/email");
    let new = json!({ "email": email, "role": "administrator" });
    eves(&demo, &eve, "POST", "/agents", new).await.ok();
    let password = demo.text("/agents/1/password");
    let make = json!({ "email": email, "password": password, "appId": "app_1_1" });
    let pair = in_company(&demo, "", "POST", "/tokens", make).await.ok();
    let token = pair["data"]["accessToken"].as_str().unwrap();
    let all = in_company(&demo, token, "GET", "/companies", None)
        .await
        .ok();
    let ids: Vec<&Value> = all["data"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["companyId"])
        .collect();
    assert_eq!(ids, [1, 2]);
    for (company, tags) in [(1, 403), (2, 200), (3, 403)] {
        let path = format!("/companies/{company}/tags");
        let made = in_company(&demo, token, "POST", &path, json!({ "name": "vip" })).await;
        assert_eq!(made.status, tags, "{company}: {}", made.text());
    }
    let busy = json!({ "status": "busy" });
    in_company(
        &demo,
        token,
        "PUT",
        "/companies/2/employees/2/status",
        busy.clone(),
    )
    .await
    .ok();
    let at = async |company: i64| {
        let path = format!("/companies/{company}/employees/2");
        let shown = in_company(&demo, token, "GET", &path, None).await.ok();
        (
            shown["data"]["status"].clone(),
            shown["data"]["role"]["name"].clone(),
        )
    };
    assert_eq!(at(1).await, (json!("offline"), json!("Employee")));
    assert_eq!(at(2).await, (json!("busy"), json!("Administrator")));
    // Whom he administers in one he does not in the other, and who is in one is not in the other.
    for (path, status) in [
        ("/companies/1/employees/1/status", 403),
        ("/companies/2/employees/1/status", 404),
        ("/companies/2/employees/3/status", 200),
        ("/companies/1/employees/3/status", 404),
    ] {
        let said = in_company(&demo, token, "PUT", path, busy.clone()).await;
        assert_eq!(said.status, status, "{path}: {}", said.text());
    }
    let may_follow = async |company: i64| {
        let channel = format!("private-v1.companies.{company}");
        let body = json!({ "socket_id": "1.1", "channel_name": channel }).to_string();
        let headers = [
            ("authorization", token),
            ("content-type", "application/json"),
        ];
        let url = demo.url("/broadcasting/auth");
        demo.client.send("POST", &url, &headers, body).await.status
    };
    assert_eq!((may_follow(1).await, may_follow(2).await), (200, 200));
    by(&demo, 0, "DELETE", "/agents/2", None).await;
    assert_eq!((may_follow(1).await, may_follow(2).await), (403, 200));
    let chats = "/licenses/1/messengers/ctlive/chats";
    assert_eq!(
        in_company(&demo, token, "GET", chats, None).await.status,
        404
    );
}

/// A user of a program of the operator's, who administers these accounts of the program's: who they are, with their
/// tokens.
async fn boss(demo: &Demo, program: &str, accounts: &[i64]) -> Value {
    let new = json!({ "name": "Ann", "email": "ann@acme.example", "password": "correct horse" });
    let ann = platform(demo, program, "POST", "/users", new).await.ok();
    for account in accounts {
        let name = json!({ "name": format!("Account {account}") });
        let made = platform(demo, program, "POST", "/accounts", name)
            .await
            .ok();
        assert_eq!(made["id"], *account);
        let seat = json!({ "user_id": ann["id"], "role": "administrator" });
        let path = format!("/accounts/{account}/account_users");
        platform(demo, program, "POST", &path, seat).await.ok();
    }
    ann
}

/// What Bob has in the first account.
async fn bobs_things(demo: &Demo) -> [Value; 4] {
    let shown = profile(demo, "GET", "", None).await;
    let of = async |path: &str| bob(demo, 1, "GET", path, None).await.json();
    let mine = of("/conversations?assignee_type=me").await;
    let members = alice(demo, "GET", "/inbox_members/1", None).await;
    [
        shown["accounts"].clone(),
        mine["data"]["meta"]["mine_count"].clone(),
        of("/notifications/unread_count").await,
        members["payload"].clone(),
    ]
    .map(without_moments)
}

/// The same without when it was last so.
fn without_moments(mut it: Value) -> Value {
    let all = it.as_array_mut().into_iter().flatten();
    for object in all.filter_map(Value::as_object_mut) {
        object.retain(|key, _| !key.ends_with("_at") && key != "availability_status");
    }
    it
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_account_takes_its_seats_over_kills_and_nobody_who_works_elsewhere() {
    let (mut demo, ours, _) = start_in(Options::default()).await;
    customer_writes(&demo, "447700900901", "hello").await;
    let given = json!({ "assignee_id": 2 });
    alice(&demo, "POST", "/conversations/1/assignments", given).await;
    let before = bobs_things(&demo).await;
    assert_eq!((&before[1], &before[2]), (&json!(1), &json!(1)));
    let ann = boss(&demo, &ours, &[2, 3]).await;
    let token = ann["access_token"].as_str().unwrap();
    let cat = json!({ "name": "Cat", "email": "cat@acme.example", "password": "correct horse" });
    let bobs = json!({ "email": demo.text("/agents/1/email") });
    for (account, new) in [(2, &bobs), (2, &cat), (3, &cat)] {
        let path = format!("/api/v1/accounts/{account}/agents");
        call(&demo, token, "POST", &path, new.clone()).await.ok();
    }
    let cats = sign_in(&demo, "cat@acme.example", "correct horse")
        .await
        .ok();
    let cats = cats["data"]["access_token"].as_str().unwrap().to_owned();
    let closed = platform(&demo, &ours, "DELETE", "/accounts/2", None).await;
    assert_eq!(closed.status, 200);
    let erased = "SELECT (SELECT count(*) FROM seats WHERE account_id = 2) + (SELECT count(*) FROM accounts WHERE \
                  id = 2 AND removed_at IS NULL)";
    for round in 0..3 {
        assert_eq!(bobs_things(&demo).await, before, "{round}");
        for (account, status) in [(1, 401), (2, 401), (3, 200)] {
            let path = format!("/api/v1/accounts/{account}/agents");
            assert_eq!(call(&demo, &cats, "GET", &path, None).await.status, status);
        }
        assert_eq!(bob(&demo, 2, "GET", "/agents", None).await.status, 401);
        let signed_in = sign_in(&demo, "cat@acme.example", "correct horse")
            .await
            .ok();
        assert_eq!(signed_in["data"]["accounts"][0]["id"], 3);
        demo.kill();
        demo.restart().await;
    }
    until("the seats to be gone", async || {
        (number(&demo, erased) == 0).then_some(())
    })
    .await;
    demo.kill();
    demo.restart().await;
    assert_eq!(bobs_things(&demo).await, before);

    // With their last account they are gone; whom the program made works for nobody.
    let closed = platform(&demo, &ours, "DELETE", "/accounts/3", None).await;
    assert_eq!(closed.status, 200);
    let signed_in = sign_in(&demo, "cat@acme.example", "correct horse").await;
    assert_eq!(signed_in.status, 401);
    until("nobody to have Cat's address", async || {
        let cats = number(
            &demo,
            "SELECT count(*) FROM agents WHERE email LIKE 'cat@%'",
        );
        (cats == 0).then_some(())
    })
    .await;
    let path = format!("/users/{}", ann["id"]);
    let shown = platform(&demo, &ours, "GET", &path, None).await.ok();
    assert_eq!(shown["accounts"], json!([]));
    assert_eq!(bobs_things(&demo).await, before);
}
