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
    /// In which inbox.
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
        Event::MessageCreated { thread, spoken } => {
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
