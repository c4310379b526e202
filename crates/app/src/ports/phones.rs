//! The port to networks whose inboxes are phones: pairing, and what such a network has beside messages.

use std::{collections::BTreeMap, sync::Arc};

use domain::{Inbox, StoredFile, Timestamp};

use super::BoxFuture;
use crate::Result;

/// What a phone scans to pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// What the code says.
    pub text: String,
    /// When another one takes its place.
    pub expires_at: Timestamp,
}

/// What it takes to open a session again without pairing: names and texts that only the carrier reads. Secret.
pub type Backup = BTreeMap<String, String>;

/// Somebody on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their number in digits.
    pub number: String,
    /// What they call themselves.
    pub name: Option<String>,
}

/// Something that the business behind a phone sells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// The network's name for it.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub description: String,
    /// What it costs, in thousandths of the currency's unit.
    pub price_thousandths: i64,
    /// The currency in three letters; empty if it has no price.
    pub currency: String,
    /// Where it is on the web, if it is.
    pub url: String,
    /// Where its picture is, if it has one.
    pub image: String,
    /// What the business itself calls it.
    pub retailer_id: String,
}

/// A group on the network that the phone is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The network's name for it.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Who is in it, in digits.
    pub members: Vec<String>,
    /// Which of them are admins.
    pub admins: Vec<String>,
    /// Where its picture is, if it has one.
    pub picture: Option<String>,
    /// Whether only admins may change its name and picture.
    pub admins_edit: bool,
    /// Whether only admins may write.
    pub admins_send: bool,
    /// Whether messages disappear after a while.
    pub disappear: bool,
    /// The address that lets people in; empty where only admins are told.
    pub invite: String,
}

/// One change of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupChange {
    /// Takes somebody in.
    Add(String),
    /// Throws somebody out.
    Remove(String),
    /// Makes a member an admin.
    Promote(String),
    /// Makes an admin a member.
    Demote(String),
    /// Changes what it allows; what is absent stays.
    Configure {
        /// Whether only admins may change its name and picture.
        admins_edit: Option<bool>,
        /// Whether only admins may write.
        admins_send: Option<bool>,
        /// Whether messages disappear.
        disappear: Option<bool>,
    },
    /// Another picture.
    Picture(StoredFile),
    /// We go.
    Leave,
}

/// Reaches one kind of network of phones. What it does to a session is committed when it answers.
pub trait Phones: Send + Sync {
    /// What to scan now, if the session waits to be paired. An idle one is woken.
    fn qr<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Option<Qr>>>;
    /// A code to type into the phone with this number instead of scanning.
    fn pairing_code<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<String>>;
    /// Closes the session and opens it again.
    fn restart<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>>;
    /// Ends the session: it has to be paired, or restored, to be open again.
    fn log_out<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>>;
    /// The same, and forgets everything that was kept about it.
    fn reset<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<()>>;
    /// What opens the session again. Refuses one that is not paired.
    fn backup<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Backup>>;
    /// Opens a session from a backup, without pairing.
    fn restore<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        backup: &'a Backup,
    ) -> BoxFuture<'a, Result<()>>;

    /// Puts an emoji beside a message; an empty one takes ours away.
    fn react<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        chat: &'a str,
        id: &'a str,
        emoji: &'a str,
    ) -> BoxFuture<'a, Result<()>>;

    /// Somebody by their number; `None` if nobody has it.
    fn person<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<Option<Person>>>;
    /// What the business behind the phone sells; nothing where the network has no catalogs.
    fn catalog<'a>(&'a self, _: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Vec<Product>>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
    /// The groups that the phone is in, by id. Where each has to be asked of, without their pictures and invitations.
    fn groups<'a>(&'a self, inbox: &'a Arc<Inbox>) -> BoxFuture<'a, Result<Vec<Group>>>;
    /// One of them with everything, by its id; `None` if the phone is not in it.
    fn group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Group>>>;
    /// Where the picture of somebody with this number is, if they have one and show it.
    fn picture<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        number: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>>>;
    /// Makes a group of the phone and these numbers.
    fn create_group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        name: &'a str,
        numbers: &'a [String],
    ) -> BoxFuture<'a, Result<Group>>;
    /// Changes a group that the phone is in. Refuses what the phone may not do there.
    fn change_group<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        group: &'a str,
        change: GroupChange,
    ) -> BoxFuture<'a, Result<Group>>;
    /// Gives the phone itself another picture.
    fn set_picture<'a>(
        &'a self,
        inbox: &'a Arc<Inbox>,
        picture: StoredFile,
    ) -> BoxFuture<'a, Result<()>>;
}
