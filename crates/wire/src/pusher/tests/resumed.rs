//! A private channel whose back end signs that it resumes.

use super::*;
use crate::pusher::resume;
use crate::session::NONE_NUMBERED;

#[test]
fn a_signed_position_has_what_was_missed_told_first() {
    let mut client = Client::open(false, Settings::default());
    let asked = resume::channel_data(17);
    let [
        Effect::Send(told),
        Effect::FollowAfter { topic, after, .. },
        Effect::CatchUp {
            topic: resumed,
            after: 17,
            subscription: 0,
        },
    ] = &client.joins("private-c", Some(&asked))[..]
    else {
        panic!()
    };
    assert_eq!(
        &told[..],
        br#"{"event":"pusher_internal:subscription_succeeded","data":"{\"position\":\"17\"}","channel":"private-c"}"#
    );
    assert_eq!(
        (topic.as_str(), *after, resumed.as_str()),
        (
            "pusher/3/private-c",
            NONE_NUMBERED,
            "pusher/3/private-c/resume"
        )
    );
}

#[test]
fn whoever_does_not_ask_or_may_not_sees_plain_protocol_7() {
    let asked = resume::channel_data(17);
    let mut client = Client::open(false, Settings::default());
    for (channel, data) in [
        ("private-a", None),
        ("private-b", Some("{}")),
        ("private-encrypted-c", Some(&*asked)),
    ] {
        let [Effect::Send(told), Effect::Follow { .. }] = &client.joins(channel, data)[..] else {
            panic!("{channel}")
        };
        assert!(told.windows(11).any(|it| it == br#""data":"{}""#));
    }
    // Unsigned, it is not even a subscription.
    let data = serde_json::json!({ "channel": "private-d", "auth": "x:y", "channel_data": asked });
    let text = serde_json::json!({ "event": "pusher:subscribe", "data": data }).to_string();
    assert_eq!(
        sent(&client.says(&text))["event"],
        "pusher:subscription_error"
    );
}
