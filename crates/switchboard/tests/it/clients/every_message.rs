//! Every client sees each of a customer's messages once, in order, with its content.

use super::*;

#[tokio::test]
async fn every_client_sees_each_message_once_and_in_order() {
    let (demo, _connector) = start().await;
    customer_writes(&demo, FRANK, "hello").await;
    let agent = agent_room(&demo, 0);
    let contact = contact_room(&contact_token(&demo, 1).await);
    let channel = messenger_channel(&demo);
    let mut clients = vec![
        pusher(&demo, "pusher-js-7", &[&channel]),
        pusher(&demo, "pusher-js-8", &[&channel]),
        cable(&demo, "actioncable-8", &agent),
        cable(&demo, "actioncable-6", &agent),
        cable(&demo, "actioncable-8", &contact),
        raw(&demo, &[&agent]),
        raw(&demo, &[&contact]),
    ];
    for client in &mut clients {
        ready(client).await;
    }

    let number = |n| format!("message {n}: <b>\"a\\b\" & 'c'</b>\n\u{2028}žluťoučký 🐎 \u{7f}");
    let mut written: Vec<String> = (1..=50).map(number).collect();
    written.push("the end".to_owned());
    for text in &written {
        customer_writes(&demo, FRANK, text).await;
    }
    for client in &mut clients {
        told(client, "the end").await;
        assert_eq!(texts(client), written);
    }
}

#[tokio::test]
async fn a_client_that_comes_while_messages_flow_sees_all_from_then_on() {
    let (demo, _connector) = start().await;
    let (channel, agent) = (messenger_channel(&demo), agent_room(&demo, 0));
    let mut clients = [
        pusher(&demo, "pusher-js-7", &[&channel]),
        pusher(&demo, "pusher-js-8", &[&channel]),
        cable(&demo, "actioncable-6", &agent),
        cable(&demo, "actioncable-8", &agent),
        raw(&demo, &[&agent]),
    ];
    let mut written = Vec::new();
    // How many messages there were when each client was seen to be subscribed.
    let mut since = [None; 5];
    while since.contains(&None) {
        for (client, since) in clients.iter().zip(&mut since) {
            if since.is_none() && client.lines().iter().any(is_ready) {
                *since = Some(written.len());
            }
        }
        written.push(format!("message {}", written.len()));
        customer_writes(&demo, FRANK, written.last().unwrap()).await;
    }
    for (client, since) in clients.iter_mut().zip(since) {
        told(client, written.last().unwrap()).await;
        let seen = texts(client);
        assert!(written.ends_with(&seen), "{seen:?}");
        assert!(
            seen.len() >= written.len() - since.unwrap(),
            "{since:?} {seen:?}"
        );
    }
}

#[tokio::test]
async fn clients_that_unsubscribe_hear_no_more() {
    let (demo, _connector) = start().await;
    let (channel, agent) = (messenger_channel(&demo), agent_room(&demo, 0));
    let mut witness = raw(&demo, &[&agent]);
    let mut pushers = PUSHERS.map(|client| pusher(&demo, client, &[&channel]));
    let mut leaver = raw(&demo, &[&agent]);
    for client in pushers.iter_mut().chain([&mut witness, &mut leaver]) {
        ready(client).await;
    }
    for pusher in &mut pushers {
        pusher.send(json!({ "unsubscribe": channel })).await;
        // One socket is served in order, so this answer comes after the other frame was read.
        pusher.send(json!({ "subscribe": "news" })).await;
        ready(pusher).await;
    }
    let is_rejection = |line: &Value| line["frame"]["type"] == "reject_subscription";
    let nonsense = json!({ "send": command("subscribe", &contact_room("nonsense")) });
    leaver
        .send(json!({ "send": command("unsubscribe", &agent) }))
        .await;
    leaver.send(nonsense.clone()).await;
    leaver.expect("a rejection", is_rejection).await;

    customer_writes(&demo, FRANK, "anybody there?").await;
    told(&mut witness, "anybody there?").await;
    for client in &mut pushers {
        client.send(json!({ "subscribe": "more-news" })).await;
        ready(client).await;
    }
    leaver.send(nonsense.clone()).await;
    leaver.expect("a rejection", is_rejection).await;
    for client in pushers.iter().chain([&leaver]) {
        assert!(texts(client).is_empty(), "{:?}", client.lines());
    }
}
