//! The REST resource `…/webhooks`: what administrators send and what they are answered.
//!
//! Whether an address may be called, or is taken, is not checked here.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::name::BadSubscriptions;
use super::{Name, Named};
use crate::onechat::loose;
use crate::onechat::rest::Payload;

/// Body of `POST …/webhooks` and `PATCH …/webhooks/{id}`, bare or inside `{"webhook":{…}}`, which wins.
///
/// What is absent takes its default in a new webhook and stays as it is in an old one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "Wrapping")]
pub struct WebhookParams {
    /// Where to post.
    pub url: Option<String>,
    /// For people to tell it from others.
    pub name: Option<String>,
    /// The events, unchecked: see [`Self::subscriptions`].
    pub subscription_words: Option<Vec<String>>,
    /// An inbox, kept and shown only; null takes it away.
    pub inbox_id: Option<Option<i64>>,
}

/// One webhook, as administrators see it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Webhook {
    /// The webhook's number.
    pub id: i64,
    /// For people to tell it from others.
    pub name: Option<String>,
    /// Where it posts.
    pub url: String,
    /// The account it belongs to.
    pub account_id: i64,
    /// What it is told.
    pub subscriptions: Vec<Name>,
    /// The key of its signatures; null when nothing is signed.
    pub secret: Option<String>,
    /// Absent when it names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbox: Option<Named>,
}

/// Several webhooks, inside `payload`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Webhooks {
    /// All of the account.
    pub webhooks: Vec<Webhook>,
}

/// One webhook, inside `payload`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OneWebhook {
    /// The new or changed one.
    pub webhook: Webhook,
}

/// Answer of `GET …/webhooks`: `{"payload":{"webhooks":[…]}}`.
pub fn list(webhooks: Vec<Webhook>) -> Payload<Webhooks> {
    Payload {
        payload: Webhooks { webhooks },
    }
}

/// Answer of `POST …/webhooks` and `PATCH …/webhooks/{id}`: `{"payload":{"webhook":{…}}}`.
pub fn one(webhook: Webhook) -> Payload<OneWebhook> {
    Payload {
        payload: OneWebhook { webhook },
    }
}

// === impl WebhookParams ===

#[derive(Deserialize)]
struct Wrapping {
    webhook: Option<Fields>,
    #[serde(flatten)]
    bare: Fields,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    #[serde(deserialize_with = "loose::text")]
    url: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    name: Option<String>,
    subscriptions: Option<Vec<String>>,
    #[serde(deserialize_with = "loose::given_number")]
    inbox_id: Option<Option<i64>>,
}

impl From<Wrapping> for WebhookParams {
    fn from(body: Wrapping) -> Self {
        let fields = body.webhook.unwrap_or(body.bare);
        Self {
            url: fields.url,
            name: fields.name,
            subscription_words: fields.subscriptions,
            inbox_id: fields.inbox_id,
        }
    }
}

impl WebhookParams {
    /// Reads a JSON body. Unknown parameters are skipped.
    pub fn from_json(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }

    /// The events asked for, if the key was sent. A new webhook without it has [`Name::DEFAULTS`].
    pub fn subscriptions(&self) -> Result<Option<Vec<Name>>, BadSubscriptions> {
        let words = self.subscription_words.as_deref();
        words.map(Name::parse_list).transpose()
    }
}

// === impl Webhook ===

impl fmt::Debug for Webhook {
    /// Without the secret, and without the address, which may hold another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("account_id", &self.account_id)
            .field("subscriptions", &self.subscriptions)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook() -> Webhook {
        Webhook {
            id: 4,
            name: Some("CRM".into()),
            url: "https://crm.example/in?key=k3y".into(),
            account_id: 3,
            subscriptions: vec![Name::MessageCreated, Name::ConversationTypingOn],
            secret: Some("s3cret".into()),
            inbox: None,
        }
    }

    #[test]
    fn parameters_are_read_bare_and_wrapped() {
        let expected = WebhookParams {
            url: Some("https://crm.example/in".into()),
            name: Some("CRM".into()),
            subscription_words: Some(vec!["message_created".into(), "contact_updated".into()]),
            inbox_id: Some(Some(2)),
        };
        for body in [
            r#"{"url":"https://crm.example/in","name":"CRM","inbox_id":2,
                "subscriptions":["message_created","contact_updated"],"webhook_type":"?"}"#,
            r#"{"webhook":{"url":"https://crm.example/in","name":"CRM","inbox_id":"2",
                "subscriptions":["message_created","contact_updated"]},"url":"ignored","other":1}"#,
            r#"{"webhook":null,"url":"https://crm.example/in","name":"CRM","inbox_id":"2",
                "subscriptions":["message_created","contact_updated"]}"#,
        ] {
            let params = WebhookParams::from_json(body.as_bytes()).unwrap();
            assert_eq!(params, expected, "{body}");
            assert_eq!(
                params.subscriptions(),
                Ok(Some(vec![Name::MessageCreated, Name::ContactUpdated]))
            );
        }
    }

    #[test]
    fn absent_parameters_are_told_from_empty_ones() {
        for body in ["{}", r#"{"webhook":{}}"#, r#"{"subscriptions":null}"#] {
            let params = WebhookParams::from_json(body.as_bytes()).unwrap();
            assert_eq!(params, WebhookParams::default(), "{body}");
            assert_eq!(params.subscriptions(), Ok(None));
        }
        let params = WebhookParams::from_json(br#"{"inbox_id":null,"subscriptions":[]}"#).unwrap();
        assert_eq!(params.inbox_id, Some(None));
        assert_eq!(params.subscriptions(), Err(BadSubscriptions));
        let params = WebhookParams::from_json(br#"{"subscriptions":["message.created"]}"#).unwrap();
        assert_eq!(params.subscriptions(), Err(BadSubscriptions));
        for bad in [
            "",
            "[]",
            r#"{"url":{}}"#,
            r#"{"inbox_id":"x"}"#,
            r#"{"webhook":3}"#,
        ] {
            assert!(WebhookParams::from_json(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn answers_are_written_to_the_letter() {
        const WEBHOOK: &str = concat!(
            r#"{"id":4,"name":"CRM","url":"https://crm.example/in?key=k3y","account_id":3,"#,
            r#""subscriptions":["message_created","conversation_typing_on"],"secret":"s3cret""#
        );
        assert_eq!(
            serde_json::to_string(&one(webhook())).unwrap(),
            format!(r#"{{"payload":{{"webhook":{WEBHOOK}}}}}}}"#)
        );
        let with_inbox = Webhook {
            inbox: Some(Named {
                id: 2,
                name: "Shop".into(),
            }),
            ..webhook()
        };
        assert_eq!(
            serde_json::to_string(&list(vec![webhook(), with_inbox])).unwrap(),
            format!(
                r#"{{"payload":{{"webhooks":[{WEBHOOK}}},{WEBHOOK},"inbox":{{"id":2,"name":"Shop"}}}}]}}}}"#
            )
        );
        assert_eq!(
            serde_json::to_string(&list(Vec::new())).unwrap(),
            r#"{"payload":{"webhooks":[]}}"#
        );
    }

    #[test]
    fn printing_a_webhook_shows_no_secret() {
        let printed = format!("{:?}", one(webhook()));
        assert!(printed.contains("MessageCreated"));
        assert!(!printed.contains("s3cret") && !printed.contains("k3y"));
    }
}
