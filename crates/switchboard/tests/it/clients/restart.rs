//! Clients come back by themselves.

use std::time::Duration;

use super::*;

/// @rails/actioncable looks after its socket every 6 to 12 seconds and lets a fresh loss rest for another 6.
const COMES_BACK: Duration = Duration::from_secs(40);

#[tokio::test]
async fn clients_come_back_after_a_crash_and_miss_nothing_that_comes_then() {
    let (mut demo, _connector) = start().await;
    let (agent, channel) = (agent_room(&demo, 0), messenger_channel(&demo));
    let mut clients: Vec<Node> = PUSHERS
        .map(|client| pusher(&demo, client, &[&channel]))
        .into_iter()
        .chain(CABLES.map(|client| cable(&demo, client, &agent)))
        .collect();
    for client in &mut clients {
        ready(client).await;
    }
    customer_writes(&demo, FRANK, "hello").await;
    for client in &mut clients {
        told(client, "hello").await;
    }
    demo.kill();
    demo.restart().await;
    for client in &mut clients {
        let back = |line: &Value| line.get("ready").is_some();
        client
            .expect_within(COMES_BACK, "that it is back", back)
            .await;
    }
    customer_writes(&demo, FRANK, "are you back?").await;
    customer_writes(&demo, FRANK, "wonderful").await;
    for client in &mut clients {
        told(client, "wonderful").await;
        assert_eq!(texts(client), ["hello", "are you back?", "wonderful"]);
    }
}
