//! A chat, alone and in lists: `GET /v1/chats`, `GET …/chats`, `GET …/chats/{chat}`.

use std::borrow::Cow;

use serde::Serialize;

use crate::chatapp::{
    chats::Tag,
    id::{Id, Ref},
};

/// A chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chat<'a> {
    /// The messenger's id for it, as in the events.
    pub id: Id<'a>,
    /// Ours, a number that grows from chat to chat.
    pub internal_id: i64,
    /// As in the messenger's channel.
    pub license_id: i64,
    /// As in the messenger's channel.
    pub messenger_type: Cow<'a, str>,
    /// `private` or `group`.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// Digits.
    pub phone: Option<Cow<'a, str>>,
    /// The name it shows.
    pub name: Option<Cow<'a, str>>,
    /// When it was last active, in seconds since 1970: what lists are ordered by.
    pub last_time: i64,
    /// The employee who answers it.
    pub responsible: Option<Ref<i64>>,
    /// `open`, `close` and more, as in the event `chatStatus`.
    pub status: Cow<'a, str>,
    /// What it is tagged with.
    pub tags: Vec<Tag<'a>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_these() {
        let mut chat = Chat {
            id: "12025550101@c.us".into(),
            internal_id: 31,
            license_id: 12,
            messenger_type: "grWhatsApp".into(),
            kind: "private".into(),
            phone: Some("12025550101".into()),
            name: Some("Ann Other".into()),
            last_time: 1_767_268_800,
            responsible: Some(Ref { id: 5 }),
            status: "open".into(),
            tags: vec![Tag {
                id: 29,
                name: "VIP".into(),
                color: "#1a2b3c".into(),
                sort: 100,
                category: None,
            }],
        };
        assert_eq!(
            serde_json::to_string(&chat).unwrap(),
            concat!(
                r#"{"id":"12025550101@c.us","internalId":31,"licenseId":12,"messengerType":"grWhatsApp","#,
                r#""type":"private","phone":"12025550101","name":"Ann Other","lastTime":1767268800,"#,
                r#""responsible":{"id":5},"status":"open","tags":["#,
                r##"{"id":29,"name":"VIP","color":"#1a2b3c","sort":100,"category":null}]}"##,
            ),
        );
        (chat.phone, chat.responsible) = (None, None);
        let json = serde_json::to_string(&chat).unwrap();
        assert!(json.contains(r#""phone":null,"#), "{json}");
        assert!(json.contains(r#""responsible":null,"#), "{json}");
    }
}
