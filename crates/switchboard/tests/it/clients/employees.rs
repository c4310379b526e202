//! Employees come and go, and say so: what the company's channel is told.

use testkit::demo::Options;

use super::*;

async fn start_with_window(seconds: u64) -> Demo {
    let options = Options {
        env: vec![("SWITCHBOARD__PRESENCE__WINDOW_S", seconds.to_string())],
        ..Options::default()
    };
    Demo::start_with(BINARY, options).await
}

/// A program that follows the company's channel.
async fn company(demo: &Demo, client: &str) -> Node {
    let channel = format!("private-v1.companies.{}", demo.text("/company_id"));
    let mut node = pusher(demo, client, &[&channel]);
    ready(&mut node).await;
    node
}

/// Waits until the company is told of an employee, and that it is told in the document's form.
async fn told_of(node: &mut Node, event: &str, kind: &str, employee: &Value) {
    let expected = json!({
        "data": [{ "type": kind, "employee": { "id": employee } }],
        "meta": { "type": event, "companyId": 1 },
    });
    let line = |line: &Value| line["event"] == event && line["data"] == expected;
    node.expect(&format!("{event} {kind}"), line).await;
}

/// Everything that was told of an employee's status, in order.
fn statuses(node: &Node, employee: &Value) -> Vec<String> {
    let told = node.events("employeeStatus").into_iter();
    let told = told.filter(|it| &it["data"][0]["employee"]["id"] == employee);
    told.map(|it| it["data"][0]["type"].as_str().unwrap().to_owned())
        .collect()
}

async fn put(demo: &Demo, path: &str, body: Value) -> Value {
    let token = demo.text("/chatapp/access_token");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let url = demo.url(&format!("/v1/companies/1/employees{path}"));
    let answer = demo.client.send("PUT", &url, &headers, body.to_string());
    answer.await.ok()["data"].take()
}

async fn says(demo: &Demo, agent: usize, availability: &str) -> Value {
    let token = demo.text(&format!("/agents/{agent}/access_token"));
    let headers = [
        ("api_access_token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = json!({ "profile": { "account_id": 1, "availability": availability } });
    let url = demo.url("/api/v1/profile/availability");
    let answer = demo.client.send("POST", &url, &headers, body.to_string());
    answer.await.ok()
}

#[tokio::test]
async fn an_agent_who_comes_and_goes_is_an_employee_online_and_offline() {
    let demo = start_with_window(3).await;
    let mut programs = Vec::new();
    for client in PUSHERS {
        programs.push(company(&demo, client).await);
    }
    let bob_id = demo.card["agents"][1]["id"].clone();
    let mut bob = raw(&demo, &[&agent_room(&demo, 1)]);
    ready(&mut bob).await;
    for node in &mut programs {
        told_of(node, "employeeStatus", "online", &bob_id).await;
    }
    drop(bob);
    for node in &mut programs {
        told_of(node, "employeeStatus", "offline", &bob_id).await;
        assert_eq!(statuses(node, &bob_id), ["online", "offline"]);
    }
}

#[tokio::test]
async fn what_employees_say_of_themselves_is_told_in_whichever_dialect_they_say_it() {
    let demo = start_with_window(600).await;
    let mut program = company(&demo, "pusher-js-8").await;
    let (alice, bob) = (&demo.card["agents"][0]["id"], &demo.card["agents"][1]["id"]);
    let mut bobs = cable(&demo, "actioncable-8", &agent_room(&demo, 1));
    ready(&mut bobs).await;
    told_of(&mut program, "employeeStatus", "online", bob).await;

    let profile = says(&demo, 1, "busy").await;
    assert_eq!(profile["accounts"][0]["availability_status"], "busy");
    told_of(&mut program, "employeeStatus", "busy", bob).await;
    let here = |line: &Value| {
        line["event"] == "presence.update" && line["data"]["users"][bob.to_string()] == "busy"
    };
    bobs.expect("that Bob is busy", here).await;
    // An administrator may speak for a colleague, and for herself.
    let path = format!("/{bob}/status");
    let told = put(&demo, &path, json!({ "status": "offline" })).await;
    assert_eq!((&told["id"], &told["status"]), (bob, &json!("offline")));
    told_of(&mut program, "employeeStatus", "offline", bob).await;
    let path = format!("/{alice}/status");
    let told = put(&demo, &path, json!({ "status": "busy" })).await;
    assert_eq!(
        (&told["status"], &told["workday"]),
        (&json!("busy"), &json!("end"))
    );
    told_of(&mut program, "employeeStatus", "busy", alice).await;
    // Saying it again is not news.
    put(&demo, &path, json!({ "status": "busy" })).await;

    for (workday, times) in [("start", 2), ("end", 1)] {
        let path = format!("/{bob}/workday");
        for _ in 0..times {
            let told = put(&demo, &path, json!({ "workday": workday })).await;
            assert_eq!(told["workday"], workday);
        }
        told_of(&mut program, "employeeWorkday", workday, bob).await;
    }
    assert_eq!(program.events("employeeWorkday").len(), 2);
    assert_eq!(statuses(&program, bob), ["online", "busy", "offline"]);
    assert_eq!(statuses(&program, alice), ["busy"]);
}
