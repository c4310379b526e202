//! The settings of inboxes whose people this server serves itself: API inboxes and website widgets.
//!
//! The middle keeps them as text and never reads them. An inbox's public name (its identifier, its website token)
//! is its address.

use std::sync::Arc;

use app::{
    Error, Result,
    directory::{Connected, Tables},
    messages::Replies,
    ports::StoredInbox,
    tokens,
};
use domain::{AccountId, Inbox, InboxId, InboxState, Timestamp};
use serde::{Deserialize, Serialize};
use wire::onechat::rest::WorkingHours;

use super::hours;
use crate::Edge;

/// The carrier of inboxes that programs of contacts talk to.
pub const API: &str = "api";
/// The carrier of inboxes that visitors of a website talk to.
pub const WIDGET: &str = "widget";

/// What visitors of a widget can do besides writing, unless it is taken from them.
pub const FEATURES: [&str; 3] = ["attachments", "emoji_picker", "end_conversation"];
/// Where an API inbox says how long agents may answer, in hours.
const REPLY_HOURS: &str = "agent_reply_time_window";
/// The longest time to answer that counts, in hours: ten years.
const MAX_REPLY_HOURS: i64 = 10 * 365 * 24;
/// What a visitor who has no e-mail address is asked after their first words.
const ASK_EMAIL: &str = "Get notified by email";

/// What is set for an API inbox or a website widget.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboxSettings {
    /// API inboxes: where their events are posted to.
    pub webhook_url: Option<String>,
    /// The key under which contacts prove who they are.
    pub hmac_token: String,
    /// Whether they must.
    pub hmac_mandatory: bool,
    /// What signs the posts.
    pub secret: String,
    /// Whether a contact has one conversation for ever.
    pub lock_to_single_conversation: bool,
    /// The client's own settings, a JSON object.
    pub additional_attributes: serde_json::Map<String, serde_json::Value>,
    /// Whether a visitor is greeted.
    pub greeting_enabled: bool,
    /// With what.
    pub greeting_message: Option<String>,
    /// Widgets: whether a visitor is asked for an e-mail address: first, or after the first words.
    pub enable_email_collect: bool,
    /// Widgets: whether that is first. As `enable_email_collect` if nobody said.
    pub pre_chat_form_enabled: Option<bool>,
    /// Widgets: what a visitor can do besides writing.
    pub feature_flags: Vec<String>,
    /// Whether the hours are kept.
    pub working_hours_enabled: bool,
    /// The hours, one entry per day from Sunday.
    pub working_hours: Vec<WorkingHours>,
    /// IANA name of the hours' zone.
    pub timezone: String,
    /// What contacts are told outside of the hours.
    pub out_of_office_message: Option<String>,
    /// Widgets: the page they are on.
    pub website_url: Option<String>,
    /// Widgets: the headline.
    pub welcome_title: Option<String>,
    /// Widgets: the line under it.
    pub welcome_tagline: Option<String>,
    /// Widgets: the colour, `#rrggbb`.
    pub widget_color: String,
    /// Widgets: how fast agents usually answer.
    pub reply_time: String,
    /// Widgets: the pages that may show them, separated by commas; any if empty.
    pub allowed_domains: String,
}

impl Default for InboxSettings {
    fn default() -> Self {
        Self {
            webhook_url: None,
            hmac_token: String::new(),
            hmac_mandatory: false,
            secret: String::new(),
            lock_to_single_conversation: false,
            additional_attributes: serde_json::Map::new(),
            greeting_enabled: false,
            greeting_message: None,
            enable_email_collect: true,
            pre_chat_form_enabled: None,
            feature_flags: FEATURES.map(str::to_owned).into(),
            working_hours_enabled: false,
            working_hours: hours::usual(),
            timezone: "UTC".to_owned(),
            out_of_office_message: None,
            website_url: None,
            welcome_title: None,
            welcome_tagline: None,
            widget_color: "#1f93ff".to_owned(),
            reply_time: "in_a_few_minutes".to_owned(),
            allowed_domains: String::new(),
        }
    }
}

impl std::fmt::Debug for InboxSettings {
    /// Without the two secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboxSettings")
            .field("webhook_url", &self.webhook_url)
            .finish_non_exhaustive()
    }
}

impl InboxSettings {
    /// With fresh secrets.
    pub fn fresh() -> Result<Self> {
        Ok(Self {
            hmac_token: tokens::random_text()?,
            secret: tokens::random_text()?,
            ..Self::default()
        })
    }

    /// An inbox's settings; `None` for an inbox of another kind.
    pub fn of(connected: &Connected) -> Option<Self> {
        matches!(connected.inbox.carrier.as_str(), API | WIDGET)
            .then(|| serde_json::from_str(&connected.settings).unwrap_or_default())
    }

    /// Whether visitors are asked for an e-mail address before they write.
    pub fn asks_first(&self) -> bool {
        self.pre_chat_form_enabled
            .unwrap_or(self.enable_email_collect)
    }

    /// Whether somebody answers at this time, as far as the hours say.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.working_hours_enabled || hours::are_now(&self.working_hours, &self.timezone, now)
    }

    /// What the inbox answers by itself to who writes now.
    pub fn replies(&self, carrier: &str, now: Timestamp) -> Replies {
        let away = self.out_of_office_message.clone();
        let asks = carrier == WIDGET && self.enable_email_collect && !self.asks_first();
        Replies {
            greeting: self
                .greeting_message
                .clone()
                .filter(|_| self.greeting_enabled),
            away: away.filter(|_| !self.is_open(now)),
            ask_email: asks.then(|| ASK_EMAIL.to_owned()),
        }
    }

    /// As they are kept.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// An inbox of one of our own kinds, to be added. `public` is what programs and pages call it.
pub fn new_inbox(
    tables: &Tables,
    account_id: AccountId,
    (carrier, name): (&str, &str),
    public: &str,
    settings: &InboxSettings,
    now: Timestamp,
) -> StoredInbox {
    let license_id = tables
        .inboxes_of(account_id)
        .next()
        .map_or(account_id.0, |it| it.inbox.license_id);
    let taken = |messenger: &str| {
        let mut all = tables.inboxes.values();
        all.any(|it| it.inbox.license_id == license_id && it.inbox.messenger == messenger)
    };
    let messenger = (1..)
        .map(|n| match n {
            1 => carrier.to_owned(),
            n => format!("{carrier}{n}"),
        })
        .find(|it| !taken(it))
        .unwrap_or_default();
    StoredInbox {
        inbox: Inbox {
            id: InboxId(0),
            account_id,
            name: name.to_owned(),
            carrier: carrier.to_owned(),
            license_id,
            messenger,
            address: public.to_owned(),
            state: InboxState::Active,
            created_at: now,
        },
        settings: settings.to_json(),
    }
}

/// The inbox of this kind that goes by this public name.
pub(super) fn find(tables: &Tables, carrier: &str, public: &str) -> Result<Connected> {
    tables
        .inboxes_by_carrier(carrier)
        .find(|it| it.inbox.address == public)
        .cloned()
        .ok_or_else(|| Error::not_found("inbox"))
}

/// The same with its settings.
pub(super) fn open(
    tables: &Tables,
    carrier: &str,
    public: &str,
) -> Result<(Arc<Inbox>, InboxSettings)> {
    let connected = find(tables, carrier, public)?;
    let settings = InboxSettings::of(&connected).unwrap_or_default();
    Ok((connected.inbox, settings))
}

/// What an API inbox says by itself to who writes now; nothing for an inbox of another kind.
pub(super) fn api_replies(edge: &Edge, inbox: InboxId) -> Option<Replies> {
    let connected = edge.core.directory.inbox(inbox)?;
    let settings = InboxSettings::of(&connected).filter(|_| connected.inbox.carrier == API)?;
    Some(settings.replies(API, edge.core.clock.now()))
}

/// For how many hours after a contact's last word agents may answer in an API inbox, if not for ever.
pub(super) fn reply_hours(connected: &Connected) -> Option<i64> {
    // Asked with each conversation that is shown, and hardly ever said.
    connected.settings.contains(REPLY_HOURS).then_some(())?;
    let settings = InboxSettings::of(connected)?;
    let told = settings.additional_attributes.get(REPLY_HOURS)?;
    let hours = told.as_i64().or_else(|| told.as_str()?.parse().ok())?;
    (hours > 0).then_some(hours.min(MAX_REPLY_HOURS))
}
