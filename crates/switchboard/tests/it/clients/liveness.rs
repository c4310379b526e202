//! Signs of life, and a goodbye that clients understand.

use super::*;

#[tokio::test]
async fn both_protocols_show_signs_of_life_and_say_goodbye() {
    let (mut demo, _connector) = start().await;
    let path = format!(
        "/app/{}?protocol=7&client=js&version=8.6.0",
        demo.text("/pusher/key")
    );
    let ping = json!({ "event": "pusher:ping", "data": {} });
    let config = json!({ "url": demo.socket_url(&path), "first": [ping] });
    let mut on_pusher = Node::run("raw.mjs", config);
    let established = on_pusher.expect_key("frame").await;
    assert_eq!(established["event"], "pusher:connection_established");
    assert_eq!(on_pusher.expect_key("frame").await["event"], "pusher:pong");

    let mut on_cable = raw(&demo, &[&agent_room(&demo, 0)]);
    let mut clients = CABLES.map(|client| cable(&demo, client, &agent_room(&demo, 1)));
    for client in &mut clients {
        ready(client).await;
    }
    assert_eq!(
        on_cable.expect_key("frame").await,
        json!({ "type": "welcome" })
    );
    let is_ping = |line: &Value| line["frame"]["type"] == "ping";
    let ping = on_cable.expect("a ping", is_ping).await;
    let next = on_cable.expect("the next ping", is_ping).await;
    let at = |ping: &Value| ping["frame"]["message"].as_i64().unwrap();
    assert!((2..=4).contains(&(at(&next) - at(&ping))), "{ping} {next}");

    assert!(demo.terminate());
    let goodbye = on_cable
        .expect("goodbye", |line| line["frame"]["type"] == "disconnect")
        .await;
    let expected = json!({ "type": "disconnect", "reason": "server_restart", "reconnect": true });
    assert_eq!(goodbye["frame"], expected);
    on_cable.expect_key("closed").await;
    let goodbye = on_pusher.expect_key("frame").await;
    assert_eq!(
        (&goodbye["event"], &goodbye["data"]["code"]),
        (&json!("pusher:error"), &json!(4200))
    );
    assert_eq!(on_pusher.expect_key("closed").await, 4200);
    for client in &mut clients {
        assert_eq!(
            client.expect_key("gone").await["willAttemptReconnect"],
            true
        );
    }
}
