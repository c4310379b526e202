//! Letters: what the server writes to people by e-mail.
//!
//! A letter is owed like everything that leaves, in the transaction of the use case that wants it, and the one engine
//! hands it to the mail server ([`Mailer`](crate::ports::Mailer)). It is kept as what it says and not as bytes of
//! mail, and never holds a secret: the address that lets somebody choose a password is made when the letter leaves.

mod address;
mod notifier;
mod owe;
mod password;
mod transcript;

use std::{sync::Arc, time::Duration};

use domain::{AgentId, DeliveryId, NotificationId, Timestamp};

pub use address::{check_address, one_line};
pub use notifier::Notifier;
pub use owe::owe;
pub(crate) use password::password_token;
pub use password::{INVITATION_LIFE, PASSWORD_LIFE, ask, choose, holder, invite};
pub use transcript::{Transcript, request};

use crate::ports::Mailer;

/// What a server that can write letters has for it.
#[derive(Clone)]
pub struct PostOffice {
    /// Hands letters to the mail server.
    pub mailer: Arc<dyn Mailer>,
    /// Transcripts that one account sends in an hour.
    pub transcripts_per_hour: i64,
    /// How long somebody has to see a notification before they are written to.
    pub notify_after: Duration,
}

/// A letter as it is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Why it is written.
    pub kind: LetterKind,
    /// To whom.
    pub to: Addressee,
    /// Its subject: one line.
    pub subject: String,
    /// What it says, piece by piece.
    pub body: Vec<Piece>,
    /// The notification it tells of: whoever has seen that is not written to.
    pub unless_seen: Option<NotificationId>,
}

/// Why a letter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// Somebody wants what was said in a conversation.
    Transcript,
    /// An agent has forgotten their password.
    Password,
    /// Somebody is invited to be an agent.
    Invitation,
    /// Something became an agent's business.
    Notification,
}

/// To whom a letter goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// An agent, at the address that they have when it leaves; to nobody if they are gone by then.
    Agent(AgentId),
    /// Whoever is at this address.
    Address(String),
}

/// A piece of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A paragraph.
    Text(String),
    /// What somebody said.
    Said(Said),
    /// An address to follow.
    Link {
        /// What it is called.
        text: String,
        /// Where it leads.
        url: String,
    },
    /// The address at which the agent whom the letter is for chooses a password.
    PasswordLink {
        /// What it is called.
        text: String,
        /// Where it leads, before the token at its end.
        page: String,
        /// The number in the token.
        number: i64,
    },
}

/// A message in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who said it.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// What; empty if nothing but files.
    pub text: String,
    /// What was sent along: its name, and where to fetch it if it is a file.
    pub files: Vec<(String, Option<String>)>,
}

/// A letter as it leaves: the same over all attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Names it.
    pub id: DeliveryId,
    /// When it was written.
    pub at: Timestamp,
    /// The name of whom it is for, if known.
    pub name: Option<String>,
    /// Their address.
    pub address: String,
    /// One line.
    pub subject: String,
    /// What it says; no [`Piece::PasswordLink`] any more.
    pub body: Vec<Piece>,
}

impl Letter {
    /// Bytes of everything that it says.
    pub fn bytes(&self) -> usize {
        let pieces = self.body.iter().map(Piece::bytes);
        self.subject.len() + pieces.sum::<usize>()
    }
}

impl Piece {
    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Said(said) => said.bytes(),
            Self::Link { text, url } => text.len() + url.len(),
            Self::PasswordLink { text, page, .. } => text.len() + page.len(),
        }
    }
}

impl Said {
    fn bytes(&self) -> usize {
        let file = |(name, url): &(String, Option<String>)| {
            name.len() + url.as_ref().map_or(0, String::len)
        };
        self.who.len() + self.text.len() + self.files.iter().map(file).sum::<usize>()
    }
}
