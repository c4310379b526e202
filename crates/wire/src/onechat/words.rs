//! OneChat's closed vocabularies: small sets of words or numbers that a field can hold.
//!
//! Open sets (content types, channel names) are plain strings where they are used.

use serde::{Serialize, Serializer};

/// Declares an enum that is written and read as one of a few words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$word_doc])* $word,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$word,)+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }

            /// The value with this word on the wire.
            pub fn find(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                Self::find(&word).ok_or_else(|| {
                    ::serde::de::Error::custom(concat!("not one of: ", $($text, " ",)+))
                })
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How far a message got.
    MessageStatus {
        /// Handed over; the first state.
        Sent = "sent",
        /// Reached the other side's device.
        Delivered = "delivered",
        /// Seen by the other side.
        Read = "read",
        /// Will not arrive; the reason is `external_error` in the content attributes.
        Failed = "failed",
    }
}

words! {
    /// Where a conversation stands.
    ConversationStatus {
        /// Somebody should answer.
        Open = "open",
        /// Done.
        Resolved = "resolved",
        /// A bot is at work.
        Pending = "pending",
        /// Asleep until a time or the next message.
        Snoozed = "snoozed",
    }
}

words! {
    /// How much a conversation matters; null for most.
    Priority {
        /// Can wait.
        Low = "low",
        /// Ordinary.
        Medium = "medium",
        /// Before others.
        High = "high",
        /// At once.
        Urgent = "urgent",
    }
}

words! {
    /// Whether a user or contact is there. Contacts are never busy.
    Availability {
        /// There.
        Online = "online",
        /// There, but not to be disturbed.
        Busy = "busy",
        /// Not there.
        Offline = "offline",
    }
}

words! {
    /// What a user may do in an account.
    Role {
        /// Works on conversations.
        Agent = "agent",
        /// Also manages the account.
        Administrator = "administrator",
    }
}

words! {
    /// What a stored attachment is.
    FileType {
        /// A picture.
        Image = "image",
        /// A sound.
        Audio = "audio",
        /// A film.
        Video = "video",
        /// Any other file.
        File = "file",
        /// A point on the map.
        Location = "location",
        /// Something the carrier could only describe.
        Fallback = "fallback",
        /// Somebody's contact card.
        Contact = "contact",
        /// A page to embed.
        Embed = "embed",
    }
}

/// Who a message comes from, written as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// From the contact.
    Incoming,
    /// From an agent or bot.
    Outgoing,
    /// A note of the system about the conversation; never shown to contacts.
    Activity,
    /// From the system to the contact.
    Template,
}

impl MessageType {
    /// Every value; its place is its number.
    pub const ALL: [Self; 4] = [
        Self::Incoming,
        Self::Outgoing,
        Self::Activity,
        Self::Template,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Incoming => 0,
            Self::Outgoing => 1,
            Self::Activity => 2,
            Self::Template => 3,
        }
    }

    /// The word that requests and webhooks use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
            Self::Activity => "activity",
            Self::Template => "template",
        }
    }

    /// Reads a word, or a number written as text.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|t| t.as_str() == text || t.number().to_string() == text)
    }
}

impl Serialize for MessageType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for status in ConversationStatus::ALL {
            let text = serde_json::to_string(status).unwrap();
            assert_eq!(text, format!("\"{}\"", status.as_str()));
            assert_eq!(
                serde_json::from_str::<ConversationStatus>(&text).unwrap(),
                *status
            );
        }
        assert!(serde_json::from_str::<Role>("\"owner\"").is_err());
        assert_eq!(
            serde_json::to_string(&MessageType::ALL).unwrap(),
            "[0,1,2,3]"
        );
        assert_eq!(MessageType::find("template"), Some(MessageType::Template));
        assert_eq!(MessageType::find("1"), Some(MessageType::Outgoing));
        assert_eq!(MessageType::find("4"), None);
    }
}
