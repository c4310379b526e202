//! What the store keeps that is not a noun of the business: tokens, deliveries, reports, and what a list is asked.

use std::sync::Arc;

use crate::{Sight, deliveries::Receiver};
use domain::{
    AccountId, Address, AddressId, AgentId, AppId, Contact, ContactId, Conversation,
    ConversationId, Inbox, InboxId, LabelId, Message, MessageId, MessageStatus, TeamId, Timestamp,
};

/// A socket application: what socket clients name when they connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketApp {
    /// Small sequential number.
    pub id: AppId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What people call it.
    pub name: String,
    /// The public key, by which clients name it: the oldest that is good.
    pub key: String,
    /// The secret that signs. Needed in clear, because we sign with it.
    pub secret: String,
    /// Keys that are good as well, the oldest first.
    pub more_keys: Vec<KeyPair>,
    /// Whether nobody may use it for now.
    pub disabled: bool,
    /// What it may use.
    pub limits: SocketLimits,
    /// Whether clients may send events to one another.
    pub client_events: bool,
    /// Whether the followers of a topic are told how many they are.
    pub subscription_counts: bool,
    /// Whether a connection must show before long that it may be here.
    pub authorized_only: bool,
}

/// A key and the secret that signs for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// Public.
    pub key: String,
    /// In clear.
    pub secret: String,
}

/// What one socket application may use at most, where that is not what every application may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SocketLimits {
    /// Connections at a time, on each server.
    pub connections_max: Option<i64>,
    /// Bytes of an event's data.
    pub event_data_bytes_max: Option<i64>,
    /// Events that one client may send in a second.
    pub client_events_per_second_max: Option<i64>,
    /// Members of one presence channel.
    pub presence_members_max: Option<i64>,
}

/// An inbox with its carrier's settings, opaque JSON text that only that carrier and its door read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInbox {
    /// The inbox.
    pub inbox: Inbox,
    /// Its carrier's settings.
    pub settings: String,
}

/// An account that was closed and is not wholly erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Which.
    pub id: AccountId,
    /// When it was closed.
    pub at: Timestamp,
}

/// A conversation that was removed and of which not everything is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Which.
    pub id: ConversationId,
    /// Whose it was.
    pub account_id: AccountId,
    /// Its number in the account.
    pub number: i64,
    /// When it began.
    pub began_at: Timestamp,
    /// The newest entry that may say something of it.
    pub until: i64,
}

/// An inbox that was removed and is not wholly erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedInbox {
    /// What is left of it.
    pub inbox: Inbox,
    /// When it was removed.
    pub at: Timestamp,
}

/// How many open conversations of a sort have something that no agent has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// What they are labeled with; none for all of them, labeled or not.
    pub label_id: Option<LabelId>,
    /// Where they take place.
    pub inbox_id: InboxId,
    /// Which team has them, if one.
    pub team_id: Option<TeamId>,
    /// How many.
    pub count: i64,
}

/// Something that the engine of a phone's session must remember between messages. Only its carrier reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// Whose session.
    pub inbox_id: InboxId,
    /// What sort of thing it is.
    pub kind: String,
    /// Its name among its sort.
    pub key: String,
    /// What is remembered, sealed by the carrier.
    pub value: String,
    /// A number by which the carrier forgets what is old.
    pub mark: i64,
}

/// What a stored token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Calls.
    Access,
    /// Getting a new pair.
    Refresh,
    /// A signed-in browser or program.
    SignIn,
    /// Signing in once.
    Link,
    /// Choosing a password once.
    Password,
}

/// A token as stored: only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// What it is good for.
    pub kind: TokenKind,
    /// Whose it is.
    pub agent_id: AgentId,
    /// The tokens made together share this number and end together.
    pub pair: i64,
    /// The program or device it was made for.
    pub client: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A report for a message whose network id we have not recorded yet: the network was faster than its own answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlyReport {
    /// What it says.
    pub status: MessageStatus,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// How much to lease for one receiver, of what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// For whom.
    pub to: Receiver,
    /// At most this many: first attempts, oldest first, then retries, soonest due first;
    pub all: i64,
    /// at most this many retries,
    pub again: i64,
    /// and at least this many, if so many are due.
    pub kept: i64,
}

impl Claim {
    /// The same for fewer.
    #[must_use]
    pub fn at_most(&self, most: i64) -> Self {
        Self {
            to: self.to,
            all: self.all.min(most),
            again: self.again.min(most),
            kept: self.kept.min(most),
        }
    }
}

/// A lease: what is leased is nobody else's until it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Whose.
    pub owner: i64,
    /// What is due now,
    pub now: Timestamp,
    /// until then.
    pub until: Timestamp,
}

/// How much is owed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed {
    /// Deliveries that are not settled.
    pub open: i64,
    /// Of them, those that are due and that nobody has leased.
    pub overdue: i64,
    /// When the oldest of them happened.
    pub oldest: Option<Timestamp>,
}

/// A page of messages in ascending order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessagePage {
    /// Only those before this one.
    pub before: Option<MessageId>,
    /// Only those after this one.
    pub after: Option<MessageId>,
    /// At most this many; the newest without `after`, the oldest with it.
    pub limit: i64,
}

/// A page of what contact and business said to one another; notes between agents are not part of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// True from old to new, false from new to old.
    pub forward: bool,
    /// Only those that come after this one on the way.
    pub beyond: Option<MessageId>,
    /// Forward only what was written at this time or later, backward only what was written before it.
    pub time: Option<Timestamp>,
    /// Whether what is told about the conversation itself is wanted too.
    pub activity: bool,
    /// At most this many.
    pub limit: i64,
}

/// A page of conversations, the latest active first, that stays in place while others become active.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecentPage {
    /// In this inbox.
    pub inbox_id: Option<InboxId>,
    /// With this label.
    pub label_id: Option<LabelId>,
    /// Only those last active before this time, or at this time and with a lower id.
    pub before: Option<(Timestamp, ConversationId)>,
    /// At most this many.
    pub limit: i64,
}

/// Open conversations in which nothing has happened until a time, the longest silent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// Only those beyond this place.
    pub beyond: Option<(Timestamp, ConversationId)>,
    /// Until when nothing has happened.
    pub until: Timestamp,
    /// At most this many.
    pub limit: i64,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// Which.
    pub id: ConversationId,
    /// Its number in the account.
    pub number: i64,
    /// Since when nothing has happened.
    pub since: Timestamp,
    /// Whether its contact waits for an answer.
    pub waits: bool,
}

/// What a contact can be found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactKey<'a> {
    /// The business's own key.
    Identifier(&'a str),
    /// An e-mail address in lower case.
    Email(&'a str),
    /// A telephone number with its leading `+`.
    Phone(&'a str),
}

/// With whom a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// With this address alone.
    Address(AddressId),
    /// With this person, at whatever address.
    Contact(ContactId),
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationRow {
    /// The conversation.
    pub conversation: Conversation,
    /// With whom.
    pub contact: Contact,
    /// Under which address.
    pub address: Address,
    /// Its newest message.
    pub last_message: Option<Message>,
}

/// A page of an agent's notifications.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotificationPage {
    /// Only of conversations that are in this sight.
    pub sight: Option<Arc<Sight>>,
    /// Those that are read as well.
    pub read: bool,
    /// Those that are put off as well.
    pub snoozed: bool,
    /// The longest silent first; the latest otherwise.
    pub ascending: bool,
    /// At most this many,
    pub limit: i64,
    /// after so many.
    pub offset: i64,
}

/// How many conversations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Of the asking agent.
    pub mine: i64,
    /// Of nobody.
    pub unassigned: i64,
    /// Of somebody.
    pub assigned: i64,
    /// In all.
    pub all: i64,
}

impl Counts {
    /// Without those.
    #[must_use]
    pub fn less(self, those: Self) -> Self {
        Self {
            mine: self.mine - those.mine,
            unassigned: self.unassigned - those.unassigned,
            assigned: self.assigned - those.assigned,
            all: self.all - those.all,
        }
    }
}
