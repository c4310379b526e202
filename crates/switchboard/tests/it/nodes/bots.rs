//! A Telegram bot, with two nodes that could ask for its news.

use serde_json::json;
use testkit::{demo::Demo, wait::until};

use super::Pair;
use crate::telegram::Fake;

/// The name of the node that looks after the bot.
fn holder(pair: &Pair) -> Option<String> {
    let name = pair.database.sql(
        "SELECT n.name FROM kept k JOIN nodes n ON n.id = CAST(k.value AS BIGINT) \
         WHERE k.keeper = 'held by node'",
    );
    Some(name).filter(|it| !it.is_empty())
}

async fn heard(demo: &Demo, text: &str) {
    demo.seen(|it| it["content"] == text).await;
}

#[tokio::test]
async fn one_node_asks_for_a_bots_news_and_the_other_when_it_dies() {
    let (mut pair, fake) = (Pair::start().await, Fake::start().await);
    let data = pair.one.data().display().to_string();
    let url = pair.database.url();
    let settings = format!("[store]\ndata = {data:?}\nurl = {url:?}\nnode = \"setup\"\n");
    fake.set_up(&pair.one, Some(&settings), &[]);
    fake.says(10, json!({ "message_id": 1, "text": "Is anybody there?" }));
    heard(&pair.one, "Is anybody there?").await;
    heard(&pair.two, "Is anybody there?").await;
    let first = until("somebody to look after it", async || holder(&pair)).await;
    let (dying, living) = if first == "one" {
        (&mut pair.one, &pair.two)
    } else {
        (&mut pair.two, &pair.one)
    };
    dying.kill();
    fake.says(11, json!({ "message_id": 2, "text": "And now?" }));
    heard(living, "And now?").await;
    assert_ne!(holder(&pair).unwrap(), first);
    // Nobody ever asked beside the other, and nothing was taken in twice.
    assert_eq!(fake.asking_most(), 1);
    let living = if first == "one" { &pair.two } else { &pair.one };
    assert_eq!(living.messages(1).await.len(), 2);
}
