//! What a list of conversations or contacts is asked for: conditions, and an order.

use crate::{Scope, Sight};
use domain::{AgentId, ConversationStatus, InboxId, LabelId, Priority, TeamId, Timestamp};

/// What a condition looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Where a conversation stands.
    Status,
    /// Who answers it.
    Assignee,
    /// The inbox it takes place in.
    Inbox,
    /// The team in charge.
    Team,
    /// Whom it is with.
    Contact,
    /// How much it matters.
    Priority,
    /// The number people see.
    Number,
    /// A label of a conversation, or of a contact.
    Label,
    /// When it began; when a contact first wrote.
    CreatedAt,
    /// When the last message of it, or of a contact, was written.
    ActiveAt,
    /// What a contact is called.
    Name,
    /// Their e-mail address.
    Email,
    /// Their telephone number.
    Phone,
    /// The business's own key for them.
    Identifier,
    /// Whether the business does not want to hear from them.
    Blocked,
    /// Agents who take part in a conversation.
    Participant,
    /// Agents who were named in a conversation.
    Named,
    /// A free attribute of the business, by its key.
    Custom(String),
    /// Something that was learnt besides, by its key.
    Additional(String),
}

/// A value that a condition names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A number, an id, or a flag as 0 or 1.
    Number(i64),
    /// A number of an attribute, in millionths.
    Millionths(i64),
    /// A text, told apart without regard to case where people's words are not.
    Text(String),
    /// A status.
    Status(ConversationStatus),
    /// A priority.
    Priority(Priority),
    /// A time.
    Time(Timestamp),
}

/// What must hold of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It is one of these.
    Is(Vec<Given>),
    /// It is none of these, or there is none.
    IsNot(Vec<Given>),
    /// One of these texts is in it.
    Contains(Vec<String>),
    /// None of these texts is in it, or there is none.
    Lacks(Vec<String>),
    /// It begins with one of these texts.
    Starts(Vec<String>),
    /// There is one.
    Present,
    /// There is none.
    Absent,
    /// It is greater.
    Above(Given),
    /// It is less.
    Below(Given),
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What it looks at.
    pub field: Field,
    /// What must hold.
    pub test: Test,
}

/// Conditions of which all of one group must hold; no group at all is no condition.
pub type Conditions = Vec<Vec<Condition>>;

/// Which conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// With this status; any without.
    pub status: Option<ConversationStatus>,
    /// In this inbox.
    pub inbox_id: Option<InboxId>,
    /// `Some(Some(agent))`: theirs; `Some(None)`: nobody's.
    pub assignee: Option<Option<AgentId>>,
    /// Somebody's, whoever it is.
    pub assigned: bool,
    /// With this label.
    pub label_id: Option<LabelId>,
    /// In the hands of this team.
    pub team_id: Option<TeamId>,
    /// Only those that nobody has answered yet, or whose contact waits.
    pub unattended: bool,
    /// Only those that changed after this time.
    pub changed_after: Option<Timestamp>,
    /// Only with the address that its network calls so.
    pub source_id: Option<String>,
    /// Only in which something with these words was said: of the newest
    /// [`SOUGHT_MESSAGES`](crate::limits::SOUGHT_MESSAGES) messages that have them.
    pub words: Option<Vec<String>>,
    /// For which one of these groups of conditions holds; none is no condition.
    pub conditions: Conditions,
    /// In which order.
    pub order: ConversationOrder,
}

impl ConversationFilter {
    /// Asks for those alone that happen in the inboxes which the asker sees.
    pub fn seen_by(mut self, scope: &Scope) -> Self {
        if let Some(sight) = scope.sight() {
            let inboxes = sight.inboxes.iter().map(|id| Given::Number(id.0));
            let mut inboxes: Vec<Given> = inboxes.collect();
            if inboxes.is_empty() {
                // No inbox has this number.
                inboxes.push(Given::Number(0));
            }
            self.require(Condition {
                field: Field::Inbox,
                test: Test::Is(inboxes),
            });
        }
        self
    }

    /// Asks for those alone that are out of this sight.
    pub fn unseen_by(mut self, sight: &Sight) -> Self {
        let inboxes = sight.inboxes.iter().map(|id| Given::Number(id.0)).collect();
        let teams = sight.teams.iter().map(|id| Given::Number(id.0)).collect();
        for (field, seen) in [(Field::Inbox, inboxes), (Field::Team, teams)] {
            let seen: Vec<Given> = seen;
            if !seen.is_empty() {
                let test = Test::IsNot(seen);
                self.require(Condition { field, test });
            }
        }
        self
    }

    /// Asks for this as well, whatever else is asked.
    pub fn require(&mut self, condition: Condition) {
        if self.conditions.is_empty() {
            self.conditions.push(Vec::new());
        }
        for group in &mut self.conditions {
            group.push(condition.clone());
        }
    }
}

/// A page of the messages in which something was said, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageSearch<'a> {
    /// For each of these there is a word that begins with it. As [`words`](crate::words::words) makes them.
    pub words: &'a [String],
    /// Only in these inboxes.
    pub inboxes: Option<&'a [InboxId]>,
    /// At most this many,
    pub limit: i64,
    /// after so many.
    pub offset: i64,
}

/// In which order conversations are listed. Those without what they are ordered by come last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ConversationOrder {
    /// The latest active first.
    #[default]
    LatestActive,
    /// The longest silent first.
    LongestSilent,
    /// The newest first.
    Newest,
    /// The oldest first.
    Oldest,
    /// What matters most first, then the latest active.
    MostUrgent,
    /// What matters least first, then the latest active.
    LeastUrgent,
    /// What matters most first, then the oldest.
    MostUrgentOldest,
    /// Whoever waits longest first.
    WaitingLongest,
    /// Whoever waits shortest first.
    WaitingShortest,
}

/// By what contacts are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ContactOrder<'a> {
    /// When they were added.
    #[default]
    Added,
    /// What they are called.
    Name,
    /// Their e-mail address.
    Email,
    /// Their telephone number.
    Phone,
    /// When the last message with them was written.
    ActiveAt,
    /// Something that was learnt besides, by its key.
    Additional(&'a str),
}

/// A page of an account's contacts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContactPage<'a> {
    /// By what they are ordered. Those without it come last.
    pub order: ContactOrder<'a>,
    /// The other way round.
    pub descending: bool,
    /// Only those who can be reached or told apart: with an e-mail address, a telephone or an identifier.
    pub known: bool,
    /// Only those whose name, e-mail address, telephone or identifier contains this text, in lower case.
    pub containing: Option<&'a str>,
    /// For whom one of these groups of conditions holds; none is no condition.
    pub conditions: &'a [Vec<Condition>],
    /// How many there are, if somebody has counted: many are read in order, few are sorted.
    pub total: Option<i64>,
    /// At most this many,
    pub limit: i64,
    /// after so many.
    pub offset: i64,
}
