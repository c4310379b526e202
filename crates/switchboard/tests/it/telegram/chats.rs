//! Groups, channels, and what is said beside texts and files.

use serde_json::{Value, json};

use super::Bot;

/// Something in a group or a channel.
fn said_in(update: i64, what: &str, chat: i64, message: Value) -> Value {
    let kind = if what == "channel_post" {
        "channel"
    } else {
        "supergroup"
    };
    let mut message = message;
    message["date"] = json!(1_795_176_000);
    message["chat"] = json!({ "id": chat, "type": kind, "title": "The team" });
    json!({ "update_id": update, what: message })
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_stays_one_conversation() {
    let bot = Bot::start(&[]).await;
    let ann = json!({ "id": 42, "is_bot": false, "first_name": "Ann" });
    let hi = json!({ "message_id": 5, "from": ann, "text": "Hi all" });
    bot.fake.brings(said_in(10, "message", -77, hi));
    let heard = bot.demo.seen(|it| it["content"] == "Hi all").await;
    assert_eq!(heard["sender"]["name"], "The team");
    bot.fake.refuses(
        "sendMessage",
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        json!({ "migrate_to_chat_id": -1_000_077 }),
    );
    let body = json!({ "content": "Hello", "content_attributes": { "in_reply_to": heard["id"] } });
    bot.agent_says(&heard["conversation_id"], body).await;
    // Messages of the group have other numbers there.
    assert_eq!(
        bot.fake.called("sendMessage", 2).await,
        json!({ "chat_id": -1_000_077, "text": "Hello" })
    );
    let moved = json!({ "message_id": 1, "migrate_from_chat_id": -77 });
    bot.fake.brings(said_in(11, "message", -1_000_077, moved));
    let more = json!({ "message_id": 2, "from": ann, "text": "And now?" });
    bot.fake.brings(said_in(12, "message", -1_000_077, more));
    let more = bot.demo.seen(|it| it["content"] == "And now?").await;
    assert_eq!(more["conversation_id"], heard["conversation_id"]);
    assert_eq!(more["source_id"], "-1000077:2");
}

#[tokio::test]
async fn an_answer_goes_into_the_topic_where_something_was_said_last() {
    let bot = Bot::start(&[]).await;
    let ann = json!({ "id": 42, "is_bot": false, "first_name": "Ann" });
    // In a topic everything answers the message that began it.
    let said = |number: i64, topic: Value, text: &str| {
        json!({ "message_id": number, "from": ann, "text": text, "message_thread_id": topic,
            "is_topic_message": topic.is_i64(), "reply_to_message": { "message_id": topic.as_i64().unwrap_or(1) } })
    };
    let mut calls = 0;
    for (number, topic, text) in [
        (11, json!(3), "In the third"),
        (12, json!(5), "In the fifth"),
        (13, json!(null), "In general"),
    ] {
        let message = said(number, topic.clone(), text);
        bot.fake.brings(said_in(number, "message", -77, message));
        let heard = bot.demo.seen(|it| it["content"] == text).await;
        if topic.is_i64() {
            assert_eq!(
                heard["content_attributes"]["in_reply_to_external_id"],
                json!(null)
            );
        }
        let body = json!({ "content": format!("To {text}") });
        bot.agent_says(&heard["conversation_id"], body).await;
        calls += 1;
        let mut expected = json!({ "chat_id": -77, "text": format!("To {text}") });
        if topic.is_i64() {
            expected["message_thread_id"] = topic;
        }
        assert_eq!(bot.fake.called("sendMessage", calls).await, expected);
        let body = json!({ "content": "An answer",
            "content_attributes": { "in_reply_to": heard["id"] } });
        bot.agent_says(&heard["conversation_id"], body).await;
        calls += 1;
        let sent = bot.fake.called("sendMessage", calls).await;
        assert_eq!(sent["reply_parameters"]["message_id"], number);
        assert_eq!(sent.get("message_thread_id"), None);
    }
}

#[tokio::test]
async fn what_a_channel_posts_is_heard() {
    let bot = Bot::start(&[]).await;
    let post = json!({ "message_id": 5, "text": "News" });
    bot.fake.brings(said_in(10, "channel_post", -99, post));
    let heard = bot.demo.seen(|it| it["content"] == "News").await;
    assert_eq!(heard["sender"]["name"], "The team");
}

#[tokio::test]
async fn places_cards_polls_and_dice_are_not_silence() {
    let bot = Bot::start(&[]).await;
    let place = json!({ "latitude": 51.5, "longitude": -0.1 });
    let all = [
        json!({ "location": place, "venue": { "location": place, "title": "The Crown", "address": "x" } }),
        json!({ "contact": { "phone_number": "447700900777", "first_name": "Bob", "last_name": "Ray" } }),
        json!({ "poll": { "id": "1", "question": "Tea?", "options": [] } }),
        json!({ "dice": { "emoji": "🎲", "value": 6 } }),
        json!({ "video_note": { "file_id": "v", "length": 1, "duration": 1 } }),
        json!({ "sticker": { "file_id": "s", "type": "regular" } }),
        json!({ "new_chat_title": "Not said to us" }),
    ];
    for (message, number) in all.into_iter().zip(1..) {
        let mut message = message;
        message["message_id"] = json!(number);
        bot.fake.says(10 + number, message);
    }
    let venue = bot.demo.seen(|it| it["source_id"] == "42:1").await;
    let venue = &venue["attachments"][0];
    assert_eq!(
        (&venue["coordinates_lat"], &venue["fallback_title"]),
        (&json!(51.5), &json!("The Crown"))
    );
    let card = bot.demo.seen(|it| it["source_id"] == "42:2").await;
    assert_eq!(
        card["attachments"][0]["fallback_title"],
        "Bob Ray 447700900777"
    );
    for (id, text) in [("42:3", "[poll] Tea?"), ("42:4", "🎲 6")] {
        let seen = bot.demo.seen(|it| it["source_id"] == id).await;
        assert_eq!(seen["content"], text);
    }
    for id in ["42:5", "42:6"] {
        let seen = bot.demo.seen(|it| it["source_id"] == id).await;
        assert_eq!(seen["attachments"].as_array().unwrap().len(), 1, "{seen}");
    }
}
