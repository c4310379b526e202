//! An inbox's settings as webhooks show them. As in the original, its own number and name are not among them.

use serde::Serialize;

use super::{ChangedAttributes, Named};
use crate::onechat::json::Json;
use crate::onechat::rest::WorkingHours;
use crate::onechat::time::Iso;

/// Data of `inbox_created`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InboxSettings {
    /// Whether a resolved conversation can go on.
    pub allow_messages_after_resolved: bool,
    /// Whether a contact has one conversation for ever.
    pub lock_to_single_conversation: bool,
    /// How conversations find an assignee.
    pub auto_assignment_config: Json,
    /// Whether they do by themselves.
    pub enable_auto_assignment: bool,
    /// Whether contacts are asked for an e-mail address.
    pub enable_email_collect: bool,
    /// Whether new conversations are greeted.
    pub greeting_enabled: bool,
    /// The greeting.
    pub greeting_message: Option<String>,
    /// Whether contacts are asked how it was.
    pub csat_survey_enabled: bool,
    /// The business's name in mails.
    pub business_name: Option<String>,
    /// `friendly` or `professional`.
    pub sender_name_type: String,
    /// IANA name of the hours' zone.
    pub timezone: String,
    /// What contacts hear outside of the hours.
    pub out_of_office_message: Option<String>,
    /// Whether the hours below are kept.
    pub working_hours_enabled: bool,
    /// One entry per day, from Sunday.
    pub working_hours: Vec<WorkingHours>,
    /// When it was made.
    pub created_at: Iso,
    /// When anything about it last changed.
    pub updated_at: Iso,
    /// The carrier's settings, of which secrets must have been taken out.
    pub channel: Json,
    /// The account it belongs to.
    pub account: Named,
}

/// Data of `inbox_updated`. Nothing is sent when nothing changed.
#[derive(Debug, Clone, Serialize)]
pub struct InboxChanged {
    /// As they are now.
    #[serde(flatten)]
    pub inbox: InboxSettings,
    /// What changed.
    pub changed_attributes: ChangedAttributes,
}
