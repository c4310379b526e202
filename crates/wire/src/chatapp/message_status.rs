//! `messageStatus`: a message of ours got somewhere, or failed.
//!
//! Section "Object example messageStatus". Statuses of one message may arrive in any order and more than once; receivers rank them.

use std::borrow::Cow;

use serde::Serialize;

use super::events::{Event, Item, MessengerItem};
use super::id::Id;
use super::message::FromApp;

/// One status of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageStatus<'a> {
    /// The messenger's id for the message.
    pub id: Id<'a>,
    /// How far it got.
    #[serde(rename = "type")]
    pub kind: Status,
    /// Where it was written.
    pub chat: StatusChat<'a>,
    /// The application that sent it, if one did.
    pub from_app: Option<FromApp<'a>>,
    /// Why it failed; null for every other status.
    pub error: Option<StatusError<'a>>,
    /// Seconds since 1970; added after the source document.
    pub time: i64,
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The messenger has it; added after the source document.
    Sent,
    /// It is on the customer's device.
    Delivered,
    /// The customer has seen it.
    Viewed,
    /// It did not arrive and will not.
    Failed,
}

/// The chat of a status: the message's, without its name and picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusChat<'a> {
    /// As in [`super::message::Chat::id`].
    pub id: Id<'a>,
    /// Telegram's access hash with its `h`; null elsewhere.
    pub hash: Option<Cow<'a, str>>,
    /// `private` or `group`.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// Digits.
    pub phone: Option<Cow<'a, str>>,
    /// The name by which the messenger finds it.
    pub username: Option<Cow<'a, str>>,
}

/// Why a message failed; its fields are ours, since the document shows only null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusError<'a> {
    /// For programs.
    pub code: Cow<'a, str>,
    /// For people.
    pub message: Cow<'a, str>,
}

impl Item for MessageStatus<'_> {
    const EVENT: Event = Event::MessageStatus;
}

impl MessengerItem for MessageStatus<'_> {}

#[cfg(test)]
mod tests {
    use super::super::envelope;
    use super::*;

    #[test]
    fn a_delivered_message_is_written_as_documented() {
        let mut status = MessageStatus {
            id: Id::Number(31),
            kind: Status::Delivered,
            chat: StatusChat {
                id: "private-90001h5".into(),
                hash: Some("h5".into()),
                kind: "private".into(),
                phone: Some("12025550101".into()),
                username: Some("ann".into()),
            },
            from_app: Some(FromApp {
                id: "app_1_1".into(),
                tracking: None,
                sender: None,
            }),
            error: None,
            time: 1_767_268_800,
        };
        assert_eq!(
            envelope::on_socket(12, "telegram", std::slice::from_ref(&status)).to_json(),
            concat!(
                r#"{"queue":"Telegram.Broadcast.Message.Status","payload":{"data":[{"id":31,"type":"delivered","#,
                r#""chat":{"id":"private-90001h5","hash":"h5","type":"private","phone":"12025550101","username":"ann"},"#,
                r#""fromApp":{"id":"app_1_1","tracking":null},"error":null,"time":1767268800}],"#,
                r#""meta":{"type":"messageStatus","licenseId":12,"messengerType":"telegram"}}}"#,
            ),
        );
        status.kind = Status::Failed;
        let (code, message) = ("blocked".into(), "The customer blocked us".into());
        status.error = Some(StatusError { code, message });
        let json = serde_json::to_string(&status).unwrap();
        assert!(json.contains(r#""type":"failed""#));
        assert!(
            json.contains(
                r#""error":{"code":"blocked","message":"The customer blocked us"},"time""#
            )
        );
    }
}
