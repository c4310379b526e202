//! The port to a network: hands one outgoing message over, changes what is out, and shows what agents do.

use std::{fmt, future::ready, time::Duration};

use domain::{Attachment, Inbox, InboxId, Kind, Message};

use super::BoxFuture;
use crate::{Error, Result as Done};

/// One part of a message on its way out. A network that takes one file at a time gets a message as several parts.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The whole message.
    pub message: Message,
    /// Which of its parts this is, counted from 0,
    pub part: usize,
    /// of so many.
    pub parts: usize,
    /// The text of this part; only the first part has the message's text.
    pub text: Option<String>,
    /// What is attached to this part: a file, a place or a card.
    pub attachment: Option<Attachment>,
    /// For a file: an unguessable, expiring address to fetch it from.
    pub file_url: Option<String>,
    /// The receiver, in the network's own words.
    pub to: String,
}

/// The network took it.
#[derive(Debug, Clone, Default)]
pub struct Accepted {
    /// The network's id for it, by which its reports will name it.
    pub external_id: Option<String>,
}

/// The network did not take it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SendError {
    /// It may take it later.
    #[error("{reason}")]
    ForNow {
        /// Why, in plain words.
        reason: String,
        /// When the network asked us to come back.
        retry_after: Option<Duration>,
    },
    /// It will never take this message.
    #[error("{reason}")]
    ForGood {
        /// Why, in plain words.
        reason: String,
    },
    /// It takes nothing from us any more: it does not know us, or is gone. Everything would fail, so the receiver
    /// gets nothing until somebody resumes it.
    #[error("{reason}")]
    Closed {
        /// Why, in plain words.
        reason: String,
    },
}

impl SendError {
    /// It may take it later; nobody said when.
    pub fn for_now(reason: impl fmt::Display) -> Self {
        Self::ForNow {
            reason: reason.to_string(),
            retry_after: None,
        }
    }

    /// It will never take it.
    pub fn for_good(reason: impl fmt::Display) -> Self {
        Self::ForGood {
            reason: reason.to_string(),
        }
    }
}

/// A message of ours that its network has.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The message, with the network's id of its first part.
    pub message: &'a Message,
    /// Who has it, in the network's own words.
    pub to: &'a str,
}

/// Reaches one kind of network. What it is asked beside sending must be answered within a minute; networks that know no
/// such thing need not say so.
pub trait Carrier: Send + Sync {
    /// Hands one part over and waits for the network's answer. `settings` is the inbox's own, as this carrier
    /// wrote it. Must return within a minute; may be called again with the same part after a lost answer.
    fn send<'a>(
        &'a self,
        inbox: &'a Inbox,
        settings: &'a str,
        outgoing: &'a Outgoing,
    ) -> BoxFuture<'a, Result<Accepted, SendError>>;

    /// Whether this server is the one that reaches an inbox's network; `None` where any server does. What is owed to
    /// an inbox that another server holds is left to that one.
    fn holds(&self, _: InboxId) -> Option<bool> {
        None
    }

    /// Gives a message that is out another text, for everybody who has it. Refuses where the network lets nobody do so.
    fn edit<'a>(
        &'a self,
        _: &'a Inbox,
        _: &'a str,
        _: Placed<'a>,
        _: &'a str,
    ) -> BoxFuture<'a, Done<()>> {
        let text = "this network lets nobody change what was sent";
        Box::pin(ready(Err(Error::refused(Kind::Invalid, text))))
    }

    /// Takes every part of a message that is out back from everybody who has it. False where the network knows no
    /// such thing.
    fn retract<'a>(&'a self, _: &'a Inbox, _: &'a str, _: Placed<'a>) -> BoxFuture<'a, Done<bool>> {
        Box::pin(ready(Ok(false)))
    }

    /// How the network is shown what we do beside writing, if it has such a thing.
    fn signs(&self) -> Option<&dyn Signs> {
        None
    }
}

/// What a network shows people of us beside messages. All of it passes: what cannot be shown now is not shown later,
/// unless the network itself keeps it.
pub trait Signs: Send + Sync {
    /// Somebody here types in a chat, or no longer does. `answered` is the newest message of the other side.
    fn typing<'a>(
        &'a self,
        inbox: &'a Inbox,
        settings: &'a str,
        to: &'a str,
        answered: Option<&'a Message>,
        on: bool,
    ) -> BoxFuture<'a, Result<(), SendError>>;

    /// These messages of the other side of a chat have been read here, oldest first; there is at least one.
    fn read<'a>(
        &'a self,
        inbox: &'a Inbox,
        settings: &'a str,
        to: &'a str,
        messages: &'a [Message],
    ) -> BoxFuture<'a, Result<(), SendError>>;
}
