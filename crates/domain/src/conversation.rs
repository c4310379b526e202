//! The conversation between one address and the business, and the transitions it allows.

use jiff::SignedDuration;

use crate::{
    AccountId, AddressId, AgentId, ContactId, ConversationId, InboxId, LabelId, MessageId, TeamId,
    Timestamp,
};

/// How long after a contact's last word some networks let the business write freely.
pub const REPLY_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationStatus {
    /// Somebody should answer.
    Open,
    /// Done; a new message from the contact opens it again.
    Resolved,
    /// Held by a program before an agent takes over.
    Pending,
    /// Put off until a time or the next message.
    Snoozed,
}

/// How much a conversation matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Can wait.
    Low,
    /// Ordinary.
    Medium,
    /// Before others.
    High,
    /// At once.
    Urgent,
}

/// What the account's people keep about a conversation. Rarely there and rarely changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// How much it matters, if somebody said so.
    pub priority: Option<Priority>,
    /// The team in charge.
    pub team_id: Option<TeamId>,
    /// Free attributes of the business, an opaque JSON object; `None` for none.
    pub custom_attributes: Option<String>,
    /// Where it began (page, browser), an opaque JSON object; `None` for none.
    pub additional_attributes: Option<String>,
}

/// A conversation between one address and the business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Time-ordered number, never shown.
    pub id: ConversationId,
    /// Whose it is.
    pub account_id: AccountId,
    /// The number people see, counted per account from 1.
    pub number: i64,
    /// Where it takes place.
    pub inbox_id: InboxId,
    /// With whom.
    pub contact_id: ContactId,
    /// Under which address.
    pub address_id: AddressId,
    /// Where it stands.
    pub status: ConversationStatus,
    /// When a snoozed conversation comes back by itself, if a time was given.
    pub snoozed_until: Option<Timestamp>,
    /// Who answers it.
    pub assignee_id: Option<AgentId>,
    /// What it is labeled with, in the order in which that was done. A label that is gone may still be named.
    pub labels: Vec<LabelId>,
    /// Who takes part in it besides, by number; they are notified of what is said.
    pub participants: Vec<AgentId>,
    /// Messages from the contact that no agent has seen.
    pub unread_count: i64,
    /// Since when the contact waits for an answer; `None` if they do not.
    pub waiting_since: Option<Timestamp>,
    /// When the contact last wrote.
    pub heard_at: Option<Timestamp>,
    /// The message of the contact's that opened the present [`REPLY_WINDOW`], or the last one.
    pub window_opened_by: Option<MessageId>,
    /// When a person first answered.
    pub first_reply_at: Option<Timestamp>,
    /// When an agent last looked.
    pub agent_last_seen_at: Option<Timestamp>,
    /// When the contact last looked, as far as the network tells.
    pub contact_last_seen_at: Option<Timestamp>,
    /// The newest message that is neither private nor about the conversation itself.
    pub last_message_id: Option<MessageId>,
    /// When the last message was written, or something was done to it that is written into it.
    pub last_activity_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When this record last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, so that a reader of several streams can drop the older snapshot.
    pub version: i64,
    /// What the account's people keep about it.
    pub details: Details,
}

impl Conversation {
    /// The contact wrote. Returns the former status if the message opened the conversation again: as
    /// [`Pending`](ConversationStatus::Pending) if it was resolved and a program answers first in its inbox.
    pub fn heard(
        &mut self,
        message: MessageId,
        by_program_first: bool,
        now: Timestamp,
    ) -> Option<ConversationStatus> {
        self.unread_count += 1;
        self.waiting_since.get_or_insert(now);
        if !self.window_is_open(now) {
            self.window_opened_by = Some(message);
        }
        self.heard_at = Some(now);
        self.talked(message, now);
        match self.status {
            ConversationStatus::Open | ConversationStatus::Pending => None,
            ConversationStatus::Resolved if by_program_first => {
                self.set_status(ConversationStatus::Pending, None, now)
            }
            ConversationStatus::Resolved | ConversationStatus::Snoozed => {
                self.set_status(ConversationStatus::Open, None, now)
            }
        }
    }

    /// Whether the contact wrote so lately that the business may write freely, where the network minds.
    pub fn window_is_open(&self, now: Timestamp) -> bool {
        self.heard_at
            .is_some_and(|at| now.duration_since(at) < REPLY_WINDOW)
    }

    /// The business wrote to the contact. `by_person` tells an agent's words from a program's.
    pub fn answered(&mut self, message: MessageId, by_person: bool, now: Timestamp) {
        if by_person {
            self.first_reply_at.get_or_insert(now);
            self.waiting_since = None;
        }
        self.talked(message, now);
    }

    fn talked(&mut self, message: MessageId, now: Timestamp) {
        self.last_message_id = Some(message);
        self.last_activity_at = now;
        self.touch(now);
    }

    /// What was just done to it is written into it.
    pub fn noted(&mut self, now: Timestamp) {
        self.last_activity_at = now;
    }

    /// Sets the status. Returns the former one if it changed.
    pub fn set_status(
        &mut self,
        status: ConversationStatus,
        snoozed_until: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<ConversationStatus> {
        let until = snoozed_until.filter(|_| status == ConversationStatus::Snoozed);
        if self.status == status && self.snoozed_until == until {
            return None;
        }
        let was = std::mem::replace(&mut self.status, status);
        self.snoozed_until = until;
        self.touch(now);
        Some(was)
    }

    /// Gives the conversation to an agent, or to nobody. Returns true if that changed anything.
    pub fn assign(&mut self, assignee: Option<AgentId>, now: Timestamp) -> bool {
        if self.assignee_id == assignee {
            return false;
        }
        self.assignee_id = assignee;
        self.touch(now);
        true
    }

    /// Labels it with these and no others. Returns true if that changed anything.
    pub fn label(&mut self, labels: Vec<LabelId>, now: Timestamp) -> bool {
        if self.labels == labels {
            return false;
        }
        self.labels = labels;
        self.touch(now);
        true
    }

    /// An agent has read everything up to now.
    pub fn seen_by_agent(&mut self, now: Timestamp) {
        self.agent_last_seen_at = Some(now);
        self.unread_count = 0;
        self.touch(now);
    }

    /// The contact has read everything up to now.
    pub fn seen_by_contact(&mut self, now: Timestamp) {
        self.contact_last_seen_at = Some(now);
        self.touch(now);
    }

    /// An agent wants to come back to it: what the contact said last counts as unseen again.
    pub fn unseen_by_agent(&mut self, before: Timestamp, unread: i64, now: Timestamp) {
        self.agent_last_seen_at = Some(before);
        self.unread_count = unread;
        self.touch(now);
    }

    /// Says something about the conversation. Returns false if that changed nothing.
    pub fn describe(&mut self, details: Details, now: Timestamp) -> bool {
        if self.details == details {
            return false;
        }
        self.details = details;
        self.touch(now);
        true
    }

    fn touch(&mut self, now: Timestamp) {
        self.updated_at = now;
        self.version += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn conversation(status: ConversationStatus) -> Conversation {
        Conversation {
            id: ConversationId(1),
            account_id: AccountId(1),
            number: 1,
            inbox_id: InboxId(1),
            contact_id: ContactId(1),
            address_id: AddressId(1),
            status,
            snoozed_until: None,
            assignee_id: None,
            labels: Vec::new(),
            participants: Vec::new(),
            unread_count: 0,
            waiting_since: None,
            heard_at: None,
            window_opened_by: None,
            first_reply_at: None,
            agent_last_seen_at: None,
            contact_last_seen_at: None,
            last_message_id: None,
            last_activity_at: at(0),
            created_at: at(0),
            updated_at: at(0),
            version: 0,
            details: Details::default(),
        }
    }

    #[test]
    fn a_message_from_the_contact_opens_a_resolved_conversation_again() {
        let mut it = conversation(ConversationStatus::Resolved);
        assert_eq!(
            it.heard(MessageId(5), false, at(9)),
            Some(ConversationStatus::Resolved)
        );
        assert_eq!((it.status, it.unread_count), (ConversationStatus::Open, 1));
        assert_eq!(it.waiting_since, Some(at(9)));
    }

    #[test]
    fn a_window_opens_with_the_first_word_after_a_day_of_silence() {
        let mut it = conversation(ConversationStatus::Open);
        let day = 24 * 3600;
        let opened: Vec<i64> = [0, 60, day, 2 * day - 1, 3 * day - 1, 3 * day]
            .into_iter()
            .filter(|second| {
                it.heard(MessageId(*second), false, at(*second));
                it.window_opened_by == Some(MessageId(*second))
            })
            .collect();
        assert_eq!(opened, [0, 3 * day - 1]);
        assert!(it.window_is_open(at(4 * day - 1)));
        assert!(!it.window_is_open(at(4 * day)));
    }

    #[test]
    fn a_pending_conversation_stays_with_its_program() {
        let mut it = conversation(ConversationStatus::Pending);
        assert_eq!(it.heard(MessageId(5), false, at(9)), None);
        assert_eq!(it.status, ConversationStatus::Pending);
    }

    #[test]
    fn a_resolved_conversation_goes_back_to_the_program_that_answers_first() {
        let was = [ConversationStatus::Resolved, ConversationStatus::Snoozed];
        let now = was.map(|status| {
            let mut it = conversation(status);
            assert_eq!(it.heard(MessageId(5), true, at(9)), Some(status));
            it.status
        });
        assert_eq!(now, [ConversationStatus::Pending, ConversationStatus::Open]);
    }

    #[test]
    fn a_persons_answer_ends_the_wait_and_a_programs_does_not() {
        let mut it = conversation(ConversationStatus::Open);
        it.heard(MessageId(5), false, at(9));
        it.answered(MessageId(6), false, at(10));
        assert_eq!((it.waiting_since, it.first_reply_at), (Some(at(9)), None));
        it.answered(MessageId(7), true, at(11));
        assert_eq!((it.waiting_since, it.first_reply_at), (None, Some(at(11))));
    }

    #[test]
    fn a_change_that_changes_nothing_is_not_a_change() {
        let mut it = conversation(ConversationStatus::Open);
        assert_eq!(it.set_status(ConversationStatus::Open, None, at(3)), None);
        assert!(!it.assign(None, at(3)));
        assert!(!it.label(Vec::new(), at(3)));
        assert_eq!(it.version, 0);
    }
}
