//! What an account's people wrote down to be done: by an agent who says so (a macro), or by itself when something
//! happens (an automation rule).
//!
//! What a rule waits for and asks is opaque here: a door reads it ([`Rulebook`]). What is done is a [`Deed`], through
//! the same use cases as when a person does it.

mod deed;
mod runner;

use domain::{AccountId, Document, Entry, Spoken, Thread};

pub use deed::{Deed, Doing, perform};
pub use runner::Runner;

/// What a rule that nobody follows in person is called.
pub const NAME: &str = "Automation System";

/// Reads rules and writes what they post. Doors implement this.
pub trait Rulebook: Send + Sync {
    /// A rule that is to be followed; `None` if it is switched off.
    fn read(&self, rule: &Document) -> Option<Box<dyn Rule>>;
    /// The event and the bytes that are posted of a conversation as it is now, under what the deed is called by.
    fn post(
        &self,
        account: AccountId,
        thread: &Thread,
        last_message: Option<&Spoken>,
        called: &str,
    ) -> Option<(String, String)>;
    /// The dialect of the endpoints to which it is posted.
    fn dialect(&self) -> &'static str;
}

/// A rule that somebody wrote down.
pub trait Rule: Send + Sync {
    /// What it asks to be done after this entry; `None` if that is not its business.
    fn asks(&self, entry: &Entry) -> Option<Asked>;
}

/// What a rule asks to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// In which conversation, by its number.
    pub conversation: i64,
    /// What, in order.
    pub deeds: Vec<Deed>,
}
