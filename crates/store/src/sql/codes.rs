//! The numbers under which enums are kept, in rows and records alike. A number is never reused.

use app::{Result, StoreError};
use domain::{
    AgentId, AttachmentKind, Availability, ContactId, ConversationStatus, Direction, DocumentKind,
    MessageStatus, NotificationChange, NotificationKind, Priority, Role, Sender, SessionState,
    Timestamp,
};

use app::{deliveries::DeliveryState, ports::TokenKind, reports::Measure};

/// An enum's values in the order of their numbers.
pub(crate) struct Codes<T: 'static>(&'static [T]);

impl<T: Copy + PartialEq> Codes<T> {
    /// The number of a value.
    pub(crate) fn code(&self, value: T) -> i64 {
        let index = self.0.iter().position(|it| *it == value);
        index
            .and_then(|index| i64::try_from(index).ok())
            .unwrap_or(-1)
    }

    /// The value of a number.
    pub(crate) fn value(&self, code: i64) -> Result<T> {
        let value = usize::try_from(code)
            .ok()
            .and_then(|index| self.0.get(index));
        value.copied().ok_or_else(|| unknown(code))
    }
}

pub(crate) const ROLES: Codes<Role> = Codes(&[Role::Agent, Role::Administrator, Role::Bot]);
pub(crate) const AVAILABILITIES: Codes<Availability> = Codes(&[
    Availability::Online,
    Availability::Busy,
    Availability::Offline,
]);
pub(crate) const CONVERSATION_STATUSES: Codes<ConversationStatus> = Codes(&[
    ConversationStatus::Open,
    ConversationStatus::Resolved,
    ConversationStatus::Pending,
    ConversationStatus::Snoozed,
]);
pub(crate) const PRIORITIES: Codes<Priority> = Codes(&[
    Priority::Low,
    Priority::Medium,
    Priority::High,
    Priority::Urgent,
]);
pub(crate) const DOCUMENT_KINDS: Codes<DocumentKind> = Codes(&[
    DocumentKind::CannedResponse,
    DocumentKind::AttributeDefinition,
    DocumentKind::SavedFilter,
    DocumentKind::Note,
    DocumentKind::Macro,
    DocumentKind::AutomationRule,
    DocumentKind::Bot,
]);
pub(crate) const NOTIFICATION_KINDS: Codes<NotificationKind> = Codes(&[
    NotificationKind::Begun,
    NotificationKind::Assigned,
    NotificationKind::SaidToAssignee,
    NotificationKind::Mentioned,
    NotificationKind::SaidToParticipant,
]);
pub(crate) const NOTIFICATION_CHANGES: Codes<NotificationChange> = Codes(&[
    NotificationChange::Added,
    NotificationChange::Changed,
    NotificationChange::Removed,
]);
pub(crate) const MEASURES: Codes<Measure> = Codes(&[
    Measure::Incoming,
    Measure::Outgoing,
    Measure::FirstResponse,
    Measure::Resolution,
    Measure::Reply,
]);
pub(crate) const DIRECTIONS: Codes<Direction> =
    Codes(&[Direction::In, Direction::Out, Direction::Activity]);
pub(crate) const MESSAGE_STATUSES: Codes<MessageStatus> = Codes(&[
    MessageStatus::Queued,
    MessageStatus::Sent,
    MessageStatus::Delivered,
    MessageStatus::Read,
    MessageStatus::Failed,
]);
pub(crate) const ATTACHMENT_KINDS: Codes<AttachmentKind> = Codes(&[
    AttachmentKind::Image,
    AttachmentKind::Video,
    AttachmentKind::Audio,
    AttachmentKind::Voice,
    AttachmentKind::Sticker,
    AttachmentKind::File,
    AttachmentKind::Location,
    AttachmentKind::Contact,
]);
pub(crate) const SESSION_STATES: Codes<SessionState> = Codes(&[
    SessionState::Unpaired,
    SessionState::Idle,
    SessionState::Loading,
    SessionState::LoggedIn,
    SessionState::Offline,
    SessionState::LoggedOut,
    SessionState::Banned,
]);
pub(crate) const DELIVERY_STATES: Codes<DeliveryState> = Codes(&[
    DeliveryState::Pending,
    DeliveryState::Done,
    DeliveryState::Dead,
    DeliveryState::Behind,
]);
pub(crate) const TOKEN_KINDS: Codes<TokenKind> = Codes(&[
    TokenKind::Access,
    TokenKind::Refresh,
    TokenKind::SignIn,
    TokenKind::Link,
    TokenKind::Password,
]);

/// Kinds of notification as a row keeps them.
pub(crate) fn kinds(all: &[NotificationKind]) -> String {
    let codes = all
        .iter()
        .map(|it| NOTIFICATION_KINDS.code(*it).to_string());
    codes.collect::<Vec<_>>().join(",")
}

/// The kinds of notification in a row's text.
pub(crate) fn kinds_of(text: &str) -> Result<Vec<NotificationKind>> {
    let codes = text.split(',').filter(|it| !it.is_empty());
    let read = |code: &str| NOTIFICATION_KINDS.value(code.parse().unwrap_or(-1));
    codes.map(read).collect()
}

/// A sender as kind and number.
pub(crate) fn sender(sender: Sender) -> (i64, Option<i64>) {
    match sender {
        Sender::Contact(id) => (0, Some(id.0)),
        Sender::Agent(id) => (1, Some(id.0)),
        Sender::System => (2, None),
    }
}

/// The sender of a kind and number.
pub(crate) fn sender_of(kind: i64, id: Option<i64>) -> Result<Sender> {
    match (kind, id) {
        (0, Some(id)) => Ok(Sender::Contact(ContactId(id))),
        (1, Some(id)) => Ok(Sender::Agent(AgentId(id))),
        (2, None) => Ok(Sender::System),
        _ => Err(unknown(kind)),
    }
}

/// A time from its microseconds.
pub(crate) fn time(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros)
        .map_err(|_| StoreError::Corrupt(format!("{micros} is no time")).into())
}

fn unknown(code: i64) -> app::Error {
    StoreError::Corrupt(format!("{code} is no known code")).into()
}
