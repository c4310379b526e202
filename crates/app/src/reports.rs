//! Reports: what was done, added up as it happens.
//!
//! Each measure is tallied by quarters of an hour, inbox, agent, team and label, in the transaction in which it
//! happens, so that a report reads tallies and no history. Notes among agents are not messages to anybody and are
//! not counted.

use domain::{
    AgentId, Conversation, ConversationStatus, Direction, Event, InboxId, LabelId, Sender, TeamId,
    Timestamp,
};

/// Seconds of the shortest time that is told apart: time zones differ by as little.
pub const QUARTER: i64 = 900;

/// What is tallied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Messages of contacts.
    Incoming,
    /// Messages to contacts.
    Outgoing,
    /// How long contacts waited for the first answer.
    FirstResponse,
    /// How long conversations took until they were resolved.
    Resolution,
    /// How long contacts waited for an answer.
    Reply,
}

/// One more of a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Of what.
    pub measure: Measure,
    /// In which conversation, by its number in the account,
    pub number: i64,
    /// and in which inbox.
    pub inbox_id: InboxId,
    /// Whose doing it is: who wrote, and otherwise who has the conversation.
    pub agent_id: Option<AgentId>,
    /// The team in charge.
    pub team_id: Option<TeamId>,
    /// What the conversation is labeled with.
    pub labels: Vec<LabelId>,
    /// How many seconds it took, where it took time.
    pub seconds: i64,
}

/// Of what and of whom a report is. Everything that is `None` is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scoped {
    /// In this inbox.
    pub inbox_id: Option<InboxId>,
    /// By this agent.
    pub agent_id: Option<AgentId>,
    /// By this team.
    pub team_id: Option<TeamId>,
    /// With this label.
    pub label_id: Option<LabelId>,
    /// From this time, rounded down to a quarter of an hour,
    pub since: Timestamp,
    /// to this one, rounded up.
    pub until: Timestamp,
}

impl Measure {
    /// Whether it takes time, so that each case of it is kept besides the sums.
    pub fn takes_time(self) -> bool {
        match self {
            Self::Incoming | Self::Outgoing => false,
            Self::FirstResponse | Self::Resolution | Self::Reply => true,
        }
    }
}

/// One case of what takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Time-ordered number.
    pub id: i64,
    /// Of what.
    pub measure: Measure,
    /// In which conversation, by its number in the account,
    pub number: i64,
    /// and in which inbox.
    pub inbox_id: InboxId,
    /// Whose doing it was.
    pub agent_id: Option<AgentId>,
    /// When it began,
    pub started_at: Timestamp,
    /// and when it was done.
    pub ended_at: Timestamp,
}

/// Which cases are listed, the latest first. Everything that is `None` is as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimingPage {
    /// Of this.
    pub measure: Option<Measure>,
    /// In this inbox.
    pub inbox_id: Option<InboxId>,
    /// By this agent.
    pub agent_id: Option<AgentId>,
    /// Done at this time or later,
    pub since: Option<Timestamp>,
    /// and before this one.
    pub until: Option<Timestamp>,
    /// So many,
    pub limit: i64,
    /// after so many.
    pub offset: i64,
}

/// From when to when a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From this time, in sums rounded down to a quarter of an hour,
    pub since: Timestamp,
    /// to this one, in sums rounded up.
    pub until: Timestamp,
}

/// What a report has a line for each of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Inboxes.
    Inbox,
    /// Agents.
    Agent,
    /// Teams.
    Team,
    /// Labels.
    Label,
}

/// A line of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Line {
    /// The number of the inbox, agent, team or label.
    pub id: i64,
    /// How many.
    pub count: i64,
    /// How many seconds all of them took together.
    pub seconds: i64,
}

/// How many of a report fall together in one inbox and one other thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<T> {
    /// The inbox.
    pub inbox_id: InboxId,
    /// What else they have in common.
    pub of: T,
    /// How many.
    pub count: i64,
}

/// First answers are told apart by these hours: those that took less than the first number, than the second, and so
/// on, and those that took longer.
pub const FIRST_RESPONSE_HOURS: [i64; 4] = [1, 4, 8, 24];

/// What happened in a quarter of an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// When it began, in seconds since the Unix epoch.
    pub start: i64,
    /// How many.
    pub count: i64,
    /// How many seconds all of them took together.
    pub seconds: i64,
}

impl Tally {
    /// One more of a measure in this conversation.
    pub fn of(
        measure: Measure,
        it: &Conversation,
        agent_id: Option<AgentId>,
        seconds: i64,
    ) -> Self {
        Self {
            measure,
            number: it.number,
            inbox_id: it.inbox_id,
            agent_id,
            team_id: it.details.team_id,
            labels: it.labels.clone(),
            seconds,
        }
    }
}

/// What an event adds to the reports.
pub fn observed(event: &Event) -> Vec<Tally> {
    match event {
        Event::MessageCreated { thread, spoken, .. } => {
            let message = &spoken.message;
            let it = &thread.conversation;
            if message.private {
                return Vec::new();
            }
            match message.direction {
                Direction::In => vec![Tally::of(Measure::Incoming, it, it.assignee_id, 0)],
                Direction::Activity => Vec::new(),
                Direction::Out => {
                    let author = match message.sender {
                        Sender::Agent(id) => Some(id),
                        Sender::Contact(_) | Sender::System => None,
                    };
                    let mut all = vec![Tally::of(Measure::Outgoing, it, author, 0)];
                    if it.first_reply_at == Some(message.created_at) {
                        let took = seconds(it.created_at, message.created_at);
                        all.push(Tally::of(Measure::FirstResponse, it, author, took));
                    }
                    all
                }
            }
        }
        Event::ConversationStatusChanged { thread, was, .. } => {
            let it = &thread.conversation;
            let resolved = ConversationStatus::Resolved;
            if it.status != resolved || *was == resolved {
                return Vec::new();
            }
            let took = seconds(it.created_at, it.updated_at);
            vec![Tally::of(Measure::Resolution, it, it.assignee_id, took)]
        }
        _ => Vec::new(),
    }
}

/// Whole seconds from one time to a later one.
pub fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs().max(0)
}
