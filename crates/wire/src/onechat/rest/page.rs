//! What REST answers put around objects: pages, counts and results.

use serde::{Serialize, Serializer};

use super::{Contact, Conversation, Message};
use crate::onechat::json::Json;
use crate::onechat::push;
use crate::onechat::time::{Iso, Seconds};
use crate::onechat::words::ConversationStatus;

/// `{"payload":…}`, the plain wrapper: inboxes, labels, one contact, and others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Payload<T> {
    /// The object or list.
    pub payload: T,
}

/// Body of `GET …/conversations`: `{"data":{"meta":{…},"payload":[…]}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationPage {
    /// Counts over all pages.
    pub meta: ConversationCounts,
    /// At most 25.
    pub payload: Vec<Conversation>,
}

/// How many conversations the filter finds, by who is in charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ConversationCounts {
    /// The caller's.
    pub mine_count: i64,
    /// Anybody's.
    pub assigned_count: i64,
    /// Nobody's.
    pub unassigned_count: i64,
    /// All of them.
    pub all_count: i64,
}

/// Body of `GET …/messages`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MessagePage {
    /// About the conversation.
    pub meta: MessagePageMeta,
    /// In ascending order of their numbers.
    pub payload: Vec<Message>,
}

/// The conversation of a page of messages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MessagePageMeta {
    /// Titles of its labels.
    pub labels: Vec<String>,
    /// Where it began.
    pub additional_attributes: Json,
    /// The contact.
    pub contact: push::Contact,
    /// The user or bot in charge; absent for nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<push::Actor>,
    /// When an agent last looked. Here, unlike elsewhere, an ISO time.
    pub agent_last_seen_at: Option<Iso>,
    /// When the assignee last looked.
    pub assignee_last_seen_at: Option<Iso>,
}

/// Body of `GET …/contacts`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContactPage {
    /// Counts.
    pub meta: ContactCount,
    /// At most 15.
    pub payload: Vec<Contact>,
}

/// Where a page of contacts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ContactCount {
    /// Contacts over all pages.
    pub count: i64,
    /// Counted from 1.
    pub current_page: i64,
}

/// Body of `POST …/toggle_status`: `{"meta":{},"payload":{…}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusToggled {
    /// The conversation's number within its account.
    pub conversation_id: i64,
    /// Its status now.
    pub current_status: ConversationStatus,
    /// When it wakes up.
    pub snoozed_until: Option<Seconds>,
}

// === impl ConversationPage ===

impl Serialize for ConversationPage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Inner<'a> {
            meta: ConversationCounts,
            payload: &'a [Conversation],
        }
        #[derive(Serialize)]
        struct Outer<'a> {
            data: Inner<'a>,
        }
        Outer {
            data: Inner {
                meta: self.meta,
                payload: &self.payload,
            },
        }
        .serialize(serializer)
    }
}

// === impl StatusToggled ===

impl Serialize for StatusToggled {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Empty {}
        #[derive(Serialize)]
        struct Inner {
            success: bool,
            conversation_id: i64,
            current_status: ConversationStatus,
            snoozed_until: Option<Seconds>,
        }
        #[derive(Serialize)]
        struct Outer {
            meta: Empty,
            payload: Inner,
        }
        let payload = Inner {
            success: true,
            conversation_id: self.conversation_id,
            current_status: self.current_status,
            snoozed_until: self.snoozed_until,
        };
        Outer {
            meta: Empty {},
            payload,
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_nest_as_clients_expect() {
        let counts = ConversationCounts {
            mine_count: 1,
            assigned_count: 2,
            unassigned_count: 3,
            all_count: 5,
        };
        assert_eq!(
            serde_json::to_string(&ConversationPage {
                meta: counts,
                payload: vec![]
            })
            .unwrap(),
            concat!(
                r#"{"data":{"meta":{"mine_count":1,"assigned_count":2,"unassigned_count":3,"all_count":5},"#,
                r#""payload":[]}}"#
            )
        );
        let toggled = StatusToggled {
            conversation_id: 8,
            current_status: ConversationStatus::Resolved,
            snoozed_until: None,
        };
        assert_eq!(
            serde_json::to_string(&toggled).unwrap(),
            concat!(
                r#"{"meta":{},"payload":{"success":true,"conversation_id":8,"current_status":"resolved","#,
                r#""snoozed_until":null}}"#
            )
        );
        assert_eq!(
            serde_json::to_string(&Payload { payload: [1, 2] }).unwrap(),
            r#"{"payload":[1,2]}"#
        );
    }
}
