//! The port to a simulated network: what its people do, so that tests and demonstrations can make it happen.

use std::{sync::Arc, time::Duration};

use domain::{Inbox, InboxId};

use super::{BoxFuture, GroupChange, Product};
use crate::{Result, messages::NewAttachment};

/// Somebody writes to a phone of ours.
#[derive(Debug, Clone, Default)]
pub struct Saying {
    /// Who, in digits.
    pub from: String,
    /// What they call themselves.
    pub name: Option<String>,
    /// The group in which they write, by its whole id.
    pub group: Option<String>,
    /// What they say.
    pub text: Option<String>,
    /// What is attached; files are kept already.
    pub attachments: Vec<NewAttachment>,
    /// The network id of the message that they answer.
    pub reply_to: Option<String>,
    /// The network id of the message that they put the text, an emoji, beside.
    pub reaction_to: Option<String>,
    /// The network id of what they say; a new one without.
    pub id: Option<String>,
}

/// What somebody answers when they are written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Who, in digits.
    pub number: String,
    /// What they call themselves.
    pub name: Option<String>,
    /// The first rule that fits is followed.
    pub rules: Vec<Rule>,
}

/// One rule of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// It fits a text that contains this, in any case; an empty one fits every text.
    pub when: String,
    /// What they say then; `{text}` in it is what was said to them.
    pub say: String,
}

/// Something that happens to a phone of ours.
#[derive(Debug, Clone)]
pub enum Act {
    /// Somebody writes to it.
    Say(Box<Saying>),
    /// It loses its connection. What is written to it waits.
    GoOffline,
    /// It gets it back.
    GoOnline,
    /// Its owner logs us out.
    Unlink,
    /// The network shuts its number out.
    Ban {
        /// Why, as it says.
        reason: String,
        /// For how long; for ever if absent.
        lasts: Option<Duration>,
    },
    /// The network lets it in again. What waits goes when its owner resumes it.
    Forgive,
    /// This is what its business sells from now on.
    Stock(Vec<Product>),
    /// Somebody will answer so from now on.
    Script(Script),
    /// Somebody changes a group.
    ChangeGroup {
        /// Who, in digits.
        by: String,
        /// Which.
        group: String,
        /// What.
        change: GroupChange,
    },
}

/// Moves a simulated network.
pub trait World: Send + Sync {
    /// A phone with this number scans the code that a session of ours shows, or has it typed in. Without a number
    /// it has the one that the inbox was made with. Returns whose code that was.
    fn scan<'a>(
        &'a self,
        code: &'a str,
        number: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Arc<Inbox>>>;
    /// Makes something happen to a phone.
    fn act<'a>(&'a self, inbox: InboxId, act: Act) -> BoxFuture<'a, Result<()>>;
}
