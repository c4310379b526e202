//! The names of the events, and which channel and which envelope each has.
//!
//! Section "Available events". A name appears in three places that must agree: the socket's event, `meta.type`, and `queue`.

use serde::{Serialize, Serializer};

/// A documented event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A message came in or went out.
    Message,
    /// A sent message got somewhere, or failed.
    MessageStatus,
    /// A tag was added to a chat or taken off.
    ChatTag,
    /// A chat's status was set.
    ChatStatus,
    /// A chat was given to an employee.
    ChatResponsible,
    /// A 24-hour window opened; WhatsApp only.
    ChatConversation,
    /// A chat was read.
    ChatRead,
    /// An employee came or went.
    EmployeeStatus,
    /// An employee's working day started or ended.
    EmployeeWorkday,
}

impl Event {
    /// All of them, in the document's order.
    pub const ALL: [Self; 9] = [
        Self::Message,
        Self::MessageStatus,
        Self::ChatTag,
        Self::ChatStatus,
        Self::ChatResponsible,
        Self::ChatConversation,
        Self::ChatRead,
        Self::EmployeeStatus,
        Self::EmployeeWorkday,
    ];

    /// The name as clients bind to it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::MessageStatus => "messageStatus",
            Self::ChatTag => "chatTag",
            Self::ChatStatus => "chatStatus",
            Self::ChatResponsible => "chatResponsible",
            Self::ChatConversation => "chatConversation",
            Self::ChatRead => "chatRead",
            Self::EmployeeStatus => "employeeStatus",
            Self::EmployeeWorkday => "employeeWorkday",
        }
    }

    /// The event of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// Whether it goes to the company's channel rather than the messenger's.
    #[must_use]
    pub fn is_of_company(self) -> bool {
        matches!(self, Self::EmployeeStatus | Self::EmployeeWorkday)
    }

    /// What follows `.Broadcast.` in `queue`; none for the events whose samples have no queue.
    #[must_use]
    pub fn queue(self) -> Option<&'static str> {
        match self {
            Self::Message => Some("Message"),
            Self::MessageStatus => Some("Message.Status"),
            Self::ChatTag => Some("ChatTag"),
            Self::ChatStatus => Some("ChatStatus"),
            Self::ChatResponsible => Some("ChatResponsible"),
            Self::ChatConversation => Some("ChatConversation"),
            Self::ChatRead | Self::EmployeeStatus | Self::EmployeeWorkday => None,
        }
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// An item of one event's `data`, so that an item cannot travel under another event's name.
pub trait Item: Serialize {
    /// The event it belongs to.
    const EVENT: Event;
}

/// An item that belongs to a messenger of a license.
pub trait MessengerItem: Item {}

/// An item that belongs to a company.
pub trait CompanyItem: Item {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for event in Event::ALL {
            assert_eq!(Event::parse(event.name()), Some(event));
            assert_eq!(serde_json::to_value(event).unwrap(), event.name());
            assert!(!event.is_of_company() || event.queue().is_none());
        }
        assert_eq!(Event::parse("Message"), None);
        assert_eq!(Event::parse("pusher:ping"), None);
    }
}
