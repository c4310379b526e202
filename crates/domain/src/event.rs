//! What happened. An event carries a snapshot of everything its readers need to tell it.

use std::sync::Arc;

use crate::{
    Account, AccountId, Address, Agent, AgentId, AppId, Availability, Contact, ContactId,
    Conversation, ConversationId, ConversationStatus, Details, DocumentId, EndpointId, Former,
    Inbox, InboxId, Label, Message, Notified, Session, SessionState, Team, Timestamp,
};

/// A conversation with everybody in it, as they were when the event happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// Where it takes place.
    pub inbox: Arc<Inbox>,
    /// With whom.
    pub contact: Contact,
    /// Under which address.
    pub address: Address,
    /// The conversation itself.
    pub conversation: Conversation,
    /// Who answers it.
    pub assignee: Option<Arc<Agent>>,
    /// What it is labeled with; labels that are gone are left out.
    pub labels: Vec<Arc<Label>>,
    /// The team in charge.
    pub team: Option<Arc<Team>>,
}

/// The program that did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// The name it gave itself.
    pub app: String,
    /// What it calls what it did.
    pub tracking: Option<String>,
}

/// A fact, told after it was committed.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An account was added or renamed.
    AccountChanged {
        /// As it is now.
        account: Account,
    },
    /// An account was closed with everything in it. Nobody reaches it from then on, and what is kept of it goes.
    AccountRemoved {
        /// Its inboxes, as they were.
        inboxes: Vec<Arc<Inbox>>,
        /// Its socket applications.
        apps: Vec<AppId>,
    },
    /// A socket application was added or changed. Its secret is not told.
    SocketAppChanged {
        /// Which.
        app_id: AppId,
    },
    /// An endpoint was added, changed or removed. What it is told and what signs it is not told.
    EndpointChanged {
        /// Which.
        endpoint_id: EndpointId,
    },
    /// An inbox was added, renamed, paused or resumed.
    InboxChanged {
        /// As it is now.
        inbox: Arc<Inbox>,
        /// As it was before; none if it was added.
        was: Option<Arc<Inbox>>,
    },
    /// An inbox was removed. Nobody reaches it from then on, and what is kept of it goes.
    InboxRemoved {
        /// As it was.
        inbox: Arc<Inbox>,
    },
    /// An inbox's session was paired, opened, lost or ended.
    SessionChanged {
        /// The inbox.
        inbox: Arc<Inbox>,
        /// As it is now.
        session: Session,
        /// Where it stood before.
        was: SessionState,
    },
    /// An agent was added or changed.
    AgentChanged {
        /// As they are now.
        agent: Arc<Agent>,
        /// As they were before; none if they were added.
        was: Option<Arc<Agent>>,
    },
    /// An agent works for the account no more: they are in nothing of it, and nothing that they show is valid.
    AgentRemoved {
        /// As they were.
        agent: Arc<Agent>,
    },
    /// Other agents than before answer in an inbox.
    InboxMembersChanged {
        /// The inbox.
        inbox_id: InboxId,
        /// Who answers there now.
        members: Vec<AgentId>,
    },
    /// An agent says something else of themselves.
    AvailabilityChanged {
        /// As they are now.
        agent: Arc<Agent>,
        /// What they said before.
        was: Availability,
    },
    /// An agent's working day began.
    WorkdayStarted {
        /// As they are now.
        agent: Arc<Agent>,
    },
    /// An agent's working day ended.
    WorkdayEnded {
        /// As they are now.
        agent: Arc<Agent>,
    },
    /// A label was added or changed.
    LabelChanged {
        /// As it is now.
        label: Arc<Label>,
    },
    /// A label was removed, from the account and from every conversation.
    LabelRemoved {
        /// As it was.
        label: Arc<Label>,
    },
    /// A team was made or changed, or who is in it.
    TeamChanged {
        /// As it is now.
        team: Arc<Team>,
    },
    /// A team was removed, from the account and from every conversation.
    TeamRemoved {
        /// As it was.
        team: Arc<Team>,
    },
    /// Agents are notified of something in a conversation, or did something about notifications that they have.
    NotificationsChanged {
        /// Where; none if all of them are gone.
        thread: Option<Box<Thread>>,
        /// What was said there, if that is what they are of.
        about: Option<Box<Spoken>>,
        /// What became of which; at most one of an agent is added.
        notified: Vec<Notified>,
    },
    /// Somebody wrote for the first time.
    ContactCreated {
        /// Who.
        contact: Contact,
        /// The address under which this was learnt.
        address: Option<Box<Address>>,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// A contact's record changed.
    ContactUpdated {
        /// As it is now.
        contact: Contact,
        /// As it was before, where that was kept.
        was: Option<Box<Contact>>,
        /// The address under which this was learnt, if it was not an agent who changed it.
        address: Option<Box<Address>>,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// A document was written, changed or removed. What it says is not told.
    DocumentChanged {
        /// Which.
        document_id: DocumentId,
    },
    /// Two contacts became one.
    ContactMerged {
        /// The one that stays, as it is now.
        contact: Contact,
        /// The one that is gone.
        gone: ContactId,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// A contact was removed with everything said.
    ContactDeleted {
        /// As it was.
        contact: Contact,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// A conversation is another contact's now.
    ConversationMoved {
        /// As it is now.
        thread: Box<Thread>,
        /// Its newest message, for those who show one.
        last_message: Option<Box<Spoken>>,
        /// Whose it was.
        was: ContactId,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// A conversation began.
    ConversationCreated {
        /// As it began.
        thread: Box<Thread>,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// A conversation's status changed.
    ConversationStatusChanged {
        /// As it is now.
        thread: Box<Thread>,
        /// Its newest message, for those who show one.
        last_message: Option<Box<Spoken>>,
        /// The status before.
        was: ConversationStatus,
        /// Until when it was put off before.
        put_off: Option<Timestamp>,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// A conversation was given to somebody else, or to nobody.
    ConversationAssigned {
        /// As it is now.
        thread: Box<Thread>,
        /// Its newest message, for those who show one.
        last_message: Option<Box<Spoken>>,
        /// Who answered it before.
        was: Option<AgentId>,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
        /// The program that did it, if one did.
        via: Option<Via>,
    },
    /// Labels were put on a conversation or taken off it: at least one.
    ConversationLabeled {
        /// As it is now.
        thread: Box<Thread>,
        /// Its newest message, for those who show one.
        last_message: Option<Box<Spoken>>,
        /// What was put on.
        added: Vec<Arc<Label>>,
        /// What was taken off.
        removed: Vec<Arc<Label>>,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// An agent has read the conversation.
    ConversationSeen {
        /// As it is now.
        thread: Box<Thread>,
        /// The agent who looked.
        by: AgentId,
    },
    /// The contact has read the conversation.
    ConversationRead {
        /// As it is now.
        thread: Box<Thread>,
        /// Its newest message, for those who show one.
        last_message: Option<Box<Spoken>>,
    },
    /// What the account's people keep about a conversation changed.
    ConversationDescribed {
        /// As it is now.
        thread: Box<Thread>,
        /// Its newest message, for those who show one.
        last_message: Option<Box<Spoken>>,
        /// What they kept before.
        was: Box<Details>,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
    /// A conversation was removed with everything said in it. What stood in the journal of it is replaced by this.
    ConversationRemoved {
        /// Which.
        conversation_id: ConversationId,
    },
    /// Something was said.
    MessageCreated {
        /// Where and with whom.
        thread: Box<Thread>,
        /// What.
        spoken: Box<Spoken>,
        /// Since when the contact had waited for an answer before it.
        waited: Option<Timestamp>,
    },
    /// A message's status, text, error or network id changed.
    MessageUpdated {
        /// Where and with whom.
        thread: Box<Thread>,
        /// As it is now.
        spoken: Box<Spoken>,
        /// As it was before.
        was: Box<Former>,
        /// The agent who did it, if a person did.
        by: Option<AgentId>,
    },
}

impl Event {
    /// The conversation in which it happened.
    pub fn thread(&self) -> Option<&Thread> {
        match self {
            Self::ConversationCreated { thread, .. }
            | Self::ConversationStatusChanged { thread, .. }
            | Self::ConversationAssigned { thread, .. }
            | Self::ConversationLabeled { thread, .. }
            | Self::ConversationSeen { thread, .. }
            | Self::ConversationRead { thread, .. }
            | Self::ConversationDescribed { thread, .. }
            | Self::ConversationMoved { thread, .. }
            | Self::MessageCreated { thread, .. }
            | Self::MessageUpdated { thread, .. } => Some(thread),
            Self::AccountChanged { .. }
            | Self::AccountRemoved { .. }
            | Self::SocketAppChanged { .. }
            | Self::EndpointChanged { .. }
            | Self::InboxChanged { .. }
            | Self::InboxMembersChanged { .. }
            | Self::InboxRemoved { .. }
            | Self::SessionChanged { .. }
            | Self::LabelChanged { .. }
            | Self::LabelRemoved { .. }
            | Self::TeamChanged { .. }
            | Self::TeamRemoved { .. }
            | Self::AvailabilityChanged { .. }
            | Self::WorkdayStarted { .. }
            | Self::WorkdayEnded { .. }
            | Self::AgentChanged { .. }
            | Self::AgentRemoved { .. }
            | Self::NotificationsChanged { .. }
            | Self::DocumentChanged { .. }
            | Self::ContactCreated { .. }
            | Self::ContactUpdated { .. }
            | Self::ContactMerged { .. }
            | Self::ContactDeleted { .. }
            | Self::ConversationRemoved { .. } => None,
        }
    }

    /// The conversation of which it says something.
    pub fn conversation_id(&self) -> Option<ConversationId> {
        let thread = match self {
            Self::NotificationsChanged { thread, .. } => thread.as_deref(),
            _ => self.thread(),
        };
        thread.map(|it| it.conversation.id)
    }
}

/// A message with its author, if that is an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    /// What was said.
    pub message: Message,
    /// The agent who said it.
    pub author: Option<Arc<Agent>>,
    /// The message it answers, where that was at hand.
    pub quoted: Option<Box<Message>>,
}

/// An event as recorded in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place in the journal: every entry has a greater number than the one before.
    pub seq: i64,
    /// Whose it is.
    pub account_id: AccountId,
    /// When it was committed.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}
