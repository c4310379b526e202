//! An inbox as REST answers show it.
//!
//! Of the many fields of the original these are the ones that every carrier has, and those of API inboxes.

use serde::{Deserialize, Serialize};

use crate::onechat::json::Json;

/// One inbox.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inbox {
    /// The inbox's number.
    pub id: i64,
    /// Absolute URL of the picture, or empty.
    pub avatar_url: String,
    /// The number of its carrier settings.
    pub channel_id: i64,
    /// Its name.
    pub name: String,
    /// `Channel::Api`, `Channel::Whatsapp` and others.
    pub channel_type: String,
    /// Whether new conversations are greeted.
    pub greeting_enabled: bool,
    /// The greeting.
    pub greeting_message: Option<String>,
    /// Whether the hours below are kept.
    pub working_hours_enabled: bool,
    /// Whether contacts are asked for an e-mail address.
    pub enable_email_collect: bool,
    /// Whether contacts are asked how it was.
    pub csat_survey_enabled: bool,
    /// Whether conversations find an assignee by themselves.
    pub enable_auto_assignment: bool,
    /// How they do.
    pub auto_assignment_config: Json,
    /// What contacts hear outside of the hours.
    pub out_of_office_message: Option<String>,
    /// One entry per day, from Sunday.
    pub working_hours: Vec<WorkingHours>,
    /// IANA name of the hours' zone.
    pub timezone: String,
    /// Where the carrier reports to us; null where it does not.
    pub callback_webhook_url: Option<String>,
    /// Whether a resolved conversation can go on.
    pub allow_messages_after_resolved: bool,
    /// Whether a contact has one conversation for ever.
    pub lock_to_single_conversation: bool,
    /// `friendly` or `professional`.
    pub sender_name_type: String,
    /// The business's name in mails.
    pub business_name: Option<String>,
    /// The phone number of phone carriers.
    pub phone_number: Option<String>,
    /// Who runs the carrier, where there is a choice.
    pub provider: Option<String>,
    /// API inboxes: where events are reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    /// API inboxes: the inbox's name in public addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbox_identifier: Option<String>,
    /// API inboxes: settings such as the time agents have to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_attributes: Option<Json>,
    /// API inboxes: whether contacts must prove who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hmac_mandatory: Option<bool>,
    /// API inboxes, for administrators alone: the key of that proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hmac_token: Option<String>,
    /// API inboxes, for administrators alone: the key that signs reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// The hours of one day of the week. Hours and minutes are null on days that are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingHours {
    /// 0 is Sunday.
    pub day_of_week: u8,
    /// Closed from midnight to midnight.
    #[serde(default)]
    pub closed_all_day: bool,
    /// 0 to 23.
    #[serde(default)]
    pub open_hour: Option<u8>,
    /// 0 to 59.
    #[serde(default)]
    pub open_minutes: Option<u8>,
    /// 0 to 23.
    #[serde(default)]
    pub close_hour: Option<u8>,
    /// 0 to 59.
    #[serde(default)]
    pub close_minutes: Option<u8>,
    /// Open from midnight to midnight.
    #[serde(default)]
    pub open_all_day: bool,
}
