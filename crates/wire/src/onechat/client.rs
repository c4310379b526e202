//! The public Client API's own shapes: what programs of contacts send and get (digest, section 3).

use serde::Serialize;

use super::{
    json::Json,
    push::{Actor, Attachment},
    rest::inbox::WorkingHours,
    time::{Iso, Seconds},
    words::{ConversationStatus, MessageType},
};
use crate::pusher::signature::Secret;

/// Whether `hash` proves that whoever shows it may speak for `identifier`: the lower-case hexadecimal HMAC-SHA256 of
/// it under the inbox's token. Takes the same time whatever is wrong with it.
pub fn proves(hmac_token: &str, identifier: &str, hash: &str) -> bool {
    Secret::new(hmac_token).verify(identifier.as_bytes(), hash.trim())
}

/// What anybody may know of an inbox.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inbox {
    /// Its public name.
    pub identifier: String,
    /// Whether contacts must prove who they are.
    pub identity_validation_enabled: bool,
    /// What people call it.
    pub name: String,
    /// IANA name of its zone.
    pub timezone: String,
    /// One entry per day, from Sunday.
    pub working_hours: Vec<WorkingHours>,
    /// Whether they are kept.
    pub working_hours_enabled: bool,
    /// Whether contacts are asked how it was.
    pub csat_survey_enabled: bool,
    /// Whether new conversations are greeted.
    pub greeting_enabled: bool,
}

/// A contact as it is answered to itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contact {
    /// What the inbox calls it.
    pub source_id: String,
    /// Names and opens its socket subscription.
    pub pubsub_token: String,
    /// The contact's number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// In E.164 form.
    pub phone_number: Option<String>,
}

/// A contact as its stored row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContactRow {
    /// The contact's number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// In E.164 form.
    pub phone_number: Option<String>,
    /// The account it belongs to.
    pub account_id: i64,
    /// When the row was made.
    pub created_at: Iso,
    /// When the row last changed.
    pub updated_at: Iso,
    /// Always `{}` for the contact itself: what was learnt of it is the agents' business.
    pub additional_attributes: Json,
    /// The account's own name for the contact.
    pub identifier: Option<String>,
    /// Always `{}` for the contact itself, as above.
    pub custom_attributes: Json,
    /// When the contact last did anything.
    pub last_activity_at: Option<Iso>,
    /// `visitor`, `lead` or `customer`.
    pub contact_type: String,
    /// Never told to the contact itself: always empty.
    pub middle_name: String,
    /// As above.
    pub last_name: String,
    /// Two letters, or empty.
    pub country_code: String,
    /// A place, or empty.
    pub location: String,
    /// Messages from this contact are not wanted.
    pub blocked: bool,
}

/// A conversation as its contact sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversation {
    /// Its number within the account.
    pub id: i64,
    /// Its name in public addresses.
    pub uuid: String,
    /// Where it takes place.
    pub inbox_id: i64,
    /// When the contact last looked.
    pub contact_last_seen_at: Seconds,
    /// Where it stands.
    pub status: ConversationStatus,
    /// When an agent last looked.
    pub agent_last_seen_at: Seconds,
    /// What was said, oldest first.
    pub messages: Vec<Message>,
    /// Who the contact is.
    pub contact: ContactRow,
}

/// A message as its contact sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The message's number.
    pub id: i64,
    /// The text.
    pub content: Option<String>,
    /// 0 incoming, 1 outgoing, 3 template.
    pub message_type: MessageType,
    /// `text`, `input_select` and others.
    pub content_type: String,
    /// What the content type, or an answer to it, needs besides text.
    pub content_attributes: Json,
    /// When it was written.
    pub created_at: Seconds,
    /// The conversation's number within the account.
    pub conversation_id: i64,
    /// Absent when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Who wrote it; absent when the system did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Actor>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_proved_by_its_own_hash_only() {
        // printf %s customer-7 | openssl dgst -sha256 -hmac k3y
        let token = "k3y";
        let hash = Secret::new(token).sign(b"customer-7");
        assert_eq!(hash.len(), 64);
        assert!(proves(token, "customer-7", &hash));
        assert!(!proves(token, "customer-8", &hash));
        assert!(!proves("other", "customer-7", &hash));
        assert!(!proves(token, "customer-7", ""));
        assert!(!proves(token, "customer-7", &hash[..62]));
    }
}
