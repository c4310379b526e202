//! The words of the dialect: a phone's status and an acknowledgement's kind.

use serde::Serialize;

use super::Form;

/// How a phone is (OpenAPI file, `status-enum`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhoneStatus {
    /// Logged in and reachable.
    Active,
    /// Shows a QR code that waits to be scanned.
    QrCode,
    /// Logged in, but the phone cannot be reached or is refused.
    PhoneError,
    /// Has shown its QR code for three minutes and shows it no longer.
    Idle,
    /// On its way to being logged in.
    Loading,
    /// Switched off.
    Disabled,
}

/// How far a message of ours has come (source document, "Acknowledge Information"; OpenAPI file,
/// "Acknowledge Notifications").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AckType {
    /// One tick: the network has it.
    Delivered,
    /// Two ticks: the person's phone has it.
    Reached,
    /// Blue ticks.
    Seen,
    /// A voice note was listened to.
    Played,
    /// It was deleted.
    Deleted,
}

impl AckType {
    /// Whether a form has it: the source document has ticks only.
    pub fn is_in(self, form: Form) -> bool {
        form == Form::Current || matches!(self, Self::Delivered | Self::Reached | Self::Seen)
    }

    /// `ackCode`.
    pub fn code(self) -> u8 {
        match self {
            Self::Delivered => 1,
            Self::Reached => 2,
            Self::Seen => 3,
            Self::Played => 4,
            Self::Deleted => 5,
        }
    }
}
